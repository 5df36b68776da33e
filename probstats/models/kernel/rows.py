"""What the likelihood sees of the data: designs, levels, weights and offset, row by row.

Row i has a level between two bounds,

    u_i = (theta_{high}(i) - x_i'beta - o_i) / sigma_i,    sigma_i = exp(s_i'zeta),

and l_i, the same with the threshold below its lowest level. The thresholds of row i are
theta(i) = J (alpha_0 + sum_m n_im alpha_m), with nominal covariates n_i. The parameters are
(beta, zeta, alpha_0, alpha_1, ...), in this order.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from probstats.models.kernel.links import Array

Edges = NDArray[np.integer[Any]]

FEW = 8_000
"""Rows times parameters up to which calls cost more than arithmetic."""

BLOCK = 8192
"""Rows worked on at a time, so that what is computed of them stays in the processor's cache."""


@dataclass(frozen=True)
class Rows:
    """The data of a cumulative link model.

    Attributes
    ----------
    location, scale, nominal : numpy.ndarray
        n by p, n by s and n by m covariates x, s and n.
    edges : numpy.ndarray
        2 by n; the upper and the lower edge of each row's levels, where edge 0 lies below the
        lowest level and edge K above the highest.
    jacobian : numpy.ndarray
        J, K - 1 by t.
    weights, offset : numpy.ndarray or None
        n weights and offsets; ones and zeros where None.
    order : numpy.ndarray or None
        Where each row stood before rows were sorted; None where they were not.
    """

    location: Array
    scale: Array
    nominal: Array
    edges: Edges
    jacobian: Array
    weights: Array | None = None
    offset: Array | None = None
    order: NDArray[np.intp] | None = None

    def __len__(self) -> int:
        return self.edges.shape[1]

    @property
    def sizes(self) -> tuple[int, int, int]:
        """Numbers of coefficients, of log scale effects, and of thresholds with nominal effects."""
        n_alpha = self.jacobian.shape[1] * (1 + self.nominal.shape[1])
        return self.location.shape[1], self.scale.shape[1], n_alpha

    @property
    def n_params(self) -> int:
        """Number of parameters."""
        return sum(self.sizes)

    @property
    def few(self) -> bool:
        """Whether calls cost more than arithmetic."""
        return len(self) * self.n_params <= FEW

    def split(self, params: Array) -> tuple[Array, Array, Array]:
        """Return beta, zeta, and alpha with one line for each of the m + 1 nominal columns."""
        p, s, _ = self.sizes
        return params[:p], params[p : p + s], params[p + s :].reshape(-1, self.jacobian.shape[1])

    def blocks(self) -> Iterator[Rows]:
        """Go through the rows a block at a time."""
        if len(self) <= BLOCK:
            yield self
            return
        for start in range(0, len(self), BLOCK):
            yield self.take(slice(start, start + BLOCK))

    def take(self, which: slice | NDArray[np.intp] | NDArray[np.bool_]) -> Rows:
        """Return some of the rows."""
        return replace(
            self,
            location=self.location[which],
            scale=self.scale[which],
            nominal=self.nominal[which],
            edges=self.edges[:, which],
            weights=None if self.weights is None else self.weights[which],
            offset=None if self.offset is None else self.offset[which],
            order=None,
        )

    def unsorted(self, values: Array) -> Array:
        """Return values of the rows, n by any number, in the order rows had before sorting."""
        if self.order is None:
            return values
        found = np.empty_like(values)
        found[self.order] = values
        return found

    def bounds(self, params: Array) -> tuple[Array, Array | None]:
        """Return the bounds u and l, 2 by n, and 1 / sigma, where there are scale effects."""
        beta, zeta, alpha = self.split(params)
        bounds = self._thresholds(alpha)
        bounds -= self.location @ beta
        if self.offset is not None:
            bounds -= self.offset
        if not len(zeta):
            return bounds, None
        inverse_scale = np.exp(-(self.scale @ zeta))
        return bounds * inverse_scale, inverse_scale

    def _thresholds(self, alpha: Array) -> Array:
        """Return the thresholds at the edges of each row, 2 by n."""
        ends = np.zeros((len(alpha), len(self.jacobian) + 2))
        ends[:, 1:-1] = alpha @ self.jacobian.T
        ends[0, 0], ends[0, -1] = -np.inf, np.inf
        thresholds = ends[0].take(self.edges)
        for effect, column in zip(ends[1:], self.nominal.T, strict=True):
            thresholds += effect.take(self.edges) * column
        return thresholds

    @cached_property
    def threshold_design(self) -> Array:
        """The derivatives of the thresholds at the edges in alpha, t (m + 1) by 2 by n.

        Rows come last, so that they lie side by side in memory.
        """
        ends = np.zeros((self.jacobian.shape[1], len(self.jacobian) + 2))
        ends[:, 1:-1] = self.jacobian.T
        design = ends.take(self.edges, axis=1)
        if not self.nominal.shape[1]:
            return design
        return np.concatenate([design, *(design * column for column in self.nominal.T)])

    def bound_design(self) -> Array:
        """Return the derivatives of the bounds u, then l, without scale effects; 2 n by q."""
        p, _, q = self.sizes
        design = np.empty((p + q, 2, len(self)))
        design[:p] = -self.location.T[:, None, :]
        design[p:] = self.threshold_design
        return design.reshape(p + q, 2 * len(self)).T

    def ends(self) -> Array:
        """Return what the bounds are besides linear, 2 by n: the offset, and infinite ends."""
        n_levels = len(self.jacobian) + 1
        ends = np.where(self.edges == 0, -np.inf, np.where(self.edges == n_levels, np.inf, 0.0))
        return ends if self.offset is None else ends - self.offset
