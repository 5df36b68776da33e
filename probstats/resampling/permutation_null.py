"""The model without a term, on rows that each count once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from probstats.errors import ModelError, SeparationWarning
from probstats.models import CumulativeLinkModel
from probstats.models.checking.variants import of_rows, quiet_fit
from probstats.models.estimators import require_likelihood
from probstats.models.inference.contrasts import part_terms
from probstats.models.kernel.links import Array
from probstats.models.trouble import warn

PARTS = ("location", "scale", "nominal")
MOST_ROWS = 10_000_000
"""Rows that whole-number weights may stand for."""


@dataclass(frozen=True)
class Term:
    """A term of a model.

    Attributes
    ----------
    name : str
        As ``wald_test_terms`` names it: ``temp``, ``scale: temp``, ``nominal: temp``.
    part : {"location", "scale", "nominal"}
        Where it is.
    places : list of int
        Positions of its columns in that part.
    """

    name: str
    part: str
    places: list[int]


@dataclass(frozen=True)
class Null:
    """A fit without a term.

    Attributes
    ----------
    fit : CumulativeLinkResults
        The fit.
    term : Term
        The term that was taken out.
    columns : numpy.ndarray
        Its n by p columns.
    others : pandas.DataFrame
        n rows of all other covariates; an offset that varies is one of them.
    named : str
        The other terms, in words; empty where there are none.
    rows : numpy.ndarray
        Which row of the user's fit each of the n rows is.
    notes : tuple of str
        What is to be said of it.
    """

    fit: Any
    term: Term
    columns: Array
    others: pd.DataFrame
    named: str
    rows: NDArray[np.intp]
    notes: tuple[str, ...]

    @property
    def df(self) -> int:
        """Parameters of the term: a nominal effect has one for each threshold parameter."""
        each = len(self.fit.model.thresholds.names) if self.term.part == "nominal" else 1
        return self.columns.shape[1] * each

    @property
    def parts(self) -> list[list[str]]:
        """Columns of location, scale and nominal effects, without the term."""
        covariates = self.fit.model.sample.covariates
        return [list(map(str, getattr(covariates, part).columns)) for part in PARTS]


def null_of(fit: Any, term: Any) -> Null:
    """Fit the model without a term, each row as often as its weight says.

    Parameters
    ----------
    fit : CumulativeLinkResults
        The user's fit.
    term : str
        The term.

    Returns
    -------
    Null
        Fitted to the rows that say something about the outcome.

    Raises
    ------
    ModelError
        If there is no such term, estimates are reduced or penalised, weights are no whole numbers,
        or the null model cannot be fitted.

    Warns
    -----
    SeparationWarning
        If the data separate the levels without the term.
    """
    if not isinstance(getattr(fit, "model", None), CumulativeLinkModel):
        raise ModelError(
            f"permutation_test takes a fit of a CumulativeLinkModel, not {type(fit).__name__}"
        )
    require_likelihood(fit, "permutation_test")
    found, terms = find_term(fit.model, term)
    rows = _copies(fit.model.sample.counts)
    model = of_rows(fit.model, rows)
    model = model.with_sample(replace(model.sample, weights=None))
    covariates = model.sample.covariates
    part = getattr(covariates, found.part)
    left = part.drop(columns=part.columns[found.places])
    covariates = covariates._replace(**{found.part: left})
    null = quiet_fit(model.with_sample(replace(model.sample, covariates=covariates)))
    others = _others(covariates)
    named = [name for name in terms if name != found.name]
    named += ["the offset"] * ("offset" in others)
    columns = part.iloc[:, found.places].to_numpy(dtype=float)
    notes = (*_notes(null), *_marginality(found, terms))
    return Null(null, found, columns, others, _listed(named), rows, notes)


def find_term(model: Any, term: Any) -> tuple[Term, list[str]]:
    """Return a term by its name, and the names of all terms.

    Raises
    ------
    ModelError
        If there is no such term.
    """
    terms = {
        (name if part == "location" else f"{part}: {name}"): (part, places)
        for part in PARTS
        for name, places in part_terms(model, part).items()
    }
    if not isinstance(term, str) or term not in terms:
        raise ModelError(
            f"{term!r} is no term of the model; the terms are {', '.join(terms) or 'none'}"
        )
    part, places = terms[term]
    return Term(term, part, list(places)), list(terms)


def _copies(counts: Array) -> NDArray[np.intp]:
    """Return the rows that say something, those with a weight of 2 twice."""
    whole = np.rint(counts)
    broken = np.flatnonzero(counts != whole)
    if len(broken):
        raise ModelError(
            f"weights are not whole numbers (first {counts[broken[0]]:g}, in row number "
            f"{broken[0]}); a weight of 2 is permuted as two rows, and a part of a row cannot be "
            f"exchanged with a row"
        )
    if whole.sum() > MOST_ROWS:
        raise ModelError(
            f"weights add up to {whole.sum():.3g} rows; {MOST_ROWS:,} at most are permuted"
        )
    return np.repeat(np.arange(len(counts)), whole.astype(np.intp))


def _others(covariates: Any) -> pd.DataFrame:
    location, scale, nominal, offset = covariates
    more = nominal.columns.difference(location.columns, sort=False)
    both = pd.concat([location, nominal[more]], axis=1)
    others = pd.concat([both, scale[scale.columns.difference(both.columns, sort=False)]], axis=1)
    if offset is not None and np.ptp(offset.to_numpy(dtype=float)) > 0.0:
        others = others.assign(offset=offset)
    return others


def _notes(null: Any) -> list[str]:
    if null.crossed_levels:
        raise ModelError(
            f"thresholds of the model without the term cross at "
            f"{', '.join(map(str, null.crossed_levels))}, so that it gives no probabilities to "
            f"permute under; merge levels, or drop nominal effects"
        )
    if null.separation.separated:
        sentence = (
            f"the model without the term separates the levels already (no finite estimate for "
            f"{', '.join(null.diverging)}); its fit stands in the limit, where the rows it "
            f"separates say nothing of the term"
        )
        warn(sentence, SeparationWarning)
        return [f"{sentence[0].upper()}{sentence[1:]}."]
    if not null.converged:
        raise ModelError(
            "the model without the term did not converge, so that there is no null model to "
            "permute under; simplify it"
        )
    return []


def _marginality(term: Term, terms: list[str]) -> list[str]:
    """Return a note where the null keeps an interaction of the term."""
    own = set(term.name.split(":"))
    kept = [name for name in terms if own < set(name.split(":")) and term.part == "location"]
    if not kept:
        return []
    return [
        f"The null model keeps {', '.join(kept)}, so that the test depends on how {term.name} is "
        f"coded; for no effect at all, compare with the model without both."
    ]


def _listed(names: list[str]) -> str:
    if len(names) > 4:
        return f"{', '.join(names[:3])} and {len(names) - 3} more"
    return " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))
