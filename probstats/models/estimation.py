"""Maximum likelihood for a model whose bounds are linear in its parameters."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import linalg

from probstats.models import likelihood
from probstats.models.likelihood import Bounds
from probstats.models.links import Array, Link
from probstats.models.newton import Maximum, maximise
from probstats.models.separation import lost_directions


@dataclass(frozen=True)
class Estimate:
    """Where the maximum is, on the user's scale.

    Attributes
    ----------
    params : numpy.ndarray
        The q parameters psi.
    transform : numpy.ndarray
        T, q by q, with psi = T phi; phi are the well-scaled parameters of the fit.
    inverse : numpy.ndarray
        q by q inverse of the negative Hessian in phi, within the directions that have a maximum.
    bounds : Bounds
        The bounds of the rows as maps from phi.
    link : Link
        The latent distribution.
    infinite : numpy.ndarray
        Whether each parameter has no finite estimate, because the data separate the levels.
    maximum : Maximum
        How Newton's method stopped.

    Notes
    -----
    Covariances are made in phi and carried to psi at the end: a column with a large mean and a
    small spread would cost them all their digits in psi.
    """

    params: Array
    transform: Array
    inverse: Array
    bounds: Bounds
    link: Link
    infinite: Array
    maximum: Maximum

    def scores(self) -> Array:
        """Return the scores of the rows in phi, n by q."""
        return likelihood.score_rows(self.maximum.params, self.bounds, self.link)

    def on_users_scale(self, covariance: Array) -> Array:
        """Return the covariance of psi from that of phi."""
        return self.transform @ covariance @ self.transform.T


def estimate(
    bounds: Bounds, link: Link, start: Array, transform: Array, *, tol: float, maxiter: int
) -> Estimate:
    """Maximise the likelihood in well-scaled parameters and give the result back on psi's scale.

    Parameters
    ----------
    bounds : Bounds
        Maps from the parameters psi to the bounds of the rows.
    link : Link
        The latent distribution.
    start : numpy.ndarray
        Where to start, in the parameters phi.
    transform : numpy.ndarray
        T, q by q, with psi = T phi.
    tol, maxiter : float, int
        See ``probstats.models.newton.maximise``.

    Returns
    -------
    Estimate
        Parameters, covariance and what has no finite estimate.
    """
    scaled = bounds.take(transform)
    maximum = maximise(
        lambda phi: float(likelihood.log_probabilities(phi, scaled, link).sum()),
        lambda phi: likelihood.score_and_hessian(phi, scaled, link),
        start,
        tol,
        maxiter,
    )
    lost = lost_directions(scaled) if maximum.degraded else np.empty((len(start), 0))
    share = np.linalg.norm(transform @ lost, axis=1) / np.linalg.norm(transform, axis=1)
    return Estimate(
        params=transform @ maximum.params,
        transform=transform,
        inverse=_inverse(maximum.hessian, lost),
        bounds=scaled,
        link=link,
        infinite=share > 1e-6,
        maximum=maximum,
    )


def _inverse(hessian: Array, lost: Array) -> Array:
    """Return the inverse of the negative Hessian, within the directions that are not lost."""
    kept = linalg.null_space(lost.T) if lost.shape[1] else np.eye(len(hessian))
    values, vectors = np.linalg.eigh(kept.T @ -hessian @ kept)
    return kept @ (vectors / values) @ vectors.T @ kept.T


def scaling(exog: Array, n_params: int) -> Array:
    """Return T with psi = T phi, phi the parameters of centred and scaled covariates.

    Parameters
    ----------
    exog : numpy.ndarray
        n by p covariates.
    n_params : int
        q: the p coefficients come first, the thresholds after them.

    Returns
    -------
    numpy.ndarray
        q by q.
    """
    n_covariates = exog.shape[1]
    transform = np.eye(n_params)
    mean, sd = exog.mean(axis=0), exog.std(axis=0)
    transform[:n_covariates, :n_covariates] = np.diag(1.0 / sd)
    transform[n_covariates:, :n_covariates] = mean / sd
    return transform
