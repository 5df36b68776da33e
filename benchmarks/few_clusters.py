"""How often clustered intervals hold the truth with 8, 12, 20 and 40 clusters.

Ratings are drawn with a normal effect of cluster (standard deviation 0.8 on the log-odds scale),
and with no effect of two covariates: one that a quarter of the clusters has, and one of the rows.
Without an effect the marginal coefficient is zero too, so that coverage is one minus the rejection
rate under the null. Clusters are equal, or very unequal in size; levels are even or sparse.

Writes benchmarks/small/few_clusters.csv: for each design, method and covariate the coverage of 95%
intervals with its Monte Carlo standard error, the mean width, the mean degrees of freedom, and the
share of samples without an answer, which are left out of the other columns.

Run: python benchmarks/few_clusters.py [replicates]
"""

import sys
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.special import logit

import probstats as ps
from probstats.errors import ModelError, ProbstatsWarning
from probstats.files import write_csv

CLUSTERS = {8: 8, 12: 7, 20: 5, 40: 3}
"""Number of clusters, and rows in each on average: 60 to 120 rows."""

SIZES = ("equal", "unequal")
PATTERNS = {"even": (1 / 3, 1 / 3, 1 / 3), "sparse": (0.35, 0.57, 0.08)}
METHODS = {
    "nonrobust": {},
    "CR0": {"cov_type": "CR0"},
    "CR1": {"cov_type": "CR1"},
    "CR2": {"cov_type": "CR2"},
    "CR3": {"cov_type": "CR3"},
    "jackknife": {"cov_type": "jackknife"},
    "reduction, CR2": {"cov_type": "CR2", "reduction": "mean"},
}
CLUSTER_SD = 0.8
REPLICATES = 1000
SEED = 20261126


def make_groups(n_clusters, sizes):
    """Return the cluster of each row; the largest unequal one has a quarter to a third of all."""
    n_rows = n_clusters * CLUSTERS[n_clusters]
    if sizes == "equal":
        return np.repeat(np.arange(n_clusters), CLUSTERS[n_clusters])
    weights = 1.0 / np.arange(1, n_clusters + 1)
    extra = np.floor((n_rows - n_clusters) * weights / weights.sum()).astype(int)
    extra[0] += n_rows - n_clusters - extra.sum()
    return np.repeat(np.arange(n_clusters), 1 + extra)


def make_rows(groups, rng):
    """Return the covariates: of every fourth cluster, and of rows."""
    cluster = (groups % 4 == 1).astype(float)
    return pd.DataFrame({"cluster": cluster, "row": rng.normal(size=len(groups))})


def draw(groups, shares, rng):
    """Return levels that have nothing to do with the covariates."""
    effects = CLUSTER_SD * rng.normal(size=groups.max() + 1)
    latent = effects[groups] + rng.logistic(size=len(groups))
    return 1 + (latent[:, None] > logit(np.cumsum(shares)[:-1])).sum(axis=1)


def intervals_of(model, groups):
    """Return for each method and covariate whether the interval holds zero, its width and df."""
    found = []
    for method, options in METHODS.items():
        kwds = {"cov_kwds": {"groups": groups}} if options else {}
        try:
            fit = model.fit(**options, **kwds)
        except ModelError:
            found += [(method, name, np.nan, np.nan, np.nan) for name in ("cluster", "row")]
            continue
        ends, df = fit.conf_int(), fit.df_inference
        for name in ("cluster", "row"):
            low, high = ends.loc[name]
            held = float(low <= 0.0 <= high) if np.isfinite(low) else np.nan
            found.append((method, name, held, high - low, df[name]))
    return found


def simulate(n_clusters, sizes, shares, replicates):
    """Return a row for each method and covariate of a design."""
    rng, found = np.random.default_rng(SEED), []
    groups = make_groups(n_clusters, sizes)
    for _ in range(replicates):
        x = make_rows(groups, rng)
        y = draw(groups, shares, rng)
        found += intervals_of(ps.CumulativeLinkModel(y, x), groups)
    names = ["method", "covariate", "held", "width", "df"]
    frame = pd.DataFrame(found, columns=names).replace(np.inf, np.nan)
    rows = []
    for (method, name), part in frame.groupby(["method", "covariate"], sort=False):
        held = part["held"].dropna()
        error = np.sqrt(held.mean() * (1.0 - held.mean()) / len(held))
        rows.append([method, name, replicates, held.mean(), error, part["width"].median(),
                     part["df"].mean(), part["held"].isna().mean()])  # fmt: skip
    columns = ["method", "covariate", "replicates", "coverage", "error", "median_width", "df",
               "lost"]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)


def main(replicates=REPLICATES):
    """Run all designs."""
    tables = []
    for pattern, shares in PATTERNS.items():
        for sizes in SIZES:
            for n_clusters in CLUSTERS:
                table = simulate(n_clusters, sizes, shares, replicates)
                table.insert(0, "clusters", n_clusters)
                table.insert(0, "sizes", sizes)
                table.insert(0, "levels", pattern)
                tables.append(table)
                print(table.round(3).to_string(index=False), flush=True)
                folder = Path(__file__).parent / "small"
                write_csv(folder / "few_clusters.csv", pd.concat(tables).round(5))


if __name__ == "__main__":
    warnings.simplefilter("ignore", ProbstatsWarning)
    main(*map(int, sys.argv[1:]))
