"""Effects on the probability of each level, in percentage points."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from probstats import display
from probstats.errors import DataError
from probstats.tables.table import Table

NUMBERS = ("estimate", "std_error", "statistic", "p_value", "conf_low", "conf_high")
NEEDED = ("group", "estimate", "conf_low", "conf_high")


def effects_table(
    source: Any,
    *,
    terms: Mapping[str, str] | None = None,
    level: float | None = None,
    caption: str | None = None,
) -> Table:
    """Show average effects or probabilities, levels of the outcome as columns.

    Parameters
    ----------
    source : pandas.DataFrame or results
        What ``avg_comparisons``, ``avg_slopes`` or ``avg_predictions`` returned; or a fit, whose
        ``avg_comparisons()`` are shown.
    terms : mapping of str to str, optional
        Variables in words.
    level : float, optional
        Level of the intervals: of those to make, 0.95 by default; or of those in a frame, which
        does not say it. It is left out of the caption where it is not known.
    caption : str, optional
        Caption.

    Returns
    -------
    Table
        Effects in percentage points and probabilities in per cent, one decimal. ``data`` is the
        frame, in probabilities.

    Raises
    ------
    DataError
        If the frame is none of these, or two of its rows would be one cell.

    Examples
    --------
    >>> import pandas as pd
    >>> import probstats as ps
    >>> data = pd.DataFrame({"y": [1, 2, 1, 3, 2, 3, 2, 1], "x": [2, 1, 4, 6, 5, 3, 4, 1]})
    >>> fit = ps.CumulativeLinkModel.from_formula("y ~ x", data).fit()
    >>> effects_table(fit, terms={"x": "Hours"})
    Average changes of the probability of each level, percentage points (95% interval)
    <BLANKLINE>
    Change                        1                  2                    3
    Hours: +1  −10.4 (−21.1 to 0.2)  0.4 (−7.0 to 7.8)  10.1 (−2.3 to 22.4)
    """
    frame, level = _frame(source, level)
    keys = [name for name in frame.columns if name not in (*NUMBERS, "group")]
    changes = "contrast" in frame
    words = pd.Series(_row_names(frame, keys, dict(terms or {})), index=frame.index, dtype=object)
    rows = pd.DataFrame({"row": words, "group": frame["group"].astype(str)})
    if rows.duplicated().any():
        twice = rows[rows.duplicated()].iloc[0]
        raise DataError(
            f"the frame has two rows for {twice['row']!r} and level {twice['group']!r}; keep one"
        )
    cells = rows.assign(cell=_cells(frame))
    wide = cells.pivot(index="row", columns="group", values="cell").fillna("")
    wide = wide.loc[rows["row"].unique(), rows["group"].unique()].astype(object)
    wide.insert(0, "Change" if changes else "Rows", wide.index)
    what = "Average changes of the" if changes else "Average"
    unit = "percentage points" if changes else "per cent"
    shown = "interval" if level is None else display.interval_name(pd.DataFrame({"level": [level]}))
    made = f"{what} probability of each level, {unit} ({shown})"
    return Table(
        data=frame,
        formatted=wide.reset_index(drop=True).rename_axis(columns=None),
        caption=caption or made,
        notes=_notes(frame),
    )


def _frame(source: Any, level: float | None) -> tuple[pd.DataFrame, float | None]:
    if isinstance(source, pd.DataFrame):
        missing = [name for name in NEEDED if name not in source]
        if missing:
            raise DataError(
                f"the frame has no column {missing[0]!r}; give what avg_comparisons, avg_slopes "
                f"or avg_predictions returned"
            )
        frame = source.reset_index(drop=True)
    elif hasattr(source, "avg_comparisons"):
        level = 0.95 if level is None else level
        frame = source.avg_comparisons(alpha=1 - level)
    else:
        raise DataError(
            f"a {type(source).__name__} has no effects on probabilities; give a fit, or the frame "
            f"of avg_comparisons, avg_slopes or avg_predictions"
        )
    if not len(frame):
        raise DataError("there are no effects to show; the fit has no covariates")
    if level is not None and not 0 < level < 1:
        raise DataError(f"level={level!r} is not between 0 and 1; 0.95 is usual")
    return frame, level


def _row_names(frame: pd.DataFrame, keys: list[str], terms: dict[str, str]) -> list[str]:
    """Return what is changed, and for which rows of the data."""
    names = []
    for row in frame[keys].to_dict("records"):
        parts = [f"{terms.get(str(key), key)}: {value}" for key, value in row.items()
                 if key not in ("term", "contrast")]  # fmt: skip
        if "term" in row:
            term = terms.get(str(row["term"]), row["term"])
            parts.insert(0, f"{term}: {_change(str(row.get('contrast', '')))}")
        names.append("; ".join(parts) or "All")
    return names


def _change(contrast: str) -> str:
    if contrast == "dY/dX":
        return "slope"
    if contrast.count(" - ") == 1:
        return contrast.replace(" - ", " rather than ")
    return contrast.replace("-", display.MINUS) if contrast[:1] == "-" else contrast


def _cells(frame: pd.DataFrame) -> list[str]:
    rows = (100 * frame[["estimate", "conf_low", "conf_high"]]).itertuples(index=False, name=None)
    return [display.estimate(value, low, high, _one_decimal) for value, low, high in rows]


def _one_decimal(value: float) -> str:
    return display.number(value, 1)


def _notes(frame: pd.DataFrame) -> tuple[str, ...]:
    if "contrast" in frame and (frame["contrast"] == "dY/dX").any():
        return ("A slope is the change for one unit more, at the rate where each row stands.",)
    return ()
