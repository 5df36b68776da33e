"""Expected counts of cells, and the sentence about the small ones."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from probstats.models import CumulativeLinkModel
from probstats.models.checking.sparse_cells import expected_counts, sparse_sentence


@pytest.fixture(scope="module")
def data():
    rng = np.random.default_rng(4)
    return pd.DataFrame(
        {
            "y": rng.integers(1, 5, 100),
            "x": rng.normal(size=100),
            "z": rng.integers(0, 2, 100),
            "g": pd.Categorical(rng.choice(list("abc"), 100)),
            "w": rng.uniform(0.5, 2.0, 100),
        }
    )


def test_cells_are_categories_by_levels(data):
    fit = CumulativeLinkModel.from_formula("y ~ x + z + g", data, weights="w").fit()
    counts = expected_counts(fit, ["x", "z", "g"])
    assert counts.columns.tolist() == [1, 2, 3, 4]
    assert counts.index.tolist() == [
        ("x", "all rows"), ("z", "z = 0"), ("z", "z = 1"),
        ("g", "g at its reference"), ("g", "g[c] = 1"), ("g", "g[b] = 1"),
    ]  # fmt: skip
    weighted = fit.predict().mul(data["w"], axis=0)
    np.testing.assert_allclose(counts.loc[("x", "all rows")], weighted.sum())
    np.testing.assert_allclose(counts.loc[("z", "z = 1")], weighted[data["z"] == 1].sum())
    np.testing.assert_allclose(counts.loc[("g", "g[c] = 1")], weighted[data["g"] == "c"].sum())
    np.testing.assert_allclose(counts.loc["g"].sum().sum(), data["w"].sum())


def test_a_curve_and_an_interaction(data):
    fit = CumulativeLinkModel.from_formula("y ~ x + I(x**2) + z + z:g", data).fit()
    counts = expected_counts(fit, ["I(x ** 2)", "z:g"])
    assert counts.loc["I(x ** 2)"].index.tolist() == ["all rows"]
    assert len(counts.loc["z:g"]) == 3


def test_rows_that_say_nothing_are_not_expected(data):
    wide = data.assign(high=data["y"])
    wide.loc[:9, ["y", "high"]] = [1, 4]
    fit = CumulativeLinkModel.from_formula("interval(y, high) ~ z", wide).fit()
    np.testing.assert_allclose(expected_counts(fit, ["z"]).to_numpy().sum(), 90.0)


def test_the_sentence_names_the_least_and_counts_the_rest():
    index = pd.MultiIndex.from_tuples([("g", "g = 0"), ("x", "all rows")])
    counts = pd.DataFrame([[0.25, 4.0, 4.9, 20.0], [3.0, 5.0, 30.0, 9.0]], index, list("abcd"))
    assert sparse_sentence(counts) == (
        "expected counts below 5 in 4 of 8 cells: 0.25 at a with g = 0, 3 at a, 4 at b with g = 0 "
        "and 1 more"
    )
    assert sparse_sentence(counts + 5.0) == ""
