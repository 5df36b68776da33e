"""Numbers as readers see them: true minus signs, no stars, intervals in words."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from probstats.errors import ProbstatsError

if TYPE_CHECKING:
    import pandas as pd

MINUS = "\N{MINUS SIGN}"
NO_BREAK = "\N{NO-BREAK SPACE}"


def number(value: float, digits: int = 2) -> str:
    """Return a number with a fixed count of decimals, thousands set apart by commas.

    Parameters
    ----------
    value : float
        The number; missing and infinite values become a dash.
    digits : int
        Decimals.

    Returns
    -------
    str
        The number.

    Examples
    --------
    >>> number(-1234.5, 1)
    '−1,234.5'
    >>> number(-0.001)
    '0.00'
    """
    if not np.isfinite(value):
        return "\N{EN DASH}"
    written = f"{value:,.{digits}f}"
    if not written.strip("-0.,"):
        written = written.lstrip("-")  # no negative zero
    return written.replace("-", MINUS)


def ratio(value: float) -> str:
    """Return an odds ratio with two or three figures that count.

    Examples
    --------
    >>> ratio(0.0312), ratio(0.514), ratio(12.34), ratio(181.4), ratio(1e-6), ratio(0.0)
    ('0.031', '0.51', '12.3', '181', '<0.001', '0')
    """
    if value == 0:
        return "0"
    if 0 < value < 0.0005:
        return "<0.001"
    digits = sum(value < edge for edge in (0.1, 10.0, 100.0))
    return number(value, digits)


def interval(low: str, high: str) -> str:
    """Return an interval in words, so that no sign can be mistaken for a dash.

    Examples
    --------
    >>> interval("0.33", "0.64").replace(NO_BREAK, " ")
    '0.33 to 0.64'
    """
    return f"{low}{NO_BREAK}to{NO_BREAK}{high}"


def estimate(value: float, low: float, high: float, words: Callable[[float], str] = number) -> str:
    """Return an estimate with its interval in words.

    Parameters
    ----------
    value, low, high : float
        An estimate and the ends of its interval. An estimate that is no finite number is said to
        have no finite value; infinite ends are shown as such, missing ones not at all.
    words : callable
        From a number to words.

    Returns
    -------
    str
        The estimate, and the interval where both ends are known.

    Examples
    --------
    >>> estimate(0.514, 0.33, 0.64, ratio).replace(NO_BREAK, " ")
    '0.51 (0.33 to 0.64)'
    >>> estimate(np.inf, 0.9, np.inf).replace(NO_BREAK, " ")
    'no finite estimate (0.90 to ∞)'
    """
    shown = words(value) if np.isfinite(value) else "no finite estimate"
    if np.isnan(low) or np.isnan(high):
        return shown
    return f"{shown} ({interval(_end(low, words), _end(high, words))})"


def _end(value: float, words: Callable[[float], str]) -> str:
    if np.isinf(value):
        return f"{MINUS if value < 0 else ''}∞"
    return words(value)


def interval_name(estimates: pd.DataFrame) -> str:
    """Return what the intervals of a frame of estimates are called.

    Parameters
    ----------
    estimates : pandas.DataFrame
        With a column ``level``, one value throughout; 0.95 is meant where there is none.

    Returns
    -------
    str
        Such as ``"95% interval"``.

    Raises
    ------
    ProbstatsError
        If the frame mixes levels.
    """
    levels = sorted(set(estimates.get("level", [0.95])))
    if len(levels) > 1:
        raise ProbstatsError(f"the estimates mix intervals of levels {levels}; show one level")
    return f"{100 * levels[0]:g}% interval"


def require_odds_ratios(estimates: pd.DataFrame) -> None:
    """Raise if a frame holds coefficients or thresholds where odds ratios are meant.

    Parameters
    ----------
    estimates : pandas.DataFrame
        With a column ``kind``; a frame without one is taken at its word.

    Raises
    ------
    ProbstatsError
        If a row is of another kind.
    """
    other = sorted(set(estimates.get("kind", [])) - {"odds ratio"})
    if other:
        raise ProbstatsError(
            f"the frame holds a {other[0]}, not odds ratios; pass it through tables.odds_ratios"
        )


def percent(share: float) -> str:
    """Return a share as a whole percentage.

    Examples
    --------
    >>> percent(0.514)
    '51%'
    """
    return f"{number(100 * share, 0)}%"


def named_level(level: object) -> str:
    """Return a level as a word: a bare number says nothing beside other numbers.

    Examples
    --------
    >>> named_level("Good"), named_level(3)
    ('Good', 'level 3')
    """
    word = str(level)
    return f"level {word}" if word.replace(".", "", 1).isdigit() else word
