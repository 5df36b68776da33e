"""Bias, coverage and size of polychoric correlations in small samples.

Pairs of ratings are cut from simulated bivariate normal variables, in 14 to 130 rows, with even
levels, and with sparse ones where the highest is rare. Levels that no row has are left out, as the
function does; samples where one outcome has one level only are lost. A profile interval holds the
truth if and only if the likelihood-ratio statistic at the truth is below its bound, which is one
more fit instead of an interval.

Writes benchmarks/checking/polychoric.csv: for each pattern, size, correlation and method
- lost, boundary: shares of samples without an estimate, and with one of plus or minus one;
- bias, rmse: of the others' estimates, boundaries at plus or minus one among them;
- interval: share of the default 95% intervals that hold the truth, by Fisher's z with the exact
  end at the boundary; profile: the same of profile intervals, which two steps do not have;
- at_boundary, profile_at_boundary: the same shares among samples at the boundary, if those are 20;
- rejected: share of likelihood-ratio tests of no correlation below 5%, the size where the
  correlation is zero;
- error: Monte Carlo standard error of a share of 0.95.

With --timings, writes benchmarks/timings/polychoric.csv: seconds for one pair beside R's polycor.

Run: python benchmarks/polychoric.py [replicates] [--timings]
"""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import argparse
import shutil
import subprocess
import time
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import special, stats

import probstats as ps
from probstats.association.pair_fit import climb
from probstats.errors import ModelError, ProbstatsWarning
from probstats.files import write_csv

PATTERNS = {
    "even": ((0.25, 0.25, 0.25, 0.25), (1 / 3, 1 / 3, 1 / 3)),
    "sparse": ((0.1, 0.55, 0.3, 0.05), (0.6, 0.35, 0.05)),
}
SIZES = (14, 30, 60, 130)
CORRELATIONS = (0.0, 0.5, 0.8)
METHODS = ("likelihood", "two-step")
REPLICATES = 500
SEED = 20250611
BOUND = float(stats.chi2.ppf(0.95, 1))
FOLDER = Path(__file__).parent


def draw(pattern, n, rho, rng):
    """Return one simulated frame of two outcomes."""
    latent = rng.multivariate_normal([0.0, 0.0], [[1.0, rho], [rho, 1.0]], size=n)
    cuts = [special.ndtri(np.cumsum(shares)[:-1]) for shares in PATTERNS[pattern]]
    codes = {name: np.digitize(x, c) for name, x, c in zip("ab", latent.T, cuts, strict=True)}
    return pd.DataFrame(codes)


def profile_holds(found, rho):
    """Return whether the 95% profile interval of the only pair holds a correlation."""
    (fit,) = found._fits.values()
    start = np.concatenate([[np.arctanh(rho)], fit.null.params[1:]])
    there = climb(fit.likelihood, start, np.arange(len(start)) > 0)
    return 2.0 * (fit.loglike - there.loglike) <= BOUND


def estimate(frame, rho, method):
    """Return what one method finds in a frame, or None where it cannot be done."""
    try:
        found = ps.polychoric(frame, method=method)
    except ModelError:
        return None
    line = found.table.iloc[0]
    edge = abs(line["estimate"]) == 1.0
    return {
        "estimate": line["estimate"],
        "boundary": edge,
        "interval": line["conf_low"] <= rho <= line["conf_high"],
        "profile": profile_holds(found, rho) if method == "likelihood" else np.nan,
        "rejected": line["p_value"] < 0.05,
    }


def simulate(pattern, n, rho, replicates):
    """Return a line for each method."""
    rng = np.random.default_rng([SEED, n, int(10 * rho), list(PATTERNS).index(pattern)])
    rows = {method: [] for method in METHODS}
    for _ in range(replicates):
        frame = draw(pattern, n, rho, rng)
        for method in METHODS:
            rows[method].append(estimate(frame, rho, method))
    return [
        {"pattern": pattern, "n": n, "rho": rho, "method": method}
        | summarise([row for row in rows[method] if row is not None], rho, replicates)
        for method in METHODS
    ]


def summarise(rows, rho, replicates):
    found = pd.DataFrame(rows).astype(float)
    edge = found[found["boundary"] == 1.0]
    away = found["estimate"] - rho
    return {
        "lost": 1.0 - len(found) / replicates,
        "boundary": found["boundary"].mean(),
        "bias": away.mean(),
        "rmse": np.sqrt((away**2).mean()),
        "interval": found["interval"].mean(),
        "profile": found["profile"].mean(),
        "at_boundary": edge["interval"].mean() if len(edge) >= 20 else np.nan,
        "profile_at_boundary": edge["profile"].mean() if len(edge) >= 20 else np.nan,
        "rejected": found["rejected"].mean(),
        "error": np.sqrt(0.05 * 0.95 / len(found)),
        "replicates": replicates,
    }


R_SCRIPT = """
suppressMessages(library(polycor)); d <- read.csv(commandArgs(TRUE)[1]); t <- table(d$a, d$b)
one <- function() polychor(t, ML = TRUE, std.err = TRUE)
invisible(one()); s <- sapply(1:5, function(i) system.time(one())["elapsed"]); cat(median(s))
"""


def time_pair(n, folder):
    """Return seconds of a fit of even levels, ours without profile and R's polycor."""
    frame = draw("even", n, 0.5, np.random.default_rng(n))
    line = {"n": n, "seconds": median_seconds(lambda: ps.polychoric(frame))}
    line["profile_seconds"] = median_seconds(lambda: ps.polychoric(frame, interval="profile"))
    if shutil.which("Rscript"):
        path = folder / "pair.csv"
        frame.to_csv(path, index=False)
        call = ["Rscript", "-e", R_SCRIPT, str(path)]
        theirs = subprocess.run(call, capture_output=True, text=True, check=True)
        line["polycor_seconds"] = float(theirs.stdout)
        line["ratio"] = line["polycor_seconds"] / line["seconds"]
    return line


def median_seconds(work, times=9):
    seconds = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    return float(np.median(seconds))


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("replicates", type=int, nargs="?", default=REPLICATES)
    parser.add_argument("--timings", action="store_true", help="time one pair, and nothing else")
    options = parser.parse_args()
    warnings.simplefilter("ignore", ProbstatsWarning)
    if options.timings:
        import tempfile

        with tempfile.TemporaryDirectory() as folder:
            times = pd.DataFrame([time_pair(n, Path(folder)) for n in (130, 1_000, 100_000)])
        print(times.to_string(index=False))
        write_csv(FOLDER / "timings" / "polychoric.csv", times.map(lambda v: float(f"{v:.4g}")))
        return
    lines = []
    for pattern in PATTERNS:
        for n in SIZES:
            for rho in CORRELATIONS:
                lines += simulate(pattern, n, rho, options.replicates)
                print(pd.DataFrame(lines[-2:]).round(3).to_string(index=False, header=False))
    write_csv(FOLDER / "checking" / "polychoric.csv", pd.DataFrame(lines).round(5))


if __name__ == "__main__":
    main()
