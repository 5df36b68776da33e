"""The stored simulation of sizes: it can be run, and says what the page says."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from probstats.errors import ProbstatsWarning

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


@pytest.fixture
def script(benchmark_script):
    return benchmark_script("permutation_size")


@pytest.fixture(scope="module")
def stored():
    return pd.read_csv(BENCHMARKS / "checking" / "permutation_size.csv")


@pytest.mark.parametrize(("design", "n", "levels"), [("x", 14, "sparse"), ("within, z", 8, "even")])
def test_it_runs(script, recwarn, design, n, levels):
    rows = script.rejections(design, n, levels, 3)
    assert all(issubclass(one.category, ProbstatsWarning) for one in recwarn)
    assert len(rows) == 2 * (len(script.DESIGNS[design]) + len(script.TESTS))
    assert all(row[:3] == [design, n, levels] and 0.0 <= row[6] <= 1.0 for row in rows)


def test_stored_rates_cover_all_designs(script, stored):
    assert set(stored["design"]) == set(script.DESIGNS)
    rate = stored["rejected"]
    error = np.sqrt(rate * (1.0 - rate) / stored["data_sets"])
    np.testing.assert_allclose(stored["error"], error, atol=2e-4)


def test_permutation_tests_keep_their_size(stored):
    """All but rows permuted as if they had no groups, within four simulation errors."""
    alone = stored["test"].eq("permutation: rows") & stored["design"].isin(["whole", "within"])
    kept = stored[stored["test"].str.startswith("permutation") & ~alone]
    error = np.sqrt(kept["level"] * (1.0 - kept["level"]) / kept["data_sets"])
    assert (kept["rejected"] <= kept["level"] + 4.0 * error).all()
    assert (stored[alone & stored["level"].eq(0.05)]["rejected"] > 0.08).all()
