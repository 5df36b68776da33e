"""Structures of the thresholds: how the K - 1 thresholds depend on fewer parameters.

Thresholds are theta = J alpha. The structures, their parameters and their names are those of
R's ``ordinal::clm`` (Christensen 2019, section 4.2).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from probstats.errors import ModelError
from probstats.models.kernel.links import Array


@dataclass(frozen=True)
class Thresholds:
    """A structure of thresholds.

    Attributes
    ----------
    structure : str
        Its name.
    names : list of str
        Names of the t parameters alpha.
    labels : list of str
        Names of the K - 1 thresholds theta, ``lower|upper``.
    jacobian : numpy.ndarray
        J, K - 1 by t.
    """

    structure: str
    names: list[str]
    labels: list[str]
    jacobian: Array

    @cached_property
    def shift(self) -> Array | None:
        """The alpha that adds one to every threshold; None where there is none."""
        ones = np.ones(len(self.labels))
        alpha, *_ = np.linalg.lstsq(self.jacobian, ones)
        return np.asarray(alpha, float) if np.allclose(self.jacobian @ alpha, ones) else None

    def parameters(self, theta: Array) -> Array:
        """Return parameters that come near to given thresholds and keep them in order."""
        alpha, *_ = np.linalg.lstsq(self.jacobian, theta)
        if np.all(np.diff(self.jacobian @ alpha) > 0):
            return np.asarray(alpha, float)
        evenly = np.linspace(-1.0, 1.0, len(theta)) * max(float(np.ptp(theta)), 1.0) / 2.0
        alpha, *_ = np.linalg.lstsq(self.jacobian, evenly + self._middle(theta))
        return np.asarray(alpha, float)

    def _middle(self, theta: Array) -> float:
        return 0.0 if self.shift is None else float(theta.mean())


def make_thresholds(structure: str, labels: list[str]) -> Thresholds:
    """Return the structure of that name for the thresholds of an outcome.

    Parameters
    ----------
    structure : {"flexible", "symmetric", "symmetric2", "equidistant"}
        Free thresholds; thresholds symmetric about their middle; symmetric about zero; or with
        equal steps.
    labels : list of str
        Names of the K - 1 thresholds.

    Returns
    -------
    Thresholds
        The structure.

    Raises
    ------
    ModelError
        If the structure is not known, or means nothing with a single threshold.

    Examples
    --------
    >>> make_thresholds("equidistant", ["1|2", "2|3", "3|4"]).jacobian
    array([[1., 0.],
           [1., 1.],
           [1., 2.]])
    """
    if structure not in STRUCTURES:
        known = ", ".join(STRUCTURES)
        raise ModelError(f"threshold={structure!r} is not known; choose one of {known}")
    if structure != "flexible" and len(labels) < 2:
        raise ModelError(f"threshold={structure!r} needs an outcome of three or more levels")
    names, jacobian = STRUCTURES[structure](labels)
    return Thresholds(structure, names, labels, jacobian)


def _flexible(labels: list[str]) -> tuple[list[str], Array]:
    return list(labels), np.eye(len(labels))


def _equidistant(labels: list[str]) -> tuple[list[str], Array]:
    steps = np.arange(len(labels), dtype=float)
    return ["threshold.1", "spacing"], np.column_stack([np.ones_like(steps), steps])


def _symmetric(labels: list[str]) -> tuple[list[str], Array]:
    spread = _spread(len(labels))
    if len(labels) % 2:
        jacobian = np.column_stack([np.ones(len(labels)), spread])
        return ["central", *_spacings(spread.shape[1])], jacobian
    upper = (np.arange(len(labels)) >= len(labels) // 2).astype(float)
    # Two thresholds are the middle; the others lie at equal distances outside of them.
    jacobian = np.column_stack([1.0 - upper, upper, spread[:, 1:]])
    return ["central.1", "central.2", *_spacings(spread.shape[1] - 1)], jacobian


def _symmetric2(labels: list[str]) -> tuple[list[str], Array]:
    spread = _spread(len(labels))
    return _spacings(spread.shape[1]), spread


def _spacings(count: int) -> list[str]:
    return [f"spacing.{number}" for number in range(1, count + 1)]


def _spread(n_thresholds: int) -> Array:
    """Return the matrix that puts distance k below and above the middle, nearest first."""
    half = n_thresholds // 2
    above = np.eye(half)
    middle = np.zeros((n_thresholds % 2, half))
    return np.vstack([-above[::-1], middle, above])


STRUCTURES: dict[str, Callable[[list[str]], tuple[list[str], Any]]] = {
    "flexible": _flexible,
    "symmetric": _symmetric,
    "symmetric2": _symmetric2,
    "equidistant": _equidistant,
}
