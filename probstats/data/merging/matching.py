"""The nearest figure in time, for many inspections and many figures at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from probstats.data.resolution.types import Bools, Integers, Objects
from probstats.errors import DataError

DAYS = 1 << 22
"""More days than lie between any two dates that are allowed: 1800 to 9999."""

EPOCH, END = np.datetime64("1800-01-01", "D"), np.datetime64("9999-12-31", "D")
NONE = -1

MATCHED = "matched"
NO_DATE = "the inspection has no date"
NO_FIGURE = "no figure"
OTHER_SUBJECT = "figures of another subject only"
OTHER_POPULATION = "figures of another population only"
UNDATED = "figures without a date only"
LATER = "figures of later dates only"
TOO_FAR = "none within the tolerance"
COUNT = "refused: a count belongs to its own subject"


@dataclass(frozen=True)
class Matches:
    """Which figure each inspection was given, and why none.

    Attributes
    ----------
    row : numpy.ndarray
        Row of the figure for each inspection; -1 for none.
    lag : numpy.ndarray
        Days from the figure to the inspection; negative where the figure is later.
    outcome : numpy.ndarray
        What came of it, in words.
    """

    row: Integers
    lag: Integers
    outcome: Objects


def days(dates: pd.Series) -> Integers:
    """Return dates as days since 1800, -1 where there is none.

    Parameters
    ----------
    dates : pandas.Series
        n dates.

    Returns
    -------
    numpy.ndarray
        n whole numbers.

    Raises
    ------
    DataError
        If a date lies before 1800 or after 9999.
    """
    values = dates.to_numpy().astype("datetime64[D]")
    absurd = (values < EPOCH) | (values > END)
    if absurd.any():
        raise DataError(
            f"{values[absurd][0]} is no date of an inspection or a figure; expected 1800 to 9999"
        )
    return np.where(np.isnat(values), NONE, (values - EPOCH).astype(np.int64))


def refuse(n_targets: int) -> Matches:
    """Return no match for anyone: counts of a wider level."""
    nobody = np.full(n_targets, NONE)
    return Matches(nobody, np.zeros_like(nobody), np.full(n_targets, COUNT, dtype=object))


def match_given(figures: pd.DataFrame, targets: pd.DataFrame) -> Matches:
    """Match figures that were given for an inspection to that inspection.

    Parameters
    ----------
    figures : pandas.DataFrame
        n figures with ``place``, the inspection, ``subject_id`` and ``population``.
    targets : pandas.DataFrame
        m inspections with ``place``, itself, ``subject_id`` and ``population``.

    Returns
    -------
    Matches
        Of the m inspections.
    """
    key = ["place", "subject_id", "population"]
    rows = figures.assign(row=np.arange(len(figures)))[[*key, "row"]].dropna(subset=key)
    wanted = targets[key].astype("object")
    found = wanted.merge(rows.astype("object"), how="left", on=key)
    row = found["row"].fillna(NONE).to_numpy(dtype=np.int64)
    pairs = pd.MultiIndex.from_frame(rows[key[:2]].astype("object"))
    own = pd.MultiIndex.from_frame(wanted[key[:2]]).isin(pairs)
    outcome = np.where(targets["place"].isin(figures["place"]), OTHER_SUBJECT, NO_FIGURE)
    outcome = np.where(own, OTHER_POPULATION, outcome.astype(object))
    outcome[row >= 0] = MATCHED
    return Matches(row, np.zeros_like(row), outcome)


class Timeline:
    """Figures of one measure at one level, by place, population and date.

    Parameters
    ----------
    figures : pandas.DataFrame
        n figures with ``place``, ``population`` and ``as_of_to``, one for each of these.
    """

    def __init__(self, figures: pd.DataFrame) -> None:
        self._places = pd.Index(figures["place"].drop_duplicates())
        self._populations = pd.Index(figures["population"].drop_duplicates())
        place = self._places.get_indexer(figures["place"])
        entity = place * len(self._populations) + self._populations.get_indexer(
            figures["population"]
        )
        day = days(figures["as_of_to"])
        self._known_places = place[day != NONE]
        self._undated = np.unique(place[day == NONE])
        dated = np.flatnonzero(day != NONE)
        keys = entity[dated] * DAYS + day[dated]
        order = np.argsort(keys, kind="stable")
        self._keys, self._rows = keys[order], dated[order]

    def match(self, targets: pd.DataFrame, tolerance: int, *, either_way: bool) -> Matches:
        """Find the nearest figure of each inspection.

        Parameters
        ----------
        targets : pandas.DataFrame
            m inspections with ``place``, ``population`` and ``start``.
        tolerance : int
            Most days apart.
        either_way : bool
            Whether a later figure will do.

        Returns
        -------
        Matches
            Of the m inspections.
        """
        place = self._places.get_indexer(targets["place"])
        population = self._populations.get_indexer(targets["population"])
        known = (place != NONE) & (population != NONE) & targets["population"].notna().to_numpy()
        entity = place * len(self._populations) + population
        day = days(targets["start"])
        query = entity * DAYS + day
        at = np.searchsorted(self._keys, query, side="left")
        before = self._candidate(at - 1, entity, known, day)
        after = self._candidate(at, entity, known, day)
        lag = before
        if either_way:
            lag = np.where(np.abs(after) < np.abs(before), after, before)
        chosen = np.where(lag == before, at - 1, at)
        near = (np.abs(lag) <= tolerance) & (day != NONE)
        if len(self._rows):
            row = np.where(near, self._rows[np.clip(chosen, 0, len(self._rows) - 1)], NONE)
        else:
            row = np.full(len(targets), NONE)
        outcome = self._outcome(place, day, before, after, near, either_way=either_way)
        return Matches(row, np.where(near, lag, 0), outcome)

    def _candidate(self, at: Integers, entity: Integers, known: Bools, day: Integers) -> Integers:
        """Return the lag of a figure, or one beyond all tolerance where it is of somebody else."""
        if not len(self._keys):
            return np.full(len(at), DAYS)
        inside = (at >= 0) & (at < len(self._keys)) & known
        key = self._keys[np.clip(at, 0, len(self._keys) - 1)]
        own = inside & (key // DAYS == entity)
        return np.where(own, day - key % DAYS, DAYS)

    def _outcome(
        self, place: Integers, day: Integers, before: Integers, after: Integers, near: Bools,
        *, either_way: bool,
    ) -> Objects:  # fmt: skip
        found = np.full(len(place), NO_FIGURE, dtype=object)
        found[np.isin(place, self._undated) & (place != NONE)] = UNDATED
        found[np.isin(place, np.unique(self._known_places)) & (place != NONE)] = OTHER_POPULATION
        found[after != DAYS] = TOO_FAR if either_way else LATER
        found[before != DAYS] = TOO_FAR
        found[day == NONE] = NO_DATE
        found[near] = MATCHED
        return found
