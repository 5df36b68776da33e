"""Tests of independence of a table of counts, by formula and by permutation."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats
from statsmodels.stats.contingency_tables import Table

from probstats.jobs.pieces import generator
from probstats.models.kernel.links import Array

ROUNDING = 1e-9
Seed = np.random.Generator | int | None


def independence_tests(table: Array, *, ordered: bool, n_resamples: int, rng: Seed) -> pd.DataFrame:
    """Test whether rows and columns of a table are independent.

    Parameters
    ----------
    table : numpy.ndarray
        Counts, R by C, no row and no column empty.
    ordered : bool
        Whether the levels of both are in order.
    n_resamples : int
        Random tables with the same margins, which is what a permutation of one outcome gives.
    rng : numpy.random.Generator, int or None
        Source of randomness, or its seed.

    Returns
    -------
    pandas.DataFrame
        A row for each test: ``chi-squared`` (Pearson 1900), ``linear-by-linear`` if both are
        ordered (levels scored 1, 2, ...; Mantel 1963; Agresti 2013, section 3.4), ``Fisher's
        exact`` for two by two. Columns: ``statistic``, ``df``, ``p_value`` by the chi-squared
        distribution, ``p_permutation``, and ``mc_error``, the Monte Carlo error of the latter,
        zero where it is exact.
    """
    margins = table.sum(axis=1).astype(int), table.sum(axis=0).astype(int)
    drawn = stats.random_table(*margins).rvs(n_resamples, random_state=generator(rng))
    model = Table(table, shift_zeros=False)
    nominal = model.test_nominal_association()
    expected = np.outer(*margins) / table.sum()
    chi_squared = ((drawn - expected) ** 2 / expected).sum(axis=(1, 2))
    lines = {
        "chi-squared": (
            nominal.statistic, nominal.df, nominal.pvalue, *_share(chi_squared, nominal.statistic),
        )
    }  # fmt: skip
    if ordered:
        trend = model.test_ordinal_association()
        scores = np.arange(table.shape[0]), np.arange(table.shape[1])
        moved = np.abs(np.einsum("mij,i,j->m", drawn, *scores) - trend.null_mean)
        seen = abs(trend.statistic - trend.null_mean)
        lines["linear-by-linear"] = (trend.zscore**2, 1, trend.pvalue, *_share(moved, seen))
    if table.shape == (2, 2):
        p_value = float(stats.fisher_exact(table).pvalue)
        lines["Fisher's exact"] = (np.nan, np.nan, np.nan, p_value, 0.0)
    names = ["statistic", "df", "p_value", "p_permutation", "mc_error"]
    return pd.DataFrame.from_dict(lines, orient="index", columns=names).astype(float)


def _share(drawn: Array, seen: float) -> tuple[float, float]:
    """Return the share of tables at least as far from independence, and its error.

    The table seen is one of those that could have been drawn (Phipson and Smyth 2010).
    """
    number = len(drawn)
    p = (1.0 + float((drawn >= seen - ROUNDING * max(seen, 1.0)).sum())) / (number + 1.0)
    return p, float(np.sqrt(p * (1.0 - p) / number))


def residual_frames(counts: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return expected counts, Pearson residuals and adjusted residuals (Haberman 1973).

    Parameters
    ----------
    counts : pandas.DataFrame
        Counts of known levels; residuals of a level without rows are missing.

    Returns
    -------
    dict of str to pandas.DataFrame
        ``expected``, ``residuals`` and ``adjusted``, of the shape of ``counts``.
    """
    rows, columns = counts.sum(axis=1) > 0, counts.sum(axis=0) > 0
    seen = counts.loc[rows, columns]
    table = Table(seen.to_numpy(dtype=float), shift_zeros=False)
    with np.errstate(divide="ignore", invalid="ignore"):  # one level has all: no residual
        parts = {
            "expected": table.fittedvalues,
            "residuals": table.resid_pearson,
            "adjusted": np.where(np.isfinite(table.standardized_resids), table.standardized_resids,
                                 np.nan),
        }  # fmt: skip
    frames = {
        name: pd.DataFrame(np.asarray(part), index=seen.index, columns=seen.columns)
        for name, part in parts.items()
    }
    return {
        name: frame.reindex(index=counts.index, columns=counts.columns)
        for name, frame in frames.items()
    }
