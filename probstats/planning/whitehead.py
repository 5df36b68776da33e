r"""Power, sample size and smallest detectable odds ratio by Whitehead's formula.

Two groups of n_1 and n_2 rows, n in all, have levels in the average shares p_k, and odds that
differ by the factor OR at every threshold. The information on log OR is

.. math:: V = \frac{n_1 n_2 n}{3 (n + 1)^2} \Bigl(1 - \sum_k p_k^3\Bigr)

(Whitehead 1993), and an estimate with the variance 1/V is found significant with a probability of
Phi(\|log OR\| sqrt(V) - z).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from scipy import optimize
from scipy.special import expit, ndtr, ndtri

from probstats.display import number, ratio
from probstats.errors import ModelError
from probstats.models.kernel.links import Array
from probstats.planning.sentences import in_hundred, spans

FARTHEST = 50.0
"""Log of the largest odds ratio looked for."""


@dataclass(frozen=True, repr=False)
class FormulaPower:
    """Power of two groups by Whitehead's formula.

    Attributes
    ----------
    power : float
        Probability that the odds ratio is found: significant at ``alpha``, two-sided, and on the
        right side.
    odds_ratio : float
        The odds ratio of the second group against the first.
    n : float
        Rows of both groups together, a fraction where it was solved for.
    shares : numpy.ndarray
        Shares of the levels, averaged over the rows of both groups.
    ratio : float
        Rows of the second group for each of the first.
    alpha : float
        Level of the test.
    solved : {"power", "n", "odds_ratio"}
        Which of the three was found from the others.
    """

    power: float
    odds_ratio: float
    n: float
    shares: Array
    ratio: float = 1.0
    alpha: float = 0.05
    solved: str = field(default="power")

    @property
    def information(self) -> float:
        """V, the information on the log odds ratio."""
        return information(self.n, self.shares, self.ratio)

    @property
    def std_error(self) -> float:
        """Expected standard error of the log odds ratio, 1 / sqrt(V)."""
        return float(1.0 / np.sqrt(self.information))

    @property
    def width(self) -> float:
        """Expected width of the interval of the log odds ratio, 2 z / sqrt(V)."""
        return float(2.0 * _z(self.alpha) * self.std_error)

    @property
    def efficiency(self) -> float:
        """Information beside that of an outcome without ties, (1 - sum p^3) / (1 - 1 / n^2)."""
        return float(_spread(self.shares) / (1.0 - self.n**-2.0))

    @property
    def rows(self) -> int:
        """The whole number of rows that gives this power by the formula for power.

        ``n`` solved for is Whitehead's sample size, with n^2 in place of (n + 1)^2; this is some
        two rows more.
        """
        if self.solved != "n":
            return int(np.ceil(self.n))
        goal = information_needed(self.odds_ratio, self.power, self.alpha)
        unit = information(1.0, self.shares, self.ratio) * 4.0  # V = unit n^3 / (n + 1)^2
        found = optimize.brentq(lambda n: unit * n**3 / (n + 1.0) ** 2 - goal, 0.0, self.n + 3.0)
        return int(np.ceil(found * (1.0 - 1e-12)))

    def summary(self) -> str:
        """Return the power in a sentence."""
        first = self.n / (1.0 + self.ratio)
        groups = f"{_rows(first)} and {_rows(self.n - first)}"
        return (
            f"By Whitehead's formula an odds ratio of {ratio(self.odds_ratio)} would be found with "
            f"{_rows(self.n)} rows ({groups}) in {in_hundred(self.power)} samples; its "
            f"{100 * (1 - self.alpha):g}% interval {spans(self.width)}."
        )

    def __dir__(self) -> list[str]:
        own = ["efficiency", "information", "rows", "std_error", "summary", "width"]
        return sorted([*self.__dataclass_fields__, *own])

    def __repr__(self) -> str:
        shares = ", ".join(number(share, 3) for share in self.shares)
        mark = dict.fromkeys(("power", "odds_ratio", "n"), "") | {self.solved: " (found)"}
        return "\n".join([
            "Power by Whitehead's formula",
            f"power       {number(self.power, 4)}{mark['power']}",
            f"odds ratio  {number(self.odds_ratio, 3)}{mark['odds_ratio']}",
            f"rows        {_rows(self.n)}{mark['n']}, ratio {self.ratio:g}",
            f"shares      {shares} on average",
            f"interval    width {number(self.width, 3)} (log odds ratio), alpha {self.alpha:g}",
        ])  # fmt: skip


def _rows(n: float) -> str:
    return number(n, 0 if float(n).is_integer() else 1)


def _z(alpha: float) -> float:
    return float(-ndtri(alpha / 2.0))


def _spread(shares: Array) -> float:
    return float(1.0 - (shares**3).sum())


def information(n: float, shares: Array, ratio: float) -> float:
    """Return V for n rows; see the module."""
    first = n / (1.0 + ratio)
    return float(first * (n - first) * n / (3.0 * (n + 1.0) ** 2) * _spread(shares))


def information_needed(odds_ratio: float, power: float, alpha: float) -> float:
    """Return the V at which an odds ratio is found with some probability."""
    return float(((_z(alpha) + ndtri(power)) / np.log(odds_ratio)) ** 2)


def average_shares(first: Array, odds_ratio: float, ratio: float) -> Array:
    """Return shares averaged over two groups, from those of the first.

    Parameters
    ----------
    first : numpy.ndarray
        K shares of the levels in the first group.
    odds_ratio : float
        Factor of the odds of a higher level in the second group.
    ratio : float
        Rows of the second group for each of the first.

    Returns
    -------
    numpy.ndarray
        K shares.

    Examples
    --------
    >>> average_shares(np.array([0.5, 0.5]), 3.0, 1.0)
    array([0.375, 0.625])
    """
    below = np.clip(np.cumsum(first)[:-1], 0.0, 1.0)
    with np.errstate(divide="ignore"):
        moved = expit(np.log(below) - np.log1p(-below) - np.log(odds_ratio))
    second = np.diff(np.concatenate([[0.0], moved, [1.0]]))
    return np.asarray((first + ratio * second) / (1.0 + ratio))


@dataclass(frozen=True)
class Groups:
    """Two groups whose power is asked for.

    Attributes
    ----------
    shares : numpy.ndarray
        Shares of the levels.
    of_first : bool
        Whether they are those of the first group, and not the average.
    ratio : float
        Rows of the second group for each of the first.
    alpha : float
        Level of the test.
    """

    shares: Array
    of_first: bool
    ratio: float
    alpha: float

    def power(self, odds_ratio: float, n: float) -> FormulaPower:
        """Return the power at an odds ratio and a number of rows."""
        shares = self._average(odds_ratio)
        size = abs(np.log(odds_ratio)) * np.sqrt(information(n, shares, self.ratio))
        found = float(ndtr(size - _z(self.alpha)))
        return FormulaPower(found, odds_ratio, n, shares, self.ratio, self.alpha)

    def n(self, odds_ratio: float, power: float) -> FormulaPower:
        """Return Whitehead's sample size for an odds ratio and a power."""
        shares, r = self._average(odds_ratio), self.ratio
        needed = information_needed(odds_ratio, power, self.alpha)
        n = float(3.0 * (r + 1.0) ** 2 / r * needed / _spread(shares))
        return FormulaPower(power, odds_ratio, n, shares, r, self.alpha, "n")

    def odds_ratio(self, n: float, power: float, *, below: bool) -> FormulaPower:
        """Return the odds ratio nearest to 1 that has a power with n rows, above or below 1."""
        goal, side = _z(self.alpha) + float(ndtri(power)), -1.0 if below else 1.0

        def short(size: float) -> float:
            shares = self._average(float(np.exp(side * size)))
            return float(size * np.sqrt(information(n, shares, self.ratio)) - goal)

        if short(FARTHEST) < 0.0:
            raise ModelError(f"no odds ratio has a power of {power:g} with {_rows(n)} rows")
        found = float(np.exp(side * optimize.brentq(short, 0.0, FARTHEST, xtol=1e-14, rtol=1e-14)))
        made = self.power(found, n)
        return replace(made, power=power, solved="odds_ratio")

    def _average(self, odds_ratio: float) -> Array:
        if not self.of_first:
            return self.shares
        return average_shares(self.shares, odds_ratio, self.ratio)
