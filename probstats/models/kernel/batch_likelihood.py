"""The log-likelihood of many sets of weights on the same rows at once, with its derivatives.

Resampling keeps the rows and changes their weights. With R sets of weights the bounds are one
product of matrices, R by q and q by n; so is the score; and the Hessians are the R by n second
derivatives times the n products of two columns of a design, one product of matrices again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from probstats.models.kernel.links import Array, Link, Slopes
from probstats.models.kernel.rows import Rows

PRODUCTS = 4_000_000
"""Numbers that may be kept for the products of two columns; beyond, each Hessian is made alone."""

Which = NDArray[np.intp] | NDArray[np.bool_]


@dataclass
class BatchValue:
    """The log-likelihood for R sets of weights, each at parameters of its own.

    Attributes
    ----------
    loglike : numpy.ndarray
        R log-likelihoods; minus infinity where bounds are out of order.
    score : numpy.ndarray
        R by q.
    hessian : numpy.ndarray
        R by q by q.
    """

    loglike: Array
    score: Array
    hessian: Array

    def take(self, which: Which) -> BatchValue:
        """Return some of the R."""
        return BatchValue(self.loglike[which], self.score[which], self.hessian[which])

    def put(self, which: Which, other: BatchValue) -> None:
        """Replace some of the R."""
        self.loglike[which], self.score[which] = other.loglike, other.score
        self.hessian[which] = other.hessian


class Products:
    """Sums over rows of coefficients times the products of columns of two designs.

    Parameters
    ----------
    left, right : numpy.ndarray
        n by a and n by b.
    """

    def __init__(self, left: Array, right: Array) -> None:
        self._left, self._right = left, right
        self._symmetric = left is right
        self._shape = left.shape[1], right.shape[1]
        pairs = np.triu_indices(self._shape[0]) if self._symmetric else _all_pairs(*self._shape)
        self._pairs = pairs
        small = len(left) * len(pairs[0]) <= PRODUCTS
        self._outer = left[:, pairs[0]] * right[:, pairs[1]] if small else None

    def __call__(self, coefficients: Array) -> Array:
        """Return R by a by b sums for R by n coefficients."""
        if self._outer is None:
            return np.stack([(self._left.T * some) @ self._right for some in coefficients])
        found = np.empty((len(coefficients), *self._shape))
        found[:, *self._pairs] = sums = coefficients @ self._outer
        if self._symmetric:
            found[:, *self._pairs[::-1]] = sums
        return found


def _all_pairs(one: int, other: int) -> tuple[Any, Any]:
    first, second = np.indices((one, other)).reshape(2, -1)
    return first, second


class BatchLikelihood:
    """Log-likelihoods, scores and Hessians of rows, for many sets of weights at once.

    Parameters
    ----------
    rows : Rows
        n rows of any model; their own weights are not looked at.
    link : Link
        The latent distribution.

    Attributes
    ----------
    rows : Rows
        The rows.
    link : Link
        The latent distribution.
    """

    def __init__(self, rows: Rows, link: Link) -> None:
        self.rows, self.link, self._ends = rows, link, rows.ends()
        # contiguous copies, so that no product of matrices has to make them
        self._above, self._below = (
            np.ascontiguousarray(design.T) for design in rows.threshold_design.swapaxes(0, 1)
        )
        self._location, self._scale = np.ascontiguousarray(rows.location), rows.scale
        location, ends = self._location, (self._above, self._below)
        self._across = Products(location, location)
        self._between = [Products(location, end) for end in ends]
        self._within = [Products(end, end) for end in ends]
        self._gap = _gap(self._above - self._below)
        self._stretch = [Products(part, self._scale) for part in (location, *ends, self._scale)]

    def __call__(self, params: Array, weights: Array) -> BatchValue:
        """Return the value for each set of weights.

        Parameters
        ----------
        params : numpy.ndarray
            R by q, or 1 by q where all share theirs.
        weights : numpy.ndarray
            R by n; a row with weight 0 may be impossible.

        Returns
        -------
        BatchValue
            For R sets of weights; derivatives mean nothing where the log-likelihood is infinite.
        """
        with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
            bounds, inverse = self.bounds(params)
            slopes = self._slopes(bounds)
            slopes = _weighted(slopes, weights)
            loglike = slopes.log_p.sum(axis=1)
            score = self._score(slopes, bounds, inverse)
            hessian = self._hessian(slopes, bounds, inverse)
        return BatchValue(np.where(np.isnan(loglike), -np.inf, loglike), score, hessian)

    def bounds(self, params: Array) -> tuple[Array, Array | None]:
        """Return the bounds u and l, 2 by R by n, and 1 / sigma where there are scale effects."""
        p, s, _ = self.rows.sizes
        alpha, location = params[:, p + s :], params[:, :p] @ self._location.T
        bounds = np.empty((2, *location.shape))
        for place, design in enumerate((self._above, self._below)):
            np.matmul(alpha, design.T, out=bounds[place])
        bounds -= location
        bounds += self._ends[:, None]
        if not s:
            return bounds, None
        inverse = np.exp(-(params[:, p : p + s] @ self._scale.T))
        bounds *= inverse
        return bounds, inverse

    def scores(self, params: Array) -> Array:
        """Return the score of each row, R by n by q, not weighted; zero where not a number."""
        with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
            bounds, inverse = self.bounds(params)
            first = self._slopes(bounds).first
            pull = (_finite(bounds) * first).sum(axis=0)
            first = first if inverse is None else first * inverse
        parts = [
            -first.sum(axis=0)[:, :, None] * self._location,
            -pull[:, :, None] * self._scale,
            first[0][:, :, None] * self._above + first[1][:, :, None] * self._below,
        ]
        return np.nan_to_num(np.concatenate(parts, axis=2), posinf=0.0, neginf=0.0)

    def _slopes(self, bounds: Array) -> Slopes:
        """Return the slopes with axes for bounds, sets and rows."""
        found = self.link.slopes(bounds.reshape(2, -1))
        return Slopes(*(part.reshape(*part.shape[:-1], *bounds.shape[1:]) for part in found))

    def _score(self, slopes: Slopes, bounds: Array, inverse: Array | None) -> Array:
        first = slopes.first if inverse is None else slopes.first * inverse
        pull = np.empty((first.shape[1], 0))
        if inverse is not None:
            pull = -(_finite(bounds) * slopes.first).sum(axis=0) @ self._scale
        beta = -first.sum(axis=0) @ self._location
        return np.hstack([beta, pull, first[0] @ self._above + first[1] @ self._below])

    def _hessian(self, slopes: Slopes, bounds: Array, inverse: Array | None) -> Array:
        p, s, q = self.rows.sizes
        shift, cross = slopes.shift, slopes.cross
        if inverse is not None:
            shift, cross = shift * inverse**2, cross * inverse**2
        hessian = np.empty((shift.shape[1], p + s + q, p + s + q))
        beta, alpha = slice(0, p), slice(p + s, p + s + q)
        hessian[:, beta, beta] = self._across(shift[0] + shift[1])
        mixed = -(self._between[0](shift[0]) + self._between[1](shift[1]))
        hessian[:, beta, alpha], hessian[:, alpha, beta] = mixed, mixed.swapaxes(1, 2)
        own = self._within[0](shift[0]) + self._within[1](shift[1])
        hessian[:, alpha, alpha] = own - self._gap(cross)
        if inverse is not None:
            self._add_scale(hessian, slopes, _finite(bounds), inverse)
        return hessian

    def _add_scale(self, hessian: Array, slopes: Slopes, bounds: Array, inverse: Array) -> None:
        """Put in the second derivatives with a log scale effect."""
        p, s, _ = self.rows.sizes
        width = slopes.cross * (bounds[0] - bounds[1])
        upper = slopes.shift[0] * bounds[0] - width + slopes.first[0]
        lower = slopes.shift[1] * bounds[1] + width + slopes.first[1]
        location, above, below, own = self._stretch
        zeta = slice(p, p + s)
        hessian[:, zeta, zeta] = own(upper * bounds[0] + lower * bounds[1])
        upper, lower = upper * inverse, lower * inverse
        others = np.concatenate([location(upper + lower), -(above(upper) + below(lower))], axis=1)
        for some, part in ((slice(0, p), others[:, :p]), (slice(p + s, None), others[:, p:])):
            hessian[:, some, zeta], hessian[:, zeta, some] = part, part.swapaxes(1, 2)


def _gap(design: Array) -> Products:
    return Products(design, design)


def _finite(bounds: Array) -> Array:
    return np.where(np.isfinite(bounds), bounds, 0.0)


def _weighted(slopes: Slopes, weights: Array) -> Slopes:
    """Return the slopes times the weights; what has no weight is zero, be it a number or not."""
    found = slopes.weighted(weights)
    if np.isfinite(found.log_p.sum()):
        return found
    return Slopes(*(np.where(weights > 0.0, part, 0.0) for part in found))
