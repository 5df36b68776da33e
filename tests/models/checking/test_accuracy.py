"""Discrimination and calibration beside rms, Hmisc and pairs counted one by one."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import probstats as ps
from probstats import CumulativeLinkModel, ModelError

REFERENCE = Path(__file__).parents[2] / "reference"


@pytest.fixture(scope="module")
def computed():
    return json.loads((REFERENCE / "checking_fit.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def data():
    return pd.read_csv(REFERENCE / "gof.csv").astype({"g": "category", "s": "category"})


@pytest.fixture(scope="module")
def fit(data):
    return CumulativeLinkModel.from_formula("y ~ x + g + s", data).fit()


def brute_force(ranking, low, high, weights):
    pairs = (high[:, None] < low) * weights[:, None] * weights
    order = np.sign(ranking - ranking[:, None])
    return [pairs[order == sign].sum() for sign in (1, -1, 0)]


def test_discrimination_is_that_of_hmisc(fit, computed):
    found, expected = ps.accuracy(fit), computed["accuracy"]
    np.testing.assert_allclose(found.c, expected["rcorr"]["C"], rtol=1e-12)
    np.testing.assert_allclose(found.dxy, expected["rcorr"]["Dxy"], rtol=1e-12)
    assert 2 * found.pairs == expected["rcorr"]["pairs"]
    for (_, row), one in zip(found.by_threshold.iterrows(), expected["threshold"], strict=True):
        np.testing.assert_allclose([row["c"], row["dxy"]], [one["C"], one["Dxy"]], rtol=1e-12)


def test_scores_are_those_of_rms_and_ordinal(fit, computed):
    found, expected = ps.accuracy(fit), computed["accuracy"]
    np.testing.assert_allclose(found.by_level["brier"], expected["brier_level"], rtol=1e-10)
    by_threshold = expected["brier_threshold"]
    np.testing.assert_allclose(found.by_threshold["brier"], by_threshold, rtol=1e-10)
    np.testing.assert_allclose(found.rps, sum(by_threshold), rtol=1e-10)
    np.testing.assert_allclose(found.brier, sum(expected["brier_level"]), rtol=1e-10)
    np.testing.assert_allclose(found.r2, expected["stats"]["R2"], rtol=1e-10)
    middle = found.by_threshold["brier"].iloc[1]
    np.testing.assert_allclose(middle, expected["stats"]["Brier"], rtol=1e-10)
    # lrm rounds probabilities to 0.002 before it counts pairs
    np.testing.assert_allclose(found.c, expected["stats"]["C"], atol=1e-3)


def test_weighted_cells_are_tenants(housing, computed):
    cells = housing.value_counts(sort=False).reset_index(name="w").query("w > 0")
    fit = CumulativeLinkModel.from_formula("Sat ~ Infl + Type + Cont", cells, weights="w").fit()
    found, expected = ps.accuracy(fit), computed["housing"]
    np.testing.assert_allclose(found.dxy, expected["rcorr"]["Dxy"], rtol=1e-12)
    assert 2 * found.pairs == expected["rcorr"]["pairs"]
    np.testing.assert_allclose(found.r2, expected["stats"]["R2"], rtol=1e-10)
    middle = found.by_threshold["brier"].iloc[0]
    np.testing.assert_allclose(middle, expected["stats"]["Brier"], rtol=1e-10)


OPTIONS = {
    "probit": {"link": "probit"},
    "cauchit": {"link": "cauchit"},
    "equidistant": {"threshold": "equidistant"},
    "nominal": {"nominal": "~ s"},
    "scale": {"scale": "~ s"},
    "fractions": {"weights": "w"},
    "offset": {"offset": "o"},
}


@pytest.mark.parametrize("options", OPTIONS.values(), ids=OPTIONS)
def test_measures_are_those_of_the_definitions(data, options):
    rng = np.random.default_rng(1)
    data = data.assign(w=rng.random(400) + 0.2, o=rng.normal(size=400) / 3)
    fit = CumulativeLinkModel.from_formula("y ~ x + g", data, **options).fit()
    found = ps.accuracy(fit)
    weights = data["w"].to_numpy() if "weights" in options else np.ones(400)
    chance, y = fit.predict().to_numpy(), data["y"].to_numpy()
    came = y[:, None] == [1, 2, 3, 4]
    mean = weights / weights.sum()
    brier, shares = mean @ (chance - came) ** 2, mean @ came
    np.testing.assert_allclose(found.by_level["brier"], brier, rtol=1e-10)
    below, below_came = chance.cumsum(axis=1)[:, :3], came.cumsum(axis=1)[:, :3]
    rps = mean @ (below - below_came) ** 2
    np.testing.assert_allclose(found.by_threshold["brier"], rps, rtol=1e-10)
    marginal = mean @ (shares.cumsum()[:3] - below_came) ** 2
    np.testing.assert_allclose(found.by_threshold["skill"], 1.0 - rps / marginal, rtol=1e-9)
    np.testing.assert_allclose(found.rps_skill, 1.0 - rps.sum() / marginal.sum(), rtol=1e-9)
    np.testing.assert_allclose(found.by_level["predicted"], mean @ chance, rtol=1e-10)
    np.testing.assert_allclose(found.by_level["observed"], shares, rtol=1e-10)
    apart = options.keys() & {"nominal", "scale"}
    ranking = chance @ [1, 2, 3, 4] if apart else fit.predict(which="linpred").to_numpy()
    concordant, discordant, tied = brute_force(ranking, y, y, weights)
    total = concordant + discordant + tied
    np.testing.assert_allclose(found.dxy, (concordant - discordant) / total, rtol=1e-10)
    for level in (1, 2, 3):
        above = (y > level).astype(int)
        one = brute_force(-below[:, level - 1], above, above, weights)
        dxy = found.by_threshold["dxy"].iloc[level - 1]
        np.testing.assert_allclose(dxy, (one[0] - one[1]) / sum(one), rtol=1e-10)


def test_two_levels_are_the_area_under_the_curve(data):
    fit = CumulativeLinkModel.from_formula("y2 ~ x + g", data.assign(y2=data["y"] > 2)).fit()
    found = ps.accuracy(fit)
    chance, above = fit.predict()[True].to_numpy(), data["y"].to_numpy() > 2
    apart = chance[above][:, None] - chance[~above]
    area = (apart > 1e-12).mean() + (np.abs(apart) <= 1e-12).mean() / 2.0
    np.testing.assert_allclose(found.c, area, rtol=1e-12)
    np.testing.assert_allclose(found.rps, ((chance - above) ** 2).mean(), rtol=1e-12)
    np.testing.assert_allclose(found.brier, 2.0 * found.rps, rtol=1e-12)


def test_the_rows_of_the_fit_as_new_rows_are_the_same(fit, data):
    own, new = ps.accuracy(fit), ps.accuracy(fit, data)
    pd.testing.assert_frame_equal(own.summary_frame(), new.summary_frame(), rtol=1e-10)
    pd.testing.assert_frame_equal(own.by_threshold, new.by_threshold)
    arrays = ps.accuracy(fit, data.drop(columns="y"), outcome=data["y"].to_numpy())
    assert arrays.summary_frame().equals(new.summary_frame())
    counts = np.arange(400) % 3
    weighted = ps.accuracy(fit, data.assign(w=counts), weights="w")
    repeated = ps.accuracy(fit, data.loc[data.index.repeat(counts)])
    assert weighted.n == repeated.n == counts.sum()
    pd.testing.assert_frame_equal(weighted.summary_frame(), repeated.summary_frame(), rtol=1e-10)


def test_new_rows_with_noise_have_no_skill(fit, data):
    shuffled = data.assign(y=np.random.default_rng(3).permutation(data["y"]))
    found = ps.accuracy(fit, shuffled)
    assert abs(found.dxy) < 0.1
    assert found.r2 < 0.0
    assert found.rps_skill < 0.0


def test_rows_that_miss_something_are_counted(fit, data):
    gaps = data.astype({"y": float})
    gaps.loc[[1, 5], "y"] = np.nan
    gaps.loc[[5, 9], "x"] = np.nan
    found = ps.accuracy(fit, gaps)
    assert found.n == 397
    assert found.notes == ("3 of 400 rows have no outcome or no prediction, and are left out",)
    assert "3 of 400 rows" in repr(found)
    expected = ps.accuracy(fit, data.drop(index=[1, 5, 9]))
    np.testing.assert_allclose(found.dxy, expected.dxy, rtol=1e-12)


def test_intervals_count_where_they_are_known(data):
    high = np.minimum(data["y"] + (data.index % 3 == 0), 4)
    bounds = data.assign(high=high)
    fit = CumulativeLinkModel.from_formula("interval(y, high) ~ x + g", bounds).fit()
    found = ps.accuracy(fit)
    low, high = bounds["y"].to_numpy(), bounds["high"].to_numpy()
    counted = brute_force(fit.predict(which="linpred").to_numpy(), low, high, np.ones(400))
    assert found.pairs == sum(counted)
    np.testing.assert_allclose(found.dxy, (counted[0] - counted[1]) / sum(counted), rtol=1e-12)
    assert any("interval of levels" in note for note in found.notes)
    below = fit.predict().to_numpy().cumsum(axis=1)
    for level in (1, 2, 3):
        known = (low > level) | (high <= level)
        score = ((below[known, level - 1] - (high[known] <= level)) ** 2).mean()
        brier = found.by_threshold["brier"].iloc[level - 1]
        np.testing.assert_allclose(brier, score, rtol=1e-10)
    again = ps.accuracy(fit, bounds)
    np.testing.assert_allclose(again.dxy, found.dxy, rtol=1e-12)
    loglike = 400 * np.log(1 - again.r2 * (1 - np.exp(2 * _null(fit, low, high) / 400))) / -2
    np.testing.assert_allclose(loglike + _null(fit, low, high), fit.llf, rtol=1e-9)


def _null(fit, low, high):
    reached = np.append(0.0, fit.model.outcome.shares().cumsum())
    return np.log(reached[high] - reached[low - 1]).sum()


def test_merged_levels_are_known_by_each_of_their_names():
    rng = np.random.default_rng(2)
    x = rng.normal(size=120)
    low = np.digitize(x + rng.logistic(size=120), [-1, 1]) + 1
    bounds = pd.DataFrame({"x": x, "low": np.where(low == 3, 3, low)})
    bounds["high"] = np.where(low == 3, 4, low)
    with pytest.warns(ps.MergedLevelsWarning):
        fit = CumulativeLinkModel.from_formula("interval(low, high) ~ x", bounds).fit()
    found = ps.accuracy(fit, bounds.assign(known=bounds["high"]), outcome="known")
    np.testing.assert_allclose(found.dxy, ps.accuracy(fit).dxy, rtol=1e-12)


def test_infinite_estimates_are_said(wine):
    sure = wine.assign(good=1.0 * (wine["rating"] >= 4))
    with pytest.warns(ps.SeparationWarning):
        fit = CumulativeLinkModel.from_formula("rating ~ good", sure).fit()
    found = ps.accuracy(fit)
    assert found.by_threshold.loc["3|4", "c"] == 1.0
    assert any("no finite estimate for good" in note for note in found.notes)


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda fit, data: ps.accuracy(fit, outcome="y"), "outcome goes with new data"),
        (lambda fit, data: ps.accuracy(fit, data.drop(columns="y")), "have no outcome y"),
        (lambda fit, data: ps.accuracy(fit, data, [1, 2]), r"outcome has shape \(2, 1\)"),
        (lambda fit, data: ps.accuracy(fit, data.assign(y=9)), "no probability: 9; it knows 1, 2"),
        (lambda fit, data: ps.accuracy(fit, data, weights="u"), "weights='u' is no column"),
        (lambda fit, data: ps.accuracy(fit, data, weights=[-1.0] * 400), "none of them negative"),
        (lambda fit, data: ps.accuracy(fit, data.assign(y=np.nan)), "none of the 400 new rows"),
        (
            lambda fit, data: ps.accuracy(fit, data.assign(z=1), outcome=["y", "z"]),
            "the outcome goes down in new row",
        ),
    ],
)
def test_wrong_arguments_are_refused(fit, data, call, sentence):
    with pytest.raises(ModelError, match=sentence):
        call(fit, data)


def test_arrays_need_an_outcome(data):
    fit = CumulativeLinkModel(data["y"], data[["x"]]).fit()
    with pytest.raises(ModelError, match="pass the levels of the new rows"):
        ps.accuracy(fit, data[["x"]])
    found = ps.accuracy(fit, data[["x"]], data["y"])
    np.testing.assert_allclose(found.dxy, ps.accuracy(fit).dxy, rtol=1e-12)
