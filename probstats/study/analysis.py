"""The results of the study: every frame that its figures, tables and numbers are made from."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from probstats import tables
from probstats.data.scale import RATED_PROVIDERS
from probstats.errors import SeparationWarning, StudyError
from probstats.models import CumulativeLinkModel
from probstats.study.choices import FIRST_PDU_YEAR, JACKKNIFED, MODELS, SECTIONS, ModelPlan


def descriptive_results(wide: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return counts and shares of overall ratings, and the flow of the sample.

    Parameters
    ----------
    wide : pandas.DataFrame
        The panel in wide shape.

    Returns
    -------
    dict of pandas.DataFrame
        ``shares_by_provider``, ``shares_by_programme``, ``shares_by_year``,
        ``better_by_programme`` (Good or Outstanding) and ``sample_flow``.
    """
    named = wide[wide["provider_type"].isin(SECTIONS)].assign(
        section=wide["provider_type"].map(SECTIONS),
        group=wide["programme"].str.extract(r"(\d{4}(?:-\d{2})?)$", expand=False),
    )
    regional = named["provider_type"].isin(["region", "national"])
    prefix = named["provider_type"].map({"region": "Regions ", "national": "Whole service "})
    named["group"] = prefix.where(regional, "") + named["group"]
    named["section"] = pd.Categorical(named["section"], list(dict.fromkeys(SECTIONS.values())))
    main = named[named["provider_type"].isin(RATED_PROVIDERS)]
    by_programme = ["section", "group"]
    rating = "rating_overall"
    return {
        "shares_by_provider": tables.rating_shares(main, "provider_type", rating),
        "shares_by_programme": tables.rating_shares(named, by_programme, rating),
        "shares_by_year": tables.rating_shares(main, ["section", "year"], rating),
        "better_by_programme": tables.at_least_shares(named, by_programme, "Good", rating),
        "sample_flow": tables.sample_flow(wide),
    }


def model_rows(wide: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of the models: overall ratings of CRCs, NPS divisions and PDUs.

    Parameters
    ----------
    wide : pandas.DataFrame
        The panel in wide shape.

    Returns
    -------
    pandas.DataFrame
        One row for each of them, with ``rating`` (levels that occur), ``provider`` (CRC first),
        ``programme_years`` since 2021-22 and ``vacancies_100_fte`` of the region.
    """
    rated = wide["rating_overall"].notna() & wide["provider_type"].isin(RATED_PROVIDERS)
    rows = wide[rated]
    return rows.assign(
        rating=rows["rating_overall"].cat.remove_unused_categories(),
        provider=pd.Categorical(rows["provider_type"], RATED_PROVIDERS),
        programme_years=rows["programme_start_year"].astype(float) - FIRST_PDU_YEAR,
        vacancies_100_fte=rows["vacancies_fte__region"] / 100.0,
    )


def fit_models(wide: pd.DataFrame) -> dict[str, Any]:
    """Fit the models of the plan.

    Parameters
    ----------
    wide : pandas.DataFrame
        The panel in wide shape.

    Returns
    -------
    dict
        Results by the model's letter. A model that separates is kept, and says so.
    """
    rows = model_rows(wide)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SeparationWarning)  # said in the fit and in its table
        return {plan.name: _fit(plan, rows) for plan in MODELS}


def _fit(plan: ModelPlan, rows: pd.DataFrame) -> Any:
    used = rows[rows["provider_type"].isin(plan.provider_types)]
    if plan.without:
        used = used.drop(index=_only_row(used, *plan.without))
    if plan.without_most:
        used = used[used[plan.without_most] < used[plan.without_most].max()]
    used = used.assign(rating=used["rating"].cat.remove_unused_categories())
    model = CumulativeLinkModel.from_formula(plan.formula, used, missing="raise")
    return model.fit(cov_type="cluster", cov_kwds={"groups": plan.groups})


def jackknife(wide: pd.DataFrame, level: float = 0.95) -> pd.DataFrame:
    """Refit model C without each region in turn.

    Parameters
    ----------
    wide : pandas.DataFrame
        The panel in wide shape.
    level : float
        Level of the interval.

    Returns
    -------
    pandas.DataFrame
        One row: ``model``, ``term``, ``estimate``, ``se``, ``low``, ``high``, ``clusters``,
        ``level``. The error is that of ``jackknife_error``, with a t reference on G - 1 degrees
        of freedom.
    """
    (plan,) = (plan for plan in MODELS if plan.name == JACKKNIFED)
    rows = model_rows(wide)
    rows = rows[rows["provider_type"].isin(plan.provider_types)]
    whole = _fit(plan, rows).params.iloc[0]
    regions = rows[plan.groups].unique()
    refits = [_fit(plan, rows[rows[plan.groups] != region]).params.iloc[0] for region in regions]
    error = jackknife_error(whole, refits)
    reach = stats.t.ppf(0.5 + level / 2, len(regions) - 1) * error
    return pd.DataFrame(
        {
            "model": [plan.name], "term": ["vacancies_100_fte"], "estimate": [whole],
            "se": [error], "low": [whole - reach], "high": [whole + reach],
            "clusters": [len(regions)], "level": [level],
        }
    )  # fmt: skip


def jackknife_error(whole: float, refits: list[float]) -> float:
    """Return the delete-one-cluster jackknife error of an estimate.

    Parameters
    ----------
    whole : float
        The estimate from all G clusters, b.
    refits : list of float
        The G estimates without one cluster each, b_g.

    Returns
    -------
    float
        sqrt((G - 1) / G sum (b_g - b)^2) (Cameron and Miller 2015, section VI).

    Examples
    --------
    >>> round(jackknife_error(1.0, [0.0, 2.0]), 6)
    1.0
    """
    n_clusters = len(refits)
    spread = np.sum((np.array(refits) - whole) ** 2)
    return float(np.sqrt((n_clusters - 1) / n_clusters * spread))


def _only_row(rows: pd.DataFrame, provider_type: str, rating: str) -> Any:
    found = rows.index[(rows["provider_type"] == provider_type) & (rows["rating"] == rating)]
    if len(found) != 1:
        raise StudyError(
            f"the plan leaves out the one {provider_type} rated {rating}, and the data have "
            f"{len(found)}; change the plan, with a dated reason, before the model"
        )
    return found[0]


def model_results(fits: dict[str, Any]) -> dict[str, pd.DataFrame]:
    """Return the estimates and the state of the fits.

    Parameters
    ----------
    fits : dict
        What ``fit_models`` returns.

    Returns
    -------
    dict of pandas.DataFrame
        ``estimates`` (see ``tables.estimates``) and ``fits``: formula, rows, clusters, levels,
        log-likelihood, convergence and diverging parameters of each model.
    """
    plans = {plan.name: plan for plan in MODELS}
    state = [
        {
            "model": name,
            "formula": plans[name].formula,
            "link": fit.model.link.name,
            "n": fit.nobs,
            "levels": " < ".join(fit.model.outcome.levels),
            "clusters": fit.n_groups,
            "clustered_on": plans[name].groups,
            "log_likelihood": fit.llf,
            "converged": fit.converged,
            "diverging": " ".join(fit.diverging),
        }
        for name, fit in fits.items()
    ]
    return {"estimates": tables.estimates(fits), "fits": pd.DataFrame(state)}
