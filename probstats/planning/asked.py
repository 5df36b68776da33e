"""What a user asks for, read and checked."""

from __future__ import annotations

from typing import Any

import numpy as np

from probstats.errors import ModelError
from probstats.models.fit_options import is_whole
from probstats.models.kernel.links import Array

ROUNDING = 1e-4
"""How far from one shares may add up, as those rounded to four digits do."""

MOST_ROWS = 1e15
"""Rows beyond which numbers of rows are no longer exact."""


def is_number(value: Any) -> bool:
    """Return whether a value is a finite number."""
    known = isinstance(value, int | float | np.number) and not isinstance(value, bool)
    return known and bool(np.isfinite(value))


def read_shares(shares: Any) -> Array:
    """Return the shares of the levels, which add up to one.

    Parameters
    ----------
    shares : array_like
        K shares, lowest level first.

    Returns
    -------
    numpy.ndarray
        K shares, divided by their sum where rounding left it a little off.

    Raises
    ------
    ModelError
        If there is one level only, a share is no share, or the sum is not one.

    Examples
    --------
    >>> read_shares([0.25, 0.5, 0.25])
    array([0.25, 0.5 , 0.25])
    """
    try:
        values = np.asarray(shares, dtype=float)
    except (TypeError, ValueError) as error:
        raise ModelError(f"shares={shares!r} are no numbers") from error
    if values.ndim != 1:
        raise ModelError("shares must be a list with one share for each level, lowest first")
    wrong = np.flatnonzero(~((values >= 0.0) & np.isfinite(values)))
    if len(wrong):
        place = wrong[0]
        raise ModelError(f"share {place + 1} is {values[place]:g}; a share lies between 0 and 1")
    total = float(values.sum())
    if abs(total - 1.0) > ROUNDING:
        raise ModelError(
            f"shares add up to {total:g} and must add up to 1; divide counts by their sum"
        )
    if values.max() >= total:  # others may be so small that nothing of them is left
        raise ModelError("shares has one level only; there is nothing to find with fewer than two")
    return values / total


def read_odds_ratio(value: Any) -> float:
    """Return an odds ratio that is an effect."""
    if not is_number(value) or value <= 0.0:
        raise ModelError(f"odds_ratio={value!r} must be a positive number")
    if value == 1.0:
        raise ModelError("odds_ratio=1 is no effect to be found; give another")
    return float(value)


def read_odds_ratios(value: Any) -> tuple[float, ...]:
    """Return one or several odds ratios in rising order, no effect left out."""
    if np.ndim(value) == 0:
        return (read_odds_ratio(value),)
    try:
        values = list(value)
    except TypeError as error:
        raise ModelError(f"odds_ratio={value!r} is no number, and no list of them") from error
    effects = {read_odds_ratio(one) for one in values if not is_number(one) or one != 1.0}
    if not effects:
        raise ModelError("odds_ratio holds no effect to be found; give odds ratios other than 1")
    return tuple(sorted(effects))


def read_power(value: Any, alpha: float) -> float:
    """Return a power aimed at, which must exceed that of no effect."""
    if not is_number(value) or not alpha < value < 1.0:
        raise ModelError(f"power={value!r} must lie between alpha={alpha:g} and 1, as 0.8 does")
    return float(value)


def read_ratio(value: Any) -> float:
    """Return how many rows the second group has for each one of the first."""
    if not is_number(value) or value <= 0.0:
        raise ModelError(
            f"ratio={value!r} must be a positive number: rows of the second group for each of the "
            f"first"
        )
    return float(value)


def read_n(value: Any) -> float:
    """Return a number of rows, of both groups together."""
    if not is_number(value) or not 2.0 <= value <= MOST_ROWS:
        raise ModelError(
            f"n={value!r} must be a number of rows, 2 or more, of both groups, "
            f"and {MOST_ROWS:g} at most"
        )
    return float(value)


def read_samples(value: Any) -> int:
    """Return a number of simulated samples."""
    if not is_whole(value) or value < 2:
        raise ModelError(f"n_resamples={value!r} must be a whole number, 2 or more")
    return int(value)
