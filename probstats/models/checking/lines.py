"""The likelihood in which chosen effects may differ by threshold, and the one in which they do not.

Moving a column of the location to the nominal effects gives it one effect for each parameter of
the thresholds. The smaller model is the larger one with those effects held along the shift that
moves all thresholds by the same amount: with the structure theta = J alpha and J c = 1, an effect
b of the location is the nominal effect -b c. Statistics do not depend on the coding of the
covariates, so that all of this is done in the standardised covariates of the fit.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import linalg

from probstats.models.kernel.estimation import Problem
from probstats.models.kernel.links import Array, Link
from probstats.models.kernel.newton import Maximum
from probstats.models.kernel.rows import Rows

OVERALL = "overall"

TOL = 1e-9
"""Newton decrement of the fits to simulated outcomes; it leaves statistics exact to 1e-9."""

Sets = dict[str, list[int]]


@dataclass(frozen=True)
class Lines:
    """A fit, and the columns of its location whose effects are tested.

    Attributes
    ----------
    rows : Rows
        Standardised rows of the fit.
    link : Link
        The link.
    params : numpy.ndarray
        The estimates, in the parameters of these rows.
    shift : numpy.ndarray
        c, the threshold parameters that add one to every threshold.
    terms : dict
        Positions of the columns of each tested term.
    """

    rows: Rows
    link: Link
    params: Array
    shift: Array
    terms: Sets

    @cached_property
    def sets(self) -> Sets:
        """The columns of each test: of all tested terms, then of each."""
        together = [column for columns in self.terms.values() for column in columns]
        return {OVERALL: together} | self.terms

    @property
    def n_levels(self) -> int:
        """Number of levels of the outcome."""
        return len(self.rows.jacobian) + 1

    @cached_property
    def contrasts(self) -> Array:
        """Orthonormal C, t - 1 by t, with C c = 0: what a parallel effect has none of."""
        return linalg.null_space(self.shift[None, :]).T

    @property
    def together(self) -> list[int]:
        """The columns of all tested terms."""
        return self.sets[OVERALL]

    @cached_property
    def embeddings(self) -> list[Array]:
        """The embedding of each test."""
        return [self.embedding(columns) for columns in self.sets.values()]

    @cached_property
    def every_edge(self) -> Rows:
        """The rows of the model in which all tested terms are nominal, with every edge."""
        return all_edges(self.enlarged(self.rows, self.together))

    @cached_property
    def spans(self) -> list[Array]:
        """Orthonormal bases of the parameters of each test's model, within those of the largest."""
        embedding, t = self.embeddings[0], len(self.shift)
        first = self.rows.n_params - len(self.together)
        identity = np.eye(len(embedding))
        spans = []
        for columns in self.sets.values():
            free = [first + self.together.index(c) * t + k for c in columns for k in range(t)]
            spans.append(linalg.orth(np.hstack([embedding, identity[:, free]])))
        return spans

    def df(self, columns: list[int]) -> int:
        """Return how many more parameters the model has in which these columns are nominal."""
        return len(columns) * len(self.contrasts)

    def enlarged(self, rows: Rows, columns: list[int]) -> Rows:
        """Return rows in which some columns of the location are nominal instead."""
        moved = rows.location[:, columns]
        return replace(
            rows,
            location=np.delete(rows.location, columns, axis=1),
            nominal=np.hstack([rows.nominal, moved]),
        )

    def embedding(self, columns: list[int]) -> Array:
        """Return E: parameters phi of the smaller model are E phi of the larger."""
        q, t = self.rows.n_params, len(self.shift)
        kept = np.setdiff1d(np.arange(q), columns)
        embedding = np.zeros((q - len(columns) + t * len(columns), q))
        embedding[np.arange(len(kept)), kept] = 1.0
        for number, column in enumerate(columns):
            first = len(kept) + number * t
            embedding[first : first + t, column] = -self.shift
        return embedding

    def departures(self, columns: list[int]) -> Array:
        """Return contrasts of the model in which all tested terms are nominal.

        They are zero where the effects of these columns move all thresholds alike.
        """
        t, n_kept = len(self.shift), self.rows.n_params - len(self.together)
        rows = []
        for column in columns:
            first = n_kept + self.together.index(column) * t
            block = np.zeros((len(self.contrasts), n_kept + t * len(self.together)))
            block[:, first : first + t] = self.contrasts
            rows.append(block)
        return np.vstack(rows)

    def solve(self, rows: Rows, start: Array) -> Maximum:
        """Return the maximum for some rows, from a start inside of the parameter space."""
        return Problem(rows, np.eye(len(start)), self.link, start).solve(tol=TOL, maxiter=100)


def lines_of(fit: Any, terms: Sets) -> Lines:
    """Return the likelihoods of a fit, in the order its rows are worked on."""
    model = fit.model
    rows = replace(model.problem().rows, order=None)
    return Lines(rows, model.link, fit.maximum.params, model.thresholds.shift, terms)


def level_counts(rows: Rows) -> Array:
    """Return how often each row has each level, n by K: its weight, and zeros."""
    counts = np.zeros((len(rows), len(rows.jacobian) + 1))
    counts[np.arange(len(rows)), rows.edges[1]] = 1.0 if rows.weights is None else rows.weights
    return counts


def all_edges(rows: Rows) -> Rows:
    """Return the rows with every edge between levels, as predictions need them."""
    n_edges = len(rows.jacobian) + 2
    edges = np.repeat(np.arange(n_edges)[:, None], len(rows), axis=1)
    return replace(rows, edges=edges)


def chosen(rows: Rows, counts: NDArray[np.integer[Any]]) -> Rows:
    """Return rows with outcomes that are given as counts of each level, n by K."""
    place, code = np.nonzero(counts)
    weights = counts[place, code].astype(float)
    single = bool((weights == 1.0).all())
    return replace(
        rows.take(place), edges=np.stack([code + 1, code]), weights=None if single else weights
    )
