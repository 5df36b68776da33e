"""What could follow a fit: every model one step away, and words that fit the numbers."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import probstats as ps
from probstats import CumulativeLinkModel, ModelError

N = 600


@pytest.fixture(scope="module")
def data():
    """Return simulated data: a curve in x, effects of z that differ between thresholds."""
    rng = np.random.default_rng(12)
    x, z = rng.uniform(-2, 2, N), rng.integers(0, 2, N).astype(float)
    noise = rng.logistic(size=N)
    thresholds = np.array([-1.0, 0.5, 2.0])[:, None] - np.array([2.0, 0.0, -1.5])[:, None] * z
    y = (x + x**2 / 2.0 + noise > thresholds).sum(axis=0)
    return pd.DataFrame({"y": y, "x": x, "z": z, "c": pd.Categorical(rng.choice(list("uvw"), N))})


def fit(formula, data, **options):
    return CumulativeLinkModel.from_formula(formula, data, **options).fit()


def test_each_line_is_a_fit_of_its_own(data):
    found = ps.explore(fit("y ~ x + z + c", data)).models.set_index(["change", "term"])
    own = {
        ("none", ""): fit("y ~ x + z + c", data),
        ("nominal effects", "z"): fit("y ~ x + c", data, nominal="~ z"),
        ("nominal effects", "c"): fit("y ~ x + z", data, nominal="~ c"),
        ("scale effects", "x"): fit("y ~ x + z + c", data, scale="~ x"),
        ("a curve", "x"): fit("y ~ x + I(x**2) + z + c", data),
        ("another link", "cloglog"): fit("y ~ x + z + c", data, link="cloglog"),
    }
    for key, expected in own.items():
        row = found.loc[key]
        assert row["loglik"] == pytest.approx(expected.llf, rel=1e-9), key
        assert row["aic"] == pytest.approx(expected.aic, rel=1e-9)
        assert row["bic"] == pytest.approx(expected.bic, rel=1e-9)
        assert row["n_params"] == len(expected.params)
    base = found.loc[("none", "")]
    nominal = found.loc[("nominal effects", "c")]
    assert nominal["df"] == 4
    assert nominal["statistic"] == pytest.approx(2.0 * (nominal["loglik"] - base["loglik"]))
    assert np.isnan(found.loc[("another link", "probit"), "p_value"])
    assert ("a curve", "z") not in found.index
    assert ("a curve", "c") not in found.index


def test_what_is_wrong_is_found_and_said(data):
    found = ps.explore(fit("y ~ x + z", data))
    failed = set(zip(found.failed["change"], found.failed["term"], strict=True))
    assert {("a curve", "x"), ("nominal effects", "z")} <= failed
    text = repr(found)
    assert 'Next: nominal="~ z", and z left out of the formula' in text
    assert "I(x**2)" in text
    assert "exploratory" in text


def test_nothing_found_is_not_proof(data):
    rng = np.random.default_rng(5)
    frame = pd.DataFrame({"x": rng.normal(size=80)})
    frame["y"] = np.digitize(frame["x"] + rng.logistic(size=80), [-1.0, 1.0])
    found = ps.explore(fit("y ~ x", frame), alpha=1e-6)
    assert found.failed.empty
    assert "none fails. That does not show that the assumptions hold" in repr(found)


def test_thresholds_and_scales_there_already(data):
    structured = ps.explore(fit("y ~ x", data, threshold="equidistant", scale="~ x"))
    changes = structured.models["change"].tolist()
    assert "flexible thresholds" in changes
    assert "scale effects" not in changes


def test_two_levels_have_parallel_lines_by_themselves(data):
    binary = data.assign(y=(data["y"] > 1).astype(int))
    assert "nominal effects" not in ps.explore(fit("y ~ x + z", binary)).models["change"].tolist()


def test_a_larger_model_that_separates_is_named():
    rng = np.random.default_rng(1)
    frame = pd.DataFrame({"g": [0.0] * 12 + [1.0] * 12, "x": rng.normal(size=24)})
    frame["y"] = [0] * 6 + [1] * 4 + [2] * 2 + [1] * 6 + [2] * 4 + [0] * 2
    frame.loc[22:, "y"] = 1
    found = ps.explore(fit("y ~ x + g", frame))
    row = found.models[
        (found.models["change"] == "nominal effects") & (found.models["term"] == "g")
    ]
    assert "no finite estimate" in row["trouble"].iloc[0]
    assert "no finite estimate" in repr(found)


def test_without_a_formula(data):
    model = CumulativeLinkModel(data["y"], data[["x", "z"]])
    found = ps.explore(model.fit())
    named = ps.explore(fit("y ~ x + z", data))
    np.testing.assert_allclose(found.models["loglik"], named.models["loglik"], rtol=1e-9)


def test_fits_that_cannot_be_explored(data):
    clustered = CumulativeLinkModel.from_formula("y ~ x", data.assign(g=np.arange(N) % 20))
    with pytest.raises(ModelError, match="likelihood ratios take rows to be independent"):
        ps.explore(clustered.fit(cov_type="cluster", cov_kwds={"groups": "g"}))
    with pytest.raises(ModelError, match="alpha=2 must lie between"):
        ps.explore(fit("y ~ x", data), alpha=2)
    with pytest.warns(ps.ConvergenceWarning):
        stopped = CumulativeLinkModel.from_formula("y ~ x", data).fit(maxiter=1)
    with pytest.raises(ModelError, match="no maximum to start from"):
        ps.explore(stopped)
