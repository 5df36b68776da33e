"""The analysis of one simulated sample, as a user would have it."""

from __future__ import annotations

import warnings
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from probstats.errors import ModelError, ProbstatsWarning
from probstats.models.checking.variants import quiet_fit
from probstats.models.reading.outcome import Outcome, read_outcome
from probstats.planning.design import Codes, Design


class Estimate(NamedTuple):
    """What the analysis of a sample says of the column.

    Attributes
    ----------
    estimate, std_error, df : float
        Log odds ratio, its error and the degrees of freedom; missing where there is none.
    lost_level : bool
        Whether some level of the design did not occur, and was left out.
    trouble : {"", "separated", "failed"}
        Why there is no estimate.
    """

    estimate: float
    std_error: float
    df: float
    lost_level: bool
    trouble: str


def refit(design: Design, levels: Codes, kept: NDArray[np.bool_], start: Any = None) -> Estimate:
    """Analyse one sample.

    Parameters
    ----------
    design : Design
        The design.
    levels : numpy.ndarray
        n simulated levels.
    kept : numpy.ndarray
        Which of them are not missing.
    start : numpy.ndarray, optional
        Parameters to start from, where no level is lost.

    Returns
    -------
    Estimate
        Levels that no row has are left out, as in any fit; a sample that cannot be fitted has no
        estimate.
    """
    lost = False
    try:
        outcome = quiet_outcome(design, levels, kept)
        lost = len(outcome.levels) < design.n_levels
        sample = design.model.sample
        covariates = sample.covariates if kept.all() else sample.covariates.take(kept)
        model = design.model.with_sample(replace(
            sample, outcome=outcome, covariates=covariates, kept=np.ones(kept.sum(), dtype=bool)
        ))  # fmt: skip
        options = design.analysis.options(kept, covariates.index)
        fit = quiet_fit(model, start_params=None if lost else start, **options)
    except (ModelError, np.linalg.LinAlgError):
        return Estimate(np.nan, np.nan, np.nan, lost, "failed")
    return _estimate(fit, design.place, lost)


def quiet_outcome(design: Design, levels: Codes, kept: NDArray[np.bool_]) -> Outcome:
    """Return what is known of simulated levels; levels that do not occur are not part of it."""
    rows = np.flatnonzero(kept)
    low, high = (part[rows, levels[rows]] for part in design.reported)
    exact = low == high
    if len(np.unique(low[exact])) == design.n_levels:
        return replace(design.model.outcome, low=low, high=high)
    found = pd.Series(low) if exact.all() else pd.DataFrame({"low": low, "high": high})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ProbstatsWarning)
        return read_outcome(found)


def _estimate(fit: Any, place: int, lost: bool) -> Estimate:
    if fit.separation.separated and fit.separation.infinite.iloc[place] != 0.0:
        return Estimate(np.nan, np.nan, np.nan, lost, "separated")
    record = fit.fit_record
    estimate, variance = float(record.params[place]), float(record.covariance[place, place])
    df = np.inf
    if fit.use_t:
        df = float(np.broadcast_to(fit.df_resid_inference, len(record.params))[place])
    settled = fit.separation.separated or fit.converged
    if not (settled and np.isfinite(estimate) and 0.0 < variance < np.inf and df > 0.0):
        return Estimate(np.nan, np.nan, np.nan, lost, "failed")
    return Estimate(estimate, float(np.sqrt(variance)), df, lost, "")
