r"""The likelihood of two ordered outcomes cut from a bivariate normal distribution.

A row whose levels lie between row thresholds a, b and column thresholds c, d has the probability
of that rectangle. The parameters are :math:`z = \operatorname{arctanh} \rho`, the row thresholds
and the column thresholds (Olsson 1979).
"""

from __future__ import annotations

import copy

import numpy as np
from numpy.typing import NDArray

from probstats.association.bivariate_normal import Grid, make_grid
from probstats.models.kernel.derivatives import Value, impossible
from probstats.models.kernel.links import Array
from probstats.models.reading.outcome import Outcome

Codes = NDArray[np.intp]
SMALLEST = 1e-15
"""A probability this small is rounding of the distribution function, and no parameters give it."""


class PairLikelihood:
    """Log-likelihood, score and Hessian of a pair of outcomes.

    Parameters
    ----------
    first, second : Outcome
        The outcomes of the same rows, in rows and in columns of the grid.

    Attributes
    ----------
    edges : numpy.ndarray
        Lower and upper row edge, lower and upper column edge of each different rectangle; 4 by m.
    counts : numpy.ndarray
        Rows in each.
    """

    def __init__(self, first: Outcome, second: Outcome) -> None:
        parts = [first.low, first.high + 1, second.low, second.high + 1]
        self.levels = len(first.levels), len(second.levels)
        shape = tuple(np.repeat(np.add(self.levels, 1), 2))
        rows = np.ravel_multi_index([part.astype(np.intp) for part in parts], shape)
        different, counts = np.unique(rows, return_counts=True)
        self._set(np.stack(np.unravel_index(different, shape)), counts.astype(float))

    def _set(self, edges: Codes, counts: Array) -> None:
        self.edges, self.counts = edges, counts
        self._number = np.arange(len(counts))

    def all_cells(self) -> PairLikelihood:
        """Return the likelihood of a table with one row in each cell."""
        rows, columns = np.indices(self.levels).reshape(2, -1)
        other = copy.copy(self)
        edges = np.stack([rows, rows + 1, columns, columns + 1])
        other._set(edges, np.ones(edges.shape[1]))
        return other

    @property
    def n_rows(self) -> int:
        """Rows in all."""
        return int(self.counts.sum())

    @property
    def n_params(self) -> int:
        """The correlation and the thresholds."""
        return sum(self.levels) - 1

    def is_known(self) -> bool:
        """Whether every row has one level in both outcomes."""
        below, above, left, right = self.edges
        return bool(((above - below == 1) & (right - left == 1)).all())

    def table(self) -> Array:
        """Return the counts of levels by levels; the levels must be known."""
        table = np.zeros(self.levels)
        table[self.edges[0], self.edges[2]] = self.counts
        return table

    def split(self, params: Array) -> tuple[float, Array, Array]:
        """Return the correlation, the row thresholds and the column thresholds."""
        cut = self.levels[0]
        return float(np.tanh(params[0])), params[1:cut], params[cut:]

    def _differences(self, values: Array) -> Array:
        """Return what each rectangle has, from values at its corners."""
        below, above, left, right = self.edges
        upper = values[above, right] - values[above, left]
        return upper - (values[below, right] - values[below, left])

    def probabilities(self, params: Array) -> tuple[Array, Grid | None]:
        """Return the probability of each rectangle; no grid where thresholds cross."""
        rho, rows, columns = self.split(params)
        crossed = (np.diff(rows) <= 0.0).any() or (np.diff(columns) <= 0.0).any()
        if crossed or not np.isfinite(params).all() or abs(rho) >= 1.0:
            return np.zeros(len(self.counts)), None
        grid = make_grid(rows, columns, rho)
        return self._differences(grid.cdf), grid

    def slopes(self, grid: Grid, rho: float) -> Array:
        """Return the derivatives of each rectangle's probability; rectangles by parameters."""
        below, above, left, right = self.edges
        n_rows, n_columns = self.levels
        in_h = np.zeros((len(self.counts), n_rows + 1))
        in_k = np.zeros((len(self.counts), n_columns + 1))
        number = self._number
        in_h[number, above] = grid.in_h[above, right] - grid.in_h[above, left]
        in_h[number, below] = grid.in_h[below, left] - grid.in_h[below, right]
        in_k[number, right] = grid.in_k[above, right] - grid.in_k[below, right]
        in_k[number, left] = grid.in_k[below, left] - grid.in_k[above, left]
        in_z = (1.0 - rho) * (1.0 + rho) * self._differences(grid.in_rho)
        return np.column_stack([in_z, in_h[:, 1:-1], in_k[:, 1:-1]])

    def __call__(self, params: Array) -> Value:
        """Return the log-likelihood and its derivatives; minus infinity outside of the space."""
        p, grid = self.probabilities(params)
        if grid is None or not (p > SMALLEST).all():
            return impossible(self.n_params)
        slopes = self.slopes(grid, self.split(params)[0])
        shares = slopes / p[:, None]
        score = self.counts @ shares
        hessian = self._bends(grid, self.counts / p, params) - shares.T @ (
            self.counts[:, None] * shares
        )
        return Value(float(self.counts @ np.log(p)), score, hessian)

    def _bends(self, grid: Grid, weights: Array, params: Array) -> Array:
        """Return the weighted sum of the second derivatives of the probabilities."""
        below, above, left, right = self.edges
        corner = np.zeros_like(grid.cdf)
        for row, column, sign in (
            (above, right, 1.0), (above, left, -1.0), (below, right, -1.0), (below, left, 1.0),
        ):  # fmt: skip
            np.add.at(corner, (row, column), sign * weights)
        rho, cut = float(np.tanh(params[0])), self.levels[0]
        in_z = (1.0 - rho) * (1.0 + rho)
        bends = np.zeros((self.n_params, self.n_params))
        curved = in_z * grid.rho_rho - 2.0 * rho * grid.in_rho
        bends[0, 0] = in_z * (corner * curved).sum()
        bends[0, 1:cut] = in_z * (corner * grid.rho_h).sum(axis=1)[1:-1]
        bends[0, cut:] = in_z * (corner * grid.rho_k).sum(axis=0)[1:-1]
        bends[1:cut, cut:] = (corner * grid.in_rho)[1:-1, 1:-1]
        bends += bends.T
        bends[0, 0] /= 2.0
        number = np.arange(1, self.n_params)
        own = (corner * grid.h_h).sum(axis=1)[1:-1], (corner * grid.k_k).sum(axis=0)[1:-1]
        bends[number, number] = np.concatenate(own)
        return bends
