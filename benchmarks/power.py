"""Where Whitehead's formula says what a design can find, and where it does not.

Two groups of equal size, four levels in even and in sparse shares (over both groups), 14 to 130
rows. At the odds ratios for which the formula gives a power of 0.5 and of 0.8, and at 1, samples
are simulated and analysed by proportional odds with Wald tests at 5%: by maximum likelihood, and
with bias reduction. Writes benchmarks/checking/power.csv: a row for each design, odds ratio and
estimator, with the power by formula and by simulation (its 95% Monte Carlo interval), the width of
the interval of the log odds ratio by both, coverage, and the shares of samples that lost a level
or have no finite estimate.

Run: python benchmarks/power.py (about five minutes on one core)
"""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import warnings
from pathlib import Path

import numpy as np
import pandas as pd

import probstats as ps
from probstats.errors import ProbstatsWarning
from probstats.files import write_csv

SIZES = (14, 30, 60, 130)
SHARES = {"even": [0.25, 0.25, 0.25, 0.25], "sparse": [0.03, 0.12, 0.35, 0.5]}
POWERS = (0.5, 0.8)
REPLICATES = {"likelihood": 4000, "reduction": 1000}
SEED = 20250402


def by_formula(n, shares, odds_ratio):
    """Return power and width by the formula; at an odds ratio of 1 the level of the test."""
    if odds_ratio == 1.0:
        return 0.05, ps.power(shares=shares, odds_ratio=2.0, n=n).width
    found = ps.power(shares=shares, odds_ratio=odds_ratio, n=n)
    return found.power, found.width


def study(n, shares, estimator, replicates):
    """Return a row for each odds ratio of one design and estimator."""
    asked = [ps.power(shares=shares, n=n, power=power).odds_ratio for power in POWERS]
    made = ps.power(
        "~ treated", "treated", data=pd.DataFrame({"treated": np.arange(n) % 2}), shares=shares,
        odds_ratio=asked, reduction="mean" if estimator == "reduction" else None,
        n_resamples=replicates, rng=[SEED, n],
    )  # fmt: skip
    formula = [by_formula(n, shares, one) for one in made.table["odds_ratio"]]
    powers, widths = np.array(formula).T
    table = made.table.assign(formula=powers, formula_width=widths, replicates=replicates)
    front = ["odds_ratio", "formula", "power", "low", "high", "formula_width", "width"]
    return table[[*front, "coverage", "exaggeration", "lost_level", "separated", "replicates"]]


def main():
    tables = []
    for estimator, replicates in REPLICATES.items():
        for name, shares in SHARES.items():
            for n in SIZES:
                found = study(n, shares, estimator, replicates)
                places = [("estimator", estimator), ("shares", name), ("n", n)]
                for place, (column, value) in enumerate(places):
                    found.insert(place, column, value)
                tables.append(found)
                print(found.round(3).to_string(index=False))
    table = pd.concat(tables, ignore_index=True).round(5)
    write_csv(Path(__file__).parent / "checking" / "power.csv", table)


if __name__ == "__main__":
    warnings.simplefilter("ignore", ProbstatsWarning)
    main()
