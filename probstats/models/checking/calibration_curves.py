"""Observed shares as a function of predicted probabilities: smooth, or in groups."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd

from probstats.errors import ModelError
from probstats.models.checking.forecasts import Forecasts
from probstats.models.kernel.links import Array

SPAN = 2.0 / 3.0
LEAST = 11
"""Rows from which on the fifth smallest and the fifth largest prediction are some way apart."""


class Events(NamedTuple):
    """Predicted probability of a level or a higher one, whether it came, and weights."""

    predicted: Array
    came: Array
    weights: Array


def events_of(made: Forecasts, code: int) -> Events:
    """Return the rows known to be below a level or not."""
    known, above = made.sides(code - 1)
    predicted = 1.0 - made.cumulative[known, code - 1]
    return Events(predicted, above[known].astype(float), made.weights[known])


@dataclass(frozen=True)
class SmoothCurve:
    """A locally weighted regression.

    Attributes
    ----------
    code : int
        Code of the level.
    predicted : numpy.ndarray
        Where the curve is evaluated.
    """

    code: int
    predicted: Array

    @classmethod
    def of(cls, made: Forecasts, code: int, points: int) -> SmoothCurve:
        """Return the curve of a level, over nearly all of the predictions."""
        predicted, _, weights = events_of(made, code)
        if (weights != 1.0).any():
            raise ModelError("a smooth curve has no weights; use smoother='groups'")
        if len(predicted) < LEAST:
            raise ModelError(
                f"{len(predicted)} rows are too few for a smooth curve; it takes {LEAST}"
            )
        ordered = np.sort(predicted)
        return cls(code, np.linspace(ordered[4], ordered[-5], points))

    def difference(self, made: Forecasts) -> Array:
        """Return the smooth observed share less the predicted one."""
        from statsmodels.nonparametric.smoothers_lowess import lowess

        predicted, came, _ = events_of(made, self.code)
        if len(predicted) < 2:
            return np.full(len(self.predicted), np.nan)
        with np.errstate(invalid="ignore", divide="ignore"):
            smooth = lowess(came, predicted, frac=SPAN, it=0, delta=0.01 * np.ptp(predicted))
        return _between(self.predicted, *smooth.T) - self.predicted

    def errors(self, made: Forecasts, table: pd.DataFrame) -> list[float]:
        """Return the errors over the rows whose predictions the curve covers."""
        predicted = events_of(made, self.code).predicted
        found: list[float] = []
        for name in ("corrected", "apparent"):
            known = table[name].notna()
            at, curve = table.loc[known, "predicted"], table.loc[known, name]
            error = np.abs(predicted - _between(predicted, at.to_numpy(), curve.to_numpy()))
            error = error[~np.isnan(error)]
            found += [float(error.mean()), float(np.quantile(error, 0.9))]
        return found


def _between(where: Array, at: Array, values: Array) -> Array:
    """Interpolate; missing beyond the ends."""
    if not len(at):
        return np.full(len(where), np.nan)
    at, first = np.unique(at, return_index=True)
    return np.interp(where, at, values[first], left=np.nan, right=np.nan)


@dataclass(frozen=True)
class GroupedCurve:
    """Shares in groups of similar predictions.

    Attributes
    ----------
    code : int
        Code of the level.
    predicted : numpy.ndarray
        Mean prediction of each group.
    edges : numpy.ndarray
        Halfway between the predictions of neighbouring groups.
    """

    code: int
    predicted: Array
    edges: Array

    @classmethod
    def of(cls, made: Forecasts, code: int, n_groups: int) -> GroupedCurve:
        """Return groups of about the same weight, equal predictions together."""
        predicted, _, weights = events_of(made, code)
        # Rounded, so that rounding errors do not tell equal predictions apart.
        values, place = np.unique(np.round(predicted, 10), return_inverse=True)
        reached = np.cumsum(np.bincount(place, weights)) / weights.sum()
        inner = np.arange(1, n_groups) / n_groups
        last = np.unique(np.searchsorted(reached, inner - 1e-12))
        last = last[last < len(values) - 1]
        edges = (values[last] + values[last + 1]) / 2.0
        totals, sums, _ = _sums(Events(predicted, predicted, weights), edges)
        return cls(code, sums / totals, edges)

    def difference(self, made: Forecasts) -> Array:
        """Return the observed share less the mean prediction of each group."""
        totals, predicted, came = _sums(events_of(made, self.code), self.edges)
        with np.errstate(invalid="ignore", divide="ignore"):
            return (came - predicted) / totals

    def errors(self, made: Forecasts, table: pd.DataFrame) -> list[float]:
        """Return the errors over the groups, each row with the error of its group."""
        totals, _, _ = _sums(events_of(made, self.code), self.edges)
        found: list[float] = []
        for name in ("corrected", "apparent"):
            error = np.abs(table[name] - table["predicted"]).to_numpy()
            known = ~np.isnan(error)
            order = np.argsort(error[known])
            reached = np.cumsum(totals[known][order]) / totals[known].sum()
            p90 = error[known][order][np.searchsorted(reached, 0.9 - 1e-12)]
            found += [float(np.average(error[known], weights=totals[known])), float(p90)]
        return found


def _sums(events: Events, edges: Array) -> tuple[Array, Array, Array]:
    """Return weight, weighted predictions and weighted events of each group."""
    group = np.searchsorted(edges, events.predicted, side="left")
    size = len(edges) + 1
    weights = events.weights
    parts = (weights, weights * events.predicted, weights * events.came)
    first, second, third = (np.bincount(group, part, size).astype(float) for part in parts)
    return first, second, third


Curve = SmoothCurve | GroupedCurve
