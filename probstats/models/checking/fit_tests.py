"""What a test of fit found, and what can be wrong with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from probstats.errors import FewGroupsWarning, ModelError, SparseWarning
from probstats.models.checking.variants import require_plain, trouble_of
from probstats.models.kernel.links import Array
from probstats.models.trouble import warn

LEAST_GROUPS = 6
SPARSE, DOMINATED = 0.2, 0.5
"""Shares of cells with an expected count below 1, and of the statistic they make up, from which on
there is a warning; in simulations a fifth of such cells leaves the sizes of the chi-squared tests
as they should be."""


@dataclass(frozen=True, repr=False)
class GoodnessOfFit:
    """A test of the fit of an ordinal model.

    Attributes
    ----------
    method : str
        Name of the test.
    statistic, df, p_value : float
        The statistic (chi-squared or likelihood ratio), its degrees of freedom and p-value;
        the p-value is missing where there is trouble.
    table : pandas.DataFrame
        Observed and expected counts, one row a group, by level.
    deviance, deviance_p_value : float or None
        The deviance statistic on the same degrees of freedom; Pulkstenis-Robinson only.
    below_one, below_five : float
        Shares of the expected counts below 1 and below 5.
    notes : tuple of str
        What to know before the p-value is used: sparse cells, few groups, ties.
    trouble : str
        Why there is no p-value; empty where there is one.
    """

    method: str
    statistic: float
    df: int
    p_value: float
    table: pd.DataFrame
    deviance: float | None
    deviance_p_value: float | None
    below_one: float
    below_five: float
    notes: tuple[str, ...] = ()
    trouble: str = ""

    def summary_frame(self) -> pd.DataFrame:
        """Return ``statistic``, ``df`` and ``p_value``, one row for each statistic."""
        first = "statistic" if self.deviance is None else "chi-squared"
        rows: dict[str, tuple[float | None, ...]] = {first: (self.statistic, self.df, self.p_value)}
        if self.deviance is not None:
            rows["deviance"] = self.deviance, self.df, self.deviance_p_value
        columns = ["statistic", "df", "p_value"]
        return pd.DataFrame.from_dict(rows, orient="index", columns=columns)

    def __repr__(self) -> str:
        lines = [self.method]
        for name, row in self.summary_frame().iterrows():
            label = "" if name == "statistic" else f"{name}: "
            p = f"p = {row['p_value']:.4f}" if np.isfinite(row["p_value"]) else "no p-value"
            lines.append(f"  {label}{row['statistic']:.4f} on {self.df} df, {p}")
        lines.append(
            f"  {len(self.table)} groups; {self.below_one:.0%} of the expected counts below 1, "
            f"{self.below_five:.0%} below 5"
        )
        said = ((f"trouble: {self.trouble}",) if self.trouble else ()) + self.notes
        return "\n".join([*lines, *(f"  {note}" for note in said)])


def fit_test(
    method: str,
    statistic: float,
    df: int,
    table: pd.DataFrame,
    *,
    deviance: float | None = None,
    split: int = 0,
    asked: int | None = None,
    notes: tuple[str, ...] = (),
    trouble: str = "",
    crowded: str = "",
) -> GoodnessOfFit:
    """Return a test with its p-values and notes, and warn of what may make it meaningless.

    Parameters
    ----------
    method, statistic, df, table, deviance, notes, trouble
        See ``GoodnessOfFit``.
    split : int
        Groups that end between rows with the same score.
    asked : int, optional
        Groups asked for.
    crowded : str
        Why there are too many groups; where it is empty, small expected counts are warned of.

    Returns
    -------
    GoodnessOfFit
        The test.
    """
    expected = table["expected"].to_numpy()
    below_one, below_five = (float((expected < limit).mean()) for limit in (1.0, 5.0))
    few = few_groups(asked)
    sparse = crowded
    if asked is None or not method.startswith("Lipsitz"):
        sparse = sparse_sentence(table["observed"].to_numpy(), expected)
    if few:
        warn(few, FewGroupsWarning)
    if sparse:
        warn(sparse, SparseWarning)
    said = (few, sparse, _ties_sentence(split), _fewer_sentence(asked, len(table)))
    p_value, second = (
        np.nan if trouble or value is None else float(stats.chi2.sf(value, df))
        for value in (statistic, deviance)
    )
    return GoodnessOfFit(
        method=method, statistic=float(statistic), df=df, p_value=p_value, table=table,
        deviance=deviance, deviance_p_value=None if deviance is None else second,
        below_one=below_one, below_five=below_five,
        notes=(*(note for note in said if note), *notes), trouble=trouble,
    )  # fmt: skip


def few_groups(asked: int | None) -> str:
    """Return a sentence if there are fewer groups than a test needs to have power."""
    if asked is None or asked >= LEAST_GROUPS:
        return ""
    return f"{asked} groups are few: with fewer than {LEAST_GROUPS} the test has little power"


def sparse_sentence(observed: Array, expected: Array) -> str:
    """Return a sentence if small expected counts are many, or make up the statistic."""
    small = expected < 1.0
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = np.where(observed == expected, 0.0, (observed - expected) ** 2 / expected)
    share = terms[small].sum() / max(terms.sum(), np.finfo(float).tiny)
    if small.mean() <= SPARSE and share <= DOMINATED:
        return ""
    return (
        f"{small.mean():.0%} of the {expected.size} expected counts are below 1 and "
        f"{(expected < 5.0).mean():.0%} below 5, and those below 1 make up {share:.0%} of the "
        f"statistic, so that the chi-squared distribution may not hold; use fewer groups, or merge "
        f"levels"
    )


def _ties_sentence(split: int) -> str:
    if not split:
        return ""
    return (
        f"{split} {'group ends' if split == 1 else 'groups end'} between rows with the same score, "
        f"so that the result depends on how ties are ordered (see ties=)"
    )


def _fewer_sentence(asked: int | None, found: int) -> str:
    if asked is None or asked == found:
        return ""
    return f"{asked} groups were asked for, and ties leave {found}"


def require_fitted(fit: Any) -> None:
    """Raise a sentence if a fit has no table of observed and expected counts.

    Raises
    ------
    ModelError
        If its outcome is an interval, thresholds cross, or it did not converge.
    """
    require_plain(fit, "this test")
    if fit.model.outcome.is_interval:
        raise ModelError(
            "some rows have an interval of levels, so there is no count of each level to compare "
            "with; look at accuracy(fit), which uses what is known of them"
        )
    require_usable(fit)


def require_usable(fit: Any) -> None:
    """Raise a sentence if a fit gives no probabilities to be checked.

    Raises
    ------
    ModelError
        If thresholds cross or the fit did not converge; infinite estimates still give some.
    """
    require_plain(fit, "this check")
    if not fit.converged and not (fit.separation.separated and not fit.crossed_levels):
        raise ModelError(f"the fit gives no probabilities to be checked: {trouble_of(fit)}")


def whole_counts(model: Any) -> Array:
    """Return how often each row counts, or raise a sentence if that is no whole number.

    Raises
    ------
    ModelError
        If a weight is a fraction.
    """
    weights = model.sample.weights
    if weights is None:
        return np.ones(len(model.outcome.low))
    fractions = np.flatnonzero(weights != np.round(weights))
    if len(fractions):
        raise ModelError(
            f"{len(fractions)} weights are fractions, first {weights[fractions[0]]:g}: a count of "
            f"rows needs whole numbers; fit without weights, or with how often each row occurs"
        )
    return np.asarray(weights, dtype=float)
