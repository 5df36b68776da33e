"""Fits against R and statsmodels, identities, simulation, and every error and warning."""

from __future__ import annotations

import re
import warnings

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from statsmodels.discrete.discrete_model import Logit, Probit
from statsmodels.miscmodels.ordinal_model import OrderedModel

from probstats.errors import (
    ConvergenceWarning,
    EmptyLevelWarning,
    ModelError,
    ProbstatsError,
    SeparationWarning,
)
from probstats.models import CumulativeLinkModel
from probstats.models.kernel.links import LINKS

LINK = pytest.mark.parametrize("link", LINKS)
R_LINK = pytest.mark.parametrize("link", ["logit", "probit", "cloglog", "loglog"])
WINE = "rating ~ temp + contact"


def fit(formula, data, link="logit", **options):
    return CumulativeLinkModel.from_formula(formula, data, link=link).fit(**options)


def simulate(rng, n, beta, thresholds, link="logit"):
    x = rng.normal(size=(n, len(beta)))
    latent = x @ np.asarray(beta) + LINKS[link].quantile(rng.uniform(size=n))
    return x, np.searchsorted(thresholds, latent)


class TestAgainstR:
    """Every number that R's packages print for the same model, by name of the parameter."""

    def check(self, fitted, theirs, our_name, rel=1e-10):
        names = [our_name(name) for name in theirs["names"]]
        assert sorted(names) == sorted(fitted.params.index)
        np.testing.assert_allclose(fitted.params[names], theirs["estimate"], rtol=rel)
        np.testing.assert_allclose(fitted.bse[names], theirs["se"], rtol=rel)
        np.testing.assert_allclose(fitted.tvalues[names], theirs["z"], rtol=rel)
        np.testing.assert_allclose(fitted.pvalues[names], theirs["p"], rtol=10 * rel)
        vcov = fitted.cov_params().loc[names, names]
        np.testing.assert_allclose(vcov, theirs["vcov"], rtol=rel)
        assert fitted.llf == pytest.approx(theirs["logLik"], rel=1e-13)
        assert fitted.aic == pytest.approx(theirs["AIC"], rel=1e-13)
        assert fitted.bic == pytest.approx(theirs["BIC"], rel=1e-13)
        assert fitted.nobs == theirs["nobs"]
        assert len(fitted.params) == theirs["df"]
        assert fitted.converged

    @R_LINK
    def test_wine(self, wine, reference, our_name, link):
        self.check(fit(WINE, wine, link), reference[f"wine_clm_{link}"], our_name)

    @R_LINK
    def test_intervals(self, wine, reference, our_name, link):
        theirs = reference["wine_confint"][link]
        names = [our_name(name) for name in theirs["wald_names"]]
        found = fit(WINE, wine, link).conf_int().loc[names]
        np.testing.assert_allclose(found, theirs["wald95"], rtol=1e-10)

    def test_wine_without_covariates(self, wine, reference, our_name):
        self.check(fit("rating ~ 1", wine), reference["wine_clm_null"], our_name)

    def test_wine_with_three_levels(self, wine, reference, our_name):
        merged = wine["rating"].map({1: 1, 2: 1, 3: 2, 4: 3, 5: 3}).astype(int)
        found = fit("merged ~ temp + contact", wine.assign(merged=merged))
        self.check(found, reference["wine3_clm"], our_name)

    def test_rows_repeated_as_often_as_weights_say(self, wine, reference, our_name):
        repeated = wine.loc[wine.index.repeat(np.resize([1, 2, 3], 72))]
        theirs = {**reference["wine_clm_weights_123"]}
        theirs["nobs"] = len(repeated)
        self.check(fit(WINE, repeated), theirs, our_name)

    @pytest.mark.parametrize(
        ("link", "method"),
        [("logit", "logistic"), *((name, name) for name in ("probit", "cloglog", "loglog"))],
    )
    def test_housing(self, housing, reference, our_name, link, method):
        found = fit("Sat ~ Infl + Type + Cont", housing, link)
        self.check(found, reference["housing"][f"clm_{method}"], our_name)
        polr = reference["housing"][method]
        names = [our_name(name) for name in polr["names"]]
        np.testing.assert_allclose(found.params[names], polr["estimate"], rtol=1e-10)
        np.testing.assert_allclose(found.bse[names], polr["se"], rtol=1e-6)

    def test_cauchit(self, wine, cauchit_exact, our_name):
        found = fit(WINE, wine, "cauchit")
        names = [our_name(name) for name in cauchit_exact["names"]]
        np.testing.assert_allclose(found.params[names], cauchit_exact["estimate"], rtol=1e-10)
        np.testing.assert_allclose(found.bse[names], cauchit_exact["se_observed"], rtol=1e-10)
        assert found.llf == pytest.approx(cauchit_exact["logLik"], rel=1e-13)
        assert found.converged


class TestAgainstStatsmodels:
    @pytest.mark.parametrize(
        ("link", "distribution"),
        [
            ("logit", "logit"),
            ("probit", "probit"),
            ("cloglog", stats.gumbel_l),
            ("loglog", stats.gumbel_r),
        ],
    )
    def test_ordered_model(self, link, distribution):
        x, y = simulate(np.random.default_rng(3), 300, [0.7, -0.4, 0.0], [-1.0, 0.3, 1.2], link)
        found = CumulativeLinkModel(y, x, link=link).fit()
        theirs = OrderedModel(y, x, distr=distribution).fit(method="newton", disp=False)
        thresholds = theirs.model.transform_threshold_params(theirs.params)[1:-1]
        np.testing.assert_allclose(found.params[:3], theirs.params[:3], rtol=1e-6)
        np.testing.assert_allclose(found.thresholds, thresholds, rtol=1e-6)
        np.testing.assert_allclose(found.bse[:3], theirs.bse[:3], rtol=1e-4)
        assert found.llf == pytest.approx(theirs.llf, rel=1e-11)
        np.testing.assert_allclose(found.predict(), theirs.predict(), rtol=1e-5, atol=1e-9)

    @pytest.mark.parametrize(("link", "binary"), [("logit", Logit), ("probit", Probit)])
    def test_two_levels_are_binary_regression(self, link, binary):
        x, y = simulate(np.random.default_rng(4), 200, [1.2, -0.5], [0.4], link)
        found = CumulativeLinkModel(y, x, link=link).fit()
        design = np.column_stack([x, -np.ones(200)])
        theirs = binary(y, design).fit(disp=False, tol=1e-12, method="newton")
        np.testing.assert_allclose(found.params, theirs.params, rtol=1e-8)
        np.testing.assert_allclose(found.bse, theirs.bse, rtol=1e-8)
        assert found.llf == pytest.approx(theirs.llf, rel=1e-12)


class TestIdentities:
    @pytest.fixture
    def data(self):
        x, y = simulate(np.random.default_rng(9), 150, [0.8, -0.6], [-0.8, 0.5, 1.5])
        return pd.DataFrame({"y": y, "a": x[:, 0], "b": x[:, 1]})

    def check_same(self, one, other, rel=1e-8):
        np.testing.assert_allclose(one.params, other.params, rtol=rel)
        np.testing.assert_allclose(one.bse, other.bse, rtol=rel)
        assert one.llf == pytest.approx(other.llf, rel=1e-12)

    @LINK
    def test_the_score_is_zero_at_the_estimate(self, data, link):
        found = fit("y ~ a + b", data, link)
        assert np.abs(found.model.score(found.params)).max() < 1e-7
        assert np.linalg.eigvalsh(found.model.hessian(found.params)).max() < 0
        np.testing.assert_allclose(
            np.linalg.inv(-found.model.hessian(found.params)), found.cov_params(), rtol=1e-8
        )

    @LINK
    def test_a_constant_added_to_a_covariate_moves_only_the_thresholds(self, data, link):
        plain, moved = (
            fit("y ~ a + b", data, link),
            fit("y ~ a + b", data.assign(a=data.a + 7), link),
        )
        np.testing.assert_allclose(moved.params[["a", "b"]], plain.params[["a", "b"]], rtol=1e-8)
        np.testing.assert_allclose(moved.bse[["a", "b"]], plain.bse[["a", "b"]], rtol=1e-8)
        np.testing.assert_allclose(
            moved.thresholds, plain.thresholds + 7 * plain.params["a"], rtol=1e-8
        )
        assert moved.llf == pytest.approx(plain.llf, rel=1e-12)

    @LINK
    def test_a_scaled_covariate_scales_its_coefficient(self, data, link):
        plain = fit("y ~ a + b", data, link)
        scaled = fit("y ~ a + b", data.assign(a=-1000 * data.a), link)
        factor = np.array([-1 / 1000, 1, 1, 1, 1])
        np.testing.assert_allclose(scaled.params, factor * plain.params, rtol=1e-8)
        np.testing.assert_allclose(scaled.bse, np.abs(factor) * plain.bse, rtol=1e-8)
        np.testing.assert_allclose(scaled.tvalues, np.sign(factor) * plain.tvalues, rtol=1e-8)

    @LINK
    def test_a_badly_scaled_covariate(self, data, link):
        plain = fit("y ~ a + b", data, link)
        bad = fit("y ~ a + b", data.assign(a=data.a * 1e8 + 1e10), link)
        assert bad.converged
        assert bad.params["a"] * 1e8 == pytest.approx(plain.params["a"], rel=1e-6)
        assert bad.bse["a"] * 1e8 == pytest.approx(plain.bse["a"], rel=1e-6)
        assert bad.params["b"] == pytest.approx(plain.params["b"], rel=1e-6)
        thresholds = bad.thresholds - bad.params["a"] * 1e10
        np.testing.assert_allclose(thresholds, plain.thresholds, rtol=1e-6)
        np.testing.assert_allclose(bad.predict(), plain.predict(), rtol=1e-6)

    def test_a_very_small_covariate(self, data):
        plain, small = fit("y ~ a + b", data), fit("y ~ a + b", data.assign(a=data.a * 1e-12))
        assert small.params["a"] * 1e-12 == pytest.approx(plain.params["a"], rel=1e-8)

    @pytest.mark.parametrize("link", ["logit", "probit", "cauchit"])
    def test_a_symmetric_link_turned_around(self, data, link):
        plain, turned = fit("y ~ a + b", data, link), fit("y ~ a + b", data.assign(y=-data.y), link)
        np.testing.assert_allclose(turned.params[["a", "b"]], -plain.params[["a", "b"]], rtol=1e-8)
        np.testing.assert_allclose(turned.thresholds, -plain.thresholds[::-1], rtol=1e-8)
        np.testing.assert_allclose(turned.bse[["a", "b"]], plain.bse[["a", "b"]], rtol=1e-8)

    def test_cloglog_turned_around_is_loglog(self, data):
        one = fit("y ~ a + b", data, "cloglog")
        other = fit("y ~ a + b", data.assign(y=-data.y), "loglog")
        np.testing.assert_allclose(other.params[["a", "b"]], -one.params[["a", "b"]], rtol=1e-8)
        assert other.llf == pytest.approx(one.llf, rel=1e-12)

    @LINK
    def test_every_row_twice(self, data, link):
        one = fit("y ~ a + b", data, link)
        twice = fit("y ~ a + b", pd.concat([data, data], ignore_index=True), link)
        np.testing.assert_allclose(twice.params, one.params, rtol=1e-8)
        np.testing.assert_allclose(twice.cov_params(), one.cov_params() / 2, rtol=1e-8)
        assert twice.llf == pytest.approx(2 * one.llf, rel=1e-12)

    def test_the_order_of_the_rows(self, data):
        self.check_same(
            fit("y ~ a + b", data), fit("y ~ a + b", data.sample(frac=1, random_state=1))
        )

    def test_labels_of_the_levels(self, data):
        names = pd.Categorical.from_codes(data.y, ["d", "c", "b", "a"], ordered=True)
        self.check_same(fit("y ~ a + b", data), fit("y ~ a + b", data.assign(y=names)))
        self.check_same(fit("y ~ a + b", data), fit("y ~ a + b", data.assign(y=10 * data.y - 5)))

    def test_another_basis_of_the_covariates(self, data):
        one, other = fit("y ~ a + b", data), fit("y ~ I(a + b) + I(a - b)", data)
        assert one.llf == pytest.approx(other.llf, rel=1e-13)
        np.testing.assert_allclose(one.predict(), other.predict(), rtol=1e-9)

    def test_arrays_and_formula(self, data):
        by_formula = fit("y ~ a + b", data)
        self.check_same(CumulativeLinkModel(data["y"], data[["a", "b"]]).fit(), by_formula)
        arrays = CumulativeLinkModel(data["y"].to_numpy(), data[["a", "b"]].to_numpy()).fit()
        self.check_same(arrays, by_formula)
        assert arrays.params.index.tolist() == ["x1", "x2", "0|1", "1|2", "2|3"]

    def test_null_thresholds_are_the_shares(self, data):
        found = fit("y ~ 1", data)
        shares = data["y"].value_counts(normalize=True).sort_index()
        np.testing.assert_allclose(found.predict().iloc[0], shares, rtol=1e-12)
        empty = CumulativeLinkModel(data["y"], data[[]]).fit()
        np.testing.assert_allclose(found.params, empty.params, rtol=1e-14)

    @LINK
    def test_a_larger_model_never_has_a_lower_likelihood(self, data, link):
        values = [fit(f"y ~ {right}", data, link).llf for right in ("1", "a", "a + b", "a * b")]
        assert (np.diff(values) >= 0).all()

    @LINK
    def test_the_estimate_is_the_maximum(self, data, link):
        found = fit("y ~ a + b", data, link)
        rng = np.random.default_rng(0)
        for size in (1e-3, 0.1, 1.0):
            for _ in range(20):
                other = found.params + size * rng.normal(size=5)
                assert found.model.loglike(other) < found.llf

    def test_fitting_twice_gives_the_same(self, data):
        model = CumulativeLinkModel.from_formula("y ~ a + b", data)
        pd.testing.assert_series_equal(model.fit().params, model.fit().params)

    def test_the_data_are_left_alone(self, data):
        before = data.copy()
        fit("y ~ a + b", data, cov_type="HC1").predict(data)
        pd.testing.assert_frame_equal(data, before)


class TestSimulation:
    TRUTH = np.array([0.8, -0.5, -1.0, 0.4, 1.6])

    @LINK
    def test_parameters_are_recovered(self, link):
        seeds = 12
        z = []
        for seed in range(seeds):
            rng = np.random.default_rng(seed)
            x, y = simulate(rng, 2000, self.TRUTH[:2], self.TRUTH[2:], link)
            found = CumulativeLinkModel(y, x, link=link).fit()
            z.append((found.params.to_numpy() - self.TRUTH) / found.bse.to_numpy())
        z = np.array(z)
        assert np.abs(z.mean(axis=0)).max() < 3.5 / np.sqrt(seeds)  # no bias
        assert stats.chi2.cdf((z**2).sum(axis=0), seeds).max() < 0.9995  # errors not too small
        assert stats.chi2.cdf((z**2).sum(axis=0), seeds).min() > 0.0005  # nor too large

    def test_coverage_of_wald_intervals(self):
        runs = 300
        inside = np.zeros(5)
        for seed in range(runs):
            rng = np.random.default_rng(1000 + seed)
            x, y = simulate(rng, 150, self.TRUTH[:2], self.TRUTH[2:])
            limits = CumulativeLinkModel(y, x).fit().conf_int().to_numpy()
            inside += (limits[:, 0] <= self.TRUTH) & (limits[:, 1] >= self.TRUTH)
        error = np.sqrt(0.95 * 0.05 / runs)
        assert (np.abs(inside / runs - 0.95) < 3 * error).all(), inside / runs

    def test_clustered_intervals_cover_where_plain_ones_do_not(self):
        runs, plain, clustered = 80, 0, 0
        for seed in range(runs):
            rng = np.random.default_rng(seed)
            group = np.repeat(np.arange(30), 8)
            x = rng.normal(size=30)[group]
            latent = 1.5 * rng.normal(size=30)[group] + rng.logistic(size=240)
            model = CumulativeLinkModel(np.searchsorted([-1.0, 1.0], latent), x)  # no effect of x
            plain += model.fit().pvalues["x1"] < 0.05
            options = {"cov_type": "cluster", "cov_kwds": {"groups": group}}
            clustered += model.fit(**options).pvalues["x1"] < 0.05
        assert plain / runs > 0.15
        assert clustered / runs < 0.05 + 3 * np.sqrt(0.05 * 0.95 / runs)

    @pytest.mark.parametrize("seed", range(100))
    def test_random_data_of_every_shape(self, seed):
        rng = np.random.default_rng(seed)
        n, p, k = int(rng.integers(12, 90)), int(rng.integers(0, 4)), int(rng.integers(2, 6))
        x = rng.normal(size=(n, p)) * 10.0 ** rng.integers(-4, 5, p) + rng.normal(size=p)
        latent = (x - x.mean(axis=0)) / x.std(axis=0) @ rng.normal(size=p) + rng.logistic(size=n)
        y = np.digitize(latent, np.quantile(latent, np.sort(rng.uniform(0.1, 0.9, k - 1))))
        link = list(LINKS)[seed % 5]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SeparationWarning)
            found = CumulativeLinkModel(y, x, link=link).fit()
        assert found.converged or found.diverging
        assert (np.diff(found.fit_record.params[p:]) > 0).all()
        assert np.isfinite(found.fit_record.params).all()
        predicted = found.predict()
        np.testing.assert_allclose(predicted.sum(axis=1), 1.0, rtol=1e-12)
        assert (predicted.to_numpy() >= 0).all()
        if found.converged:
            gradient = found.model.score(found.params) * found.bse
            assert np.abs(gradient).max() < 1e-4
        found.summary().as_text()


class TestFunctions:
    """The model as a function of its parameters."""

    @pytest.fixture
    def model(self, wine):
        return CumulativeLinkModel.from_formula(WINE, wine)

    def test_log_likelihood_of_thresholds_out_of_order(self, model):
        assert model.loglike([0, 0, 1, 0, 2, 3]) == -np.inf
        assert model.loglike([0, 0, 1e4, -1e4, 2, 3]) == -np.inf

    def test_score_is_the_sum_of_the_rows(self, model):
        params = [0.3, 0.1, -1, 0, 1, 2]
        assert model.score_obs(params).shape == (72, 6)
        np.testing.assert_allclose(model.score_obs(params).sum(axis=0), model.score(params))

    def test_parameters_may_come_as_a_series(self, model):
        params = model.fit().params
        assert model.loglike(params) == model.loglike(params.to_numpy())

    def test_predictions_for_a_design_matrix(self, model):
        params = [1.0, 0.5, -1, 0, 1, 2]
        found = model.predict(params, [[1, 0], [0, 0]])
        assert found.shape == (2, 5)
        expected = 1 / (1 + np.exp(-np.subtract.outer([-1, 0, 1, 2], [1, 0]).T))
        cumulative = model.predict(params, [[1, 0], [0, 0]], which="cumprob")
        np.testing.assert_allclose(cumulative[:, :-1], expected)
        np.testing.assert_allclose(np.cumsum(found, axis=1), cumulative)
        assert model.predict(params, [[1, 2]], which="linpred").tolist() == [2.0]

    def test_counts_of_the_model(self, model):
        assert (model.nobs, model.df_model, model.df_resid) == (72, 2, 66)


class TestErrors:
    def test_all_errors_are_one_family(self):
        assert issubclass(ModelError, ProbstatsError)
        assert issubclass(ModelError, ValueError)

    @pytest.mark.parametrize(
        ("change", "message"),
        [
            ({"rating": pd.Categorical(np.resize([1, 2], 72))}, "'rating' is an unordered categ"),
            ({"rating": np.resize(["good", "bad"], 72)}, "'rating' has type str and no order"),
            ({"rating": 3}, r"'rating' has one level only \(3\) in the 72 rows used"),
            ({"temp": np.nan}, "no rows are left of 72 after dropping missing values"),
            ({"temp": np.resize(["cold", "warm"], 72)}, "'temp' has type str; declare its categ"),
            ({"temp": 1.0}, "'temp' is constant in the 72 rows used"),
            (
                {"temp": np.r_[np.inf, np.arange(71)]},
                r"infinite or missing values in column 'temp' \(1\)",
            ),
        ],
    )
    def test_data(self, wine, change, message):
        with pytest.raises(ModelError, match=message):
            CumulativeLinkModel.from_formula(WINE, wine.assign(**change))

    def test_unknown_column(self, wine):
        with pytest.raises(ModelError, match=r"names column 'contct'.*did you mean contact\?"):
            CumulativeLinkModel.from_formula("rating ~ contct", wine)

    def test_missing_raise(self, wine):
        wine.loc[3, "temp"] = None
        with pytest.raises(ModelError, match=r"rows miss values \(temp 1\)"):
            CumulativeLinkModel.from_formula(WINE, wine, missing="raise")

    def test_collinear_columns(self, wine):
        wine["a"], wine["b"] = np.arange(72.0), 5 - 2 * np.arange(72.0)
        with pytest.raises(ModelError, match=r"'b' is, to six digits, .* of a; leave"):
            CumulativeLinkModel.from_formula("rating ~ temp + a + b", wine)

    def test_more_parameters_than_rows(self):
        with pytest.raises(ModelError, match="the model has 4 parameters and only 4 rows"):
            CumulativeLinkModel([1, 2, 3, 1], [[1, 2], [2, 5], [3, 1], [4, 4]])
        with pytest.raises(ModelError, match="the model has 11 parameters and only 5 rows"):
            CumulativeLinkModel([1, 2, 1, 1, 2], np.random.default_rng(0).normal(size=(5, 10)))

    def test_unknown_link(self, wine):
        with pytest.raises(ModelError, match="link='logistic' is not known; choose one of logit"):
            CumulativeLinkModel.from_formula(WINE, wine, link="logistic")

    def test_unknown_keywords_are_never_ignored(self, wine):
        model = CumulativeLinkModel.from_formula(WINE, wine)
        for name in ("disp", "cov_typ", "weight", "weights", "offset", "use_t"):
            with pytest.raises(TypeError, match=f"unexpected keyword argument '{name}'"):
                model.fit(**{name: 1})
        for name in ("disp", "weight", "method", "start_params", "hasconst", "distr"):
            with pytest.raises(TypeError, match=f"unexpected keyword argument '{name}'"):
                CumulativeLinkModel.from_formula(WINE, wine, **{name: 1})
            with pytest.raises(TypeError, match=f"unexpected keyword argument '{name}'"):
                CumulativeLinkModel(wine["rating"], np.arange(72), **{name: 1})

    @pytest.mark.parametrize(
        ("options", "message"),
        [
            ({"method": "bfgs"}, "method='bfgs' is not known; the one method is 'newton'"),
            ({"method": 1}, "method=1 is not known"),
            ({"tol": 0.0}, "tol=0.0 must be positive and at most 1e-4"),
            ({"maxiter": -1}, "maxiter=-1 must be a whole number"),
            (
                {"start_params": [1.0]},
                r"shape \(1,\); the model has 6 parameters: temp\[warm\], co",
            ),
            ({"start_params": 1}, r"start_params has shape \(\); the model has 6 parameters"),
            ({"start_params": [0, 0, 1, 0, 2, 3]}, "start_params puts thresholds out of order"),
            ({"start_params": [np.nan, 0, 0, 1, 2, 3]}, "out of order, or is not finite"),
        ],
    )
    def test_fit_options(self, wine, options, message):
        with pytest.raises(ModelError, match=message):
            CumulativeLinkModel.from_formula(WINE, wine).fit(**options)

    @pytest.mark.parametrize(
        ("cov_type", "cov_kwds", "message"),
        [
            ("hc0", None, "cov_type='hc0' is not known; choose one of nonrobust, HC0, HC1, clus"),
            ("cluster", None, "takes cov_kwds=.*groups.*, not nothing"),
            ("cluster", {"group": "judge"}, "takes cov_kwds=.*groups.*, not .*'group'"),
            ("cluster", {"groups": "judge", "df": 3}, "df=3 is not known; choose 'satterthwaite'"),
            ("HC1", {"groups": "judge"}, "takes no cov_kwds, not .*'groups'"),
            ("cluster", "judge", "takes cov_kwds=.*groups.*, not judge"),
            ("cluster", {"groups": "jugde"}, "groups='jugde' is no column of the data"),
            ("cluster", {"groups": [1, 2]}, r"groups has shape \(2,\); the fit used 72 rows"),
            ("cluster", {"groups": [None] * 3 + [1] * 69}, "groups are missing for 3 of the 72"),
            ("cluster", {"groups": [1] * 72}, "groups has one cluster only"),
        ],
    )
    def test_covariance_options(self, wine, cov_type, cov_kwds, message):
        model = CumulativeLinkModel.from_formula(WINE, wine)
        with pytest.raises(ModelError, match=message):
            model.fit(cov_type=cov_type, cov_kwds=cov_kwds)

    def test_outcome_and_covariates_of_different_lengths(self):
        with pytest.raises(ModelError, match="the outcome has 4 rows and the covariates 3"):
            CumulativeLinkModel([1, 2, 1, 2], [1.0, 2.0, 3.0])

    def test_outcome_and_covariates_of_different_indexes(self, wine):
        turned = wine[["bottle"]].iloc[::-1]
        with pytest.raises(ModelError, match="different indexes"):
            CumulativeLinkModel(wine["rating"], turned)

    def test_a_missing_outcome_is_never_taken_for_a_level(self, wine):
        wine.loc[3, "rating"] = None
        with pytest.raises(ModelError, match="'rating' is missing in 1 of 72 rows"):
            CumulativeLinkModel(wine["rating"], wine[["bottle"]])

    def test_unknown_prediction(self, wine):
        model = CumulativeLinkModel.from_formula(WINE, wine)
        with pytest.raises(
            ModelError, match="which='mean' is not known; choose one of prob, cumprob"
        ):
            model.predict(np.zeros(6), which="mean")


class TestEmptyLevels:
    @pytest.fixture
    def few(self, wine):
        return wine[wine["rating"].isin([1, 2, 3, 5])]

    def test_the_warning_names_the_level_and_the_line(self, few):
        with pytest.warns(EmptyLevelWarning, match="'rating': no row has level 4") as seen:
            found = CumulativeLinkModel.from_formula(WINE, few)
        assert [warning.filename for warning in seen] == [__file__]
        assert found.outcome.empty == (4,)
        with pytest.warns(EmptyLevelWarning, match="'rating': no row has level 4") as seen:
            CumulativeLinkModel(few["rating"], few[["bottle"]])
        assert [warning.filename for warning in seen] == [__file__]

    def test_the_fit_is_that_of_the_other_levels(self, few):
        with pytest.warns(EmptyLevelWarning):
            found = fit(WINE, few)
        merged = few.assign(rating=few["rating"].cat.remove_unused_categories())
        expected = fit(WINE, merged)
        assert found.params.index.tolist()[2:] == ["1|2", "2|3", "3|5"]
        pd.testing.assert_series_equal(found.params, expected.params)

    def test_a_level_lost_with_missing_covariates(self, wine):
        wine["x"] = np.arange(72.0)
        wine.loc[wine["rating"] == 5, "x"] = np.nan
        with pytest.warns(EmptyLevelWarning, match="no row has level 5"):
            CumulativeLinkModel.from_formula("rating ~ x", wine)


class TestSeparation:
    def separated(self, y, x, link="logit", **names):
        data = pd.DataFrame({"y": y, **(names or {"x": x})})
        formula = f"y ~ {' + '.join(data.columns[1:])}"
        model = CumulativeLinkModel.from_formula(formula, data, link=link)
        with pytest.warns(SeparationWarning, match="^The data separate the levels: ") as seen:
            found = model.fit()
        assert len(seen) == 1
        assert seen[0].filename == __file__
        for name in found.diverging:
            assert f" {name} goes to " in str(seen[0].message)
        assert not found.converged
        unknown = found.params.index.isin(found.diverging)
        assert found.bse.isna().to_numpy().tolist() == unknown.tolist()
        assert found.pvalues.isna().to_numpy().tolist() == unknown.tolist()
        assert found.conf_int().isna().all(axis=1).tolist() == unknown.tolist()
        assert (~np.isfinite(found.params)).tolist() == unknown.tolist()
        assert (found.params == found.separation.infinite)[unknown & found.params.notna()].all()
        assert np.isfinite(found.fit_record.params).all()
        assert str(found.separation) == str(found.model.separation())
        text = found.summary().as_text()
        assert re.search(r"Converged\s+NO", text)
        assert str(found.separation) in text
        return found

    @LINK
    def test_complete_separation(self, link):
        x = np.arange(30.0)
        found = self.separated(np.digitize(x, [9.5, 19.5]), x, link)
        assert found.diverging == ["x", "0|1", "1|2"]
        assert (found.params == np.inf).all()
        assert found.separation.thresholds["x"] == ("0|1", "1|2")
        assert found.llf == pytest.approx(0.0, abs=1e-3)

    @LINK
    @pytest.mark.parametrize("level", [0, 2])
    def test_a_category_with_only_an_outermost_level(self, link, level):
        rng = np.random.default_rng(5)
        y, group, z = rng.integers(0, 3, 90), np.repeat(["a", "b", "c"], 30), rng.normal(size=90)
        y[group == "b"] = level
        found = self.separated(y, None, link, group=pd.Categorical(group), z=z)
        assert found.diverging == ["group[b]"]
        assert found.params["group[b]"] == (np.inf if level else -np.inf)
        assert found.separation.thresholds == {"group[b]": ("1|2" if level else "0|1",)}
        rest = pd.DataFrame({"y": y, "group": pd.Categorical(group), "z": z})[group != "b"]
        rest["group"] = rest["group"].cat.remove_unused_categories()
        expected = fit("y ~ group + z", rest, link)
        names = expected.params.index
        rel = 1e-3 if link == "cauchit" else 1e-5
        np.testing.assert_allclose(found.params[names], expected.params, rtol=rel)
        np.testing.assert_allclose(found.bse[names], expected.bse, rtol=rel)
        assert found.llf == pytest.approx(expected.llf, rel=1e-4 if link == "cauchit" else 1e-8)

    @LINK
    def test_two_categories_at_once(self, link):
        rng = np.random.default_rng(1)
        group = np.repeat(["a", "b", "c", "d"], [30, 3, 25, 40])
        y = rng.integers(0, 3, 98)
        y[group == "b"], y[group == "c"] = 2, 0
        found = self.separated(y, None, link, group=pd.Categorical(group))
        assert found.diverging == ["group[b]", "group[c]"]
        assert found.params[found.diverging].tolist() == [np.inf, -np.inf]

    def test_quasi_separation_with_a_tie(self):
        x = np.r_[np.arange(10.0), 9.0, np.arange(9.0, 20.0)]
        found = self.separated(np.repeat([0, 1], 11), x)
        assert found.diverging == ["x", "0|1"]

    @pytest.mark.parametrize("scale", [1e-8, 1.0, 1e4, 1e8])
    @pytest.mark.parametrize("shift", [0.0, 4.0, 1e4])
    def test_units_do_not_hide_a_parameter(self, scale, shift):
        x = np.random.default_rng(0).normal(size=40)
        y = np.digitize(x, [-0.4, 0.6])
        found = self.separated(y, None, staff=scale * (x + shift))
        assert found.diverging == ["staff", "0|1", "1|2"]
        assert found.params["staff"] == np.inf
        # A threshold goes where the covariate's value there is; at zero it may go either way.
        cuts = np.array([-0.4, 0.6]) + shift
        gaps = [(x[y < k].max() + shift, x[y >= k].min() + shift) for k in (1, 2)]
        for value, (below, above), cut in zip(found.thresholds, gaps, cuts, strict=True):
            if below < 0 < above:
                assert np.isnan(value)
            else:
                assert value == np.sign(cut) * np.inf

    def test_an_outcome_among_the_covariates(self, wine):
        with pytest.warns(
            SeparationWarning, match=r"rating\[2\] goes to plus infinity .*; rating\[3\] goes"
        ):
            fit("rating ~ rating", wine)

    def test_robust_errors_of_what_stays_finite(self):
        rng = np.random.default_rng(5)
        y, group = rng.integers(0, 3, 90), np.repeat([0.0, 1.0, 0.0], 30)
        y[group == 1] = 2
        z = rng.normal(size=90)
        data = pd.DataFrame({"y": y, "group": group, "z": z})
        with pytest.warns(SeparationWarning):
            found = fit("y ~ group + z", data, cov_type="HC0")
        expected = fit("y ~ z", data[group == 0], cov_type="HC0")
        assert found.bse["z"] == pytest.approx(expected.bse["z"], rel=1e-5)


class TestNoFalseAlarm:
    """Warnings are errors here, so that a fit that passes gave none."""

    @pytest.mark.parametrize("link", ["logit", "probit", "cauchit"])
    def test_strong_effects(self, link):
        converged = 0
        for seed in range(25):
            x, y = simulate(np.random.default_rng(seed), 150, [6.0], [-3.0, 0.0, 4.0], link)
            converged += CumulativeLinkModel(y, x, link=link).fit().converged
        assert converged == 25

    @LINK
    @pytest.mark.parametrize("n", [20, 100, 500, 2000])
    def test_one_pair_of_neighbours_in_the_wrong_order(self, link, n):
        x = np.sort(np.random.default_rng(n).uniform(-1, 1, n))
        y = (np.arange(n) >= n // 2).astype(int)
        y[n // 2 - 1 : n // 2 + 1] = 1, 0
        found = CumulativeLinkModel(y, x, link=link).fit()
        assert found.converged
        assert found.params["x1"] > 5
        assert np.isfinite(found.bse).all()

    @LINK
    def test_nearly_collinear_covariates(self, link):
        for seed in range(10):
            rng = np.random.default_rng(seed)
            a = rng.normal(size=200)
            x = np.column_stack([a, 0.999 * a + np.sqrt(1 - 0.999**2) * rng.normal(size=200)])
            y = np.searchsorted([-1, 1], a + LINKS[link].quantile(rng.uniform(size=200)))
            assert CumulativeLinkModel(y, x, link=link).fit().converged

    def test_a_rare_level_in_many_rows(self):
        rng = np.random.default_rng(0)
        x = rng.normal(size=20_000)
        y = (x + rng.logistic(size=20_000) > 0).astype(int)
        y[y.argmax()] = 2
        found = CumulativeLinkModel(y, x).fit()
        assert found.converged
        assert np.abs(found.model.score(found.params)).max() < 1e-6

    def test_binary_splits_that_separate_where_the_model_does_not(self):
        found = CumulativeLinkModel([1, 2, 1, 2, 3, 4, 3, 4], [0, 0, 1, 1, 5, 5, 6, 6]).fit()
        assert found.converged

    @LINK
    def test_wine_with_interaction(self, wine, link):
        assert fit("rating ~ temp * contact", wine, link).converged


class TestConvergence:
    def test_too_few_steps(self, wine):
        model = CumulativeLinkModel.from_formula(WINE, wine)
        with pytest.warns(ConvergenceWarning, match=r"in 1 steps \(decrement .*raise maxi") as seen:
            found = model.fit(maxiter=1)
        assert seen[0].filename == __file__
        assert not isinstance(seen[0].message, SeparationWarning)
        assert not found.converged
        assert found.diverging == []
        assert "did not converge; these are not maximum-likelihood" in found.summary().as_text()

    @LINK
    def test_the_start_does_not_change_the_end(self, wine, link):
        model = CumulativeLinkModel.from_formula(WINE, wine, link=link)
        plain = model.fit()
        again = model.fit(start_params=plain.params)
        assert again.maximum.iterations == 1
        far = model.fit(start_params=[-0.5, 0.5, -1, 0, 1, 2])
        for found in (again, far):
            np.testing.assert_allclose(found.params, plain.params, rtol=1e-9)
            np.testing.assert_allclose(found.bse, plain.bse, rtol=1e-9)

    @LINK
    @pytest.mark.parametrize("maxiter", [0, 1, 2])
    def test_stopping_early_gives_results_all_the_same(self, wine, link, maxiter):
        model = CumulativeLinkModel.from_formula(WINE, wine, link=link)
        with pytest.warns(ConvergenceWarning):
            found = model.fit(maxiter=maxiter)
        assert np.isfinite(found.params).all()
        assert found.predict().shape == (72, 5)

    def test_few_steps_are_enough(self, wine):
        for link in LINKS:
            assert fit(WINE, wine, link).maximum.iterations <= 10

    def test_a_loose_tolerance_stops_earlier(self, wine):
        model = CumulativeLinkModel.from_formula(WINE, wine)
        assert model.fit(tol=1e-4).maximum.iterations < model.fit().maximum.iterations
