"""Draws of missing levels from cumulative link models, inside the range each cell may have."""

from __future__ import annotations

import warnings
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from scipy import special

from probstats.errors import DataError, ModelError, ProbstatsWarning
from probstats.missing.number_draws import root
from probstats.missing.variables import Mask, Variable
from probstats.models.checking.variants import trouble_of
from probstats.models.cumulative_link import CumulativeLinkModel
from probstats.models.kernel.links import Array

WAYS: tuple[dict[str, Any], ...] = ({}, {"reduction": "mean"}, {"penalty": 1.0})
"""Ways to fit, the next one where estimates are infinite or not found."""

TRIES = 1000
"""Draws of the parameters among which one has its thresholds in order."""


class Draw(NamedTuple):
    """Drawn parameters of a cumulative logit model.

    Attributes
    ----------
    coefficients, thresholds : numpy.ndarray
        c coefficients, and K - 1 thresholds.
    runs : list of list of int
        Codes of each of its K levels; several where no row tells them apart.
    """

    coefficients: Array
    thresholds: Array
    runs: list[list[int]]

    def probabilities(self, design: Array, n_levels: int) -> Array:
        """Return the probability of each declared level, n by K."""
        bounds = self.thresholds - (design @ self.coefficients)[:, None]
        inner = special.expit(bounds)
        cumulative = np.pad(inner, ((0, 0), (1, 1)), constant_values=((0, 0), (0, 1)))
        found = np.zeros((len(design), n_levels))
        for number, run in enumerate(self.runs):
            share = np.diff(cumulative[:, number : number + 2], axis=1) / len(run)
            found[:, run] = share
        return found


def draw_model(name: str, low: Array, high: Array, design: Array, rng: np.random.Generator) -> Draw:
    """Fit a cumulative logit model, and draw its parameters.

    Parameters
    ----------
    name : str
        The column, for messages.
    low, high : numpy.ndarray
        Codes of the lowest and the highest level each row may have.
    design : numpy.ndarray
        n by c predictors without a constant.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    Draw
        From the normal approximation to their posterior distribution, thresholds in order.

    Raises
    ------
    DataError
        If the model cannot be fitted.
    """
    fit = _fit(name, low, high, design)
    found, c = fit.fit_record, design.shape[1]
    noise = rng.standard_normal((TRIES, len(found.params))) @ root(found.scaled)
    drawn = found.params + noise @ found.transform.T
    ordered = np.flatnonzero((np.diff(drawn[:, c:], axis=1) > 0.0).all(axis=1))
    if not len(ordered):
        raise DataError(
            f"column {name!r}: the data say too little of its {len(fit.model.outcome.levels)} "
            f"levels to draw them; merge levels, or name fewer columns in predictors="
        )
    params = drawn[ordered[0]]
    return Draw(params[:c], params[c:], _runs(fit.model.outcome))


def _fit(name: str, low: Array, high: Array, design: Array) -> Any:
    """Return a fit with finite estimates."""
    exog = pd.DataFrame(design, columns=[f"x{number}" for number in range(design.shape[1])])
    ends = pd.DataFrame({"low": low, "high": high}).astype(int)
    interval = bool((low < high).any())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ProbstatsWarning)
        try:
            model = CumulativeLinkModel(ends if interval else ends["low"], exog)
            for options in (WAYS[0], WAYS[2]) if interval else WAYS:
                fit = model.fit(**options)
                if not trouble_of(fit):
                    break
        except ModelError as error:
            raise DataError(f"column {name!r} cannot be imputed: {error}") from error
    if trouble_of(fit):
        raise DataError(
            f"column {name!r} cannot be imputed: {trouble_of(fit)} in its imputation model; merge "
            f"levels, or name fewer columns in predictors="
        )
    return fit


def _runs(outcome: Any) -> list[list[int]]:
    merged = {f"{run[0]} to {run[-1]}": list(run) for run in outcome.merged}
    return [merged.get(level, [level]) for level in outcome.levels]


def draw_levels(
    variable: Variable,
    designs: tuple[Array, Mask],
    rng: np.random.Generator,
) -> Array:
    """Draw the missing cells of a column of levels.

    Parameters
    ----------
    variable : Variable
        The column.
    designs : tuple
        n by c predictors without a constant, and the rows the model is fitted to.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    numpy.ndarray
        A code for each missing cell.

    Notes
    -----
    Ordered levels, and two levels: a cumulative logit model, fitted to the known cells and to
    those known to lie in a range, which count by the probability of their range. Where the data
    separate the levels, estimates are bias-reduced, and penalised (lambda = 1 on standardised
    columns) if there are ranges or that does not converge. More
    unordered levels: a logit of each against the most frequent one (Begg and Gray 1984).
    """
    design, rows = designs
    gaps, n_levels = variable.missing, len(variable.levels)
    if variable.kind == "category":
        found = _unordered(variable, design, rng)
    else:
        low, high = (np.where(gaps, end, variable.cells) for end in (variable.low, variable.high))
        drawn = draw_model(variable.name, low[rows], high[rows], design[rows], rng)
        found = drawn.probabilities(design[gaps], n_levels)
    codes = np.arange(n_levels)
    allowed = (codes >= variable.low[gaps, None]) & (codes <= variable.high[gaps, None])
    return _pick(np.where(allowed, found, 0.0), allowed, rng)


def _pick(weights: Array, allowed: Mask, rng: np.random.Generator) -> Array:
    """Return a code for each row, with probabilities in proportion to its weights."""
    none = weights.sum(axis=1) == 0.0  # nil to the last digit
    weights = np.where(none[:, None], allowed, weights)
    cumulative = np.cumsum(weights, axis=1)
    place = rng.random(len(weights)) * cumulative[:, -1]
    return np.asarray((place[:, None] >= cumulative).sum(axis=1), dtype=float)


def _unordered(variable: Variable, design: Array, rng: np.random.Generator) -> Array:
    """Return the probability of each level in each missing row."""
    gaps, values = variable.missing, variable.cells
    counts = np.bincount(values[~gaps].astype(np.intp), minlength=len(variable.levels))
    base = int(np.argmax(counts))
    odds = np.zeros((int(gaps.sum()), len(counts)))
    odds[:, base] = 1.0
    for code in np.flatnonzero((counts > 0) & (np.arange(len(counts)) != base)):
        rows = (values == base) | (values == code)
        some = kept_columns(design[rows])
        is_code = (values[rows] == code).astype(float)
        drawn = draw_model(variable.name, is_code, is_code, design[rows][:, some], rng)
        odds[:, code] = np.exp(design[gaps][:, some] @ drawn.coefficients - drawn.thresholds[0])
    return odds / odds.sum(axis=1, keepdims=True)


def kept_columns(design: Array) -> Any:
    """Return the positions of columns that are neither constant nor a combination of others.

    Examples
    --------
    >>> kept_columns(np.array([[1.0, 2.0, 0.0, 1.0], [2.0, 4.0, 0.0, 0.0], [3.0, 6.0, 0.0, 2.0]]))
    [0, 3]
    """
    centred = design - design.mean(axis=0)
    size = np.linalg.norm(centred, axis=0)
    reach = np.abs(design).max(axis=0, initial=0.0)
    kept: list[int] = []
    basis = np.empty((len(design), 0))
    for number in np.flatnonzero(size > 1e-10 * np.sqrt(len(design)) * reach):
        column = centred[:, number] / size[number]
        left = column - basis @ (basis.T @ column)
        left -= basis @ (basis.T @ left)
        if np.linalg.norm(left) > 1e-7:
            kept.append(int(number))
            basis = np.column_stack([basis, left / np.linalg.norm(left)])
    return kept
