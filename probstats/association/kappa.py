"""Agreement of two raters beyond chance, with disagreements weighted by their size."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats
from statsmodels.stats.inter_rater import cohens_kappa

from probstats.association.kappa_reading import Rated, disagreement, read_ratings
from probstats.association.polychoric_results import require_level
from probstats.errors import BoundaryWarning, ModelError, ResampleWarning
from probstats.jobs.pieces import generator
from probstats.models.fit_options import is_whole
from probstats.models.kernel.links import Array
from probstats.models.trouble import warn

INTERVALS = ("fisher", "wald", "bootstrap")
LOST_SHARE = 0.1
FEWEST = 99


@dataclass(frozen=True, repr=False)
class WeightedKappa:
    """Result of ``weighted_kappa``.

    Attributes
    ----------
    kappa : float
        The estimate: 1 where the raters never disagree, 0 where they agree as by chance.
    std_error : float
        Its large-sample standard error; missing where the raters never disagree.
    conf_low, conf_high : float
        The interval.
    statistic, p_value : float
        Normal test of no agreement beyond chance, with the error under that hypothesis.
    n, dropped : int
        Subjects rated by both, and left out because one rating is missing.
    table : pandas.DataFrame
        Counts of the first rater's levels by the second's.
    weights : pandas.DataFrame
        Disagreement of each pair of levels.
    interval : str
        How the interval was made.
    level : float
        Its level.
    notes : tuple of str
        What is to be known.
    """

    kappa: float
    std_error: float
    conf_low: float
    conf_high: float
    statistic: float
    p_value: float
    n: int
    dropped: int
    table: pd.DataFrame
    weights: pd.DataFrame
    interval: str
    level: float
    notes: tuple[str, ...] = ()

    def summary_frame(self) -> pd.DataFrame:
        """Return the numbers as a frame of one row."""
        names = ("kappa", "std_error", "conf_low", "conf_high", "statistic", "p_value", "n")
        return pd.DataFrame([{name: getattr(self, name) for name in (*names, "dropped")}])

    def __repr__(self) -> str:
        error = "" if np.isnan(self.std_error) else f" (s.e. {self.std_error:.4f})"
        dropped = f", {self.dropped} left out for a missing rating" if self.dropped else ""
        lines = [
            f"<WeightedKappa: {self.kappa:.4f}{error}, {100 * self.level:g}% interval "
            f"{self.conf_low:.4f} to {self.conf_high:.4f} ({self.interval}), p = "
            f"{self.p_value:.4g}, n = {self.n}{dropped}>",
            *self.notes,
        ]
        return "\n".join(lines)


def weighted_kappa(
    first: Any,
    second: Any,
    weights: Any = "linear",
    *,
    interval: str = "fisher",
    level: float = 0.95,
    n_resamples: int = 2000,
    rng: np.random.Generator | int | None = None,
) -> WeightedKappa:
    r"""Estimate the agreement of two raters beyond chance.

    With shares :math:`p_{ij}` of subjects given level i by the first and j by the second, and
    disagreements :math:`d_{ij}` (Cohen 1968),

    .. math:: \kappa_w = 1 - \frac{\sum d_{ij} p_{ij}}{\sum d_{ij} p_{i+} p_{+j}}.

    Parameters
    ----------
    first, second : pandas.Series or array_like
        Levels of the same subjects: ordered categoricals with the same categories, whole numbers
        or booleans. Subjects with a missing rating are left out and counted. Series must have the
        same index.
    weights : {"linear", "quadratic", "equal"} or array_like
        Disagreement grows with the number of levels between, with its square, or is the same
        for all (Cohen 1960); or a matrix of disagreements, levels by levels, zero on the diagonal.
        Levels that are whole numbers are as far apart as the numbers.
    interval : {"fisher", "wald", "bootstrap"}
        Symmetric in Fisher's z with the quantile of Student's t on n - 1 degrees of freedom;
        symmetric; or percentiles of resampled subjects.
    level : float
        Level of the interval.
    n_resamples : int
        Resamples of the bootstrap.
    rng : numpy.random.Generator or int, optional
        Source of randomness of the bootstrap, or its seed.

    Returns
    -------
    WeightedKappa
        Estimate, error, interval and test.

    Raises
    ------
    ModelError
        If an argument cannot be used, a rater gives one level only, or levels are known as
        intervals, for which there is no kappa.

    Warns
    -----
    BoundaryWarning
        If the raters never disagree. There is no standard error; the interval ends at one and
        begins at the least kappa there is when a share of subjects, the upper limit of Clopper
        and Pearson (1934) for none seen, falls into one cell of disagreement. Likewise, without an
        interval, where the error is zero for another reason.
    ResampleWarning
        If more than a tenth of the resamples have one level only. They are left out.

    Notes
    -----
    Errors are those of Fleiss, Cohen and Everitt (1969), by ``statsmodels``. In simulated small
    samples (``benchmarks/checking/kappa.csv``) the interval in Fisher's z with Student's t has the
    coverage nearest to its level; that transformation is Lin's (1989) for the concordance
    coefficient, which quadratic weights estimate.

    References
    ----------
    Clopper, C. J. and Pearson, E. S. (1934), Biometrika 26, 404-413. Cohen, J. (1960), Educational
    and Psychological Measurement 20, 37-46; (1968), Psychological Bulletin 70, 213-220. Fleiss, J.
    L., Cohen, J. and Everitt, B. S. (1969), Psychological Bulletin 72, 323-327. Lin, L. I. (1989),
    Biometrics 45, 255-268.

    Examples
    --------
    >>> import probstats as ps
    >>> first = [1, 2, 2, 3, 3, 3, 4, 4, 1, 2, 3, 4]
    >>> second = [1, 2, 3, 3, 3, 4, 4, 3, 2, 2, 3, 4]
    >>> found = ps.weighted_kappa(first, second)
    >>> round(found.kappa, 3), round(found.conf_low, 3), round(found.conf_high, 3)
    (0.688, 0.274, 0.887)
    """
    if interval not in INTERVALS:
        raise ModelError(f"interval={interval!r} is not known; choose {', '.join(INTERVALS)}")
    require_level(level)
    if not is_whole(n_resamples) or n_resamples < FEWEST:
        raise ModelError(f"n_resamples={n_resamples!r} must be a whole number, {FEWEST} or more")
    rated = read_ratings(first, second)
    apart = disagreement(weights, rated.levels)
    found = cohens_kappa(rated.table, weights=apart / apart.max())
    kappa, error = float(found.kappa), float(found.std_kappa)
    notes: tuple[str, ...] = ()
    if not (apart * rated.table).any():
        ends, kind, error = (_least(rated.table, apart, level), 1.0), "exact", np.nan
        notes = (f"the raters never disagree on the {rated.n} subjects",)
    elif error < 1e-12 or abs(kappa) >= 1.0:
        ends, kind, error = (np.nan, np.nan), "none", np.nan
        notes = ("the standard error is zero, so that there is no interval",)
    else:
        ends, kind = (
            _ends(rated, apart, (kappa, error), interval, level, int(n_resamples), rng),
            interval,
        )
    if notes:
        warn(f"kappa is {kappa:.4g}: {notes[0]}", BoundaryWarning)
    square = {"index": pd.Index(rated.levels, name=rated.names[0]),
              "columns": pd.Index(rated.levels, name=rated.names[1])}  # fmt: skip
    return WeightedKappa(
        kappa, error, *ends, float(found.z_value), float(found.pvalue_two_sided), rated.n,
        rated.dropped, pd.DataFrame(rated.table.astype(int), **square),
        pd.DataFrame(apart, **square), kind, level, notes,
    )  # fmt: skip


def _ends(
    rated: Rated,
    apart: Array,
    found: tuple[float, float],
    interval: str,
    level: float,
    n_resamples: int,
    rng: np.random.Generator | int | None,
) -> tuple[float, float]:
    kappa, error = found
    upper = 0.5 + level / 2.0
    if interval == "wald":
        reach = float(stats.norm.ppf(upper)) * error
        return kappa - reach, kappa + reach
    if interval == "fisher":
        reach = float(stats.t.ppf(upper, rated.n - 1)) * error / (1.0 - kappa**2)
        low, high = np.tanh(np.arctanh(kappa) + np.array([-reach, reach]))
        return float(low), float(high)
    return _bootstrap(rated, apart, level, n_resamples, generator(rng))


def kappas(tables: Array, apart: Array) -> Array:
    """Return kappa of each table, missing where no disagreement is expected.

    Parameters
    ----------
    tables : numpy.ndarray
        Counts or shares, m by K by K.
    apart : numpy.ndarray
        Disagreements, K by K.
    """
    total = tables.sum(axis=(-2, -1))
    expected = np.einsum("...i,...j,ij->...", tables.sum(axis=-1), tables.sum(axis=-2), apart)
    with np.errstate(invalid="ignore", divide="ignore"):
        return 1.0 - (tables * apart).sum(axis=(-2, -1)) * total / expected


def _bootstrap(
    rated: Rated, apart: Array, level: float, n_resamples: int, rng: np.random.Generator
) -> tuple[float, float]:
    shares = rated.table.ravel() / rated.n
    drawn = rng.multinomial(rated.n, shares, size=n_resamples)
    values = kappas(drawn.reshape(-1, *rated.table.shape).astype(float), apart)
    lost = int(np.isnan(values).sum())
    if lost > LOST_SHARE * n_resamples:
        warn(
            f"{lost} of {n_resamples} resamples have one level only and are left out",
            ResampleWarning,
        )
    low, high = np.nanquantile(values, [(1.0 - level) / 2.0, (1.0 + level) / 2.0])
    return float(low), float(high)


def _least(table: Array, apart: Array, level: float) -> float:
    """Return the least kappa with the largest share of disagreement there may be."""
    n = table.sum()
    share = 1.0 - ((1.0 - level) / 2.0) ** (1.0 / n)
    size = table.size
    added = np.eye(size).reshape(size, *table.shape)[apart.ravel() > 0.0]
    return float(np.nanmin(kappas((1.0 - share) * table / n + share * added, apart)))
