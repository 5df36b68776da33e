"""One Newton step without a row or a group, beside refits and beside the definition."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from probstats import CumulativeLinkModel, ModelError
from probstats.models.kernel.links import LINKS

PARTS = {
    "plain": {},
    "nominal": {"nominal": "~ b"},
    "scale": {"scale": "~ a"},
    "equidistant": {"threshold": "equidistant"},
    "weights": {"weights": "w"},
    "offset": {"offset": "o"},
}


@pytest.fixture(scope="module")
def data():
    """Return simulated data."""
    rng = np.random.default_rng(4)
    n = 160
    frame = pd.DataFrame({"a": rng.normal(size=n), "b": rng.normal(size=n)})
    latent = 0.8 * frame["a"] - 0.4 * frame["b"] + rng.logistic(size=n)
    frame["y"] = np.digitize(latent, [-1.0, 0.5, 1.5])
    frame["group"] = rng.integers(0, 12, n)
    frame["w"] = rng.integers(1, 4, n).astype(float)
    frame["o"] = rng.normal(size=n) / 4.0
    return frame


def fit(data, link="logit", **parts):
    formula = "y ~ a" if "nominal" in parts else "y ~ a + b"
    return CumulativeLinkModel.from_formula(formula, data, link=link, **parts).fit()


@pytest.mark.parametrize("parts", PARTS.values(), ids=PARTS)
def test_the_step_is_near_the_refit(data, parts):
    found = fit(data, **parts).get_influence()
    labels = found.summary_frame().index[:5].tolist()
    moved = found.refit(labels) - np.asarray(found.results.params)
    step = -found.d_params.loc[labels]
    size = np.abs(moved / np.asarray(found.results.bse)).to_numpy().max()
    error = np.abs((step - moved) / np.asarray(found.results.bse)).to_numpy().max()
    assert error < 0.12 * size


@pytest.mark.parametrize("link", LINKS)
def test_the_step_is_newtons(data, link):
    results = fit(data, link)
    found = results.get_influence()
    model, params = results.model, np.asarray(results.params)
    for row in (0, 17, 90):
        rest = np.delete(np.arange(len(data)), row)
        small = fit(data.iloc[rest], link).model
        step = np.linalg.solve(small.hessian(params), small.score(params))
        np.testing.assert_allclose(found.params_one.iloc[row], params - step, rtol=1e-8, atol=1e-9)
    assert model.nobs == len(data)


def test_groups_are_left_out_together(data):
    found = fit(data).get_influence("group")
    assert found.labels.tolist() == sorted(data["group"].unique())
    assert found.summary_frame()["n_rows"].sum() == len(data)
    label = found.labels[3]
    without = fit(data[data["group"] != label])
    np.testing.assert_allclose(found.refit(label).loc[label], without.params, rtol=1e-9)
    step, moved = found.params_one.loc[label], without.params
    apart = np.abs((step - moved) / np.asarray(found.results.bse))
    assert apart.max() < 0.1


def test_a_series_of_groups_is_matched_by_its_index(data):
    results = fit(data)
    shuffled = data["group"].sample(frac=1.0, random_state=1)
    assert not shuffled.index.equals(data.index)
    expected = results.get_influence("group").d_params
    found = results.get_influence(shuffled).d_params
    pd.testing.assert_frame_equal(found, expected, check_names=False)


def test_leverages_add_up_to_the_parameters(data):
    for parts in PARTS.values():
        results = fit(data, **parts)
        assert results.get_influence().hat_matrix_diag.sum() == pytest.approx(len(results.params))


def test_two_levels_are_logistic_regression(data):
    binary = data.assign(y=(data["y"] > 1).astype(int))
    ours = fit(binary).get_influence()
    theirs = sm.Logit(binary["y"], sm.add_constant(binary[["a", "b"]])).fit(disp=0)
    them = theirs.get_influence()
    np.testing.assert_allclose(ours.hat_matrix_diag, them.hat_matrix_diag, rtol=1e-6)
    np.testing.assert_allclose(ours.cooks_distance[0], them.cooks_distance[0], rtol=1e-5)
    np.testing.assert_allclose(ours.d_params["a"], them.d_params[:, 1], rtol=1e-5, atol=1e-9)


def test_a_weight_is_left_out_whole(data):
    weighted = fit(data, weights="w")
    copies = data.loc[data.index.repeat(data["w"].astype(int))]
    replicated = fit(copies.reset_index(drop=True))
    groups = np.repeat(np.arange(len(data)), data["w"].astype(int))
    one = weighted.get_influence().d_params.to_numpy()
    other = replicated.get_influence(groups).d_params.to_numpy()
    np.testing.assert_allclose(one, other, rtol=1e-6, atol=1e-9)


def test_rows_sorted_inside_change_nothing(data, monkeypatch):
    plain = fit(data).get_influence().d_params
    monkeypatch.setattr("probstats.models.kernel.rows.FEW", -1)
    monkeypatch.setattr("probstats.models.kernel.cells.ROWS_PER_CELL", 0)
    sorted_inside = fit(data)
    assert sorted_inside.model.problem().rows.order is not None
    np.testing.assert_allclose(sorted_inside.get_influence().d_params, plain, rtol=1e-7, atol=1e-10)


def test_a_group_with_all_the_information_has_no_change(data):
    data = data.assign(c=(data["group"] == 3).astype(float))
    results = CumulativeLinkModel.from_formula("y ~ a + c", data).fit()
    changes = results.get_influence("group").d_params
    assert changes.loc[3].isna().all()
    assert changes.drop(index=3).notna().all().all()


@pytest.mark.filterwarnings("ignore::probstats.SeparationWarning")
def test_infinite_estimates_stay_where_they_are():
    frame = pd.DataFrame({"y": [1, 1, 2, 2, 3, 3, 1, 2, 3, 2], "x": [0] * 8 + [1] * 2})
    frame["x"] = (frame["y"] == 3).astype(float)
    frame["z"] = [0.1, 0.5, 0.3, 0.9, 0.2, 0.4, 0.8, 0.6, 0.7, 0.1]
    results = CumulativeLinkModel.from_formula("y ~ x + z", frame).fit()
    found = results.get_influence()
    infinite = ~np.isfinite(results.params)
    assert infinite.any()
    assert found.d_params.loc[:, infinite].isna().all().all()
    assert found.d_params.loc[:, ~infinite].notna().all().all()
    assert np.isfinite(found.cooks_distance[0]).all()


@pytest.mark.parametrize(
    ("groups", "message"),
    [
        ("nonsense", "no column of the formula's data"),
        ([1, 2], "groups has 2 values; the fit has 160 rows"),
        ([None] * 160, "missing in 160 rows"),
        ([1] * 160, "one group only"),
    ],
)
def test_bad_groups(data, groups, message):
    with pytest.raises(ModelError, match=message):
        fit(data).get_influence(groups)


def test_bad_labels(data):
    with pytest.raises(ModelError, match="no row or group 9999"):
        fit(data).get_influence().refit(9999)
