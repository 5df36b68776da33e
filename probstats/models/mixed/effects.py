"""Which random effects a model has: grouping factors, their groups, and their designs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from probstats.models.kernel.links import Array

INTERCEPT = "Intercept"


@dataclass(frozen=True)
class Part:
    """Random effects of one grouping factor.

    Attributes
    ----------
    name : str
        Of the grouping factor.
    labels : pandas.Index
        G groups.
    codes : numpy.ndarray
        Group of each row.
    columns : list of str
        d columns of the design, ``Intercept`` for the constant.
    design : numpy.ndarray
        z, n by d.
    """

    name: str
    labels: pd.Index
    codes: NDArray[np.intp]
    columns: list[str]
    design: Array

    @property
    def n_effects(self) -> int:
        """Number of effects d of a group."""
        return len(self.columns)

    @property
    def n_groups(self) -> int:
        """Number of groups G."""
        return len(self.labels)

    @cached_property
    def basis(self) -> Array:
        """B, d by d, with z' = z_s'B for columns z_s that are centred and scaled while fitting.

        Columns are centred only beside a constant, whose effect takes up the difference.
        """
        size = np.abs(self.design).max(axis=0)  # squares of tiny columns would be nil
        spread = size * np.sqrt(np.mean((self.design / size) ** 2, axis=0))
        if INTERCEPT not in self.columns:
            return np.diag(spread)
        basis = np.diag(np.append(1.0, self.design[:, 1:].std(axis=0)))
        basis[0, 1:] = self.design[:, 1:].mean(axis=0)
        return basis

    @property
    def standard_design(self) -> Array:
        """z_s, n by d."""
        return np.asarray(np.linalg.solve(self.basis.T, self.design.T).T, dtype=float)

    @property
    def names(self) -> list[str]:
        """Names of the parameters: standard deviations, then correlations."""
        if self.columns == [INTERCEPT]:
            return [f"sd({self.name})"]
        names = [f"sd({self.name}: {column})" for column in self.columns]
        pairs = zip(*np.tril_indices(self.n_effects, -1), strict=True)
        return names + [
            f"corr({self.name}: {self.columns[other]}, {self.columns[one]})" for one, other in pairs
        ]

    @property
    def n_params(self) -> int:
        """Number of entries of Lambda: that of standard deviations and correlations."""
        return self.n_effects * (self.n_effects + 1) // 2

    def reported(self, entries: Array) -> Array:
        """Return standard deviations and correlations, from the entries of Lambda."""
        covariance = self.covariance(entries)
        sd = np.sqrt(np.diag(covariance))
        lower = np.tril_indices(self.n_effects, -1)
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.concatenate([sd, covariance[lower] / (sd[lower[0]] * sd[lower[1]])])

    def factor(self, entries: Array) -> Array:
        """Return Lambda on the scale of the user's columns, with Lambda Lambda' the covariance."""
        factor = np.zeros((self.n_effects, self.n_effects))
        factor[np.tril_indices(self.n_effects)] = entries
        return np.asarray(np.linalg.solve(self.basis, factor), dtype=float)

    def covariance(self, entries: Array) -> Array:
        """Return the covariance of the effects of a group, d by d."""
        factor = self.factor(entries)
        return factor @ factor.T

    def entries(self, reported: Array) -> Array:
        """Return the entries of Lambda that have these standard deviations and correlations."""
        sd, lower = reported[: self.n_effects], np.tril_indices(self.n_effects, -1)
        correlation = np.eye(self.n_effects)
        correlation[lower] = reported[self.n_effects :]
        correlation = np.tril(correlation) + np.tril(correlation, -1).T
        covariance = self.basis @ (correlation * np.outer(sd, sd)) @ self.basis.T
        if self.n_effects == 1:
            return np.sqrt(covariance[0])
        return _lower_root(covariance)[np.tril_indices(self.n_effects)]

    def take(self, rows: Any) -> Part:
        """Return some of the rows, with the groups they are in."""
        codes, kept = pd.factorize(self.codes[rows], sort=True)
        return replace(
            self, labels=self.labels[kept], codes=codes.astype(np.intp), design=self.design[rows]
        )


def _lower_root(covariance: Array) -> Array:
    """Return Lambda with Lambda Lambda' the covariance, which may be singular."""
    try:
        return np.asarray(np.linalg.cholesky(covariance), dtype=float)
    except np.linalg.LinAlgError:
        values, vectors = np.linalg.eigh(covariance)
        if values[0] < -1e-10 * values[-1]:
            raise
    upper = np.linalg.qr((vectors * np.sqrt(np.maximum(values, 0.0))).T).R
    return np.asarray((upper * np.where(np.diag(upper) < 0.0, -1.0, 1.0)[:, None]).T)


@dataclass(frozen=True)
class RandomEffects:
    """All random effects of a model.

    Attributes
    ----------
    parts : tuple of Part
        One for each grouping factor; each has a single effect where there are several.
    reading : Any
        How the design of new data is made, ``probstats.models.mixed.reading.Reading``.
    """

    parts: tuple[Part, ...]
    reading: Any

    @property
    def names(self) -> list[str]:
        """Names of the parameters."""
        return [name for part in self.parts for name in part.names]

    @property
    def n_params(self) -> int:
        """Number of the parameters."""
        return sum(part.n_params for part in self.parts)

    @property
    def crossed(self) -> bool:
        """Whether there are several grouping factors."""
        return len(self.parts) > 1

    @property
    def is_sd(self) -> NDArray[np.bool_]:
        """Which parameters are standard deviations, and not correlations."""
        return np.array([name.startswith("sd(") for name in self.names])

    def designs(self, data: Any, n_rows: int) -> list[Array]:
        """Return z of new data for each part, m by d."""
        slopes = self.reading.design is not None or not self.reading.constant
        return [
            self.reading.matrix(data, n_rows) if slopes else np.ones((n_rows, 1))
            for _ in self.parts
        ]

    def split(self, values: Array) -> list[Array]:
        """Return the parameters, or entries of Lambda, of each part."""
        return np.split(values, np.cumsum([part.n_params for part in self.parts])[:-1])

    def reported(self, entries: Array) -> Array:
        """Return standard deviations and correlations, from the entries of Lambda."""
        pairs = zip(self.parts, self.split(entries), strict=True)
        return np.concatenate([part.reported(some) for part, some in pairs])

    def entries(self, reported: Array) -> Array:
        """Return the entries of Lambda, from standard deviations and correlations."""
        pairs = zip(self.parts, self.split(reported), strict=True)
        return np.concatenate([part.entries(some) for part, some in pairs])

    def slopes(self, entries: Array) -> Array:
        """Return the derivatives of ``reported`` in the entries; not a number at a zero."""
        blocks = [
            _slopes(part, some) for part, some in zip(self.parts, self.split(entries), strict=True)
        ]
        found, place = np.zeros((len(entries), len(entries))), 0
        for block in blocks:
            some = slice(place, place + len(block))
            found[some, some] = block
            place += len(block)
        return found

    def take(self, rows: Any) -> RandomEffects:
        """Return some of the rows."""
        return replace(self, parts=tuple(part.take(rows) for part in self.parts))


def _slopes(part: Part, entries: Array) -> Array:
    """Return the derivatives of standard deviations and correlations in the entries."""
    factor, d = part.factor(entries), part.n_effects
    covariance, sd = factor @ factor.T, part.reported(entries)[:d]
    one, other = np.tril_indices(d, -1)
    found, inverse = np.empty((len(entries), len(entries))), np.linalg.inv(part.basis)
    with np.errstate(invalid="ignore", divide="ignore"):
        correlation = covariance / np.outer(sd, sd)
        for number, (row, column) in enumerate(zip(*np.tril_indices(d), strict=True)):
            moved = np.zeros((d, d))
            moved[:, column] = inverse[:, row]
            change = moved @ factor.T + factor @ moved.T
            rise = np.diag(change) / (2.0 * sd)
            relative = rise / sd
            on_corr = change / np.outer(sd, sd) - correlation * (relative[:, None] + relative)
            found[:, number] = np.concatenate([rise, on_corr[one, other]])
    return found
