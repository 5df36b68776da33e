"""What is known of the inspections, and of how many: counts, shares and spans, no names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pandas as pd

from probstats.data.panels.built import load_panel
from probstats.data.record.tables import load
from probstats.data.scale import OVERALL, STANDARD_NAMES, SUPERVISION
from probstats.errors import DataError

GROUPS = (
    "provider_type", "programme", "programme_start_year", "standards_set", "population",
)  # fmt: skip
"""What inspections may be grouped by. None of these names an area."""
LEVELS = ("inspection", "subject", "region", "nation")
TOPICS = ("staffing", "workload")
_PARTS = ("topic", "item", "of", "known", "exact", "share")


def coverage(
    folder: str | Path | None = None, by: str | Sequence[str] | None = "provider_type"
) -> pd.DataFrame:
    """Count what is known of the inspections found.

    Parameters
    ----------
    folder : path, optional
        Folder with the tables; the one that came with the package by default.
    by : str or sequence of str, optional
        Groups of inspections: ``"provider_type"``, ``"programme"``, ``"programme_start_year"``,
        ``"standards_set"``, ``"population"`` or several of these; None for all together.

    Returns
    -------
    pandas.DataFrame
        One row for each group and item: the group, ``topic`` (inspection, rating, date, staffing,
        workload), ``item``, ``of`` (inspections to which it applies: for a standard those rated on
        it or not known not to be), ``known`` (those with at least an interval, a bound or a round
        figure), ``exact`` (those with one rating, one exact figure, one day) and ``share``,
        known / of.

    Raises
    ------
    DataError
        If ``by`` names another column, or a table is not what its description asks for.

    Notes
    -----
    Inspections whose group is not given are counted in a group of their own (a missing value).
    Figures are printed when they are bad, or strikingly good, and standards when all of them were
    rated alike: what is known is not a sample of what is not.

    Examples
    --------
    >>> import probstats as ps
    >>> known = ps.data.coverage().set_index(["provider_type", "item"])
    >>> known.loc[("pdu", "Overall"), ["of", "known", "exact"]].tolist()
    [79, 78, 78]
    """
    groups = _groups(by)
    panel, wide = load_panel("long", folder), load_panel("wide", folder)
    measures = load("measures", folder)
    if not groups:
        return pd.DataFrame(_items(wide, panel, measures))
    frames = [
        pd.DataFrame(_items(rows, panel, measures)).assign(**dict(zip(groups, key, strict=True)))
        for key, rows in wide.groupby(groups, dropna=False, observed=True)
    ]
    return pd.concat(frames, ignore_index=True)[[*groups, *_PARTS]]


def measures_coverage(folder: str | Path | None = None) -> pd.DataFrame:
    """Count the figures of every measure by level, and the dates they span.

    Parameters
    ----------
    folder : path, optional
        Folder with the tables; the one that came with the package by default.

    Returns
    -------
    pandas.DataFrame
        One row for each measure, level (inspection: given for one; subject: for a unit, division
        or company at a date; region; nation) and population: ``kind`` (count, rate, per person),
        ``unit``, ``claims``, ``subjects`` (how many), ``exact`` (claims printed as exact),
        ``dated`` (claims with a date), ``first`` and ``last`` date.

    Raises
    ------
    DataError
        If a table is not what its description asks for.

    Examples
    --------
    >>> import probstats as ps
    >>> figures = ps.data.measures_coverage()
    >>> figures.loc[figures["measure"] == "vacancies_fte", "level"].tolist()
    ['region']
    """
    claims = load("measure_claims", folder)
    kinds = load("subjects", folder).set_index("subject_id")["kind"]
    levels = claims["subject_id"].map(kinds).map({"probation region": "region", "nation": "nation"})
    level = levels.fillna("subject").where(claims["inspection_id"].isna(), "inspection")
    counted = claims.assign(
        level=pd.Categorical(level, LEVELS, ordered=True), exact=claims["qualifier"] == "exact"
    )
    cells = counted.groupby(["measure", "level", "population"], observed=True, sort=False)
    table = cells.agg(
        claims=("value", "size"), subjects=("subject_id", "nunique"), exact=("exact", "sum"),
        dated=("as_of_to", "count"), first=("as_of_from", "min"), last=("as_of_to", "max"),
    ).reset_index()  # fmt: skip
    measures = load("measures", folder)
    table = table.merge(measures[["measure", "kind", "unit"]], on="measure", validate="m:1")
    order = pd.Categorical(table["measure"], measures["measure"])
    table = table.assign(_order=order).sort_values(["_order", "level", "population"])
    columns = ["measure", "kind", "unit", "level", "population", "claims", "subjects", "exact"]
    return table[[*columns, "dated", "first", "last"]].reset_index(drop=True)


def _groups(by: str | Sequence[str] | None) -> list[str]:
    names = [] if by is None else [by] if isinstance(by, str) else list(by)
    wrong = [name for name in names if name not in GROUPS]
    if wrong:
        raise DataError(f"by={wrong[0]!r} is not known; choose from {', '.join(GROUPS)}")
    if len(set(names)) < len(names):
        raise DataError(f"by={names!r} names a group twice; name each once")
    return names


def _items(wide: pd.DataFrame, panel: pd.DataFrame, measures: pd.DataFrame) -> list[dict]:
    """Return the rows on one group of inspections."""
    rows = panel[panel["inspection_id"].isin(wide["inspection_id"])]
    return [
        _row("inspection", "Inspections found", len(wide), len(wide), len(wide)),
        *_ratings(rows),
        *_dates(wide),
        *_figures(wide, measures),
    ]


def _ratings(rows: pd.DataFrame) -> Iterator[dict]:
    applies = rows[rows["rating_status"] != "not rated"]
    supervision = applies[applies["standard"].isin(SUPERVISION)]
    for standard, name in STANDARD_NAMES.items():
        cells = applies[applies["standard"] == standard]
        if standard == OVERALL or len(cells):
            known, exact = cells["rating_low"].notna(), cells["rating"].notna()
            yield _row("rating", name, len(cells), known.sum(), exact.sum())
        if standard == OVERALL:
            of = supervision.groupby("inspection_id")
            known, exact = of["rating_low"].count() > 0, of["rating"].count() > 0
            yield _row("rating", "Any supervision standard", len(known), known.sum(), exact.sum())


def _dates(wide: pd.DataFrame) -> Iterator[dict]:
    for event, first, last in (
        ("Fieldwork began", "fieldwork_start_from", "fieldwork_start_to"),
        ("Report published", "published_from", "published_to"),
    ):
        exact = wide[first].notna() & (wide[first] == wide[last])
        known = wide[first].notna() | wide[last].notna()
        yield _row("date", event, len(wide), known.sum(), exact.sum())


def _figures(wide: pd.DataFrame, measures: pd.DataFrame) -> Iterator[dict]:
    topical = measures[measures["topic"].isin(TOPICS)]
    own = [column for column in topical["column"] if column in wide]
    any_known = wide[own].notna().any(axis=1)
    any_exact = (wide[[f"{column}__qualifier" for column in own]] == "exact").any(axis=1)
    yield _row("staffing", "Any figure below", len(wide), any_known.sum(), any_exact.sum())
    for column, topic in zip(topical["column"], topical["topic"], strict=True):
        if column in wide:
            known, exact = wide[column].notna(), wide[f"{column}__qualifier"] == "exact"
            yield _row(topic, column, len(wide), known.sum(), exact.sum())


def _row(topic: str, item: str, of: int, known: int, exact: int) -> dict:
    share = float(known) / of if of else float("nan")
    return dict(zip(_PARTS, (topic, item, of, int(known), int(exact), share), strict=True))
