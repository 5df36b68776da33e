"""Sensitivity to unreported values that are lower or higher than those reported suggest."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from probstats import errors
from probstats.errors import MissingWarning, ModelError, ProbstatsWarning
from probstats.jobs.pieces import generator, run
from probstats.missing.cell_ranges import pick
from probstats.missing.delta_curve import Curve, Fitter, piece
from probstats.missing.delta_results import DeltaSensitivity
from probstats.missing.delta_shifts import NumberShift, Shift, level_shift
from probstats.missing.fitting import by_formula
from probstats.missing.imputations import Imputations
from probstats.missing.imputing import impute
from probstats.missing.pooled_results import names_of
from probstats.missing.tipping import tipping_points
from probstats.missing.variables import Variable
from probstats.models.fit_options import check_alpha, is_number
from probstats.models.trouble import warn

PRECISION = 1e-3
"""How near tipping points are found, as a share of the range of deltas."""


def delta_sensitivity(
    data: pd.DataFrame,
    fit: str | Fitter,
    column: str,
    deltas: Iterable[float] | float,
    *,
    term: str | None = None,
    threshold: float = 0.0,
    level: float = 0.95,
    m: int | None = None,
    bounds: Mapping[str, tuple[Any, Any]] | None = None,
    imputations: Imputations | None = None,
    rng: np.random.Generator | int | None = None,
    n_jobs: int | None = 1,
    **options: Any,
) -> DeltaSensitivity:
    r"""Say what a conclusion becomes if unreported values are lower or higher than imputed.

    Imputation takes a value to be missing at random given what is observed. This pattern-mixture
    analysis takes that away by one number: unreported values are those imputed plus delta (Rubin
    1977; van Buuren 2018, section 3.8). The model is fitted to each moved imputation and pooled,
    for each delta of a grid, and the deltas are found at which the conclusion changes: the tipping
    points. Whether such a delta is credible is for the reader who knows why values are missing.

    Parameters
    ----------
    data : pandas.DataFrame
        n rows, as for ``impute``.
    fit : str or callable
        A formula of ``CumulativeLinkModel``; or what is done with a completed frame, which returns
        a fit.
    column : str
        The column whose unreported values move: numbers; or the ordered outcome of the formula.
    deltas : iterable of float, or float
        How much higher unreported values are, in the unit of the column. For an outcome, how much
        higher their latent variable is: with the logit link the log of the factor by which the
        odds of a higher level change. Zero is added.
    term : str, optional
        The parameter the conclusion is about; the column itself by default.
    threshold : float
        The conclusion is whether the estimate and its interval lie above or below this.
    level : float
        Coverage of the intervals.
    m : int, optional
        Imputations, 20 by default.
    bounds : dict, optional
        See ``impute``. Moved values stop at the bounds of their cell.
    imputations : Imputations, optional
        Imputations of these data, where ``impute`` is to be called with other options. Their
        bounds hold.
    rng : numpy.random.Generator or int, optional
        Source of randomness, or its seed.
    n_jobs : int or None
        Processors, as joblib counts them; the values do not depend on it.
    **options
        With a formula, options of ``CumulativeLinkModel.from_formula`` and of ``fit``.

    Returns
    -------
    DeltaSensitivity
        Its ``table`` has a row for each delta, ``tipping_points`` those where the conclusion
        changes, and ``summary()`` says so.

    Raises
    ------
    DataError
        If nothing is missing, or the data cannot be imputed.
    ModelError
        If an argument cannot be used, nothing is missing in the column, or no delta has a result.

    Warns
    -----
    MissingWarning
        If more than half of the column is missing, or some delta has no result; and what pooling
        warns of at delta = 0.
    ProbstatsWarning
        What fits warn of, once, with their number.

    Notes
    -----
    The same imputations serve every delta, so that the curve is smooth, and delta = 0 is
    ``pool(impute(...).fit(...))``. The move is made after imputation: it does not act on the
    imputed values of other columns.

    An imputed level y of an outcome is given a latent variable between its two thresholds, by the
    fit of the formula to its frame and a draw from the distribution there. Delta is added and the
    level read off again, so that P(Y <= j) of unreported outcomes is F(theta_j - eta - delta).

    Tipping points between two deltas are found to a thousandth of the range of all. Two of them
    between the same two deltas are missed: give more deltas.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> import probstats as ps
    >>> rng = np.random.default_rng(3)
    >>> data = pd.DataFrame({"vacancies": rng.normal(15, 5, size=150)})
    >>> data["rating"] = np.digitize(rng.logistic(size=150) - 0.1 * data["vacancies"], [-2, -1])
    >>> data.loc[rng.random(150) < 0.15, "vacancies"] = np.nan
    >>> found = ps.delta_sensitivity(
    ...     data, "rating ~ vacancies", "vacancies", [-10, 10, 20], m=30, rng=1
    ... )
    >>> print(found.summary())  # doctest: +NORMALIZE_WHITESPACE
    vacancies: unreported in 26 of 150 rows (17%) and imputed 30 times.
    As imputed the estimate for vacancies is −0.100 (95% interval −0.167 to −0.034, which
    excludes 0).
    If unreported values of vacancies are 7.8 higher than imputed, the interval no longer
    excludes 0.
    """
    grid = _read_deltas(deltas)
    _check(data, column, threshold, level)
    if callable(fit) and options:
        raise ModelError(f"{next(iter(options))!r} goes with a formula; put it into your own call")
    fitter: Fitter = fit if callable(fit) else by_formula(fit, options)
    source = generator(rng)
    made = _imputations(data, column, m, bounds, imputations, source)
    _check_fit(fitter(made.frames[0]), made.variable(column), column if term is None else term)
    shift = _shift(made, column, fitter, source)
    curve = Curve(shift, fitter, column if term is None else term, level)
    work = [(curve, delta) for delta in grid]
    table = pd.concat(run(piece, work, label="moving", n_jobs=n_jobs), ignore_index=True)
    notes = _notes(table)
    points = tipping_points(table, cache(curve.at), threshold, PRECISION * float(np.ptp(grid)))
    _warn_of(table, len(made))
    return DeltaSensitivity(
        table.drop(columns=["said", "problem", "category", "message"]), points, column, curve.term,
        threshold, level, int(data[column].isna().sum()), len(data), len(made), shift.unit, notes,
    )  # fmt: skip


def _read_deltas(deltas: Iterable[float] | float) -> list[float]:
    """Return the deltas in rising order, zero among them."""
    try:
        values = np.array([deltas] if np.ndim(deltas) == 0 else list(deltas), dtype=float)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        values = np.array([np.nan])
    if values.ndim != 1 or not np.isfinite(values).all() or not values.any():
        raise ModelError(f"deltas={deltas!r} must be finite numbers, at least one of them not zero")
    return np.unique(np.append(values, 0.0)).tolist()


def _check(data: pd.DataFrame, column: str, threshold: float, level: float) -> None:
    if not pick(data, column, "column").isna().any():
        raise ModelError(f"column {column!r} misses no value, so that there is none to move")
    check_alpha(level, "level")
    if not is_number(threshold) or not np.isfinite(threshold):
        raise ModelError(f"threshold={threshold!r} must be a finite number")


def _imputations(
    data: pd.DataFrame,
    column: str,
    m: int | None,
    bounds: Mapping[str, tuple[Any, Any]] | None,
    given: Imputations | None,
    rng: np.random.Generator,
) -> Imputations:
    if given is None:
        return impute(data, 20 if m is None else m, bounds=bounds, rng=rng)
    for name, value in (("m", m), ("bounds", bounds)):
        if value is not None:
            raise ModelError(f"{name}= is for impute; leave it out where imputations are given")
    if column not in given.missing or not given.data.equals(data):
        raise ModelError("imputations are of other data, or without the column that is to move")
    return given


def _check_fit(first: Any, variable: Variable, term: str) -> None:
    """Raise if a fit has no such parameter, or takes the numbers that move for levels."""
    names = list(map(str, names_of(first)))
    if term not in names:
        raise ModelError(f"the fit has no parameter {term!r}; term= is one of {', '.join(names)}")
    outcome = getattr(getattr(first, "model", None), "outcome", None)
    if variable.kind == "number" and getattr(outcome, "name", None) == variable.name:
        raise ModelError(
            f"column {variable.name!r} is an ordinal outcome in numbers, which would leave its "
            f"levels; make it an ordered categorical"
        )


def _shift(made: Imputations, column: str, fitter: Fitter, rng: np.random.Generator) -> Shift:
    variable, gaps = made.variable(column), made.missing[column].to_numpy()
    if variable.kind == "number":
        return NumberShift(made.frames, variable, gaps)
    if not isinstance(made.data[column].dtype, pd.CategoricalDtype) or not (
        made.data[column].cat.ordered
    ):
        raise ModelError(
            f"column {column!r} has no order, so that nothing is higher; numbers and ordered "
            f"categories can move"
        )
    with warnings.catch_warnings():  # the same fits as at delta = 0, where they are counted
        warnings.simplefilter("ignore", ProbstatsWarning)
        return level_shift(made.frames, variable, gaps, fitter, rng)


def _notes(table: pd.DataFrame) -> tuple[str, ...]:
    lost = table[table["problem"] != ""]
    if len(lost) == len(table):
        raise ModelError(f"no delta has a result; at delta = {lost['delta'].iloc[0]:g}: "
                         f"{lost['problem'].iloc[0]}")  # fmt: skip
    return tuple(
        f"At delta = {row.delta:g} there is no result: {row.problem}." for row in lost.itertuples()
    )


def _warn_of(table: pd.DataFrame, m: int) -> None:
    for said in filter(None, table.loc[table["delta"] == 0.0, "said"].item().split("\n")):
        warn(f"as imputed: {said}", MissingWarning)
    lost = int((table["problem"] != "").sum())
    if lost:
        warn(f"{lost} of {len(table)} deltas have no result; notes say why", MissingWarning)
    warned = table[table["warned"] > 0]
    if len(warned):
        number, first = int(warned["warned"].sum()), warned.iloc[0]
        category = getattr(errors, first["category"])
        warn(f"{number} of {m * len(table)} fits warned, the first of them: {first['message']}",
             category)  # fmt: skip
