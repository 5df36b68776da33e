"""New claims beside those the record has already."""

from __future__ import annotations

from typing import Any

import pandas as pd

from probstats.data.imports.build import Built
from probstats.data.imports.layout_keys import SOURCE_FIELDS
from probstats.data.imports.record_now import Now
from probstats.data.record.tables import load
from probstats.data.scale import RATINGS

CELLS = {
    "measure_claims": [
        "subject_id", "inspection_id", "population", "measure", "as_of_from", "as_of_to",
    ],
    "rating_claims": ["inspection_id", "standard"],
}  # fmt: skip
"""What two claims are about: those that agree in these columns are about the same."""
SIDES = {
    "measure_claims": ("value_low", "value_high"),
    "rating_claims": ("rating_low", "rating_high"),
}


def drop_known(built: Built, now: Now) -> None:
    """Leave out claims that the record has from the same source, and sources no row names."""
    twins = _twins(built, now)
    for table, cells in CELLS.items():
        if table not in built.tables:
            continue
        frame = built.tables[table]
        key = [*cells, *SIDES[table], "source_id"]
        there = set(map(tuple, _keys(_there(table, now), key)))
        known = [
            any((*values, twin) in there for twin in twins.get(source, [source]))
            for *values, source in _keys(frame, key)
        ]
        for row, again in zip(built.places[table], known, strict=True):
            if again:
                built.leftovers.add("in the record already, from the same source", table, row)
        _keep(built, table, [not again for again in known])
    _drop_sources(built)


def _twins(built: Built, now: Now) -> dict[str, list[str]]:
    """Return for each new source those of the record that are the same but for their number."""
    there: dict[tuple[str, ...], list[str]] = {}
    fields = list(SOURCE_FIELDS)
    for source, *values in now.sources[["source_id", *fields]].fillna("").to_numpy().tolist():
        there.setdefault(tuple(values), []).append(source)
    new = built.tables.get("sources", now.sources.head(0))
    return {
        source: there.get(tuple(values), [])
        for source, *values in new[["source_id", *fields]].fillna("").to_numpy().tolist()
    }


def count_repeated(built: Built, now: Now) -> int:
    """Return how many new claims say what a claim of another source says already."""
    count = 0
    for table, cells in CELLS.items():
        if table in built.tables:
            key = [*cells, *SIDES[table]]
            there = set(map(tuple, _keys(_there(table, now), key)))
            count += sum(tuple(values) in there for values in _keys(built.tables[table], key))
    return count


def _keep(built: Built, table: str, kept: list[bool]) -> None:
    if not any(kept):
        del built.tables[table], built.places[table]
        return
    built.tables[table] = built.tables[table][kept].reset_index(drop=True)
    built.places[table] = [p for p, k in zip(built.places[table], kept, strict=True) if k]


def _drop_sources(built: Built) -> None:
    if "sources" not in built.tables:
        return
    citing = [f for n, f in built.tables.items() if n != "sources" and "source_id" in f]
    named = {source for frame in citing for source in frame["source_id"]}
    _keep(built, "sources", built.tables["sources"]["source_id"].isin(named).tolist())


def compare(built: Built, now: Now) -> pd.DataFrame:
    """Return the new claims that cannot be true together with one of the record.

    Parameters
    ----------
    built : Built
        New rows.
    now : Now
        The record.

    Returns
    -------
    pandas.DataFrame
        ``table``, ``about``, ``there`` and ``here`` (low to high), ``source_there``, ``row``.
    """
    found = []
    for table, cells in CELLS.items():
        if table not in built.tables:
            continue
        there: dict[tuple[str, ...], list[dict[str, Any]]] = {}
        old = _there(table, now)
        for values, row in zip(_keys(old, cells), old.to_dict("records"), strict=True):
            there.setdefault(tuple(values), []).append(row)
        new = built.tables[table].fillna("")
        for values, row, place in zip(
            _keys(new, cells), new.to_dict("records"), built.places[table], strict=True
        ):
            for other in there.get(tuple(values), []):
                if _apart(row, other, table):
                    about = ", ".join(value for value in values if value)
                    found.append((table, about, _said(other, table), _said(row, table),
                                  other["source_id"], place))  # fmt: skip
    columns = ["table", "about", "there", "here", "source_there", "row"]
    return pd.DataFrame(found, columns=columns)


def _there(table: str, now: Now) -> pd.DataFrame:
    frame = load(table, now.folder)
    for column in frame.columns[frame.dtypes == "datetime64[s]"]:
        frame[column] = frame[column].dt.strftime("%Y-%m-%d")
    return frame.astype("object").where(frame.notna(), "")


def _keys(frame: pd.DataFrame, columns: list[str]) -> list[list[str]]:
    """Return cells as text that is the same however a number was written."""
    texts = frame[columns].astype("object").where(frame[columns].notna(), "")
    for column in ("value_low", "value_high"):
        if column in columns:
            texts[column] = [v if v == "" else repr(float(v)) for v in texts[column]]
    rows: list[list[str]] = texts.to_numpy().tolist()
    return rows


def _apart(one: dict[str, Any], other: dict[str, Any], table: str) -> bool:
    (low, high), (there_low, there_high) = (_span(row, table) for row in (one, other))
    return high < there_low or there_high < low


def _span(row: dict[str, Any], table: str) -> tuple[float, float]:
    low, high = (row[side] for side in SIDES[table])
    if table == "rating_claims":
        return RATINGS.index(low), RATINGS.index(high)
    return (float(low) if low != "" else float("-inf"), float(high) if high != "" else float("inf"))


def _said(row: dict[str, Any], table: str) -> str:
    if table == "measure_claims":
        qualifier = "" if row["qualifier"] == "exact" else f"{row['qualifier']} "
        return f"{qualifier}{float(row['value']):g}"
    low, high = (str(row[side]) for side in SIDES[table])
    return low if low == high else f"{low} to {high}"
