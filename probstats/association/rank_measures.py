"""Goodman and Kruskal's gamma, Kendall's tau-b and Somers' d of a table, with errors.

Each is a smooth function of the shares p of the cells. With g its gradient, the large-sample
variance is (sum p g^2 - (sum p g)^2) / n, which gives the errors of Goodman and Kruskal (1972) and
of Brown and Benedetti (1977, ASE1).
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats

from probstats.models.kernel.links import Array


def concordance(shares: Array) -> tuple[Array, Array]:
    """Return, for each cell, the share of the others that is in the same, and in opposite order."""
    padded = np.pad(shares, 1)
    before = padded.cumsum(axis=0).cumsum(axis=1)[:-2, :-2]
    after = padded[::-1, ::-1].cumsum(axis=0).cumsum(axis=1)[:-2, :-2][::-1, ::-1]
    turned = padded[:, ::-1]
    left = turned.cumsum(axis=0).cumsum(axis=1)[:-2, :-2][:, ::-1]
    right = turned[::-1, ::-1].cumsum(axis=0).cumsum(axis=1)[:-2, :-2][::-1]
    return before + after, left + right


def rank_measures(table: Array, level: float) -> pd.DataFrame:
    """Return measures of the association of two ordered outcomes.

    Parameters
    ----------
    table : numpy.ndarray
        Counts, R by C, no row and no column empty.
    level : float
        Level of the intervals.

    Returns
    -------
    pandas.DataFrame
        A row for ``gamma``, ``tau-b`` and ``Somers' d`` (of the column given the row); columns
        ``estimate``, ``std_error``, ``conf_low``, ``conf_high``. Intervals are symmetric in
        Fisher's z; there is none where the error is zero, as for a gamma of one.

    Examples
    --------
    >>> rank_measures(np.array([[8, 2], [3, 7]]), 0.95)["estimate"].round(3).tolist()
    [0.806, 0.503, 0.5]
    """
    n = float(table.sum())
    shares = table / n
    same, opposite = concordance(shares)
    concordant, discordant = float((shares * same).sum()), float((shares * opposite).sum())
    rows, columns = shares.sum(axis=1), shares.sum(axis=0)
    untied = 1.0 - float(rows @ rows), 1.0 - float(columns @ columns)
    excess, d_excess = concordant - discordant, 2.0 * (same - opposite)
    ordered, d_ordered = concordant + discordant, 2.0 * (same + opposite)
    d_rows = -2.0 * np.repeat(rows[:, None], len(columns), axis=1)
    d_columns = -2.0 * np.repeat(columns[None, :], len(rows), axis=0)
    both = np.sqrt(untied[0] * untied[1])
    d_both = (untied[1] * d_rows + untied[0] * d_columns) / (2.0 * both)
    found = {
        "gamma": (ordered, d_ordered),
        "tau-b": (both, d_both),
        "Somers' d": (untied[0], d_rows),
    }
    lines = {}
    for name, (size, d_size) in found.items():
        value = excess / size if size > 0.0 else np.nan
        gradient = (d_excess - value * d_size) / size if size > 0.0 else np.nan * d_excess
        spread = float((shares * gradient**2).sum() - (shares * gradient).sum() ** 2)
        lines[name] = _line(value, float(np.sqrt(max(spread, 0.0) / n)), level)
    return pd.DataFrame.from_dict(
        lines, orient="index", columns=["estimate", "std_error", "conf_low", "conf_high"]
    )


def _line(value: float, error: float, level: float) -> tuple[float, float, float, float]:
    if not error > 1e-9 or abs(value) > 1.0 - 1e-12:
        return value, np.nan, np.nan, np.nan
    reach = float(stats.norm.ppf(0.5 + level / 2.0)) * error / (1.0 - value**2)
    low, high = np.tanh(np.arctanh(value) + np.array([-reach, reach]))
    return value, error, float(low), float(high)
