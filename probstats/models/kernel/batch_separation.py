"""Which of many sets of weights separate the levels: by proof where it is cheap, else by programme.

Where a fit runs away its Newton steps turn into a direction along which the likelihood rises for
ever. If such a direction, freed of what moves bounds that stay, moves no bound of a row with a
weight inward and some outward, that proves separation, and no linear programme is needed
(see ``probstats.models.kernel.separation``).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import linalg

from probstats.models.kernel.links import SIGNS, Array
from probstats.models.kernel.rows import Rows
from probstats.models.kernel.separation import MARGIN, lost_directions, outward_moves

STAYS = 1e-2
"""Share of the furthest move below which a bound may be one that does not move in the limit."""


class Escape:
    """Whether steps run along a direction that has no end.

    Parameters
    ----------
    rows : Rows
        n rows.
    """

    def __init__(self, rows: Rows) -> None:
        p, s, q = rows.sizes
        self._linear = np.r_[0:p, p + s : p + s + q]
        outward = rows.bound_design().reshape(2, len(rows), -1) * SIGNS[:, :, None]
        n_levels = len(rows.jacobian) + 1
        self._inner = (rows.edges > 0) & (rows.edges < n_levels)
        self._outward = np.where(self._inner[:, :, None], outward, 0.0)

    def __call__(self, steps: Array, weights: Array) -> NDArray[np.bool_]:
        """Return for each of R steps and sets of weights whether it proves separation.

        Parameters
        ----------
        steps : numpy.ndarray
            R by q.
        weights : numpy.ndarray
            R by n.

        Returns
        -------
        numpy.ndarray
            R booleans; False proves nothing.
        """
        pairs = zip(steps[:, self._linear], weights, strict=True)
        return np.array([self._proves(step, some > 0.0) for step, some in pairs], dtype=bool)

    def _proves(self, step: Array, present: NDArray[np.bool_]) -> bool:
        outward = self._outward[self._inner & present]
        moves = outward @ step
        furthest = moves.max(initial=0.0)
        if not moves.min(initial=0.0) >= -STAYS * furthest or furthest == 0.0:
            return False
        staying = outward[moves < STAYS * furthest]
        if len(staying):
            free = linalg.null_space(np.linalg.qr(staying, mode="r"))
            moves = outward @ (free @ (free.T @ step))
            furthest = moves.max(initial=0.0)
        return bool(furthest > MARGIN and moves.min() >= -MARGIN * furthest)


def is_separated(rows: Rows, weights: Array) -> bool:
    """Return whether the rows with a weight separate the levels, by the linear programme.

    Parameters
    ----------
    rows : Rows
        n rows.
    weights : numpy.ndarray
        n weights.

    Returns
    -------
    bool
        Whether some direction of location and thresholds has no maximum.
    """
    return bool(lost_directions(outward_moves(rows.take(weights > 0.0))[0]).shape[1])


def is_singular(rows: Rows, weights: Array) -> bool:
    """Return whether some column says nothing besides the others in the rows with a weight.

    Parameters
    ----------
    rows : Rows
        n rows.
    weights : numpy.ndarray
        n weights.

    Returns
    -------
    bool
        Whether the columns of location and nominal effects, with a constant that thresholds carry,
        or those of the scale depend on each other; no model of these rows alone could be set up.
    """
    some, ones = rows.take(weights > 0.0), np.ones((len(rows.jacobian), 1))
    shifted = np.linalg.matrix_rank(np.hstack([rows.jacobian, ones])) == rows.jacobian.shape[1]
    constant = np.ones((len(some), 1))
    designs = [
        np.hstack([constant[:, : int(shifted)], some.location, some.nominal]),
        np.hstack([constant, some.scale]),
    ]
    return any(np.linalg.matrix_rank(design) < design.shape[1] for design in designs)
