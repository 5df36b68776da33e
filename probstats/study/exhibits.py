"""The tables of the paper, as readers see them."""

from __future__ import annotations

import pandas as pd

from probstats import display
from probstats.data.scale import RATED_PROVIDERS, RATINGS
from probstats.study.choices import SECTIONS
from probstats.tables import sample_table

FLOW = ["Inspections", "Number", "Share"]
SHORT = {name: section for name, section in SECTIONS.items() if name in RATED_PROVIDERS}


def paper_tables(results: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Return the tables of the paper as text.

    Parameters
    ----------
    results : dict of pandas.DataFrame
        The stored results.

    Returns
    -------
    dict of pandas.DataFrame
        ``sample-flow`` and ``ratings``.
    """
    return {
        "sample-flow": sample_table(results["sample_flow"]).formatted[FLOW],
        "ratings": _ratings_table(results["shares_by_provider"], results["shares_by_year"]),
    }


def _ratings_table(by_provider: pd.DataFrame, by_year: pd.DataFrame) -> pd.DataFrame:
    rows = []
    for provider, section in SHORT.items():
        rows.append(_ratings_row(section, by_provider[by_provider["provider_type"] == provider]))
        years = by_year[by_year["section"] == section]
        for year, shares in years.groupby("year", dropna=False):
            label = "year not known" if pd.isna(year) else f"{year:.0f}"
            rows.append(_ratings_row(f"\N{EM SPACE}{label}", shares))
    return pd.DataFrame(rows)


def _ratings_row(label: str, shares: pd.DataFrame) -> dict[str, str]:
    counts = {
        rating: display.number(n, 0)
        for rating, n in zip(shares["rating"], shares["n"], strict=True)
        if rating != RATINGS[-1]  # which never occurs; the caption says so
    }
    worst = shares[shares["rating"] == "Inadequate"].iloc[0]
    interval = display.interval(display.percent(worst["low"]), display.percent(worst["high"]))
    return {
        "Provider and year": label,
        "Rated": display.number(worst["total"], 0),
        **counts,
        "Inadequate (95% interval)": f"{display.percent(worst['share'])} ({interval})",
    }
