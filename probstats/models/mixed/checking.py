"""Residuals, and what each group does to the estimates."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from probstats.errors import ModelError
from probstats.models.checking.influence import Influence
from probstats.models.checking.variants import of_rows, quiet_fit
from probstats.models.kernel.links import Array


class MixedChecks:
    """``resid_prob`` and ``get_influence`` of results."""

    def resid_prob(self: Any, effects: str = "population") -> pd.Series:
        """Return probability-scale residuals, P(Y < y) - P(Y > y), between -1 and 1.

        Parameters
        ----------
        effects : {"population", "conditional", "typical"}
            See ``predict``. Averaged over the random effects they have expectation 0 whatever the
            covariates, but rows of a group go together; given the random effects they are what
            the group leaves unexplained.

        Returns
        -------
        pandas.Series
            One for each row (Li and Shepherd 2012, Biometrika 99: 473-480).
        """
        cumulative = np.asarray(self.predict(which="cumprob", effects=effects), dtype=float)
        padded = np.hstack([np.zeros((len(cumulative), 1)), cumulative])
        rows, outcome = np.arange(len(padded)), self.model.outcome
        values = padded[rows, outcome.low] - (1.0 - padded[rows, outcome.high + 1])
        return pd.Series(values, self.model.sample.covariates.index, name="resid_prob")

    def get_influence(self: Any) -> MixedInfluence:
        """Return what each group does to the estimates.

        Returns
        -------
        MixedInfluence
            ``dfbetas``, ``cooks_distance``, ``params_one`` and ``summary_frame()``, by one Newton
            step; ``refit()`` leaves groups out exactly.

        Raises
        ------
        ModelError
            If the fit has no maximum to step from, or the model has several grouping factors,
            none of whose groups is independent of all others.
        """
        if self.model.random.crossed:
            raise ModelError(
                "one step without a group needs groups that are independent of each other; with "
                "several grouping factors use leave_out()"
            )
        if self.crossed_levels or not self.maximum.converged or self.separation.separated:
            raise ModelError(
                "influence needs the maximum of the likelihood, which this fit did not reach"
            )
        part = self.model.random.parts[0]
        members = [np.flatnonzero(part.codes == code) for code in range(part.n_groups)]
        return MixedInfluence(self, part.labels, members)

    def leave_out(self: Any, labels: Any = None, factor: str | None = None) -> pd.DataFrame:
        """Fit again without the rows of a group, one group at a time.

        Parameters
        ----------
        labels : label or list of labels, optional
            Groups; all of them by default.
        factor : str, optional
            The grouping factor; the first by default.

        Returns
        -------
        pandas.DataFrame
            The estimates without each group, and ``converged``.

        Raises
        ------
        ModelError
            If there is no such factor or group.
        """
        parts = {part.name: part for part in self.model.random.parts}
        name = next(iter(parts)) if factor is None else factor
        if name not in parts:
            raise ModelError(f"there is no grouping factor {name!r}; there are {', '.join(parts)}")
        part = parts[name]
        wanted = list(part.labels) if labels is None else labels
        wanted = wanted if isinstance(wanted, list) else [wanted]
        for label in wanted:
            if label not in part.labels:
                raise ModelError(f"{name!r} has no group {label!r} to leave out")
        found = {
            label: _without(self, np.flatnonzero(part.codes != part.labels.get_loc(label)))
            for label in wanted
        }
        return pd.DataFrame(found).T.rename_axis(name)


def _without(results: Any, rows: Any) -> pd.Series:
    model = results.model
    smaller = model.of(of_rows(model.plain, rows), model.random.take(rows))
    nodes = None if results.integration == "laplace" else results.nodes
    fit = quiet_fit(smaller, integration=results.integration, nodes=nodes)
    params = fit.params.reindex(model.data.param_names)
    return pd.concat([params, pd.Series({"converged": float(fit.converged)})])


@dataclass(frozen=True, repr=False)
class MixedInfluence(Influence):
    """Influence of groups on a fit with random effects, as ``Influence`` has it.

    Notes
    -----
    Groups are independent, so that one Newton step without group g goes from its score and its
    share of the Hessian, both of the marginal log-likelihood (Pregibon 1981, with groups for rows).
    """

    @cached_property
    def _parts(self) -> tuple[Array, Array]:
        """The scores and Hessians of the groups, in the parameters of the search."""
        marginal, params = self.results._marginal, self.results.maximum.params
        _, scores = marginal.by_group(params)
        hessians = np.empty((len(scores), len(params), len(params)))
        for number, step in enumerate(self.results._spread):
            moved = step * np.eye(len(params))[number]
            up, down = marginal.by_group(params + moved)[1], marginal.by_group(params - moved)[1]
            hessians[:, number] = (up - down) / (2.0 * step)
        return scores, 0.5 * (hessians + hessians.transpose(0, 2, 1))

    @property
    def _params(self) -> Array:
        return np.asarray(self.results.fit_record.params)

    def refit(self, labels: Any) -> pd.DataFrame:
        """Refit without some groups, one at a time, to check the step.

        Parameters
        ----------
        labels : label or list of labels
            Which.

        Returns
        -------
        pandas.DataFrame
            The estimates without each, as ``params_one`` approximates them.
        """
        found: pd.DataFrame = self.results.leave_out(labels)
        return found.drop(columns="converged")
