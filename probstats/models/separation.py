"""Separation: whether the likelihood has a maximum at finite parameters, and which have none.

Along a direction d in which no row's upper bound falls and no row's lower bound rises, D^u_i d >= 0
and D^l_i d <= 0, no p_i falls; if one of these inequalities is strict the likelihood rises for ever
(Albert and Anderson 1984; Konis 2007 for the linear programme). Rows with a strict one say nothing
about the parameters in the limit, and a parameter has a finite estimate if and only if the
remaining bounds determine it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import linalg, optimize

from probstats.models.likelihood import Bounds
from probstats.models.links import Array

MARGIN = 1e-9
"""How far a bound must move, on a scale where parameters move by 1, to count as moved."""

SOLVER: Any = {"primal_feasibility_tolerance": 1e-10, "dual_feasibility_tolerance": 1e-10}


def lost_directions(bounds: Bounds) -> Array:
    """Return the directions in which the likelihood has no maximum.

    Parameters
    ----------
    bounds : Bounds
        Maps from q parameters, of about equal scale, to the bounds of the rows.

    Returns
    -------
    numpy.ndarray
        q by k, orthonormal columns; k is 0 where the maximum exists. A linear combination c of the
        parameters has a finite estimate if and only if it is orthogonal to all of them.
    """
    upper = bounds.upper[np.isfinite(bounds.upper_offset)]
    lower = bounds.lower[np.isfinite(bounds.lower_offset)]
    outward = np.unique(np.vstack([upper, -lower]), axis=0)
    held = np.ones(len(outward), dtype=bool)
    while held.any():
        moved = held & (outward @ _widening(outward, held) > MARGIN)
        if not moved.any():
            return linalg.null_space(np.linalg.qr(outward[held], mode="r"))
        held &= ~moved
    return np.eye(outward.shape[1])


def _widening(outward: Array, held: NDArray[np.bool_]) -> Array:
    """Return the d within -1 and 1 that moves the held bounds most, while a_i d >= 0 for all rows.

    These d form a cone, so that the largest reaches 1, or there is none but 0; less than that is
    the tolerance of the solver. With c the sum of the held a_i, the programme max c'd is solved by
    its dual, min sum(r + s) with r - s = c + sum y_i a_i and y, r, s >= 0: it has only q equations,
    and d are their multipliers.
    """
    n_bounds, n_params = outward.shape
    identity = np.eye(n_params)
    dual = optimize.linprog(
        np.concatenate([np.zeros(n_bounds), np.ones(2 * n_params)]),
        A_eq=np.hstack([-outward.T, identity, -identity]),
        b_eq=outward[held].sum(axis=0),
        options=SOLVER,
    )
    direction = np.asarray(dual.eqlin.marginals)
    return direction if np.abs(direction).max() > 0.5 else np.zeros_like(direction)
