"""Every disagreement between sources, with its kind."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from probstats.data.record.tables import load
from probstats.data.resolution import ratings
from probstats.data.resolution.agreement import VERDICTS
from probstats.data.resolution.resolve import MEASURE_CELL, ordered
from probstats.data.rules.contradictions import rule_conflicts

COLUMNS = [
    "kind", "subject_id", "inspection_id", "item", "population", "as_of_to",
    "chosen", "chosen_source", "other", "other_source", "reason",
]  # fmt: skip
DISAGREEING = VERDICTS[2:]


def conflicts(folder: str | Path | None = None) -> pd.DataFrame:
    """List every disagreement between sources.

    Parameters
    ----------
    folder : path, optional
        Folder with the tables; the one that came with the package by default.

    Returns
    -------
    pandas.DataFrame
        One row for each claim that disagrees with the chosen one of its cell, and for each set of
        claims on one inspection that cannot all be true: ``kind`` (contradiction, definition,
        revision, rounding), what it is about, both values as printed, both sources, and why the
        kind. Nothing is resolved here: see ``resolve``.

    Examples
    --------
    >>> import probstats as ps
    >>> found = ps.data.conflicts()
    >>> found.loc[found["kind"] == "contradiction", "inspection_id"].str[:9].tolist()[:1]
    ['bedfordsh']
    """
    parts = [
        _rating_conflicts(folder),
        rule_conflicts(folder),
        _date_conflicts(folder),
        _measure_conflicts(folder),
    ]
    told = [part.reindex(columns=COLUMNS) for part in parts if len(part)]
    found = pd.concat(told) if told else pd.DataFrame(columns=COLUMNS)
    rank = {kind: place for place, kind in enumerate(reversed(VERDICTS))}
    return found.sort_values("kind", key=lambda kinds: kinds.map(rank), kind="stable").reset_index(
        drop=True
    )


def _measure_conflicts(folder: str | Path | None) -> pd.DataFrame:
    claims = ordered("measures", folder=folder).claims
    chosen = claims[claims["chosen"]]
    others = claims[claims["verdict"].isin(DISAGREEING)]
    pairs = others.merge(chosen, on=MEASURE_CELL, suffixes=("", "_chosen"), validate="many_to_one")
    return pairs.assign(
        kind=pairs["verdict"].astype("str"),
        item=pairs["measure"],
        chosen=printed(pairs.filter(regex="_chosen$").rename(columns=_without_suffix)),
        chosen_source=pairs["source_id_chosen"],
        other=printed(pairs),
        other_source=pairs["source_id"],
    )


def _without_suffix(name: str) -> str:
    return name.removesuffix("_chosen")


def printed(claims: pd.DataFrame) -> pd.Series:
    """Return figures as one would print them: qualifier, value, unit.

    Parameters
    ----------
    claims : pandas.DataFrame
        Claims with ``value``, ``qualifier`` and ``printed_unit``.

    Returns
    -------
    pandas.Series
        Such as "at least 6,000 people".
    """
    words = claims["qualifier"].astype("str").where(claims["qualifier"] != "exact", "")
    numbers = claims["value"].map(lambda value: f"{value:,.10g}").astype("str")
    return (words + " " + numbers + " " + claims["printed_unit"].astype("str")).str.strip()


def _rating_conflicts(folder: str | Path | None) -> pd.DataFrame:
    claims = ordered("ratings", folder=folder)
    others = ratings.contradicting(claims)
    pairs = others.merge(claims.chosen, on=ratings.CELL, suffixes=("", "_chosen"))
    return pairs.assign(
        kind="contradiction",
        subject_id=pairs["inspection_id"].map(_subjects(folder)),
        item=pairs["standard"],
        chosen=span(pairs["rating_low_chosen"], pairs["rating_high_chosen"]),
        chosen_source=pairs["source_id_chosen"],
        other=span(pairs["rating_low"], pairs["rating_high"]),
        other_source=pairs["source_id"],
        reason="no rating satisfies both; the panel keeps the whole range",
        as_of_to=pd.NaT,
    )


def span(low: pd.Series, high: pd.Series) -> pd.Series:
    """Return ratings in words: one, or the lowest and the highest."""
    first, last = low.astype("str"), high.astype("str")
    return first.where(first == last, first + " to " + last)


def _subjects(folder: str | Path | None) -> pd.Series:
    return load("inspections", folder).set_index("inspection_id")["subject_id"]


def _date_conflicts(folder: str | Path | None) -> pd.DataFrame:
    """Return dates and owners of inspections on which sources differ."""
    claims = load("inspection_claims", folder).drop_duplicates(["inspection_id", "field", "value"])
    kept = load("inspections", folder).set_index("inspection_id")
    pairs = claims.merge(claims, on=["inspection_id", "field"], suffixes=("", "_other"))
    pairs = pairs[(pairs["value"] < pairs["value_other"])]
    apart = [
        not _compatible(one, other)
        for one, other in zip(pairs["value"], pairs["value_other"], strict=True)
    ]
    pairs = pairs[apart]
    return pairs.assign(
        kind="contradiction",
        subject_id=pairs["inspection_id"].map(kept["subject_id"]),
        item=pairs["field"],
        chosen=pairs["value"], chosen_source=pairs["source_id"],
        other=pairs["value_other"], other_source=pairs["source_id_other"],
        reason="cannot both be true; the table inspections says which one stands",
        as_of_to=pd.NaT,
    )  # fmt: skip


def _compatible(one: str, other: str) -> bool:
    """Whether two dates or names can be the same: 2019-06 allows 2019-06-14."""
    return one.startswith(other) or other.startswith(one)
