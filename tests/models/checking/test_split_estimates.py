"""Coefficients at each split of the outcome: those of binary regressions."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

import probstats as ps
from probstats.models import split_estimates


@pytest.fixture(scope="module")
def ratings():
    """Simulated ratings of four levels."""
    rng = np.random.default_rng(5)
    x = pd.DataFrame({"x": rng.normal(size=150), "z": rng.integers(0, 2, 150).astype(float)})
    latent = x["x"] + 0.5 * x["z"] + rng.logistic(size=150)
    return x.assign(y=np.digitize(latent, [-1.0, 0.5, 1.5]))


def test_each_split_is_a_binary_regression(ratings):
    fit = ps.CumulativeLinkModel.from_formula("y ~ x + z", ratings).fit()
    found = split_estimates(fit, method="wald").set_index(["split", "term"])
    for split in range(3):
        exog = sm.add_constant(ratings[["x", "z"]])
        binary = sm.Logit((ratings["y"] > split).astype(int), exog).fit(disp=0, tol=1e-12)
        mine = found.loc[f"{split}|{split + 1}"]
        np.testing.assert_allclose(mine["estimate"], binary.params[["x", "z"]], rtol=1e-7)
        ends = binary.conf_int().loc[["x", "z"]]
        np.testing.assert_allclose(mine[["low", "high"]], ends, rtol=1e-6)
        assert (mine["below"] == (ratings["y"] <= split).sum()).all()
        assert (mine["above"] == (ratings["y"] > split).sum()).all()
    np.testing.assert_allclose(found.loc["all", "estimate"], fit.params[["x", "z"]])


def test_two_levels_have_one_split_which_is_the_model(ratings):
    fit = ps.CumulativeLinkModel.from_formula("y ~ x", ratings.assign(y=ratings["y"] > 1)).fit()
    found = split_estimates(fit)
    assert found["split"].tolist() == ["False|True", "all"]
    np.testing.assert_allclose(*found[["estimate", "low", "high"]].to_numpy(), rtol=1e-6)


def test_a_split_that_separates_has_one_end(ratings):
    data = ratings.assign(z=(ratings["y"] == 3).astype(float))
    fit = ps.CumulativeLinkModel.from_formula("y ~ x + z", data.iloc[:60]).fit(reduction="mean")
    found = split_estimates(fit).set_index(["term", "split"]).loc[("z", "2|3")]
    assert found["estimate"] == np.inf
    assert np.isfinite(found["low"])
    assert found["high"] == np.inf


def test_nominal_columns_have_splits_of_their_own(ratings):
    model = ps.CumulativeLinkModel.from_formula("y ~ x", ratings, nominal="~ z")
    found = split_estimates(model.fit(), method="wald")
    assert found.groupby("term", sort=False)["split"].agg(list).to_dict() == {
        "x": ["0|1", "1|2", "2|3", "all"],
        "z": ["0|1", "1|2", "2|3"],
    }


def test_known_within_an_interval_counts_on_no_side_it_may_cross(ratings):
    frame = pd.DataFrame({"low": ratings["y"], "high": ratings["y"]})
    frame.loc[:4, "low"], frame.loc[:4, "high"] = 1, 2
    fit = ps.CumulativeLinkModel(frame, ratings[["x"]]).fit()
    found = split_estimates(fit, method="wald").set_index("split")
    assert found.loc["1|2", ["below", "above"]].sum() == 145
    assert found.loc["0|1", ["below", "above"]].sum() == 150


@pytest.mark.parametrize(
    ("options", "said"),
    [({"scale": "~ z"}, "leave scale= out"), ({"formula": "y ~ 1"}, "nothing to estimate")],
)
def test_what_has_no_splits_is_said(ratings, options, said):
    formula = options.pop("formula", "y ~ x")
    fit = ps.CumulativeLinkModel.from_formula(formula, ratings, **options).fit()
    with pytest.raises(ps.ModelError, match=said):
        split_estimates(fit)
