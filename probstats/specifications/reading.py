"""The choices a user gives, read and checked before anything is run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from probstats.errors import ModelError
from probstats.models.kernel.links import get_link
from probstats.models.reading.columns import hint
from probstats.models.reading.formulas import parse, variables_of
from probstats.specifications.model_options import (
    NAMED,
    named_options,
    read_options,
    require_columns_of,
)
from probstats.specifications.specification import Choice, quoted


def read_data(data: Any) -> pd.DataFrame:
    """Return the data with rows numbered from 0, which models name them by."""
    if not isinstance(data, pd.DataFrame):
        raise ModelError(f"data must be a frame, not {type(data).__name__}")
    if data.columns.has_duplicates:
        twice = data.columns[data.columns.duplicated()][0]
        raise ModelError(f"data has two columns named {twice!r}; rename one")
    if data.empty:
        raise ModelError(f"data has {len(data)} rows and {data.shape[1]} columns: nothing to fit")
    return data.reset_index(drop=True)


def read_outcomes(given: Any, data: pd.DataFrame) -> list[Choice]:
    """Return outcomes, each one column, or two for levels known as an interval.

    Raises
    ------
    ModelError
        If one is no column of the data.
    """
    found = [Choice(name, _columns(value)) for name, value in _named(given, "outcomes", _label)]
    for outcome in found:
        for column in outcome.value:
            _require_column(column, data, "outcome")
    return found


def _columns(value: Any) -> tuple[Any, ...]:
    pair = tuple(value) if isinstance(value, list | tuple) else (value,)
    if len(pair) not in {1, 2}:
        raise ModelError(
            f"outcome {value!r} must be a column, or a pair of columns: the lowest and the highest "
            f"level"
        )
    return pair


def read_exposures(given: Any, data: pd.DataFrame) -> list[Choice]:
    """Return exposures, each a column of numbers, truth values or two categories.

    Raises
    ------
    ModelError
        If one is no column of the data, or would take several coefficients.
    """
    found = [Choice(name, value) for name, value in _named(given, "exposures", str)]
    for exposure in found:
        _require_column(exposure.value, data, "exposure")
        _require_one_coefficient(data[exposure.value])
    return found


def _require_one_coefficient(column: pd.Series) -> None:
    categorical = isinstance(column.dtype, pd.CategoricalDtype)
    if categorical and len(column.cat.categories) > 2:
        levels = [str(level) for level in column.cat.categories]
        raise ModelError(
            f"exposure {column.name!r} has {len(levels)} categories ({', '.join(levels[:5])}) and "
            f"so several coefficients; make a column for the contrast you mean, such as "
            f"data[{column.name!r}].eq({levels[1]!r}).astype(float)"
        )
    if not categorical and not pd.api.types.is_numeric_dtype(column):
        raise ModelError(
            f"exposure {column.name!r} has type {column.dtype}; it must be numbers, truth values "
            f"or two declared categories"
        )
    if column.nunique() < 2:
        raise ModelError(f"exposure {column.name!r} has the same value in all rows that have one")


def read_covariate_sets(given: Any, data: pd.DataFrame) -> list[Choice]:
    """Return sets of covariates, each a tuple of formula terms.

    Raises
    ------
    ModelError
        If a term cannot be read, or names a column the data do not have.
    """
    sets = {"none": []} if given is None else given
    found = []
    for name, value in _named(sets, "covariate_sets", _listed):
        one = Choice(name, _terms(value))
        for column in covariates_of([one], data):
            _require_column(column, data, f"covariate of set {name!r}:")
        found.append(Choice(name, _one_by_one(one.value, data)))
    return found


def _one_by_one(terms: tuple[str, ...], data: pd.DataFrame) -> tuple[str, ...]:
    """Return the terms that formulas such as ``a * b`` stand for."""
    return tuple(
        ":".join(
            quoted(factor.expr) if factor.expr in data else str(factor.expr)
            for factor in term.factors
        )
        for term in parse(" + ".join(terms) or "1")
        if str(term) != "1"
    )


def _listed(value: Any) -> str:
    return " + ".join(_terms(value)) or "none"


def _terms(value: Any) -> tuple[str, ...]:
    given = [value] if isinstance(value, str) else value
    if given is None or value == "none":
        return ()
    if not isinstance(given, list | tuple) or not all(isinstance(one, str) for one in given):
        raise ModelError(f"a set of covariates is a list of formula terms, not {value!r}")
    return tuple(term.strip() for term in given)


def covariates_of(sets: list[Choice], data: pd.DataFrame) -> list[str]:
    """Return the columns that sets of covariates use, each once."""
    names: list[str] = []
    for one in sets:
        names += variables_of(parse(" + ".join(one.value)), data.columns) if one.value else []
    return list(dict.fromkeys(names))


def read_subsets(given: Any, data: pd.DataFrame) -> list[Choice]:
    """Return subsets as masks of the rows of the user's data; all rows where none are given.

    Raises
    ------
    ModelError
        If a subset is no mask, query or function of the data.
    """
    subsets = {"all": None} if given is None else given
    if not isinstance(subsets, dict):
        raise ModelError("subsets is a dict from names to masks, queries or functions of the data")
    return [Choice(name, _mask(name, value, data)) for name, value in _pairs(subsets, "subsets")]


def _mask(name: str, value: Any, data: pd.DataFrame) -> Any:
    if value is None:
        return np.ones(len(data), dtype=bool)
    if isinstance(value, str):
        try:
            found = data.eval(value)
        except Exception as error:
            raise ModelError(f"subset {name!r}: query {value!r} cannot be read: {error}") from error
    else:
        found = value(data) if callable(value) else value
    if isinstance(found, pd.Series) and not found.index.equals(data.index):
        raise ModelError(
            f"subset {name!r} has another index than the data; make the mask from the data, or "
            f"pass it as an array in the order of its rows"
        )
    mask = np.asarray(found)
    if mask.dtype == object and pd.isna(mask).any():
        raise ModelError(f"subset {name!r} is missing for {pd.isna(mask).sum()} rows")
    if mask.shape != (len(data),) or not all(isinstance(one, bool) for one in mask.tolist()):
        raise ModelError(
            f"subset {name!r} must be True or False for each of the {len(data)} rows, as a mask, a "
            f"query or a function of the data gives them"
        )
    return mask.astype(bool)


def read_links(given: Any) -> list[Choice]:
    """Return links.

    Raises
    ------
    ModelError
        If one is not known.
    """
    return [Choice(name, get_link(value).name) for name, value in _named(given, "links", str)]


def read_models(given: Any, groups: str | None, data: pd.DataFrame) -> list[Choice]:
    """Return models, each with its ``ModelOptions``.

    Raises
    ------
    ModelError
        If a name, an option or a column is not known.
    """
    if not isinstance(given, dict):
        given = {name: named_options(name, groups) for name in _list(given, "models")}
    found = []
    for name, value in _pairs(given, "models"):
        value = name if value is None and name in NAMED else value  # noqa: PLW2901
        options = read_options(name, value, groups)
        require_columns_of(name, options, data)
        found.append(Choice(name, options))
    return found


def _list(given: Any, what: str) -> list[Any]:
    if not isinstance(given, str | list | tuple):
        raise ModelError(f"{what} must be a name, a list or a dict, not {given!r:.60}")
    values = [given] if isinstance(given, str) else list(given)
    if not values:
        raise ModelError(f"{what} is empty; give one at least")
    return values


def _pairs(given: dict[Any, Any], what: str) -> list[tuple[str, Any]]:
    if not given:
        raise ModelError(f"{what} is empty; give one at least")
    return [(str(name), value) for name, value in given.items()]


def _named(given: Any, what: str, label: Callable[[Any], str]) -> list[tuple[str, Any]]:
    """Return names and values, of a dict or of a list whose values name themselves."""
    if isinstance(given, dict):
        return _pairs(given, what)
    return [(label(value), value) for value in _list(given, what)]


def _label(value: Any) -> str:
    return str(value) if isinstance(value, str) else f"interval({', '.join(map(str, value))})"


def _require_column(name: Any, data: pd.DataFrame, what: str) -> None:
    if not isinstance(name, str) or name not in data:
        raise ModelError(f"{what} {name!r} is no column of the data; {hint(str(name), data)}")
