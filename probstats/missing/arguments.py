"""From the arguments of ``impute`` to the columns that take part."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from probstats.errors import DataError, ModelError
from probstats.missing.cell_bounds import bound_columns, with_bounds
from probstats.missing.variables import Variable, read_variable
from probstats.models.reading.columns import hint

DONORS = 2, 5
"""Fewest and most donors by default, and the observed values for each: more donors than this pull
effects towards zero, as ``benchmarks/imputation.py`` found with ten."""
PER_DONOR = 20


def read_columns(data: Any, columns: Any, auxiliary: Any, bounds: Any) -> dict[str, Variable]:
    """Return the columns that take part, with the bounds of their cells; see ``impute``."""
    if not isinstance(data, pd.DataFrame):
        raise ModelError(f"data must be a pandas.DataFrame, not a {type(data).__name__}")
    if not data.columns.is_unique:
        raise DataError(f"the data have more than one column {_twice(data)!r}; rename them")
    ends = bound_columns(data, bounds)
    extra = _names(data, auxiliary, "auxiliary")
    rest = [name for name in data if name not in ends]
    names = rest if columns is None else _names(data, columns, "columns")
    names = list(dict.fromkeys([*names, *extra]))
    for name in bounds or {}:
        if name not in names:
            raise ModelError(f"bounds has {name!r}, which is no column that is imputed")
    variables = {name: read_variable(data[name]) for name in names}
    for name, pair in (bounds or {}).items():
        variables[name] = with_bounds(variables[name], data, pair)
    return variables


def with_donors(
    variables: Mapping[str, Variable], donors: int | None, normal: Any
) -> dict[str, Variable]:
    """Return the variables, numbers with the donors each value is drawn from."""
    wanted = [normal] if isinstance(normal, str) else list(normal or [])
    for name in wanted:
        if name not in variables or variables[name].kind != "number":
            raise ModelError(f"normal has {name!r}, which is no column of numbers that takes part")
    found = {}
    for name, one in variables.items():
        known = len(one.cells) - int(one.missing.sum())
        number = int(np.clip(known // PER_DONOR, *DONORS)) if donors is None else donors
        found[name] = replace(one, donors=0 if name in wanted else number)
    return found


def _twice(data: pd.DataFrame) -> Any:
    return data.columns[data.columns.duplicated()][0]


def _names(data: pd.DataFrame, given: Any, what: str) -> list[str]:
    names = [] if given is None else [given] if np.ndim(given) == 0 else list(given)
    for name in names:
        if name not in data:
            raise ModelError(f"{what}: the data have no column {name!r}; {hint(str(name), data)}")
    return names


def read_predictors(
    variables: Mapping[str, Variable], given: Mapping[str, Sequence[str]] | None
) -> list[list[int]]:
    """Return the positions of the columns each column is imputed from."""
    names = list(variables)
    if given is not None and not isinstance(given, Mapping):
        raise ModelError("predictors must be a dict such as {'hours': ['size', 'region']}")
    for name, some in (given or {}).items():
        if isinstance(some, str):
            raise ModelError(f"predictors[{name!r}] must be a list of columns, not {some!r}")
        for wanted in (name, *some):
            if wanted not in names:
                raise ModelError(f"predictors: {wanted!r} is no column that takes part")
    wanted_by = {name: list((given or {}).get(name, names)) for name in names}
    return [[names.index(other) for other in wanted_by[name] if other != name] for name in names]
