"""Change within groups: the split, fixed effects by blow up and cluster, and exact pairs."""

from __future__ import annotations

import itertools
import pickle
import warnings

import numpy as np
import pandas as pd
import pytest
from scipy import special, stats
from statsmodels.discrete.conditional_models import ConditionalLogit

from probstats.errors import ConvergenceWarning, ModelError, SeparationWarning
from probstats.models import (
    CumulativeLinkMixedModel,
    FixedEffectsOrderedLogit,
    paired_change_test,
    within_between,
)
from probstats.models.mixed.conditional_logit import subset_sums


def panel(seed, n_groups=200, size=4, effect=0.8):
    """Groups whose level goes with their mean of x, as no random effect may."""
    rng = np.random.default_rng(seed)
    group = np.repeat(np.arange(n_groups), size)
    own = rng.normal(size=n_groups)
    x = own[group] + rng.normal(size=len(group))
    z = rng.normal(size=len(group))
    latent = effect * x - 0.5 * z - 1.5 * own[group] + rng.logistic(size=len(group))
    y = np.searchsorted([-1.5, 0.0, 1.5], latent) + 1
    return pd.DataFrame({"y": y, "x": x, "z": z, "g": group})


class TestSplit:
    def test_parts(self):
        data = panel(1)
        found = within_between(data, ["x", "z"], "g")
        np.testing.assert_allclose(found["x_within"] + found["x_between"], data["x"])
        assert found.groupby("g")["x_within"].mean().abs().max() < 1e-12
        assert (found.groupby("g")["x_between"].nunique() == 1).all()
        assert list(data.columns) == ["y", "x", "z", "g"]

    def test_missing_values_stay_missing(self):
        data = pd.DataFrame({"g": [1, 1, 1, 2, 2], "x": [1.0, np.nan, 3.0, 5.0, 7.0]})
        found = within_between(data, "x", data["g"])
        assert found["x_between"].tolist()[:1] == [2.0]
        assert found[["x_within", "x_between"]].isna().sum().tolist() == [1, 1]

    def test_within_effects_are_free_of_the_groups(self):
        data = panel(2, n_groups=300)
        split = within_between(data, "x", "g")
        formula = "y ~ x_within + x_between + z"
        model = CumulativeLinkMixedModel.from_formula(formula, split, groups="g")
        found = model.fit().params
        assert found["x_within"] == pytest.approx(0.8, abs=0.15)
        assert found["x_between"] < 0.0
        mistaken = CumulativeLinkMixedModel.from_formula("y ~ x + z", data, groups="g").fit()
        assert mistaken.params["x"] < 0.5

    def test_bad_input(self):
        data = panel(1, n_groups=4)
        for columns, groups, match in (
            ("nothing", "g", "no column 'nothing'"),
            ("x", "nothing", "no column of the data"),
            ("x", [1, 2], "must be a column"),
            ("g", "g", "does not change within any group"),
        ):
            with pytest.raises(ModelError, match=match):
                within_between(data, columns, groups)
        with pytest.raises(ModelError, match="finite numbers"):
            within_between(data.assign(x="a"), "x", "g")
        with pytest.raises(ModelError, match="already"):
            within_between(data.assign(x_within=1.0), "x", "g")


class TestSubsetSums:
    def test_is_the_sum_over_subsets(self):
        rng = np.random.default_rng(0)
        design, params = rng.normal(size=(7, 2)), np.array([0.7, -1.1])
        for size in (1, 3, 7):
            sums = [
                design[list(some)].sum(axis=0) for some in itertools.combinations(range(7), size)
            ]
            weights = np.exp(np.array(sums) @ params)
            found = subset_sums(design, params, size)
            assert found.loglike == pytest.approx(np.log(weights.sum()), rel=1e-13)
            mean = weights @ sums / weights.sum()
            np.testing.assert_allclose(found.score, mean, rtol=1e-12)
            spread = np.array(sums) - mean
            covariance = (spread.T * weights) @ spread / weights.sum()
            np.testing.assert_allclose(found.hessian, covariance, atol=1e-11)

    def test_large_groups_do_not_overflow(self):
        found = subset_sums(np.zeros((2000, 1)), np.zeros(1), 1000)
        exact = stats.binom.logpmf(1000, 2000, 0.5) + 2000 * np.log(2.0)
        assert found.loglike == pytest.approx(exact, rel=1e-11)

    def test_far_rows_do_not_overflow(self):
        design = np.random.default_rng(0).normal(size=(6, 2))
        for params in (np.array([300.0, -40.0]), np.array([3e4, -4e5])):
            for size in range(1, 7):
                sums = [
                    design[list(some)].sum(axis=0)
                    for some in itertools.combinations(range(6), size)
                ]
                heights = np.array(sums) @ params
                found = subset_sums(design, params, size)
                assert found.loglike == pytest.approx(special.logsumexp(heights), rel=1e-13)
                mean = special.softmax(heights) @ sums
                np.testing.assert_allclose(found.score, mean, atol=1e-12)


class TestFixedEffects:
    def test_groups_that_hardly_differ_separate_without_overflow(self):
        x = [1.774, 0.431, 0.262, 0.275, -0.254, 1.649, -1.02, -0.412, -1.16, -0.25, 0.157, 0.02]
        y = [3, 1, 1, 3, 2, 3, 1, 3, 1, 3, 3, 1]
        model = FixedEffectsOrderedLogit(y, np.array(x)[:, None], np.repeat(range(6), 2))
        with pytest.warns(SeparationWarning, match="no finite estimate"):
            fit = model.fit()
        assert fit.params.iloc[0] == np.inf

    def test_two_levels_are_the_conditional_logit(self):
        data = panel(3, n_groups=80)
        data["y"] = (data["y"] > 2).astype(int)
        found = FixedEffectsOrderedLogit.from_formula("y ~ x + z", data, groups="g").fit()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            theirs = ConditionalLogit(
                data["y"], data[["x", "z"]], groups=data["g"]
            ).fit(method="bfgs", gtol=1e-9, disp=0)  # fmt: skip
        np.testing.assert_allclose(found.params, theirs.params, rtol=1e-5)
        assert found.llf == pytest.approx(theirs.llf, rel=1e-9)

    def test_it_is_the_blown_up_conditional_logit_clustered(self):
        data = panel(4, n_groups=60)
        model = FixedEffectsOrderedLogit.from_formula("y ~ x + z", data, groups="g")
        found = model.fit()
        blown = pd.concat(
            [data.assign(one=(data["y"] >= cut) * 1, s=data["g"] * 10 + cut) for cut in (2, 3, 4)]
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            theirs = ConditionalLogit(
                blown["one"].to_numpy(), blown[["x", "z"]].to_numpy(), groups=blown["s"].to_numpy()
            ).fit(method="bfgs", gtol=1e-9, disp=0)  # fmt: skip
        np.testing.assert_allclose(found.params, theirs.params, rtol=5e-4)  # theirs stops early
        assert theirs.model.loglike(np.asarray(found.params)) == pytest.approx(found.llf, rel=1e-12)
        assert found.llf >= theirs.llf
        scores = brute_scores(data, np.asarray(found.params))
        inverse = np.linalg.inv(-model.hessian(found.params))
        moving = len(scores)
        sandwich = inverse @ (scores.T @ scores) @ inverse * moving / (moving - 1)
        np.testing.assert_allclose(found.cov_params(), sandwich, rtol=1e-8)
        assert found.n_groups == moving
        ends = found.conf_int().loc["x"]
        reach = stats.t.ppf(0.975, moving - 1) * found.bse["x"]
        assert ends[1] - found.params["x"] == pytest.approx(reach)

    def test_derivatives(self):
        model = FixedEffectsOrderedLogit.from_formula("y ~ x + z", panel(5, 30), groups="g")
        params, step = np.array([0.4, -0.2]), 1e-5
        for number, moved in enumerate(step * np.eye(2)):
            slope = (model.loglike(params + moved) - model.loglike(params - moved)) / (2 * step)
            assert model.score(params)[number] == pytest.approx(slope, rel=1e-6)
            bend = (model.score(params + moved) - model.score(params - moved)) / (2 * step)
            np.testing.assert_allclose(model.hessian(params)[number], bend, rtol=1e-6)

    def test_what_differs_between_groups_does_no_harm(self):
        data = panel(6, n_groups=400)
        found = FixedEffectsOrderedLogit.from_formula("y ~ x + z", data, groups="g").fit()
        np.testing.assert_allclose(found.params, [0.8, -0.5], atol=0.15)
        assert found.params["x"] == pytest.approx(0.8, abs=4 * found.bse["x"])
        shifted = data.assign(x=data["x"] + 100.0 * data["g"])
        again = FixedEffectsOrderedLogit.from_formula("y ~ x + z", shifted, groups="g").fit()
        np.testing.assert_allclose(again.params, found.params, rtol=1e-6)

    def test_ways_in(self):
        data = panel(7, 40)
        by_formula = FixedEffectsOrderedLogit.from_formula("y ~ x + z", data, groups="g").fit()
        by_frame = FixedEffectsOrderedLogit(data["y"], data[["x", "z"]], data["g"]).fit()
        np.testing.assert_allclose(by_frame.params, by_formula.params)
        holes = data.assign(z=data["z"].where(data.index != 3))
        dropped = FixedEffectsOrderedLogit.from_formula("y ~ x + z", holes, data["g"].to_numpy())
        rest = data.drop(index=3)
        same = FixedEffectsOrderedLogit.from_formula("y ~ x + z", rest, groups="g")
        np.testing.assert_allclose(dropped.fit().params, same.fit().params)
        assert dropped.design.n_dropped == 1
        again = pickle.loads(pickle.dumps(by_formula))
        assert again.llf == by_formula.llf
        frame = by_formula.summary_frame()
        np.testing.assert_allclose(frame["odds_ratio"], np.exp(frame["estimate"]))
        assert "groups that change their level" in repr(by_formula)

    def test_a_covariate_that_separates(self):
        data = panel(8, 40)
        data["x"] = data["y"] + 0.001 * data["z"]
        model = FixedEffectsOrderedLogit.from_formula("y ~ x", data, groups="g")
        with pytest.warns(ConvergenceWarning, match="separates the levels within groups"):
            found = model.fit()
        assert np.isinf(found.params["x"])
        assert not found.converged

    @pytest.mark.parametrize("sign", [1.0, -1.0])
    def test_a_yes_or_no_that_separates(self, sign):
        """An estimate that large stops Newton with a small error; only the data show it."""
        data = panel(8, 40)
        data["high"] = sign * (data["y"] >= 3)
        model = FixedEffectsOrderedLogit.from_formula("y ~ high + z", data, groups="g")
        with pytest.warns(SeparationWarning, match="^high separates the levels within groups"):
            found = model.fit()
        assert found.params["high"] == sign * np.inf
        assert np.isnan(found.bse["high"])
        assert np.isfinite(found.params["z"])
        assert np.isfinite(found.bse["z"])
        terms = found.wald_test_terms()
        assert np.isnan(terms.loc["high", "p_value"])
        assert terms.loc["z", "statistic"] == pytest.approx(found.tvalues["z"] ** 2)
        assert "no finite estimate of high" in found.summary().as_text()

    def test_a_rare_covariate_that_separates(self):
        data = panel(8, 40)
        levels = data.groupby("g")["y"]
        least, most = levels.transform("min"), levels.transform("max")
        top = data.index[(data["y"] == most) & (least < most)]
        data["rare"] = 1.0 * (data.index == top[0])
        model = FixedEffectsOrderedLogit.from_formula("y ~ rare + z", data, groups="g")
        with pytest.warns(SeparationWarning, match="^rare separates"):
            assert model.fit().diverging == ["rare"]

    def test_one_row_that_does_not_fit_makes_it_finite(self):
        data = panel(8, 40)
        data["high"] = 1.0 * (data["y"] >= 3)
        ends = data["y"].isin([data["y"].min(), data["y"].max()])
        data.loc[ends & (data["g"] < 4), "high"] = 1.0 - data["high"]
        found = FixedEffectsOrderedLogit.from_formula("y ~ high + z", data, groups="g").fit()
        assert found.converged
        assert np.isfinite(found.params).all()

    def test_summary_and_terms(self):
        data = panel(8, 40)
        data["kind"] = pd.Categorical(np.resize(["a", "b", "c"], len(data)))
        found = FixedEffectsOrderedLogit.from_formula("y ~ x + kind", data, groups="g").fit()
        terms = found.wald_test_terms()
        assert list(terms.index) == ["x", "kind"]
        assert terms["df"].tolist() == [1, 2]
        assert terms["df_denom"].unique().tolist() == [found.n_groups - 1]
        joint = found.wald_test("kind[b] = 0, kind[c] = 0", use_f=True, scalar=True)
        assert terms.loc["kind", "statistic"] == pytest.approx(joint.statistic)
        assert terms.loc["kind", "p_value"] == pytest.approx(joint.pvalue)
        text = found.summary(alpha=0.1).as_text()
        frame = found.summary_frame(alpha=0.1)
        assert f"{frame.loc['x', 'ci_lower']:.4f}" in text
        assert "Reference categories: kind a." in text
        assert "<table" in found._repr_html_()
        assert all(hasattr(found, name) for name in dir(found))
        with pytest.raises(ModelError, match="predicts nothing"):
            found.predict()

    def test_too_few_steps(self):
        model = FixedEffectsOrderedLogit.from_formula("y ~ x", panel(8, 40), groups="g")
        with pytest.warns(ConvergenceWarning, match="did not converge in 1 steps"):
            model.fit(maxiter=1)

    def test_bad_input(self):
        data = panel(9, 20)
        for changes, formula, match in (
            ({}, "y ~ 1", "no covariates"),
            ({"x": data["g"]}, "y ~ x", "'x' does not change within groups"),
            ({"g": np.arange(80)}, "y ~ x", "no group has rows of different levels"),
            ({"g": data["g"].where(data.index > 2)}, "y ~ x", "missing for 3"),
            ({"z": data["x"] + data["g"]}, "y ~ x + z", "z"),
        ):
            with pytest.raises(ModelError, match=match):
                FixedEffectsOrderedLogit.from_formula(formula, data.assign(**changes), groups="g")
        known = data.assign(low=np.resize([1, 2, 3, 4, 1], 80), high=np.resize([1, 2, 3, 4, 2], 80))
        with pytest.raises(ModelError, match="known as an interval"):
            FixedEffectsOrderedLogit.from_formula("interval(low, high) ~ x", known, groups="g")
        alone = data.assign(
            g=np.where(data.index < 4, 0, data.index), y=np.resize([1, 2, 3, 4], 80)
        )
        model = FixedEffectsOrderedLogit.from_formula("y ~ x", alone, groups="g")
        with pytest.raises(ModelError, match="one group only"):
            model.fit()


def brute_scores(data, params):
    """Scores of the groups by going through all subsets."""
    found = []
    for _, rows in data.groupby("g"):
        y, x = rows["y"].to_numpy(), rows[["x", "z"]].to_numpy()
        if np.ptp(y) == 0:
            continue
        score = np.zeros(2)
        for cut in range(y.min() + 1, y.max() + 1):
            size = int((y >= cut).sum())
            sums = np.array(
                [x[list(s)].sum(axis=0) for s in itertools.combinations(range(len(y)), size)]
            )
            weights = np.exp(sums @ params)
            score += x[y >= cut].sum(axis=0) - weights @ sums / weights.sum()
        found.append(score)
    return np.array(found)


class TestPairs:
    def data(self, first, second):
        n = len(first)
        who = np.tile(np.arange(n), 2)
        return pd.DataFrame({"who": who, "when": np.repeat([1, 2], n), "y": [*first, *second]})

    def test_it_is_all_the_sign_flips(self):
        rng = np.random.default_rng(2)
        first, second = rng.integers(1, 5, 9), rng.integers(1, 5, 9)
        found = paired_change_test(self.data(first, second), "y", "who", "when")
        change = second - first
        flips = np.array(list(itertools.product([-1, 1], repeat=9))) @ change
        assert found.statistic == change.sum()
        assert found.p_value == pytest.approx(np.mean(np.abs(flips) >= abs(change.sum())))
        at = np.mean(np.abs(flips) == abs(change.sum()))
        assert found.mid_p_value == pytest.approx(found.p_value - at / 2)

    def test_with_two_levels_it_is_mcnemar(self):
        rng = np.random.default_rng(3)
        first, second = rng.integers(0, 2, 30), np.minimum(1, rng.integers(0, 3, 30))
        up, down = (second > first).sum(), (second < first).sum()
        exact = stats.binomtest(up, up + down).pvalue
        for steps in ("levels", "sign"):
            found = paired_change_test(self.data(first, second), "y", "who", "when", steps)
            assert found.p_value == pytest.approx(exact)
            assert (found.n_up, found.n_down, found.n_same) == (up, down, 30 - up - down)

    def test_sign_is_the_sign_test(self):
        found = paired_change_test(
            self.data([1, 1, 2, 3, 2], [4, 2, 3, 1, 3]), "y", "who", "when", "sign"
        )
        assert found.p_value == pytest.approx(stats.binomtest(4, 5).pvalue)
        assert "4 up, 1 down" in repr(found)

    def test_the_score_is_that_of_fixed_effects_at_no_change(self):
        data = self.data([1, 1, 2, 3, 2], [4, 2, 3, 1, 3])
        model = FixedEffectsOrderedLogit.from_formula("y ~ when", data, groups="who")
        net = paired_change_test(data, "y", "who", "when").statistic
        assert model.score([0.0])[0] == pytest.approx(net / 2)

    def test_categories_come_in_their_order(self):
        data = self.data([1, 1, 2], [2, 3, 3])
        named = data["when"].map({1: "before", 2: "after"})
        in_order = data.assign(when=pd.Categorical(named, ["before", "after"]))
        found = paired_change_test(in_order, "y", "who", "when")
        assert (found.n_up, found.n_down, found.order) == (3, 0, "before to after")
        turned = data.assign(when=pd.Categorical(named, ["after", "before"]))
        assert paired_change_test(turned, "y", "who", "when").n_down == 3
        with pytest.raises(ModelError, match="'when' is text"):
            paired_change_test(data.assign(when=named), "y", "who", "when")

    def test_subjects_with_one_row_are_counted(self):
        data = self.data([1, 1, 2, 1], [2, 3, 3, 2])
        found = paired_change_test(data.iloc[:-1], "y", "who", "when")
        assert (found.n_up, found.n_single) == (3, 1)
        assert "1 left out with one row" in repr(found)
        assert found.summary_frame()["p_value"].tolist() == [found.p_value]

    def test_rows_may_come_in_any_order(self):
        data = self.data([1, 1, 2, 3, 2], [4, 2, 3, 1, 3])
        shuffled = data.sample(frac=1.0, random_state=1)
        assert paired_change_test(shuffled, "y", "who", "when") == paired_change_test(
            data, "y", "who", "when"
        )

    def test_bad_input(self):
        data = self.data([1, 1, 2], [2, 1, 2])
        for changes, match in (
            ({"who": 1}, "more than two rows"),
            ({"when": 1}, "two rows of one time"),
            ({"y": [1, 2, 3, 1, 2, 3]}, "no subject has changed"),
            ({"who": data["who"].where(data.index > 0)}, "missing in 1 rows"),
        ):
            with pytest.raises(ModelError, match=match):
                paired_change_test(data.assign(**changes), "y", "who", "when")
        with pytest.raises(ModelError, match="no column"):
            paired_change_test(data, "y", "who", "year")
        with pytest.raises(ModelError, match="not known"):
            paired_change_test(data, "y", "who", "when", "rank")
