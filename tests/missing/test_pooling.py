"""Pooled estimates and tests against mice and mitml, identities, and lists that are no lists."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy import special, stats

import probstats as ps
from probstats.errors import MissingWarning, ModelError, SeparationWarning
from probstats.missing.pooled_tests import wald
from probstats.missing.rubin import combine, imputations_needed

REFERENCE = Path(__file__).parents[1] / "reference"
FEW = pytest.mark.filterwarnings("ignore::probstats.errors.MissingWarning")


def stored(name):
    return json.loads((REFERENCE / name).read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def reference():
    return stored("pooling.json")


@pytest.fixture(scope="module")
def frames():
    long = pd.read_csv(REFERENCE / "pooling.csv", dtype={"g": "category"})
    return [frame.reset_index(drop=True) for _, frame in long.groupby("imputation")]


def fits_of(frames, formula="y ~ x + g", **options):
    return [ps.CumulativeLinkModel.from_formula(formula, f).fit(**options) for f in frames]


@pytest.fixture(scope="module")
def fits(frames):
    return fits_of(frames)


@pytest.fixture(scope="module")
def single(frames):
    return fits_of(frames[:1])[0]


def quiet_pool(fits, **options):
    """Pool five fits, which are few for what is missing."""
    with pytest.warns(MissingWarning, match="5 imputations are few"):
        return ps.pool(fits, **options)


@pytest.fixture(scope="module")
def pooled(fits):
    return quiet_pool(fits)


@pytest.fixture
def same(single):
    """The same fit four times."""
    return ps.pool([single] * 4, df_complete=np.inf)


R_NAMES = {"x": "x", "gb": "g[b]", "gc": "g[c]"}


class TestAgainstR:
    def test_rubins_rules_for_a_scalar(self):
        given = stored("reference_gof.json")["pool_scalar"]
        found = combine(np.transpose([given["Q"]]), np.transpose([given["U"]]), 150 - 6)
        names = {"qbar": "estimate", "ubar": "within", "b": "between", "t": "variance",
                 "r": "riv", "df": "df", "fmi": "fmi"}  # fmt: skip
        for key, name in names.items():
            assert getattr(found, name)[0] == pytest.approx(given[key], rel=1e-12), key

    @pytest.mark.parametrize(
        ("key", "df"), [("scalar", None), ("scalar_infinite", np.inf)], ids=["n - q", "infinite"]
    )
    def test_parameters(self, fits, reference, key, df):
        found = quiet_pool(fits, df_complete=df)
        for name, given in zip(reference["names"], reference[key], strict=True):
            mine = R_NAMES.get(name, name)
            assert found.params[mine] == pytest.approx(given["qbar"], rel=1e-9)
            assert found.bse[mine] ** 2 == pytest.approx(given["t"], rel=1e-9)
            assert found.riv[mine] == pytest.approx(given["r"], rel=1e-8)
            assert found.df[mine] == pytest.approx(given["df"], rel=1e-8)
            assert found.fmi[mine] == pytest.approx(given["fmi"], rel=1e-8)

    @pytest.mark.parametrize(("key", "df"), [("wald", None), ("wald_infinite", np.inf)])
    @pytest.mark.parametrize(("term", "names"), [("g", "g"), ("all", ["x", "g"])])
    def test_wald(self, fits, reference, key, df, term, names):
        found, given = quiet_pool(fits, df_complete=df).wald_test(names), reference[key][term]
        assert found.df == given["k"]
        assert found.statistic == pytest.approx(given["F"], rel=1e-9)
        assert found.riv == pytest.approx(given["r"], rel=1e-8)
        assert found.df_denom == pytest.approx(given["v"], rel=1e-8)
        assert found.p_value == pytest.approx(
            stats.f.sf(given["F"], given["k"], given["v"]), rel=1e-8
        )

    @pytest.mark.parametrize(("term", "formula"), [("g", "y ~ x"), ("x", "y ~ g")])
    @FEW
    def test_likelihood_ratio(self, frames, pooled, reference, term, formula):
        smaller = ps.pool(fits_of(frames, formula))
        found, given = pooled.likelihood_ratio_test(smaller), reference["likelihood_ratio"][term]
        assert found.df == given["k"]
        assert found.statistic == pytest.approx(given["F"], rel=1e-8)
        assert found.riv == pytest.approx(given["r"], rel=1e-7)
        assert found.df_denom == pytest.approx(given["v"], rel=1e-7)


class TestIdenticalImputations:
    """The same frame several times is the single fit."""

    def test_estimates_errors_intervals(self, same, single):
        pd.testing.assert_series_equal(same.params, single.params, rtol=1e-14)
        pd.testing.assert_series_equal(same.bse, single.bse, rtol=1e-12)
        pd.testing.assert_series_equal(same.pvalues, single.pvalues, rtol=1e-10)
        np.testing.assert_allclose(same.conf_int(0.1), single.conf_int(0.1), rtol=1e-12)
        np.testing.assert_allclose(same.cov_params(), single.cov_params(), rtol=1e-12)
        assert (same.fmi == 0.0).all()
        assert np.isinf(same.df).all()

    def test_tests(self, same, single, frames):
        terms = single.wald_test_terms()
        found = same.wald_test_terms()
        np.testing.assert_allclose(found["statistic"] * found["df"], terms["statistic"], rtol=1e-10)
        np.testing.assert_allclose(found["p_value"], terms["p_value"], rtol=1e-9)
        small = fits_of(frames[:1], "y ~ x")[0]
        one = ps.likelihood_ratio_test(small, single)
        both = same.likelihood_ratio_test(ps.pool([small] * 4))
        assert both.statistic * both.df == pytest.approx(one.statistic, rel=1e-9)
        assert both.p_value == pytest.approx(one.p_value, rel=1e-8)

    def test_small_samples_have_a_t_reference(self, single):
        found = ps.pool([single] * 3)
        nu = single.df_resid
        assert found.df["x"] == pytest.approx((nu + 1) / (nu + 3) * nu, rel=1e-12)

    @pytest.mark.parametrize("which", ["prob", "cumprob"])
    def test_predictions(self, same, single, frames, which):
        new = frames[0].head(4)
        pd.testing.assert_frame_equal(same.predict(new, which), single.predict(new, which))
        found = same.get_prediction(new, which).summary_frame()
        given = single.get_prediction(new, which).summary_frame()
        pd.testing.assert_frame_equal(found.dropna(), given.dropna(), rtol=1e-9)

    def test_averages(self, same, single):
        for what in ("avg_predictions", "avg_comparisons"):
            found, given = getattr(same, what)(), getattr(single, what)()
            pd.testing.assert_frame_equal(found[list(given)], given, rtol=1e-9)


class TestPredictions:
    def test_probabilities_sum_to_one_and_lie_in_their_interval(self, pooled, frames):
        new = frames[0].head(6)
        found = pooled.predict(new)
        np.testing.assert_allclose(found.sum(axis=1), 1.0, rtol=1e-12)
        table = pooled.get_prediction(new).summary_frame()
        np.testing.assert_allclose(table["predicted"], found.to_numpy().ravel(), rtol=1e-14)
        assert (table["ci_lower"] < table["predicted"]).all()
        assert (table["predicted"] < table["ci_upper"]).all()

    def test_cumulative_probabilities_are_rubins_rules_on_the_linear_predictor(self, pooled):
        """With the logit link the scale of the interval is that of the linear predictor."""
        new = pd.DataFrame({"x": [0.7], "g": ["b"]})
        table = pooled.get_prediction(new, "cumprob").summary_frame()
        weights = np.array([0.0, 0.0, 0.0, -0.7, -1.0, 0.0])
        place = list(pooled.params.index).index("2|3")
        order = list(pooled.params.index)
        row = np.zeros(len(order))
        row[place] = 1.0
        row[order.index("x")], row[order.index("g[b]")] = weights[3], weights[4]
        values = [row @ fit.params for fit in pooled.fits]
        errors = [row @ fit.cov_params() @ row for fit in pooled.fits]
        found = combine(np.transpose([values]), np.transpose([errors]), pooled.df_complete[0])
        reach = stats.t.ppf(0.975, found.df) * np.sqrt(found.variance)
        got = table.iloc[1]
        assert got["predicted"] == pytest.approx(special.expit(found.estimate[0]), rel=1e-10)
        assert got["ci_lower"] == pytest.approx(special.expit(found.estimate - reach)[0], rel=1e-9)

    def test_averages_are_rubins_rules(self, pooled):
        found = pooled.avg_comparisons("x")
        each = [fit.avg_comparisons("x") for fit in pooled.fits]
        row = combine(
            [frame["estimate"] for frame in each], [frame["std_error"] ** 2 for frame in each],
            pooled.df_complete[0],
        )  # fmt: skip
        np.testing.assert_allclose(found["estimate"], row.estimate, rtol=1e-14)
        np.testing.assert_allclose(found["std_error"], np.sqrt(row.variance), rtol=1e-14)
        assert found["estimate"].sum() == pytest.approx(0.0, abs=1e-12)
        assert pooled.avg_predictions()["estimate"].sum() == pytest.approx(1.0, rel=1e-12)
        by = pooled.avg_predictions(by="g")
        assert list(by.columns[:2]) == ["g", "group"]

    def test_refusals(self, pooled):
        new = pd.DataFrame({"x": [0.7], "g": ["b"]})
        with pytest.raises(ModelError, match="which='mean' is not pooled"):
            pooled.predict(new, "mean")
        with pytest.raises(ModelError, match="leave method= out"):
            pooled.avg_predictions(method="simulation")
        with pytest.raises(ModelError, match="imputation 1 has other rows in avg_predictions"):
            pooled.avg_predictions(by="x")
        with pytest.raises(ModelError, match="alpha=2"):
            pooled.avg_comparisons(alpha=2)


class TestResults:
    def test_shapes_and_text(self, pooled):
        np.testing.assert_allclose(np.diag(pooled.cov_params()), pooled.bse**2, rtol=1e-12)
        assert str(pooled).startswith("5 imputations of 90 rows, pooled by Rubin's rules\n")
        assert dir(pooled) == sorted(dir(pooled))
        assert all(hasattr(pooled, name) for name in dir(pooled))
        np.testing.assert_allclose(pooled.share, pooled.riv / (1 + pooled.riv), rtol=1e-12)
        ends = pooled.conf_int(0.1)
        reach = stats.t.ppf(0.95, pooled.df["x"]) * pooled.bse["x"]
        assert ends.loc["x", 1] == pytest.approx(pooled.params["x"] + reach, rel=1e-12)

    def test_one_parameter_is_its_t_test_squared(self, pooled):
        found = pooled.wald_test("x")
        assert found.statistic == pytest.approx(pooled.tvalues["x"] ** 2, rel=1e-12)
        assert found.p_value == pytest.approx(pooled.pvalues["x"], rel=1e-10)
        assert str(found).startswith("Wald test: F = ")

    def test_wald_of_few_imputations(self):
        """t = k (m - 1) = 4 is the last case of the other formula (Li and others 1991)."""
        rng = np.random.default_rng(1)
        values = rng.normal(size=(3, 2))
        found = wald(values, np.array([np.eye(2)] * 3), np.inf)
        expected = 4 * (1 + 1 / 2) * (1 + 1 / found.riv) ** 2 / 2
        assert found.df_denom == pytest.approx(expected, rel=1e-12)
        finite = wald(values, np.array([np.eye(2)] * 3), 20)
        assert finite.df_denom == pytest.approx(1 / (1 / expected + 1 / 20), rel=1e-12)

    @FEW
    def test_too_few_degrees_of_freedom(self, fits):
        found = ps.pool(fits, df_complete=4)
        with pytest.raises(ModelError, match="with 4 degrees of freedom and as much missing"):
            found.wald_test("g")
        table = found.wald_test_terms()
        assert table.loc["g", ["statistic", "p_value"]].isna().all()
        assert table.loc["x", "p_value"] == pytest.approx(found.pvalues["x"], rel=1e-10)

    def test_unknown_terms(self, pooled):
        with pytest.raises(ModelError, match="'z' is no term and no parameter; there are"):
            pooled.wald_test("z")
        with pytest.raises(ModelError, match="name a term"):
            pooled.wald_test([])


class TestOtherFits:
    @FEW
    def test_clustered_errors_bring_their_degrees_of_freedom(self, frames):
        groups = pd.Series(np.arange(90) % 9)
        found = ps.pool(fits_of(frames, cov_type="CR1", cov_kwds={"groups": groups}))
        assert (found.df_complete == 8).all()
        assert (found.df < 8).all()

    @FEW
    def test_bias_reduced_fits(self, frames):
        found = ps.pool(fits_of(frames, reduction="mean"))
        assert found.params["x"] < ps.pool(fits_of(frames)).params["x"]
        with pytest.raises(ModelError, match="llf needs the maximum of the likelihood"):
            found.likelihood_ratio_test(ps.pool(fits_of(frames, "y ~ x", reduction="mean")))

    @FEW
    def test_random_effects(self, frames):
        rng = np.random.default_rng(1)
        who = pd.Categorical(np.arange(90) % 15)
        effect = rng.normal(size=15)[np.arange(90) % 15] + rng.logistic(size=90)
        made = [
            frame.assign(who=who, y=np.digitize(frame["x"] + effect, [-2, 0, 2]))
            for frame in frames
        ]
        fits = [
            ps.CumulativeLinkMixedModel.from_formula("y ~ x", frame, groups="who").fit()
            for frame in made
        ]
        found = ps.pool(fits)
        np.testing.assert_allclose(
            found.params, np.mean([fit.params for fit in fits], axis=0), rtol=1e-12
        )
        assert np.isnan(found.pvalues.iloc[-1])
        assert np.isnan(found.conf_int().iloc[-1]).all()
        assert found.conf_int().iloc[:-1].notna().all().all()
        with pytest.raises(ModelError, match="a pooled prediction is for fits of CumulativeLink"):
            found.predict(made[0])
        with pytest.raises(ModelError, match="is for fits of CumulativeLinkModel"):
            found.likelihood_ratio_test(ps.pool(fits_of(made, "y ~ 1")))

    def test_any_model_of_statsmodels(self):
        rng = np.random.default_rng(1)
        x = sm.add_constant(rng.normal(size=(40, 1)))
        fits = [sm.OLS(x[:, 1] + rng.normal(size=40), x).fit() for _ in range(60)]
        with pytest.warns(MissingWarning):
            found = ps.pool(fits)
        assert list(found.params.index) == ["const", "x1"]
        assert (found.df_complete == 38).all()
        assert list(found.wald_test_terms().index) == ["const", "x1"]


class TestWarnings:
    def fits(self, frames, spread, m):
        """Return fits whose x has another reliability in each."""
        rng = np.random.default_rng(1)
        made = [
            frames[0].assign(x=frames[0]["x"] + k % 2 * spread * rng.normal(size=90))
            for k in range(m)
        ]
        return fits_of(made)

    def test_more_than_half_of_the_information(self, frames):
        fits = self.fits(frames, 5.0, 8)
        with pytest.warns(MissingWarning) as caught:
            found = ps.pool(fits)
        assert found.fmi["x"] > 0.5
        half, few = (str(one.message) for one in caught)
        assert half.startswith(
            f"more than half of the information is missing on x ({found.fmi['x']:.2f})"
        )
        assert "ps.bounds and ps.delta_sensitivity" in half
        need = imputations_needed(found.fmi.max(), 8)
        assert few.endswith(f"make about {max(need, int(np.ceil(100 * found.fmi.max())))}")

    def test_enough_imputations_say_nothing(self, frames):
        found = ps.pool(self.fits(frames, 0.05, 8))
        assert 0 < 100 * found.fmi.max() < 8

    def test_imputations_needed(self):
        """Where fmi is known, 1 + (0.5 / 0.05)^2 / 2 = 51 (von Hippel 2020)."""
        assert imputations_needed(0.5, 10**12) in {51, 52}
        assert imputations_needed(0.3, 20) > imputations_needed(0.3, 200)
        assert imputations_needed(0.0, 5) == 1
        for wrong in ({"fmi": 1.0, "m": 5}, {"fmi": 0.5, "m": 1}, {"fmi": 0.5, "m": 5, "error": 0}):
            with pytest.raises(ModelError, match="must lie from 0 to 1"):
                imputations_needed(**wrong)


class TestRefusals:
    def test_no_list_of_fits(self, single, frames):
        with pytest.raises(ModelError, match=r"two fits or more, .* and there are 1"):
            ps.pool([single])
        with pytest.raises(ModelError, match="pool takes a list of fits"):
            ps.pool(single)
        with pytest.raises(ModelError, match="pool takes a list of fits"):
            ps.pool(3)
        with pytest.raises(ModelError, match="fit 1 is a DataFrame, not a fitted model"):
            ps.pool([single, frames[0]])
        data = pd.DataFrame({"x": [1.0, 2, None, 4], "z": [1.0, 3, 2, 1]})
        with pytest.raises(ModelError, match="pool takes fits, not imputations"):
            ps.pool(ps.impute(data, m=2, rng=1))

    def test_mixed_lists(self, frames, single):
        mixed = ps.CumulativeLinkMixedModel.from_formula(
            "y ~ x", frames[0].assign(who=np.arange(90) % 9), groups="who"
        )
        with pytest.raises(
            ModelError, match="CumulativeLinkMixedResultsWrapper against Cumulative"
        ):
            ps.pool([single, quiet(mixed)])

    @pytest.mark.parametrize(
        ("other", "message"),
        [
            ({"formula": "y ~ x"}, r"the parameters differ in g\[b\], g\[c\]"),
            ({"link": "probit"}, "the link is probit against logit"),
            ({"rows": 80}, "the number of rows is 80 against 90"),
            ({"cov_type": "HC1"}, "cov_type is HC1 against nonrobust"),
            ({"reduction": "mean"}, "the estimator is .* against"),
            ({"penalty": 1.0}, "the estimator is .* against"),
            ({"threshold": "equidistant"}, "the parameters differ in"),
        ],
    )
    def test_other_models(self, frames, single, other, message):
        of_fit = {k: v for k, v in other.items() if k in {"cov_type", "reduction", "penalty"}}
        of_model = {k: v for k, v in other.items() if k in {"link", "threshold"}}
        model = ps.CumulativeLinkModel.from_formula(
            other.get("formula", "y ~ x + g"), frames[1].head(other.get("rows", 90)), **of_model
        )
        with pytest.raises(ModelError, match=f"fit 1 is of another model than fit 0: {message}"):
            ps.pool([single, model.fit(**of_fit)])

    def test_two_penalties(self, frames):
        fits = [fits_of(frames[:1], penalty=value)[0] for value in (1.0, 2.0)]
        with pytest.raises(ModelError, match="the penalty is"):
            ps.pool(fits)

    def test_separated_estimates(self, frames, single):
        model = ps.CumulativeLinkModel.from_formula(
            "y ~ x + g", frames[1].assign(x=frames[1]["y"] > 2)
        )
        with pytest.warns(SeparationWarning):
            lost = model.fit()
        assert lost.diverging
        with pytest.raises(
            ModelError, match=r"fit 1 has no finite estimate for .*reduction='mean'"
        ):
            ps.pool([single, lost])

    @pytest.mark.filterwarnings("ignore::probstats.errors.ConvergenceWarning")
    def test_no_convergence(self, frames, single):
        with pytest.raises(ModelError, match="fit 1 did not converge"):
            ps.pool([single, fits_of(frames[1:2], maxiter=1)[0]])

    @pytest.mark.parametrize("df", [0, -3.0, "ten", True])
    def test_degrees_of_freedom(self, fits, df):
        with pytest.raises(ModelError, match=r"df_complete=.* must be a positive number"):
            ps.pool(fits, df_complete=df)

    @FEW
    def test_likelihood_ratio(self, frames, fits, pooled):
        small = ps.pool(fits_of(frames, "y ~ x"))
        with pytest.raises(ModelError, match="give the test the fits of the smaller model"):
            small.likelihood_ratio_test(pooled)
        with pytest.raises(ModelError, match="must be pooled too, and is a list"):
            pooled.likelihood_ratio_test(fits)
        with pytest.raises(ModelError, match="4 imputations of the smaller model and 5"):
            pooled.likelihood_ratio_test(ps.pool(fits_of(frames[:4], "y ~ x")))
        with pytest.raises(ModelError, match="imputation 0: the small model is no special case"):
            pooled.likelihood_ratio_test(ps.pool(fits_of(frames[::-1], "y ~ x")))
        robust = ps.pool(fits_of(frames, cov_type="HC0"))
        with pytest.raises(ModelError, match="the larger fit of imputation 0 has cov_type='HC0'"):
            robust.likelihood_ratio_test(small)


def quiet(model):
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return model.fit()
