"""Residuals of fits with random effects."""

import warnings

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import probstats as ps
from probstats.errors import BoundaryWarning
from probstats.models.checking.residuals import CENTRE


def simulate(groups, rows, sd, seed):
    """Return simulated ratings of groups."""
    rng = np.random.default_rng(seed)
    group = np.repeat(np.arange(groups), rows)
    x = rng.normal(size=len(group))
    latent = 0.8 * x + sd * rng.normal(size=groups)[group] + rng.logistic(size=len(group))
    return pd.DataFrame({"y": np.digitize(latent, [-1.0, 0.5, 1.5]), "x": x, "group": group})


@pytest.fixture(scope="module")
def fit():
    data = simulate(30, 6, 1.2, 3)
    model = ps.CumulativeLinkMixedModel.from_formula("y ~ x", data, groups="group")
    return model.fit()


def test_without_a_spread_they_are_those_of_the_plain_fit():
    data = simulate(40, 4, 0.0, 1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", BoundaryWarning)
        mixed = ps.CumulativeLinkMixedModel.from_formula("y ~ x", data, groups="group").fit()
    assert mixed.sd.iloc[0] < 1e-3
    plain = ps.CumulativeLinkModel.from_formula("y ~ x", data).fit()
    np.testing.assert_allclose(mixed.resid_prob(), plain.resid_prob, atol=1e-6)
    for effects in ("conditional", "typical"):
        found = mixed.resid_generalised(effects)
        np.testing.assert_allclose(found, plain.resid_generalised, atol=1e-5)
    np.testing.assert_allclose(
        mixed.resid_surrogate(rng=4), plain.resid_surrogate(rng=4), atol=1e-4
    )


def test_generalised_residuals_of_a_group_add_up_to_its_mode_over_the_variance(fit):
    totals = fit.resid_generalised().groupby(fit.model.formula_data["group"]).sum()
    modes = fit.random_effects["estimate"].to_numpy()
    np.testing.assert_allclose(totals, modes / fit.sd.iloc[0] ** 2, atol=1e-6)


def test_they_are_the_derivative_of_the_log_probability_in_the_location(fit):
    data, outcome = fit.model.formula_data, fit.model.outcome.low
    step = 1e-5
    slope = fit.params["x"]
    log_p = [
        np.log(
            fit.predict(data.assign(x=data["x"] + sign * step / slope), effects="typical")
        ).to_numpy()[np.arange(len(data)), outcome]
        for sign in (1, -1)
    ]
    numeric = (log_p[0] - log_p[1]) / (2 * step)
    np.testing.assert_allclose(fit.resid_generalised("typical"), numeric, atol=1e-7)


@pytest.mark.parametrize("link", ["logit", "cloglog"])
def test_surrogate_residuals_have_the_distribution_of_the_link(link):
    data = simulate(300, 2, 1.2, 8)
    model = ps.CumulativeLinkMixedModel.from_formula("y ~ x", data, groups="group", link=link)
    fit = model.fit()
    latent = fit.resid_surrogate(rng=1) + CENTRE[link]
    one_of_each = latent.groupby(data["group"]).first()  # rows of a group go together
    share = fit.model.link.cdf(one_of_each.to_numpy())
    assert stats.kstest(share, "uniform").pvalue > 0.01


def test_averages_over_random_effects_have_no_location(fit):
    with pytest.raises(ps.ModelError, match="averages over random effects do not have"):
        fit.resid_generalised("population")
