"""The approximate likelihood-ratio test of Wolfe and Gould."""

from __future__ import annotations

import numpy as np

from probstats.models.checking.lines import Lines, level_counts
from probstats.models.checking.splits import fit_binary, split_fits, stacked_rows
from probstats.models.kernel.links import Array
from probstats.models.kernel.rows import Rows


def wolfe_gould_statistics(lines: Lines, rows: Rows) -> Array:
    r"""Return the statistic of each test.

    The K - 1 splits of the outcome are taken as independent binary outcomes, and fitted once with
    common effects and once with an effect of the tested columns at each split. Either fit gives
    P(Y <= j) at each row, hence probabilities p_k of the levels, and

    .. math:: 2 \sum_i w_i \left[\log p^{\text{own}}_{i, y_i} - \log p^{\text{common}}_{i, y_i}
       \right],

    which is compared with a chi-squared distribution on (K - 2) p degrees of freedom (Wolfe and
    Gould 1998, in the form of Buis's ``oparallel`` for Stata).

    Parameters
    ----------
    lines : Lines
        What is tested.
    rows : Rows
        n rows of known levels.

    Returns
    -------
    numpy.ndarray
        One value for each test; it may be negative. Missing where a fit has no maximum, or the
        binary models give a negative probability to the level of some row.
    """
    counts = level_counts(rows)
    common = _stacked_loglike(lines, rows, counts, [])
    return np.array(
        [2.0 * (_own_loglike(lines, rows, counts, c) - common) for c in lines.sets.values()]
    )


def _own_loglike(lines: Lines, rows: Rows, counts: Array, columns: list[int]) -> float:
    if len(columns) < rows.location.shape[1]:
        return _stacked_loglike(lines, rows, counts, columns)
    estimates, settled = split_fits(lines, rows)  # the same as stacked, and quicker
    cumulative = estimates[:, -1:] - estimates[:, :-1] @ rows.location.T
    return _levels_loglike(lines, rows, counts, cumulative) if settled else np.nan


def _stacked_loglike(lines: Lines, rows: Rows, counts: Array, free: list[int]) -> float:
    stacked = stacked_rows(rows, free)
    found = fit_binary(stacked, lines.link)
    if not found.converged or found.degraded:
        return np.nan
    cumulative = found.params[-1] - stacked.location @ found.params[:-1]
    return _levels_loglike(lines, rows, counts, cumulative.reshape(-1, len(rows)))


def _levels_loglike(lines: Lines, rows: Rows, counts: Array, cumulative: Array) -> float:
    """Return the log-likelihood of the levels, given the link of P(Y <= j), K - 1 by n."""
    if rows.offset is not None:
        cumulative = cumulative - rows.offset
    infinite = np.full(len(rows), np.inf)
    bounds = np.vstack([-infinite, cumulative, infinite])
    place = np.arange(len(rows))
    upper, lower = bounds[rows.edges[0], place], bounds[rows.edges[1], place]
    if (upper <= lower).any():
        return np.nan
    return float(counts.sum(axis=1) @ lines.link.log_difference(upper, lower))
