"""Where the random effects of each group are most likely, given its rows."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from probstats.models.kernel.links import Array, Link
from probstats.models.mixed.grouped import GroupedRows, Moves

STEPS = 200
CLOSE = 1e-11
"""Length of a Newton step, in prior standard deviations, at which a mode is found."""


class Curved(NamedTuple):
    """Joint log-density of rows and random effects at some u, by group.

    Attributes
    ----------
    value : numpy.ndarray
        G values of sum log p - u'u / 2.
    slope : numpy.ndarray
        d by G derivatives.
    information : numpy.ndarray
        G by d by d, the negative second derivatives.
    """

    value: Array
    slope: Array
    information: Array


def shifted(grouped: GroupedRows, at: Moves, effects: Array) -> Array:
    """Return the bounds of all rows at effects u, d by G."""
    return at.bounds + (at.pulls * effects[:, grouped.codes]).sum(axis=0)


def information_of(grouped: GroupedRows, pulls: Array, second: Array) -> Array:
    """Return I less the sums of second derivatives times c c', G by d by d."""
    n_effects = len(pulls)
    weighted = -grouped.weights * second
    found = np.empty((grouped.n_groups, n_effects, n_effects))
    for one in range(n_effects):
        for other in range(one + 1):
            sums = grouped.sums(weighted * pulls[one] * pulls[other])
            found[:, one, other] = found[:, other, one] = sums + (one == other)
    return found


def _curved(grouped: GroupedRows, link: Link, at: Moves, effects: Array) -> Curved:
    slopes = link.slopes(shifted(grouped, at, effects))
    pull = grouped.weights * (slopes.first[0] + slopes.first[1])
    value = grouped.sums(grouped.weights * slopes.log_p) - 0.5 * (effects**2).sum(axis=0)
    slope = grouped.sums(pull * at.pulls) - effects
    second = slopes.shift[0] + slopes.shift[1]
    if not link.log_concave:
        second = _made_concave(grouped, at, second)
    return Curved(value, slope, information_of(grouped, at.pulls, second))


def _made_concave(grouped: GroupedRows, at: Moves, second: Array) -> Array:
    """Return second derivatives, held at zero in groups whose information is not positive."""
    information = information_of(grouped, at.pulls, second)
    lost = np.linalg.eigvalsh(information)[:, 0] <= 1e-3
    return np.where(lost[grouped.codes], np.minimum(second, 0.0), second)


def find_modes(grouped: GroupedRows, link: Link, at: Moves, start: Array) -> Array:
    """Return the modes of all groups by Newton's method, each with steps of its own length.

    Parameters
    ----------
    grouped : GroupedRows
        n rows in G groups.
    link : Link
        The latent distribution.
    at : Moves
        Where the bounds lie.
    start : numpy.ndarray
        d by G effects to start from.

    Returns
    -------
    numpy.ndarray
        d by G modes; not a number where a group has no density to climb.
    """
    effects, here = start, _curved(grouped, link, at, start)
    if not np.isfinite(here.value.sum()):
        effects = np.zeros_like(start)
        here = _curved(grouped, link, at, effects)
    for _ in range(STEPS):
        step = _newton_step(here)
        if not np.abs(step).max() > CLOSE:  # also where it is not a number
            return effects
        effects, here = _climb(grouped, link, at, (effects, here), step)
    return effects


def _newton_step(here: Curved) -> Array:
    if here.information.shape[1] == 1:
        return here.slope / here.information[:, 0, 0]
    step = np.linalg.solve(here.information, here.slope.T[:, :, None])
    return np.asarray(step[:, :, 0].T, dtype=float)


def _climb(
    grouped: GroupedRows, link: Link, at: Moves, current: tuple[Array, Curved], step: Array
) -> tuple[Array, Curved]:
    """Halve the steps of the groups that would fall until none does."""
    effects, here = current
    size = np.ones(step.shape[1])
    slack = 1e-12 * np.abs(here.value) + 1e-12
    for _ in range(60):
        trial = effects + size * step
        found = _curved(grouped, link, at, trial)
        falls = ~(found.value >= here.value - slack)
        if not falls.any():
            break
        size[falls] /= 2.0
    return trial, found
