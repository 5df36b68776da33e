"""Likelihood-ratio tests of nominal and of scale effects, term by term."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from scipy import stats

from probstats.errors import ModelError
from probstats.models.checking.likelihood_ratio import gain, require_likelihood
from probstats.models.checking.lines import Lines, lines_of
from probstats.models.checking.variants import (
    location_terms,
    quiet_fit,
    require_plain,
    require_terms,
    trouble_of,
    with_nominal,
    with_scale,
)
from probstats.models.kernel.links import Array


class Larger(NamedTuple):
    """A larger fit beside the one that is tested.

    Attributes
    ----------
    fit : CumulativeLinkResults or None
        The fit; None where there is none.
    statistic : float
        Twice the gain in log-likelihood; missing where it cannot be told.
    trouble : str
        What is wrong, or doubtful; empty where nothing is.
    """

    fit: Any
    statistic: float
    trouble: str


def nominal_test(fit: Any, terms: str | Iterable[str] | None = None) -> pd.DataFrame:
    """Test each term of the location for nominal effects: a different effect at each threshold.

    Parameters
    ----------
    fit : CumulativeLinkResults
        The fit.
    terms : str or iterable of str, optional
        Terms to test; all of the location by default.

    Returns
    -------
    pandas.DataFrame
        A row for each term: ``df`` (how many more parameters the model with nominal effects of
        this term has), its ``loglik``, ``aic`` and ``bic``, the likelihood-ratio ``statistic``
        and ``p_value``, and ``trouble``, what is wrong with that fit.

    Raises
    ------
    ModelError
        If errors are robust or clustered, the fit did not converge, the outcome has two levels,
        thresholds are symmetric about zero, or there is no such term.

    Notes
    -----
    With the logit link these are tests of proportional odds (Christensen 2018, section 2.4), the
    same as those of ``ordinal::nominal_test`` for R. Each compares the fit with the one that
    differs in this term alone. Where the larger fit separates the levels, the supremum of its
    log-likelihood is used, as in R, and ``trouble`` says so: the p-value is doubtful.

    Examples
    --------
    >>> import pandas as pd
    >>> import probstats as ps
    >>> wine = pd.read_csv("tests/reference/wine.csv")
    >>> fit = ps.CumulativeLinkModel.from_formula(
    ...     "rating ~ temp + contact", wine.astype({"temp": "category", "contact": "category"})
    ... ).fit()
    >>> ps.nominal_test(fit).iloc[:, :6].round(3).rename_axis(None)
             df  loglik      aic      bic  statistic  p_value
    temp      3 -84.904  187.809  208.299      3.175    0.365
    contact   3 -86.209  190.417  210.907      0.567    0.904
    """
    require_plain(fit, "nominal_test")
    require_likelihood(fit)
    require_movable(fit.model)
    wanted = require_terms(fit.model, terms)
    found = {term: nominal_fit(fit, [term]) for term in wanted}
    n_more = len(fit.model.thresholds.names) - 1
    known = location_terms(fit.model)
    return _frame(found, {term: n_more * len(known[term]) for term in wanted})


def scale_test(fit: Any, terms: str | Iterable[str] | None = None) -> pd.DataFrame:
    """Test each term of the location for scale effects: another spread of the latent variable.

    Parameters
    ----------
    fit : CumulativeLinkResults
        The fit.
    terms : str or iterable of str, optional
        Terms to test; by default all of the location that are not in the scale already.

    Returns
    -------
    pandas.DataFrame
        As ``nominal_test`` returns it, of the models with scale effects of each term.

    Raises
    ------
    ModelError
        If errors are robust or clustered, the fit did not converge, the outcome has two levels, or
        there is no such term.

    Notes
    -----
    The same as ``ordinal::scale_test`` for R (Christensen 2018, section 2.4). The term stays in
    the location.

    Examples
    --------
    >>> import pandas as pd
    >>> import probstats as ps
    >>> wine = pd.read_csv("tests/reference/wine.csv")
    >>> fit = ps.CumulativeLinkModel.from_formula(
    ...     "rating ~ temp + contact", wine.astype({"temp": "category", "contact": "category"})
    ... ).fit()
    >>> ps.scale_test(fit).iloc[:, :6].round(3).rename_axis(None)
             df  loglik      aic      bic  statistic  p_value
    temp      1 -86.439  186.879  202.816      0.105    0.746
    contact   1 -86.355  186.711  202.647      0.273    0.601
    """
    require_plain(fit, "scale_test")
    require_likelihood(fit)
    _require_levels(fit.model, "a spread of its own")
    known, there = location_terms(fit.model), set(fit.model.sample.covariates.scale.columns)
    more = {term: len(set(columns) - there) for term, columns in known.items()}
    wanted = [term for term in require_terms(fit.model, terms) if more[term]]
    if not wanted:
        raise ModelError("all terms asked for have scale effects already, so there is none to test")
    found = {term: _scale_fit(fit, term) for term in wanted}
    return _frame(found, more)


def require_movable(model: Any) -> None:
    """Raise a sentence if effects of a model cannot be made to differ by threshold.

    Parameters
    ----------
    model : CumulativeLinkModel
        The model.

    Raises
    ------
    ModelError
        If there is one threshold only, or thresholds cannot all move by the same amount.
    """
    _require_levels(model, "an effect of its own at each threshold")
    if model.thresholds.shift is None:
        raise ModelError(
            f"threshold={model.threshold!r} fixes the middle of the thresholds, so that nominal "
            f"effects do not hold the single effect of a covariate as a special case; use "
            f"another structure, such as 'symmetric'"
        )


def _require_levels(model: Any, what: str) -> None:
    if len(model.outcome.levels) < 3:
        raise ModelError(
            f"outcome {model.outcome.name!r} has two levels and one threshold, so that nothing "
            f"can have {what}; the tests need three levels or more"
        )


def nominal_fit(fit: Any, terms: Iterable[str], **options: Any) -> Larger:
    """Fit the model in which some terms are nominal, from the estimates of the fit.

    Parameters
    ----------
    fit : CumulativeLinkResults
        The fit.
    terms : iterable of str
        Terms of its location.
    **options
        Those of ``fit``.

    Returns
    -------
    Larger
        The larger fit, compared.
    """
    terms = list(terms)
    columns = list(fit.model.sample.covariates.location.columns)
    known = location_terms(fit.model)
    places = [columns.index(name) for term in terms for name in known[term]]
    start = _lines(fit).embedding(places) @ fit.fit_record.params
    try:
        model = with_nominal(fit.model, terms)
    except ModelError as error:
        return Larger(None, np.nan, str(error))
    # From a separated fit the start may be as good as infinite.
    return compared(fit, quiet_fit(model, start_params=start if fit.converged else None, **options))


def _lines(fit: Any) -> Lines:
    return lines_of(fit, {})


def _scale_fit(fit: Any, term: str) -> Larger:
    try:
        model = with_scale(fit.model, [term])
        found = compared(fit, quiet_fit(model))
    except ModelError as error:
        return Larger(None, np.nan, str(error))
    if not np.isnan(found.statistic) or not fit.converged:
        return found
    p, s, _ = fit.model.rows.sizes
    more = model.rows.sizes[1] - s
    return compared(fit, quiet_fit(model, start_params=_with_zeros(fit, p + s, more)))


def _with_zeros(fit: Any, place: int, number: int) -> Array:
    return np.insert(fit.fit_record.params, [place] * number, 0.0)


def compared(fit: Any, larger: Any) -> Larger:
    """Return a larger fit with its gain over a smaller one, and what is wrong."""
    trouble = trouble_of(larger)
    if not (larger.maximum.converged or larger.separation.separated):
        return Larger(larger, np.nan, trouble)
    if larger.separation.separated:
        trouble += "; the supremum of the log-likelihood is used, and the p-value is doubtful"
    elif larger.crossed_levels:
        trouble += "; the statistic is too large"
    statistic = gain(fit.llf, larger.llf)
    if np.isnan(statistic):
        trouble = "the larger fit stopped at a smaller log-likelihood than the fit itself"
    return Larger(larger, statistic, trouble)


def _frame(found: dict[str, Larger], df: dict[str, int]) -> pd.DataFrame:
    rows = [
        {
            "df": df[term],
            "loglik": np.nan if larger.fit is None else larger.fit.llf,
            "aic": np.nan if larger.fit is None else larger.fit.aic,
            "bic": np.nan if larger.fit is None else larger.fit.bic,
            "statistic": larger.statistic,
            "p_value": float(stats.chi2.sf(larger.statistic, df[term])),
            "trouble": larger.trouble,
        }
        for term, larger in found.items()
    ]
    return pd.DataFrame(rows, index=pd.Index(found, name="term"))
