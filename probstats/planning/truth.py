"""The model that simulated samples come from: an odds ratio, at the shares of the design."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import optimize

from probstats.errors import ModelError
from probstats.models.kernel.links import Array
from probstats.planning.design import Design


@dataclass(frozen=True)
class Truth:
    """What samples are drawn from.

    Attributes
    ----------
    effect : float
        Log of the odds ratio.
    params : numpy.ndarray
        All parameters, on the user's scale.
    cumulative : numpy.ndarray
        n by K - 1 probabilities of each level or a lower one.
    """

    effect: float
    params: Array
    cumulative: Array


def truth_of(design: Design, effect: float) -> Truth:
    """Return the model with an effect of the design's column, and its overall shares.

    Parameters
    ----------
    design : Design
        The design.
    effect : float
        Log of the odds ratio.

    Returns
    -------
    Truth
        With the thresholds theta_j at which the mean over rows of P(Y <= j) is the sum of the
        shares up to j; each is the root of a rising function. Structured thresholds come as near
        to these as their structure allows.

    Raises
    ------
    ModelError
        If thresholds with nominal effects cross, so that there are no probabilities.
    """
    model, params = design.model, design.params.copy()
    p, s, _ = model.rows.sizes
    own = slice(p + s, p + s + model.thresholds.jacobian.shape[1])
    params[design.place], params[own] = effect, 0.0
    rows = model.all_edges(model.sample.covariates)
    bounds, inverse = rows.bounds(params)
    moves = bounds[1:-1]
    inverse = np.ones(len(design)) if inverse is None else inverse
    goals = np.cumsum(design.shares)[:-1]
    pairs = zip(goals, moves, strict=True)
    theta = np.array([_threshold(design, goal, move, inverse) for goal, move in pairs])
    params[own] = model.thresholds.parameters(theta)
    inner = rows.bounds(params)[0][1:-1]
    if np.any(np.diff(inner, axis=0) <= 0.0):
        raise ModelError(
            f"with an odds ratio of {np.exp(effect):.3g} thresholds cross, so that no outcomes can "
            f"be simulated; leave out nominal effects"
        )
    return Truth(effect, params, model.link.cdf(inner).T)


def _threshold(design: Design, goal: float, moves: Array, inverse: Array) -> float:
    """Return theta at which the mean of F(theta / sigma_i + move_i) is the goal."""
    link = design.model.link
    ends = (float(link.quantile(np.array([goal]))[0]) - moves) / inverse

    def excess(theta: float) -> float:
        return float(link.cdf(theta * inverse + moves).mean()) - goal

    low, high = float(ends.min()) - 1e-6, float(ends.max()) + 1e-6
    return float(optimize.brentq(excess, low, high, xtol=1e-12))
