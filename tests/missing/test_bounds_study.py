"""The stored simulation of coverage: it can be run, and its intervals cover."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


@pytest.fixture
def script(benchmark_script):
    return benchmark_script("partial_identification")


@pytest.fixture(scope="module")
def stored():
    return pd.read_csv(BENCHMARKS / "checking" / "partial_identification.csv")


def test_intervals_cover_both_ends(script):
    found = script.coverage("many", 130, 60, np.random.default_rng(4))
    table = pd.DataFrame(found, columns=script.COLUMNS).set_index("quantity")
    covered = table[["low_covered", "high_covered"]]
    assert covered.min().min() > 0.85
    assert (table["mean_ci_low"] < table["low"]).all()
    assert (table["mean_ci_high"] > table["high"]).all()


def test_ends_in_the_population_are_those_of_its_kinds_of_rows(script):
    table = script.kinds(0.4)
    np.testing.assert_allclose(table["p"].sum(), 1.0, rtol=1e-12)
    inside = table[table["group"] == 0]
    above, perhaps = inside["low"] >= 2, inside["high"] >= 2
    away = table[table["group"] < 0]
    low = inside["p"][above].sum() / (inside["p"].sum() + away["p"][away["low"] < 2].sum())
    joined = away["p"][away["high"] >= 2].sum()
    high = (inside["p"][perhaps].sum() + joined) / (inside["p"].sum() + joined)
    np.testing.assert_allclose(script.population(0.4)[0], [low, high], atol=2e-4)


def test_nothing_unknown_identifies_the_truth(script):
    ends = script.population(0.0)
    np.testing.assert_allclose(ends[:, 0], ends[:, 1], rtol=0, atol=1e-12)
    np.testing.assert_allclose(ends[0, 0], sum(script.SHARES[0][2:]), atol=1e-4)


def test_stored_rates_cover_all_designs(script, stored):
    assert len(stored) == len(script.UNKNOWN) * len(script.SIZES) * len(script.NAMES)
    assert (stored["both_covered"] <= stored[["low_covered", "high_covered"]].min(axis=1)).all()
    large = stored[stored["n"] >= 130]
    assert large[["low_covered", "high_covered"]].min().min() > 0.92
