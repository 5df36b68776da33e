"""What a conclusion becomes where unreported values are lower or higher: a table and sentences."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from probstats.display import MINUS, number, percent


@dataclass(frozen=True, repr=False)
class DeltaSensitivity:
    """A pooled estimate where imputed values are moved by delta.

    Attributes
    ----------
    table : pandas.DataFrame
        One row for each delta; columns ``delta``; ``estimate``, ``std_error``, ``low``, ``high``,
        ``p_value`` and ``fmi``, pooled over imputations; ``moved``, the mean change of imputed
        values; ``clipped``, the share of them that stop at a bound; and ``warned``, the fits that
        warned.
    tipping_points : pandas.DataFrame
        Where the conclusion changes, nearest to zero first: ``delta``, ``change`` and ``moved``.
    column : str
        The column whose unreported values move.
    term : str
        The parameter.
    threshold : float
        The value the conclusion hangs on.
    level : float
        Coverage of the intervals.
    n_missing, n : int
        Rows without the column, and all.
    m : int
        Imputations.
    unit : str
        On what scale levels move; empty for numbers.
    notes : tuple of str
        Deltas without a result.
    """

    table: pd.DataFrame
    tipping_points: pd.DataFrame
    column: str
    term: str
    threshold: float
    level: float
    n_missing: int
    n: int
    m: int
    unit: str = ""
    notes: tuple[str, ...] = ()

    def summary(self) -> str:
        """Return what was missing, the result as imputed, and each tipping point, in sentences."""
        said = [
            f"{self.column}: unreported in {self.n_missing} of {self.n} rows "
            f"({percent(self.n_missing / self.n)}) and imputed {self.m} times.",
            self._as_imputed(),
            *(self._tips(row) for row in self.tipping_points.to_dict("records")),
        ]
        if self.tipping_points.empty:
            said.append(self._same_throughout())
        return "\n".join([*said, *self._clipped(), *self.notes])

    def _as_imputed(self) -> str:
        row = self.table[self.table["delta"] == 0.0].iloc[0]
        if not np.isfinite(row["estimate"]):
            return "As imputed there is no estimate."
        excludes = row["low"] > self.threshold or row["high"] < self.threshold
        interval = f"{number(row['low'], 3)} to {number(row['high'], 3)}"
        estimate = number(row["estimate"], 3)
        return (
            f"As imputed the estimate for {self.term} is {estimate} ({self.level:.0%} interval "
            f"{interval}, which {'excludes' if excludes else 'includes'} {self._threshold})."
        )

    @property
    def _threshold(self) -> str:
        return f"{self.threshold:g}".replace("-", MINUS)

    def _tips(self, row: dict[str, Any]) -> str:
        way, size = "higher" if row["delta"] > 0.0 else "lower", _size(abs(row["delta"]))
        said = f"If unreported values of {self.column} are {size} {way}{self.unit} than imputed"
        moved = _size(abs(row["moved"]))
        if self.unit:
            said += f" ({moved} levels on average)"
        elif abs(row["moved"] - row["delta"]) > 1e-3 * abs(row["delta"]):
            said += f" ({moved} on average, as far as bounds allow)"
        return f"{said}, {row['change']}."

    def _same_throughout(self) -> str:
        known = self.table.loc[np.isfinite(self.table["estimate"]), "delta"]
        first, last = (_size(value) for value in (known.min(), known.max()))
        return f"The conclusion is the same for each delta from {first} to {last}."

    def _clipped(self) -> list[str]:
        row = self.table.loc[self.table["clipped"].idxmax()]
        if not row["clipped"]:
            return []
        return [
            f"Up to {percent(row['clipped'])} of imputed values stop at a bound "
            f"(delta = {_size(row['delta'])})."
        ]

    def summary_frame(self) -> pd.DataFrame:
        """Return the table."""
        return self.table.copy()

    def __repr__(self) -> str:
        title = f"{self.term} where unreported values of {self.column} move by delta{self.unit}"
        shown = self.table.set_index("delta").round(4) + 0.0
        table = shown.astype({"warned": int}).to_string(float_format="{:.4f}".format)
        return "\n".join([title, table, self.summary()])

    def __dir__(self) -> list[str]:
        return [name for name in super().__dir__() if not name.startswith("_")]


def _size(value: float) -> str:
    """Return a number with three figures that count."""
    return f"{value:.3g}".replace("-", MINUS)
