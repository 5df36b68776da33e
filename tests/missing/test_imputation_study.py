"""The study of imputation and pooled tests: fast, and what its stored results say."""

from __future__ import annotations

import importlib.util
import itertools
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

FOLDER = Path(__file__).parents[2] / "benchmarks"


def read_study():
    spec = importlib.util.spec_from_file_location("imputation", FOLDER / "imputation.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


study = read_study()


@pytest.fixture(scope="module")
def stored():
    return pd.read_csv(FOLDER / "checking" / "imputation.csv")


@pytest.mark.parametrize("mechanism", study.MECHANISMS)
def test_gaps_are_as_many_as_asked_for_and_where_the_mechanism_puts_them(mechanism):
    rng = np.random.default_rng(1)
    data = study.draw(4000, rng)
    missing = study.gaps(data, mechanism, 0.6, rng)
    assert missing.sum() == 2400
    low, high = data["rating"] <= 2, data["workload"] > 0
    by_rating = missing[low].mean() - missing[~low].mean()
    odd = missing[low & ~high].mean() - missing[low & high].mean()
    assert (abs(by_rating) < 0.1) == (mechanism != "MAR")
    assert (odd > 0.2) == (mechanism == "MNAR")


def test_a_few_samples_go_through_all_of_it():
    study.M = 4
    found = study.simulate(60, 0.2, "MAR", 3, seed=1)
    assert list(found["method"].unique()) == ["no gaps", "complete cases", "matching", "normal"]
    assert (found["lost"] == 0).all()
    assert found[["bias", "coverage", "width"]].notna().all().all()
    assert (found["bias"].abs() < 1.0).all()
    tests = study.simulate(60, 0.2, "no effect", 3, seed=1)
    assert list(tests["method"]) == ["Wald", "likelihood ratio"]
    assert tests["rejected"].between(0, 1).all()


@pytest.mark.slow
def test_imputation_is_unbiased_where_values_are_missing_at_random():
    """130 rows, 20% missing: bias within four Monte Carlo errors, intervals near their level."""
    study.M = 10
    found = study.simulate(130, 0.2, "MAR", 60, seed=7)
    made = found[found["method"].isin(["matching", "normal"])]
    assert (made["bias"].abs() < 4 * made["bias_error"]).all()
    assert (made["coverage"] > 0.95 - 4 * np.sqrt(0.95 * 0.05 / 60)).all()


class TestStored:
    def test_every_design_is_there(self, stored):
        assert (stored["replicates"] == study.REPLICATES).all()
        designs = set(zip(stored["mechanism"], stored["n"], stored["missing"], strict=True))
        expected = itertools.product((*study.MECHANISMS, "no effect"), study.SIZES, study.SHARES)
        assert designs == set(expected)

    def test_tests_keep_to_their_level(self, stored):
        tests = stored[stored["what"] == "test"]
        assert len(tests) == 8
        limit = 0.05 + 3 * np.sqrt(0.05 * 0.95 / study.REPLICATES)
        assert (tests["rejected"] <= limit).all()

    def test_what_the_page_says(self, stored):
        """docs/models/missing.md: unbiased at random, wrong where printed when newsworthy."""
        made = stored[stored["method"].isin(["matching", "normal"])]
        random = made[made["mechanism"] != "MNAR"]
        assert (random["bias"].abs() < 0.1).all()
        short = random.groupby(["method", "missing"])["coverage"].mean()
        assert short["normal"].min() > 0.93
        assert short["matching", 0.6] < short["normal", 0.6]
        wrong = made[(made["mechanism"] == "MNAR") & (made["missing"] == 0.6)]
        assert (wrong.loc[wrong["what"] == "workload", "bias"] < -0.8).all()
        assert (wrong.loc[wrong["what"] == "other", "bias"] > 0.3).all()
        other = stored[(stored["what"] == "other") & (stored["mechanism"] != "MNAR")]
        rmse = other.pivot(index=["mechanism", "n", "missing"], columns="method", values="rmse")
        assert (rmse["matching"] < rmse["complete cases"]).all()
