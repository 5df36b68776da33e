"""What each group does to the estimates."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from functools import cached_property
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from probstats.errors import ConvergenceWarning, ModelError
from probstats.models.checking.influence import Influence
from probstats.models.checking.variants import of_rows, quiet_fit
from probstats.models.kernel.links import Array
from probstats.models.mixed.effects import Part, RandomEffects
from probstats.models.mixed.integration import make_marginal
from probstats.models.mixed.optimum import difference_hessian
from probstats.models.trouble import warn
from probstats.progress import progress


class MixedChecks:
    """Influence of groups on results."""

    def get_influence(self: Any, factor: str | None = None) -> MixedInfluence:
        """Return what each group does to the estimates.

        Parameters
        ----------
        factor : str, optional
            The grouping factor; the first by default.

        Returns
        -------
        MixedInfluence
            ``dfbetas``, ``cooks_distance``, ``params_one`` and ``summary_frame()``, by one Newton
            step; ``refit()`` leaves groups out exactly.

        Raises
        ------
        ModelError
            If there is no such factor, or the fit has no maximum to step from.
        """
        part = _part_of(self.model.random, factor)
        if self.crossed_levels or not self.maximum.converged or self.separation.separated:
            raise ModelError(
                "influence needs the maximum of the likelihood, which this fit did not reach"
            )
        members = [np.flatnonzero(part.codes == code) for code in range(part.n_groups)]
        return MixedInfluence(self, part.labels, members, part.name)

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

        Warns
        -----
        ConvergenceWarning
            If nothing can be fitted without some group, whose estimates are then missing.
        """
        part = _part_of(self.model.random, factor)
        wanted = _labels(part, labels)
        found, lost = np.empty((len(wanted), len(self.params) + 1)), {}
        for number, label in enumerate(progress(wanted, len(wanted), "leaving out groups")):
            try:
                rest = np.flatnonzero(part.codes != part.labels.get_loc(label))
                found[number] = _without(self, rest)
            except ModelError as error:
                found[number], lost[label] = [*np.full(len(self.params), np.nan), 0.0], str(error)
        if lost:
            label, reason = next(iter(lost.items()))
            warn(
                f"there is no fit without {len(lost)} of {len(wanted)} groups; without {label!r} "
                f"the reason is: {reason}",
                ConvergenceWarning,
            )
        index = pd.Index(wanted, name=part.name, dtype=part.labels.dtype)
        return pd.DataFrame(found, index, [*self.model.data.param_names, "converged"])


def _part_of(random: RandomEffects, factor: Any) -> Part:
    """Return the random effects of a grouping factor, the first by default."""
    names = [part.name for part in random.parts]
    if factor is not None and factor not in names:
        raise ModelError(f"there is no grouping factor {factor!r}; there are {', '.join(names)}")
    return random.parts[0 if factor is None else names.index(factor)]


def _labels(part: Part, labels: Any) -> list[Any]:
    """Return the groups asked for, all of which there are."""
    if labels is None:
        return list(part.labels)
    several = isinstance(labels, list | np.ndarray | pd.Index | pd.Series)
    wanted = list(labels) if several else [labels]
    for label in wanted:
        if not isinstance(label, Hashable) or label not in part.labels:
            raise ModelError(f"{part.name!r} has no group {label!r} to leave out")
    return wanted


def _without(results: Any, rows: Any) -> Array:
    """Return the estimates from some rows, and whether they are a maximum."""
    model, plain = results.model, of_rows(results.model.plain, rows)
    outcome = plain.outcome
    present = np.unique(np.concatenate([outcome.low, outcome.high]))
    absent = np.setdiff1d(np.arange(len(outcome.levels)), present)
    if len(absent) and not outcome.is_interval:
        raise ModelError(f"no other row has level {outcome.levels[int(absent[0])]!r}")
    nodes = None if results.integration == "laplace" else results.nodes
    smaller = model.of(plain, model.random.take(rows))
    fit = quiet_fit(smaller, integration=results.integration, nodes=nodes)
    params = fit.params.reindex(model.data.param_names)
    return np.append(params.to_numpy(dtype=float), float(fit.converged))


@dataclass(frozen=True, repr=False)
class MixedInfluence(Influence):
    """Influence of groups on a fit with random effects, as ``Influence`` has it.

    Attributes
    ----------
    factor : str
        The grouping factor.

    Notes
    -----
    One Newton step without group g goes from its score and its share of the Hessian, both of the
    marginal log-likelihood (Pregibon 1981, with groups for rows). Groups of several factors are
    not independent: their share is what the log-likelihood has with the group less without it.
    """

    factor: str

    @cached_property
    def _parts(self) -> tuple[Array, Array]:
        """The scores and Hessians of the groups, in the parameters of the search."""
        if self.results.model.random.crossed:
            return self._differences
        marginal, params = self.results._marginal, self.results.maximum.params
        _, scores = marginal.by_group(params)
        hessians = np.empty((len(scores), len(params), len(params)))
        for number, step in enumerate(self.results._spread):
            moved = step * np.eye(len(params))[number]
            up, down = marginal.by_group(params + moved)[1], marginal.by_group(params - moved)[1]
            hessians[:, number] = (up - down) / (2.0 * step)
        return scores, 0.5 * (hessians + hessians.transpose(0, 2, 1))

    @property
    def _differences(self) -> tuple[Array, Array]:
        """The same, by the log-likelihoods of all rows but those of a group."""
        results, params = self.results, self.results.maximum.params
        rows, random = results.model.plain.problem().rows, results.model.random
        place = np.arange(len(rows)) if rows.order is None else np.argsort(rows.order)
        _, whole = results._marginal(params)
        scores, hessians = [], []
        for some in progress(self.members, len(self.members), "influence"):
            kept = np.setdiff1d(np.arange(len(rows)), some, assume_unique=True)
            effects = SimpleNamespace(random=random.take(kept), link=results.model.link)
            marginal = make_marginal(effects, rows.take(place[kept]), 1)
            scores.append(whole - marginal(params)[1])
            left = difference_hessian(marginal, params, results._spread)
            hessians.append(results.maximum.hessian - left)
        return np.array(scores), np.array(hessians)

    @property
    def cooks_distance(self) -> tuple[Array, Array]:
        """See ``Influence``; a parameter at the edge stays there and adds nothing."""
        transform = self.results.fit_record.transform
        size = np.linalg.norm(transform, axis=1)
        size[size == 0.0] = 1.0
        steps = (self.d_params.to_numpy() / size) @ np.linalg.pinv(transform / size[:, None]).T
        steps = np.where(np.isfinite(steps), steps, 0.0) @ self._kept
        information = -self._kept.T @ self.results.maximum.hessian @ self._kept
        n_params = information.shape[0]
        distance = np.einsum("ij,jk,ik->i", steps, information, steps) / n_params
        return distance, stats.f.sf(distance, n_params, self.results.df_resid)

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
        found: pd.DataFrame = self.results.leave_out(labels, self.factor)
        return found.drop(columns="converged")
