"""Whether two models are of the same rows, and one a special case of the other."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from probstats.errors import ModelError
from probstats.models.kernel.links import Array

UNEXPLAINED = 1e-7
"""Share of a column the columns of a larger model may leave unexplained by rounding."""


def require_same_rows(small: Any, large: Any) -> None:
    """Raise a sentence if two models are not of the same outcome of the same rows.

    Parameters
    ----------
    small, large : CumulativeLinkModel
        The models.

    Raises
    ------
    ModelError
        If levels, rows, outcomes or weights differ.
    """
    one, other = small.outcome, large.outcome
    if len(one.levels) != len(other.levels) or list(one.levels) != list(other.levels):
        raise ModelError(
            f"the fits have different levels: {', '.join(map(str, one.levels))} and "
            f"{', '.join(map(str, other.levels))}; fit both to the same outcome"
        )
    labels = [model.sample.covariates.index for model in (small, large)]
    if len(labels[0]) != len(labels[1]):
        raise ModelError(
            f"the fits are of {len(labels[0])} and {len(labels[1])} rows; fit both to the rows "
            f"that miss no variable of either"
        )
    if not labels[0].equals(labels[1]):
        place = np.flatnonzero(labels[0] != labels[1])[0]
        raise ModelError(
            f"the fits are of different rows, first {labels[0][place]!r} against "
            f"{labels[1][place]!r}; fit both to the same rows in the same order"
        )
    differ = (one.low != other.low) | (one.high != other.high)
    if differ.any():
        raise ModelError(
            f"the fits have different outcomes in {differ.sum()} rows, first in row "
            f"{labels[0][np.flatnonzero(differ)[0]]!r}"
        )
    _require_same_weights(small.sample.weights, large.sample.weights)


def _require_same_weights(one: Array | None, other: Array | None) -> None:
    if one is None and other is None:
        return
    same = np.asarray(1.0 if one is None else one) == np.asarray(1.0 if other is None else other)
    if not same.all():
        raise ModelError("the fits have different weights; fit both with the same")


def require_nested(small: Any, large: Any) -> None:
    """Raise a sentence if a model is no special case of another.

    The location of the small one must be a linear combination of the location and nominal columns
    of the large one, its scale and nominal columns of those of the large one, and its thresholds
    of the structure of the large one.

    Parameters
    ----------
    small, large : CumulativeLinkModel
        The models, of the same rows.

    Raises
    ------
    ModelError
        If links differ, or something of the small model is not part of the large one.
    """
    if small.link.name != large.link.name:
        raise ModelError(
            f"the fits have different links, {small.link.name} and {large.link.name}; neither is "
            f"a special case of the other: compare their aic"
        )
    _require_same_effects(getattr(small, "random", None), getattr(large, "random", None))
    if not _within(small.thresholds.jacobian, large.thresholds.jacobian).all():
        raise ModelError(f"threshold={small.threshold!r} is no special case of {large.threshold!r}")
    one, other = small.sample.covariates, large.sample.covariates
    constant = np.ones((len(one.index), 1))
    anywhere = np.hstack([other.location, other.nominal])
    if large.thresholds.shift is not None:
        anywhere = np.hstack([anywhere, constant])
    _require_within("location", one.location, anywhere)
    _require_within("nominal", one.nominal, np.hstack([other.nominal, constant]))
    _require_within("scale", one.scale, other.scale.to_numpy(dtype=float))
    if not _within(_offset(one) - _offset(other), anywhere).all():
        raise ModelError("the fits have different offsets, so that neither is part of the other")


def _require_same_effects(one: Any, other: Any) -> None:
    """Raise a sentence where chi-squared is wrong: a standard deviation of zero is at the edge."""
    if one is None and other is None:
        return
    same = one is not None and other is not None and one.names == other.names
    if not same or not all(
        np.array_equal(a.codes, b.codes) and np.allclose(a.design, b.design)
        for a, b in zip(one.parts, other.parts, strict=True)
    ):
        raise ModelError(
            "the fits have different random effects, and a standard deviation of zero is at the "
            "edge of what it can be, so that chi-squared does not hold; use "
            "large.test_random_effects()"
        )


def _offset(covariates: Any) -> Array:
    offset = covariates.offset
    values = np.zeros(len(covariates.index)) if offset is None else offset.to_numpy(dtype=float)
    return np.asarray(values)[:, None]


def _require_within(part: str, columns: pd.DataFrame, others: Array) -> None:
    outside = columns.columns[~_within(columns.to_numpy(dtype=float), others)]
    if len(outside):
        raise ModelError(
            f"the small model is no special case of the large one: column {outside[0]!r} of its "
            f"{part} is no part of it"
        )


def _within(columns: Array, others: Array) -> NDArray[np.bool_]:
    """Return which columns are linear combinations of others."""
    size = np.linalg.norm(columns, axis=0)
    if not others.shape[1]:
        return np.asarray(size == 0.0)
    spread = np.linalg.norm(others, axis=0)
    scaled = others / np.where(spread > 0.0, spread, 1.0)
    fitted, *_ = np.linalg.lstsq(scaled, columns)
    left = np.linalg.norm(columns - scaled @ fitted, axis=0)
    return np.asarray(left <= UNEXPLAINED * size)
