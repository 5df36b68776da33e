"""Validation of an ordinal model by resampling: how much of its accuracy is optimism."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from probstats.models.checking.forecasts import Forecasts
from probstats.models.checking.recalibration import recalibrate
from probstats.models.checking.resampling import (
    Plan,
    Split,
    Units,
    apparent_forecasts,
    lost_sentence,
    make_plan,
    make_units,
    resampled,
    splits,
)

INDEXES = ("dxy", "c", "r2", "intercept", "slope", "brier", "brier_middle", "rps")


@dataclass(frozen=True, repr=False)
class Validation:
    """Measures of accuracy, corrected for optimism.

    Attributes
    ----------
    table : pandas.DataFrame
        One row for each index; columns ``apparent``, ``training``, ``test``, ``optimism``,
        ``corrected`` and ``n``, the resamples used.
    method : str
        How rows were resampled.
    n_resamples : int
        Refits tried.
    lost : dict
        Resamples that could not be used, by reason.
    notes : tuple of str
        The same in words.
    """

    table: pd.DataFrame
    method: str
    n_resamples: int
    lost: dict[str, int]
    notes: tuple[str, ...] = ()

    def summary_frame(self) -> pd.DataFrame:
        """Return the table."""
        return self.table.copy()

    def __repr__(self) -> str:
        shown = self.table.round(4) + 0.0  # no minus zero
        table = shown.astype({"n": int}).to_string(float_format="{:.4f}".format)
        return "\n".join([f"Validation by {self.method}, {self.n_resamples} refits", table,
                          *self.notes])  # fmt: skip


def validate(
    fit: Any,
    method: str = "bootstrap",
    n_resamples: int | None = None,
    folds: int = 10,
    groups: Any = None,
    rng: np.random.Generator | int | None = None,
) -> Validation:
    r"""Correct measures of accuracy for having been taken on the rows of the fit.

    The model is fitted again to each resample, and each index is taken in the training rows and
    in the test rows. Optimism is the mean difference, and

    .. math:: \text{corrected} = \text{apparent} - (\overline{\text{training}} -
       \overline{\text{test}})

    (Efron 1983; Harrell, Lee and Mark 1996; Harrell 2015, section 5.3), as ``rms::validate``.

    Parameters
    ----------
    fit : CumulativeLinkResults
        The fit.
    method : {"bootstrap", "cross-validation", "repeated"}
        Training rows drawn with replacement, and all rows for the test; folds left out in turn;
        or that repeated with other folds.
    n_resamples : int, optional
        Bootstrap samples, 200 by default; or repetitions of cross-validation, 20 by default.
    folds : int
        Folds of cross-validation.
    groups : str, pandas.Series or array_like, optional
        Clusters of rows that are drawn or left out together: a column of the formula's data, or
        one value for each row used.
    rng : numpy.random.Generator or int, optional
        Source of randomness, or its seed.

    Returns
    -------
    Validation
        Its ``table`` has a row for each index:

        - ``dxy``, ``c``: see ``accuracy``;
        - ``r2``, ``intercept``, ``slope``: of the levels regressed on the prediction at the middle
          threshold, by the same link; 0 and 1 where predictions are right;
        - ``brier``, ``rps``: see ``accuracy``; ``brier_middle``: Brier score of the middle
          threshold alone. These are better when smaller.

        The middle threshold is the lower one of two, as in ``rms``.

    Raises
    ------
    ModelError
        If an argument cannot be used, the fit has an infinite or no estimate, or no resample can
        be fitted.

    Warns
    -----
    ResampleWarning
        If more than a tenth of the resamples lost a level, separated the levels or could not be
        fitted for another reason. They are left out and counted, however few.

    Notes
    -----
    ``r2``, ``intercept``, ``slope`` and ``brier_middle`` are those of ``rms::validate``. ``dxy`` is
    that of the predictions themselves: ``rms`` reports the absolute value, from probabilities
    rounded to 0.002. An index that a set of test rows does not settle (``slope`` in a small fold
    that separates) is left out of its own means, so that ``n`` is smaller.

    A row with a weight of 2 is drawn as two rows; rows with fractions for weights, and rows in
    clusters, are drawn with their weights.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> import probstats as ps
    >>> rng = np.random.default_rng(1)
    >>> data = pd.DataFrame(rng.normal(size=(100, 3)), columns=["x", "z", "v"])
    >>> data["y"] = np.digitize(data["x"] + rng.logistic(size=100), [-1, 1])
    >>> fit = ps.CumulativeLinkModel.from_formula("y ~ x + z + v", data).fit()
    >>> ps.validate(fit, n_resamples=50, rng=1).table.loc[["dxy", "slope"]].round(3)
           apparent  training   test  optimism  corrected   n
    dxy       0.407     0.446  0.378     0.068      0.339  50
    slope     1.000     1.000  0.839     0.161      0.839  50
    """
    plan = make_plan(method, n_resamples, folds)
    units = make_units(fit, groups)
    drawn = splits(plan, units, np.random.default_rng(rng))
    return validate_on(fit, units, drawn, plan)


def validate_on(fit: Any, units: Units, drawn: Iterable[Split], plan: Plan) -> Validation:
    """Return the validation over given training and test rows; see ``validate``."""
    apparent = indexes(fit.model, apparent_forecasts(fit, units))
    lost: Counter[str] = Counter()
    made = resampled(units, drawn, plan.total, lost, "validating")
    found = [(indexes(fit.model, train), indexes(fit.model, test)) for train, test in made]
    said = lost_sentence(lost, plan.total)
    table = correct(np.array(list(apparent.values())), np.array(
        [[list(one.values()) for one in pair] for pair in found]
    ))  # fmt: skip
    table.index = pd.Index(INDEXES)
    return Validation(table, plan.method, plan.total, dict(lost), (said,) if said else ())


def indexes(model: Any, made: Forecasts) -> dict[str, float]:
    """Return each measure of some predictions."""
    pairs, regression = made.pairs(), recalibrate(model, made)
    by_threshold = made.brier_by_threshold()
    return {
        "dxy": pairs.dxy,
        "c": pairs.c,
        "r2": regression.r2,
        "intercept": regression.intercept,
        "slope": regression.slope,
        "brier": float(made.brier_by_level().sum()),
        "brier_middle": float(by_threshold[made.middle]),
        "rps": float(by_threshold.sum()),
    }


def correct(apparent: Any, found: Any) -> pd.DataFrame:
    """Correct values for optimism.

    Parameters
    ----------
    apparent : numpy.ndarray
        m values.
    found : numpy.ndarray
        Resamples by 2 by m: values in training and in test rows, missing where unsettled.

    Returns
    -------
    pandas.DataFrame
        m rows.
    """
    settled = np.isfinite(found).all(axis=1)
    number = settled.sum(axis=0)
    totals = np.where(settled[:, None, :], found, 0.0).sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        training, test = totals / number
    optimism = training - test
    return pd.DataFrame({
        "apparent": apparent, "training": training, "test": test, "optimism": optimism,
        "corrected": apparent - optimism, "n": number,
    })  # fmt: skip
