"""A case bootstrap: one batched Newton beside loops of refits here, in R and in statsmodels.

Simulated data with four levels; the same resamples for everybody, one thread, processor time. Ours
includes drawing the resamples and the standard errors of all replicates; the others leave both out.
Loops that would take minutes are timed for some of the resamples, and their seconds are those of
all by proportion: `timed` says for how many. `difference` is the largest difference of a
coefficient from ours. R (ordinal and rms) is optional.

Writes benchmarks/timings/resampling.csv. Run: python benchmarks/resampling_speed.py
"""

from __future__ import annotations

import os

os.environ["OMP_NUM_THREADS"] = "1"  # before numpy is imported; R inherits it
os.environ["OPENBLAS_NUM_THREADS"] = "1"

import shutil
import subprocess
import tempfile
import time
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
from statsmodels.miscmodels.ordinal_model import OrderedModel

import probstats as ps
from probstats.files import write_csv
from probstats.models.checking.variants import of_rows, quiet_fit

SIZES = ((150, 5), (1000, 10))
CUTS = (-1.0, 0.5, 2.0)
RESAMPLES = 1000
TIMED = {"probstats, one by one": 200, "statsmodels bfgs": 20}
METHODS = ("case", "cluster", "score-wild", "parametric")
REPEATS = 5
SEED = 20261126


def simulate(n, p):
    """Return outcome and covariates."""
    rng = np.random.default_rng([SEED, n, p])
    design = rng.normal(size=(n, p))
    latent = design @ np.linspace(-0.5, 0.5, p) + rng.logistic(size=n)
    names = [f"x{number}" for number in range(p)]
    return pd.Series(np.digitize(latent, CUTS), name="y"), pd.DataFrame(design, columns=names)


def clock(call, times=1):
    """Return the least processor seconds of some calls, and the value."""
    seconds = []
    for _ in range(times):
        started = time.process_time()
        value = call()
        seconds.append(time.process_time() - started)
    return min(seconds), value


def rows_of(source, total, chunk):
    """Return the rows that a seed of 1 draws, a line for each resample."""
    from probstats.jobs.pieces import chunks, spawn
    from probstats.models.kernel.batch import block_size

    sizes, found = chunks(total, chunk), []
    for size, rng in zip(sizes, spawn(1, len(sizes)), strict=True):
        for part in chunks(size, block_size(len(source.problem.rows))):
            found.append(source.draws.counts(rng, part))
    counts = np.vstack(found).astype(int)
    return np.array([np.repeat(np.arange(counts.shape[1]), line) for line in counts])


def time_ours(fit, resamples, times):
    """Return a line for each method, and the replicates of the rows."""
    groups, lines, replicates = np.arange(len(fit.model.endog)) // 5, [], None
    for method in METHODS:
        options = {"groups": groups} if method == "cluster" else {}
        seconds, found = clock(
            lambda m=method, o=options: ps.bootstrap(fit, resamples, m, rng=1, **o), times
        )
        lines.append([f"probstats, {method}", resamples, resamples, seconds, np.nan])
        replicates = found if method == "case" else replicates
    return lines, replicates


def time_loops(fit, exog, endog, rows, ours):
    """Return a line for each loop in Python."""
    n_columns, lines = exog.shape[1], []

    def own(number):
        refit = quiet_fit(of_rows(fit.model, rows[number]))
        return refit.params.iloc[:n_columns].to_numpy()

    def theirs(number):
        some = rows[number]
        model = OrderedModel(endog.to_numpy()[some], exog.to_numpy()[some], distr="logit")
        return model.fit(method="bfgs", disp=False, maxiter=200).params[:n_columns]

    for name, refit in zip(TIMED, (own, theirs), strict=True):
        timed = min(TIMED[name], len(rows))
        seconds, found = clock(lambda r=refit, t=timed: [r(number) for number in range(t)])
        difference = np.abs(np.array(found) - ours[:timed]).max()
        lines.append([name, len(rows), timed, seconds * len(rows) / timed, difference])
    return lines


def time_r(exog, endog, rows, ours):
    """Return a line for each loop in R; none where R is not installed."""
    if shutil.which("Rscript") is None:
        return []
    script, lines = Path(__file__).with_name("resampling_peers.R"), []
    with tempfile.TemporaryDirectory() as folder:
        exog.to_numpy().T.tofile(Path(folder) / "design")
        endog.to_numpy().astype(np.int32).tofile(Path(folder) / "codes")
        (rows + 1).astype(np.int32).tofile(Path(folder) / "rows")
        size = map(str, (*exog.shape, len(rows)))
        subprocess.run(["Rscript", "--vanilla", script, folder, *size], check=True)
        for peer in ("clm.fit", "lrm.fit"):
            path = Path(folder) / f"{peer}.csv"
            if not path.exists():
                continue
            found = pd.read_csv(path, header=None).to_numpy()
            difference = np.nanmax(np.abs(found[:, 1:] - ours))
            lines.append([f"R {peer}", len(rows), len(rows), found[0, 0], difference])
    return lines


def run(sizes=SIZES, resamples=RESAMPLES, times=REPEATS):
    """Return the table."""
    tables = []
    for n, p in sizes:
        endog, exog = simulate(n, p)
        fit = ps.CumulativeLinkModel(endog, exog).fit()
        lines, found = time_ours(fit, resamples, times)
        assert len(found.replicates) == resamples, "some resample has no estimates"
        ours = found.replicates.iloc[:, :p].to_numpy()
        rows = rows_of(found._source, resamples, 250)
        lines += time_loops(fit, exog, endog, rows, ours)
        lines += time_r(exog, endog, rows, ours)
        names = ["who", "resamples", "timed", "seconds", "difference"]
        table = pd.DataFrame(lines, columns=names)
        table["ratio"] = table["seconds"] / table["seconds"].iloc[0]
        table.insert(0, "p", p)
        table.insert(0, "n", n)
        tables.append(table)
    return pd.concat(tables, ignore_index=True)


def main():
    """Print the table and write it."""
    table = run()
    for name in ("seconds", "ratio", "difference"):
        table[name] = table[name].map(lambda value: float(f"{value:.4g}"))
    write_csv(Path(__file__).parent / "timings" / "resampling.csv", table)
    print(table.to_string(index=False))


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    main()
