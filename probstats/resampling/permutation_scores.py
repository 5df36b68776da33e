"""Score statistics of a term for many arrangements of its columns, from one null fit."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from probstats.errors import ModelError
from probstats.models.checking.lines import all_edges
from probstats.models.kernel.likelihood import score_rows
from probstats.models.kernel.links import Array, Link
from probstats.models.kernel.rows import Rows
from probstats.models.kernel.separation import kept_directions
from probstats.models.prediction.probabilities import gradient, predict
from probstats.resampling.permutation_null import Null

NOTHING = 1e-9
"""Share of a direction's information below which the null model takes all of it."""

TINY = 1e-300
"""Probability below which a level cannot be."""


@dataclass(frozen=True)
class Scores:
    r"""What each row says of a term where the term has no effect.

    A location or scale effect has d = 1 parameter for each column x, a nominal one as many as
    there are threshold parameters. With u_i the derivatives of log p_i in these, per unit of the
    column, the score of the columns is

    .. math:: U = \sum_i x_i \otimes u_i

    and its variance, the efficient information,

    .. math:: V = \sum_i x_i x_i' \otimes A_i - C C', \qquad C = \sum_i x_i \otimes B_i,

    where A_i is the information of row i about the d parameters, and B_i that which they share
    with the parameters of the null model, these scaled to have information one (Cox and Hinkley
    1974, section 9.3).

    Attributes
    ----------
    first : numpy.ndarray
        n by d; u.
    own : numpy.ndarray
        n by d squared; A.
    shared : numpy.ndarray
        n by d k; B.
    """

    first: Array
    own: Array
    shared: Array

    def __call__(self, columns: Array) -> tuple[Array, Array]:
        """Return statistic U' V^-1 U and signed root for each arrangement.

        Parameters
        ----------
        columns : numpy.ndarray
            p by B by n.

        Returns
        -------
        statistics : numpy.ndarray
            B values; missing where V has a negative eigenvalue.
        roots : numpy.ndarray
            B values of U / sqrt(V), missing where U has more than one element.
        """
        (p, number, n_rows), d = columns.shape, self.first.shape[1]
        flat = columns.reshape(p * number, n_rows)
        score = (flat @ self.first).reshape(p, number, d).swapaxes(0, 1).reshape(number, p * d)
        apart = (flat @ self.shared).reshape(p, number, d, -1).swapaxes(0, 1)
        shared = apart.reshape(number, p * d, -1)
        blocks = np.empty((number, p, d, p, d))
        for j in range(p):
            for k in range(j + 1):
                product = ((columns[j] * columns[k]) @ self.own).reshape(number, d, d)
                blocks[:, j, :, k, :] = product
                blocks[:, k, :, j, :] = product.swapaxes(1, 2)
        own = blocks.reshape(number, p * d, p * d)
        return quadratic(score, own - shared @ shared.swapaxes(1, 2), own)


def quadratic(score: Array, efficient: Array, own: Array) -> tuple[Array, Array]:
    """Return U' V^- U and, of one parameter, U / sqrt(V).

    A direction of which the null model takes all information says nothing, and is left out.

    Parameters
    ----------
    score : numpy.ndarray
        B by m; U.
    efficient, own : numpy.ndarray
        B by m by m; V, and the information that a null model without parameters would leave.

    Returns
    -------
    statistics, roots : numpy.ndarray
        B values each.
    """
    size = np.sqrt(np.einsum("bii->bi", own))
    size = np.where(size > 0.0, size, 1.0)
    values, vectors = np.linalg.eigh(efficient / (size[:, :, None] * size[:, None, :]))
    along = np.einsum("bij,bi->bj", vectors, score / size)
    says = values > NOTHING
    parts = np.where(says, along**2 / np.where(says, values, 1.0), 0.0)
    statistics = np.where((values < -1e-6).any(axis=1), np.nan, parts.sum(axis=1))
    if score.shape[1] > 1:
        return statistics, np.full(len(score), np.nan)
    return statistics, np.copysign(np.sqrt(statistics), score[:, 0])


def scores_of(null: Null) -> Scores:
    """Return what the rows of a null fit say of its term.

    Parameters
    ----------
    null : Null
        The null fit.

    Returns
    -------
    Scores
        With the expected information; where outcomes are known as intervals, with the observed
        one, since what else might have been reported is not known.

    Raises
    ------
    ModelError
        If outcomes are intervals and the model has scale effects.
    """
    fit = null.fit
    model, rows = fit.model, fit.model.problem().rows
    params, larger, own = _with_ones(fit.maximum.params, rows, null.term.part)
    link, kept = model.link, np.setdiff1d(np.arange(len(params)), own)
    if model.outcome.is_interval:
        information = _observed(params, larger, link, own)
        total = -fit.maximum.hessian
    else:
        information, total = _expected(params, larger, link, own, kept)
    shared = information[:, :, kept] @ _inverse_root(total, fit.separation.directions)
    n_rows = len(rows)
    return Scores(
        rows.unsorted(score_rows(params, larger, link)[:, own]),
        rows.unsorted(information[:, :, own].reshape(n_rows, -1)),
        rows.unsorted(shared.reshape(n_rows, -1)),
    )


def _with_ones(params: Array, rows: Rows, part: str) -> tuple[Array, Rows, NDArray[np.intp]]:
    """Return parameters and rows with a column of ones in a part, and which its parameters are."""
    p, s, q = rows.sizes
    number = rows.jacobian.shape[1] if part == "nominal" else 1
    place = {"location": p, "scale": p + s, "nominal": p + s + q}[part]
    ones = np.ones((len(rows), 1))
    larger = replace(rows, **{part: np.hstack([getattr(rows, part), ones])}, order=None)
    return np.insert(params, [place] * number, 0.0), larger, np.arange(place, place + number)


def _expected(
    params: Array, rows: Rows, link: Link, own: NDArray[np.intp], kept: NDArray[np.intp]
) -> tuple[Array, Array]:
    """Return what a row is expected to say, n by d by q, and in total of the others."""
    information = np.empty((len(rows), len(own), len(params)))
    total, start = np.zeros((len(kept), len(kept))), 0
    for block in all_edges(rows).blocks():
        chances = predict(params, block, link, "prob")
        slopes = gradient(params, block, link, "prob")
        # A level that the null fit as good as rules out says nothing.
        possible = chances > TINY
        weight = np.where(possible, 1.0 / np.sqrt(np.where(possible, chances, 1.0)), 0.0)
        scaled = slopes * weight[:, :, None]
        information[start : start + len(block)] = scaled[:, :, own].swapaxes(1, 2) @ scaled
        others = scaled[:, :, kept].reshape(-1, len(kept))
        total += others.T @ others
        start += len(block)
    return information, total


def _observed(params: Array, rows: Rows, link: Link, own: NDArray[np.intp]) -> Array:
    """Return minus the second derivatives of each row, n by d by q."""
    if rows.scale.shape[1]:
        raise ModelError(
            "the score statistic is not written for intervals of levels with scale effects; use "
            "statistic='lr'"
        )
    bounds, _ = rows.bounds(params)
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        slopes = link.slopes(bounds)
    upper, lower = rows.bound_design().reshape(2, len(rows), -1)
    pairs = ((slopes.shift[0], upper), (slopes.shift[1], lower), (-slopes.cross, upper - lower))
    parts = [weight[:, None, None] * design[:, own, None] * design[:, None, :]
             for weight, design in pairs]  # fmt: skip
    return -np.sum(parts, axis=0)


def _inverse_root(total: Array, lost: Array) -> Array:
    """Return R with R R' = I^-1 within the directions in which the null fit has a maximum."""
    kept = kept_directions(lost)
    values, vectors = np.linalg.eigh(kept.T @ total @ kept)
    says = values > 1e-12 * values.max(initial=0.0)
    return np.asarray(kept @ vectors[:, says] / np.sqrt(values[says]))
