"""The studies of the bootstrap in short, and the tables they leave."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from probstats.errors import ProbstatsWarning

FOLDER = Path(__file__).parents[2] / "benchmarks"


@pytest.mark.parametrize(("design", "size"), [("rows", 60), ("clusters", 20)])
def test_coverage_of_a_few_data_sets(benchmark_script, monkeypatch, design, size):
    study = benchmark_script("bootstrap")
    monkeypatch.setattr(study, "REPLICATES", 99)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ProbstatsWarning)
        table = study.study(design, size, 8)
    assert table["coverage"].between(0.5, 1.0).all()
    assert (table["intervals"] + table["lost"] <= 8).all()
    stored = pd.read_csv(FOLDER / "checking" / "bootstrap_coverage.csv", keep_default_na=False)
    one = stored[(stored["design"] == design) & (stored["size"] == size)]
    keys = ["method", "kind", "covariate"]
    assert one[keys].to_numpy().tolist() == table[keys].to_numpy().tolist()


def test_stored_coverage():
    stored = pd.read_csv(FOLDER / "checking" / "bootstrap_coverage.csv", keep_default_na=False)
    rows = stored[(stored["design"] == "rows") & (stored["kind"] == "studentised")]
    assert rows["coverage"].between(0.89, 0.98).all()
    hard = stored[stored["covariate"] == "cluster"].set_index(["size", "method", "kind"])[
        "coverage"
    ]
    for size in (8, 20):
        assert hard[size, "CR2", ""] > hard[size, "cluster", "studentised"]
        assert hard[size, "cluster", "studentised"] > hard[size, "cluster", "percentile"]
    assert (stored["data_sets"] == 400).all()


def test_everybody_fits_the_same_resamples(benchmark_script, monkeypatch):
    speed = benchmark_script("resampling_speed")
    monkeypatch.setattr(speed, "TIMED", {"probstats, one by one": 5, "statsmodels bfgs": 2})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        table = speed.run(sizes=((120, 2),), resamples=20, times=1)
    differences = table.set_index("who")["difference"].dropna()
    assert differences["probstats, one by one"] < 1e-9
    assert (differences < 1e-3).all()
    assert np.isfinite(table["ratio"]).all()


def test_stored_speed():
    table = pd.read_csv(FOLDER / "timings" / "resampling.csv").set_index(["n", "p", "who"])
    small = table.loc[(150, 5)]
    assert small.loc["probstats, case", "seconds"] < 0.3
    assert small.loc["R lrm.fit", "ratio"] > 5.0
    assert small.loc["statsmodels bfgs", "ratio"] > 100.0
    assert (table["difference"].dropna() < 1e-3).all()
