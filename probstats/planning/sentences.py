"""Probabilities and widths in words."""

from __future__ import annotations

import numpy as np

from probstats.display import number, ratio


def in_hundred(share: float) -> str:
    """Return a probability as a number of a hundred, none and all only where they are meant.

    Examples
    --------
    >>> in_hundred(0.31), in_hundred(0.9996), in_hundred(0.0001), in_hundred(1.0)
    ('31 of 100', 'more than 99 of 100', 'fewer than 1 of 100', '100 of 100')
    """
    rounded = number(100.0 * share, 0)
    if rounded == "100" and share < 1.0:
        return "more than 99 of 100"
    if rounded == "0" and share > 0.0:
        return "fewer than 1 of 100"
    return f"{rounded} of 100"


def spans(width: float) -> str:
    """Return what the width of an interval of a log odds ratio means.

    Examples
    --------
    >>> spans(1.2)
    'would end at 3.32 times where it starts'
    """
    return f"would end at {ratio(float(np.exp(width)))} times where it starts"
