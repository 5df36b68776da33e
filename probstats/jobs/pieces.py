"""Pieces of work through joblib, in order, with a bar."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import BrokenExecutor
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pandas as pd

from probstats.errors import JobError, ModelError
from probstats.jobs.checkpoint import Checkpoint
from probstats.progress import progress

Seed = np.random.Generator | np.random.SeedSequence | int | None


def generator(rng: Any) -> np.random.Generator:
    """Return the generator a user gave, or a new one from a seed.

    Parameters
    ----------
    rng : numpy.random.Generator, numpy.random.SeedSequence, int or None
        Source of randomness, or its seed.

    Returns
    -------
    numpy.random.Generator
        The generator; one that was given is the same object.

    Raises
    ------
    ModelError
        If it is none of these.
    """
    try:
        return np.random.default_rng(rng)
    except (TypeError, ValueError) as error:
        raise ModelError(
            f"rng={rng!r} is no source of randomness; give a numpy.random.Generator, a whole "
            f"number, 0 or more, as a seed, or None"
        ) from error


def spawn(rng: Seed, number: int) -> list[np.random.Generator]:
    """Return independent generators, one for each piece of work.

    Which piece gets which depends on the seed and on how many there are, and not on who does them.

    Parameters
    ----------
    rng : numpy.random.Generator, numpy.random.SeedSequence, int or None
        Source of randomness, or its seed.
    number : int
        How many.

    Returns
    -------
    list of numpy.random.Generator
        The generators.

    Examples
    --------
    >>> first, again = spawn(1, 2)[1], spawn(1, 2)[1]
    >>> bool(first.random() == again.random())
    True
    """
    return generator(rng).spawn(number)


def chunks(total: int, size: int) -> list[int]:
    """Return the sizes of the pieces that ``total`` replicates are done in.

    Examples
    --------
    >>> chunks(25, 10)
    [10, 10, 5]
    """
    whole, rest = divmod(total, size)
    return [size] * whole + [rest] * bool(rest)


def run(
    work: Callable[..., pd.DataFrame],
    pieces: Sequence[tuple[Any, ...]],
    *,
    label: str,
    n_jobs: int | None = 1,
    checkpoint: str | Path | None = None,
    call: dict[str, Any] | None = None,
) -> Iterator[pd.DataFrame]:
    """Do pieces of work, and give their results in order.

    Parameters
    ----------
    work : callable
        What is done with the arguments of one piece; returns a frame of numbers, booleans and
        strings whose index says nothing. It should count what went wrong in columns: warnings of
        other processes are not seen.
    pieces : sequence of tuple
        Arguments of each piece.
    label : str
        What is being done, for the bar.
    n_jobs : int or None
        Processors, as joblib counts them: -1 is all of them. With 1 or None a surrounding
        ``joblib.parallel_config`` decides, and without one everything is done in this process.
    checkpoint : str or pathlib.Path, optional
        Folder in which finished pieces are kept; the same call goes on where it was interrupted.
    call : dict, optional
        All that the pieces depend on, by name; required with ``checkpoint``.

    Yields
    ------
    pandas.DataFrame
        The result of each piece.

    Raises
    ------
    JobError
        If ``n_jobs`` is no number of processors, a worker dies or the system refuses it something,
        or the folder is that of another call.

    Examples
    --------
    >>> double = lambda value: pd.DataFrame({"value": [2 * value]})
    >>> pd.concat(run(double, [(1,), (2,)], label="doubling"))["value"].tolist()
    [2, 4]
    """
    _check_jobs(n_jobs)
    kept = None if checkpoint is None else Checkpoint(checkpoint, call or {})
    known = {} if kept is None else _finished(kept, len(pieces))
    missing = [number for number in range(len(pieces)) if number not in known]
    made = _parallel(work, [pieces[number] for number in missing], n_jobs)
    for number in progress(range(len(pieces)), len(pieces), label):
        if number in known:
            yield known.pop(number)
            continue
        frame = _next(made, number, len(pieces), checkpoint)
        if kept is not None:
            kept.put(number, frame)
        yield frame


def _finished(kept: Checkpoint, number: int) -> dict[int, pd.DataFrame]:
    found = ((piece, kept.get(piece)) for piece in range(number))
    return {piece: frame for piece, frame in found if frame is not None}


def _parallel(
    work: Callable[..., pd.DataFrame], pieces: Sequence[tuple[Any, ...]], n_jobs: int | None
) -> Iterator[pd.DataFrame]:
    if not pieces:
        return iter(())
    how = joblib.Parallel(n_jobs=None if n_jobs == 1 else n_jobs, return_as="generator")
    return iter(how(joblib.delayed(work)(*piece) for piece in pieces))


def _next(
    made: Iterator[pd.DataFrame], number: int, total: int, checkpoint: str | Path | None
) -> pd.DataFrame:
    try:
        return next(made)
    except (BrokenExecutor, OSError) as error:
        kept = "give checkpoint= a folder to keep what is finished"
        if checkpoint is not None:
            kept = f"the same call goes on from what is kept in {checkpoint}"
        if not isinstance(error, BrokenExecutor):
            raise JobError(f"piece {number + 1} of {total} failed: {error}; {kept}") from error
        raise JobError(
            f"a worker process died after {number} of {total} pieces, most often for want of "
            f"memory; use fewer n_jobs=, and {kept}"
        ) from error


def _check_jobs(n_jobs: int | None) -> None:
    whole = isinstance(n_jobs, int | np.integer) and not isinstance(n_jobs, bool)
    if n_jobs is not None and (not whole or n_jobs == 0):
        raise JobError(f"n_jobs={n_jobs!r} is no number of processors; 1, 2, or -1 for all")
