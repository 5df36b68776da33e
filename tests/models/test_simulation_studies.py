"""Simulate from a model, fit it, and see whether the estimates and their intervals hold."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from probstats.models import CumulativeLinkModel
from probstats.models.kernel.links import LINKS

pytestmark = pytest.mark.slow

ERRORS = {
    "logit": stats.logistic.ppf,
    "probit": stats.norm.ppf,
    "cloglog": stats.gumbel_l.ppf,
    "loglog": stats.gumbel_r.ppf,
    "cauchit": stats.cauchy.ppf,
}
BETA = (0.8, -0.5)
FLEXIBLE = (-1.0, 0.4, 1.6)
NOMINAL = (0.4, -0.1, 0.5)
ZETA = (0.3,)
TRUTHS = {
    "location": (*BETA, *FLEXIBLE),
    "nominal": (*BETA, *FLEXIBLE, *NOMINAL),
    "scale": (*BETA, *ZETA, *FLEXIBLE),
    "both": (*BETA, *ZETA, *FLEXIBLE, *NOMINAL),
    "symmetric": (*BETA, 0.3, 1.2),
    "symmetric2": (*BETA, 1.2),
    "equidistant": (*BETA, -1.0, 1.1),
    "intervals": (*BETA, *FLEXIBLE),
}
THRESHOLDS = {
    "symmetric": (-0.9, 0.3, 1.5),
    "symmetric2": (-1.2, 0.0, 1.2),
    "equidistant": (-1.0, 0.1, 1.2),
}
SEEDS = 20


def simulate(rng, n, link, structure):
    """Return a model for n rows made with the true parameters of a structure."""
    x, z, s = rng.normal(size=(n, 2)), rng.integers(0, 2, n), rng.normal(size=n)
    thresholds = np.tile(THRESHOLDS.get(structure, FLEXIBLE), (n, 1))
    options, spread = {}, 1.0
    if structure in {"nominal", "both"}:
        thresholds = thresholds + z[:, None] * np.array(NOMINAL)
        options["nominal"] = pd.DataFrame({"z": z})
    if structure in {"scale", "both"}:
        spread = np.exp(ZETA[0] * s)
        options["scale"] = pd.DataFrame({"s": s})
    if structure in THRESHOLDS:
        options["threshold"] = structure
    latent = x @ np.array(BETA) + spread * ERRORS[link](rng.uniform(size=n))
    level = 1 + (latent[:, None] > thresholds).sum(axis=1)
    exog = pd.DataFrame(x, columns=["a", "b"])
    outcome = coarsen(rng, level) if structure == "intervals" else level
    return CumulativeLinkModel(outcome, exog, link, **options)


def coarsen(rng, level):
    """Report some levels within bounds, by a scheme that does not know them."""
    schemes = np.array([[1, 2, 3, 4], [1, 1, 3, 3], [1, 2, 2, 2], [1, 1, 1, 1]])
    which = rng.choice(4, size=len(level), p=[0.5, 0.2, 0.2, 0.1])
    ends = np.array([[1, 2, 3, 4], [2, 2, 4, 4], [1, 4, 4, 4], [4, 4, 4, 4]])
    return pd.DataFrame({"low": schemes[which, level - 1], "high": ends[which, level - 1]})


@pytest.mark.parametrize("link", LINKS)
@pytest.mark.parametrize("structure", TRUTHS)
def test_parameters_and_errors_are_recovered(link, structure):
    truth, ratios = np.array(TRUTHS[structure]), []
    for seed in range(SEEDS):
        found = simulate(np.random.default_rng(seed), 2000, link, structure).fit()
        ratios.append((found.params.to_numpy() - truth) / found.bse.to_numpy())
    ratios = np.array(ratios)
    assert np.abs(ratios.mean(axis=0)).max() < 4.0 / np.sqrt(SEEDS)  # no bias
    spread = stats.chi2.cdf((ratios**2).sum(axis=0), SEEDS)
    assert spread.max() < 1.0 - 1e-4  # errors not too small
    assert spread.min() > 1e-4  # nor too large
    overall = stats.chi2.cdf((ratios**2).sum(axis=0).mean(), SEEDS)
    assert 1e-3 < overall < 1.0 - 1e-3


def coverage(method, link="logit", *, runs, n=150, structure="location"):
    """Return how often 95% intervals held the truth, by parameter."""
    truth = np.array(TRUTHS[structure])
    inside = np.zeros(len(truth))
    for seed in range(runs):
        found = simulate(np.random.default_rng([1, seed]), n, link, structure).fit()
        low, high = found.conf_int(method=method).to_numpy().T
        inside += (low <= truth) & (truth <= high)
    return pd.Series(inside / runs, found.params.index)


def check(covered, runs):
    assert (np.abs(covered - 0.95) < 3.0 * np.sqrt(0.95 * 0.05 / runs)).all(), covered.to_dict()


@pytest.mark.parametrize("link", ["logit", "probit", "cloglog"])
def test_wald_intervals_cover_as_often_as_they_say(link):
    check(coverage("wald", link, runs=2000), 2000)


@pytest.mark.parametrize("link", ["logit", "probit", "cloglog"])
def test_profile_intervals_cover_as_often_as_they_say(link):
    check(coverage("profile", link, runs=400), 400)


@pytest.mark.parametrize(("structure", "n"), [("both", 600), ("equidistant", 150)])
@pytest.mark.parametrize(("method", "runs"), [("wald", 1000), ("profile", 200)])
def test_so_do_those_of_scale_and_nominal_effects_and_spacings(structure, n, method, runs):
    check(coverage(method, runs=runs, n=n, structure=structure), runs)


def test_so_do_those_of_outcomes_known_within_bounds():
    check(coverage("wald", runs=1000, n=250, structure="intervals"), 1000)


def test_average_effects_cover_as_often_as_they_say():
    """Of the change in each probability when a grows by one, for the rows at hand."""
    runs, inside = 1000, np.zeros(4)
    for seed in range(runs):
        model = simulate(np.random.default_rng([2, seed]), 300, "logit", "location")
        frame = model.fit().avg_comparisons("a")
        x, edges = model.exog, np.array([-np.inf, *FLEXIBLE, np.inf])
        bounds = edges - (x @ np.array(BETA))[:, None]
        change = stats.logistic.cdf(bounds - BETA[0]) - stats.logistic.cdf(bounds)
        truth = np.diff(change, axis=1).mean(axis=0)
        inside += frame["conf_low"].le(truth) & frame["conf_high"].ge(truth)
    error = np.sqrt(0.95 * 0.05 / runs)
    assert (np.abs(inside / runs - 0.95) < 3.0 * error).all()
