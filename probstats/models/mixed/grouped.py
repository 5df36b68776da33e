"""Rows with random effects: where their bounds lie, and what the random effects do to them.

Given standard normal u, the bounds of row i are a_i + c_i'u, with a_i those of the model without
random effects and c_i = -(Lambda'z_i) / sigma_i: the random effects Lambda u are added to the
location, and divided by the scale with it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from probstats.models.kernel.links import Array
from probstats.models.kernel.rows import Rows


@dataclass(frozen=True)
class GroupedRows:
    """Rows sorted by group, with the design of the random effects.

    Attributes
    ----------
    rows : Rows
        n rows; those of a group lie side by side.
    design : numpy.ndarray
        z, n by d.
    codes : numpy.ndarray
        Group of each row, 0 to G - 1, rising.
    """

    rows: Rows
    design: Array
    codes: NDArray[np.intp]

    @cached_property
    def starts(self) -> NDArray[np.intp]:
        """First row of each group."""
        return np.flatnonzero(np.diff(self.codes, prepend=-1))

    @property
    def n_groups(self) -> int:
        """Number of groups G."""
        return len(self.starts)

    @property
    def n_effects(self) -> int:
        """Number of random effects d of a group."""
        return self.design.shape[1]

    @cached_property
    def weights(self) -> Array:
        """How often each row counts."""
        weights = self.rows.weights
        return np.ones(len(self.rows)) if weights is None else weights

    def sums(self, values: Array) -> Array:
        """Return sums over the rows of each group; rows lie along the last axis."""
        return np.add.reduceat(values, self.starts, axis=-1)

    def blocks(self, size: int) -> list[slice]:
        """Return slices of groups with about so many rows each, at least one group."""
        ends = np.append(self.starts[1:], len(self.codes))
        cuts, first = [], 0
        for group in range(self.n_groups):
            if group + 1 == self.n_groups or ends[group + 1] - self.starts[first] > size:
                cuts.append(slice(first, group + 1))
                first = group + 1
        return cuts

    def take(self, groups: slice) -> GroupedRows:
        """Return some groups that lie side by side."""
        stop = len(self.codes) if groups.stop == self.n_groups else self.starts[groups.stop]
        some = slice(int(self.starts[groups.start]), int(stop))
        codes = self.codes[some] - groups.start
        return GroupedRows(self.rows.take(some), self.design[some], codes)


@dataclass(frozen=True)
class Moves:
    """Where the bounds of rows lie at some parameters.

    Attributes
    ----------
    bounds : numpy.ndarray
        a, 2 by n: the bounds at u = 0.
    inverse_scale : numpy.ndarray or None
        1 / sigma.
    pulls : numpy.ndarray
        c, d by n: how the bounds move with u.
    """

    bounds: Array
    inverse_scale: Array | None
    pulls: Array


def moves(rows: Rows, design: Array, fixed: Array, factor: Array) -> Moves:
    """Return where the bounds lie.

    Parameters
    ----------
    rows : Rows
        n rows.
    design : numpy.ndarray
        z, n by d.
    fixed : numpy.ndarray
        Parameters of the model without random effects.
    factor : numpy.ndarray
        Lambda, d by d.

    Returns
    -------
    Moves
        Bounds and their moves.
    """
    bounds, inverse_scale = rows.bounds(fixed)
    pulls = -(design @ factor).T
    if inverse_scale is not None:
        pulls = pulls * inverse_scale
    return Moves(bounds, inverse_scale, np.ascontiguousarray(pulls))


@dataclass(frozen=True)
class Pull:
    """Derivatives of a log-likelihood in what the parameters move, row by row.

    Attributes
    ----------
    bounds : numpy.ndarray
        2 by n, in the bounds a.
    pulls : numpy.ndarray
        d by n, in c.
    """

    bounds: Array
    pulls: Array


def row_scores(rows: Rows, design: Array, at: Moves, pull: Pull) -> tuple[Array, Array]:
    """Return the derivatives in the parameters, row by row.

    Parameters
    ----------
    rows, design
        See ``moves``.
    at : Moves
        Where the bounds lie.
    pull : Pull
        Derivatives in bounds and pulls.

    Returns
    -------
    tuple of numpy.ndarray
        q by n in the fixed parameters; d by d by n in Lambda, first index that of z.
    """
    first, toward = pull.bounds, pull.pulls
    slope, inner = first, toward
    if at.inverse_scale is not None:
        slope, inner = first * at.inverse_scale, toward * at.inverse_scale
        size = np.where(np.isfinite(at.bounds), at.bounds, 0.0)
        stretch = (size * first).sum(axis=0) + (toward * at.pulls).sum(axis=0)
        scale = rows.scale.T * -stretch
    else:
        scale = np.empty((0, len(rows)))
    fixed = np.concatenate([
        rows.location.T * -(slope[0] + slope[1]), scale,
        (rows.threshold_design * slope).sum(axis=1),
    ])  # fmt: skip
    return fixed, -design.T[:, None, :] * inner


def summed_scores(rows: Rows, design: Array, at: Moves, pull: Pull) -> tuple[Array, Array]:
    """Return ``row_scores`` summed over the rows, without a matrix of all of them."""
    first, toward = pull.bounds, pull.pulls
    slope, inner, scale = first, toward, np.zeros(0)
    if at.inverse_scale is not None:
        slope, inner = first * at.inverse_scale, toward * at.inverse_scale
        size = np.where(np.isfinite(at.bounds), at.bounds, 0.0)
        stretch = (size * first).sum(axis=0) + (toward * at.pulls).sum(axis=0)
        scale = -(stretch @ rows.scale)
    location = -((slope[0] + slope[1]) @ rows.location)
    thresholds = rows.threshold_design.reshape(rows.sizes[2], -1) @ slope.ravel()
    return np.concatenate([location, scale, thresholds]), -design.T @ inner.T
