"""The least and the largest coefficient over all completions, as far as a search finds them.

The coefficient is no convex function of what is unknown, so that no search can promise its range.
What is found is attained by a completion: the true range is at least as wide.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
from scipy import optimize

from probstats.missing.cells import Codes
from probstats.missing.completions import Completion, Completions
from probstats.models.kernel.links import Array
from probstats.progress import progress

CHANGES = 400
"""Changes of single rows tried in one pass."""

PASSES = 20


class Found(NamedTuple):
    """The best completion of a search.

    Attributes
    ----------
    value : float
        Its coefficient.
    completion : Completion
        What attains it.
    """

    value: float
    completion: Completion


def extreme_slope(
    problem: Completions, sign: float, n_starts: int, rng: np.random.Generator
) -> Found:
    """Search for the largest or the least coefficient.

    Parameters
    ----------
    problem : Completions
        What is known.
    sign : float
        1 for the largest, -1 for the least.
    n_starts : int
        Random starts, besides those that order the rows.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    Found
        Not a number where no completion tried has a coefficient.

    Notes
    -----
    From each start: L-BFGS-B over the unknown exposures with exact derivatives, then single rows
    set to an end of their range or to another level while that helps, in turns until neither does.
    One start is the completion nearest to levels in the order of the exposure. Where the levels
    are known and there are no other covariates, it separates the levels if any completion does
    (see ``_in_order``), so that an infinite end is not missed. The others put a row at the upper
    or lower end by whether it is above a threshold, and anywhere.
    """
    best = Found(np.nan, Completion(problem.exposure.low, problem.levels.low))
    starts = _starts(problem, sign, n_starts, rng)
    number = len(problem.levels.labels) + 1 + n_starts
    which = "largest coefficient" if sign > 0.0 else "least coefficient"
    for start in progress(starts, number, which):
        found = _climb(problem, sign, start, rng)
        if np.isnan(best.value) or sign * found.value > sign * best.value:
            best = found
        if best.value == sign * np.inf:
            break
    return best


def _starts(
    problem: Completions, sign: float, n_starts: int, rng: np.random.Generator
) -> Iterator[Completion]:
    low, high = problem.exposure.low, problem.exposure.high
    first, last = problem.levels.low, problem.levels.high
    for codes in (first, last):
        yield Completion(_in_order(problem, codes, sign), codes)
    for threshold in range(1, len(problem.levels.labels)):
        above = (first + last) / 2.0 >= threshold
        exposure = np.where(above == (sign > 0.0), high, low)
        middle = (low.mean() + high.mean()) / 2.0
        codes = np.where((exposure > middle) == (sign > 0.0), last, first)
        yield Completion(exposure, codes)
    for _ in range(n_starts):
        yield Completion(rng.uniform(low, high), rng.integers(first, last + 1))


def _in_order(problem: Completions, codes: Codes, sign: float) -> Array:
    """Return exposures in the order of the levels, or as near to it as their ranges allow.

    Rows of level k start from the highest lower end among the levels up to k, end at the lowest
    upper end among the levels from k on, and take the share k / (K - 1) of the way. If any
    exposures are in the order of the levels, these are.
    """
    low, high = problem.exposure.low, problem.exposure.high
    if sign < 0.0:
        low, high = -high, -low
    n_levels = len(problem.levels.labels)
    floor, ceiling = np.full(n_levels, -np.inf), np.full(n_levels, np.inf)
    np.maximum.at(floor, codes, low)
    np.minimum.at(ceiling, codes, high)
    below = np.concatenate([[-np.inf], np.maximum.accumulate(floor)[:-1]])[codes]
    above = np.append(np.minimum.accumulate(ceiling[::-1])[::-1][1:], np.inf)[codes]
    start, end = np.maximum(low, below), np.minimum(high, above)
    share = codes / (n_levels - 1)
    return sign * np.clip((1.0 - share) * start + share * end, low, high)


def _climb(problem: Completions, sign: float, start: Completion, rng: np.random.Generator) -> Found:
    found = Found(problem.slope(start), start)
    for _ in range(PASSES):
        before = found.value
        for move in (_along, _singly):
            if np.isfinite(found.value):
                found = move(problem, sign, found, rng)
        if not np.isfinite(found.value) or sign * (found.value - before) <= 1e-9 * abs(before):
            break
    return found


Move = Callable[[Completions, float, Found, np.random.Generator], Found]


class _InfiniteError(Exception):
    """A completion separates the levels."""


def _along(problem: Completions, sign: float, found: Found, _: np.random.Generator) -> Found:
    """Move all unknown exposures along the gradient."""
    rows = problem.open_exposures
    if not len(rows):
        return found
    least = problem.exposure.low[rows]
    width = problem.exposure.high[rows] - least
    # Per range of the exposure: the optimiser's tolerances take values to be of order one.
    unit = sign * (problem.exposure.high.max() - problem.exposure.low.min())
    best = found
    whole = found.completion.exposure.copy()

    def descend(places: Array) -> tuple[float, Array]:
        nonlocal best
        whole[rows] = least + width * places
        completion = Completion(whole.copy(), found.completion.codes)
        value, gradient = problem.slope_and_gradient(completion)
        if np.isnan(value):
            return np.inf, np.zeros(len(rows))
        if sign * value > sign * best.value:
            best = Found(value, completion)
        if np.isinf(value):
            raise _InfiniteError
        return -unit * value, -unit * gradient[rows] * width

    start, ends = (whole[rows] - least) / width, [(0.0, 1.0)] * len(rows)
    with contextlib.suppress(_InfiniteError):
        optimize.minimize(descend, start, jac=True, method="L-BFGS-B", bounds=ends)
    return best


def _singly(problem: Completions, sign: float, found: Found, rng: np.random.Generator) -> Found:
    """Change single rows while that helps."""
    changes = _changes(problem)
    for number in rng.permutation(len(changes))[:CHANGES]:
        part, row, value = changes[number]
        exposure, codes = found.completion
        completion = Completion(exposure.copy(), codes.copy())
        completion[part][row] = value
        value = problem.slope(completion)
        if sign * value > sign * found.value:
            found = Found(value, completion)
        if np.isinf(found.value):
            break
    return found


def _changes(problem: Completions) -> list[tuple[int, int, float]]:
    """Return single changes: 0 for an exposure or 1 for a level, the row, and its new value."""
    low, high = problem.levels.low, problem.levels.high
    ends = [(0, int(row), float(end[row])) for row in problem.open_exposures
            for end in (problem.exposure.low, problem.exposure.high)]  # fmt: skip
    codes = [(1, int(row), float(code)) for row in problem.open_levels
             for code in range(low[row], high[row] + 1)]  # fmt: skip
    return ends + codes
