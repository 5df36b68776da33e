"""Fitting a proportional-odds model: this package beside R and statsmodels, in one run, as ratios.

Simulated data with four levels, one thread, the same numbers for everybody; every fit includes the
covariance of all parameters. Times are processor time, user and system, which other programs on
the machine disturb less than the clock on the wall. Three kinds of call are timed:

    kernel   from coded levels and a design matrix, with as little around it as a package allows
    frame    from an outcome and a data frame of covariates
    formula  from a formula and a data frame

Beside the covariance, R's lrm and orm always compute indices of fit and discrimination, clm and
clm.fit check the rank of the design, which the calls a user makes do here as well, and polr has no
exported function below the one that reads a formula. Fits that converged must agree on the
log-likelihood. R (ordinal, rms and MASS) is optional.

Run: python benchmarks/ordinal.py --out benchmarks/timings/ordinal.csv
"""

from __future__ import annotations

import argparse
import json
import math
import os
import platform
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import tracemalloc
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

os.environ["OMP_NUM_THREADS"] = "1"  # before numpy is imported; R inherits it
os.environ["OPENBLAS_NUM_THREADS"] = "1"

import numpy as np
import pandas as pd
import scipy
import statsmodels
from statsmodels.miscmodels.ordinal_model import OrderedModel

from probstats import CumulativeLinkModel
from probstats.files import write_csv
from probstats.models.kernel.estimation import Problem, inverse_information
from probstats.models.kernel.links import LOGIT
from probstats.models.kernel.rows import Rows
from probstats.models.kernel.scaling import standardise

N_ROWS = (100, 1_000, 10_000, 100_000, 1_000_000)
QUICK_ROWS = 10_000
N_COVARIATES = (5, 20)
CUTS = (-1.0, 0.5, 2.0)
SEED = 20261121
OURS = "probstats"
R_PEERS = {
    "kernel": ("clm.fit", "lrm.fit", "orm.fit", "polr"),
    "formula": ("clm", "lrm", "orm", "polr"),
}
TITLES = {
    "kernel": "1. Design matrix in hand",
    "frame": "2a. The call a user makes: outcome and data frame",
    "formula": "2b. The call a user makes: formula",
}
LIMIT = 60.0
"""Seconds: a fit expected to take longer, in proportion to its rows, is skipped."""
STATSMODELS_ROWS = {5: 100_000, 20: 10_000}
BATCH_SECONDS = 0.2
"""Calls shorter than this are timed in a loop, out of reach of the timer's resolution."""
SLOW_SECONDS = 5.0
"""Calls longer than this are timed once, others 3 or (below a second) 7 times."""
AGREEMENT = 1e-6


@dataclass
class Data:
    """Simulated data, in the forms the calls want."""

    codes: np.ndarray
    design: np.ndarray

    def __post_init__(self):
        n_rows, n_columns = self.design.shape
        names = [f"x{number}" for number in range(n_columns)]
        # Columns lie together, as in a frame that was read from a file.
        by_column = np.asfortranarray(self.design)
        self.exog = pd.DataFrame(by_column, columns=names, copy=False)
        levels = pd.Categorical.from_codes(self.codes, list("abcd"), ordered=True)
        self.endog = pd.Series(levels, name="y")
        self.frame = self.exog.assign(y=self.endog)
        self.formula = f"y ~ {' + '.join(names)}"
        self.size = n_rows, n_columns


@dataclass
class Answer:
    """What fits are compared by: thresholds follow the coefficients, errors are of coefficients."""

    loglike: float
    converged: bool
    params: np.ndarray
    errors: np.ndarray


@dataclass
class Timing:
    """How long a fit took, how far its batches lay apart relative to that, and what it found."""

    seconds: float
    spread: float
    answer: Answer


@dataclass
class Run:
    """Timings by (call, who, size), or the word to print where there is none; and remarks."""

    cells: dict[tuple[str, str, tuple[int, int]], Timing | str] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)
    r_version: str = ""

    def timings(self, call=None, size=None):
        """Go through the timings of a call, or of a size."""
        for (a_call, who, a_size), cell in self.cells.items():
            if isinstance(cell, Timing) and call in {None, a_call} and size in {None, a_size}:
                yield a_call, who, a_size, cell

    def ratio(self, call, who, size):
        """Return the seconds of a fit as a multiple of ours."""
        return self.cells[call, who, size].seconds / self.cells[call, OURS, size].seconds


def simulate(n_rows, n_columns):
    rng = np.random.default_rng([SEED, n_rows, n_columns])
    design = rng.standard_normal((n_rows, n_columns))
    latent = design @ np.linspace(-0.5, 0.5, n_columns)
    latent += rng.logistic(size=n_rows)
    return Data(np.digitize(latent, CUTS), design)


def fit_kernel(data):
    """Fit from codes and a design matrix; return the maximum, estimates and covariance."""
    codes, design = data.codes, data.design
    shares = np.bincount(codes) / len(codes)
    none = np.empty((len(codes), 0))
    edges = np.stack([codes + 1, codes])
    rows = Rows(design, none, none, edges, jacobian=np.eye(len(shares) - 1))
    rows, transform = standardise(rows, shift=np.ones(len(shares) - 1))
    thresholds = LOGIT.quantile(np.cumsum(shares)[:-1])
    start = np.concatenate([np.zeros(design.shape[1]), thresholds])
    problem = Problem(rows, transform, LOGIT, start)
    maximum = problem.solve(tol=1e-10, maxiter=100)
    inverse = inverse_information(maximum.hessian, np.empty((rows.n_params, 0)))
    return maximum, transform @ maximum.params, transform @ inverse @ transform.T


def read_kernel(found, data):
    maximum, params, covariance = found
    errors = np.sqrt(np.diag(covariance))[: data.size[1]]
    return Answer(maximum.loglike, maximum.converged, params, errors)


def fit_frame(data):
    fit = CumulativeLinkModel(data.endog, data.exog).fit()
    return fit, fit.bse


def fit_formula(data):
    fit = CumulativeLinkModel.from_formula(data.formula, data.frame).fit()
    return fit, fit.bse


def read_ours(found, data):
    fit, errors = found
    errors = np.asarray(errors)[: data.size[1]]
    return Answer(fit.llf, fit.converged, np.asarray(fit.params), errors)


def fit_statsmodels(data):
    model = OrderedModel(data.endog, data.exog, distr="logit")
    fit = model.fit(method="bfgs", disp=0)
    return fit, fit.bse


def read_statsmodels(found, data):
    fit, errors = found
    thresholds = fit.model.transform_threshold_params(fit.params)[1:-1]
    params = np.concatenate([fit.params[: data.size[1]], thresholds])
    errors = np.asarray(errors)[: data.size[1]]
    return Answer(fit.llf, fit.mle_retvals["converged"], params, errors)


PYTHON: dict[tuple[str, str], tuple[Callable[..., Any], Callable[..., Answer]]] = {
    ("kernel", OURS): (fit_kernel, read_kernel),
    ("frame", OURS): (fit_frame, read_ours),
    ("frame", "statsmodels"): (fit_statsmodels, read_statsmodels),
    ("formula", OURS): (fit_formula, read_ours),
}


def clock(call, times=1):
    """Return the processor seconds of one call, of several in a row, and its value."""
    started = time.process_time()
    for _ in range(times):
        value = call()
    return (time.process_time() - started) / times, value


def measure(call):
    """Return the median seconds of a call, the relative spread of its batches, and its value."""
    seconds, value = clock(call)
    if seconds > SLOW_SECONDS:
        return seconds, math.nan, value
    if seconds < BATCH_SECONDS:  # the first call warmed up
        seconds, value = clock(call)
    calls = math.ceil(BATCH_SECONDS / seconds)
    batches = [clock(call, calls)[0] for _ in range(7 if seconds < 1.0 else 3)]
    median = statistics.median(batches)
    return median, (max(batches) - min(batches)) / median, value


def time_python(run, data):
    for (call, who), (fit, read) in PYTHON.items():
        if who != OURS and is_skipped(run, call, who, data.size):
            continue
        progress(f"{size_text(data.size)}: {who}, {call}")
        seconds, spread, found = measure(lambda fit=fit: fit(data))
        run.cells[call, who, data.size] = Timing(seconds, spread, read(found, data))


def time_r(run, data):
    wanted = [f"{call}:{who}" for call, peers in R_PEERS.items() for who in peers]
    for name in wanted:
        run.cells[*name.split(":"), data.size] = "not installed"
    if shutil.which("Rscript") is None:
        return
    wanted = [name for name in wanted if not is_skipped(run, *name.split(":"), data.size)]
    progress(f"{size_text(data.size)}: R, {', '.join(wanted)}")
    with tempfile.TemporaryDirectory() as folder:
        run.r_version, fits = call_r(Path(folder), data, wanted)
    for _, fit in fits.iterrows():
        run.cells[fit["call"], fit["who"], data.size] = read_r(fit)


def call_r(folder, data, wanted):
    """Return what R said of itself, and a line for each of its fits."""
    data.design.T.tofile(folder / "design")
    data.codes.astype(np.int32).tofile(folder / "codes")
    script = Path(__file__).with_name("ordinal_peers.R")
    command = ["Rscript", "--vanilla", script, folder, *map(str, data.size), *wanted]
    said = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    path = folder / "fits.csv"
    version = said.splitlines()[-1]  # rms prints what it finds wrong with a fit
    return version, pd.read_csv(path) if path.exists() else pd.DataFrame()


def read_r(fit):
    if math.isnan(fit["seconds"]):
        return "failed"
    params, errors = (fit.filter(like=part).to_numpy(dtype=float) for part in ("param", "error"))
    answer = Answer(fit["loglike"], bool(fit["converged"]), params, errors)
    return Timing(fit["seconds"], fit["spread"], answer)


def is_skipped(run, call, who, size):
    """Leave out a fit that would take too long, and say so."""
    reason = reason_to_skip(run, call, who, size)
    if reason:
        run.cells[call, who, size] = "skipped"
        run.remarks.append(f"{who} ({call}), {size_text(size)}: skipped, {reason}")
    return bool(reason)


def reason_to_skip(run, call, who, size):
    n_rows, n_columns = size
    if who == "statsmodels" and n_rows > STATSMODELS_ROWS[n_columns]:
        return f"more than {STATSMODELS_ROWS[n_columns]:,} rows"
    smaller = [n for n in N_ROWS if n < n_rows]
    cells = {n: run.cells.get((call, who, (n, n_columns))) for n in smaller}
    if "skipped" in cells.values():
        return "as with fewer rows"
    rates = [cell.seconds / n for n, cell in cells.items() if isinstance(cell, Timing)]
    expected = n_rows * rates[-1] if rates else 0.0
    return f"about {expected:.0f} s expected" if expected > LIMIT else ""


def distances(run):
    """Return how far each answer lies from that of our kernel."""
    rows = []
    for call, who, size, timing in run.timings():
        found, kernel = timing.answer, run.cells["kernel", OURS, size].answer
        loglike = abs(found.loglike / kernel.loglike - 1.0)
        coefficient = np.abs(found.params - kernel.params).max()
        error = np.abs(found.errors / kernel.errors - 1.0).max()
        rows.append([call, who, size, found.converged, loglike, coefficient, error])
    names = ["call", "who", "size", "converged", "log-likelihood", "coefficient", "standard error"]
    return pd.DataFrame(rows, columns=names)


def sentences(table):
    """Say which of some fits did what."""
    return [f"{f['who']} ({f['call']}), {size_text(f['size'])}" for _, f in table.iterrows()]


def print_table(run, call, sizes):
    peers = list(dict.fromkeys(who for a_call, who, _ in run.cells if a_call == call))[1:]
    names = [*peers, "fastest in R"] if call in R_PEERS and peers else peers
    print(f"\n{TITLES[call]}: processor time, and how many times ours")
    print(f"{'rows':>9} {'p':>3} {OURS:>10}" + "".join(f"{name:>15}" for name in names))
    for size in sizes:
        line = f"{size[0]:>9,} {size[1]:>3} {time_text(run.cells[call, OURS, size].seconds):>10}"
        line += "".join(f"{cell_text(run, call, who, size):>15}" for who in peers)
        print(line + (f"{fastest_text(run, call, size):>15}" if call in R_PEERS else ""))


def fastest_text(run, call, size):
    ratios = {run.ratio(call, who, size): who for _, who, *_ in run.timings(call, size)}
    ratios = {ratio: who for ratio, who in ratios.items() if who in R_PEERS[call]}
    return f"{ratios[min(ratios)]} {ratio_text(min(ratios)):>5}" if ratios else ""


def cell_text(run, call, who, size):
    cell = run.cells[call, who, size]
    if isinstance(cell, str):
        return cell
    mark = "" if cell.answer.converged else "*"
    return f"{time_text(cell.seconds)} {ratio_text(run.ratio(call, who, size)):>5}{mark}"


def time_text(seconds):
    return f"{seconds:.3g} s" if seconds >= 1.0 else f"{1e3 * seconds:.3g} ms"


def ratio_text(ratio):
    return f"{ratio:.2g}x" if ratio < 10.0 else f"{ratio:,.0f}x"


def size_text(size):
    return f"n={size[0]:,} p={size[1]}"


def progress(text):
    print(text, file=sys.stderr, flush=True)


def print_remarks(run):
    spreads = {
        timing.spread: f"{who}, {call}, {size_text(size)}"
        for call, who, size, timing in run.timings()
        if not math.isnan(timing.spread)
    }
    worst = max(spreads)
    print("\nNoise: the slowest and the fastest batch of a fit differ by ", end="")
    print(f"{statistics.median(spreads):.0%} of its time; at most {worst:.0%} ({spreads[worst]})")
    print("".join(f"{remark}\n" for remark in run.remarks), end="")


def print_agreement(table):
    print("\nLargest distance from our kernel: relative, absolute, relative")
    others = table[(table["call"] != "kernel") | (table["who"] != OURS)]
    worst = others.drop(columns=["size", "converged"]).groupby(["who", "call"], sort=False).max()
    print(worst.to_string(float_format="{:.1e}".format))


def tidy(run):
    """Return a line for each timing."""
    names = ["who", "call", "n", "p", "seconds", "ratio"]
    lines = [
        [who, call, *size, timing.seconds, run.ratio(call, who, size)]
        for call, who, size, timing in run.timings()
    ]
    return pd.DataFrame(lines, columns=names).map(four_digits)


def four_digits(value):
    return float(f"{value:.4g}") if isinstance(value, float) else value


def peak_memory(call, size):
    """Return the extra memory of a fit in this process, as multiples of the design matrix.

    Data and modules are there already. The first number is what the system gave to the process,
    the second what was asked for in Python.
    """
    fit, _ = PYTHON[call, OURS]
    fit(simulate(1_000, size[1]))
    data = simulate(*size)
    held = int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()
    fit(data)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 - held
    tracemalloc.start()
    fit(data)
    return [extra / data.design.nbytes for extra in (grown, tracemalloc.get_traced_memory()[1])]


def print_memory(size):
    """Measure in fresh processes, before this one has grown: a child inherits its high mark."""
    print(f"\nPeak extra memory, {size_text(size)}, as multiples of the design matrix's bytes:")
    for call in ("kernel", "frame", "formula"):
        progress(f"{size_text(size)}: memory, {call}")
        command = [sys.executable, __file__, "--memory", call, *map(str, size)]
        said = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
        resident, asked = json.loads(said)
        print(f"    {call:<8} {resident:.2f} of resident memory, {asked:.2f} asked for in Python")


def read_options():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--quick", action="store_true", help=f"at most {QUICK_ROWS:,} rows: 2 minutes, not 12"
    )
    parser.add_argument("--no-r", action="store_true", help="leave R out even if it is installed")
    parser.add_argument("--out", type=Path, metavar="CSV", help="also write the timings to a file")
    parser.add_argument("--memory", nargs=3, help=argparse.SUPPRESS)
    return parser.parse_args()


def print_header(run):
    print(f"{platform.machine()}, one thread, Python {platform.python_version()}, ", end="")
    print(f"numpy {np.__version__}, scipy {scipy.__version__}, pandas {pd.__version__}, ", end="")
    print(f"statsmodels {statsmodels.__version__}")
    print(run.r_version or "Without R")


def main(options):
    n_rows = [n for n in N_ROWS if n <= QUICK_ROWS] if options.quick else N_ROWS
    sizes = [(n, p) for n in n_rows for p in N_COVARIATES]
    if not options.quick:
        print_memory(sizes[-1])
    run = Run()
    for size in sizes:
        data = simulate(*size)
        time_python(run, data)
        if not options.no_r:
            time_r(run, data)
    report(run, sizes, options.out)


def report(run, sizes, out):
    table = distances(run)
    converged = table["converged"]
    run.remarks += [f"{fit}: did not converge (*)" for fit in sentences(table[~converged])]
    print_header(run)
    for call in TITLES:
        print_table(run, call, sizes)
    print_remarks(run)
    print_agreement(table)
    if out is not None:
        write_csv(out, tidy(run))
    wrong = sentences(table[converged & ~(table["log-likelihood"] <= AGREEMENT)])
    if wrong:
        sys.exit("These converged fits have another log-likelihood: " + "; ".join(wrong))


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    chosen = read_options()
    if chosen.memory:
        name, *size_given = chosen.memory
        print(json.dumps(peak_memory(name, tuple(map(int, size_given)))))
    else:
        main(chosen)
