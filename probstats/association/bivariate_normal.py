r"""The bivariate normal distribution function on a grid of thresholds, with its derivatives.

With Owen's T function, of which SciPy has a vectorised version to double precision (Patefield and
Tandy 2000), and :math:`s = \sqrt{1 - \rho^2}` (Owen 1956, equation 2.1),

.. math:: \Phi_2(h, k; \rho) = \tfrac12 \Phi(h) + \tfrac12 \Phi(k)
   - T\left(h, \frac{k - \rho h}{h s}\right) - T\left(k, \frac{h - \rho k}{k s}\right)
   - \tfrac12 [hk < 0 \text{ or } hk = 0, h + k < 0].
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy import special

from probstats.models.kernel.links import Array

ROOT_TWO_PI = float(np.sqrt(2.0 * np.pi))


def bivariate_normal_cdf(h: Array, k: Array, rho: float) -> Array:
    """Return P(X <= h, Y <= k) of standard normal X and Y.

    Parameters
    ----------
    h, k : numpy.ndarray
        Finite or infinite bounds, of shapes that broadcast.
    rho : float
        Correlation, from -1 to 1.

    Returns
    -------
    numpy.ndarray
        Probabilities; the absolute error is about 1e-16.

    Examples
    --------
    >>> round(float(bivariate_normal_cdf(0.0, 0.0, 0.5)), 12)
    0.333333333333
    """
    h, k = np.broadcast_arrays(np.asarray(h, float), np.asarray(k, float))
    below_h, below_k = special.ndtr(h), special.ndtr(k)
    if rho >= 1.0:
        return np.minimum(below_h, below_k)
    if rho <= -1.0:
        return np.maximum(below_h + below_k - 1.0, 0.0)
    finite = np.isfinite(h) & np.isfinite(k)
    both = np.where(np.isposinf(h) & np.isposinf(k), 1.0, np.minimum(below_h, below_k))
    return np.where(finite, _owen(np.where(finite, h, 0.0), np.where(finite, k, 0.0), rho), both)


def _owen(h: Array, k: Array, rho: float) -> Array:
    """Return the distribution function at finite bounds, |rho| < 1."""
    s = np.sqrt((1.0 - rho) * (1.0 + rho))
    opposite = (h * k < 0.0) | ((h * k == 0.0) & (h + k < 0.0))
    value = 0.5 * (special.ndtr(h) + special.ndtr(k)) - 0.5 * opposite
    value -= special.owens_t(h, _slope(h, k, rho, s)) + special.owens_t(k, _slope(k, h, rho, s))
    return np.maximum(value, 0.0)


def _slope(h: Array, k: Array, rho: float, s: float) -> Array:
    """Return (k - rho h) / (h s), with its limits where h is zero."""
    # k - h + (1 - rho) h keeps the digits of bounds that are close, with a correlation near one.
    gap = (k - h) + (1.0 - rho) * h if rho > 0.0 else (k + h) - (1.0 + rho) * h
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        ratio = gap / (h * s)
    origin = np.where(k == 0.0, (1.0 - rho) / s, np.copysign(np.inf, k))
    return np.where(h == 0.0, origin, ratio)


class Grid(NamedTuple):
    """The distribution function where R - 1 by C - 1 thresholds cross, and its derivatives.

    All are R + 1 by C + 1: the edges at plus and minus infinity belong to the grid.

    Attributes
    ----------
    cdf : numpy.ndarray
        P(X <= h, Y <= k).
    in_rho, in_h, in_k : numpy.ndarray
        First derivatives; that in rho is the density (Plackett 1954).
    rho_rho, h_h, k_k, rho_h, rho_k : numpy.ndarray
        Second derivatives; that in h and k is ``in_rho`` once more.
    """

    cdf: Array
    in_rho: Array
    in_h: Array
    in_k: Array
    rho_rho: Array
    h_h: Array
    k_k: Array
    rho_h: Array
    rho_k: Array


def make_grid(rows: Array, columns: Array, rho: float) -> Grid:
    """Evaluate the distribution function and its derivatives on a grid.

    Parameters
    ----------
    rows, columns : numpy.ndarray
        Finite thresholds in rising order.
    rho : float
        Correlation, between -1 and 1.

    Returns
    -------
    Grid
        With the edges at infinity.
    """
    inside = np.zeros((9, len(rows) + 2, len(columns) + 2))
    h, k = rows[:, None], columns[None, :]
    square = (1.0 - rho) * (1.0 + rho)
    s = np.sqrt(square)
    density_h, density_k = (np.exp(-0.5 * t * t) / ROOT_TWO_PI for t in (h, k))
    u, v = (k - rho * h) / s, (h - rho * k) / s
    density = density_h * np.exp(-0.5 * u * u) / (ROOT_TWO_PI * s)
    in_h, in_k = density_h * special.ndtr(u), density_k * special.ndtr(v)
    inside[:, 1:-1, 1:-1] = (
        _owen(h, k, rho),
        density,
        in_h,
        in_k,
        density * (rho + u * v) / square,
        -h * in_h - rho * density,
        -k * in_k - rho * density,
        -density * v / s,
        -density * u / s,
    )
    _fill_edges(inside, rows, columns)
    return Grid(*inside)


def _fill_edges(inside: Array, rows: Array, columns: Array) -> None:
    """Put the margins, which do not depend on the correlation, at the upper edges."""
    inside[0, 1:-1, -1], inside[0, -1, 1:-1] = special.ndtr(rows), special.ndtr(columns)
    inside[0, -1, -1] = 1.0
    for first, second, at, values in (
        (2, 5, np.s_[1:-1, -1], rows),
        (3, 6, np.s_[-1, 1:-1], columns),
    ):
        density = np.exp(-0.5 * values * values) / ROOT_TWO_PI
        inside[first][at], inside[second][at] = density, -values * density
