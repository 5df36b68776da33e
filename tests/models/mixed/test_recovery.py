"""Simulate and recover, over many seeds: bias, coverage, and the level of the boundary test."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest

from probstats.errors import BoundaryWarning, ProbstatsWarning
from probstats.models import CumulativeLinkMixedModel
from probstats.models.kernel.links import LINKS

pytestmark = pytest.mark.slow


def fit(data, formula="y ~ x", groups="g", integration="agq", **options):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ProbstatsWarning)
        model = CumulativeLinkMixedModel.from_formula(formula, data, groups, **options)
        return model.fit(integration)


@pytest.mark.parametrize("link", LINKS)
def test_a_random_intercept_is_recovered(simulated, link):
    fits = [fit(simulated(seed, 60, 6, link=link), link=link) for seed in range(40)]
    estimates = np.array([[f.params["x"], f.params["sd(g)"]] for f in fits])
    error = estimates.std(axis=0) / np.sqrt(len(fits))
    assert (np.abs(estimates.mean(axis=0) - [0.8, 1.0]) < 4.0 * error + 0.03).all()
    ends = np.array([f.conf_int().loc["x"] for f in fits])
    assert ((ends[:, 0] < 0.8) & (ends[:, 1] > 0.8)).mean() > 0.85


def test_slopes_are_recovered(simulated):
    fits = [fit(simulated(seed, 80, 10, slope=0.6), integration="laplace", re_formula="x")
            for seed in range(30)]  # fmt: skip
    estimates = np.array([[f.params["x"], *f.sd] for f in fits])
    np.testing.assert_allclose(estimates.mean(axis=0), [0.8, 1.0, 0.6], atol=0.08)


def test_nominal_and_scale_effects_with_crossed_factors_are_recovered():
    """No other program has these; the latent error is stretched by x, a threshold moved by z."""
    found = []
    for seed in range(12):
        rng = np.random.default_rng(seed)
        n = 4000
        a, b = rng.integers(0, 60, n), rng.integers(0, 40, n)
        x, z = rng.normal(size=n), rng.integers(0, 2, n)
        shift = 0.7 * x + rng.normal(size=60)[a] + 0.6 * rng.normal(size=40)[b]
        latent = shift + np.exp(0.3 * x) * rng.logistic(size=n)
        thresholds = np.column_stack([-1.0 - 0.5 * z, 0.5 + 0.0 * z, 2.0 + 0.4 * z])
        y = (latent[:, None] > thresholds).sum(axis=1)
        data = pd.DataFrame({"y": y, "x": x, "z": z * 1.0, "a": a, "b": b})
        found.append(fit(data, integration="laplace", groups="a", vc_formula={"b": "b"},
                         nominal="~ z", scale="~ x").params)  # fmt: skip
    mean = pd.DataFrame(found).mean()
    truth = {"x": 0.7, "scale:x": 0.3, "1|2:z": -0.5, "sd(a)": 1.0, "sd(b)": 0.6}
    truth = {name.replace("1|2", "0|1"): value for name, value in truth.items()}
    np.testing.assert_allclose(mean[list(truth)], list(truth.values()), atol=0.09)


def test_the_boundary_test_holds_its_level(simulated):
    """Half of the statistics are zero, and one in twenty p-values is below 0.05."""
    tests = [fit(simulated(seed, 40, 6, sd=0.0)).test_random_effects().loc["g"]
             for seed in range(300)]  # fmt: skip
    frame = pd.DataFrame(tests)
    assert 0.02 < (frame["p_value"].astype(float) < 0.05).mean() < 0.085
    assert 0.4 < (frame["statistic"].astype(float) < 1e-6).mean() < 0.68


def test_profile_intervals_of_the_spread_cover(simulated):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", BoundaryWarning)
        inside = []
        for seed in range(60):
            low, high = fit(simulated(seed, 30, 6)).sd_interval().iloc[0, 1:]
            inside.append(low < 1.0 < high)
    assert np.mean(inside) > 0.86
