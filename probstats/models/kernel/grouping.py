"""Identical rows, counted once with their number as a weight, where that saves work."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from probstats.models.kernel.links import Array
from probstats.models.kernel.rows import Rows

WORTHWHILE = 2_000
"""Rows from which on grouping can save more than it costs."""

GLANCE = 1_024
"""Rows looked at to see whether it will."""


def group_identical(rows: Rows) -> Rows:
    """Return the distinct rows with their summed weights, or all rows where most are distinct.

    Parameters
    ----------
    rows : Rows
        n rows.

    Returns
    -------
    Rows
        Rows with the same log-likelihood at any parameters.
    """
    if len(rows) < WORTHWHILE:
        return rows
    glance = rows.take(np.linspace(0, len(rows) - 1, GLANCE).astype(np.intp))
    if len(np.unique(_keys(glance))) > GLANCE // 2:
        return rows
    distinct, codes = distinct_rows(rows)
    if len(distinct) == len(rows):
        return rows
    weights = np.bincount(codes, rows.weights, len(distinct)).astype(float)
    return replace(distinct, weights=weights)


def distinct_rows(rows: Rows) -> tuple[Rows, NDArray[np.intp]]:
    """Return the rows that differ in more than their weights, and which of them each row is.

    Parameters
    ----------
    rows : Rows
        n rows.

    Returns
    -------
    distinct : Rows
        m rows in the order of their first occurrence; their weights mean nothing.
    codes : numpy.ndarray
        n numbers of rows, from 0.
    """
    codes, keys = pd.factorize(_keys(rows))
    first = np.full(len(keys), len(rows))
    np.minimum.at(first, codes, np.arange(len(rows)))
    distinct = rows.take(first)
    if not _same(distinct.take(codes), rows):  # two different rows have one key
        return rows, np.arange(len(rows))
    return distinct, codes


def _keys(rows: Rows) -> Array:
    """Return a number for each row that is the same for identical rows, and hardly for others."""
    designs = [rows.location, rows.scale, rows.nominal]
    rng = np.random.default_rng(0)
    keys = rows.edges.T @ rng.normal(size=2)
    for design in designs:
        keys = keys + design @ rng.normal(size=design.shape[1])
    return keys if rows.offset is None else keys + rows.offset * rng.normal()


def _same(some: Rows, others: Rows) -> bool:
    same = all(
        np.array_equal(getattr(some, name), getattr(others, name))
        for name in ("location", "scale", "nominal", "edges")
    )
    if some.offset is None or others.offset is None:
        return same
    return same and np.array_equal(some.offset, others.offset)
