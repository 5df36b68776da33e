"""The study of Whitehead's formula in short, and the stored table it left."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

FOLDER = Path(__file__).parents[2] / "benchmarks"


@pytest.fixture
def script(benchmark_script):
    return benchmark_script("power")


@pytest.fixture(scope="module")
def stored():
    return pd.read_csv(FOLDER / "checking" / "power.csv")


def test_the_stored_table_is_of_this_script(script, stored):
    designs = stored.groupby(["estimator", "shares", "n"]).size()
    assert len(designs) == len(script.REPLICATES) * len(script.SHARES) * len(script.SIZES)
    assert (designs == len(script.POWERS) + 1).all()
    assert stored.groupby("estimator")["replicates"].max().to_dict() == script.REPLICATES


@pytest.mark.parametrize("name", ["even", "sparse"])
def test_the_short_study_agrees_with_the_stored_one(script, stored, name):
    found = script.study(30, script.SHARES[name], "likelihood", 300)
    rows = stored[(stored["shares"] == name) & (stored["n"] == 30)]
    rows = rows[rows["estimator"] == "likelihood"].reset_index(drop=True)
    for column in ("odds_ratio", "formula", "formula_width"):
        np.testing.assert_allclose(found[column], rows[column], atol=1e-5)
    error = np.sqrt(rows["power"] * (1.0 - rows["power"]) / 300)
    assert (np.abs(found["power"] - rows["power"]) < 4.0 * error).all()
    np.testing.assert_allclose(found["width"], rows["width"], rtol=0.05)


def test_what_the_page_says_of_the_formula(stored):
    """Right to a few hundredths from 30 rows on, and not at 14."""
    likelihood = stored[(stored["estimator"] == "likelihood") & (stored["odds_ratio"] > 1.0)]
    gap = likelihood["power"] - likelihood["formula"]
    few = likelihood["n"] == 14
    assert gap[~few].abs().max() < 0.05
    assert gap[few].max() < -0.1
    aimed = likelihood[few & (likelihood["formula"].round(2) == 0.8)]
    assert (aimed["power"] <= 0.5).all()
    assert (aimed["separated"] > 0.2).all()
    assert (likelihood["width"] > likelihood["formula_width"]).all()


def test_sizes_of_the_study(stored):
    size = stored[stored["odds_ratio"] == 1.0]
    error = np.sqrt(0.05 * 0.95 / size["replicates"])
    assert ((size["power"] - 0.05) / error).max() < 3.0
