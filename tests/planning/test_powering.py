"""Power by simulation: against the formula, against the samples, and taken up again."""

from __future__ import annotations

import os
import signal
import warnings

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import probstats as ps
from probstats.errors import JobError, ModelError, PowerWarning, ResampleWarning
from probstats.planning import simulating
from probstats.planning.curve import crossing, power_table
from probstats.planning.results import SimulatedPower

SHARES = [0.1, 0.45, 0.35, 0.1]
PLAN = pd.DataFrame({"treated": np.arange(150) % 2})
CALL = {"data": PLAN, "shares": SHARES, "n_resamples": 120, "rng": 4}


def run(design="~ treated", term="treated", **changes):
    return ps.power(design, term, **CALL | {"odds_ratio": 2.0} | changes)


def of_fit(fit, term, **changes):
    return ps.power(fit, term, **{"odds_ratio": 3.0, "n_resamples": 60, "rng": 1} | changes)


@pytest.fixture(scope="module")
def made():
    return run(odds_ratio=[0.5, 2.0, 4.0], n_resamples=1500)


class TestAgainstTheFormula:
    @pytest.mark.parametrize("shares", [SHARES, [0.6, 0.4], [0.05, 0.15, 0.3, 0.5]])
    def test_many_rows_in_two_groups(self, shares):
        plan = pd.DataFrame({"treated": np.arange(600) % 3 == 0}, dtype=float)
        found = run(data=plan, shares=shares, odds_ratio=1.5, n_resamples=2000)
        wanted = ps.power(shares=shares, odds_ratio=1.5, n=600, ratio=0.5)
        error = np.sqrt(wanted.power * (1 - wanted.power) / 2000)
        assert abs(found.power - wanted.power) < 4 * error
        np.testing.assert_allclose(found.width, wanted.width, rtol=0.02)
        assert abs(found.size - 0.05) < 4 * np.sqrt(0.05 * 0.95 / 2000)
        coverage = found.table["coverage"].to_numpy()
        assert np.abs(coverage - 0.95).max() < 4 * np.sqrt(0.05 * 0.95 / 2000)

    @pytest.mark.parametrize("below", [False, True])
    def test_the_smallest_odds_ratio(self, below):
        found = run(odds_ratio=None, power=0.8, n_resamples=1000, below=below)
        wanted = ps.power(shares=SHARES, n=150, power=0.8, below=below).odds_ratio
        assert (found.odds_ratio < 1.0) == below
        low, high = np.log([found.detectable(below=below).low, found.detectable(below=below).high])
        error = (high - low) / (2 * 1.96)
        assert abs(np.log(found.odds_ratio / wanted)) < 4 * error
        assert error < 0.05
        assert found.power == 0.8
        nearest = found.table.loc[(found.table["power"] - 0.8).abs().idxmin()]
        assert abs(nearest["power"] - 0.8) < 0.03
        again = run(odds_ratio=found.odds_ratio, n_resamples=1000)
        assert abs(again.power - 0.8) < 0.015  # common random numbers: no Monte Carlo error

    def test_width_is_that_of_the_fit(self, wine_fit):
        found = of_fit(wine_fit, "contact", odds_ratio=np.exp(1.528), n_resamples=400)
        wanted = 2 * stats.norm.ppf(0.975) * wine_fit.bse["contact[yes]"]
        np.testing.assert_allclose(found.width, wanted, rtol=0.06)


class TestTable:
    def test_one_is_always_there(self, made):
        assert isinstance(made, SimulatedPower)
        assert made.table["odds_ratio"].tolist() == [0.5, 1.0, 2.0, 4.0]
        assert made.size == made.table["power"][1]
        assert made.odds_ratio == (0.5, 2.0, 4.0)
        assert made.power.index.tolist() == [0.5, 2.0, 4.0]

    def test_power_is_the_share_of_samples_that_reject(self, made):
        for row in made.table.itertuples():
            samples = made.samples[np.isclose(made.samples["effect"], np.log(row.odds_ratio))]
            assert len(samples) == 1500
            p = 2 * stats.norm.sf(np.abs(samples["estimate"] / samples["std_error"]))
            assert row.power == pytest.approx(np.mean(p < 0.05), abs=1e-12)
            assert row.low < row.power < row.high

    def test_effects_have_the_same_random_numbers(self, made):
        samples = made.samples.groupby("effect")["estimate"].apply(list)
        assert np.corrcoef(samples.loc[0.0], samples.loc[np.log(2.0)])[0, 1] > 0.8

    def test_significant_estimates_exaggerate_where_power_is_low(self, made):
        weak, strong = made.table["exaggeration"][[2, 3]]
        assert weak > 1.15
        assert strong == pytest.approx(1.0, abs=0.05)
        assert np.isnan(made.table["exaggeration"][1])

    def test_samples_without_an_estimate_are_not_found(self):
        samples = pd.DataFrame({
            "effect": 1.0, "estimate": [1.0, 5.0, -5.0, np.nan, np.nan], "std_error": 1.0,
            "df": [np.inf, np.inf, 3.0, np.nan, np.nan], "lost_level": [True] + 4 * [False],
            "trouble": ["", "", "", "separated", "failed"],
        })  # fmt: skip
        row = power_table(samples, 0.05).iloc[0]
        assert row["power"] == pytest.approx(2 / 5)
        assert row["wrong_side"] == pytest.approx(1 / 5)
        assert row["exaggeration"] == pytest.approx(5.0)
        assert row[["lost_level", "separated", "failed"]].tolist() == pytest.approx([0.2] * 3)
        assert row["coverage"] == pytest.approx(1 / 3)
        reach = [1.959964, 1.959964, 3.182446]
        assert row["width"] == pytest.approx(2 * np.mean(reach), rel=1e-6)

    def test_detectable_lies_on_the_curve(self, made):
        found = made.detectable(0.8)
        curve = made.table[made.table["odds_ratio"] >= 1.0]
        sizes, powers = np.log(curve["odds_ratio"].to_numpy()), curve["power"].to_numpy()
        wanted = np.exp(crossing(sizes, powers, 0.8, 1500))
        assert found.odds_ratio == pytest.approx(wanted, rel=1e-12)
        assert 2.0 < found.low < found.odds_ratio < found.high < 4.0
        below = made.detectable(0.5, below=True)
        assert 0.5 < below.low < below.odds_ratio < below.high < 1.0
        assert made.detectable(0.999999).odds_ratio == np.inf
        assert repr(found) == (
            f"<Detectable: {found.odds_ratio:.2f}, {found.low:.2f} to {found.high:.2f}, power 0.8>"
        )

    def test_detectable_needs_a_side_and_a_power(self, made):
        with pytest.raises(ModelError, match="no odds ratio below 1 was simulated"):
            run().detectable(below=True)
        with pytest.raises(ModelError, match=r"must lie between alpha=0\.05 and 1"):
            made.detectable(0.01)
        assert run(odds_ratio=0.2).detectable(0.5).odds_ratio < 1.0

    def test_words(self, made):
        text = made.summary()
        assert text.startswith("With these 150 rows, an odds ratio of 0.5 of treated would be")
        assert "An odds ratio of 4 would be found in 99 of 100 samples" in text
        assert "and 5 are meant to be" in text
        lines = repr(made).splitlines()
        assert lines[:2] == [
            "Power by simulation, 1,500 samples at each odds ratio of treated",
            "150 rows; maximum likelihood, nonrobust errors, alpha 0.05",
        ]
        found = run(odds_ratio=None, power=0.8).summary()
        assert "is the smallest odds ratio of treated above 1 that would be found in 80" in found
        assert {"table", "detectable", "summary", "power", "size"} <= set(dir(made))


class TestDesigns:
    def test_clusters_of_the_fit_are_the_groups(self, wine):
        model = ps.CumulativeLinkModel.from_formula("rating ~ temp + contact", wine)
        fit = model.fit(cov_type="CR2", cov_kwds={"groups": "judge"})
        found = of_fit(fit, "contact", icc=0.3, n_resamples=30)
        assert found.design == "72 rows in 9 clusters of judge (latent correlation 0.30)"
        assert found.analysis == "maximum likelihood, CR2 errors, alpha 0.05"
        assert (found.samples["df"] < 9).all()
        assert not found.notes
        assert of_fit(fit, "contact", n_resamples=10).notes[0].startswith("Rows of a cluster were")

    def test_a_standard_deviation_is_a_correlation(self, wine_fit):
        sd = np.sqrt(0.3 / 0.7 * np.pi**2 / 3)
        one = of_fit(wine_fit, "contact", groups="judge", icc=0.3)
        other = of_fit(wine_fit, "contact", groups="judge", cluster_sd=sd)
        pd.testing.assert_frame_equal(one.table, other.table)

    def test_a_test_that_rejects_too_often_is_said(self):
        plan = pd.DataFrame({"region": np.repeat(np.arange(10), 15)})
        plan["treated"] = plan["region"] % 2
        with pytest.warns(PowerWarning, match="more than the 5 meant.*such as cov_type='CR2'"):
            found = run(data=plan, groups="region", icc=0.3, n_resamples=300)
        assert found.size > 0.2

    def test_missing_outcomes_cost_power(self):
        some = run(missing=0.5, odds_ratio=2.5)
        assert some.power < run(odds_ratio=2.5).power
        assert some.design == "150 rows with 50% of outcomes missing"
        np.testing.assert_allclose(some.width / run(odds_ratio=2.5).width, np.sqrt(2), rtol=0.05)

    def test_intervals_cost_width(self, simulated):
        formulas = ("y ~ x + treated", "interval(low, high) ~ x + treated")
        known, blocks = (
            of_fit(ps.CumulativeLinkModel.from_formula(formula, simulated), "treated")
            for formula in formulas
        )
        assert blocks.width > 1.02 * known.width

    def test_lost_levels_are_analysed_and_counted(self):
        plan = PLAN.iloc[:40]
        found = run(data=plan, shares=[0.03, 0.47, 0.47, 0.03], odds_ratio=8.0)
        row = found.table.iloc[1]
        assert row["lost_level"] > 0.3
        assert row["power"] > 0.6
        assert "lost_level" in repr(found)

    def test_separated_samples_are_counted_and_warned_of(self):
        plan = PLAN.iloc[:12]
        with pytest.warns(ResampleWarning, match=r"separate the levels\) and count as not signif"):
            found = run(data=plan, shares=[0.3, 0.4, 0.3], odds_ratio=50.0, n_resamples=50)
        row = found.table.iloc[1]
        assert row["separated"] > 0.1
        assert "separated" in repr(found)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", PowerWarning)
            reduced = run(
                data=plan, shares=[0.3, 0.4, 0.3], odds_ratio=50.0, n_resamples=50, reduction="mean"
            )
        assert reduced.table["separated"].max() == 0.0

    def test_a_power_that_is_not_reached_is_said(self):
        with (
            pytest.warns(ResampleWarning),
            pytest.warns(PowerWarning, match="no odds ratio of treated that was tried has"),
        ):
            found = run(data=PLAN.iloc[:8], shares=[0.5, 0.5], odds_ratio=None, power=0.9,
                        n_resamples=40)  # fmt: skip
        assert found.odds_ratio == np.inf
        assert np.isnan(found.width)
        assert repr(found.detectable(0.9)).startswith("<Detectable: none, ")
        assert "no odds ratio above 1 that was tried was found in 90 of 100" in found.summary()

    def test_no_sample_with_an_estimate_is_an_error(self):
        with pytest.raises(ModelError, match="none of 20 samples has an estimate: 8 of 100 separ"):
            run(missing=0.99, n_resamples=20)


class TestPieces:
    def test_a_generator_moves_on(self):
        source = np.random.default_rng(4)
        first, second = (run(rng=source).samples["estimate"] for _ in range(2))
        assert not np.allclose(first, second)
        pd.testing.assert_series_equal(first, run(rng=np.random.default_rng(4)).samples["estimate"])

    def test_two_processes_give_the_same_numbers(self):
        alone, two = (run(n_jobs=n_jobs) for n_jobs in (1, 2))
        pd.testing.assert_frame_equal(alone.samples, two.samples, check_exact=True)

    def test_an_interrupted_run_goes_on_with_the_same_numbers(self, tmp_path, monkeypatch):
        whole, analyse, done = run(odds_ratio=None, power=0.8), simulating.analyse, []

        def stopped(design, truths, size, rng):
            if len(done) == 4:
                raise KeyboardInterrupt
            done.append(size)
            return analyse(design, truths, size, rng)

        monkeypatch.setattr(simulating, "analyse", stopped)
        folder = tmp_path / "kept"
        with pytest.raises(KeyboardInterrupt):
            run(odds_ratio=None, power=0.8, checkpoint=folder)
        monkeypatch.setattr(simulating, "analyse", analyse)
        again = run(odds_ratio=None, power=0.8, checkpoint=folder)
        pd.testing.assert_frame_equal(again.table, whole.table, check_exact=True)
        monkeypatch.setattr(simulating, "analyse", None)  # nothing is left to do
        kept = run(odds_ratio=None, power=0.8, checkpoint=folder)
        pd.testing.assert_frame_equal(kept.table, whole.table, check_exact=True)

    @pytest.mark.parametrize(
        ("change", "name"),
        [
            ({"rng": 5}, "rng"), ({"n_resamples": 60}, "n_resamples"), ({"missing": 0.1}, "data"),
            ({"alpha": 0.01}, "analysis"), ({"shares": [0.25] * 4}, "shares"),
            ({"odds_ratio": 3.0}, "odds_ratio"),
        ],
    )  # fmt: skip
    def test_the_folder_of_another_call_is_refused(self, change, name, tmp_path):
        run(checkpoint=tmp_path / "kept", n_resamples=50)
        with pytest.raises(JobError, match=f"unfinished run with other .*{name}"):
            run(checkpoint=tmp_path / "kept", **{"n_resamples": 50} | change)

    def test_a_worker_that_dies_is_said(self, monkeypatch):
        monkeypatch.setattr(simulating, "analyse", die)
        with pytest.raises(JobError, match=r"a worker process died .*give checkpoint= a folder"):
            run(n_jobs=2)


def die(*piece):
    os.kill(os.getpid(), signal.SIGKILL)


BAD = [
    ({"odds_ratio": [1.0]}, "holds no effect to be found"),
    ({"odds_ratio": [2.0, 0.0]}, "odds_ratio=0.0 must be a positive number"),
    ({"odds_ratio": 1.0}, "is no effect to be found"),
    ({"odds_ratio": "two"}, "odds_ratio='two' must be a positive number"),
    ({"odds_ratio": None}, "give odds_ratio= for its power, or power="),
    ({"power": 0.8}, "give odds_ratio= for its power, or power="),
    ({"term": None}, "term= says whose odds ratio; the columns of the location are treated"),
    ({"term": "x"}, "'x' is none of them; the columns of the location are treated"),
    ({"shares": None}, "has no outcome; pass shares="),
    ({"shares": [0.3, 0.3]}, "shares add up to 0.6"),
    ({"shares": [0.5, 0.0, 0.5]}, "a share of 0 leaves a level out"),
    ({"data": None}, "needs data=, the frame"),
    ({"data": PLAN[:3]}, "the data have 3 rows, too few for 4 levels"),
    ({"missing": 1.0}, "loses every outcome"),
    ({"missing": np.ones(150)}, "loses every outcome"),
    ({"missing": -0.1}, "no shares between 0 and 1"),
    ({"missing": np.nan}, "no shares between 0 and 1"),
    ({"missing": [0.1, 0.2]}, r"missing has shape \(2,\)"),
    ({"missing": "much"}, "is no share of the rows"),
    ({"icc": 0.2}, "pass groups= too"),
    ({"groups": "treated"}, "pass icc= or cluster_sd="),
    ({"groups": np.zeros(150), "icc": 0.2}, "one cluster only"),
    ({"groups": np.full(150, np.nan), "icc": 0.2}, "groups are missing for 150 of the 150 rows"),
    ({"groups": "region", "icc": 0.2}, "groups='region' is no column"),
    ({"groups": "treated", "icc": 1.0}, "icc=1.0 must be a correlation"),
    ({"groups": "treated", "icc": 0.1, "cluster_sd": 1}, "say the same in two ways"),
    ({"groups": "treated", "cluster_sd": -1}, "cluster_sd=-1 must be a standard deviation"),
    ({"cov_type": "CR9"}, "cov_type='CR9' is not known"),
    ({"cov_type": "CR2"}, "takes cov_kwds="),
    ({"cov_type": "CR2", "cov_kwds": {"groups": np.zeros(150)}}, "one cluster only"),
    ({"cov_kwds": {"groups": "treated"}}, "cov_kwds goes with a cov_type"),
    ({"reduction": "median"}, "reduction='median' is not known"),
    ({"groups": "treated", "cluster_sd": 1e200}, "so large that rows of a group are the same"),
    ({"term": ["treated"]}, "is none of them; the columns of the location are treated"),
    ({"odds_ratio": np.array([[2.0, 3.0]])}, "must be a positive number"),
    ({"rng": "a"}, "rng='a' is no source of randomness"),
    ({"n_resamples": 1}, "n_resamples=1 must be a whole number, 2 or more"),
    ({"n_resamples": 10.5}, "n_resamples=10.5 must be a whole number"),
    ({"n": 100}, "n= is for the formula"),
    ({"ratio": 2.0}, "ratio= is for the formula"),
    ({"below": True}, "below= is for an odds ratio to be found"),
    ({"design": 3}, "the design is of type int; pass a fit"),
]


@pytest.mark.parametrize(("change", "sentence"), BAD)
def test_bad_input(change, sentence):
    with pytest.raises(ModelError, match=sentence):
        run(**change)


def test_designs_that_cannot_be_simulated(wine, simulated):
    from_formula = ps.CumulativeLinkModel.from_formula
    with pytest.raises(ModelError, match="odds ratios need the logit link, and the model has prob"):
        of_fit(from_formula("rating ~ contact", wine, link="probit"), "contact")
    with pytest.raises(ModelError, match=r"has 3 columns .* name a column: C\(g\)\[1\]"):
        of_fit(from_formula("y ~ C(g)", simulated.assign(g=simulated.index % 4)), "C(g)")
    with pytest.raises(ModelError, match="weights that are fractions"):
        of_fit(from_formula("y ~ x", simulated.assign(w=0.5), weights="w"), "x")
    with pytest.raises(ModelError, match="a ridge penalty gives no test"):
        of_fit(from_formula("y ~ x", simulated).fit(penalty=1.0), "x")
    with pytest.raises(ModelError, match="data= goes with a formula"):
        of_fit(from_formula("y ~ x", simulated), "x", data=simulated)
    with pytest.raises(ModelError, match="shares has 2 levels and the outcome 4: 0, 1, 2, 3"):
        of_fit(from_formula("y ~ x", simulated), "x", shares=[0.5, 0.5])
    with pytest.raises(ModelError, match="bias reduction is not for outcomes known as intervals"):
        of_fit(from_formula("interval(low, high) ~ x", simulated), "x", reduction="mean")
    sure = simulated.assign(high_y=1.0 * (simulated["y"] == 3))
    with pytest.raises(ModelError, match="no finite estimate of high_y to simulate with"):
        of_fit(from_formula("y ~ x + high_y", sure), "x")
    mixed = ps.CumulativeLinkMixedModel.from_formula("y ~ x", simulated, groups="treated")
    with pytest.raises(ModelError, match="power by simulation is for fits of CumulativeLinkModel"):
        of_fit(mixed.fit(), "x")


@pytest.mark.slow
def test_the_odds_ratio_is_that_of_the_population_and_the_spread_that_of_a_mixed_model(design_of):
    """With a random intercept the odds ratio of a group's rows is further from 1."""
    plan = pd.DataFrame({"treated": np.arange(8000) % 2, "region": np.arange(8000) // 20})
    plan["y"] = np.arange(8000) % 4
    model = ps.CumulativeLinkModel.from_formula("y ~ treated", plan)
    alike = {"groups": "region", "icc": 0.25, "cluster_sd": None}
    design = design_of(model, "treated", shares=SHARES, alike=alike)
    draws = simulating.draw(design, 1, np.random.default_rng(8))
    effect = np.log(2.0)
    levels = draws.levels(simulating.truth_of(design, effect).cumulative)[0]
    sample = plan.assign(y=levels)
    plain = ps.CumulativeLinkModel.from_formula("y ~ treated", sample).fit()
    assert abs(plain.params["treated"] - effect) < 4 * plain.bse["treated"]
    mixed = ps.CumulativeLinkMixedModel.from_formula("y ~ treated", sample, groups="region").fit()
    sd = np.sqrt(0.25 / 0.75 * np.pi**2 / 3)
    np.testing.assert_allclose(mixed.sd.iloc[0], sd, rtol=0.1)
    wanted = effect / np.sqrt(0.75)
    assert abs(mixed.params["treated"] - wanted) < 0.1


@pytest.mark.slow
def test_intervals_of_a_right_analysis_cover():
    plan = pd.DataFrame({"region": np.repeat(np.arange(20), 8)})
    plan["treated"] = plan["region"] % 2
    found = run(
        data=plan, groups="region", icc=0.2, odds_ratio=3.0, n_resamples=400,
        cov_type="CR2", cov_kwds={"groups": "region"},
    )  # fmt: skip
    error = np.sqrt(0.05 * 0.95 / 400)
    assert np.abs(found.table["coverage"] - 0.95).max() < 4 * error
    assert abs(found.size - 0.05) < 4 * error
