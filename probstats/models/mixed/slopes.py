"""Derivatives of log(F(u) - F(l)) that integrals over random effects need: one order more."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from probstats.models.kernel.links import SIGNS, Array, Link

BENDS: dict[str, Callable[[Array], Array]] = {
    "logit": lambda x: -0.5 / np.cosh(np.clip(x, -700.0, 700.0) / 2.0) ** 2,
    "probit": lambda x: np.full_like(x, -1.0),
    "cloglog": lambda x: -np.exp(np.minimum(x, 700.0)),
    "loglog": lambda x: -np.exp(np.minimum(-x, 700.0)),
    "cauchit": lambda x: -2.0 * (1.0 - x * x) / (1.0 + x * x) ** 2,
}
"""Derivative of f'/f by link."""


class Thirds(NamedTuple):
    """log(F(u) - F(l)) of n rows and its derivatives where both bounds move together.

    Attributes
    ----------
    log_p : numpy.ndarray
        n values of log(F(u) - F(l)).
    first : numpy.ndarray
        2 by n first derivatives, in u and in l.
    second : numpy.ndarray
        2 by n derivatives of ``first`` when both bounds move together.
    third : numpy.ndarray
        2 by n derivatives of ``second`` when both bounds move together.
    """

    log_p: Array
    first: Array
    second: Array
    third: Array


def thirds(link: Link, bounds: Array) -> Thirds:
    """Return log p and three orders of derivatives at bounds u and l.

    Parameters
    ----------
    link : Link
        The latent distribution.
    bounds : numpy.ndarray
        2 by n.

    Returns
    -------
    Thirds
        With e the sum of the first derivatives A and -B, r = f'/f and k the sum of the second
        ones, the third are A ((r(u) - e)^2 + r'(u) - k) and -B ((r(l) - e)^2 + r'(l) - k).
    """
    if link.name == "logit":
        found = _logit_thirds(bounds)
        if np.isfinite(found.log_p.sum()):  # nothing underflows
            return found
    finite = np.isfinite(bounds)
    inside = np.where(finite, bounds, 0.0)
    log_p = link.log_difference(bounds[0], bounds[1])
    first = SIGNS * np.exp(link.log_density(bounds) - log_p)
    rise = link.density_slope(inside) - first.sum(axis=0)
    second = first * rise
    third = second * rise + first * (BENDS[link.name](inside) - second.sum(axis=0))
    return Thirds(log_p, first, second, np.where(finite, third, 0.0))


def _logit_thirds(bounds: Array) -> Thirds:
    """Return the same for the logit, whose second derivatives are those of each bound alone."""
    inside = 1.0 / (1.0 + np.exp(-SIGNS * bounds))  # F(u) and 1 - F(l)
    gap = 1.0 / np.expm1(bounds[0] - bounds[1])
    log_p = np.log(inside[0] * inside[1]) - np.log1p(gap)
    outside = 1.0 - inside
    second = -inside * outside
    return Thirds(log_p, SIGNS * (outside + gap), second, SIGNS * second * (outside - inside))


def firsts(link: Link, bounds: Array, moved: Array) -> tuple[Array, Array, Array]:
    """Return log p and its derivatives in u and in l, with both bounds moved.

    Parameters
    ----------
    link : Link
        The latent distribution.
    bounds : numpy.ndarray
        2 by n.
    moved : numpy.ndarray
        K by n, added to both bounds of each row.

    Returns
    -------
    tuple of numpy.ndarray
        log p and two derivatives, K by n each.
    """
    if link.name == "logit":
        found = _logit_firsts(bounds, moved)
        if np.isfinite(found[0].sum()):  # nothing over- or underflows
            return found
    slopes = link.slopes((bounds[:, None, :] + moved).reshape(2, -1))
    log_p, first = slopes.log_p.reshape(moved.shape), slopes.first.reshape(2, *moved.shape)
    return log_p, first[0], first[1]


def _logit_firsts(bounds: Array, moved: Array) -> tuple[Array, Array, Array]:
    """Return the same by e^-(u + s) and e^(l + s), of which only e^s differs between nodes."""
    upper, lower = bounds
    gap = 1.0 / np.expm1(upper - lower)
    lift = np.exp(moved)
    above = np.exp(-upper) / lift
    above += 1.0
    lift *= np.exp(lower)
    lift += 1.0
    log_p = above * lift
    np.log(log_p, out=log_p)
    np.subtract(-np.log1p(gap), log_p, out=log_p)
    np.divide(1.0, above, out=above)
    np.divide(1.0, lift, out=lift)
    gap += 1.0
    np.subtract(gap, above, out=above)
    lift -= gap
    return log_p, above, lift
