"""One measure at one level, attached to inspections."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from probstats.data.merging import matching
from probstats.data.merging.matching import Matches, Timeline
from probstats.data.merging.targets import LEVELS, SHAREABLE
from probstats.errors import DataError

DIRECTIONS = ("earlier", "any")
COMPANIONS = {
    "date": "as_of_to", "qualifier": "qualifier", "low": "value_low", "high": "value_high",
    "source": "source_id", "agrees": "agrees",
}  # fmt: skip
TYPES = {"agrees": "boolean", "qualifier": "str", "source": "str"}
"""Types of companions where they are not those of the claims, whose text may be coded."""


@dataclass(frozen=True)
class Rule:
    """How far a figure may lie from an inspection, and on which side."""

    tolerance: int
    direction: str

    def __post_init__(self) -> None:
        if self.direction not in DIRECTIONS:
            raise DataError(
                f"direction={self.direction!r} is not known; choose one of {', '.join(DIRECTIONS)}"
            )

    @property
    def timing(self) -> str:
        """What the companion ``__timing`` says."""
        return "static" if self.direction == "any" else "earlier"


class Part:
    """One measure at one level, attached to the inspections."""

    def __init__(
        self, level: str, measure: str, targets: pd.DataFrame, cells: pd.DataFrame, rule: Rule
    ) -> None:
        self.level, self.measure, self.cells, self._rule = level, measure, cells, rule
        self.name = f"{cells['column'].iloc[0]}__{level}"
        self._index = targets.index
        self.matches = self._match(targets)

    def _match(self, targets: pd.DataFrame) -> Matches:
        if self.level == LEVELS[0]:
            return matching.match_given(self.cells, targets)
        if not self._is_allowed():
            return matching.refuse(len(targets))
        rule = self._rule
        either_way = rule.direction == "any"
        return Timeline(self.cells).match(targets, rule.tolerance, either_way=either_way)

    def _is_allowed(self) -> bool:
        return self.level == "subject" or self.cells["kind"].iloc[0] in SHAREABLE

    @property
    def is_found(self) -> bool:
        """Whether any inspection was given a figure."""
        return bool((self.matches.row >= 0).any())

    def columns(self) -> dict[str, pd.Series]:
        """Return the figure and its companions, by column name, for the inspections."""
        found = self.matches.row >= 0
        picked = self.cells.iloc[self.matches.row[found]].set_index(self._index[found])
        named = {self.name: picked["value"]} | {
            f"{self.name}__{name}": picked[column] for name, column in COMPANIONS.items()
        }
        columns = {name: values.reindex(self._index) for name, values in named.items()}
        for companion, kind in TYPES.items():
            name = f"{self.name}__{companion}"
            columns[name] = columns[name].astype(kind)
        if self.level == LEVELS[0]:
            return columns
        lag = pd.Series(self.matches.lag, self._index, dtype="Int64").where(found)
        timing = pd.Series(self._rule.timing, self._index, dtype="str").where(found)
        return columns | {f"{self.name}__lag_days": lag, f"{self.name}__timing": timing}

    def report(self) -> pd.DataFrame:
        """Return how many inspections came to what."""
        counts = pd.Series(self.matches.outcome).value_counts()
        return pd.DataFrame(
            {
                "measure": self.measure, "level": self.level, "outcome": counts.index,
                "inspections": counts.to_numpy(),
            }
        )  # fmt: skip
