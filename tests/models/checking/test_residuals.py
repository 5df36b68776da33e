"""Residuals beside R, identities, and the distribution they promise."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from probstats import CumulativeLinkModel
from probstats.models.checking.residuals import CENTRE
from probstats.models.kernel.likelihood import log_probabilities
from probstats.models.kernel.links import LINKS

REFERENCE = Path(__file__).parents[2] / "reference"
LATENT = {
    "logit": stats.logistic,
    "probit": stats.norm,
    "cloglog": stats.gumbel_l,
    "loglog": stats.gumbel_r,
    "cauchit": stats.cauchy,
}


@pytest.fixture(scope="module")
def gof():
    frame = pd.read_csv(REFERENCE / "gof.csv")
    frame["y"] = pd.Categorical(frame["y"], ordered=True)
    return frame.astype({"g": "category", "s": "category"})


@pytest.fixture(scope="module")
def stored():
    return json.loads((REFERENCE / "reference_gof.json").read_text(encoding="utf-8"))


def test_probability_scale_residuals_are_those_of_r(gof, stored):
    found = CumulativeLinkModel.from_formula("y ~ x + g + s", gof).fit().resid_prob
    # R's values come from polr, whose estimates are good to about 1e-7.
    np.testing.assert_allclose(found[:10], stored["psr_first10"], atol=2e-7)
    assert found.mean() == pytest.approx(stored["psr_mean"], abs=2e-8)
    assert found.var() == pytest.approx(stored["psr_var"], rel=1e-6)


def test_probability_scale_residuals_by_definition(gof):
    fit = CumulativeLinkModel.from_formula("y ~ x", gof, link="cloglog").fit()
    probabilities = fit.predict().to_numpy()
    expected = [
        row[:level].sum() - row[level + 1 :].sum()
        for row, level in zip(probabilities, gof["y"].cat.codes, strict=True)
    ]
    np.testing.assert_allclose(fit.resid_prob, expected, atol=1e-12)
    assert fit.resid_prob.index.equals(gof.index)


@pytest.mark.parametrize("link", LINKS)
def test_generalised_residuals_are_the_score_of_a_constant(gof, link):
    fit = CumulativeLinkModel.from_formula("y ~ x + s", gof, link=link).fit()
    residuals = fit.resid_generalised
    assert residuals.sum() == pytest.approx(0.0, abs=1e-8)
    assert (residuals * gof["x"]).sum() == pytest.approx(0.0, abs=1e-8)


def test_generalised_residuals_with_scale_by_differences(gof):
    fit = CumulativeLinkModel.from_formula("y ~ x", gof, scale="~ s").fit()
    params = np.asarray(fit.params)
    rows = fit.model.rows

    def shifted(by):
        return log_probabilities(
            params, replace(rows, offset=np.full(len(gof), by)), fit.model.link
        )

    slope = (shifted(1e-5) - shifted(-1e-5)) / 2e-5
    np.testing.assert_allclose(fit.resid_generalised, slope, atol=1e-8)


@pytest.mark.parametrize("link", LINKS)
def test_surrogate_residuals_follow_the_latent_distribution(link):
    rng = np.random.default_rng(8)
    x = rng.normal(size=4_000)
    latent = LATENT[link]
    y = np.digitize(0.7 * x + latent.rvs(size=4_000, random_state=rng), [-0.8, 0.2, 1.1])
    fit = CumulativeLinkModel.from_formula("y ~ x", pd.DataFrame({"y": y, "x": x}), link=link).fit()
    drawn = fit.resid_surrogate(rng=1) + CENTRE[link]
    assert stats.kstest(drawn, latent.cdf).pvalue > 0.01
    assert abs(stats.spearmanr(drawn, x).statistic) < 0.05


@pytest.mark.parametrize("link", [name for name in LINKS if name != "cauchit"])
def test_the_centre_is_the_mean(link):
    assert CENTRE[link] == pytest.approx(LATENT[link].mean(), abs=1e-12)


def test_surrogates_lie_between_the_bounds(gof):
    fit = CumulativeLinkModel.from_formula("y ~ x", gof, scale="~ s").fit()
    upper, lower = fit.model.rows.bounds(np.asarray(fit.params))[0]
    drawn = fit.resid_surrogate(rng=3)
    assert (drawn >= lower).all()
    assert (drawn <= upper).all()
    pd.testing.assert_series_equal(drawn, fit.resid_surrogate(rng=3))
    assert not drawn.equals(fit.resid_surrogate(rng=4))


def test_a_surrogate_misses_a_curve_that_is_not_in_the_model():
    rng = np.random.default_rng(11)
    x = rng.uniform(-2, 2, size=1_500)
    y = np.digitize(1.2 * x**2 + rng.logistic(size=1_500), [0.5, 2.0, 4.0])
    frame = pd.DataFrame({"y": y, "x": x})
    wrong = CumulativeLinkModel.from_formula("y ~ x", frame).fit().resid_surrogate(rng=1)
    right = CumulativeLinkModel.from_formula("y ~ x + I(x**2)", frame).fit().resid_surrogate(rng=1)
    assert abs(np.corrcoef(wrong, x**2)[0, 1]) > 0.3
    assert abs(np.corrcoef(right, x**2)[0, 1]) < 0.08


def test_outcomes_known_within_bounds():
    frame = pd.DataFrame(
        {"low": [1, 1, 2, 3, 1, 2, 3, 1], "high": [1, 2, 2, 3, 3, 3, 3, 1], "x": range(8)}
    )
    fit = CumulativeLinkModel.from_formula("interval(low, high) ~ x", frame).fit()
    everything = fit.resid_prob[4]
    assert everything == pytest.approx(0.0, abs=1e-12)
    assert fit.resid_generalised[4] == pytest.approx(0.0, abs=1e-12)
    assert fit.resid_prob.abs().max() < 1.0
    assert np.isfinite(fit.resid_surrogate(rng=1)).all()
