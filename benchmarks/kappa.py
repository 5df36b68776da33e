"""Coverage of the intervals of weighted kappa in small samples.

Two raters' levels are cut from simulated bivariate normal variables, in 14 to 60 subjects. The
truth is kappa of the probabilities of the table. Samples where a rater gives one level only are
lost.

Writes benchmarks/checking/kappa.csv: for each design and interval the share of 95% intervals that
hold the truth, its Monte Carlo error, the share of samples lost and of samples without any
disagreement, which have the exact bound and count like the others.

Run: python benchmarks/kappa.py [replicates] (about three minutes on one core)
"""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import sys
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import special

import probstats as ps
from probstats.association.bivariate_normal import bivariate_normal_cdf
from probstats.association.kappa import INTERVALS, kappas
from probstats.association.kappa_reading import disagreement
from probstats.errors import ModelError, ProbstatsWarning
from probstats.files import write_csv

PATTERNS = {"even": (0.25, 0.25, 0.25, 0.25), "sparse": (0.1, 0.55, 0.3, 0.05)}
SIZES = (14, 30, 60)
CORRELATIONS = (0.3, 0.6, 0.85)
WEIGHTS = ("linear", "quadratic")
REPLICATES = 400
SEED = 20250612


def table_of(pattern, rho):
    """Return the probabilities of levels by levels."""
    cuts = np.r_[-np.inf, special.ndtri(np.cumsum(PATTERNS[pattern])[:-1]), np.inf]
    corners = bivariate_normal_cdf(cuts[:, None], cuts[None, :], rho)
    return np.diff(np.diff(corners, axis=0), axis=1)


def simulate(pattern, n, rho, weights, replicates):
    """Return a line for each interval."""
    key = [SEED, n, int(100 * rho), list(PATTERNS).index(pattern), WEIGHTS.index(weights)]
    rng, p = np.random.default_rng(key), table_of(pattern, rho)
    size = len(p)
    truth = float(kappas(p, disagreement(weights, tuple(range(size)))))
    held = {interval: [] for interval in INTERVALS}
    lost = sure = 0
    for counts in rng.multinomial(n, p.ravel(), size=replicates):
        cells = np.repeat(np.arange(size * size), counts)
        first, second = (
            pd.Categorical.from_codes(codes, range(size), ordered=True)
            for codes in np.divmod(cells, size)
        )
        try:
            found = [
                ps.weighted_kappa(first, second, weights, interval=one, n_resamples=400, rng=rng)
                for one in INTERVALS
            ]
        except ModelError:
            lost += 1
            continue
        sure += found[0].interval == "exact"
        for interval, one in zip(INTERVALS, found, strict=True):
            held[interval].append(one.conf_low <= truth <= one.conf_high)
    shared = {"pattern": pattern, "n": n, "rho": rho, "kappa": truth, "weights": weights}
    counts = {"lost": lost / replicates, "sure": sure / replicates, "replicates": replicates}
    return [shared | {"interval": interval} | _share(shares) | counts
            for interval, shares in held.items()]  # fmt: skip


def _share(held):
    share = float(np.mean(held))
    return {"coverage": share, "error": float(np.sqrt(share * (1 - share) / len(held)))}


def main():
    warnings.simplefilter("ignore", ProbstatsWarning)
    replicates = int(sys.argv[1]) if len(sys.argv) > 1 else REPLICATES
    lines = []
    for pattern in PATTERNS:
        for n in SIZES:
            for rho in CORRELATIONS:
                for weights in WEIGHTS:
                    lines += simulate(pattern, n, rho, weights, replicates)
    table = pd.DataFrame(lines)
    print(table.groupby(["n", "interval"])["coverage"].describe().round(3).to_string())
    write_csv(Path(__file__).parent / "checking" / "kappa.csv", table.round(5))


if __name__ == "__main__":
    main()
