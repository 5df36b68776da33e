"""The levels of rows a model was not fitted to."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from probstats.errors import ModelError
from probstats.models.checking.grouped_tables import Codes
from probstats.models.reading.formulas import sides

MISSING = -1


def read_new_outcome(model: Any, outcome: Any, data: Any) -> tuple[Codes, Codes]:
    """Return the lowest and the highest level of new rows as codes of a model's levels.

    Parameters
    ----------
    model : CumulativeLinkModel
        The model.
    outcome : str, list of str, pandas.Series, pandas.DataFrame, array_like or None
        A column of the data, two of them for an interval, or values; the outcome of the formula
        where None.
    data : pandas.DataFrame or array_like
        The new rows.

    Returns
    -------
    tuple of numpy.ndarray
        m codes each; -1 where missing.

    Raises
    ------
    ModelError
        If columns are missing, values do not match the rows, or a level is not one of the fit.
    """
    if outcome is None:
        if model.formula is None:
            raise ModelError("without a formula, pass the levels of the new rows as outcome=")
        outcome = sides(model.formula)[0]
    frame = _frame(outcome, data)
    known = _codes_of_levels(model.outcome)
    low, high = (_coded(frame.iloc[:, column], known, model.outcome) for column in (0, -1))
    wrong = np.flatnonzero((low > high) & (high != MISSING))
    if len(wrong):
        raise ModelError(
            f"the outcome goes down in new row {wrong[0]}: the lower level comes first"
        )
    missing = (low == MISSING) | (high == MISSING)
    return np.where(missing, MISSING, low), np.where(missing, MISSING, high)


def _frame(outcome: Any, data: Any) -> pd.DataFrame:
    names = [outcome] if isinstance(outcome, str) else outcome
    if isinstance(names, list) and names and all(isinstance(name, str) for name in names):
        if isinstance(data, pd.DataFrame) and set(names) <= set(data.columns):
            return data[names]
        if len(names) != len(data):
            raise ModelError(f"the new data have no outcome {', '.join(names)}; pass outcome=")
    frame = pd.DataFrame(outcome) if not isinstance(outcome, pd.DataFrame) else outcome
    if len(frame) != len(data) or frame.shape[1] > 2:
        raise ModelError(
            f"outcome has shape {frame.shape}; it needs a value for each of the {len(data)} new "
            f"rows, or two for an interval"
        )
    return frame


def _codes_of_levels(outcome: Any) -> dict[Any, int]:
    """Return the code of each label, those merged into one level included."""
    known = {level: code for code, level in enumerate(outcome.levels)}
    for run in outcome.merged:
        known |= dict.fromkeys(run, known[f"{run[0]} to {run[-1]}"])
    return known


def _coded(column: pd.Series, known: dict[Any, int], outcome: Any) -> Codes:
    values, missing = column.tolist(), column.isna().to_numpy()
    strange = {value for value, gone in zip(values, missing, strict=True) if not gone} - set(known)
    if strange:
        raise ModelError(
            f"the new rows have levels the fit gives no probability: "
            f"{', '.join(map(str, sorted(strange, key=str)))}; it knows "
            f"{', '.join(map(str, outcome.levels))}"
        )
    pairs = zip(values, missing, strict=True)
    return np.array([MISSING if gone else known[value] for value, gone in pairs], dtype=np.intp)
