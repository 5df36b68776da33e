"""What a table of two outcomes says."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

TOTAL = "all"


@dataclass(frozen=True, repr=False)
class CrossTable:
    """Two outcomes against each other.

    Attributes
    ----------
    counts : pandas.DataFrame
        Counts with totals; suppressed ones are missing.
    row_shares, column_shares : pandas.DataFrame
        Counts as shares of the total of their row, and of their column.
    expected : pandas.DataFrame
        Counts expected under independence, of rows whose levels are known.
    residuals, adjusted : pandas.DataFrame
        Pearson residuals, and adjusted ones, which are about standard normal under independence.
    tests : pandas.DataFrame
        Tests of independence, a row each; columns ``statistic``, ``df``, ``p_value``,
        ``p_permutation`` and ``mc_error``.
    measures : pandas.DataFrame
        ``gamma``, ``tau-b`` and ``Somers' d`` (of the column given the row) with
        ``std_error``, ``conf_low`` and ``conf_high``; empty for outcomes without order.
    n : int
        Rows of the frame in the table.
    dropped : dict
        Rows where each outcome is missing.
    n_interval : int or None
        Rows of the table where a level is known as an interval; None where counts are
        suppressed, which it would help to find.
    level : float
        Level of the intervals.
    notes : tuple of str
        What is to be known.
    """

    counts: pd.DataFrame
    row_shares: pd.DataFrame
    column_shares: pd.DataFrame
    expected: pd.DataFrame
    residuals: pd.DataFrame
    adjusted: pd.DataFrame
    tests: pd.DataFrame
    measures: pd.DataFrame
    n: int
    dropped: dict[str, int]
    n_interval: int | None
    level: float
    notes: tuple[str, ...] = ()

    def summary_frame(self) -> pd.DataFrame:
        """Return one row for each cell of known levels.

        Returns
        -------
        pandas.DataFrame
            The two outcomes, ``count``, ``row_share``, ``column_share``, ``expected``,
            ``residual`` and ``adjusted``.
        """
        rows, columns = self.expected.index, self.expected.columns
        parts = {
            "count": self.counts, "row_share": self.row_shares,
            "column_share": self.column_shares, "expected": self.expected,
            "residual": self.residuals, "adjusted": self.adjusted,
        }  # fmt: skip
        index = pd.MultiIndex.from_product([rows, columns], names=[rows.name, columns.name])
        flat = {
            name: part.loc[list(rows), list(columns)].to_numpy().ravel()
            for name, part in parts.items()
        }
        return pd.DataFrame(flat, index=index).reset_index()

    def summary(self) -> str:
        """Return counts, adjusted residuals, tests and measures as text."""
        parts = [
            f"{self.counts.index.name} by {self.counts.columns.name}, {self.n} rows",
            self.counts.astype(object).where(self.counts.notna(), "*").to_string(),
            "adjusted residuals",
            self.adjusted.to_string(float_format="{:.2f}".format, na_rep=""),
        ]
        for frame in (self.tests, self.measures):
            if not frame.empty:
                parts.append(frame.to_string(float_format="{:.4g}".format, na_rep=""))
        return "\n".join([*parts, *self.notes])

    def __repr__(self) -> str:
        return self.summary()
