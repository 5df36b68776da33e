"""From what a user has in hand (a fit, a model, or a formula and data) to a design."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from probstats.errors import ModelError
from probstats.models.checking.variants import location_terms, of_rows, require_plain
from probstats.models.cumulative_link import CumulativeLinkModel
from probstats.models.kernel.links import Array
from probstats.planning.analysis import read_analysis
from probstats.planning.asked import read_shares
from probstats.planning.design import Design
from probstats.planning.groups import read_alike
from probstats.planning.observed import other_params, shares_of_design


class Given(NamedTuple):
    """What a user gave.

    Attributes
    ----------
    model : CumulativeLinkModel
        The model, with its formula if it has one.
    fit : CumulativeLinkResults or None
        The fit, if it was one.
    invented : bool
        Whether the outcome of the model stands in for one nobody has seen.
    """

    model: CumulativeLinkModel
    fit: Any
    invented: bool = False


def read_given(design: Any, data: Any, shares: Any) -> Given:
    """Return the model of a design.

    Parameters
    ----------
    design : CumulativeLinkResults, CumulativeLinkModel or str
        What the user has.
    data : pandas.DataFrame or None
        The data of a formula.
    shares : array_like or None
        Shares of the levels; they say which levels there are where a formula has no outcome.

    Returns
    -------
    Given
        The model, and the fit if there is one.

    Raises
    ------
    ModelError
        If it is none of these, or a formula lacks data or shares.
    """
    if isinstance(design, str):
        return _of_formula(design, data, shares)
    fitted = hasattr(design, "model") and hasattr(design, "params")
    if not (fitted or isinstance(design, CumulativeLinkModel)):
        raise ModelError(
            f"the design is of type {type(design).__name__}; pass a fit, a CumulativeLinkModel, or "
            f"a formula with data="
        )
    if data is not None:
        raise ModelError("data= goes with a formula; a fit or a model has its own")
    if not fitted:
        return Given(design, None)
    require_plain(design, "power by simulation")
    return Given(design.model, design)


def _of_formula(formula: str, data: Any, shares: Any) -> Given:
    if not isinstance(data, pd.DataFrame):
        raise ModelError(f"the formula {formula!r} needs data=, the frame its variables are in")
    if not formula.strip().startswith("~"):
        return Given(CumulativeLinkModel.from_formula(formula, data), None)
    if shares is None:
        raise ModelError(
            f"the formula {formula!r} has no outcome; pass shares=, the shares of its levels, or "
            f"write the outcome"
        )
    n_levels, name = len(read_shares(shares)), "level"
    if len(data) < n_levels:
        raise ModelError(f"the data have {len(data)} rows, too few for {n_levels} levels")
    while name in data:
        name += "_"
    stand_in = data.assign(**{name: np.arange(len(data)) % n_levels})
    return Given(CumulativeLinkModel.from_formula(f"{name} {formula}", stand_in), None, True)


def read_design(
    given: Given,
    term: Any,
    *,
    shares: Any,
    missing: Any,
    alike: dict[str, Any],
    errors: dict[str, Any],
    alpha: float,
) -> Design:
    """Return the design.

    Parameters
    ----------
    given : Given
        The model.
    term : str
        A term with one column, or a column, of its location.
    shares, missing
        See ``power``.
    alike : dict
        ``groups``, ``icc`` and ``cluster_sd``; see ``power``.
    errors : dict
        ``cov_type``, ``cov_kwds`` and ``reduction``; see ``power``.
    alpha : float
        Level of the test.

    Returns
    -------
    Design
        The design.

    Raises
    ------
    ModelError
        If anything asked for cannot be had.
    """
    model = given.model
    _require_logit(model)
    column = read_column(model, term)
    analysis, clusters = read_analysis(model, given.fit, **errors, alpha=alpha)
    groups = read_alike(model, clusters, **alike)
    lost = read_missing(missing, len(model.sample.outcome.low))
    which, expanded = _one_row_each(model)
    if analysis.ways is not None:
        analysis = replace(analysis, ways=analysis.ways[which])
    return Design(
        expanded, column, other_params(given, column, analysis.reduction),
        shares_of_design(expanded, shares), lost[which],
        None if groups.codes is None else groups.codes[which], groups.icc, analysis, groups.named,
        _labels(given),
    )  # fmt: skip


def _labels(given: Given) -> tuple[Any, ...]:
    levels = given.model.outcome.levels
    return tuple(range(1, len(levels) + 1)) if given.invented else levels


def _require_logit(model: CumulativeLinkModel) -> None:
    if model.link.name != "logit":
        raise ModelError(f"odds ratios need the logit link, and the model has {model.link.name}")


def read_column(model: CumulativeLinkModel, term: Any) -> str:
    """Return the column a term has; a column can be named as well."""
    terms = location_terms(model)
    columns = [str(name) for name in model.sample.covariates.location]
    if isinstance(term, str) and term in columns:
        return term
    known = ", ".join(columns) or "none"
    if not isinstance(term, str) or term not in terms:
        asked = "term= says whose odds ratio" if term is None else f"{term!r} is none of them"
        raise ModelError(f"{asked}; the columns of the location are {known}")
    if len(terms[term]) > 1:
        raise ModelError(
            f"{term!r} has {len(terms[term])} columns and one odds ratio is asked for; name a "
            f"column: {', '.join(map(str, terms[term]))}"
        )
    return str(terms[term][0])


def read_missing(missing: Any, n: int) -> Array:
    """Return the probability with which each of n outcomes goes missing."""
    try:
        values = np.asarray(missing, dtype=float)
    except (TypeError, ValueError) as error:
        raise ModelError(f"missing={missing!r} is no share of the rows") from error
    if values.shape not in {(), (n,)}:
        raise ModelError(
            f"missing has shape {values.shape}; give one share, or one for each of the {n} rows "
            f"used"
        )
    if not ((values >= 0.0) & (values <= 1.0)).all():
        raise ModelError("missing holds values that are no shares between 0 and 1")
    if (values == 1.0).all():
        raise ModelError("missing=1 loses every outcome, so that nothing is left to analyse")
    return np.broadcast_to(values, n).copy()


def _one_row_each(model: CumulativeLinkModel) -> tuple[Any, CumulativeLinkModel]:
    """Return the model with a weight of 2 made two rows, and which row each of its rows was."""
    weights = model.sample.weights
    counts = np.ones(len(model.outcome.low)) if weights is None else weights
    if (counts != np.round(counts)).any():
        raise ModelError(
            "weights that are fractions say of no row how many outcomes it has; power needs whole "
            "numbers"
        )
    which = np.repeat(np.arange(len(counts)), counts.astype(np.intp))
    repeated = of_rows(model, which)
    return which, repeated.with_sample(replace(repeated.sample, weights=None))
