"""How a fit estimates: by maximum likelihood, with bias reduction, or with a ridge penalty."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from probstats.errors import ModelError
from probstats.models.estimator_notes import SCALES, infinite_names
from probstats.models.inference.contrasts import model_terms
from probstats.models.kernel.estimation import Problem
from probstats.models.kernel.links import Array
from probstats.models.kernel.newton import Maximum
from probstats.models.kernel.reduction import reduce_bias
from probstats.models.kernel.ridge import maximise_penalised


@dataclass(frozen=True)
class Estimator:
    """How a fit estimates.

    Attributes
    ----------
    reduction : str or None
        ``"mean"`` where the scores are adjusted.
    penalty : pandas.Series or None
        lambda of each parameter where the likelihood is penalised.
    penalty_scale : str or None
        What the penalty takes as the unit of a column.
    sizes : pandas.Series or None
        That unit for each parameter.
    """

    reduction: str | None = None
    penalty: pd.Series | None = None
    penalty_scale: str | None = None
    sizes: pd.Series | None = None

    @property
    def by_likelihood(self) -> bool:
        """Whether the estimates maximise the likelihood."""
        return self.reduction is None and self.penalty is None

    @property
    def name(self) -> str:
        """What the estimates are, in two or three words."""
        if self.reduction is not None:
            return "mean bias-reduced estimates"
        if self.penalty is None:
            return "maximum-likelihood estimates"
        return "ridge-penalised estimates"

    def require_errors(self, cov_type: str) -> None:
        """Raise a sentence about errors that these estimates do not have."""
        if self.penalty is not None and cov_type != "nonrobust":
            raise ModelError(
                f"cov_type={cov_type!r} takes estimates to be free of bias, and a penalty shrinks "
                f"them; use reduction='mean' with it, or no penalty"
            )

    def matrix(self, transform: Array) -> Array:
        """Return the penalty P in well-scaled parameters, q by q; zeros where there is none."""
        if self.penalty is None or self.sizes is None:
            return np.zeros_like(transform)
        weights = self.penalty.to_numpy() * self.sizes.to_numpy() ** 2
        return np.asarray(transform.T @ (weights[:, None] * transform))

    def solve(self, problem: Problem, *, tol: float, maxiter: int) -> Maximum:
        """Return the estimates of a problem.

        Parameters
        ----------
        problem : Problem
            The data, and where to start.
        tol : float
            See ``CumulativeLinkModel.fit``.
        maxiter : int
            Steps allowed.

        Returns
        -------
        Maximum
            Where the solver stopped.
        """
        if self.reduction is not None:
            return reduce_bias(problem, tol=tol, maxiter=maxiter)
        if self.penalty is None:
            return problem.solve(tol=tol, maxiter=maxiter)
        matrix = self.matrix(problem.transform)
        return maximise_penalised(problem, matrix, tol=tol, maxiter=maxiter)

    def effective_df(self, maximum: Maximum, transform: Array) -> float:
        """Return tr{(H + P)^-1 H} with H the observed information (Gray 1992)."""
        n_params = len(maximum.params)
        if self.penalty is None:
            return float(n_params)
        shrunk = np.linalg.solve(-maximum.hessian, self.matrix(transform))
        return n_params - float(np.trace(shrunk))


MAXIMUM_LIKELIHOOD = Estimator()


def read_estimator(model: Any, reduction: Any, penalty: Any, penalty_scale: Any) -> Estimator:
    """Check what a user asks for and return the estimator.

    Parameters
    ----------
    model : CumulativeLinkModel
        The model.
    reduction : {None, "mean"}
        Bias reduction.
    penalty : float, dict or None
        lambda of all coefficients, or by term.
    penalty_scale : {None, "standardised", "raw"}
        Unit of the columns.

    Returns
    -------
    Estimator
        The way to estimate.

    Raises
    ------
    ModelError
        If an option is not known, two exclude each other, or the outcome has intervals and bias
        reduction is asked for.
    """
    if penalty is None and penalty_scale is not None:
        raise ModelError(f"penalty_scale={penalty_scale!r} goes with a penalty; pass penalty= too")
    if reduction is None and penalty is None:
        return MAXIMUM_LIKELIHOOD
    if reduction is not None and penalty is not None:
        raise ModelError(
            "reduction and penalty are two ways to tame small samples, and not meant to be "
            "combined; choose one"
        )
    if penalty is not None:
        return _read_penalty(model, penalty, penalty_scale or "standardised")
    if reduction != "mean":
        raise ModelError(f"reduction={reduction!r} is not known; the one reduction is 'mean'")
    if model.outcome.is_interval:
        raise ModelError(
            "bias reduction averages over the levels a row might have had, and how an outcome "
            "known as an interval would then have been reported is not known; use penalty= instead"
        )
    return Estimator(reduction="mean")


def _read_penalty(model: Any, penalty: Any, scale: Any) -> Estimator:
    if scale not in SCALES:
        raise ModelError(f"penalty_scale={scale!r} is not known; choose 'standardised' or 'raw'")
    terms = model_terms(model)
    if not terms:
        raise ModelError("the model has no coefficients to penalise, only thresholds")
    wanted = penalty if isinstance(penalty, dict) else dict.fromkeys(terms, penalty)
    strength = pd.Series(0.0, index=model.param_names)
    for term, value in wanted.items():
        if term not in terms:
            raise ModelError(f"penalty: {term!r} is no term; the terms are {', '.join(terms)}")
        strength.iloc[terms[term]] = _strength(value, term if wanted is penalty else None)
    if not (strength > 0.0).any():
        raise ModelError("penalty is zero everywhere; leave it out for maximum likelihood")
    return Estimator(penalty=strength, penalty_scale=scale, sizes=_sizes(model, scale))


def _strength(value: Any, term: str | None) -> float:
    number = isinstance(value, int | float | np.number) and not isinstance(value, bool)
    if not number or not 0.0 <= value < np.inf:
        of = "" if term is None else f" of {term!r}"
        raise ModelError(f"penalty{of} is {value!r}; it must be a finite number, 0 or more")
    return float(value)


def _sizes(model: Any, scale: str) -> pd.Series:
    """Return the unit of each parameter: the standard deviation of its column, or one."""
    sizes = pd.Series(1.0, index=model.param_names)
    if scale == "raw":
        return sizes
    location, scales, nominal, _ = model.sample.covariates
    t = len(model.thresholds.names)
    weights = model.sample.weights
    spreads = [_spread(part.to_numpy(float), weights) for part in (location, scales, nominal)]
    values = np.concatenate([spreads[0], spreads[1], np.ones(t), np.repeat(spreads[2], t)])
    return pd.Series(values, index=model.param_names)


def _spread(columns: Array, weights: Array | None) -> Array:
    if not columns.shape[1]:
        return np.ones(0)
    mean = np.average(columns, axis=0, weights=weights)
    return np.asarray(np.sqrt(np.average((columns - mean) ** 2, axis=0, weights=weights)))


def require_finite(estimator: Estimator, maximum: Maximum, model: Any) -> None:
    """Raise a sentence where a penalty leaves separated parameters free.

    Parameters
    ----------
    estimator : Estimator
        The way to estimate.
    maximum : Maximum
        What the solver found.
    model : CumulativeLinkModel
        The model.

    Raises
    ------
    ModelError
        If the likelihood rises for ever along some direction without a penalty.
    """
    if estimator.penalty is None or (maximum.converged and not maximum.degraded):
        return
    lost = model.separation()
    if not lost.separated:
        return
    matrix = estimator.matrix(model.problem().transform)
    held = np.linalg.eigvalsh(lost.directions.T @ matrix @ lost.directions)
    if held[0] <= 1e-10 * held[-1]:
        raise ModelError(
            f"the data separate the levels by {infinite_names(lost)}, and the penalty leaves some "
            f"direction of these free, so that they have no finite estimate; penalise their terms"
        )


def require_likelihood(results: Any, what: str) -> None:
    """Raise a sentence if a fit is no maximum of the likelihood.

    Parameters
    ----------
    results : CumulativeLinkResults
        The fit.
    what : str
        What needs the maximum, to begin the sentence with.

    Raises
    ------
    ModelError
        If the fit has bias-reduced or penalised estimates.
    """
    if not results.estimator.by_likelihood:
        raise ModelError(
            f"{what} needs the maximum of the likelihood, and these are {results.estimator.name}; "
            f"fit without reduction= and penalty= for it"
        )
