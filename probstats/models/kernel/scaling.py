"""Well-scaled parameters: covariates centred and scaled while fitting, undone at the end.

The parameters of the user, psi, are a linear function of those of the standardised covariates,
psi = T phi. A column with a large mean and a small spread would otherwise cost estimates and
standard errors all of their digits.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from probstats.models.kernel.cells import cell_order, is_plain
from probstats.models.kernel.links import Array
from probstats.models.kernel.rows import BLOCK, Rows


def standardise(rows: Rows, shift: Array | None) -> tuple[Rows, Array]:
    """Return rows with standardised covariates, and T.

    Parameters
    ----------
    rows : Rows
        The data, on the user's scale.
    shift : numpy.ndarray or None
        The threshold parameters that add one to every threshold; where there are none, the
        location cannot be centred.

    Returns
    -------
    rows : Rows
        Location and nominal covariates with mean 0 and standard deviation 1, scale covariates
        with a mean square of 1; sorted by their levels where that saves time.
    transform : numpy.ndarray
        T, q by q.
    """
    p, s, _ = rows.sizes
    t = rows.jacobian.shape[1]
    order = cell_order(rows) if not rows.few and is_plain(rows) else None
    location, mean, sd = standard_columns(rows.location, centred=shift is not None, order=order)
    nominal, nominal_mean, nominal_sd = standard_columns(rows.nominal)
    scale, _, size = standard_columns(rows.scale, centred=False)
    spread = np.concatenate([sd, size, np.ones(t), np.repeat(nominal_sd, t)])
    transform = np.diag(1.0 / spread)
    first = slice(p + s, p + s + t)
    if shift is not None:
        transform[first, :p] = np.outer(shift, mean / sd)
    for number, ratio in enumerate(nominal_mean / nominal_sd, start=1):
        transform[first, p + s + number * t : p + s + (number + 1) * t] = -ratio * np.eye(t)
    if order is not None:
        empty = np.empty((len(rows), 0))
        rows = replace(rows, location=empty).take(order)
        return replace(rows, location=location, order=order), transform
    return replace(rows, location=location, scale=scale, nominal=nominal), transform


def standard_columns(
    design: Array, *, centred: bool = True, order: NDArray[np.intp] | None = None
) -> tuple[Array, Array, Array]:
    """Return a design with columns centred and divided by their spread, with centre and spread.

    Parameters
    ----------
    design : numpy.ndarray
        n by p.
    centred : bool
        Whether to subtract the mean.
    order : numpy.ndarray, optional
        The rows to return, in this order.

    Returns
    -------
    tuple of numpy.ndarray
        n by p standardised columns, not a number where a column is constant; p centres; p spreads.
    """
    n_columns = design.shape[1]
    if not n_columns:
        return design, np.zeros(0), np.ones(0)
    centre = design.mean(axis=0) if centred else np.zeros(n_columns)
    moved = _moved(design, centre, order)
    spread = np.sqrt(np.einsum("ij,ij->j", moved, moved) / len(design))
    spread[spread <= 1e-14 * np.abs(centre)] = np.nan
    spread[spread == 0.0] = np.nan
    moved /= spread
    return moved, centre, spread


def _moved(design: Array, centre: Array, order: NDArray[np.intp] | None) -> Array:
    if order is None:
        return np.subtract(design, centre, order="F")
    moved = np.empty((len(order), design.shape[1]), order="F")
    for start in range(0, len(order), BLOCK):
        some = slice(start, start + BLOCK)
        np.subtract(design[order[some]], centre, out=moved[some])
    return moved
