"""What samples are simulated from, and that they are."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from scipy.special import logit, ndtri

import probstats as ps
from probstats.errors import ModelError
from probstats.planning.analysis import Analysis
from probstats.planning.reading import read_design, read_given
from probstats.planning.samples import draw
from probstats.planning.truth import truth_of

SHARES = [0.1, 0.45, 0.35, 0.1]
MODELS = {
    "plain": ("y ~ x + treated", {}),
    "offset": ("y ~ x + treated", {"offset": "off"}),
    "scale": ("y ~ x + treated", {"scale": "~ x"}),
    "nominal": ("y ~ treated", {"nominal": "~ x"}),
}


@pytest.fixture(params=list(MODELS))
def design(request, simulated, design_of):
    formula, options = MODELS[request.param]
    model = ps.CumulativeLinkModel.from_formula(formula, simulated, **options)
    return design_of(model, "treated")


@pytest.mark.parametrize("effect", [0.0, np.log(3.0), -2.0])
def test_every_odds_ratio_keeps_the_shares(design, effect):
    truth = truth_of(design, effect)
    wanted = np.cumsum(design.shares)[:-1]
    np.testing.assert_allclose(truth.cumulative.mean(axis=0), wanted, atol=1e-10)


def test_the_odds_ratio_is_that_asked_for(simulated, design_of):
    model = ps.CumulativeLinkModel.from_formula("y ~ treated", simulated)
    truth = truth_of(design_of(model, "treated"), np.log(3.0))
    no, yes = (truth.cumulative[simulated["treated"] == arm][0] for arm in (0, 1))
    np.testing.assert_allclose(logit(no) - logit(yes), np.log(3.0), rtol=1e-12)


def test_other_effects_are_those_of_the_fit(simulated, design_of):
    fit = ps.CumulativeLinkModel.from_formula("y ~ x + treated", simulated).fit()
    for given in (fit, fit.model):
        truth = truth_of(design_of(given, "treated"), 0.0)
        np.testing.assert_allclose(truth.params[0], fit.params["x"], rtol=1e-8)
        slope = np.polyfit(simulated["x"], logit(truth.cumulative[:, 1]), 1)[0]
        np.testing.assert_allclose(slope, -fit.params["x"], rtol=1e-8)


def test_at_its_own_estimate_the_truth_is_nearly_the_fit(wine_fit, design_of):
    """Fitted shares are not quite those observed, so that thresholds move a little."""
    design = design_of(wine_fit, "contact")
    truth = truth_of(design, wine_fit.params["contact[yes]"])
    np.testing.assert_allclose(truth.params, wine_fit.params, atol=0.05)


def test_structured_thresholds_stay_structured(simulated, design_of):
    model = ps.CumulativeLinkModel.from_formula("y ~ treated", simulated, threshold="equidistant")
    truth = truth_of(design_of(model, "treated"), 1.0)
    spacing = np.diff(logit(truth.cumulative[0]))
    np.testing.assert_allclose(spacing, spacing[0], rtol=1e-12)


def test_thresholds_that_cross_are_refused(simulated, design_of):
    model = ps.CumulativeLinkModel.from_formula("y ~ treated", simulated, nominal="~ x")
    design = design_of(model, "treated")
    steep = design.params.copy()
    steep[-3:] = [0.0, 5.0, 0.0]
    with pytest.raises(ModelError, match="with an odds ratio of 2 thresholds cross"):
        truth_of(replace(design, params=steep), np.log(2.0))


@pytest.fixture(scope="module")
def grouped(simulated, design_of):
    model = ps.CumulativeLinkModel.from_formula("y ~ treated", simulated)
    alike = {"groups": "region", "icc": 0.3, "cluster_sd": None}
    missing = np.where(simulated["x"] > 0, 0.5, 0.1)
    return design_of(model, "treated", alike=alike, missing=missing)


@pytest.fixture(scope="module")
def draws(grouped):
    return draw(grouped, 4000, np.random.default_rng(1))


class TestDraws:
    def test_each_row_is_uniform(self, draws):
        assert stats.kstest(draws.uniform[:, 7], "uniform").pvalue > 0.001

    def test_rows_of_a_group_are_alike(self, draws):
        found = np.corrcoef(ndtri(draws.uniform[:, [0, 9, 10]]).T)
        error = 1.0 / np.sqrt(4000)
        assert abs(found[0, 1] - 0.3) < 4 * error
        assert abs(found[0, 2]) < 4 * error

    def test_outcomes_go_missing_as_often_as_said(self, grouped, draws):
        lost = 1.0 - draws.kept.mean(axis=0)
        assert np.abs(lost - grouped.missing).max() < 5 * np.sqrt(0.25 / 4000)

    def test_levels_have_their_probabilities(self, grouped, draws):
        truth = truth_of(grouped, 1.0)
        levels = draws.levels(truth.cumulative)
        found = np.stack([(levels <= level).mean(axis=0) for level in range(3)], axis=1)
        assert np.abs(found - truth.cumulative).max() < 5 * np.sqrt(0.25 / 4000)

    def test_a_larger_odds_ratio_raises_no_other_row(self, grouped, draws):
        """Common random numbers: with thresholds held, only treated rows would move, and up."""
        low, high = (draws.levels(truth_of(grouped, effect).cumulative) for effect in (0.0, 1.0))
        treated = np.asarray(grouped.model.sample.covariates.location["treated"]) == 1
        assert (high[:, treated] >= low[:, treated]).all()
        assert (high[:, ~treated] <= low[:, ~treated]).all()


def test_a_weight_of_two_is_two_rows(simulated):
    often = simulated.loc[simulated.index.repeat(simulated["often"])].reset_index(drop=True)
    weighted = ps.CumulativeLinkModel.from_formula("y ~ treated", simulated, weights="often")
    repeated = ps.CumulativeLinkModel.from_formula("y ~ treated", often)
    one, other = (
        ps.power(model, "treated", odds_ratio=2, n_resamples=60, rng=1)
        for model in (weighted, repeated)
    )
    assert one.n == simulated["often"].sum()
    pd.testing.assert_frame_equal(one.table, other.table)


@pytest.fixture(scope="module")
def blocks(simulated, design_of):
    model = ps.CumulativeLinkModel.from_formula("interval(low, high) ~ treated", simulated)
    return design_of(model, "treated")


class TestIntervals:
    def test_a_row_keeps_its_block(self, blocks, simulated):
        low, high = blocks.reported
        row = int(np.flatnonzero((simulated["low"] == 2) & (simulated["high"] == 3))[0])
        assert low[row].tolist() == [0, 1, 2, 2]
        assert high[row].tolist() == [0, 1, 3, 3]
        known = int(np.flatnonzero(simulated["low"] == simulated["high"])[0])
        assert low[known].tolist() == high[known].tolist() == [0, 1, 2, 3]

    def test_shares_are_those_of_thresholds_alone(self, blocks, simulated):
        none = ps.CumulativeLinkModel.from_formula("interval(low, high) ~ 1", simulated).fit()
        np.testing.assert_allclose(blocks.shares, none.predict().iloc[0], atol=1e-8)

    def test_offsets_count_in_the_shares(self, simulated, design_of):
        model = ps.CumulativeLinkModel.from_formula(
            "interval(low, high) ~ treated", simulated, offset="off"
        )
        none = ps.CumulativeLinkModel.from_formula(
            "interval(low, high) ~ 1", simulated, offset="off"
        ).fit()
        found = design_of(model, "treated").shares
        np.testing.assert_allclose(found, none.predict().mean(), atol=1e-8)


def test_a_formula_without_outcome_has_the_shares_given():
    plan = pd.DataFrame({"treated": [0, 1] * 20, "level": 1.0})
    errors = {"cov_type": None, "cov_kwds": None, "reduction": None}
    design = read_design(
        read_given("~ treated", plan, SHARES), "treated", shares=SHARES, missing=0.0, alpha=0.05,
        alike={"groups": None, "icc": None, "cluster_sd": None}, errors=errors,
    )  # fmt: skip
    assert design.levels == (1, 2, 3, 4)
    np.testing.assert_allclose(design.shares, SHARES)
    assert isinstance(design.analysis, Analysis)
    truth = truth_of(design, np.log(2.0))
    np.testing.assert_allclose(truth.cumulative.mean(axis=0), np.cumsum(SHARES)[:-1], atol=1e-10)
