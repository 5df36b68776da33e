"""Every cell is the fit done by hand; one that fails says why, and stops no other."""

import warnings

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from statsmodels.stats.multitest import multipletests

import probstats as ps
from probstats.errors import ProbstatsWarning
from probstats.specifications import SpecificationCurve

SETS = {"none": [], "z": ["z"], "all": ["z", "`my w`", "f"]}
SUBSETS = {"all": None, "late": "year > 0"}
LOGISTIC_SD = np.pi / np.sqrt(3.0)


def row_of(found, **choices):
    rows = found.table
    for name, value in choices.items():
        rows = rows[rows[name] == value]
    assert len(rows) == 1
    return rows.iloc[0]


@pytest.fixture(scope="module")
def found(data):
    return ps.specification_curve(
        data, {"rating": "y", "bounds": ("y", "upper")}, "x", SETS, SUBSETS,
        ["logit", "probit"], ["likelihood", "wald"], scale="coefficient",
    )  # fmt: skip


def test_there_is_one_row_for_each_combination(found):
    assert len(found.table) == 2 * 3 * 2 * 2 * 2
    assert sorted(found.table.index) == list(range(48))
    assert found.table["estimate"].is_monotonic_increasing
    assert not found.table["failure"].ne("").any()
    assert found.duplicates.empty
    assert found.joint.empty


@pytest.mark.parametrize("outcome", ["rating", "bounds"])
@pytest.mark.parametrize("subset", SUBSETS)
@pytest.mark.parametrize("link", ["logit", "probit"])
def test_cells_are_the_fits_done_by_hand(found, data, outcome, subset, link):
    rows = data if subset == "all" else data[data["year"] > 0]
    left = "y" if outcome == "rating" else "interval(y, upper)"
    for name, terms in SETS.items():
        fit = ps.CumulativeLinkModel.from_formula(f"{left} ~ {'+'.join(['x', *terms])}", rows, link)
        fit = fit.fit()
        same = {"outcome": outcome, "subset": subset, "link": link, "covariates": name}
        wald, profile = (row_of(found, model=model, **same) for model in ("wald", "likelihood"))
        assert wald["estimate"] == pytest.approx(fit.params["x"], rel=1e-10)
        assert wald["p_value"] == pytest.approx(fit.pvalues["x"], rel=1e-8)
        np.testing.assert_allclose(wald[["low", "high"]].astype(float), fit.conf_int().loc["x"])
        by_hand = fit.conf_int(method="profile").loc["x"]
        np.testing.assert_allclose(profile[["low", "high"]].astype(float), by_hand, rtol=1e-9)
        null = ps.CumulativeLinkModel.from_formula(f"{left} ~ {'+'.join(terms) or 1}", rows, link)
        test = ps.likelihood_ratio_test(null.fit(), fit)
        assert profile["p_value"] == pytest.approx(test.p_value, rel=1e-6)
        assert (wald["n"], wald["dropped"]) == (len(rows), 0.0)
        assert np.isnan(wald["clusters"])


def test_other_models_are_the_fits_done_by_hand(data):
    models = {
        "reduced": "reduced",
        "clustered": "clustered",
        "random": "random",
        "weighted": {"weights": "count", "threshold": "equidistant"},
        "by year": {"cov_type": "CR1", "cov_kwds": {"groups": "year"}},
        "quadrature": {"groups": "group", "integration": "agq", "nodes": 7},
    }
    found = ps.specification_curve(
        data, "y", "x", {"z": "z"}, models=models, groups="group", level=0.9, scale="coefficient"
    )
    plain = ps.CumulativeLinkModel.from_formula("y ~ x + z", data)
    weighted = ps.CumulativeLinkModel.from_formula(
        "y ~ x + z", data, weights="count", threshold="equidistant"
    )
    mixed = ps.CumulativeLinkMixedModel.from_formula("y ~ x + z", data, groups="group")
    by_hand = {
        "reduced": plain.fit(reduction="mean"),
        "clustered": plain.fit(cov_type="CR2", cov_kwds={"groups": "group"}),
        "random": mixed.fit(),
        "weighted": weighted.fit(),
        "by year": plain.fit(cov_type="CR1", cov_kwds={"groups": "year"}),
        "quadrature": mixed.fit(integration="agq", nodes=7),
    }
    for name, fit in by_hand.items():
        row = row_of(found, model=name)
        assert row["estimate"] == pytest.approx(fit.params["x"], rel=1e-9)
        ends = fit.conf_int(alpha=0.1).loc["x"]
        np.testing.assert_allclose(row[["low", "high"]].astype(float), ends, rtol=1e-9)
        assert row["p_value"] == pytest.approx(fit.pvalues["x"], rel=1e-8)
        assert row["clusters"] == 15
    assert row_of(found, model="weighted")["n"] == data["count"].sum()


def test_the_latent_sd_puts_links_and_random_effects_on_one_scale(data):
    call = (data, "y", "x", None, None, ["logit", "probit"], ["wald", "random"])
    found = ps.specification_curve(*call, groups="group")
    plain = ps.specification_curve(*call, groups="group", scale="coefficient")
    assert found.scale == "latent-sd"
    units = (plain.table["estimate"] / found.table["estimate"]).sort_index()
    mixed = [
        ps.CumulativeLinkMixedModel.from_formula("y ~ x", data, groups="group", link=link).fit()
        for link in ("logit", "probit")
    ]
    sds = [float(fit.sd.iloc[0]) for fit in mixed]
    right = [LOGISTIC_SD, np.hypot(LOGISTIC_SD, sds[0]), 1.0, np.hypot(1.0, sds[1])]
    np.testing.assert_allclose(units, right, rtol=1e-8)
    for end in ("low", "high"):
        np.testing.assert_allclose(
            plain.table[end].sort_index() / units, found.table[end].sort_index(), rtol=1e-9
        )
    assert np.ptp(found.table["estimate"]) < 0.2 * found.median
    assert "divided by its latent standard deviation" in " ".join(found.summary().split())
    assert "their median means little" in " ".join(plain.summary().split())


def test_exposures_can_be_truth_values_or_two_categories_and_have_odd_names(data):
    found = ps.specification_curve(data, "y", ["b", "f", "my w"], models="wald")
    for name, column in [("b", "b"), ("f", "f[v]"), ("my w", "my w")]:
        formula = f"y ~ `{name}`" if " " in name else f"y ~ {name}"
        fit = ps.CumulativeLinkModel.from_formula(formula, data).fit()
        assert row_of(found, exposure=name)["estimate"] == pytest.approx(fit.params[column])
    assert found.exposures == ["b", "f", "my w"]
    assert list(found.median.index) == ["b", "f", "my w"]


def test_the_same_analysis_is_counted_once_and_named(data):
    sets = {"none": [], "x": ["x"], "product": ["z * f"], "written out": ["f", "z", "f:z"]}
    subsets = {"all": None, "every row": data["year"] >= 0, "late": lambda rows: rows["year"] > 0}
    models = {"wald": {}, "again": {"interval": "wald"}, "profile": "likelihood"}
    found = ps.specification_curve(data, ["y", "y"], "x", sets, subsets, models=models)
    assert len(found.table) == 2 * 2 * 2
    assert len(found.duplicates) == 2 * 4 * 3 * 3 - 8
    assert found.table["estimate"].nunique() == 4
    for row in found.duplicates.itertuples():
        kept = found.table.loc[row.same_as]
        assert (row.outcome, row.link) == (kept["outcome"], kept["link"])
    pairs = {(row.covariates, found.table.loc[row.same_as, "covariates"])
             for row in found.duplicates.itertuples()}  # fmt: skip
    assert ("x", "none") in pairs
    assert ("written out", "product") in pairs
    assert f"{len(found.duplicates)} more repeat one of them" in found.summary()


def test_a_cell_that_fails_says_why_and_stops_no_other(data):
    subsets = {"all": None, "empty": "year > 9", "three rows": data.index < 3}
    sets = {"none": [], "interaction": ["x:z"], "aliased": ["z", "I(2 * z)"]}
    with pytest.warns(ps.SpecificationWarning, match="^8 of 9 specifications have no interval"):
        found = ps.specification_curve(data, "y", "x", sets, subsets)
    good = row_of(found, subset="all", covariates="none")
    fit = ps.CumulativeLinkModel.from_formula("y ~ x", data).fit()
    assert good["estimate"] == pytest.approx(fit.params["x"])
    assert row_of(found, subset="empty", covariates="none")["failure"].startswith("no rows")
    with_x = row_of(found, subset="all", covariates="interaction")
    assert "'x:z' uses the exposure 'x'" in with_x["failure"]
    for name in ("low", "high", "estimate", "p_value"):
        assert np.isnan(with_x[name])
    assert found.failures.sum() == 8
    assert found.curves.loc["x", ["specifications", "estimated", "failed"]].tolist() == [9, 1, 8]
    assert "8 of 9 specifications have no interval" in repr(found)


def test_permutations_asked_for_in_vain_are_warned_of(data):
    halves = data.assign(half=0.5)
    with pytest.warns(ps.SpecificationWarning, match="no specification could be tested jointly"):
        found = ps.specification_curve(
            halves, "y", "x", models={"halves": {"weights": "half"}}, n_permutations=9, rng=1
        )
    assert found.joint.empty
    assert "weights are not whole numbers" in found.summary()


def test_every_cell_failing_is_a_result_with_reasons(data):
    with pytest.warns(ps.SpecificationWarning, match="^none of 2 specifications has an interval"):
        found = ps.specification_curve(data, "y", "x", {"a": [], "b": ["z"]}, {"no": "year > 9"})
    assert np.isnan(found.median)
    assert "x: no specification has an estimate" in found.summary()
    with pytest.warns(ps.SpecificationWarning):
        found = ps.specification_curve(data, "y", "x", subsets={"no": "year > 9"}, n_permutations=9)
    assert found.joint.empty
    assert "No specification could be tested jointly." in found.summary()


def test_separation_is_seen(data):
    sure = data.assign(s=1.0 * (data["y"] >= "good"))
    with pytest.warns(ps.SpecificationWarning, match="no finite estimate for s"):
        found = ps.specification_curve(sure, "y", "s", models=["likelihood", "wald", "reduced"])
    profile, wald, reduced = (row_of(found, model=m) for m in ("likelihood", "wald", "reduced"))
    assert profile["estimate"] == wald["estimate"] == np.inf
    assert 0.0 < profile["low"] < profile["high"] == np.inf
    assert profile["p_value"] < 1e-10
    assert profile["failure"] == ""
    assert "separate" in profile["warnings"]
    assert wald["separated"]
    assert np.isnan(wald["p_value"])
    assert np.isfinite(reduced["estimate"])
    assert found.median == np.inf
    assert "plus infinity" in found.summary()


def test_lost_rows_and_lost_levels_are_seen(data):
    holes = data.assign(z=data["z"].where(data["year"] > 0))
    found = ps.specification_curve(holes, "y", "x", {"none": [], "z": ["z"]})
    assert row_of(found, covariates="z")["dropped"] == (data["year"] == 0).sum()
    assert row_of(found, covariates="none")["dropped"] == 0
    few = ps.specification_curve(data, "y", "x", subsets={"no high": data["y"] < "high"})
    assert "high" in few.table["warnings"].iloc[0]


def test_shares_are_those_of_the_table(found):
    row = found.curves.loc["x"]
    table = found.table
    assert row["median"] == np.median(table["estimate"])
    assert row["share_sign"] == (table["estimate"] > 0).mean()
    excluding = (table["low"] > 0) | (table["high"] < 0)
    assert row["share_excluding_zero"] == pytest.approx(excluding.mean())
    assert row["share_same_side"] == pytest.approx((table["low"] > 0).mean())
    assert isinstance(found, SpecificationCurve)
    assert "median" in dir(found)


def test_the_numbers_do_not_depend_on_who_does_them(data, tmp_path):
    call = {"groups": "group", "n_permutations": 600, "rng": 5, "covariate_sets": SETS}
    one = ps.specification_curve(data, ["y", "v"], ["x", "b"], models="wald", **call)
    two = ps.specification_curve(
        data, ["y", "v"], ["x", "b"], models="wald", n_jobs=2, checkpoint=tmp_path / "run", **call
    )
    assert len(list((tmp_path / "run").glob("*/*.npz"))) == 2 + 4
    pd.testing.assert_frame_equal(one.table, two.table, check_exact=True, check_dtype=False)
    pd.testing.assert_frame_equal(one.joint, two.joint, check_exact=True)
    pd.testing.assert_frame_equal(
        one.null_distribution, two.null_distribution, check_dtype=False, check_exact=True
    )


def test_an_interrupted_run_is_taken_up(data, tmp_path, monkeypatch):
    from probstats.specifications import fitting

    done, whole = [], fitting.fit_one

    def interrupted(setting, one):
        if len(done) == 12:
            raise KeyboardInterrupt
        done.append(one.names)
        return whole(setting, one)

    call = (data, ["y", "v"], "x", SETS, SUBSETS, ["logit", "probit"], "wald")
    monkeypatch.setattr(fitting, "fit_one", interrupted)
    with pytest.raises(KeyboardInterrupt):
        ps.specification_curve(*call, checkpoint=tmp_path)
    monkeypatch.setattr(fitting, "fit_one", lambda *given: done.append(0) or whole(*given))
    done.clear()
    taken_up = ps.specification_curve(*call, checkpoint=tmp_path)
    assert len(done) == 24 - 8
    at_once = ps.specification_curve(*call)
    pd.testing.assert_frame_equal(taken_up.table, at_once.table, check_dtype=False)
    with pytest.raises(ps.JobError, match="other level"):
        ps.specification_curve(*call, checkpoint=tmp_path, level=0.9)
    with pytest.raises(ps.JobError, match="other data"):
        ps.specification_curve(data.assign(x=-data["x"]), *call[1:], checkpoint=tmp_path)


def test_workers_that_die_are_said(data, monkeypatch):
    from concurrent.futures.process import BrokenProcessPool

    from probstats.specifications import curve

    def dying(*_):
        raise BrokenProcessPool("a process was killed")

    monkeypatch.setattr(curve, "fit_all", dying)
    with pytest.raises(ps.JobError, match="a worker process died after 0 of 1 pieces"):
        ps.specification_curve(data, "y", "x")


def test_false_discovery_is_that_of_statsmodels(data):
    names = ["x", "z", "my w", "b", "f"]
    found = ps.specification_curve(data, "y", names, SETS, models="wald", n_permutations=99, rng=1)
    primary = found.false_discovery(by={"covariates": "all"})
    assert list(primary.index) == names
    for column, method in [("q_bh", "fdr_bh"), ("q_by", "fdr_by")]:
        right = multipletests(primary["p_value"], method=method)[1]
        np.testing.assert_allclose(primary[column], right, rtol=1e-12)
    assert row_of(found, exposure="b", covariates="all")["p_value"] == primary.loc["b", "p_value"]
    assert (primary["by"] == "covariates all").all()
    joint = found.false_discovery(by="stouffer")
    rows = found.joint[found.joint["test"] == "stouffer"].set_index("exposure")
    assert joint["p_value"].to_dict() == rows["p_value"].to_dict()
    np.testing.assert_allclose(joint["q_bh"], stats.false_discovery_control(joint["p_value"]))
    with pytest.raises(ps.ModelError, match="names 3 analyses of 'x', and one is meant"):
        found.false_discovery(by={"link": "logit"})
    for wrong in ("mean", {"colour": "red"}, 3):
        with pytest.raises(ps.ModelError, match="by="):
            found.false_discovery(by=wrong)


def test_an_exposure_without_a_p_value_is_no_test(data):
    sure = data.assign(s=1.0 * (data["y"] >= "good"))
    with pytest.warns(ps.SpecificationWarning):
        found = ps.specification_curve(sure, "y", ["x", "b", "s"], models="wald")
    with pytest.raises(ps.ModelError, match="nothing was permuted"):
        found.false_discovery()
    table = found.false_discovery(by={"model": "wald"})
    assert table.loc["s", ["p_value", "q_bh", "q_by"]].isna().all()
    right = multipletests(table["p_value"][["x", "b"]], method="fdr_bh")[1]
    np.testing.assert_allclose(table["q_bh"][["x", "b"]], right)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"data": [1, 2]}, "data must be a frame"),
        ({"outcomes": ["rating"]}, "outcome 'rating' is no column"),
        ({"outcomes": [("y", "upper", "v")]}, "must be a column, or a pair"),
        ({"outcomes": []}, "outcomes is empty"),
        ({"outcomes": 3}, "outcomes must be a name, a list or a dict"),
        ({"exposures": "xx"}, "exposure 'xx' is no column of the data; did you mean x"),
        ({"exposures": "y"}, r"4 categories \(low, fair, good, high\) and so several coefficients"),
        ({"exposures": "flat"}, "has the same value in all rows"),
        ({"exposures": "text"}, "must be numbers, truth values or two"),
        ({"covariate_sets": {"a": ["zz"]}}, "covariate of set 'a': 'zz' is no column"),
        ({"covariate_sets": {"a": ["z +* f"]}}, "cannot be read"),
        ({"covariate_sets": {"a": [3]}}, "is a list of formula terms"),
        ({"covariate_sets": {}}, "covariate_sets is empty"),
        ({"subsets": {"a": "nothing > 3"}}, "subset 'a': query 'nothing > 3' cannot be read"),
        ({"subsets": {"a": [True]}}, "must be True or False for each of the 120 rows"),
        ({"subsets": {"a": "x + 1"}}, "must be True or False for each of the 120 rows"),
        ({"subsets": {"a": pd.Series(True, range(1, 121))}}, "has another index than the data"),
        ({"subsets": ["year > 1"]}, "subsets is a dict"),
        ({"links": "log"}, "link='log' is not known"),
        ({"models": "robust"}, "model 'robust' is not known"),
        ({"models": {"a": {"colour": 1}}}, "unknown option 'colour'"),
        ({"models": {"a": {"interval": "exact"}}}, "must be 'wald' or 'profile'"),
        ({"models": {"a": {"interval": "profile", "reduction": "mean"}}}, "go with reduction"),
        ({"models": {"a": {"weights": np.ones(120)}}}, "are columns of the data"),
        ({"models": "clustered"}, "needs groups="),
        ({"models": None}, "models must be a name, a list or a dict"),
        ({"models": {"a": 3}}, "must be a dict of options"),
        ({"groups": "area"}, "groups='area' is no column"),
        ({"level": 95}, "level=95 must lie between 0 and 1"),
        ({"scale": "odds"}, "scale='odds' is not known"),
        ({"links": ["logit", "cauchit"]}, "'cauchit' has no latent standard deviation"),
        ({"statistic": "f"}, "statistic='f' is not known"),
        ({"exchange": "whole"}, "pass groups= too"),
        ({"n_permutations": -1}, "must be a whole number, 0 or more"),
        ({"n_jobs": 0}, "is no number of processors"),
    ],
)
def test_what_cannot_be_read_is_said_before_anything_is_run(data, change, sentence):
    data = data.assign(flat=1.0, text="a")
    with pytest.raises((ps.ModelError, ps.JobError), match=sentence):
        ps.specification_curve(**({"data": data, "outcomes": "y", "exposures": "x"} | change))


def test_masks_go_with_the_index_of_the_data(data):
    moved = data.set_index(np.arange(500, 620)[::-1])
    subsets = {"mask": moved["year"] > 1, "function": lambda rows: rows.loc[600:501, "x"] > 9}
    with pytest.raises(ps.ModelError, match="subset 'function'"):
        ps.specification_curve(moved, "y", "x", subsets=subsets, models="wald")
    found = ps.specification_curve(moved, "y", "x", subsets={"mask": moved["year"] > 1})
    fit = ps.CumulativeLinkModel.from_formula("y ~ x", data[data["year"] > 1]).fit()
    assert found.median == pytest.approx(fit.params["x"], rel=1e-10)


def test_an_outcome_is_no_covariate_of_its_own(data):
    numbered = data.assign(number=data["v"].cat.codes)
    with pytest.warns(ps.SpecificationWarning, match="'number' is a covariate or the exposure too"):
        found = ps.specification_curve(
            numbered,
            ["y", "number"],
            ["x", "number"],
            {"none": [], "number": ["number"]},
            models="wald",
        )
    failed = found.table.set_index(["outcome", "exposure", "covariates"])["failure"].ne("")
    assert failed[("number", "number", "none")]
    assert failed[("number", "x", "number")]
    assert not failed[("y", "x", "number")]


def test_unknown_arguments_raise(data):
    with pytest.raises(TypeError, match="n_permutation"):
        ps.specification_curve(data, "y", "x", n_permutation=9)


def test_fits_do_not_warn_one_by_one(data):
    with warnings.catch_warnings():
        warnings.simplefilter("error", ProbstatsWarning)
        found = ps.specification_curve(data, "y", "x", subsets={"few": data["y"] < "high"})
    assert found.table["warnings"].ne("").all()
