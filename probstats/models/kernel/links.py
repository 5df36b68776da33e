"""Link functions of cumulative link models, with differences that stay exact in the tails.

A link is given by the distribution function F of the latent variable. The likelihood needs
log(F(u) - F(l)) for two bounds l < u that may be infinite, the log density and the slope of the
log density. Each is written so that no digits are lost where F is close to 0 or to 1
(McCullagh 1980; the notation is that of Christensen's ``ordinal`` for R).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import special

from probstats.errors import ModelError

Array = NDArray[np.float64]
LOG_TWO = float(np.log(2.0))
SIGNS = np.array([[1.0], [-1.0]])
"""The likelihood rises with the upper bound and falls with the lower one."""


def _log1mexp(x: Array) -> Array:
    """Return log(1 - exp(-x)) for x >= 0 (Maechler 2012, equation 7)."""
    with np.errstate(divide="ignore", over="ignore"):
        return np.where(x > LOG_TWO, np.log1p(-np.exp(-x)), np.log(-np.expm1(-x)))


def _exp(x: Array) -> Array:
    """Return e^x, held at e^700 where it would overflow."""
    return np.exp(np.minimum(x, 700.0))


class Slopes(NamedTuple):
    """log(F(u) - F(l)) of n rows and its derivatives in the two bounds.

    Attributes
    ----------
    log_p : numpy.ndarray
        n values of log(F(u) - F(l)).
    first : numpy.ndarray
        2 by n first derivatives, in u and in l.
    shift : numpy.ndarray
        2 by n derivatives of ``first`` when both bounds move together.
    cross : numpy.ndarray
        n second derivatives in u and l; those in u alone are ``shift[0] - cross``.
    """

    log_p: Array
    first: Array
    shift: Array
    cross: Array

    def weighted(self, weights: Array | None) -> Slopes:
        """Return the slopes times the rows' weights."""
        return self if weights is None else Slopes(*(part * weights for part in self))


@dataclass(frozen=True)
class Link:
    """A latent distribution, as the likelihood of an ordinal outcome needs it.

    Attributes
    ----------
    name : str
        The link's name.
    cdf : callable
        F(x), the probability that the latent variable is at most x.
    quantile : callable
        The inverse of F.
    log_difference : callable
        log(F(u) - F(l)) for l < u, either of them possibly infinite.
    log_density : callable
        log f(x); minus infinity where x is infinite.
    density_slope : callable
        f'(x) / f(x) at finite x.
    log_concave : bool
        Whether log f is concave, and with it the log-likelihood in location and thresholds
        (Pratt 1981).
    """

    name: str
    cdf: Callable[[Array], Array]
    quantile: Callable[[Array], Array]
    log_difference: Callable[[Array, Array], Array]
    log_density: Callable[[Array], Array]
    density_slope: Callable[[Array], Array]
    log_concave: bool = True

    def __reduce__(self) -> tuple[Callable[[str], Link], tuple[str]]:
        return get_link, (self.name,)

    def slopes(self, bounds: Array) -> Slopes:
        """Return log(F(u) - F(l)) and its derivatives at the bounds u and l, 2 by n.

        With A = f(u)/p, B = f(l)/p and r = f'/f, the first derivatives are A and -B, the second
        ones A r(u) - A^2, -B r(l) - B^2 and A B. Where u < l, ``log_p`` is not a number.
        """
        log_p = self.log_difference(bounds[0], bounds[1])
        first = SIGNS * np.exp(self.log_density(bounds) - log_p)
        rise = self.density_slope(np.where(np.isfinite(bounds), bounds, 0.0))
        shift = first * (rise - (first[0] + first[1]))
        return Slopes(log_p, first, shift, -first[0] * first[1])

    def cell_slopes(self, eta: Array, ends: Array) -> Slopes:
        """Return the slopes of rows that share both thresholds, in their finite bounds only.

        Parameters
        ----------
        eta : numpy.ndarray
            n locations.
        ends : numpy.ndarray
            The thresholds above and below; at least one of them is finite.

        Returns
        -------
        Slopes
            With k by n first derivatives and shifts, for k finite thresholds.
        """
        slopes = self.slopes(ends[:, None] - eta)
        finite = np.isfinite(ends)
        if finite.all():
            return slopes
        return slopes._replace(first=slopes.first[finite], shift=slopes.shift[finite])


class Logit(Link):
    """The logistic distribution, whose slopes need no logarithm of a density."""

    def slopes(self, bounds: Array) -> Slopes:
        """Return ``Slopes`` by p = F(u) (1 - F(l)) / (1 + c) with c = 1 / (e^(u - l) - 1)."""
        inside = 1.0 / (1.0 + np.exp(-SIGNS * bounds))  # F(u) and 1 - F(l)
        c = 1.0 / np.expm1(bounds[0] - bounds[1])
        log_p = np.log(inside[0] * inside[1] / (1.0 + c))
        if not np.isfinite(log_p.sum()):  # underflow, or bounds out of order
            ordered = bounds[0] > bounds[1]
            log_p = np.where(ordered, self.log_difference(bounds[0], bounds[1]), np.nan)
        outside = 1.0 - inside
        return Slopes(log_p, SIGNS * (outside + c), -inside * outside, c * (1.0 + c))

    def cell_slopes(self, eta: Array, ends: Array) -> Slopes:
        """Return the slopes as ``slopes`` has them, where c is the same for all rows."""
        finite = np.isfinite(ends)
        signs = SIGNS[finite]
        c = 1.0 / np.expm1(ends[0] - ends[1])
        inside = signs * (eta - ends[finite, None])
        np.exp(inside, out=inside)
        inside += 1.0
        np.divide(1.0, inside, out=inside)
        log_p = np.log(inside.prod(axis=0))
        log_p -= np.log1p(c)
        if not np.isfinite(log_p.sum()):  # underflow
            log_p = self.log_difference(ends[0] - eta, ends[1] - eta)
        outside = 1.0 - inside
        shift = -inside * outside
        outside += c
        outside *= signs
        return Slopes(log_p, outside, shift, np.full(len(eta), c * (1.0 + c)))


def _logit_log_difference(upper: Array, lower: Array) -> Array:
    # log p = -log(1 + e^-u) - log(1 + e^l) + log(1 - e^-(u - l))
    tails = np.logaddexp(0.0, -upper) + np.logaddexp(0.0, lower)
    return _log1mexp(upper - lower) - tails


def _logit_log_density(x: Array) -> Array:
    return -np.abs(x) - 2.0 * np.log1p(np.exp(-np.abs(x)))


def _probit_log_difference(upper: Array, lower: Array) -> Array:
    # The normal is symmetric: work in the lower tail, where log_ndtr keeps its digits.
    flip = lower > 0
    high, low = np.where(flip, -lower, upper), np.where(flip, -upper, lower)
    log_high, log_low = special.log_ndtr(high), special.log_ndtr(low)
    far = log_high + _log1mexp(log_high - log_low)
    # Bounds close together: p = f(m) d (1 + (m^2 - 1) d^2/24 + (m^4 - 6 m^2 + 3) d^4/1920 + ...),
    # with m the midpoint and d the gap.
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        gap, middle = high - low, (high + low) / 2.0
        near = gap * (1.0 + np.abs(middle)) < 0.02
        square = middle * middle
        second = (square - 1.0) * gap**2 / 24.0
        fourth = (square * square - 6.0 * square + 3.0) * gap**4 / 1920.0
        series = _probit_log_density(middle) + np.log(gap) + np.log1p(second + fourth)
    return np.where(near, series, far)


def _probit_log_density(x: Array) -> Array:
    return -0.5 * x * x - 0.5 * np.log(2.0 * np.pi)


def _cloglog_log_difference(upper: Array, lower: Array) -> Array:
    # 1 - F(x) = exp(-e^x), so p = exp(-e^l) (1 - exp(-(e^u - e^l)))
    gap = upper - lower
    low = _exp(lower)
    rise = np.where(gap < 1.0, low * np.expm1(np.minimum(gap, 1.0)), _exp(upper) - low)
    return -low + _log1mexp(rise)


def _cloglog_log_density(x: Array) -> Array:
    return np.where(np.isposinf(x), -np.inf, x - _exp(x))


def _cauchit_log_difference(upper: Array, lower: Array) -> Array:
    # arctan u - arctan l, by the tangent of a difference where that keeps more digits
    with np.errstate(invalid="ignore", over="ignore"):
        product = 1.0 + upper * lower
        near = np.isfinite(product) & (product > 0)
        gap = np.where(near, (upper - lower) / np.where(near, product, 1.0), 0.0)
    below = np.arctan2(1.0, -upper) - np.arctan2(1.0, -lower)
    above = np.arctan2(1.0, lower) - np.arctan2(1.0, upper)
    far = np.where(lower > 0, above, below)
    return np.log(np.where(near, np.arctan(gap), far) / np.pi)


def _cauchit_cdf(x: Array) -> Array:
    return np.arctan2(1.0, -x) / np.pi


def _cauchit_quantile(p: Array) -> Array:
    return -1.0 / np.tan(np.pi * p)


def _cauchit_log_density(x: Array) -> Array:
    with np.errstate(over="ignore"):
        return -np.log(np.pi) - np.log1p(x * x)


LOGIT = Logit(
    "logit",
    special.expit,
    special.logit,
    _logit_log_difference,
    _logit_log_density,
    lambda x: -np.tanh(x / 2.0),
)
PROBIT = Link(
    "probit",
    special.ndtr,
    special.ndtri,
    _probit_log_difference,
    _probit_log_density,
    lambda x: -x,
)
CLOGLOG = Link(
    "cloglog",
    lambda x: -np.expm1(-_exp(x)),
    lambda p: np.log(-np.log1p(-p)),
    _cloglog_log_difference,
    _cloglog_log_density,
    lambda x: 1.0 - _exp(x),
)
LOGLOG = Link(
    "loglog",
    lambda x: np.exp(-_exp(-x)),
    lambda p: -np.log(-np.log(p)),
    lambda upper, lower: _cloglog_log_difference(-lower, -upper),
    lambda x: _cloglog_log_density(-x),
    lambda x: _exp(-x) - 1.0,
)
CAUCHIT = Link(
    "cauchit",
    _cauchit_cdf,
    _cauchit_quantile,
    _cauchit_log_difference,
    _cauchit_log_density,
    lambda x: -2.0 * x / (1.0 + x * x),
    log_concave=False,
)

LINKS = {link.name: link for link in (LOGIT, PROBIT, CLOGLOG, LOGLOG, CAUCHIT)}


def get_link(name: str) -> Link:
    """Return the link of that name.

    Parameters
    ----------
    name : {"logit", "probit", "cloglog", "loglog", "cauchit"}
        Name of the link, as in R's ``ordinal::clm``.

    Returns
    -------
    Link
        The latent distribution.

    Raises
    ------
    ModelError
        If there is no such link.

    Examples
    --------
    >>> float(get_link("logit").cdf(0.0))
    0.5
    """
    if name not in LINKS:
        raise ModelError(f"link={name!r} is not known; choose one of {', '.join(LINKS)}")
    return LINKS[name]
