"""Results: names on everything, predictions, tests, pickles."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import probstats
from probstats.errors import ModelError, SeparationWarning
from probstats.models import CumulativeLinkModel
from probstats.models.kernel.links import LINKS
from probstats.models.results import SHOWN

FORMULA = "rating ~ temp + contact"
NAMES = ["temp[warm]", "contact[yes]", "1|2", "2|3", "3|4", "4|5"]


@pytest.fixture
def fitted(wine):
    return CumulativeLinkModel.from_formula(FORMULA, wine).fit()


@pytest.fixture
def clustered(wine):
    model = CumulativeLinkModel.from_formula(FORMULA, wine)
    return model.fit(cov_type="cluster", cov_kwds={"groups": "judge"})


class TestNames:
    def test_every_array_is_labelled(self, fitted):
        for values in (fitted.params, fitted.bse, fitted.tvalues, fitted.pvalues):
            assert isinstance(values, pd.Series)
            assert values.index.tolist() == NAMES
        assert fitted.conf_int().index.tolist() == NAMES
        assert fitted.cov_params().index.tolist() == NAMES
        assert fitted.cov_params().columns.tolist() == NAMES

    def test_thresholds_are_the_last_parameters(self, fitted):
        assert fitted.thresholds.index.tolist() == NAMES[2:]
        pd.testing.assert_series_equal(fitted.thresholds, fitted.params[NAMES[2:]])
        assert (np.diff(fitted.thresholds) > 0).all()

    def test_thresholds_of_the_levels_are_the_thresholds_also_where_they_are_infinite(self, wine):
        plain = CumulativeLinkModel.from_formula(FORMULA, wine).fit()
        np.testing.assert_array_equal(plain.level_thresholds.loc["all"], plain.thresholds)
        with pytest.warns(SeparationWarning):
            lost = CumulativeLinkModel(wine["rating"], wine["rating"].cat.codes.to_numpy()).fit()
        assert np.isinf(lost.thresholds).all()
        np.testing.assert_array_equal(lost.level_thresholds.loc["all"], lost.thresholds)

    def test_numbers_of_the_fit(self, fitted):
        assert fitted.nobs == 72
        assert fitted.df_model == 2
        assert fitted.df_resid == 66
        assert fitted.converged is True
        assert fitted.diverging == []
        assert fitted.cov_type == "nonrobust"
        assert fitted.groups is None
        assert fitted.n_groups is None
        assert fitted.aic == pytest.approx(-2 * fitted.llf + 12)
        assert fitted.bic == pytest.approx(-2 * fitted.llf + 6 * np.log(72))

    def test_names_of_columns_that_are_no_text(self):
        rng = np.random.default_rng(0)
        exog = pd.DataFrame(rng.normal(size=(40, 2)), columns=[0, 2020])
        found = CumulativeLinkModel(rng.integers(0, 3, 40), exog).fit()
        assert found.params.index.tolist() == ["0", "2020", "0|1", "1|2"]
        pd.testing.assert_frame_equal(found.predict(exog), found.predict())

    def test_dir_is_short_and_true(self, fitted):
        assert dir(fitted) == sorted(SHOWN)
        assert len(dir(fitted)) < 60
        for name in dir(fitted):
            assert hasattr(fitted, name), name


class TestInference:
    def test_ratios_p_values_and_intervals(self, fitted):
        z = fitted.params / fitted.bse
        pd.testing.assert_series_equal(fitted.tvalues, z, check_names=False)
        np.testing.assert_allclose(fitted.pvalues, 2 * stats.norm.sf(np.abs(z)), rtol=1e-10)
        for alpha in (0.05, 0.1, 0.5):
            half = stats.norm.isf(alpha / 2) * fitted.bse
            limits = fitted.conf_int(alpha=alpha)
            np.testing.assert_allclose(limits[0], fitted.params - half, rtol=1e-12)
            np.testing.assert_allclose(limits[1], fitted.params + half, rtol=1e-12)

    def test_clusters_bring_a_t_reference(self, clustered):
        assert clustered.use_t
        assert clustered.n_groups == 9
        assert clustered.groups.name == "judge"
        assert clustered.cov_type == "cluster"
        p = 2 * stats.t.sf(np.abs(clustered.tvalues), 8)
        np.testing.assert_allclose(clustered.pvalues, p, rtol=1e-10)
        half = stats.t.isf(0.025, 8) * clustered.bse
        np.testing.assert_allclose(clustered.conf_int()[1], clustered.params + half, rtol=1e-12)
        assert clustered.df_resid == 66

    @pytest.mark.parametrize("name", NAMES)
    def test_t_test_by_name(self, fitted, name):
        found = fitted.t_test(f"{name} = 0")
        assert found.effect[0] == pytest.approx(fitted.params[name])
        assert found.sd[0, 0] == pytest.approx(fitted.bse[name])
        assert found.pvalue == pytest.approx(fitted.pvalues[name])

    def test_t_test_of_a_difference(self, fitted):
        found = fitted.t_test("temp[warm] - contact[yes] = 0")
        cov = fitted.cov_params().loc["temp[warm]", "contact[yes]"]
        variance = fitted.bse["temp[warm]"] ** 2 + fitted.bse["contact[yes]"] ** 2 - 2 * cov
        assert found.sd[0, 0] == pytest.approx(np.sqrt(variance))

    def test_t_test_with_clusters(self, clustered):
        found = clustered.t_test("temp[warm] = 0")
        assert found.pvalue == pytest.approx(clustered.pvalues["temp[warm]"])
        np.testing.assert_allclose(found.conf_int()[0], clustered.conf_int().loc["temp[warm]"])

    def test_wald_test_of_both_covariates(self, fitted):
        found = fitted.wald_test("temp[warm] = 0, contact[yes] = 0", scalar=True)
        b = fitted.params[NAMES[:2]]
        cov = fitted.cov_params().loc[NAMES[:2], NAMES[:2]]
        statistic = b @ np.linalg.solve(cov, b)
        assert found.statistic == pytest.approx(statistic)
        assert found.pvalue == pytest.approx(stats.chi2.sf(statistic, 2))
        by_matrix = fitted.wald_test(np.eye(6)[:2], scalar=True)
        assert by_matrix.statistic == pytest.approx(statistic)

    def test_wald_test_with_clusters_is_an_f_test(self, clustered):
        found = clustered.wald_test(np.eye(6)[:2], scalar=True)
        b = clustered.params[NAMES[:2]]
        statistic = b @ np.linalg.solve(clustered.cov_params().loc[NAMES[:2], NAMES[:2]], b) / 2
        assert found.statistic == pytest.approx(statistic)
        assert found.df_denom == 8
        assert found.pvalue == pytest.approx(stats.f.sf(statistic, 2, 8))


class TestPredictionsAgainstR:
    def test_probabilities(self, fitted, reference):
        theirs = reference["wine_predict"]
        new = pd.DataFrame({"temp": theirs["temp"], "contact": theirs["contact"]})
        found = fitted.predict(new)
        assert found.columns.tolist() == [1, 2, 3, 4, 5]
        np.testing.assert_allclose(found, theirs["fit"], rtol=1e-10)

    def test_cumulative_probabilities(self, fitted, reference, wine):
        cumulative = fitted.predict(which="cumprob").to_numpy()
        with_zero = np.column_stack([np.zeros(72), cumulative])
        rows, level = np.arange(72), wine["rating"].cat.codes.to_numpy()
        theirs = reference["wine_cumprob"]
        np.testing.assert_allclose(with_zero[rows, level + 1], theirs["cprob1"], rtol=1e-10)
        np.testing.assert_allclose(with_zero[rows, level], theirs["cprob2"], rtol=1e-10, atol=1e-12)

    def test_linear_predictor(self, fitted, reference, wine):
        # R gives theta_j - x'b on both sides of the level, with 1e5 for infinity.
        edges = np.concatenate([[-np.inf], fitted.thresholds, [np.inf]])
        level, linear = wine["rating"].cat.codes.to_numpy(), fitted.predict(which="linpred")
        for number, shift in (("eta1", 1), ("eta2", 0)):
            found = edges[level + shift] - linear.to_numpy()
            theirs = np.array(reference["wine_linpred"][number])
            inner = np.isfinite(found)
            assert (np.abs(theirs[~inner]) > 9e4).all()
            np.testing.assert_allclose(found[inner], theirs[inner], rtol=1e-10)


class TestPredict:
    @pytest.mark.parametrize("link", LINKS)
    def test_probabilities_sum_to_one_and_cumulate(self, wine, link):
        found = CumulativeLinkModel.from_formula(FORMULA, wine, link=link).fit()
        probabilities, cumulative = found.predict(), found.predict(which="cumprob")
        np.testing.assert_allclose(probabilities.sum(axis=1), 1.0, rtol=1e-14)
        np.testing.assert_allclose(probabilities.cumsum(axis=1), cumulative, rtol=1e-12)
        rows, level = np.arange(72), wine["rating"].cat.codes
        likelihood = np.log(probabilities.to_numpy()[rows, level]).sum()
        assert likelihood == pytest.approx(found.llf, rel=1e-12)

    @pytest.mark.parametrize("link", LINKS)
    def test_far_from_the_data(self, link):
        rng = np.random.default_rng(0)
        found = CumulativeLinkModel(rng.integers(0, 4, 60), rng.normal(size=60), link=link).fit()
        far = found.predict([-1e9, -1e3, 0.0, 1e3, 1e9])
        assert np.isfinite(far).all(axis=None)
        np.testing.assert_allclose(far.sum(axis=1), 1.0, rtol=1e-12)
        assert np.isfinite(found.predict([-1e9, 1e9], which="cumprob")).all(axis=None)

    def test_the_rows_of_the_fit_keep_their_index(self, wine):
        wine.index = [f"glass {number}" for number in range(72)]
        wine.loc["glass 3", "temp"] = None
        found = CumulativeLinkModel.from_formula(FORMULA, wine).fit()
        kept = wine.index.drop("glass 3")
        assert found.predict().index.equals(kept)
        assert found.predict(which="cumprob").index.equals(kept)
        assert found.predict(which="linpred").index.equals(kept)
        assert found.predict(which="linpred").name == "linpred"

    def test_new_data_with_missing_values(self, fitted):
        new = pd.DataFrame(
            {"temp": ["warm", None, "cold"], "contact": ["yes", "yes", None], "other": 1},
            index=["a", "b", "c"],
        )
        for which in ("prob", "cumprob"):
            found = fitted.predict(new, which=which)
            assert found.index.tolist() == ["a", "b", "c"]
            assert found.loc["a"].notna().all()
            assert found.loc[["b", "c"]].isna().all(axis=None)
        assert fitted.predict(new, which="linpred").isna().tolist() == [False, True, True]
        assert fitted.predict(new[:0]).shape == (0, 5)

    @pytest.mark.parametrize("link", LINKS)
    def test_missing_values_in_a_design_matrix(self, link):
        rng = np.random.default_rng(0)
        found = CumulativeLinkModel(rng.integers(0, 4, 60), rng.normal(size=60), link=link).fit()
        predicted = found.predict([1.0, np.nan])
        assert predicted.isna().all(axis=1).tolist() == [False, True]

    def test_predictions_of_the_rows_of_the_fit(self, fitted, wine):
        pd.testing.assert_frame_equal(fitted.predict(), fitted.predict(wine))

    def test_columns_of_a_design_matrix_are_matched_by_name(self, wine):
        exog = pd.DataFrame({"a": wine["row"] % 5, "b": wine["row"] % 7})
        found = CumulativeLinkModel(wine["rating"], exog).fit()
        turned = exog[["b", "a"]].assign(c=0)
        pd.testing.assert_frame_equal(found.predict(turned), found.predict())
        np.testing.assert_array_equal(found.predict(exog.to_numpy()), found.predict())

    @pytest.mark.parametrize(
        ("new", "message"),
        [
            (pd.DataFrame({"temp": ["hot"], "contact": ["no"]}), "'temp' has 'hot', which the fit"),
            (pd.DataFrame({"temp": ["warm"]}), "names column 'contact', which the data do not"),
            (np.ones((2, 2)), "needs a data frame"),
        ],
    )
    def test_errors_with_a_formula(self, fitted, new, message):
        with pytest.raises(ModelError, match=message):
            fitted.predict(new)

    def test_errors_without_a_formula(self, wine):
        found = CumulativeLinkModel(wine["rating"], wine[["bottle", "judge"]]).fit()
        with pytest.raises(ModelError, match="the new data have no column judge"):
            found.predict(wine[["bottle"]])
        with pytest.raises(ModelError, match=r"shape \(2, 3\) do not match 2 covariates"):
            found.predict(np.zeros((2, 3)))

    def test_unknown_kind(self, fitted):
        message = "which='odds' is not known; choose one of prob, cumprob, linpred, class, mean"
        with pytest.raises(ModelError, match=message):
            fitted.predict(which="odds")

    def test_the_most_probable_level(self, fitted, wine):
        found = fitted.predict(wine, which="class")
        pd.testing.assert_series_equal(
            found.astype(int), fitted.predict().idxmax(axis=1), check_names=False
        )
        assert found.cat.categories.tolist() == [1, 2, 3, 4, 5]
        assert found.cat.ordered
        missing = fitted.predict(wine[:2].assign(temp=[None, "warm"]), which="class")
        assert missing.isna().tolist() == [True, False]

    def test_the_mean_counts_by_the_levels_where_they_are_numbers(self, wine):
        for levels, scores in (([1, 2, 3, 4, 10], [1, 2, 3, 4, 10]), (list("abcde"), range(1, 6))):
            renamed = wine.assign(rating=wine["rating"].cat.rename_categories(levels))
            found = CumulativeLinkModel.from_formula(FORMULA, renamed).fit()
            expected = found.predict().to_numpy() @ np.array(scores)
            np.testing.assert_allclose(found.predict(which="mean"), expected, rtol=1e-14)


class TestCopies:
    def fits(self, wine):
        by_formula = CumulativeLinkModel.from_formula("rating ~ temp * scale(row)", wine)
        arrays = CumulativeLinkModel(wine["rating"], wine[["row"]], link="cloglog")
        yield by_formula.fit(cov_type="cluster", cov_kwds={"groups": "judge"})
        yield arrays.fit(cov_type="HC0")

    @pytest.mark.parametrize("make", [lambda x: pickle.loads(pickle.dumps(x)), copy.deepcopy])
    def test_copies_do_all_that_the_original_does(self, wine, make):
        for original in self.fits(wine):
            again = make(original)
            pd.testing.assert_series_equal(again.params, original.params)
            pd.testing.assert_frame_equal(again.cov_params(), original.cov_params())
            pd.testing.assert_frame_equal(again.predict(wine), original.predict(wine))
            pd.testing.assert_frame_equal(again.predict(), original.predict())
            assert again.summary().as_text() == original.summary().as_text()
            assert again.llf == original.llf
            pd.testing.assert_series_equal(again.model.fit().params, original.params, rtol=1e-9)

    def test_save(self, wine, tmp_path):
        for original in self.fits(wine):
            original.save(str(tmp_path / "fit.pickle"))
            again = pickle.loads((tmp_path / "fit.pickle").read_bytes())
            pd.testing.assert_frame_equal(again.predict(wine), original.predict(wine))

    def test_a_model_before_its_fit(self, wine):
        model = CumulativeLinkModel.from_formula(FORMULA, wine)
        again = pickle.loads(pickle.dumps(model))
        pd.testing.assert_series_equal(again.fit().params, model.fit().params)


def test_the_model_is_offered_by_the_package():
    assert probstats.CumulativeLinkModel is CumulativeLinkModel


class TestWhatIsPrinted:
    def test_a_fit_says_what_it_is_in_a_line(self, wine):
        found = CumulativeLinkModel.from_formula("rating ~ temp", wine).fit()
        assert repr(found) == "<CumulativeLinkResults: rating ~ temp, logit, 72 rows, converged>"
        assert repr(found.model) == "<CumulativeLinkModel: rating ~ temp, logit, 72 rows>"
        assert found._repr_html_() == found.summary().as_html()
        assert found.model.param_names == found.params.index.tolist()

    def test_predictions_and_margins_print_their_tables(self, wine):
        found = CumulativeLinkModel.from_formula("rating ~ temp", wine).fit()
        predicted = found.get_prediction(wine.head(1))
        assert repr(predicted) == str(predicted.summary_frame())
        assert repr(found.get_margeff()) == str(found.get_margeff().summary())

    @pytest.mark.parametrize("alpha", ["profile", 0.0, 95])
    def test_alpha_must_be_a_share(self, wine, alpha):
        found = CumulativeLinkModel.from_formula("rating ~ temp", wine).fit()
        for call in (found.conf_int, found.get_prediction().summary_frame):
            with pytest.raises(ModelError, match="must lie between 0 and 1"):
                call(alpha)
