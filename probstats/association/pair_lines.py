"""What the tables of polychoric correlations say of one pair."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from probstats.association.pair_fit import PairFit
from probstats.models.reading.outcome import Outcome

Outcomes = tuple[Outcome, Outcome]


def pair_line(
    fit: PairFit, given: Outcomes, ends: tuple[float, float, str], n_dropped: int, lost: list[str]
) -> dict[str, Any]:
    """Return the row of a pair in the table of correlations."""
    first, second = given
    rho, settled = fit.correlation, fit.converged
    wide = (first.low < first.high) | (second.low < second.high)
    return {
        "first": first.name,
        "second": second.name,
        "estimate": rho if settled else np.nan,
        "std_error": fit.errors[0] * (1.0 - rho * rho),
        "conf_low": ends[0],
        "conf_high": ends[1],
        "interval": ends[2],
        "statistic": fit.statistic if settled else np.nan,
        "p_value": float(stats.chi2.sf(fit.statistic, 1)) if settled else np.nan,
        "n": len(first.low),
        "n_interval": int(wide.sum()),
        "dropped": n_dropped,
        "note": "; ".join([*_notes(fit), *lost]),
    }


def _notes(fit: PairFit) -> list[str]:
    if not fit.converged:
        return ["no maximum was found"]
    if fit.boundary:
        one, other = ("one", "opposite") if fit.boundary > 0 else ("minus one", "the same")
        return [f"estimated at {one}, since no two rows need be in {other} order"]
    return []


def lost_levels(given: Outcomes, fitted: Outcomes) -> list[str]:
    """Return a sentence for each level that the fit of a pair does without."""
    notes = []
    for read, outcome in zip(given, fitted, strict=True):
        if outcome.empty:
            need = "needs" if read.is_interval else "has"
            notes.append(f"no row {need} {outcome.name} {', '.join(map(str, outcome.empty))}")
        notes += [
            f"no row tells {outcome.name} {' and '.join(map(str, run))} apart"
            for run in outcome.merged
        ]
    return notes


def pair_thresholds(fit: PairFit, outcomes: Outcomes) -> pd.DataFrame:
    """Return the thresholds of a pair."""
    first, second = outcomes
    owner = [one.name for one in outcomes for _ in one.threshold_names]
    return pd.DataFrame({
        "first": first.name, "second": second.name, "outcome": owner,
        "threshold": [*first.threshold_names, *second.threshold_names],
        "estimate": fit.params[1:], "std_error": fit.errors[1:],
    })  # fmt: skip
