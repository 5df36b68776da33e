"""Likelihood-ratio and Wald statistics of parallel lines, from the kernel's fits."""

from __future__ import annotations

import numpy as np

from probstats.models.checking.lines import Lines
from probstats.models.checking.score_test import quadratic
from probstats.models.kernel.links import Array
from probstats.models.kernel.newton import Maximum
from probstats.models.kernel.rows import Rows


def lr_statistics(lines: Lines, rows: Rows, small: Maximum) -> Array:
    """Return twice the gain in log-likelihood of each test.

    Parameters
    ----------
    lines : Lines
        What is tested.
    rows : Rows
        Standardised rows, with outcomes.
    small : Maximum
        The fit to them with parallel lines.

    Returns
    -------
    numpy.ndarray
        One value for each test; missing where the larger fit did not converge.
    """
    statistics = []
    for columns, embedding in zip(lines.sets.values(), lines.embeddings, strict=True):
        large = lines.solve(lines.enlarged(rows, columns), embedding @ small.params)
        # Where levels are separated this is the supremum, which the last steps come near enough to.
        settled = large.decrement <= 1e-6
        statistics.append(2.0 * (large.loglike - small.loglike) if settled else np.nan)
    return np.array(statistics)


def wald_statistics(lines: Lines, rows: Rows, small: Maximum) -> Array:
    """Return the Wald statistic of each test, in the fit in which all tested terms are nominal.

    Parameters
    ----------
    lines, rows, small
        See ``lr_statistics``.

    Returns
    -------
    numpy.ndarray
        One value for each test; missing where that fit has no maximum or is all but flat.
    """
    start = lines.embeddings[0] @ small.params
    large = lines.solve(lines.enlarged(rows, lines.together), start)
    if not large.converged or large.degraded:
        return np.full(len(lines.sets), np.nan)
    covariance = np.linalg.inv(-large.hessian)
    statistics = []
    for columns in lines.sets.values():
        departures = lines.departures(columns)
        size = departures @ large.params
        statistics.append(quadratic(size, departures @ covariance @ departures.T))
    return np.array(statistics)
