"""Points of ratings, and ratings as users write them."""

from __future__ import annotations

from collections.abc import Sequence

from probstats.data.rules.feasible import Bounds
from probstats.data.scale import RATINGS
from probstats.errors import DataError

POINTS = {rating: points for points, rating in enumerate(RATINGS)}
"""Points of a standard: Inadequate 0 to Outstanding 3."""


def levels_of(name: str, rating: str | tuple[str, str]) -> Bounds:
    """Return the lowest and the highest level of a rating or an interval of ratings.

    Parameters
    ----------
    name : str
        Whose rating it is.
    rating : str or tuple of str
        A rating, or the lowest and the highest.

    Returns
    -------
    tuple of int
        Levels, from 0, Inadequate.

    Raises
    ------
    DataError
        If it is no rating, or the lowest does not come first.

    Examples
    --------
    >>> levels_of("planning", ("Good", "Outstanding"))
    (2, 3)
    """
    ends = (rating, rating) if isinstance(rating, str) else rating
    if not (isinstance(ends, Sequence) and len(ends) == 2):
        raise DataError(f"{name} holds {rating!r}; expected a rating, or the lowest and highest")
    low, high = (points_of(name, word) for word in ends)
    if low > high:
        raise DataError(f"{name} holds {rating!r}; expected the lowest rating first")
    return low, high


def points_of(name: str, rating: str) -> int:
    """Return the points of a rating.

    Parameters
    ----------
    name : str
        Whose rating it is.
    rating : str
        The rating.

    Returns
    -------
    int
        0 to 3.

    Raises
    ------
    DataError
        If it is no rating.
    """
    if rating not in RATINGS:
        raise DataError(f"{name} holds {rating!r}; expected one of {', '.join(RATINGS)}")
    return POINTS[rating]
