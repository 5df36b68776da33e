"""How often each test of parallel lines rejects at 5 per cent, where lines are parallel and not.

Outcomes of four levels (shares of about 10, 45, 35 and 10 per cent) with a normal covariate a and
a covariate b of 0 and 1. Under `parallel` both have one effect. Under `not parallel` the log odds
ratio of b is 0, 0.75 and 1.5 at the three thresholds. A data set where a statistic cannot be
computed counts as not rejected, and is counted. Data sets without one of the levels are drawn
again. Writes benchmarks/checking/parallel_lines_size.csv.

Run on one core, about eight minutes: python benchmarks/parallel_lines_size.py
"""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import time
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import stats
from scipy.special import logit

import probstats as ps
from probstats.files import write_csv
from probstats.models.checking.bootstrap_p import bootstrap_table
from probstats.models.checking.lines import level_counts, lines_of
from probstats.models.checking.replicates import statistics_of

SIZES = (60, 130, 500)
METHODS = ("lr", "score", "wald", "wolfe-gould", "brant")
THRESHOLDS = logit([0.1, 0.55, 0.9])
EFFECT_A = 0.7
EFFECTS_B = {"parallel": (0.5, 0.5, 0.5), "not parallel": (0.0, 0.75, 1.5)}
LEVEL = 0.05
SEED = 20261126
DATA_SETS = {60: 3000, 130: 2500, 500: 1200}
BOOTSTRAPS = {60: 300, 130: 200}
"""Data sets with a bootstrap, of 99 replicates each."""


def draw(n, truth, rng):
    """Return outcome and covariates, with every level."""
    while True:
        a, b = rng.normal(size=n), rng.integers(0, 2, n)
        bounds = THRESHOLDS - EFFECT_A * a[:, None] - np.outer(b, EFFECTS_B[truth])
        level = (rng.logistic(size=n)[:, None] > bounds).sum(axis=1)
        if len(np.unique(level)) == len(THRESHOLDS) + 1:
            return level, pd.DataFrame({"a": a, "b": b})


def lines(n, truth, rng):
    """Return the fit with parallel lines, as the tests see it, or None where it is separated."""
    level, covariates = draw(n, truth, rng)
    fit = ps.CumulativeLinkModel(level, covariates).fit()
    return lines_of(fit, {"a": [0], "b": [1]}) if fit.converged else None


def chi_squared(n, truth, data_sets, rng):
    """Return how often each test rejects by the chi-squared distribution."""
    values = np.full((len(METHODS), data_sets, 3), np.nan)
    for number in range(data_sets):
        seen = lines(n, truth, rng)
        if seen is None:
            continue
        counts = level_counts(seen.rows).astype(int)
        for row, method in zip(values, METHODS, strict=True):
            row[number] = statistics_of(seen, method, counts)
    df = np.array([4, 2, 2])
    rejected = values > stats.chi2.isf(LEVEL, df)
    return [
        [truth, n, method, "chi-squared", term, data_sets, *_rate(yes[:, k], known[:, k])]
        for method, yes, known in zip(METHODS, rejected, np.isfinite(values), strict=True)
        for k, term in enumerate(("overall", "a", "b"))
    ]


def bootstrapped(n, truth, data_sets, rng, methods=("lr", "score", "brant")):
    """Return how often each test rejects by its bootstrap p-value."""
    p_values = np.full((len(methods), data_sets, 3), np.nan)
    for number in range(data_sets):
        seen = lines(n, truth, rng)
        if seen is None:
            continue
        counts = level_counts(seen.rows).astype(int)
        for row, method in zip(p_values, methods, strict=True):
            observed = statistics_of(seen, method, counts)
            row[number] = bootstrap_table(seen, method, observed, 99, rng)["p_value"]
    rejected = p_values <= LEVEL
    return [
        [truth, n, method, "bootstrap", term, data_sets, *_rate(yes[:, k], known[:, k])]
        for method, yes, known in zip(methods, rejected, ~np.isnan(p_values), strict=True)
        for k, term in enumerate(("overall", "a", "b"))
    ]


def _rate(rejected, known):
    rate = rejected.mean()
    return rate, np.sqrt(rate * (1.0 - rate) / len(rejected)), int((~known).sum())


def main():
    started, results = time.monotonic(), []
    for truth in EFFECTS_B:
        for n in SIZES:
            rng = np.random.default_rng([SEED, n, len(truth)])
            results += chi_squared(n, truth, DATA_SETS[n], rng)
            if truth == "parallel" and n in BOOTSTRAPS:
                results += bootstrapped(n, truth, BOOTSTRAPS[n], rng)
            print(f"{truth}, n = {n}: {time.monotonic() - started:.0f} s", flush=True)
    keys = ["truth", "n", "method", "reference", "term"]
    names = [*keys, "data_sets", "rejected", "error", "missing"]
    table = pd.DataFrame(results, columns=names).round({"rejected": 4, "error": 4})
    write_csv(Path(__file__).parent / "checking" / "parallel_lines_size.csv", table)
    print(table.to_string())


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    main()
