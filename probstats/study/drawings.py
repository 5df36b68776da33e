"""The figures of the study, each from stored results."""

from __future__ import annotations

import numpy as np
import pandas as pd

from probstats import figures, tables
from probstats.data.scale import RATED_PROVIDERS, RATINGS, STANDARD_NAMES
from probstats.figures import Drawing
from probstats.study.choices import GRID_STANDARDS, MODELS, TERMS, UNIFICATION


def ratings_by_programme(results: dict[str, pd.DataFrame]) -> Drawing:
    """Draw overall ratings by programme as stacked shares."""
    shares, better = results["shares_by_programme"], results["better_by_programme"]
    ordered = shares.assign(rating=pd.Categorical(shares["rating"], RATINGS, ordered=True))
    return figures.rating_shares(ordered, better, "Good or Outstanding")


def ratings_by_standard(panel: pd.DataFrame) -> Drawing:
    """Draw the grid of inspections by standards, of CRCs, NPS divisions and PDUs."""
    overall = panel[(panel["standard"] == "overall") & panel["rating"].notna()]
    main = panel["provider_type"].isin(RATED_PROVIDERS)
    rows = panel[panel["inspection_id"].isin(overall["inspection_id"]) & main]
    order = rows["provider_type"].map(list(RATED_PROVIDERS).index)
    rows = rows.assign(order=order).sort_values(["order", "programme"], kind="stable")
    years = rows["programme"].str.extract(r"(\d{4}-\d{2})$", expand=False)
    years = years.mask(rows["provider_type"] == "nps", "divisions")  # nine in three programmes
    sections = rows["provider_type"].str.upper() + " " + years
    return figures.rating_grid(
        rows.assign(section=sections), {name: STANDARD_NAMES[name] for name in GRID_STANDARDS}
    )


def national_staffing(series: pd.DataFrame, claims: pd.DataFrame) -> Drawing:
    """Draw probation officers, probation services officers and the qualified share over time."""
    return figures.staffing_trend(series, claims, UNIFICATION)


def estimates(results: dict[str, pd.DataFrame]) -> Drawing:
    """Draw the odds ratios of all models with their intervals, model C in three ways."""
    named = named_odds_ratios(results["estimates"])
    place = named.index[named["model"].str.startswith("C.")][0]
    jackknifed = results["jackknife"].iloc[0]
    low, high = np.exp([jackknifed["low"], jackknifed["high"]])
    again = named.loc[[place]].assign(term="the same, jackknife over regions", low=low, high=high)
    before, after = named.loc[:place], named.loc[place + 1 :]
    return figures.coefficients(pd.concat([before, again, after], ignore_index=True))


def named_odds_ratios(estimates_frame: pd.DataFrame) -> pd.DataFrame:
    """Return odds ratios with models and terms in words.

    Parameters
    ----------
    estimates_frame : pandas.DataFrame
        The stored estimates.

    Returns
    -------
    pandas.DataFrame
        What ``tables.odds_ratios`` returns, named for readers.
    """
    titles = {plan.name: plan.title for plan in MODELS}
    ratios = tables.odds_ratios(estimates_frame)
    return ratios.assign(model=ratios["model"].map(titles), term=ratios["term"].map(TERMS))
