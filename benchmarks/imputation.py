"""Complete cases against multiple imputation, and the size of the pooled tests: simulated data.

A rating of four levels follows from a workload (coefficient -0.8, on the logit scale) and a second
covariate (0.5) that is always known and is correlated with the workload (0.5). The workload is
missing in 20% or 60% of 60 or 130 rows:

- MCAR: whatever the values are;
- MAR: more often where the rating is low;
- MNAR: it is printed when newsworthy, that is where it seems to explain the rating, high beside a
  low rating and low beside a high one.

Methods are the fit without gaps, complete cases, and ``impute`` with ``pool``, 20 imputations, by
matching and by the normal regression.
For the pooled tests two covariates without effect are missing together, at random given the rating
(MAR); both tests are of the two at once.

Writes benchmarks/checking/imputation.csv: for each design and method
- what: ``workload`` or ``other`` with bias, rmse, and coverage and mean width of 95% intervals; or
  ``test``, with the share of samples in which the test rejects at 5% in ``rejected``;
- lost: samples without a finite estimate or a fit; error: Monte Carlo standard error of coverage or
  ``rejected``; bias_error: that of the bias.

Run: python benchmarks/imputation.py [replicates]
"""

import sys
import warnings
from pathlib import Path

import numpy as np
import pandas as pd

import probstats as ps
from probstats.errors import DataError, ModelError, ProbstatsWarning
from probstats.files import write_csv
from probstats.missing.pooling import pool

TRUTH = {"workload": -0.8, "other": 0.5}
THRESHOLDS = (-1.5, 0.0, 1.5)
SIZES = (60, 130)
SHARES = (0.2, 0.6)
MECHANISMS = ("MCAR", "MAR", "MNAR")
M = 20
REPLICATES = 80
SEED = 20270107


def ratings(latent, rng):
    """Return levels 1 to 4 of a latent location."""
    return 1 + np.digitize(latent + rng.logistic(size=len(latent)), THRESHOLDS)


def draw(n, rng):
    """Return simulated rows without gaps."""
    other = rng.normal(size=n)
    workload = 0.5 * other + np.sqrt(0.75) * rng.normal(size=n)
    latent = TRUTH["workload"] * workload + TRUTH["other"] * other
    return pd.DataFrame({"rating": ratings(latent, rng), "workload": workload, "other": other})


def gaps(data, mechanism, share, rng):
    """Return which workloads are missing: as good as a fixed number of rows, by the mechanism."""
    low = 2.5 - data["rating"].to_numpy()
    drive = {"MCAR": 0.0 * low, "MAR": 1.2 * low}.get(mechanism)
    if drive is None:
        drive = -1.2 * data["workload"].to_numpy() * low
    order = drive + rng.logistic(size=len(data))
    missing = np.zeros(len(data), dtype=bool)
    missing[np.argsort(-order)[: round(share * len(data))]] = True
    return missing


def fit(data, columns):
    return ps.CumulativeLinkModel(data["rating"], data[columns]).fit()


def complete_cases(data):
    found = fit(data.dropna(), list(TRUTH))
    return found if found.converged else None


def imputed(data, rng, normal=()):
    frames = ps.impute(data.astype({"rating": level_type()}), m=M, normal=normal, rng=rng)
    return frames.fit(lambda frame: fit(frame, list(TRUTH)))


def level_type():
    return pd.CategoricalDtype([1, 2, 3, 4], ordered=True)


def estimates(found):
    """Return estimates with the ends of their intervals."""
    ends = np.asarray(found.conf_int())[: len(TRUTH)]
    table = pd.DataFrame(ends, columns=["low", "high"], index=list(TRUTH))
    return table.assign(estimate=np.asarray(found.params)[: len(TRUTH)])


def attempt(method):
    """Return the estimates of a method, or none where there are none."""
    try:
        found = method()
    except (ModelError, DataError, np.linalg.LinAlgError):
        return None
    return None if found is None else estimates(found)


def one_sample(n, share, mechanism, rng):
    whole = draw(n, rng)
    data = whole.copy()
    data.loc[gaps(whole, mechanism, share, rng), "workload"] = np.nan
    return {
        "no gaps": attempt(lambda: complete_cases(whole)),
        "complete cases": attempt(lambda: complete_cases(data)),
        "matching": attempt(lambda: pool(imputed(data, rng))),
        "normal": attempt(lambda: pool(imputed(data, rng, normal=["workload"]))),
    }


def summarise(samples):
    """Return bias and coverage of each coefficient."""
    found = [sample for sample in samples if sample is not None]
    rows = []
    for name, truth in TRUTH.items():
        values = pd.DataFrame([sample.loc[name] for sample in found])
        errors = values["estimate"] - truth
        coverage = ((values["low"] <= truth) & (truth <= values["high"])).mean()
        rows.append({
            "what": name, "lost": len(samples) - len(found), "bias": errors.mean(),
            "bias_error": errors.std() / np.sqrt(len(found)),
            "rmse": np.sqrt((errors**2).mean()), "coverage": coverage,
            "error": np.sqrt(coverage * (1 - coverage) / len(found)),
            "width": (values["high"] - values["low"]).mean(),
        })  # fmt: skip
    return pd.DataFrame(rows)


def null_sample(n, share, rng):
    """Return the p-values of the pooled tests of two covariates without effect."""
    data = pd.DataFrame(rng.normal(size=(n, 3)), columns=["known", "first", "second"])
    data["rating"] = ratings(0.5 * data["known"].to_numpy(), rng)
    missing = gaps(data, "MAR", share, rng)
    data.loc[missing, ["first", "second"]] = np.nan
    columns = ["known", "first", "second"]
    try:
        frames = ps.impute(data.astype({"rating": level_type()}), m=M, iterations=5, rng=rng)
        large = pool(frames.fit(lambda frame: fit(frame, columns)))
        small = pool(frames.fit(lambda frame: fit(frame, columns[:1])))
    except (ModelError, DataError):
        return None
    return {
        "Wald": large.wald_test(columns[1:]).p_value,
        "likelihood ratio": large.likelihood_ratio_test(small).p_value,
    }


def size(samples):
    found = pd.DataFrame([sample for sample in samples if sample is not None])
    rows = []
    for method, p_values in found.items():
        rejected = (p_values < 0.05).mean()
        error = np.sqrt(rejected * (1 - rejected) / len(found))
        rows.append({"method": method, "what": "test", "lost": len(samples) - len(found),
                     "rejected": rejected, "error": error})  # fmt: skip
    return pd.DataFrame(rows)


def simulate(n, share, mechanism, replicates, seed):
    """Return the rows of the table of one design."""
    rngs = np.random.default_rng([seed, n, round(100 * share), len(mechanism)]).spawn(replicates)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ProbstatsWarning)
        if mechanism == "no effect":
            table = size([null_sample(n, share, rng) for rng in rngs])
        else:
            samples = [one_sample(n, share, mechanism, rng) for rng in rngs]
            table = pd.concat(
                [summarise([s[method] for s in samples]).assign(method=method)
                 for method in samples[0]]
            )  # fmt: skip
    return table.assign(n=n, missing=share, mechanism=mechanism, replicates=replicates)


COLUMNS = [
    "mechanism", "n", "missing", "method", "what", "replicates", "lost", "bias", "bias_error",
    "rmse", "coverage", "width", "rejected", "error",
]  # fmt: skip


def main():
    replicates = int(sys.argv[1]) if len(sys.argv) > 1 else REPLICATES
    designs = [(m, n, s) for m in (*MECHANISMS, "no effect") for n in SIZES for s in SHARES]
    tables = []
    for mechanism, n, share in designs:
        tables.append(simulate(n, share, mechanism, replicates, SEED))
        print(tables[-1].to_string(), flush=True)
    table = pd.concat(tables).reindex(columns=COLUMNS)
    numbers = ["bias", "bias_error", "rmse", "coverage", "width", "rejected", "error"]
    table[numbers] = table[numbers].round(4)
    write_csv(Path(__file__).parent / "checking" / "imputation.csv", table)


if __name__ == "__main__":
    main()
