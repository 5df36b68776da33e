"""Multiple imputation by chained equations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from probstats.errors import DataError, MissingWarning, ModelError
from probstats.jobs.pieces import run, spawn
from probstats.missing.arguments import read_columns, read_predictors, with_donors
from probstats.missing.chains import run_chain
from probstats.missing.imputations import Imputations
from probstats.missing.variables import Variable
from probstats.models.trouble import warn

ITERATIONS = 10
UNMIXED = 1.5
"""Ratio of spreads above which chains are said not to have mixed: about that of rounds with a
correlation of 0.7, which after ten rounds have forgotten where they began."""


def impute(
    data: pd.DataFrame,
    m: int = 20,
    *,
    columns: Sequence[str] | None = None,
    auxiliary: Sequence[str] | None = None,
    bounds: Mapping[str, tuple[Any, Any]] | None = None,
    predictors: Mapping[str, Sequence[str]] | None = None,
    iterations: int | None = None,
    donors: int | None = None,
    normal: Sequence[str] | None = None,
    rng: np.random.Generator | int | None = None,
    n_jobs: int | None = 1,
) -> Imputations:
    """Fill in missing values several times, by chained equations.

    Each incomplete column is drawn from its distribution given all others, column after column
    and round after round (van Buuren 2018, chapter 4). Each of the m completed frames is the end
    of a chain of its own. The model is fitted to each, and ``pool`` puts the fits together.

    Parameters
    ----------
    data : pandas.DataFrame
        n rows; not changed.
    m : int
        Imputations, 2 or more.
    columns : sequence of str, optional
        Columns of the analysis, its outcome among them; by default all but those that only hold
        bounds. Others are passed on as they are.
    auxiliary : sequence of str, optional
        Columns the analysis does not use, which help to predict those it does. They are imputed
        as well.
    bounds : dict, optional
        Lower and upper bound of the missing cells of a column, as a pair: each a column, one value
        for each row, one value for all, or None. Bounds of an ordered column are levels. Missing
        bounds are none. Columns that bounds name hold bounds only: they predict nothing, and are
        passed on.
    predictors : dict, optional
        Columns a column is imputed from; all others by default.
    iterations : int, optional
        Rounds, 10 by default; one is enough, and the default, where a single column has gaps and
        none of them bounds.
    donors : int, optional
        Observed values nearest by prediction, of which one is taken; by default one for
        each 20 observed values, two at least and five at most.
    normal : sequence of str, optional
        Columns of numbers that are drawn from the normal distribution of their regression instead
        of matched.
    rng : numpy.random.Generator or int, optional
        Source of randomness, or its seed.
    n_jobs : int or None
        Processors, as joblib counts them; the values do not depend on it.

    Returns
    -------
    Imputations
        The m frames, with index and types of ``data``; ``fit`` fits a model to each.

    Raises
    ------
    DataError
        If nothing is missing, a column has no observed value or only one, is of a type that
        cannot be imputed, or contradicts its bounds, or its imputation model has too few rows.
    ModelError
        If an argument cannot be used.

    Warns
    -----
    MissingWarning
        If more than half of a column is missing, or chains have not mixed: ``summary()`` shows the
        ratio of spreads, ``rhat``.

    Notes
    -----
    How a column is imputed depends on what it holds:

    - numbers, by predictive mean matching with type 1 matching: an observed value of one of the
      ``donors`` rows whose prediction is nearest. Only values inside the bounds of the cell are
      taken. Where fewer than three are, and for columns in ``normal``, the value is drawn from the
      normal distribution of the regression, cut at the bounds, and rounded where all observed
      values are whole. With few observed values matching pulls effects towards zero, the more so
      the more donors; where the values are about normal, ``normal`` does not;
    - ordered levels, and two levels or booleans, by a cumulative logit model, whose parameters
      are drawn from the normal approximation to their distribution. A level is drawn among those
      of the range of the cell. Where the data separate the levels, estimates are bias-reduced;
    - more unordered levels by a logit of each against the most frequent (Begg and Gray 1984).

    Missing cells with bounds that say something take part in fitting the imputation model: those
    of levels by the probability of their range, those of numbers with their value of the round
    before. So the imputed values are right where the width of bounds depends on the value itself.
    Cells whose bounds leave one value have it.

    An ordered column predicts others by the normal scores of its levels, so with one coefficient.
    Constants and linear combinations among predictors are left out, and named in ``notes``.

    Imputation takes values as missing at random: whether a value is missing may depend on what is
    observed and not on the value itself. Where most of a column is missing, or values are
    published when they are newsworthy, what holds whatever the values are (``bounds``) and how
    conclusions change when they are worse (``delta_sensitivity``) come first.

    The rounds are those of statsmodels' ``MICEData``. Its own updates are linear regressions of
    numbers, without bounds; the updates are this package's, with regressions by statsmodels'
    ``OLS`` and by ``CumulativeLinkModel``.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> import probstats as ps
    >>> rng = np.random.default_rng(3)
    >>> data = pd.DataFrame({"x": rng.normal(size=120)})
    >>> data["y"] = np.digitize(data["x"] + rng.logistic(size=120), [-1, 1])
    >>> data.loc[rng.random(120) < 0.2, "x"] = np.nan
    >>> imputations = ps.impute(data, m=50, rng=1)
    >>> imputations
    50 imputations of 120 rows, 1 round
       missing  share  bounded  settled              method  rhat
    x       22  0.183        0        0  matching, 4 donors   NaN
    >>> ps.pool(imputations.fit("y ~ x")).params.round(3)
    x      1.325
    0|1   -1.327
    1|2    1.171
    dtype: float64
    """
    _check_numbers(m, iterations, donors)
    read = read_columns(data, columns, auxiliary, bounds)
    variables = with_donors(read, donors, normal)
    if not data[list(variables)].isna().to_numpy().any():
        raise DataError(
            f"none of the columns {', '.join(map(str, variables))} misses a value; there is "
            f"nothing to impute"
        )
    _warn_of_gaps(variables)
    rounds = _rounds(variables) if iterations is None else iterations
    positions = read_predictors(variables, predictors)
    pieces = [(list(variables.values()), positions, rounds, one) for one in spawn(rng, m)]
    chains = list(run(run_chain, pieces, label="imputing", n_jobs=n_jobs))
    found = Imputations(data, tuple(variables.values()), tuple(chains), rounds)
    _warn_of_chains(found)
    return found


def _check_numbers(m: Any, iterations: Any, donors: Any) -> None:
    least = {"m": (m, 2), "iterations": (1 if iterations is None else iterations, 1),
             "donors": (1 if donors is None else donors, 1)}  # fmt: skip
    for name, (value, low) in least.items():
        if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < low:
            why = ": the spread between imputations is part of every error" if name == "m" else ""
            raise ModelError(f"{name}={value!r} must be a whole number, {low} or more{why}")


def _rounds(variables: Mapping[str, Variable]) -> int:
    gaps = [one for one in variables.values() if one.missing.any()]
    return 1 if len(gaps) <= 1 and not any(one.bounded.any() for one in gaps) else ITERATIONS


def _warn_of_gaps(variables: Mapping[str, Variable]) -> None:
    much = {name: one.missing for name, one in variables.items() if one.missing.mean() > 0.5}
    if much:
        named = ", ".join(
            f"{name!r} ({gaps.sum()} of {len(gaps)} rows)" for name, gaps in much.items()
        )
        warn(
            f"more than half is missing of {named}: what is imputed is due to the imputation "
            f"model more than to the values; lead with ps.bounds and ps.delta_sensitivity, and "
            f"let imputation follow",
            MissingWarning,
        )


def _warn_of_chains(found: Imputations) -> None:
    table = found.summary()
    apart = table.index[table["rhat"] > max(UNMIXED, found.rhat_by_chance())]
    if len(apart):
        warn(
            f"the chains have not mixed for {', '.join(map(repr, apart))} after "
            f"{found.iterations} rounds (rhat {table['rhat'].max():.2f}); raise iterations",
            MissingWarning,
        )
