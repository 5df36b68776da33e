"""The marginal log-likelihood of nested and crossed random intercepts, by Laplace's method.

All N effects u have one joint mode. The information there is P = I + sum_i w_i (-l_i'') c_i c_i',
where c_i has one entry for each grouping factor. The block of the factor with most groups is
diagonal, so that it is eliminated exactly, and only the Schur complement of the other factors is
a dense matrix (Bates, Maechler, Bolker and Walker 2015, section 5.4, for the linear model).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import linalg, sparse

from probstats.models.kernel.links import Array, Link
from probstats.models.kernel.rows import Rows
from probstats.models.mixed.effects import Part
from probstats.models.mixed.grouped import Moves, Pull, moves, summed_scores
from probstats.models.mixed.marginal import Modes
from probstats.models.mixed.slopes import Thirds, thirds

STEPS = 200
CLOSE = 1e-11


@dataclass(frozen=True)
class Inverse:
    """The inverse of the information, in blocks.

    Attributes
    ----------
    diagonal : numpy.ndarray
        D, the information of the largest factor, one value for each group.
    reach : numpy.ndarray
        D^-1 E, with E the block between it and the other factors.
    schur : numpy.ndarray
        Inverse of F - E'D^-1 E, with F the block of the other factors.
    log_det : float
        Log determinant of the information.
    """

    diagonal: Array
    reach: Array
    schur: Array
    log_det: float

    def solve(self, first: Array, rest: Array) -> tuple[Array, Array]:
        """Return the inverse times a vector in two parts."""
        inner = self.schur @ (rest - self.reach.T @ first)
        return first / self.diagonal - self.reach @ inner, inner


class CrossedMarginal:
    """Log-likelihood of several factors of random intercepts, integrated by Laplace's method.

    Parameters
    ----------
    rows : Rows
        n rows.
    link : Link
        The latent distribution.
    parts : tuple of Part
        k grouping factors, with random intercepts.

    Notes
    -----
    Parameters are those of the rows, then one standard deviation for each factor.
    """

    def __init__(self, rows: Rows, link: Link, parts: tuple[Part, ...]) -> None:
        self._rows, self._link, self._n_fixed = rows, link, rows.n_params
        self._order = np.argsort([-part.n_groups for part in parts], kind="stable")
        ordered = [parts[number] for number in self._order]
        codes = np.array([part.codes for part in ordered])
        self._codes = codes if rows.order is None else codes[:, rows.order]
        self._counts = [part.n_groups for part in ordered]
        self._design = np.ones((len(rows), len(parts)))
        self._weights = np.ones(len(rows)) if rows.weights is None else rows.weights
        starts = np.cumsum([0, *self._counts[1:-1]])
        self._places = self._codes[1:] + starts[:, None]  # among the effects of the other factors
        self._last = [np.zeros(count) for count in self._counts]

    def _moves(self, params: Array) -> Moves:
        factor = np.diag(params[self._n_fixed :][self._order])
        return moves(self._rows, self._design, params[: self._n_fixed], factor)

    def _bounds(self, at: Moves, effects: list[Array]) -> Array:
        pairs = zip(at.pulls, effects, self._codes, strict=True)
        return at.bounds + sum(pull * effect[codes] for pull, effect, codes in pairs)

    def _sums(self, values: Array) -> list[Array]:
        """Return sums over the rows of each group of each factor, of k by n values."""
        triples = zip(values, self._codes, self._counts, strict=True)
        return [np.bincount(codes, value, count).astype(float) for value, codes, count in triples]

    def _invert(self, pulls: Array, second: Array) -> Inverse:
        """Return the inverse information, from second derivatives of the rows."""
        weights = -self._weights * second
        n_first, n_rest = self._counts[0], sum(self._counts[1:])
        diagonal = 1.0 + np.bincount(self._codes[0], weights * pulls[0] ** 2, n_first)
        rest = np.eye(n_rest)
        cross = sparse.csr_array((n_first, n_rest))
        for one, place in zip(pulls[1:], self._places, strict=True):
            where = (weights * pulls[0] * one, (self._codes[0], place))
            cross = cross + sparse.coo_array(where, (n_first, n_rest)).tocsr()
            for other, there in zip(pulls[1:], self._places, strict=True):
                pair = (weights * one * other, (place, there))
                rest += sparse.coo_array(pair, (n_rest, n_rest)).toarray()
        if (diagonal <= 0.0).any():
            raise linalg.LinAlgError("not positive definite")
        scaled = sparse.diags_array(1.0 / diagonal) @ cross
        schur = rest - (cross.T @ scaled).toarray()
        lower: Array = linalg.cholesky(schur, lower=True)
        log_det = np.log(diagonal).sum() + 2.0 * np.log(np.diag(lower)).sum()
        inverse = linalg.cho_solve((lower, True), np.eye(n_rest))
        reach = np.asarray(scaled.toarray(), dtype=float)
        return Inverse(np.asarray(diagonal, dtype=float), reach, inverse, float(log_det))

    def _find_modes(self, at: Moves) -> tuple[list[Array], Thirds, Inverse] | None:
        """Return the joint mode, derivatives there, and the inverse information."""
        if not (at.bounds[0] > at.bounds[1]).all():
            return None
        effects = self._last
        value = self._joint(at, effects)
        if not np.isfinite(value):
            effects = [np.zeros(count) for count in self._counts]
            value = self._joint(at, effects)
        for _ in range(STEPS):
            slopes = thirds(self._link, self._bounds(at, effects))
            pull = self._weights * slopes.first.sum(axis=0)
            slope = [s - u for s, u in zip(self._sums(pull * at.pulls), effects, strict=True)]
            inverse = self._safe_inverse(at, slopes)
            if inverse is None or not np.isfinite(value):
                return None
            first, rest = inverse.solve(slope[0], np.concatenate(slope[1:]))
            steps = [first, *np.split(rest, np.cumsum(self._counts[1:-1]))]
            if max(np.abs(step).max() for step in steps) <= CLOSE:
                self._last = effects
                return effects, slopes, inverse
            effects, value = self._climb(at, effects, steps, value)
        return None

    def _safe_inverse(self, at: Moves, slopes: Thirds) -> Inverse | None:
        second = slopes.second.sum(axis=0)
        for held in (second, np.minimum(second, 0.0)):
            try:
                return self._invert(at.pulls, held)
            except linalg.LinAlgError:
                continue
            except ValueError:  # not finite
                return None
        return None

    def _joint(self, at: Moves, effects: list[Array]) -> float:
        upper, lower = self._bounds(at, effects)
        log_p = self._link.log_difference(upper, lower)
        return float(self._weights @ log_p) - 0.5 * sum(float(u @ u) for u in effects)

    def _climb(
        self, at: Moves, effects: list[Array], steps: list[Array], value: float
    ) -> tuple[list[Array], float]:
        size = 1.0
        for _ in range(60):
            trial = [u + size * step for u, step in zip(effects, steps, strict=True)]
            found = self._joint(at, trial)
            if found >= value - 1e-13 * abs(value):
                break
            size /= 2.0
        return trial, found

    def __call__(self, params: Array) -> tuple[float, Array]:
        """Return log-likelihood and gradient; minus infinity where thresholds are out of order."""
        with np.errstate(all="ignore"):
            at = self._moves(params)
            found = self._find_modes(at)
            if found is None:
                return -np.inf, np.zeros(len(params))
            effects, slopes, inverse = found
            value = self._joint(at, effects) - 0.5 * inverse.log_det
            pull = self._pull(at, effects, slopes, inverse)
            fixed, factor = summed_scores(self._rows, self._design, at, pull)
        gradient = np.concatenate([fixed, np.zeros(len(factor))])
        gradient[self._n_fixed + self._order] = np.diag(factor)
        return value, gradient

    def _pull(self, at: Moves, effects: list[Array], slopes: Thirds, inverse: Inverse) -> Pull:
        """Return the derivatives in bounds and pulls, the mode and the curvature moving along."""
        turned = self._turned(at.pulls, inverse)  # P^-1 c, at the entries of each row
        weights = self._weights
        third = 0.5 * weights * (turned * at.pulls).sum(axis=0) * slopes.third
        on_mode = self._sums((third[0] + third[1]) * at.pulls)
        first, rest = inverse.solve(on_mode[0], np.concatenate(on_mode[1:]))
        follow = np.array([first[self._codes[0]], *(rest[place] for place in self._places)])
        along = (follow * at.pulls).sum(axis=0)
        bounds = weights * (slopes.first + along * slopes.second) + third
        at_rows = np.array([u[codes] for u, codes in zip(effects, self._codes, strict=True)])
        second = weights * slopes.second.sum(axis=0)
        pulls = bounds.sum(axis=0) * at_rows + second * turned
        return Pull(bounds, pulls + weights * slopes.first.sum(axis=0) * follow)

    def _turned(self, pulls: Array, inverse: Inverse) -> Array:
        """Return P^-1 c_i at the entries of c_i, k by n."""
        codes, reach = self._codes[0], inverse.reach
        outer = reach @ inverse.schur  # minus the block between the first factor and the others
        own = 1.0 / inverse.diagonal + (outer * reach).sum(axis=1)
        turned = np.zeros_like(pulls)
        turned[0] = own[codes] * pulls[0]
        for number, place in enumerate(self._places, start=1):
            between = -outer[codes, place]
            turned[0] += between * pulls[number]
            turned[number] += between * pulls[0]
            for other, there in enumerate(self._places, start=1):
                turned[number] += inverse.schur[place, there] * pulls[other]
        return turned

    def modes(self, params: Array) -> list[Modes]:
        """Return the modes of each factor and the variances given the data."""
        with np.errstate(all="ignore"):
            found = self._find_modes(self._moves(params))
        if found is None:
            raise FloatingPointError("the likelihood is zero at these parameters")
        effects, _, inverse = found
        own = ((inverse.reach @ inverse.schur) * inverse.reach).sum(axis=1)
        variances = [1.0 / inverse.diagonal + own]
        variances += np.split(np.diag(inverse.schur), np.cumsum(self._counts[1:-1]))
        by_size = [
            Modes(mode[:, None], variance[:, None, None])
            for mode, variance in zip(effects, variances, strict=True)
        ]
        return [by_size[int(place)] for place in np.argsort(self._order)]
