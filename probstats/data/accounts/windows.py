"""Which inspections lie in the window of a published total, and which may."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

IN, UNDECIDED, OUT = "in", "undecided", "out"


@dataclass(frozen=True)
class Condition:
    """One condition of a window, put to every inspection.

    Attributes
    ----------
    fails : pandas.Series of bool
        Whether the inspection certainly lies outside.
    undecided : pandas.Series of bool
        Whether it may lie inside or outside.
    words : pandas.Series of str
        Why, for those that fail and those that are undecided.
    """

    fails: pd.Series
    undecided: pd.Series
    words: pd.Series


def place(inspections: pd.DataFrame, window: dict[str, Any]) -> pd.DataFrame:
    """Return where every inspection stands to a window.

    Parameters
    ----------
    inspections : pandas.DataFrame
        One row for each inspection, as in the wide panel.
    window : dict
        A row of ``published_totals``.

    Returns
    -------
    pandas.DataFrame
        ``standing`` (in, undecided, out) and ``reason``, the first condition that leaves the
        inspection out, else the first that leaves it undecided, else the rating.
    """
    conditions = list(_conditions(inspections, window))
    standing = pd.Series(IN, index=inspections.index)
    reason = _rating_words(inspections)
    for condition in reversed(conditions):
        standing = standing.mask(condition.undecided, UNDECIDED)
        reason = reason.mask(condition.undecided, condition.words)
    for condition in reversed(conditions):
        standing = standing.mask(condition.fails, OUT)
        reason = reason.mask(condition.fails, condition.words)
    return pd.DataFrame({"standing": standing, "reason": reason})


def day_bounds(inspections: pd.DataFrame, event: str) -> tuple[pd.Series, pd.Series]:
    """Return the first and the last day on which an event can have been.

    Fieldwork lies within the calendar years that the name of the programme spans, and begins
    before publication; so each date narrows the other where it is not known.

    Parameters
    ----------
    inspections : pandas.DataFrame
        One row for each inspection.
    event : {"fieldwork", "published"}
        The event.

    Returns
    -------
    tuple of pandas.Series
        First and last day; missing where nothing bounds it.
    """
    years = inspections["programme"].str.extract(r"(\d{4})(?:-(\d{2}))?$")
    first = pd.to_datetime(years[0] + "-01-01")
    last = pd.to_datetime(years[1].radd("20").fillna(years[0]) + "-12-31")
    begun_from = pd.concat([inspections["fieldwork_start_from"], first], axis=1).max(axis=1)
    begun_to = pd.concat(
        [inspections["fieldwork_start_to"], inspections["published_to"], last], axis=1
    ).min(axis=1)
    if event == "fieldwork":
        return begun_from, begun_to
    published_from = pd.concat([inspections["published_from"], begun_from], axis=1).max(axis=1)
    return published_from, inspections["published_to"]


def _conditions(inspections: pd.DataFrame, window: dict[str, Any]) -> Iterator[Condition]:
    types = window["provider_types"].split()
    yield _one_of(inspections["provider_type"], types, "provider type")
    if pd.notna(window["programmes"]):
        yield _one_of(inspections["programme"], window["programmes"].split(), "programme")
    if pd.notna(window["standards_sets"]):
        sets = window["standards_sets"].split()
        yield _one_of(inspections["standards_set"], sets, "standards set")
    if pd.notna(window["regions"]):
        yield _one_of(inspections["region"], window["regions"].split("; "), "region")
    if pd.notna(window["regions_excluded"]):
        yield _none_of(inspections["region"], window["regions_excluded"].split("; "), "region")
    for event, words in (("fieldwork", "fieldwork began"), ("published", "published")):
        start, end = window[f"{event}_from"], window[f"{event}_to"]
        if pd.notna(start) or pd.notna(end):
            yield _between(day_bounds(inspections, event), start, end, words)
    yield _rated(inspections["rating_status_overall"])


def _one_of(column: pd.Series, allowed: list[str], name: str) -> Condition:
    words = f"{name} " + column.fillna("not given") + f", not {' or '.join(allowed)}"
    return Condition(~column.isin(allowed), _never(column), words)


def _none_of(column: pd.Series, excluded: list[str], name: str) -> Condition:
    words = f"{name} " + column.fillna("not given") + ", which the window leaves out"
    return Condition(column.isin(excluded), _never(column), words)


def _between(
    bounds: tuple[pd.Series, pd.Series], start: pd.Timestamp, end: pd.Timestamp, words: str
) -> Condition:
    """Return the condition that a day, known to lie between bounds, lies in a window."""
    first, last = bounds
    start = pd.Timestamp.min.ceil("D") if pd.isna(start) else start
    end = pd.Timestamp.max.floor("D") if pd.isna(end) else end
    outside = (last < start) | (first > end)
    inside = (first >= start) & (last <= end)
    known = first.dt.strftime("%Y-%m-%d").fillna("an unknown day").str.cat(
        last.dt.strftime("%Y-%m-%d").fillna("an unknown day"), sep=" and "
    )  # fmt: skip
    window = f"window {start:%Y-%m-%d} to {end:%Y-%m-%d}"
    return Condition(outside, ~outside & ~inside, f"{words} between " + known + f"; {window}")


def _rated(status: pd.Series) -> Condition:
    return Condition(status == "not rated", _never(status), pd.Series("not rated", status.index))


def _never(column: pd.Series) -> pd.Series:
    return pd.Series(False, index=column.index)


def _rating_words(inspections: pd.DataFrame) -> pd.Series:
    low = inspections["rating_low_overall"].astype("str")
    high = inspections["rating_high_overall"].astype("str")
    words = ("rated " + low).where(low == high, "rated " + low + " to " + high)
    return words.where(low.notna(), "rating not seen")
