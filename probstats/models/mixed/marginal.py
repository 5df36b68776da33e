"""The marginal log-likelihood of one grouping factor, with exact derivatives."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from probstats.models.kernel.links import Array, Link
from probstats.models.kernel.rows import Rows
from probstats.models.mixed.effects import Part
from probstats.models.mixed.grouped import GroupedRows, moves, row_scores, summed_scores
from probstats.models.mixed.integrals import Nodes, Peaks, find_peaks, integrate, make_nodes

BLOCK = 20_000
"""Rows times nodes worked on at a time, so that they stay in the processor's cache."""


class Modes(NamedTuple):
    """Random effects at some parameters, in the order of the groups.

    Attributes
    ----------
    modes : numpy.ndarray
        m, G by d, of standard normal effects u.
    covariance : numpy.ndarray
        Inverse information at the modes, G by d by d.
    """

    modes: Array
    covariance: Array


class GroupMarginal:
    """Log-likelihood of groups whose random effects are integrated out.

    Parameters
    ----------
    rows : Rows
        n rows.
    link : Link
        The latent distribution.
    part : Part
        The random effects.
    nodes : int
        Nodes in each direction; 1 is Laplace's method.

    Notes
    -----
    Parameters are those of the rows, then Lambda by rows of its lower triangle. The likelihood is
    the same for -u, so that it is even in each column of Lambda: zero is no edge.
    """

    def __init__(self, rows: Rows, link: Link, part: Part, nodes: int) -> None:
        self._link, self._n_fixed = link, rows.n_params
        self.n_effects, self._rule = part.n_effects, make_nodes(nodes, part.n_effects)
        codes = part.codes if rows.order is None else part.codes[rows.order]
        design = part.standard_design if rows.order is None else part.standard_design[rows.order]
        order = np.argsort(codes, kind="stable")
        grouped = GroupedRows(rows.take(order), design[order], codes[order])
        size = max(1, BLOCK // len(self._rule.places))
        self._slices = grouped.blocks(size)
        self._blocks = [grouped.take(groups) for groups in self._slices]
        self._last = [np.zeros((self.n_effects, block.n_groups)) for block in self._blocks]
        self._triangle = np.tril_indices(self.n_effects)

    def factor(self, params: Array) -> Array:
        """Return Lambda."""
        factor = np.zeros((self.n_effects, self.n_effects))
        factor[self._triangle] = params[self._n_fixed :]
        return factor

    def __call__(self, params: Array) -> tuple[float, Array]:
        """Return log-likelihood and gradient; minus infinity where thresholds are out of order."""
        total, gradient = 0.0, np.zeros(len(params))
        with np.errstate(all="ignore"):
            for number, block in enumerate(self._blocks):
                found = self._block(number, params, self._rule)
                if found is None:
                    return -np.inf, np.zeros(len(params))
                at, _, integral = found
                fixed, factor = summed_scores(block.rows, block.design, at, integral.pull)
                total += float(integral.loglike.sum())
                gradient += np.concatenate([fixed, factor[self._triangle]])
        return (total, gradient) if np.isfinite(total) else (-np.inf, np.zeros(len(params)))

    def _block(self, number: int, params: Array, rule: Nodes | None) -> tuple | None:
        block = self._blocks[number]
        fixed, factor = params[: self._n_fixed], self.factor(params)
        at = moves(block.rows, block.design, fixed, factor)
        laplace = len(self._rule.places) == 1
        peaks = find_peaks(block, self._link, at, self._last[number], laplace=laplace)
        if peaks is None:
            return None
        self._last[number] = peaks.modes
        if rule is None:
            return at, peaks, None
        return at, peaks, integrate(block, self._link, at, peaks, rule)

    def _all(self, params: Array, rule: Nodes | None) -> list[tuple]:
        with np.errstate(all="ignore"):
            found = [self._block(number, params, rule) for number in range(len(self._blocks))]
        if any(part is None for part in found):
            raise FloatingPointError("the likelihood is zero at these parameters")
        return [part for part in found if part is not None]

    def by_group(self, params: Array) -> tuple[Array, Array]:
        """Return log-likelihood and gradient of each group, G and G by the parameters."""
        values, scores = [], []
        for block, (at, _, integral) in zip(
            self._blocks, self._all(params, self._rule), strict=True
        ):
            fixed, factor = row_scores(block.rows, block.design, at, integral.pull)
            by_row = np.concatenate([fixed, factor[self._triangle]])
            scores.append(block.sums(by_row).T)
            values.append(integral.loglike)
        return np.concatenate(values), np.concatenate(scores)

    def modes(self, params: Array) -> Modes:
        """Return the modes of the random effects and their covariance given the data."""
        peaks: list[Peaks] = [peaks for _, peaks, _ in self._all(params, None)]
        modes = np.concatenate([peak.modes for peak in peaks], axis=1).T
        return Modes(modes, np.concatenate([peak.inverse for peak in peaks]))
