"""Worst-case bounds: what holds whatever the missing values are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import pandas as pd

from probstats.errors import ModelError
from probstats.jobs.pieces import generator
from probstats.missing.bounds_results import Bounds, Quantity
from probstats.missing.cell_ranges import (
    Column,
    Limits,
    pick,
    read_groups,
    read_levels,
    read_range,
)
from probstats.missing.cells import Groups, Levels
from probstats.missing.coefficients import coefficient
from probstats.missing.comparisons import differences, superiority
from probstats.missing.shares import shares
from probstats.models.fit_options import check_alpha, is_whole

_SEVERAL = (list, tuple, np.ndarray, pd.Series, pd.Index)
MEASURES = ("share", "difference", "superiority", "coefficient")


def bounds(
    data: pd.DataFrame,
    outcome: Column,
    exposure: Column | None = None,
    *,
    measure: str = "share",
    at_least: Any = None,
    cut: float | None = None,
    limits: Limits | None = None,
    covariates: Iterable[str] = (),
    level: float = 0.95,
    n_starts: int = 5,
    rng: np.random.Generator | int | None = None,
) -> Bounds:
    r"""Bound a quantity by its least and its largest value over all completions of the data.

    Nothing is assumed about why values are missing (Manski 2003). An outcome is known, known
    within a range of levels, or may have any level; an exposure is known, known within a range, or
    may have any value within limits. Where these bounds exclude no difference, no story about the
    missing values can take the difference away. Where they include it, any answer rests on
    assumptions about the missing values.

    Parameters
    ----------
    data : pandas.DataFrame
        One row for each unit. No row is dropped.
    outcome : str or tuple of str
        A column of ordered levels, or a pair of columns: the lowest and the highest level each
        row may have. Missing is any declared level, on its side.
    exposure : str or tuple of str, optional
        A column of numbers; or a pair of columns, the least and the largest value each row may
        have; or a column of declared categories or booleans, which are groups. Missing is any
        value within the limits, on its side, or any group.
    measure : {"share", "difference", "superiority", "coefficient"}
        - ``"share"``: the share of each level, or of at least a level; overall, or in each group;
        - ``"difference"``: P(Y >= j | second group) - P(Y >= j | first group);
        - ``"superiority"``: P(Y2 > Y1) + P(Y2 = Y1) / 2 of one row of each group, and Somers' D,
          which is twice that less one;
        - ``"coefficient"``: the coefficient of the exposure in a proportional-odds model, and the
          odds ratio.
    at_least : level or list of levels, optional
        Levels j. By default shares are of single levels, and differences at all levels but the
        lowest.
    cut : float, optional
        Cut point of an exposure in numbers: the first group lies below it, the second at or above.
    limits : tuple of float, optional
        The least and the largest exposure possible at all. Required by a coefficient where some
        exposure is missing, and where all are missing.
    covariates : iterable of str
        Columns of numbers a coefficient is adjusted for; without missing values.
    level : float
        Coverage of the intervals.
    n_starts : int
        Random starts of the search for a coefficient, besides those that order the rows.
    rng : numpy.random.Generator or int, optional
        Source of randomness of that search, or its seed.

    Returns
    -------
    Bounds
        Its ``table`` has ``low`` and ``high`` of each quantity with an interval, ``summary()``
        says them in sentences, ``completion()`` gives data that attain them.

    Raises
    ------
    ModelError
        If an argument cannot be used or does not go with the measure, a column has no order or no
        declared categories, the outcome has one level only, or no row can be in a group.
    DataError
        If a value lies outside of the limits, or a range ends below its start.

    Notes
    -----
    Shares and differences: sharp. In a group of m sure members, a of whom surely reach level j,
    and u perhaps members who may fall short of it, the least share is a / (m + u) (Horowitz and
    Manski 1995, 2000). In a difference, rows of unknown group that surely reach j go to one group
    and those that surely do not go to the other; of those that may do either, every number k is
    tried. Superiority: sharp where the ranges of levels of rows of unknown group are ordered (all
    known, say) or few; otherwise the bound is an outer one, and a note says so.

    Coefficients: the set of estimates over all completions need be neither convex nor easy to
    search. The ends are attained by completions that a local search found from several starts, so
    that the true range may be wider. An infinite end is one where a completion separates the
    levels.

    Intervals cover the quantity, not all of its bounds (Imbens and Manski 2004; Stoye 2009): each
    end moves out by c standard errors of the estimate in the completion that attains it, with
    Phi(c + width / error) - Phi(-c) = level. How a completion is chosen adds nothing to the error
    to first order, since it is chosen best. Limits are Wilson's for a share, Newcombe's for a
    difference, on log odds for a superiority, and symmetric for a coefficient, with errors robust
    against a wrong model (HC1). Rows are taken as independent.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> import probstats as ps
    >>> data = pd.DataFrame({
    ...     "rating": pd.Categorical([1, 2, 3, 1, 2, 3, 3, 2], [1, 2, 3], ordered=True),
    ...     "vacancies": [30, 22, 8, np.nan, 25, 4, np.nan, 10],
    ... })
    >>> found = ps.bounds(data, "rating", "vacancies", cut=20, at_least=2, measure="difference")
    >>> print(found.summary())
    P(rating >= 2 | vacancies >= 20) - P(rating >= 2 | vacancies < 20)
        lies between −0.500 and 0.000 whatever the missing values are
        (95% interval −0.818 to 0.439; known in 75% of rows):
        this includes no difference, so the data alone do not say the direction.
    """
    if measure not in MEASURES:
        raise ModelError(f"measure={measure!r} is not known; choose one of {', '.join(MEASURES)}")
    check_alpha(level, "level")
    if not is_whole(n_starts) or n_starts < 0:
        raise ModelError(f"n_starts={n_starts!r} must be a whole number, 0 or more")
    asked = {"at_least": at_least, "cut": cut, "limits": limits, "covariates": list(covariates)}
    _require_use(measure, exposure, asked)
    levels = read_levels(data, outcome)
    if measure == "coefficient":
        values = read_range(data, _given(exposure, measure), limits)
        source = generator(rng)
        found = list(coefficient(data, levels, values, covariates, int(n_starts), source))
    else:
        groups = None if exposure is None else _groups(data, exposure, cut, limits)
        found = list(_of_groups(measure, levels, groups, at_least, data.index))
    table = pd.DataFrame([one.row(level) for one in found])
    notes = [*_unobserved(data, outcome, exposure), *(note for one in found for note in one.notes)]
    return Bounds(table, measure, level, len(data), tuple(dict.fromkeys(notes)), tuple(found))


USES = {
    "share": {"at_least", "cut", "limits"},
    "difference": {"at_least", "cut", "limits"},
    "superiority": {"cut", "limits"},
    "coefficient": {"limits", "covariates"},
}


def _require_use(measure: str, exposure: Any, asked: dict[str, Any]) -> None:
    """Raise if an argument would be without effect."""
    for name, value in asked.items():
        if value is None or (isinstance(value, list) and not value and name == "covariates"):
            continue
        if name not in USES[measure]:
            raise ModelError(f"measure={measure!r} has no use for {name}={value!r}; leave it out")
        if exposure is None and name != "at_least":
            raise ModelError(f"{name}={value!r} says something of an exposure; give exposure=")


def _unobserved(data: pd.DataFrame, *columns: Column | None) -> Iterator[str]:
    for names in columns:
        for name in [] if names is None else [names] if isinstance(names, str) else names:
            if data[name].isna().all():
                yield f"no row has {name!r}, of which only what is possible at all is used"


def _given(exposure: Column | None, measure: str) -> Column:
    if exposure is None:
        raise ModelError(f"measure={measure!r} needs an exposure; give exposure=")
    return exposure


def _groups(
    data: pd.DataFrame, exposure: Column, cut: float | None, limits: Limits | None
) -> Groups:
    """Return the groups of categories, or those below and above a cut point."""
    column = pick(data, exposure, "exposure") if isinstance(exposure, str) else None
    if column is not None and _has_groups(column):
        for name, value in (("cut", cut), ("limits", limits)):
            if value is not None:
                raise ModelError(
                    f"exposure {exposure!r} has categories; {name}={value!r} is for numbers"
                )
        return read_groups(data, str(exposure))
    values = read_range(data, exposure, limits)
    if cut is None:
        raise ModelError(
            f"exposure {values.name!r} holds numbers; cut= makes two groups of them, below and at "
            f"or above it"
        )
    return values.cut(cut)


def _has_groups(column: pd.Series) -> bool:
    categorical = isinstance(column.dtype, pd.CategoricalDtype)
    return categorical or pd.api.types.is_bool_dtype(column)


def _of_groups(
    measure: str, levels: Levels, groups: Groups | None, at_least: Any, index: pd.Index
) -> Iterator[Quantity]:
    wanted = list(at_least) if isinstance(at_least, _SEVERAL) else [at_least]
    if not wanted:
        raise ModelError("at_least= has no level; leave it out for all of them")
    codes = None if at_least is None else [levels.code(one) for one in wanted]
    if codes is not None and min(codes, default=1) == 0:
        raise ModelError(
            f"at_least={levels.labels[0]!r} is the lowest level, which every row reaches"
        )
    if measure == "share":
        return shares(levels, groups, codes, index)
    if groups is None:
        raise ModelError(f"measure={measure!r} needs an exposure; give exposure=")
    if measure == "superiority":
        return superiority(levels, groups, index)
    every = list(range(1, len(levels.labels)))
    return differences(levels, groups, every if codes is None else codes, index)
