"""A bootstrap in pieces: from what is drawn to replicates, and the count of what was lost."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from probstats.errors import ModelError, ResampleWarning
from probstats.jobs.pieces import Seed, chunks, run, spawn
from probstats.models.kernel.links import Array
from probstats.models.trouble import warn
from probstats.resampling.boot_refits import GOOD, REASONS
from probstats.resampling.boot_results import Bootstrap

MANY = 0.1
"""Share of lost resamples from which on there is a warning."""


def work(source: Any, number: int, rng: np.random.Generator) -> pd.DataFrame:
    """Return what some resamples have; see ``Refits.piece``."""
    frame: pd.DataFrame = source.piece(number, rng)
    return frame


def make_bootstrap(
    fit: Any,
    source: Any,
    method: str,
    n_resamples: int,
    chunk_size: int,
    *,
    rng: Seed,
    n_jobs: int | None,
    checkpoint: str | Path | None,
) -> Bootstrap:
    """Draw all resamples and put together what they have.

    Parameters
    ----------
    fit : CumulativeLinkResults or CumulativeLinkMixedResults
        The fit.
    source : Any
        Has ``piece``, ``own_errors`` and ``jackknife``, as ``Refits``.
    method, n_resamples, chunk_size, rng, n_jobs, checkpoint
        See ``bootstrap``.

    Returns
    -------
    Bootstrap
        The replicates.

    Raises
    ------
    ModelError
        If no resample has estimates.

    Warns
    -----
    ResampleWarning
        If more than a tenth of them have none.
    """
    call = {"fit": (source, method), "n_resamples": (n_resamples, chunk_size),
            "rng": copy.deepcopy(rng)}  # fmt: skip
    sizes = chunks(int(n_resamples), int(chunk_size))
    pieces = [(source, size, own) for size, own in zip(sizes, spawn(rng, len(sizes)), strict=True)]
    frames = run(
        work, pieces, label="bootstrap", n_jobs=n_jobs, checkpoint=checkpoint,
        call=call if checkpoint is not None else None,
    )  # fmt: skip
    names = list(fit.model.data.param_names)
    values, status, reduced = _gathered(frames, int(n_resamples), len(names))
    good = np.flatnonzero(status == GOOD)
    failures = _counted(status)
    notes = _notes(failures, int(reduced.sum()), int(n_resamples))
    # most often nothing was lost, and the numbers need no copy
    kept = values if len(good) == len(values) else values[good]
    index = pd.Index(good, name="resample")
    estimates, errors = (
        pd.DataFrame(part, index=index, columns=names, copy=False)
        for part in (kept[:, : len(names)], kept[:, len(names) :])
    )
    params = pd.Series(np.asarray(fit.params), index=names)
    return Bootstrap(
        params,
        estimates,
        errors,
        method,
        int(n_resamples),
        failures,
        int(reduced.sum()),
        notes,
        source,
    )


def _gathered(frames: Any, total: int, n_params: int) -> tuple[Array, Any, Any]:
    """Return estimates and errors side by side, status, and whether estimates are reduced."""
    values = np.empty((total, 2 * n_params))
    status, reduced = np.empty(total, dtype=np.int8), np.empty(total, dtype=bool)
    first = 0
    for frame in frames:
        some = slice(first, first + len(frame))
        values[some] = frame.iloc[:, : 2 * n_params].to_numpy()
        status[some], reduced[some] = frame["status"], frame["reduced"]
        first += len(frame)
    return values, status, reduced


def _counted(status: Any) -> pd.Series:
    counts = {reason: int((status == code).sum()) for code, reason in REASONS.items()}
    lost = {reason: count for reason, count in counts.items() if count}
    return pd.Series(lost, dtype=int, name="resamples", index=pd.Index(list(lost), name="reason"))


def _notes(failures: pd.Series, n_reduced: int, total: int) -> tuple[str, ...]:
    """Return sentences about what was lost or reduced, and warn of much."""
    notes = []
    lost = int(failures.sum())
    reasons = ", ".join(f"{reason} in {count:,}" for reason, count in failures.items())
    if lost == total:
        raise ModelError(
            f"no resample has estimates ({reasons}); the model is too large for its rows: merge "
            f"levels, leave covariates out, or fit with reduction='mean'"
        )
    if lost:
        notes.append(f"{lost:,} of {total:,} resamples have no estimates and are left out: "
                     f"{reasons}.")  # fmt: skip
    if n_reduced:
        notes.append(f"{n_reduced:,} resamples separated the levels and are bias-reduced.")
    if lost > MANY * total:
        warn(
            f"{notes[0][:-1]}; the others are the better-behaved ones, so that errors and "
            f"intervals may be too small",
            ResampleWarning,
        )
    return tuple(notes)
