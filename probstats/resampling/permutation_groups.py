"""Groups of the rows a permutation test is made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from probstats.errors import ModelError
from probstats.models.kernel.links import Array

Codes = NDArray[np.intp]
LEFT = 1e-7
"""Share of a column below which a difference is rounding."""


@dataclass(frozen=True)
class Groups:
    """Groups of the rows: a code for each row, and what to call them."""

    codes: Codes
    name: str

    @property
    def number(self) -> int:
        """How many there are."""
        return int(self.codes.max()) + 1

    def means(self, values: Array) -> Array:
        """Return the mean of each group, G by k, of n by k values."""
        sums = np.zeros((self.number, values.shape[1]))
        np.add.at(sums, self.codes, values)
        return sums / np.bincount(self.codes)[:, None]

    def varies(self, values: Array) -> NDArray[np.bool_]:
        """Return in which groups some column varies."""
        high = np.full((self.number, values.shape[1]), -np.inf)
        low = -high
        np.maximum.at(high, self.codes, values)
        np.minimum.at(low, self.codes, values)
        return np.asarray((high - low > LEFT * np.abs(values).max(axis=0)).any(axis=1))


def read_groups(given: Any, series: pd.Series, rows: Codes) -> Groups:
    """Return the groups of the rows of the null fit.

    Parameters
    ----------
    given : str, pandas.Series or array_like
        What the user gave.
    series : pandas.Series
        The group of each row of the user's fit.
    rows : numpy.ndarray
        Which of these rows each row of the null fit is.

    Returns
    -------
    Groups
        The groups.

    Raises
    ------
    ModelError
        If groups are missing, or there is one only.
    """
    missing = int(series.isna().sum())
    if missing:
        raise ModelError(f"groups are missing for {missing} of the {len(series)} rows used")
    codes, labels = pd.factorize(series.iloc[rows])
    if len(labels) < 2:
        raise ModelError(
            f"groups has one group only ({labels[0]}); leave groups out to permute its rows, or "
            f"give the groups that rows belong to"
        )
    name = series.name if isinstance(given, str | pd.Series) else None
    return Groups(codes.astype(np.intp), "group" if name is None else str(name))
