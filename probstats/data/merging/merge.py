"""Figures attached to ratings: one column for each measure and level, and a report."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from probstats.data.merging import matching
from probstats.data.merging.parts import Part, Rule
from probstats.data.merging.targets import (
    LEVELS,
    places,
    read_figures,
    read_targets,
    resolve_figures,
)
from probstats.data.resolution.precedence import Precedence, read_precedence
from probstats.errors import DataError

REPORT = ["measure", "level", "outcome", "inspections"]


@dataclass(frozen=True)
class Merged:
    """Ratings with figures, and an account of them.

    Attributes
    ----------
    frame : pandas.DataFrame
        The rows of the ratings, in their order, with a column for each measure and level that was
        found, and its companions.
    report : pandas.DataFrame
        For each measure and level, how many inspections came to what: matched, or why not.
    rows : pandas.Series
        Rows of the ratings in and out, inspections, claims in, the figures they come to at the
        levels asked for, and how many claims stood beside others on the same figure (duplicates).
    """

    frame: pd.DataFrame
    report: pd.DataFrame
    rows: pd.Series

    def __repr__(self) -> str:
        matched = self.report[self.report["outcome"] == matching.MATCHED]
        return (
            f"<Merged: {self.rows['rows out']} rows, {self.rows['inspections']} inspections, "
            f"{len(matched)} measures and levels with figures; .frame, .report, .rows>"
        )


def merge(
    ratings: pd.DataFrame,
    measures: pd.DataFrame | None = None,
    *,
    tolerance: str | pd.Timedelta,
    levels: Iterable[str] = LEVELS,
    direction: str = "earlier",
    only: Iterable[str] | None = None,
    precedence: pd.DataFrame | None = None,
    folder: str | Path | None = None,
) -> Merged:
    """Attach figures on caseload and staffing to ratings.

    Parameters
    ----------
    ratings : pandas.DataFrame
        One or more rows for each ``inspection_id``, such as ``load_panel()``.
    measures : pandas.DataFrame, optional
        Claims in the form of the table ``measure_claims``; those of the record by default.
    tolerance : str or pandas.Timedelta
        How far a figure may lie from the inspection in time, such as ``"365D"``.
    levels : iterable of str
        Which of inspection, subject, region and nation.
    direction : {"earlier", "any"}
        The nearest figure before the inspection; or the nearest at all, which makes a static
        covariate and is labelled so in the companion ``__timing``.
    only : iterable of str, optional
        Measures to attach; all by default.
    precedence : pandas.DataFrame, optional
        Another order between claims, in the form of the table ``precedence``.
    folder : path, optional
        Folder with the tables; the one that came with the package by default.

    Returns
    -------
    Merged
        ``frame``, ``report`` and ``rows``. A measure of a level has its column, such as
        ``vacancy_rate_po_percent__inspection``, and companions ``__date``, ``__lag_days``,
        ``__timing``, ``__qualifier``, ``__low``, ``__high``, ``__source`` and ``__agrees``.

    Raises
    ------
    DataError
        If an option is not known, or a table lacks what is needed.

    Notes
    -----
    A figure given for an inspection goes to that inspection and no other. Other figures are
    matched by date: the first day of fieldwork, else of publication. Counts belong to their own
    subject; rates and figures per person may be looked up at the region and the nation.
    Populations must agree. What is refused, and why, stands in the report.

    Examples
    --------
    >>> import probstats as ps
    >>> merged = ps.data.merge(ps.load_panel("wide"), tolerance="365D")
    >>> merged.report.query("measure == 'vacancy_rate_po_percent' and outcome == 'matched'")[
    ...     ["level", "inspections"]
    ... ].values.tolist()
    [['inspection', 15], ['subject', 1], ['nation', 18]]
    """
    chosen = _require_levels(levels)
    rule = Rule(_read_tolerance(tolerance), direction)
    targets, figures = read_targets(ratings, folder), _only(read_figures(measures, folder), only)
    order = read_precedence(folder) if precedence is None else Precedence(precedence)
    regions = pd.Index(figures.loc[figures["region_of"].notna(), "subject_id"].unique())
    parts = [
        Part(level, measure, targets.assign(place=places(targets, level, regions)), cells, rule)
        for level, figures_there in resolve_figures(figures, chosen, order).items()
        for measure, cells in figures_there.groupby("measure", sort=True)
    ]
    absent = _absent(figures, parts, chosen, len(targets))
    return _merged(ratings, targets, figures, parts, absent)


def _require_levels(levels: Iterable[str]) -> list[str]:
    chosen = [levels] if isinstance(levels, str) else list(levels)
    unknown = [level for level in chosen if level not in LEVELS]
    if unknown or not chosen:
        wrong = repr(unknown[0]) if unknown else "none"
        raise DataError(f"levels: {wrong} is not known; choose of {', '.join(LEVELS)}")
    return [level for level in LEVELS if level in chosen]


def _read_tolerance(tolerance: str | pd.Timedelta) -> int:
    try:
        span = pd.Timedelta(tolerance)
    except (ValueError, TypeError) as error:
        raise DataError(f"tolerance={tolerance!r} is no span of time; such as '365D'") from error
    if not span >= pd.Timedelta(0):
        raise DataError(f"tolerance={tolerance!r} is negative or missing; such as '365D'")
    if pd.Timedelta(0) < span < pd.Timedelta(days=1):
        raise DataError(f"tolerance={tolerance!r} is less than a day; such as '365D'")
    return span.days


def _only(figures: pd.DataFrame, only: Iterable[str] | None) -> pd.DataFrame:
    if only is None:
        return figures
    wanted = [only] if isinstance(only, str) else list(only)
    missing = [name for name in wanted if name not in set(figures["measure"])]
    if missing:
        known = ", ".join(sorted(figures["measure"].unique()))
        raise DataError(f"only: no claim on {missing[0]!r}; there are claims on {known}")
    return figures[figures["measure"].isin(wanted)]


def _absent(
    figures: pd.DataFrame, parts: list[Part], levels: list[str], n_targets: int
) -> pd.DataFrame:
    """Return the lines of the report on measures of which a level has no figure at all."""
    known = {(part.measure, part.level) for part in parts}
    lines = [
        (measure, level, matching.NO_FIGURE, n_targets)
        for level in levels
        for measure in sorted(figures["measure"].unique())
        if (measure, level) not in known and n_targets
    ]
    return pd.DataFrame(lines, columns=REPORT)


def _merged(
    ratings: pd.DataFrame,
    targets: pd.DataFrame,
    figures: pd.DataFrame,
    parts: list[Part],
    absent: pd.DataFrame,
) -> Merged:
    columns = {name: c for part in parts if part.is_found for name, c in part.columns().items()}
    taken = [name for name in columns if name in ratings]
    if taken:
        raise DataError(f"ratings already have column {taken[0]!r}; rename it, or leave it out")
    at = targets.index.get_indexer(ratings["inspection_id"])
    wide = pd.DataFrame(columns, index=targets.index)
    frame = pd.concat([ratings, wide.take(at).set_axis(ratings.index)], axis=1)
    lines = pd.concat([absent.iloc[:0], *(part.report() for part in parts), absent])
    place = {level: number for number, level in enumerate(LEVELS)}
    report = lines.assign(place=lines["level"].map(place)).sort_values(
        ["place", "measure"], kind="stable", ignore_index=True
    )[REPORT]
    claims = pd.concat([pd.Series(dtype="int64"), *(part.cells["n_claims"] for part in parts)])
    once = claims[~claims.index.duplicated()]
    rows = pd.Series(
        {
            "rows in": len(ratings), "rows out": len(frame), "inspections": len(targets),
            "claims in": len(figures), "figures of these levels": len(once),
            "claims beside others on the same figure": int(once.sum()) - len(once),
        }
    )  # fmt: skip
    return Merged(frame, report, rows)
