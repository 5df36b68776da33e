"""Permutation tests: exact where they say so, and clear where they cannot be."""

from __future__ import annotations

import itertools
import json
import os
import signal
from pathlib import Path
from types import SimpleNamespace

import joblib
import numpy as np
import pandas as pd
import pytest
from scipy import stats

import probstats as ps
from probstats.models.checking.lines import all_edges, level_counts
from probstats.models.checking.score_test import score_and_information
from probstats.resampling import permutation_run
from probstats.resampling.permutation_null import _notes
from probstats.resampling.permutation_result import p_value_of

REFERENCE = Path(__file__).parents[1] / "reference"


def sample(n=40, seed=1):
    """Simulated rows in groups of five."""
    rng = np.random.default_rng(seed)
    z = rng.normal(size=n)
    return pd.DataFrame({
        "y": np.digitize(z + rng.logistic(size=n), [-1.0, 1.0]),
        "x": z + rng.normal(size=n), "z": z, "g": np.arange(n) // 5,
        "f": pd.Categorical(rng.permutation(np.arange(n) % 3).astype(str)),
    })  # fmt: skip


def fit_of(formula, data, **options):
    return ps.CumulativeLinkModel.from_formula(formula, data, **options).fit()


@pytest.fixture(scope="module")
def fit():
    return fit_of("y ~ x + z", sample())


def by_hand(data, null, statistic):
    """The statistic of x from the whole model at the null estimates, or from a refit."""
    model = ps.CumulativeLinkModel.from_formula("y ~ x", data)
    if statistic == "lr":
        return 2.0 * (model.fit().llf - null.llf)
    rows, at = model.rows, np.concatenate([[0.0], null.params])
    score, information = score_and_information(at, all_edges(rows), level_counts(rows), model.link)
    return score @ np.linalg.solve(information, score)


SMALL = pd.DataFrame({"y": [1, 3, 1, 2, 3, 2, 1], "x": [0.0, 1.0, 0.0, 0.0, 2.0, 1.0, 1.0]})


class TestExact:
    @pytest.mark.filterwarnings("ignore::probstats.errors.SeparationWarning")
    @pytest.mark.parametrize("statistic", ["score", "lr"])
    def test_brute_force(self, statistic):
        """Each distinct order of seven values, in a model of its own."""
        found = ps.permutation_test(fit_of("y ~ x", SMALL), "x", statistic=statistic)
        assert found.exact
        assert found.error == 0.0
        orders = sorted(set(itertools.permutations(SMALL["x"])))
        assert found.n_resamples == len(orders) == 5040 / (6 * 6)
        null = fit_of("y ~ 1", SMALL)
        values = [by_hand(SMALL.assign(x=order), null, statistic) for order in orders]
        np.testing.assert_allclose(np.sort(found.null_distribution), np.sort(values), rtol=1e-7)
        observed = by_hand(SMALL, null, statistic)
        assert found.p_value == np.mean(np.array(values) >= observed - 1e-9)

    def test_potters_test_by_statmod_in_r(self):
        stored = json.loads((REFERENCE / "permutation.json").read_text())
        data = pd.DataFrame(stored["seven"]).astype({"y": int})
        with pytest.warns(ps.SeparationWarning):  # the term separates; the score test exists
            fit = fit_of("y ~ x + z", data)
        for alternative in ("two-sided", "greater"):
            found = ps.permutation_test(fit, "x", alternative=alternative)
            assert found.exact
            assert found.approximate
            assert found.n_resamples == 5040
            stored_p = stored["p"][alternative.replace("-", "_")]
            np.testing.assert_allclose(found.p_value, stored_p, rtol=1e-12)
        np.testing.assert_allclose(found.statistic, stored["observed"], rtol=1e-7)

    def test_a_two_by_two_table_has_fishers_p_value(self):
        data = pd.DataFrame({"y": [0] * 7 + [1] * 8, "x": [0] * 5 + [1] * 2 + [0] * 2 + [1] * 6})
        fit, table = fit_of("y ~ x", data), pd.crosstab(data["y"], data["x"])
        for alternative in ("greater", "less"):
            found = ps.permutation_test(fit, "x", alternative=alternative)
            fisher = stats.fisher_exact(table, alternative=alternative).pvalue
            assert found.exact
            np.testing.assert_allclose(found.p_value, fisher, rtol=1e-12)

    @pytest.mark.parametrize("alternative", ["two-sided", "greater", "less"])
    def test_two_groups_have_the_p_value_of_wilcoxons_midranks(self, alternative):
        rng = np.random.default_rng(5)
        data = pd.DataFrame({"x": [0] * 6 + [1] * 7, "y": rng.integers(0, 4, 13)})
        found = ps.permutation_test(fit_of("y ~ x", data), "x", alternative=alternative)
        ranks = stats.rankdata(data["y"])
        expected = stats.permutation_test(
            (ranks[6:], ranks[:6]), lambda a, b: a.mean() - b.mean(), alternative="greater",
            n_resamples=np.inf,
        )  # fmt: skip
        values = expected.null_distribution
        assert found.exact
        assert found.n_resamples == len(values) == 1716
        value = expected.statistic
        if alternative == "two-sided":
            values, value = abs(values), abs(value)
        if alternative == "less":
            values, value = -values, -value
        np.testing.assert_allclose(found.p_value, np.mean(values >= value - 1e-9), rtol=1e-12)

    def test_random_arrangements_are_near_all(self):
        fit = fit_of("y ~ x", SMALL)
        exact = ps.permutation_test(fit, "x")
        drawn = ps.permutation_test(fit, "x", exact=False, n_resamples=4000, rng=1)
        assert not drawn.exact
        assert abs(drawn.p_value - exact.p_value) < 4 * drawn.error
        assert drawn.error == np.sqrt(drawn.p_value * (1 - drawn.p_value) / 4000)
        few = ps.permutation_test(fit, "x", exact=True, n_resamples=9)
        assert few.p_value == exact.p_value

    def test_too_many_to_go_through(self, fit):
        with pytest.raises(ps.ModelError, match="about 1e48 arrangements, and 1,000,000 at most"):
            ps.permutation_test(fit, "x", exact=True)


def p_values(make, seeds, **options):
    """P-values where there is no effect, spread over the steps of their lattice."""
    found = []
    for seed in seeds:
        formula, data, term, groups = make(seed)
        fit = fit_of(formula, data)
        test = ps.permutation_test(fit, term, groups, n_resamples=99, rng=seed, **options)
        found.append(test.p_value - np.random.default_rng(seed).random() / 100)
    return np.array(found)


def of_rows(seed, n=24):
    rng = np.random.default_rng([1, seed])
    y = np.digitize(rng.logistic(size=n), [-1.0, 1.5])
    return "y ~ x", pd.DataFrame({"y": y, "x": rng.exponential(size=n)}), "x", None


def given_covariates(seed, n=36):
    rng = np.random.default_rng([2, seed])
    z = rng.normal(size=n)
    y = np.digitize(1.5 * z + rng.logistic(size=n), [-1.5, 1.5])
    data = pd.DataFrame({"y": y, "z": z, "x": z + rng.normal(size=n)})
    return "y ~ x + z", data, "x", None


def in_strata(seed, n=40):
    rng = np.random.default_rng([3, seed])
    b = np.arange(n) % 2
    y = np.digitize(2.0 * b + rng.logistic(size=n), [-0.5, 2.5])
    data = pd.DataFrame({"y": y, "b": b, "x": (1.0 + b) * rng.exponential(size=n)})
    return "y ~ x + b", data, "x", None


def of_groups(seed, number=10):
    """Groups differ in the outcome; w is a value of each, x one of rows that goes with them."""
    rng = np.random.default_rng([4, seed])
    g = np.repeat(np.arange(number), rng.integers(2, 7, number))
    effect = 1.5 * rng.normal(size=number)[g]
    y = np.digitize(effect + rng.logistic(size=len(g)), [-1.0, 1.0])
    return pd.DataFrame({"y": y, "g": g, "w": rng.normal(size=number)[g],
                         "x": effect + rng.normal(size=len(g))})  # fmt: skip


def whole(seed):
    return "y ~ w", of_groups(seed), "w", "g"


def within(seed):
    return "y ~ x", of_groups(seed), "x", "g"


DESIGNS = [
    (of_rows, {}), (given_covariates, {}), (in_strata, {"given": "strata"}), (whole, {}),
    (within, {}),
]  # fmt: skip


@pytest.mark.filterwarnings("ignore::probstats.errors.SeparationWarning")
@pytest.mark.parametrize(
    ("make", "options"), DESIGNS, ids=lambda part: getattr(part, "__name__", "")
)
class TestUniform:
    def test_p_values_are_uniform_under_the_null(self, make, options):
        found = p_values(make, range(60), **options)
        assert stats.kstest(found, "uniform").pvalue > 0.005

    @pytest.mark.slow
    def test_p_values_are_uniform_over_many_seeds(self, make, options):
        found = p_values(make, range(1000, 1400), **options)
        assert stats.kstest(found, "uniform").pvalue > 0.005


@pytest.mark.filterwarnings("ignore::probstats.errors.SeparationWarning")
def test_rows_of_groups_permuted_as_if_they_were_alone_are_not_uniform():
    """What groups= is for: the same data without it."""
    found = p_values(lambda seed: (*whole(seed)[:3], None), range(60))
    assert stats.kstest(found, "uniform").pvalue < 1e-4


class TestRuns:
    @pytest.mark.parametrize("statistic", ["score", "lr"])
    def test_two_processes_give_the_same_numbers(self, fit, statistic, monkeypatch):
        options = {"statistic": statistic, "n_resamples": 130, "rng": 3}
        monkeypatch.setattr(permutation_run, "NUMBERS", 2000)  # pieces of 50, as refits have
        alone, both = (ps.permutation_test(fit, "x", n_jobs=jobs, **options) for jobs in (1, 2))
        np.testing.assert_array_equal(alone.null_distribution, both.null_distribution)
        assert alone.p_value == both.p_value

    def test_a_seed_repeats_it(self, fit):
        seeds = (7, 7, np.random.default_rng(7), 8)
        found = [ps.permutation_test(fit, "x", n_resamples=50, rng=rng) for rng in seeds]
        values = [one.null_distribution for one in found]
        np.testing.assert_array_equal(values[0], values[1])
        np.testing.assert_array_equal(values[0], values[2])
        assert not np.array_equal(values[0], values[3])

    def test_an_interrupted_run_is_taken_up(self, fit, tmp_path, monkeypatch):
        monkeypatch.setattr(permutation_run, "NUMBERS", 40 * 20)
        options = {"n_resamples": 100, "rng": 4}
        straight = ps.permutation_test(fit, "x", **options)
        work, done = permutation_run._work, []

        def interrupted(*arguments):
            if len(done) == 3:
                raise KeyboardInterrupt
            done.append(arguments)
            return work(*arguments)

        def counted(*arguments):
            done.append(arguments)
            return work(*arguments)

        monkeypatch.setattr(permutation_run, "_work", interrupted)
        with pytest.raises(KeyboardInterrupt):
            ps.permutation_test(fit, "x", checkpoint=tmp_path / "run", **options)
        done.clear()
        monkeypatch.setattr(permutation_run, "_work", counted)
        again = ps.permutation_test(fit, "x", checkpoint=tmp_path / "run", **options)
        np.testing.assert_array_equal(again.null_distribution, straight.null_distribution)
        assert len(done) == 1 + 3  # the data, and the pieces that were missing
        with pytest.raises(ps.JobError, match="with other rng;"):
            ps.permutation_test(fit, "x", checkpoint=tmp_path / "run", n_resamples=100, rng=5)
        with pytest.raises(ps.JobError, match="with other data, model, term;"):
            ps.permutation_test(fit, "z", checkpoint=tmp_path / "run", **options)

    def test_a_worker_that_dies(self, fit, monkeypatch):
        monkeypatch.setattr("probstats.jobs.pieces._parallel", _killed)
        with pytest.raises(ps.JobError, match="a worker process died after 0 of 1 pieces"):
            ps.permutation_test(fit, "x", n_resamples=99, n_jobs=2)


def _killed(work, pieces, n_jobs):
    how = joblib.Parallel(n_jobs=n_jobs, return_as="generator")
    return iter(how(joblib.delayed(_die)() for _ in pieces))


def _die():
    os.kill(os.getpid(), signal.SIGKILL)


class TestDesigns:
    def test_a_factor_is_one_term(self):
        found = ps.permutation_test(fit_of("y ~ f + z", sample()), "f", n_resamples=99, rng=1)
        assert found.df == 2
        assert found.permuted.startswith("f is split by least squares")

    def test_columns_of_a_frame_are_terms(self):
        data = sample()
        model = ps.CumulativeLinkModel(data["y"], data[["x", "z"]])
        found = ps.permutation_test(model.fit(), "x", n_resamples=99, rng=1)
        same = ps.permutation_test(fit_of("y ~ x + z", data), "x", n_resamples=99, rng=1)
        assert found.p_value == same.p_value

    def test_a_weight_of_two_is_two_rows(self):
        data = sample(20).assign(times=np.arange(20) % 3)
        twice = data.loc[data.index.repeat(data["times"])].reset_index(drop=True)
        one, other = (
            ps.permutation_test(fit_of("y ~ x + z", frame, weights=weights), "x", groups,
                                n_resamples=60, rng=1)
            for frame, weights in ((data, "times"), (twice, None))
            for groups in ("g",)
        )  # fmt: skip
        np.testing.assert_allclose(one.null_distribution, other.null_distribution, rtol=1e-9)

    def test_rows_that_say_nothing_are_left_out(self):
        data = sample().assign(low=lambda d: d["y"], high=lambda d: d["y"])
        more = pd.concat([data, data.iloc[:9].assign(low=0, high=2)], ignore_index=True)
        formula = "interval(low, high) ~ x + z"
        one, other = (
            ps.permutation_test(fit_of(formula, frame), "x", n_resamples=60, rng=1).statistic
            for frame in (data, more)
        )
        assert (
            "among the 40 rows" in ps.permutation_test(fit_of(formula, more), "x", rng=1).permuted
        )
        assert abs(one / other - 1.0) < 0.2  # expected and observed information

    def test_groups_decide_what_is_exchanged(self):
        data = sample().assign(w=lambda d: d["g"] % 2)
        whole = ps.permutation_test(fit_of("y ~ w", data), "w", "g")
        assert whole.n_resamples == 70
        assert whole.exact
        within = ps.permutation_test(fit_of("y ~ x", data), "x", "g", n_resamples=99, rng=1)
        assert "within each g" in within.permuted

    def test_an_interaction_that_the_null_keeps_is_said(self):
        found = ps.permutation_test(fit_of("y ~ x * z", sample()), "x", n_resamples=99, rng=1)
        assert any("keeps x:z" in note for note in found.notes)

    def test_a_null_model_that_separates_is_said(self):
        data = pd.DataFrame({"y": [0, 0, 0, 0, 1, 1, 2, 1, 2, 1, 2, 2], "x": np.arange(12) % 5,
                             "z": [0] * 4 + [1] * 8})  # fmt: skip
        with pytest.warns(ps.SeparationWarning):
            fit = fit_of("y ~ x + z", data)
        with pytest.warns(ps.SeparationWarning, match="the model without the term separates"):
            found = ps.permutation_test(fit, "x", n_resamples=199, rng=1)
        assert found.notes[0].startswith("The model without the term separates the levels already")
        # In the limit only the rows with z = 1 are left.
        rest = fit_of("y ~ x", data[data["z"] == 1])
        alone = ps.permutation_test(rest, "x", n_resamples=9)
        np.testing.assert_allclose(found.statistic, alone.statistic, rtol=1e-6)
        with pytest.warns(ps.SeparationWarning):
            ratio = ps.permutation_test(fit, "x", n_resamples=19, rng=1, statistic="lr")
        null = fit_of("y ~ 1", data[data["z"] == 1])
        np.testing.assert_allclose(ratio.statistic, 2.0 * (rest.llf - null.llf), rtol=1e-6)

    def test_few_arrangements_are_warned_of(self):
        data = sample(20).assign(w=lambda d: d["g"] % 2)
        with pytest.warns(ps.FewGroupsWarning, match="6 arrangements only, so that no p-value is"):
            found = ps.permutation_test(fit_of("y ~ w", data), "w", "g")
        assert found.p_value >= 1 / 6
        assert "There are 6 arrangements only" in repr(found)

    def test_power(self):
        rng = np.random.default_rng(3)
        z, x = rng.normal(size=(2, 60))
        data = pd.DataFrame({"y": np.digitize(2 * x + z + rng.logistic(size=60), [-1, 1]),
                             "x": x, "z": z})  # fmt: skip
        fit = fit_of("y ~ x + z", data)
        assert ps.permutation_test(fit, "x", n_resamples=999, rng=1).p_value == 0.001
        less = ps.permutation_test(fit, "x", n_resamples=999, rng=1, alternative="less")
        assert less.p_value == 1.0
        assert less.statistic > 0.0


class TestResult:
    def test_numbers(self, fit):
        found = ps.permutation_test(fit, "x", n_resamples=499, rng=1)
        extreme = np.sum(found.null_distribution >= found.statistic)
        assert found.pvalue == found.p_value == (1 + extreme) / 500
        assert found.p_chi2 == stats.chi2.sf(found.statistic, 1)
        assert found.summary_frame().loc["x", "n_resamples"] == 499
        assert "null_distribution" in dir(found)
        assert "__eq__" not in dir(found)
        one = ps.permutation_test(fit, "x", n_resamples=499, rng=1, alternative="greater")
        np.testing.assert_allclose(one.statistic**2, found.statistic)
        assert one.p_chi2 == stats.norm.sf(one.statistic)
        assert "signed root of the score statistic" in repr(one)

    def test_ties_and_missing_statistics_are_extreme(self):
        values = np.array([1.0, 2.0 - 1e-12, 3.0, np.nan])
        assert p_value_of(values, 2.0, exact=True) == 3 / 4
        assert p_value_of(values, 2.0, exact=False) == 4 / 5


class TestRefusals:
    @pytest.mark.parametrize(("term", "options", "sentence"), [
        ("w", {}, "'w' is no term of the model; the terms are x, z"),
        (["x"], {}, "is no term of the model"),
        ("x", {"statistic": "rank"}, "statistic='rank' is not known; choose one of 'score'"),
        ("x", {"given": "nothing"}, "given='nothing' is not known; choose one of 'residuals'"),
        ("x", {"alternative": "both"}, "alternative='both' is not known"),
        ("x", {"exchange": "rows"}, "exchange='rows' is not known; choose one of 'within'"),
        ("x", {"exchange": "within"}, "says what to do with groups; pass groups= too"),
        ("x", {"n_resamples": 0}, "n_resamples=0 must be a whole number, 1 or more"),
        ("x", {"n_resamples": 99.0}, "n_resamples=99.0 must be a whole number"),
        ("x", {"exact": "yes"}, "exact='yes' must be True, False or None"),
        ("x", {"exact": np.array([1, 2])}, "must be True, False or None"),
        ("x", {"rng": "a"}, "rng='a' is no source of randomness"),
        ("x", {"groups": "area"}, "groups='area' is no column of the data of this fit"),
        ("x", {"groups": [1, 2]}, r"groups has shape \(2,\); the fit used 40 rows"),
        ("x", {"groups": ["a"] * 40}, r"groups has one group only \(a\); leave groups out"),
        ("x", {"groups": [None] * 2 + [1] * 38}, "groups are missing for 2 of the 40 rows used"),
    ])  # fmt: skip
    def test_arguments(self, fit, term, options, sentence):
        with pytest.raises(ps.ModelError, match=sentence):
            ps.permutation_test(fit, term, **options)

    def test_n_jobs(self, fit):
        with pytest.raises(ps.JobError, match="n_jobs=0 is no number of processors"):
            ps.permutation_test(fit, "x", n_jobs=0)

    def test_a_model_without_terms(self):
        with pytest.raises(ps.ModelError, match="the terms are none"):
            ps.permutation_test(fit_of("y ~ 1", sample()), "x")

    def test_fractional_weights(self):
        weighted = fit_of("y ~ x", sample(), weights=np.linspace(1.0, 2.0, 40))
        with pytest.raises(ps.ModelError, match="weights are not whole numbers"):
            ps.permutation_test(weighted, "x")

    def test_one_side_of_several_parameters(self):
        with pytest.raises(ps.ModelError, match="needs a term with one parameter, and 'f' has 2"):
            ps.permutation_test(fit_of("y ~ f", sample()), "f", alternative="less")

    def test_clustered_errors_without_groups(self):
        model = ps.CumulativeLinkModel.from_formula("y ~ x", sample())
        fit = model.fit(cov_type="cluster", cov_kwds={"groups": "g"})
        with pytest.raises(ps.ModelError, match="errors of the fit are clustered"):
            ps.permutation_test(fit, "x")
        assert ps.permutation_test(fit, "x", "g", n_resamples=9, rng=1).n_resamples == 9

    @pytest.mark.parametrize("options", [{"reduction": "mean"}, {"penalty": 1.0}])
    def test_other_estimates(self, options):
        fit = ps.CumulativeLinkModel.from_formula("y ~ x", sample()).fit(**options)
        with pytest.raises(ps.ModelError, match="permutation_test needs the maximum of the likel"):
            ps.permutation_test(fit, "x")

    def test_other_models(self):
        with pytest.raises(ps.ModelError, match="takes a fit of a CumulativeLinkModel, not int"):
            ps.permutation_test(3, "x")

    def test_null_models_without_probabilities(self):
        for null, sentence in (
            (SimpleNamespace(crossed_levels={2: 3}), "thresholds of the model without the term cr"),
            (
                SimpleNamespace(
                    crossed_levels={}, separation=SimpleNamespace(separated=False), converged=False
                ),
                "the model without the term did not converge",
            ),
        ):
            with pytest.raises(ps.ModelError, match=sentence):
                _notes(null)

    def test_weights_that_stand_for_too_many_rows(self):
        weighted = fit_of("y ~ x", sample(), weights=np.full(40, 1e6))
        with pytest.raises(ps.ModelError, match=r"weights add up to 4e\+07 rows; 10,000,000"):
            ps.permutation_test(weighted, "x")
