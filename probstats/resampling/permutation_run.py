"""A permutation test in pieces: the arrangements, their statistics and what they say."""

from __future__ import annotations

import copy
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from probstats.errors import FewGroupsWarning, ModelError, ResampleWarning
from probstats.jobs.pieces import Seed, chunks, run, spawn
from probstats.models.kernel.links import Array
from probstats.models.trouble import warn
from probstats.resampling.permutation_draws import (
    Codes,
    all_arrangements,
    log_arrangements,
    random_arrangements,
)
from probstats.resampling.permutation_null import Null
from probstats.resampling.permutation_refits import Refits, refits_of
from probstats.resampling.permutation_result import PermutationTest, p_value_of
from probstats.resampling.permutation_scores import Scores, scores_of
from probstats.resampling.permutation_units import Units

MOST = 1_000_000
"""Arrangements gone through at most."""

NUMBERS = 4_000_000
"""Values of columns made at a time."""

REFITS = 50
"""Refits in a piece of work."""

MANY = 0.1
"""Share of arrangements without a statistic from which on there is a warning."""

FEW = 20
"""Arrangements below which no p-value can be 0.05 or less."""


@dataclass(frozen=True)
class Plan:
    """What a user asks for; see ``permutation_test``."""

    statistic: str
    alternative: str
    n_resamples: int
    exact: bool | None


def permute(
    null: Null,
    units: Units,
    plan: Plan,
    *,
    rng: Seed,
    n_jobs: int | None,
    checkpoint: str | Path | None,
) -> PermutationTest:
    """Compute the statistic for arrangements of the units.

    Parameters
    ----------
    null : Null
        The null fit and the term.
    units : Units
        What is exchanged.
    plan : Plan
        What is asked for.
    rng, n_jobs, checkpoint
        See ``permutation_test``.

    Returns
    -------
    PermutationTest
        What was found.

    Raises
    ------
    ModelError
        If the statistic cannot be computed for the data, or for no arrangement.
    """
    scores = plan.statistic == "score"
    evaluate = scores_of(null) if scores else refits_of(null, plan.statistic)
    kinds = units.kinds
    logarithm = log_arrangements(kinds, units.block)
    exact = _goes_through_all(plan, logarithm)
    observed = _observed(evaluate, units, plan, null.term.name)
    call = _call(null, units, plan) | {"exact": exact, "rng": copy.deepcopy(rng)}
    size = max(1, min(1000, NUMBERS // units.fitted.size)) if scores else REFITS
    if exact:
        draws: list[Any] = _slices(all_arrangements(kinds, units.block), size)
    else:
        sizes = chunks(plan.n_resamples, size)
        draws = list(zip(spawn(rng, len(sizes)), sizes, strict=True))
    pieces = [(evaluate, units, draw) for draw in draws]
    frames = run(_work, pieces, label="permuting", n_jobs=n_jobs, checkpoint=checkpoint, call=call)
    values = _values(pd.concat(list(frames), ignore_index=True), plan)
    notes = (*null.notes, *_notes(values, logarithm, grouped=units.grouped))
    return _result(null, units, plan, observed, values, exact=exact, notes=notes)


def _call(null: Null, units: Units, plan: Plan) -> dict[str, Any]:
    """Return all that the pieces depend on."""
    outcome = null.fit.model.outcome
    rows = (outcome.low, outcome.high, null.columns, null.others.to_numpy(dtype=float))
    return {
        "data": (*rows, units.of_row, units.block),
        "model": (null.fit.model.link.name, null.fit.model.threshold, null.parts),
        "term": (null.term.name, units.permuted),
        "statistic": plan.statistic,
        "n_resamples": plan.n_resamples,
    }


def _goes_through_all(plan: Plan, logarithm: float) -> bool:
    few = logarithm <= math.log(min(plan.n_resamples, MOST)) + 1e-9
    if plan.exact and logarithm > math.log(MOST) + 1e-9:
        raise ModelError(
            f"exact=True: there are about 1e{logarithm / math.log(10.0):.0f} arrangements, and "
            f"{MOST:,} at most are gone through; leave exact out to draw some of them"
        )
    return few if plan.exact is None else plan.exact


def _slices(arrangements: Codes, size: int) -> list[Codes]:
    return [arrangements[start : start + size] for start in range(0, len(arrangements), size)]


def _work(
    evaluate: Scores | Refits, units: Units, draw: Codes | tuple[np.random.Generator, int]
) -> pd.DataFrame:
    """Return the statistics of some arrangements, or of random ones."""
    arrangements = random_arrangements(*draw, units.block) if isinstance(draw, tuple) else draw
    statistics, roots = evaluate(units.columns(arrangements))
    return pd.DataFrame({"statistic": statistics, "root": roots})


def _values(found: pd.DataFrame, plan: Plan) -> Array:
    """Return the statistics, large where they are extreme."""
    if plan.alternative == "two-sided":
        return found["statistic"].to_numpy(dtype=float)
    sign = 1.0 if plan.alternative == "greater" else -1.0
    return sign * found["root"].to_numpy(dtype=float)


def _observed(evaluate: Scores | Refits, units: Units, plan: Plan, term: str) -> float:
    identity = np.arange(len(units.block))[None, :]
    value = float(_values(_work(evaluate, units, identity), plan)[0])
    if np.isnan(value):
        raise ModelError(
            f"the {plan.statistic} statistic of {term!r} cannot be computed for the data: the fit "
            f"with the term has no maximum, or is too close to having none; use statistic='score'"
        )
    return value


def _notes(values: Array, logarithm: float, *, grouped: bool) -> list[str]:
    """Return what makes a test weak or doubtful, and warn of it."""
    failed, total = int(np.isnan(values).sum()), len(values)
    if failed == total:
        raise ModelError(
            f"none of the {total:,} arrangements has a statistic, so that there is nothing to "
            f"compare the data with; use statistic='score'"
        )
    if failed > MANY * total:
        warn(
            f"{failed:,} of {total:,} arrangements have no statistic and count as more extreme "
            f"than the data, so that the test has little power; use statistic='score'",
            ResampleWarning,
        )
    if logarithm >= math.log(FEW) - 1e-9:
        return []
    number = round(math.exp(logarithm))
    sentence = f"there are {number} arrangements only, so that no p-value is below {1 / number:.2g}"
    if grouped:
        warn(sentence, FewGroupsWarning)
    return [f"{sentence[0].upper()}{sentence[1:]}."]


def _result(
    null: Null, units: Units, plan: Plan, observed: float, values: Array, *,
    exact: bool, notes: tuple[str, ...],
) -> PermutationTest:  # fmt: skip
    p_value = p_value_of(values, observed, exact=exact)
    two_sided = plan.alternative == "two-sided"
    sign = -1.0 if plan.alternative == "less" else 1.0
    reference = stats.chi2.sf(observed, null.df) if two_sided else stats.norm.sf(observed)
    return PermutationTest(
        term=null.term.name,
        method=plan.statistic,
        alternative=plan.alternative,
        statistic=sign * observed,
        df=null.df,
        p_value=p_value,
        p_chi2=float(reference),
        error=0.0 if exact else float(np.sqrt(p_value * (1.0 - p_value) / len(values))),
        n_resamples=len(values),
        exact=exact,
        approximate=units.approximate,
        failures=int(np.isnan(values).sum()),
        permuted=units.permuted,
        null_distribution=sign * values,
        notes=notes,
    )
