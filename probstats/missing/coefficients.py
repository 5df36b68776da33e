"""Ends of the coefficient of an exposure over all completions, as far as they are found."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator
from dataclasses import replace

import numpy as np
import pandas as pd

from probstats.errors import ModelError, ProbstatsWarning
from probstats.missing.bounds_results import SEARCHED, Quantity
from probstats.missing.cell_ranges import pick
from probstats.missing.cells import Levels, Range
from probstats.missing.completions import Completion, Completions
from probstats.missing.ends import Wald
from probstats.missing.shares import completed
from probstats.missing.slope_search import Found, extreme_slope
from probstats.models.cumulative_link import CumulativeLinkModel


def coefficient(
    data: pd.DataFrame,
    levels: Levels,
    exposure: Range,
    covariates: Iterable[str],
    n_starts: int,
    rng: np.random.Generator,
) -> Iterator[Quantity]:
    """Bound the coefficient of an exposure in a proportional-odds model.

    Parameters
    ----------
    data : pandas.DataFrame
        Has the covariates.
    levels : Levels
        The outcome.
    exposure : Range
        The exposure.
    covariates : iterable of str
        Columns of numbers to adjust for.
    n_starts : int
        Random starts of each search.
    rng : numpy.random.Generator
        Source of randomness.

    Yields
    ------
    Quantity
        The coefficient and the odds ratio.

    Raises
    ------
    ModelError
        If a row has no limits, a covariate is missing somewhere, or no completion has a
        coefficient.
    """
    _require_limits(data, exposure)
    problem = Completions(levels, exposure, _others(data, covariates))
    found = [extreme_slope(problem, sign, n_starts, rng) for sign in (-1.0, 1.0)]
    if any(np.isnan(one.value) for one in found):
        raise ModelError(
            f"no completion tried has a coefficient of {exposure.name!r}; is it constant, or does "
            f"it add nothing to the covariates?"
        )
    known = (exposure.low == exposure.high) & (levels.low == levels.high)
    low, high = (Wald(end.value, _error(problem, end)) for end in found)
    low_rows, high_rows = (_rows(levels, exposure, end.completion, data.index) for end in found)
    one = Quantity(f"coefficient of {exposure.name}", low, high, low_rows, high_rows,
                   float(known.mean()), 0.0, tuple(_notes(problem, found)))  # fmt: skip
    yield one
    yield replace(one, name=f"odds ratio of {exposure.name}", scale=_odds_ratio, nothing=1.0)


def _odds_ratio(value: float) -> float:
    with np.errstate(over="ignore"):  # of an exposure in tiny units it is infinite for a float
        return float(np.exp(value))


def _require_limits(data: pd.DataFrame, exposure: Range) -> None:
    for side, ends in (("lower", exposure.low), ("upper", exposure.high)):
        open_ = np.flatnonzero(np.isinf(ends))
        if len(open_):
            more = f" and {len(open_) - 1} more" if len(open_) > 1 else ""
            raise ModelError(
                f"exposure {exposure.name!r} has no {side} limit in row "
                f"{data.index.tolist()[open_[0]]!r}{more}; say what is possible with "
                f"limits=(lowest, highest)"
            )


def _others(data: pd.DataFrame, covariates: Iterable[str]) -> np.ndarray:
    if isinstance(covariates, str):
        raise ModelError(f"covariates={covariates!r} must be a list of columns")
    columns = [pick(data, name, "covariates") for name in covariates]
    for column in columns:
        if not pd.api.types.is_numeric_dtype(column):
            raise ModelError(f"covariate {column.name!r} has type {column.dtype}; give numbers")
        if column.isna().any():
            raise ModelError(
                f"covariate {column.name!r} is missing in {int(column.isna().sum())} of "
                f"{len(column)} rows; only outcome and exposure may be missing"
            )
    values = [column.to_numpy(dtype=float) for column in columns]
    others = np.column_stack(values) if values else np.empty((len(data), 0))
    _require_own(others, [str(column.name) for column in columns])
    return others


def _require_own(others: np.ndarray, names: list[str]) -> None:
    """Raise if a covariate is infinite, constant, or says what those before it say."""
    for place, name in enumerate(names):
        if not np.isfinite(others[:, place]).all():
            raise ModelError(f"covariate {name!r} has infinite values; drop or fill these rows")
        if np.ptp(others[:, place]) == 0.0:
            raise ModelError(f"covariate {name!r} is constant; leave it out")
        seen = others[:, : place + 1] - others[:, : place + 1].mean(axis=0)
        if np.linalg.matrix_rank(seen / np.abs(seen).max(axis=0), tol=1e-9 * len(seen)) <= place:
            raise ModelError(f"covariate {name!r} follows from {', '.join(names[:place])}")


def _notes(problem: Completions, found: list[Found]) -> Iterator[str]:
    if len(problem.open_exposures) or len(problem.open_levels):
        yield SEARCHED
    if any(np.isinf(end.value) for end in found):
        yield "an end is infinite where a completion separates the levels"


def _error(problem: Completions, found: Found) -> float:
    """Return the robust error of the coefficient in a completion."""
    if not np.isfinite(found.value):
        return np.nan
    exog = pd.DataFrame(np.column_stack([found.completion.exposure, problem.others]))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ProbstatsWarning)
        fit = CumulativeLinkModel(found.completion.codes, exog).fit(cov_type="HC1")
    return float(fit.bse.iloc[0])


def _rows(levels: Levels, exposure: Range, completion: Completion, index: pd.Index) -> pd.DataFrame:
    frame = completed(levels, completion.codes, None, None, index)
    frame[exposure.name] = completion.exposure
    return frame
