"""How often intervals of `bounds` cover the ends of the identified set.

An interval of Imbens and Manski covers any value in the identified set with 95 per cent, so that
its coverage is to be looked at where it is least: at the ends. Outcomes of four levels depend on
an exposure of two groups. Some rows miss the exposure, more of those with a low outcome, and some
know the outcome within two levels. The ends in the population are those of a large table with the
exact shares of all kinds of rows. Data sets in which a group cannot have a row, or has none, are
drawn again. Writes benchmarks/checking/partial_identification.csv.

Run on one core, about four minutes: python benchmarks/partial_identification.py
"""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import time
from pathlib import Path

import numpy as np
import pandas as pd

import probstats as ps
from probstats.files import write_csv

LEVELS = (1, 2, 3, 4)
SHARES = {0: (0.15, 0.40, 0.35, 0.10), 1: (0.35, 0.35, 0.25, 0.05)}
"""Share of each level in the two groups, which are of one size."""

UNKNOWN = {"none": 0.0, "some": 0.1, "many": 0.4}
SIZES = (30, 60, 130, 500)
REPLICATES = 1000
SEED = 20261127
ASKED = (
    ("share", {"at_least": 3}),
    ("difference", {"at_least": 3}),
    ("superiority", {}),
)
NAMES = ("share, first group", "share, second group", "difference", "superiority")


def kinds(unknown):
    """Return all kinds of rows with their probability.

    An exposure is missing with probability `unknown`, times 1.5 for the two lowest levels and 0.5
    for the others; independently an outcome is known within itself and the level above with a
    quarter of `unknown`.
    """
    rows = []
    for group, shares in SHARES.items():
        for code, share in enumerate(shares):
            lost = unknown * (1.5 if code < 2 else 0.5)
            for missing, p in ((False, 1.0 - lost), (True, lost)):
                for wide, q in ((False, 1.0 - unknown / 4), (True, unknown / 4)):
                    high = min(code + wide, len(LEVELS) - 1)
                    rows.append((code, high, -1 if missing else group, 0.5 * share * p * q))
    return pd.DataFrame(rows, columns=["low", "high", "group", "p"])


def frame(table, counts):
    """Return as many rows of each kind as counted."""
    rows = table.loc[table.index.repeat(counts)]
    return pd.DataFrame(
        {
            "low": pd.Categorical.from_codes(rows["low"], LEVELS, ordered=True),
            "high": pd.Categorical.from_codes(rows["high"], LEVELS, ordered=True),
            "group": pd.Categorical.from_codes(rows["group"], ["first", "second"]),
        }
    ).reset_index(drop=True)


def quantities(data):
    """Return low, high and their interval for each quantity."""
    tables = [
        ps.bounds(data, ("low", "high"), "group", measure=measure, **options).table
        for measure, options in ASKED
    ]
    found = pd.concat(tables, ignore_index=True).iloc[: len(NAMES)]
    return found[["low", "high", "ci_low", "ci_high"]].to_numpy()


def population(unknown, size=40_000):
    """Return the two ends of each quantity where shares are exact."""
    table = kinds(unknown)
    return quantities(frame(table, np.round(table["p"] * size).astype(int)))[:, :2]


def draw(table, n, rng):
    """Return a data set in which both groups are known to have two rows."""
    while True:
        data = frame(table, rng.multinomial(n, table["p"]))
        if data["group"].value_counts().min() > 1:
            return data


def coverage(name, n, replicates, rng):
    """Return how often each interval covers the low end, the high end, and both."""
    table, ends = kinds(UNKNOWN[name]), population(UNKNOWN[name])
    found = np.array([quantities(draw(table, n, rng)) for _ in range(replicates)])
    tiny = 1e-9  # where bounds are points, the ends differ in their last digit
    low = (found[:, :, 2] <= ends[:, 0] + tiny) & (ends[:, 0] <= found[:, :, 3] + tiny)
    high = (found[:, :, 2] <= ends[:, 1] + tiny) & (ends[:, 1] <= found[:, :, 3] + tiny)
    means = found.mean(axis=0)
    return [
        [name, n, quantity, replicates, *ends[k], *means[k], low[:, k].mean(), high[:, k].mean(),
         (low & high)[:, k].mean()]
        for k, quantity in enumerate(NAMES)
    ]  # fmt: skip


COLUMNS = [
    "unknown", "n", "quantity", "replicates", "low", "high", "mean_low", "mean_high",
    "mean_ci_low", "mean_ci_high", "low_covered", "high_covered", "both_covered",
]  # fmt: skip


def main():
    started, rows = time.monotonic(), []
    for place, name in enumerate(UNKNOWN):
        for n in SIZES:
            rows += coverage(name, n, REPLICATES, np.random.default_rng([SEED, place, n]))
            print(f"{name}, n = {n}: {time.monotonic() - started:.0f} s", flush=True)
    table = pd.DataFrame(rows, columns=COLUMNS).round(4)
    write_csv(Path(__file__).parent / "checking" / "partial_identification.csv", table)
    print(table.to_string())


if __name__ == "__main__":
    main()
