"""Fitting a proportional-odds model: this package beside statsmodels, in one run, as ratios.

Simulated data, four levels, one thread. Run: OMP_NUM_THREADS=1 python benchmarks/ordinal.py
"""

import statistics
import time
import warnings

import numpy as np
import pandas as pd
from statsmodels.miscmodels.ordinal_model import OrderedModel

from probstats import CumulativeLinkModel

SIZES = [(100, 5), (1_000, 5), (10_000, 20)]


def simulate(n_rows, n_covariates, seed=20261121):
    rng = np.random.default_rng(seed)
    exog = pd.DataFrame(rng.normal(size=(n_rows, n_covariates))).rename(columns="x{}".format)
    latent = exog @ np.linspace(-0.5, 0.5, n_covariates) + rng.logistic(size=n_rows)
    return np.digitize(latent, [-1.0, 0.5, 2.0]), exog


def median_seconds(call, repeats):
    times = []
    for _ in range(repeats):
        started = time.perf_counter()
        call()
        times.append(time.perf_counter() - started)
    return statistics.median(times)


def compare(n_rows, n_covariates):
    levels, exog = simulate(n_rows, n_covariates)
    ours = median_seconds(lambda: CumulativeLinkModel(levels, exog).fit().bse, 7)
    theirs = median_seconds(
        lambda: OrderedModel(levels, exog, distr="logit").fit(method="bfgs", disp=0).bse, 3
    )
    return ours, theirs


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    print(f"{'rows':>8} {'covariates':>10} {'ours (s)':>10} {'statsmodels (s)':>16} {'ratio':>7}")
    for size in SIZES:
        ours, theirs = compare(*size)
        print(f"{size[0]:>8,} {size[1]:>10} {ours:>10.4f} {theirs:>16.4f} {theirs / ours:>7.0f}")
