"""Claims on one inspection that cannot all be true."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from probstats.data.record.tables import load
from probstats.data.rules.evidence import Constraint, Evidence, gather

COLUMNS = [
    "inspection_id", "subject_id", "item", "chosen", "chosen_source", "other", "other_source",
    "reason",
]  # fmt: skip


def rule_conflicts(folder: str | Path | None = None) -> pd.DataFrame:
    """Return claims on one inspection that contradict each other by how standards add up.

    Parameters
    ----------
    folder : path, optional
        Folder with the tables; the one that came with the package by default.

    Returns
    -------
    pandas.DataFrame
        One row for each smallest set of claims that cannot all be true, and for each claim that
        does not fit the set of standards: ``inspection_id``, ``subject_id``, ``item``,
        ``chosen`` and ``other`` (two sides of it), their sources, and the ``reason``.

    Notes
    -----
    The cut points of overall ratings are a hypothesis and contradict nobody.
    """
    subjects = load("inspections", folder).set_index("inspection_id")["subject_id"]
    rows = [
        {"inspection_id": one.inspection_id, "subject_id": subjects[one.inspection_id], **row}
        for one in gather(folder)
        for row in [*_contradictions(one), *_misfits(one)]
    ]
    return pd.DataFrame(rows, columns=COLUMNS).assign(kind="contradiction", as_of_to=pd.NaT)


def _contradictions(evidence: Evidence) -> list[dict[str, str]]:
    found = evidence.contradiction()
    if not found:
        return []
    first, *others = sorted(found, key=lambda one: one.kind)
    return [_row("standards together", [first], others, "cannot all be true")]


def _misfits(evidence: Evidence) -> list[dict[str, str]]:
    rules = evidence.rules
    full = f"{len(rules.standards)} standards make {rules.max_score} points"
    return [
        _row(one.standard or one.kind, [], [one], f"does not fit {rules.standards_set}: {full}")
        for one in evidence.misfits
    ]


def _row(item: str, one: list[Constraint], others: list[Constraint], reason: str) -> dict[str, str]:
    return {
        "item": item,
        "chosen": "; ".join(claim.words for claim in one),
        "chosen_source": " ".join(claim.source_id for claim in one),
        "other": "; ".join(claim.words for claim in others),
        "other_source": " ".join(dict.fromkeys(claim.source_id for claim in others)),
        "reason": reason,
    }
