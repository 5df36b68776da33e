"""What an import leaves out: every row counted, with the reason."""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd


@dataclass
class Leftovers:
    """Counts what is left out.

    Attributes
    ----------
    counts : dict
        How often, and the first row, for each reason and thing.
    """

    counts: dict[tuple[str, str], list[int]] = field(default_factory=dict)

    def add(self, reason: str, thing: str, row: int) -> None:
        """Count a row or a cell that is left out."""
        entry = self.counts.setdefault((reason, thing), [0, row])
        entry[0] += 1

    def frame(self) -> pd.DataFrame:
        """Return one row for each reason and thing: how often, and the first row in the file."""
        rows = [(*key, count, first) for key, (count, first) in self.counts.items()]
        columns = ["reason", "what", "cells", "first_row"]
        return pd.DataFrame(rows, columns=columns).astype(
            {"reason": "str", "what": "str", "cells": "int64", "first_row": "int64"}
        )
