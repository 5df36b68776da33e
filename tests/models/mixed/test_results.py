"""What a fit with random effects says: intervals, tests, summaries, predictions, influence."""

from __future__ import annotations

import pickle
import warnings

import numpy as np
import pandas as pd
import pytest
from scipy import integrate, special, stats

from probstats.errors import BoundaryWarning, ModelError
from probstats.models import (
    CumulativeLinkMixedModel,
    CumulativeLinkModel,
    accuracy,
    explore,
    goodness_of_fit,
    likelihood_ratio_test,
    nominal_test,
    parallel_lines_test,
    scale_test,
)

WINE = "rating ~ temp + contact"
LINK = pytest.mark.parametrize("link", ["logit", "probit", "cloglog", "loglog", "cauchit"])


def model_of(formula, data, groups, link="logit", **options):
    return CumulativeLinkMixedModel.from_formula(formula, data, groups, link, **options)


@pytest.fixture
def fit(wine_model):
    return wine_model.fit("agq")


@pytest.fixture
def slopes(sim):
    return model_of("y ~ x + z", sim, "g", re_formula="x").fit()


@pytest.fixture
def crossed(sim):
    return model_of("y ~ x + z", sim, "g", vc_formula={"rater": "rater"}).fit()


class TestNumbers:
    def test_criteria(self, fit):
        assert fit.aic == pytest.approx(-2 * fit.llf + 14)
        assert fit.bic == pytest.approx(-2 * fit.llf + 7 * np.log(72))
        assert (fit.nobs, fit.df_model, fit.df_resid) == (72, 3, 65)
        assert fit.llf_plain == pytest.approx(-86.4919233656, abs=1e-9)

    def test_ratios_leave_out_standard_deviations(self, fit):
        assert np.isnan(fit.tvalues["sd(judge)"])
        assert np.isnan(fit.pvalues["sd(judge)"])
        z = fit.params["temp[warm]"] / fit.bse["temp[warm]"]
        assert fit.tvalues["temp[warm]"] == pytest.approx(z)
        assert fit.pvalues["temp[warm]"] == pytest.approx(2 * stats.norm.sf(z))

    def test_wald_intervals(self, fit):
        found = fit.conf_int()
        value, error = fit.params["sd(judge)"], fit.bse["sd(judge)"]
        ends = value * np.exp(np.array([-1, 1]) * stats.norm.ppf(0.975) * error / value)
        np.testing.assert_allclose(found.loc["sd(judge)"], ends)
        value, error = fit.params["1|2"], fit.bse["1|2"]
        assert found.loc["1|2", 1] == pytest.approx(value + stats.norm.ppf(0.975) * error)

    def test_correlations_stay_between_minus_one_and_one(self, slopes):
        low, high = slopes.conf_int().iloc[-1]
        assert -1.0 < low < slopes.params.iloc[-1] < high < 1.0

    def test_tests_of_coefficients(self, fit):
        single = fit.t_test("temp[warm] = 0")
        assert single.tvalue.item() == pytest.approx(fit.tvalues["temp[warm]"])
        terms = fit.wald_test_terms()
        assert terms.loc["contact", "statistic"] == pytest.approx(fit.tvalues["contact[yes]"] ** 2)
        assert fit.wald_test("temp[warm] = 0, contact[yes] = 0").df_denom is not None
        with pytest.raises(ModelError, match="parameters are"):
            fit.t_test("warmth = 0")

    def test_thresholds(self, fit):
        assert list(fit.thresholds.index) == ["1|2", "2|3", "3|4", "4|5"]

    def test_what_it_says_of_itself(self, fit):
        assert "random effects of judge" in repr(fit)
        assert "converged" in repr(fit)
        text = str(fit.summary(odds_ratios=True))
        for part in ("9", "adaptive quadrature, 10 nodes", "sd(judge)", "9 groups of 8 to 8 rows"):
            assert part in text
        assert fit._repr_html_().startswith("<table")
        assert "sd(judge)" in fit.summary().as_latex()
        assert "sd_interval" in dir(fit)
        assert "random effects of judge" in repr(fit.model)

    def test_pickles(self, fit, wine):
        again = pickle.loads(pickle.dumps(fit))
        pd.testing.assert_series_equal(again.params, fit.params)
        new = wine.head(3)
        pd.testing.assert_frame_equal(
            again.predict(new, effects="conditional"), fit.predict(new, effects="conditional")
        )
        pd.testing.assert_frame_equal(again.sd_interval(), fit.sd_interval())


class TestQuality:
    def test_null_model_has_the_same_random_effects(self, fit, wine):
        null = model_of("rating ~ 1", wine, "judge").fit("agq")
        assert fit.llnull == pytest.approx(null.llf, abs=1e-9)
        assert fit.prsquared == pytest.approx(1 - fit.llf / null.llf)
        assert 0 < fit.pseudo_rsquared("nagelkerke") < 1
        with pytest.raises(ModelError, match="not known"):
            fit.pseudo_rsquared("r2")

    def test_thresholds_of_each_combination(self, fit, wine):
        np.testing.assert_allclose(fit.level_thresholds.iloc[0], fit.thresholds)
        nominal = model_of("rating ~ temp", wine, "judge", nominal="~ contact").fit()
        found = nominal.level_thresholds
        assert len(found) == 2
        moved = found.diff().iloc[1].to_numpy()
        np.testing.assert_allclose(np.abs(moved), np.abs(nominal.thresholds.iloc[4:]))

    def test_convergence(self, fit, crossed):
        for found in (fit, crossed):
            report = found.convergence()
            assert report.relative_gradient < 1e-6
            assert (report.table["decimals"] >= 6).all()
            assert "relative gradient" in str(report)


class TestSpread:
    def test_profile_interval_against_r(self, fit, mixed):
        theirs = np.ravel(mixed["clmm2_profile_sd"])
        found = fit.sd_interval().loc["sd(judge)", ["ci_lower", "ci_upper"]]
        np.testing.assert_allclose(found, theirs, rtol=1e-4)
        np.testing.assert_allclose(fit.conf_int(method="profile").iloc[-1], found, rtol=1e-12)

    def test_profile_interval_by_definition(self, wine_model, fit):
        """At its ends the likelihood, maximised over all else, has fallen by half a quantile."""
        from scipy import optimize

        for end in fit.sd_interval().iloc[0, 1:]:

            def lost(free, end=end):
                return -wine_model.loglike([*free, end], "agq")

            def slope(free, end=end):
                return -wine_model.score([*free, end], "agq")[:-1]

            found = optimize.minimize(lost, fit.params[:-1], jac=slope, options={"gtol": 1e-8})
            fallen = 2 * (fit.llf + found.fun)
            assert fallen == pytest.approx(stats.chi2.ppf(0.95, 1), abs=1e-5)

    def test_profile_of_coefficients(self, fit):
        found = fit.profile("temp[warm]", level=0.95, points=5)
        np.testing.assert_allclose(found["z"].iloc[[0, -1]], [-1.959964, 1.959964], atol=1e-5)
        ends = fit.conf_int(method="profile").loc["temp[warm]"]
        np.testing.assert_allclose(found["value"].iloc[[0, -1]], ends)
        assert (np.diff(found["z"]) > 0).all()

    def test_profiles_of_slopes(self, slopes):
        found = slopes.sd_interval()
        assert (found["ci_lower"] < found["estimate"]).all()
        assert (found["estimate"] < found["ci_upper"]).all()
        ends = slopes.conf_int(method="profile").iloc[-1]
        assert -1.0 <= ends[0] < slopes.params.iloc[-1] < ends[1] <= 1.0

    def test_profiles_of_crossed_effects(self, crossed):
        found = crossed.sd_interval()
        assert (found["ci_lower"] < found["estimate"]).all()
        assert found.loc["sd(rater)", "ci_lower"] > 0.0

    def test_interval_may_begin_at_zero(self, simulated):
        data = simulated(4, sd=0.0)
        with pytest.warns(BoundaryWarning):
            found = model_of("y ~ x", data, "g").fit()
        low, high = found.sd_interval().iloc[0, 1:]
        assert low == 0.0
        assert 0.0 < high < 1.0

    def test_likelihood_ratio_at_the_boundary(self, fit):
        found = fit.test_random_effects().loc["judge"]
        assert found["statistic"] == pytest.approx(2 * (fit.llf - fit.llf_plain))
        assert found["p_value"] == pytest.approx(stats.chi2.sf(found["statistic"], 1) / 2)
        assert found["df"] == "0:1"

    def test_each_of_several_factors(self, crossed, sim):
        found = crossed.test_random_effects()
        alone = model_of("y ~ x + z", sim, "g").fit()
        assert found.loc["rater", "llf_without"] == pytest.approx(alone.llf, abs=1e-8)
        assert list(found.index) == ["g", "rater"]

    def test_a_slope(self, slopes, sim):
        found = slopes.test_random_effects().loc["g: x"]
        alone = model_of("y ~ x + z", sim, "g").fit()
        statistic = 2 * (slopes.llf - alone.llf)
        assert found["statistic"] == pytest.approx(statistic, abs=1e-7)
        tail = 0.5 * (stats.chi2.sf(statistic, 1) + stats.chi2.sf(statistic, 2))
        assert found["p_value"] == pytest.approx(tail, rel=1e-6)
        assert found["df"] == "1:2"

    def test_nothing_there_has_a_p_value_of_one(self, simulated):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", BoundaryWarning)
            found = model_of("y ~ x", simulated(4, sd=0.0), "g").fit()
        assert found.test_random_effects().loc["g", "p_value"] == 1.0

    def test_intraclass_correlation(self, fit, crossed):
        sd = fit.sd["sd(judge)"]
        found = fit.intraclass_correlation()
        assert found.loc["judge", "estimate"] == pytest.approx(sd**2 / (sd**2 + np.pi**2 / 3))
        end = fit.sd_interval()["ci_upper"].item()
        assert found.loc["judge", "ci_upper"] == pytest.approx(end**2 / (end**2 + np.pi**2 / 3))
        several = crossed.intraclass_correlation()
        assert list(several.index) == ["g", "rater"]
        total = (crossed.sd**2).sum() + np.pi**2 / 3
        np.testing.assert_allclose(several["estimate"], crossed.sd**2 / total)
        assert (several["ci_lower"] < several["estimate"]).all()

    def test_where_there_is_no_one_share(self, wine, slopes):
        with pytest.raises(ModelError, match="cauchit"):
            model_of(WINE, wine, "judge", "cauchit").fit().intraclass_correlation()
        with pytest.raises(ModelError, match="scale effects"):
            model_of(WINE, wine, "judge", scale="~ temp").fit().intraclass_correlation()
        with pytest.raises(ModelError, match="random slopes"):
            slopes.intraclass_correlation()

    def test_bad_input(self, fit):
        for call, match in (
            (lambda: fit.sd_interval(alpha=2), "alpha"),
            (lambda: fit.sd_interval(method="bayes"), "not known"),
            (lambda: fit.conf_int(method="bayes"), "not known"),
            (lambda: fit.profile("nothing"), "no parameter"),
            (lambda: fit.profile("1|2", points=1), "at least 2"),
        ):
            with pytest.raises(ModelError, match=match):
                call()


class TestRandomEffects:
    def test_against_r(self, wine_model, mixed):
        found = wine_model.fit().random_effects
        np.testing.assert_allclose(found["estimate"], mixed["wine_logit_1"]["ranef"], atol=2e-5)
        variance = mixed["wine_logit_1"]["condvar"]
        np.testing.assert_allclose(found["se"] ** 2, variance, rtol=1e-4)
        assert found.index.names == ["factor", "group", "effect"]

    def test_intervals(self, fit):
        found = fit.random_effects_interval()
        np.testing.assert_allclose(
            found["ci_upper"] - found["estimate"], stats.norm.ppf(0.975) * found["se"]
        )

    def test_modes_are_where_the_joint_density_is_highest(self, crossed, slopes, sim):
        for found in (crossed, slopes):
            model = found.model
            offset = found._shift(found._asked(None, "conditional", None, None))
            plain = CumulativeLinkModel.from_formula("y ~ x + z", sim, offset=offset)
            pull = np.asarray(plain.loglike(found.fit_record.fixed))
            assert np.isfinite(pull)
            rows = plain.rows
            bounds, _ = rows.bounds(found.fit_record.fixed)
            first = -model.link.slopes(bounds).first.sum(axis=0)
            for part, effects, scale in zip(
                model.random.parts, found._effects, found._scales(found.maximum.params), strict=True
            ):
                sums = np.array([
                    (part.design[part.codes == code] * first[part.codes == code, None]).sum(axis=0)
                    for code in range(part.n_groups)
                ])  # fmt: skip
                prior = np.linalg.solve(scale @ scale.T, effects.T).T
                np.testing.assert_allclose(sums, prior, atol=1e-7)

    def test_they_move_with_the_parameters(self, crossed):
        slopes = crossed.effects_slopes
        params = crossed.maximum.params
        moved = params + 1e-3 * np.arange(len(params))
        expected = [e + s @ (moved - params) for e, s in zip(crossed._effects, slopes, strict=True)]
        for found, linear in zip(crossed.effects_at(moved), expected, strict=True):
            np.testing.assert_allclose(found, linear, atol=2e-4)


class TestPredictions:
    @LINK
    def test_population_is_the_integral(self, wine, link):
        found = model_of(WINE, wine, "judge", link, scale="~ temp").fit()
        new = wine.iloc[[0, 20]]
        predicted = found.predict(new, which="cumprob").to_numpy()
        fixed, sd = found.fit_record.fixed, found.params["sd(judge)"]
        rows = found.model.plain.all_edges(found.model.plain.covariates(new))
        bounds, scale = rows.bounds(fixed)
        for row in range(2):
            for edge in range(1, 5):

                def value(u, row=row, edge=edge):
                    moved = bounds[edge, row] - sd * u * scale[row]
                    return found.model.link.cdf(moved) * stats.norm.pdf(u)

                exact, _ = integrate.quad(value, -10, 10, epsabs=1e-12, limit=300)
                assert predicted[row, edge - 1] == pytest.approx(exact, abs=1e-9)

    def test_probit_population_has_a_closed_form(self, wine):
        found = model_of(WINE, wine, "judge", "probit").fit()
        bounds, _ = found.model.plain.all_edges(found.model.sample.covariates).bounds(
            found.fit_record.fixed
        )
        exact = special.ndtr(bounds / np.hypot(1.0, found.sd.item()))[1:].T
        np.testing.assert_allclose(found.predict(which="cumprob"), exact, atol=1e-12)

    def test_typical_and_conditional(self, fit, wine):
        typical = fit.predict(wine, effects="typical")
        plain = CumulativeLinkModel.from_formula(WINE, wine)
        np.testing.assert_allclose(typical, plain.predict(fit.params[:-1]), rtol=1e-12)
        shift = fit.random_effects["estimate"].to_numpy()[wine["judge"] - 1]
        moved = CumulativeLinkModel.from_formula(WINE, wine, offset=shift)
        conditional = fit.predict(effects="conditional")
        np.testing.assert_allclose(conditional, moved.predict(fit.params[:-1]), rtol=1e-12)
        pd.testing.assert_frame_equal(fit.predict(wine, effects="conditional"), conditional)

    def test_kinds(self, fit, wine):
        probabilities = fit.predict()
        np.testing.assert_allclose(probabilities.sum(axis=1), 1.0)
        np.testing.assert_allclose(fit.predict(which="mean"), probabilities @ [1, 2, 3, 4, 5])
        assert (fit.predict(which="class") == probabilities.idxmax(axis=1)).all()
        linear = fit.predict(which="linpred", effects="conditional")
        shift = fit.random_effects["estimate"].to_numpy()[wine["judge"] - 1]
        np.testing.assert_allclose(linear - fit.predict(which="linpred"), shift, atol=1e-12)

    @pytest.mark.parametrize("effects", ["population", "typical", "conditional"])
    @pytest.mark.parametrize("which", ["prob", "cumprob"])
    def test_errors_are_those_of_the_delta_method(self, sim, effects, which):
        found = model_of("y ~ x + z", sim, "g", re_formula="x", scale="~ z").fit()
        new = sim.iloc[[3, 100, 200]]
        se = found.get_prediction(new, which, effects).se.to_numpy().reshape(3, -1)
        params, spread = found.maximum.params, found._spread
        slopes = []
        for number, step in enumerate(spread):
            sides = [values_at(found, params + s * step * np.eye(len(params))[number], new, which,
                               effects) for s in (1, -1)]  # fmt: skip
            slopes.append((sides[0] - sides[1]) / (2 * step))
        slopes = np.array(slopes)
        variance = np.einsum("qmk,qr,rmk->mk", slopes, found.fit_record.scaled, slopes)
        if effects == "conditional":
            variance = variance + own_variance(found, new, which)
        np.testing.assert_allclose(se, np.sqrt(variance), rtol=1e-4, atol=1e-8)

    def test_intervals(self, fit, wine):
        frame = fit.get_prediction(wine.head(2), effects="conditional").summary_frame(alpha=0.1)
        assert (frame["ci_lower"] < frame["predicted"]).all()
        assert (frame["predicted"] < frame["ci_upper"]).all()
        wide = fit.get_prediction(wine.head(2), effects="conditional").summary_frame()
        assert (wide["ci_upper"] > frame["ci_upper"]).all()

    def test_nested_groups_in_new_data(self, sim):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", BoundaryWarning)
            found = model_of("y ~ x", sim, "g", vc_formula={"r": "0 + C(rater)"}).fit()
        pd.testing.assert_frame_equal(
            found.predict(sim, effects="conditional"), found.predict(effects="conditional")
        )

    def test_groups_passed_beside_the_data(self, sim, wine):
        model = CumulativeLinkMixedModel(sim["y"], sim[["x"]], groups=sim["g"].to_numpy())
        found = model.fit()
        same = found.predict(sim[["x"]], effects="conditional", groups=sim["g"])
        pd.testing.assert_frame_equal(same, found.predict(effects="conditional"))
        with pytest.raises(ModelError, match="pass groups="):
            found.predict(sim[["x"]], effects="conditional")

    def test_bad_input(self, fit, wine):
        strange = wine.head(1).assign(judge=99)
        for call, match in (
            (lambda: fit.predict(strange, effects="conditional"), "no group 99 in the fit"),
            (lambda: fit.predict(wine.drop(columns="judge"), effects="conditional"), "no column"),
            (lambda: fit.predict(wine, effects="marginal"), "not known"),
            (lambda: fit.predict(wine, which="odds"), "not known"),
            (lambda: fit.predict(wine, groups=wine["judge"]), "groups go with"),
            (lambda: fit.predict(groups=wine["judge"], effects="conditional"), "new data"),
            (lambda: fit.predict(wine, effects="conditional", groups=[1]), "shape"),
            (lambda: fit.get_prediction(wine, which="mean"), "no intervals"),
        ):
            with pytest.raises(ModelError, match=match):
                call()
        assert np.isfinite(fit.predict(strange)).all(axis=None)


class TestAverageEffects:
    def test_averages_are_those_of_predictions(self, fit, wine):
        found = fit.avg_predictions(by="temp")
        mean = fit.predict().groupby(wine["temp"].to_numpy()).mean()
        np.testing.assert_allclose(found["estimate"], mean.to_numpy().ravel(), rtol=1e-12)
        assert (found["conf_low"] < found["estimate"]).all()

    def test_comparisons_are_differences_of_predictions(self, fit, wine):
        found = fit.avg_comparisons("temp")
        cold, warm = (fit.predict(wine.assign(temp=pd.Categorical([level] * 72, ["cold", "warm"])))
                      for level in ("cold", "warm"))  # fmt: skip
        np.testing.assert_allclose(found["estimate"], (warm - cold).mean(), rtol=1e-10)
        assert found["contrast"].unique().tolist() == ["warm - cold"]

    def test_one_row_has_the_errors_of_its_prediction(self, fit, wine):
        row = wine.iloc[[3]]
        found = fit.avg_predictions(row)
        frame = fit.get_prediction(row).summary_frame()
        np.testing.assert_allclose(found["std_error"], frame["se"], rtol=1e-10)
        np.testing.assert_allclose(found["conf_low"], frame["ci_lower"], rtol=1e-10)

    def test_slopes_are_derivatives(self, crossed, sim):
        found = crossed.avg_slopes("x")
        step = 1e-4
        ends = [crossed.predict(sim.assign(x=sim["x"] + s * step)).mean() for s in (1, -1)]
        np.testing.assert_allclose(found["estimate"], (ends[0] - ends[1]) / (2 * step), rtol=1e-5)

    def test_without_spread_they_are_those_of_the_plain_model(self, simulated):
        data = simulated(4, sd=0.0)
        with pytest.warns(BoundaryWarning):
            found = model_of("y ~ x", data, "g").fit()
        plain = CumulativeLinkModel.from_formula("y ~ x", data).fit()
        ours, theirs = found.avg_comparisons(), plain.avg_comparisons()
        np.testing.assert_allclose(ours["estimate"], theirs["estimate"], rtol=1e-8)
        np.testing.assert_allclose(ours["std_error"], theirs["std_error"], rtol=1e-6)

    def test_margins_have_other_names(self, slopes):
        with pytest.raises(ModelError, match="avg_slopes"):
            slopes.get_margeff()


def values_at(found, params, new, which, effects):
    """Predictions with the estimates moved, their random effects with them."""
    from dataclasses import replace

    from probstats.models.mixed.results import CumulativeLinkMixedResults

    record = replace(found.fit_record, maximum=replace(found.maximum, params=params))
    moved = CumulativeLinkMixedResults(found.model, record)
    return moved.predict(new, which, effects).to_numpy()


def own_variance(found, new, which):
    """The variance of the random effects given the data, carried to probabilities."""
    asked = found._asked(new, "conditional", None, None)
    step, values = 1e-5, []
    for sign in (1, -1):
        offset = pd.Series(found._shift(asked) + sign * step, new.index)
        rows = found.model.plain.all_edges(asked.covariates._replace(offset=offset))
        bounds, _ = rows.bounds(found.fit_record.fixed)
        cumulative = found.model.link.cdf(bounds[1:]).T
        values.append(cumulative if which == "cumprob" else np.diff(cumulative, prepend=0.0))
    slope = (values[0] - values[1]) / (2 * step)
    covariance = found.effects_covariance[0][asked.codes[0]]
    variance = np.einsum("md,mde,me->m", asked.designs[0], covariance, asked.designs[0])
    return slope**2 * variance[:, None]


class TestSimulation:
    def test_draws_follow_the_model(self, fit):
        draws = fit.simulate(400, rng=3)
        shares = np.array([(draws == level).to_numpy().mean(axis=1) for level in range(1, 6)]).T
        np.testing.assert_allclose(shares, fit.predict(), atol=0.12)
        assert np.abs(shares - fit.predict()).to_numpy().mean() < 0.025
        again = fit.simulate(400, rng=3)
        pd.testing.assert_frame_equal(draws, again)

    def test_rows_of_a_group_go_together(self, fit, wine):
        def between(draws):
            means = draws.astype(float).groupby(wine["judge"].to_numpy()).mean()
            return means.var().mean()

        together, apart = fit.simulate(200, rng=1), fit.simulate(200, rng=1, effects="conditional")
        assert together[0].dtype.ordered
        assert between(together) > 0.2
        fixed = apart.astype(float).groupby(wine["judge"].to_numpy()).mean().mean(axis=1)
        assert fixed.corr(fit.random_effects["estimate"].set_axis(fixed.index)) > 0.99

    def test_bad_input(self, fit):
        with pytest.raises(ModelError, match="n=0"):
            fit.simulate(0)
        with pytest.raises(ModelError, match="not known"):
            fit.simulate(effects="typical")


class TestChecks:
    def test_residuals(self, fit, wine):
        found = fit.resid_prob()
        below = fit.predict(which="cumprob").to_numpy()
        rating = wine["rating"].cat.codes.to_numpy()
        row = 5
        lower = below[row, rating[row] - 1] if rating[row] else 0.0
        assert found.iloc[row] == pytest.approx(lower - (1 - below[row, rating[row]]))
        by_judge = found.groupby(wine["judge"]).mean()
        left = fit.resid_prob("conditional").groupby(wine["judge"]).mean()
        assert left.var() < by_judge.var() / 4

    def test_one_step_is_near_the_refit(self, simulated):
        found = model_of("y ~ x", simulated(2, n_groups=60, size=6), "g").fit("agq")
        influence = found.get_influence()
        labels = [0, 7, 33]
        change = influence.d_params.loc[labels]
        exact = found.params - influence.refit(labels)
        np.testing.assert_allclose(change, exact, atol=0.02)
        assert np.abs(change - exact).to_numpy().max() < 0.15 * np.abs(exact).to_numpy().max()
        assert influence.hat_matrix_diag.sum() == pytest.approx(len(found.params), rel=1e-3)
        frame = influence.summary_frame()
        assert frame["cooks_d"].is_monotonic_decreasing
        assert "60 groups" in repr(influence)

    def test_scores_of_groups_add_up_to_none(self, fit):
        scores, hessians = fit.get_influence()._parts
        np.testing.assert_allclose(scores.sum(axis=0), 0.0, atol=1e-6)
        np.testing.assert_allclose(hessians.sum(axis=0), fit.maximum.hessian, rtol=1e-4, atol=1e-3)

    def test_leaving_out_is_a_fit_without(self, fit, wine):
        found = fit.leave_out([3])
        rest = model_of(WINE, wine[wine["judge"] != 3], "judge").fit("agq")
        np.testing.assert_allclose(found.loc[3, rest.params.index].astype(float), rest.params)
        assert found.loc[3, "converged"] == 1.0

    def test_crossed_factors_are_left_out_exactly(self, crossed, sim):
        found = crossed.leave_out([2], factor="rater")
        rest = sim[sim["rater"] != 2]
        again = model_of("y ~ x + z", rest, "g", vc_formula={"rater": "rater"}).fit()
        np.testing.assert_allclose(
            found.loc[2, again.params.index].astype(float), again.params, rtol=1e-6
        )
        with pytest.raises(ModelError, match="no grouping factor"):
            crossed.leave_out([2], factor="site")
        with pytest.raises(ModelError, match="no group 99"):
            crossed.leave_out([99])


class TestOtherTests:
    """What takes a fit without random effects says so; likelihoods are compared where they can."""

    def test_random_effects_are_not_tested_by_chi_squared(self, wine_model, fit):
        with pytest.raises(ModelError, match="test_random_effects"):
            likelihood_ratio_test(wine_model.plain.fit(), fit)

    def test_one_integration(self, wine, fit):
        smaller = model_of("rating ~ temp", wine, "judge")
        with pytest.raises(ModelError, match="different ways"):
            likelihood_ratio_test(smaller.fit(), fit)
        small = smaller.fit("agq")
        found = likelihood_ratio_test(small, fit)
        assert found.statistic == pytest.approx(2 * (fit.llf - small.llf))
        assert found.df == 1

    @pytest.mark.parametrize(
        "check",
        [accuracy, explore, goodness_of_fit, nominal_test, parallel_lines_test, scale_test],
    )
    def test_checks_of_plain_fits(self, fit, check):
        with pytest.raises(ModelError, match="is for fits of CumulativeLinkModel"):
            check(fit)

    def test_a_list_of_factors(self, wine):
        with pytest.raises(ModelError, match=r"vc_formula=\{'bottle': 'bottle'\}"):
            model_of("rating ~ temp", wine, ["judge", "bottle"])

    def test_what_a_model_shows(self, wine_model):
        assert all(hasattr(wine_model, name) for name in dir(wine_model))
