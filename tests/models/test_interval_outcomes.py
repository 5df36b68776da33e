"""Outcomes known within bounds, against a likelihood written out row by row."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import optimize, stats

from probstats.errors import ConvergenceWarning, EmptyLevelWarning, MergedLevelsWarning, ModelError
from probstats.models import CumulativeLinkModel
from probstats.models.kernel.links import LINKS

DISTRIBUTIONS = {
    "logit": stats.logistic.cdf,
    "probit": stats.norm.cdf,
    "cloglog": stats.gumbel_l.cdf,
    "loglog": stats.gumbel_r.cdf,
    "cauchit": stats.cauchy.cdf,
}
STRUCTURES = {
    "location": {},
    "nominal": {"nominal": "~ z"},
    "scale": {"scale": "~ z"},
    "both": {"nominal": "~ z", "scale": "~ x"},
}
LINK = pytest.mark.parametrize("link", LINKS)
STRUCTURE = pytest.mark.parametrize("structure", STRUCTURES)


def widen(rng, level, top):
    """Make about a third of the levels known only within bounds."""
    low = np.maximum(level - rng.choice([0, 0, 0, 0, 1, 2], len(level)), 1)
    high = np.minimum(level + rng.choice([0, 0, 0, 0, 1, 2], len(level)), top)
    return low, high


@pytest.fixture
def data():
    rng = np.random.default_rng(15)
    x, z = rng.normal(size=60), rng.integers(0, 2, 60).astype(float)
    level = 1 + np.searchsorted([-1.2, 0.1, 1.4], 0.8 * x + 0.3 * z + rng.logistic(size=60))
    low, high = widen(rng, level, 4)
    return pd.DataFrame({"x": x, "z": z, "level": level, "low": low, "high": high})


def brute(data, link, structure):
    """The log-likelihood of ``~ x`` with these effects of z, without any of the package's code."""
    cdf, low, high = DISTRIBUTIONS[link], data["low"].to_numpy(), data["high"].to_numpy()
    x, z = data["x"].to_numpy(), data["z"].to_numpy()

    def loglike(params):
        params = list(params)
        location = params.pop(0) * x
        spread = 1.0
        if structure in {"scale", "both"}:
            spread = np.exp(params.pop(0) * (z if structure == "scale" else x))
        theta = np.tile([-np.inf, *params[:3], np.inf], (len(x), 1))
        if structure in {"nominal", "both"}:
            theta[:, 1:-1] += np.outer(z, params[3:])
        rows = np.arange(len(x))
        upper = (theta[rows, high] - location) / spread
        lower = (theta[rows, low - 1] - location) / spread
        p = cdf(upper) - cdf(lower)
        return np.log(p).sum() if (p > 0).all() else -np.inf

    return loglike


def gradient(function, at, step=1e-5):
    moves = step * np.eye(len(at))
    return np.array([(function(at + m) - function(at - m)) / (2 * step) for m in moves])


class TestBruteForce:
    @LINK
    @STRUCTURE
    def test_the_maximum(self, data, link, structure):
        formula = "interval(low, high) ~ x"
        found = CumulativeLinkModel.from_formula(formula, data, link, **STRUCTURES[structure]).fit()
        loglike = brute(data, link, structure)
        params = found.params.to_numpy()
        assert found.converged
        assert found.llf == pytest.approx(loglike(params), rel=1e-12)
        np.testing.assert_allclose(gradient(loglike, params), 0.0, atol=1e-6)
        start = params + 0.05 * np.random.default_rng(0).normal(size=len(params))
        best = optimize.minimize(lambda p: min(-loglike(p), 1e6), start, method="BFGS")
        assert -best.fun <= found.llf + 1e-10
        assert -best.fun == pytest.approx(found.llf, abs=1e-7)
        np.testing.assert_allclose(best.x, params, atol=1e-3 * found.bse.max())

    @LINK
    @STRUCTURE
    def test_standard_errors(self, data, link, structure):
        formula = "interval(low, high) ~ x"
        found = CumulativeLinkModel.from_formula(formula, data, link, **STRUCTURES[structure]).fit()
        loglike = brute(data, link, structure)
        hessian = gradient(lambda p: gradient(loglike, p, 2e-4), found.params.to_numpy(), 2e-4)
        errors = np.sqrt(np.diag(np.linalg.inv(-hessian)))
        np.testing.assert_allclose(found.bse, errors, rtol=1e-5)

    def test_from_any_start(self, data):
        found = CumulativeLinkModel.from_formula("interval(low, high) ~ x", data)
        one = found.fit()
        other = found.fit(start_params=[-2.0, -0.1, 0.0, 0.1])
        np.testing.assert_allclose(other.params, one.params, rtol=1e-7)


class TestExactIntervals:
    @LINK
    @STRUCTURE
    @pytest.mark.parametrize("cov_type", ["nonrobust", "HC1"])
    def test_are_the_ordinary_model(self, data, link, structure, cov_type):
        data = data.assign(low=data["level"], high=data["level"])
        options = STRUCTURES[structure]
        plain = CumulativeLinkModel.from_formula("level ~ x", data, link, **options)
        within = CumulativeLinkModel.from_formula("interval(low, high) ~ x", data, link, **options)
        one, other = plain.fit(cov_type=cov_type), within.fit(cov_type=cov_type)
        np.testing.assert_allclose(other.params, one.params, rtol=1e-12)
        np.testing.assert_allclose(other.cov_params(), one.cov_params(), rtol=1e-12, atol=1e-15)
        assert other.params.index.equals(one.params.index)
        for name in ("llf", "llnull", "aic", "bic", "nobs"):
            assert getattr(other, name) == pytest.approx(getattr(one, name), rel=1e-13)

    def test_formula_frame_and_categories_say_the_same(self, data):
        formula = CumulativeLinkModel.from_formula("interval(low, high) ~ x", data).fit()
        frame = CumulativeLinkModel(data[["low", "high"]], data[["x"]]).fit()
        levels = pd.CategoricalDtype([1, 2, 3, 4], ordered=True)
        declared = data.astype({"low": levels, "high": levels})
        categories = CumulativeLinkModel.from_formula("interval(low, high) ~ x", declared).fit()
        for other in (frame, categories):
            pd.testing.assert_series_equal(other.params, formula.params, rtol=1e-14)
        assert formula.model.outcome.name == "low to high"
        assert formula.params.index.tolist() == ["x", "1|2", "2|3", "3|4"]


class TestRowsThatMayHaveEveryLevel:
    @pytest.fixture
    def more(self, data):
        """The data, and 25 rows of which nothing is known."""
        rng = np.random.default_rng(2)
        unknown = pd.DataFrame({"x": 5 + 3 * rng.normal(size=25), "z": 1.0, "low": 1, "high": 4})
        return pd.concat([data, unknown], ignore_index=True)

    def check_same(self, one, other):
        np.testing.assert_allclose(other.params, one.params, rtol=1e-9, atol=1e-9)
        np.testing.assert_allclose(other.cov_params(), one.cov_params(), rtol=1e-9, atol=1e-10)
        np.testing.assert_allclose(other.pvalues, one.pvalues, rtol=1e-8)
        np.testing.assert_allclose(other.conf_int(), one.conf_int(), rtol=1e-9, atol=1e-9)
        for name in ("llf", "llnull", "aic", "bic", "nobs", "df_resid", "prsquared"):
            assert getattr(other, name) == pytest.approx(getattr(one, name), rel=1e-12), name

    @LINK
    @STRUCTURE
    @pytest.mark.parametrize("cov_type", ["nonrobust", "HC0", "HC1"])
    def test_change_nothing(self, data, more, link, structure, cov_type):
        formula = "interval(low, high) ~ x"
        one, other = (
            CumulativeLinkModel.from_formula(formula, rows, link, **STRUCTURES[structure]).fit(
                cov_type=cov_type
            )
            for rows in (data, more)
        )
        self.check_same(one, other)

    @pytest.mark.parametrize("own", [False, True], ids=["of other rows", "of their own"])
    def test_change_no_clustered_errors(self, data, more, own):
        data, more = (rows.assign(c=np.arange(len(rows)) % 12) for rows in (data, more))
        if own:
            more.loc[more.index[len(data) :], "c"] = 99
        one, other = (
            CumulativeLinkModel.from_formula("interval(low, high) ~ x", rows).fit(
                cov_type="cluster", cov_kwds={"groups": "c"}
            )
            for rows in (data, more)
        )
        self.check_same(one, other)
        assert other.n_groups == one.n_groups

    def test_make_no_cluster(self, data):
        unknown = data.assign(c=(data.index >= 40).astype(int))
        unknown.loc[40:, ["low", "high"]] = 1, 4
        model = CumulativeLinkModel.from_formula("interval(low, high) ~ x", unknown)
        with pytest.raises(ModelError, match="one cluster only"):
            model.fit(cov_type="cluster", cov_kwds={"groups": "c"})

    @pytest.mark.parametrize("name", ["avg_predictions", "avg_comparisons", "avg_slopes"])
    def test_change_no_averages(self, data, more, name):
        one, other = (
            CumulativeLinkModel.from_formula("interval(low, high) ~ x + z", rows).fit()
            for rows in (data, more)
        )
        averages = getattr(other, name)(), getattr(one, name)()
        pd.testing.assert_frame_equal(*averages, rtol=1e-8, atol=1e-10)

    def test_change_no_margins(self, data, more):
        one, other = (
            CumulativeLinkModel.from_formula("interval(low, high) ~ x + z", rows).fit()
            for rows in (data, more)
        )
        for at in ("overall", "mean", "median"):
            margins = other.get_margeff(at=at), one.get_margeff(at=at)
            np.testing.assert_allclose(margins[0].margeff, margins[1].margeff, rtol=1e-9)
            np.testing.assert_allclose(margins[0].margeff_se, margins[1].margeff_se, rtol=1e-7)

    def test_change_no_profile(self, data, more):
        one, other = (
            CumulativeLinkModel.from_formula("interval(low, high) ~ x", rows).fit()
            for rows in (data, more)
        )
        np.testing.assert_allclose(
            other.conf_int(method="profile"), one.conf_int(method="profile"), rtol=1e-9
        )

    def test_predict_like_any_other_row(self, more):
        found = CumulativeLinkModel.from_formula("interval(low, high) ~ x", more).fit()
        assert found.predict().shape == (85, 4)
        np.testing.assert_allclose(found.predict().sum(axis=1), 1.0, rtol=1e-14)

    def test_are_no_rows_to_identify_a_covariate_with(self, more):
        only_there = np.where(more.index < 60, 0.0, more.index)
        with pytest.raises(ModelError, match="k"):
            CumulativeLinkModel.from_formula(
                "interval(low, high) ~ x + k", more.assign(k=only_there)
            )


class TestLevelsNoRowTellsApart:
    def test_levels_always_taken_together_are_one(self):
        rng = np.random.default_rng(4)
        x = rng.normal(size=40)
        level = 1 + np.searchsorted([-0.5, 0.5], x + rng.logistic(size=40))
        rows = pd.DataFrame({"low": np.where(level == 3, 3, 1), "high": np.maximum(level, 2)})
        with pytest.warns(MergedLevelsWarning, match="no row tells .*: 1 and 2"):
            found = CumulativeLinkModel(rows, pd.DataFrame({"x": x})).fit()
        binary = CumulativeLinkModel(level == 3, pd.DataFrame({"x": x})).fit()
        assert found.params.index.tolist() == ["x", "1 to 2|3"]
        assert found.model.outcome.merged == ((1, 2),)
        np.testing.assert_allclose(found.params, binary.params, rtol=1e-14)
        np.testing.assert_allclose(found.cov_params(), binary.cov_params(), rtol=1e-14)
        assert found.predict().columns.tolist() == ["1 to 2", 3]
        assert "Levels no row tells apart: 1 and 2." in found.summary().as_text()

    def test_a_level_no_row_needs_gets_no_probability(self):
        rng = np.random.default_rng(5)
        x = rng.normal(size=40)
        level = np.where(x + rng.logistic(size=40) > 0.2, 3, 1)
        low, high = np.where(np.arange(40) % 3 == 0, 2, level), level
        low = np.minimum(low, level)  # 2 to 3 sometimes, but never with a highest level of 2
        with pytest.warns(EmptyLevelWarning, match="no row needs level 2"):
            found = CumulativeLinkModel(
                pd.DataFrame({"low": low, "high": high}), pd.DataFrame({"x": x})
            ).fit()
        assert found.params.index.tolist() == ["x", "1|3"]
        cdf, beta, theta = stats.logistic.cdf, *found.params

        def loglike(low_threshold, high_threshold):
            edges = np.array([-np.inf, low_threshold, high_threshold, np.inf])
            return np.log(cdf(edges[high] - beta * x) - cdf(edges[low - 1] - beta * x)).sum()

        assert loglike(theta, theta) == pytest.approx(found.llf, rel=1e-13)
        for gap in (1e-6, 1e-3, 0.1, 1.0):
            for share in (0.0, 0.5, 1.0):
                wider = loglike(theta - share * gap, theta + (1 - share) * gap)
                assert wider < found.llf

    def test_a_declared_level_outside_of_all_intervals(self, data):
        levels = pd.CategoricalDtype([0, 1, 2, 3, 4, 5], ordered=True)
        declared = data.astype({"low": levels, "high": levels})
        with pytest.warns(EmptyLevelWarning, match="no row needs level 0, 5"):
            found = CumulativeLinkModel.from_formula("interval(low, high) ~ x", declared).fit()
        plain = CumulativeLinkModel.from_formula("interval(low, high) ~ x", data).fit()
        np.testing.assert_allclose(found.params, plain.params, rtol=1e-14)


class TestCrossingThresholds:
    """Nothing but order keeps a level that is only ever one of several from a negative share."""

    @pytest.fixture
    def crossing(self):
        rows = [(1, 1)] * 20 + [(2, 3)] * 2 + [(3, 3)] * 20 + [(1, 2)] * 2
        x = np.resize([-1.0, 0.0, 1.0, 0.5], len(rows))
        return pd.DataFrame(rows, columns=["low", "high"]).assign(x=x)

    def test_are_told_and_named(self, crossing):
        model = CumulativeLinkModel.from_formula("interval(low, high) ~ x", crossing)
        with pytest.warns(ConvergenceWarning, match="negative probability to 2 in 44 rows") as seen:
            found = model.fit()
        assert len(seen) == 1
        assert not found.converged
        assert found.crossed_levels == {2: 44}
        assert found.params["1|2"] > found.params["2|3"]
        text = found.summary().as_text()
        assert "NO" in text
        assert "Thresholds cross: the fit gives a negative probability to 2 in 44 rows" in text

    def test_by_nominal_effects_in_some_rows_only(self, crossing):
        turned = crossing.assign(z=1.0, low=4 - crossing["high"], high=4 - crossing["low"])
        rng = np.random.default_rng(6)
        plain = pd.DataFrame({"low": rng.integers(1, 4, 30)}).assign(
            high=lambda d: d["low"], x=rng.normal(size=30), z=0.0
        )
        both = pd.concat([plain, turned], ignore_index=True)
        model = CumulativeLinkModel.from_formula("interval(low, high) ~ x", both, nominal="~ z")
        with pytest.warns(ConvergenceWarning, match="negative probability"):
            found = model.fit()
        assert found.crossed_levels == {2: 44}

    def test_do_not_arise_where_a_row_needs_the_level(self, crossing):
        more = pd.concat([crossing, crossing[:9].assign(low=2, high=2)], ignore_index=True)
        found = CumulativeLinkModel.from_formula("interval(low, high) ~ x", more).fit()
        assert found.converged
        assert found.crossed_levels == {}
