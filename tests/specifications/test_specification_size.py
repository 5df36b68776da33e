"""The stored simulation of sizes: it can be run, and says what the page says."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from probstats.errors import ProbstatsWarning

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
NAIVE = ("any specification", "median p-value")


@pytest.fixture
def script(benchmark_script):
    return benchmark_script("specification_curve")


@pytest.fixture(scope="module")
def stored():
    return pd.read_csv(BENCHMARKS / "checking" / "specification_curve.csv")


@pytest.mark.parametrize("number", [1, 3, 4])
def test_it_runs(script, recwarn, number):
    case = list(script.CASES)[number]
    rows = script.rejections(*case, 2)
    assert all(issubclass(one.category, ProbstatsWarning) for one in recwarn)
    assert len(rows) == 4 * (2 if case[0] == "confounded" else 1) + len(NAIVE)
    assert all(tuple(row[:4]) == case and 0.0 <= row[7] <= 1.0 for row in rows)


def test_stored_rates_cover_all_cases(script, stored):
    cases = stored[["case", "n", "levels", "effect"]].drop_duplicates()
    assert [tuple(row) for row in cases.itertuples(index=False)] == list(script.CASES)
    rate = stored["rejected"]
    error = np.sqrt(rate * (1.0 - rate) / stored["data_sets"])
    np.testing.assert_allclose(stored["error"], error, atol=2e-4)


def test_joint_tests_keep_their_size(stored):
    """Within four simulation errors, where x is permuted as the case allows."""
    null = stored[stored["effect"].eq(0.0) & stored["test"].str.endswith("residuals")]
    error = np.sqrt(null["level"] * (1.0 - null["level"]) / null["data_sets"])
    assert len(null) == 4 * 5
    assert (null["rejected"] <= null["level"] + 4.0 * error).all()


def test_looking_for_one_significant_specification_does_not(stored):
    null = stored[stored["effect"].eq(0.0) & stored["test"].eq("any specification")]
    assert (null["rejected"] > 0.1).all()
