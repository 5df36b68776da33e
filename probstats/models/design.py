"""From a formula and a frame to an outcome and a design matrix, with every lost row counted."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import formulaic
import numpy as np
import pandas as pd
from formulaic.errors import FormulaicError
from numpy.typing import NDArray
from scipy import linalg

from probstats.errors import ModelError
from probstats.models.links import Array

FUNCTIONS = {"np": np}
"""What a formula may call besides formulaic's own transforms; never the caller's variables."""


@dataclass(frozen=True)
class Design:
    """Outcome and covariates of the rows that are complete.

    Attributes
    ----------
    outcome : pandas.Series
        The outcome of the rows used.
    exog : pandas.DataFrame
        Their design matrix, n by p, without a constant.
    dropped : pandas.Series
        Rows lost to missing values by column; a row that misses two counts in both.
    n_dropped : int
        Rows lost altogether.
    spec : formulaic.ModelSpec
        What makes the design matrix of new data.
    levels : dict
        Categories of each categorical covariate.
    """

    outcome: pd.Series
    exog: pd.DataFrame
    dropped: pd.Series
    n_dropped: int
    spec: Any
    levels: dict[str, list[Any]]

    def matrix(self, data: pd.DataFrame) -> pd.DataFrame:
        """Return the design matrix of new data; rows with missing values stay missing."""
        names = list(self.spec.required_variables)
        _require_columns(names, data)
        for name, levels in self.levels.items():
            _require_known(data[name], levels)
        complete = data[names].notna().all(axis=1).to_numpy()
        rows = _without_constant(self.spec.get_model_matrix(data[complete], context=FUNCTIONS))
        full = np.full((len(data), rows.shape[1]), np.nan)
        full[complete] = rows.to_numpy(dtype=float)
        return pd.DataFrame(full, index=data.index, columns=rows.columns)


def read_formula(formula: str, data: pd.DataFrame, missing: str) -> Design:
    """Read outcome and covariates named by a formula.

    Parameters
    ----------
    formula : str
        Such as ``"rating ~ year + provider_type"``. An intercept, written or not, is carried by
        the thresholds.
    data : pandas.DataFrame
        Holds every variable of the formula.
    missing : {"drop", "raise"}
        What to do with rows that miss a value.

    Returns
    -------
    Design
        Rows without missing values, and how many were lost.

    Raises
    ------
    ModelError
        If the formula cannot be read, names an unknown column, or uses a column of text that was
        not declared categorical; if no row is left.
    """
    parsed = _parse(formula)
    names = sorted(str(name) for name in parsed.required_variables)
    _require_columns(names, data)
    _require_declared(data, [str(name) for name in parsed.rhs.required_variables])
    complete, dropped = _complete_rows(data[names], missing)
    rows = data[complete]
    matrix = parsed.rhs.get_model_matrix(rows, context=FUNCTIONS)
    exog = _without_constant(matrix)
    return Design(
        outcome=_evaluate_outcome(parsed, rows),
        exog=exog,
        dropped=dropped[dropped > 0],
        n_dropped=int((~complete).sum()),
        spec=matrix.model_spec,
        levels=_categories(rows, parsed.rhs.required_variables),
    )


def _parse(formula: str) -> Any:
    try:
        # The trailing 1 undoes "- 1" and "0 +", so that categories always keep a reference level.
        parsed = formulaic.Formula(f"{formula} + 1")
    except FormulaicError as error:
        reason = str(error).splitlines()[0]
        raise ModelError(f"formula {formula!r} cannot be read: {reason}") from error
    if not hasattr(parsed, "lhs") or len(parsed.lhs) != 1:
        raise ModelError(f"formula {formula!r} needs one outcome: write 'outcome ~ covariates'")
    return parsed


def _evaluate_outcome(parsed: Any, rows: pd.DataFrame) -> pd.Series:
    name = str(parsed.lhs[0])
    if name not in rows:
        raise ModelError(f"outcome {name!r} must be a column of the data, not an expression")
    return rows[name]


def _require_columns(names: Iterable[str], data: pd.DataFrame) -> None:
    for name in names:
        if name not in data:
            near = difflib.get_close_matches(name, [str(column) for column in data.columns], 3)
            hint = f"did you mean {' or '.join(near)}?" if near else _list_columns(data)
            raise ModelError(
                f"the formula names column {name!r}, which the data do not have; {hint}"
            )


def _list_columns(data: pd.DataFrame) -> str:
    shown = ", ".join(str(column) for column in data.columns[:12])
    return f"columns are {shown}{' ...' if len(data.columns) > 12 else ''}"


def _require_declared(data: pd.DataFrame, names: Iterable[str]) -> None:
    for name in names:
        column = data[name]
        categorical = isinstance(column.dtype, pd.CategoricalDtype)
        if not categorical and not pd.api.types.is_numeric_dtype(column):
            raise ModelError(
                f"column {name!r} has type {column.dtype}; declare its categories first, so that "
                f"the reference level is yours: data[{name!r}].astype('category') or "
                f"pandas.Categorical(values, categories=[reference, ...])"
            )


def _require_known(column: pd.Series, levels: list[Any]) -> None:
    unknown = sorted({str(value) for value in column.dropna()} - {str(level) for level in levels})
    if unknown:
        known = ", ".join(str(level) for level in levels)
        raise ModelError(
            f"column {column.name!r} has {', '.join(unknown)}, which the fit did not see; "
            f"it knows {known}"
        )


def _complete_rows(data: pd.DataFrame, missing: str) -> tuple[NDArray[np.bool_], pd.Series]:
    if missing not in {"drop", "raise"}:
        raise ModelError(f"missing={missing!r} is not known; choose 'drop' or 'raise'")
    absent = data.isna()
    dropped = absent.sum()
    complete = ~absent.any(axis=1).to_numpy()
    counts = ", ".join(f"{name} {count}" for name, count in dropped.items() if count)
    if missing == "raise" and counts:
        raise ModelError(f"rows miss values ({counts}); drop or fill them, or pass missing='drop'")
    if not complete.any():
        raise ModelError(
            f"no rows are left of {len(data)} after dropping missing values ({counts or 'no rows'})"
        )
    return complete, dropped


def _categories(rows: pd.DataFrame, names: Iterable[Any]) -> dict[str, list[Any]]:
    columns = {str(name): rows[str(name)] for name in names}
    return {
        name: list(column.cat.categories)
        for name, column in columns.items()
        if isinstance(column.dtype, pd.CategoricalDtype)
    }


def _without_constant(matrix: pd.DataFrame) -> pd.DataFrame:
    """Drop the constant and name levels as ``column[level]``."""
    frame = pd.DataFrame(matrix).drop(columns="Intercept").astype(float)
    return frame.rename(columns=lambda name: str(name).replace("[T.", "["))


def check_exog(exog: pd.DataFrame) -> None:
    """Raise a sentence about the first thing wrong with a design matrix.

    Parameters
    ----------
    exog : pandas.DataFrame
        n by p design matrix without a constant.

    Raises
    ------
    ModelError
        If a column holds infinite or missing values, is constant, or is a linear combination of
        the columns before it.
    """
    values = exog.to_numpy(dtype=float)
    for name, column in zip(exog.columns, values.T, strict=True):
        if not np.isfinite(column).all():
            count = int((~np.isfinite(column)).sum())
            raise ModelError(f"column {name!r} has {count} infinite or missing values")
        if np.ptp(column) == 0:
            raise ModelError(
                f"column {name!r} is constant in the {len(values)} rows used; leave it out: "
                f"the thresholds carry the constant"
            )
    _require_full_rank(exog.columns, values)


def _require_full_rank(names: pd.Index, values: Array) -> None:
    centred = values - values.mean(axis=0)
    scaled = centred / np.linalg.norm(centred, axis=0)
    for last in range(1, scaled.shape[1]):
        earlier, column = scaled[:, :last], scaled[:, last]
        weights, *_ = linalg.lstsq(earlier, column)
        if np.linalg.norm(column - earlier @ weights) < 1e-10 * len(column):
            used = [str(n) for n, w in zip(names[:last], weights, strict=True) if abs(w) > 1e-8]
            raise ModelError(
                f"column {names[last]!r} is a linear combination of {', '.join(used)}; "
                f"leave one of them out"
            )
