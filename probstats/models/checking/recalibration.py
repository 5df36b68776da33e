"""The outcome regressed on its own prediction: intercept, slope and R-squared."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from probstats.errors import ModelError
from probstats.models.checking.forecasts import Forecasts
from probstats.models.checking.variants import quiet_fit, trouble_of
from probstats.models.reading.outcome import Outcome
from probstats.models.reading.sample import Covariates, Sample


class Recalibration(NamedTuple):
    """How predictions would have to be changed to fit the levels that came.

    Attributes
    ----------
    intercept, slope : float
        Of the prediction at the middle threshold; 0 and 1 where it is right.
    r2 : float
        Nagelkerke's R-squared of the regression.
    """

    intercept: float
    slope: float
    r2: float


NONE = Recalibration(np.nan, np.nan, np.nan)


def recalibrate(model: Any, made: Forecasts) -> Recalibration:
    """Regress the levels that came on the prediction at the middle threshold.

    Parameters
    ----------
    model : CumulativeLinkModel
        Any model with the link to use.
    made : Forecasts
        Predictions and levels.

    Returns
    -------
    Recalibration
        Missing where the rows do not settle it: a level on one side only, or separation.

    Notes
    -----
    With the prediction eta, minus the middle bound of the row, the model is
    P(Y <= j) = F(t_j - b eta) with thresholds of its own; the slope is b and the intercept minus
    the middle threshold t (Cox 1958; Harrell 2015, section 5.3). Levels the rows do not have are
    left out.
    """
    outcome, middle = _observed(made, model.outcome)
    if middle is None:
        return NONE
    predictor = pd.DataFrame({"prediction": -made.bounds[made.middle]})
    nothing = pd.DataFrame(index=predictor.index)
    sample = Sample(
        outcome, Covariates(predictor, nothing, nothing), made.weights,
        np.ones(len(predictor), dtype=bool),
    )  # fmt: skip
    try:
        fit = quiet_fit(model.with_sample(sample, threshold="flexible"))
    except ModelError:
        return NONE
    if trouble_of(fit):
        return NONE
    slope, *thresholds = fit.fit_record.params
    return Recalibration(-thresholds[middle], slope, fit.pseudo_rsquared("nagelkerke"))


def _observed(made: Forecasts, outcome: Outcome) -> tuple[Outcome, int | None]:
    """Return the outcome with the levels that came, and the middle threshold among theirs."""
    held = replace(outcome, low=made.low, high=made.high)
    came = np.flatnonzero(held.shares() > 0.0)
    below = int((came <= made.middle).sum())
    if below in {0, len(came)}:
        return held, None
    if len(came) < made.n_levels:
        if held.is_interval:
            return held, None
        codes = np.searchsorted(came, made.low)
        levels = tuple(outcome.levels[code] for code in came)
        held = replace(outcome, levels=levels, low=codes, high=codes)
    return held, below - 1
