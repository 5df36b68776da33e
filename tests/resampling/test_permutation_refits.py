"""Likelihood ratios and Wald statistics of permuted columns are those of refits by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import probstats as ps
from probstats.errors import SeparationWarning
from probstats.resampling.permutation_draws import random_arrangements
from probstats.resampling.permutation_null import null_of
from probstats.resampling.permutation_refits import refits_of
from probstats.resampling.permutation_units import units_of


def sample(n=60, seed=1):
    """Simulated rows."""
    rng = np.random.default_rng(seed)
    x, z = rng.normal(size=(2, n))
    y = np.digitize(z + rng.logistic(size=n), [-1.0, 1.0])
    f = pd.Categorical(rng.permutation(np.arange(n) % 3).astype(str))
    return pd.DataFrame({"y": y, "x": x, "z": z, "f": f})


@pytest.mark.parametrize("term", ["x", "f", "scale: x", "nominal: f"])
@pytest.mark.parametrize("statistic", ["lr", "wald"])
def test_statistics_are_those_of_refits(term, statistic):
    data = sample()
    parts = {"formula": "y ~ z + x + f"}
    if term != "x" and term != "f":
        part, name = term.split(": ")
        parts = {"formula": "y ~ z", part: f"~ {name}"}
    fit = ps.CumulativeLinkModel.from_formula(data=data, **parts).fit()
    null = null_of(fit, term)
    units = units_of(null, None, None, "independent")
    arrangements = random_arrangements(np.random.default_rng(2), 5, units.block)
    statistics, roots = refits_of(null, statistic)(units.columns(arrangements))
    name = term.split(": ")[-1]
    for arrangement, found, root in zip(arrangements, statistics, roots, strict=True):
        permuted = data.assign(**{name: data[name].array[arrangement]})
        refit = ps.CumulativeLinkModel.from_formula(data=permuted, **parts).fit()
        expected = 2.0 * (refit.llf - null.fit.llf)
        if statistic == "wald":
            expected = refit.wald_test_terms().loc[term, "statistic"]
        np.testing.assert_allclose(found, expected, rtol=1e-7, atol=1e-9)
        if name == "x":
            estimate = refit.params["x" if term == "x" else "scale:x"]
            np.testing.assert_allclose(root, np.sign(estimate) * np.sqrt(found))
        else:
            assert np.isnan(root)


def test_many_rows_that_the_kernel_sorts():
    data = sample(3000)
    fit = ps.CumulativeLinkModel.from_formula("y ~ z + x + f", data).fit()
    null = null_of(fit, "x")
    assert null.fit.model.problem().rows.order is not None
    units = units_of(null, None, None, "residuals")
    columns = units.columns(np.arange(3000)[None])
    found = refits_of(null, "lr")(columns)[0][0]
    np.testing.assert_allclose(found, 2.0 * (fit.llf - null.fit.llf), rtol=1e-8)
    score = ps.permutation_test(fit, "x", n_resamples=1, rng=1).statistic
    np.testing.assert_allclose(score, found, rtol=0.05)


@pytest.fixture(scope="module")
def separated():
    """Six rows whose levels the term separates."""
    data = pd.DataFrame({"y": [0, 0, 0, 1, 1, 1], "x": [1.0, 2.0, 3.5, 4.0, 5.0, 7.0]})
    with pytest.warns(SeparationWarning):
        return ps.CumulativeLinkModel.from_formula("y ~ x", data).fit()


def test_a_term_that_separates_has_a_score_and_a_likelihood_ratio(separated):
    score = ps.permutation_test(separated, "x")
    ratio = ps.permutation_test(separated, "x", statistic="lr")
    assert score.exact
    assert ratio.exact
    assert score.p_value == ratio.p_value == 2 / 20
    np.testing.assert_allclose(ratio.statistic, 12.0 * np.log(2.0), rtol=1e-7)
    with pytest.raises(ps.ModelError, match="wald statistic of 'x' cannot be computed"):
        ps.permutation_test(separated, "x", statistic="wald")


def test_arrangements_without_a_statistic_are_counted_and_count_as_extreme():
    data = pd.DataFrame({"y": [0, 1, 0, 1, 0], "x": [1.0, 2.0, 3.0, 4.0, 7.0]})
    fit = ps.CumulativeLinkModel.from_formula("y ~ x", data).fit()
    with pytest.warns(ps.ResampleWarning, match="have no statistic and count as more extreme"):
        found = ps.permutation_test(fit, "x", statistic="wald")
    failed = np.isnan(found.null_distribution)
    assert found.failures == failed.sum() == 120 * 2 // 10
    known = found.null_distribution[~failed]
    extreme = failed.sum() + (known >= found.statistic - 1e-9).sum()
    assert found.p_value == extreme / 120
    assert f"{found.failures} arrangements had no statistic" in repr(found)


def test_no_arrangement_with_a_statistic(monkeypatch):
    fit = ps.CumulativeLinkModel.from_formula("y ~ x", sample()).fit()
    calls = []

    def fail(self, columns):
        calls.append(columns)
        value = 1.0 if len(calls) == 1 else np.nan  # the data themselves have one
        return np.full(columns.shape[1], value), np.full(columns.shape[1], value)

    monkeypatch.setattr("probstats.resampling.permutation_refits.Refits.__call__", fail)
    with pytest.raises(ps.ModelError, match="none of the 120 arrangements has a statistic"):
        ps.permutation_test(fit, "x", statistic="lr", n_resamples=120)
