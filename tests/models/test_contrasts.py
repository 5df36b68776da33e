"""Tests of linear combinations of parameters."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from statsmodels.discrete.discrete_model import Logit

from probstats.errors import ModelError, SeparationWarning
from probstats.models import CumulativeLinkModel

NAMES = ["temp[warm]", "contact[yes]", "1|2", "2|3", "3|4", "4|5"]


@pytest.fixture
def fitted(wine):
    return CumulativeLinkModel.from_formula("rating ~ temp + contact", wine).fit()


@pytest.fixture
def clustered(wine):
    model = CumulativeLinkModel.from_formula("rating ~ temp + contact", wine)
    return model.fit(cov_type="cluster", cov_kwds={"groups": "judge"})


@pytest.fixture
def full(wine):
    """Location, scale and nominal effects at once."""
    wine = wine.assign(late=(wine["row"] % 3).astype(float))
    model = CumulativeLinkModel.from_formula(
        "rating ~ temp * late", wine, nominal="~ contact", scale="~ temp", link="probit"
    )
    return model.fit()


@pytest.fixture(scope="module")
def separated():
    """Everybody with g = 1 has the highest level; x is as it should be."""
    rng = np.random.default_rng(7)
    g = pd.Categorical.from_codes(np.resize([0, 1, 2], 90), ["a", "b", "c"])
    y = np.where(g == "c", 3, rng.integers(1, 4, 90))
    frame = pd.DataFrame({"y": y, "g": g, "x": rng.normal(size=90), "z": rng.normal(size=90)})
    with pytest.warns(SeparationWarning, match=r"g\[c\] goes to plus infinity"):
        return CumulativeLinkModel.from_formula("y ~ g + x * z", frame).fit()


class TestTTest:
    @pytest.mark.parametrize(
        ("text", "coefs", "value"),
        [
            ("temp[warm]", [1, 0, 0, 0, 0, 0], 0),
            ("temp[warm] = contact[yes]", [1, -1, 0, 0, 0, 0], 0),
            ("2 * temp[warm] - contact[yes] = 1.5", [2, -1, 0, 0, 0, 0], 1.5),
            ("2|3 - 1|2 = 2", [0, 0, -1, 1, 0, 0], 2),
        ],
    )
    def test_text_and_matrices_say_the_same(self, fitted, text, coefs, value):
        row = np.array(coefs, dtype=float)
        by_text, by_matrix = fitted.t_test(text), fitted.t_test((row[None, :], [value]))
        effect, error = row @ fitted.params, np.sqrt(row @ fitted.cov_params() @ row)
        z = (effect - value) / error
        for found in (by_text, by_matrix):
            assert np.ravel(found.effect) == pytest.approx([effect], rel=1e-12)
            assert np.ravel(found.sd) == pytest.approx([error], rel=1e-12)
            assert np.ravel(found.statistic) == pytest.approx([z], rel=1e-12)
            assert np.ravel(found.pvalue) == pytest.approx([2 * stats.norm.sf(abs(z))], rel=1e-9)

    def test_all_parameters_at_once_are_the_table_of_the_fit(self, full):
        found = full.t_test(np.eye(len(full.params)))
        np.testing.assert_allclose(found.effect, full.params, rtol=1e-14)
        np.testing.assert_allclose(found.sd, full.bse, rtol=1e-12)
        np.testing.assert_allclose(found.conf_int(), full.conf_int(), rtol=1e-12)

    def test_clusters_bring_a_t_reference(self, clustered):
        found = clustered.t_test("temp[warm] - contact[yes] = 0")
        t = (found.effect / found.sd.ravel()).item()
        assert found.pvalue.item() == pytest.approx(2 * stats.t.sf(abs(t), 8), rel=1e-10)

    def test_another_covariance(self, fitted, clustered):
        robust = clustered.cov_params().to_numpy()
        found = fitted.t_test("temp[warm]", cov_p=robust)
        assert found.sd.item() == pytest.approx(clustered.bse["temp[warm]"], rel=1e-12)

    def test_names_of_scale_and_nominal_effects(self, full):
        for name in full.params.index:
            found = full.t_test(f"{name} = 0")
            assert found.effect.item() == pytest.approx(full.params[name], rel=1e-12)


class TestWaldTest:
    def test_is_the_quadratic_form(self, full):
        names = ["1|2:contact[yes]", "2|3:contact[yes]", "3|4:contact[yes]", "4|5:contact[yes]"]
        found = full.wald_test(", ".join(f"{name} = 0" for name in names))
        b, v = full.params[names], full.cov_params().loc[names, names]
        statistic = b @ np.linalg.solve(v, b)
        assert float(found.statistic) == pytest.approx(statistic, rel=1e-10)
        assert float(found.pvalue) == pytest.approx(stats.chi2.sf(statistic, 4), rel=1e-9)

    def test_text_and_matrices_say_the_same(self, fitted):
        by_text = fitted.wald_test("temp[warm] = contact[yes], 1|2 = 0")
        rows = np.array([[1, -1, 0, 0, 0, 0], [0, 0, 1, 0, 0, 0.0]])
        by_matrix = fitted.wald_test(rows)
        assert float(by_text.statistic) == pytest.approx(float(by_matrix.statistic), rel=1e-12)
        again = fitted.wald_test((rows, np.zeros(2)))
        assert float(by_text.statistic) == pytest.approx(float(again.statistic), rel=1e-12)

    def test_clusters_bring_an_f_test(self, clustered):
        found = clustered.wald_test("temp[warm] = 0, contact[yes] = 0")
        b, v = clustered.params[NAMES[:2]], clustered.cov_params().loc[NAMES[:2], NAMES[:2]]
        statistic = b @ np.linalg.solve(v, b) / 2
        assert float(found.statistic) == pytest.approx(statistic, rel=1e-10)
        assert float(found.pvalue) == pytest.approx(stats.f.sf(statistic, 2, 8), rel=1e-9)

    def test_one_constraint_is_the_square_of_its_ratio(self, fitted):
        t = fitted.t_test("temp[warm] = 1")
        found = fitted.wald_test("temp[warm] = 1")
        assert float(found.statistic) == pytest.approx(t.statistic.item() ** 2, rel=1e-12)
        assert float(found.pvalue) == pytest.approx(t.pvalue.item(), rel=1e-9)


class TestTwoLevels:
    @pytest.fixture
    def both(self):
        rng = np.random.default_rng(11)
        x = pd.DataFrame(rng.normal(size=(120, 3)), columns=["a", "b", "c"])
        y = (x @ [0.8, -0.4, 0.1] + rng.logistic(size=120) > 0.2).astype(int)
        theirs = Logit(y, x.assign(const=1.0)).fit(disp=False, tol=1e-13, method="newton")
        return CumulativeLinkModel(y, x).fit(), theirs

    @pytest.mark.parametrize("text", ["a = b", "a + 2 * c = 0.5", "b"])
    def test_t_tests_are_those_of_a_binary_logit(self, both, text):
        ours, theirs = (found.t_test(text) for found in both)
        for name in ("effect", "sd", "statistic", "pvalue"):
            one, other = (np.ravel(getattr(test, name)) for test in (ours, theirs))
            np.testing.assert_allclose(one, other, rtol=1e-8)
        np.testing.assert_allclose(ours.conf_int(), theirs.conf_int(), rtol=1e-8)

    @pytest.mark.parametrize("text", ["a = b, c = 0", "a = 0, b = 0, c = 0"])
    def test_wald_tests_are_those_of_a_binary_logit(self, both, text):
        ours, theirs = both[0].wald_test(text), both[1].wald_test(text, scalar=True)
        assert float(ours.statistic) == pytest.approx(float(theirs.statistic), rel=1e-8)
        assert float(ours.pvalue) == pytest.approx(float(theirs.pvalue), rel=1e-8)

    def test_the_threshold_is_minus_the_constant(self, both):
        ours, theirs = both[0].t_test("0|1 = 0.1"), both[1].t_test("const = -0.1")
        assert ours.statistic.item() == pytest.approx(-theirs.statistic.item(), rel=1e-8)


class TestInfiniteEstimates:
    @pytest.mark.parametrize("text", ["g[c]", "g[b] = g[c]", "g[c] - 2|3 = 0", "x + g[c] = 1"])
    def test_combinations_with_one_raise(self, separated, text):
        for test in (separated.t_test, separated.wald_test):
            with pytest.raises(ModelError, match=r"no finite estimate; these have none: g\[c\]$"):
                test(text)
        with pytest.raises(ModelError, match="no finite estimate"):
            separated.wald_test("x = 0, g[c] = 0")

    @pytest.mark.parametrize("text", ["g[b]", "x = x:z", "x:z - 0.5 * g[b] = 0", "2|3 - 1|2 = 1"])
    def test_combinations_without_one_are_those_of_the_rows_that_tell(self, separated, text):
        data = separated.model.formula_data.query("g != 'c'")
        data = data.assign(g=data["g"].cat.remove_unused_categories())
        rest = CumulativeLinkModel.from_formula("y ~ g + x * z", data).fit()
        one, other = separated.t_test(text), rest.t_test(text)
        for name in ("effect", "sd", "pvalue"):
            values = [np.ravel(getattr(test, name)) for test in (one, other)]
            np.testing.assert_allclose(*values, rtol=1e-5)

    def test_a_difference_of_two_infinite_estimates_may_be_finite(self):
        # With k levels 1 and 2 occur, without it 2 and 3: each half is a binary outcome.
        rng = np.random.default_rng(3)
        k, x = np.resize([0.0, 1.0], 80), rng.normal(size=80)
        y = np.where(k == 1, rng.integers(1, 3, 80), rng.integers(2, 4, 80))
        frame = pd.DataFrame({"y": y, "k": k, "x": x, "high": y > np.where(k == 1, 1, 2)})
        with pytest.warns(SeparationWarning):
            found = CumulativeLinkModel.from_formula("y ~ k + x", frame).fit()
        infinite = found.separation.infinite[["k", "1|2", "2|3", "x"]]
        assert infinite.tolist() == [-np.inf, -np.inf, 0.0, 0.0]
        binary = CumulativeLinkModel.from_formula("high ~ k + x", frame).fit()
        one, other = found.t_test("1|2 - k = 0"), binary.t_test("False|True - k = 0")
        np.testing.assert_allclose(one.effect, other.effect, rtol=1e-6)
        np.testing.assert_allclose(one.sd, other.sd, rtol=1e-6)
        np.testing.assert_allclose(found.bse[["x", "2|3"]], binary.bse[["x", "False|True"]], 1e-6)


class TestErrors:
    @pytest.mark.parametrize("text", ["temp[worm]", "tempwarm = 0", "temp[warm] = 0 = 1", "1|9"])
    def test_a_misspelt_name_lists_the_parameters(self, fitted, text):
        for test in (fitted.t_test, fitted.wald_test):
            with pytest.raises(ModelError, match=r"cannot be read \(.*parameters are temp\[warm\]"):
                test(text)

    @pytest.mark.parametrize("matrix", [np.eye(5), np.ones(7), (np.eye(5), 0)])
    def test_a_matrix_with_other_columns(self, fitted, matrix):
        for test in (fitted.t_test, fitted.wald_test):
            with pytest.raises(ModelError, match="6"):
                test(matrix)

    def test_unknown_keywords(self, fitted):
        with pytest.raises(TypeError):
            fitted.t_test("temp[warm]", robust=True)
        with pytest.raises(TypeError):
            fitted.wald_test("temp[warm]", robust=True)


class TestTermTests:
    def test_names_degrees_and_order(self, full):
        frame = full.wald_test_terms()
        assert frame.columns.tolist() == ["statistic", "df", "p_value"]
        expected = {
            "temp": 1, "late": 1, "temp:late": 1, "scale: temp": 1, "nominal: contact": 4,
        }  # fmt: skip
        assert frame["df"].to_dict() == expected

    @pytest.mark.parametrize("cov_type", ["nonrobust", "HC1", "cluster"])
    def test_are_wald_tests_of_each_term(self, wine, cov_type):
        kwds = {"groups": "judge"} if cov_type == "cluster" else None
        model = CumulativeLinkModel.from_formula(
            "rating ~ temp + C(bottle % 3)", wine, nominal="~ contact", scale="~ temp"
        )
        found = model.fit(cov_type=cov_type, cov_kwds=kwds)
        frame = found.wald_test_terms()
        members = {
            "temp": ["temp[warm]"],
            "scale: temp": ["scale:temp[warm]"],
            "nominal: contact": [n for n in found.params.index if ":contact" in n],
        }
        members["C(bottle % 3)"] = [n for n in found.params.index if n.startswith("C(")]
        assert set(members) == set(frame.index)
        for term, names in members.items():
            rows = np.eye(len(found.params))[[found.params.index.get_loc(n) for n in names]]
            test = found.wald_test(rows)
            assert frame.loc[term, "df"] == len(names)
            assert frame.loc[term, "statistic"] == pytest.approx(float(test.statistic), rel=1e-9)
            assert frame.loc[term, "p_value"] == pytest.approx(float(test.pvalue), rel=1e-8)

    def test_clusters_bring_f_tests(self, clustered):
        frame = clustered.wald_test_terms()
        assert frame.columns.tolist() == ["statistic", "df", "df_denom", "p_value"]
        assert frame["df_denom"].tolist() == [8, 8]
        p = stats.f.sf(frame["statistic"], frame["df"], 8)
        np.testing.assert_allclose(frame["p_value"], p, rtol=1e-12)

    def test_without_a_formula_every_column_is_a_term(self, wine):
        x = pd.DataFrame({"warm": wine["temp"] == "warm", "row": wine["row"]}).astype(float)
        found = CumulativeLinkModel(wine["rating"], x, scale=x[["row"]]).fit()
        frame = found.wald_test_terms()
        assert frame.index.tolist() == ["warm", "row", "scale: row"]
        squares = found.tvalues[["warm", "row", "scale:row"]] ** 2
        np.testing.assert_allclose(frame["statistic"], squares, rtol=1e-10)

    def test_a_term_with_an_infinite_parameter_has_no_test(self, separated):
        frame = separated.wald_test_terms()
        assert frame["df"].to_dict() == {"g": 2, "x": 1, "z": 1, "x:z": 1}
        assert frame.loc["g", ["statistic", "p_value"]].isna().all()
        assert frame.loc[["x", "z", "x:z"]].notna().all(axis=None)
        ratio = separated.params["x:z"] / separated.bse["x:z"]
        assert frame.loc["x:z", "statistic"] == pytest.approx(ratio**2, rel=1e-10)
