"""What a reader must be told of bias-reduced and penalised estimates."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

COLLAPSED = 1e-3
"""Distance of thresholds, in the unit of the link, at which an inner level has as good as gone."""

SCALES = {
    "standardised": "columns divided by their standard deviation",
    "raw": "columns as they are",
}


def infinite_names(separation: Any) -> str:
    """Return the names of the parameters without a finite estimate.

    Parameters
    ----------
    separation : Separation
        What linear programming found.

    Returns
    -------
    str
        Separated by commas.
    """
    return ", ".join(map(str, separation.infinite.index[separation.infinite != 0.0]))


def not_reached(results: Any) -> str:
    """Return why bias-reduced or penalised estimates were not found, without a full stop."""
    maximum = results.maximum
    if results.penalty is not None:
        return (
            f"Newton's method did not converge in {maximum.iterations} steps (decrement "
            f"{maximum.decrement:.1e}); raise maxiter or the penalty"
        )
    sentence = (
        f"the adjusted scores have no root within {maximum.iterations} steps (squared length "
        f"{maximum.decrement:.1e})"
    )
    collapsed = collapsed_levels(results)
    if collapsed:
        named = ", ".join(map(str, collapsed))
        return (
            f"{sentence}: the thresholds about {named} meet, as where no row of some nominal "
            f"covariates has the level; merge it with a neighbour, or drop nominal effects"
        )
    return f"{sentence}; raise maxiter or simplify the model"


def collapsed_levels(results: Any) -> list[Any]:
    """Return the inner levels whose thresholds all but meet in some row."""
    model = results.model
    bounds, _ = model.all_edges(model.sample.covariates).bounds(results.fit_record.params)
    gaps = np.diff(bounds, axis=0)[1:-1]
    levels = model.outcome.levels[1:-1]
    return [level for level, gap in zip(levels, gaps, strict=True) if gap.min() < COLLAPSED]


def estimation_notes(results: Any) -> list[str]:
    """Return what a reader of the summary must know of the estimates; empty for the likelihood."""
    estimator = results.estimator
    if estimator.by_likelihood:
        return []
    if estimator.reduction is not None:
        source = "; standard errors from the expected information"
        source = source if results.cov_type == "nonrobust" else ""
        notes = [f"Scores adjusted for a bias of smaller order (Kosmidis 2014){source}."]
    else:
        notes = [
            f"Ridge penalty {_strengths(estimator.penalty)} on {SCALES[estimator.penalty_scale]}; "
            f"estimates are shrunk towards zero, and errors say nothing of what that costs."
        ]
    lost = results.model.separation()
    if lost.separated:
        cause = "adjustment" if estimator.reduction else "penalty"
        notes.append(
            f"The likelihood alone has no finite estimate of {infinite_names(lost)}: how far from "
            f"zero these lie is due to the {cause}."
        )
    return notes


def _strengths(penalty: pd.Series) -> str:
    held = penalty[penalty > 0.0]
    if held.min() == held.max():
        return f"{held.iloc[0]:g} of {', '.join(map(str, held.index))}"
    return ", ".join(f"{value:g} of {name}" for name, value in held.items())
