"""From simulated samples to a table of power, and to where the curve meets a power."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats
from scipy.special import ndtri
from statsmodels.stats.proportion import proportion_confint

from probstats.models.kernel.links import Array

COLUMNS = (
    "odds_ratio", "power", "low", "high", "width", "coverage", "wrong_side", "exaggeration",
    "lost_level", "separated", "failed",
)  # fmt: skip


def power_table(samples: pd.DataFrame, alpha: float) -> pd.DataFrame:
    """Return what the samples say of each odds ratio, in rising order.

    Parameters
    ----------
    samples : pandas.DataFrame
        See ``probstats.planning.simulating.analyse``.
    alpha : float
        Level of the two-sided test.

    Returns
    -------
    pandas.DataFrame
        See ``SimulatedPower.table``.
    """
    rows = [_row(effect, some, alpha) for effect, some in samples.groupby("effect")]
    return pd.DataFrame(rows, columns=COLUMNS)


def _row(effect: float, samples: pd.DataFrame, alpha: float) -> tuple[float, ...]:
    found = samples[samples["trouble"] == ""]
    estimate, error, df = (found[name].to_numpy() for name in ("estimate", "std_error", "df"))
    reach = error * stats.t.ppf(1.0 - alpha / 2.0, df)
    rejected, total = np.abs(estimate) > reach, len(samples)
    covered = np.abs(estimate - effect) <= reach
    wrong = np.sign(estimate[rejected]) == -np.sign(effect)
    size = np.abs(estimate[rejected]).mean() if rejected.any() else np.nan
    return (
        odds_of(effect), rejected.mean() * len(found) / total if len(found) else 0.0,
        *wilson(int(rejected.sum()), total), _mean(2.0 * reach), _mean(covered),
        wrong.sum() / total if effect else np.nan, size / abs(effect) if effect else np.nan,
        samples["lost_level"].mean(), *((samples["trouble"] == kind).mean() for kind in
                                        ("separated", "failed")),
    )  # fmt: skip


def odds_of(effect: float) -> float:
    """Return an odds ratio from its log, without the noise of its last digits.

    Examples
    --------
    >>> odds_of(np.log(3.0))
    3.0
    """
    return float(f"{np.exp(effect):.12g}")


def _mean(values: Array) -> float:
    return float(values.mean()) if len(values) else np.nan


def wilson(count: int, total: int) -> tuple[float, float]:
    """Return the 95% interval of a share by Wilson (1927).

    Examples
    --------
    >>> [round(float(end), 3) for end in wilson(31, 100)]
    [0.228, 0.406]
    """
    low, high = proportion_confint(count, total, method="wilson")
    return float(low), float(high)


def crossing(sizes: Array, powers: Array, goal: float, n_resamples: int) -> float:
    """Return the size of the effect at which a curve of power meets a goal.

    Parameters
    ----------
    sizes : numpy.ndarray
        Sizes of effects, absolute log odds ratios, in rising order.
    powers : numpy.ndarray
        The power at each.
    goal : float
        The power aimed at.
    n_resamples : int
        Samples behind each power, which bound how near to 0 and 1 it is taken.

    Returns
    -------
    float
        By straight lines on the probit scale, where curves of power are nearly straight; infinite
        where the goal is not met, and the least size where that exceeds it.

    Examples
    --------
    >>> round(crossing(np.array([0.5, 1.0]), np.array([0.5, 0.9]), 0.8, 1000), 4)
    0.8284
    """
    edge = 0.5 / n_resamples
    heights = ndtri(np.clip(powers, edge, 1.0 - edge)) - ndtri(goal)
    reached = np.flatnonzero(heights >= 0.0)
    if not len(reached):
        return np.inf
    after = int(reached[0])
    if after == 0:
        return float(sizes[0])
    below, above = heights[after - 1], heights[after]
    share = below / (below - above)
    return float(sizes[after - 1] + share * (sizes[after] - sizes[after - 1]))
