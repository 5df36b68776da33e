"""Discrimination and calibration of the predictions of an ordinal model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from probstats.errors import ModelError
from probstats.models.checking.fit_tests import require_usable
from probstats.models.checking.forecasts import Forecasts, make_forecasts
from probstats.models.checking.new_outcomes import MISSING, read_new_outcome
from probstats.models.checking.variants import trouble_of
from probstats.models.inference.fit_statistics import pseudo_rsquared
from probstats.models.kernel.links import Array


@dataclass(frozen=True, repr=False)
class Accuracy:
    """How good predictions are.

    Attributes
    ----------
    n : float
        Rows, each as often as its weight says.
    c, dxy : float
        Concordance and Somers' D over pairs of rows whose levels are known to differ.
    pairs : float
        Such pairs.
    brier, brier_skill : float
        Brier score, the sum over levels, and 1 less its ratio to that of the marginal shares.
    rps, rps_skill : float
        Ranked probability score, the sum over thresholds, and the same.
    r2 : float
        Nagelkerke's R-squared.
    by_level : pandas.DataFrame
        ``observed`` share, mean ``predicted`` probability, ``brier`` and ``skill`` of each level.
    by_threshold : pandas.DataFrame
        The same of the levels above each threshold, with ``c`` and ``dxy``.
    notes : tuple of str
        Rows left out, pairs not known, infinite estimates.
    """

    n: float
    c: float
    dxy: float
    pairs: float
    brier: float
    brier_skill: float
    rps: float
    rps_skill: float
    r2: float
    by_level: pd.DataFrame
    by_threshold: pd.DataFrame
    notes: tuple[str, ...] = ()

    def summary_frame(self) -> pd.DataFrame:
        """Return the overall measures, one a row, with the skill where there is one."""
        rows = {
            "c": (self.c, np.nan), "dxy": (self.dxy, np.nan), "r2": (self.r2, np.nan),
            "brier": (self.brier, self.brier_skill), "rps": (self.rps, self.rps_skill),
        }  # fmt: skip
        return pd.DataFrame.from_dict(rows, orient="index", columns=["value", "skill"])

    def __repr__(self) -> str:
        parts = [self.summary_frame(), self.by_level, self.by_threshold]
        shown = [part.to_string(float_format="{:.4f}".format, na_rep="") for part in parts]
        return "\n".join([f"Accuracy over {self.n:g} rows", *shown, *self.notes])


def accuracy(
    fit: Any, data: Any = None, outcome: Any = None, *, weights: Any = None, offset: Any = None
) -> Accuracy:
    r"""Measure discrimination and calibration of a fit, on its own rows or on new ones.

    Over pairs of rows with different levels, C is the share in which the row with the higher
    level also has the higher linear predictor, ties counted one half, and Somers' D is 2 C - 1
    (Harrell 2015, section 10.8). With scale or nominal effects rows are ranked by their expected
    level instead, and for each threshold by P(Y > j). With o_ik = 1 for the level that came,

    .. math:: \text{Brier} = \frac1n \sum_i \sum_k (\hat p_{ik} - o_{ik})^2, \qquad
       \text{RPS} = \frac1n \sum_i \sum_{j < K}
       \Big( \sum_{k \le j} \hat p_{ik} - o_{ik} \Big)^2

    (Brier 1950; Epstein 1969; Wilks 2011, equation 8.52; some divide the latter by K - 1). Skill is
    1 less the ratio to the score of the marginal shares in the rows of the fit; on new rows too,
    since these are what one would predict without covariates.

    Parameters
    ----------
    fit : CumulativeLinkResults
        The fit.
    data : pandas.DataFrame or array_like, optional
        New rows, as in ``predict``; the rows of the fit by default. Rows that miss a value are
        left out, and counted in ``notes``.
    outcome : str, list of str, pandas.Series, pandas.DataFrame or array_like, optional
        Their levels: a column of the data, two of them for intervals, or values. The outcome of
        the formula by default.
    weights, offset : str or array_like, optional
        Of the new rows: a column or values. The rows of the fit have their own.

    Returns
    -------
    Accuracy
        ``c``, ``dxy``, ``brier``, ``rps``, ``r2`` and their tables ``by_level`` and
        ``by_threshold``; it prints.

    Raises
    ------
    ModelError
        If the fit has no maximum, or new rows and outcome do not match the fit.

    Notes
    -----
    On the rows of the fit all of this is too good; see ``validate``.

    Where an outcome is an interval of levels, only pairs whose order is known count for C, and a
    row counts for the score of a level or a threshold only if it is known on which side it is;
    Brier and RPS are then sums over different rows.

    R-squared is 1 - exp(2 (l_0 - l) / n) over its largest value (Nagelkerke 1991). On new rows l
    is the log-likelihood of their levels under the fit and l_0 under the marginal shares of the
    fit, so that it is negative where the fit predicts worse than these.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> import probstats as ps
    >>> rng = np.random.default_rng(1)
    >>> data = pd.DataFrame({"x": rng.normal(size=400)})
    >>> data["y"] = np.digitize(data["x"] + rng.logistic(size=400), [-1, 1])
    >>> fit = ps.CumulativeLinkModel.from_formula("y ~ x", data).fit()
    >>> ps.accuracy(fit).summary_frame().round(3)
           value  skill
    c      0.691    NaN
    dxy    0.382    NaN
    r2     0.201    NaN
    brier  0.602  0.092
    rps    0.372  0.131
    """
    require_usable(fit)
    if data is None:
        for name, given in (("outcome", outcome), ("weights", weights), ("offset", offset)):
            if given is not None:
                raise ModelError(f"{name} goes with new data; the rows of the fit have their own")
        return _measures(fit, *_own_rows(fit), new=False)
    return _measures(fit, *_new_rows(fit, data, outcome, weights, offset), new=True)


def _own_rows(fit: Any) -> tuple[Forecasts, tuple[str, ...]]:
    model = fit.model
    rows = model.all_edges(model.sample.covariates)
    levels = model.outcome.low, model.outcome.high
    made = make_forecasts(
        fit.predict().to_numpy(), fit.fit_record.params, rows, levels, model.sample.counts
    )
    return made, ()


def _new_rows(
    fit: Any, data: Any, outcome: Any, weights: Any, offset: Any
) -> tuple[Forecasts, tuple[str, ...]]:
    model = fit.model
    covariates = model.covariates(data, offset)
    low, high = read_new_outcome(model, outcome, data)
    counts = _new_weights(weights, data, len(low))
    probabilities = fit.predict(data, offset=offset).to_numpy()
    made = make_forecasts(
        probabilities, fit.fit_record.params, model.all_edges(covariates), (low, high), counts
    )
    missing = (low == MISSING) | np.isnan(probabilities).any(axis=1)
    used = ~missing & (counts > 0.0)
    if not used.any():
        raise ModelError(f"none of the {len(low)} new rows has an outcome and a prediction")
    note = f"{missing.sum()} of {len(low)} rows have no outcome or no prediction, and are left out"
    return made.take(used, counts[used]), (note,) if missing.any() else ()


def _new_weights(weights: Any, data: Any, n_rows: int) -> Array:
    if weights is None:
        return np.ones(n_rows)
    if isinstance(weights, str):
        if not isinstance(data, pd.DataFrame) or weights not in data:
            raise ModelError(f"weights={weights!r} is no column of the new data")
        weights = data[weights]
    values = np.asarray(weights, dtype=float)
    if values.shape != (n_rows,) or not (np.isfinite(values) & (values >= 0.0)).all():
        raise ModelError(f"weights must be {n_rows} numbers, none of them negative or missing")
    return values


def _measures(fit: Any, made: Forecasts, notes: tuple[str, ...], *, new: bool) -> Accuracy:
    shares = fit.model.outcome.shares(fit.model.sample.weights)
    by_level, by_threshold = _level_table(made, shares, fit), _threshold_table(made, shares, fit)
    reference = made.brier_by_level(shares), made.brier_by_threshold(np.cumsum(shares)[:-1])
    pairs = made.pairs()
    brier, rps = by_level["brier"].sum(skipna=False), by_threshold["brier"].sum(skipna=False)
    return Accuracy(
        n=float(made.weights.sum()), c=pairs.c, dxy=pairs.dxy, pairs=pairs.pairs,
        brier=float(brier), brier_skill=_skill(brier, reference[0].sum()),
        rps=float(rps), rps_skill=_skill(rps, reference[1].sum()),
        r2=_r2(made, shares) if new else fit.pseudo_rsquared("nagelkerke"),
        by_level=by_level, by_threshold=by_threshold, notes=(*notes, *_notes(fit, made)),
    )  # fmt: skip


def _notes(fit: Any, made: Forecasts) -> list[str]:
    notes = []
    if (made.low < made.high).any():
        notes.append(
            "some rows have an interval of levels: pairs count where their order is known, and "
            "scores where the level is known well enough"
        )
    if fit.separation.separated:
        notes.append(f"the fit has {trouble_of(fit)}; predictions are those at its limit")
    return notes


def _skill(score: Any, reference: Any) -> Any:
    with np.errstate(divide="ignore", invalid="ignore"):
        return 1.0 - np.asarray(score) / np.asarray(reference)


def _r2(made: Forecasts, shares: Array) -> float:
    loglike, null = made.loglike(), made.loglike(shares)
    return pseudo_rsquared(loglike, null, float(made.weights.sum()), "nagelkerke")


def _level_table(made: Forecasts, shares: Array, fit: Any) -> pd.DataFrame:
    scores = made.brier_by_level()
    levels = pd.Index(fit.model.outcome.levels, name=fit.model.outcome.name)
    observed = _shares(made)
    predicted = made.weights @ made.probabilities / made.weights.sum()
    skill = _skill(scores, made.brier_by_level(shares))
    columns = {"observed": observed, "predicted": predicted, "brier": scores, "skill": skill}
    return pd.DataFrame(columns, index=levels)


def _shares(made: Forecasts) -> Array:
    """Return the share of each level, intervals spread evenly over their levels."""
    width = made.high - made.low + 1
    inside = (np.arange(made.n_levels) >= made.low[:, None]) & (
        np.arange(made.n_levels) <= made.high[:, None]
    )
    return np.asarray((made.weights / width) @ inside / made.weights.sum())


def _threshold_table(made: Forecasts, shares: Array, fit: Any) -> pd.DataFrame:
    scores = made.brier_by_threshold()
    pairs = [made.pairs_across(threshold) for threshold in range(made.n_levels - 1)]
    observed = 1.0 - np.cumsum(_shares(made))[:-1]
    predicted = 1.0 - made.weights @ made.cumulative / made.weights.sum()
    skill = _skill(scores, made.brier_by_threshold(np.cumsum(shares)[:-1]))
    columns = {
        "observed": observed, "predicted": predicted, "c": [pair.c for pair in pairs],
        "dxy": [pair.dxy for pair in pairs], "brier": scores, "skill": skill,
    }  # fmt: skip
    names = pd.Index(fit.model.outcome.threshold_names, name="threshold")
    return pd.DataFrame(columns, index=names)
