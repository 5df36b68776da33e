"""Binary models of the outcome split at each threshold, which Wolfe and Gould and Brant compare."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from probstats.models.checking.lines import Lines
from probstats.models.kernel.estimation import Problem
from probstats.models.kernel.links import Array, Link
from probstats.models.kernel.newton import Maximum
from probstats.models.kernel.rows import Rows

TOL = 1e-12
"""Newton decrement of the binary fits."""


def split_rows(rows: Rows, split: int) -> Rows:
    """Return rows of a binary outcome: whether the level lies above a threshold.

    Parameters
    ----------
    rows : Rows
        Rows of an outcome of known levels.
    split : int
        The threshold, from 0; levels up to this code lie below it.

    Returns
    -------
    Rows
        With one threshold.
    """
    above = (rows.edges[1] > split).astype(int)
    return replace(rows, edges=np.stack([above + 1, above]), jacobian=np.eye(1))


def stacked_rows(rows: Rows, free: list[int]) -> Rows:
    """Return the rows of all splits below each other, n (K - 1) of them.

    Parameters
    ----------
    rows : Rows
        n rows.
    free : list of int
        Columns with an effect of their own at each split.

    Returns
    -------
    Rows
        With the columns that have one effect, then the free ones times indicators of the splits,
        then indicators of the splits but the first: one threshold serves them all.
    """
    n_splits, n = len(rows.jacobian), len(rows)
    common = np.tile(np.delete(rows.location, free, axis=1), (n_splits, 1))
    own = np.kron(np.eye(n_splits), rows.location[:, free])
    intercepts = np.kron(np.eye(n_splits), np.ones((n, 1)))[:, 1:]
    parts = [split_rows(rows, split) for split in range(n_splits)]
    return replace(
        parts[0],
        location=np.hstack([common, own, intercepts]),
        scale=np.empty((n * n_splits, 0)),
        nominal=np.empty((n * n_splits, 0)),
        edges=np.hstack([part.edges for part in parts]),
        weights=None if rows.weights is None else np.tile(rows.weights, n_splits),
        offset=None if rows.offset is None else np.tile(rows.offset, n_splits),
    )


def fit_binary(rows: Rows, link: Link) -> Maximum:
    """Return the maximum of a binary model, from no effects."""
    weights = np.ones(len(rows)) if rows.weights is None else rows.weights
    share = float(np.average(rows.edges[1] == 0, weights=weights))
    start = np.zeros(rows.n_params)
    start[rows.location.shape[1]] = link.quantile(np.array([share]))[0]
    problem = Problem(rows, np.eye(len(start)), link, start)
    return problem.solve(tol=TOL, maxiter=100)


def split_fits(lines: Lines, rows: Rows) -> tuple[Array, bool]:
    """Return the estimates of every split, a row each: coefficients, then the threshold.

    Parameters
    ----------
    lines : Lines
        What is tested.
    rows : Rows
        n rows of known levels.

    Returns
    -------
    estimates : numpy.ndarray
        K - 1 by p + 1.
    settled : bool
        Whether every split has a maximum.
    """
    found = [fit_binary(split_rows(rows, j), lines.link) for j in range(lines.n_levels - 1)]
    settled = all(one.converged and not one.degraded for one in found)
    return np.array([one.params for one in found]), settled
