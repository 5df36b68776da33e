"""Calibration curves beside those of rms on the same resamples, and shares in groups."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import probstats as ps
from probstats import CumulativeLinkModel, ModelError
from probstats.models.checking.calibration import calibrate_on
from probstats.models.checking.resampling import Plan, make_units

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


def of_r(computed):
    """Return the resamples R drew."""
    everything = np.arange(400)
    train = computed["validate"]["train"]
    return [(np.array(rows) - 1, everything) for rows in train], Plan("bootstrap", len(train), 10)


def test_curves_are_those_of_rms_calibrate(fit, computed):
    drawn, plan = of_r(computed)
    found = calibrate_on(fit, make_units(fit), drawn, plan)
    for level, expected in zip((2, 3, 4), computed["calibrate"], strict=True):
        rows = found.table[found.table["level"] == level]
        np.testing.assert_allclose(rows["predicted"], expected["predicted"], atol=1e-12)
        np.testing.assert_allclose(rows["apparent"], expected["apparent"], atol=1e-9)
        np.testing.assert_allclose(rows["corrected"], expected["corrected"], atol=2e-6)
        np.testing.assert_array_equal(rows["n"], expected["n"])
        errors = found.errors.loc[level]
        np.testing.assert_allclose(errors["mean"], expected["mean"], atol=2e-6)
        np.testing.assert_allclose(errors["p90"], expected["p90"], atol=2e-6)


def test_groups_of_predictions_are_shares(fit, data):
    found = ps.calibrate(fit, [2, 4], "groups", n_groups=5, n_resamples=10, rng=1)
    assert set(found.table["level"]) == {2, 4}
    chance = 1.0 - fit.predict(which="cumprob")[3].to_numpy()
    order = np.argsort(chance, kind="stable")
    rows = found.table[found.table["level"] == 4]
    for number, part in enumerate(np.array_split(order, 5)):
        row = rows.iloc[number]
        np.testing.assert_allclose(row["predicted"], chance[part].mean(), atol=2e-3)
        assert abs(row["apparent"] - (data["y"].to_numpy()[part] >= 4).mean()) < 0.03
    np.testing.assert_allclose(rows["corrected"], rows["apparent"] - rows["optimism"])
    gap = (rows["apparent"] - rows["predicted"]).abs().mean()
    np.testing.assert_allclose(found.errors.loc[4, "apparent_mean"], gap, atol=2e-3)


def test_equal_predictions_share_a_group(wine):
    fit = CumulativeLinkModel.from_formula("rating ~ temp + contact", wine).fit()
    found = ps.calibrate(fit, 3, "groups", n_resamples=10, rng=1).table
    assert len(found) == 4
    share = wine.groupby(["temp", "contact"], observed=True)["rating"].apply(
        lambda rating: (rating.astype(int) >= 3).mean()
    )
    np.testing.assert_allclose(np.sort(found["apparent"]), np.sort(share))


def test_all_rows_as_a_resample_have_no_optimism(fit):
    everything = np.arange(400)
    plan = Plan("bootstrap", 1, 10)
    curve = calibrate_on(fit, make_units(fit), [(everything, everything)], plan)
    np.testing.assert_allclose(curve.table["optimism"], 0.0, atol=1e-8)


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda fit: ps.calibrate(fit, 1), "levels holds 1"),
        (lambda fit: ps.calibrate(fit, []), "levels is empty"),
        (lambda fit: ps.calibrate(fit, smoother="spline"), "smoother='spline' is not known"),
        (lambda fit: ps.calibrate(fit, points=1), "points=1 must be a whole number"),
        (lambda fit: ps.calibrate(fit, n_groups=2.5), "n_groups=2.5 must be a whole number"),
    ],
)
def test_wrong_arguments_are_refused(fit, call, sentence):
    with pytest.raises(ModelError, match=sentence):
        call(fit)


def test_no_smooth_curve_of_weights_or_of_few_rows(data):
    weighted = data.assign(u=np.linspace(0.5, 1.5, 400))
    fit = CumulativeLinkModel.from_formula("y ~ x", weighted, weights="u").fit()
    with pytest.raises(ModelError, match="a smooth curve has no weights"):
        ps.calibrate(fit)
    few = CumulativeLinkModel([0, 1, 0, 1, 0, 1, 1, 0, 1, 0], np.arange(10.0)).fit()
    with pytest.raises(ModelError, match="too few for a smooth curve"):
        ps.calibrate(few, n_resamples=2)


def test_it_prints_its_errors(fit):
    found = ps.calibrate(fit, 3, n_resamples=3, rng=1)
    assert "Calibration of P(Y >= level) by lowess, corrected by bootstrap" in repr(found)
    assert found.summary_frame().equals(found.table)
