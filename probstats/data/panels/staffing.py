"""Staffing and workload figures: those of an inspection, and those of wider levels.

Three rules keep figures where they belong. A figure given for an inspection goes to that
inspection and no other. A figure of a wider level goes into a column of its own, named for the
level. A figure of one population never goes to an inspection of another.
"""

from __future__ import annotations

import pandas as pd

from probstats.data.resolution.measures import resolve_measures
from probstats.data.resolution.precedence import Precedence

NATION = "england-and-wales"
TOPICS = ("staffing", "workload")
REGIONAL_POPULATION = "unified"
REGIONAL_DATE = "2023-09-30"
"""The one date for which every region has a figure of vacancies."""
NATIONAL_MEASURES = ("po_fte", "pso_fte")
NATIONAL_PARTS = ("value", "source_id", "agrees", "basis")
NATIONAL_TOLERANCE_DAYS = 365
"""How much older than the inspection a national figure may be."""


def inspection_measures(
    claims: pd.DataFrame,
    measures: pd.DataFrame,
    inspections: pd.DataFrame,
    precedence: Precedence,
) -> pd.DataFrame:
    """Return the staffing and workload figures given for each inspection.

    Parameters
    ----------
    claims : pandas.DataFrame
        The table ``measure_claims``, with what ``with_sources`` adds.
    measures, inspections : pandas.DataFrame
        The tables ``measures`` and ``inspections``.
    precedence : Precedence
        The order between claims.

    Returns
    -------
    pandas.DataFrame
        Indexed by ``inspection_id``. For each measure its value, named with its unit, and the
        companions ``__qualifier``, ``__agrees`` and ``__source``.
    """
    topical = measures[measures["topic"].isin(TOPICS)]
    own = claims.merge(
        inspections[["inspection_id", "subject_id", "population"]],
        on=["inspection_id", "subject_id", "population"],
    )
    own = own[own["measure"].isin(topical["measure"])]
    chosen = resolve_measures(own, ["inspection_id", "measure"], precedence).set_index(
        "inspection_id"
    )
    columns: dict[str, pd.Series] = {}
    for measure, column in zip(topical["measure"], topical["column"], strict=True):
        figures = chosen[chosen["measure"] == measure]
        if len(figures):
            columns |= _companions(figures, column, {"agrees": "agrees"})
    return pd.DataFrame(columns)


def regional_vacancies(
    claims: pd.DataFrame, subjects: pd.DataFrame, precedence: Precedence
) -> pd.DataFrame:
    """Return the vacancies of each region in September 2023, all grades, in FTE.

    Parameters
    ----------
    claims : pandas.DataFrame
        The table ``measure_claims``, with what ``with_sources`` adds.
    subjects : pandas.DataFrame
        The table ``subjects``.
    precedence : Precedence
        The order between claims.

    Returns
    -------
    pandas.DataFrame
        Indexed by ``region``: ``vacancies_fte__region`` with qualifier, source and date.
    """
    regions = subjects.loc[subjects["kind"] == "probation region", ["subject_id", "region"]]
    here = (claims["measure"] == "vacancies_fte") & (claims["as_of_to"] == REGIONAL_DATE)
    rows = claims[here & (claims["population"] == REGIONAL_POPULATION)]
    rows = rows.merge(regions, on="subject_id")
    figures = resolve_measures(rows, ["region"], precedence).set_index("region")
    dates = {"date": "as_of_to"}
    return pd.DataFrame(_companions(figures, "vacancies_fte__region", dates))


def national_series(claims: pd.DataFrame, precedence: Precedence) -> pd.DataFrame:
    """Return probation officer and probation services officer FTE of the nation over time.

    Parameters
    ----------
    claims : pandas.DataFrame
        The table ``measure_claims``, with what ``with_sources`` adds.
    precedence : Precedence
        The order between claims.

    Returns
    -------
    pandas.DataFrame
        One row for each population and quarter-end at which either figure is known:
        ``population``, ``date``, ``po_fte``, ``pso_fte`` (official before other, stated before
        derived, first published before revised), their sources and whether all claims agree, and
        ``qualified_share``, PO / (PO + PSO), where both are known.
    """
    cell = ["population", "as_of_to", "measure"]
    figures = resolve_measures(national_claims(claims), cell, precedence)
    wide = figures.pivot(
        index=["population", "as_of_to"],
        columns="measure",
        values=list(NATIONAL_PARTS),
    ).reindex(columns=pd.MultiIndex.from_product([NATIONAL_PARTS, NATIONAL_MEASURES]))
    table = pd.DataFrame(index=wide.index)
    for measure in NATIONAL_MEASURES:
        table[measure] = wide["value", measure].astype(float)
        table[f"{measure}__source"] = wide["source_id", measure].astype("str")
        table[f"{measure}__agrees"] = wide["agrees", measure].astype("boolean")
        table[f"{measure}__basis"] = wide["basis", measure].astype("str")
    table["qualified_share"] = table["po_fte"] / (table["po_fte"] + table["pso_fte"])
    return table.rename_axis(["population", "date"]).reset_index().sort_values("date")


def national_claims(claims: pd.DataFrame) -> pd.DataFrame:
    """Return every claim on PO and PSO FTE of the nation, agreeing or not."""
    return claims[(claims["subject_id"] == NATION) & claims["measure"].isin(NATIONAL_MEASURES)]


def national_at(series: pd.DataFrame, inspections: pd.DataFrame) -> pd.DataFrame:
    """Return the national figures that stood when each inspection began.

    The latest quarter-end, of the inspection's own population, that lies before the first day on
    which fieldwork can have begun, at most a year earlier. The day of publication is no help: it
    lies weeks or months after the inspection, and so may the quarter-end before it.

    Parameters
    ----------
    series : pandas.DataFrame
        What ``national_series`` returns.
    inspections : pandas.DataFrame
        The table ``inspections``.

    Returns
    -------
    pandas.DataFrame
        Indexed by ``inspection_id``: ``po_fte__nation``, ``pso_fte__nation``,
        ``qualified_share__nation``, each with its source, and their date. Inspections without a
        date of fieldwork, or of a population without a series, have no row.
    """
    start = inspections["fieldwork_start_from"]
    dated = inspections[["inspection_id", "population"]].assign(start=start)
    dated = dated[start.notna() & (inspections["subject_id"] != NATION)].sort_values("start")
    known = series.dropna(subset=["qualified_share"]).sort_values("date")
    matched = pd.merge_asof(
        dated, known, left_on="start", right_on="date", by="population",
        tolerance=pd.Timedelta(days=NATIONAL_TOLERANCE_DAYS), allow_exact_matches=False,
    ).dropna(subset=["date"]).set_index("inspection_id")  # fmt: skip
    share_source = matched["po_fte__source"] + " " + matched["pso_fte__source"]
    return pd.DataFrame(
        {
            "po_fte__nation": matched["po_fte"],
            "po_fte__nation__source": matched["po_fte__source"],
            "pso_fte__nation": matched["pso_fte"],
            "pso_fte__nation__source": matched["pso_fte__source"],
            "qualified_share__nation": matched["qualified_share"],
            "qualified_share__nation__source": share_source,
            "staffing__nation__date": matched["date"],
        }
    )


def _companions(figures: pd.DataFrame, column: str, more: dict[str, str]) -> dict[str, pd.Series]:
    """Return a figure and what goes with it, by column name."""
    named = {"qualifier": "qualifier", **more, "source": "source_id"}
    return {column: figures["value"]} | {
        f"{column}__{name}": figures[source] for name, source in named.items()
    }
