"""Predictions and average effects, pooled over imputations."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from scipy import special

from probstats.errors import ModelError
from probstats.missing.rubin import combine, t_quantile, t_tail
from probstats.models.checking.variants import require_plain
from probstats.models.fit_options import check_alpha
from probstats.models.kernel.links import Array
from probstats.models.prediction.predictions import PredictionResults
from probstats.models.prediction.probabilities import ordered_bounds

NUMBERS = ("estimate", "std_error", "statistic", "p_value", "conf_low", "conf_high")


class PooledPredictions:
    """``predict``, ``get_prediction`` and averages of pooled results."""

    def predict(self: Any, exog: pd.DataFrame, which: str = "prob") -> pd.DataFrame:
        """Predict for new data.

        Parameters
        ----------
        exog : pandas.DataFrame
            m rows with the variables of the model.
        which : {"prob", "cumprob"}
            Probability of each level, or of that level or a lower one.

        Returns
        -------
        pandas.DataFrame
            One column for each level. The bounds of the levels are averaged on the scale of the
            link, so that the probabilities of a row sum to one.

        Raises
        ------
        ModelError
            If the fits are not those of ``CumulativeLinkModel``, ``which`` is not known, or
            ``exog`` does not suit the model.
        """
        self._require_predictions(which)
        model = self.fits[0].model
        covariates = [fit.model.covariates(exog) for fit in self.fits]
        rows = [fit.model.all_edges(one) for fit, one in zip(self.fits, covariates, strict=True)]
        bounds = np.mean(
            [ordered_bounds(fit.fit_record.params, one)
             for fit, one in zip(self.fits, rows, strict=True)], axis=0,
        )  # fmt: skip
        with np.errstate(invalid="ignore"):
            values = model.link.cdf(bounds[1:]) if which == "cumprob" else np.exp(
                model.link.log_difference(bounds[1:], bounds[:-1])
            )  # fmt: skip
        return pd.DataFrame(values.T, index=covariates[0].index, columns=model.outcome.levels)

    def get_prediction(self: Any, exog: pd.DataFrame, which: str = "prob") -> PredictionResults:
        """Predict probabilities with standard errors and intervals.

        Parameters
        ----------
        exog, which
            See ``predict``.

        Returns
        -------
        PredictionResults
            With ``summary_frame(alpha)``. Errors are pooled on the logit scale (Rubin's rules on
            the logit of each probability), and intervals made there.

        Raises
        ------
        ModelError
            See ``predict``.
        """
        values = self.predict(exog, which)
        each = [fit.get_prediction(exog, which) for fit in self.fits]
        predicted = np.array([one.predicted.to_numpy() for one in each])
        errors = np.array([one.se.to_numpy() for one in each])
        found = _on_logit_scale(predicted, errors, self.df_complete)
        labels, flat = each[0].predicted.index, values.to_numpy().ravel()
        error = np.sqrt(found.variance) * flat * (1.0 - flat)
        return PredictionResults(
            pd.Series(flat, labels), pd.Series(error, labels), partial(t_quantile, df=found.df)
        )

    def avg_predictions(self: Any, *args: Any, alpha: float = 0.05, **kwargs: Any) -> pd.DataFrame:
        """Average the predicted probability of each level, over the rows of each imputation.

        Parameters
        ----------
        *args, **kwargs
            ``newdata`` and ``by``, see ``CumulativeLinkResults.avg_predictions``.
        alpha : float
            One minus the level of the intervals, which are made on the logit scale.

        Returns
        -------
        pandas.DataFrame
            ``group``, ``estimate``, ``std_error``, ``conf_low``, ``conf_high`` and ``fmi``.

        Raises
        ------
        ModelError
            If an option is not known, or groups differ between imputations.
        """
        return self._averages("avg_predictions", args, kwargs, alpha)

    def avg_comparisons(self: Any, *args: Any, alpha: float = 0.05, **kwargs: Any) -> pd.DataFrame:
        """Average the change in the probability of each level when a variable changes.

        Parameters
        ----------
        *args, **kwargs
            ``variables``, ``newdata`` and ``by``, see ``CumulativeLinkResults.avg_comparisons``.
        alpha : float
            One minus the level of the intervals.

        Returns
        -------
        pandas.DataFrame
            ``term``, ``contrast``, ``group``, ``estimate``, ``std_error``, ``statistic``,
            ``p_value``, ``conf_low``, ``conf_high`` and ``fmi``.

        Raises
        ------
        ModelError
            If an option is not known, or groups differ between imputations.
        """
        return self._averages("avg_comparisons", args, kwargs, alpha)

    def _averages(self: Any, what: str, args: Any, kwargs: Any, alpha: float) -> pd.DataFrame:
        check_alpha(alpha)
        if kwargs.get("method", "delta") != "delta":
            raise ModelError("errors are pooled from those of the delta method; leave method= out")
        self._require_predictions("prob")
        frames = [getattr(fit, what)(*args, **kwargs) for fit in self.fits]
        keys = frames[0].drop(columns=[name for name in NUMBERS if name in frames[0]])
        for number, frame in enumerate(frames):
            if not frame[list(keys)].equals(keys):
                raise ModelError(
                    f"imputation {number} has other rows in {what}() than imputation 0; leave out "
                    f"by=, or give the values of a contrast"
                )
        estimates, errors = (
            np.array([frame[name].to_numpy() for frame in frames])
            for name in ("estimate", "std_error")
        )
        pooled = _comparisons if what == "avg_comparisons" else _probabilities
        return keys.assign(**pooled(estimates, errors, self.df_complete, alpha))

    def _require_predictions(self: Any, which: str) -> None:
        require_plain(self.fits[0], "a pooled prediction")
        if which not in {"prob", "cumprob"}:
            raise ModelError(f"which={which!r} is not pooled; choose 'prob' or 'cumprob'")


def _on_logit_scale(estimates: Array, errors: Array, df_complete: Any) -> Any:
    with np.errstate(divide="ignore", invalid="ignore"):
        slopes = estimates * (1.0 - estimates)
        return combine(special.logit(estimates), (errors / slopes) ** 2, np.min(df_complete))


def _probabilities(
    estimates: Array, errors: Array, df_complete: Any, alpha: float
) -> dict[str, Array]:
    found = _on_logit_scale(estimates, errors, df_complete)
    estimate = estimates.mean(axis=0)  # so that levels sum to one
    reach = t_quantile(1.0 - alpha / 2.0, found.df) * np.sqrt(found.variance)
    centre = special.logit(estimate)
    return {
        "estimate": estimate,
        "std_error": np.sqrt(found.variance) * estimate * (1.0 - estimate),
        "conf_low": special.expit(centre - reach),
        "conf_high": special.expit(centre + reach),
        "fmi": found.fmi,
    }


def _comparisons(
    estimates: Array, errors: Array, df_complete: Any, alpha: float
) -> dict[str, Array]:
    found = combine(estimates, errors**2, np.min(df_complete))
    error = np.sqrt(found.variance)
    reach = t_quantile(1.0 - alpha / 2.0, found.df) * error
    with np.errstate(divide="ignore", invalid="ignore"):
        statistic = found.estimate / error
    return {
        "estimate": found.estimate,
        "std_error": error,
        "statistic": statistic,
        "p_value": 2.0 * t_tail(np.abs(statistic), found.df),
        "conf_low": found.estimate - reach,
        "conf_high": found.estimate + reach,
        "fmi": found.fmi,
    }
