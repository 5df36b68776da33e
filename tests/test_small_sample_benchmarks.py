"""The studies of small samples in short, and the stored tables they leave."""

from __future__ import annotations

import importlib
import sys
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import probstats as ps
from probstats.errors import ProbstatsWarning

FOLDER = Path(__file__).parents[1] / "benchmarks"
STUDIES = ("small_samples", "clustered_methods", "clustered", "bias_reduction")


@pytest.fixture(scope="module")
def studies():
    """The scripts, which read each other from their folder."""
    sys.path.insert(0, str(FOLDER))
    try:
        yield {name: importlib.import_module(name) for name in STUDIES}
    finally:
        sys.path.remove(str(FOLDER))
        for name in STUDIES:
            sys.modules.pop(name, None)


@pytest.fixture(autouse=True)
def quiet():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ProbstatsWarning)
        yield


def sample_of(studies, design, seed, sd=None):
    study = studies["clustered"]
    sd = study.CLUSTER_SD if sd is None else sd
    return study.draw(design, design.effects, sd, np.random.default_rng(seed))


def test_bias_of_thirty_rows(studies):
    study = studies["bias_reduction"]
    found = study.simulate(30, study.PATTERNS["three even"], 32)
    assert (found["failed"] == 0.0).all()
    table = study.summarise(found).set_index(["estimator", "coefficient"])
    assert table.loc[("likelihood", "yes"), "bias"] > table.loc[("reduction", "yes"), "bias"]
    assert table.loc[("likelihood", "yes"), "rmse"] > table.loc[("reduction", "yes"), "rmse"]
    assert (table.loc["reduction", "lost"] == 0.0).all()
    assert table.loc["likelihood", ["wald", "profile", "HC0", "HC1"]].min(axis=None) > 0.6
    assert table.loc["ridge 1", ["profile", "HC0", "HC1"]].isna().all(axis=None)


def test_the_profile_interval_is_that_of_the_fit(studies):
    study = studies["bias_reduction"]
    x, rng = study.covariates(30), np.random.default_rng(4)
    agreed = []
    for _ in range(12):
        y = study.draw(x, study.PATTERNS["three even"], rng)
        fit = ps.CumulativeLinkModel(y, x).fit()
        low, high = fit.conf_int(method="profile").loc["yes"]
        held = study.profile_holds(fit.llf, "yes", x, y)
        agreed.append(held == (low <= study.TRUTH["yes"] <= high))
    assert all(agreed)


def test_the_profile_interval_is_that_of_the_random_intercept(studies):
    study, methods = studies["clustered"], studies["clustered_methods"]
    design = study.Design("three even", 60, 12, "equal")
    seen = set()
    for seed in range(2):
        sample = sample_of(studies, design, seed)
        fit = methods.fit_mixed(sample.x, sample, "agq")
        ends = fit.conf_int(method="profile")
        for shift in (-1.5, 0.0, 1.5):
            truths = {name: truth + shift for name, truth in sample.conditional.items()}
            for answer in methods.profile("any", fit, truths):
                low, high = ends.loc[answer.coefficient]
                assert answer.held == float(low <= answer.truth <= high)
                seen.add(answer.held)
    assert seen == {0.0, 1.0}


def test_wald_answers_are_those_of_conf_int(studies):
    sample = sample_of(studies, studies["clustered"].Design("two even", 60, 8, "equal"), 1)
    fit = ps.CumulativeLinkModel(sample.y, sample.x).fit(
        cov_type="CR2", cov_kwds={"groups": sample.groups}
    )
    for truth in (0.0, 1.0, 5.0):
        found = studies["small_samples"].wald_answers(fit, {"cluster": truth})["cluster"]
        low, high = fit.conf_int().loc["cluster"]
        expected = (
            fit.params["cluster"], low <= truth <= high, not low <= 0.0 <= high, high - low,
            fit.df_inference["cluster"],
        )  # fmt: skip
        np.testing.assert_allclose(found, np.array(expected, dtype=float))


@pytest.mark.parametrize(
    ("levels", "sizes"),
    [("four sparse", "equal"), ("three even", "unequal"), ("two even", "pairs")],
)
def test_the_marginal_truth_is_that_of_a_very_large_sample(studies, levels, sizes):
    study = studies["clustered"]
    design = study.Design(levels, 60, 30 if sizes == "pairs" else 12, sizes)
    rng, effects, n = np.random.default_rng(7), design.effects, 400_000
    share = study.has_covariate(study.make_groups(design)).mean()
    row = rng.integers(0, 2, n) if sizes == "pairs" else rng.normal(size=n)
    x = pd.DataFrame({"cluster": (rng.random(n) < share) * 1.0, "row": row * 1.0})
    latent = x @ pd.Series(effects) - study.middle(design, effects)
    latent += study.CLUSTER_SD * rng.normal(size=n)  # each row a cluster of its own
    small = studies["small_samples"]
    y = small.levels_of(latent, small.PATTERNS[levels], rng)
    fit = ps.CumulativeLinkModel(y, x).fit()
    truth = pd.Series(study.marginal_truth(design))
    assert (truth < 0.95 * pd.Series(effects)).all()
    assert ((fit.params[truth.index] - truth).abs() < 4.0 * fit.bse[truth.index]).all()


def expected_methods(methods, kinds):
    found = {*methods.MARGINAL, *methods.MIXED, methods.FIXED}
    return found | ({*methods.STEPS.values()} if kinds == "pairs" else {methods.SPLIT})


@pytest.mark.parametrize(("clusters", "sizes"), [(8, "equal"), (15, "pairs")])
def test_every_method_answers(studies, clusters, sizes):
    study, methods = studies["clustered"], studies["clustered_methods"]
    design = study.all_designs()[0]._replace(n=30, clusters=clusters, sizes=sizes)
    found = pd.DataFrame(
        [a for n in (0, 12) for a in study.answers_of(design, np.random.default_rng(n), n)],
        columns=["data", *methods.Answer._fields],
    )
    table = study.summarise(found)
    for data in ("effects", "no effect"):
        assert set(table.loc[table["data"] == data, "method"]) == expected_methods(methods, sizes)
    assert set(table.loc[table["data"] == "alike", "method"]) == set(methods.MIXED)
    assert (table["silent"] < 1.0).all()
    answers = table.set_index(["data", "method", "interval", "coefficient"])
    marginal = answers.loc["effects", "CR2", "Wald", "cluster"]["truth"]
    assert 0.8 < marginal < answers.loc["effects", "fixed effects", "Wald", "row"]["truth"] + 0.5
    assert marginal < answers.loc["effects", "intercept, quadrature", "Wald", "cluster"]["truth"]


def test_what_goes_together_with_clusters_biases_a_random_intercept_alone(studies):
    study, methods = studies["clustered"], studies["clustered_methods"]
    design = study.Design("three even", 130, 20, "confounded")
    found = []
    for seed in range(0, 36, 6):
        sample = sample_of(studies, design, seed)
        found += methods.mixed_answers(sample) + methods.split_answers(sample)
    rows = pd.DataFrame(found).query("coefficient == 'row'")
    bias = rows["estimate"].sub(rows["truth"]).groupby(rows["method"]).mean()
    assert bias["intercept, quadrature"] > 0.15
    assert bias["intercept, quadrature"] > bias[methods.SPLIT] + 0.1


def test_a_method_without_an_answer_is_counted(studies):
    study, methods = studies["clustered"], studies["clustered_methods"]
    found = methods.nothing("jackknife", "Wald", {"row": 0.5})
    found += [methods.Answer("jackknife", "Wald", "row", 0.5, 0.7, 1.0, 0.0, 2.0, 7.0)]
    table = study.summarise(pd.DataFrame(found).assign(data="effects"))
    row = table.iloc[0]
    assert row[["samples", "lost", "silent", "coverage"]].tolist() == [2, 0.5, 0.5, 1.0]


def test_unequal_clusters_have_rows_and_the_same_total_as_equal_ones(studies):
    study = studies["clustered"]
    for design in study.all_designs():
        counts = np.bincount(study.make_groups(design))
        assert (len(counts), counts.sum()) == (design.clusters, design.n)
        if design.sizes == "unequal":
            assert counts.min() >= 1
            assert counts.max() > 0.2 * counts.sum()
        else:
            assert counts.max() - counts.min() <= 1


def test_the_designs_span_what_they_should(studies):
    small, designs = studies["small_samples"], pd.DataFrame(studies["clustered"].all_designs())
    assert not designs.duplicated().any()
    assert set(designs["levels"]) == set(small.PATTERNS)
    equal = designs[designs["sizes"] == "equal"]
    even = equal["levels"].isin(list(small.EVEN))
    both = even.groupby([equal["n"], equal["clusters"]]).agg(["sum", "size"])
    assert len(both) == 10
    assert (both["sum"] == 1).all()
    assert (both["size"] == 2).all()
    assert set(designs["sizes"]) == {"equal", "unequal", "pairs", "confounded"}


def test_a_stopped_run_goes_on(studies, tmp_path, monkeypatch):
    study = studies["clustered"]
    designs = [study.Design("three even", 30, 8, "confounded"), study.all_designs()[-1]]
    monkeypatch.setattr(study, "PATH", tmp_path / "clustered.csv")
    monkeypatch.setattr(study, "all_designs", lambda: designs)
    study.main(2)
    whole = study.PATH.read_text(encoding="utf-8")
    table = pd.read_csv(study.PATH)
    table[table["n"] == 130].to_csv(study.PATH, index=False)
    study.main(2)
    assert study.PATH.read_text(encoding="utf-8") == whole


def test_the_stored_table_of_independent_rows_holds_every_design(studies):
    study = studies["bias_reduction"]
    bias = pd.read_csv(FOLDER / "small" / "bias_reduction.csv")
    designs = len(study.PATTERNS) * len(study.SIZES) * len(study.ESTIMATORS) * len(study.TRUTH)
    assert len(bias) == designs
    assert (bias.loc[bias["estimator"] == "reduction", "lost"] == 0.0).all()
    assert bias.loc[bias["estimator"] != "ridge 1", ["HC0", "HC1"]].notna().all(axis=None)


def test_the_stored_table_of_clusters_holds_every_design_and_method(studies):
    study, methods = studies["clustered"], studies["clustered_methods"]
    table = pd.read_csv(study.PATH)
    stored = study.stored(study.REPLICATES)
    assert list(stored) == study.all_designs()
    for design, part in stored.items():
        by = part.groupby("data")["method"].unique()
        if design.sizes == "confounded":
            assert set(by["effects"]) == {*methods.MIXED, methods.FIXED, methods.SPLIT}
            continue
        for data in ("effects", "no effect"):
            assert set(by[data]) == expected_methods(methods, design.sizes)
        assert set(by["alike"]) == set(methods.MIXED)
    samples = table["method"].map(methods.EVERY).fillna(1.0).rdiv(study.REPLICATES)
    assert (table["samples"] == samples).all()


@pytest.fixture(scope="module")
def bias():
    table = pd.read_csv(FOLDER / "small" / "bias_reduction.csv")
    return table.groupby(["coefficient", "n", "estimator"]).mean(numeric_only=True)


@pytest.fixture(scope="module")
def clusters():
    return pd.read_csv(FOLDER / "small" / "clustered.csv")


def means(table, **values):
    """Return the means by method over the designs with these values."""
    for name, value in values.items():
        table = table[table[name].isin(value if isinstance(value, list) else [value])]
    return table.groupby("method").mean(numeric_only=True)


class TestTheDecisionTable:
    """What docs/models/small-samples.md says in short holds in the stored tables."""

    def test_reduction_in_few_rows(self, bias):
        yes = bias.loc["yes"]
        for n, smaller in ((14, 0.40), (30, 1 / 6)):
            likelihood, reduced = yes.loc[n, "likelihood"], yes.loc[n, "reduction"]
            assert abs(reduced["bias"]) < 0.03 < likelihood["bias"]
            assert smaller < 1.0 - reduced["rmse"] / likelihood["rmse"] < 0.5
            assert reduced["wald"] > 0.96
            assert (yes.loc[n, "ridge 1"]["rmse"]) < reduced["rmse"]
        table = pd.read_csv(FOLDER / "small" / "bias_reduction.csv")
        reduced = table[table["estimator"].eq("reduction") & table["coefficient"].eq("yes")]
        far = reduced[reduced["bias"].abs() > 0.05]
        assert far[["levels", "n"]].to_numpy().tolist() == [["two sparse", 14]]

    def test_profile_of_few_rows(self, bias):
        rejected = 1.0 - bias.loc["nothing", "profile"].xs("likelihood", level="estimator")
        assert rejected[14] == pytest.approx(0.05 * 3, rel=0.1)
        assert rejected[30] == pytest.approx(0.05 * 1.5, rel=0.1)
        assert (rejected[[60, 130]] < 0.06).all()

    def test_fourteen_rows_in_clusters(self, clusters):
        there = means(
            clusters, n=14, data="effects", interval="Wald", coefficient=["cluster", "row"]
        )
        none = means(
            clusters, n=14, data="no effect", interval="Wald", coefficient=["cluster", "row"]
        )
        assert (there["rejected"] - none["rejected"]).dropna().max() < 0.1
        assert there.loc["jackknife", "lost"] > 0.7
        cluster = means(clusters, n=14, data="effects", interval="Wald", coefficient="cluster")
        assert cluster.loc["likelihood", "lost"] == pytest.approx(0.1, abs=0.02)
        assert cluster.loc["intercept, quadrature", "bias"] > 0.7
        row = means(clusters, n=14, data="effects", interval="Wald", coefficient="row")
        assert row.loc["intercept, Laplace", "lost"] > 5 * row.loc["intercept, quadrature", "lost"]

    def test_covariate_of_rows(self, clusters):
        row = {"interval": "Wald", "coefficient": "row", "n": [60, 130]}
        equal = means(clusters, sizes="equal", **row)["coverage"]
        assert equal.min() > 0.925
        unequal = means(clusters, sizes="unequal", **row)["coverage"]
        assert unequal[["CR1", "fixed effects"]].max() < 0.93 < 0.945 < unequal["CR2"]
        power = means(clusters, sizes="equal", data="effects", **row)["rejected"]
        assert power["intercept, quadrature"] > power["CR2"] + 0.05
        assert power["intercept, quadrature"] > power["fixed effects"] + 0.05
        few = means(clusters, interval="Wald", coefficient="row", n=30, data="effects",
                    sizes="equal")["bias"]  # fmt: skip
        assert few["intercept, quadrature"] > 0.1
        assert abs(few["reduction, CR2"]) < 0.03

    def test_covariate_of_clusters(self, clusters):
        many = {"interval": "Wald", "coefficient": "cluster", "n": [60, 130]}
        twelve = means(clusters, sizes="equal", clusters=[12, 20, 40], **many)
        assert twelve.loc["CR1", "coverage"] < 0.94
        assert 0.96 < twelve.loc["CR2", "coverage"] < 0.98
        assert 0.935 < twelve.loc["intercept, quadrature", "coverage"] < 0.955
        assert twelve.loc["intercept, quadrature", "width"] < twelve.loc["CR2", "width"]
        eight = means(clusters, sizes="equal", clusters=8, **many)
        assert eight.loc[["CR1", "intercept, quadrature"], "coverage"].max() < 0.9
        assert eight.loc["CR2", "coverage"] > 0.975
        assert eight.loc["CR2", "df"] < 4.0
        wide = eight["width"]
        assert wide["CR2"] > 2.0 * wide[["CR1", "intercept, quadrature"]].max()
        assert eight.loc["CR1", "coverage"] < eight.loc["jackknife", "coverage"] < 0.95
        unequal = means(clusters, sizes="unequal", **many)["coverage"]
        shown = ["likelihood", "CR1", "jackknife", "ridge", "intercept, Laplace",
                 "intercept, quadrature", "within and between"]  # fmt: skip
        assert unequal[shown].max() < 0.95 < unequal[["CR2", "reduction, CR2"]].min()

    def test_effects_that_go_with_the_covariate(self, clusters):
        row = means(clusters, sizes="confounded", interval="Wald", coefficient="row")
        large = means(clusters, sizes="confounded", interval="Wald", coefficient="row", n=130)
        for table in (row, large):
            assert table.loc["intercept, quadrature", "bias"] > 0.5 * 0.5
            assert table.loc[["within and between", "fixed effects"], "bias"].abs().max() < 0.1
            assert table.loc[["within and between", "fixed effects"], "coverage"].min() > 0.94

    def test_subjects_rated_twice(self, clusters):
        pairs = {"sizes": "pairs", "coefficient": "row"}
        exact = {**pairs, "interval": "mid-p"}
        size = means(clusters, data="no effect", **exact)["rejected"]
        assert size["pairs, levels"] == pytest.approx(0.05, abs=0.01)
        found = means(clusters, data="effects", **exact)["rejected"]["pairs, levels"]
        others = means(clusters, data="effects", interval="Wald", **pairs)["rejected"]
        assert found > others.max() - 0.02
        for n, limit in ((30, 0.1), (60, 0.05), (130, 0.06)):
            bias = means(clusters, data="effects", interval="Wald", n=n, **pairs)["bias"]
            assert bias[["reduction, CR2", "fixed effects"]].abs().max() < limit
            if n < 130:
                assert bias[["intercept, quadrature", "intercept, Laplace"]].min() > 0.15
        fixed = means(clusters, data="effects", interval="Wald", n=30, **pairs)["rejected"]
        assert fixed["fixed effects"] < 0.05

    def test_standard_deviation(self, clusters):
        sd = {"sizes": ["equal", "pairs"], "coefficient": "sd"}
        for n in (14, 30, 60, 130):
            alike = means(clusters, data="alike", interval="test", n=n, **sd)["rejected"]
            assert alike["intercept, quadrature"] < 0.075
            assert alike["intercept, Laplace"] < alike["intercept, quadrature"]
            found = means(clusters, data="effects", interval="test", n=n, **sd)["rejected"]
            assert (found["intercept, quadrature"] < 0.21) == (n < 130)
            zero = means(clusters, data="effects", interval="Wald", n=n, **sd)["silent"]
            if n in (30, 60):
                assert 0.3 < zero["intercept, quadrature"] < 0.5
