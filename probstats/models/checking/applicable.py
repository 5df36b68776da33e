"""Which fits each test of parallel lines can be made of, and a sentence where it cannot."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from probstats.errors import ModelError
from probstats.models.checking.likelihood_ratio import require_finished, require_likelihood
from probstats.models.checking.lines import OVERALL, Sets
from probstats.models.checking.term_tests import require_movable
from probstats.models.checking.variants import location_terms, require_plain, require_terms
from probstats.models.inference.contrasts import part_terms

METHODS = ("lr", "score", "wald", "wolfe-gould", "brant")


def require_applicable(fit: Any, method: str) -> None:
    """Raise a sentence if a method cannot be used on a fit.

    Parameters
    ----------
    fit : CumulativeLinkResults
        The fit.
    method : str
        The method.

    Raises
    ------
    ModelError
        If it is not known, or has no meaning here.
    """
    if method not in METHODS:
        raise ModelError(f"method={method!r} is not known; choose one of {', '.join(METHODS)}")
    require_plain(fit, "parallel_lines_test")
    require_movable(fit.model)
    if method == "wald":
        require_finished(fit)
    else:
        require_likelihood(fit)
    if method in {"score", "wolfe-gould", "brant"}:
        _require_known_levels(fit, method)
    if method in {"wolfe-gould", "brant"}:
        _require_plain(fit.model, method)


def _require_known_levels(fit: Any, method: str) -> None:
    if fit.model.outcome.is_interval:
        raise ModelError(
            f"method={method!r} needs the level of every row, and some rows are known within "
            f"bounds only; use method='lr' or 'wald'"
        )
    if fit.separation.separated:
        raise ModelError(
            f"method={method!r} needs finite estimates, and the fit has none for "
            f"{', '.join(fit.diverging)}; use method='lr'"
        )
    if fit.crossed_levels:
        raise ModelError(
            f"method={method!r} needs the probabilities of the levels, and thresholds of the fit "
            f"cross at {', '.join(map(str, fit.crossed_levels))}; merge levels, or drop nominal "
            f"effects"
        )


def _require_plain(model: Any, method: str) -> None:
    covariates = model.sample.covariates
    instead = "use method='lr', 'score' or 'wald'"
    for part in ("nominal", "scale"):
        if getattr(covariates, part).shape[1]:
            raise ModelError(
                f"method={method!r} compares binary models of the location alone, and the fit has "
                f"{part} effects; {instead}"
            )
    if model.threshold != "flexible":
        raise ModelError(
            f"method={method!r} compares binary models with a free threshold each, and the fit "
            f"has threshold={model.threshold!r}; {instead}"
        )
    if method == "brant" and model.link.name != "logit":
        raise ModelError(
            f"method='brant' is derived for binary logits, and the link is {model.link.name}; use "
            f"method='lr', 'score', 'wald' or 'wolfe-gould'"
        )


def require_drawable(fit: Any, n_bootstrap: Any) -> None:
    """Raise a sentence if outcomes cannot be simulated from a fit, or not so many times."""
    if isinstance(n_bootstrap, bool) or not isinstance(n_bootstrap, int | np.integer):
        raise ModelError(f"n_bootstrap={n_bootstrap!r} must be a whole number, 0 or more")
    if n_bootstrap < 0:
        raise ModelError(f"n_bootstrap={n_bootstrap} must be 0 or more")
    if not n_bootstrap:
        return
    require_likelihood(fit)
    if fit.model.outcome.is_interval:
        raise ModelError(
            "a bootstrap would have to simulate how levels came to be known within bounds only, "
            "which no model says; leave n_bootstrap out"
        )
    if fit.separation.separated or fit.crossed_levels:
        raise ModelError(
            "a bootstrap simulates from the fit, which has infinite estimates or thresholds that "
            "cross; leave n_bootstrap out"
        )
    weights = fit.model.sample.weights
    if weights is not None and (weights != np.rint(weights)).any():
        raise ModelError(
            "a bootstrap draws whole rows, and weights are not whole numbers; leave n_bootstrap out"
        )


def chosen_terms(model: Any, terms: str | Iterable[str] | None) -> tuple[Sets, list[str]]:
    """Return the columns of the tested terms, and the terms whose effects are nominal already.

    Parameters
    ----------
    model : CumulativeLinkModel
        The model.
    terms : str, iterable of str or None
        What a user asks for.

    Returns
    -------
    columns : dict
        Positions in the location by term.
    nominal : list of str
        Terms that are not tested.

    Raises
    ------
    ModelError
        If a term is not known or nominal already, or none is left.
    """
    nominal = list(part_terms(model, "nominal"))
    asked = [terms] if isinstance(terms, str) else terms if terms is None else list(terms)
    for term in asked or ():
        if term in nominal:
            raise ModelError(f"{term!r} has nominal effects already, so its lines are not parallel")
    known = location_terms(model)
    if not known and nominal:
        raise ModelError("all terms have nominal effects already, so that no line is parallel")
    columns = list(model.sample.covariates.location.columns)
    wanted = dict.fromkeys(require_terms(model, asked))
    if OVERALL in wanted:
        raise ModelError(f"a term is called {OVERALL!r}, as the test of all terms is; rename it")
    return {term: [columns.index(name) for name in known[term]] for term in wanted}, nominal
