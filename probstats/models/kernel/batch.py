"""Newton's method for many sets of weights on the same rows, all in step.

Each set of weights has the rules of ``probstats.models.kernel.newton``, on its own: the step, its
halving, the decrement at which it is done, and the watch on its information. Those that are done
leave the batch.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from probstats.models.kernel.batch_likelihood import BatchLikelihood, BatchValue
from probstats.models.kernel.batch_separation import Escape
from probstats.models.kernel.links import Array
from probstats.models.kernel.newton import DEGRADED, newton_step

CELLS = 1 << 15
"""Weights worked on at a time, so that what is computed of them stays in the processor's cache."""

SINGULAR = 1e-12
"""Share of the most information below which the least is none: rows leave parameters free."""

PATIENCE = 8
"""Steps after which a fit may be running away; one with a maximum is seldom that slow."""

AGAIN = 3
"""Steps between two looks whether it is."""


@dataclass
class BatchMaximum:
    """Where Newton's method stopped for R sets of weights.

    Attributes
    ----------
    params : numpy.ndarray
        R by q.
    loglike : numpy.ndarray
        R log-likelihoods.
    score, hessian : numpy.ndarray
        R by q and R by q by q.
    iterations : numpy.ndarray
        Newton steps taken.
    decrement : numpy.ndarray
        See ``Maximum``.
    finished : numpy.ndarray
        Whether the decrement became small.
    separated : numpy.ndarray
        Whether a direction was found along which the likelihood rises for ever; looked for where a
        fit is slow.
    singular : numpy.ndarray
        Whether the rows with a weight leave parameters free; no step was taken.
    indefinite : numpy.ndarray
        Whether some step was made where the information was not positive definite; such steps
        depend on the scale of the parameters.
    start_information, least_information, most_information : numpy.ndarray
        See ``Maximum``.
    """

    params: Array
    loglike: Array
    score: Array
    hessian: Array
    iterations: NDArray[np.intp]
    decrement: Array
    finished: NDArray[np.bool_]
    separated: NDArray[np.bool_]
    singular: NDArray[np.bool_]
    indefinite: NDArray[np.bool_]
    start_information: Array
    least_information: Array
    most_information: Array

    @property
    def converged(self) -> NDArray[np.bool_]:
        """Small decrement and a negative definite Hessian."""
        return self.finished & (self.least_information > 0.0) & ~self.separated

    @property
    def degraded(self) -> NDArray[np.bool_]:
        """Whether some direction lost nearly all of its information on the way."""
        least = np.maximum(self.start_information, DEGRADED * self.most_information)
        return self.least_information <= DEGRADED * least

    def take(self, which: NDArray[np.intp]) -> BatchMaximum:
        """Return some of the R."""
        return BatchMaximum(*(getattr(self, field.name)[which] for field in fields(self)))

    @classmethod
    def stack(cls, parts: list[BatchMaximum]) -> BatchMaximum:
        """Return several batches as one."""
        names = [field.name for field in fields(cls)]
        return cls(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))


def block_size(n_rows: int) -> int:
    """Return how many sets of weights of so many rows are worked on at a time."""
    return max(1, CELLS // max(n_rows, 1))


def maximise_batch(
    evaluate: BatchLikelihood,
    start: Array,
    weights: Array,
    *,
    tol: float = 1e-10,
    maxiter: int = 100,
) -> BatchMaximum:
    """Maximise the log-likelihood for many sets of weights.

    Parameters
    ----------
    evaluate : BatchLikelihood
        The rows.
    start : numpy.ndarray
        q parameters to start from, or R by q; inside of the parameter space for all rows with
        weights.
    weights : numpy.ndarray
        R by n.
    tol : float
        Newton decrement, in units of one row, at which one last step is taken, or one is foreseen
        to leave an error of 1e-10 standard errors by default.
    maxiter : int
        Newton steps allowed.

    Returns
    -------
    BatchMaximum
        Where each of R stopped.
    """
    size = block_size(weights.shape[1])
    blocks = [slice(first, first + size) for first in range(0, len(weights), size)]
    return BatchMaximum.stack([
        _maximise(
            evaluate, start[None, :] if start.ndim == 1 else start[block], weights[block],
            tol=tol, maxiter=maxiter,
        )
        for block in blocks
    ])  # fmt: skip


def _maximise(
    evaluate: BatchLikelihood, start: Array, weights: Array, *, tol: float, maxiter: int
) -> BatchMaximum:
    found, active = _started(evaluate, start, weights)
    escape = Escape(evaluate.rows)
    for iteration in range(1, maxiter + 1):
        if not len(active):
            break
        some = weights if len(active) == len(weights) else weights[active]
        value = BatchValue(found.loglike[active], found.score[active], found.hessian[active])
        steps, indefinite = _newton_steps(value)
        found.indefinite[active] |= indefinite
        before, decrement = found.decrement[active], (value.score * steps).sum(axis=1)
        done = (decrement <= tol) | (_foreseen(before, decrement) <= tol * tol)
        params = _line_search(evaluate, found.params[active], value, steps, some)
        _keep(found, active, params, value)
        found.decrement[active], found.finished[active] = decrement, done
        found.iterations[active] = iteration
        if iteration >= PATIENCE and (iteration - PATIENCE) % AGAIN == 0:
            gone = escape(steps, some)
            found.separated[active[gone]] = True
            done |= gone
        active = active[~done]
    information = np.asarray(np.linalg.eigvalsh(-found.hessian), dtype=float)
    found.least_information, found.most_information = information[:, 0], information[:, -1]
    return found


def _started(
    evaluate: BatchLikelihood, start: Array, weights: Array
) -> tuple[BatchMaximum, NDArray[np.intp]]:
    """Return the batch at its start, and which of it can be fitted."""
    value = evaluate(start, weights)
    information = np.abs(np.linalg.eigvalsh(-value.hessian))
    least, most = information.min(axis=1), information.max(axis=1)
    singular = ~(least > SINGULAR * most)
    size, no = len(weights), np.zeros(len(weights), dtype=bool)
    unknown = np.full(size, np.inf)
    found = BatchMaximum(
        np.repeat(start, size // len(start), axis=0), value.loglike, value.score, value.hessian,
        np.zeros(size, dtype=np.intp), unknown, no.copy(), no.copy(), singular, no.copy(), least,
        least, most,
    )  # fmt: skip
    return found, np.flatnonzero(~singular)


def _keep(found: BatchMaximum, which: NDArray[np.intp], params: Array, value: BatchValue) -> None:
    found.params[which], found.loglike[which] = params, value.loglike
    found.score[which], found.hessian[which] = value.score, value.hessian


def _foreseen(before: Array, decrement: Array) -> Array:
    """Return the next decrement, as ``probstats.models.kernel.newton`` foresees it."""
    near = (decrement > 0.0) & (decrement < 1e-4)
    ratio = np.divide(decrement, before, out=np.full_like(decrement, np.inf), where=near)
    return np.where(near, decrement * ratio**2, np.inf)


def _newton_steps(value: BatchValue) -> tuple[Array, NDArray[np.bool_]]:
    """Return the R Newton steps, and whether the information of each was not definite."""
    information = -value.hessian
    try:
        np.linalg.cholesky(information)
        steps = np.linalg.solve(information, value.score[:, :, None])[:, :, 0]
        return np.asarray(steps, dtype=float), np.zeros(len(steps), dtype=bool)
    except np.linalg.LinAlgError:
        pairs = zip(value.score, value.hessian, strict=True)
        uphill = [newton_step(score, hessian) for score, hessian in pairs]
        return np.array(uphill), np.linalg.eigvalsh(information)[:, 0] <= 0.0


def _line_search(
    evaluate: BatchLikelihood, params: Array, value: BatchValue, steps: Array, weights: Any
) -> Array:
    """Halve each step until its log-likelihood does not fall; put what was found into value."""
    floor = value.loglike - 1e-12 * np.abs(value.loglike)
    reached, waiting, size = params.copy(), np.arange(len(params)), 1.0
    while len(waiting) and size > 1e-10:
        trial = params[waiting] + size * steps[waiting]
        tried = evaluate(trial, weights if len(waiting) == len(params) else weights[waiting])
        good = tried.loglike >= floor[waiting]
        reached[waiting[good]] = trial[good]
        value.put(waiting[good], tried.take(good))
        waiting, size = waiting[~good], size / 2.0
    return reached
