"""Warnings that point at the user's own line, and the sentences they say."""

from __future__ import annotations

import sys
import warnings
from typing import Any

from probstats.errors import ProbstatsWarning


def warn(message: str, category: type[ProbstatsWarning]) -> None:
    """Warn at the first line outside of this package's models and statsmodels.

    Parameters
    ----------
    message : str
        The sentence.
    category : type
        The warning.
    """
    level, frame = 1, sys._getframe(0)
    while frame.f_back and frame.f_globals.get("__name__", "").startswith(
        ("probstats.", "statsmodels.")
    ):
        level, frame = level + 1, frame.f_back
    warnings.warn(message, category, stacklevel=level)


def crossing_sentence(levels: dict[Any, int]) -> str:
    """Return what is wrong where thresholds cross.

    Parameters
    ----------
    levels : dict
        Number of rows by level.

    Returns
    -------
    str
        Without a full stop.

    Examples
    --------
    >>> crossing_sentence({"Good": 3})
    'thresholds cross: the fit gives a negative probability to Good in 3 rows without it'
    """
    named = ", to ".join(
        f"{level} in {count} {'row' if count == 1 else 'rows'}" for level, count in levels.items()
    )
    return f"thresholds cross: the fit gives a negative probability to {named} without it"
