"""The score wild bootstrap: one Newton step with perturbed scores instead of a refit."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from probstats.errors import ModelError
from probstats.models.kernel.batch_likelihood import BatchLikelihood
from probstats.models.kernel.estimation import Problem
from probstats.models.kernel.links import Array
from probstats.resampling.boot_draws import Draws
from probstats.resampling.boot_errors import of_units

WEBB = 12
"""Clusters below which Rademacher weights have too few combinations."""

SIX_POINTS = np.sqrt([0.5, 1.0, 1.5])


@dataclass(frozen=True)
class ScoreWild:
    """Estimates moved by perturbed scores.

    Attributes
    ----------
    params : numpy.ndarray
        q estimates, in the user's parameters.
    moves : numpy.ndarray
        U by q; V s_u, the scores of one copy of each unit times the inverse information.
    copies : numpy.ndarray
        How often each unit occurs.
    clustered : bool
        Whether units are clusters.
    """

    params: Array
    moves: Array
    copies: Array
    clustered: bool

    def piece(self, number: int, rng: np.random.Generator) -> pd.DataFrame:
        """Perturb the scores; see ``Refits.piece``.

        The errors are those of the perturbed scores less their mean.
        """
        drawn, squares = self._signs(rng, number)
        sums = drawn @ self.moves
        variance = squares @ self.moves**2 - sums**2 / self.copies.sum()
        with np.errstate(invalid="ignore"):
            values = np.hstack([self.params + sums, np.sqrt(variance)])
        names = [f"{kind}{place}" for kind in "pe" for place in range(len(self.params))]
        frame = pd.DataFrame(values, columns=names)
        return frame.assign(status=np.int8(0), reduced=False)

    def _signs(self, rng: np.random.Generator, number: int) -> tuple[Array, Array]:
        """Return the sums of weights over the copies of each unit, and those of their squares."""
        size = number, len(self.copies)
        if self.clustered and len(self.copies) < WEBB:
            drawn = rng.choice([-1.0, 1.0], size) * rng.choice(SIX_POINTS, size)
            return drawn, drawn**2
        drawn = 2.0 * rng.binomial(self.copies.astype(np.int64), 0.5, size) - self.copies
        return drawn, np.broadcast_to(self.copies, size)

    def own_errors(self) -> Array:
        """Return the sandwich errors of the estimates, whose scores have no mean."""
        return np.asarray(np.sqrt(self.copies @ self.moves**2))

    def jackknife(self) -> tuple[Array, Array]:
        """Raise a sentence: these replicates are symmetric whatever the data are."""
        raise ModelError(
            "replicates of the score wild bootstrap are symmetric about the estimate, so that "
            "BCa has nothing to correct; use kind='studentised', or method='case' or 'cluster'"
        )


def score_wild(draws: Draws, problem: Problem, *, clustered: bool) -> ScoreWild:
    """Return the score wild bootstrap of a maximum-likelihood fit.

    Parameters
    ----------
    draws : Draws
        Rows or clusters of the data.
    problem : Problem
        Their likelihood, which starts at its maximum.
    clustered : bool
        Whether units are clusters.

    Returns
    -------
    ScoreWild
        What is perturbed.
    """
    evaluate, params = BatchLikelihood(problem.rows, problem.link), problem.start[None, :]
    hessian = evaluate(params, draws.weights(draws.everything)).hessian[0]
    scores = of_units(evaluate.scores(params), draws.shares)[0]
    moves = scores @ np.linalg.inv(-hessian) @ problem.transform.T
    return ScoreWild(problem.transform @ params[0], moves, draws.copies.astype(float), clustered)
