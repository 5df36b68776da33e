"""Power, smallest detectable odds ratio and expected width: by formula, or for a design in hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from probstats.errors import ModelError
from probstats.jobs.pieces import Seed
from probstats.models.fit_options import check_alpha
from probstats.planning.asked import (
    read_n,
    read_odds_ratio,
    read_odds_ratios,
    read_power,
    read_ratio,
    read_samples,
    read_shares,
)
from probstats.planning.reading import read_design, read_given
from probstats.planning.results import SimulatedPower
from probstats.planning.simulated import by_simulation
from probstats.planning.simulating import Simulation
from probstats.planning.whitehead import FormulaPower, Groups

DEFAULTS = {
    "ratio": 1.0, "shares_of": "average", "missing": 0.0, "n_resamples": 1000, "n_jobs": 1
}  # fmt: skip


def power(
    design: Any = None,
    term: str | None = None,
    *,
    odds_ratio: Any = None,
    power: float | None = None,
    shares: Any = None,
    alpha: float = 0.05,
    below: bool = False,
    n: float | None = None,
    ratio: float = 1.0,
    shares_of: str = "average",
    data: pd.DataFrame | None = None,
    groups: Any = None,
    icc: float | None = None,
    cluster_sd: float | None = None,
    missing: Any = 0.0,
    cov_type: str | None = None,
    cov_kwds: dict[str, Any] | None = None,
    reduction: str | None = None,
    n_resamples: int = 1000,
    rng: Seed = None,
    n_jobs: int | None = 1,
    checkpoint: str | Path | None = None,
) -> FormulaPower | SimulatedPower:
    r"""Return the power to find an odds ratio, and the width of interval to expect.

    Without a design, two groups of rows are compared by Whitehead's formula: give two of
    ``odds_ratio``, ``n`` and ``power``, and the third is found. With a design, samples are
    simulated for its rows and analysed as the design will be: give ``odds_ratio`` for its power,
    or ``power`` for the smallest detectable odds ratio.

    Parameters
    ----------
    design : CumulativeLinkResults, CumulativeLinkModel or str, optional
        The design in hand: a fit, a model that was not fitted, or a formula with ``data``. A
        formula without an outcome, ``"~ treated"``, needs ``shares``, and other covariates then
        have no effect. Logit link only.
    term : str, optional
        With a design: the covariate whose odds ratio is looked for, a term with one column or a
        column such as ``"temp[warm]"``. The odds ratio is that of one unit more of the column.
    odds_ratio : float or list of float, optional
        Odds ratios of a higher level; several with a design only.
    power : float, optional
        The power aimed at.
    shares : array_like, optional
        Shares of the K levels, lowest first, adding up to one. For the formula they are averages
        over the rows of both groups, as in R's ``Hmisc::popower`` (see ``shares_of``). With a
        design they are shares over all of its rows, by default those observed; the thresholds are
        chosen so that every odds ratio has these shares.
    alpha : float
        Level of the two-sided test, and one minus that of the intervals.
    below : bool
        Whether the odds ratio to be found is below 1.
    n : float, optional
        Formula: rows of both groups together.
    ratio : float
        Formula: rows of the second group for each of the first.
    shares_of : {"average", "first"}
        Formula: whose shares were given. From those of the first group, the control, the average
        is worked out at each odds ratio.
    data : pandas.DataFrame, optional
        Of a formula.
    groups : str, pandas.Series or array_like, optional
        With a design: groups of rows that are alike, as in ``cov_kwds``; by default the clusters
        of the analysis.
    icc : float, optional
        Latent correlation of rows of a group; 0 by default.
    cluster_sd : float, optional
        The same, as the standard deviation of a random intercept:
        icc = sd^2 / (sd^2 + pi^2 / 3).
    missing : float or array_like
        Probability with which each outcome goes missing, beyond those the design has lost
        already: one, or one for each row used.
    cov_type, cov_kwds, reduction
        The analysis, see ``CumulativeLinkModel.fit``; by default that of the fit given.
    n_resamples : int
        Samples at each odds ratio.
    rng : numpy.random.Generator, int or None
        Source of randomness, or its seed.
    n_jobs : int or None
        Processors, see ``probstats.jobs.pieces.run``; the numbers do not depend on it.
    checkpoint : str or pathlib.Path, optional
        Folder in which finished pieces are kept; the same call goes on where it was interrupted.

    Returns
    -------
    FormulaPower or SimulatedPower
        Both have ``power``, ``odds_ratio``, ``n``, ``width`` and ``summary()``. The simulation has
        a ``table`` by odds ratio and ``detectable()``.

    Raises
    ------
    ModelError
        If an argument cannot be used, or not in one sample of any odds ratio an estimate was
        found.
    JobError
        If workers die, or ``checkpoint`` is the folder of another call.

    Warns
    -----
    PowerWarning
        If the test rejects more often than alpha where the odds ratio is 1, by more than its Monte
        Carlo error; or no odds ratio that was tried has the power.
    ResampleWarning
        If more than a tenth of the samples of some odds ratio have no estimate.

    Notes
    -----
    Whitehead's formula has the information on the log odds ratio

    .. math:: V = \frac{n_1 n_2 n}{3 (n + 1)^2} \Bigl(1 - \sum_k p_k^3\Bigr),

    the power Phi(\|log OR\| sqrt(V) - z) and the expected width 2 z / sqrt(V). Solved for n it is
    Whitehead's sample size, as R's ``Hmisc::posamsize``, which writes n^2 for (n + 1)^2; ``rows``
    of the result is the whole number that has the power by the formula for power. The formula
    takes odds ratios to be near 1 and rows to be many.

    A simulated sample has the covariates, offset, weights and groups of the design. The odds ratio
    of the term is set, other effects are those of the fit, and the thresholds are such that the
    shares stay. Rows of a group share a normal effect: with independent standard normal b and e,
    row i of group g has the latent variable F^-1(Phi(sqrt(icc) b_g + sqrt(1 - icc) e_i)), so that
    the odds ratio is that of the population, which a fit without random effects estimates. A row
    whose outcome is known as an interval keeps this block of levels: simulated levels in it are
    known as the block only. A level that does not occur is left out by the analysis, as it would
    be in any fit. Samples without a finite estimate count as not significant.

    The test is the Wald test of the analysis. All odds ratios have the same random numbers. The
    smallest detectable odds ratio is where the curve of power, drawn by straight lines on the
    probit scale between simulated points, meets the power; it is simulated, too.

    References
    ----------
    Whitehead, J. (1993). Sample size calculations for ordered categorical data. Statistics in
    Medicine 12, 2257-2271.
    Gelman, A. and Carlin, J. (2014). Beyond power calculations. Perspectives on Psychological
    Science 9, 641-651.

    Examples
    --------
    >>> import probstats as ps
    >>> found = ps.power(shares=[0.1, 0.45, 0.35, 0.1], odds_ratio=2, n=150)
    >>> round(found.power, 4), round(found.width, 3)
    (0.619, 1.201)
    >>> round(ps.power(shares=[0.1, 0.45, 0.35, 0.1], odds_ratio=2, power=0.8).n, 1)
    226.9

    With a design:

    >>> import pandas as pd
    >>> plan = pd.DataFrame({"treated": [0, 1] * 75})
    >>> made = ps.power(
    ...     "~ treated", "treated", data=plan, shares=[0.1, 0.45, 0.35, 0.1], odds_ratio=2,
    ...     n_resamples=400, rng=1,
    ... )
    >>> made.table[["odds_ratio", "power", "low", "high"]].round(3)
       odds_ratio  power    low   high
    0         1.0  0.048  0.031  0.073
    1         2.0  0.648  0.599  0.693
    """
    check_alpha(alpha)
    if below and odds_ratio is not None:
        raise ModelError("below= is for an odds ratio to be found from power=; give the odds ratio")
    of_design = {
        "term": term, "data": data, "groups": groups, "icc": icc, "cluster_sd": cluster_sd,
        "missing": missing, "cov_type": cov_type, "cov_kwds": cov_kwds, "reduction": reduction,
        "n_resamples": n_resamples, "rng": rng, "n_jobs": n_jobs, "checkpoint": checkpoint,
    }  # fmt: skip
    if design is None:
        _require_unused(of_design, "needs a design; without one power follows a formula")
        found = _read_groups(shares, shares_of, ratio, alpha)
        return _by_formula(found, odds_ratio, n, power, below=below)
    of_formula = {"n": n, "ratio": ratio, "shares_of": shares_of}
    _require_unused(of_formula, "is for the formula; a design has its own rows and groups")
    if (odds_ratio is None) == (power is None):
        raise ModelError(
            "give odds_ratio= for its power, or power= for the smallest detectable odds ratio"
        )
    odds = None if odds_ratio is None else read_odds_ratios(odds_ratio)
    goal = None if power is None else read_power(power, alpha)
    read = read_design(
        read_given(design, data, shares), term, shares=shares, missing=missing, alpha=alpha,
        alike={"groups": groups, "icc": icc, "cluster_sd": cluster_sd},
        errors={"cov_type": cov_type, "cov_kwds": cov_kwds, "reduction": reduction},
    )  # fmt: skip
    simulation = Simulation(read, read_samples(n_resamples), rng, n_jobs, checkpoint)
    return by_simulation(simulation, odds, goal, below=below)


def _require_unused(arguments: dict[str, Any], why: str) -> None:
    for name, value in arguments.items():
        default = DEFAULTS.get(name)
        used = value is not None if default is None else np.ndim(value) or value != default
        if used:
            raise ModelError(f"{name}= {why}")


def _read_groups(shares: Any, shares_of: str, ratio: Any, alpha: float) -> Groups:
    if shares is None:
        raise ModelError(
            "pass a design to simulate, or shares= of the levels for Whitehead's formula"
        )
    if shares_of not in {"average", "first"}:
        raise ModelError(f"shares_of={shares_of!r} is not known; choose 'average' or 'first'")
    return Groups(read_shares(shares), shares_of == "first", read_ratio(ratio), alpha)


def _by_formula(
    groups: Groups, odds_ratio: Any, n: Any, power: Any, *, below: bool
) -> FormulaPower:
    """Solve for what is not given."""
    if sum(value is None for value in (odds_ratio, n, power)) != 1:
        raise ModelError("give two of odds_ratio=, n= and power=; the third is found")
    if power is None:
        return groups.power(read_odds_ratio(odds_ratio), read_n(n))
    goal = read_power(power, groups.alpha)
    if n is None:
        return groups.n(read_odds_ratio(odds_ratio), goal)
    return groups.odds_ratio(read_n(n), goal, below=below)
