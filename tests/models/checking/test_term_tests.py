"""Nominal and scale effects term by term, against ordinal's nominal_test and scale_test."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import probstats as ps
from probstats.errors import ConvergenceWarning, ModelError, SeparationWarning

REFERENCE = Path(__file__).parents[2] / "reference"
COLUMNS = ["df", "loglik", "aic", "bic", "statistic", "p_value", "trouble"]
LINKS = ("logit", "probit", "cloglog", "loglog")


def read(name):
    return json.loads((REFERENCE / name).read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def from_r():
    return read("checking_parallel_lines.json")["terms"]


@pytest.fixture(scope="module")
def gof():
    return pd.read_csv(REFERENCE / "gof.csv").astype({"g": "category", "s": "category"})


@pytest.fixture(scope="module")
def simulated():
    return pd.read_csv(REFERENCE / "simulated.csv").astype({"g": "category"})


@pytest.fixture(scope="module")
def cells():
    """The housing data as a table of cells with weights."""
    levels = ["Low", "Medium", "High"]
    frame = pd.read_csv(REFERENCE / "housing.csv")
    return frame.assign(
        Sat=pd.Categorical(frame["Sat"], levels, ordered=True),
        Infl=pd.Categorical(frame["Infl"], levels),
        Type=pd.Categorical(frame["Type"], ["Tower", "Apartment", "Atrium", "Terrace"]),
        Cont=pd.Categorical(frame["Cont"], ["Low", "High"]),
    )


def fit(formula, data, **options):
    return ps.CumulativeLinkModel.from_formula(formula, data, **options).fit()


def check(fitted, expected, rtol=1e-9):
    for kind, found in (("nominal", ps.nominal_test(fitted)), ("scale", ps.scale_test(fitted))):
        assert found.columns.tolist() == COLUMNS
        assert found.index.tolist() == list(np.atleast_1d(expected[kind]["term"]))
        for name in ("df", "loglik", "aic", "statistic", "p_value"):
            theirs = np.atleast_1d(expected[kind][name]).astype(float)
            separated = found["trouble"].str.contains("no finite estimate").to_numpy()
            tolerance = np.where(separated, 1e-7, rtol)  # R stops short of the supremum
            assert (np.abs(found[name] / theirs - 1.0) < tolerance).all(), (kind, name)


@pytest.mark.parametrize("link", LINKS)
def test_gof(gof, from_r, link):
    check(fit("y ~ x + g + s", gof, link=link), from_r[f"gof_{link}"])


@pytest.mark.parametrize("link", LINKS)
def test_housing_with_weights(cells, from_r, link):
    fitted = fit("Sat ~ Infl + Type + Cont", cells, link=link, weights="Freq")
    check(fitted, from_r[f"housing_{link}"])


@pytest.mark.parametrize("link", LINKS)
def test_wine(wine, from_r, link):
    check(fit("rating ~ temp + contact", wine, link=link), from_r[f"wine_{link}"])


@pytest.mark.parametrize("structure", ["symmetric", "equidistant"])
def test_structured_thresholds(gof, from_r, structure):
    fitted = fit("y ~ x + g + s", gof, threshold=structure)
    check(fitted, from_r[f"gof_{structure}"])
    assert ps.nominal_test(fitted)["df"].tolist() == [1, 2, 1]


def test_beside_nominal_and_scale_effects(wine, from_r):
    check(fit("rating ~ temp", wine, nominal="~ contact"), from_r["wine_nominal_contact"])
    check(fit("rating ~ temp + contact", wine, scale="~ temp"), from_r["wine_scale_temp"])


def test_fractional_weights_and_offsets(simulated, from_r):
    check(fit("y4 ~ x + g", simulated, weights="u"), from_r["sim_weights"])
    check(fit("y4 ~ x + g", simulated, offset="off"), from_r["sim_offset"])


def test_the_first_reference_of_the_simulated_data(gof):
    reference = read("reference_gof.json")
    fitted = fit("y ~ x + g + s", gof)
    for kind, found in (("nominal", ps.nominal_test(fitted)), ("scale", ps.scale_test(fitted))):
        theirs = {line.pop("_row"): line for line in reference[f"{kind}_test"]["tab"]}
        for term, row in found.iterrows():
            np.testing.assert_allclose(row["statistic"], theirs[term]["LRT"], rtol=1e-9)
            np.testing.assert_allclose(row["p_value"], theirs[term]["Pr(>Chi)"], rtol=1e-9)


def test_a_row_is_a_fit_and_its_likelihood_ratio_test(gof):
    small = fit("y ~ x + g", gof)
    for found, large in (
        (ps.nominal_test(small), fit("y ~ x", gof, nominal="~ g")),
        (ps.scale_test(small), fit("y ~ x + g", gof, scale="~ g")),
    ):
        test = ps.likelihood_ratio_test(small, large)
        row = found.loc["g"]
        assert row["df"] == test.df
        np.testing.assert_allclose(
            row[["loglik", "aic", "bic", "statistic", "p_value"]].astype(float),
            [large.llf, large.aic, large.bic, test.statistic, test.p_value],
            rtol=1e-8,
        )


def test_cauchit_and_columns_without_a_formula(gof):
    x = np.column_stack([gof["x"], gof["x"] ** 2])
    model = ps.CumulativeLinkModel(gof["y"], pd.DataFrame(x, columns=["a", "b"]), "cauchit")
    found = ps.nominal_test(model.fit())
    location, nominal = pd.DataFrame({"b": x[:, 1]}), pd.DataFrame({"a": x[:, 0]})
    larger = ps.CumulativeLinkModel(gof["y"], location, "cauchit", nominal=nominal).fit()
    assert found.index.tolist() == ["a", "b"]
    np.testing.assert_allclose(found.loc["a", "loglik"], larger.llf, rtol=1e-10)


def test_intervals_of_levels(gof):
    data = gof.assign(low=gof["y"].where(gof.index % 3 > 0, 1), high=gof["y"])
    fitted = fit("interval(low, high) ~ x + s", data)
    larger = fit("interval(low, high) ~ x", data, nominal="~ s")
    np.testing.assert_allclose(ps.nominal_test(fitted).loc["s", "loglik"], larger.llf, rtol=1e-10)


def test_separation_is_said_and_nothing_is_warned_of(wine):
    found = ps.nominal_test(fit("rating ~ temp + contact", wine))
    assert "no finite estimate for 4|5, 1|2:temp[warm]" in found.loc["temp", "trouble"]
    assert "supremum" in found.loc["temp", "trouble"]
    assert not found.loc["contact", "trouble"]
    np.testing.assert_allclose(found.loc["temp", "loglik"], -84.9044, atol=1e-4)


def test_from_a_separated_fit():
    data = pd.DataFrame({"y": [1, 1, 2, 2, 3, 3] * 5, "x": [0, 0, 0, 0, 1, 1] * 5,
                         "z": np.random.default_rng(0).normal(size=30)})  # fmt: skip
    with pytest.warns(SeparationWarning):
        fitted = fit("y ~ x + z", data)
    found = ps.nominal_test(fitted, "z")
    assert np.isfinite(found["statistic"]).all()
    assert "no finite estimate for x" in found.loc["z", "trouble"]


def test_a_model_with_too_many_parameters_is_a_row_that_says_so():
    rng = np.random.default_rng(2)
    x = rng.normal(size=(9, 3))
    fitted = ps.CumulativeLinkModel([1, 2, 3, 4, 1, 2, 3, 4, 2], x[:, :2]).fit()
    found = ps.nominal_test(fitted)
    assert found["df"].tolist() == [2, 2]
    data = pd.DataFrame(x, columns=list("abc")).assign(y=[1, 2, 3, 4, 1, 2, 3, 4, 2])
    crowded = ps.nominal_test(fit("y ~ a + b + c", data))
    assert crowded["statistic"].notna().all()
    joint = ps.parallel_lines_test
    with pytest.warns(ps.SparseWarning):
        row = joint(fit("y ~ a + b + c", data)).table.loc["overall"]
    assert np.isnan(row["statistic"])
    assert "12 parameters and only 9 rows" in row["trouble"]


def test_chosen_terms(gof):
    fitted = fit("y ~ x + g + s", gof, scale="~ x")
    assert ps.nominal_test(fitted, "g").index.tolist() == ["g"]
    assert ps.scale_test(fitted).index.tolist() == ["g", "s"]
    with pytest.raises(ModelError, match="'h' is no term of the location"):
        ps.nominal_test(fitted, ["g", "h"])
    with pytest.raises(ModelError, match="scale effects already"):
        ps.scale_test(fitted, "x")


def test_two_levels_have_nothing_to_test(gof):
    fitted = fit("y ~ x", gof.assign(y=gof["y"] > 2))
    for test in (ps.nominal_test, ps.scale_test):
        with pytest.raises(ModelError, match="'y' has two levels and one threshold"):
            test(fitted)


def test_thresholds_about_zero_are_refused(gof):
    fitted = fit("y ~ x", gof, threshold="symmetric2")
    with pytest.raises(ModelError, match="'symmetric2' fixes the middle"):
        ps.nominal_test(fitted)
    assert ps.scale_test(fitted)["df"].tolist() == [1]


def test_robust_errors_and_unfinished_fits_are_refused(gof):
    model = ps.CumulativeLinkModel.from_formula("y ~ x + s", gof)
    with pytest.warns(ConvergenceWarning):
        stopped = model.fit(maxiter=1)
    for test in (ps.nominal_test, ps.scale_test):
        with pytest.raises(ModelError, match="cov_type='HC0'"):
            test(model.fit(cov_type="HC0"))
        with pytest.raises(ModelError, match="did not converge"):
            test(stopped)


def test_a_model_without_covariates(gof):
    with pytest.raises(ModelError, match="no covariates"):
        ps.nominal_test(fit("y ~ 1", gof))


def test_years_far_from_zero(gof):
    far = gof.assign(x=gof["x"] + 2020.0)
    near, moved = fit("y ~ x + s", gof), fit("y ~ x + s", far)
    np.testing.assert_allclose(
        ps.nominal_test(moved)["statistic"], ps.nominal_test(near)["statistic"], rtol=1e-6
    )
