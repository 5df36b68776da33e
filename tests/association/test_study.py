"""The studies of small samples in short, and the stored tables."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import probstats as ps
from probstats.errors import ProbstatsWarning

FOLDER = Path(__file__).parents[2] / "benchmarks"


@pytest.fixture
def study(benchmark_script):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ProbstatsWarning)
        yield benchmark_script("polychoric")


def test_thirty_rows_in_short(study):
    lines = pd.DataFrame(study.simulate("even", 30, 0.5, 60)).set_index("method")
    assert (lines["lost"] == 0.0).all()
    assert (lines["bias"].abs() < 4 * lines["rmse"] / np.sqrt(60)).all()
    assert (lines["interval"] > 0.95 - 4 * 0.05).all()
    assert lines.loc["likelihood", "profile"] > 0.95 - 4 * 0.05
    assert np.isnan(lines.loc["two-step", "profile"])


def test_the_profile_interval_is_that_of_the_study(study):
    rng, agreed = np.random.default_rng(4), []
    for _ in range(8):
        found = ps.polychoric(study.draw("even", 20, 0.5, rng), interval="profile")
        low, high = found.table.loc[0, ["conf_low", "conf_high"]]
        agreed += [study.profile_holds(found, rho) == (low <= rho <= high) for rho in (0.0, 0.6)]
    assert all(agreed)


def test_the_stored_table_holds_every_design_and_the_default_keeps_its_level(benchmark_script):
    study = benchmark_script("polychoric")
    stored = pd.read_csv(FOLDER / "checking" / "polychoric.csv")
    designs = len(study.PATTERNS) * len(study.SIZES) * len(study.CORRELATIONS)
    assert len(stored) == designs * len(study.METHODS)
    assert stored["interval"].min() > 0.92
    seen = stored.dropna(subset=["at_boundary", "profile_at_boundary"])
    assert (seen["at_boundary"] > seen["profile_at_boundary"]).all()


def test_kappa_in_short(benchmark_script):
    study = benchmark_script("kappa")
    lines = pd.DataFrame(study.simulate("even", 14, 0.6, "linear", 40))
    assert lines["interval"].tolist() == list(study.INTERVALS)
    assert (lines["coverage"] > 0.7).all()
    stored = pd.read_csv(FOLDER / "checking" / "kappa.csv")
    small = stored[stored["n"] == 14].groupby("interval")["coverage"].mean()
    assert small["fisher"] == small.max()
