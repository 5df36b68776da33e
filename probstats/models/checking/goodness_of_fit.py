"""Tests of the fit of an ordinal model, by groups of rows."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from scipy import special

from probstats.errors import ModelError
from probstats.models.checking.fit_tests import (
    GoodnessOfFit,
    fit_test,
    require_fitted,
    whole_counts,
)
from probstats.models.checking.grouped_tables import (
    TIES,
    count_table,
    group_by_pattern,
    group_by_score,
    ordinal_score,
    require_groups,
)
from probstats.models.checking.lipsitz import lipsitz_test
from probstats.models.checking.patterns import read_patterns
from probstats.models.kernel.links import Array

METHODS = ("lipsitz", "hosmer-lemeshow", "pulkstenis-robinson")


def goodness_of_fit(
    fit: Any, method: str = "lipsitz", groups: int = 10, by: Any = None, *, ties: str = "together"
) -> GoodnessOfFit:
    r"""Test whether an ordinal model fits, against no alternative in particular.

    Rows are put in groups by their ordinal score :math:`s_i = \sum_k k \hat p_{ik}`, levels
    counted 1 to K, or by patterns of categorical covariates. With observed counts O and the sums E
    of the fitted probabilities in each group and level:

    ``"lipsitz"``
        The model is fitted again with an indicator of each group but the first in its location.
        The statistic is twice the gain in log-likelihood, on g - 1 degrees of freedom (Lipsitz,
        Fitzmaurice and Molenberghs 1996, equation 6). It holds for every link, threshold
        structure, nominal and scale effect.
    ``"hosmer-lemeshow"``
        :math:`\sum (O - E)^2 / E` over groups and levels, on (g - 2)(K - 1) + K - 2 degrees of
        freedom (Fagerland and Hosmer 2013, equation 5); with K = 2 the test of Hosmer and
        Lemeshow (1980) on g - 2.
    ``"pulkstenis-robinson"``
        Groups are the patterns of the categorical covariates that occur, each cut in two at its
        median score. :math:`\sum (O - E)^2 / E` and the deviance
        :math:`2 \sum O \log(O / E)`, on (I - 1)(K - 1) - k - 1 degrees of freedom, with I the
        halves that hold rows and k the categorical variables (Pulkstenis and Robinson 2004,
        section 3).

    Parameters
    ----------
    fit : CumulativeLinkResults
        The fit; levels known, weights whole numbers (a weight of 2 is two rows).
    method : {"lipsitz", "hosmer-lemeshow", "pulkstenis-robinson"}
        The test.
    groups : int
        Groups g of the first two; at least 6, and for Lipsitz fewer than n / (5 K), is the advice
        of Lipsitz et al. (1996) and of Fagerland and Hosmer (2016).
    by : str, list of str, pandas.Series, pandas.DataFrame or array_like, optional
        Categorical variables of the Pulkstenis-Robinson test: columns of the formula's data, or
        one value for each row used. By default those of the model's formulas.
    ties : {"together", "rows", "levels"}
        What to do with rows of equal score at the edge of two groups. ``"together"`` leaves them in
        the group of their middle rank; groups then differ in size, and may be fewer. ``"rows"``
        keeps the order of the rows, as ``generalhoslem`` 1.3.4 for R. ``"levels"`` orders them by
        the level observed, as ``ologitgof`` for Stata (Fagerland and Hosmer 2017). Without ties
        there is no difference but in the edges: ranks 1 + i (n - 1) / g rounded down, or, for
        ``"levels"``, i n / g rounded up, with scores rounded to seven decimals.

    Returns
    -------
    GoodnessOfFit
        ``statistic``, ``df``, ``p_value``, the ``table`` of counts, and ``notes``.

    Raises
    ------
    ModelError
        If the outcome is an interval, weights are fractions, the fit has no maximum, or there are
        too few rows, groups or categories for the test.

    Warns
    -----
    SparseWarning
        If more than a fifth of the expected counts are below 1, or these make up more than half of
        the statistic; for Lipsitz, if there are n / (5 K) groups or more.
    FewGroupsWarning
        If there are fewer than 6 groups, where the tests have little power.
    ConvergenceWarning
        If the model with groups has no maximum; the p-value is then missing.

    Notes
    -----
    With many ties, ``"levels"`` puts low levels in one group and high ones in the next, and so does
    ``"rows"`` where the data are sorted by the outcome: both then reject models that fit. They are
    there to reproduce results of other software.

    The degrees of freedom of the tables come from simulations of proportional odds. A small
    p-value says that something is wrong, not what; a large one in a small sample says little.

    References
    ----------
    Fagerland, M. W. and Hosmer, D. W. (2013), Statistics in Medicine 32, 2235-2249; (2016),
    Journal of Statistical Computation and Simulation 86, 3398-3418; (2017), Stata Journal 17,
    668-686. Lipsitz, S. R., Fitzmaurice, G. M. and Molenberghs, G. (1996), Applied Statistics 45,
    175-190. Pulkstenis, E. and Robinson, T. J. (2004), Statistics in Medicine 23, 999-1014.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> import probstats as ps
    >>> rng = np.random.default_rng(1)
    >>> data = pd.DataFrame({"x": rng.normal(size=400)})
    >>> data["y"] = np.digitize(data["x"] + rng.logistic(size=400), [-1, 1])
    >>> fit = ps.CumulativeLinkModel.from_formula("y ~ x", data).fit()
    >>> found = ps.goodness_of_fit(fit)
    >>> found.df, round(found.p_value, 3)
    (9, 0.688)
    """
    if method not in METHODS:
        raise ModelError(f"method={method!r} is not known; choose one of {', '.join(METHODS)}")
    if ties not in TIES:
        raise ModelError(f"ties={ties!r} is not known; choose one of {', '.join(TIES)}")
    require_fitted(fit)
    if method == "pulkstenis-robinson":
        return _pulkstenis_robinson(fit, by, ties)
    if by is not None:
        raise ModelError(
            f"by= goes with method='pulkstenis-robinson'; {method!r} has no use for it"
        )
    model, counts = fit.model, whole_counts(fit.model)
    groups = require_groups(groups, counts.sum())
    probabilities = fit.predict().to_numpy()
    score, codes = ordinal_score(probabilities, ties), model.outcome.low
    grouping = group_by_score(score, codes, counts, groups, ties)
    table = count_table(grouping, probabilities, codes, list(model.outcome.levels))
    if method == "lipsitz":
        return lipsitz_test(fit, grouping, table, groups)
    n_levels = len(model.outcome.levels)
    df = (len(grouping) - 2) * (n_levels - 1) + n_levels - 2
    _require_df(df, f"{len(grouping)} groups and {n_levels} levels", "use more groups")
    return fit_test(
        "Hosmer-Lemeshow test for an ordinal outcome", chi_squared(table), df, table,
        split=grouping.split, asked=groups,
    )  # fmt: skip


def _pulkstenis_robinson(fit: Any, by: Any, ties: str) -> GoodnessOfFit:
    model, counts = fit.model, whole_counts(fit.model)
    patterns = read_patterns(model, by)
    probabilities = fit.predict().to_numpy()
    grouping = group_by_pattern(ordinal_score(probabilities, ties), patterns, counts)
    levels = list(model.outcome.levels)
    table = count_table(grouping, probabilities, model.outcome.low, levels)
    df = (len(grouping) - 1) * (len(levels) - 1) - patterns.shape[1] - 1
    cells = f"{len(grouping)} halves of patterns, {len(levels)} levels"
    _require_df(df, f"{cells} and {patterns.shape[1]} variables", "it needs more patterns")
    return fit_test(
        "Pulkstenis-Robinson test", chi_squared(table), df, table, deviance=deviance(table)
    )


def _require_df(df: int, what: str, advice: str) -> None:
    if df < 1:
        raise ModelError(f"with {what} the test has {df} degrees of freedom; {advice}")


def _parts(table: pd.DataFrame) -> tuple[Array, Array]:
    return table["observed"].to_numpy(), table["expected"].to_numpy()


def chi_squared(table: pd.DataFrame) -> float:
    """Return the sum of (O - E)^2 / E; cells where nothing is expected or seen add nothing."""
    observed, expected = _parts(table)
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = (observed - expected) ** 2 / expected
    return float(np.where((observed == 0.0) & (expected == 0.0), 0.0, terms).sum())


def deviance(table: pd.DataFrame) -> float:
    """Return 2 times the sum of O log(O / E); cells where nothing is seen add nothing."""
    observed, expected = _parts(table)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratios = np.where(observed > 0.0, observed / expected, 1.0)
    return float(2.0 * special.xlogy(observed, ratios).sum())
