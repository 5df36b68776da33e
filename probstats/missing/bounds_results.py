"""What holds whatever the missing values are, as a table and in sentences."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from probstats.display import number, percent
from probstats.errors import ModelError
from probstats.missing.ends import End, interval

NOT_SHARP = "outer bounds: no completion found attains both, and the true range may be narrower"
SEARCHED = "the bounds are attained by completions a search found; the true range may be wider"


@dataclass(frozen=True)
class Quantity:
    """A quantity and its two ends.

    Attributes
    ----------
    name : str
        What it is.
    low, high : End
        The estimates at the two ends.
    low_rows, high_rows : pandas.DataFrame
        The completions that attain them.
    known : float
        Share of the rows that are, or may be, in its group in which all it needs is known.
    nothing : float or None
        Its value where there is no difference.
    notes : tuple of str
        What is to be said of its ends, such as that they are not sharp.
    scale : callable
        Rising function that the estimates and limits at the ends are shown by.
    """

    name: str
    low: End
    high: End
    low_rows: pd.DataFrame
    high_rows: pd.DataFrame
    known: float
    nothing: float | None = None
    notes: tuple[str, ...] = ()
    scale: Callable[[float], float] = float

    def row(self, level: float) -> dict[str, Any]:
        """Return the row of the table."""
        ends = (self.low.value, self.high.value, *interval(self.low, self.high, level))
        names = ("low", "high", "ci_low", "ci_high")
        shown = dict(zip(names, map(self.scale, ends), strict=True))
        return {"quantity": self.name, **shown, "known": self.known}


@dataclass(frozen=True, repr=False)
class Bounds:
    """Bounds of quantities whatever the missing values are.

    Attributes
    ----------
    table : pandas.DataFrame
        One row for each quantity; columns ``quantity``, ``low`` and ``high``, the bounds;
        ``ci_low`` and ``ci_high``, an interval for the quantity itself; and ``known``, the share
        of the rows that are, or may be, in its group in which all it needs is known.
    measure : str
        What is bounded.
    level : float
        Coverage of the intervals.
    n : int
        Rows.
    notes : tuple of str
        What was taken for granted, and which bounds are not sharp.
    """

    table: pd.DataFrame
    measure: str
    level: float
    n: int
    notes: tuple[str, ...]
    _quantities: tuple[Quantity, ...] = field(default=())

    def completion(self, quantity: str | None = None, end: str = "low") -> pd.DataFrame:
        """Return data without gaps that attain an end.

        Parameters
        ----------
        quantity : str, optional
            A name in ``table["quantity"]``; not needed where there is one.
        end : {"low", "high"}
            Which end.

        Returns
        -------
        pandas.DataFrame
            The outcome, and the exposure or its group, of the rows of the data.

        Raises
        ------
        ModelError
            If there is no such quantity or end.
        """
        names = [one.name for one in self._quantities]
        if quantity is None and len(names) == 1:
            quantity = names[0]
        if quantity not in names:
            raise ModelError(
                f"quantity={quantity!r} is not bounded here; choose one of {', '.join(names)}"
            )
        if end not in {"low", "high"}:
            raise ModelError(f"end={end!r} is not known; choose 'low' or 'high'")
        one = self._quantities[names.index(quantity)]
        return (one.low_rows if end == "low" else one.high_rows).copy()

    def summary(self) -> str:
        """Return a sentence for each quantity, and the notes."""
        rows = self.table.to_dict("records")
        said = [_sentence(one, row, self.level) for one, row in
                zip(self._quantities, rows, strict=True)]  # fmt: skip
        return "\n".join([*said, *(f"Note: {note}." for note in self.notes)])

    def summary_frame(self) -> pd.DataFrame:
        """Return the table."""
        return self.table.copy()

    def __repr__(self) -> str:
        title = f"Bounds of the {self.measure} whatever the missing values are, {self.n} rows"
        shown = (self.table.set_index("quantity").round(4) + 0.0).rename_axis(None)
        table = shown.to_string(float_format="{:.4f}".format)
        said = [f"intervals: {self.level:.0%} for the quantity", *self.notes]
        return "\n".join([title, table, *said])

    def __dir__(self) -> list[str]:
        return [name for name in super().__dir__() if not name.startswith("_")]


def _sentence(quantity: Quantity, row: dict[str, Any], level: float) -> str:
    low, high = _shown(row["low"]), _shown(row["high"])
    around = f"{level:.0%} interval {_shown(row['ci_low'])} to {_shown(row['ci_high'])}"
    if row["low"] == row["high"] and row["known"] == 1.0:
        said = f"is {low} ({around}); nothing is missing"
    else:
        said = (
            f"lies between {low} and {high} whatever the missing values are\n"
            f"    ({around}; known in {percent(row['known'])} of rows)"
        )
    direction = _direction(row, quantity.nothing)
    return f"{quantity.name}\n    {said}" + (f":\n    {direction}." if direction else ".")


def _shown(value: float) -> str:
    if np.isinf(value):
        return "plus infinity" if value > 0.0 else "minus infinity"
    return number(value + 0.0, 3)


def _direction(row: dict[str, Any], nothing: float | None) -> str:
    """Return what the bounds say about the direction of a difference."""
    if nothing is None:
        return ""
    if row["low"] == row["high"] == nothing:
        return "no difference"
    if row["low"] <= nothing <= row["high"]:
        return "this includes no difference, so the data alone do not say the direction"
    side = "above" if row["low"] > nothing else "below"
    said = f"{side} {nothing:g}, which is no difference, in every completion of the data"
    covered = row["ci_low"] <= nothing <= row["ci_high"]
    return said + (",\n    but the interval includes no difference" if covered else "")
