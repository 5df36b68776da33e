"""The statistics of the rows of a fit, with what is wrong with each."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from probstats.errors import ModelError
from probstats.models.checking.brant import brant_statistics
from probstats.models.checking.lines import Lines, level_counts
from probstats.models.checking.score_test import score_statistics
from probstats.models.checking.split_separation import separated_splits
from probstats.models.checking.term_tests import nominal_fit
from probstats.models.checking.wolfe_gould import wolfe_gould_statistics
from probstats.models.kernel.links import Array


class Observed(NamedTuple):
    """What the rows of a fit say.

    Attributes
    ----------
    statistics : numpy.ndarray
        One for each test.
    troubles : list of str
        What is wrong with each; empty where nothing is.
    df_denom : float or None
        Denominator degrees of freedom of F statistics.
    """

    statistics: Array
    troubles: list[str]
    df_denom: float | None = None


def observe(fit: Any, lines: Lines, method: str) -> Observed:
    """Return the statistics of a method.

    Parameters
    ----------
    fit : CumulativeLinkResults
        The fit, one the method can be used on.
    lines : Lines
        What is tested.
    method : str
        The method.

    Returns
    -------
    Observed
        In the order of ``lines.sets``.

    Raises
    ------
    ModelError
        If the covariates separate a binary split, where the method needs its estimates.
    """
    if method == "lr":
        return _likelihood_ratio(fit, lines)
    if method == "wald":
        return _wald(fit, lines)
    if method == "score":
        values = score_statistics(lines, level_counts(lines.rows), lines.params)
        return Observed(values, _where_missing(values, "the information cannot be inverted"))
    return _binary(fit, lines, method)


def _likelihood_ratio(fit: Any, lines: Lines) -> Observed:
    names = list(lines.terms)
    larger = [nominal_fit(fit, terms) for terms in (names, *([name] for name in names))]
    statistics = np.array([one.statistic for one in larger])
    return Observed(statistics, [one.trouble for one in larger])


def _wald(fit: Any, lines: Lines) -> Observed:
    large, _, trouble = nominal_fit(fit, lines.terms, **_errors(fit))
    if large is None or not (large.maximum.converged or large.separation.separated):
        return Observed(np.full(len(lines.sets), np.nan), [trouble] * len(lines.sets))
    found = [_wald_test(large, lines.departures(columns)) for columns in lines.sets.values()]
    crossed = trouble.split(";")[0] if large.crossed_levels else ""
    troubles = [sentence or crossed for _, sentence in found]
    df_denom = None if large.groups is None else float(large.df_resid_inference)
    return Observed(np.array([value for value, _ in found]), troubles, df_denom)


def _wald_test(large: Any, contrasts: Array) -> tuple[float, str]:
    try:
        value = float(large.wald_test(contrasts).statistic)
    except ModelError as error:
        return np.nan, str(error)
    return value, "" if np.isfinite(value) else "the covariance of the larger fit is not known"


def _errors(fit: Any) -> dict[str, Any]:
    """Return the options that make errors of another fit as those of this one."""
    if fit.groups is None:
        return {"cov_type": fit.cov_type}
    # Rows that say nothing count in no cluster, but need one.
    groups = pd.Series(fit.groups.iloc[0], index=fit.model.sample.covariates.index)
    groups[fit.model.sample.counts > 0.0] = fit.groups.to_numpy()
    return {"cov_type": "cluster", "cov_kwds": {"groups": groups}}


def _binary(fit: Any, lines: Lines, method: str) -> Observed:
    statistics = wolfe_gould_statistics if method == "wolfe-gould" else brant_statistics
    values = statistics(lines, lines.rows)
    if not np.isnan(values[0]):
        return Observed(values, _where_missing(values, "a binary model has no maximum"))
    separated = separated_splits(fit.model, lines)
    if separated:
        raise ModelError(
            f"method={method!r} needs finite estimates at every split of the outcome, and "
            f"{'; '.join(separated)}; use method='score' or 'lr', or merge levels"
        )
    reason = {
        "wolfe-gould": "the lines of the binary models cross within the rows, so that a level has "
        "a negative probability",
        "brant": "the covariance Brant's formulas give is not positive definite",
    }
    return Observed(values, _where_missing(values, reason[method]))


def _where_missing(values: Array, sentence: str) -> list[str]:
    return [sentence if np.isnan(value) else "" for value in values]
