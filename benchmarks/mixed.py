"""Random intercepts: this package beside R's ordinal::clmm, in one run, as ratios.

Simulated data with four levels, five covariates and 100 groups, adaptive Gauss-Hermite quadrature
with 10 nodes, one thread, the same numbers for both; every fit starts from a formula and a data
frame and includes the covariance of all parameters. Times are processor time, user and system,
which other programs on the machine disturb less than the clock on the wall. Ours is the median of
several fits, R's a single one where it is long. The two must agree on the log-likelihood to 1e-6.
Two hundred crossed groups by Laplace's method are timed as well. R with ordinal is optional.

Run: python benchmarks/mixed.py --out benchmarks/timings/mixed.csv
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

os.environ["OMP_NUM_THREADS"] = "1"  # before numpy is imported; R inherits it
os.environ["OPENBLAS_NUM_THREADS"] = "1"

import numpy as np
import pandas as pd

from probstats import CumulativeLinkMixedModel
from probstats.files import write_csv

N_ROWS = (1_000, 10_000)
N_GROUPS = 100
N_CROSSED = 200
SEED = 20261126
AGREEMENT = 1e-6
GOAL = 20.0
FORMULA = "y ~ x0 + x1 + x2 + x3 + x4"
KINDS = {"agq": "(1 | g)", "crossed": "(1 | g) + (1 | h)"}

SCRIPT = """
suppressMessages(library(ordinal))
args <- commandArgs(TRUE)
d <- read.csv(args[1]); d$y <- factor(d$y, ordered = TRUE); d$g <- factor(d$g); d$h <- factor(d$h)
nodes <- as.integer(args[3]); times <- numeric(0); formula <- as.formula(args[2])
repeat {
  spent <- system.time({m <- clmm(formula, data = d, nAGQ = nodes, Hess = TRUE); v <- vcov(m)})
  times <- c(times, sum(spent[1:2]))
  if (length(times) >= 5 || sum(times) > 10) break
}
cat(sprintf("%.17g %.17g", median(times), as.numeric(logLik(m))))
"""


def simulate(n_rows: int, n_groups: int) -> pd.DataFrame:
    """Return rows of groups, crossed with as many others."""
    rng = np.random.default_rng([SEED, n_rows, n_groups])
    design = rng.normal(size=(n_rows, 5))
    first, second = np.arange(n_rows) % n_groups, rng.integers(0, n_groups, n_rows)
    shift = rng.normal(size=n_groups)[first] + 0.7 * rng.normal(size=n_groups)[second]
    latent = design @ [0.5, -0.5, 0.3, 0.0, 0.2] + shift + rng.logistic(size=n_rows)
    frame = pd.DataFrame(design, columns=[f"x{number}" for number in range(5)])
    return frame.assign(y=np.searchsorted([-1.0, 0.5, 2.0], latent), g=first, h=second)


def fit_ours(kind: str, data: pd.DataFrame):
    """Fit, covariance included."""
    crossed = {"h": "h"} if kind == "crossed" else None
    model = CumulativeLinkMixedModel.from_formula(FORMULA, data, groups="g", vc_formula=crossed)
    fit = model.fit("agq", nodes=10) if kind == "agq" else model.fit()
    fit.cov_params()
    return fit


def time_ours(kind: str, data: pd.DataFrame) -> tuple[float, float]:
    """Return the median processor seconds of five fits, and the log-likelihood."""
    fit_ours(kind, data)
    seconds = []
    for _ in range(5):
        started = time.process_time()
        fit = fit_ours(kind, data)
        seconds.append(time.process_time() - started)
    return statistics.median(seconds), fit.llf


def time_clmm(kind: str, data: pd.DataFrame) -> tuple[float, float] | None:
    """Return the processor seconds of clmm and its log-likelihood; None without R."""
    if shutil.which("Rscript") is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        path, script = Path(folder, "data.csv"), Path(folder, "fit.R")
        data.to_csv(path, index=False, float_format="%.17g")
        script.write_text(SCRIPT, encoding="utf-8")
        nodes = "10" if kind == "agq" else "1"
        command = ["Rscript", "--vanilla", script, path, f"{FORMULA} + {KINDS[kind]}", nodes]
        said = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    seconds, loglike = map(float, said.split()[-2:])
    return seconds, loglike


def compare(kind: str, n_rows: int, n_groups: int) -> dict[str, object]:
    """Return times, their ratio, and the difference of log-likelihoods."""
    data = simulate(n_rows, n_groups)
    seconds, loglike = time_ours(kind, data)
    line: dict[str, object] = {"kind": kind, "n": n_rows, "groups": n_groups, "seconds": seconds}
    theirs = time_clmm(kind, data)
    if theirs is not None:
        line |= {
            "clmm_seconds": theirs[0],
            "ratio": theirs[0] / seconds,
            "loglike_difference": loglike - theirs[1],
        }
    return line


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, help="where to write the times, as CSV")
    options = parser.parse_args()
    lines = [compare("agq", n_rows, N_GROUPS) for n_rows in N_ROWS]
    lines.append(compare("crossed", N_ROWS[-1] // 2, N_CROSSED))
    frame = pd.DataFrame(lines)
    print(frame.to_string(index=False, float_format="{:.4g}".format))
    if "ratio" in frame:
        checked = frame[frame["kind"] == "agq"]
        agree = bool((checked["loglike_difference"].abs() < AGREEMENT).all())
        print(f"log-likelihoods agree to {AGREEMENT:g}: {'yes' if agree else 'NO'}")
        fast = bool((checked["ratio"] >= GOAL).all())
        print(f"{GOAL:g} times as fast as clmm: {'yes' if fast else 'NO'}")
    if options.out:
        numbers = frame.select_dtypes("number").columns
        short = frame.assign(**{n: frame[n].map(lambda v: float(f"{v:.4g}")) for n in numbers})
        write_csv(options.out, short)


if __name__ == "__main__":
    main()
