"""Separation: whether the likelihood has a maximum at finite parameters, and which have none.

Along a direction d of location and thresholds in which no row's upper bound falls and no row's
lower bound rises, no p_i falls; if one bound moves strictly the likelihood rises for ever (Albert
and Anderson 1984; Konis 2007 for the linear programme). Rows with such a bound say nothing about
the parameters in the limit, and a parameter has a finite estimate if and only if the remaining
bounds determine it. Scale effects only stretch the bounds and change none of this; but they may
have no maximum of their own, which only a fit can tell.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import linalg, optimize

from probstats.models.kernel.links import SIGNS, Array
from probstats.models.kernel.newton import Maximum
from probstats.models.kernel.rows import Rows

MARGIN = 1e-9
"""How far a bound must move, on a scale where parameters move by 1, to count as moved."""

SHARE = 1e-6
"""Share of a parameter that must lie in the lost directions for it to be infinite."""

FLAT = 1e-6
"""Share of the least starting information that a direction must keep to count as estimated."""

FLAT_ERROR = 0.1
"""Error from a flat direction, over that from all others, at which a parameter is not settled."""

TINY = 1e-14

SOLVER: Any = {"primal_feasibility_tolerance": 1e-10, "dual_feasibility_tolerance": 1e-10}


@dataclass(frozen=True)
class Separation:
    """Which parameters have no finite estimate.

    Attributes
    ----------
    infinite : pandas.Series
        For each parameter 0 where its estimate is finite, plus or minus infinity where it grows
        without bound in that direction, and not a number where it is not settled.
    thresholds : dict
        For each infinite parameter the thresholds ``lower|upper`` at which it separates the rows.
    directions : numpy.ndarray
        q by k; a linear combination of the parameters has a finite estimate if and only if it is
        orthogonal to all of them.
    """

    infinite: pd.Series
    thresholds: dict[str, tuple[str, ...]]
    directions: Array

    @property
    def separated(self) -> bool:
        """Whether any parameter has no finite estimate."""
        return bool(self.directions.shape[1])

    def __str__(self) -> str:
        if not self.separated:
            return "No separation: every parameter has a finite estimate."
        named = [
            f"{name} {_WORDS[_sign(value)]}{self._where(name)}"
            for name, value in self.infinite.items()
            if _sign(value) != 0
        ]
        finite = [str(name) for name, value in self.infinite.items() if value == 0.0]
        rest = f"finite: {', '.join(finite)}" if finite else "no parameter is finite"
        what = "The data separate the levels" if self.thresholds else "The scale has no maximum"
        return f"{what}: {'; '.join(named)}; {rest}."

    def _where(self, name: Any) -> str:
        return f" (at {', '.join(self.thresholds[name])})" if self.thresholds.get(name) else ""

    __repr__ = __str__


_WORDS = {
    1: "goes to plus infinity",
    -1: "goes to minus infinity",
    None: "has no settled value",
}


def _sign(value: float) -> int | None:
    return None if np.isnan(value) else int(np.sign(value))


def find_separation(
    rows: Rows, transform: Array, names: list[str], threshold_labels: list[str]
) -> Separation:
    """Return which parameters of a model have no finite estimate.

    Parameters
    ----------
    rows : Rows
        Standardised rows.
    transform : numpy.ndarray
        T, q by q, from their parameters to the user's.
    names : list of str
        Names of the q parameters.
    threshold_labels : list of str
        Names of the K - 1 thresholds.

    Returns
    -------
    Separation
        With no directions where the maximum exists.
    """
    p, s, _ = rows.sizes
    linear = np.r_[0:p, p + s : rows.n_params]
    outward, edge = outward_moves(rows)
    lost = lost_directions(outward)
    within = transform[np.ix_(linear, linear)]
    share = np.linalg.norm(within @ lost, axis=1) / np.linalg.norm(within, axis=1)
    infinite = pd.Series(0.0, index=names)
    thresholds = {}
    for number in np.flatnonzero(share > SHARE):
        name = names[linear[number]]
        infinite[name], direction = _divergence(outward, within[number])
        touched = np.unique(edge[outward @ direction > MARGIN])
        thresholds[name] = tuple(threshold_labels[position - 1] for position in touched)
    directions = np.zeros((rows.n_params, lost.shape[1]))
    directions[linear] = lost
    return Separation(infinite, thresholds, directions)


def add_flat_directions(
    separation: Separation, maximum: Maximum, transform: Array, params: Array
) -> Separation:
    """Add the directions in which a fit with scale effects has lost all information.

    No linear programme finds these: where one group has one level only, its scale goes to zero and
    its location may lie anywhere between two thresholds.

    Parameters
    ----------
    separation : Separation
        What linear programming found.
    maximum : Maximum
        Where the fit stopped, in well-scaled parameters.
    transform : numpy.ndarray
        T, q by q, from these to the user's.
    params : numpy.ndarray
        Where the fit stopped, in the user's parameters.

    Returns
    -------
    Separation
        With these directions; a log scale effect goes where it was heading, other parameters are
        not settled.
    """
    lost = separation.directions
    kept = kept_directions(lost)
    values, vectors = np.linalg.eigh(kept.T @ -maximum.hessian @ kept)
    is_flat = values <= FLAT * maximum.start_information
    if not is_flat.any():
        return separation
    flat = kept @ vectors[:, is_flat]
    # Along a curve a parameter may be a small part of the flat direction: what counts is how much
    # of its error the direction would make.
    error = np.abs(transform @ kept @ vectors) / np.sqrt(np.maximum(np.abs(values), TINY))
    from_flat, others = error[:, is_flat].max(axis=1), np.linalg.norm(error[:, ~is_flat], axis=1)
    infinite = separation.infinite.copy()
    for number in np.flatnonzero((from_flat > FLAT_ERROR * others) & (infinite == 0.0)):
        heading = str(infinite.index[number]).startswith("scale:")
        infinite.iloc[number] = np.copysign(np.inf, params[number]) if heading else np.nan
    return Separation(infinite, separation.thresholds, np.hstack([lost, flat]))


def outward_moves(rows: Rows) -> tuple[Array, NDArray[np.intp]]:
    """Return how each finite bound moves outward in location and thresholds, and its edge."""
    n_levels = len(rows.jacobian) + 1
    moves = [
        np.hstack([-sign * rows.location[inner], sign * design[:, inner].T])
        for sign, edges, design in zip(
            SIGNS, rows.edges, rows.threshold_design.swapaxes(0, 1), strict=True
        )
        for inner in [(edges > 0) & (edges < n_levels)]
    ]
    edge = np.concatenate([edges[(edges > 0) & (edges < n_levels)] for edges in rows.edges])
    unique, first = np.unique(np.vstack(moves), axis=0, return_index=True)
    return unique, edge[first]


def kept_directions(lost: Array) -> Array:
    """Return orthonormal directions in which the likelihood has a maximum, given the others."""
    return linalg.null_space(lost.T) if lost.shape[1] else np.eye(len(lost))


def lost_directions(outward: Array) -> Array:
    """Return the directions in which the likelihood has no maximum.

    Parameters
    ----------
    outward : numpy.ndarray
        For each bound, how it moves outward with parameters of about equal scale; m by q.

    Returns
    -------
    numpy.ndarray
        q by k, orthonormal columns; k is 0 where the maximum exists.
    """
    held = np.ones(len(outward), dtype=bool)
    while held.any():
        target = outward[held].sum(axis=0)
        moved = held & (outward @ _furthest(outward, target) > MARGIN)
        if not moved.any():
            return linalg.null_space(np.linalg.qr(outward[held], mode="r"))
        held &= ~moved
    return np.eye(outward.shape[1])


def _divergence(outward: Array, parameter: Array) -> tuple[float, Array]:
    """Return where a parameter goes, and the direction that takes it there moving the least."""
    size = parameter / np.linalg.norm(parameter)
    rises = bool(size @ _furthest(outward, size) > MARGIN)
    falls = bool(-size @ _furthest(outward, -size) > MARGIN)
    if rises and falls:
        return np.nan, _leanest(outward, size)
    return (np.inf, _leanest(outward, size)) if rises else (-np.inf, _leanest(outward, -size))


def _leanest(outward: Array, target: Array) -> Array:
    """Return the d with c'd = 1 and all a_i d >= 0 that moves the bounds least in sum."""
    found = optimize.linprog(
        outward.sum(axis=0),
        A_ub=-outward,
        b_ub=np.zeros(len(outward)),
        A_eq=target[None, :],
        b_eq=[1.0],
        bounds=(None, None),
        options=SOLVER,
    )
    return np.asarray(found.x) if found.success else _furthest(outward, target)


def _furthest(outward: Array, target: Array) -> Array:
    """Return the d within -1 and 1 that goes furthest along a target, while a_i d >= 0 for all i.

    These d form a cone, so that the largest reaches 1, or there is none but 0; less than that is
    the tolerance of the solver. The programme max c'd is solved by its dual, min sum(r + s) with
    r - s = c + sum y_i a_i and y, r, s >= 0: it has only q equations, and d are their multipliers.
    """
    n_bounds, n_params = outward.shape
    identity = np.eye(n_params)
    dual = optimize.linprog(
        np.concatenate([np.zeros(n_bounds), np.ones(2 * n_params)]),
        A_eq=np.hstack([-outward.T, identity, -identity]),
        b_eq=target,
        options=SOLVER,
    )
    direction = np.asarray(dual.eqlin.marginals)
    return direction if np.abs(direction).max() > 0.5 else np.zeros_like(direction)
