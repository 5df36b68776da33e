"""Validation beside rms on the same resamples, and what resampling must keep."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import probstats as ps
from probstats import CumulativeLinkModel, ModelError
from probstats.models.checking.resampling import Plan, make_plan, make_units, splits
from probstats.models.checking.validation import validate_on

REFERENCE = Path(__file__).parents[2] / "reference"
SHARED = ["dxy", "c", "r2", "intercept", "slope", "brier_middle"]


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


def test_indexes_are_those_of_rms_on_its_resamples(fit, computed):
    drawn, plan = of_r(computed)
    found = validate_on(fit, make_units(fit), drawn, plan)
    expected = computed["validate"]
    for name in SHARED:
        row = found.table.loc[name]
        for column in ("training", "test"):
            mean = np.mean([one[name] for one in expected[column]])
            np.testing.assert_allclose(row[column], mean, rtol=1e-8, atol=1e-8)
        np.testing.assert_allclose(row["apparent"], expected["apparent"][name], atol=1e-8)
        np.testing.assert_allclose(row["optimism"], row["training"] - row["test"], atol=1e-14)
        np.testing.assert_allclose(row["corrected"], row["apparent"] - row["optimism"], atol=1e-14)
        assert row["n"] == len(drawn)


def test_the_table_is_that_of_rms_validate(fit, computed):
    drawn, plan = of_r(computed)
    found = validate_on(fit, make_units(fit), drawn, plan).table
    rms = computed["validate"]["rms"]
    table = pd.DataFrame(rms["table"], index=rms["rows"], columns=rms["columns"])
    # lrm.fit rounds probabilities to 0.002 for Dxy
    pairs = {"r2": "R2", "intercept": "Intercept", "slope": "Slope", "brier_middle": "B"}
    for ours, theirs in (pairs | {"dxy": "Dxy"}).items():
        tolerance = 2e-4 if ours == "dxy" else 1e-8
        columns = ["index.orig", "training", "test", "optimism", "index.corrected"]
        np.testing.assert_allclose(
            found.loc[ours].iloc[:5], table.loc[theirs, columns], atol=tolerance
        )


def test_all_rows_as_a_resample_have_no_optimism(fit):
    everything = np.arange(400)
    plan = Plan("bootstrap", 1, 10)
    found = validate_on(fit, make_units(fit), [(everything, everything)], plan).table
    np.testing.assert_allclose(found["test"], found["apparent"], atol=1e-9)
    np.testing.assert_allclose(found["optimism"], 0.0, atol=1e-9)
    accuracy = ps.accuracy(fit)
    for name in ("dxy", "c", "r2", "brier", "rps"):
        np.testing.assert_allclose(found.loc[name, "apparent"], getattr(accuracy, name), atol=1e-9)
    np.testing.assert_allclose(found.loc[["intercept", "slope"], "apparent"], [0, 1], atol=1e-9)


OPTIONS = {
    "probit": {"link": "probit"},
    "cloglog": {"link": "cloglog"},
    "equidistant": {"threshold": "equidistant"},
    "nominal": {"nominal": "~ s"},
    "scale": {"scale": "~ s"},
    "whole weights": {"weights": "w"},
    "fractions": {"weights": "u"},
    "offset": {"offset": "o"},
}


@pytest.mark.parametrize("method", ["bootstrap", "cross-validation"])
@pytest.mark.parametrize("options", OPTIONS.values(), ids=OPTIONS)
def test_every_model_can_be_validated(data, options, method):
    rng = np.random.default_rng(1)
    data = data.assign(
        w=rng.integers(1, 3, 400), u=rng.random(400) + 0.2, o=rng.normal(size=400) / 3
    )
    fit = CumulativeLinkModel.from_formula("y ~ x + g", data, **options).fit()
    number = 10 if method == "bootstrap" else None
    found = ps.validate(fit, method, number, rng=2)
    table = found.table
    assert table["n"].eq(10).all()
    assert table.loc["rps", "corrected"] > table.loc["rps", "apparent"]
    accuracy = ps.accuracy(fit)
    for name in ("dxy", "c", "brier", "rps"):
        np.testing.assert_allclose(table.loc[name, "apparent"], getattr(accuracy, name), rtol=1e-8)
    smoother = "groups" if "u" in options.values() else "lowess"
    curve = ps.calibrate(fit, method=method, n_resamples=number, smoother=smoother, rng=2)
    assert curve.errors.notna().all(axis=None)


def test_whole_weights_are_rows(data):
    counts = np.random.default_rng(0).integers(1, 4, 400)
    one = CumulativeLinkModel.from_formula("y ~ x", data.assign(w=counts), weights="w").fit()
    repeated = data.loc[data.index.repeat(counts)].reset_index(drop=True)
    other = CumulativeLinkModel.from_formula("y ~ x", repeated).fit()
    for method in ("bootstrap", "cross-validation"):
        tables = [
            ps.validate(fit, method, 5 if method == "bootstrap" else None, rng=4).table
            for fit in (one, other)
        ]
        np.testing.assert_allclose(*tables, atol=1e-8)
    curves = [ps.calibrate(fit, 3, n_resamples=5, rng=4).table for fit in (one, other)]
    np.testing.assert_allclose(*curves, atol=1e-7)


def test_the_same_seed_gives_the_same(fit):
    one, other, third = (ps.validate(fit, n_resamples=4, rng=seed).table for seed in (3, 3, 5))
    pd.testing.assert_frame_equal(one, other)
    assert not one.equals(third)
    generator = np.random.default_rng(3)
    pd.testing.assert_frame_equal(ps.validate(fit, n_resamples=4, rng=generator).table, one)


def test_clusters_stay_together(wine):
    fit = CumulativeLinkModel.from_formula("rating ~ temp + contact", wine).fit()
    units = make_units(fit, "judge")
    judges = wine["judge"].to_numpy()
    for train, test in splits(make_plan("repeated", 3, 4), units, np.random.default_rng(1)):
        assert not set(judges[train]) & set(judges[test])
        assert len(train) + len(test) == 72
    for train, test in splits(make_plan("bootstrap", 5, 10), units, np.random.default_rng(1)):
        times = np.bincount(train, minlength=72)
        assert all(len(set(times[judges == judge])) == 1 for judge in set(judges))
        assert len(test) == 72
    by_values = make_units(fit, judges)
    assert all(np.array_equal(*pair) for pair in zip(units.rows, by_values.rows, strict=True))
    with pytest.raises(ModelError, match="folds=10 is more than the 9 rows or groups"):
        ps.validate(fit, "cross-validation", groups="judge")


def test_folds_share_out_the_rows(fit):
    units = make_units(fit)
    drawn = list(splits(make_plan("cross-validation", None, 7), units, np.random.default_rng(1)))
    np.testing.assert_array_equal(np.sort(np.concatenate([test for _, test in drawn])), range(400))
    for train, test in drawn:
        np.testing.assert_array_equal(np.sort(np.append(train, test)), range(400))


def test_lost_resamples_are_counted_and_said():
    rng = np.random.default_rng(5)
    x = rng.normal(size=60)
    frame = pd.DataFrame({"x": x, "y": np.digitize(x + rng.logistic(size=60), [-1, 1])})
    frame.loc[[3, 8], "y"] = 3  # a level of two rows is lost in a resample of seven
    fit = CumulativeLinkModel.from_formula("y ~ x", frame).fit()
    with pytest.warns(ps.ResampleWarning, match="resamples could not be used"):
        found = ps.validate(fit, n_resamples=40, rng=1)
    assert 2 < found.lost["a level was lost"] < 16
    assert found.table["n"].eq(40 - sum(found.lost.values())).all()
    assert "a level was lost in" in found.notes[0]
    assert "a level was lost in" in repr(found)
    with pytest.warns(ps.ResampleWarning):
        curve = ps.calibrate(fit, 2, n_resamples=40, rng=1)
    assert curve.lost == found.lost


def test_a_few_lost_resamples_are_noted_without_a_warning(wine):
    fit = CumulativeLinkModel.from_formula("rating ~ temp + contact", wine).fit()
    found = ps.validate(fit, n_resamples=40, groups="judge", rng=1)
    assert 0 < sum(found.lost.values()) <= 4
    assert found.notes


def test_separated_resamples_are_left_out():
    x = np.r_[np.zeros(12), np.ones(12)]
    y = np.r_[np.zeros(11), 1, np.ones(11), 0].astype(int)
    fit = CumulativeLinkModel(y, pd.DataFrame({"x": x})).fit()
    with pytest.warns(ps.ResampleWarning, match="separated"):
        found = ps.validate(fit, n_resamples=40, rng=1)
    assert found.lost["the rows separated the levels"] > 10


def test_no_resample_left_is_an_error(fit):
    one_level = np.flatnonzero(fit.model.outcome.low == 0)
    units, plan = make_units(fit), Plan("bootstrap", 1, 10)
    with pytest.raises(ModelError, match="no resample could be used"):
        validate_on(fit, units, [(one_level, np.arange(400))], plan)


def test_a_wrong_direction_has_a_negative_dxy(fit, data):
    units, plan = make_units(fit), Plan("bootstrap", 1, 10)
    turned = np.argsort(data["x"].to_numpy() * (data["y"].to_numpy() - 2.5))[:150]
    others = np.setdiff1d(np.arange(400), turned)
    table = validate_on(fit, units, [(others, turned)], plan).table
    assert table.loc["dxy", "test"] < 0.0
    assert table.loc["slope", "test"] < 0.0


def test_an_optimistic_model_is_corrected():
    rng = np.random.default_rng(11)
    noise = pd.DataFrame(rng.normal(size=(100, 12))).add_prefix("v")
    y = rng.integers(0, 3, 100)
    fit = CumulativeLinkModel(y, noise).fit()
    for method in ("bootstrap", "repeated"):
        table = ps.validate(fit, method, 40 if method == "bootstrap" else 2, rng=1).table
        assert table.loc["dxy", "apparent"] > 0.25
        assert table.loc["dxy", "corrected"] < 0.15
        assert table.loc["slope", "corrected"] < 0.5
    errors = ps.calibrate(fit, n_resamples=20, rng=1).errors
    assert (errors["mean"] > 1.3 * errors["apparent_mean"]).all()


def test_intervals_are_validated_where_they_are_known(data):
    bounds = data.assign(high=np.minimum(data["y"] + (data.index % 3 == 0), 4))
    fit = CumulativeLinkModel.from_formula("interval(y, high) ~ x + g", bounds).fit()
    found, accuracy = ps.validate(fit, n_resamples=10, rng=1).table, ps.accuracy(fit)
    assert found["n"].eq(10).all()
    for name in ("dxy", "brier", "rps"):
        apparent = found.loc[name, "apparent"]
        np.testing.assert_allclose(apparent, getattr(accuracy, name), rtol=1e-8)
    assert ps.calibrate(fit, n_resamples=5, rng=1).table["n"].max() == 5


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda fit: ps.validate(fit, "jackknife"), "method='jackknife' is not known"),
        (lambda fit: ps.validate(fit, "cross-validation", 5), "folds= and no n_resamples="),
        (lambda fit: ps.validate(fit, n_resamples=0), "n_resamples=0 must be a whole number"),
        (lambda fit: ps.validate(fit, folds=1), "folds=1 must be a whole number"),
        (lambda fit: ps.validate(fit, groups="nope"), "groups='nope' is no column"),
    ],
)
def test_wrong_arguments_are_refused(fit, call, sentence):
    with pytest.raises(ModelError, match=sentence):
        call(fit)


def test_what_cannot_be_validated_is_refused(wine):
    sure = wine.assign(good=1.0 * (wine["rating"] >= 4))
    with pytest.warns(ps.SeparationWarning):
        fit = CumulativeLinkModel.from_formula("rating ~ good", sure).fit()
    with pytest.raises(ModelError, match="no finite estimate for good"):
        ps.validate(fit)
