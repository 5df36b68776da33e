"""Small counts hidden in tables whose totals are linked, and with them what would give them away.

``association.suppression`` does this for one table of two outcomes; here any sums may link counts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import linalg

from probstats.errors import DataError

HIDDEN = "[c]"
"""What stands for a hidden count: the sign of official statistics for a confidential value."""

Mask = NDArray[np.bool_]


@dataclass
class LinkedCounts:
    """Counts by name, and which are the sum of which.

    Attributes
    ----------
    numbers : dict
        Counts by key.
    sums : list
        Pairs of a total and its parts, as keys.
    fixed : set
        Keys of numbers that are taken as known, and never hidden.
    """

    numbers: dict[Any, int] = field(default_factory=dict)
    sums: list[tuple[Any, list[Any]]] = field(default_factory=list)
    fixed: set[Any] = field(default_factory=set)

    def hidden(self, below: int | None) -> set[Any]:
        """Return the keys of counts to hide.

        Parameters
        ----------
        below : int, optional
            Counts from one to below this are hidden; nothing where it is missing.

        Returns
        -------
        set
            Those counts; and others, smallest first, until no sum settles a hidden one.

        Raises
        ------
        DataError
            If the bound is no whole number above one.
        """
        if below is None:
            return set()
        require_bound(below)
        keys = list(self.numbers)
        number = {key: place for place, key in enumerate(keys)}
        lines = [[number[key] for key in (total, *parts)] for total, parts in self.sums]
        values = np.array([self.numbers[key] for key in keys])
        mask = hidden_counts(values, lines, below, [number[key] for key in self.fixed])
        return {key for key, is_hidden in zip(keys, mask, strict=True) if is_hidden}


def require_bound(below: Any) -> None:
    """Raise if a bound of small counts is no whole number above one."""
    if isinstance(below, bool) or not isinstance(below, int | np.integer) or below < 2:
        raise DataError(f"suppress={below!r} must be a whole number, 2 or more")


def hidden_counts(
    values: NDArray[Any], lines: Sequence[Sequence[int]], below: int, fixed: Sequence[int] = ()
) -> Mask:
    """Return which counts to hide.

    Parameters
    ----------
    values : numpy.ndarray
        Counts.
    lines : sequence of sequences of int
        Positions of a total, then of its parts.
    below : int
        Counts from one to below this are small.
    fixed : sequence of int
        Positions of numbers that are taken as known, and never hidden.

    Returns
    -------
    numpy.ndarray
        True where a count is hidden.

    Examples
    --------
    >>> import numpy as np
    >>> hidden_counts(np.array([26, 9, 15, 2]), [[0, 1, 2, 3]], 5).tolist()
    [False, True, False, True]
    """
    hidden = (values > 0) & (values < below)
    hidden[list(fixed)] = False
    search = _Search(values, [list(line) for line in lines], set(fixed))
    while True:
        before = int(hidden.sum())
        for cell, near in search.settled(hidden):
            place = search.protector(cell, near, hidden)
            if place is not None:
                hidden[place] = True
        if hidden.sum() == before:  # nothing follows, or what does cannot be helped
            return hidden


class _Search:
    """Finds hidden counts that follow from others, and what to hide with them."""

    def __init__(self, values: NDArray[Any], lines: list[list[int]], fixed: set[int]) -> None:
        self.values, self.lines, self.fixed = values, lines, fixed
        self.totals = {line[0] for line in lines}
        self.lines_of: dict[int, list[int]] = {place: [] for place in range(len(values))}
        for number, line in enumerate(lines):
            for place in line:
                self.lines_of[place].append(number)
        self.safe: set[tuple[int, ...]] = set()

    def settled(self, hidden: Mask) -> Iterator[tuple[int, set[int]]]:
        """Yield counts that follow from the sums, at sight or else by algebra, as things stand.

        With each come the counts from which it follows at sight, or with which it shares sums.
        """
        at_sight = False
        for line in self.lines:
            unknown = [place for place in line if hidden[place]]
            if len(unknown) == 1:
                at_sight = True
                yield unknown[0], set(line)
        if at_sight:
            return
        for cells in list(self._linked(hidden)):
            settled = [] if cells in self.safe else self._by_algebra(cells)
            yield from ((cell, self._near(cell)) for cell in settled[:1])
            if not settled:
                self.safe.add(cells)

    def _linked(self, hidden: Mask) -> Iterator[tuple[int, ...]]:
        """Yield sets of hidden counts that share sums with each other and with no others."""
        left = set(np.flatnonzero(hidden).tolist())
        while left:
            todo, cells = [left.pop()], []
            while todo:
                cells.append(todo.pop())
                near = self._near(cells[-1]) & left
                left -= near
                todo += near
            yield tuple(sorted(cells))

    def _near(self, cell: int) -> set[int]:
        return {place for number in self.lines_of[cell] for place in self.lines[number]}

    def _by_algebra(self, cells: tuple[int, ...]) -> list[int]:
        numbers = sorted({number for cell in cells for number in self.lines_of[cell]})
        if not numbers:
            return []
        signs = [[_sign(cell, self.lines[number]) for cell in cells] for number in numbers]
        free = np.abs(linalg.null_space(np.array(signs))).max(axis=1, initial=0.0)
        return [cells[place] for place in np.flatnonzero(free < 1e-9)]

    def protector(self, cell: int, near: set[int], hidden: Mask) -> int | None:
        """Return what costs least to hide, near a count that follows from the others."""
        reached = {cell}
        while near - reached:
            choice = [place for place in near if not hidden[place] and place not in self.fixed]
            if choice:
                return min(choice, key=lambda place: self._cost(place, hidden))
            reached |= near
            near = {further for place in near for further in self._near(place)}
        return None

    def _cost(self, place: int, hidden: Mask) -> tuple[Any, ...]:
        # A zero is hidden late: that it is one says little, and it protects less. So is what
        # would ask for others in its turn, above all for zeros.
        asked = 0
        for number in self.lines_of[place]:
            line = self.lines[number]
            others = [self.values[p] for p in line if p != place and p not in self.fixed]
            asked += 0 if hidden[line].any() else 1 + (not any(others))
        value = int(self.values[place])
        return value == 0, asked, place in self.totals, value, place


def _sign(cell: int, line: list[int]) -> float:
    if cell not in line:
        return 0.0
    return -1.0 if cell == line[0] else 1.0


def suppression_note(n_hidden: int, below: int) -> str:
    """Return the sentence on hidden counts."""
    return (
        f"{HIDDEN}: {n_hidden} counts are hidden, those from 1 to {below - 1} and others from "
        f"which these would follow."
    )
