"""What a bootstrap draws: how often each row, cluster or simulated outcome occurs in a resample."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from probstats.errors import ModelError
from probstats.models.kernel.grouping import distinct_rows
from probstats.models.kernel.links import Array
from probstats.models.kernel.rows import Rows
from probstats.models.prediction.probabilities import predict

SPARSE_DRAWS = 4
"""Copies of each unit, on average, from which on counts are drawn, and not units."""

Counts = NDArray[np.integer[Any]]


@dataclass(frozen=True)
class Draws:
    """Units that are drawn with replacement, as many as there are.

    Attributes
    ----------
    rows : Rows
        m rows of the likelihood that differ from each other, without weights.
    positions : numpy.ndarray
        A row of the model with the covariates of each of them.
    copies : numpy.ndarray
        How often each of U units occurs in the data.
    shares : scipy.sparse.csr_array or None
        U by m: the weight one copy of a unit gives to each row; None where units are the rows.
    """

    rows: Rows
    positions: NDArray[np.intp]
    copies: Counts
    shares: Any = None

    @property
    def size(self) -> int:
        """Number of copies, and of draws."""
        return int(self.copies.sum())

    def counts(self, rng: np.random.Generator, number: int) -> Array:
        """Draw how often each unit occurs in each resample.

        Parameters
        ----------
        rng : numpy.random.Generator
            Source of randomness.
        number : int
            Resamples; R.

        Returns
        -------
        numpy.ndarray
            R by U whole numbers.
        """
        units, size = len(self.copies), self.size
        if size > SPARSE_DRAWS * units:
            return rng.multinomial(size, self.copies / size, size=number).astype(float)
        drawn = rng.integers(size, size=(number, size))
        if size > units or (self.copies != 1).any():
            drawn = np.repeat(np.arange(units), self.copies)[drawn]
        drawn += units * np.arange(number)[:, None]
        counts = np.bincount(drawn.ravel(), minlength=number * units)
        return counts.reshape(number, units).astype(float)

    def weights(self, counts: Array) -> Array:
        """Return the R by m weights of the rows where units occur so often."""
        return counts if self.shares is None else np.ascontiguousarray(counts @ self.shares)

    @property
    def everything(self) -> Array:
        """The counts of the data themselves, 1 by U."""
        return self.copies[None, :].astype(float)

    def spans(self) -> Array:
        """Return which of the K levels each row may have, m by K zeros and ones."""
        levels = np.arange(len(self.rows.jacobian) + 1)
        upper, lower = self.rows.edges[:, :, None]
        return ((lower <= levels) & (levels < upper)).astype(float)


@dataclass(frozen=True)
class Simulations(Draws):
    """Outcomes simulated for the covariates of a fit; units are combinations of these and a level.

    Attributes
    ----------
    chances : numpy.ndarray
        The probability of each level, for each combination of covariates.
    """

    chances: Any = None

    def counts(self, rng: np.random.Generator, number: int) -> Array:
        """Draw how often each combination has each level, R by U."""
        copies = self.copies.reshape(self.chances.shape)[:, 0]
        drawn = rng.multinomial(copies, self.chances, size=(number, len(copies)))
        return drawn.reshape(number, -1).astype(float)


def row_draws(model: Any) -> Draws:
    """Return the rows of a model as what is drawn.

    Parameters
    ----------
    model : CumulativeLinkModel
        The model.

    Returns
    -------
    Draws
        A row with a weight of 2 is two rows; where weights are fractions, rows are drawn as they
        are, each with its weight.
    """
    rows, codes = _distinct(model)
    weights = model.sample.weights
    if is_whole(weights):
        copies = np.bincount(codes, weights, len(rows)).astype(np.int64)
        return Draws(rows, _first(codes), copies)
    each = np.arange(len(codes))
    shares = _shares(each, codes, weights, rows)
    return Draws(rows, _first(codes), np.ones(len(codes), dtype=np.int64), shares)


def cluster_draws(model: Any, groups: pd.Series) -> Draws:
    """Return the clusters of a model as what is drawn, each with the weights of its rows."""
    rows, codes = _distinct(model)
    clusters, labels = pd.factorize(groups)
    shares = _shares(clusters, codes, model.sample.weights, rows)
    return Draws(rows, _first(codes), np.ones(len(labels), dtype=np.int64), shares)


def simulated_draws(fit: Any) -> Simulations:
    """Return outcomes simulated by a fit as what is drawn.

    Parameters
    ----------
    fit : CumulativeLinkResults
        The fit.

    Returns
    -------
    Simulations
        Each combination of covariates as often as the weights say; where these are fractions,
        every row is simulated once, and keeps its weight.

    Raises
    ------
    ModelError
        If the outcome has intervals, or thresholds cross.
    """
    model = fit.model
    if model.outcome.is_interval:
        raise ModelError(
            "method='parametric' simulates levels, and how an outcome known as an interval would "
            "have been reported is not known; use method='case' or 'cluster'"
        )
    weights, whole = model.sample.weights, is_whole(model.sample.weights)
    rows = model.problem().rows
    rows = replace(rows, edges=np.zeros_like(rows.edges), weights=None)
    codes = np.arange(len(rows))
    if whole:
        rows, codes = distinct_rows(rows)
    codes = _in_order(codes, model)
    copies = np.bincount(codes, weights if whole else None, len(rows)).astype(np.int64)
    cells, n_levels = _cells(rows), len(rows.jacobian) + 1
    shares = None
    if not whole:
        sizes = np.empty(len(rows))
        sizes[codes] = weights
        shares = sparse.diags_array(np.repeat(sizes, n_levels)).tocsr()
    chances = _chances(fit, rows)
    positions = np.repeat(_first(codes), n_levels)
    return Simulations(cells, positions, np.repeat(copies, n_levels), shares, chances)


def is_whole(weights: Array | None) -> bool:
    """Whether weights are numbers of copies."""
    return weights is None or bool((weights == np.round(weights)).all())


def _distinct(model: Any) -> tuple[Rows, NDArray[np.intp]]:
    """Return standardised rows that differ, and which of them each row of the model is."""
    rows, codes = distinct_rows(model.problem().rows)
    return replace(rows, weights=None, order=None), _in_order(codes, model)


def _first(codes: NDArray[np.intp]) -> NDArray[np.intp]:
    return np.unique(codes, return_index=True)[1]


def _in_order(codes: NDArray[np.intp], model: Any) -> NDArray[np.intp]:
    """Return codes of rows that may have been sorted, in the order of the model."""
    return model.problem().rows.unsorted(codes)


def _shares(
    units: NDArray[np.intp], codes: NDArray[np.intp], weights: Array | None, rows: Rows
) -> Any:
    values = np.ones(len(codes)) if weights is None else np.asarray(weights, dtype=float)
    shape = int(units.max()) + 1, len(rows)
    return sparse.coo_array((values, (units, codes)), shape=shape).tocsr()


def _cells(rows: Rows) -> Rows:
    """Return each row with each level, the levels of a row side by side."""
    n_levels = len(rows.jacobian) + 1
    cells = rows.take(np.repeat(np.arange(len(rows)), n_levels))
    levels = np.tile(np.arange(n_levels), len(rows))
    return replace(cells, edges=np.stack([levels + 1, levels]), weights=None)


def _chances(fit: Any, rows: Rows) -> Array:
    n_edges = len(rows.jacobian) + 2
    edges = np.repeat(np.arange(n_edges)[:, None], len(rows), axis=1)
    chances = predict(fit.maximum.params, replace(rows, edges=edges), fit.model.link, "prob")
    if np.isnan(chances).any():
        raise ModelError(
            "thresholds of the fit cross, so that some rows have no probabilities to simulate from"
        )
    return np.asarray(chances / chances.sum(axis=1, keepdims=True))
