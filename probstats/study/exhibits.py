"""The tables of the paper, as readers see them."""

from __future__ import annotations

import pandas as pd

from probstats import display
from probstats.data.scale import RATED_PROVIDERS, RATINGS
from probstats.study.choices import SECTIONS

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
        "sample-flow": _flow_table(results["sample_flow"]),
        "ratings": _ratings_table(results["shares_by_provider"], results["shares_by_year"]),
    }


def _flow_table(flow: pd.DataFrame) -> pd.DataFrame:
    whole = flow["within"].map(flow.set_index("set")["inspections"])
    share = [
        f"{display.percent(n / of)} of {display.number(of, 0)}" if of > 0 else ""
        for n, of in zip(flow["inspections"], whole, strict=True)
    ]
    return pd.DataFrame(
        {
            "Inspections": flow["set"].str[0].str.upper() + flow["set"].str[1:],
            "Number": [display.number(n, 0) for n in flow["inspections"]],
            "Share": share,
        }
    )


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
