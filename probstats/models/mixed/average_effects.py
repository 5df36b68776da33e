"""Average predictions, comparisons and slopes over all groups there could be, with intervals."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
from scipy import special, stats

from probstats.errors import ModelError
from probstats.models.fit_options import check_alpha
from probstats.models.kernel.links import Array
from probstats.models.kernel.rows import Rows
from probstats.models.mixed.population import Averages
from probstats.models.prediction.averages import Quantity, _groups, row_weights
from probstats.models.prediction.changes import contrasts, data_of, is_numeric, rows_of, slope
from probstats.models.prediction.effects import _read_changes
from probstats.models.prediction.probabilities import require_probabilities
from probstats.models.reading.sample import Covariates


@dataclass(frozen=True)
class EffectRows(Rows):
    """Rows with the designs of their random effects, a matrix z for each grouping factor."""

    designs: tuple[Array, ...] = ()


class _WithEffects:
    """The plain part of a model, whose rows carry the designs of their random effects."""

    def __init__(self, model: Any) -> None:
        self._model = model
        self.design = model.design
        if model.random.reading.design is not None:
            parts = {**model.design.parts, "random": model.random.reading.design}
            self.design = replace(model.design, parts=parts)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._model.plain, name)

    def covariates(self, data: Any, offset: Any = None) -> tuple[Covariates, tuple[Array, ...]]:
        """Return the covariates of data, and the designs of the random effects."""
        covariates = self._model.plain.covariates(data, offset)
        return covariates, tuple(self._model.random.designs(data, len(covariates.index)))

    def all_edges(self, made: tuple[Covariates, tuple[Array, ...]]) -> EffectRows:
        """Return the rows of what ``covariates`` made."""
        rows = self._model.plain.all_edges(made[0])
        own = {field.name: getattr(rows, field.name) for field in fields(rows)}
        return EffectRows(**own, designs=made[1])


class MixedEffects:
    """``avg_predictions``, ``avg_comparisons`` and ``avg_slopes`` of results."""

    def avg_predictions(
        self: Any,
        newdata: pd.DataFrame | None = None,
        by: str | list[str] | None = None,
        alpha: float = 0.05,
    ) -> pd.DataFrame:
        """Average the probability of each level over rows, and over random effects.

        Parameters
        ----------
        newdata : pandas.DataFrame, optional
            Rows to average over; those of the fit, by their weights, by default.
        by : str or list of str, optional
            Columns whose combinations are averaged apart.
        alpha : float
            One minus the level of the intervals.

        Returns
        -------
        pandas.DataFrame
            ``group`` (the level), ``estimate``, ``std_error``, ``conf_low`` and ``conf_high``.

        Raises
        ------
        ModelError
            If a column is missing.
        """
        plain, data = self._plain_view(), data_of(self._plain_view(), newdata)
        quantity = Quantity("", "", ((1.0, rows_of(plain, data)),))
        frame = self._averaged([quantity], data, newdata, by, alpha)
        return frame.drop(columns=["term", "contrast", "statistic", "p_value"])

    def avg_comparisons(
        self: Any,
        variables: str | list[str] | dict[str, Any] | None = None,
        newdata: pd.DataFrame | None = None,
        by: str | list[str] | None = None,
        alpha: float = 0.05,
    ) -> pd.DataFrame:
        """Average the change in the probability of each level when a variable changes.

        Parameters
        ----------
        variables : str, list of str or dict, optional
            See ``CumulativeLinkResults.avg_comparisons``.
        newdata, by, alpha
            See ``avg_predictions``.

        Returns
        -------
        pandas.DataFrame
            ``term``, ``contrast``, ``group`` (the level), ``estimate``, ``std_error``,
            ``statistic``, ``p_value``, ``conf_low`` and ``conf_high``, for all groups together.

        Raises
        ------
        ModelError
            If a variable is not part of the model.
        """
        plain = self._plain_view()
        data, weights = data_of(plain, newdata), row_weights(plain, newdata)
        quantities = [
            quantity
            for name, change in _read_changes(plain, variables, data).items()
            for quantity in contrasts(plain, data, name, change, weights)
        ]
        return self._averaged(quantities, data, newdata, by, alpha)

    def avg_slopes(
        self: Any,
        variables: str | list[str] | None = None,
        newdata: pd.DataFrame | None = None,
        by: str | list[str] | None = None,
        alpha: float = 0.05,
    ) -> pd.DataFrame:
        """Average the derivative of the probability of each level in a variable.

        Parameters
        ----------
        variables, newdata, by, alpha
            See ``avg_comparisons``; categories are compared with the first.

        Returns
        -------
        pandas.DataFrame
            See ``avg_comparisons``.
        """
        plain = self._plain_view()
        data, weights = data_of(plain, newdata), row_weights(plain, newdata)
        quantities = []
        for name in _read_changes(plain, variables, data):
            if is_numeric(plain, data[name]):
                quantities.append(slope(plain, data, name))
            else:
                quantities += contrasts(plain, data, name, None, weights)
        return self._averaged(quantities, data, newdata, by, alpha)

    def get_margeff(self: Any, *_args: Any, **_kwargs: Any) -> Any:
        """Raise: marginal effects of this model are those of ``avg_slopes``.

        Raises
        ------
        ModelError
            Always; ``avg_slopes`` and ``avg_comparisons`` average over random effects.
        """
        raise ModelError(
            "marginal effects of a model with random effects are averages over these too; use "
            "avg_slopes() for statsmodels' dydx at overall, and avg_comparisons() for changes"
        )

    def _plain_view(self: Any) -> Any:
        """Return what has the plain model, which changes of variables are made with."""
        return SimpleNamespace(model=_WithEffects(self.model))

    def _averaged(
        self: Any, quantities: list[Quantity], data: pd.DataFrame, newdata: Any, by: Any, alpha: Any
    ) -> pd.DataFrame:
        check_alpha(alpha)
        keys, shares = _groups(data, by, row_weights(self, newdata))
        frames = [self._one_average(quantity, keys, shares, alpha) for quantity in quantities]
        return pd.concat(frames, ignore_index=True)

    def _one_average(
        self: Any, quantity: Quantity, keys: pd.DataFrame, shares: Array, alpha: float
    ) -> pd.DataFrame:
        """Return the averages of one quantity, a row for each combination and level."""
        levels = self.model.outcome.levels
        estimate, slopes = self._values_and_slopes(quantity, shares)
        require_probabilities(estimate)
        variance = np.einsum("gkq,qr,gkr->gk", slopes, self.fit_record.scaled, slopes)
        error = np.sqrt(np.maximum(variance, 0.0))
        low, high = _interval(estimate, error, alpha, difference=bool(quantity.term))
        with np.errstate(invalid="ignore", divide="ignore"):  # no change has no error
            statistic = (estimate / error).ravel()
        frame = keys.loc[keys.index.repeat(len(levels))].reset_index(drop=True)
        return frame.assign(
            term=quantity.term,
            contrast=quantity.contrast,
            group=pd.Categorical(np.tile(levels, len(keys)), categories=levels, ordered=True),
            estimate=estimate.ravel(),
            std_error=error.ravel(),
            statistic=statistic,
            p_value=2.0 * stats.norm.sf(np.abs(statistic)),
            conf_low=low.ravel(),
            conf_high=high.ravel(),
        )

    def _values_and_slopes(self: Any, quantity: Quantity, shares: Array) -> tuple[Array, Array]:
        """Return averages, g by K, and their derivatives in the parameters of the search."""
        values, slopes = [], []
        for factor, rows in quantity.parts:
            weights = factor * shares
            spread, moved = self._spread_of(rows.designs)  # type: ignore[attr-defined]
            averages = Averages(self.fit_record.fixed, rows, spread, self.model.link)
            values.append(weights @ np.diff(averages.cumulative(), axis=1, prepend=0.0))
            fixed, on_spread = averages.slopes()
            in_fixed = np.diff(np.einsum("gn,enq->geq", weights, fixed), axis=1)
            in_random = np.diff(np.einsum("gn,en,nr->ger", weights, on_spread, moved), axis=1)
            slopes.append(
                np.concatenate([in_fixed @ self.fit_record.model_transform, in_random], axis=2)
            )
        return np.sum(values, axis=0), np.sum(slopes, axis=0)


def _interval(
    estimate: Array, error: Array, alpha: float, *, difference: bool
) -> tuple[Array, Array]:
    """Return the ends, of probabilities by the logit scale."""
    reach = float(stats.norm.ppf(1.0 - alpha / 2.0)) * error
    if difference:
        return estimate - reach, estimate + reach
    with np.errstate(divide="ignore", invalid="ignore"):
        centre, reach = special.logit(estimate), reach / (estimate * (1.0 - estimate))
    return special.expit(centre - reach), special.expit(centre + reach)
