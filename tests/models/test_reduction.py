"""Bias-reduced fits: Firth's logistic regression, invariances, separation, bias in samples."""

from __future__ import annotations

import pickle
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import optimize, special

import probstats as ps
from probstats.errors import ConvergenceWarning, EmptyLevelWarning, ModelError, SeparationWarning
from probstats.models import CumulativeLinkModel
from probstats.models.kernel.expected import AllLevels
from probstats.models.kernel.links import LINKS
from probstats.models.kernel.reduction import reduce_bias

FORMULA = "rating ~ temp + contact"


def firth(x, y):
    """Logistic regression penalised by Jeffreys' prior (Firth 1993), maximised by scipy."""
    design = np.column_stack([np.ones(len(y)), x])

    def lost(beta):
        p = special.expit(design @ beta)
        _, log_det = np.linalg.slogdet(design.T @ (design * (p * (1.0 - p))[:, None]))
        return -(y * np.log(p) + (1.0 - y) * np.log1p(-p)).sum() - 0.5 * log_det

    found = optimize.minimize(lost, np.zeros(design.shape[1]), method="BFGS", tol=1e-9)
    found = optimize.minimize(lost, found.x, method="Nelder-Mead", options={
        "xatol": 1e-10, "fatol": 1e-13, "maxiter": 4000,
    })  # fmt: skip
    p = special.expit(design @ found.x)
    information = design.T @ (design * (p * (1.0 - p))[:, None])
    return found.x, np.sqrt(np.diag(np.linalg.inv(information)))


@pytest.mark.parametrize("separated", [False, True])
def test_two_levels_are_firths_logistic_regression(separated):
    rng = np.random.default_rng(3)
    x = rng.normal(size=(25, 2))
    y = (x[:, 0] > 0.1) if separated else (x[:, 0] + rng.logistic(size=25) > 0.3)
    fit = CumulativeLinkModel(y, x).fit(reduction="mean")
    beta, errors = firth(x, y.astype(float))
    assert fit.converged
    np.testing.assert_allclose(fit.params, [beta[1], beta[2], -beta[0]], rtol=1e-6)
    np.testing.assert_allclose(fit.bse, errors[[1, 2, 0]], rtol=1e-6)


def test_share_of_two_levels_is_as_if_half_a_row_more_had_each():
    """With thresholds only the estimate is log((y + 1/2) / (n - y + 1/2)) (Haldane 1956)."""
    y = [1] * 3 + [2] * 8
    fit = CumulativeLinkModel(y, pd.DataFrame(index=range(11))).fit(reduction="mean")
    assert fit.params["1|2"] == pytest.approx(np.log(3.5 / 8.5), rel=1e-10)


class TestInvariance:
    @pytest.mark.parametrize("link", LINKS)
    def test_scaling_and_shifting_a_covariate(self, wine, link):
        wine = wine.assign(x=np.linspace(-1.0, 2.0, 72) ** 2, y=0.0)
        wine["y"] = 100.0 + 10.0 * wine["x"]
        one, other = (
            CumulativeLinkModel.from_formula(f"rating ~ temp + {name}", wine, link).fit(
                reduction="mean"
            )
            for name in ("x", "y")
        )
        assert one.params["temp[warm]"] == pytest.approx(other.params["temp[warm]"], rel=1e-8)
        assert one.params["x"] == pytest.approx(10.0 * other.params["y"], rel=1e-7)
        shifted = one.thresholds + 100.0 * other.params["y"]
        np.testing.assert_allclose(other.thresholds, shifted, rtol=1e-7)

    def test_another_reference_category(self, wine):
        turned = wine.assign(temp=wine["temp"].cat.reorder_categories(["warm", "cold"]))
        one, other = (
            CumulativeLinkModel.from_formula("rating ~ contact", data, nominal="~ temp").fit(
                reduction="mean"
            )
            for data in (wine, turned)
        )
        np.testing.assert_allclose(
            one.thresholds.iloc[:4] + one.thresholds.to_numpy()[4:], other.thresholds[:4], rtol=1e-8
        )

    @pytest.mark.parametrize("link", ["logit", "probit", "cauchit"])
    def test_levels_the_other_way_round(self, wine, link):
        turned = wine.assign(rating=6 - wine["rating"].astype(int))
        one, other = (
            CumulativeLinkModel.from_formula(FORMULA, data, link).fit(reduction="mean")
            for data in (wine, turned)
        )
        np.testing.assert_allclose(one.params[:2], -other.params[:2], rtol=1e-8)
        np.testing.assert_allclose(one.thresholds, -other.thresholds[::-1], rtol=1e-8)

    def test_loglog_is_cloglog_the_other_way_round(self, wine):
        turned = wine.assign(rating=6 - wine["rating"].astype(int))
        one = CumulativeLinkModel.from_formula(FORMULA, wine, "loglog").fit(reduction="mean")
        other = CumulativeLinkModel.from_formula(FORMULA, turned, "cloglog").fit(reduction="mean")
        np.testing.assert_allclose(one.params[:2], -other.params[:2], rtol=1e-8)

    def test_a_weight_is_a_number_of_rows(self, wine):
        weights = np.resize([1, 2, 0, 3], 72)
        repeated = wine.loc[wine.index.repeat(weights)].reset_index(drop=True)
        one = CumulativeLinkModel.from_formula(FORMULA, wine, weights=weights).fit(reduction="mean")
        other = CumulativeLinkModel.from_formula(FORMULA, repeated).fit(reduction="mean")
        np.testing.assert_allclose(one.params, other.params, rtol=1e-8)
        np.testing.assert_allclose(one.bse, other.bse, rtol=1e-8)


@pytest.mark.parametrize("link", LINKS)
@pytest.mark.parametrize(
    "options",
    [
        {"formula": FORMULA},
        {"formula": "rating ~ contact", "nominal": "~ temp"},
        {"formula": FORMULA, "scale": "~ contact"},
        {"formula": FORMULA, "threshold": "symmetric"},
        {"formula": "rating ~ contact", "nominal": "~ temp", "threshold": "equidistant"},
    ],
    ids=["plain", "nominal, separated", "scale", "symmetric", "equidistant, nominal"],
)
def test_the_adjusted_score_is_zero_and_the_thresholds_in_order(wine, link, options):
    model = CumulativeLinkModel.from_formula(data=wine, link=link, **options)
    fit = model.fit(reduction="mean")
    moments = AllLevels(model.rows, model.link)(fit.params.to_numpy())
    inverse = np.linalg.inv(moments.information())
    adjusted = model.score(fit.params) + moments.adjustment(inverse)
    assert np.abs(adjusted * np.sqrt(np.diag(inverse))).max() < 1e-8
    np.testing.assert_allclose(fit.cov_params(), inverse, rtol=1e-7, atol=1e-10)
    assert fit.converged
    assert np.isfinite(fit.params).all()
    assert not fit.separation.separated
    assert (np.diff(fit.level_thresholds, axis=1) > 0.0).all()


class TestSeparation:
    def test_wine_with_nominal_temperature(self, wine):
        """Infinite for the likelihood; Kosmidis's example."""
        model = CumulativeLinkModel.from_formula("rating ~ contact", wine, nominal="~ temp")
        with pytest.warns(SeparationWarning):
            assert np.isinf(model.fit().params).sum() == 3
        fit = model.fit(reduction="mean")
        text = fit.summary().as_text()
        assert "The likelihood alone has no finite estimate of 4|5, 1|2:temp[warm]" in text
        assert fit.bse.max() < 2.0

    def test_the_separated_inspections(self):
        record = ps.load_panel("wide")
        rated = record[["rating_overall", "vacancy_rate_po_percent", "provider_type"]].dropna()
        rated["rating"] = rated["rating_overall"].cat.remove_unused_categories()
        rated["provider"] = rated["provider_type"].astype("category")
        rated["provider"] = rated["provider"].cat.remove_unused_categories()
        formula = "rating ~ vacancy_rate_po_percent + provider"
        model = ps.CumulativeLinkModel.from_formula(formula, rated)
        with pytest.warns(SeparationWarning):
            assert np.isinf(model.fit().params["provider[pdu]"])
        fit = model.fit(reduction="mean")
        assert fit.converged
        assert np.isfinite(fit.params).all()
        assert fit.params["provider[pdu]"] < 0.0

    def test_outer_levels_that_one_column_tells_apart(self):
        y = np.repeat([1, 2, 3], 5)
        fit = CumulativeLinkModel(y, np.arange(15.0)).fit(reduction="mean")
        assert fit.converged
        assert 0.0 < fit.params.iloc[0] < 5.0


class TestHonesty:
    @pytest.fixture
    def fit(self, wine):
        return CumulativeLinkModel.from_formula(FORMULA, wine).fit(reduction="mean")

    def test_results_say_what_they_are(self, fit):
        assert fit.reduction == "mean"
        assert fit.penalty is None
        text = fit.summary().as_text()
        assert text.startswith("Cumulative link model, mean bias-reduced estimates")
        assert "AIC" not in text
        assert "Log-likelihood" not in text

    @pytest.mark.parametrize("name", ["llf", "aic", "bic", "prsquared"])
    def test_what_needs_the_maximum_of_the_likelihood_is_refused(self, fit, name):
        with pytest.raises(ModelError, match="these are mean bias-reduced estimates"):
            getattr(fit, name)

    @pytest.mark.parametrize(
        "call",
        [
            lambda fit: fit.conf_int(method="profile"),
            lambda fit: fit.profile("temp[warm]"),
            lambda fit: fit.convergence(),
            lambda fit: fit.get_influence(),
            ps.explore,
        ],
    )
    def test_so_are_profiles_influence_and_exploring(self, fit, call):
        with pytest.raises(ModelError, match="needs the maximum of the likelihood"):
            call(fit)

    def test_wald_tests_and_predictions_are_there(self, fit):
        assert fit.conf_int().shape == (6, 2)
        assert fit.t_test("temp[warm] = 0").pvalue < 1e-4
        np.testing.assert_allclose(fit.predict().sum(axis=1), 1.0)
        assert (fit.avg_comparisons("temp")["std_error"] > 0.0).all()
        copy = pickle.loads(pickle.dumps(fit))
        assert copy.reduction == "mean"

    def test_estimates_are_nearer_to_zero_than_those_of_the_likelihood(self, wine, fit):
        likelihood = CumulativeLinkModel.from_formula(FORMULA, wine).fit()
        assert (np.abs(fit.params[:2]) < np.abs(likelihood.params[:2])).all()


class TestTrouble:
    def test_an_inner_level_no_row_of_a_nominal_group_has(self):
        rows = pd.DataFrame({"g": np.repeat([0, 1], 18), "x": np.arange(36) % 7})
        rows["y"] = np.r_[np.tile([1, 2, 3], 6), np.tile([1, 3, 3], 6)]
        model = CumulativeLinkModel.from_formula("y ~ x", rows, nominal="~ g")
        with pytest.warns(ConvergenceWarning, match="thresholds about 2 meet"):
            fit = model.fit(reduction="mean")
        assert not fit.converged
        assert "NO" in fit.summary().as_text()

    def test_an_inner_level_no_row_has_is_left_out_by_name(self):
        y = pd.Categorical([1, 2, 4] * 8, categories=[1, 2, 3, 4], ordered=True)
        with pytest.warns(EmptyLevelWarning, match="level 3"):
            model = CumulativeLinkModel(y, np.arange(24.0) % 5)
        fit = model.fit(reduction="mean")
        assert fit.thresholds.index.tolist() == ["1|2", "2|4"]
        assert "Levels left out: 3." in fit.summary().as_text()

    def test_too_few_steps_are_said(self, wine):
        with pytest.warns(ConvergenceWarning, match="no root within 2 steps"):
            fit = CumulativeLinkModel.from_formula(FORMULA, wine).fit(reduction="mean", maxiter=2)
        assert not fit.converged

    @pytest.mark.parametrize(
        ("options", "sentence"),
        [
            ({"reduction": "median"}, "the one reduction is 'mean'"),
            ({"reduction": True}, "the one reduction is 'mean'"),
            ({"reduction": "mean", "penalty": 1.0}, "choose one"),
        ],
    )
    def test_options_that_cannot_be_used(self, wine, options, sentence):
        with pytest.raises(ModelError, match=sentence):
            CumulativeLinkModel.from_formula(FORMULA, wine).fit(**options)

    def test_a_start_without_probabilities(self, wine):
        problem = CumulativeLinkModel.from_formula(FORMULA, wine).problem()
        with pytest.raises(ModelError, match="bias reduction cannot start"):
            reduce_bias(replace(problem, start=-problem.start), tol=1e-10, maxiter=10)

    def test_an_offset_nothing_can_make_up_for(self, wine):
        offset = np.where(wine["judge"] == 1, 5e4, 0.0)
        model = CumulativeLinkModel.from_formula(FORMULA, wine, "probit", offset=offset)
        with pytest.warns(ConvergenceWarning):
            assert not model.fit(reduction="mean").converged

    def test_intervals_of_levels_are_refused(self, wine):
        low = wine["rating"].astype(int)
        rows = pd.DataFrame({"low": low, "high": np.where(wine["judge"] == 1, 5, low)})
        with pytest.raises(ModelError, match="use penalty= instead"):
            CumulativeLinkModel(rows, wine["row"]).fit(reduction="mean")


def test_less_bias_than_the_likelihood_in_thirty_rows():
    """A quick look; benchmarks/bias_reduction.py has the tables."""
    rng, found = np.random.default_rng(11), []
    x = np.column_stack([np.arange(30) % 2, np.linspace(-1.5, 1.5, 30)])
    truth = np.array([1.0, 0.8])
    while len(found) < 200:
        latent = x @ truth + rng.logistic(size=30)
        y = (latent[:, None] > [-0.5, 1.0]).sum(axis=1)
        if len(np.unique(y)) < 3:
            continue
        model = CumulativeLinkModel(y, x)
        found.append([model.fit(reduction="mean").params[:2], model.fit().params[:2]])
    found = np.array(found)
    assert np.isfinite(found).all()
    bias, error = found.mean(axis=0) - truth, found.std(axis=0) / np.sqrt(200)
    assert (np.abs(bias[0]) < 3.0 * error[0]).all()
    assert (bias[1] > np.abs(bias[0])).all()
    assert (bias[1] > 0.05).all()
