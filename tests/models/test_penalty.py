"""Ridge-penalised fits against a likelihood maximised by scipy, and their invariances."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import optimize

from probstats.errors import ModelError
from probstats.models import CumulativeLinkModel
from probstats.models.kernel.links import LINKS

FORMULA = "rating ~ temp + contact"
REFERENCE = Path(__file__).parents[1] / "reference"


def brute_force(model, weights):
    """Maximise the log-likelihood less a weighted sum of squares, without its derivatives."""
    start = model.fit(penalty=1.0).params.to_numpy() * 0.9

    def lost(params):
        value = model.loglike(params)
        return 1e9 if not np.isfinite(value) else -value + 0.5 * weights @ params**2

    options = {"xatol": 1e-9, "fatol": 1e-12, "maxiter": 40_000, "maxfev": 40_000}
    for _ in range(3):
        start = optimize.minimize(lost, start, method="Nelder-Mead", options=options).x
    return start


@pytest.mark.parametrize("link", ["logit", "cloglog"])
@pytest.mark.parametrize("scale", ["standardised", "raw"])
def test_the_penalised_likelihood_is_at_its_maximum(wine, link, scale):
    model = CumulativeLinkModel.from_formula(FORMULA, wine, link)
    fit = model.fit(penalty=3.0, penalty_scale=scale)
    unit = 0.25 if scale == "standardised" else 1.0  # half of the rows are warm, half have contact
    weights = np.array([3.0 * unit, 3.0 * unit, 0.0, 0.0, 0.0, 0.0])
    np.testing.assert_allclose(fit.params, brute_force(model, weights), rtol=1e-6)


@pytest.mark.parametrize("link", LINKS)
@pytest.mark.parametrize(
    ("options", "penalty", "held"),
    [
        ({"formula": FORMULA}, 2.0, {"temp[warm]": 2.0, "contact[yes]": 2.0}),
        ({"formula": FORMULA}, {"temp": 5.0}, {"temp[warm]": 5.0}),
        (
            {"formula": "rating ~ temp", "nominal": "~ contact"},
            {"nominal: contact": 1.5},
            {f"{name}:contact[yes]": 1.5 for name in ("1|2", "2|3", "3|4", "4|5")},
        ),
        (
            {"formula": FORMULA, "scale": "~ temp"},
            {"scale: temp": 4.0, "contact": 1.0},
            {"scale:temp[warm]": 4.0, "contact[yes]": 1.0},
        ),
    ],
    ids=["all", "one term", "nominal", "scale"],
)
def test_score_and_information_of_the_penalised_likelihood(wine, link, options, penalty, held):
    model = CumulativeLinkModel.from_formula(data=wine, link=link, **options)
    fit = model.fit(penalty=penalty)
    matrix = np.diag([0.25 * held.get(name, 0.0) for name in fit.params.index])
    score = model.score(fit.params) - matrix @ fit.params
    assert np.abs(score * fit.bse).max() < 1e-7
    information = matrix - model.hessian(fit.params)
    np.testing.assert_allclose(fit.cov_params(), np.linalg.inv(information), rtol=1e-7, atol=1e-10)
    effective = np.trace(np.linalg.solve(information, information - matrix))
    assert fit.df_effective == pytest.approx(effective, rel=1e-8)
    assert fit.df_effective < len(fit.params)
    assert fit.penalty[fit.penalty > 0.0].to_dict() == held


def test_units_do_not_matter_where_columns_are_standardised(wine):
    wine = wine.assign(x=np.linspace(-1.0, 2.0, 72) ** 2, y=0.0)
    wine["y"] = 50.0 + 10.0 * wine["x"]
    one, other = (
        CumulativeLinkModel.from_formula(f"rating ~ temp + {name}", wine).fit(penalty=4.0)
        for name in ("x", "y")
    )
    assert one.params["x"] == pytest.approx(10.0 * other.params["y"], rel=1e-8)
    raw, other_raw = (
        CumulativeLinkModel.from_formula(f"rating ~ temp + {name}", wine).fit(
            penalty=4.0, penalty_scale="raw"
        )
        for name in ("x", "y")
    )
    assert abs(raw.params["x"] / (10.0 * other_raw.params["y"]) - 1.0) > 0.01


def test_a_weight_is_a_number_of_rows(wine):
    weights = np.resize([1, 2, 0, 3], 72)
    repeated = wine.loc[wine.index.repeat(weights)].reset_index(drop=True)
    one = CumulativeLinkModel.from_formula(FORMULA, wine, weights=weights).fit(penalty=2.0)
    other = CumulativeLinkModel.from_formula(FORMULA, repeated).fit(penalty=2.0)
    np.testing.assert_allclose(one.params, other.params, rtol=1e-8)
    np.testing.assert_allclose(one.bse, other.bse, rtol=1e-8)


def test_from_the_likelihood_to_no_effects(wine):
    model = CumulativeLinkModel.from_formula(FORMULA, wine)
    likelihood = model.fit()
    np.testing.assert_allclose(model.fit(penalty=1e-9).params, likelihood.params, rtol=1e-7)
    flat = model.fit(penalty=1e9)
    assert np.abs(flat.params[:2]).max() < 1e-6
    assert flat.df_effective == pytest.approx(4.0, abs=1e-6)
    sizes = [np.abs(model.fit(penalty=p).params[:2]).sum() for p in (0.1, 1.0, 10.0, 100.0)]
    assert (np.diff(sizes) < 0.0).all()


def test_intervals_of_levels_have_a_penalised_fit(wine):
    low = wine["rating"].astype(int)
    rows = pd.DataFrame({"low": low, "high": np.where(wine["judge"] == 1, 5, low)})
    model = CumulativeLinkModel(rows, wine["row"].rename("row") % 7)
    fit = model.fit(penalty=1.0)
    assert fit.converged
    matrix = np.diag(fit.penalty.to_numpy() * fit.estimator.sizes.to_numpy() ** 2)
    assert np.abs(model.score(fit.params) - matrix @ fit.params).max() < 1e-6


class TestSeparation:
    def test_a_penalty_on_every_coefficient_keeps_all_finite(self, wine):
        model = CumulativeLinkModel.from_formula("rating ~ contact", wine, nominal="~ temp")
        fit = model.fit(penalty=0.5)
        assert fit.converged
        assert np.abs(fit.params).max() < 8.0
        assert "is due to the penalty" in fit.summary().as_text()

    def test_a_penalty_that_leaves_the_separated_term_free_is_refused(self, wine):
        model = CumulativeLinkModel.from_formula("rating ~ contact", wine, nominal="~ temp")
        with pytest.raises(ModelError, match=r"separate the levels by 4\|5.* penalise their terms"):
            model.fit(penalty={"contact": 1.0})


class TestHonesty:
    def test_summary_states_penalty_scale_and_effective_parameters(self, wine):
        fit = CumulativeLinkModel.from_formula(FORMULA, wine).fit(penalty={"temp": 2.0})
        text = fit.summary().as_text()
        assert text.startswith("Cumulative link model, ridge-penalised estimates")
        assert f"Effective {fit.df_effective:.2f}" in text
        assert "Ridge penalty 2 of temp[warm] on columns divided by their standard dev" in text
        assert "AIC" not in text
        raw = fit.model.fit(penalty={"temp": 2.0, "contact": 1.0}, penalty_scale="raw")
        note = "Ridge penalty 2 of temp[warm], 1 of contact[yes] on columns as they are"
        assert note in raw.summary().as_text()

    def test_what_needs_the_maximum_of_the_likelihood_is_refused(self, wine):
        fit = CumulativeLinkModel.from_formula(FORMULA, wine).fit(penalty=2.0)
        for call in (lambda: fit.llf, lambda: fit.aic, lambda: fit.conf_int(method="profile")):
            with pytest.raises(ModelError, match="these are ridge-penalised estimates"):
                call()


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"penalty": -1.0}, "penalty is -1.0; it must be a finite number, 0 or more"),
        ({"penalty": np.nan}, "penalty is nan"),
        ({"penalty": "1"}, "penalty is '1'"),
        ({"penalty": True}, "penalty is True"),
        ({"penalty": 0.0}, "penalty is zero everywhere"),
        ({"penalty": {"temp": -2}}, "penalty of 'temp' is -2"),
        ({"penalty": {"tmep": 2}}, "'tmep' is no term; the terms are temp, contact"),
        ({"penalty": {}}, "penalty is zero everywhere"),
        ({"penalty": 1.0, "penalty_scale": "sd"}, "choose 'standardised' or 'raw'"),
        ({"penalty_scale": "raw"}, "pass penalty= too"),
        ({"penalty": 1.0, "cov_type": "HC0"}, "a penalty shrinks them"),
    ],
)
def test_options_that_cannot_be_used(wine, options, sentence):
    with pytest.raises(ModelError, match=sentence):
        CumulativeLinkModel.from_formula(FORMULA, wine).fit(**options)


def test_a_model_of_thresholds_has_nothing_to_penalise(wine):
    with pytest.raises(ModelError, match="no coefficients to penalise"):
        CumulativeLinkModel(wine["rating"]).fit(penalty=1.0)


@pytest.mark.parametrize("number", range(3))
def test_agrees_with_lrm(wine, number):
    """Made by tests/reference/make_checking_penalty.R, whose deviations have n - 1."""
    reference = json.loads((REFERENCE / "checking_penalty.json").read_text())[number]
    rows = wine.assign(warm=1.0 * (wine["temp"] == "warm"), order=wine["row"] / 10)
    fit = CumulativeLinkModel.from_formula("rating ~ warm + order", rows).fit(
        penalty=reference["penalty"] * 72 / 71
    )
    names = ["warm", "order", "y>=2", "y>=3", "y>=4", "y>=5"]
    signs = np.array([1.0, 1.0, -1.0, -1.0, -1.0, -1.0])
    expected = signs * [reference["coef"][name] for name in names]
    np.testing.assert_allclose(fit.params, expected, rtol=1e-8)
    np.testing.assert_allclose(fit.bse, [reference["se"][name] for name in names], rtol=1e-8)
