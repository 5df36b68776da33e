"""How often joint tests of a specification curve reject, without an effect and with one.

Simulated outcomes have four levels, even or sparse (10, 60, 25 and 5 per cent). A curve has eight
specifications: two outcomes that go together, all rows and two thirds of them, and the two sets of
covariates of a case:

- `assigned`: x has nothing to do with a covariate z, which has a log odds ratio of 1; sets of
  covariates none and z;
- `related`: x has a correlation of 0.57 with z, which says nothing of the outcomes; sets none and
  z;
- `confounded`: the same x, and z has a log odds ratio of 1; sets z, and z with another covariate.
  Without z there is an association, and so no null hypothesis;
- `groups`: groups of 1, 3, 5, 7 or 9 rows, whose outcomes share a normal effect (standard deviation
  1 in log odds); x is a normal value of the group, and groups are permuted whole.

Tests are the four of `specification_curve`, by permuted residuals; for `confounded` also by
permuting x as it is (`independent`), which is wrong there. Beside them: whether any specification
is significant by itself, and whether the median p-value is; these take rows as independent. The
effect is a log odds ratio of x in standard deviations.

Writes benchmarks/checking/specification_curve.csv.
Run on one core, about four minutes: python benchmarks/specification_curve.py
"""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import time
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.special import logit

import probstats as ps
from probstats.errors import ProbstatsWarning
from probstats.files import write_csv

SHARES = {"even": (0.25, 0.25, 0.25, 0.25), "sparse": (0.10, 0.60, 0.25, 0.05)}
SETS = {
    "assigned": {"none": [], "z": ["z"]},
    "related": {"none": [], "z": ["z"]},
    "confounded": {"z": ["z"], "z, w": ["z", "w"]},
    "groups": {"none": [], "z": ["z"]},
}
CASES = {
    ("assigned", 20, "even", 0.0): 140,
    ("assigned", 20, "sparse", 0.0): 140,
    ("related", 40, "even", 0.0): 140,
    ("confounded", 40, "even", 0.0): 140,
    ("groups", 12, "even", 0.0): 140,
    ("assigned", 40, "even", 0.6): 60,
    ("groups", 12, "even", 0.6): 60,
}
"""Case, rows (or groups), levels and effect: data sets."""

PERMUTATIONS = 199
LEVEL = 0.05
SEED = 20261126


def outcomes(linear, levels, rng):
    """Return two outcomes whose latent errors share a part."""
    shared = rng.normal(size=len(linear))
    columns = {}
    for name in ("y", "v"):
        latent = linear - linear.mean() + 0.8 * shared + rng.logistic(size=len(linear))
        cuts = logit(np.cumsum(SHARES[levels])[:-1])
        columns[name] = np.digitize(latent, cuts)
    return columns


def simulated(case, n, levels, effect, rng):
    """Return a data set; of groups n is their number."""
    group = np.arange(n)
    if case == "groups":
        group = np.repeat(group, np.resize([1, 3, 5, 7, 9], n))
    rows = len(group)
    z, w = rng.normal(size=(2, rows))
    x = rng.normal(size=n)[group]
    if case in {"related", "confounded"}:
        x = (x + 0.7 * z) / np.hypot(1.0, 0.7)
    linear = effect * x + (0.0 if case == "related" else 1.0) * z
    if case == "groups":
        linear = linear + rng.normal(size=n)[group]
    part = np.arange(rows) % 3 > 0
    frame = pd.DataFrame({"x": x, "z": z, "w": w, "group": group, "part": part})
    return frame.assign(**outcomes(linear, levels, rng))


def tested(case, data, seed):
    """Return the p-values of joint tests, and of the two naive ones, by test."""
    found = {}
    for given in ("independent", "residuals")[case != "confounded" :]:
        curve = ps.specification_curve(
            data, ["y", "v"], "x", SETS[case], {"all": None, "part": "part"}, models="wald",
            groups="group" if case == "groups" else None, n_permutations=PERMUTATIONS,
            given=given, rng=seed,
        )  # fmt: skip
        joint = curve.joint.set_index("test")["p_value"]
        found |= {f"{test}, {given}": p_value for test, p_value in joint.items()}
    single = curve.table["p_value"].dropna()
    return found | {"any specification": single.min(), "median p-value": single.median()}


def rejections(case, n, levels, effect, data_sets):
    """Return a row for each test: how often it rejects."""
    number = list(CASES).index((case, n, levels, effect))
    streams = np.random.default_rng([SEED, number]).spawn(data_sets)
    found = [tested(case, simulated(case, n, levels, effect, rng), rng) for rng in streams]
    rows = []
    for test, values in pd.DataFrame(found).items():
        rate = float((values <= LEVEL + 1e-12).mean())
        error = np.sqrt(rate * (1.0 - rate) / data_sets)
        rows.append([case, n, levels, effect, test, LEVEL, data_sets, rate, error])
    return rows


def main():
    started, results = time.monotonic(), []
    for case, data_sets in CASES.items():
        results += rejections(*case, data_sets)
        print(f"{case}: {time.monotonic() - started:.0f} s", flush=True)
    names = ["case", "n", "levels", "effect", "test", "level", "data_sets", "rejected", "error"]
    return pd.DataFrame(results, columns=names).round({"rejected": 4, "error": 4})


if __name__ == "__main__":
    warnings.simplefilter("ignore", ProbstatsWarning)
    table = main()
    write_csv(Path(__file__).parent / "checking" / "specification_curve.csv", table)
    wide = table.pivot_table(index=["case", "n", "levels", "effect"], columns="test",
                             values="rejected")  # fmt: skip
    print(wide.to_string())
