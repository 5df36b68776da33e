"""From a formula and a frame to an outcome and a design matrix, with every lost row counted."""

from __future__ import annotations

import difflib
import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import formulaic
import numpy as np
import pandas as pd
from formulaic.errors import DataMismatchWarning, FormulaicError
from numpy.typing import NDArray

from probstats.errors import ModelError

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
    used : numpy.ndarray
        Whether each row of the data is complete.
    spec : formulaic.ModelSpec
        What makes the design matrix of new data.
    levels : dict
        Categories of each categorical covariate.
    """

    outcome: pd.Series
    exog: pd.DataFrame
    dropped: pd.Series
    used: NDArray[np.bool_]
    spec: Any
    levels: dict[str, list[Any]]

    @property
    def n_dropped(self) -> int:
        """Rows lost altogether."""
        return int((~self.used).sum())

    def matrix(self, data: pd.DataFrame) -> pd.DataFrame:
        """Return the design matrix of new data; rows with missing values stay missing."""
        names = [str(name) for name in self.spec.required_variables]
        _require_columns(names, data)
        for name, levels in self.levels.items():
            _require_known(data[name], levels)
        numeric = [name for name in names if name not in self.levels]
        _require_declared(data, numeric)
        data = data.assign(
            **{
                name: pd.Categorical(data[name], categories=levels)
                for name, levels in self.levels.items()
            }
        )
        complete = data[names].notna().all(axis=1).to_numpy()
        full = np.full((len(data), self.exog.shape[1]), np.nan)
        if complete.any():
            full[complete] = _without_constant(_evaluate(self.spec, data[complete])).to_numpy()
        return pd.DataFrame(full, index=data.index, columns=self.exog.columns)


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
    if "Intercept" in names:
        raise ModelError("rename column 'Intercept': a formula gives this name to its constant")
    _require_declared(data, [str(name) for name in parsed.rhs.required_variables])
    complete, dropped = _complete_rows(data[names], missing)
    rows = data[complete]
    levels = _categories(rows, parsed.rhs.required_variables)
    matrix = _evaluate(parsed.rhs, rows)
    return Design(
        outcome=_evaluate_outcome(parsed, rows),
        exog=_without_constant(matrix),
        dropped=dropped[dropped > 0],
        used=complete,
        spec=matrix.model_spec,
        levels=levels,
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
    if not isinstance(parsed.rhs, formulaic.SimpleFormula):
        raise ModelError(f"formula {formula!r} has several parts; '|' is not part of this model")
    return parsed


def _evaluate(formula: Any, rows: pd.DataFrame) -> Any:
    """Return the model matrix of complete rows: no row is lost here, no category made up."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", DataMismatchWarning)
            return formula.get_model_matrix(rows, context=FUNCTIONS, na_action="ignore")
    except (FormulaicError, DataMismatchWarning) as error:
        reason = str(error).splitlines()[0]
        raise ModelError(f"the formula cannot be evaluated: {reason}") from error


def _evaluate_outcome(parsed: Any, rows: pd.DataFrame) -> pd.Series:
    name = str(parsed.lhs[0])
    if name not in rows:
        raise ModelError(f"outcome {name!r} must be a column of the data, not an expression")
    return rows[name]


def _require_columns(names: Iterable[str], data: pd.DataFrame) -> None:
    if not isinstance(data, pd.DataFrame):
        raise ModelError(
            f"a formula needs a data frame with its variables, not a {type(data).__name__}"
        )
    for name in names:
        if list(data.columns).count(name) > 1:
            raise ModelError(f"the data have more than one column {name!r}; rename them")
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
    unknown = [repr(value) for value in column.dropna().unique().tolist() if value not in levels]
    if unknown:
        raise ModelError(
            f"column {column.name!r} has {', '.join(unknown)}, which the fit did not see; "
            f"it knows {', '.join(map(repr, levels))}"
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
    levels = {
        name: column.cat.categories.tolist()
        for name, column in columns.items()
        if isinstance(column.dtype, pd.CategoricalDtype)
    }
    for name, declared in levels.items():
        unseen = [repr(level) for level in declared if not (columns[name] == level).any()]
        if unseen:
            raise ModelError(
                f"column {name!r}: no row used has category {', '.join(unseen)}; merge it, or "
                f"leave it out with data[{name!r}].cat.remove_unused_categories()"
            )
    return levels


def _without_constant(matrix: pd.DataFrame) -> pd.DataFrame:
    """Drop the constant and name levels as ``column[level]``."""
    frame = pd.DataFrame(matrix).iloc[:, 1:].astype(float)  # the constant always comes first
    return frame.rename(columns=lambda name: str(name).replace("[T.", "["))
