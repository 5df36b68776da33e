"""The categorical variables rows are told apart by."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from probstats.errors import ModelError


def read_patterns(model: Any, by: Any = None) -> pd.DataFrame:
    """Return the categories of each row used in a fit.

    Parameters
    ----------
    model : CumulativeLinkModel
        The model.
    by : str, list of str, pandas.Series, pandas.DataFrame or array_like, optional
        Columns of the formula's data, or values; the categorical variables of the formulas by
        default.

    Returns
    -------
    pandas.DataFrame
        One column for each variable.

    Raises
    ------
    ModelError
        If there is no categorical variable, a column is unknown, or values do not match the rows.
    """
    rows = model.data.row_labels
    if by is None:
        by = _categorical(model)
    names = [by] if isinstance(by, str) else by
    if isinstance(names, list) and names and all(isinstance(name, str) for name in names):
        return _columns(model, names)
    return _complete(_values(by, pd.Index(rows)))


def _categorical(model: Any) -> list[str]:
    """Return the categorical variables of the formulas."""
    if model.design is None:
        raise ModelError(
            "without a formula there is no telling which covariates are categorical; pass their "
            "values as by="
        )
    parts, data = model.design.parts.values(), model.formula_data
    names = [name for part in parts for name in [*part.levels, *part.numbered]]
    names += [
        name for part in parts for name in part.variables
        if name in data and pd.api.types.is_bool_dtype(data[name])
    ]  # fmt: skip
    if not names:
        raise ModelError(
            "the model has no categorical covariate, and so no patterns; use method='lipsitz' or "
            "'hosmer-lemeshow', or name a variable with by="
        )
    return list(dict.fromkeys(names))


def _columns(model: Any, names: list[str]) -> pd.DataFrame:
    data = model.formula_data
    for name in names:
        if data is None or name not in data:
            raise ModelError(f"by={name!r} is no column of the data of this fit")
    return _complete(data[names])


def _values(by: Any, rows: pd.Index) -> pd.DataFrame:
    if isinstance(by, pd.Series | pd.DataFrame):
        frame = by.to_frame() if isinstance(by, pd.Series) else by
        if not frame.index.equals(rows):
            if not frame.index.is_unique or not rows.isin(frame.index).all():
                raise ModelError("by has an index that does not match the rows used in the fit")
            frame = frame.loc[rows]
    else:
        values = np.asarray(by)
        if values.ndim not in {1, 2} or len(values) != len(rows):
            raise ModelError(f"by has shape {values.shape}; the fit used {len(rows)} rows")
        frame = pd.DataFrame(values.reshape(len(rows), -1), index=rows)
    return frame.rename(columns={None: "by"}) if None in frame.columns else frame


def _complete(frame: pd.DataFrame) -> pd.DataFrame:
    missing = int(frame.isna().any(axis=1).sum())
    if missing:
        raise ModelError(f"by is missing in {missing} of the {len(frame)} rows used")
    return frame
