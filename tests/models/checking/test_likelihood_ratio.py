"""The likelihood-ratio test, against R, and what it refuses to compare."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import probstats as ps
from probstats.errors import ConvergenceWarning, ModelError, SeparationWarning
from probstats.models.checking.likelihood_ratio import gain

REFERENCE = Path(__file__).parents[2] / "reference"


@pytest.fixture(scope="module")
def gof():
    return pd.read_csv(REFERENCE / "gof.csv").astype({"g": "category", "s": "category"})


@pytest.fixture(scope="module")
def from_r():
    text = (REFERENCE / "checking_parallel_lines.json").read_text(encoding="utf-8")
    return json.loads(text)["lr"]


def fit(formula, data, **options):
    return ps.CumulativeLinkModel.from_formula(formula, data, **options).fit()


def test_agrees_with_anova_of_clm(gof, from_r):
    small = fit("y ~ x", gof)
    large = fit("y ~ x + g", gof, nominal="~ s", scale="~ x")
    found = ps.likelihood_ratio_test(small, large)
    assert found.df == from_r["df"]
    np.testing.assert_allclose(found.statistic, from_r["statistic"], rtol=1e-9)
    np.testing.assert_allclose(found.p_value, from_r["p_value"], rtol=1e-8)
    np.testing.assert_allclose(found.table["loglik"], [from_r["small"], from_r["large"]])
    np.testing.assert_allclose(found.table["aic"], from_r["aic"], rtol=1e-10)
    np.testing.assert_allclose(found.table["bic"], [small.bic, large.bic])
    assert found.table["parameters"].tolist() == [len(small.params), len(large.params)]
    assert (found.notes, found.trouble, found.method) == ((), "", "likelihood ratio")


def test_prints_and_gives_a_frame(gof):
    found = ps.likelihood_ratio_test(fit("y ~ x", gof), fit("y ~ x + s", gof))
    assert f"chi-squared = {found.statistic:.4f} on 1 df, p = {found.p_value:.4g}" in repr(found)
    frame = found.summary_frame()
    assert frame.loc["large", ["statistic", "df", "p_value"]].tolist() == [
        found.statistic,
        1,
        found.p_value,
    ]
    assert frame.loc["small", ["statistic", "df", "p_value"]].isna().all()


def test_a_weight_of_two_is_two_rows(gof):
    twice = gof.loc[gof.index.repeat(2)].reset_index(drop=True)
    weighted = [fit(f, gof, weights=np.full(len(gof), 2.0)) for f in ("y ~ x", "y ~ x + g")]
    repeated = [fit(f, twice) for f in ("y ~ x", "y ~ x + g")]
    one, other = ps.likelihood_ratio_test(*weighted), ps.likelihood_ratio_test(*repeated)
    np.testing.assert_allclose(one.statistic, other.statistic, rtol=1e-9)
    pd.testing.assert_frame_equal(one.table, other.table)


def test_separation_is_said_and_the_supremum_used(wine):
    small = fit("rating ~ temp + contact", wine)
    with pytest.warns(SeparationWarning):
        large = fit("rating ~ contact", wine, nominal="~ temp")
    found = ps.likelihood_ratio_test(small, large)
    np.testing.assert_allclose(found.statistic, 2 * (-84.9044 + 86.4919), atol=1e-3)
    (note,) = found.notes
    assert "large fit has no finite estimate for 4|5, 1|2:temp[warm]" in note
    assert "doubtful" in note
    assert note in repr(found)


def crossing_data():
    """Return rows whose middle level exists for low x only, so that nominal thresholds cross."""
    rng = np.random.default_rng(0)
    x, u = rng.uniform(-2, 2, 60), rng.logistic(size=60)
    below, above = -0.5 - 1.2 * x, 0.3 + 1.2 * x
    between = np.where(below < above, 2, rng.choice([1, 3], 60))
    low, high = np.minimum(below, above), np.maximum(below, above)
    return pd.DataFrame({"x": x, "y": np.where(u > high, 3, np.where(u < low, 1, between))})


def test_crossing_thresholds_are_said():
    data = crossing_data()
    with pytest.warns(ConvergenceWarning, match="thresholds cross"):
        large = fit("y ~ 1", data, nominal="~ x")
    (note,) = ps.likelihood_ratio_test(fit("y ~ x", data), large).notes
    assert "Thresholds of the large fit cross at 2" in note
    assert "too large" in note


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda d: d.iloc[1:], "of 400 and 399 rows"),
        (lambda d: d.set_axis(d.index + 1), "different rows, first 0 against 1"),
        (lambda d: d.assign(y=d["y"].iloc[::-1].to_numpy()), "different outcomes in"),
        (lambda d: d.assign(y=d["y"].clip(upper=3)), "different levels: 1, 2, 3, 4 and 1, 2, 3"),
    ],
)
def test_other_rows_are_refused(gof, change, sentence):
    small, large = fit("y ~ x", gof), fit("y ~ x + s", change(gof))
    with pytest.raises(ModelError, match=sentence):
        ps.likelihood_ratio_test(small, large)


@pytest.mark.parametrize("weights", [(None, 2.0), (1.0, 2.0)])
def test_other_weights_are_refused(gof, weights):
    given = [None if w is None else np.full(len(gof), w) for w in weights]
    small = fit("y ~ x", gof, weights=given[0])
    large = fit("y ~ x + s", gof, weights=given[1])
    with pytest.raises(ModelError, match="different weights"):
        ps.likelihood_ratio_test(small, large)


def test_weights_of_one_are_no_weights(gof):
    small, large = fit("y ~ x", gof, weights=np.ones(len(gof))), fit("y ~ x + s", gof)
    assert ps.likelihood_ratio_test(small, large).df == 1


def test_interval_outcomes_must_be_the_same_intervals(gof):
    low, high = gof["y"].where(gof.index % 2 == 0, 1), gof["y"]
    data = gof.assign(low=low, high=high, higher=np.where(gof.index == 5, 4, high))
    assert high[5] < 4
    small = fit("interval(low, high) ~ x", data)
    assert ps.likelihood_ratio_test(small, fit("interval(low, high) ~ x + s", data)).df == 1
    with pytest.raises(ModelError, match="different outcomes in 1 rows, first in row 5"):
        ps.likelihood_ratio_test(small, fit("interval(low, higher) ~ x + s", data))


@pytest.mark.parametrize("place", [0, 1])
@pytest.mark.parametrize(
    "options", [{"cov_type": "HC0"}, {"cov_type": "cluster", "cov_kwds": {"groups": "g"}}]
)
def test_robust_errors_are_refused(gof, place, options):
    models = [ps.CumulativeLinkModel.from_formula(f, gof) for f in ("y ~ x", "y ~ x + s")]
    fits = [model.fit(**(options if k == place else {})) for k, model in enumerate(models)]
    which = ("small", "large")[place]
    with pytest.raises(ModelError, match=f"the {which} fit has cov_type='{options['cov_type']}'"):
        ps.likelihood_ratio_test(*fits)


def test_the_order_matters(gof):
    small, large = fit("y ~ x", gof), fit("y ~ x + s", gof)
    with pytest.raises(ModelError, match="large fit has 4 parameters and the small one 5"):
        ps.likelihood_ratio_test(large, small)
    with pytest.raises(ModelError, match="large fit has 4 parameters and the small one 4"):
        ps.likelihood_ratio_test(small, fit("y ~ s", gof))


def test_a_fit_that_stopped_early_is_refused(gof):
    model = ps.CumulativeLinkModel.from_formula("y ~ x + s", gof)
    with pytest.warns(ConvergenceWarning):
        stopped = model.fit(maxiter=1)
    with pytest.raises(ModelError, match="the large fit did not converge"):
        ps.likelihood_ratio_test(fit("y ~ x", gof), stopped)


def test_a_gain_below_zero_is_rounding_or_missing():
    assert gain(-100.0, -99.0) == 2.0
    assert gain(-100.0, -100.0 - 1e-9) == 0.0
    assert np.isnan(gain(-100.0, -100.01))


def test_a_large_fit_on_a_lower_hill_is_refused(gof, monkeypatch):
    small, large = fit("y ~ x", gof), fit("y ~ x + s", gof)
    monkeypatch.setattr(
        type(large._results), "llf", property(lambda self: -float(len(self.params)))
    )
    with pytest.raises(ModelError, match=r"small fit has the larger log-likelihood \(-4 against"):
        ps.likelihood_ratio_test(small, large)


def test_p_values_are_uniform_where_the_small_model_holds():
    rng, values = np.random.default_rng(3), []
    for _ in range(80):
        x = rng.normal(size=(150, 2))
        y = (rng.logistic(size=150)[:, None] + x[:, :1] > [-1.0, 0.5]).sum(axis=1)
        fits = [ps.CumulativeLinkModel(y, x[:, :k]).fit() for k in (1, 2)]
        values.append(ps.likelihood_ratio_test(*fits).p_value)
    assert stats.kstest(values, "uniform").pvalue > 0.01
