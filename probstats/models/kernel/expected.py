"""What the likelihood is expected to be, over all the levels each row might have had.

Row i has level k with probability p_ik = F(u_ik) - F(u_i,k-1). The expected information is

    I = sum_i w_i sum_k (dp_ik)(dp_ik)' / p_ik,

and sums of third moments of the score come down to the second derivatives of the p_ik.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from probstats.models.kernel.links import Array, Link
from probstats.models.kernel.rows import Rows


@dataclass(frozen=True)
class Moments:
    """Probabilities of all levels of the rows at some parameters, and how they move.

    Attributes
    ----------
    log_p : numpy.ndarray
        K by n log p_ik.
    scores : numpy.ndarray
        K by n by q derivatives of log p_ik.
    weights : numpy.ndarray
        n weights.
    density, bend : numpy.ndarray
        K - 1 by n densities f and their slopes f' at the bounds u_ik.
    moves : numpy.ndarray
        K - 1 by n by q derivatives of the bounds.
    bounds : numpy.ndarray
        The K - 1 by n bounds.
    scale : numpy.ndarray
        n by q scale covariates, in the places of their parameters; 0 elsewhere.
    """

    log_p: Array
    scores: Array
    weights: Array
    density: Array
    bend: Array
    moves: Array
    bounds: Array
    scale: Array

    def information_rows(self) -> Array:
        """Return a root of each row's expected information, K by n by q."""
        return self.scores * np.exp(0.5 * self.log_p)[:, :, None]

    def information(self) -> Array:
        """Return the expected information I, q by q."""
        root = self.information_rows() * np.sqrt(self.weights)[:, None]
        flat = root.reshape(-1, root.shape[2])
        return flat.T @ flat

    def counts(self, inverse: Array) -> Array:
        """Return what mean bias reduction adds to the count of each level of each row.

        Parameters
        ----------
        inverse : numpy.ndarray
            I^-1, q by q.

        Returns
        -------
        numpy.ndarray
            K by n; c_ik = tr(I^-1 d2p_ik) / 2 for a row that counts once.

        Notes
        -----
        The bounds are linear in location and thresholds, and have second derivatives
        u s s' - (z s' + s z') / sigma where there are scale effects.
        """
        leverage = ((self.moves @ inverse) * self.moves).sum(axis=2)
        trace = self.bend * leverage
        if self.scale.any():
            pulled = self.scale @ inverse
            cross = 2.0 * np.einsum("knq,nq->kn", self.moves, pulled)
            trace -= self.density * (cross + self.bounds * (pulled * self.scale).sum(axis=1))
        ends = np.zeros((1, trace.shape[1]))
        return 0.5 * np.diff(np.vstack([ends, trace, ends]), axis=0)

    def adjustment(self, inverse: Array) -> Array:
        """Return what mean bias reduction adds to the score, q values.

        Parameters
        ----------
        inverse : numpy.ndarray
            I^-1, q by q.

        Returns
        -------
        numpy.ndarray
            A_t = tr{I^-1 (P_t + Q_t)} / 2 with P_t = E(U U' U_t) and Q_t = E(H U_t) (Kosmidis and
            Firth 2009). Row by row U U' + H = d2p / p, so that A is the score of the
            counts c_ik (Kosmidis 2014).
        """
        added = self.counts(inverse) * self.weights
        return np.einsum("kn,knq->q", added, self.scores)


class AllLevels:
    """Probabilities of all levels of some rows, as functions of the parameters.

    Parameters
    ----------
    rows : Rows
        The data; levels of the rows are not looked at.
    link : Link
        The latent distribution.
    """

    def __init__(self, rows: Rows, link: Link) -> None:
        n_edges = len(rows.jacobian) + 2
        edges = np.repeat(np.arange(n_edges)[:, None], len(rows), axis=1)
        self._rows, self._link = replace(rows, edges=edges, order=None), link
        self._weights = np.ones(len(rows)) if rows.weights is None else rows.weights
        p, s, _ = rows.sizes
        self._design = np.zeros((n_edges - 2, len(rows), rows.n_params))
        self._design[:, :, :p] = -rows.location
        self._design[:, :, p + s :] = self._rows.threshold_design[:, 1:-1].transpose(1, 2, 0)
        self._scale = np.zeros((len(rows), rows.n_params))
        self._scale[:, p : p + s] = rows.scale

    def __call__(self, params: Array) -> Moments | None:
        """Return the moments at q parameters; None where thresholds are out of order."""
        with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
            bounds, inverse_scale = self._rows.bounds(params)
            if not (bounds[1:] > bounds[:-1]).all():
                return None
            log_p = self._link.log_difference(bounds[1:], bounds[:-1])
        if not np.isfinite(log_p).all():
            return None
        inner = bounds[1:-1]
        moves = self._design
        if inverse_scale is not None:
            moves = moves * inverse_scale[:, None] - inner[:, :, None] * self._scale
        log_density = self._link.log_density(inner)
        density = np.exp(log_density)
        upper = np.exp(log_density - log_p[:-1])[:, :, None] * moves
        lower = np.exp(log_density - log_p[1:])[:, :, None] * moves
        scores = np.zeros((len(log_p), *moves.shape[1:]))
        scores[:-1] += upper
        scores[1:] -= lower
        bend = density * self._link.density_slope(inner)
        return Moments(log_p, scores, self._weights, density, bend, moves, inner, self._scale)
