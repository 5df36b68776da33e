"""Counts and shares of ratings by group, with intervals."""

from __future__ import annotations

import pandas as pd
from statsmodels.stats.proportion import proportion_confint

from probstats.errors import DataError


def rating_shares(
    data: pd.DataFrame, by: str | list[str], rating: str = "rating", level: float = 0.95
) -> pd.DataFrame:
    """Count ratings by group, with Wilson intervals for each share.

    Parameters
    ----------
    data : pandas.DataFrame
        One row for each rated inspection.
    by : str or list of str
        Columns that name the groups; a missing value is a group of its own.
    rating : str
        Column of ratings, an ordered categorical; rows without a rating are counted apart.
    level : float
        Level of the intervals.

    Returns
    -------
    pandas.DataFrame
        The group columns, ``rating``, ``n``, ``total`` (rated in the group), ``unrated``,
        ``share``, ``low`` and ``high``. Every level appears in every group, with ``n`` of 0
        where it never occurs; groups in which nothing is rated are left out. The interval is
        Wilson's (1927), which stays inside 0 to 1 and does not shrink to a point at a count of 0.

    Raises
    ------
    DataError
        If ``rating`` is no ordered categorical, a column is missing, or ``level`` is not between
        0 and 1.

    Examples
    --------
    >>> import probstats as ps
    >>> wide = ps.load_panel("wide")
    >>> shares = ps.tables.rating_shares(wide, "provider_type", rating="rating_overall")
    >>> shares.loc[shares["provider_type"] == "nps", "n"].tolist()
    [0, 2, 7, 0]
    """
    groups = _read_groups(data, by, rating)
    data = _with_one_missing_value(data, groups)
    counts = data.groupby([*groups, rating], observed=False, dropna=False, sort=False).size()
    table = counts.rename("n").reset_index().rename(columns={rating: "rating"})
    rated, unrated = table[table["rating"].notna()], table[table["rating"].isna()]
    total = rated.groupby(groups, dropna=False)["n"].transform("sum")
    rated = _with_intervals(rated.assign(total=total)[total > 0], level)
    without = unrated.drop(columns="rating").rename(columns={"n": "unrated"})
    joined = rated.merge(without, on=groups, how="left").fillna({"unrated": 0})
    columns = [*groups, "rating", "n", "total", "unrated", "share", "low", "high"]
    return (
        joined.sort_values([*groups, "rating"])
        .astype({"unrated": int})[columns]
        .reset_index(drop=True)
    )


def at_least_shares(
    data: pd.DataFrame,
    by: str | list[str],
    lowest: str,
    rating: str = "rating",
    level: float = 0.95,
) -> pd.DataFrame:
    """Return the share of ratings that are at least so good, with Wilson intervals.

    Parameters
    ----------
    data : pandas.DataFrame
        One row for each rated inspection.
    by : str or list of str
        Columns that name the groups.
    lowest : str
        The lowest rating that counts.
    rating : str
        Column of ratings, an ordered categorical.
    level : float
        Level of the intervals.

    Returns
    -------
    pandas.DataFrame
        The group columns, ``n``, ``total``, ``share``, ``low`` and ``high``.

    Raises
    ------
    DataError
        If ``rating`` is no ordered categorical, a column is missing, ``lowest`` is no rating, or
        ``level`` is not between 0 and 1.

    Examples
    --------
    >>> import probstats as ps
    >>> wide = ps.load_panel("wide")
    >>> good = ps.tables.at_least_shares(wide, "provider_type", "Good", rating="rating_overall")
    >>> good.set_index("provider_type").loc["nps", ["n", "total"]].tolist()
    [7, 9]
    """
    groups = _read_groups(data, by, rating)
    data = _with_one_missing_value(data, groups)
    if lowest not in data[rating].cat.categories:
        known = ", ".join(data[rating].cat.categories)
        raise DataError(f"lowest={lowest!r} is no rating; the ratings are {known}")
    rated = data[data[rating].notna()]
    good = (rated[rating] >= lowest).groupby([rated[name] for name in groups], dropna=False)
    table = good.agg(n="sum", total="size").reset_index()
    return _with_intervals(table, level)


def _with_intervals(table: pd.DataFrame, level: float) -> pd.DataFrame:
    n, total = table["n"], table["total"]
    low, high = wilson_interval(n, total, level)
    return table.assign(share=n / total, low=low, high=high)


def wilson_interval(
    n: pd.Series, total: pd.Series, level: float = 0.95
) -> tuple[pd.Series, pd.Series]:
    """Return Wilson's (1927) interval of shares.

    Parameters
    ----------
    n, total : pandas.Series
        Counts, and what they are part of, above zero.
    level : float
        Level of the intervals.

    Returns
    -------
    low, high : pandas.Series
        Exactly 0 where the count is 0, and exactly 1 where it is the total.

    Raises
    ------
    DataError
        If ``level`` is not between 0 and 1.

    Examples
    --------
    >>> low, high = wilson_interval(pd.Series([0, 5]), pd.Series([10, 10]))
    >>> low.round(3).tolist(), high.round(3).tolist()
    ([0.0, 0.237], [0.278, 0.763])
    """
    if not 0 < level < 1:
        raise DataError(f"level={level!r} is not between 0 and 1; 0.95 is usual")
    low, high = proportion_confint(n, total, alpha=1 - level, method="wilson")
    # Exactly, not to the last digit.
    return low.mask(n == 0, 0.0), high.mask(n == total, 1.0)


RESERVED = {"rating", "n", "total", "unrated", "share", "low", "high"}


def _read_groups(data: pd.DataFrame, by: str | list[str], rating: str) -> list[str]:
    groups = [by] if isinstance(by, str) else list(by)
    if not groups:
        raise DataError("by is empty; name at least one column of groups")
    for name in groups:
        if name in RESERVED:
            raise DataError(f"column {name!r} would be overwritten by the result; rename it")
    _require(data, groups, rating)
    return groups


def _with_one_missing_value(data: pd.DataFrame, groups: list[str]) -> pd.DataFrame:
    """Make one group of None, NaN and NA."""
    return data.assign(**{name: data[name].where(data[name].notna()) for name in groups})


def _require(data: pd.DataFrame, groups: list[str], rating: str) -> None:
    for name in [*groups, rating]:
        if name not in data:
            raise DataError(f"the data have no column {name!r}")
    if not (isinstance(data[rating].dtype, pd.CategoricalDtype) and data[rating].cat.ordered):
        raise DataError(
            f"column {rating!r} has type {data[rating].dtype}; ratings must be an ordered "
            f"categorical (pandas.Categorical with ordered=True)"
        )
