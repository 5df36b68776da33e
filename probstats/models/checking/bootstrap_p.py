"""P-values of parallel-lines tests by parametric bootstrap."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from probstats.errors import ModelError, ResampleWarning
from probstats.models.checking.lines import Lines, all_edges
from probstats.models.checking.replicates import statistics_of
from probstats.models.kernel.links import Array
from probstats.models.prediction.probabilities import predict
from probstats.models.trouble import warn
from probstats.progress import progress

LEFT_OUT = 0.1
"""Share of replicates left out from which on that is warned of."""


def bootstrap_table(
    lines: Lines,
    method: str,
    observed: Array,
    n_bootstrap: int,
    rng: np.random.Generator | int | None,
) -> pd.DataFrame:
    """Return p-values from outcomes simulated by the fit with parallel lines.

    Parameters
    ----------
    lines : Lines
        What is tested; weights are whole numbers.
    method : str
        The statistic.
    observed : numpy.ndarray
        Its value for each test.
    n_bootstrap : int
        Simulated data sets.
    rng : numpy.random.Generator, int or None
        Source of randomness, or its seed.

    Returns
    -------
    pandas.DataFrame
        A row for each test: ``p_value``, (1 + exceedances) / (B + 1) with the B replicates
        ``used`` (Davison and Hinkley 1997, section 4.2); ``error``, its simulation error;
        ``exceedances``; ``lost_level``, replicates without one of the levels; and ``failed``,
        those without the statistic.

    Raises
    ------
    ModelError
        If thresholds of the fit cross.

    Warns
    -----
    ResampleWarning
        If more than a tenth of the replicates are left out.
    """
    lines = distinct(lines)
    chances, weights = _chances(lines), _whole_weights(lines)
    generator = np.random.default_rng(rng)
    used, exceedances = np.zeros(len(observed), dtype=int), np.zeros(len(observed), dtype=int)
    lost = 0
    for _ in progress(range(n_bootstrap), n_bootstrap, "bootstrap"):
        counts = generator.multinomial(weights, chances)
        if not counts.any(axis=0).all():
            lost += 1
            continue
        statistics = statistics_of(lines, method, counts)
        used += np.isfinite(statistics)
        exceedances += statistics >= observed - 1e-9 * (1.0 + np.abs(observed))
    _warn_left_out(n_bootstrap, lost, int(n_bootstrap - lost - used.min()))
    p_value = np.where(np.isfinite(observed) & (used > 0), (1 + exceedances) / (used + 1), np.nan)
    return pd.DataFrame(
        {
            "p_value": p_value,
            "error": np.sqrt(p_value * (1.0 - p_value) / np.maximum(used, 1)),
            "used": used,
            "exceedances": exceedances,
            "lost_level": lost,
            "failed": n_bootstrap - lost - used,
        },
        index=pd.Index(lines.sets, name="term"),
    )


def _warn_left_out(n_bootstrap: int, lost: int, failed: int) -> None:
    if lost + failed > LEFT_OUT * n_bootstrap:
        warn(
            f"of {n_bootstrap} bootstrap replicates {lost} lost a level and {failed} had no "
            f"statistic; the p-values are those of the others, and may be off: merge levels, or "
            f"use method='score' or 'lr', which are hardest to lose",
            ResampleWarning,
        )


def distinct(lines: Lines) -> Lines:
    """Return the same with one row for each combination of covariates, its weight their sum."""
    rows = lines.rows
    offset = np.zeros(len(rows)) if rows.offset is None else rows.offset
    design = np.column_stack([rows.location, rows.scale, rows.nominal, offset])
    _, first, codes = np.unique(design, axis=0, return_index=True, return_inverse=True)
    weights = np.ones(len(rows)) if rows.weights is None else rows.weights
    summed = np.bincount(codes.ravel(), weights, len(first)).astype(float)
    return replace(lines, rows=replace(rows.take(first), weights=summed))


def _chances(lines: Lines) -> Array:
    chances = predict(lines.params, all_edges(lines.rows), lines.link, "prob")
    if np.isnan(chances).any():
        raise ModelError(
            "thresholds of the fit cross, so that some rows have no probabilities to simulate from"
        )
    return chances / chances.sum(axis=1, keepdims=True)


def _whole_weights(lines: Lines) -> Any:
    return np.rint(np.asarray(lines.rows.weights)).astype(np.int64)
