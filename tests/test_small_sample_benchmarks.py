"""The studies of small samples in short, and the stored tables they leave."""

from __future__ import annotations

import importlib.util
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from probstats.errors import ProbstatsWarning

FOLDER = Path(__file__).parents[1] / "benchmarks"


def script(name):
    spec = importlib.util.spec_from_file_location(f"benchmark_{name}", FOLDER / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def quiet():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ProbstatsWarning)
        yield


def test_bias_of_thirty_rows(quiet):
    study = script("bias_reduction")
    found = study.simulate(30, study.PATTERNS["three even"], 60)
    assert found.loc[found["estimator"] != "likelihood", "converged"].all()
    table = study.summarise(found).set_index(["estimator", "coefficient"])
    assert table.loc[("likelihood", "yes"), "bias"] > table.loc[("reduction", "yes"), "bias"]
    assert table.loc[("likelihood", "yes"), "rmse"] > table.loc[("reduction", "yes"), "rmse"]
    assert (table.loc["reduction", "lost"] == 0.0).all()
    assert table.loc["likelihood", "profile"].between(0.8, 1.0).all()


def test_the_profile_interval_is_that_of_the_fit(quiet):
    study = script("bias_reduction")
    x, rng = study.covariates(30), np.random.default_rng(4)
    agreed = []
    for _ in range(12):
        y = study.draw(x, study.PATTERNS["three even"], rng)
        fit = study.ps.CumulativeLinkModel(y, x).fit()
        low, high = fit.conf_int(method="profile").loc["yes"]
        held = study.profile_holds(fit.llf, "yes", x, y)
        agreed.append(held == (low <= study.TRUTH["yes"] <= high))
    assert all(agreed)


def test_coverage_with_eight_clusters(quiet):
    study = script("few_clusters")
    table = study.simulate(8, "equal", study.PATTERNS["even"], 60)
    covered = table.set_index(["method", "covariate"])["coverage"]
    assert covered["nonrobust", "cluster"] < 0.9
    assert covered["CR2", "cluster"] > covered["CR1", "cluster"]
    assert covered["CR3", "cluster"] >= covered["CR2", "cluster"] - 0.05
    assert covered.xs("row", level="covariate").min() > 0.8


def test_unequal_clusters_have_rows_and_the_same_total_as_equal_ones():
    study = script("few_clusters")
    for n_clusters, mean in study.CLUSTERS.items():
        counts = np.bincount(study.make_groups(n_clusters, "unequal"))
        assert len(counts) == n_clusters
        assert counts.min() >= 1
        assert counts.max() > 0.2 * counts.sum()
        assert counts.sum() == n_clusters * mean


def test_stored_tables_hold_every_design():
    study = script("bias_reduction")
    bias = pd.read_csv(FOLDER / "small" / "bias_reduction.csv")
    designs = len(study.PATTERNS) * len(study.SIZES) * len(study.ESTIMATORS) * len(study.TRUTH)
    assert len(bias) == designs
    assert (bias.loc[bias["estimator"] == "reduction", "lost"] == 0.0).all()
    study = script("few_clusters")
    clusters = pd.read_csv(FOLDER / "small" / "few_clusters.csv")
    designs = len(study.PATTERNS) * len(study.SIZES) * len(study.CLUSTERS) * len(study.METHODS)
    assert len(clusters) == 2 * designs
