"""Analyses of many simulated samples at once, where maximum likelihood is all that is asked for.

Samples of a design share its covariates. Every combination of covariates and of what can be known
of the level is one cell, a sample is how often each cell occurs, and Newton's method runs for all
samples in step. Samples that lost a level, or that have no maximum, are left to ``refits``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from probstats.models.kernel.batch import maximise_batch
from probstats.models.kernel.batch_likelihood import BatchLikelihood
from probstats.models.kernel.links import Array
from probstats.models.kernel.rows import Rows
from probstats.planning.design import Codes, Design

MOST_CELLS = 4_000
"""Cells above which fits one by one are no slower."""


@dataclass(frozen=True)
class Cells:
    """The cells of a design.

    Attributes
    ----------
    rows : Rows
        One for each of C cells, standardised.
    transform : numpy.ndarray
        From their parameters to the user's.
    table : numpy.ndarray
        n by K; the cell of each row if it has each level, C where that says nothing.
    exact : numpy.ndarray
        C by K; whether a cell is one level, known exactly.
    """

    rows: Rows
    transform: Array
    table: Codes
    exact: NDArray[np.bool_]


def cells_of(design: Design) -> Cells | None:
    """Return the cells of a design, or None where samples are to be analysed one by one."""
    if not design.analysis.plain or design.model.rows.nominal.shape[1]:
        return None
    problem = design.model.problem()
    parts = _unsorted(problem.rows)
    _, first, pattern = np.unique(parts, axis=0, return_index=True, return_inverse=True)
    low, high = design.reported
    keys = np.stack([np.repeat(pattern.ravel(), design.n_levels), low.ravel(), high.ravel()])
    cells, table = np.unique(keys, axis=1, return_inverse=True)
    silent = (cells[1] == 0) & (cells[2] == design.n_levels - 1)
    if cells.shape[1] > MOST_CELLS:
        return None
    number = np.where(silent, (~silent).sum(), np.cumsum(~silent) - 1)
    pattern, low, high = cells[:, ~silent]
    rows = _rows(problem.rows, parts[first[pattern]], np.stack([high + 1, low]))
    exact = (low == high)[:, None] & (low[:, None] == np.arange(design.n_levels))
    return Cells(rows, problem.transform, number[table.reshape(len(design), -1)], exact)


def _unsorted(rows: Rows) -> Array:
    """Return location, scale and offset side by side, in the order of the data."""
    offset = np.zeros(len(rows)) if rows.offset is None else rows.offset
    return rows.unsorted(np.hstack([rows.location, rows.scale, offset[:, None]]))


def _rows(rows: Rows, parts: Array, edges: Codes) -> Rows:
    p, s, _ = rows.sizes
    return replace(
        rows, location=parts[:, :p], scale=parts[:, p : p + s], edges=edges,
        nominal=np.empty((len(parts), 0)), weights=None, order=None,
        offset=None if rows.offset is None else parts[:, p + s],
    )  # fmt: skip


@dataclass(frozen=True)
class Batch:
    """The estimates of R samples.

    Attributes
    ----------
    estimate, std_error : numpy.ndarray
        Log odds ratios and errors.
    settled : numpy.ndarray
        Whether a maximum was found; the other samples are to be looked at one by one.
    """

    estimate: Array
    std_error: Array
    settled: NDArray[np.bool_]


def fit_batch(design: Design, cells: Cells, counts: Array, params: Array) -> Batch:
    """Fit many samples.

    Parameters
    ----------
    design : Design
        The design.
    cells : Cells
        Its cells.
    counts : numpy.ndarray
        R by C; how often each cell occurs in each sample.
    params : numpy.ndarray
        Parameters to start from, on the user's scale.

    Returns
    -------
    Batch
        Settled are samples in which every level is known of some row, and whose fit found a
        maximum.
    """
    whole = np.flatnonzero(((counts @ cells.exact) > 0.0).all(axis=1))
    unknown = np.full(len(counts), np.nan)
    batch = Batch(unknown, unknown.copy(), np.zeros(len(counts), dtype=bool))
    if not len(whole):
        return batch
    start = np.asarray(np.linalg.solve(cells.transform, params), dtype=float)
    evaluate = BatchLikelihood(cells.rows, design.model.link)
    with np.errstate(all="ignore"):  # of samples that separate, which are not settled
        found = maximise_batch(evaluate, start, counts[whole])
    good = found.converged & ~found.degraded & ~found.singular
    row = cells.transform[design.place]
    batch.estimate[whole] = found.params @ row
    batch.std_error[whole[good]] = _errors(-found.hessian[good], row)
    batch.settled[whole[good]] = True
    return batch


def _errors(information: Array, row: Array) -> Array:
    across = np.broadcast_to(row[:, None], (*information.shape[:2], 1))
    variance: Any = row @ np.linalg.solve(information, across)
    return np.asarray(np.sqrt(variance[:, 0]))


def count_cells(cells: Cells, levels: Codes, kept: NDArray[np.bool_]) -> Array:
    """Return how often each cell occurs in each sample.

    Parameters
    ----------
    cells : Cells
        C cells.
    levels : numpy.ndarray
        R by n simulated levels.
    kept : numpy.ndarray
        R by n; which of them are not missing.

    Returns
    -------
    numpy.ndarray
        R by C.
    """
    n_samples, n_cells = len(levels), len(cells.rows)
    which = cells.table[np.arange(levels.shape[1]), levels]
    which = np.where(kept, which, n_cells)
    places = which + (n_cells + 1) * np.arange(n_samples)[:, None]
    counts = np.bincount(places.ravel(), minlength=n_samples * (n_cells + 1))
    return np.asarray(counts.reshape(n_samples, -1)[:, :-1], dtype=float)
