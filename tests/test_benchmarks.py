"""The benchmarks still time what users get."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

FOLDER = Path(__file__).parents[1] / "benchmarks"


@pytest.fixture
def ordinal(benchmark_script):
    return benchmark_script("ordinal")


def test_kernel_frame_and_formula_are_one_fit(ordinal):
    data = ordinal.simulate(200, 5)
    kernel = ordinal.read_kernel(ordinal.fit_kernel(data), data)
    for fit in (ordinal.fit_frame, ordinal.fit_formula):
        other = ordinal.read_ours(fit(data), data)
        np.testing.assert_allclose(kernel.loglike, other.loglike, rtol=1e-12)
        np.testing.assert_allclose(kernel.params, other.params, rtol=1e-10)
        np.testing.assert_allclose(kernel.errors, other.errors, rtol=1e-10)


@pytest.mark.parametrize("long", [False, True])
def test_data_and_plain_pandas_give_the_same_figures(benchmark_script, monkeypatch, long):
    if long:
        monkeypatch.setattr("probstats.data.resolution.coding.LONG", 0)
    table = benchmark_script("data").run(600, 80, 3_000, times=1)
    assert table["task"].tolist() == ["resolve", "merge, three levels", "load the panel"]
    assert table["rows"].tolist()[:2] == [600, 3_000]
    assert table["same_figures"].all()
    np.testing.assert_allclose(table["ratio"], table["plain_pandas_seconds"] / table["seconds"])
