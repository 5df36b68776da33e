"""Polychoric correlations of the columns of a frame."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd

from probstats.association.columns import Intervals, OrderedColumn, ordered_columns
from probstats.association.pair_fit import PairFit
from probstats.association.pair_lines import lost_levels, pair_line, pair_thresholds
from probstats.association.polychoric_results import (
    Pair,
    PolychoricCorrelations,
    pair_interval,
    require_interval,
    require_level,
)
from probstats.association.zero_levels import fit_outcomes
from probstats.errors import (
    BoundaryWarning,
    ConvergenceWarning,
    EmptyLevelWarning,
    IndefiniteWarning,
    ModelError,
)
from probstats.models.reading.outcome import Outcome
from probstats.models.trouble import warn
from probstats.progress import progress

METHODS = ("likelihood", "two-step")
ROUNDING = -1e-8
"""An eigenvalue below this is negative."""


def polychoric(
    frame: pd.DataFrame,
    intervals: Intervals | None = None,
    *,
    method: str = "likelihood",
    interval: str = "wald",
    level: float = 0.95,
) -> PolychoricCorrelations:
    r"""Estimate polychoric correlations of ordered outcomes.

    Behind each two outcomes stand two normal variables with correlation :math:`\rho`, cut at
    thresholds :math:`\theta_i` and :math:`\eta_j`:

    .. math:: P(i, j) = P(\theta_{i-1} < X \le \theta_i, \eta_{j-1} < Y \le \eta_j)

    (Pearson 1900; Olsson 1979). A row known as an interval of levels has the sum of their
    probabilities. With two levels each it is the tetrachoric correlation.

    Parameters
    ----------
    frame : pandas.DataFrame
        Two or more outcomes: ordered categoricals, whole numbers or booleans. Missing values are
        left out pair by pair, and counted.
    intervals : mapping, optional
        Outcomes known as an interval: name to the columns of the lowest and of the highest level,
        as in ``{"rating": ("lowest", "highest")}``. The two columns are then no outcomes of their
        own.
    method : {"likelihood", "two-step"}
        Thresholds and correlation at once, or the correlation with the thresholds of the margins;
        errors allow for these being estimated.
    interval : {"wald", "profile"}
        Symmetric in Fisher's z, or by profile likelihood, which two steps do not have. For an
        estimate of one the first is the exact interval of the notes.
    level : float
        Level of the intervals.

    Returns
    -------
    PolychoricCorrelations
        The matrix, a table with errors, intervals and tests, and the thresholds.

    Raises
    ------
    ModelError
        If an argument or a column cannot be used, or a pair of outcomes has fewer than two rows,
        one level only, or no row that says anything on both.

    Warns
    -----
    BoundaryWarning
        If a correlation is estimated at one or minus one. It has no standard error, and its
        interval has one end.
    IndefiniteWarning
        If the matrix is not positive semidefinite.
    EmptyLevelWarning
        If a pair does without a level, which no row of it has, or which intervals need so little
        that the likelihood gives it no probability.
    ConvergenceWarning
        If no maximum was found; the estimate is then missing.

    Notes
    -----
    The bivariate normal distribution function is exact to 1e-16 (Owen 1956), score and information
    are exact, and standard errors are from the observed information. The estimate is one exactly
    if no two rows are in opposite order, as with a zero in a table of two by two: software that
    adds one half to such a zero gives another number. The end of its interval is the correlation
    under which n rows without such a pair have a probability of half of what the level leaves out,
    with the thresholds of the margins (the interval of Clopper and Pearson 1934 for a share of
    zero); with interval outcomes it is by profile, which is then too short.

    The test of no correlation is that of the likelihood ratio, with one degree of freedom; at zero
    the two methods give the same thresholds. ``normality()`` of the result tests the model itself.

    References
    ----------
    Clopper, C. J. and Pearson, E. S. (1934), Biometrika 26, 404-413. Olsson, U. (1979),
    Psychometrika 44, 443-460. Owen, D. B. (1956), Annals of Mathematical Statistics 27, 1075-1090.
    Pearson, K. (1900), Philosophical Transactions A 195, 1-47. Venzon, D. J. and Moolgavkar, S. H.
    (1988), Applied Statistics 37, 87-94.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> import probstats as ps
    >>> x = np.random.default_rng(1).multivariate_normal([0, 0], [[1, 0.6], [0.6, 1]], size=80)
    >>> simulated = pd.DataFrame(np.digitize(x, [-1, 0, 1]), columns=["first", "second"])
    >>> found = ps.polychoric(simulated)
    >>> found.correlation.loc["first", "second"].round(3)
    np.float64(0.593)
    >>> found.table[["conf_low", "conf_high", "n"]].round(3)
       conf_low  conf_high   n
    0     0.391      0.741  80
    """
    if method not in METHODS:
        raise ModelError(f"method={method!r} is not known; choose one of {', '.join(METHODS)}")
    require_level(level)
    require_interval(interval, method)
    columns = ordered_columns(frame, intervals)
    if len(columns) < 2:
        raise ModelError(f"a correlation needs two outcomes or more; the frame has {len(columns)}")
    fits: dict[Pair, PairFit] = {}
    lines, cuts, lost = [], [], set()
    pairs = list(combinations(columns, 2))
    for first, second in progress(pairs, len(pairs), "correlating"):
        given, n_dropped = _shared_rows(first, second)
        fit, fitted = fit_outcomes(given, two_step=method == "two-step")
        fits[first.name, second.name] = fit
        ends = pair_interval(fit, interval, level)
        without = lost_levels(given, fitted)
        lines.append(pair_line(fit, given, ends, n_dropped, without))
        cuts.append(pair_thresholds(fit, fitted))
        lost.update(without)
    matrix = _matrix([one.name for one in columns], fits)
    _warn_pairs(fits, lost)
    _warn_indefinite(matrix)
    cut = pd.concat(cuts, ignore_index=True)
    return PolychoricCorrelations(matrix, pd.DataFrame(lines), cut, method, interval, level, fits)


def _shared_rows(
    first: OrderedColumn, second: OrderedColumn
) -> tuple[tuple[Outcome, Outcome], int]:
    """Return both outcomes of the rows that have both, and how many rows do not."""
    rows = first.present & second.present
    names = f"{first.name!r} and {second.name!r}"
    if rows.sum() < 2:
        raise ModelError(f"{names} have {rows.sum()} rows in common; a correlation needs two")
    try:
        outcomes = first.outcome(rows), second.outcome(rows)
    except ModelError as error:
        raise ModelError(f"in the rows that have both {names}: {error}") from error
    if not (outcomes[0].informative & outcomes[1].informative).any():
        raise ModelError(f"no row of {names} says anything on both: their intervals are too wide")
    return outcomes, int(len(rows) - rows.sum())


def _matrix(names: list[str], fits: dict[Pair, PairFit]) -> pd.DataFrame:
    matrix = pd.DataFrame(np.eye(len(names)), index=names, columns=names)
    for (first, second), fit in fits.items():
        value = fit.correlation if fit.converged else np.nan
        matrix.loc[first, second] = matrix.loc[second, first] = value
    return matrix


def _warn_pairs(fits: dict[Pair, PairFit], lost: set[str]) -> None:
    edge = [pair for pair, fit in fits.items() if fit.boundary]
    if edge:
        warn(
            f"the correlation is estimated at one or minus one for {_named(edge)}; it has no "
            f"standard error, and its interval has one end",
            BoundaryWarning,
        )
    unsettled = [pair for pair, fit in fits.items() if not fit.converged]
    if unsettled:
        warn(f"no maximum of the likelihood was found for {_named(unsettled)}", ConvergenceWarning)
    if lost:
        warn(f"levels are left out or merged: {'; '.join(sorted(lost))}", EmptyLevelWarning)


def _warn_indefinite(matrix: pd.DataFrame) -> None:
    if matrix.isna().to_numpy().any():
        return
    least = float(np.linalg.eigvalsh(matrix.to_numpy())[0])
    if least < ROUNDING:
        warn(
            f"the matrix of correlations is not positive semidefinite (least eigenvalue "
            f"{least:.3g}), since each pair is estimated on its own; factor analysis needs a "
            f"matrix that is",
            IndefiniteWarning,
        )


def _named(pairs: list[Pair]) -> str:
    return ", ".join(f"{first} and {second}" for first, second in pairs)
