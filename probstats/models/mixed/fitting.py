"""From a model with random effects to its estimates: where to start, and what the edge is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, ClassVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import linalg

from probstats.errors import ModelError
from probstats.models.kernel.estimation import inverse_information
from probstats.models.kernel.links import Array
from probstats.models.kernel.newton import Maximum
from probstats.models.kernel.separation import Separation
from probstats.models.mixed.effects import RandomEffects
from probstats.models.mixed.integration import Marginal, make_marginal
from probstats.models.mixed.optimum import SPREAD, Optimum, difference_hessian, maximise

LATENT_SD = {
    "logit": np.pi / np.sqrt(3.0),
    "probit": 1.0,
    "cloglog": np.pi / np.sqrt(6.0),
    "loglog": np.pi / np.sqrt(6.0),
}
"""Standard deviation of the latent error by link; the cauchit has none."""

NIL = 1e-4
"""Standard deviation, over that of the latent error, below which zero is looked at."""

APART = 3.0
"""How many times larger the standard deviations of a second start are, less one."""

NEAR_ONE = 1.0 - 1e-6
"""Size of a correlation that cannot be told from one."""

SAME = 1e-8
"""Log-likelihood that zero may lose and still be the estimate."""


@dataclass(frozen=True)
class MixedFit:
    """What a fit with random effects found.

    Attributes
    ----------
    maximum : Maximum
        Where the search stopped, in standardised parameters phi and the entries of Lambda.
    separation : Separation
        Which parameters have no finite estimate.
    model_transform : numpy.ndarray
        T, with psi = T phi for the fixed parameters.
    effects : RandomEffects
        Of the model.
    edge : tuple of str
        Standard deviations at zero and correlations at one, in size.
    llf_plain : float
        Log-likelihood without random effects.
    nodes : int
        Nodes in each direction, 1 for Laplace's method.
    """

    maximum: Maximum
    separation: Separation
    model_transform: Array
    effects: RandomEffects
    edge: tuple[str, ...]
    llf_plain: float
    nodes: int
    reference: ClassVar[None] = None  # normal, not t

    @property
    def n_fixed(self) -> int:
        """Number of fixed parameters."""
        return len(self.model_transform)

    @property
    def entries(self) -> Array:
        """Entries of Lambda."""
        return self.maximum.params[self.n_fixed :]

    @property
    def fixed(self) -> Array:
        """Fixed parameters on the user's scale."""
        return self.model_transform @ self.maximum.params[: self.n_fixed]

    @cached_property
    def params(self) -> Array:
        """All parameters on the user's scale, where the search stopped."""
        return np.concatenate([self.fixed, self.effects.reported(self.entries)])

    @cached_property
    def transform(self) -> Array:
        """Derivatives of the parameters in those of the search."""
        slopes = self.effects.slopes(self.entries)
        return linalg.block_diag(self.model_transform, np.where(np.isfinite(slopes), slopes, 0.0))

    @cached_property
    def scaled(self) -> Array:
        """Covariance of the parameters of the search."""
        hessian = self.maximum.hessian
        if not np.isfinite(hessian).all():
            return np.full_like(hessian, np.nan)
        return inverse_information(hessian, self.separation.directions)

    @cached_property
    def covariance(self) -> Array:
        """Covariance of the parameters on the user's scale."""
        return self.transform @ self.scaled @ self.transform.T


def fit_mixed(model: Any, nodes: int, start_params: Any, tol: float, maxiter: int) -> MixedFit:
    """Maximise the marginal likelihood of a model.

    Parameters
    ----------
    model : CumulativeLinkMixedModel
        The model.
    nodes : int
        Nodes in each direction; 1 for Laplace's method.
    start_params : array_like or None
        Parameters to start from.
    tol : float
        Decrement at which one last step is taken.
    maxiter : int
        Steps allowed.

    Returns
    -------
    MixedFit
        The estimates, compared with those of a fit without random effects.
    """
    problem = model.plain.problem()
    plain = problem.solve(tol=1e-10, maxiter=100)
    separation = model.plain._separation_of(plain)
    marginal = make_marginal(model, problem.rows, nodes)
    n_effects, n_fixed = model.random.n_params, len(plain.params)
    lost = np.vstack([separation.directions, np.zeros((n_effects, separation.directions.shape[1]))])
    start = _start(model, plain, problem.transform, start_params)
    if not np.isfinite(marginal(start)[0]):
        if start_params is not None:
            raise ModelError("start_params puts thresholds out of order, or is not finite")
        start[:n_fixed] = plain.params
    kept = linalg.null_space(lost.T) if lost.shape[1] else np.eye(len(start))
    guess = np.zeros((len(start), len(start)))
    guess[:n_fixed, :n_fixed] = np.linalg.pinv(-plain.hessian, rcond=1e-10)
    counts = [part.n_groups for part in model.random.parts for _ in range(part.n_params)]
    guess[range(n_fixed, len(start)), range(n_fixed, len(start))] = 0.5 / np.array(counts)

    def within(free: Array) -> tuple[float, Array]:
        value, gradient = marginal(start + kept @ free)
        return value, kept.T @ gradient

    starts = [np.zeros(kept.shape[1])]
    if start_params is None and not problem.concave:  # there may be another hill
        starts.append(kept.T @ np.append(np.zeros(n_fixed), APART * start[n_fixed:]))
    guess = kept.T @ guess @ kept
    summits = [maximise(within, free, guess, tol=tol, maxiter=maxiter) for free in starts]
    found = max(summits, key=lambda summit: (summit.converged, summit.loglike))
    optimum = replace(
        found,
        params=start + kept @ found.params,
        gradient=kept @ found.gradient,
        hessian=kept @ found.hessian @ kept.T,
    )
    return _at_the_edge(model, marginal, optimum, (plain, separation, problem.transform), nodes)


def _start(model: Any, plain: Maximum, transform: Array, start_params: Any) -> Array:
    """Return the plain estimates, stretched as random effects of middling size stretch them."""
    n_fixed = len(plain.params)
    if start_params is not None:
        values = model.checked_params(start_params)
        phi = np.linalg.solve(transform, values[:n_fixed])
        return np.concatenate([phi, model.random.entries(values[n_fixed:])])
    size = 0.5 * LATENT_SD.get(model.link.name, 1.0)
    stretch = np.ones(n_fixed)
    p, s, _ = model.rows.sizes
    stretch[:p] = stretch[p + s :] = np.sqrt(1.25)
    entries = [
        size * np.eye(part.n_effects)[np.tril_indices(part.n_effects)]
        for part in model.random.parts
    ]
    offset = model.rows.offset is not None
    return np.concatenate([plain.params * (1.0 if offset else stretch), *entries])


def _at_the_edge(
    model: Any,
    marginal: Marginal,
    optimum: Optimum,
    plain: tuple[Maximum, Separation, Array],
    nodes: int,
) -> MixedFit:
    """Put standard deviations that are nil to zero, and see whether none is better than some."""
    maximum, separation, transform = plain
    n_fixed, effects = len(maximum.params), model.random
    params = _signed(effects, optimum.params, n_fixed)
    signs = np.where(params * optimum.params < 0.0, -1.0, 1.0)
    value, gradient = optimum.loglike, optimum.gradient * signs
    hessian, converged = optimum.hessian * np.outer(signs, signs), optimum.converged
    if not value > maximum.loglike + SAME:  # also where there is no value
        params = np.concatenate([maximum.params, np.zeros(effects.n_params)])
        value, gradient, converged = maximum.loglike, np.zeros(len(params)), maximum.converged
        hessian = _hessian_at(marginal, params, maximum)
    elif (nil := _nil_entries(model, params[n_fixed:])).any():
        trial = params.copy()
        trial[n_fixed:][nil] = 0.0
        at_zero, slope = marginal(trial)
        if at_zero >= value - SAME:
            params, value, gradient = trial, at_zero, slope
    return MixedFit(
        _as_maximum(optimum, params, value, gradient, hessian, converged=converged),
        _padded(separation, effects), transform, effects, _edge(effects, params[n_fixed:]),
        maximum.loglike, nodes,
    )  # fmt: skip


def _hessian_at(marginal: Marginal, params: Array, plain: Maximum) -> Array:
    spread = np.full(len(params), SPREAD)
    size = np.sqrt(np.clip(np.diag(np.linalg.pinv(-plain.hessian, rcond=1e-10)), 1e-6, 1.0))
    spread[: len(size)] = SPREAD * size
    return difference_hessian(marginal, params, spread)


def _signed(effects: RandomEffects, params: Array, n_fixed: int) -> Array:
    """Return the same estimates with a positive diagonal of each Lambda."""
    found = params.copy()
    place = n_fixed
    for part in effects.parts:
        some = slice(place, place + part.n_params)
        columns = np.tril_indices(part.n_effects)[1]
        factor = np.zeros((part.n_effects, part.n_effects))
        factor[np.tril_indices(part.n_effects)] = found[some]
        flips = np.where(np.diag(factor) < 0.0, -1.0, 1.0)
        found[some] *= flips[columns]
        place += part.n_params
    return found


def _nil_entries(model: Any, entries: Array) -> NDArray[np.bool_]:
    """Return which diagonal entries of Lambda are as good as zero."""
    pairs = [np.equal(*np.tril_indices(part.n_effects)) for part in model.random.parts]
    small = np.abs(entries) < NIL * LATENT_SD.get(model.link.name, 1.0)
    return np.asarray(small & np.concatenate(pairs))


def _edge(effects: RandomEffects, entries: Array) -> tuple[str, ...]:
    """Return the parameters at the edge of what they may be.

    Where a covariance of three effects or more is singular, all of its correlations are.
    """
    reported = effects.reported(entries)
    at_edge = np.where(effects.is_sd, reported == 0.0, ~(np.abs(reported) < NEAR_ONE))
    for part, some, flags in zip(
        effects.parts, effects.split(entries), effects.split(at_edge), strict=True
    ):
        nil = np.equal(*np.tril_indices(part.n_effects)) & (some == 0.0)
        if nil.any() and not flags.any():  # singular, though no pair of effects goes together
            flags[part.n_effects :] = True
    return tuple(name for name, edge in zip(effects.names, at_edge, strict=True) if edge)


def _padded(separation: Separation, effects: RandomEffects) -> Separation:
    """Return the separation with the parameters of the random effects, all of them finite."""
    finite = pd.Series(0.0, index=effects.names)
    directions = np.vstack(
        [separation.directions, np.zeros((effects.n_params, separation.directions.shape[1]))]
    )
    infinite = pd.concat([separation.infinite, finite])
    return Separation(infinite, separation.thresholds, directions)


def _as_maximum(
    optimum: Optimum,
    params: Array,
    value: float,
    gradient: Array,
    hessian: Array,
    *,
    converged: bool,
) -> Maximum:
    usable = np.isfinite(hessian).all()
    values = np.linalg.eigvalsh(-hessian) if usable else np.array([np.nan])
    return Maximum(
        params=params, loglike=value, score=gradient, hessian=hessian,
        iterations=optimum.iterations, decrement=optimum.decrement,
        converged=converged, start_information=np.inf,
        least_information=float(values[0]), most_information=float(values[-1]),
    )  # fmt: skip
