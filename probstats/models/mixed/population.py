"""Averages over random effects of probabilities and densities."""

from __future__ import annotations

import numpy as np

from probstats.models.kernel.links import Array, Link
from probstats.models.kernel.rows import Rows
from probstats.models.prediction.probabilities import ordered_bounds

POINTS = 201
REACH = 8.5
CHUNK = 400_000

FINE = 0.25
"""Step of the latent variable between points that is not exceeded: poles may be one away."""

MOST = 20_001


def normal_points(reach: float = 1.0) -> tuple[Array, Array]:
    """Return evenly spaced points and weights for averages over a standard normal.

    Parameters
    ----------
    reach : float
        By how much the latent variable moves with one standard deviation.

    Returns
    -------
    tuple of numpy.ndarray
        Points, the denser the larger the reach, and weights.

    Notes
    -----
    The trapezoid rule on a smooth integrand that vanishes at both ends converges faster than any
    power of the step (Trefethen and Weideman 2014), also where the links have poles near the axis.

    Examples
    --------
    >>> points, weights = normal_points()
    >>> bool(abs(weights @ points**4 - 3.0) < 1e-9)
    True
    """
    needed = 2.0 * REACH * reach / FINE + 1.0
    count = int(np.clip(needed, POINTS, MOST)) if np.isfinite(needed) else MOST
    points = np.linspace(-REACH, REACH, count)
    weights = np.exp(-0.5 * points**2)
    return points, weights / weights.sum()


class Averages:
    """Averages over random effects, row by row, at every edge between levels.

    Parameters
    ----------
    params : numpy.ndarray
        The fixed parameters.
    rows : Rows
        m rows with all K + 1 edges.
    spread : numpy.ndarray
        Standard deviation of the random effects of each row, m values.
    link : Link
        The latent distribution.
    """

    def __init__(self, params: Array, rows: Rows, spread: Array, link: Link) -> None:
        self.rows, self.spread, self._link = rows, spread, link
        _, self.inverse_scale = rows.bounds(params)
        self.bounds = ordered_bounds(params, rows)
        scale = 1.0 if self.inverse_scale is None else self.inverse_scale
        self._reach = spread * scale

    def cumulative(self) -> Array:
        """Return P(Y <= j) at the upper edge of each level, m by K."""
        return self._average(lambda bounds, _: self._link.cdf(bounds))[1:].T

    def densities(self) -> tuple[Array, Array, Array]:
        """Return averages of f, of f times u, and of f times the bound, K + 1 by m each."""

        def density(bounds: Array, _: Array) -> Array:
            return np.exp(self._link.log_density(bounds))

        def pulled(bounds: Array, points: Array) -> Array:
            return density(bounds, points) * points

        def stretched(bounds: Array, points: Array) -> Array:
            return density(bounds, points) * np.where(np.isfinite(bounds), bounds, 0.0)

        return self._average(density), self._average(pulled), self._average(stretched)

    def _average(self, function: object) -> Array:
        points, weights = normal_points(float(self._reach.max(initial=0.0)))
        found = np.empty_like(self.bounds)
        size = max(1, CHUNK // (len(points) * len(found)))
        with np.errstate(invalid="ignore", over="ignore"):
            for start in range(0, found.shape[1], size):
                some = slice(start, start + size)
                moved = self.bounds[:, some, None] - self._reach[some, None] * points
                found[:, some] = function(moved, points) @ weights  # type: ignore[operator]
        return found

    def slopes(self) -> tuple[Array, Array]:
        """Return derivatives of P(Y <= j) in the fixed parameters and in the spread.

        Returns
        -------
        tuple of numpy.ndarray
            K + 1 by m by q, and K + 1 by m.
        """
        rows = self.rows
        density, pulled, stretched = self.densities()
        scale = 1.0 if self.inverse_scale is None else self.inverse_scale
        p, s, _ = rows.sizes
        found = np.zeros((*density.shape, rows.n_params))
        speed = density * scale
        found[:, :, :p] = -speed[:, :, None] * rows.location
        found[:, :, p : p + s] = -stretched[:, :, None] * rows.scale
        found[:, :, p + s :] = np.moveaxis(rows.threshold_design * speed, 0, 2)
        return found, -pulled * scale
