"""The analysis panel: one tidy row for each inspection and standard."""

from __future__ import annotations

import numpy as np
import pandas as pd

from probstats.data.panels import staffing
from probstats.data.resolution.measures import with_sources
from probstats.data.resolution.precedence import Precedence
from probstats.data.resolution.ratings import resolve_ratings
from probstats.data.scale import OVERALL, RATINGS, STANDARD_NAMES

INSPECTION_COLUMNS = [
    "inspection_id", "subject_id", "subject", "kind", "provider_type", "region", "owner",
    "population", "programme", "programme_start_year", "standards_set", "year",
    "fieldwork_start_from", "fieldwork_start_to", "published_from", "published_to",
]  # fmt: skip
RATING_COLUMNS = [
    "standard", "domain", "rating", "rating_low", "rating_high", "rating_status", "rating_basis",
    "rating_claims", "rating_sources",
]  # fmt: skip


def build_panel(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Build the panel from the tables of the public record.

    Parameters
    ----------
    tables : dict of pandas.DataFrame
        ``inspections``, ``subjects``, ``standards``, ``rating_claims``, ``measure_claims``,
        ``measures``, ``sources`` and ``precedence``.

    Returns
    -------
    pandas.DataFrame
        See ``probstats.load_panel``.
    """
    inspections = _describe_inspections(tables["inspections"], tables["subjects"])
    figures = _attach_figures(inspections, tables)
    claims = with_sources(tables["rating_claims"], tables["sources"])
    resolved = resolve_ratings(claims, Precedence(tables["precedence"])).reset_index()
    ratings = _rate(inspections, tables["standards"], resolved)
    described = ratings.merge(inspections[INSPECTION_COLUMNS], on="inspection_id", how="left")
    panel = described[INSPECTION_COLUMNS + RATING_COLUMNS]
    return panel.join(figures, on="inspection_id", validate="many_to_one")


def _describe_inspections(inspections: pd.DataFrame, subjects: pd.DataFrame) -> pd.DataFrame:
    known = subjects[["subject_id", "name", "kind", "region"]].rename(columns={"name": "subject"})
    merged = inspections.merge(known, on="subject_id", how="left", validate="many_to_one")
    start_year = merged["programme"].str.extract(r"(\d{4})", expand=False).astype("Int64")
    return merged.assign(programme_start_year=start_year, year=_year(merged))


def _year(inspections: pd.DataFrame) -> pd.Series:
    """Return the year of fieldwork where it is known, else that of publication where it is."""
    fieldwork = _same_year(inspections, "fieldwork_start_from", "fieldwork_start_to")
    return fieldwork.fillna(_same_year(inspections, "published_from", "published_to"))


def _same_year(inspections: pd.DataFrame, start: str, end: str) -> pd.Series:
    first, last = inspections[start].dt.year, inspections[end].dt.year
    return first.where(first == last).astype("Int64")


def _attach_figures(inspections: pd.DataFrame, tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Return the staffing and workload figures of every inspection, indexed by its identifier."""
    claims = with_sources(tables["measure_claims"], tables["sources"])
    precedence = Precedence(tables["precedence"])
    own = staffing.inspection_measures(claims, tables["measures"], inspections, precedence)
    regional = staffing.regional_vacancies(claims, tables["subjects"], precedence)
    national = staffing.national_at(staffing.national_series(claims, precedence), inspections)
    units = inspections["region"].where(inspections["provider_type"] == "pdu")
    of_region = regional.reindex(units).set_axis(inspections["inspection_id"])
    figures = pd.concat(
        [own.reindex(of_region.index), of_region, national.reindex(of_region.index)], axis=1
    )
    agreement = {name: "boolean" for name in figures if name.endswith("__agrees")}
    return figures.astype(agreement)


def _rate(
    inspections: pd.DataFrame, standards: pd.DataFrame, resolved: pd.DataFrame
) -> pd.DataFrame:
    """Return one row for each inspection and standard, rated or not."""
    cells = _cells(inspections, standards, resolved)
    rated = cells.merge(resolved, on=["inspection_id", "standard"], how="left", validate="1:1")
    low = rated["rating_low"].cat.codes.to_numpy()
    exact = low == rated["rating_high"].cat.codes.to_numpy()
    one = pd.Categorical.from_codes(np.where(exact, low, -1), list(RATINGS), ordered=True)
    absent = np.where(rated["overall_rating_seen"] == "not rated", "not rated", "not seen")
    return rated.assign(
        rating=one,
        rating_status=rated["rating_status"].fillna(pd.Series(absent, index=rated.index)),
        rating_claims=rated["rating_claims"].fillna(0).astype("Int64"),
    ).drop(columns="overall_rating_seen")


def _cells(
    inspections: pd.DataFrame, standards: pd.DataFrame, resolved: pd.DataFrame
) -> pd.DataFrame:
    """Return the standards of each inspection: overall, those of its set, and any other claimed."""
    keys = ["inspection_id", "standards_set", "provider_type", "overall_rating_seen"]
    base = inspections[keys]
    sets = standards.dropna(subset=["standards_set"])
    of_set = base.merge(sets[["standards_set", "provider_type", "standard"]])
    claimed = base.merge(resolved[["inspection_id", "standard"]])
    rows = pd.concat([base.assign(standard=OVERALL), of_set, claimed])
    rows = rows.drop_duplicates(["inspection_id", "standard"])
    named = rows.merge(
        sets[["standards_set", "provider_type", "standard", "domain"]],
        on=["standards_set", "provider_type", "standard"], how="left",
    )  # fmt: skip
    order = {name: number for number, name in enumerate(STANDARD_NAMES)}
    place = named.assign(_order=named["standard"].map(order))
    ordered = place.sort_values(["inspection_id", "_order"], kind="stable")
    return ordered[["inspection_id", "standard", "domain", "overall_rating_seen"]]


def widen(panel: pd.DataFrame) -> pd.DataFrame:
    """Return the panel with one row for each inspection.

    Parameters
    ----------
    panel : pandas.DataFrame
        The long panel.

    Returns
    -------
    pandas.DataFrame
        The columns of the inspection and its figures, and for each standard ``rating_<standard>``,
        ``rating_low_<standard>``, ``rating_high_<standard>`` and ``rating_status_<standard>``.
    """
    once = panel.drop(columns=RATING_COLUMNS).drop_duplicates("inspection_id")
    wide = once.set_index("inspection_id")
    for standard, rows in panel.groupby(
        pd.Categorical(panel["standard"], list(STANDARD_NAMES)), observed=True
    ):
        cells = rows.set_index("inspection_id")
        for name in ("rating", "rating_low", "rating_high", "rating_status"):
            wide[f"{name}_{standard}"] = cells[name].reindex(wide.index)
    return wide.reset_index()
