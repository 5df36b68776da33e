"""What is exchanged: rows, residuals, strata, within groups and whole groups."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import probstats as ps
from probstats.resampling.permutation_draws import random_arrangements
from probstats.resampling.permutation_groups import Groups
from probstats.resampling.permutation_null import null_of
from probstats.resampling.permutation_units import units_of


def sample(n=48, seed=1):
    """Simulated rows in eight groups; w and v are constant within them."""
    rng = np.random.default_rng(seed)
    g = np.sort(np.arange(n) % 8)
    z, e = rng.normal(size=(2, n))
    return pd.DataFrame({
        "y": np.digitize(z + rng.logistic(size=n), [-1.0, 1.0]), "x": z + e, "z": z, "g": g,
        "w": np.arange(8)[g] % 2, "v": rng.normal(size=8)[g], "b": rng.integers(0, 2, n),
        "c": np.arange(n) % 3,
    })  # fmt: skip


def made(formula, term, given="residuals", exchange=None, groups=None, data=None):
    data = sample() if data is None else data
    null = null_of(ps.CumulativeLinkModel.from_formula(formula, data).fit(), term)
    groups = None if groups is None else Groups(data[groups].to_numpy(dtype=np.intp), groups)
    return units_of(null, groups, exchange, given)


def columns_of(units, number=7, seed=1):
    rng = np.random.default_rng(seed)
    return units.columns(random_arrangements(rng, number, units.block))


def standard(values):
    return (values - values.mean()) / values.std()


def test_without_covariates_rows_are_permuted():
    units = made("y ~ x", "x")
    expected = np.sort(standard(sample()["x"].to_numpy()))
    for column in columns_of(units)[0]:
        np.testing.assert_allclose(np.sort(column), expected)
    assert not units.approximate
    assert "permuted among the 48 rows. Exact, if rows are exchangeable" in units.permuted


def test_residuals_are_those_of_least_squares():
    data = sample()
    units = made("y ~ x + z + b", "x")
    design = np.column_stack([np.ones(48), data["z"], data["b"]])
    x = standard(data["x"].to_numpy())
    fitted = design @ np.linalg.lstsq(design, x)[0]
    np.testing.assert_allclose(units.fitted[0], fitted, atol=1e-12)
    np.testing.assert_allclose(units.values[0], x - fitted, atol=1e-12)
    identity = units.columns(np.arange(48)[None])[0, 0]
    np.testing.assert_allclose(identity, x, atol=1e-12)
    assert units.approximate
    assert "(z and b) predict, which stays, and residuals" in units.permuted


def test_strata_keep_the_term_with_its_covariates():
    data = sample()
    units = made("y ~ x + b + c", "x", "strata")
    assert not units.approximate
    strata = data.groupby(["b", "c"]).ngroup().to_numpy()
    x = standard(data["x"].to_numpy())
    for column in columns_of(units)[0]:
        assert not np.allclose(column, x)
        for code in range(6):
            np.testing.assert_allclose(np.sort(column[strata == code]), np.sort(x[strata == code]))
    assert "6 strata, and it varies in 6. Exact" in units.permuted


def test_an_offset_is_a_covariate():
    data = sample()
    model = ps.CumulativeLinkModel.from_formula("y ~ x", data, offset="z")
    null = null_of(model.fit(), "x")
    assert "(the offset) predict" in units_of(null, None, None, "residuals").permuted
    flat = ps.CumulativeLinkModel.from_formula("y ~ x", data.assign(one=1.0), offset="one")
    assert not units_of(null_of(flat.fit(), "x"), None, None, "residuals").approximate


@pytest.mark.parametrize("formula", ["y ~ x", "y ~ x + z"])
def test_within_groups_means_stay(formula):
    data = sample()
    units = made(formula, "x", groups="g")
    found = columns_of(units)[0]
    means = np.array([[column[data["g"] == code].mean() for code in range(8)] for column in found])
    x = standard(data["x"].to_numpy())
    np.testing.assert_allclose(means, means[[0] * 7])
    np.testing.assert_allclose(means[0], [x[data["g"] == code].mean() for code in range(8)])
    assert "within each g (it varies in 8 of 8)" in units.permuted
    assert units.approximate == ("z" in formula)


def test_within_groups_and_strata():
    data = sample()
    units = made("y ~ x + b", "x", "strata", groups="g")
    cells = data.groupby(["g", "b"]).ngroup().to_numpy()
    x = standard(data["x"].to_numpy())
    for column in columns_of(units)[0]:
        for code in range(cells.max() + 1):
            np.testing.assert_allclose(np.sort(column[cells == code]), np.sort(x[cells == code]))


@pytest.mark.parametrize("given", ["residuals", "strata", "independent"])
def test_whole_groups_keep_their_rows_together(given):
    data = sample().iloc[3:]
    units = made("y ~ v + w", "v", given, groups="g", data=data)
    assert len(units.block) == 8
    found = columns_of(units)[0]
    by_group = pd.DataFrame(found.T).groupby(data["g"].to_numpy())
    np.testing.assert_allclose(by_group.max(), by_group.min(), atol=1e-12)
    if given == "strata":
        w = data.groupby("g")["w"].first().to_numpy()
        v = by_group.first().to_numpy()
        np.testing.assert_allclose(v[w == 0].sum(axis=0), v[w == 0].sum(axis=0)[0])
    else:
        assert len(np.unique(by_group.first().to_numpy().round(8), axis=1).T) > 4
    assert "Groups have 3 to 6 rows; their sizes must have nothing to do with v" in units.permuted


def test_whole_groups_given_covariates_of_rows_use_their_means():
    data = sample()
    units = made("y ~ v + z", "v", groups="g")
    means = data.groupby("g")[["v", "z"]].mean()
    v = (means["v"] - data["v"].mean()) / data["v"].std(ddof=0)
    design = np.column_stack([np.ones(8), means["z"]])
    expected = v - design @ np.linalg.lstsq(design, v)[0]
    np.testing.assert_allclose(units.values[0], expected, atol=1e-12)
    with pytest.raises(ps.ModelError, match="and these vary within groups; use given="):
        made("y ~ v + z", "v", "strata", groups="g")


@pytest.mark.parametrize(("formula", "term", "options", "sentence"), [
    ("y ~ x", "x", {"groups": "g", "exchange": "whole"},
     "'x' varies within 8 of the 8 groups, so that a group has no one value to exchange"),
    ("y ~ v", "v", {"groups": "g", "exchange": "within"},
     "'v' does not vary within any of the 8 groups; use exchange='whole'"),
    ("y ~ x + z", "x", {"given": "strata"},
     "'x' is the same in all rows with the same values of z, so that there is nothing"),
    ("y ~ x * b", "x:b", {"given": "strata"}, "nothing to exchange; use given='residuals'"),
])  # fmt: skip
def test_nothing_to_exchange(formula, term, options, sentence):
    with pytest.raises(ps.ModelError, match=sentence):
        made(formula, term, **options)


def test_a_column_that_is_elsewhere_in_the_model_too():
    data = sample()
    fit = ps.CumulativeLinkModel.from_formula("y ~ z", data, scale="~ z").fit()
    with pytest.raises(ps.ModelError, match=r"covariates \(z\) determine 'scale: z', so that noth"):
        ps.permutation_test(fit, "scale: z", n_resamples=9)


def test_equal_values_are_one_kind():
    units = made("y ~ b", "b")
    assert len(np.unique(units.kinds)) == 2
    assert len(np.unique(made("y ~ x", "x").kinds)) == 48
