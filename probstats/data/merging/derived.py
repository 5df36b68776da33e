"""Ratios of figures put beside ratings, with their bounds and dates."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product

import numpy as np
import pandas as pd

from probstats.data.merging.formulas import FORMULAS, Formula
from probstats.data.merging.merge import Merged
from probstats.data.merging.targets import LEVELS
from probstats.data.resolution.types import Bools, Floats, Objects
from probstats.errors import DataError

ACROSS = ("refuse", "flag")

ENDLESS, BEYOND = 1e300, 1e200
"""Where a part without an upper bound is taken to end, and from where on a ratio has none."""

DERIVED = "derived"
UNDATED = "derived, a part has no date"
ACROSS_DATES = "across dates"
INCOMPLETE = "a part is missing"
TAKEN = "the column is there already"
NO_VALUE = "the denominator is zero"
NO_PARTS = "no figures for a part"


def derive(
    merged: Merged | pd.DataFrame,
    names: Iterable[str] | None = None,
    *,
    across_dates: str = "refuse",
) -> Merged:
    """Add derived measures at each level whose parts are there.

    Parameters
    ----------
    merged : Merged or pandas.DataFrame
        What ``merge`` returns, or a frame with its columns.
    names : iterable of str, optional
        Derived measures; all of ``formulas()`` by default.
    across_dates : {"refuse", "flag"}
        What to do with a ratio whose parts have different dates: leave it missing, or give it and
        say so in the companion ``__flag``.

    Returns
    -------
    Merged
        The frame with ``<name>__<level>`` and the companions ``__low`` and ``__high`` (from the
        bounds of the parts), ``__date`` and ``__flag``; the report with a line for each outcome,
        for measures asked for by name at levels without their parts as well.

    Raises
    ------
    DataError
        If a name or option is not known.

    Notes
    -----
    Parts are always of one level, and figures of one level are always of the inspection's own
    population, so that no ratio crosses either. Parts given for one inspection belong together
    where one of them has no date of its own; the flag says so.

    Examples
    --------
    >>> import probstats as ps
    >>> merged = ps.data.merge(ps.load_panel("wide"), tolerance="365D")
    >>> found = ps.data.derive(merged, ["people_per_po"])
    >>> row = found.frame.set_index("inspection_id").loc["south-yorkshire-crc-2019"]
    >>> round(row["people_per_po__inspection"])
    228
    """
    if across_dates not in ACROSS:
        raise DataError(f"across_dates={across_dates!r} is not known; choose {' or '.join(ACROSS)}")
    frame = merged.frame if isinstance(merged, Merged) else merged
    parts = [
        _Ratio(formula, level, frame, flag=across_dates == "flag")
        for formula in _chosen(names)
        for level in LEVELS
    ]
    if names is None:
        parts = [part for part in parts if part.has_parts]
    new = [part for part in parts if part.has_parts and not part.is_taken]
    columns = {name: values for part in new for name, values in part.columns().items()}
    wide = pd.concat([frame, pd.DataFrame(columns, index=frame.index)], axis=1)
    report = [part.report() for part in parts]
    if isinstance(merged, Merged):
        return Merged(wide, pd.concat([merged.report, *report], ignore_index=True), merged.rows)
    n_inspections = int(_once(frame).sum())
    rows = pd.Series({"rows in": len(frame), "rows out": len(wide), "inspections": n_inspections})
    empty = pd.DataFrame(columns=["measure", "level", "outcome", "inspections"])
    return Merged(wide, pd.concat([empty, *report], ignore_index=True), rows)


def _chosen(names: Iterable[str] | None) -> list[Formula]:
    by_name = {formula.name: formula for formula in FORMULAS}
    wanted = list(by_name) if names is None else [names] if isinstance(names, str) else list(names)
    unknown = [name for name in wanted if name not in by_name]
    if unknown:
        raise DataError(f"{unknown[0]!r} is no derived measure; choose of {', '.join(by_name)}")
    return [by_name[name] for name in wanted]


def _once(frame: pd.DataFrame) -> Bools:
    """Return one row of each inspection; every row where they have no name."""
    if "inspection_id" not in frame:
        return np.ones(len(frame), dtype=bool)
    return ~frame["inspection_id"].duplicated().to_numpy()


class _Ratio:
    """One derived measure at one level."""

    def __init__(self, formula: Formula, level: str, frame: pd.DataFrame, *, flag: bool) -> None:
        self.formula, self.level = formula, level
        self._frame, self._flag = frame, flag
        self.name = f"{formula.name}__{level}"
        names = [self.name, *(f"{self.name}__{end}" for end in ("low", "high", "date", "flag"))]
        self.has_parts = all(f"{part}__{level}" in frame for part in formula.parts)
        self.is_taken = any(name in frame for name in names)
        self.outcome = self._outcome()

    def _part(self, suffix: str = "") -> list[pd.Series]:
        names = [f"{part}__{self.level}{suffix}" for part in self.formula.parts]
        empty = pd.Series(np.nan, self._frame.index)
        return [self._frame.get(name, empty) for name in names]

    def _value(self, values: Iterable[pd.Series]) -> Floats:
        arrays = [value.to_numpy(dtype=float) for value in values]
        with np.errstate(divide="ignore", invalid="ignore"):
            found = self.formula.value(*arrays)
        return np.where(np.isfinite(found), found, np.nan)

    def _dates(self) -> pd.DataFrame:
        dates = [pd.to_datetime(date) for date in self._part("__date")]
        return pd.concat(dates, axis=1, keys=range(len(self.formula.parts)))

    def _outcome(self) -> Objects:
        if not self.has_parts:
            return np.full(len(self._frame), NO_PARTS, dtype=object)
        if self.is_taken:
            return np.full(len(self._frame), TAKEN, dtype=object)
        dates = self._dates()
        distinct = dates.nunique(axis=1, dropna=True).to_numpy()
        undated = dates.isna().any(axis=1).to_numpy()
        complete = np.logical_and.reduce([part.notna().to_numpy() for part in self._part()])
        found = np.where(undated, UNDATED, DERIVED).astype(object)
        found[distinct > 1] = ACROSS_DATES
        found[np.isnan(self._value(self._part()))] = NO_VALUE
        found[~complete] = INCOMPLETE
        return found

    def columns(self) -> dict[str, pd.Series | Floats]:
        """Return the measure and its companions, by column name."""
        name = self.name
        given = np.isin(self.outcome, [DERIVED, UNDATED, *([ACROSS_DATES] if self._flag else [])])
        low, high = self._bounds()
        flag = pd.Series(self.outcome, self._frame.index).where(given & (self.outcome != DERIVED))
        return {
            name: np.where(given, self._value(self._part()), np.nan),
            f"{name}__low": np.where(given, low, np.nan),
            f"{name}__high": np.where(given, high, np.nan),
            f"{name}__date": self._dates().max(axis=1).where(given),
            f"{name}__flag": flag.astype("str"),
        }

    def _bounds(self) -> tuple[Floats, Floats]:
        """Return the least and the largest value over the corners of the parts' bounds.

        The formulas are monotone in each part, so the extremes lie at corners. A part that is
        bounded on one side only reaches to 0, or as far as one likes; one that is "about" a value
        has no bounds, and neither has the ratio.
        """
        ends = [
            (low.to_numpy(dtype=float), high.to_numpy(dtype=float))
            for low, high in zip(self._part("__low"), self._part("__high"), strict=True)
        ]
        unknown = np.logical_or.reduce([np.isnan(low) & np.isnan(high) for low, high in ends])
        reach = [(np.nan_to_num(low), np.nan_to_num(high, nan=ENDLESS)) for low, high in ends]
        with np.errstate(divide="ignore", invalid="ignore"):
            corners = np.stack([self.formula.value(*corner) for corner in product(*reach)])
        corners = np.where(np.abs(corners) < 1.0 / BEYOND, 0.0, corners)
        least, largest = np.fmin.reduce(corners), np.fmax.reduce(corners)
        return (
            np.where(unknown | (least < -BEYOND), np.nan, least),
            np.where(unknown | (largest > BEYOND), np.nan, largest),
        )

    def report(self) -> pd.DataFrame:
        """Return how many inspections came to what."""
        counts = pd.Series(self.outcome[_once(self._frame)]).value_counts()
        return pd.DataFrame(
            {
                "measure": self.formula.name, "level": self.level,
                "outcome": counts.index, "inspections": counts.to_numpy(),
            }
        )  # fmt: skip
