"""A design in hand: its rows, what is known of their outcomes, and how they will be analysed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from probstats.models.kernel.links import Array
from probstats.planning.analysis import Analysis

Codes = NDArray[np.intp]


@dataclass(frozen=True)
class Design:
    """All that a simulated sample and its analysis depend on, besides the odds ratio.

    Attributes
    ----------
    model : CumulativeLinkModel
        Without a formula and weights: a weight of 2 is two rows.
    column : str
        The column of the location whose odds ratio is looked for.
    params : numpy.ndarray
        Parameters of the model, on the user's scale; those of the column and of the thresholds
        are replaced.
    shares : numpy.ndarray
        Shares of the K levels, over all rows.
    missing : numpy.ndarray
        Probability with which each row's outcome goes missing.
    groups : numpy.ndarray or None
        Code of the group of each row, where rows of a group are alike.
    icc : float
        How alike they are: the latent correlation within groups.
    analysis : Analysis
        What is fitted to each sample.
    named : str
        What the groups of the rows are called and how many they are, in words; may be empty.
    levels : tuple
        Labels of the levels.
    """

    model: Any
    column: str
    params: Array
    shares: Array
    missing: Array
    groups: Codes | None
    icc: float
    analysis: Analysis
    named: str = ""
    levels: tuple[Any, ...] = ()

    def __len__(self) -> int:
        return len(self.missing)

    @cached_property
    def place(self) -> int:
        """Position of the column among the parameters."""
        return [str(name) for name in self.model.sample.covariates.location].index(self.column)

    @property
    def n_levels(self) -> int:
        """K."""
        return len(self.shares)

    @cached_property
    def reported(self) -> tuple[Codes, Codes]:
        """What is known of each row if it has each level: n by K lowest and highest levels.

        A row whose outcome is an interval keeps that block of levels: a level in it is known as
        the block only, and another one exactly.
        """
        low, high = (np.asarray(part, dtype=np.intp)[:, None] for part in self._edges)
        levels = np.arange(self.n_levels)[None, :]
        inside = (low <= levels) & (levels <= high) & (low < high)
        return np.where(inside, low, levels), np.where(inside, high, levels)

    @property
    def _edges(self) -> tuple[Any, Any]:
        return self.model.outcome.low, self.model.outcome.high

    @property
    def call(self) -> dict[str, Any]:
        """What finished pieces of a run depend on, by name."""
        low, high = self._edges
        blocks = np.where(low < high, low, -1), np.where(low < high, high, -1)
        covariates = self.model.sample.covariates
        parts = [None if part is None else part.to_numpy(float) for part in covariates]
        return {
            "data": (parts, blocks, self.groups, self.missing),
            "term": self.column,
            "model": (self.model.threshold, np.delete(self.params, self.place)),
            "shares": self.shares,
            "icc": self.icc,
            "analysis": self.analysis.call,
        }
