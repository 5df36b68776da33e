"""Calibration of cumulative probabilities: what came where a probability was predicted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from probstats.errors import ModelError
from probstats.models.checking.calibration_curves import Curve, GroupedCurve, SmoothCurve
from probstats.models.checking.forecasts import Forecasts
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
from probstats.models.checking.validation import correct

SMOOTHERS = ("lowess", "groups")


@dataclass(frozen=True, repr=False)
class Calibration:
    """Predicted and observed probabilities of a level or a higher one.

    Attributes
    ----------
    table : pandas.DataFrame
        Tidy: ``level``, ``predicted``, ``apparent`` (observed), ``optimism``, ``corrected`` and
        ``n``, the resamples used.
    errors : pandas.DataFrame
        By level: mean and 90th percentile of the absolute difference between the predictions of
        the rows and the corrected curve (``mean``, ``p90``), and the apparent one.
    smoother, method : str
        How the curve was drawn, and how rows were resampled.
    n_resamples : int
        Refits tried.
    lost : dict
        Resamples that could not be used, by reason.
    notes : tuple of str
        The same in words.
    """

    table: pd.DataFrame
    errors: pd.DataFrame
    smoother: str
    method: str
    n_resamples: int
    lost: dict[str, int]
    notes: tuple[str, ...] = ()

    def summary_frame(self) -> pd.DataFrame:
        """Return the table."""
        return self.table.copy()

    def __repr__(self) -> str:
        head = (
            f"Calibration of P(Y >= level) by {self.smoother}, corrected by {self.method}, "
            f"{self.n_resamples} refits"
        )
        errors = self.errors.to_string(float_format="{:.4f}".format)
        return "\n".join([head, "absolute errors:", errors, *self.notes])


def calibrate(
    fit: Any,
    levels: Any = None,
    smoother: str = "lowess",
    *,
    points: int = 50,
    n_groups: int = 10,
    method: str = "bootstrap",
    n_resamples: int | None = None,
    folds: int = 10,
    groups: Any = None,
    rng: np.random.Generator | int | None = None,
) -> Calibration:
    """Compare predicted probabilities of a level or a higher one with what came.

    Parameters
    ----------
    fit : CumulativeLinkResults
        The fit.
    levels : label or list of labels, optional
        Levels, all but the lowest by default.
    smoother : {"lowess", "groups"}
        The observed share as a smooth function of the predicted one, by locally weighted
        regression over two thirds of the rows, without downweighting (Cleveland 1979); or in
        groups of similar predictions.
    points : int
        Points of the smooth curve, from the fifth smallest to the fifth largest prediction.
    n_groups : int
        Groups; fewer where predictions tie.
    method, n_resamples, folds, groups, rng
        See ``validate``.

    Returns
    -------
    Calibration
        ``table`` and ``errors``. The optimism of a curve is the mean difference, over refits to
        resamples, between its distance from the diagonal in training and in test rows; corrected
        is apparent less optimism (Harrell 2015, section 5.3), as ``rms::calibrate``.

    Raises
    ------
    ModelError
        If an argument cannot be used, the fit has an infinite or no estimate, weights are
        fractions (use ``smoother="groups"``), or there are fewer than 11 rows.

    Warns
    -----
    ResampleWarning
        See ``validate``.

    Notes
    -----
    A curve says nothing beyond the predictions of a resample; there it is left out of the means,
    and ``n`` is smaller. Where outcomes are intervals, rows count for a level if it is known on
    which side of it they are.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> import probstats as ps
    >>> rng = np.random.default_rng(1)
    >>> data = pd.DataFrame(rng.normal(size=(100, 3)), columns=["x", "z", "v"])
    >>> data["y"] = np.digitize(data["x"] + rng.logistic(size=100), [-1, 1])
    >>> fit = ps.CumulativeLinkModel.from_formula("y ~ x + z + v", data).fit()
    >>> ps.calibrate(fit, n_resamples=50, rng=1).errors["mean"].round(3)
    level
    1    0.032
    2    0.064
    Name: mean, dtype: float64
    """
    plan = make_plan(method, n_resamples, folds)
    units = make_units(fit, groups)
    drawn = splits(plan, units, np.random.default_rng(rng))
    return calibrate_on(
        fit, units, drawn, plan, levels=levels, smoother=smoother, points=points, n_groups=n_groups
    )


def calibrate_on(
    fit: Any,
    units: Units,
    drawn: Iterable[Split],
    plan: Plan,
    *,
    levels: Any = None,
    smoother: str = "lowess",
    points: int = 50,
    n_groups: int = 10,
) -> Calibration:
    """Return the calibration over given training and test rows; see ``calibrate``."""
    wanted = _read_levels(fit.model, levels)
    made = apparent_forecasts(fit, units)
    curves = [_make_curve(made, code, smoother, points, n_groups) for code in wanted]
    lost: Counter[str] = Counter()
    found = [
        [[curve.difference(one) for one in pair] for curve in curves]
        for pair in resampled(units, drawn, plan.total, lost, "calibrating")
    ]
    said = lost_sentence(lost, plan.total)
    labels = [fit.model.outcome.levels[code] for code in wanted]
    tables = [
        _level_table(label, curve, made, np.array([one[number] for one in found]))
        for number, (label, curve) in enumerate(zip(labels, curves, strict=True))
    ]
    errors = pd.DataFrame(
        [curve.errors(made, table) for curve, table in zip(curves, tables, strict=True)],
        index=pd.Index(labels, name="level"),
        columns=["mean", "p90", "apparent_mean", "apparent_p90"],
    )
    return Calibration(
        pd.concat(tables, ignore_index=True), errors, smoother, plan.method, plan.total,
        dict(lost), (said,) if said else (),
    )  # fmt: skip


def _level_table(label: Any, curve: Curve, made: Forecasts, found: Any) -> pd.DataFrame:
    """Return the curve of one level, corrected."""
    table = correct(curve.difference(made), found)
    table["apparent"] += curve.predicted
    table["corrected"] += curve.predicted
    names = ["apparent", "optimism", "corrected", "n"]
    front = pd.DataFrame({"level": [label] * len(table), "predicted": curve.predicted})
    return pd.concat([front, table[names]], axis=1)


def _read_levels(model: Any, levels: Any) -> list[int]:
    """Return the codes of the levels asked for."""
    known = list(model.outcome.levels)
    if levels is None:
        return list(range(1, len(known)))
    wanted = levels if isinstance(levels, list | tuple) else [levels]
    for level in wanted:
        if level not in known[1:]:
            raise ModelError(
                f"levels holds {level!r}; P(Y >= level) can be checked for "
                f"{', '.join(map(str, known[1:]))}"
            )
    if not wanted:
        raise ModelError("levels is empty; leave it out for all levels")
    return [known.index(level) for level in wanted]


def _make_curve(made: Forecasts, code: int, smoother: str, points: int, n_groups: int) -> Curve:
    if smoother not in SMOOTHERS:
        raise ModelError(f"smoother={smoother!r} is not known; choose one of {SMOOTHERS}")
    for name, value in (("points", points), ("n_groups", n_groups)):
        if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < 2:
            raise ModelError(f"{name}={value!r} must be a whole number, 2 or more")
    if smoother == "groups":
        return GroupedCurve.of(made, code, int(n_groups))
    return SmoothCurve.of(made, code, int(points))
