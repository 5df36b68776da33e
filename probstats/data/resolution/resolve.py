"""Claims, and what becomes of them: one value or interval for each cell."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd

from probstats.data.record.tables import load
from probstats.data.resolution import ratings
from probstats.data.resolution.coding import decode
from probstats.data.resolution.given import (
    read_dates,
    read_numbers,
    read_ratings,
    require_known,
    require_values,
)
from probstats.data.resolution.measures import (
    Ordered,
    order_claims,
    resolve_measures,
    with_sources,
)
from probstats.data.resolution.precedence import Precedence, read_precedence
from probstats.errors import DataError

TABLES = {"measures": "measure_claims", "ratings": "rating_claims"}
MEASURE_CELL = [
    "subject_id", "inspection_id", "population", "measure", "as_of_from", "as_of_to",
]  # fmt: skip


def resolve(
    what: str = "measures",
    *,
    claims: pd.DataFrame | None = None,
    precedence: pd.DataFrame | None = None,
    folder: str | Path | None = None,
) -> pd.DataFrame:
    """Turn claims into one value, or one interval, for each cell.

    The order of precedence is the table ``precedence``: kind of source, then basis, precision and
    time of publication. Figures are chosen by it. Ratings are intervals of levels that are all
    meant to be true, so they are intersected, and where they contradict each other the cell spans
    them.

    Parameters
    ----------
    what : {"measures", "ratings"}
        Figures, or ratings.
    claims : pandas.DataFrame, optional
        Claims of your own, in the form of ``measure_claims`` or ``rating_claims``; those of the
        record by default.
    precedence : pandas.DataFrame, optional
        Another order, in the form of the table ``precedence``.
    folder : path, optional
        Folder with the tables; the one that came with the package by default.

    Returns
    -------
    pandas.DataFrame
        One row for each cell. Measures: the chosen claim with its bounds, ``n_claims``,
        ``decided_by`` (the criterion that put it before the next), ``others`` (sources of the
        other claims), ``verdict`` (same, agrees, rounding, revision, definition, contradiction:
        the farthest of the others) and ``agrees``. Ratings: ``rating_low``, ``rating_high``,
        ``rating_status``, how many claims, their sources, and the one that precedes.

    Raises
    ------
    DataError
        If ``what`` is not known, or a claim holds a value that the order does not rank.

    Examples
    --------
    >>> import probstats as ps
    >>> cells = ps.data.resolve("measures")
    >>> here = (cells["measure"] == "po_fte") & (cells["as_of_to"] == "2023-06-30")
    >>> cell = cells[here].iloc[0]
    >>> cell["value"], str(cell["verdict"]), cell["decided_by"]
    (np.float64(4418.0), 'revision', 'basis')
    """
    found, order = _read(what, claims, precedence, folder)
    if what == "measures":
        notes = load("difference_notes", folder)
        return resolve_measures(found, MEASURE_CELL, order, notes).reset_index(drop=True)
    return ratings.resolve_ratings(found, order).reset_index()


def claims(
    what: str = "measures",
    *,
    precedence: pd.DataFrame | None = None,
    folder: str | Path | None = None,
) -> pd.DataFrame:
    """Return every claim, in the order of precedence within its cell.

    Parameters
    ----------
    what : {"measures", "ratings"}
        Figures, or ratings.
    precedence : pandas.DataFrame, optional
        Another order, in the form of the table ``precedence``.
    folder : path, optional
        Folder with the tables; the one that came with the package by default.

    Returns
    -------
    pandas.DataFrame
        The claims with ``chosen``, ``verdict`` (how each stands to the chosen one),
        ``decided_by`` and ``source_kind``.

    Raises
    ------
    DataError
        If ``what`` is not known, or a claim holds a value that the order does not rank.

    Examples
    --------
    >>> import probstats as ps
    >>> int(ps.data.claims("ratings")["chosen"].sum()) == len(ps.data.resolve("ratings"))
    True
    """
    return ordered(what, precedence=precedence, folder=folder).claims.reset_index(drop=True)


def ordered(
    what: str, *, precedence: pd.DataFrame | None = None, folder: str | Path | None = None
) -> Ordered:
    """Return the claims in order, and where each cell begins."""
    found, order = _read(what, None, precedence, folder)
    if what == "measures":
        notes = load("difference_notes", folder)
        together = order_claims(found, MEASURE_CELL, order, notes=notes)
        return replace(together, claims=decode(together.claims, found))
    return ratings.order_ratings(found, order)


def _read(
    what: str,
    given: pd.DataFrame | None,
    precedence: pd.DataFrame | None,
    folder: str | Path | None,
) -> tuple[pd.DataFrame, Precedence]:
    if what not in TABLES:
        raise DataError(f"what={what!r} is not known; choose one of {', '.join(TABLES)}")
    sources = load("sources", folder)
    if given is None:
        found = load(TABLES[what], folder)
    else:
        found = _read_given(given, what, folder)
        require_known(found, "source_id", sources["source_id"], "claims")
    order = read_precedence(folder) if precedence is None else Precedence(precedence)
    return with_sources(found, sources), order


def _read_given(given: pd.DataFrame, what: str, folder: str | Path | None) -> pd.DataFrame:
    needed = load(TABLES[what], folder).columns.drop("note")
    missing = [name for name in needed if name not in given]
    if missing:
        raise DataError(
            f"claims lack column {missing[0]!r}; expected those of the table {TABLES[what]}: "
            f"{', '.join(needed)}"
        )
    if what == "ratings":
        return read_ratings(given, ["rating_low", "rating_high"], "claims")
    numbers = read_numbers(given, ["value", "value_low", "value_high"], "claims")
    require_values(numbers, "claims")
    return read_dates(numbers, ["as_of_from", "as_of_to"], "claims")
