"""The two ends of an identified set as estimates, and the interval around both."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from scipy import optimize, special, stats

from probstats.missing.cells import Codes
from probstats.models.kernel.links import Array


class End(Protocol):
    """An estimate in one completion of the data."""

    @property
    def value(self) -> float:
        """The estimate."""

    @property
    def error(self) -> float:
        """Its standard error."""

    def limits(self, z: float) -> tuple[float, float]:
        """Return the limits z standard errors away, or what comes near to that in small samples."""


@dataclass(frozen=True)
class Share:
    """A share of n rows; its limits are Wilson's (1927)."""

    count: float
    n: float

    @property
    def value(self) -> float:
        """The share."""
        return self.count / self.n

    @property
    def error(self) -> float:
        """Standard error."""
        return float(np.sqrt(self.value * (1.0 - self.value) / self.n))

    def limits(self, z: float) -> tuple[float, float]:
        """Return Wilson's limits."""
        p, n = self.value, self.n
        centre = (p + z * z / (2.0 * n)) / (1.0 + z * z / n)
        half = z * np.sqrt(p * (1.0 - p) / n + (z / (2.0 * n)) ** 2) / (1.0 + z * z / n)
        low = 0.0 if self.count == 0 else float(centre - half)
        return low, 1.0 if self.count == n else float(centre + half)


@dataclass(frozen=True)
class Difference:
    """The share in a second group less that in a first; limits by Newcombe (1998, method 10)."""

    first: Share
    second: Share

    @property
    def value(self) -> float:
        """The difference."""
        return self.second.value - self.first.value

    @property
    def error(self) -> float:
        """Standard error."""
        return float(np.hypot(self.first.error, self.second.error))

    def limits(self, z: float) -> tuple[float, float]:
        """Return limits from those of the two shares."""
        (low1, high1), (low2, high2) = self.first.limits(z), self.second.limits(z)
        down = np.hypot(self.second.value - low2, high1 - self.first.value)
        up = np.hypot(high2 - self.second.value, self.first.value - low1)
        return float(self.value - down), float(self.value + up)


@dataclass(frozen=True)
class Superiority:
    """P(Y2 > Y1) + P(Y2 = Y1) / 2 of the levels of two groups.

    Its error is that of DeLong, DeLong and Clarke-Pearson (1988), its limits are made on the scale
    of log odds. Where rows show no spread (no pair is out of order, all are, or all tie) or a group
    has one row, they are those of Newcombe (2006, method 5).
    """

    value: float
    error: float
    sizes: tuple[int, int]

    @classmethod
    def of(cls, first: Codes, second: Codes) -> Superiority:
        """Return the superiority of the second levels over the first."""
        n_levels = int(max(first.max(), second.max())) + 1
        below = _placements(first, second, n_levels)
        above = 1.0 - _placements(second, first, n_levels)
        error = float(np.sqrt(_variance(below) + _variance(above)))
        return cls(float(below.mean()), error, (len(first), len(second)))

    def limits(self, z: float) -> tuple[float, float]:
        """Return limits on the scale of log odds, or Newcombe's where rows show no spread."""
        value = self.value
        if self.error == 0.0 or min(self.sizes) < 2 or not 0.0 < value < 1.0:
            return 1.0 - self._upper(1.0 - value, z), self._upper(value, z)
        centre, half = special.logit(value), z * self.error / (value * (1.0 - value))
        return float(special.expit(centre - half)), float(special.expit(centre + half))

    def _upper(self, value: float, z: float) -> float:
        """Return the largest true value that lies z of its standard errors above an estimate."""
        m, n = self.sizes
        more = (m + n) / 2.0 - 1.0

        def beyond(true: float) -> float:
            factor = 1.0 + more * ((1.0 - true) / (2.0 - true) + true / (1.0 + true))
            return true - value - z * float(np.sqrt(true * (1.0 - true) * factor / (m * n)))

        if value >= 1.0:
            return 1.0
        start = max(value, 1e-12)
        return float(optimize.brentq(beyond, start, 1.0)) if beyond(start) < 0.0 else start


def _placements(others: Codes, levels: Codes, n_levels: int) -> Array:
    """Return the share of other rows below each row, ties as one half."""
    counts = np.bincount(others, minlength=n_levels) / len(others)
    return np.asarray((np.cumsum(counts) - 0.5 * counts)[levels])


def _variance(placements: Array) -> float:
    """Return the variance of a mean of placements; 0 for one row, which shows no spread."""
    n = len(placements)
    return float(placements.var(ddof=1)) / n if n > 1 else 0.0


@dataclass(frozen=True)
class Wald:
    """An estimate with symmetric limits."""

    value: float
    error: float

    def limits(self, z: float) -> tuple[float, float]:
        """Return the estimate less and plus z standard errors."""
        if not np.isfinite(self.value):
            return self.value, self.value
        return self.value - z * self.error, self.value + z * self.error


def critical_value(width: float, error: float, level: float) -> float:
    """Return how many standard errors an interval of Imbens and Manski reaches beyond both ends.

    Parameters
    ----------
    width : float
        Distance between the ends of the identified set.
    error : float
        The larger standard error of the two ends.
    level : float
        How often the interval is to cover the parameter, wherever in the set it is.

    Returns
    -------
    float
        c with Phi(c + width / error) - Phi(-c) = level (Imbens and Manski 2004, equation 7): the
        two-sided quantile where the ends agree, down to the one-sided one.

    Notes
    -----
    One end lies above the other in every sample, which makes the interval valid uniformly in the
    width (Stoye 2009, lemma 3).

    Examples
    --------
    >>> round(critical_value(0.0, 0.1, 0.95), 3), round(critical_value(0.5, 0.1, 0.95), 3)
    (1.96, 1.645)
    """
    one_sided, two_sided = stats.norm.ppf(level), stats.norm.ppf((1.0 + level) / 2.0)
    if not width > 0.0 or not np.isfinite(error):
        return float(two_sided)
    ratio = width / error if error > 0.0 else np.inf
    if ratio > 20.0:
        return float(one_sided)

    def excess(c: float) -> float:
        return float(stats.norm.cdf(c + ratio) - stats.norm.cdf(-c)) - level

    return float(optimize.brentq(excess, one_sided - 1e-9, two_sided + 1e-9, xtol=1e-12))


def interval(low: End, high: End, level: float) -> tuple[float, float]:
    """Return an interval that covers the parameter, wherever between two ends it is."""
    errors = [end.error for end in (low, high) if np.isfinite(end.value)]
    width = high.value - low.value
    c = critical_value(width, max(errors, default=np.inf), level)
    return low.limits(c)[0], high.limits(c)[1]
