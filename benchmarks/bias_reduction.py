"""Bias and coverage of maximum likelihood, bias reduction and a ridge penalty in small samples.

Ratings are drawn from a proportional-odds model with a rare yes-or-no covariate (coefficient 1), a
measured one (0.5) and one without effect, in 14 to 130 rows, for three balanced and three sparse
patterns of levels. Levels that no row has are left out, as the model does. Every estimator sees the
same rows. A profile interval holds the truth if and only if the likelihood-ratio statistic at the
truth is below its bound, which is one more fit instead of an interval.

Writes benchmarks/small/bias_reduction.csv: for each design, estimator and coefficient
- lost: share of samples without a finite estimate; bias, rmse: of the finite ones;
- median_bias: of all, infinite ones at their place;
- wald, profile: share of intervals that hold the truth, those without an estimate left out
  of wald; for the coefficient of zero one minus this is the rejection rate under the null;
- error: Monte Carlo standard error of the share in wald; bias_error: that of the bias.

Run: python benchmarks/bias_reduction.py [replicates]
"""

import sys
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import stats
from scipy.special import logit

import probstats as ps
from probstats.errors import ModelError, ProbstatsWarning
from probstats.files import write_csv

PATTERNS = {
    "two even": (0.5, 0.5),
    "three even": (1 / 3, 1 / 3, 1 / 3),
    "four even": (0.25, 0.25, 0.25, 0.25),
    "two sparse": (0.85, 0.15),
    "three sparse": (0.35, 0.6, 0.05),
    "four sparse": (0.05, 0.6, 0.3, 0.05),
}
SIZES = (14, 30, 60, 130)
TRUTH = {"yes": 1.0, "number": 0.5, "nothing": 0.0}
ESTIMATORS = {
    "likelihood": {},
    "reduction": {"reduction": "mean"},
    "ridge 1": {"penalty": 1.0},
}
REPLICATES = 1000
SEED = 20261126


def covariates(n):
    """Return the same covariates in every sample of a size: a third of yes, and two numbers."""
    rng = np.random.default_rng(n)
    yes = (np.arange(n) % 3 == 0).astype(float)
    return pd.DataFrame({"yes": yes, "number": rng.normal(size=n), "nothing": rng.normal(size=n)})


def draw(x, shares, rng):
    """Return levels whose shares are about these at the mean of the covariates."""
    latent = (x - x.mean()) @ np.array(list(TRUTH.values()))
    latent = latent.to_numpy() + rng.logistic(size=len(x))
    return 1 + (latent[:, None] > logit(np.cumsum(shares)[:-1])).sum(axis=1)


def profile_holds(llf, name, x, y):
    """Return whether the profile interval of a coefficient holds the truth."""
    rest = ps.CumulativeLinkModel(y, x.drop(columns=name), offset=TRUTH[name] * x[name])
    found = rest.problem().solve(tol=1e-10, maxiter=100)  # with no look at separation
    return 2.0 * (llf - found.loglike) <= stats.chi2.ppf(0.95, 1)


def results_of(x, y):
    """Return estimates, and whether intervals hold the truth, by estimator and coefficient."""
    model, found = ps.CumulativeLinkModel(y, x), []
    for estimator, options in ESTIMATORS.items():
        fit = model.fit(**options)
        ends = fit.conf_int()
        for name, truth in TRUTH.items():
            estimate, known = fit.params[name], np.isfinite(fit.bse[name])
            wald = float(ends.loc[name, 0] <= truth <= ends.loc[name, 1]) if known else np.nan
            profile = np.nan
            if estimator == "likelihood":
                profile = float(profile_holds(fit.llf, name, x, y))
            found.append((estimator, name, estimate, wald, profile, fit.converged))
    return found


def simulate(n, shares, replicates):
    """Return the results of all samples of a design; those with one level only are drawn again."""
    rng, x, found = np.random.default_rng(SEED), covariates(n), []
    while len(found) < replicates:
        y = draw(x, shares, rng)
        if len(np.unique(y)) < 2:
            continue
        try:
            found.append(results_of(x, y))
        except ModelError as error:
            print(f"left out: {error}")
    names = ["estimator", "coefficient", "estimate", "wald", "profile", "converged"]
    return pd.DataFrame([row for sample in found for row in sample], columns=names)


def summarise(found):
    """Return a row for each estimator and coefficient."""
    rows = []
    for (estimator, name), part in found.groupby(["estimator", "coefficient"], sort=False):
        error = part["estimate"] - TRUTH[name]
        finite = error[np.isfinite(error)]
        held = part["wald"].dropna()
        rows.append({
            "estimator": estimator, "coefficient": name, "truth": TRUTH[name],
            "replicates": len(part), "lost": 1.0 - len(finite) / len(part),
            "bias": finite.mean(), "bias_error": finite.std() / np.sqrt(len(finite)),
            "median_bias": error.fillna(0.0).median(), "rmse": np.sqrt((finite**2).mean()),
            "wald": held.mean(), "error": np.sqrt(held.mean() * (1 - held.mean()) / len(held)),
            "profile": part["profile"].mean(),
        })  # fmt: skip
    return pd.DataFrame(rows)


def main(replicates=REPLICATES):
    """Run all designs."""
    tables = []
    for pattern, shares in PATTERNS.items():
        for n in SIZES:
            table = summarise(simulate(n, shares, replicates))
            table.insert(0, "n", n)
            table.insert(0, "levels", pattern)
            tables.append(table)
            print(table.round(3).to_string(index=False), flush=True)
            folder = Path(__file__).parent / "small"
            write_csv(folder / "bias_reduction.csv", pd.concat(tables).round(5))


if __name__ == "__main__":
    warnings.simplefilter("ignore", ProbstatsWarning)
    main(*map(int, sys.argv[1:]))
