"""From formulas and a frame to an outcome and design matrices, with every lost row counted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from probstats.errors import ModelError
from probstats.models.reading.columns import (
    categories,
    complete_rows,
    hint,
    require_columns,
    require_declared,
    require_known,
)
from probstats.models.reading.formulas import (
    evaluate,
    parse,
    parse_part,
    require_row_by_row,
    sides,
    takes_as_categories,
    variables_of,
    with_floats,
    without_constant,
)
from probstats.models.reading.sample import Covariates


@dataclass(frozen=True)
class Part:
    """One of the formulas of a model, with what it learnt from the data of the fit.

    Attributes
    ----------
    spec : formulaic.ModelSpec or None
        What makes the design matrix of new data; None where there is no formula.
    columns : list of str
        Columns of the design matrix.
    variables : list of str
        Columns of the data the formula uses, in its order.
    levels : dict
        Categories of each categorical covariate.
    numbered : dict
        Values of each column of numbers the formula takes as categories, by ``C()``.
    """

    spec: Any
    columns: list[str]
    variables: list[str]
    levels: dict[str, list[Any]]
    numbered: dict[str, list[Any]]

    @property
    def terms(self) -> dict[str, list[int]]:
        """Positions of the columns of each term, the constant left out."""
        if self.spec is None:
            return {}
        return {
            str(term): [position - 1 for position in positions]
            for term, positions in self.spec.term_indices.items()
            if positions and str(term) != "1"
        }

    def matrix(self, data: pd.DataFrame) -> pd.DataFrame:
        """Return the design matrix of new data; rows with missing values stay missing."""
        names = self.variables
        require_columns(names, data)
        if self.spec is None:
            return pd.DataFrame(index=data.index)
        for name, levels in self.levels.items():
            require_known(data[name], levels)
        require_declared(data, [name for name in names if name not in self.levels])
        data = data.assign(
            **{
                name: pd.Categorical(data[name], categories=levels)
                for name, levels in self.levels.items()
            }
        )
        data = with_floats(data, names, str(self.spec.formula))
        complete = data[names].notna().all(axis=1).to_numpy()
        full = np.full((len(data), len(self.columns)), np.nan)
        if complete.any():
            full[complete] = without_constant(evaluate(self.spec, data[complete])).to_numpy()
        return pd.DataFrame(full, index=data.index, columns=self.columns)


@dataclass(frozen=True)
class Design:
    """What the formulas of a model make of the rows that are complete.

    Attributes
    ----------
    outcome : pandas.Series or pandas.DataFrame
        The outcome of the rows used; two columns where it is an interval.
    covariates : Covariates
        Their design matrices and offset.
    weights : pandas.Series or None
        Their weights.
    dropped : pandas.Series
        Rows lost to missing values by column; a row that misses two counts in both.
    used : numpy.ndarray
        Whether each row of the data is complete.
    parts : dict
        ``Part`` of ``location``, ``scale`` and ``nominal``.
    offset_column : str or None
        Column of the data that holds the offset.
    """

    outcome: pd.Series | pd.DataFrame
    covariates: Covariates
    weights: pd.Series | None
    dropped: pd.Series
    used: NDArray[np.bool_]
    parts: dict[str, Part]
    offset_column: str | None

    @property
    def n_dropped(self) -> int:
        """Rows lost altogether."""
        return int((~self.used).sum())

    def matrix(self, data: pd.DataFrame) -> Covariates:
        """Return the covariates of new data; rows with missing values stay missing."""
        designs = {name: part.matrix(data) for name, part in self.parts.items()}
        offset = None
        if self.offset_column is not None:
            require_columns([self.offset_column], data)
            offset = data[self.offset_column]
        return Covariates(**designs, offset=offset)


def read_formula(
    formula: str,
    data: pd.DataFrame,
    missing: str,
    *,
    nominal: str | None = None,
    scale: str | None = None,
    weights: Any = None,
    offset: Any = None,
) -> Design:
    """Read outcome and covariates named by the formulas of a model.

    Parameters
    ----------
    formula : str
        Such as ``"rating ~ year + provider_type"``, or ``"interval(lowest, highest) ~ year"``. An
        intercept, written or not, is carried by the thresholds.
    data : pandas.DataFrame
        Holds every variable of the formulas.
    missing : {"drop", "raise"}
        What to do with rows that miss a value.
    nominal, scale : str, optional
        One-sided formulas, such as ``"~ contact"``.
    weights, offset : str, pandas.Series or array_like, optional
        A column of the data, or one value for each of its rows.

    Returns
    -------
    Design
        Rows without missing values, and how many were lost.

    Raises
    ------
    ModelError
        If a formula cannot be read, names an unknown column, or uses a column of text that was
        not declared categorical; if no row is left.
    """
    outcome, location = sides(formula)
    require_columns([], data)
    parsed = {"location": parse(location)}
    parsed["scale"], parsed["nominal"] = parse_part(scale), parse_part(nominal)
    given_parts = [part for part in parsed.values() if part is not None]
    covariates = {name for part in given_parts for name in variables_of(part, data.columns)}
    names = sorted({*outcome, *covariates})
    require_columns(names, data)
    if "Intercept" in names:
        raise ModelError("rename column 'Intercept': a formula gives this name to its constant")
    require_declared(data, sorted(covariates))
    extra = {"weights": _extra(weights, "weights", data), "offset": _extra(offset, "offset", data)}
    given = {name: values for name, values in extra.items() if values is not None}
    asked = {name if name not in names else f"{name}=": given[name] for name in given}
    complete, dropped = complete_rows(data[names].assign(**asked), missing)
    rows = data if complete.all() else data[complete]
    read = {name: _read_part(part, rows) for name, part in parsed.items()}
    location_design, scale_design, nominal_design = (read[name][0] for name in parsed)
    used = {name: values[complete] for name, values in given.items()}
    return Design(
        outcome=rows[outcome[0]] if len(outcome) == 1 else rows[outcome],
        covariates=Covariates(location_design, scale_design, nominal_design, used.get("offset")),
        weights=used.get("weights"),
        dropped=dropped[dropped > 0],
        used=complete,
        parts={name: part for name, (_, part) in read.items()},
        offset_column=offset if isinstance(offset, str) else None,
    )


def _read_part(parsed: Any, rows: pd.DataFrame) -> tuple[pd.DataFrame, Part]:
    """Return the design matrix of one formula, and what it learnt."""
    if parsed is None:
        return pd.DataFrame(index=rows.index), Part(None, [], [], {}, {})
    variables = variables_of(parsed, rows.columns)
    rows = with_floats(rows, variables, str(parsed))
    matrix = evaluate(parsed, rows)
    frame = without_constant(matrix)
    require_row_by_row(frame, matrix.model_spec, rows)
    levels = categories(rows, variables)
    numbered = {
        name: sorted(rows[name].unique().tolist())
        for name in variables
        if name not in levels and takes_as_categories(str(parsed), name)
    }
    return frame, Part(matrix.model_spec, list(frame.columns), variables, levels, numbered)


def _extra(values: Any, name: str, data: pd.DataFrame) -> pd.Series | None:
    """Return weights or offset as a series with the index of the data."""
    if values is None:
        return None
    if isinstance(values, str):
        if values not in data:
            raise ModelError(f"{name}={values!r} is no column of the data; {hint(values, data)}")
        values = data[values]
    if isinstance(values, pd.Series):
        if not values.index.equals(data.index):
            raise ModelError(f"{name} has another index than the data; align them first")
    elif np.shape(values) != (len(data),):
        raise ModelError(f"{name} has shape {np.shape(values)}; the data have {len(data)} rows")
    series = pd.Series(values, index=data.index)
    if not pd.api.types.is_numeric_dtype(series):
        raise ModelError(f"{name} must be numbers, not {series.dtype}")
    return series.astype(float)
