"""What a table of fits says of each fit besides its estimates."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from probstats import display
from probstats.errors import ModelError
from probstats.tables.estimates import first_fit

NONE = "none"
ERRORS = {"nonrobust": "model-based", "cluster": "clustered"}
LABELS = {
    "n": "Rows", "clusters": "Clusters", "groups": "Groups", "ICC": "Intraclass correlation",
    "log-likelihood": "Log-likelihood", "AIC": "AIC", "BIC": "BIC", "link": "Link",
    "standard errors": "Standard errors",
}  # fmt: skip
WORDS = ("groups", "link", "standard errors")
DIGITS = {"n": 0, "clusters": 0, "log-likelihood": 1, "AIC": 1, "BIC": 1, "ICC": 2}


def statistics_of(fit: Any, names: Sequence[str]) -> dict[str, Any]:
    """Return statistics of a fit.

    Parameters
    ----------
    fit : results
        A fit, or fits pooled over imputations.
    names : sequence of str
        Keys of ``LABELS``.

    Returns
    -------
    dict
        Numbers or words by name; a statistic the fit does not have is missing.

    Raises
    ------
    ModelError
        If a name is not known.
    """
    unknown = [name for name in names if name not in LABELS]
    if unknown:
        raise ModelError(f"statistics= names {unknown[0]!r}; there are {', '.join(LABELS)}")
    return {name: STATISTICS[name](fit) for name in names}


def _clusters(fit: Any) -> float:
    first = first_fit(fit)
    return first.n_groups if first.cov_type == "cluster" and not is_mixed(fit) else np.nan


def _groups(fit: Any) -> str | None:
    if not is_mixed(fit):
        return None
    return ", ".join(f"{part.name} {part.n_groups}" for part in first_fit(fit).model.random.parts)


def _correlation(fit: Any) -> float:
    """Return the intraclass correlation, where there is one grouping factor and it has one."""
    if not is_mixed(fit) or fit is not first_fit(fit):
        return np.nan
    try:
        found = fit.intraclass_correlation(method="wald")["estimate"]
    except ModelError:
        return np.nan
    return float(found.iloc[0]) if len(found) == 1 else np.nan


def _by_likelihood(name: str) -> Callable[[Any], float]:
    def value(fit: Any) -> float:
        # A sum of conditional likelihoods, or one that was not maximised, compares nothing.
        if fit is not first_fit(fit) or "aic" not in dir(fit):
            return np.nan
        try:
            return float(getattr(fit, name))
        except ModelError:
            return np.nan

    return value


def _link(fit: Any) -> str:
    model = first_fit(fit).model
    return str(model.link.name) if hasattr(model, "link") else "logit"


def _errors(fit: Any) -> str:
    first = first_fit(fit)
    kind = getattr(getattr(first, "clusters", None), "kind", None)
    words = ERRORS.get(first.cov_type, first.cov_type)
    words = f"{words}, {kind}" if kind else words
    return words if fit is first else f"{words}, pooled"


STATISTICS: dict[str, Callable[[Any], Any]] = {
    "n": lambda fit: float(fit.nobs),
    "clusters": _clusters,
    "groups": _groups,
    "ICC": _correlation,
    "log-likelihood": _by_likelihood("llf"),
    "AIC": _by_likelihood("aic"),
    "BIC": _by_likelihood("bic"),
    "link": _link,
    "standard errors": _errors,
}


def said(name: str, value: Any) -> str:
    """Return a statistic as readers see it; "none" where the fit does not have it."""
    if pd.isna(value):
        return NONE
    if name in WORDS:
        return str(value)
    whole = DIGITS[name] == 0 and not float(value).is_integer()
    return display.number(value, 1 if whole else DIGITS[name])


def is_mixed(fit: Any) -> bool:
    """Return whether a fit has random effects."""
    return hasattr(first_fit(fit).model, "random")


def notes_of(fit: Any) -> list[str]:
    """Return what the summary of a fit says below its numbers.

    Parameters
    ----------
    fit : results
        A fit, or fits pooled over imputations.

    Returns
    -------
    list of str
        Sentences on clusters, rows dropped, references, separation and convergence.
    """
    first = first_fit(fit)
    notes = (first.summary().extra_txt or "").splitlines()
    if fit is first:
        return notes
    # What is said of the errors of one imputation does not hold for all of them together.
    kept = [note for note in notes if note.startswith(("Reference", "Random effects", "Ridge"))]
    failed = sum(not one.converged for one in fit.fits)
    lost = [f"{failed} of the {fit.m} fits did not converge."] if failed else []
    return [f"{fit.m} imputations pooled by Rubin's rules.", *kept, *lost]


def gathered_notes(fits: dict[str, Any]) -> list[str]:
    """Return the notes of several fits, each once, with the models it is about."""
    about: dict[str, list[str]] = {}
    for name, fit in fits.items():
        for note in dict.fromkeys(notes_of(fit)):
            about.setdefault(note, []).append(name)
    return [
        note if len(names) == len(fits) else f"{', '.join(names)}: {note}"
        for note, names in about.items()
    ]
