"""What was found and what was lost on the way to each analysis."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from probstats import display
from probstats.data.scale import RATED_PROVIDERS, SUPERVISION
from probstats.errors import DataError
from probstats.tables.small_counts import HIDDEN, LinkedCounts, suppression_note
from probstats.tables.table import Table

OF_MAIN = "overall rating seen, CRC, NPS or PDU"
REASONS = {
    "overall rating seen": "no overall rating seen",
    OF_MAIN: "another kind of provider",
    "PDU": "a CRC or an NPS division",
    "PDU with vacancies of its region": "no vacancies of its region",
    "any rating of supervision": "no rating of supervision",
    "any staffing or workload figure of its own": "no such figure of its own",
    "probation officer vacancy rate": "no such rate",
    "probation officer FTE": "no such figure",
    "probation officer vacancy rate and any rating of supervision": "one of them missing or both",
}
"""Why inspections are not in the sets of ``sample_flow``."""


def sample_flow(wide: pd.DataFrame) -> pd.DataFrame:
    """Count inspections from all that were found to those an analysis can use.

    Parameters
    ----------
    wide : pandas.DataFrame
        The panel in wide shape, ``load_panel("wide")``.

    Returns
    -------
    pandas.DataFrame
        One row for each set of inspections: ``set``, ``inspections``, and ``within``, the set it is
        part of.

    Examples
    --------
    >>> import probstats as ps
    >>> flow = ps.tables.sample_flow(ps.load_panel("wide"))
    >>> flow.set_index("set")["inspections"]["overall rating seen, CRC, NPS or PDU"]
    np.int64(116)
    """
    rated = wide["rating_overall"].notna()
    main = rated & wide["provider_type"].isin(RATED_PROVIDERS)
    pdu = main & (wide["provider_type"] == "pdu")
    supervision = wide[[f"rating_low_{name}" for name in SUPERVISION]].notna().any(axis=1)
    own_figure = wide.filter(regex="__agrees$").notna().any(axis=1)
    sets = [
        ("found", None, pd.Series(True, index=wide.index)),
        ("overall rating seen", "found", rated),
        (OF_MAIN, "overall rating seen", main),
        ("PDU", OF_MAIN, pdu),
        ("PDU with vacancies of its region", "PDU", pdu & wide["vacancies_fte__region"].notna()),
        ("any rating of supervision", OF_MAIN, main & supervision),
        ("any staffing or workload figure of its own", OF_MAIN, main & own_figure),
        ("probation officer vacancy rate", OF_MAIN, main & wide["vacancy_rate_po_percent"].notna()),
        ("probation officer FTE", OF_MAIN, main & wide["po_fte"].notna()),
        (
            "probation officer vacancy rate and any rating of supervision",
            OF_MAIN,
            main & supervision & wide["vacancy_rate_po_percent"].notna(),
        ),
    ]
    return pd.DataFrame(
        [{"set": name, "within": within, "inspections": mask.sum()} for name, within, mask in sets]
    )


def repeated_subjects(wide: pd.DataFrame) -> int:
    """Return how many subjects were rated overall at least twice.

    Parameters
    ----------
    wide : pandas.DataFrame
        The panel in wide shape.

    Returns
    -------
    int
        The count.
    """
    rated = wide[wide["rating_overall"].notna()]
    return int((rated["subject_id"].value_counts() > 1).sum())


def sample_table(
    flow: pd.DataFrame,
    *,
    reasons: Mapping[str, str] | None = None,
    suppress: int | None = None,
    caption: str = "What was found, kept and lost",
) -> Table:
    """Show what was found, what was kept at each step, and what was lost and why.

    Parameters
    ----------
    flow : pandas.DataFrame
        What ``sample_flow`` returns: ``set``, ``within`` and ``inspections``; or a frame of sets
        of anything else with these columns.
    reasons : mapping of str to str, optional
        Why what is lost on the way to a set is not in it, besides the reasons for the sets of
        ``sample_flow``; "not in this set" where there is none.
    suppress : int, optional
        Hide counts, kept or lost, from one to below this, and those from which they would follow.
    caption : str
        Caption.

    Returns
    -------
    Table
        ``data`` has ``set``, ``within``, ``inspections``, ``of`` (the size of the set it is part
        of), ``share``, ``lost`` and ``why``; hidden values are missing.

    Raises
    ------
    DataError
        If a column is missing, a set is there twice, is part of one that is not there, or has
        more members than that.

    Examples
    --------
    >>> import pandas as pd
    >>> flow = pd.DataFrame({"set": ["found", "rated"], "within": [None, "found"],
    ...                      "inspections": [145, 123]})
    >>> sample_table(flow, reasons={"rated": "no rating yet"})
    What was found, kept and lost
    <BLANKLINE>
    Inspections  Number       Share  Lost  Why lost
    Found           145
    Rated           123  85% of 145    22  no rating yet
    """
    sizes = _sizes(flow)
    hidden = _linked_sets(flow, sizes).hidden(suppress)
    why = REASONS | dict(reasons or {})
    rows = [
        _step(name, within, sizes, hidden, why)
        for name, within in zip(flow["set"], flow["within"], strict=True)
    ]
    data = pd.DataFrame(rows).astype({"inspections": "Int64", "of": "Int64", "lost": "Int64"})
    notes = () if suppress is None or not hidden else (suppression_note(len(hidden), suppress),)
    return Table(data, _step_cells(data), caption, notes)


def _sizes(flow: pd.DataFrame) -> dict[str, int]:
    for name in ("set", "within", "inspections"):
        if name not in flow:
            raise DataError(f"the flow has no column {name!r}; give what sample_flow returns")
    if flow["set"].duplicated().any():
        raise DataError(f"set {flow['set'][flow['set'].duplicated()].iloc[0]!r} is there twice")
    sizes = {name: int(n) for name, n in zip(flow["set"], flow["inspections"], strict=True)}
    for name, within in zip(flow["set"], flow["within"], strict=True):
        if pd.notna(within) and within not in sizes:
            raise DataError(f"set {name!r} is part of {within!r}, which is not there")
        if pd.notna(within) and sizes[name] > sizes[within]:
            raise DataError(f"set {name!r} has more members than {within!r}, of which it is part")
    return sizes


def _linked_sets(flow: pd.DataFrame, sizes: dict[str, int]) -> LinkedCounts:
    """Return what was kept and what was lost, which add up to the set before."""
    counts = LinkedCounts({("kept", name): n for name, n in sizes.items()})
    for name, within in zip(flow["set"], flow["within"], strict=True):
        if pd.notna(within):
            counts.numbers["lost", name] = sizes[within] - sizes[name]
            counts.sums.append((("kept", within), [("kept", name), ("lost", name)]))
    return counts


def _step(
    name: str, within: Any, sizes: dict[str, int], hidden: set[Any], why: dict[str, str]
) -> dict[str, Any]:
    kept = pd.NA if ("kept", name) in hidden else sizes[name]
    if pd.isna(within):
        return {"set": name, "within": None, "inspections": kept, "of": pd.NA, "share": np.nan,
                "lost": pd.NA, "why": None}  # fmt: skip
    whole = pd.NA if ("kept", within) in hidden else sizes[within]
    shown = kept is not pd.NA and whole is not pd.NA and sizes[within] > 0
    return {
        "set": name, "within": within, "inspections": kept, "of": whole,
        "share": sizes[name] / sizes[within] if shown else np.nan,
        "lost": pd.NA if ("lost", name) in hidden else sizes[within] - sizes[name],
        "why": why.get(name, "not in this set"),
    }  # fmt: skip


def _step_cells(data: pd.DataFrame) -> pd.DataFrame:
    def count(value: Any) -> str:
        return HIDDEN if pd.isna(value) else display.number(value, 0)

    first = data["within"].isna()
    share = [
        "" if pd.isna(row.share) else f"{display.percent(row.share)} of {count(row.of)}"
        for row in data.itertuples()
    ]
    lost = ["" if is_first else count(n) for is_first, n in zip(first, data["lost"], strict=True)]
    words = [
        why if count not in ("", "0") else "" for why, count in zip(data["why"], lost, strict=True)
    ]
    return pd.DataFrame(
        {
            "Inspections": data["set"].str[0].str.upper() + data["set"].str[1:],
            "Number": [count(n) for n in data["inspections"]],
            "Share": share,
            "Lost": lost,
            "Why lost": words,
        }
    )
