"""The stored simulation of size and power: it can be run, and says what the page says."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

BENCHMARKS = Path(__file__).parents[3] / "benchmarks"


@pytest.fixture
def script(benchmark_script):
    return benchmark_script("parallel_lines_size")


@pytest.fixture(scope="module")
def stored():
    return pd.read_csv(BENCHMARKS / "checking" / "parallel_lines_size.csv")


def test_it_runs(script):
    rows = script.chi_squared(130, "not parallel", 4, np.random.default_rng(1))
    assert len(rows) == len(script.METHODS) * 3
    assert all(0.0 <= row[6] <= 1.0 and row[8] <= 4 for row in rows)
    rows = script.bootstrapped(60, "parallel", 1, np.random.default_rng(1), methods=("score",))
    assert [row[:5] for row in rows] == [
        ["parallel", 60, "score", "bootstrap", term] for term in ("overall", "a", "b")
    ]


def test_outcomes_are_those_it_describes(script):
    level, covariates = script.draw(100_000, "parallel", np.random.default_rng(2))
    zero = (covariates["b"] == 0) & (covariates["a"].abs() < 0.1)
    share = np.bincount(level[zero]) / zero.sum()
    np.testing.assert_allclose(share, [0.1, 0.45, 0.35, 0.1], atol=0.02)


def test_stored_rates_cover_all_methods(script, stored):
    chi = stored[stored["reference"] == "chi-squared"]
    assert len(chi) == 2 * len(script.SIZES) * len(script.METHODS) * 3
    assert set(stored.loc[stored["reference"] == "bootstrap", "method"]) == {"lr", "score", "brant"}
    rate = stored["rejected"]
    error = np.sqrt(rate * (1.0 - rate) / stored["data_sets"])
    np.testing.assert_allclose(stored["error"], error, atol=2e-4)


def test_stored_sizes_are_near_five_per_cent_at_500_rows(stored):
    large = stored[(stored["truth"] == "parallel") & (stored["n"] == 500)]
    assert large["rejected"].between(0.03, 0.075).all()
