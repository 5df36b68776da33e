"""Imputed values moved by delta: numbers by as much, levels by as much on the latent scale."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from probstats.errors import ModelError
from probstats.missing.variables import Mask, Variable
from probstats.models.cumulative_link import CumulativeLinkModel
from probstats.models.kernel.links import Array


@dataclass(frozen=True)
class Moved:
    """Completed frames with moved values.

    Attributes
    ----------
    frames : list of pandas.DataFrame
        m frames.
    moved : float
        Mean change of the imputed values, in their unit or in levels.
    clipped : float
        Share of them that stop at a bound.
    """

    frames: list[pd.DataFrame]
    moved: float
    clipped: float


class Shift(Protocol):
    """How the imputed values of a column move."""

    @property
    def unit(self) -> str:
        """On what scale levels move; empty for numbers."""

    def by(self, delta: float) -> Moved:
        """Return the frames with imputed values moved by delta."""


@dataclass(frozen=True)
class NumberShift:
    """Numbers that move by delta, and stop at the bounds of their cell.

    Attributes
    ----------
    frames : list of pandas.DataFrame
        m completed frames.
    variable : Variable
        The column, with the bounds of its cells.
    gaps : numpy.ndarray
        n; which cells were imputed.
    """

    frames: list[pd.DataFrame]
    variable: Variable
    gaps: Mask
    unit: str = ""

    def by(self, delta: float) -> Moved:
        """Return the frames with imputed values moved by delta."""
        name, gaps = self.variable.name, self.gaps
        low, high = self.variable.low[gaps], self.variable.high[gaps]
        made, change = [], []
        for frame in self.frames:
            values = frame[name].to_numpy(dtype=float).copy()
            before = values[gaps]
            # A value that was drawn outside of its bounds, if any, is not made to jump by delta 0.
            values[gaps] = np.clip(
                before + delta, np.minimum(low, before), np.maximum(high, before)
            )
            change.append(values[gaps] - before)
            made.append(frame.assign(**{name: values}))
        moves = np.array(change)
        short = np.abs(moves - delta) > 1e-9 * max(1.0, abs(delta))
        return Moved(made, float(moves.mean()), float(short.mean()))


@dataclass(frozen=True)
class LevelShift:
    """Levels of an outcome that move with their latent variable.

    Attributes
    ----------
    frames : list of pandas.DataFrame
        m completed frames.
    variable : Variable
        The outcome, with the bounds of its cells in codes.
    gaps : numpy.ndarray
        n; which cells were imputed.
    thresholds : list of numpy.ndarray
        For each frame the thresholds less the linear prediction, in units of the link, by the k
        imputed cells.
    errors : list of numpy.ndarray
        For each frame k draws of the latent error given the imputed level.
    codes : list of numpy.ndarray
        Codes of the levels between the thresholds.

    Notes
    -----
    An imputed level y is a latent variable eta + e between its two thresholds; e is drawn from its
    distribution given that (Liu and Zhang 2018). Then eta + delta + e is compared with the
    thresholds again: P(Y <= j) is F(theta_j - eta - delta) instead of F(theta_j - eta), and with
    delta = 0 each level is what it was.
    """

    frames: list[pd.DataFrame]
    variable: Variable
    gaps: Mask
    thresholds: list[Array]
    errors: list[Array]
    codes: list[NDArray[np.intp]]
    unit: str = " on the latent scale"

    def by(self, delta: float) -> Moved:
        """Return the frames with imputed values moved by delta."""
        name, levels = self.variable.name, list(self.variable.levels)
        low, high = (end[self.gaps] for end in (self.variable.low, self.variable.high))
        made, change, clipped = [], [], []
        for frame, edges, error, known in zip(
            self.frames, self.thresholds, self.errors, self.codes, strict=True
        ):
            free = known[(error + delta > edges).sum(axis=0)]
            codes = frame[name].cat.codes.to_numpy().astype(np.intp)
            before = codes[self.gaps]
            codes[self.gaps] = np.clip(free, low, high)
            change.append(codes[self.gaps] - before)
            clipped.append(codes[self.gaps] != free)
            column = pd.Categorical.from_codes(codes, levels, ordered=True)
            made.append(frame.assign(**{name: column}))
        return Moved(made, float(np.mean(change)), float(np.mean(clipped)))


def level_shift(
    frames: list[pd.DataFrame],
    variable: Variable,
    gaps: Mask,
    fit: Callable[[pd.DataFrame], Any],
    rng: np.random.Generator,
) -> LevelShift:
    """Return how imputed levels of an outcome move, by a fit to each frame.

    Parameters
    ----------
    frames : list of pandas.DataFrame
        m completed frames.
    variable : Variable
        The outcome.
    gaps : numpy.ndarray
        n; which cells were imputed.
    fit : callable
        Fits a cumulative link model of the outcome to a frame.
    rng : numpy.random.Generator
        Source of the latent errors.

    Returns
    -------
    LevelShift
        With the same errors for every delta.

    Raises
    ------
    ModelError
        If the fit is of another outcome or of other rows, or has infinite estimates.
    """
    thresholds, errors, codes = [], [], []
    for number, frame in enumerate(frames):
        edges, known, link = _latent(fit(frame), variable, gaps, number)
        at = np.searchsorted(known, frame[variable.name].cat.codes.to_numpy()[gaps])
        ends = np.vstack([np.full(edges.shape[1], -np.inf), edges, np.full(edges.shape[1], np.inf)])
        places = np.arange(edges.shape[1])
        below, above = link.cdf(ends[at, places]), link.cdf(ends[at + 1, places])
        error = link.quantile(below + (above - below) * rng.uniform(size=len(at)))
        thresholds.append(edges)
        errors.append(np.clip(error, ends[at, places] + 1e-9, ends[at + 1, places]))
        codes.append(known)
    return LevelShift(frames, variable, gaps, thresholds, errors, codes)


def _latent(
    fit: Any, variable: Variable, gaps: Mask, number: int
) -> tuple[Array, NDArray[np.intp], Any]:
    """Return thresholds less linear predictions, codes of the levels between them, and the link."""
    model = getattr(fit, "model", None)
    if not isinstance(model, CumulativeLinkModel) or model.outcome.name != variable.name:
        raise ModelError(
            f"column {variable.name!r} has levels, and these move where they are the outcome of a "
            f"cumulative link model; only numbers move as covariates"
        )
    if len(model.outcome.low) != len(gaps):
        raise ModelError(
            f"the model uses {len(model.outcome.low)} of the {len(gaps)} rows of imputation "
            f"{number}; impute all of its columns"
        )
    params = np.asarray(fit.params, dtype=float)
    if not np.isfinite(params).all():
        raise ModelError(
            f"column {variable.name!r}: the fit to imputation {number} has infinite estimates, so "
            f"that there is no latent scale to move on; try reduction='mean'"
        )
    bounds, _ = model.all_edges(model.sample.covariates).bounds(params)
    known = np.array([variable.levels.index(level) for level in model.outcome.levels])
    return bounds[1:-1, gaps], known, model.link
