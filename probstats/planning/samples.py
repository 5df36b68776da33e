"""Simulated samples of a design, with the same random numbers for every odds ratio."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from probstats.models.kernel.links import Array
from probstats.planning.design import Codes, Design


@dataclass(frozen=True)
class Draws:
    """The randomness of R samples.

    Attributes
    ----------
    uniform : numpy.ndarray
        R by n; where each row's latent variable lies in its distribution.
    kept : numpy.ndarray
        R by n; whether each row's outcome is not missing.
    """

    uniform: Array
    kept: NDArray[np.bool_]

    def levels(self, cumulative: Array) -> Codes:
        """Return R by n levels for n by K - 1 probabilities of each level or a lower one."""
        levels = np.zeros(self.uniform.shape, dtype=np.intp)
        for edge in cumulative.T:
            levels += self.uniform > edge
        return levels


def draw(design: Design, size: int, rng: np.random.Generator) -> Draws:
    """Draw the randomness of some samples.

    Parameters
    ----------
    design : Design
        The design.
    size : int
        Number of samples, R.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    Draws
        Latent variables of rows of a group have correlation icc on the normal scale,
        Phi(sqrt(icc) b_g + sqrt(1 - icc) e_i), and each alone is uniform, so that the odds ratio
        of the population is the one of the truth.
    """
    normal = rng.standard_normal((size, len(design)))
    if design.groups is not None and design.icc > 0.0:
        shared = rng.standard_normal((size, int(design.groups.max()) + 1))
        normal = np.sqrt(1.0 - design.icc) * normal
        normal += np.sqrt(design.icc) * shared[:, design.groups]
    kept = rng.random(normal.shape) >= design.missing
    return Draws(ndtr(normal), kept)
