"""Rows of ``inspections`` and ``inspection_claims``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from probstats.data.imports.days import Days, read_day
from probstats.data.imports.layout import Layout
from probstats.data.imports.leftovers import Leftovers
from probstats.data.imports.naming import POPULATIONS, name_subjects
from probstats.data.imports.record_now import Now
from probstats.data.imports.sources import Sources
from probstats.data.imports.tabulate import Record, require_one_of
from probstats.data.record.inspection_rules import find_faults, years_of
from probstats.errors import DataError

if TYPE_CHECKING:
    import pandas as pd

Rows = list[tuple[int, dict[str, str]]]
PROVIDERS = {
    "Community Rehabilitation Company": "crc",
    "National Probation Service division": "nps",
    "Probation Delivery Unit": "pdu",
    "local delivery area": "lda",
    "probation region": "region",
    "nation": "national",
}
CHOICES = ("provider_type", "population", "programme", "standards_set", "owner",
           "overall_rating_seen")  # fmt: skip
DATED = ("fieldwork_start", "published")


def inspection_rows(
    records: list[Record], file: str, layout: Layout, now: Now, sources: Sources,
    leftovers: Leftovers,  # noqa: ARG001  (all builders are called alike)
) -> dict[str, Rows]:  # fmt: skip
    """Return one row for each inspection, and one for each date or owner that its source states.

    Parameters
    ----------
    records : list of Record
        As the file has them.
    file : str
        The file, for messages.
    layout : Layout
        What they mean.
    now : Now
        The record the rows are for.
    sources : Sources
        Finds the source of each.
    leftovers : Leftovers
        Counts what is left out.

    Returns
    -------
    dict
        Rows of ``inspections`` and ``inspection_claims``, each with the row of the file.

    Raises
    ------
    DataError
        If a cell is not what it should be, or the inspection is there already.
    """
    spans = [{role: read_day(record, role, file, layout) for role in DATED} for record in records]
    days = [_last_day(span) for span in spans]
    subjects = name_subjects(records, days, file, layout, now)
    rows: dict[str, Rows] = {"inspections": [], "inspection_claims": []}
    seen: dict[str, int] = {}
    for record, subject, span in zip(records, subjects, spans, strict=True):
        row = _row(record, subject, span, file, now)
        inspection = row["inspection_id"]
        there = inspection in now.inspections.index
        if there or inspection in seen:
            where = "the table inspections" if there else f"row {seen[inspection]}"
            raise DataError(
                f"{record.place(file, 'inspection_id')}: inspection {inspection!r} is in {where} "
                f"already; expected a new one"
            )
        seen[inspection] = record.row
        rows["inspections"].append((record.row, row))
        source = sources.identify(record)
        rows["inspection_claims"] += [
            (record.row, {"inspection_id": inspection, "field": name, "value": value,
                          "source_id": source})
            for name, value in _stated(record, span)
        ]  # fmt: skip
    return rows


def _stated(record: Record, span: dict[str, Days | None]) -> list[tuple[str, str]]:
    """Return the dates, as exact as they are known, and the owner that a source states."""
    found = []
    for name, days in span.items():
        if days:
            first, last = map(str, days)
            same = next((n for n in (10, 7) if first[:n] == last[:n]), 4)
            found.append((name, first[:same]))
    return found + ([("owner", record.get("owner"))] if record.get("owner") else [])


def _last_day(span: dict[str, Days | None]) -> str | None:
    """Return a day on which the subject existed: the report may be later than its end."""
    days = span["fieldwork_start"]
    return str(days[1]) if days else None


def _row(
    record: Record, subject: str, span: dict[str, Days | None], file: str, now: Now
) -> dict[str, str]:
    kind = str(now.subjects.loc[subject, "kind"])
    row = {
        "inspection_id": record.get("inspection_id") or _identifier(record, subject, span, file),
        "subject_id": subject,
        "provider_type": record.get("provider_type") or PROVIDERS.get(kind, ""),
        "population": record.get("population") or POPULATIONS.get(kind, ""),
        "programme": record.get("programme"),
        "standards_set": record.get("standards_set"),
        "owner": record.get("owner"),
        "overall_rating_seen": record.get("overall_rating_seen") or "unknown",
        "note": record.get("note"),
    }
    for role, days in span.items():
        row[f"{role}_from"], row[f"{role}_to"] = map(str, days or ("", ""))
    for column in CHOICES:
        allowed = now.permitted("inspections", column)
        if row[column] or column not in {"standards_set", "owner"}:
            require_one_of(row[column], record, column, file, allowed)
    _require_set(row, record, file, now)
    _require_possible(row, record, file, now)
    return row


def _require_possible(row: dict[str, str], record: Record, file: str, now: Now) -> None:
    """Raise if identifier, dates, owner or what is said of an overall rating cannot be true."""
    faults = list(find_faults(row))
    form = now.pattern("inspections", "inspection_id")
    if not re.fullmatch(form, row["inspection_id"]):
        faults = [("inspection_id", f"small letters, hyphens and the year, such as "
                   f"{row['subject_id']}-{years_of(row['programme'])[1]}")]  # fmt: skip
    if row["overall_rating_seen"] == "yes":
        faults.append(("overall_rating_seen", "unknown, as the record has no ratings yet of a new "
                       "inspection: import them afterwards"))  # fmt: skip
    for column, expected in faults:
        role = column.removesuffix("_from")
        found = record.get(role) or row[column]
        raise DataError(f"{record.place(file, role)}: holds {found[:80]!r}; expected {expected}")


def _identifier(record: Record, subject: str, span: dict[str, Days | None], file: str) -> str:
    known = next((days for days in span.values() if days), None)
    if known is None:
        raise DataError(
            f"{record.place(file, 'inspection_id')}: is empty, and no date says the year; expected "
            f"an inspection_id such as {subject}-2025"
        )
    return f"{subject}-{known[0].year}"


def _require_set(row: dict[str, str], record: Record, file: str, now: Now) -> None:
    """Raise if the set of standards is none that this type of provider has."""
    sets: pd.Series = now.standards.loc[
        now.standards["provider_type"] == row["provider_type"], "standards_set"
    ].dropna()
    if row["standards_set"] and row["standards_set"] not in set(sets):
        known = ", ".join(sorted(set(sets))) or "none"
        raise DataError(
            f"{record.place(file, 'standards_set')}: holds {row['standards_set']!r}; expected a "
            f"set with standards for {row['provider_type']}: {known}"
        )
