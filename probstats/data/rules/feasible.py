"""Which ratings of standards are possible, given bounds, counts and totals.

Standards are gone through one by one. A state is the total of points so far and, for each claim
"n of m standards were rated so", how many were; ``forward`` holds the states that can be reached,
``backward`` those from which the claims can still be met. The answer is exact.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

State = tuple[int, ...]
Bounds = tuple[int, int]


@dataclass(frozen=True)
class Claims:
    """What is claimed of m standards; levels count from 0 (Inadequate) to 3 (Outstanding).

    Attributes
    ----------
    bounds : sequence of tuple
        Lowest and highest level of each standard.
    counts : sequence of tuple
        Lowest level, highest level, and how many of the standards lie between them.
    total : tuple
        Lowest and highest total of points.
    """

    bounds: Sequence[Bounds]
    counts: Sequence[tuple[int, int, int]] = ()
    total: Bounds = (0, 10**6)

    def step(self, state: State, level: int) -> State:
        """Return the state after one more standard at a level."""
        more = (low <= level <= high for low, high, _ in self.counts)
        seen = (count + inside for count, inside in zip(state[1:], more, strict=True))
        return (state[0] + level, *seen)

    def is_met(self, state: State) -> bool:
        """Return whether a last state meets the counts and the total."""
        met = all(seen == claim[2] for seen, claim in zip(state[1:], self.counts, strict=True))
        return met and self.total[0] <= state[0] <= self.total[1]


@dataclass(frozen=True)
class Possible:
    """What can be.

    Attributes
    ----------
    bounds : list of tuple
        Lowest and highest level of each standard; empty where the claims contradict each other.
    total : tuple or None
        Lowest and highest total.
    """

    bounds: list[Bounds] = field(default_factory=list)
    total: Bounds | None = None

    def __bool__(self) -> bool:
        return self.total is not None


def possible(claims: Claims) -> Possible:
    """Return what the claims leave possible.

    Parameters
    ----------
    claims : Claims
        Bounds, counts and total.

    Returns
    -------
    Possible
        The tightest bounds; false where the claims contradict each other.

    Examples
    --------
    Three standards, two of them Inadequate, three points in all: the third is Outstanding.

    >>> possible(Claims([(0, 3), (0, 3), (3, 3)], [(0, 0, 2)], (3, 3))).bounds
    [(0, 0), (0, 0), (3, 3)]
    """
    forward = _forward(claims)
    last = {state for state in forward[-1] if claims.is_met(state)}
    if not last:
        return Possible()
    totals = [state[0] for state in last]
    return Possible(_levels(claims, forward, last), (min(totals), max(totals)))


def _forward(claims: Claims) -> list[set[State]]:
    states = [{(0,) * (1 + len(claims.counts))}]
    for low, high in claims.bounds:
        reached = {
            claims.step(state, level) for state in states[-1] for level in range(low, high + 1)
        }
        states.append(reached)
    return states


def _levels(claims: Claims, forward: list[set[State]], backward: set[State]) -> list[Bounds]:
    found = []
    for place in range(len(claims.bounds) - 1, -1, -1):
        low, high = claims.bounds[place]
        moves = [
            (state, level)
            for state in forward[place]
            for level in range(low, high + 1)
            if claims.step(state, level) in backward
        ]
        backward = {state for state, _ in moves}
        levels = [level for _, level in moves]
        found.append((min(levels), max(levels)))
    return found[::-1]
