"""Probabilities, cumulative probabilities and linear predictors, with their gradients."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from probstats.errors import CrossingWarning, ModelError
from probstats.models.kernel.links import Array, Link
from probstats.models.kernel.rows import Rows
from probstats.models.trouble import warn

KINDS = ("prob", "cumprob", "linpred")


def predict(
    params: Array, rows: Rows, link: Link, which: str, arrived: NDArray[np.bool_] | None = None
) -> Array:
    """Return predictions for rows with every edge.

    Parameters
    ----------
    params : numpy.ndarray
        The q parameters.
    rows : Rows
        m rows with all K + 1 edges, see ``CumulativeLinkModel.all_edges``.
    link : Link
        The latent distribution.
    which : {"prob", "cumprob", "linpred"}
        Probability of each level (m by K), probability of that level or a lower one (m by K), or
        x'beta plus offset (m).
    arrived : numpy.ndarray, optional
        K + 1 by m; which bounds are on their way to infinity, and as good as there.

    Returns
    -------
    numpy.ndarray
        The predictions; missing where a covariate is missing or thresholds cross.

    Raises
    ------
    ModelError
        If ``which`` is not known.
    """
    if which not in KINDS:
        raise ModelError(f"which={which!r} is not known; choose one of {', '.join(KINDS)}")
    if which == "linpred":
        linear = rows.location @ rows.split(params)[0]
        return linear if rows.offset is None else linear + rows.offset
    bounds = ordered_bounds(params, rows)
    if arrived is not None:
        bounds = np.where(arrived, np.copysign(np.inf, bounds), bounds)
    with np.errstate(invalid="ignore"):  # rows with missing values stay missing
        if which == "cumprob":
            return link.cdf(bounds[1:]).T
        probabilities = np.exp(link.log_difference(bounds[1:], bounds[:-1]))
        return np.where(bounds[1:] == bounds[:-1], 0.0, probabilities).T


def require_probabilities(values: Array) -> None:
    """Raise a sentence if some predictions are missing."""
    if np.isnan(values).any():
        raise ModelError(
            "some rows have no probabilities, because values are missing or thresholds cross there"
        )


def ordered_bounds(params: Array, rows: Rows) -> Array:
    """Return the K + 1 bounds of every row, K + 1 by m; missing where they are out of order."""
    bounds, _ = rows.bounds(params)
    with np.errstate(invalid="ignore"):
        crossed = np.any(np.diff(bounds, axis=0) < 0.0, axis=0)
    if crossed.any():
        warn(
            f"thresholds cross in {crossed.sum()} of {len(rows)} rows, first in row number "
            f"{np.flatnonzero(crossed)[0]}: nominal effects leave no probabilities there, and the "
            f"predictions are missing",
            CrossingWarning,
        )
        bounds[:, crossed] = np.nan
    return bounds


def gradient(params: Array, rows: Rows, link: Link, which: str) -> Array:
    """Return the derivatives of predictions in the parameters.

    Parameters
    ----------
    params, rows, link, which
        See ``predict``; ``which`` is ``"prob"`` or ``"cumprob"``.

    Returns
    -------
    numpy.ndarray
        m by K by q.
    """
    bounds, inverse_scale = rows.bounds(params)
    n_edges, n_rows = bounds.shape
    p, s, _ = rows.sizes
    with np.errstate(invalid="ignore"):
        density = np.exp(link.log_density(bounds))
    speed = density if inverse_scale is None else density * inverse_scale
    slopes = np.zeros((n_edges, n_rows, rows.n_params))
    slopes[:, :, :p] = -speed[:, :, None] * rows.location
    pull = np.where(np.isfinite(bounds), bounds, 0.0) * density
    slopes[:, :, p : p + s] = -pull[:, :, None] * rows.scale
    slopes[:, :, p + s :] = np.moveaxis(rows.threshold_design * speed, 0, 2)
    changes = slopes[1:] if which == "cumprob" else np.diff(slopes, axis=0)
    return changes.transpose(1, 0, 2)
