"""Tests of fit beside generalhoslem and ologitgof, replicated rows, and what cannot be tested."""

from __future__ import annotations

import json
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import probstats as ps
from probstats import CumulativeLinkModel, ModelError
from probstats.models.checking import lipsitz
from probstats.models.checking.fit_tests import sparse_sentence

REFERENCE = Path(__file__).parents[2] / "reference"
CELLS = pytest.mark.filterwarnings("ignore::probstats.SparseWarning")
METHODS = ["lipsitz", "hosmer-lemeshow", "pulkstenis-robinson"]
MODELS = {
    "logit_g10": ("y ~ x + g + s", 10, {}),
    "logit_g7": ("y ~ x + g + s", 7, {}),
    "probit_g8": ("y ~ x + g", 8, {"link": "probit"}),
    "cloglog_equidistant_g8": ("y ~ x + g", 8, {"link": "cloglog", "threshold": "equidistant"}),
    "ties_g6": ("y ~ g + s", 6, {}),
    "binary_g10": ("y2 ~ x + g + s", 10, {}),
    "nominal_g6": ("y ~ x", 6, {"nominal": "~ g"}),
    "scale_g6": ("y ~ x + s", 6, {"scale": "~ g"}),
}


def read(name):
    return json.loads((REFERENCE / name).read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def published():
    return read("reference_gof.json")


@pytest.fixture(scope="module")
def computed():
    return read("checking_fit.json")


@pytest.fixture(scope="module")
def data():
    frame = pd.read_csv(REFERENCE / "gof.csv").astype({"g": "category", "s": "category"})
    return frame.assign(y2=frame["y"] > 2)


@pytest.fixture(scope="module")
def fit(data):
    return CumulativeLinkModel.from_formula("y ~ x + g + s", data).fit()


@pytest.mark.parametrize("ties", ["together", "rows"])
@pytest.mark.parametrize("groups", [10, 6])
def test_lipsitz_is_that_of_generalhoslem(fit, published, groups, ties):
    found, expected = ps.goodness_of_fit(fit, groups=groups, ties=ties), published
    expected = expected[f"lipsitz_g{groups}"]
    assert found.df == expected["df"]
    np.testing.assert_allclose(found.statistic, expected["statistic"], rtol=1e-10)
    np.testing.assert_allclose(found.p_value, expected["p"], rtol=1e-10)


@CELLS
def test_tables_are_those_of_generalhoslem(fit, published):
    found, expected = ps.goodness_of_fit(fit, METHODS[1]), published["hosmer_lemeshow_ord_g10"]
    assert found.df == expected["df"]
    # polr, whose fitted values these are, stops at 1e-8
    np.testing.assert_allclose(found.statistic, expected["statistic"], rtol=1e-7)
    found = ps.goodness_of_fit(fit, METHODS[2])
    for name in ("chisq", "deviance"):
        expected = published[f"pulkrob_{name}"]
        row = found.summary_frame().loc["chi-squared" if name == "chisq" else name]
        assert row["df"] == expected["df"]
        np.testing.assert_allclose(row["statistic"], expected["statistic"], rtol=1e-7)
        np.testing.assert_allclose(row["p_value"], expected["p"], rtol=1e-7)


@CELLS
@pytest.mark.parametrize("ties", ["rows", "levels"])
@pytest.mark.parametrize("name", MODELS)
def test_every_model_is_grouped_as_in_r(data, computed, name, ties):
    formula, groups, options = MODELS[name]
    fit = CumulativeLinkModel.from_formula(formula, data, **options).fit()
    expected = computed["tests"][name][ties]
    found = ps.goodness_of_fit(fit, "hosmer-lemeshow", groups, ties=ties)
    np.testing.assert_allclose(found.statistic, expected["chisq"], rtol=1e-8)
    np.testing.assert_allclose([found.below_one, found.below_five], expected["cells"])
    assert found.df == expected["df"]
    found = ps.goodness_of_fit(fit, "lipsitz", groups, ties=ties)
    np.testing.assert_allclose(found.statistic, expected["lipsitz"], rtol=1e-8)


@CELLS
@pytest.mark.parametrize("ties", ["rows", "levels"])
def test_low_birth_weights_are_as_in_r(computed, ties):
    rows = pd.DataFrame(computed["birthweight"]["data"]).astype({"bwt4": int, "race": "category"})
    fit = CumulativeLinkModel.from_formula("bwt4 ~ smoke + lwt + race + ptl", rows).fit()
    expected = computed["tests"]["birthweight_g10"][ties]
    ratio, table = (ps.goodness_of_fit(fit, m, ties=ties) for m in METHODS[:2])
    np.testing.assert_allclose(ratio.statistic, expected["lipsitz"], rtol=1e-8)
    np.testing.assert_allclose(table.statistic, expected["chisq"], rtol=1e-8)
    patterns = ps.goodness_of_fit(fit, METHODS[2], by=["smoke", "race"], ties=ties)
    expected = computed["birthweight"]
    np.testing.assert_allclose(patterns.statistic, expected["pattern_chisq"], rtol=1e-8)
    np.testing.assert_allclose(patterns.deviance, expected["pattern_deviance"], rtol=1e-8)
    assert patterns.df == (len(patterns.table) - 1) * 3 - 2 - 1


@CELLS
@pytest.mark.parametrize("ties", ["together", "rows", "levels"])
@pytest.mark.parametrize("method", METHODS)
def test_a_weight_of_two_is_two_rows(data, method, ties):
    counts = np.random.default_rng(3).integers(1, 4, len(data))
    weighted = data.assign(w=counts.astype(float))
    repeated = data.loc[data.index.repeat(counts)].reset_index(drop=True)
    for formula in ("y ~ x + g + s", "y ~ g + s"):
        one = CumulativeLinkModel.from_formula(formula, weighted, weights="w").fit()
        other = CumulativeLinkModel.from_formula(formula, repeated).fit()
        found, expected = (ps.goodness_of_fit(fit, method, 8, ties=ties) for fit in (one, other))
        assert found.df == expected.df
        np.testing.assert_allclose(found.statistic, expected.statistic, rtol=1e-8)
        np.testing.assert_allclose(found.table, expected.table, atol=1e-8)
        assert found.notes == expected.notes


def test_housing_cells_with_weights_are_tenants(housing, computed):
    expected = computed["tests"]["housing_g8"]["rows"]
    cells = housing.value_counts(sort=False).reset_index(name="w").query("w > 0")
    order = ["Cont", "Type", "Infl", "Sat"]
    cells = cells.sort_values(order).reset_index(drop=True)
    rows = CumulativeLinkModel.from_formula("Sat ~ Infl + Type + Cont", housing).fit()
    one = CumulativeLinkModel.from_formula("Sat ~ Infl + Type + Cont", cells, weights="w").fit()
    found = ps.goodness_of_fit(rows, groups=8, ties="rows")
    np.testing.assert_allclose(found.statistic, expected["lipsitz"], rtol=1e-8)
    found = ps.goodness_of_fit(one, "hosmer-lemeshow", 8)
    again = ps.goodness_of_fit(rows, "hosmer-lemeshow", 8)
    np.testing.assert_allclose(found.statistic, again.statistic, rtol=1e-8)
    assert found.table.to_numpy().sum() == pytest.approx(2 * 1681)


def test_only_ties_kept_together_do_not_depend_on_the_order_of_rows(data):
    shuffled = data.sample(frac=1.0, random_state=1)
    by_level = data.sort_values("y")
    found = {}
    for ties in ("together", "rows"):
        fits = [
            CumulativeLinkModel.from_formula("y ~ g + s", rows).fit()
            for rows in (shuffled, by_level)
        ]
        found[ties] = [ps.goodness_of_fit(fit, "hosmer-lemeshow", 6, ties=ties) for fit in fits]
    one, other = found["together"]
    np.testing.assert_allclose(one.statistic, other.statistic, rtol=1e-10)
    assert not any("depends on how ties" in note for note in one.notes)
    one, other = found["rows"]
    assert other.statistic > 2.0 * one.statistic
    assert any("depends on how ties are ordered" in note for note in one.notes)


def test_two_levels_are_the_binary_test_of_hosmer_and_lemeshow(data):
    fit = CumulativeLinkModel.from_formula("y2 ~ x + g + s", data).fit()
    chance = fit.predict()[True].to_numpy()
    group = np.empty(len(data), dtype=int)
    group[np.argsort(chance)] = np.searchsorted(1 + np.arange(1, 9) * 399 // 8, np.arange(1, 401))
    came, expected, size = (
        np.bincount(group, part) for part in (data["y2"], chance, np.ones(len(data)))
    )
    share = expected / size
    statistic = ((came - expected) ** 2 / (size * share * (1.0 - share))).sum()
    found = ps.goodness_of_fit(fit, "hosmer-lemeshow", 8)
    np.testing.assert_allclose(found.statistic, statistic, rtol=1e-10)
    np.testing.assert_allclose(found.p_value, stats.chi2.sf(statistic, 6), rtol=1e-10)
    ratio = ps.goodness_of_fit(fit, "lipsitz", 8)
    member = pd.DataFrame(group[:, None] == np.arange(1, 8), columns=list("abcdefg"), dtype=float)
    exog = pd.concat([fit.model.sample.covariates.location, member], axis=1)
    larger = CumulativeLinkModel(data["y2"], exog).fit()
    np.testing.assert_allclose(ratio.statistic, 2.0 * (larger.llf - fit.llf), rtol=1e-8)
    assert ratio.df == 7


def test_tables_add_up_and_expected_is_brute_force(fit, data):
    found = ps.goodness_of_fit(fit, groups=7)
    observed, expected = found.table["observed"], found.table["expected"]
    assert observed.to_numpy().sum() == 400
    np.testing.assert_allclose(expected.to_numpy().sum(), 400.0)
    chance = fit.predict().to_numpy()
    rank = np.argsort(np.argsort(chance @ [1, 2, 3, 4])) + 1
    edges = [1 + i * 399 / 7 for i in range(8)]
    for group in range(7):
        low = 0 if group == 0 else edges[group]
        inside = (rank > low) & (rank <= edges[group + 1])
        np.testing.assert_allclose(expected.iloc[group], chance[inside].sum(axis=0))
        counts = np.bincount(data["y"][inside] - 1, minlength=4)
        np.testing.assert_array_equal(observed.iloc[group], counts)


@CELLS
def test_patterns_by_columns_values_and_frames_agree(fit, data):
    expected = ps.goodness_of_fit(fit, "pulkstenis-robinson")
    for by in (["g", "s"], data[["g", "s"]], data[["g", "s"]].to_numpy()):
        found = ps.goodness_of_fit(fit, "pulkstenis-robinson", by=by)
        np.testing.assert_allclose(found.statistic, expected.statistic, rtol=1e-12)
    single = ps.goodness_of_fit(fit, "pulkstenis-robinson", by="g")
    np.testing.assert_allclose(
        single.statistic,
        ps.goodness_of_fit(fit, "pulkstenis-robinson", by=data["g"]).statistic,
        rtol=1e-12,
    )
    assert single.df == 5 * 3 - 1 - 1
    numbered = CumulativeLinkModel.from_formula(
        "y ~ x + C(n) + b", data.assign(n=data["g"].cat.codes, b=data["s"] == "yes")
    ).fit()
    again = ps.goodness_of_fit(numbered, "pulkstenis-robinson")
    np.testing.assert_allclose(again.statistic, expected.statistic, rtol=1e-8)


def test_patterns_of_categories_alone_have_one_half(data):
    fit = CumulativeLinkModel.from_formula("y ~ g + s", data).fit()
    found = ps.goodness_of_fit(fit, "pulkstenis-robinson")
    assert len(found.table) == 6
    assert found.df == 5 * 3 - 2 - 1
    counts = pd.crosstab([data["g"], data["s"]], data["y"]).to_numpy()
    np.testing.assert_array_equal(found.table["observed"], counts)


def test_offset_and_no_formula_are_no_obstacle(data):
    location = pd.DataFrame({"x": data["x"], "s": 1.0 * (data["s"] == "yes")})
    arrays = CumulativeLinkModel(data["y"], location, offset=0.3 * data["x"]).fit()
    plain = CumulativeLinkModel(data["y"], location).fit()
    for method in METHODS[:2]:
        found, expected = (ps.goodness_of_fit(fit, method, 6) for fit in (arrays, plain))
        np.testing.assert_allclose(found.statistic, expected.statistic, rtol=1e-7)
    found = ps.goodness_of_fit(arrays, "pulkstenis-robinson", by=data["s"])
    assert found.df == 3 * 3 - 1 - 1


def test_sparse_cells_are_said_and_counted(data, fit):
    few = CumulativeLinkModel.from_formula("y ~ x + g + s", data[:70]).fit()
    with pytest.warns(ps.SparseWarning, match="32% of the 40 expected counts are below 1 and 98%"):
        found = ps.goodness_of_fit(few, "hosmer-lemeshow")
    expected = found.table["expected"].to_numpy()
    assert found.below_one == (expected < 1).mean() > 0.2
    assert found.below_five == (expected < 5).mean()
    assert "32% of the expected counts below 1" in repr(found)
    assert "below 1" in found.notes[0]
    with pytest.warns(ps.SparseWarning, match="20 groups are many for 400 rows"):
        ps.goodness_of_fit(fit, groups=20)
    with pytest.warns(ps.SparseWarning, match="expected counts are below 1"):
        ps.goodness_of_fit(few, "pulkstenis-robinson")


def test_a_small_cell_that_makes_the_statistic_is_said():
    expected = np.full((10, 4), 8.0)
    expected[0, 0] = 0.02
    assert sparse_sentence(expected + 1.0, expected).startswith("2% of the 40 expected counts")
    assert "those below 1 make up 91% of the statistic" in sparse_sentence(expected + 1.0, expected)
    expected[0, 0] = 0.9
    assert not sparse_sentence(expected + 1.0, expected)


def test_few_groups_are_said(fit):
    with pytest.warns(ps.FewGroupsWarning, match="5 groups are few"):
        found = ps.goodness_of_fit(fit, groups=5)
    assert found.df == 4
    assert "5 groups are few" in found.notes[0]


def test_an_infinite_group_gives_the_limit_and_says_so():
    x = np.linspace(-3.0, 3.0, 120)
    y = np.digitize(x + 1.5 * np.sin(7.0 * np.arange(120)), [-1.0, 1.0])
    y[:25] = 0
    fit = CumulativeLinkModel(y, pd.DataFrame({"x": x})).fit()
    found = ps.goodness_of_fit(fit, groups=6)
    assert np.isfinite(found.p_value)
    assert found.df == 5
    assert not found.trouble
    limit = next(note for note in found.notes if "the statistic is its limit" in note)
    assert "no finite estimate for group[2]" in limit
    member = np.maximum(-(-6 * np.arange(120) // 119) - 1, 0)
    location = pd.DataFrame({"x": x, **{f"g{k}": 1.0 * (member == k) for k in range(1, 6)}})
    with pytest.warns(ps.SeparationWarning):
        large = CumulativeLinkModel(y, location).fit()
    np.testing.assert_allclose(found.statistic, 2.0 * (large.llf - fit.llf), rtol=1e-6)


def test_a_model_with_groups_that_has_no_maximum_gives_no_p_value(fit, monkeypatch):
    monkeypatch.setattr(lipsitz, "trouble_of", lambda fit: "thresholds cross at 2")
    with pytest.warns(ps.ConvergenceWarning, match="cannot be used: thresholds cross at 2"):
        found = ps.goodness_of_fit(fit)
    assert np.isnan(found.p_value)
    assert found.trouble == "thresholds cross at 2"
    assert "no p-value" in repr(found)
    assert "trouble: thresholds cross at 2" in repr(found)


def test_redundant_groups_are_left_out_of_the_degrees_of_freedom(data):
    fit = CumulativeLinkModel.from_formula("y ~ g + s", data).fit()
    found = ps.goodness_of_fit(fit, groups=6)
    assert found.df == len(found.table) - 1 - 3
    assert any("3 of 5 indicators of groups follow" in note for note in found.notes)
    saturated = CumulativeLinkModel.from_formula("y ~ g", data).fit()
    with pytest.raises(ModelError, match="say nothing the covariates do not say already"):
        ps.goodness_of_fit(saturated, groups=6)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"method": "pearson"}, "method='pearson' is not known"),
        ({"ties": "random"}, "ties='random' is not known"),
        ({"groups": 1}, "groups=1 must be a whole number"),
        ({"groups": 6.0}, "groups=6.0 must be a whole number"),
        ({"groups": True}, "groups=True must be"),
        ({"groups": 401}, "groups=401 is more than the 400 rows"),
        ({"by": "g"}, "by= goes with"),
        ({"method": "pulkstenis-robinson", "by": "nope"}, "by='nope' is no column"),
        ({"method": "pulkstenis-robinson", "by": [1, 2]}, r"by has shape \(2,\)"),
    ],
)
def test_wrong_arguments_are_refused(fit, options, sentence):
    with pytest.raises(ModelError, match=sentence):
        ps.goodness_of_fit(fit, **options)


def test_what_has_no_table_is_refused(data):
    weighted = data.assign(w=np.where(data.index < 3, 0.5, 1.0))
    fit = CumulativeLinkModel.from_formula("y ~ x", weighted, weights="w").fit()
    with pytest.raises(ModelError, match="3 weights are fractions, first"):
        ps.goodness_of_fit(fit)
    bounds = data.assign(high=np.minimum(data["y"] + (data.index % 4 == 0), 4))
    fit = CumulativeLinkModel.from_formula("interval(y, high) ~ x", bounds).fit()
    with pytest.raises(ModelError, match="interval of levels"):
        ps.goodness_of_fit(fit)
    fit = CumulativeLinkModel.from_formula("y ~ x", data).fit()
    with pytest.raises(ModelError, match="no categorical covariate"):
        ps.goodness_of_fit(fit, "pulkstenis-robinson")
    fit = CumulativeLinkModel(data["y"], data[["x"]]).fit()
    with pytest.raises(ModelError, match="without a formula"):
        ps.goodness_of_fit(fit, "pulkstenis-robinson")
    fit = CumulativeLinkModel.from_formula("y2 ~ x + s", data).fit()
    with pytest.raises(ModelError, match="0 degrees of freedom"):
        ps.goodness_of_fit(fit, "hosmer-lemeshow", 2)


def test_a_fit_without_a_maximum_is_refused(data):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fit = CumulativeLinkModel.from_formula("y ~ x", data).fit(maxiter=1)
    with pytest.raises(ModelError, match="did not converge"):
        ps.goodness_of_fit(fit)


def test_a_missed_square_is_found_and_a_right_model_is_not(data):
    rng = np.random.default_rng(8)
    x = rng.normal(size=600)
    latent = 0.7 * x + 0.8 * x**2 + rng.logistic(size=600)
    frame = pd.DataFrame({"x": x, "y": np.digitize(latent, [-1.0, 0.5, 2.0])})
    wrong = CumulativeLinkModel.from_formula("y ~ x", frame).fit()
    right = CumulativeLinkModel.from_formula("y ~ x + I(x**2)", frame).fit()
    assert ps.goodness_of_fit(wrong).p_value < 1e-6
    assert ps.goodness_of_fit(right).p_value > 0.05
