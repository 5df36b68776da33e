"""Bias and coverage of maximum likelihood, bias reduction and a ridge penalty in small samples.

Ratings are drawn from a proportional-odds model with a rare yes-or-no covariate (coefficient 1), a
measured one (0.5) and one without effect, in 14 to 130 rows, for three balanced and three sparse
patterns of levels. Levels that no row has are left out, as the model does. Every estimator sees the
same rows. A profile interval holds the truth if and only if the likelihood-ratio statistic at the
truth is below its bound, which is one more fit instead of an interval. Errors HC0 and HC1, for
which each sample is fitted again, are tried in every fourth one.

Writes benchmarks/small/bias_reduction.csv: for each design, estimator and coefficient
- lost: share of samples without a finite estimate; bias, rmse: of the finite ones;
- median_bias: of all, infinite ones at their place;
- wald, profile, HC0, HC1: share of intervals that hold the truth, those without an estimate left
  out of all but profile; for the coefficient of zero one minus this is the rejection rate under the
  null, by profile that of the likelihood-ratio test;
- error: Monte Carlo standard error of the share in wald; bias_error: that of the bias;
- width: median width of the Wald intervals; failed: share of fits without convergence, separated
  ones apart.

Run: python benchmarks/bias_reduction.py [replicates]
"""

import small_samples  # first: it sets the number of threads  # isort: skip
import sys
import warnings

import numpy as np
import pandas as pd
from scipy import stats

import probstats as ps
from probstats.errors import ModelError, ProbstatsWarning
from probstats.files import write_csv

PATTERNS = small_samples.PATTERNS
SIZES = (14, 30, 60, 130)
TRUTH = {"yes": 1.0, "number": 0.5, "nothing": 0.0}
ESTIMATORS = {
    "likelihood": {},
    "reduction": {"reduction": "mean"},
    "ridge 1": {"penalty": 1.0},
}
ROBUST = ("HC0", "HC1")
ROBUST_EVERY = 4
REPLICATES = 1000


def covariates(n):
    """Return the same covariates in every sample of a size: a third of yes, and two numbers."""
    rng = np.random.default_rng(n)
    yes = (np.arange(n) % 3 == 0).astype(float)
    return pd.DataFrame({"yes": yes, "number": rng.normal(size=n), "nothing": rng.normal(size=n)})


def draw(x, shares, rng):
    """Return levels whose shares are about these at the mean of the covariates."""
    return small_samples.levels_of((x - x.mean()) @ list(TRUTH.values()), shares, rng)


def profile_holds(llf, name, x, y):
    """Return whether the profile interval of a coefficient holds the truth."""
    rest = ps.CumulativeLinkModel(y, x.drop(columns=name), offset=TRUTH[name] * x[name])
    found = rest.problem().solve(tol=1e-10, maxiter=100)  # with no look at separation
    return 2.0 * (llf - found.loglike) <= stats.chi2.ppf(0.95, 1)


def results_of(x, y, *, robust):
    """Return estimates, and whether intervals hold the truth, by estimator and coefficient."""
    model, found = ps.CumulativeLinkModel(y, x), []
    for estimator, options in ESTIMATORS.items():
        fit, others = model.fit(**options), {}
        if robust and "penalty" not in options:
            others = {kind: model.fit(cov_type=kind, **options) for kind in ROBUST}
        others = {k: small_samples.wald_answers(other, TRUTH) for k, other in others.items()}
        for name, (estimate, held, _, width, _) in small_samples.wald_answers(fit, TRUTH).items():
            by_profile = estimator == "likelihood"
            found.append({
                "estimator": estimator, "coefficient": name, "estimate": estimate,
                "wald": held, "width": width,
                "profile": float(profile_holds(fit.llf, name, x, y)) if by_profile else np.nan,
                **{kind: other[name][1] for kind, other in others.items()},
                "failed": float(not (fit.converged or fit.diverging)),
            })  # fmt: skip
    return found


def simulate(n, shares, replicates):
    """Return the results of all samples of a design; those with one level only are drawn again."""
    rng, x, found = np.random.default_rng(small_samples.SEED), covariates(n), []
    while len(found) < replicates:
        y = draw(x, shares, rng)
        if len(np.unique(y)) < 2:
            continue
        try:
            found.append(results_of(x, y, robust=len(found) % ROBUST_EVERY == 0))
        except ModelError as error:
            print(f"left out: {error}")
    return pd.DataFrame([row for sample in found for row in sample])


def summarise(found):
    """Return a row for each estimator and coefficient."""
    rows = []
    for (estimator, name), part in found.groupby(["estimator", "coefficient"], sort=False):
        bias = part["estimate"] - TRUTH[name]
        covered, error = small_samples.share_of(part["wald"])
        rows.append({
            "estimator": estimator, "coefficient": name, "truth": TRUTH[name],
            "replicates": len(part), **small_samples.errors_of(bias),
            "wald": covered, "error": error,
            "profile": part["profile"].mean(), **{kind: part[kind].mean() for kind in ROBUST},
            "width": part["width"].median(), "failed": part["failed"].mean(),
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
            write_csv(small_samples.FOLDER / "bias_reduction.csv", pd.concat(tables).round(5))


if __name__ == "__main__":
    warnings.simplefilter("ignore", ProbstatsWarning)
    main(*map(int, sys.argv[1:]))
