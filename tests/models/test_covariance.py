"""Sandwich covariances against their definition and against R's sandwich and rms."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from probstats.errors import ModelError
from probstats.models import CumulativeLinkModel
from probstats.models.inference.covariance import (
    clustered,
    covariance,
    heteroscedastic,
    read_groups,
)

RNG = np.random.default_rng(8)
ONES = np.ones(30)
SCORES = RNG.normal(size=(30, 4))
INVERSE = np.linalg.inv(np.cov(RNG.normal(size=(4, 50))) * 30)
GROUPS = pd.Series(np.repeat(["a", "b", "c", "d", "e"], [1, 2, 7, 9, 11]))


def test_hc0_is_the_sum_over_rows():
    meat = sum(np.outer(score, score) for score in SCORES)
    expected = INVERSE @ meat @ INVERSE
    found = heteroscedastic(INVERSE, SCORES, ONES, correct=False)
    np.testing.assert_allclose(found, expected, rtol=1e-12)


def test_hc1_is_hc0_times_n_over_n_minus_q():
    hc0, hc1 = (heteroscedastic(INVERSE, SCORES, ONES, correct=c) for c in (False, True))
    np.testing.assert_allclose(hc1 / hc0, 30 / 26, rtol=1e-12)


@pytest.mark.parametrize("shuffled", [False, True])
def test_clusters_of_unequal_size_by_the_definition(shuffled):
    order = RNG.permutation(30) if shuffled else np.arange(30)
    groups, scores = GROUPS.iloc[order], SCORES[order]
    meat = np.zeros((4, 4))
    for name in "abcde":
        total = scores[(groups == name).to_numpy()].sum(axis=0)
        meat += np.outer(total, total)
    np.testing.assert_allclose(
        clustered(INVERSE, scores, ONES, groups), 5 / 4 * INVERSE @ meat @ INVERSE, rtol=1e-12
    )


def test_clusters_of_one_row_are_hc0_times_n_over_n_minus_1():
    found = clustered(INVERSE, SCORES, ONES, pd.Series(range(30)))
    expected = heteroscedastic(INVERSE, SCORES, ONES, correct=False) * 30 / 29
    np.testing.assert_allclose(found, expected, rtol=1e-12)


def test_labels_of_the_clusters_do_not_matter():
    as_numbers = GROUPS.map({"a": 9, "b": 3, "c": 7, "d": 0, "e": -1})
    as_categories = pd.Series(pd.Categorical(GROUPS, categories=list("edcbaz")))
    expected = clustered(INVERSE, SCORES, ONES, GROUPS)
    for groups in (as_numbers, as_categories):
        found = clustered(INVERSE, SCORES, ONES, groups)
        np.testing.assert_allclose(found, expected, rtol=1e-12)


@pytest.mark.parametrize("cov_type", ["HC0", "HC1", "cluster"])
def test_a_weight_is_a_number_of_equal_rows(cov_type):
    weights = np.resize([1, 2, 3, 0, 5], 30)
    repeated = np.repeat(np.arange(30), weights)
    groups = GROUPS if cov_type == "cluster" else None
    again = None if groups is None else groups.iloc[repeated]
    found = covariance(INVERSE, lambda: SCORES, weights.astype(float), cov_type, groups)
    ones = np.ones(len(repeated))
    expected = covariance(INVERSE, lambda: SCORES[repeated], ones, cov_type, again)
    np.testing.assert_allclose(found, expected, rtol=1e-12)


def test_plain_errors_need_no_scores():
    assert covariance(INVERSE, lambda: pytest.fail("scores"), ONES, "nonrobust", None) is INVERSE


class TestAgainstR:
    @pytest.fixture
    def model(self, wine):
        return CumulativeLinkModel.from_formula("rating ~ temp + contact", wine)

    @pytest.mark.parametrize(
        ("cov_type", "key", "factor"),
        [
            ("HC0", "se_HC0", 1.0),
            ("cluster", "se_cluster_judge_cadjust", 1.0),
            ("cluster", "se_cluster_judge_nocadjust", np.sqrt(9 / 8)),
        ],
    )
    def test_polr_with_sandwich(self, model, reference, our_name, cov_type, key, factor):
        theirs = reference["wine_polr_robust"]
        expected = {our_name(n): se for n, se in zip(theirs["names"], theirs[key], strict=True)}
        kwds = {"groups": "judge"} if cov_type == "cluster" else None
        bse = model.fit(cov_type=cov_type, cov_kwds=kwds).bse
        for name, value in expected.items():
            assert bse[name] == pytest.approx(factor * value, rel=1e-5), name

    def test_lrm_with_robcov(self, model, reference):
        theirs = reference["wine_lrm"]
        names = ["1|2", "2|3", "3|4", "4|5", "temp[warm]", "contact[yes]"]
        bse = model.fit(cov_type="cluster", cov_kwds={"groups": "judge"}).bse[names]
        expected = np.array(theirs["robust_se_cluster_judge"]) * np.sqrt(9 / 8)
        np.testing.assert_allclose(bse, expected, rtol=1e-5)


class TestOfFits:
    @pytest.fixture
    def model(self, wine):
        return CumulativeLinkModel.from_formula("rating ~ temp + contact", wine)

    def cov(self, model, cov_type, **kwds):
        return model.fit(cov_type=cov_type, cov_kwds=kwds or None).cov_params()

    def test_hc1(self, model):
        hc0, hc1 = self.cov(model, "HC0"), self.cov(model, "HC1")
        np.testing.assert_allclose(hc1, hc0 * 72 / 66, rtol=1e-12)

    def test_clusters_of_one_row(self, model):
        expected = self.cov(model, "HC0") * 72 / 71
        np.testing.assert_allclose(self.cov(model, "cluster", groups="row"), expected, rtol=1e-12)

    def test_all_ways_to_give_the_clusters(self, model, wine):
        expected = self.cov(model, "cluster", groups="judge")
        shuffled = wine["judge"].sample(frac=1, random_state=1)
        for groups in (wine["judge"], wine["judge"].to_numpy(), list(wine["judge"]), shuffled):
            np.testing.assert_array_equal(self.cov(model, "cluster", groups=groups), expected)

    def test_clusters_of_rows_with_missing_values_are_left_out(self, wine):
        wine["x"] = np.arange(72.0) % 5
        wine.loc[[3, 40], "x"] = np.nan
        holed = CumulativeLinkModel.from_formula("rating ~ temp + x", wine)
        whole = CumulativeLinkModel.from_formula("rating ~ temp + x", wine.drop([3, 40]))
        expected = self.cov(whole, "cluster", groups="judge")
        for groups in ("judge", wine["judge"], wine["judge"].drop([3, 40]).to_numpy()):
            np.testing.assert_array_equal(self.cov(holed, "cluster", groups=groups), expected)

    def test_an_index_with_repeated_labels(self, wine, model):
        expected = self.cov(model, "cluster", groups="judge")
        wine.index = np.resize([5, 6, 7], 72)
        repeated = CumulativeLinkModel.from_formula("rating ~ temp + contact", wine)
        for groups in ("judge", wine["judge"], list(wine["judge"])):
            np.testing.assert_array_equal(self.cov(repeated, "cluster", groups=groups), expected)

    def test_estimates_do_not_depend_on_the_covariance(self, model):
        plain = model.fit()
        for cov_type in ("HC0", "HC1"):
            pd.testing.assert_series_equal(model.fit(cov_type=cov_type).params, plain.params)

    @pytest.mark.parametrize("cov_type", ["nonrobust", "HC0", "HC1", "cluster"])
    def test_rows_that_say_nothing_change_no_error(self, wine, cov_type):
        codes = wine["rating"].cat.codes + 1
        silent = (wine["judge"] == 1).to_numpy()
        wine["low"], wine["high"] = codes.mask(silent, 1), codes.mask(silent, 5)
        formula = "interval(low, high) ~ temp + contact"
        found, expected = (
            self.cov(
                CumulativeLinkModel.from_formula(formula, rows),
                cov_type,
                **({"groups": "judge"} if cov_type == "cluster" else {}),
            )
            for rows in (wine, wine[~silent])
        )
        np.testing.assert_allclose(found, expected, rtol=1e-8)

    @pytest.mark.parametrize("cov_type", ["HC0", "HC1", "cluster"])
    def test_rows_of_weight_zero_change_no_error(self, wine, cov_type):
        weights = (wine["judge"] != 1).astype(float)
        kwds = {"groups": "judge"} if cov_type == "cluster" else {}
        weighted = CumulativeLinkModel.from_formula("rating ~ temp", wine, weights=weights)
        plain = CumulativeLinkModel.from_formula("rating ~ temp", wine[wine["judge"] != 1])
        found, expected = (self.cov(model, cov_type, **kwds) for model in (weighted, plain))
        np.testing.assert_allclose(found, expected, rtol=1e-10)

    @pytest.mark.parametrize("cov_type", ["HC0", "HC1"])
    def test_whole_weights_are_repeated_rows(self, wine, cov_type):
        weights = np.resize([1, 2, 3], 72)
        repeated = wine.loc[wine.index.repeat(weights)]
        one = CumulativeLinkModel.from_formula("rating ~ temp", wine, weights=weights)
        other = CumulativeLinkModel.from_formula("rating ~ temp", repeated)
        np.testing.assert_allclose(self.cov(one, cov_type), self.cov(other, cov_type), rtol=1e-9)


class TestGroups:
    index = pd.Index([10, 11, 12, 13])
    data = pd.DataFrame({"area": ["a", "a", "b", "b"]}, index=index)

    def read(self, groups):
        return read_groups(groups, self.index, self.data)

    def test_a_series_is_matched_by_its_index(self):
        series = pd.Series(list("zyxw"), index=[13, 12, 11, 10], name="area")
        assert self.read(series).tolist() == list("wxyz")
        assert self.read(series).name == "area"

    @pytest.mark.parametrize(
        ("groups", "message"),
        [
            ("region", "groups='region' is no column of the data"),
            ([1, 2, 3], r"groups has shape \(3,\); the fit used 4 rows: pass one value for each"),
            (np.eye(4), r"groups has shape \(4, 4\)"),
            (pd.Series([1, 2, 3, 4]), "index that does not match the rows used"),
            (pd.Series([1, 2, 3, 4], index=[10, 11, 12, 12]), "index that does not match"),
            ([1, np.nan, 2, 2], "groups are missing for 1 of the 4 rows used"),
            (["a", None, None, "b"], "groups are missing for 2 of the 4 rows used"),
            ([1, 1, 1, 1], "one cluster only; clustered errors need at least two"),
        ],
    )
    def test_errors(self, groups, message):
        with pytest.raises(ModelError, match=message):
            self.read(groups)

    def test_a_column_name_needs_data(self):
        with pytest.raises(ModelError, match="groups='area' is no column of the data"):
            read_groups("area", self.index, None)
