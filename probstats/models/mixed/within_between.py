"""What changes within groups, told apart from what differs between them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from probstats.errors import ModelError

DIGITS = 8.0
"""Last digits by which a value may differ from the mean of its group and still be that mean."""


def within_between(
    data: pd.DataFrame, columns: str | Iterable[str], groups: str | pd.Series
) -> pd.DataFrame:
    """Add to data, for each column, the mean of its group and the distance from it.

    Parameters
    ----------
    data : pandas.DataFrame
        The data.
    columns : str or list of str
        Columns of numbers; 0 and 1 for a category.
    groups : str or pandas.Series
        A column of the data, or a series with its index.

    Returns
    -------
    pandas.DataFrame
        The data with ``<column>_within`` and ``<column>_between``. Rows that miss the column miss
        both, and do not count in the mean; rows without a group miss both.

    Raises
    ------
    ModelError
        If a column is not there or holds no numbers, does not change within any group, or its new
        names are taken.

    Notes
    -----
    Beside a random intercept, the coefficient of the within part comes from changes within groups
    alone, and is free of whatever is constant about a group; without the split the two are taken to
    be one (Mundlak 1978; Bell and Jones 2015). In a model that is not linear this holds nearly, and
    ``FixedEffectsOrderedLogit`` is the check.

    Examples
    --------
    >>> import pandas as pd
    >>> import probstats as ps
    >>> data = pd.DataFrame({"team": ["a", "a", "b", "b"], "hours": [1, 3, 6, 8]})
    >>> ps.within_between(data, "hours", "team")
      team  hours  hours_within  hours_between
    0    a      1          -1.0            2.0
    1    a      3           1.0            2.0
    2    b      6          -1.0            7.0
    3    b      8           1.0            7.0
    """
    if not isinstance(data, pd.DataFrame):
        raise ModelError(f"data must be a data frame, not a {type(data).__name__}")
    if not isinstance(columns, str | Iterable):
        raise ModelError(f"columns must be the name of a column, or a list of names, not {columns}")
    names = [columns] if isinstance(columns, str) else list(columns)
    by = _groups(data, groups)
    found = data.copy()
    for name in names:
        values = _numbers(data, name)
        mean = values.groupby(by).transform("mean")
        within = values - mean
        if not within.abs().max() > DIGITS * np.spacing(values.abs().max()):
            raise ModelError(
                f"column {name!r} does not change within any group, so that it has no part within; "
                f"use it as it is"
            )
        for part, series in (("within", within), ("between", mean.where(values.notna()))):
            new = f"{name}_{part}"
            if new in found:
                raise ModelError(f"the data have a column {new!r} already; rename it")
            found[new] = series
    return found


def _groups(data: pd.DataFrame, groups: Any) -> pd.Series:
    if isinstance(groups, str):
        if groups not in data:
            raise ModelError(f"groups={groups!r} is no column of the data")
        return data[groups]
    if not isinstance(groups, pd.Series) or not groups.index.equals(data.index):
        raise ModelError("groups must be a column of the data, or a series with its index")
    return groups


def _numbers(data: pd.DataFrame, name: str) -> pd.Series:
    if name not in data:
        raise ModelError(f"the data have no column {name!r}")
    column = data[name]
    numeric = pd.api.types.is_numeric_dtype(column) or pd.api.types.is_bool_dtype(column)
    complex_ = pd.api.types.is_complex_dtype(column)
    if not numeric or complex_ or np.isinf(column.astype(float)).any():
        raise ModelError(
            f"column {name!r} must hold finite numbers; make 0 and 1 of a category first"
        )
    return column.astype(float)
