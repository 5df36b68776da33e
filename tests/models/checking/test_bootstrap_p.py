"""P-values by simulation from the fit."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest

import probstats as ps
from probstats.errors import ModelError, ResampleWarning, SeparationWarning, SparseWarning
from probstats.models.checking import bootstrap_p
from probstats.models.checking.bootstrap_p import bootstrap_table, distinct
from probstats.models.checking.lines import lines_of
from probstats.models.checking.replicates import statistics_of

METHODS = ("lr", "score", "wald", "wolfe-gould", "brant")


def sample(n=150, seed=4, effects=(0.5, 0.5, 0.5)):
    rng = np.random.default_rng(seed)
    x, z = rng.normal(size=n).round(1), rng.integers(0, 2, n)
    bounds = np.array([-1.2, 0.2, 1.4]) - 0.7 * x[:, None] - np.outer(z, effects)
    y = 1 + (rng.logistic(size=n)[:, None] > bounds).sum(axis=1)
    return pd.DataFrame({"y": y, "x": x, "z": z})


def fit(data, formula="y ~ x + z", **options):
    return ps.CumulativeLinkModel.from_formula(formula, data, **options).fit()


@pytest.fixture(scope="module")
def fitted():
    return fit(sample())


@pytest.mark.parametrize("method", METHODS)
def test_p_values_are_counts(fitted, method):
    found = ps.parallel_lines_test(fitted, method, n_bootstrap=60, rng=1)
    table = found.bootstrap
    assert table.index.tolist() == ["overall", "x", "z"]
    assert (table["used"] + table["failed"] + table["lost_level"] == 60).all()
    np.testing.assert_array_equal(
        table["p_value"], (1 + table["exceedances"]) / (table["used"] + 1)
    )
    assert found.table["p_bootstrap"].tolist() == table["p_value"].tolist()
    assert found.p_bootstrap == table.loc["overall", "p_value"]
    assert "60 bootstrap replicates" in repr(found)
    error = np.sqrt(0.25 / 60)
    assert ((found.table["p_value"] - table["p_value"]).abs() < 0.06 + 4 * error).all()


def test_a_seed_repeats_it(fitted):
    seeds = (7, 7, np.random.default_rng(7), 8)
    p = [ps.parallel_lines_test(fitted, n_bootstrap=30, rng=rng).bootstrap for rng in seeds]
    pd.testing.assert_frame_equal(p[0], p[1])
    pd.testing.assert_frame_equal(p[0], p[2])
    assert not p[0].equals(p[3])


def test_replicates_come_from_the_fit(fitted, monkeypatch):
    """The mean of the simulated counts is what the fit expects, and covariates stay."""
    seen = []

    def watch(lines, method, counts):
        seen.append(counts)
        return np.zeros(3)

    monkeypatch.setattr(bootstrap_p, "statistics_of", watch)
    lines = lines_of(fitted, {"x": [0], "z": [1]})
    bootstrap_table(lines, "lr", np.ones(3), 400, 2)
    once = distinct(lines)
    rows = fitted.model.exog
    keys = [tuple(row) for row in np.unique(rows, axis=0)]
    assert len(keys) == len(once.rows) < len(rows)
    totals = np.mean(seen, axis=0).sum(axis=0)
    expected = fitted.predict().sum().to_numpy()
    np.testing.assert_allclose(totals, expected, atol=4 * np.sqrt(expected / 400).max())
    assert all((counts.sum(axis=1) == once.rows.weights).all() for counts in seen)


def test_a_weight_of_two_is_two_rows():
    data = sample(80)
    twice = data.loc[data.index.repeat(2)].reset_index(drop=True)
    weighted = fit(data, weights=np.full(80, 2))
    one, other = (
        ps.parallel_lines_test(f, "score", n_bootstrap=25, rng=3).bootstrap
        for f in (weighted, fit(twice))
    )
    pd.testing.assert_frame_equal(one, other)


@pytest.mark.parametrize("method", ["lr", "score", "wald"])
def test_beside_nominal_and_scale_effects(method):
    data = sample(300).assign(s=np.arange(300) % 3)
    small = fit(data, "y ~ x + z", nominal="~ s", scale="~ x", link="probit")
    found = ps.parallel_lines_test(small, method, n_bootstrap=20, rng=5)
    assert found.bootstrap["used"].min() > 15
    assert found.table["p_bootstrap"].between(1 / 21, 1).all()


def test_lost_levels_and_failures_are_counted_and_warned_of():
    rng = np.random.default_rng(1)
    data = pd.DataFrame({"y": [1, 1, 2, 2, 3, 3] * 3 + [4, 1, 2], "x": rng.normal(size=21)})
    with pytest.warns(ResampleWarning, match=r"of 80 bootstrap replicates \d+ lost a level"):
        found = ps.parallel_lines_test(fit(data, "y ~ x"), "wald", n_bootstrap=80, rng=1)
    table = found.bootstrap.loc["overall"]
    # With one row in 21 at level 4, about a third of the replicates have none.
    assert 12 < table["lost_level"] < 45
    assert table["used"] + table["failed"] + table["lost_level"] == 80
    assert f"{table['lost_level']:.0f} without one of the levels" in repr(found)


def test_a_statistic_that_is_missing_has_no_p_value(wine):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResampleWarning)
        found = ps.parallel_lines_test(
            fit(wine, "rating ~ temp + contact"), "wald", n_bootstrap=10, rng=1
        )
    assert np.isnan(found.p_bootstrap)
    assert np.isnan(found.table.loc["overall", "p_value"])


def test_ties_count_as_exceedances(fitted):
    lines = lines_of(fitted, {"x": [0], "z": [1]})
    rng = np.random.default_rng(11)
    once = distinct(lines)
    chances = bootstrap_p._chances(once)
    counts = rng.multinomial(once.rows.weights.astype(int), chances)
    first = statistics_of(once, "score", counts)
    table = bootstrap_table(lines, "score", first, 1, np.random.default_rng(11))
    assert table["exceedances"].tolist() == [1, 1, 1]
    assert table["p_value"].tolist() == [1.0, 1.0, 1.0]


def test_power_against_an_effect_that_differs():
    data = sample(400, effects=(-0.6, 0.6, 1.8))
    found = ps.parallel_lines_test(fit(data), "score", n_bootstrap=99, rng=2)
    assert found.table.loc["z", "p_bootstrap"] == 0.01
    assert found.table.loc["x", "p_bootstrap"] > 0.01


class TestRefusals:
    def test_fractional_weights(self):
        data = sample()
        weighted = fit(data, weights=np.linspace(0.5, 1.5, len(data)))
        with pytest.raises(ModelError, match="weights are not whole numbers"):
            ps.parallel_lines_test(weighted, n_bootstrap=9)

    def test_intervals(self):
        data = sample()
        data["low"] = data["y"].where(data.index > 4, 1)
        with pytest.raises(ModelError, match="within bounds only"):
            ps.parallel_lines_test(fit(data, "interval(low, y) ~ x"), n_bootstrap=9)

    def test_clusters(self):
        data = sample().assign(area=np.arange(150) % 10)
        model = ps.CumulativeLinkModel.from_formula("y ~ x", data)
        clustered = model.fit(cov_type="cluster", cov_kwds={"groups": "area"})
        assert np.isfinite(ps.parallel_lines_test(clustered, "wald").statistic)
        with pytest.raises(ModelError, match="takes rows as independent"):
            ps.parallel_lines_test(clustered, "wald", n_bootstrap=9)

    def test_separated_fits(self):
        data = pd.DataFrame({"y": [1, 1, 2, 2, 3, 3] * 5, "x": [0, 0, 0, 0, 1, 1] * 5})
        with pytest.warns(SeparationWarning):
            separated = fit(data, "y ~ x")
        with pytest.raises(ModelError, match="infinite estimates"):
            ps.parallel_lines_test(separated, n_bootstrap=9)
        with pytest.warns(SparseWarning):
            assert "no finite estimate" in ps.parallel_lines_test(separated).trouble


@pytest.mark.slow
@pytest.mark.parametrize("method", ["lr", "score"])
def test_bootstrap_p_values_keep_their_size_in_small_samples(method):
    rejected = []
    for seed in range(300):
        data = sample(60, seed=seed + 100)
        if data["y"].nunique() < 4:
            continue
        found = ps.parallel_lines_test(fit(data), method, n_bootstrap=99, rng=seed)
        rejected.append(found.p_bootstrap <= 0.05)
    rate = np.mean(rejected)
    assert abs(rate - 0.05) < 3.5 * np.sqrt(0.05 * 0.95 / len(rejected)), rate
