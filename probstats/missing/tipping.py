"""Where a conclusion changes along a curve."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd
from scipy import optimize

from probstats.display import MINUS

Row = Mapping[str, Any]


def tipping_points(
    table: pd.DataFrame, at: Callable[[float], Row], threshold: float, precision: float
) -> pd.DataFrame:
    """Find where an estimate, or an end of its interval, crosses a threshold.

    Parameters
    ----------
    table : pandas.DataFrame
        Columns ``delta``, in rising order, ``estimate``, ``low`` and ``high``.
    at : callable
        Makes the row of any delta.
    threshold : float
        What is crossed.
    precision : float
        How near to find a delta.

    Returns
    -------
    pandas.DataFrame
        One row for each crossing, nearest to zero first: ``delta``; ``change``, going away from
        delta = 0; and ``moved``, the mean change of imputed values there.

    Notes
    -----
    Between neighbours of the table on different sides of the threshold, by Brent's method. Two
    crossings between the same neighbours are not seen.
    """
    known = table[np.isfinite(table["estimate"])]
    pairs = list(zip(known.to_dict("records")[:-1], known.to_dict("records")[1:], strict=True))
    found = [
        {"delta": delta, "change": change, "moved": at(delta)["moved"]}
        for one, other in pairs
        for delta, change in _between(one, other, at, threshold, precision)
    ]
    points = pd.DataFrame(found, columns=["delta", "change", "moved"])
    return points.sort_values("delta", key=abs, kind="stable").reset_index(drop=True)


def _between(
    one: Row, other: Row, at: Callable[[float], Row], threshold: float, precision: float
) -> Iterator[tuple[float, str]]:
    inner, outer = (one, other) if other["delta"] > 0.0 else (other, one)
    for name in ("estimate", "low", "high"):
        before, after = inner[name] - threshold, outer[name] - threshold
        if not np.isfinite(before * after) or (before > 0.0) == (after > 0.0):
            continue
        crossing = _crossing(name, (one, other), at, threshold, precision)
        if crossing is not None:
            yield crossing, _change(name, before, threshold)


def _crossing(
    name: str,
    ends: tuple[Row, Row],
    at: Callable[[float], Row],
    threshold: float,
    precision: float,
) -> float | None:
    known = {end["delta"]: end[name] for end in ends}

    def excess(delta: float) -> float:
        value = known[delta] if delta in known else at(delta)[name]
        return float(value) - threshold

    first, last = known
    if excess(first) == 0.0 or excess(last) == 0.0:
        return float(first if excess(first) == 0.0 else last)
    try:
        return float(optimize.brentq(excess, first, last, xtol=precision))
    except ValueError:  # a fit in between has no estimate
        return None


def _change(name: str, before: float, threshold: float) -> str:
    """Return what changes on the way from delta = 0, if an end was above or below before."""
    shown = f"{threshold:g}".replace("-", MINUS)
    if name == "estimate":
        return "the estimate changes its sign" if not threshold else f"the estimate passes {shown}"
    excluded = before > 0.0 if name == "low" else before <= 0.0
    return f"the interval {'no longer excludes' if excluded else 'excludes'} {shown}"
