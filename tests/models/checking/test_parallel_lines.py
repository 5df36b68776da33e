"""Tests of parallel lines against R, against each other, and where they cannot be made."""

from __future__ import annotations

import json
import warnings
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import probstats as ps
from probstats.errors import (
    ConvergenceWarning,
    CrossingWarning,
    ModelError,
    SeparationWarning,
    SparseWarning,
)
from probstats.models.checking.lines import level_counts, lines_of
from probstats.models.checking.replicates import statistics_of

REFERENCE = Path(__file__).parents[2] / "reference"
METHODS = ("lr", "score", "wald", "wolfe-gould", "brant")
ANY_FIT = ("lr", "score", "wald")


def read(name):
    return json.loads((REFERENCE / name).read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def from_r():
    return read("checking_parallel_lines.json")


@pytest.fixture(scope="module")
def gof():
    return pd.read_csv(REFERENCE / "gof.csv").astype({"g": "category", "s": "category"})


@pytest.fixture(scope="module")
def simulated():
    return pd.read_csv(REFERENCE / "simulated.csv").astype({"g": "category"})


@pytest.fixture(scope="module")
def cells():
    levels = ["Low", "Medium", "High"]
    frame = pd.read_csv(REFERENCE / "housing.csv")
    return frame.assign(
        Sat=pd.Categorical(frame["Sat"], levels, ordered=True),
        Infl=pd.Categorical(frame["Infl"], levels),
        Type=pd.Categorical(frame["Type"], ["Tower", "Apartment", "Atrium", "Terrace"]),
        Cont=pd.Categorical(frame["Cont"], ["Low", "High"]),
    )


@pytest.fixture
def wine3(wine):
    return wine.assign(rating=wine["rating"].astype(int).map({1: 1, 2: 1, 3: 2, 4: 3, 5: 3}))


def fit(formula, data, **options):
    return ps.CumulativeLinkModel.from_formula(formula, data, **options).fit()


def quiet(fitted, method, **options):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SparseWarning)
        return ps.parallel_lines_test(fitted, method, **options)


def check(found, expected, rtol=1e-9):
    assert found.table.index.tolist() == expected["term"]
    assert found.table["df"].tolist() == expected["df"]
    np.testing.assert_allclose(found.table["statistic"], expected["statistic"], rtol=rtol)
    np.testing.assert_allclose(found.table["p_value"], expected["p_value"], rtol=rtol)


class TestAgainstR:
    @pytest.mark.parametrize(("method", "key"), [
        ("score", "score"), ("wolfe-gould", "wolfe_gould"), ("brant", "brant"),
    ])  # fmt: skip
    def test_logits(self, gof, cells, wine3, simulated, from_r, method, key):
        fits = {
            "gof": fit("y ~ x + g + s", gof),
            "housing": fit("Sat ~ Infl + Type + Cont", cells, weights="Freq"),
            "wine3": fit("rating ~ temp + contact", wine3),
            "sim_weights": fit("y4 ~ x + g", simulated, weights="u"),
        }
        for name, fitted in fits.items():
            check(quiet(fitted, method), from_r["lines"][name][key])

    @pytest.mark.parametrize("link", ["probit", "cloglog", "loglog"])
    def test_other_links(self, gof, from_r, link):
        fitted = fit("y ~ x + g + s", gof, link=link)
        expected = from_r["lines"][f"gof_{link}"]
        check(ps.parallel_lines_test(fitted, "score"), expected["score"])
        if link != "loglog":
            check(ps.parallel_lines_test(fitted, "wolfe-gould"), expected["wolfe_gould"])

    def test_weights_with_another_link(self, cells, from_r):
        fitted = fit("Sat ~ Infl + Type + Cont", cells, link="probit", weights="Freq")
        expected = from_r["lines"]["housing_probit"]
        check(ps.parallel_lines_test(fitted, "score"), expected["score"])
        check(ps.parallel_lines_test(fitted, "wolfe-gould"), expected["wolfe_gould"])

    def test_offsets(self, simulated, from_r):
        fitted = fit("y4 ~ x + g", simulated, offset="off")
        expected = from_r["lines"]["sim_offset"]
        check(quiet(fitted, "score"), expected["score"])
        check(quiet(fitted, "wolfe-gould"), expected["wolfe_gould"])

    def test_a_score_where_binary_splits_separate(self, wine, from_r):
        check(
            quiet(fit("rating ~ temp + contact", wine), "score"), from_r["lines"]["wine"]["score"]
        )

    def test_brant_of_the_housing_data(self, cells, wine3, from_r):
        """8.534494 on 6 degrees of freedom; a block left untransposed gives 8.5330."""
        reference = read("reference.json")
        columns = fit("Sat ~ Infl + Type + Cont", cells, weights="Freq")
        found = ps.parallel_lines_test(columns, "brant")
        omnibus = reference["housing_brant"]["omnibus"]
        np.testing.assert_allclose([found.statistic, found.df, found.p_value], omnibus, rtol=1e-9)
        np.testing.assert_allclose(found.statistic, 8.534494, atol=5e-7)
        three = quiet(fit("rating ~ temp + contact", wine3), "brant")
        expected = reference["wine3_brant"]
        np.testing.assert_allclose(three.statistic, expected["omnibus"][0], rtol=1e-9)
        np.testing.assert_allclose(
            three.table["statistic"].iloc[1:], [row[0] for row in expected["per_term"]], rtol=1e-9
        )

    def test_brant_column_by_column_is_that_of_car(self, gof, from_r):
        exog = pd.get_dummies(gof[["x", "g", "s"]], drop_first=True, dtype=float)
        found = ps.parallel_lines_test(ps.CumulativeLinkModel(gof["y"], exog).fit(), "brant")
        columns = from_r["car_brant"]["gof"]["columns"]
        np.testing.assert_allclose(found.table["statistic"].iloc[1:], columns, rtol=1e-7)

    def test_lr_is_nominal_test(self, cells):
        fitted = fit("Sat ~ Infl + Type + Cont", cells, weights="Freq")
        table, terms = ps.parallel_lines_test(fitted, "lr").table, ps.nominal_test(fitted)
        for name in ("statistic", "df", "p_value"):
            assert table[name].iloc[1:].tolist() == terms[name].tolist()
        larger = fit("Sat ~ 1", cells, nominal="~ Infl + Type + Cont", weights="Freq")
        gain = ps.likelihood_ratio_test(fitted, larger)
        np.testing.assert_allclose(table["statistic"].iloc[0], gain.statistic, rtol=1e-9)


class TestWald:
    def test_is_that_of_the_larger_fit(self, gof):
        table = ps.parallel_lines_test(fit("y ~ x + s", gof), "wald").table
        large = fit("y ~ 1", gof, nominal="~ x + s")
        pairs = {term: [f"1|2:{c} = 2|3:{c}", f"2|3:{c} = 3|4:{c}"]
                 for term, c in (("x", "x"), ("s", "s[yes]"))}  # fmt: skip
        pairs["overall"] = pairs["x"] + pairs["s"]
        for term, constraints in pairs.items():
            expected = large.wald_test(", ".join(constraints))
            np.testing.assert_allclose(table.loc[term, "statistic"], expected.statistic, rtol=1e-8)
            np.testing.assert_allclose(table.loc[term, "p_value"], expected.pvalue, rtol=1e-8)

    def test_keeps_robust_errors(self, gof):
        model = ps.CumulativeLinkModel.from_formula("y ~ x", gof)
        large = ps.CumulativeLinkModel.from_formula("y ~ 1", gof, nominal="~ x")
        constraint = "1|2:x = 2|3:x, 2|3:x = 3|4:x"
        found = ps.parallel_lines_test(model.fit(cov_type="HC1"), "wald")
        expected = large.fit(cov_type="HC1").wald_test(constraint)
        np.testing.assert_allclose(found.statistic, expected.statistic, rtol=1e-8)
        assert "df_denom" not in found.table

    def test_keeps_clusters_with_an_f_statistic(self, wine):
        clusters = {"cov_type": "cluster", "cov_kwds": {"groups": "judge"}}
        small = ps.CumulativeLinkModel.from_formula("rating ~ contact", wine).fit(**clusters)
        large = ps.CumulativeLinkModel.from_formula("rating ~ 1", wine, nominal="~ contact")
        names = [f"{t}:contact[yes]" for t in ("1|2", "2|3", "3|4", "4|5")]
        constraint = ", ".join(f"{a} = {b}" for a, b in pairwise(names))
        expected = large.fit(**clusters).wald_test(constraint)
        row = quiet(small, "wald").table.loc["contact"]
        np.testing.assert_allclose(row["statistic"], expected.statistic, rtol=1e-8)
        np.testing.assert_allclose(row["p_value"], expected.pvalue, rtol=1e-8)
        assert row["df_denom"] == 8

    def test_clusters_of_rows_that_say_nothing(self, wine):
        data = wine.assign(low=wine["rating"], high=wine["rating"])
        data.loc[[3, 40], "low"], data.loc[[3, 40], "high"] = 1, 5
        clusters = {"cov_type": "cluster", "cov_kwds": {"groups": "judge"}}
        known = data.drop(index=[3, 40])
        full = ps.CumulativeLinkModel.from_formula("interval(low, high) ~ contact", data)
        part = ps.CumulativeLinkModel.from_formula("rating ~ contact", known)
        one, other = quiet(full.fit(**clusters), "wald"), quiet(part.fit(**clusters), "wald")
        np.testing.assert_allclose(one.statistic, other.statistic, rtol=1e-7)

    def test_a_separated_term_is_missing_and_the_others_are_not(self, wine):
        with pytest.warns(SparseWarning):
            table = ps.parallel_lines_test(fit("rating ~ temp + contact", wine), "wald").table
        assert table["statistic"].isna().tolist() == [True, True, False]
        assert "no finite estimate" in table.loc["temp", "trouble"]
        alone = quiet(fit("rating ~ contact", wine), "wald").table.loc["contact", "statistic"]
        assert abs(alone - table.loc["contact", "statistic"]) < 1.0


@pytest.mark.parametrize("method", METHODS)
class TestInvariance:
    def test_a_weight_of_two_is_two_rows(self, gof, method):
        some = gof.iloc[:200]
        twice = some.loc[some.index.repeat(2)].reset_index(drop=True)
        weighted = fit("y ~ x + s", some, weights=np.full(len(some), 2.0))
        one, other = quiet(weighted, method), quiet(fit("y ~ x + s", twice), method)
        np.testing.assert_allclose(one.table["statistic"], other.table["statistic"], rtol=1e-7)
        np.testing.assert_allclose(one.expected, other.expected, rtol=1e-6)

    def test_the_unit_and_the_origin_of_a_covariate(self, gof, method):
        moved = gof.assign(x=2000.0 + 30.0 * gof["x"])
        one, other = (quiet(fit("y ~ x + s", data), method) for data in (gof, moved))
        np.testing.assert_allclose(one.table["statistic"], other.table["statistic"], rtol=1e-6)

    def test_the_coding_of_a_factor(self, gof, method):
        one = quiet(fit("y ~ x + g", gof), method)
        other = quiet(fit("y ~ x + C(g, Treatment('c'))", gof), method)
        np.testing.assert_allclose(
            one.table["statistic"].to_numpy(), other.table["statistic"].to_numpy(), rtol=1e-7
        )

    def test_large_samples_agree(self, method):
        """All five are about the same thing."""
        rng = np.random.default_rng(5)
        x, z = rng.normal(size=8_000), rng.integers(0, 2, 8_000)
        bounds = np.array([-1.0, 0.4, 1.6]) - np.outer(x, [0.5] * 3) - np.outer(z, [0.2, 0.4, 0.6])
        y = (rng.logistic(size=8_000)[:, None] > bounds).sum(axis=1)
        fitted = ps.CumulativeLinkModel(y, pd.DataFrame({"x": x, "z": z})).fit()
        found = ps.parallel_lines_test(fitted, method).table["statistic"]
        reference = ps.parallel_lines_test(fitted, "lr").table["statistic"]
        np.testing.assert_allclose(found, reference, atol=1.0, rtol=0.08)
        assert found["z"] > stats.chi2.isf(0.05, 2)

    def test_the_statistics_of_the_kernel_are_the_same(self, gof, method):
        """Replicates of a bootstrap are computed by the kernel alone."""
        fitted = fit("y ~ x + g + s", gof)
        lines = lines_of(fitted, {"x": [0], "g": [1, 2], "s": [3]})
        values = statistics_of(lines, method, level_counts(lines.rows).astype(int))
        found = ps.parallel_lines_test(fitted, method).table["statistic"]
        np.testing.assert_allclose(values, found, rtol=1e-7)


@pytest.mark.parametrize("method", ANY_FIT)
class TestAnyFit:
    @pytest.mark.parametrize("link", ["logit", "probit", "cloglog", "loglog", "cauchit"])
    def test_beside_nominal_and_scale_effects(self, gof, link, method):
        fitted = fit("y ~ x + g", gof, link=link, nominal="~ s", scale="~ x")
        found = ps.parallel_lines_test(fitted, method)
        assert found.table["df"].tolist() == [6, 2, 4]
        assert found.table["statistic"].between(0.0, 30.0).all()
        assert found.notes == ("Not tested, because their effects are nominal already: s.",)
        assert found.notes[0] in repr(found)
        large = fit("y ~ 1", gof, link=link, nominal="~ s + x + g", scale="~ x")
        gain = 2.0 * (large.llf - fitted.llf)
        near = {"rtol": 1e-7} if method == "lr" else {"rtol": 0.35, "atol": 0.5}
        np.testing.assert_allclose(found.statistic, gain, **near)

    def test_structured_thresholds(self, gof, method):
        fitted = fit("y ~ x + s", gof, threshold="equidistant")
        found = ps.parallel_lines_test(fitted, method)
        assert found.table["df"].tolist() == [2, 1, 1]
        large = fit("y ~ 1", gof, nominal="~ x + s", threshold="equidistant")
        near = {"rtol": 1e-8} if method == "lr" else {"atol": 0.1}
        np.testing.assert_allclose(found.statistic, 2 * (large.llf - fitted.llf), **near)
        if method == "wald":
            expected = large.wald_test("spacing:x = 0, spacing:s[yes] = 0").statistic
            np.testing.assert_allclose(found.statistic, expected, rtol=1e-8)

    def test_some_terms_only(self, gof, method):
        found = ps.parallel_lines_test(fit("y ~ x + g + s", gof), method, terms=["s", "x"])
        assert found.table.index.tolist() == ["overall", "s", "x"]
        assert found.df == 4
        large = fit("y ~ g", gof, nominal="~ x + s")
        gain = 2.0 * (large.llf - fit("y ~ x + g + s", gof).llf)
        near = {"rtol": 1e-8} if method == "lr" else {"rtol": 0.2}
        np.testing.assert_allclose(found.statistic, gain, **near)

    def test_one_term_is_overall(self, gof, method):
        table = ps.parallel_lines_test(fit("y ~ x", gof), method).table
        assert table.index.tolist() == ["overall", "x"]
        np.testing.assert_allclose(
            table["statistic"].iloc[0], table["statistic"].iloc[1], rtol=1e-9
        )


@pytest.mark.parametrize("method", ["wolfe-gould", "brant"])
class TestBinarySplits:
    def test_some_terms_only(self, gof, method):
        fitted = fit("y ~ x + g + s", gof)
        full = ps.parallel_lines_test(fitted, method).table
        some = ps.parallel_lines_test(fitted, method, terms="s").table
        np.testing.assert_allclose(
            some["statistic"].to_numpy(), full.loc[["s", "s"], "statistic"].to_numpy(), rtol=1e-9
        )

    def test_separation_names_split_column_and_counts(self, wine, method):
        with pytest.raises(ModelError) as error:
            ps.parallel_lines_test(fit("rating ~ temp + contact", wine), method)
        sentence = str(error.value)
        assert (
            "the split 4|5 is separated by temp[warm]: above it lie 0 of 36 rows with " in sentence
        )
        assert "temp[warm] = 0 and 7 of 36 rows with temp[warm] = 1" in sentence
        assert "the split 1|2 is separated by temp[warm]: above it lie 31 of 36 rows" in sentence

    @pytest.mark.parametrize(
        ("options", "sentence"),
        [
            ({"nominal": "~ s"}, "the fit has nominal effects"),
            ({"scale": "~ s"}, "the fit has scale effects"),
            ({"threshold": "equidistant"}, "threshold='equidistant'"),
        ],
    )
    def test_only_plain_fits(self, gof, method, options, sentence):
        with pytest.raises(ModelError, match=sentence):
            ps.parallel_lines_test(fit("y ~ x", gof, **options), method)


def test_lines_of_binary_models_that_cross_are_said():
    """Fitted one by one, the splits of few rows need not keep their order."""
    rng = np.random.default_rng(0)
    for _ in range(200):
        x = rng.normal(size=25)
        y = np.clip(np.round(x * rng.normal() + 2.5 + rng.normal(size=25)), 1, 4)
        if len(np.unique(y)) < 4:
            continue
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            fitted = ps.CumulativeLinkModel(y, x).fit()
            try:
                found = ps.parallel_lines_test(fitted, "wolfe-gould")
            except ModelError:
                continue
        if np.isnan(found.statistic):
            assert "cross" in found.trouble
            assert np.isnan(found.p_value)
            return
    raise AssertionError("no data set with lines that cross")


class TestSparseCells:
    def test_are_warned_of_and_in_the_table(self, wine):
        with pytest.warns(
            SparseWarning, match="expected counts below 5 in 9 of 20 cells: 0.46 at 1"
        ):
            found = ps.parallel_lines_test(fit("rating ~ temp + contact", wine), "score")
        assert "below 5 in 5 of 10 cells" in found.table.loc["temp", "trouble"]
        assert "below 5 in 4 of 10 cells" in found.table.loc["contact", "trouble"]
        assert found.trouble in repr(found)
        assert found.expected.shape == (4, 5)
        np.testing.assert_allclose(found.expected.loc["temp"].sum(axis=1), [36.0, 36.0])

    def test_are_not_warned_of_beside_a_bootstrap(self, wine):
        fitted = fit("rating ~ contact", wine)
        found = ps.parallel_lines_test(fitted, "score", n_bootstrap=20, rng=1)
        assert "expected counts below 5" in found.trouble

    def test_no_word_where_cells_are_full(self, gof):
        found = ps.parallel_lines_test(fit("y ~ x + s", gof), "lr")
        assert (found.table["trouble"] == "").all()


class TestRefusals:
    @pytest.mark.parametrize("method", METHODS)
    def test_two_levels(self, gof, method):
        fitted = fit("y ~ x", gof.assign(y=gof["y"] > 2))
        with pytest.raises(ModelError, match="two levels and one threshold"):
            ps.parallel_lines_test(fitted, method)

    @pytest.mark.parametrize("method", METHODS)
    def test_thresholds_about_zero(self, gof, method):
        with pytest.raises(ModelError, match="fixes the middle"):
            ps.parallel_lines_test(fit("y ~ x", gof, threshold="symmetric2"), method)

    @pytest.mark.parametrize("method", ["score", "wolfe-gould", "brant"])
    def test_intervals_where_levels_must_be_known(self, gof, method):
        data = gof.assign(low=gof["y"].where(gof.index > 3, 1))
        fitted = fit("interval(low, y) ~ x", data)
        with pytest.raises(ModelError, match=r"within bounds only; use method='lr' or 'wald'"):
            ps.parallel_lines_test(fitted, method)
        assert np.isfinite(ps.parallel_lines_test(fitted, "lr").statistic)
        assert np.isfinite(ps.parallel_lines_test(fitted, "wald").statistic)

    @pytest.mark.parametrize("method", ["lr", "score", "wolfe-gould", "brant"])
    def test_robust_errors_but_by_wald(self, gof, method):
        fitted = ps.CumulativeLinkModel.from_formula("y ~ x", gof).fit(cov_type="HC0")
        with pytest.raises(ModelError, match="use a Wald test"):
            ps.parallel_lines_test(fitted, method)

    @pytest.mark.parametrize("link", ["probit", "cloglog", "loglog", "cauchit"])
    def test_brant_without_logits(self, gof, link):
        with pytest.raises(ModelError, match=f"the link is {link}"):
            ps.parallel_lines_test(fit("y ~ x", gof, link=link), "brant")

    @pytest.mark.parametrize("method", METHODS)
    def test_fits_that_stopped_early(self, gof, method):
        with pytest.warns(ConvergenceWarning):
            stopped = ps.CumulativeLinkModel.from_formula("y ~ x", gof).fit(maxiter=1)
        with pytest.raises(ModelError, match="did not converge"):
            ps.parallel_lines_test(stopped, method)

    @pytest.mark.parametrize("method", ["score", "wolfe-gould", "brant"])
    def test_separated_fits(self, method):
        data = pd.DataFrame({"y": [1, 1, 2, 2, 3, 3] * 5, "x": [0, 0, 0, 0, 1, 1] * 5})
        with pytest.warns(SeparationWarning):
            fitted = fit("y ~ x", data)
        with pytest.raises(ModelError, match="needs finite estimates, and the fit has none for x"):
            ps.parallel_lines_test(fitted, method)

    def test_a_fit_whose_thresholds_cross(self):
        rng = np.random.default_rng(0)
        x, u = rng.uniform(-2, 2, 60), rng.logistic(size=60)
        below, above = -0.5 - 1.2 * x, 0.3 + 1.2 * x
        between = np.where(below < above, 2, rng.choice([1, 3], 60))
        low, high = np.minimum(below, above), np.maximum(below, above)
        y = np.where(u > high, 3, np.where(u < low, 1, between))
        data = pd.DataFrame({"x": x, "y": y, "z": rng.normal(size=60)})
        with pytest.warns(ConvergenceWarning, match="thresholds cross"):
            fitted = fit("y ~ z", data, nominal="~ x")
        with pytest.raises(ModelError, match="thresholds of the fit cross at 2"):
            ps.parallel_lines_test(fitted, "score")
        with pytest.warns(CrossingWarning):
            assert "thresholds cross at 2" in quiet(fitted, "lr").trouble

    @pytest.mark.parametrize(
        ("options", "sentence"),
        [
            ({"method": "LR"}, "method='LR' is not known; choose one of lr, score"),
            ({"terms": "h"}, "'h' is no term of the location"),
            ({"terms": ["x", "s"]}, "'s' has nominal effects already"),
            ({"terms": []}, "no term to test"),
            ({"n_bootstrap": -1}, "must be 0 or more"),
            ({"n_bootstrap": 2.5}, "must be a whole number"),
            ({"n_bootstrap": True}, "must be a whole number"),
        ],
    )
    def test_arguments(self, gof, options, sentence):
        with pytest.raises(ModelError, match=sentence):
            ps.parallel_lines_test(fit("y ~ x + g", gof, nominal="~ s"), **options)

    def test_nothing_left_to_test(self, gof):
        with pytest.raises(ModelError, match="all terms have nominal effects already"):
            ps.parallel_lines_test(fit("y ~ 1", gof, nominal="~ s"))
        with pytest.raises(ModelError, match="no covariates"):
            ps.parallel_lines_test(fit("y ~ 1", gof))

    def test_a_term_called_overall(self, gof):
        with pytest.raises(ModelError, match="a term is called 'overall'"):
            ps.parallel_lines_test(fit("y ~ overall", gof.rename(columns={"x": "overall"})))


def test_it_prints_as_a_table(gof):
    found = ps.parallel_lines_test(fit("y ~ x + s", gof), "brant")
    assert repr(found).splitlines()[0] == "Test of parallel lines: Brant"
    assert f"{found.statistic:.4f}" in repr(found)
    pd.testing.assert_frame_equal(found.summary_frame(), found.table)
    assert np.isnan(found.p_bootstrap)


def rejections(n, draws, seed, effects=(0.5, 0.5, 0.5)):
    """Return how often each method rejects at 5 per cent, and could not be computed."""
    rng, df = np.random.default_rng(seed), 4
    values = np.full((draws, len(METHODS)), np.nan)
    for row in values:
        x, z = rng.normal(size=n), rng.integers(0, 2, n)
        bounds = np.array([-1.6, 0.2, 1.6]) - 0.7 * x[:, None] - np.outer(z, effects)
        y = (rng.logistic(size=n)[:, None] > bounds).sum(axis=1)
        if len(np.unique(y)) < 4:
            continue
        fitted = ps.CumulativeLinkModel(y, pd.DataFrame({"x": x, "z": z})).fit()
        lines = lines_of(fitted, {"x": [0], "z": [1]})
        counts = level_counts(lines.rows).astype(int)
        row[:] = [statistics_of(lines, method, counts)[0] for method in METHODS]
    rate = (values > stats.chi2.isf(0.05, df)).mean(axis=0)
    return dict(zip(METHODS, rate, strict=True)), np.isnan(values).mean(axis=0)


def test_size_and_power_are_about_right():
    size, missing = rejections(300, 40, seed=1)
    assert max(size.values()) < 0.05 + 4 * np.sqrt(0.05 * 0.95 / 40)
    assert missing.max() < 0.1
    power, _ = rejections(500, 20, seed=2, effects=(0.0, 0.8, 1.6))
    assert min(power.values()) > 0.8


@pytest.mark.slow
def test_size_at_500_rows_is_five_per_cent():
    size, missing = rejections(500, 2000, seed=3)
    assert missing.max() < 0.01
    error = np.sqrt(0.05 * 0.95 / 2000)
    for method, rate in size.items():
        assert abs(rate - 0.05) < 0.012 + 3 * error, (method, rate)
