"""Criteria and convergence, and fits that must agree: with statsmodels, and with each other."""

from __future__ import annotations

import pickle

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy import stats
from statsmodels.miscmodels.ordinal_model import OrderedModel

from probstats.errors import ConvergenceWarning, ModelError, SeparationWarning
from probstats.models import CumulativeLinkModel
from probstats.models.inference.fit_statistics import pseudo_rsquared
from probstats.models.kernel.links import LINKS

LINK = pytest.mark.parametrize("link", LINKS)
STRUCTURES = {
    "location": ("y ~ x + g", {}),
    "probit": ("y ~ x * g", {"link": "probit"}),
    "nominal": ("y ~ x", {"nominal": "~ g"}),
    "nominal number": ("y ~ g", {"nominal": "~ x", "link": "loglog"}),
    "scale": ("y ~ x + g", {"scale": "~ x", "link": "cloglog"}),
    "both": ("y ~ x", {"nominal": "~ g", "scale": "~ x", "link": "cauchit"}),
    "symmetric": ("y ~ x + g", {"threshold": "symmetric"}),
    "symmetric2": ("y ~ x + g", {"threshold": "symmetric2"}),
    "equidistant": ("y ~ x", {"threshold": "equidistant", "nominal": "~ g"}),
    "offset": ("y ~ x + g", {"offset": "o"}),
    "offset, scale": ("y ~ x", {"offset": "o", "scale": "~ g"}),
    "intervals": ("interval(y, above) ~ x + g", {}),
    "intervals, scale": ("interval(y, above) ~ x + g", {"scale": "~ x", "link": "probit"}),
    "functions": ("y ~ np.log(p) + x + I(x ** 2)", {}),
}
EVERY = pytest.mark.parametrize("structure", STRUCTURES)


@pytest.fixture(scope="module")
def data():
    rng = np.random.default_rng(55)
    x, group = rng.normal(size=160), rng.integers(0, 3, 160)
    y = 1 + np.searchsorted([-1.2, 0.1, 1.4], 0.7 * x - 0.4 * group + rng.logistic(size=160))
    return pd.DataFrame(
        {
            "y": y,
            "above": np.minimum(y + rng.choice([0, 0, 0, 1], 160), 4),
            "x": x,
            "p": np.exp(rng.normal(size=160)),
            "g": pd.Categorical.from_codes(group, ["a", "b", "c"]),
            "o": rng.normal(size=160) / 2,
            "w": np.resize([1, 2, 3, 1], 160),
            "c": np.arange(160) // 8,
        }
    )


def fit(data, structure, cov_type="nonrobust", groups="c", **more):
    formula, options = STRUCTURES[structure]
    model = CumulativeLinkModel.from_formula(formula, data, **{**options, **more})
    return model.fit(cov_type=cov_type, cov_kwds={"groups": groups} if "cl" in cov_type else None)


class TestStatsmodels:
    @pytest.mark.parametrize("link", ["logit", "probit"])
    def test_ordered_model(self, data, link):
        x = data[["x", "p", "o"]]
        ours = CumulativeLinkModel(data["y"], x, link=link).fit()
        model = OrderedModel(data["y"].astype(pd.CategoricalDtype(ordered=True)), x, distr=link)
        theirs = model.fit(method="newton", disp=False)
        np.testing.assert_allclose(ours.params[:3], theirs.params[:3], rtol=1e-6)
        thresholds = model.transform_threshold_params(theirs.params)[1:-1]
        np.testing.assert_allclose(ours.thresholds, thresholds, rtol=1e-6)
        np.testing.assert_allclose(ours.bse[:3], theirs.bse[:3], rtol=1e-5)  # numerical Hessian
        assert ours.llf == pytest.approx(theirs.llf, rel=1e-11)
        assert ours.llnull == pytest.approx(theirs.llnull, rel=1e-8)
        np.testing.assert_allclose(ours.predict(), theirs.predict(), rtol=1e-6)

    @pytest.fixture
    def binary(self, data):
        return (data["y"] > 2).astype(float), sm.add_constant(data[["x", "p", "o"]])

    def check(self, ours, theirs, rtol=1e-8):
        names = ["x", "p", "o", "const"]
        np.testing.assert_allclose(
            ours.params * np.array([1, 1, 1, -1]), theirs.params[names], rtol=rtol
        )
        np.testing.assert_allclose(ours.bse, theirs.bse[names], rtol=rtol)
        assert ours.llf == pytest.approx(theirs.llf, rel=1e-11)

    def test_two_levels_are_a_binary_logit(self, binary):
        y, x = binary
        theirs = sm.Logit(y, x).fit(disp=False, tol=1e-13, method="newton")
        ours = CumulativeLinkModel(y.astype(int), x).fit()
        self.check(ours, theirs)
        assert ours.params.index.tolist() == ["x", "p", "o", "0|1"]
        assert ours.prsquared == pytest.approx(theirs.prsquared, rel=1e-9)
        assert ours.aic == pytest.approx(theirs.aic, rel=1e-11)
        assert ours.bic == pytest.approx(theirs.bic, rel=1e-11)
        assert (ours.df_model, ours.df_resid) == (theirs.df_model, theirs.df_resid)
        np.testing.assert_allclose(ours.predict()[1], theirs.predict(), rtol=1e-9)

    def test_two_levels_are_a_binary_probit(self, binary):
        y, x = binary
        theirs = sm.Probit(y, x).fit(disp=False, tol=1e-13, method="newton")
        self.check(CumulativeLinkModel(y.astype(int), x, link="probit").fit(), theirs)

    def glm(self, y, x, link):
        """Whose links are of the chance of the higher level: cloglog is our loglog."""
        links = sm.families.links
        others = {
            "probit": links.Probit(),
            "cloglog": links.LogLog(),
            "loglog": links.CLogLog(),
            "cauchit": links.Cauchy(),
        }
        family = sm.families.Binomial(others[link])
        return sm.GLM(y, x, family=family).fit(method="newton", tol=1e-13, maxiter=200)

    @pytest.mark.parametrize("link", ["probit", "cloglog", "loglog", "cauchit"])
    def test_two_levels_are_a_generalised_linear_model(self, binary, link):
        y, x = binary
        theirs = self.glm(y, x, link)
        ours = CumulativeLinkModel(y.astype(int), x, link=link).fit()
        observed = np.linalg.inv(-theirs.model.hessian(theirs.params, observed=True))
        names = ["x", "p", "o", "const"]
        np.testing.assert_allclose(
            ours.params * np.array([1, 1, 1, -1]), theirs.params[names], rtol=1e-8
        )
        order = [list(x.columns).index(name) for name in names]
        np.testing.assert_allclose(ours.bse, np.sqrt(np.diag(observed))[order], rtol=1e-7)
        assert ours.llf == pytest.approx(theirs.llf, rel=1e-11)

    @pytest.mark.parametrize("cov_type", ["HC0", "HC1", "cluster"])
    def test_robust_errors_of_a_binary_logit(self, binary, data, cov_type):
        y, x = binary
        groups = {"groups": data["c"]}
        ours = CumulativeLinkModel(y.astype(int), x).fit(
            cov_type=cov_type, cov_kwds=groups if cov_type == "cluster" else None
        )
        kind = {"HC0": {"cov_type": "HC0"}, "HC1": {"cov_type": "HC0"}}.get(
            cov_type, {"cov_type": "cluster", "cov_kwds": {**groups, "use_correction": False}}
        )
        theirs = sm.Logit(y, x).fit(disp=False, tol=1e-13, method="newton", **kind)
        factor = {"HC0": 1.0, "HC1": 160 / 156, "cluster": 20 / 19}[cov_type]
        bse = theirs.bse[["x", "p", "o", "const"]]
        np.testing.assert_allclose(ours.bse, np.sqrt(factor) * bse, rtol=1e-8)


class TestWeights:
    @EVERY
    @pytest.mark.parametrize("cov_type", ["nonrobust", "HC0", "HC1", "cluster"])
    def test_are_repeated_rows(self, data, structure, cov_type):
        repeated = data.loc[data.index.repeat(data["w"])].reset_index(drop=True)
        one = fit(data, structure, cov_type, weights="w")
        other = fit(repeated, structure, cov_type)
        np.testing.assert_allclose(one.params, other.params, rtol=1e-8, atol=1e-10)
        np.testing.assert_allclose(one.cov_params(), other.cov_params(), rtol=1e-8, atol=1e-10)
        for name in ("llf", "llnull", "aic", "bic", "nobs", "df_resid", "prsquared"):
            assert getattr(one, name) == pytest.approx(getattr(other, name), rel=1e-11), name
        assert one.pseudo_rsquared("cs") == pytest.approx(other.pseudo_rsquared("cs"), rel=1e-9)

    @EVERY
    @pytest.mark.parametrize("factor", [1e-10, 7.0, 1e10])
    def test_a_common_factor_changes_only_what_is_known(self, data, structure, factor):
        one = fit(data, structure, weights="w")
        other = fit(data, structure, weights=factor * data["w"])
        assert other.converged
        np.testing.assert_allclose(other.params, one.params, rtol=1e-7, atol=1e-8)
        np.testing.assert_allclose(other.bse, one.bse / np.sqrt(factor), rtol=1e-7)
        assert other.llf == pytest.approx(factor * one.llf, rel=1e-11)
        assert other.nobs == pytest.approx(factor * one.nobs, rel=1e-12)

    def test_ones_are_no_weights(self, data):
        one, other = fit(data, "both"), fit(data, "both", weights=np.ones(160))
        pd.testing.assert_series_equal(one.params, other.params, rtol=1e-14)
        assert (one.nobs, one.bic) == (other.nobs, other.bic)

    def test_rows_of_weight_zero_are_not_there(self, data):
        weights = (np.arange(160) % 4 > 0).astype(float)
        one, other = fit(data, "both", weights=weights), fit(data[weights > 0], "both")
        pd.testing.assert_series_equal(one.params, other.params, rtol=1e-12)
        assert one.nobs == other.nobs == 120
        assert "Rows with weight 0 left out: 40" in one.summary().as_text()


class TestInvariance:
    @pytest.mark.parametrize("structure", [
        "location", "nominal", "symmetric", "equidistant", "offset", "intervals"
    ])  # fmt: skip
    def test_a_constant_added_to_a_location_covariate_moves_only_thresholds(self, data, structure):
        one, other = fit(data, structure), fit(data.assign(x=data["x"] + 5), structure)
        np.testing.assert_allclose(other.bse["x"], one.bse["x"], rtol=1e-8)
        assert other.llf == pytest.approx(one.llf, rel=1e-12)
        thresholds = [*one.model.thresholds.names]
        rest = one.params.index.difference(thresholds)
        np.testing.assert_allclose(other.params[rest], one.params[rest], rtol=1e-7, atol=1e-9)
        ours, theirs = (found.level_thresholds.to_numpy() for found in (other, one))
        np.testing.assert_allclose(ours - theirs, 5 * one.params["x"], rtol=1e-7)

    @pytest.mark.parametrize("structure", [name for name in STRUCTURES if name != "functions"])
    @pytest.mark.parametrize("factor", [-1.0, 1e-5, 1e6])
    def test_a_scaled_covariate_divides_its_effects(self, data, structure, factor):
        one, other = fit(data, structure), fit(data.assign(x=factor * data["x"]), structure)
        effects = np.array(
            [name.split(":")[-1] == "x" or "x:" in name for name in one.params.index]
        )
        expected = np.where(effects, one.params / factor, one.params)
        np.testing.assert_allclose(other.params, expected, rtol=1e-7, atol=1e-9 / max(1, factor))
        errors = np.where(effects, one.bse / abs(factor), one.bse)
        np.testing.assert_allclose(other.bse, errors, rtol=1e-7)
        assert other.llf == pytest.approx(one.llf, rel=1e-12)

    @pytest.mark.parametrize(
        ("link", "turned"),
        [("logit",) * 2, ("probit",) * 2, ("cauchit",) * 2, ("cloglog", "loglog")],
    )
    @pytest.mark.parametrize(
        "options", [{}, {"nominal": "~ g"}, {"scale": "~ x"}, {"threshold": "symmetric"}]
    )
    def test_a_reversed_outcome_turns_every_sign(self, data, link, turned, options):
        formula = "y ~ x" if "nominal" in options else "y ~ x + g"
        one = CumulativeLinkModel.from_formula(formula, data, link, **options).fit()
        reverse = data.assign(y=5 - data["y"])
        other = CumulativeLinkModel.from_formula(formula, reverse, turned, **options).fit()
        assert other.llf == pytest.approx(one.llf, rel=1e-12)
        p, s, _ = one.model.rows.sizes
        np.testing.assert_allclose(other.params[:p], -one.params[:p], rtol=1e-7)
        np.testing.assert_allclose(other.params[p : p + s], one.params[p : p + s], rtol=1e-7)
        np.testing.assert_allclose(other.bse[: p + s], one.bse[: p + s], rtol=1e-7)
        thresholds = -one.level_thresholds.to_numpy()[:, ::-1]
        np.testing.assert_allclose(other.level_thresholds, thresholds, rtol=1e-7)
        np.testing.assert_allclose(other.predict(), one.predict().to_numpy()[:, ::-1], rtol=1e-7)

    @EVERY
    def test_rows_in_another_order(self, data, structure):
        one = fit(data, structure)
        other = fit(data.sample(frac=1.0, random_state=3), structure)
        np.testing.assert_allclose(other.params, one.params, rtol=1e-8, atol=1e-10)
        np.testing.assert_allclose(other.bse, one.bse, rtol=1e-8)

    @EVERY
    def test_the_estimate_is_where_the_score_is_nil(self, data, structure):
        found = fit(data, structure)
        assert found.converged
        assert found.convergence().relative_gradient < 1e-6
        hessian = found.model.hessian(found.params)
        np.testing.assert_allclose(
            np.linalg.inv(-hessian), found.cov_params(), rtol=1e-7, atol=1e-9
        )

    def test_a_scale_or_nominal_effect_of_nothing_is_the_ordinary_model(self, data):
        plain = fit(data, "location")
        for options in ({"scale": "~ 1"}, {"nominal": "~ 1"}, {"scale": "~ 1", "nominal": "~ 1"}):
            other = fit(data, "location", **options)
            pd.testing.assert_series_equal(other.params, plain.params, rtol=1e-14)

    def test_nominal_effects_that_are_all_the_same_are_a_coefficient(self, data):
        binary = data.assign(y=(data["y"] > 2).astype(int))
        nominal = CumulativeLinkModel.from_formula("y ~ x", binary, nominal="~ g").fit()
        plain = CumulativeLinkModel.from_formula("y ~ x + g", binary).fit()
        for level in ("b", "c"):
            ours, theirs = nominal.params[f"0|1:g[{level}]"], plain.params[f"g[{level}]"]
            assert ours == pytest.approx(-theirs, rel=1e-9)
        assert nominal.llf == pytest.approx(plain.llf, rel=1e-13)

    @pytest.mark.parametrize("structure", ["symmetric", "symmetric2", "equidistant"])
    def test_a_structure_costs_likelihood(self, data, structure):
        structured = fit(data, structure)
        flexible = fit(data, structure, threshold="flexible")
        assert structured.llf < flexible.llf
        assert len(structured.params) < len(flexible.params)
        three = data.assign(y=np.minimum(data["y"], 3), above=3)
        options = {"threshold": "flexible"} if structure == "symmetric2" else {}
        one, other = fit(three, structure, **options), fit(three, structure, threshold="flexible")
        assert one.llf == pytest.approx(other.llf, rel=1e-12)  # two thresholds, two parameters


class TestCriteria:
    @EVERY
    def test_are_made_of_the_log_likelihood(self, data, structure):
        found = fit(data, structure, weights="w")
        q, n = len(found.params), found.nobs
        assert found.aic == pytest.approx(-2 * found.llf + 2 * q, rel=1e-14)
        assert found.bic == pytest.approx(-2 * found.llf + q * np.log(n), rel=1e-14)
        assert found.df_resid == n - q
        assert found.df_model == q - len(found.model.thresholds.names)

    @EVERY
    def test_the_null_model_is_that_of_thresholds_alone(self, data, structure):
        formula, options = STRUCTURES[structure]
        kept = {k: v for k, v in options.items() if k not in {"nominal", "scale"}}
        outcome = formula.split("~")[0]
        null = CumulativeLinkModel.from_formula(f"{outcome} ~ 1", data, **kept).fit()
        found = fit(data, structure)
        assert found.llnull == pytest.approx(null.llf, rel=1e-12)
        assert null.prsquared == pytest.approx(0.0, abs=1e-12)
        assert null.llnull == pytest.approx(null.llf, rel=1e-13)

    def test_pseudo_r_squared(self, data):
        found = fit(data, "location")
        ratio = found.llf / found.llnull
        cox_snell = 1 - np.exp(2 * (found.llnull - found.llf) / 160)
        nagelkerke = cox_snell / (1 - np.exp(2 * found.llnull / 160))
        for kinds, value in (
            (("mcfadden", "mcf"), 1 - ratio),
            (("cox_snell", "cs", "lr"), cox_snell),
            (("nagelkerke",), nagelkerke),
        ):
            for kind in kinds:
                assert found.pseudo_rsquared(kind) == pytest.approx(value, rel=1e-10)
        with pytest.raises(ModelError, match="kind='efron' is not known; choose one of mcfadden"):
            found.pseudo_rsquared("efron")

    def test_a_very_small_gain_keeps_its_digits(self):
        assert pseudo_rsquared(-1e6 + 1e-4, -1e6, 1e6, "cs") == pytest.approx(2e-10, rel=1e-5)
        assert pseudo_rsquared(-10.0, -10.0, 20, "nagelkerke") == 0.0


class TestConvergence:
    @EVERY
    def test_the_table(self, data, structure):
        found = fit(data, structure)
        table = found.convergence().table
        columns = ["estimate", "std_error", "gradient", "error", "decimals", "digits"]
        assert table.columns.tolist() == columns
        np.testing.assert_allclose(table["estimate"], found.params, rtol=1e-14)
        np.testing.assert_allclose(table["std_error"], found.bse, rtol=1e-9)
        np.testing.assert_allclose(
            table["gradient"], found.model.score(found.params), rtol=1e-3, atol=1e-7
        )
        assert (table["digits"] >= 5).all()

    @EVERY
    def test_the_condition_number_is_of_the_users_hessian(self, data, structure):
        found = fit(data, structure)
        values = np.linalg.eigvalsh(-found.model.hessian(found.params))
        expected = values[-1] / values[0]
        assert found.convergence().condition_number == pytest.approx(expected, rel=1e-6)

    @EVERY
    def test_digits_that_can_be_trusted_are_right(self, data, structure):
        """A fit stopped early differs from the maximum about as much as its table says."""
        formula, options = STRUCTURES[structure]
        model = CumulativeLinkModel.from_formula(formula, data, **options)
        rough, exact = model.fit(tol=1e-4), model.fit()
        table = rough.convergence().table
        off = np.abs(rough.params - exact.params)
        assert (off <= 1.5 * table["error"] + 1e-9).all()
        trusted = 0.5 * 10.0 ** -table["decimals"]
        assert (off <= 1.5 * trusted + 1e-9).all()

    def test_a_fit_stopped_early(self, data):
        model = CumulativeLinkModel.from_formula("y ~ x + g", data)
        with pytest.warns(ConvergenceWarning):
            found = model.fit(maxiter=1)
        convergence = found.convergence()
        assert convergence.iterations == 1
        assert convergence.relative_gradient > 1e-6
        step = np.linalg.solve(-model.hessian(found.params), model.score(found.params))
        np.testing.assert_allclose(convergence.table["error"], np.abs(step), rtol=1e-6)
        expected = np.sqrt(model.score(found.params) @ step)
        assert convergence.relative_gradient == pytest.approx(expected, rel=1e-9)

    def test_prints(self, data):
        text = str(fit(data, "scale").convergence())
        assert text.startswith("relative gradient ")
        for part in ("condition number", "steps", "scale:x", "decimals"):
            assert part in text

    def test_of_a_separated_fit(self):
        frame = pd.DataFrame({"y": [1, 1, 1, 2, 2, 2], "x": [1.0, 2, 3, 4, 5, 6]})
        with pytest.warns(SeparationWarning):
            found = CumulativeLinkModel.from_formula("y ~ x", frame).fit()
        convergence = found.convergence()
        assert convergence.condition_number > 100
        assert len(str(convergence).splitlines()) == 4


class TestPickles:
    @EVERY
    def test_do_all_the_original_does(self, data, structure):
        original = fit(data, structure, "cluster")
        again = pickle.loads(pickle.dumps(original))
        pd.testing.assert_series_equal(again.params, original.params)
        pd.testing.assert_frame_equal(again.cov_params(), original.cov_params())
        new = data[3:30]
        for which in ("prob", "cumprob", "linpred", "class", "mean"):
            one, other = (found.predict(new, which=which) for found in (again, original))
            assert one.equals(other)
        pd.testing.assert_frame_equal(
            again.get_prediction(new).summary_frame(), original.get_prediction(new).summary_frame()
        )
        assert again.summary().as_text() == original.summary().as_text()
        assert again.llnull == original.llnull
        pd.testing.assert_frame_equal(again.avg_comparisons(), original.avg_comparisons())
        pd.testing.assert_frame_equal(again.wald_test_terms(), original.wald_test_terms())
        refitted = again.model.fit()
        pd.testing.assert_series_equal(refitted.params, original.params, rtol=1e-9)

    def test_profiles_too(self, data):
        original = fit(data, "both")
        again = pickle.loads(pickle.dumps(original))
        ends = (found.conf_int(method="profile") for found in (again, original))
        pd.testing.assert_frame_equal(*ends)

    def test_save_and_load(self, data, tmp_path):
        original = fit(data, "both", "cluster")
        original.save(str(tmp_path / "fit.pickle"))
        again = sm.load(str(tmp_path / "fit.pickle"))
        pd.testing.assert_frame_equal(again.predict(data), original.predict(data))


class TestSummaries:
    @EVERY
    @pytest.mark.parametrize("cov_type", ["nonrobust", "cluster"])
    def test_text_html_and_latex_hold_every_parameter(self, data, structure, cov_type):
        found = fit(data, structure, cov_type, weights="w")
        summary = found.summary(alpha=0.1)
        text, html, latex = summary.as_text(), summary.as_html(), summary.as_latex()
        for name, value in found.params.items():
            assert str(name) in text
            assert str(name).replace("&", "&amp;") in html
            for form in (text, html, latex):
                assert f"{value:.4f}" in form
        assert html.count("<table") == latex.count(r"\begin{tabular}") == 2
        assert ("clustered on c (20 clusters)" in text) == (cov_type == "cluster")
        assert "Convergedyes" in "".join(text.split())

    def test_odds_ratios(self, data):
        found = fit(data, "location")
        text = found.summary(odds_ratios=True).as_text()
        for value in np.exp([found.params["x"], *found.conf_int().loc["x"]]):
            assert f"{value:.4f}" in text
        with pytest.raises(ModelError, match="an odds ratio with the logit link, not with probit"):
            fit(data, "probit").summary(odds_ratios=True)


class TestUnknownKeywords:
    @pytest.mark.parametrize(
        "call",
        [
            lambda d: CumulativeLinkModel(d["y"], d[["x"]], distr="logit"),
            lambda d: CumulativeLinkModel(d["y"], d[["x"]], "logit", "flexible"),
            lambda d: CumulativeLinkModel.from_formula("y ~ x", d, distr="logit"),
            lambda d: CumulativeLinkModel.from_formula("y ~ x", d, subset=None),
            lambda d: CumulativeLinkModel.from_formula("y ~ x", d).fit(disp=False),
            lambda d: CumulativeLinkModel.from_formula("y ~ x", d).fit(groups="c"),
        ],
    )
    def test_of_models(self, data, call):
        with pytest.raises(TypeError):
            call(data)

    @pytest.mark.parametrize(
        ("method", "keywords"),
        [
            ("predict", {"type": "prob"}),
            ("get_prediction", {"alpha": 0.1}),
            ("simulate", {"seed": 1}),
            ("conf_int", {"level": 0.9}),
            ("summary", {"title": "x"}),
            ("avg_predictions", {"groupby": "g"}),
            ("avg_comparisons", {"variable": "x"}),
            ("avg_slopes", {"variable": "x"}),
            ("get_margeff", {"atexog": None}),
            ("profile", {"name": "x", "alpha": 0.1}),
            ("pseudo_rsquared", {"method": "cs"}),
        ],
    )
    def test_of_results(self, data, method, keywords):
        with pytest.raises(TypeError):
            getattr(fit(data, "location"), method)(**keywords)

    def test_values(self, data):
        for options, message in (
            ({"link": "logistic"}, "link='logistic' is not known; choose one of logit, probit"),
            ({"threshold": "free"}, "threshold='free' is not known; choose one of flexible"),
        ):
            with pytest.raises(ModelError, match=message):
                CumulativeLinkModel.from_formula("y ~ x", data, **options)
        with pytest.raises(ModelError, match="cov_type='HC3' is not known"):
            fit(data, "location", "HC3")


def test_stats_of_a_fit_are_of_the_same_numbers(data):
    found = fit(data, "both")
    z = found.params / found.bse
    np.testing.assert_allclose(found.tvalues, z, rtol=1e-14)
    np.testing.assert_allclose(found.pvalues, 2 * stats.norm.sf(np.abs(z)), rtol=1e-12)
    p, s, _ = found.model.rows.sizes
    pd.testing.assert_series_equal(found.thresholds, found.params[p + s :])
