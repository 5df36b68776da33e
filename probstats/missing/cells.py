"""What each row may be: a range of levels of the outcome, and a range of the exposure."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from probstats.errors import ModelError
from probstats.models.fit_options import is_number
from probstats.models.kernel.links import Array

Codes = NDArray[np.intp]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Levels:
    """An ordered outcome, known or within a range of levels.

    Attributes
    ----------
    name : str
        Its name.
    labels : tuple
        All K declared levels, lowest first.
    low, high : numpy.ndarray
        Codes of the lowest and the highest level each row may have.
    """

    name: str
    labels: tuple[Any, ...]
    low: Codes
    high: Codes

    def code(self, level: Any) -> int:
        """Return the code of a level."""
        if not isinstance(level, Hashable) or level not in self.labels:
            raise ModelError(
                f"at_least={level!r} is no level of outcome {self.name!r}; "
                f"the levels are {', '.join(map(str, self.labels))}"
            )
        return self.labels.index(level)


@dataclass(frozen=True)
class Groups:
    """Groups of rows, of which a row may be known to belong to one.

    Attributes
    ----------
    name : str
        Name of the column that makes them.
    labels : tuple
        The G groups.
    conditions : tuple of str
        The same as conditions, such as ``vacancies >= 20``.
    possible : numpy.ndarray
        n by G; whether each row may belong to each group.
    """

    name: str
    labels: tuple[Any, ...]
    conditions: tuple[str, ...]
    possible: Mask

    @property
    def known(self) -> Mask:
        """Whether the group of each row is known."""
        known: Mask = self.possible.sum(axis=1) == 1
        return known

    def inside(self, group: int) -> Mask:
        """Return which rows surely belong to a group."""
        inside: Mask = self.possible[:, group] & self.known
        return inside

    def maybe(self, group: int) -> Mask:
        """Return which rows may belong to a group, or to another."""
        maybe: Mask = self.possible[:, group] & ~self.known
        return maybe


@dataclass(frozen=True)
class Range:
    """An exposure in numbers, known or within a range.

    Attributes
    ----------
    name : str
        Its name.
    low, high : numpy.ndarray
        The least and the largest value each row may have; equal where it is known.
    """

    name: str
    low: Array
    high: Array

    def cut(self, at: float) -> Groups:
        """Return the groups below a cut point, and at or above it."""
        if not is_number(at) or not np.isfinite(at):
            raise ModelError(f"cut={at!r} is no cut point; give a finite number")
        possible = np.stack([self.low < at, self.high >= at], axis=1)
        labels = (f"< {at:g}", f">= {at:g}")
        conditions = (f"{self.name} < {at:g}", f"{self.name} >= {at:g}")
        for condition, some in zip(conditions, possible.T, strict=True):
            if not some.any():
                raise ModelError(f"no row can have {condition}; the cut makes one group only")
        return Groups(self.name, labels, conditions, possible)
