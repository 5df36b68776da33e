"""Averages over random slopes, and covariances of slopes at the edge."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from probstats.errors import BoundaryWarning, ModelError
from probstats.models import CumulativeLinkMixedModel
from probstats.models.mixed.results import CumulativeLinkMixedResults


def model_of(data, formula="y ~ x + z", **options):
    return CumulativeLinkMixedModel.from_formula(formula, data, "g", **options)


def moved(found, params):
    """The same fit with other parameters of the search."""
    record = replace(found.fit_record, maximum=replace(found.maximum, params=params))
    return CumulativeLinkMixedResults(found.model, record)


class TestAverages:
    @pytest.mark.parametrize(
        "options",
        [
            {"re_formula": "x"},
            {"re_formula": "0 + x"},
            {"re_formula": "x", "scale": "~ z"},
            {"formula": "y ~ x", "re_formula": "x", "nominal": "~ z"},
        ],
    )
    @pytest.mark.parametrize("name", ["x", "z"])
    def test_comparisons_are_differences_of_predictions(self, sim, options, name):
        found = model_of(sim, **options).fit()

        def change(params):
            fit = moved(found, params)
            ends = [fit.predict(sim.assign(**{name: value})).mean() for value in (0.0, 1.0)]
            return (ends[1] - ends[0]).to_numpy()

        frame = found.avg_comparisons({name: (0.0, 1.0)})
        params = found.maximum.params
        np.testing.assert_allclose(frame["estimate"], change(params), atol=1e-14)
        slopes = np.array(
            [
                (change(params + step) - change(params - step)) / 2e-5
                for step in 1e-5 * np.eye(len(params))
            ]
        )
        variance = slopes.T @ found.fit_record.scaled @ slopes
        np.testing.assert_allclose(frame["std_error"], np.sqrt(np.diag(variance)), rtol=1e-6)

    def test_slopes_are_derivatives(self, sim):
        found = model_of(sim, re_formula="x").fit()
        ends = [found.predict(sim.assign(x=sim["x"] + step)).mean() for step in (1e-4, -1e-4)]
        expected = (ends[0] - ends[1]) / 2e-4
        np.testing.assert_allclose(found.avg_slopes("x")["estimate"], expected, atol=1e-9)

    def test_one_row_has_the_errors_of_its_prediction(self, sim):
        found = model_of(sim, re_formula="x").fit()
        average = found.avg_predictions(newdata=sim.iloc[[3]])
        one = found.get_prediction(sim.iloc[[3]]).summary_frame()
        np.testing.assert_allclose(average["estimate"], one["predicted"], atol=1e-14)
        np.testing.assert_allclose(average["std_error"], one["se"], atol=1e-14)

    def test_a_variable_of_the_slopes_alone_can_change(self, sim):
        """It widens the spread of the groups, so that extreme levels gain."""
        found = model_of(sim, "y ~ z", re_formula="x").fit()
        frame = found.avg_comparisons({"x": (0.0, 3.0)})
        assert frame["estimate"].iloc[[0, 3]].gt(0.01).all()
        assert frame["estimate"].sum() == pytest.approx(0.0, abs=1e-12)
        with pytest.raises(ModelError, match="names column 'x'"):
            found.avg_comparisons("z", newdata=sim[["z"]])

    def test_categories(self, sim):
        kind = pd.Categorical(np.resize(["a", "b", "b"], len(sim)))
        data = sim.assign(kind=kind)
        found = model_of(data, "y ~ kind", re_formula="kind").fit()
        ends = [
            found.predict(data.assign(kind=pd.Categorical([level] * len(data), ["a", "b"]))).mean()
            for level in "ab"
        ]
        frame = found.avg_comparisons("kind")
        assert frame["contrast"].unique().tolist() == ["b - a"]
        np.testing.assert_allclose(frame["estimate"], ends[1] - ends[0], atol=1e-14)


class TestEdge:
    def test_a_singular_covariance_of_three_effects_is_said(self, sim):
        """None of its correlations is one; lme4 calls the same fit singular."""
        data = sim.assign(high=(sim["y"] > 2).astype(int))
        model = model_of(data, "high ~ x + z", re_formula="x + z")
        with pytest.warns(BoundaryWarning, match="covariance is singular"):
            found = model.fit()
        covariance = found.model.random.parts[0].covariance(found.fit_record.entries)
        assert np.linalg.eigvalsh(covariance)[0] == pytest.approx(0.0, abs=1e-12)
        correlations = found.params[found.params.index.str.startswith("corr")]
        assert correlations.abs().max() < 0.999
        assert set(correlations.index) == set(found.edge)
        assert found.bse[correlations.index].isna().all()

    def test_a_column_far_from_zero_is_to_be_centred(self, sim):
        near = model_of(sim, re_formula="x").fit()
        assert near.edge == ()
        with pytest.warns(BoundaryWarning, match="x lies far from zero, .* centre it"):
            far = model_of(sim.assign(x=sim["x"] + 20_000.0), re_formula="x").fit()
        assert far.llf == pytest.approx(near.llf, abs=1e-7)
        assert far.params["sd(g: x)"] == pytest.approx(near.params["sd(g: x)"], rel=1e-6)

    def test_large_units_far_from_zero_are_not_taken_for_a_constant(self, sim):
        near = model_of(sim, re_formula="x").fit()
        with pytest.warns(BoundaryWarning, match="centre it"):
            far = model_of(sim.assign(x=1e8 * sim["x"] + 1e14), re_formula="x").fit()
        assert far.llf == pytest.approx(near.llf, abs=1e-6)

    @pytest.mark.parametrize("correlation", [1.0, -1.0])
    def test_the_likelihood_at_a_correlation_of_one(self, sim, correlation):
        model = model_of(sim, re_formula="x")
        params = model.fit().params.to_numpy()
        at, near = params.copy(), params.copy()
        at[-1], near[-1] = correlation, 0.9999999 * correlation
        assert model.loglike(at) == pytest.approx(model.loglike(near), abs=1e-4)
        assert np.isnan(model.score(at)[-3:]).all()
        assert np.isfinite(model.score(at)[:-3]).all()
        assert model.fit(start_params=at).params.to_numpy() == pytest.approx(params, abs=1e-7)

    def test_the_likelihood_without_a_slope(self, sim):
        model = model_of(sim, re_formula="x")
        params = model.fit().params
        none = params.where(params.index != "sd(g: x)", 0.0)
        expected = model_of(sim).loglike(params.iloc[:6])
        assert model.loglike(none) == pytest.approx(expected, abs=1e-10)
        with pytest.raises(ModelError, match="no Hessian"):
            model.hessian(none)

    def test_correlations_that_no_covariance_has(self, sim):
        model = model_of(sim, re_formula="x + z")
        with pytest.raises(ModelError, match="cannot go together"):
            model.loglike([0.7, -0.7, -1.0, 0.0, 1.5, 1.0, 1.0, 1.0, 0.9, -0.9, 0.9])

    @pytest.mark.parametrize("unit", [1e8, 1e-8])
    def test_the_hessian_in_any_unit(self, sim, unit):
        data = sim.assign(x=sim["x"] * unit, z=sim["z"] / unit)
        model = model_of(data, re_formula="x")
        found = model.fit()
        inverse = np.linalg.inv(-model.hessian(found.params))
        np.testing.assert_allclose(np.sqrt(np.diag(inverse)), found.bse, rtol=1e-5)


class TestFormula:
    def test_categories_without_a_constant_are_refused(self, wine):
        """Their first category would have no effect, where R has one for each."""
        for written in ("0 + temp", "temp - 1", "0 + C(bottle)"):
            with pytest.raises(ModelError, match="categories and no constant"):
                CumulativeLinkMixedModel.from_formula(
                    "rating ~ temp", wine, "judge", re_formula=written
                )

    @pytest.mark.parametrize("written", ["0 + x", "x - 1", "-1 + x", "1 + 0 + x", "x + 0"])
    def test_ways_to_leave_the_constant_out(self, sim, written):
        assert model_of(sim, re_formula=written).random.parts[0].columns == ["x"]

    def test_a_zero_between_others(self, sim):
        assert model_of(sim, re_formula="x + 0 + z").random.parts[0].columns == ["x", "z"]

    def test_slopes_of_each_category_need_no_constant(self, sim):
        data = sim.assign(kind=pd.Categorical(np.resize(["a", "b"], len(sim))))
        columns = model_of(data, re_formula="0 + kind:x").random.parts[0].columns
        assert columns == ["kind[a]:x", "kind[b]:x"]

    @pytest.mark.parametrize(
        ("written", "sentence"),
        [(5, "is text"), ("", "leaves no random effect"), ("name", "declare its categories"),
         ("endless", "not finite")],
    )  # fmt: skip
    def test_bad_input(self, sim, written, sentence):
        data = sim.assign(name="a", endless=np.where(sim["z"] > 0.9, np.inf, sim["z"]))
        with pytest.raises(ModelError, match=sentence):
            model_of(data, re_formula=written)
