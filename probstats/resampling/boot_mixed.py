"""Resamples of groups, and simulated outcomes, of a fit with random effects."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from probstats.errors import ModelError
from probstats.models.checking.variants import of_rows, quiet_fit, with_outcome
from probstats.models.kernel.links import Array
from probstats.resampling.boot_refits import CROSSED, FAILED, GOOD, LOST, SEPARATED, SINGULAR


@dataclass(frozen=True)
class MixedRefits:
    """Refits of a model with random effects, one by one.

    Attributes
    ----------
    fit : CumulativeLinkMixedResults
        The fit.
    simulate : bool
        Whether outcomes are simulated, with new random effects; else whole groups are drawn.
    """

    fit: Any
    simulate: bool

    def piece(self, number: int, rng: np.random.Generator) -> pd.DataFrame:
        """Draw resamples and fit to them; see ``Refits.piece``."""
        make = self._simulated if self.simulate else self._drawn
        found = [self._refit(make, rng) for _ in range(number)]
        n_params = len(self.fit.params)
        names = [f"{kind}{place}" for kind in "pe" for place in range(n_params)]
        frame = pd.DataFrame(np.array([values for values, _ in found]), columns=names)
        return frame.assign(status=np.array([s for _, s in found], dtype=np.int8), reduced=False)

    def _refit(self, make: Any, rng: np.random.Generator) -> tuple[Array, int]:
        nothing = np.full(2 * len(self.fit.params), np.nan)
        nodes = None if self.fit.integration == "laplace" else self.fit.nodes
        try:
            model = make(rng)
            if model is None:
                return nothing, LOST
            fit = quiet_fit(model, integration=self.fit.integration, nodes=nodes)
        except ModelError:
            return nothing, SINGULAR
        status = _status(fit)
        values = np.concatenate([np.asarray(fit.params), np.asarray(fit.bse)])
        return (values if status == GOOD else nothing), status

    def _drawn(self, rng: np.random.Generator) -> Any:
        """Return the model of groups drawn with replacement, each copy a group of its own."""
        model = self.fit.model
        part = model.random.parts[0]
        members = [np.flatnonzero(part.codes == code) for code in range(part.n_groups)]
        drawn = [members[group] for group in rng.integers(part.n_groups, size=part.n_groups)]
        rows = np.concatenate(drawn)
        held = model.plain.outcome
        if _lost(replace(held, low=held.low[rows], high=held.high[rows])):
            return None
        codes = np.repeat(np.arange(len(drawn)), [len(some) for some in drawn])
        labels = pd.RangeIndex(len(drawn))
        new = replace(part, codes=codes, labels=labels, design=part.design[rows])
        return model.of(of_rows(model.plain, rows), replace(model.random, parts=(new,)))

    def _simulated(self, rng: np.random.Generator) -> Any:
        model = self.fit.model
        codes = self.fit.simulate(1, rng=rng)[0].cat.codes.to_numpy()
        held = model.plain.outcome
        if _lost(replace(held, low=codes, high=codes)):
            return None
        return model.of(with_outcome(model.plain, codes), model.random)

    def own_errors(self) -> Array:
        """Return the standard errors of the fit."""
        return np.asarray(self.fit.bse)

    def jackknife(self) -> tuple[Array, Array]:
        """Return the estimates without each group."""
        left_out = self.fit.leave_out()
        if not (left_out["converged"] == 1.0).all():
            raise ModelError(
                "BCa intervals need estimates without each group, and without some there are "
                "none; use kind='percentile'"
            )
        params = left_out.drop(columns="converged").to_numpy()
        return params, np.ones(len(params))


def _lost(outcome: Any) -> bool:
    return bool((outcome.shares() == 0.0).any())


def _status(fit: Any) -> int:
    if fit.separation.separated:
        return SEPARATED
    if fit.crossed_levels:
        return CROSSED
    return GOOD if fit.converged else FAILED


def mixed_refits(fit: Any, method: str, groups: Any) -> MixedRefits:
    """Return how a fit with random effects is resampled.

    Parameters
    ----------
    fit : CumulativeLinkMixedResults
        The fit.
    method, groups
        See ``bootstrap``.

    Returns
    -------
    MixedRefits
        Refits one by one.

    Raises
    ------
    ModelError
        If the method does not go with random effects.
    """
    model = fit.model
    if method not in {"cluster", "parametric"}:
        raise ModelError(
            f"method={method!r} takes rows as independent, and those of a group are not; a fit "
            f"with random effects has method='cluster' and 'parametric'"
        )
    if groups is not None:
        raise ModelError("a fit with random effects has its own groups; leave groups= out")
    if method == "cluster" and model.random.crossed:
        raise ModelError(
            "method='cluster' needs groups that are independent of each other, and the fit has "
            "several grouping factors; use method='parametric'"
        )
    if method == "parametric" and model.plain.outcome.is_interval:
        raise ModelError(
            "method='parametric' simulates levels, and how an outcome known as an interval would "
            "have been reported is not known; use method='cluster'"
        )
    weights = model.plain.sample.weights
    if method == "parametric" and weights is not None and (weights != 1.0).any():
        raise ModelError(
            "method='parametric' simulates one outcome for each row, and rows of this fit have "
            "weights; repeat the rows instead"
        )
    return MixedRefits(fit, method == "parametric")
