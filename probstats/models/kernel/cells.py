"""The likelihood of many rows of a plain model, sorted by their levels.

Without nominal and scale effects, rows of one cell, that is of the same levels, share their two
thresholds. What depends on those alone is computed once, the infinite bounds of the lowest and the
highest level not at all, and derivatives in thresholds are sums over a cell.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from probstats.models.kernel.derivatives import Value, gram, impossible
from probstats.models.kernel.links import Array, Link, Slopes
from probstats.models.kernel.rows import BLOCK, Edges, Rows

ROWS_PER_CELL = 1_000
"""Rows a cell needs on average, so that a call for each costs less than it saves."""


class Cell(NamedTuple):
    """Rows side by side that share their levels.

    Attributes
    ----------
    edges : numpy.ndarray
        The upper and the lower edge of the levels.
    rows : slice
        The rows.
    """

    edges: Edges
    rows: slice


def is_plain(rows: Rows) -> bool:
    """Whether rows have thresholds of their levels alone, and enough rows a cell."""
    if rows.scale.shape[1] or rows.nominal.shape[1]:
        return False
    if len(rows.jacobian) * ROWS_PER_CELL > len(rows):
        return False
    n_cells = int(np.count_nonzero(np.bincount(_keys(rows))))
    return n_cells * ROWS_PER_CELL <= len(rows)


def cell_order(rows: Rows) -> NDArray[np.intp]:
    """Return the order that puts rows of the same levels side by side."""
    return np.argsort(_keys(rows), kind="stable")


def _keys(rows: Rows) -> NDArray[np.integer[Any]]:
    n_edges = len(rows.jacobian) + 2
    keys = rows.edges[0] * n_edges + rows.edges[1]
    return keys.astype(np.int16 if n_edges < 180 else np.int64)  # few bits are sorted sooner


def _cells(rows: Rows) -> Iterator[Cell]:
    """Go through the cells of sorted rows, a block at a time."""
    keys = _keys(rows)
    starts = np.flatnonzero(np.diff(keys, prepend=-1))
    for start, stop in zip(starts, [*starts[1:], len(keys)], strict=True):
        for first in range(start, stop, BLOCK):
            yield Cell(rows.edges[:, first], slice(first, min(first + BLOCK, stop)))


class Cells:
    """Log-likelihood, score and Hessian in one pass over cells.

    Parameters
    ----------
    rows : Rows
        The data, of a plain model; sorted here where they are not.
    link : Link
        The latent distribution.
    """

    def __init__(self, rows: Rows, link: Link) -> None:
        if (np.diff(_keys(rows)) < 0).any():
            rows = rows.take(cell_order(rows))
        self._rows, self._link = rows, link
        n_edges, (p, _, t) = len(rows.jacobian) + 2, rows.sizes
        everything = [n_edges - 1, 0]  # rows that say nothing
        self._cells = [cell for cell in _cells(rows) if cell.edges.tolist() != everything]
        self._work = np.empty((min(len(rows), BLOCK), p), order="F")
        self._map = np.zeros((p + n_edges, p + t))
        self._map[:p, :p] = np.eye(p)
        self._map[p + 1 : -1, p:] = rows.jacobian

    def __call__(self, params: Array) -> Value:
        """Return the log-likelihood and its derivatives at q parameters, weighted."""
        p = self._rows.location.shape[1]
        moved = self._map @ params  # coefficients, then the threshold at each edge
        moved[[p, -1]] = -np.inf, np.inf
        score, hessian = np.zeros(len(moved)), np.zeros((len(moved), len(moved)))
        total = 0.0
        for cell in self._cells:
            ends = moved[p + cell.edges]
            ordered = ends[0] > ends[1]
            total += self._add(cell, ends, moved[:p], score, hessian) if ordered else -np.inf
            if not np.isfinite(total):
                return impossible(len(params))
        return Value(total, self._map.T @ score, self._map.T @ hessian @ self._map)

    def _add(self, cell: Cell, ends: Array, beta: Array, score: Array, hessian: Array) -> float:
        """Add the derivatives in the coefficients and in the thresholds; return log p."""
        x, p = self._rows.location[cell.rows], len(beta)
        slopes = self._slopes(cell, x @ beta, ends)
        at = p + cell.edges[np.isfinite(ends)]
        score[:p] -= slopes.first.sum(axis=0) @ x
        score[at] += slopes.first.sum(axis=1)
        hessian[:p, :p] += gram(x, slopes.shift.sum(axis=0), self._work)
        crossed = slopes.shift @ x
        hessian[at, :p] -= crossed
        hessian[:p, at] -= crossed.T
        cross = slopes.cross.sum()
        hessian[at, at] += slopes.shift.sum(axis=1) - cross
        if len(at) == 2:
            hessian[at, at[::-1]] += cross
        return float(slopes.log_p.sum())

    def _slopes(self, cell: Cell, eta: Array, ends: Array) -> Slopes:
        offset, weights = self._rows.offset, self._rows.weights
        if offset is not None:
            eta += offset[cell.rows]
        slopes = self._link.cell_slopes(eta, ends)
        return slopes.weighted(None if weights is None else weights[cell.rows])
