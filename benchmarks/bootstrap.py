"""How often bootstrap intervals hold the truth in small samples.

Rows: outcomes of three levels (shares of about 35, 45 and 20 per cent) with a normal covariate x
(log odds ratio 0.7) and a covariate b that 30 per cent of the rows have (0.5); 30, 60 and 130 rows.
Clusters: 8 and 20 clusters of unequal size with a normal effect of standard deviation 0.8, a
covariate that every fourth cluster has and one of the rows, neither with an effect, so that the
marginal coefficients are zero too.

Each data set has a fit and 999 replicates by each method. Data sets without a maximum-likelihood
estimate have no interval; they are counted in `lost` and left out of the other columns. `left_out`
is the mean share of resamples without estimates, `endless` the share of intervals with an infinite
end, and the widths are medians.

Writes benchmarks/checking/bootstrap_coverage.csv. Run on one core, about eight minutes:
python benchmarks/bootstrap.py [data sets]
"""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import sys
import time
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.special import logit

import probstats as ps
from probstats.errors import ModelError
from probstats.files import write_csv

ROWS = (30, 60, 130)
CLUSTERS = {8: 8, 20: 5}
"""Number of clusters, and rows in each on average."""

THRESHOLDS = logit([0.35, 0.8])
EFFECTS = {"x": 0.7, "b": 0.5}
CLUSTER_SD = 0.8
REPLICATES = 999
DATA_SETS = 400
SEED = 20261126
KINDS = {
    "case": ("percentile", "bca", "studentised"),
    "parametric": ("percentile", "studentised"),
    "score-wild": ("percentile", "studentised"),
    "cluster": ("percentile", "bca", "studentised"),
}


def draw_rows(n, rng):
    """Return independent rows, and the true coefficients."""
    frame = pd.DataFrame({"x": rng.normal(size=n), "b": (rng.random(n) < 0.3).astype(float)})
    latent = sum(effect * frame[name] for name, effect in EFFECTS.items())
    latent = latent - np.average(latent) + rng.logistic(size=n)
    return frame, np.searchsorted(THRESHOLDS, latent), EFFECTS


def draw_clusters(n_clusters, rng):
    """Return rows of clusters of unequal size, their clusters, and the true coefficients."""
    weights = 1.0 / np.sqrt(np.arange(1, n_clusters + 1))
    sizes = np.maximum(2, np.round(n_clusters * CLUSTERS[n_clusters] * weights / weights.sum()))
    groups = np.repeat(np.arange(n_clusters), sizes.astype(int))
    frame = pd.DataFrame({"cluster": (groups % 4 == 1) * 1.0, "row": rng.normal(size=len(groups))})
    latent = CLUSTER_SD * rng.normal(size=n_clusters)[groups] + rng.logistic(size=len(groups))
    return frame, np.searchsorted(THRESHOLDS, latent), groups


def intervals_of(fit, methods, groups, rng):
    """Go through the intervals of a fit: method, kind, ends, and share of resamples left out."""
    errors = {"cov_type": "CR2", "cov_kwds": {"groups": groups}} if groups is not None else {}
    yield "CR2" if errors else "Wald", "", fit.model.fit(**errors).conf_int(), 0.0
    for method in methods:
        options = {} if groups is None or method in {"case", "parametric"} else {"groups": groups}
        try:
            found = ps.bootstrap(fit, REPLICATES, method, rng=rng, **options)
        except ModelError:
            continue
        left_out = found.failures.sum() / REPLICATES
        for kind in KINDS[method]:
            try:
                yield method, kind, found.conf_int(kind), left_out
            except ModelError:  # too few replicates are left
                continue


def study(design, size, data_sets):
    """Return a row for each method, kind and covariate."""
    rng, found, lost = np.random.default_rng([SEED, size]), [], 0
    methods = ("case", "parametric", "score-wild") if design == "rows" else (
        "case", "cluster", "score-wild")  # fmt: skip
    for _ in range(data_sets):
        if design == "rows":
            frame, y, truth = draw_rows(size, rng)
            groups = None
        else:
            frame, y, groups = draw_clusters(size, rng)
            truth = dict.fromkeys(frame, 0.0)
        if len(np.unique(y)) < 3:
            lost += 1
            continue
        fit = ps.CumulativeLinkModel(y, frame).fit()
        if not fit.converged:
            lost += 1
            continue
        for method, kind, ends, left_out in intervals_of(fit, methods, groups, rng):
            for name, value in truth.items():
                low, high = ends.loc[name]
                found.append([method, kind, name, low <= value <= high, high - low, left_out])
    return summarise(found, data_sets, lost)


def summarise(found, data_sets, lost):
    """Return shares and medians over the data sets."""
    names = ["method", "kind", "covariate", "held", "width", "left_out"]
    frame, rows = pd.DataFrame(found, columns=names), []
    for keys, part in frame.groupby(names[:3], sort=False):
        held = part["held"].mean()
        error = np.sqrt(held * (1.0 - held) / len(part))
        rows.append([*keys, data_sets, len(part), held, error, part["width"].median(),
                     np.isinf(part["width"]).mean(), part["left_out"].mean(), lost])  # fmt: skip
    columns = [*names[:3], "data_sets", "intervals", "coverage", "error", "width", "endless",
               "left_out", "lost"]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)


def main(data_sets=DATA_SETS):
    """Run all designs."""
    started, tables = time.monotonic(), []
    for design, sizes in (("rows", ROWS), ("clusters", CLUSTERS)):
        for size in sizes:
            table = study(design, size, data_sets)
            table.insert(0, "size", size)
            table.insert(0, "design", design)
            tables.append(table)
            print(table.round(3).to_string(index=False))
            print(f"{time.monotonic() - started:.0f} s", flush=True)
    path = Path(__file__).parent / "checking" / "bootstrap_coverage.csv"
    write_csv(path, pd.concat(tables).round(4))


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    main(*map(int, sys.argv[1:]))
