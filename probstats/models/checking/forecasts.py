"""Predicted probabilities beside the levels that came, and how far apart they are."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from probstats.models.checking.concordance import Concordance, concordance
from probstats.models.checking.grouped_tables import Codes
from probstats.models.kernel.links import Array
from probstats.models.kernel.rows import Rows
from probstats.models.prediction.probabilities import predict


@dataclass(frozen=True)
class Forecasts:
    """Predictions for some rows, and the levels these rows have.

    Attributes
    ----------
    probabilities : numpy.ndarray
        n by K.
    bounds : numpy.ndarray
        K - 1 by n; P(Y <= j) on the scale of the link.
    ranking : numpy.ndarray
        n values whose order is that of the predictions.
    low, high : numpy.ndarray
        Codes of the lowest and the highest level each row may have.
    weights : numpy.ndarray
        n weights.
    """

    probabilities: Array
    bounds: Array
    ranking: Array
    low: Codes
    high: Codes
    weights: Array

    def take(self, rows: NDArray[Any], weights: Array) -> Forecasts:
        """Return some of the rows, with weights of their own."""
        return Forecasts(
            self.probabilities[rows], self.bounds[:, rows], self.ranking[rows], self.low[rows],
            self.high[rows], weights,
        )  # fmt: skip

    @cached_property
    def cumulative(self) -> Array:
        """P(Y <= j) below the highest level, n by K - 1."""
        return np.cumsum(self.probabilities, axis=1)[:, :-1]

    @property
    def n_levels(self) -> int:
        """Number of levels."""
        return self.probabilities.shape[1]

    @property
    def middle(self) -> int:
        """Position of the middle threshold, the lower one of two (as in ``rms``)."""
        return self.n_levels // 2 - 1

    def pairs(self) -> Concordance:
        """Return the pairs of rows whose levels are known to differ."""
        return concordance(self.ranking, self.low, self.high, self.weights)

    def pairs_across(self, threshold: int) -> Concordance:
        """Return the pairs of a row known to be below a threshold and one known to be above."""
        known, above = self.sides(threshold)
        codes = above[known].astype(np.intp)
        ranking = -self.bounds[threshold][known]
        return concordance(ranking, codes, codes, self.weights[known])

    def sides(self, threshold: int) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Return which rows are known to be on one side of a threshold, and which are above."""
        above = self.low > threshold
        return above | (self.high <= threshold), above

    def brier_by_threshold(self, cumulative: Array | None = None) -> Array:
        """Return the Brier score of each P(Y <= j), K - 1 of them.

        Parameters
        ----------
        cumulative : numpy.ndarray, optional
            K - 1 probabilities of the same for all rows instead.
        """
        given = self.cumulative if cumulative is None else np.broadcast_to(
            cumulative, self.cumulative.shape
        )  # fmt: skip
        scores = []
        for threshold in range(self.n_levels - 1):
            known, above = self.sides(threshold)
            scores.append(self._score(known, given[:, threshold], ~above))
        return np.array(scores)

    def brier_by_level(self, shares: Array | None = None) -> Array:
        """Return the Brier score of each P(Y = j), K of them; see ``brier_by_threshold``."""
        given = self.probabilities if shares is None else np.broadcast_to(
            shares, self.probabilities.shape
        )  # fmt: skip
        scores = []
        for level in range(self.n_levels):
            inside = (self.low == level) & (self.high == level)
            known = inside | (self.high < level) | (self.low > level)
            scores.append(self._score(known, given[:, level], inside))
        return np.array(scores)

    def _score(self, known: NDArray[np.bool_], given: Array, came: NDArray[np.bool_]) -> float:
        total = self.weights[known].sum()
        if not total > 0.0:
            return float("nan")
        return float(self.weights[known] @ (given[known] - came[known]) ** 2 / total)

    def loglike(self, shares: Array | None = None) -> float:
        """Return the log-likelihood of the levels that came; minus infinity if one could not."""
        given = self.probabilities if shares is None else np.broadcast_to(
            shares, self.probabilities.shape
        )  # fmt: skip
        reached = np.column_stack([np.zeros(len(given)), np.cumsum(given, axis=1)])
        rows = np.arange(len(given))
        exact = self.low == self.high
        chance = np.where(
            exact, given[rows, self.low], reached[rows, self.high + 1] - reached[rows, self.low]
        )
        with np.errstate(divide="ignore"):
            return float(self.weights @ np.log(chance))


def forecasts_of(model: Any, params: Array, rows: Rows, weights: Array) -> Forecasts:
    """Return what parameters predict for the rows of a model.

    Parameters
    ----------
    model : CumulativeLinkModel
        The model.
    params : numpy.ndarray
        Its q parameters.
    rows : Rows
        Its n rows with every edge between levels.
    weights : numpy.ndarray
        n weights.

    Returns
    -------
    Forecasts
        For all rows; probabilities are missing where thresholds cross.
    """
    probabilities = predict(params, rows, model.link, "prob")
    return make_forecasts(
        probabilities, params, rows, (model.outcome.low, model.outcome.high), weights
    )


def make_forecasts(
    probabilities: Array, params: Array, rows: Rows, levels: tuple[Codes, Codes], weights: Array
) -> Forecasts:
    """Return probabilities with what is needed to judge them.

    Rows are ranked by x'beta plus offset where that orders all probabilities alike, and by the
    expected level, counted 1 to K, where there are scale or nominal effects.
    """
    bounds, _ = rows.bounds(params)
    if rows.scale.shape[1] or rows.nominal.shape[1]:
        ranking = probabilities @ np.arange(1, probabilities.shape[1] + 1)
    else:
        ranking = rows.location @ rows.split(params)[0]
        ranking = ranking if rows.offset is None else ranking + rows.offset
    return Forecasts(probabilities, bounds[1:-1], ranking, *levels, weights)
