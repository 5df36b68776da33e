"""Warnings that point at the user's own line, and the sentences they say."""

from __future__ import annotations

import sys
import warnings

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
    while frame.f_back and frame.f_globals["__name__"].startswith(("probstats.", "statsmodels.")):
        level, frame = level + 1, frame.f_back
    warnings.warn(message, category, stacklevel=level)
