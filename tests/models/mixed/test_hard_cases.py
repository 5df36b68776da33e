"""Groups as data have them, few nodes, and groups the fit cannot do without."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest
from scipy import integrate, stats

from probstats.errors import BoundaryWarning, ConvergenceWarning, ModelError
from probstats.models import (
    CumulativeLinkMixedModel,
    CumulativeLinkModel,
    FixedEffectsOrderedLogit,
    within_between,
)
from probstats.models.kernel.links import LINKS
from probstats.models.mixed.conditional_logit import subset_sums
from probstats.models.mixed.population import Averages


def model_of(formula, data, groups, **options):
    return CumulativeLinkMixedModel.from_formula(formula, data, groups, **options)


@pytest.fixture
def crossed(sim):
    return model_of("y ~ x + z", sim, "g", vc_formula={"rater": "rater"}).fit()


class TestGroups:
    def test_a_series_in_another_order_is_matched_by_its_index(self, sim):
        data = sim.assign(x=sim["x"].where(sim["z"] > 0.05))
        expected = model_of("y ~ x", data, "g").fit().llf
        mixed_up = data["g"].sample(frac=1.0, random_state=1)
        assert model_of("y ~ x", data, mixed_up).fit().llf == pytest.approx(expected, abs=1e-9)
        fixed = FixedEffectsOrderedLogit.from_formula("y ~ x", data, mixed_up).fit()
        again = FixedEffectsOrderedLogit.from_formula("y ~ x", data, "g").fit()
        assert fixed.llf == pytest.approx(again.llf, abs=1e-9)

    def test_the_same_with_rows_that_do_not_count(self, sim):
        weights = np.where(sim["z"] > 0.05, 1.0, 0.0)
        expected = model_of("y ~ x", sim[weights > 0.0], "g").fit().llf
        mixed_up = sim["g"].sample(frac=1.0, random_state=1)
        for groups in (sim["g"], mixed_up):
            found = CumulativeLinkMixedModel(sim["y"], sim[["x"]], groups, weights=weights).fit()
            assert found.llf == pytest.approx(expected, abs=1e-9)

    def test_categories_no_row_has(self, sim):
        data = sim.assign(g=pd.Categorical(sim["g"], categories=range(40, -1, -1)))
        found = model_of("y ~ x", data, "g").fit()
        assert found.random_effects.index.get_level_values("group")[0] == 24
        assert found.leave_out(1).loc[1, "converged"] == 1.0
        one = found.predict(data.iloc[[0]], effects="conditional")
        plain = found.predict(sim.iloc[[0]], effects="conditional")
        np.testing.assert_array_equal(one, plain)

    def test_colons_in_names_do_not_merge_groups(self, sim):
        data = sim.assign(a="w", b="v")
        data.loc[data["g"] % 2 == 0, ["a", "b"]] = ["p:q", "r"]
        data.loc[data["g"] % 2 == 1, ["a", "b"]] = ["p", "q:r"]
        data.loc[data["g"] < 4, ["a", "b"]] = ["w", "v"]
        data.loc[data["g"] > 20, ["a", "b"]] = ["w", "u"]
        random = model_of("y ~ x", data, "a", vc_formula={"b": "0 + C(b)"}).random
        assert random.parts[1].n_groups == data.groupby(["a", "b"]).ngroups == 4

    def test_whole_numbers_may_have_become_floats(self, sim):
        with pytest.warns(BoundaryWarning):
            found = model_of("y ~ x", sim, "g", vc_formula={"s": "0 + C(site)"}).fit()
        new = sim.iloc[[0]]
        expected = found.predict(new, effects="conditional")
        floats = new.astype({"site": float})
        np.testing.assert_array_equal(found.predict(floats, effects="conditional"), expected)

    def test_groups_of_new_rows_are_matched_by_their_index(self, sim):
        found = model_of("y ~ x", sim, "g").fit()
        new = sim.iloc[[0, 239]]
        expected = found.predict(new, effects="conditional")
        turned = pd.Series([24, 1], index=[239, 0])
        for groups in (turned, "g", [1, 24]):
            shown = found.predict(new.assign(h=0), effects="conditional", groups=groups)
            np.testing.assert_array_equal(shown, expected)
        for groups, sentence in (
            ("h", "no column of the new data"),
            (pd.Series([1, 24]), "index that does not match"),
            ([1], "one value for each of the 2 new rows"),
        ):
            with pytest.raises(ModelError, match=sentence):
                found.predict(new, effects="conditional", groups=groups)


class TestQuadrature:
    def test_too_few_nodes_are_said(self):
        rng = np.random.default_rng(0)
        group = np.repeat(np.arange(100), 3)
        latent = 6.0 * rng.normal(size=100)[group] + rng.logistic(size=300)
        data = pd.DataFrame(
            {"y": (latent > 0.0).astype(int), "x": rng.normal(size=300), "g": group}
        )
        model = model_of("y ~ x", data, "g")
        with pytest.warns(ConvergenceWarning, match="10 nodes miss the log-likelihood by"):
            few = model.fit("agq")
        fine = model.loglike(few.params, "agq", 20)
        assert few.quadrature_gap == pytest.approx(fine - few.llf, abs=1e-9)
        assert "10 nodes miss" in few.summary().as_text()

    def test_groups_that_keep_to_their_levels_are_not_a_quiet_fit(self, sim):
        """There is no maximum; what quadrature shows for one hangs on its nodes."""
        data = sim.assign(y=sim["g"] % 4 + 1)
        with pytest.warns(ConvergenceWarning):
            model_of("y ~ x", data, "g").fit("agq")

    def test_enough_nodes_are_enough(self, wine_model):
        fit = wine_model.fit("agq")
        assert abs(fit.quadrature_gap) < 1e-6
        assert wine_model.fit().quadrature_gap == 0.0
        assert abs(wine_model.fit("agq", nodes=100).quadrature_gap) < 1e-9

    @pytest.mark.parametrize("nodes", ["a", np.nan, np.inf, [10], 2.5, 0, 1000, True])
    def test_nodes_that_cannot_be(self, wine_model, nodes):
        with pytest.raises(ModelError, match="whole number from 1 to 100"):
            wine_model.fit("agq", nodes=nodes)

    @pytest.mark.parametrize(
        ("options", "sentence"),
        [({"integration": ["agq"]}, "not known"), ({"maxiter": "a"}, "maxiter='a'"),
         ({"maxiter": None}, "maxiter=None"), ({"tol": "a"}, "tol='a'"),
         ({"start_params": "a"}, "7 numbers")],
    )  # fmt: skip
    def test_options_that_cannot_be(self, wine_model, options, sentence):
        with pytest.raises(ModelError, match=sentence):
            wine_model.fit(**options)

    @pytest.mark.parametrize("link", ["logit", "cauchit"])
    @pytest.mark.parametrize("spread", [5.0, 30.0])
    def test_population_averages_where_groups_differ_a_lot(self, wine, link, spread):
        """201 points lie too far apart there: at 30 they are off by 7e-5 and, cauchit, 9e-4."""
        model = CumulativeLinkModel.from_formula("rating ~ temp", wine, link=link)
        params = model.fit().params.to_numpy()
        rows = model.all_edges(model.sample.covariates).take(np.array([0]))
        found = Averages(params, rows, np.array([spread]), model.link).cumulative()[0, :-1]
        for bound, value in zip(rows.bounds(params)[0][1:-1, 0], found, strict=True):

            def integrand(u, bound=bound):
                return LINKS[link].cdf(np.array([bound - spread * u]))[0] * stats.norm.pdf(u)

            kink = [float(bound / spread)]
            expected = integrate.quad(integrand, -9, 9, points=kink, limit=500, epsabs=1e-12)[0]
            assert value == pytest.approx(expected, abs=1e-9)


class TestTests:
    def test_a_standard_deviation_has_no_wald_test(self, wine_model):
        fit = wine_model.fit()
        for call in (
            lambda: fit.t_test("sd(judge) = 0"),
            lambda: fit.wald_test(np.eye(7)),
            lambda: fit.t_test(np.eye(7)[6]),
        ):
            with pytest.raises(ModelError, match="test_random_effects"):
                call()


class TestInfluence:
    @pytest.mark.parametrize("factor", ["g", "rater"])
    def test_one_step_with_crossed_factors_is_near_the_refit(self, crossed, factor):
        found = crossed.get_influence(factor)
        for label in (2, 5):
            change = found.refit(label).loc[label] - crossed.params
            step = found.params_one.loc[label] - crossed.params
            assert (step - change).abs().max() < 0.5 * change.abs().max()
        left = crossed.leave_out(5, factor).loc[5].drop("converged")
        assert found.refit(5).loc[5].to_numpy() == pytest.approx(left.to_numpy())

    def test_where_a_second_factor_says_nothing_it_is_the_step_of_the_first(self, sim):
        lone = model_of("y ~ x + z", sim, "g").fit()
        with pytest.warns(BoundaryWarning):
            two = model_of("y ~ x + z", sim, "g", vc_formula={"s": "0 + C(site)"}).fit()
        names = lone.params.index
        np.testing.assert_allclose(
            two.get_influence().params_one[names], lone.get_influence().params_one, rtol=1e-4,
            atol=1e-5,
        )  # fmt: skip

    def test_at_the_edge_it_is_that_of_the_plain_fit(self, wine):
        four = wine[wine["judge"].isin([2, 4, 6, 8])]
        with pytest.warns(BoundaryWarning):
            found = model_of("rating ~ temp + contact", four, "judge").fit().get_influence()
        plain = CumulativeLinkModel.from_formula("rating ~ temp + contact", four).fit()
        expected = plain.get_influence(groups="judge")
        np.testing.assert_allclose(
            found.d_params.drop(columns="sd(judge)"), expected.d_params, atol=1e-6
        )
        assert (found.d_params["sd(judge)"] == 0.0).all()
        ratio = found.cooks_distance[0] / expected.cooks_distance[0]
        np.testing.assert_allclose(ratio, 6.0 / 7.0, rtol=1e-5)

    def test_a_group_the_fit_cannot_do_without(self, sim):
        data = sim.copy()
        data.loc[data["g"] == 1, "y"] = data.loc[data["g"] == 1, "y"].where(data["x"] < 0.0, 5)
        found = model_of("y ~ x", data, "g").fit()
        with pytest.warns(ConvergenceWarning, match="without 1 the reason is: .* level 5") as said:
            frame = found.leave_out([1, 2])
        assert len(said) == 1
        assert frame.loc[1].drop("converged").isna().all()
        assert frame["converged"].tolist() == [0.0, 1.0]

    def test_ways_to_name_groups(self, wine_model):
        fit = wine_model.fit()
        expected = fit.leave_out([7, 1])
        for labels in (np.array([7, 1]), pd.Index([7, 1]), pd.Series([7, 1])):
            pd.testing.assert_frame_equal(fit.leave_out(labels), expected)
        for labels in ({}, (7, 1), "7"):
            with pytest.raises(ModelError, match="no group"):
                fit.leave_out(labels)


class TestConditional:
    def test_nearly_all_rows_are_ones(self):
        """The sum over all sizes of subsets is e^600 times that of the size wanted."""
        rng = np.random.default_rng(1)
        design = rng.normal(size=(2000, 1))
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            found = subset_sums(design, np.array([0.5]), 1999)
        weights = np.exp(-0.5 * design[:, 0])
        expected = 0.5 * design.sum() + np.log(weights.sum())
        assert found.loglike == pytest.approx(expected, rel=1e-12)
        mean = design.sum() - weights @ design[:, 0] / weights.sum()
        assert found.score[0] == pytest.approx(mean, rel=1e-10)

    def test_numbers_that_cannot_be(self, sim):
        fit = FixedEffectsOrderedLogit.from_formula("y ~ x", sim, "g").fit()
        with pytest.raises(ModelError, match="alpha=5"):
            fit.summary_frame(alpha=5)
        with pytest.raises(ModelError, match="there are 1 coefficients"):
            fit.model.score([1.0, 2.0])


class TestWithin:
    @pytest.mark.parametrize("unit", [1e-300, 1e-15, 1e15])
    def test_units_do_not_matter(self, sim, unit):
        expected = within_between(sim, "x", "g")["x_within"]
        found = within_between(sim.assign(x=sim["x"] * unit), "x", "g")["x_within"] / unit
        np.testing.assert_allclose(found, expected, atol=1e-12)

    def test_small_changes_of_large_numbers(self, sim):
        far = within_between(sim.assign(x=1e8 + 1e-6 * sim["x"]), "x", "g")
        assert far["x_within"].abs().max() > 1e-7
        with pytest.raises(ModelError, match="does not change within any group"):
            within_between(sim.assign(k=sim["g"] / 7.0), "k", "g")

    def test_what_is_no_data(self, sim):
        for call, sentence in (
            (lambda: within_between([1], "x", "g"), "must be a data frame"),
            (lambda: within_between(sim, None, "g"), "name of a column, or a list"),
            (lambda: within_between(sim.assign(k=1j), "k", "g"), "finite numbers"),
        ):
            with pytest.raises(ModelError, match=sentence):
                call()
