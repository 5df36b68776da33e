"""Joint tests: against permutation tests of single fits, against refits, and what they need."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import probstats as ps
from probstats.specifications.joint import curve_statistics
from tests.specifications.conftest import simulated


@pytest.fixture(scope="module")
def wine():
    wine = pd.read_csv("tests/reference/wine.csv").astype({"temp": "category"})
    return wine.assign(contact=1.0 * (wine["contact"] == "yes"))


def joint_of(found, test):
    return found.joint.set_index("test").loc[test]


@pytest.mark.parametrize("terms", [[], ["temp"]])
@pytest.mark.parametrize("statistic", ["score", "refit"])
def test_one_specification_is_a_permutation_test(wine, terms, statistic):
    """All arrangements of eight bottles, by the signed root of score or Wald statistic."""
    found = ps.specification_curve(
        wine, "rating", "contact", {"a": terms}, models="wald", groups="bottle",
        n_permutations=100 if not terms else 60, statistic=statistic, rng=2,
    )  # fmt: skip
    fit = ps.CumulativeLinkModel.from_formula(f"rating ~ {'+'.join(['contact', *terms])}", wine)
    method = "score" if statistic == "score" else "wald"
    test = ps.permutation_test(
        fit.fit(), "contact", groups="bottle", statistic=method,
        n_resamples=100 if not terms else 60, rng=2,
    )  # fmt: skip
    stouffer = joint_of(found, "stouffer")
    assert stouffer["observed"] ** 2 == pytest.approx(test.statistic, rel=1e-7)
    assert stouffer["exact"] == test.exact == (not terms)
    assert stouffer["n_permutations"] == (60 if terms else 70)
    if not terms:
        assert stouffer["p_value"] == test.p_value
        ours = np.sort(found.null_distribution["stouffer"] ** 2)
        np.testing.assert_allclose(ours, np.sort(test.null_distribution), rtol=1e-6, atol=1e-9)
        assert "all 70 arrangements" in " ".join(found.summary().split())
    assert "permuted among the 8 values of bottle" in " ".join(found.permuted["contact"].split())


def test_the_estimate_by_score_is_one_newton_step(data):
    found = ps.specification_curve(
        data, "y", "x", {"z": ["z"]}, links="probit", n_permutations=1, rng=1
    )
    null = ps.CumulativeLinkModel.from_formula("y ~ z", data, "probit").fit()
    model = ps.CumulativeLinkModel.from_formula("y ~ x + z", data, "probit")
    score = model.score(np.insert(np.asarray(null.params), 0, 0.0))[0]
    estimate, z = (joint_of(found, test)["observed"] for test in ("median", "stouffer"))
    assert z**2 / estimate == pytest.approx(score, rel=1e-6)  # (U^2 / V) / (U / V)
    assert estimate == pytest.approx(found.median, rel=0.2)


def test_scores_and_refits_agree_where_effects_are_small():
    data = simulated(11, 240, 0.0)
    call = (data, ["y", "v"], "x", {"z": ["z"], "more": ["z", "f"]}, {"late": "year > 0"})
    score = ps.specification_curve(*call, models="wald", n_permutations=40, rng=1)
    refit = ps.specification_curve(
        *call, models="wald", n_permutations=40, rng=np.random.default_rng(1), statistic="refit"
    )
    for test in ("median", "stouffer"):
        ours, theirs = joint_of(score, test), joint_of(refit, test)
        assert ours["observed"] == pytest.approx(theirs["observed"], rel=0.05)
        assert abs(ours["p_value"] - theirs["p_value"]) < 5 * np.hypot(ours["error"], 0.05)
    assert refit.null_distribution["lost"].max() == 0
    table = refit.table
    assert joint_of(refit, "median")["observed"] == pytest.approx(refit.median, rel=1e-12)
    z = np.sign(table["estimate"]) * stats.norm.isf(table["p_value"] / 2.0)
    assert joint_of(refit, "stouffer")["observed"] == pytest.approx(z.sum() / 2.0, rel=1e-10)


def test_all_specifications_see_the_same_permutation(data):
    """Two outcomes that are one have the same sign in every permutation."""
    twin = data.assign(twin=data["y"])
    found = ps.specification_curve(
        twin, ["y", "twin"], "x", {"z": ["z"]}, models="wald", n_permutations=99, rng=4
    )
    assert len(found.table) == 2
    assert (found.null_distribution["sign"] == 1.0).all()
    assert set(found.null_distribution["significant"]) <= {0.0, 1.0}
    other = ps.specification_curve(
        data.assign(w2=data["x"].to_numpy()[::-1]), ["y", "v"], "w2", n_permutations=99, rng=4
    )
    assert (other.null_distribution["sign"] == 0.5).any()


def test_statistics_of_curves_are_those_of_the_paper():
    estimates = np.array(
        [[0.1, -0.2, 0.3, 0.5], [-1.0, np.nan, -2.0, 1.0], [np.inf, 1.0, 2.0, 3.0]]
    )
    z = np.array([[1.0, -2.5, 2.1, 3.0], [-3.0, np.nan, -1.0, 2.5], [np.nan, 1.0, 1.0, 1.0]])
    found = curve_statistics(estimates, z, 0.05)
    assert found["median"].tolist() == [0.2, -1.0, 2.5]
    np.testing.assert_allclose(found["sign"], [3 / 4, 2 / 3, 1.0])
    np.testing.assert_allclose(found["significant"], [2 / 4, 1 / 3, 0.0])
    np.testing.assert_allclose(found["stouffer"], [3.6 / 2.0, -1.5 / 3**0.5, 3**0.5])
    assert found["lost"].tolist() == [0, 1, 1]
    nothing = curve_statistics(np.full((1, 2), np.nan), np.full((1, 2), np.nan), 0.05)
    assert nothing[["median", "sign", "significant", "stouffer"]].isna().all(axis=None)
    tied = curve_statistics(np.array([[1.0, -1.0]]), np.array([[1.0, -3.0]]), 0.05)
    assert tied["significant"].tolist() == [0.5]


def test_an_effect_is_found(data):
    found = ps.specification_curve(
        data, ["y", "v"], ["x", "my w"], {"none": [], "z": ["z"]}, models="wald",
        n_permutations=199, rng=1,
    )  # fmt: skip
    p_values = found.joint.set_index(["exposure", "test"])["p_value"]
    assert p_values["x", "median"] == p_values["x", "stouffer"] == 1 / 200
    assert (p_values["my w"] > 0.05).all()
    q = found.false_discovery()
    assert q["q_bh"].tolist() == [2 / 200, p_values["my w", "median"]]


def test_a_missing_exposure_stays_missing(data):
    holes = data.assign(x=data["x"].where(data["year"] != 2), z=data["z"].where(data["year"] != 1))
    found = ps.specification_curve(
        holes, "y", "x", {"none": [], "z": ["z", "f"]}, models="wald", n_permutations=50, rng=1
    )
    assert found.table.set_index("covariates")["n"].to_dict() == {"none": 90.0, "z": 60.0}
    assert "among the 90 rows" in " ".join(found.permuted["x"].split())
    assert found.null_distribution["lost"].eq(0).all()


def test_what_the_score_leaves_out_is_said_and_refits_have_it(data):
    call = (data, "y", "x", {"z": ["z"]})
    options = {"models": ["wald", "random"], "groups": "group", "rng": 1}
    score = ps.specification_curve(*call, n_permutations=9, **options)
    assert joint_of(score, "median")["specifications"] == 1
    assert "leave out 1 of 2 specifications: models with random effects" in " ".join(score.notes)
    refit = ps.specification_curve(*call, n_permutations=4, statistic="refit", **options)
    assert joint_of(refit, "median")["specifications"] == 2
    assert "leave out" not in " ".join(refit.notes)


def test_covariates_that_determine_the_exposure_are_left_out(data):
    same = data.assign(twice=2.0 * data["x"])
    with pytest.warns(ps.SpecificationWarning):
        found = ps.specification_curve(
            same, "y", "x", {"none": [], "twice": ["twice"]}, n_permutations=9, rng=1
        )
    assert joint_of(found, "median")["specifications"] == 1
    with pytest.raises(ps.ModelError, match="determine 'x', so that nothing of it is left"):
        ps.specification_curve(same, "y", "x", {"twice": ["twice"]}, n_permutations=9)


def test_other_ways_to_permute(data):
    call = (data, "y", "x", {"none": [], "f": ["f"]})
    free = ps.specification_curve(*call, given="independent", n_permutations=20, rng=1)
    assert "were assigned" in free.permuted["x"] or "was assigned" in free.permuted["x"]
    strata = ps.specification_curve(*call, given="strata", n_permutations=20, rng=1)
    assert "2 strata" in strata.permuted["x"]
    within = ps.specification_curve(*call, groups="group", n_permutations=20, rng=1)
    assert "within each group (it varies in 15 of 15)" in " ".join(within.permuted["x"].split())
    with pytest.raises(ps.ModelError, match="'x' varies within 15 of the 15 groups"):
        ps.specification_curve(*call, groups="group", exchange="whole", n_permutations=20)


def test_rows_that_belong_together_are_not_permuted_alone(data):
    models = {"clustered": {"cov_type": "CR2", "cov_kwds": {"groups": "group"}}}
    with pytest.raises(ps.ModelError, match="model 'clustered' takes rows to belong together"):
        ps.specification_curve(data, "y", "x", models=models, n_permutations=9)
    found = ps.specification_curve(data, "y", "x", models=models)
    assert found.joint.empty


def test_losses_in_refits_are_warned_of():
    rare = simulated(5, 60).assign(rare=lambda frame: 1.0 * (frame.index < 2))
    rare["y"] = (rare["y"] >= "high").astype(int)
    rare.loc[:1, "y"] = [0, 1]
    with pytest.warns(ps.SpecificationWarning, match="of the specifications of rare are lost"):
        found = ps.specification_curve(
            rare, "y", "rare", models="wald", statistic="refit", n_permutations=10, rng=1
        )
    assert joint_of(found, "median")["lost"] > 0.1


def p_values_without_an_effect(data_sets, n_permutations):
    """Return joint p-values where x goes with z, and z with the outcome, in every set."""
    found = []
    for rng in np.random.default_rng(8).spawn(data_sets):
        z, w = rng.normal(size=(2, 40))
        data = pd.DataFrame({"z": z, "w": w, "x": rng.normal(size=40) + 0.7 * z})
        data["y"] = np.digitize(z + rng.logistic(size=40), [-1.0, 1.0])
        curve = ps.specification_curve(
            data, "y", "x", {"z": ["z"], "both": ["z", "w"]}, models="wald",
            n_permutations=n_permutations, rng=rng,
        )  # fmt: skip
        found.append(curve.joint.set_index("test")["p_value"])
    return pd.DataFrame(found)


def test_p_values_without_an_effect_are_no_smaller_than_they_should_be():
    means = p_values_without_an_effect(30, 99).mean()
    error = np.sqrt(1.0 / 12.0 / 30.0)
    assert abs(means["median"] - 0.5) < 3.5 * error
    assert abs(means["stouffer"] - 0.5) < 3.5 * error
    assert (means[["sign", "significant"]] > 0.5 - 3.5 * error).all()


@pytest.mark.slow
def test_p_values_without_an_effect_are_uniform():
    found = p_values_without_an_effect(160, 199)
    for test in ("median", "stouffer"):
        assert stats.kstest(found[test], "uniform").pvalue > 1e-3
    for test in ("sign", "significant"):
        for level in (0.05, 0.1, 0.3):
            error = np.sqrt(level * (1.0 - level) / len(found))
            assert (found[test] <= level).mean() < level + 3.5 * error
