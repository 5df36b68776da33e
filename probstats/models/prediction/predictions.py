"""What a fitted model predicts, with intervals, and what it would produce again."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import special, stats

from probstats.errors import ModelError
from probstats.models.fit_options import check_alpha
from probstats.models.kernel.links import Array
from probstats.models.kernel.rows import Rows
from probstats.models.kernel.separation import SHARE
from probstats.models.prediction.probabilities import gradient, predict, require_probabilities
from probstats.models.reading.sample import Covariates

KINDS = ("prob", "cumprob", "linpred", "class", "mean")
NIL = 1e-6
"""Density below which a bound that goes to infinity has arrived."""


class Predictions:
    """``predict``, ``get_prediction`` and ``simulate`` of results."""

    def predict(
        self: Any, exog: Any = None, which: str = "prob", offset: Any = None
    ) -> pd.DataFrame | pd.Series:
        """Predict for the rows of the fit or for new data.

        Parameters
        ----------
        exog : pandas.DataFrame or array_like, optional
            New data with the formula's variables (a design matrix where no formula was used);
            the rows of the fit by default. Rows with missing values get missing predictions.
        which : {"prob", "cumprob", "linpred", "class", "mean"}
            Probability of each level; of that level or a lower one; x'beta plus offset; the most
            probable level; or the expected level, counted 1 to K, or by the levels themselves
            where they are numbers.
        offset : array_like, optional
            Offsets of the new rows, where the offset of the fit is no column of the data.

        Returns
        -------
        pandas.DataFrame or pandas.Series
            One column for each level, or one value for each row.

        Raises
        ------
        ModelError
            If a variable is missing from ``exog`` or has a category the fit did not see, or a
            design matrix has another number of columns.

        Warns
        -----
        CrossingWarning
            If nominal effects put thresholds out of order in new rows; their predictions are
            missing.
        """
        if which not in KINDS:
            raise ModelError(f"which={which!r} is not known; choose one of {', '.join(KINDS)}")
        covariates = self._covariates(exog, offset)
        kind = which if which in {"cumprob", "linpred"} else "prob"
        rows = self.model.all_edges(covariates)
        arrived, _ = self._far_and_near(rows)
        values = predict(self.fit_record.params, rows, self.model.link, kind, arrived)
        index, levels = covariates.index, list(self.model.outcome.levels)
        if which == "linpred":
            return pd.Series(values, index=index, name=which)
        if which == "class":
            return _most_probable(values, index, levels)
        if which == "mean":
            return pd.Series(values @ level_scores(levels), index=index, name=which)
        return pd.DataFrame(values, index=index, columns=levels)

    def _covariates(self: Any, exog: Any, offset: Any = None) -> Covariates:
        if exog is None:
            if offset is not None:
                raise ModelError("offset goes with new data; the rows of the fit have their own")
            return self.model.sample.covariates
        return self.model.covariates(exog, offset)

    def get_prediction(
        self: Any, exog: Any = None, which: str = "prob", offset: Any = None
    ) -> PredictionResults:
        """Predict probabilities with standard errors and intervals.

        Parameters
        ----------
        exog, offset
            See ``predict``.
        which : {"prob", "cumprob"}
            Probability of each level, or of that level or a lower one.

        Returns
        -------
        PredictionResults
            With ``summary_frame(alpha)``. Standard errors by the delta method, intervals made on
            the logit scale, so that they stay between 0 and 1. Both are missing in rows whose
            probabilities hang on an infinite estimate.

        Raises
        ------
        ModelError
            See ``predict``.
        """
        if which not in KINDS[:2]:
            raise ModelError(f"which={which!r} has no intervals; choose 'prob' or 'cumprob'")
        covariates = self._covariates(exog, offset)
        rows, params = self.model.all_edges(covariates), self.fit_record.params
        arrived, _ = self._far_and_near(rows)
        values = predict(params, rows, self.model.link, which, arrived)
        slopes = gradient(params, rows, self.model.link, which) @ self.fit_record.transform
        variance = np.einsum("mkq,qr,mkr->mk", slopes, self.fit_record.scaled, slopes)
        error = np.sqrt(np.maximum(variance, 0.0))
        error[self._unsettled(rows) | np.isnan(values)] = np.nan
        labels = pd.MultiIndex.from_product([covariates.index, self.model.outcome.levels])
        labels = labels.set_names([covariates.index.name, self.model.outcome.name])
        quantile = partial(self._quantile, df=np.ravel(self._df_of(slopes)))
        return PredictionResults(
            pd.Series(values.ravel(), labels), pd.Series(error.ravel(), labels), quantile
        )

    def _df_of(self: Any, slopes: Array) -> Any:
        """Return the degrees of freedom of contrasts in phi, infinite for the normal."""
        if self.fit_record.reference is not None:
            return self.fit_record.reference.df(slopes)
        return np.inf if self.groups is None else self.n_groups - 1

    def _quantile(self: Any, probability: float, df: Any) -> Array:
        """Return a quantile of the reference distribution of this fit."""
        return np.asarray(_reference(df).ppf(probability))

    def _two_sided(self: Any, statistic: Array, df: Any) -> Array:
        """Return the two-sided p-values of ratios of estimates to their errors."""
        return 2.0 * np.asarray(_reference(df).sf(np.abs(statistic)))

    def _infinite_bounds(self: Any, rows: Rows) -> NDArray[np.bool_]:
        """Return which bounds of each row hold an infinite estimate, K + 1 by m."""
        infinite = np.zeros(rows.edges.shape, dtype=bool)
        if not self.separation.separated:
            return infinite
        lost = self.fit_record.transform @ self.separation.directions
        p, s, _ = rows.sizes
        moves = (
            np.tensordot(rows.threshold_design, lost[p + s :], (0, 0)) - rows.location @ lost[:p]
        )
        reach = np.abs(self.model.rows.location).max(axis=0)
        size = reach @ np.abs(lost[:p]) + np.abs(lost[p + s :]).sum(axis=0)
        infinite[1:-1] = np.any(np.abs(moves[1:-1]) > SHARE * size, axis=2)
        return infinite

    def _far_and_near(self: Any, rows: Rows) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Return which bounds have as good as arrived at infinity, and which are on their way."""
        infinite: NDArray[np.bool_] = self._infinite_bounds(rows)
        if not self.separation.separated:
            return infinite, infinite
        bounds, _ = rows.bounds(self.fit_record.params)
        with np.errstate(invalid="ignore"):
            near: NDArray[np.bool_] = np.exp(self.model.link.log_density(bounds)) > NIL
        return infinite & ~near, infinite & near

    def _unsettled(self: Any, rows: Rows) -> NDArray[np.bool_]:
        """Return the levels of each row whose probability has no standard error, m by K.

        A bound that holds an infinite estimate does no harm once it is far out, where the density
        is nil; a level needs another bound that is finite.
        """
        far, near = self._far_and_near(rows)
        known = ~(far | near)
        known[[0, -1]] = False
        return (near[1:] | near[:-1] | ~(known[1:] | known[:-1])).T

    def simulate(
        self: Any,
        n: int = 1,
        rng: np.random.Generator | int | None = None,
        exog: Any = None,
        offset: Any = None,
    ) -> pd.DataFrame:
        """Draw new outcomes from the fitted model.

        Parameters
        ----------
        n : int
            Number of draws for each row.
        rng : numpy.random.Generator or int, optional
            Source of randomness, or its seed.
        exog, offset
            See ``predict``.

        Returns
        -------
        pandas.DataFrame
            A row for each row, an ordered categorical column for each draw, 0 to n - 1.

        Raises
        ------
        ModelError
            If n is not positive, or some row has no probabilities.
        """
        if n < 1:
            raise ModelError(f"n={n!r} must be at least 1")
        probabilities = self.predict(exog, offset=offset)
        require_probabilities(probabilities.to_numpy())
        edges = np.cumsum(probabilities.to_numpy(), axis=1)[:, :-1]
        uniform = np.random.default_rng(rng).random((len(edges), n))
        codes = np.asarray(np.greater(uniform[:, :, None], edges[:, None, :]).sum(axis=2))
        levels = list(probabilities.columns)
        draws = {
            draw: pd.Categorical.from_codes(codes[:, draw], levels, ordered=True)
            for draw in range(n)
        }
        return pd.DataFrame(draws, index=probabilities.index)


def _reference(df: Any) -> Any:
    """Return Student's t, or the normal distribution where degrees of freedom are infinite."""
    return stats.norm() if np.isinf(df).all() else stats.t(df)


def _most_probable(values: Array, index: pd.Index, levels: list[Any]) -> pd.Series:
    codes = np.argmax(np.nan_to_num(values), axis=1)
    codes[np.any(np.isnan(values), axis=1)] = -1
    return pd.Series(pd.Categorical.from_codes(codes, levels, ordered=True), index, name="class")


def level_scores(levels: list[Any]) -> Array:
    """Return the numbers of the levels, 1 to K where they are no numbers."""
    numeric = all(isinstance(level, int | float | np.number) for level in levels)
    return np.asarray(levels if numeric else range(1, len(levels) + 1), dtype=float)


@dataclass(frozen=True)
class PredictionResults:
    """Predicted probabilities with standard errors.

    Attributes
    ----------
    predicted, se : pandas.Series
        By row and level.
    """

    predicted: pd.Series
    se: pd.Series
    _quantile: Any

    def __repr__(self) -> str:
        return str(self.summary_frame())

    def conf_int(self, alpha: float = 0.05) -> pd.DataFrame:
        """Return intervals made on the logit scale, columns ``lower`` and ``upper``."""
        check_alpha(alpha)
        with np.errstate(divide="ignore", invalid="ignore"):
            centre = special.logit(self.predicted.to_numpy())
            error = (self.se / (self.predicted * (1.0 - self.predicted))).to_numpy()
            reach = self._quantile(1.0 - alpha / 2.0) * error
        ends = special.expit(np.column_stack([centre - reach, centre + reach]))
        return pd.DataFrame(ends, index=self.predicted.index, columns=["lower", "upper"])

    def summary_frame(self, alpha: float = 0.05) -> pd.DataFrame:
        """Return predictions with intervals.

        Parameters
        ----------
        alpha : float
            One minus the level of the intervals.

        Returns
        -------
        pandas.DataFrame
            ``predicted``, ``se``, ``ci_lower`` and ``ci_upper`` by row and level.
        """
        ends = self.conf_int(alpha)
        return pd.DataFrame(
            {
                "predicted": self.predicted, "se": self.se,
                "ci_lower": ends["lower"], "ci_upper": ends["upper"],
            }
        )  # fmt: skip
