"""How often the tests of fit reject a model that is right, and one that misses a square.

Simulated outcomes of four levels with two normal covariates and a factor of three, at n = 60, 130
and 500. The model fitted is proportional odds in all three; under "square" the truth has the
square of the first covariate as well. Writes benchmarks/checking/goodness_of_fit_size.csv: the
share of rejections at 5% and its Monte Carlo error, how often a test could not be done, the mean
share of expected counts below 1 and below 5, and the share of rejections where no expected count
was below 1.

Run: python benchmarks/goodness_of_fit_size.py (about six minutes on one core)
"""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import warnings
from pathlib import Path

import numpy as np
import pandas as pd

import probstats as ps
from probstats.files import write_csv

SIZES = (60, 130, 500)
TRUTHS = {"right": 0.0, "square": 0.5}
REPLICATES = 2000
THRESHOLDS = np.array([-1.5, 0.3, 1.8])
SEED = 20250311
TESTS = [
    ("lipsitz", 6), ("lipsitz", 10), ("hosmer-lemeshow", 6), ("hosmer-lemeshow", 10),
    ("pulkstenis-robinson", None),
]  # fmt: skip


def draw(n, square, rng):
    """Return covariates, outcome and factor of one simulated study."""
    x, z = rng.normal(size=(2, n))
    factor = rng.integers(3, size=n)
    covariates = pd.DataFrame({"x": x, "z": z, "b": factor == 1, "c": factor == 2}, dtype=float)
    eta = 0.7 * x + 0.4 * z + 0.5 * (factor == 1) - 0.5 * (factor == 2) + square * (x**2 - 1.0)
    latent = eta + rng.logistic(size=n)
    return covariates, np.searchsorted(THRESHOLDS, latent), factor


def p_values(fit, factor):
    """Return p-values, counts below 1 and below 5 of each test; missing where it cannot be done."""
    found = {}
    for method, groups in TESTS:
        options = {"by": factor} if groups is None else {"groups": groups}
        try:
            test = ps.goodness_of_fit(fit, method, **options)
        except ps.ModelError:
            continue
        shares = test.below_one, test.below_five
        label = f"{method}, g = {groups}" if groups else f"{method}, chi-squared"
        found[label] = (test.p_value, *shares)
        if test.deviance is not None:
            found[f"{method}, deviance"] = (test.deviance_p_value, *shares)
    return found


def study(n, square, rng):
    """Return the p-values of all replicates, a row for each test of each."""
    rows = []
    for replicate in range(REPLICATES):
        covariates, outcome, factor = draw(n, square, rng)
        fit = ps.CumulativeLinkModel(outcome, covariates).fit()
        if not fit.converged:
            continue
        rows += [[replicate, test, *values] for test, values in p_values(fit, factor).items()]
    return pd.DataFrame(rows, columns=["replicate", "test", "p_value", "below_one", "below_five"])


def rates(found):
    """Return rejections by test, with Monte Carlo errors."""
    lines = []
    for test, rows in found.groupby("test", sort=False):
        p = rows["p_value"].dropna()
        share = (p < 0.05).mean()
        full = p[rows.loc[p.index, "below_one"] == 0.0]
        lines.append({
            "test": test, "rejected": share, "mc_error": np.sqrt(share * (1 - share) / len(p)),
            "not_done": 1.0 - len(p) / REPLICATES,
            "below_one": rows["below_one"].mean(), "below_five": rows["below_five"].mean(),
            "no_cell_below_one": len(full) / REPLICATES,
            "rejected_if_none": (full < 0.05).mean() if len(full) >= 100 else np.nan,
        })  # fmt: skip
    return pd.DataFrame(lines)


def main():
    tables = []
    for truth, square in TRUTHS.items():
        for n in SIZES:
            found = rates(study(n, square, np.random.default_rng([SEED, n])))
            tables.append(found.assign(truth=truth, n=n, replicates=REPLICATES))
            print(tables[-1].round(3).to_string())
    table = pd.concat(tables, ignore_index=True)
    front = ["truth", "n", "test", "replicates"]
    table = table[front + [name for name in table if name not in front]].round(5)
    write_csv(Path(__file__).parent / "checking" / "goodness_of_fit_size.csv", table)


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    main()
