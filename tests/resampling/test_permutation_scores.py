"""Score statistics: those of the whole model at the null estimates, of R, and of ranks."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import probstats as ps
from probstats.models.checking.lines import all_edges, level_counts
from probstats.models.checking.score_test import score_and_information
from probstats.resampling.permutation_null import null_of
from probstats.resampling.permutation_scores import _expected, quadratic, scores_of
from probstats.resampling.permutation_units import units_of

REFERENCE = Path(__file__).parents[1] / "reference"


def sample(n=40, seed=1, levels=4):
    """Simulated rows."""
    rng = np.random.default_rng(seed)
    x, z = rng.normal(size=(2, n))
    return pd.DataFrame({
        "y": np.digitize(z + rng.logistic(size=n), np.linspace(-1.5, 1.5, levels - 1)),
        "x": x + z,
        "z": 2020.0 + z,
        "f": pd.Categorical(rng.permutation(np.arange(n) % 3).astype(str)),
    })  # fmt: skip


def statistic_of(fit, term, given="residuals"):
    null = null_of(fit, term)
    units = units_of(null, None, None, given)
    identity = np.arange(len(units.block))[None]
    return scores_of(null)(units.columns(identity))[0][0]


def whole_statistic(fit, null, names):
    """U'I^-1 U of the whole model, its tested parameters zero and the others those of the null."""
    at = np.array([0.0 if name in names else null.params[name] for name in fit.model.param_names])
    rows = fit.model.rows
    score, information = score_and_information(
        at, all_edges(rows), level_counts(rows), fit.model.link
    )
    return score @ np.linalg.solve(information, score)


@pytest.mark.parametrize("given", ["independent", "residuals"])
@pytest.mark.parametrize("link", ["logit", "probit", "cloglog", "loglog", "cauchit"])
@pytest.mark.parametrize(("term", "less", "gone"), [
    ("x", {"formula": "y ~ f + z"}, ["x"]),
    ("f", {"formula": "y ~ x + z"}, ["f[1]", "f[2]"]),
    ("scale: x", {"scale": None}, ["scale:x"]),
])  # fmt: skip
def test_it_is_that_of_the_whole_model(term, less, gone, link, given):
    if term == "scale: x":
        given = "independent"  # x is in the location too, so that it has no residuals
    data, call = sample(60), {"formula": "y ~ x + f + z", "scale": "~ x"}
    if term == "x":
        call["scale"] = less["scale"] = "~ f"
    data["z"] -= 2020.0
    options = {"data": data, "link": link}
    fit = ps.CumulativeLinkModel.from_formula(**call, **options).fit()
    null = ps.CumulativeLinkModel.from_formula(**(call | less), **options).fit()
    assert set(fit.params.index) - set(null.params.index) == set(gone)
    expected = whole_statistic(fit, null, gone)
    np.testing.assert_allclose(statistic_of(fit, term, given), expected, rtol=1e-7)


@pytest.mark.parametrize("threshold", ["flexible", "symmetric", "symmetric2", "equidistant"])
def test_threshold_structures_and_nominal_effects(threshold):
    data = sample(80).assign(z=lambda d: d["z"] - 2020.0)
    options = {"data": data, "threshold": threshold}
    fit = ps.CumulativeLinkModel.from_formula("y ~ z", nominal="~ f", **options).fit()
    null = ps.CumulativeLinkModel.from_formula("y ~ z", **options).fit()
    gone = [name for name in fit.params.index if ":f[" in name]
    expected = whole_statistic(fit, null, gone)
    np.testing.assert_allclose(statistic_of(fit, "nominal: f"), expected, rtol=1e-8)


def test_covariates_far_from_zero_lose_no_digits():
    data = sample(60)
    found = [
        statistic_of(
            ps.CumulativeLinkModel.from_formula("y ~ x + z", frame).fit(), "x", "residuals"
        )
        for frame in (data, data.assign(z=data["z"] - 2020.0, x=1e4 * data["x"] + 1e6))
    ]
    np.testing.assert_allclose(found[0], found[1], rtol=1e-8)


def test_intervals_of_one_level_are_known_levels_by_observed_information():
    """With a logit link and no covariates, by finite differences of the log-likelihood."""
    data = sample(50, levels=5)
    data["low"] = np.where(np.arange(50) % 3 == 0, np.maximum(data["y"] - 1, 0), data["y"])
    fit = ps.CumulativeLinkModel.from_formula("interval(low, y) ~ x", data).fit()
    null = ps.CumulativeLinkModel.from_formula("interval(low, y) ~ 1", data).fit()
    at = np.concatenate([[0.0], null.params])
    score, information = fit.model.score(at), -fit.model.hessian(at)
    expected = score @ np.linalg.solve(information, score)
    np.testing.assert_allclose(statistic_of(fit, "x"), expected, rtol=1e-8)


@pytest.mark.parametrize("number", range(4))
def test_binary_outcomes_have_the_statistic_of_statmod(number):
    stored = json.loads((REFERENCE / "permutation.json").read_text())["scores"][number]
    wine = pd.read_csv(REFERENCE / "wine.csv").astype({"temp": "category", "contact": "category"})
    wine["high"] = wine["rating"] >= 3
    # glm's cloglog is that of the upper level.
    link = "loglog" if stored["link"] == "cloglog" else stored["link"]
    fit = ps.CumulativeLinkModel.from_formula("high ~ temp + contact", wine, link=link).fit()
    found = ps.permutation_test(fit, "contact", alternative="greater", n_resamples=9, rng=1)
    # glm's weights are those of the step before the last.
    np.testing.assert_allclose(found.statistic, stored["z"], rtol=1e-8)


def test_a_two_by_two_table_has_pearsons_statistic():
    data = pd.DataFrame({"y": [0] * 9 + [1] * 7, "x": [0] * 6 + [1] * 4 + [0] * 2 + [1] * 4})
    fit = ps.CumulativeLinkModel.from_formula("y ~ x", data).fit()
    pearson = stats.chi2_contingency(pd.crosstab(data["y"], data["x"]), correction=False)
    np.testing.assert_allclose(statistic_of(fit, "x"), pearson.statistic, rtol=1e-10)


def test_directions_without_information_are_left_out():
    own = np.array([np.diag([4.0, 9.0])])
    efficient = own - np.array([[[0.0, 0.0], [0.0, 9.0]]])
    statistic, root = quadratic(np.array([[6.0, 0.0]]), efficient, own)
    np.testing.assert_allclose(statistic, [9.0])
    assert np.isnan(root).all()
    assert np.isnan(quadratic(np.array([[1.0]]), -own[:, :1, :1], own[:, :1, :1])[0]).all()


def test_intervals_with_scale_effects_are_refused():
    data = sample(50)
    data["low"] = np.where(np.arange(50) % 3 == 0, np.maximum(data["y"] - 1, 0), data["y"])
    fit = ps.CumulativeLinkModel.from_formula(
        "interval(low, y) ~ x", data.assign(z=data["z"] - 2020.0), scale="~ z"
    ).fit()
    with pytest.raises(ps.ModelError, match="not written for intervals of levels with scale"):
        ps.permutation_test(fit, "x", given="independent", n_resamples=9)


def test_levels_that_are_all_but_impossible_say_nothing():
    """Probabilities below the smallest normal number have no finite inverse."""
    fit = ps.CumulativeLinkModel.from_formula("y ~ x", sample(levels=3)).fit()
    rows = fit.model.rows
    at = np.array([0.0, 0.0, 713.0])
    assert 0.0 < np.exp(-713.0) < np.finfo(float).tiny
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        information, total = _expected(at, rows, fit.model.link, np.array([0]), np.array([1, 2]))
    np.testing.assert_allclose(information[:, 0, 1], -0.25 * rows.location[:, 0], rtol=1e-10)
    np.testing.assert_allclose(total, [[0.25 * len(rows), 0.0], [0.0, 0.0]], atol=1e-10)
