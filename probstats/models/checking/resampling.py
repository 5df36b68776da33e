"""Refits to resamples of the rows: what they predict in training and in test rows."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from probstats.errors import CrossingWarning, ModelError, ResampleWarning
from probstats.models.checking.fit_tests import require_usable
from probstats.models.checking.forecasts import Forecasts, forecasts_of
from probstats.models.checking.variants import of_rows, quiet_fit
from probstats.models.inference.covariance import read_groups
from probstats.models.kernel.links import Array
from probstats.models.trouble import warn
from probstats.progress import progress

METHODS = ("bootstrap", "cross-validation", "repeated")
DEFAULT = {"bootstrap": 200, "repeated": 20}
MANY = 0.1
"""Share of lost resamples from which on there is a warning."""

Split = tuple[NDArray[np.intp], NDArray[np.intp]]


@dataclass(frozen=True)
class Plan:
    """How rows are resampled.

    Attributes
    ----------
    method : str
        ``"bootstrap"``, ``"cross-validation"`` or ``"repeated"``.
    resamples : int
        Bootstrap samples, or repetitions of cross-validation.
    folds : int
        Folds of cross-validation.
    """

    method: str
    resamples: int
    folds: int

    @property
    def total(self) -> int:
        """Number of refits."""
        return self.resamples if self.method == "bootstrap" else self.resamples * self.folds


def make_plan(method: str, n_resamples: int | None, folds: int) -> Plan:
    """Check how a user wants rows to be resampled.

    Raises
    ------
    ModelError
        If the method is not known, or a number cannot be used.
    """
    if method not in METHODS:
        raise ModelError(f"method={method!r} is not known; choose one of {', '.join(METHODS)}")
    if method == "cross-validation" and n_resamples is not None:
        raise ModelError(
            "cross-validation has folds= and no n_resamples=; method='repeated' repeats it"
        )
    number = DEFAULT.get(method, 1) if n_resamples is None else n_resamples
    for name, value, least in (("n_resamples", number, 1), ("folds", folds, 2)):
        if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < least:
            raise ModelError(f"{name}={value!r} must be a whole number, {least} or more")
    return Plan(method, int(number), int(folds))


@dataclass(frozen=True)
class Units:
    """What is drawn: rows, or clusters of rows.

    Attributes
    ----------
    model : CumulativeLinkModel
        The model; without weights where these are whole numbers, as each copy of a row is then
        drawn for itself.
    rows : list of numpy.ndarray
        Rows of each unit.
    """

    model: Any
    rows: list[NDArray[np.intp]]

    @property
    def weights(self) -> Array:
        """Weight of each row of the model."""
        return np.asarray(self.model.sample.counts)

    def of(self, drawn: Iterable[int]) -> NDArray[np.intp]:
        """Return the rows of some units."""
        found = [self.rows[unit] for unit in drawn]
        return np.concatenate(found) if found else np.empty(0, dtype=np.intp)

    def everything(self) -> NDArray[np.intp]:
        """Return the rows of all units."""
        return np.sort(np.concatenate(self.rows))


def make_units(fit: Any, groups: Any = None) -> Units:
    """Return the units of a fit that are resampled.

    Parameters
    ----------
    fit : CumulativeLinkResults
        The fit.
    groups : str, pandas.Series or array_like, optional
        Clusters that stay together.

    Returns
    -------
    Units
        Clusters; or rows, those with a weight of 2 twice. Rows with a fraction for a weight are
        drawn as they are, and clusters with the weights of their rows.
    """
    model = fit.model
    every = np.arange(len(model.outcome.low))
    if groups is not None:
        clusters = read_groups(groups, pd.Index(model.data.row_labels), model.formula_data)
        codes = pd.factorize(clusters)[0]
        return Units(model, [np.flatnonzero(codes == code) for code in range(codes.max() + 1)])
    weights = model.sample.weights
    if weights is not None and (weights == np.round(weights)).all():
        model = model.with_sample(replace(model.sample, weights=None))
        every = np.repeat(every, weights.astype(np.intp))
    return Units(model, list(every[:, None]))


def splits(plan: Plan, units: Units, rng: np.random.Generator) -> Iterator[Split]:
    """Draw training and test rows.

    Parameters
    ----------
    plan : Plan
        How.
    units : Units
        From what.
    rng : numpy.random.Generator
        Source of randomness.

    Yields
    ------
    tuple of numpy.ndarray
        Positions of the training rows, which may repeat, and of the test rows: all rows for the
        bootstrap, the fold left out for cross-validation.
    """
    size, everything = len(units.rows), units.everything()
    if plan.method != "bootstrap" and plan.folds > size:
        raise ModelError(f"folds={plan.folds} is more than the {size} rows or groups to share out")
    for _ in range(plan.resamples):
        if plan.method == "bootstrap":
            yield units.of(rng.integers(size, size=size)), everything
            continue
        folds = np.array_split(rng.permutation(size), plan.folds)
        for left_out in folds:
            others = np.setdiff1d(np.arange(size), left_out)
            yield units.of(others), units.of(left_out)


def resampled(
    units: Units, drawn: Iterable[Split], total: int, lost: Counter[str], label: str
) -> Iterator[tuple[Forecasts, Forecasts]]:
    """Fit to the training rows of each resample, and predict for training and test rows.

    Parameters
    ----------
    units : Units
        What is drawn.
    drawn : iterable of tuple
        Training and test rows.
    total : int
        How many there are.
    lost : collections.Counter
        Gets the resamples that cannot be used, by reason.
    label : str
        What is being done, for the bar.

    Yields
    ------
    tuple of Forecasts
        For training and test rows.
    """
    model, weights = units.model, units.weights
    rows = model.all_edges(model.sample.covariates)
    for train, test in progress(drawn, total, label):
        params, reason = _refit(model, train)
        if params is None:
            lost[reason] += 1
            continue
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", CrossingWarning)
            made = forecasts_of(model, params, rows, weights)
        if np.isnan(made.probabilities[test]).any():
            lost["thresholds cross"] += 1
            continue
        yield made.take(train, weights[train]), made.take(test, weights[test])


def _refit(model: Any, rows: NDArray[np.intp]) -> tuple[Array | None, str]:
    """Return the estimates of some rows, or the reason why there are none."""
    outcome = model.outcome
    held = replace(outcome, low=outcome.low[rows], high=outcome.high[rows])
    if (held.shares() == 0.0).any():
        return None, "a level was lost"
    try:
        fit = quiet_fit(of_rows(model, rows))
    except ModelError:
        return None, "covariates could not be told apart"
    if fit.separation.separated:
        return None, "the rows separated the levels"
    if fit.crossed_levels:
        return None, "thresholds cross"
    if not fit.converged:
        return None, "the fit did not converge"
    return fit.fit_record.params, ""


def apparent_forecasts(fit: Any, units: Units) -> Forecasts:
    """Return what the fit predicts for its own rows."""
    require_usable(fit)
    if fit.separation.separated:
        raise ModelError(
            f"the fit has no finite estimate for {', '.join(fit.diverging)}, and nor will most of "
            f"its resamples: there is nothing to validate"
        )
    model, everything = units.model, units.everything()
    rows = model.all_edges(model.sample.covariates)
    made = forecasts_of(model, fit.fit_record.params, rows, units.weights)
    return made.take(everything, units.weights[everything])


def lost_sentence(lost: Counter[str], total: int) -> str:
    """Return how many resamples were not used and why, and warn if they are many.

    Raises
    ------
    ModelError
        If none is left.
    """
    number = sum(lost.values())
    if not number:
        return ""
    reasons = ", ".join(f"{reason} in {count}" for reason, count in sorted(lost.items()))
    sentence = f"{number} of {total} resamples could not be used and are left out: {reasons}"
    if number == total:
        raise ModelError(f"no resample could be used ({reasons}); the model is too large for them")
    if number > MANY * total:
        warn(
            f"{sentence}; the resamples that are left are the better-behaved ones, so that the "
            f"correction may be too small",
            ResampleWarning,
        )
    return sentence
