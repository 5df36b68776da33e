"""What a whole curve says against no association at all, by permuting the exposure jointly."""

from __future__ import annotations

import copy
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from probstats.jobs.pieces import Seed, chunks, run, spawn
from probstats.models.kernel.links import Array
from probstats.resampling.permutation_draws import (
    Codes,
    all_arrangements,
    log_arrangements,
    random_arrangements,
)
from probstats.resampling.permutation_result import p_value_of
from probstats.specifications.exposure import Permutable
from probstats.specifications.fitting import Setting, fit_one, with_exposure
from probstats.specifications.score_curves import ScoreCurve
from probstats.specifications.specification import Specification

TESTS = ["median", "sign", "significant", "stouffer"]
"""The statistics of a curve."""

NUMBERS = 2_000_000
"""Values of columns made at a time."""

REFITS = 5
"""Permutations in a piece of work where every specification is refitted."""

SMALLEST = 1e-300
"""P-value that smaller ones are taken for, so that z stays finite."""


@dataclass(frozen=True)
class RefitCurve:
    """All specifications of one exposure, to be fitted again for each permutation.

    Each uses the permuted exposure of its own set of covariates, at ``which`` of the columns.
    """

    setting: Setting
    specifications: list[Specification]
    which: list[int]

    def __len__(self) -> int:
        return len(self.specifications)

    def __call__(self, columns: Array) -> tuple[Array, Array]:
        """Return estimates and z, each B by S; missing where a fit failed."""
        exposure = self.specifications[0].exposure.value
        tables = [
            pd.DataFrame(
                [
                    fit_one(with_exposure(self.setting, exposure, columns[place, number]), one)
                    for place, one in zip(self.which, self.specifications, strict=True)
                ]
            )
            for number in range(columns.shape[1])
        ]
        found = [(table["estimate"].to_numpy(), z_of(table)) for table in tables]
        return np.stack([one[0] for one in found]), np.stack([one[1] for one in found])


def z_of(table: pd.DataFrame) -> Array:
    """Return the normal quantile of each p-value, with the sign of the estimate."""
    p_values = table["p_value"].to_numpy(dtype=float).clip(SMALLEST, 1.0)
    estimates = table["estimate"].to_numpy(dtype=float)
    return np.asarray(np.sign(estimates) * stats.norm.isf(p_values / 2.0))


def curve_statistics(estimates: Array, z: Array, alpha: float) -> pd.DataFrame:
    r"""Return the statistics of curves.

    Parameters
    ----------
    estimates, z : numpy.ndarray
        B by S estimates and standard normal statistics; missing where an analysis failed.
    alpha : float
        Level at which an analysis is significant.

    Returns
    -------
    pandas.DataFrame
        A row for each curve: ``median`` of the estimates; ``sign``, the share with the dominant
        sign; ``significant``, the share significant with that sign; ``stouffer``,
        :math:`\sum z / \sqrt{S}`; and ``lost``, analyses without a z.

    Examples
    --------
    >>> import numpy as np
    >>> z = np.array([[2.5, 1.0, -0.5]])
    >>> curve_statistics(z / 10, z, 0.05).round(3)
       median   sign  significant  stouffer  lost
    0     0.1  0.667        0.333     1.732     0
    """
    known, tested = ~np.isnan(estimates), ~np.isnan(z)
    positive, negative = (estimates > 0.0).sum(axis=1), (estimates < 0.0).sum(axis=1)
    limit = stats.norm.isf(alpha / 2.0)
    up, down = (z > limit).sum(axis=1), (z < -limit).sum(axis=1)
    balance = np.sign(positive - negative)
    dominant = np.where(balance == 0, np.maximum(up, down), np.where(balance > 0, up, down))
    number, n_tested = known.sum(axis=1), tested.sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return pd.DataFrame({
            "median": _medians(estimates),
            "sign": np.maximum(positive, negative) / number,
            "significant": dominant / n_tested,
            "stouffer": np.nansum(z, axis=1) / np.sqrt(n_tested),
            "lost": (~tested).sum(axis=1),
        })  # fmt: skip


def _medians(estimates: Array) -> Array:
    """Return the median of each row, of what is known; infinite values have their place."""
    return np.array([np.median(row[~np.isnan(row)]) if not np.isnan(row).all() else np.nan
                     for row in estimates])  # fmt: skip


@dataclass(frozen=True)
class Curve:
    """One exposure: what is permuted, and what is computed for each permutation."""

    exposure: Permutable
    evaluate: ScoreCurve | RefitCurve
    observed: pd.DataFrame
    name: str


def observed_scores(exposure: Permutable, evaluate: ScoreCurve, alpha: float) -> pd.DataFrame:
    """Return the statistics of the data themselves, by scores."""
    identity = np.arange(len(exposure.units.block))[None, :]
    return curve_statistics(*evaluate(exposure.columns(identity)), alpha)


def permute_curves(
    curves: list[Curve],
    number: int,
    alpha: float,
    *,
    rng: Seed,
    n_jobs: int | None,
    checkpoint: Path | None,
    call: dict[str, Any],
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Compare curves with those of permuted exposures.

    Parameters
    ----------
    curves : list of Curve
        One for each exposure.
    number : int
        Permutations; all arrangements are gone through where there are no more.
    alpha : float
        Level at which an analysis is significant.
    rng, n_jobs, checkpoint
        See ``specification_curve``.
    call : dict
        What the pieces depend on besides.

    Returns
    -------
    joint : pandas.DataFrame
        A row for each exposure and statistic.
    null_distribution : pandas.DataFrame
        The statistics of each permutation, by exposure.
    """
    if not curves:
        return pd.DataFrame(), pd.DataFrame()
    call = call | {"n_permutations": number, "rng": copy.deepcopy(rng)}
    pieces: list[tuple[Any, ...]] = []
    owner: list[int] = []
    exact: list[bool] = []
    seeds = iter(spawn(rng, sum(len(_sizes(one, number)) for one in curves)))
    for place, one in enumerate(curves):
        draws, every = _draws(one, number, seeds)
        pieces += [(one.evaluate, one.exposure, draw, alpha) for draw in draws]
        owner += [place] * len(draws)
        exact.append(every)
    found = run(
        _work, pieces, label="permuting", n_jobs=n_jobs, checkpoint=checkpoint, call=call
    )  # fmt: skip
    frames = [frame.assign(exposure=curves[place].name)
              for place, frame in zip(owner, found, strict=True)]  # fmt: skip
    null = pd.concat(frames, ignore_index=True)
    joint = [
        _tested(one, null[null["exposure"] == one.name], test, exact=every)
        for one, every in zip(curves, exact, strict=True)
        for test in TESTS
    ]
    return pd.DataFrame(joint), null[["exposure", *TESTS, "lost"]]


def _sizes(one: Curve, number: int) -> list[int]:
    if isinstance(one.evaluate, RefitCurve):
        return chunks(number, REFITS)
    return chunks(number, max(1, min(500, NUMBERS // one.exposure.n_numbers)))


def _draws(one: Curve, number: int, seeds: Any) -> tuple[list[Any], bool]:
    """Return what each piece draws, and whether that is every arrangement."""
    units, sizes = one.exposure.units, _sizes(one, number)
    generators = [next(seeds) for _ in sizes]
    kinds = units.kinds
    if log_arrangements(kinds, units.block) > math.log(number) + 1e-9:
        return list(zip(generators, sizes, strict=True)), False
    every = all_arrangements(kinds, units.block)
    return [every[start : start + sizes[0]] for start in range(0, len(every), sizes[0])], True


def _work(
    evaluate: ScoreCurve | RefitCurve,
    exposure: Permutable,
    draw: Codes | tuple[np.random.Generator, int],
    alpha: float,
) -> pd.DataFrame:
    """Return the statistics of some permuted curves."""
    block = exposure.units.block
    arrangements = random_arrangements(*draw, block) if isinstance(draw, tuple) else draw
    return curve_statistics(*evaluate(exposure.columns(arrangements)), alpha)


def _tested(one: Curve, null: pd.DataFrame, test: str, *, exact: bool) -> dict[str, Any]:
    """Return the joint test by one statistic, extreme where it is far from nothing."""
    observed = float(one.observed[test].iloc[0])
    p_value = np.nan
    if not np.isnan(observed):
        p_value = p_value_of(np.abs(null[test].to_numpy()), abs(observed), exact=exact)
    error = 0.0 if exact else math.sqrt(p_value * (1.0 - p_value) / len(null))
    return {
        "exposure": one.name, "test": test, "observed": observed, "p_value": p_value,
        "error": error, "specifications": len(one.evaluate), "n_permutations": len(null),
        "exact": exact, "lost": float(null["lost"].mean() / max(len(one.evaluate), 1)),
    }  # fmt: skip
