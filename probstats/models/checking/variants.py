"""Models that differ from a given one in one respect, on the same rows."""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from probstats.errors import ModelError, ProbstatsWarning
from probstats.models.inference.contrasts import part_terms


def require_plain(fit: Any, what: str) -> None:
    """Raise a sentence if a fit is not that of a ``CumulativeLinkModel``."""
    if not hasattr(fit.model, "with_sample"):
        raise ModelError(
            f"{what} is for fits of CumulativeLinkModel, and this is a "
            f"{type(fit.model).__name__}; docs/models/mixed.md says what there is for it"
        )


def location_terms(model: Any) -> dict[str, list[str]]:
    """Return the columns of each term of the location.

    Parameters
    ----------
    model : CumulativeLinkModel
        The model.

    Returns
    -------
    dict
        Names of columns by term; without a formula every column is a term.
    """
    columns = model.sample.covariates.location.columns
    terms = part_terms(model, "location")
    return {term: [columns[place] for place in places] for term, places in terms.items()}


def require_terms(model: Any, terms: str | Iterable[str] | None) -> list[str]:
    """Return the terms a user asks for, or all of the location.

    Raises
    ------
    ModelError
        If there is no such term, or no term at all.
    """
    known = location_terms(model)
    wanted = list(known) if terms is None else [terms] if isinstance(terms, str) else list(terms)
    for term in wanted:
        if term not in known:
            raise ModelError(
                f"{term!r} is no term of the location; the terms are {', '.join(known) or 'none'}"
            )
    if not wanted:
        raise ModelError("the model has no covariates in its location, so there is no term to test")
    return wanted


def with_nominal(model: Any, terms: Iterable[str]) -> Any:
    """Return the model with nominal effects of some terms of its location instead.

    Parameters
    ----------
    model : CumulativeLinkModel
        The model.
    terms : iterable of str
        Terms of its location.

    Returns
    -------
    CumulativeLinkModel
        The larger model: each of their columns has one effect for each threshold.
    """
    columns = _columns(model, terms)
    covariates = model.sample.covariates
    moved = covariates.location[columns]
    nominal = pd.concat([covariates.nominal, moved], axis=1)
    location = covariates.location.drop(columns=columns)
    return _with(model, covariates._replace(location=location, nominal=nominal))


def with_scale(model: Any, terms: Iterable[str]) -> Any:
    """Return the model with scale effects of some terms of its location as well."""
    covariates = model.sample.covariates
    there = covariates.scale.columns
    columns = [name for name in _columns(model, terms) if name not in there]
    scale = pd.concat([covariates.scale, covariates.location[columns]], axis=1)
    return _with(model, covariates._replace(scale=scale))


def with_columns(model: Any, columns: pd.DataFrame) -> Any:
    """Return the model with more columns in its location."""
    covariates = model.sample.covariates
    location = pd.concat([covariates.location, columns], axis=1)
    return _with(model, covariates._replace(location=location))


def without(model: Any, terms: Iterable[str]) -> Any:
    """Return the model without some terms of its location."""
    covariates = model.sample.covariates
    location = covariates.location.drop(columns=_columns(model, terms))
    return _with(model, covariates._replace(location=location))


def of_rows(model: Any, rows: NDArray[np.intp]) -> Any:
    """Return the model of some of its rows, which may repeat.

    Parameters
    ----------
    model : CumulativeLinkModel
        The model.
    rows : numpy.ndarray
        Positions of the rows.

    Returns
    -------
    CumulativeLinkModel
        The model of these rows, with all levels of the outcome.
    """
    sample = model.sample
    parts = (None if part is None else part.iloc[rows] for part in sample.covariates)
    fresh = pd.RangeIndex(len(rows))
    covariates = type(sample.covariates)(
        *(None if part is None else part.set_axis(fresh) for part in parts)
    )
    outcome = replace(sample.outcome, low=sample.outcome.low[rows], high=sample.outcome.high[rows])
    weights = None if sample.weights is None else sample.weights[rows]
    kept = np.ones(len(rows), dtype=bool)
    return model.with_sample(replace(
        sample, outcome=outcome, covariates=covariates, weights=weights, kept=kept
    ))  # fmt: skip


def with_outcome(model: Any, codes: NDArray[np.integer[Any]]) -> Any:
    """Return the model of another outcome of the same levels, given as codes from 0."""
    outcome = replace(model.outcome, low=codes, high=codes)
    return model.with_sample(replace(model.sample, outcome=outcome))


def _columns(model: Any, terms: Iterable[str]) -> list[str]:
    known = location_terms(model)
    return [column for term in terms for column in known[term]]


def _with(model: Any, covariates: Any) -> Any:
    return model.with_sample(replace(model.sample, covariates=covariates))


def quiet_fit(model: Any, **options: Any) -> Any:
    """Fit without the package's warnings; whether it converged is in the results."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ProbstatsWarning)
        return model.fit(**options)


def trouble_of(fit: Any) -> str:
    """Return why a fit cannot be used for a comparison, in words; empty where it can."""
    if fit.separation.separated:
        return f"no finite estimate for {', '.join(fit.diverging)}"
    if fit.crossed_levels:
        return f"thresholds cross at {', '.join(map(str, fit.crossed_levels))}"
    return "" if fit.converged else "the fit did not converge"
