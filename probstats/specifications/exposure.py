"""An exposure as something to permute, in all its specifications at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd

from probstats.errors import ModelError
from probstats.models.kernel.links import Array
from probstats.models.reading.formulas import evaluate, parse, without_constant
from probstats.resampling.permutation_draws import Codes
from probstats.resampling.permutation_groups import Groups, read_groups
from probstats.resampling.permutation_null import Null, Term
from probstats.resampling.permutation_units import Units, units_of
from probstats.specifications.specification import Specification


@dataclass(frozen=True)
class Exchange:
    """How an exposure is permuted; see ``specification_curve``."""

    groups: str | None
    exchange: str | None
    given: str


Terms = tuple[str, ...]
"""The covariates of a specification."""


@dataclass(frozen=True)
class Permutable:
    """An exposure split into what stays and what is permuted, by each set of covariates.

    Attributes
    ----------
    name : str
        The exposure.
    units : Units
        What is exchanged: of the exposure, a column for each of C ways to split it.
    sets : dict
        Which of them belongs to each set of covariates.
    refused : dict
        Why sets of covariates leave nothing to permute.
    places : numpy.ndarray
        Rows of the data whose exposure is known.
    n_rows : int
        Rows of the data.
    mean, size : float
        Mean of the exposure, and its standard deviation, the unit of ``units``.
    """

    name: str
    units: Units
    sets: dict[Terms, int]
    refused: dict[Terms, str]
    places: Codes
    n_rows: int
    mean: float
    size: float

    @property
    def n_numbers(self) -> int:
        """Numbers in one permutation."""
        return self.n_rows * len(self.units.fitted)

    def refusal(self, one: Specification) -> str:
        """Return why the exposure cannot be permuted for a specification; empty where it can."""
        if one.terms in self.sets:
            return ""
        return self.refused.get(one.terms, "a covariate uses the exposure")

    def columns(self, arrangements: Codes) -> Array:
        """Return the exposure by arrangement, C by B by n, missing where it is missing."""
        found = np.full((len(self.units.fitted), len(arrangements), self.n_rows), np.nan)
        found[:, :, self.places] = self.mean + self.size * self.units.columns(arrangements)
        return found


def permutable(
    name: str, data: pd.DataFrame, sets: Sequence[Terms], exchange: Exchange
) -> Permutable:
    """Return an exposure as something to permute.

    Parameters
    ----------
    name : str
        Its column.
    data : pandas.DataFrame
        The data.
    sets : sequence of tuple
        Terms of each set of covariates.
    exchange : Exchange
        How it is permuted. Residuals are those of each set; strata are those of all together.

    Returns
    -------
    Permutable
        The exposure, for all sets of covariates.

    Raises
    ------
    ModelError
        If no set leaves anything to permute, or groups are missing or cannot be used so.
    """
    values = numbers_of(data[name])
    places = np.flatnonzero(np.isfinite(values))
    known, rows = values[places], data.iloc[places]
    groups = _groups(exchange.groups, rows)
    every = tuple(dict.fromkeys(term for terms in sets for term in terms))
    wanted = sorted(set(sets), key=len) if exchange.given == "residuals" else [every]
    made: dict[Terms, Units] = {}
    refused: dict[Terms, str] = {}
    for terms in wanted:
        null = _null(name, known[:, None], _covariates(rows, terms), several=len(wanted) > 1)
        try:
            made[terms] = units_of(null, groups, exchange.exchange, exchange.given)
        except ModelError as error:
            refused[terms] = str(error)
    if not made:
        raise ModelError(next(iter(refused.values())))
    which = {terms: number for number, terms in enumerate(made)}
    if exchange.given != "residuals":
        which = dict.fromkeys(sets, 0)
    mean = float(known.mean())
    size = float(np.sqrt(np.mean((known - mean) ** 2)))
    return Permutable(
        name, _together(list(made.values())), which, refused, places, len(data), mean, size
    )


def _groups(name: str | None, rows: pd.DataFrame) -> Groups | None:
    if name is None:
        return None
    return Groups(read_groups(name, rows[name], np.arange(len(rows))).codes, name)


def _together(units: list[Units]) -> Units:
    """Return units of one exchange whose values are columns side by side."""
    fitted = np.concatenate([one.fitted for one in units])
    exchanged = np.concatenate([one.values for one in units])  # noqa: PD011 - no frame
    return replace(
        units[-1],
        fitted=fitted,
        values=exchanged,
        approximate=any(one.approximate for one in units),
    )


def numbers_of(column: pd.Series) -> Array:
    """Return an exposure as numbers: of two categories 1 for the second."""
    if not isinstance(column.dtype, pd.CategoricalDtype):
        return column.to_numpy(dtype=float, na_value=np.nan)
    codes = column.cat.codes.to_numpy(dtype=float)
    return np.where(codes < 0.0, np.nan, codes)


def _covariates(rows: pd.DataFrame, terms: tuple[str, ...]) -> pd.DataFrame:
    """Return the columns of all terms, with means and a mark where they are missing."""
    parts = [_term(rows, term) for term in terms]
    if not parts:
        return pd.DataFrame(index=rows.index)
    found = pd.concat(parts, axis=1)
    return found.loc[:, ~found.columns.duplicated()]


def _term(rows: pd.DataFrame, term: str) -> pd.DataFrame:
    parsed = parse(term)
    names = [name for name in rows.columns if name in parsed.required_variables]
    complete = rows[names].notna().all(axis=1)
    used = rows[complete].copy()
    for name in names:
        if isinstance(used[name].dtype, pd.CategoricalDtype):
            used[name] = used[name].cat.remove_unused_categories()
    known = without_constant(evaluate(parsed, used))
    found = known.reindex(rows.index)
    found = found.fillna(found.mean())
    if complete.all():
        return found
    return found.assign(**{f"{', '.join(names)} missing": (~complete).astype(float)})


def _null(name: str, columns: Array, others: pd.DataFrame, *, several: bool) -> Null:
    """Return what ``units_of`` sees of a null model: a term of the location, beside others."""
    model: Any = SimpleNamespace(thresholds=SimpleNamespace(shift=True))
    more = others.shape[1] - 3
    named = ", ".join(map(str, others.columns[:3])) + (f" and {more} more" if more > 0 else "")
    return Null(
        SimpleNamespace(model=model), Term(name, "location", [0]), columns, others,
        "those of each specification" if several else named, np.arange(len(columns)), (),
    )  # fmt: skip
