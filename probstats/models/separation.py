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
from scipy import linalg, optimize, sparse

from probstats.models.likelihood import Bounds
from probstats.models.links import Array


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
    kept = outward[~_can_move(outward)]
    return linalg.null_space(kept) if len(kept) else np.eye(outward.shape[1])


def _can_move(outward: Array) -> NDArray[np.bool_]:
    """Return which rows a_i have a_i d > 0 for some d with all a_j d >= 0.

    The linear programme: maximise sum t_i over d and 0 <= t_i <= 1 with t_i <= a_i d. The d with
    a_j d >= 0 form a cone, so that each t_i comes out as 0 or 1.
    """
    n_rows, n_params = outward.shape
    constraints: Any = sparse.hstack([sparse.csr_array(-outward), sparse.eye_array(n_rows)])
    solution: Any = optimize.linprog(
        np.concatenate([np.zeros(n_params), -np.ones(n_rows)]),
        A_ub=constraints,
        b_ub=np.zeros(n_rows),
        bounds=[(None, None)] * n_params + [(0.0, 1.0)] * n_rows,
        method="highs",
    )
    return np.asarray(solution.x[n_params:] > 0.5)
