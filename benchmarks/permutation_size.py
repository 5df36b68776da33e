"""How often permutation tests of a term without an effect reject, beside tests by chi-squared.

Simulated outcomes have four levels, even (shares of a quarter) or sparse (10, 60, 25 and 5 per
cent; a level that is not drawn is left out).

- `x`: an exponential term x alone, its rows permuted;
- `x, z`: beside a normal covariate z with a log odds ratio of 1 and a correlation of 0.57 with x;
  the residuals are permuted;
- `x, z in strata`: z has two classes, and x is permuted within them too;
- `whole`: groups of 1, 3, 5, 7 or 9 rows, whose outcomes share a normal effect (standard deviation
  1 in log odds), and x is a normal value of the group;
- `within`: x is a value of rows that goes with the effect of the group;
- `whole, z` and `within, z`: the same beside a covariate z of rows with a log odds ratio of 1.

In groups, the tests by chi-squared take rows as independent, and so does the permutation of rows.
A data set in which a test cannot be made (such as Wald where the term separates the levels) counts
as not rejected, and is counted. Writes benchmarks/checking/permutation_size.csv.

Run on one core, about six minutes: python benchmarks/permutation_size.py
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
from probstats.errors import ProbstatsWarning
from probstats.files import write_csv
from probstats.models.checking.variants import without

SIZES = (14, 30, 60, 130)
GROUPS = (8, 12, 20)
SHARES = {"even": (0.25, 0.25, 0.25, 0.25), "sparse": (0.10, 0.60, 0.25, 0.05)}
LEVELS = (0.05, 0.01)
DATA_SETS = 600
RESAMPLES = 499
SEED = 20261127


def outcome(linear, pattern, rng):
    """Return levels, two of them at least."""
    thresholds = logit(np.cumsum(SHARES[pattern])[:-1])
    while True:
        latent = linear - linear.mean() + rng.logistic(size=len(linear))
        level = np.digitize(latent, thresholds)
        if len(np.unique(level)) > 1:
            return level


def of_rows(n, design, pattern, rng):
    """Return rows of a term x without an effect, alone or beside z."""
    z, x = rng.normal(size=n), rng.exponential(size=n)
    if design == "x":
        return pd.DataFrame({"y": outcome(0.0 * z, pattern, rng), "x": x})
    if design == "x, z in strata":
        z = rng.permutation(np.arange(n) % 2).astype(float)
    x = x + 0.7 * z
    return pd.DataFrame({"y": outcome(z, pattern, rng), "x": x, "z": z})


def of_groups(number, design, pattern, rng):
    """Return rows of groups that differ, and a term x of rows or of whole groups."""
    group = np.repeat(np.arange(number), np.resize([1, 3, 5, 7, 9], number))
    effect = rng.normal(size=number)[group]
    z = rng.normal(size=len(group))
    x = rng.normal(size=number)[group]
    if design.startswith("within"):
        x = effect + rng.normal(size=len(group)) + 0.5 * z * ("z" in design)
    data = {"y": outcome(effect + z * ("z" in design), pattern, rng), "x": x, "g": group}
    return pd.DataFrame(data | ({"z": z} if "z" in design else {}))


def p_values(data, designs, rng):
    """Return the p-value of each test of x; missing where it cannot be made."""
    covariates = data.drop(columns=["y", "g"], errors="ignore")
    try:
        fit = ps.CumulativeLinkModel(data["y"], covariates).fit()
        null = without(fit.model, ["x"]).fit()
    except ps.ModelError:
        return {}
    found = {}
    if fit.converged or fit.separation.separated:
        found["lr"] = stats.chi2.sf(2.0 * (fit.llf - null.llf), 1)
    found["wald"] = fit.wald_test_terms().loc["x", "p_value"]
    for name, options in designs.items():
        asked = {"n_resamples": RESAMPLES, "rng": rng, **options}
        if "groups" in asked:
            asked["groups"] = data["g"].to_numpy()
        try:
            test = ps.permutation_test(fit, "x", **asked)
        except ps.ModelError:
            continue
        found[f"permutation: {name}"] = test.p_value
        found["score"] = test.p_chi2
    return found


DESIGNS = {
    "x": {"rows": {}},
    "x, z": {"residuals": {}},
    "x, z in strata": {"residuals": {}, "strata": {"given": "strata"}},
    "whole": {"whole groups": {"groups": True}, "rows": {}},
    "within": {"within groups": {"groups": True}, "rows": {}},
    "whole, z": {"whole groups": {"groups": True}},
    "within, z": {"within groups": {"groups": True}},
}
TESTS = ("score", "lr", "wald")


def rejections(design, n, pattern, data_sets):
    """Return how often each test rejects."""
    make = of_groups if design.startswith("w") else of_rows
    rng = np.random.default_rng([SEED, list(DESIGNS).index(design), n, len(pattern)])
    draws = (make(n, design, pattern, rng) for _ in range(data_sets))
    found = [p_values(data, DESIGNS[design], rng) for data in draws]
    rows = []
    for test in [*(f"permutation: {name}" for name in DESIGNS[design]), *TESTS]:
        p = np.array([one.get(test, np.nan) for one in found], dtype=float)
        for level in LEVELS:
            rate = np.mean(p <= level + 1e-12)
            error = np.sqrt(rate * (1.0 - rate) / data_sets)
            missing = int(np.isnan(p).sum())
            rows.append([design, n, pattern, test, level, data_sets, rate, error, missing])
    return rows


def main(data_sets=DATA_SETS):
    started, results = time.monotonic(), []
    for design in DESIGNS:
        for n in GROUPS if design.startswith("w") else SIZES:
            patterns = SHARES if design in {"x", "x, z"} else ("even",)
            for pattern in patterns:
                results += rejections(design, n, pattern, data_sets)
        print(f"{design}: {time.monotonic() - started:.0f} s", flush=True)
    names = ["design", "n", "levels", "test", "level", "data_sets", "rejected", "error", "missing"]
    return pd.DataFrame(results, columns=names).round({"rejected": 4, "error": 4})


if __name__ == "__main__":
    warnings.simplefilter("ignore", ProbstatsWarning)
    table = main()
    write_csv(Path(__file__).parent / "checking" / "permutation_size.csv", table)
    wide = table.pivot_table(index=["design", "n", "levels", "level"], columns="test",
                             values="rejected")  # fmt: skip
    print(wide.to_string())
