"""Whether two figures agree, and if not, in what way they differ.

A figure is an interval: exact ones are points, "at least" and "at most" have one end, "about" is
taken to mean within 5 per cent or half a unit of the last digit that is not a rounding zero.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from probstats.data.resolution.types import Bools, Floats, Integers, Objects

ABOUT = 0.05
"""How far, relative to it, the truth may lie from a figure printed as "about"."""

VERDICTS = ("same", "agrees", "rounding", "revision", "definition", "contradiction")
"""How a claim stands to the chosen one, from nearest to farthest."""

REASONS = {
    "rounding": "no farther apart than their last digits leave room for",
    "revision": "the sources are of different dates and speak of the same one",
    "definition": "printed in different units",
    "contradiction": "cannot both be true",
}
"""Why a claim is said to differ in that way."""

AGREEING = 2
"""Verdicts that count as agreement."""


def bounds(claims: pd.DataFrame) -> tuple[Floats, Floats]:
    """Return the lowest and the highest value each claim allows.

    Parameters
    ----------
    claims : pandas.DataFrame
        n claims with ``value``, ``value_low``, ``value_high`` and ``qualifier``.

    Returns
    -------
    tuple of numpy.ndarray
        n lower ends and n upper ends; infinite where a claim has none.
    """
    value = claims["value"].to_numpy(dtype=float)
    low = claims["value_low"].to_numpy(dtype=float)
    high = claims["value_high"].to_numpy(dtype=float)
    about = (claims["qualifier"] == "about").to_numpy(dtype=bool)
    room = np.zeros(len(value))
    room[about] = np.maximum(ABOUT * np.abs(value[about]), half_unit(value[about]))
    low = np.where(np.isnan(low), np.where(about, value - room, -np.inf), low)
    high = np.where(np.isnan(high), np.where(about, value + room, np.inf), high)
    return low, high


def half_unit(value: Floats) -> Floats:
    """Return half a unit of the last digit printed, two or more final zeros being rounding.

    The first two digits are never rounding: 100 per cent is not 60, and 1,000 is not 1,400.

    Parameters
    ----------
    value : numpy.ndarray
        n figures.

    Returns
    -------
    numpy.ndarray
        Half of 1 for 3613 and for 100, of 100 for 4400, of 0.1 for 37.1.

    Examples
    --------
    >>> half_unit(np.array([3613.0, 100.0, 4400.0, 37.1, 16.75])).tolist()
    [0.5, 0.5, 50.0, 0.05, 0.005]
    """
    unit = np.ones_like(value)
    for power in range(2, 7):
        unit[(np.abs(value) >= 10.0 ** (power + 1)) & (value % 10.0**power == 0.0)] = 10.0**power
    for digits in range(1, 4):
        finer = ~np.isclose(value, np.round(value, digits - 1), rtol=0.0, atol=1e-9)
        unit[finer] = 10.0**-digits
    return unit / 2.0


def verdicts(claims: pd.DataFrame, chosen: pd.DataFrame, *, rounding: bool = True) -> Integers:
    """Return how each claim stands to the chosen one of its cell, as a place in ``VERDICTS``.

    Parameters
    ----------
    claims : pandas.DataFrame
        n claims with ``value``, its bounds, ``qualifier``, ``basis``, ``printed_unit``,
        ``as_of_to``, ``vintage`` and, where figures can be given for one, ``inspection_id``.
    chosen : pandas.DataFrame
        The n chosen claims, row by row.
    rounding : bool
        Whether figures may differ by rounding; ratings may not.

    Returns
    -------
    numpy.ndarray
        n whole numbers.
    """
    low, high = bounds(claims)
    first, last = bounds(chosen)
    overlap = (low <= last) & (first <= high)
    same = (low == first) & (high == last)
    found = np.where(same, VERDICTS.index("same"), VERDICTS.index("agrees"))
    apart = np.flatnonzero(~overlap)
    found[apart] = _difference(claims.iloc[apart], chosen.iloc[apart], rounding=rounding)
    return found


def _difference(claims: pd.DataFrame, chosen: pd.DataFrame, *, rounding: bool) -> Integers:
    """Return in what way claims differ that do not agree: the mildest that explains it."""
    tests = [
        (_revised(claims, chosen), "revision"),
        (_units_differ(claims, chosen), "definition"),
        (_rounded(claims, chosen) & rounding, "rounding"),
    ]
    found = np.full(len(claims), VERDICTS.index("contradiction"))
    for holds, verdict in tests:
        found[holds] = VERDICTS.index(verdict)
    return found


def _rounded(claims: pd.DataFrame, chosen: pd.DataFrame) -> Bools:
    """Whether two figures lie no farther apart than their last digits leave room for."""
    slack = np.zeros(len(claims))
    for side in (claims, chosen):
        value = side["value"].to_numpy(dtype=float)
        parts = np.where((side["basis"] == "derived").to_numpy(dtype=bool), 2.0, 1.0)
        slack += parts * half_unit(value)
    apart = np.abs(claims["value"].to_numpy(dtype=float) - chosen["value"].to_numpy(dtype=float))
    return apart <= slack * (1.0 + 1e-9)


def _revised(claims: pd.DataFrame, chosen: pd.DataFrame) -> Bools:
    """Whether figures of one date come from sources of different dates."""
    one, other = claims["vintage"].to_numpy(), chosen["vintage"].to_numpy()
    dated = claims["as_of_to"].notna().to_numpy()
    if "inspection_id" in claims:
        dated = dated & claims["inspection_id"].isna().to_numpy()
    return dated & ~pd.isna(one) & ~pd.isna(other) & (one != other)


def _units_differ(claims: pd.DataFrame, chosen: pd.DataFrame) -> Bools:
    """Whether both say in what unit, and not the same."""
    one, other = claims["printed_unit"], chosen["printed_unit"].set_axis(claims.index)
    return ((one != other) & one.notna() & other.notna()).to_numpy(dtype=bool)


def noted(
    claims: pd.DataFrame, chosen: pd.DataFrame, found: Integers, notes: pd.DataFrame
) -> tuple[Integers, Objects]:
    """Return verdicts with what was noted by hand, and the reason of each.

    Parameters
    ----------
    claims, chosen : pandas.DataFrame
        As for ``verdicts``.
    found : numpy.ndarray
        What it found.
    notes : pandas.DataFrame
        The table ``difference_notes``; only claims that differ are looked up in it.

    Returns
    -------
    verdicts : numpy.ndarray
        n places in ``VERDICTS``.
    reasons : numpy.ndarray
        Why; None for claims that agree.
    """
    verdict = found.copy()
    words = np.array([REASONS.get(name) for name in VERDICTS], dtype=object)
    reasons = words[found]
    for note in notes.itertuples():
        pair = {note.source_id, note.other_source_id}
        here = (claims["subject_id"] == note.subject_id) & (claims["measure"] == note.measure)
        here &= (claims["as_of_to"] == note.as_of_to) & (claims["population"] == note.population)
        here &= claims["source_id"].isin(pair)
        rows = here.to_numpy(dtype=bool) & chosen["source_id"].isin(pair).to_numpy()
        rows &= found >= AGREEING
        verdict[rows] = VERDICTS.index(note.kind)
        reasons[rows] = note.reason
    return verdict, reasons
