"""Every number of the paper, as it is printed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from probstats import data, display, tables
from probstats.data.scale import OVERALL, RATED_PROVIDERS, SUPERVISION
from probstats.study.choices import UNIFICATION

EXAMPLE = "south-yorkshire-crc-2019"
"""The inspection that raised the question; the paper does not name the area."""


def paper_numbers(
    results: dict[str, pd.DataFrame], wide: pd.DataFrame, folder: Path
) -> dict[str, str]:
    """Return every number of the paper by key, as it is printed.

    Parameters
    ----------
    results : dict of pandas.DataFrame
        The stored results.
    wide : pandas.DataFrame
        The panel in wide shape.
    folder : Path
        Folder of the tables.

    Returns
    -------
    dict of str
        Display strings by key.
    """
    return (
        _sample_numbers(results["sample_flow"], wide)
        | _rating_numbers(results["shares_by_provider"], wide)
        | _estimate_numbers(results["estimates"], results["jackknife"], wide)
        | _national_numbers(results["national_staffing"])
        | _revision_numbers(results["national_staffing"], folder)
        | _source_numbers(folder)
        | _coverage_numbers(results["coverage_model_c"])
        | _period_numbers(wide, data.load("rating_rules", folder))
        | _example_numbers(wide)
    )


def _coverage_numbers(coverage: pd.DataFrame) -> dict[str, str]:
    """Return how often the intervals of model C cover no effect, at worst, in the simulation."""
    return {
        f"coverage_{name}": display.percent(coverage[name].min())
        for name in ("clustered", "jackknife")
    }


def _source_numbers(folder: Path) -> dict[str, str]:
    """Return how many sources stand behind inspections, ratings and figures, and how firmly."""
    names = ("inspection_claims", "rating_claims", "rating_count_claims", "score_claims",
             "measure_claims")  # fmt: skip
    used = {source for name in names for source in data.load(name, folder)["source_id"]}
    claims = data.load("rating_claims", folder)
    overall = claims[claims["standard"] == OVERALL]["inspection_id"].value_counts()
    return {
        "n_sources": display.number(len(used), 0),
        "n_single_claim": display.number((overall == 1).sum(), 0),
    }


def _revision_numbers(series: pd.DataFrame, folder: Path) -> dict[str, str]:
    """Return how many national figures are derived, and the largest disagreement on officers."""
    claims = data.national_staffing_claims(folder)
    claims = claims[claims["measure"] == "po_fte"].rename(columns={"as_of_to": "date"})
    dated = series.assign(date=pd.to_datetime(series["date"]))
    both = claims.merge(dated, on=["population", "date"])
    gap = (both["value"] - both["po_fte"]).abs()
    basis = pd.concat([series["po_fte__basis"], series["pso_fte__basis"]]).dropna()
    return {
        "revision_date": f"{both.loc[gap.idxmax(), 'date']:%B %Y}",
        "revision_fte": display.number(gap.max(), 0),
        "n_national": display.number(len(basis), 0),
        "n_national_derived": display.number((basis == "derived").sum(), 0),
    }


def _sample_numbers(flow: pd.DataFrame, wide: pd.DataFrame) -> dict[str, str]:
    size = flow.set_index("set")["inspections"]
    supervision = [f"rating_low_{name}" for name in SUPERVISION]
    with_leadership = wide["rating_low_leadership"].notna() & wide[supervision].notna().any(axis=1)
    counts = {
        "n_found": size["found"],
        "n_rated": size["overall rating seen"],
        "n_main": size["overall rating seen, CRC, NPS or PDU"],
        "n_pdu": size["PDU"],
        "n_regional": size["overall rating seen"] - size["overall rating seen, CRC, NPS or PDU"],
        "n_supervision": size["any rating of supervision"],
        "n_own_figure": size["any staffing or workload figure of its own"],
        "n_po_vacancy": size["probation officer vacancy rate"],
        "n_po_fte": size["probation officer FTE"],
        "n_po_vacancy_supervision": size[
            "probation officer vacancy rate and any rating of supervision"
        ],
        "n_leadership_supervision": with_leadership.sum(),
        "n_repeated": tables.repeated_subjects(wide),
    }
    return {key: display.number(value, 0) for key, value in counts.items()}


def _rating_numbers(shares: pd.DataFrame, wide: pd.DataFrame) -> dict[str, str]:
    numbers: dict[str, str] = {}
    for provider, rows in shares.groupby("provider_type"):
        numbers[f"n_{provider}"] = display.number(rows["total"].iloc[0], 0)
        for row in rows.itertuples():
            key = f"n_{provider}_{str(row.rating).lower().replace(' ', '_')}"
            numbers[key] = display.number(row.n, 0)
    cells = _supervision_cells(wide[wide["provider_type"] == "pdu"])
    numbers["n_pdu_supervision_cells"] = display.number(len(cells), 0)
    numbers["n_pdu_supervision_inadequate"] = display.number((cells == "Inadequate").sum(), 0)
    return numbers


def _supervision_cells(wide: pd.DataFrame) -> pd.Series:
    """Return the highest rating that each known cell of supervision allows."""
    columns = [wide[f"rating_high_{name}"].dropna().astype(str) for name in SUPERVISION]
    return pd.concat(columns)


def _regions_with(wide: pd.DataFrame, vacancies: float) -> int:
    pdu = wide[wide["provider_type"] == "pdu"]
    return int(pdu.loc[pdu["vacancies_fte__region"] == vacancies, "region"].nunique())


def _estimate_numbers(
    estimates: pd.DataFrame, jackknife: pd.DataFrame, wide: pd.DataFrame
) -> dict[str, str]:
    rows = estimates[estimates["kind"] == "coefficient"].set_index(["model", "term"])
    keys = {
        "or_a_nps": ("A", "provider[nps]"),
        "or_a_pdu": ("A", "provider[pdu]"),
        "or_a1_pdu": ("A1", "provider[pdu]"),
        "or_a2_pdu": ("A2", "provider[pdu]"),
        "or_b": ("B", "programme_years"),
        "or_c": ("C", "vacancies_100_fte"),
        "or_c1": ("C1", "vacancies_100_fte"),
    }
    numbers: dict[str, str] = {}
    for key, place in keys.items():
        numbers |= _ratio_numbers(key, rows.loc[place], 1.0)
    vacancies = wide.loc[wide["provider_type"] == "pdu", "vacancies_fte__region"].dropna()
    span = np.ptp(vacancies) / 100.0
    numbers |= _ratio_numbers("or_c_range", rows.loc[keys["or_c"]], span)
    numbers |= _ratio_numbers("or_c_jackknife", jackknife.iloc[0], 1.0)
    numbers |= _ratio_numbers("or_c_jackknife_range", jackknife.iloc[0], span)
    numbers["n_regions_none"] = display.number(_regions_with(wide, 0.0), 0)
    numbers["clusters_c"] = display.number(rows.loc[keys["or_c"], "clusters"], 0)
    numbers["clusters_b"] = display.number(rows.loc[keys["or_b"], "clusters"], 0)
    largest = sorted(vacancies.unique(), reverse=True)
    numbers["vacancies_most"] = display.number(largest[0], 0)
    numbers["vacancies_next"] = display.number(largest[1], 0)
    numbers["vacancies_least"] = display.number(vacancies.min(), 0)
    return numbers


def _ratio_numbers(key: str, row: pd.Series, step: float) -> dict[str, str]:
    estimate, low, high = (
        display.ratio(np.exp(step * row[name])) for name in ("estimate", "low", "high")
    )
    return {key: estimate, f"{key}_ci": display.interval(low, high)}


def _national_numbers(series: pd.DataFrame) -> dict[str, str]:
    known = series.dropna(subset=["qualified_share"])
    unified = known[known["population"] == "unified"]
    places = {
        "nps_first": known[known["population"] == "NPS"].iloc[0],
        "nps_last": known[known["population"] == "NPS"].iloc[-1],
        "unified_first": unified.iloc[0],
        "unified_least": unified.loc[unified["qualified_share"].idxmin()],
        "unified_last": unified.iloc[-1],
    }
    numbers = {"n_quarters": display.number(len(known), 0)}
    for key, row in places.items():
        numbers[f"{key}_date"] = f"{pd.Timestamp(row['date']):%B %Y}"
        numbers[f"{key}_share"] = display.percent(row["qualified_share"])
        numbers[f"{key}_po"] = display.number(row["po_fte"], 0)
        numbers[f"{key}_pso"] = display.number(row["pso_fte"], 0)
    return numbers


def _period_numbers(wide: pd.DataFrame, rules: pd.DataFrame) -> dict[str, str]:
    rated = wide[wide["rating_overall"].notna()]
    pdu = rated["provider_type"] == "pdu"
    before = rated["provider_type"].isin(["crc", "nps"])
    used = rules[rules["provider_type"].isin(RATED_PROVIDERS)]["n_standards"].dropna().unique()
    *most, least = sorted(used, reverse=True)
    dates = wide["vacancies_fte__region__date"].dropna().unique()
    main = rated[rated["provider_type"].isin(RATED_PROVIDERS)]
    by_fieldwork = main["fieldwork_start_from"].dt.year == main["fieldwork_start_to"].dt.year
    last_day = rated.loc[pdu, "fieldwork_start_to"].fillna(rated.loc[pdu, "published_to"])
    return {
        "n_pdu_before_vacancies": display.number((last_day < min(dates)).sum(), 0),
        "n_year_fieldwork": display.number(by_fieldwork.sum(), 0),
        "n_year_published": display.number((main["year"].notna() & ~by_fieldwork).sum(), 0),
        "years_before_first": f"{rated.loc[before, 'year'].min()}",
        "years_before_last": f"{rated.loc[before, 'year'].max()}",
        "years_pdu_first": f"{rated.loc[pdu, 'year'].min()}",
        "unification": f"{pd.Timestamp(UNIFICATION):%B %Y}",
        "vacancies_date": " and ".join(f"{pd.Timestamp(date):%B %Y}" for date in dates),
        "standards_counts": f"{', '.join(map(str, most))} or {least}",
    }


def _example_numbers(wide: pd.DataFrame) -> dict[str, str]:
    row = wide.set_index("inspection_id").loc[EXAMPLE]
    return {
        "example_po_fte": display.number(row["po_fte"], 1),
        "example_caseload": display.number(row["caseload_total_people"], 0),
        "example_leadership": str(row["rating_leadership"]),
    }
