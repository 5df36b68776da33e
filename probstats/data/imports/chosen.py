"""Which chosen values of the record an import would change."""

from __future__ import annotations

import pandas as pd

from probstats.data.imports.build import Built
from probstats.data.imports.record_now import Now
from probstats.data.record.cells import convert
from probstats.data.record.tables import load
from probstats.data.resolution.measures import resolve_measures, with_sources
from probstats.data.resolution.precedence import Precedence, read_precedence
from probstats.data.resolution.ratings import CELL as RATING_CELL
from probstats.data.resolution.ratings import resolve_ratings
from probstats.data.resolution.resolve import MEASURE_CELL

COLUMNS = ["table", "about", "before", "after", "source_before", "source_after"]


def chosen_changes(built: Built, now: Now) -> pd.DataFrame:
    """Return the figures and ratings of the record that get another chosen value.

    Parameters
    ----------
    built : Built
        New rows.
    now : Now
        The record.

    Returns
    -------
    pandas.DataFrame
        ``table``, ``about``, ``before``, ``after``, and the sources of both.
    """
    sources = _with_new("sources", built, now)
    precedence = read_precedence(now.folder)
    found: list[tuple[str, ...]] = []
    for table in ("measure_claims", "rating_claims"):
        if table not in built.tables:
            continue
        before, after = (
            _resolve(with_sources(claims, sources), table, precedence, now)
            for claims in (load(table, now.folder), _with_new(table, built, now))
        )
        found += [
            (table, about, *values)
            for about, values in _differences(before, after)
        ]  # fmt: skip
    return pd.DataFrame(found, columns=COLUMNS, dtype="str")


def _with_new(table: str, built: Built, now: Now) -> pd.DataFrame:
    there = load(table, now.folder)
    if table not in built.tables:
        return there
    return pd.concat([there, convert(built.tables[table], now.fields(table))], ignore_index=True)


def _resolve(
    claims: pd.DataFrame, table: str, precedence: Precedence, now: Now
) -> dict[str, tuple[str, str]]:
    """Return the chosen value of each cell in words, and its source."""
    if table == "measure_claims":
        notes = load("difference_notes", now.folder)
        chosen = resolve_measures(claims, MEASURE_CELL, precedence, notes)
        mark = chosen["qualifier"].map(lambda word: "" if word == "exact" else f"{word} ")
        said = mark.astype("object") + chosen["value"].map("{:g}".format)
        cell = MEASURE_CELL
    else:
        chosen = resolve_ratings(claims, precedence).reset_index()
        low, high = chosen["rating_low"].astype("str"), chosen["rating_high"].astype("str")
        said, cell = low.where(low == high, low + " to " + high), RATING_CELL
    names = chosen[cell].astype("object").where(chosen[cell].notna(), "")
    for column in names.columns.intersection(["as_of_from", "as_of_to"]):
        names[column] = [str(day)[:10] for day in names[column]]
    about = [", ".join(part for part in row if part) for row in names.to_numpy().tolist()]
    return dict(zip(about, zip(said, chosen["source_id"], strict=True), strict=True))


def _differences(
    before: dict[str, tuple[str, str]], after: dict[str, tuple[str, str]]
) -> list[tuple[str, tuple[str, ...]]]:
    return [
        (about, (said, after[about][0], source, after[about][1]))
        for about, (said, source) in before.items()
        if after[about][0] != said
    ]
