"""What a likelihood gives back, value and derivatives, and the sums they are made of."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from probstats.models.kernel.links import Array


class Value(NamedTuple):
    """The log-likelihood at some parameters.

    Attributes
    ----------
    loglike : float
        The log-likelihood; minus infinity where bounds are out of order.
    score : numpy.ndarray
        Its gradient, q.
    hessian : numpy.ndarray
        Its second derivatives, q by q.
    """

    loglike: float
    score: Array
    hessian: Array


def impossible(n_params: int) -> Value:
    """Return the value where bounds are out of order, with derivatives of zero."""
    return Value(-np.inf, np.zeros(n_params), np.zeros((n_params, n_params)))


def gram(design: Array, weights: Array, work: Array) -> Array:
    """Return design' diag(weights) design; work has room for one more design."""
    weighted = work[: len(design)]
    np.multiply(design, weights[:, None], out=weighted)
    return design.T @ weighted
