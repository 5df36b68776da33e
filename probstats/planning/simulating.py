"""Simulated samples at several odds ratios, drawn and analysed in pieces."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from probstats.jobs.checkpoint import Checkpoint
from probstats.jobs.pieces import Seed, chunks, run, spawn
from probstats.planning.batches import Cells, cells_of, count_cells, fit_batch
from probstats.planning.design import Design
from probstats.planning.refits import Estimate, refit
from probstats.planning.samples import Draws, draw
from probstats.planning.truth import Truth, truth_of

PIECE = 50
"""Samples of a piece of work."""

NUMBERS = 500_000
"""Rows of a piece of work at most."""


def analyse(design: Design, truths: Sequence[Truth], size: int, rng: Any) -> pd.DataFrame:
    """Draw samples and analyse each at every odds ratio, with the same random numbers.

    Parameters
    ----------
    design : Design
        The design.
    truths : sequence of Truth
        What to draw from.
    size : int
        Number of samples.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    pandas.DataFrame
        A row for each sample at each odds ratio: ``effect`` and the fields of ``Estimate``.
    """
    draws, cells = draw(design, size, rng), cells_of(design)
    frames = [_at(design, cells, truth, draws).assign(effect=truth.effect) for truth in truths]
    return pd.concat(frames, ignore_index=True)


def _at(design: Design, cells: Cells | None, truth: Truth, draws: Draws) -> pd.DataFrame:
    levels = draws.levels(truth.cumulative)
    if cells is None:
        return pd.DataFrame([
            refit(design, *sample, truth.params) for sample in zip(levels, draws.kept, strict=True)
        ])  # fmt: skip
    counts = count_cells(cells, levels, draws.kept)
    # with few rows the same counts come up again and again
    counts, first, which = np.unique(counts, axis=0, return_index=True, return_inverse=True)
    batch = fit_batch(design, cells, counts, truth.params)
    found = [
        Estimate(batch.estimate[number], batch.std_error[number], np.inf, False, "")
        if batch.settled[number]
        else refit(design, levels[sample], draws.kept[sample])
        for number, sample in enumerate(first)
    ]
    return pd.DataFrame(found).iloc[which.ravel()]


@dataclass
class Simulation:
    """Samples of a design, made for as many odds ratios as are asked for.

    Attributes
    ----------
    design : Design
        The design.
    n_resamples : int
        Samples for each odds ratio.
    rng, n_jobs, checkpoint
        See ``probstats.jobs.pieces.run``.
    samples : pandas.DataFrame
        What was made so far; see ``analyse``.
    """

    design: Design
    n_resamples: int
    rng: Seed = None
    n_jobs: int | None = 1
    checkpoint: str | Path | None = None
    samples: pd.DataFrame = field(default_factory=pd.DataFrame)
    _runs: int = 0

    def __post_init__(self) -> None:
        """Fix the random numbers, and look whether the folder is that of another call."""
        self._call = self.design.call | {
            "n_resamples": self.n_resamples, "rng": copy.deepcopy(self.rng)
        }  # fmt: skip
        self._sizes = chunks(self.n_resamples, self._size)
        self._sources = spawn(self.rng, len(self._sizes))
        if self.checkpoint is not None:
            Checkpoint(self.checkpoint, self._call)

    @property
    def _size(self) -> int:
        return int(np.clip(NUMBERS // len(self.design), 1, PIECE))

    def add(self, effects: Sequence[float], label: str) -> None:
        """Simulate at more effects, log odds ratios, with the random numbers of those before."""
        truths = [truth_of(self.design, effect) for effect in effects]
        sources = copy.deepcopy(self._sources)
        pieces = [
            (self.design, truths, size, rng) for size, rng in zip(self._sizes, sources, strict=True)
        ]
        self._runs += 1
        folder = None if self.checkpoint is None else Path(self.checkpoint) / f"run{self._runs}"
        made = run(
            analyse, pieces, label=label, n_jobs=self.n_jobs, checkpoint=folder,
            call=self._call | {"odds_ratio": tuple(effects)},
        )  # fmt: skip
        self.samples = pd.concat([self.samples, *made], ignore_index=True)
