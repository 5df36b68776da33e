"""Binary models of the splits of an outcome, and what Wolfe and Gould and Brant make of them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from statsmodels.discrete.discrete_model import Logit, Probit

from probstats.models import CumulativeLinkModel
from probstats.models.checking import brant, splits, wolfe_gould
from probstats.models.checking.lines import level_counts, lines_of
from probstats.models.checking.split_separation import separated_splits


@pytest.fixture(scope="module")
def data():
    rng = np.random.default_rng(9)
    x, z = rng.normal(size=250), rng.integers(0, 2, 250)
    level = (rng.logistic(size=250)[:, None] + 0.6 * x[:, None] > [-1.5, 0.0, 1.5]).sum(axis=1)
    return pd.DataFrame({"y": level + 1, "x": x, "z": z})


def lines_for(data, link="logit", **options):
    fit = CumulativeLinkModel.from_formula("y ~ x + z", data, link=link, **options).fit()
    return lines_of(fit, {"x": [0], "z": [1]}), fit


@pytest.mark.parametrize(("link", "other"), [("logit", Logit), ("probit", Probit)])
def test_splits_are_binary_models(data, link, other):
    lines, _ = lines_for(data, link)
    estimates, settled = splits.split_fits(lines, lines.rows)
    assert settled
    design = np.column_stack([lines.rows.location, np.ones(len(data))])
    for split, (*slopes, threshold) in enumerate(estimates):
        above = (data["y"] > split + 1).to_numpy(dtype=float)
        expected = other(above, design).fit(disp=0, method="newton", tol=1e-12).params
        np.testing.assert_allclose([*slopes, -threshold], expected, rtol=1e-7, atol=1e-9)


def test_stacked_with_an_effect_at_each_split_is_all_splits(data):
    lines, _ = lines_for(data, "probit")
    rows, counts = lines.rows, level_counts(lines.rows)
    own = wolfe_gould._own_loglike(lines, rows, counts, [0, 1])
    stacked = wolfe_gould._stacked_loglike(lines, rows, counts, [0, 1])
    np.testing.assert_allclose(own, stacked, rtol=1e-10)
    assert wolfe_gould._own_loglike(lines, rows, counts, [0]) < own


def test_the_common_fit_is_close_to_the_ordinal_one(data):
    lines, fit = lines_for(data)
    common = wolfe_gould._stacked_loglike(lines, lines.rows, level_counts(lines.rows), [])
    assert fit.llf - 1.0 < common < fit.llf


def test_covariance_across_splits_by_simulation(data):
    """Brant's formula is the covariance of the estimates over outcomes drawn from a model."""
    lines, fit = lines_for(data)
    rng = np.random.default_rng(3)
    chances = fit.predict().to_numpy()
    drawn, covariances = [], []
    for _ in range(250):
        level = (rng.uniform(size=len(data))[:, None] > chances.cumsum(axis=1)[:, :-1]).sum(axis=1)
        rows = lines.rows.__class__(
            **{**vars_of(lines.rows), "edges": np.stack([level + 1, level])}
        )
        estimates, settled = splits.split_fits(lines, rows)
        assert settled
        drawn.append(estimates[:, :-1].ravel())
        covariances.append(brant._covariance(lines, rows, estimates))
    mean, empirical = np.mean(covariances, axis=0), np.cov(np.transpose(drawn))
    np.testing.assert_allclose(mean, mean.T, rtol=1e-12)
    scale = np.sqrt(np.outer(np.diag(mean), np.diag(mean)))
    assert np.abs((empirical - mean) / scale).max() < 4.5 / np.sqrt(250)
    off = mean.reshape(3, 2, 3, 2)[0, :, 1]
    assert not np.allclose(off, off.T, rtol=1e-3)  # a block that is its own transpose hides errors


def vars_of(rows):
    names = ("location", "scale", "nominal", "edges", "jacobian", "weights", "offset", "order")
    return {name: getattr(rows, name) for name in names}


def test_offsets_stay_in_the_binary_models(data):
    shifted = data.assign(o=0.7 * data["x"])
    one, _ = lines_for(data)
    other, _ = lines_for(shifted, offset="o")
    np.testing.assert_allclose(
        brant.brant_statistics(one, one.rows), brant.brant_statistics(other, other.rows), rtol=1e-8
    )
    np.testing.assert_allclose(
        wolfe_gould.wolfe_gould_statistics(one, one.rows),
        wolfe_gould.wolfe_gould_statistics(other, other.rows),
        rtol=1e-8,
    )


def test_statistics_are_missing_where_a_split_is_separated(data):
    top = data.assign(z=np.where(data["y"] == 4, 1, data["z"]))
    lines, _ = lines_for(top)
    assert np.isnan(brant.brant_statistics(lines, lines.rows)).all()
    assert np.isnan(wolfe_gould.wolfe_gould_statistics(lines, lines.rows))[0]


class TestSeparationSentences:
    def test_a_binary_column(self, data):
        top = data.assign(z=np.where(data["y"] == 4, 1, data["z"]))
        lines, fit = lines_for(top)
        (sentence,) = separated_splits(fit.model, lines)
        n_zero, n_one = (top["z"] == 0).sum(), (top["z"] == 1).sum()
        assert sentence == (
            f"the split 3|4 is separated by z: above it lie 0 of {n_zero} rows with z = 0 and "
            f"{(top['y'] == 4).sum()} of {n_one} rows with z = 1"
        )

    def test_a_number(self, data):
        apart = data.assign(x=np.where(data["y"] == 4, 9.0 + data["x"].abs(), data["x"]))
        lines, fit = lines_for(apart)
        (sentence,) = separated_splits(fit.model, lines)
        below, above = apart.loc[apart["y"] < 4, "x"], apart.loc[apart["y"] == 4, "x"]
        assert sentence == (
            f"the split 3|4 is separated by x: it goes from {below.min():g} to {below.max():g} in "
            f"the {len(below)} rows below it, and from {above.min():g} to {above.max():g} in the "
            f"{len(above)} above"
        )

    def test_counts_are_weighted(self, data):
        top = data.assign(z=np.where(data["y"] == 4, 1, data["z"]), w=2)
        lines, fit = lines_for(top, weights="w")
        (sentence,) = separated_splits(fit.model, lines)
        assert f"0 of {2 * (top['z'] == 0).sum()} rows with z = 0" in sentence

    def test_none_where_all_is_well(self, data):
        lines, fit = lines_for(data)
        assert separated_splits(fit.model, lines) == []


def test_wald_size_of_brant_is_near_nominal(data):
    """A coarse check that the statistic is chi-squared under its hypothesis."""
    lines, fit = lines_for(data)
    chances, rng, values = fit.predict().to_numpy(), np.random.default_rng(4), []
    for _ in range(150):
        level = (rng.uniform(size=len(data))[:, None] > chances.cumsum(axis=1)[:, :-1]).sum(axis=1)
        rows = lines.rows.__class__(
            **{**vars_of(lines.rows), "edges": np.stack([level + 1, level])}
        )
        values.append(brant.brant_statistics(lines, rows)[0])
    assert stats.kstest(values, stats.chi2(4).cdf).pvalue > 0.001
