"""The search for coefficients: derivatives, grids of completions, separation."""

import itertools

import numpy as np
import pandas as pd
import pytest

import probstats as ps
from probstats.missing.cells import Levels, Range
from probstats.missing.completions import Completion, Completions
from probstats.missing.slope_search import extreme_slope


def simulated(seed, n=24, n_open=3):
    """Return rows of which some miss the exposure and some the level."""
    rng = np.random.default_rng(seed)
    x = np.round(rng.uniform(0, 10, n), 1)
    codes = np.digitize(0.25 * x + rng.logistic(size=n), [0.5, 2.0])
    low, high, first, last = x.copy(), x.copy(), codes.copy(), codes.copy()
    low[:n_open], high[:n_open] = 0.0, 10.0
    first[n_open : n_open + 2], last[n_open : n_open + 2] = 0, 2
    levels = Levels("y", (1, 2, 3), first, last)
    return Completions(levels, Range("x", low, high), np.empty((n, 0)))


def test_gradient_is_that_of_finite_differences():
    rng = np.random.default_rng(1)
    x, others = rng.normal(20, 6, 40), rng.normal(size=(40, 2))
    codes = np.digitize(0.1 * x + rng.logistic(size=40), [1, 2, 4])
    problem = Completions(Levels("y", (1, 2, 3, 4), codes, codes), Range("x", x - 5, x + 5), others)
    value, gradient = problem.slope_and_gradient(Completion(x, codes))
    exog = pd.DataFrame(np.column_stack([x, others]))
    np.testing.assert_allclose(value, ps.CumulativeLinkModel(codes, exog).fit().params.iloc[0],
                               rtol=1e-9)  # fmt: skip
    step = 1e-4 * np.eye(40)
    numeric = [
        (problem.slope(Completion(x + h, codes)) - problem.slope(Completion(x - h, codes))) / 2e-4
        for h in step
    ]
    np.testing.assert_allclose(gradient, numeric, rtol=0, atol=1e-9)


@pytest.mark.parametrize("seed", range(3))
def test_no_completion_on_a_grid_goes_further(seed):
    problem = simulated(seed)
    found = {s: extreme_slope(problem, s, 3, np.random.default_rng(1)) for s in (-1.0, 1.0)}
    values = []
    for ends in itertools.product([0.0, 2.5, 5.0, 7.5, 10.0], repeat=3):
        for codes in itertools.product(range(3), repeat=2):
            full = Completion(problem.exposure.low.copy(), problem.levels.low.copy())
            full.exposure[:3], full.codes[3:5] = ends, codes
            values.append(problem.slope(full))
    assert found[-1.0].value <= min(values) + 1e-9
    assert found[1.0].value >= max(values) - 1e-9
    # The best on the grid is an end itself here or lies near to it.
    assert found[1.0].value - max(values) < 0.05
    for one in found.values():
        np.testing.assert_allclose(problem.slope(one.completion), one.value, rtol=0, atol=1e-9)


def test_separation_is_found_wherever_a_completion_has_it():
    hit = 0
    for seed in range(16):
        rng = np.random.default_rng(seed)
        codes = np.sort(rng.integers(0, 3, 9))
        low = np.sort(rng.uniform(0, 10, 9)) - rng.uniform(0, 4, 9)
        high = low + rng.uniform(0, 5, 9)
        if len(set(codes)) < 3:
            continue
        problem = Completions(
            Levels("y", (1, 2, 3), codes, codes), Range("x", low, high), np.empty((9, 0))
        )
        pairs = codes[:, None] < codes
        ordered = bool((low[:, None] <= high)[pairs].all())
        value = extreme_slope(problem, 1.0, 0, rng).value
        assert np.isinf(value) or not ordered
        hit += ordered
    assert hit >= 3


def test_nothing_missing_gives_the_fit():
    rng = np.random.default_rng(7)
    data = pd.DataFrame({"x": rng.normal(size=80), "z": rng.normal(size=80)})
    data["y"] = np.digitize(data["x"] + data["z"] + rng.logistic(size=80), [-1, 1])
    found = ps.bounds(data, "y", "x", measure="coefficient", covariates=["z"])
    fit = ps.CumulativeLinkModel.from_formula("y ~ x + z", data).fit(cov_type="HC1")
    row = found.table.loc[0]
    np.testing.assert_allclose([row["low"], row["high"]], fit.params["x"], rtol=1e-8)
    np.testing.assert_allclose(row[["ci_low", "ci_high"]].astype(float), fit.conf_int().loc["x"],
                               rtol=1e-7)  # fmt: skip
    np.testing.assert_allclose(found.table.loc[1, "low"], np.exp(fit.params["x"]), rtol=1e-8)
    assert found.notes == ()
    assert "nothing is missing" in found.summary()


def test_an_end_without_limit_is_infinite_and_says_why():
    data = pd.DataFrame({"y": [1, 1, 2, 2, 3, 3, 1, 3], "x": [1, 2, 3, 4, 5, 6, None, None]})
    found = ps.bounds(data, "y", "x", measure="coefficient", limits=(0, 10))
    assert found.table.loc[0, "high"] == np.inf
    assert found.table.loc[0, "ci_high"] == np.inf
    assert np.isfinite(found.table.loc[0, "low"])
    assert any("separates" in note for note in found.notes)
    assert any("true range may be wider" in note for note in found.notes)
    assert "plus infinity" in found.summary()
    full = found.completion("coefficient of x", "high")
    assert ps.detect_separation("y ~ x", full).separated


def test_the_seed_settles_the_search():
    data = pd.DataFrame({"y": [1, 1, 2, 2, 3, 3, 1, 3, 2, 1], "x": [1, 5, 3, 1, 5, 2] + 4 * [None]})
    one, other = (
        ps.bounds(data, "y", "x", measure="coefficient", limits=(0, 6), n_starts=1, rng=3).table
        for _ in range(2)
    )
    pd.testing.assert_frame_equal(one, other)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "no lower limit in row 6 and 1 more; say what is possible with limits"),
        ({"limits": (0, 9), "covariates": ["z"]}, "covariate 'z' is missing in 1 of 8 rows"),
        ({"limits": (0, 9), "covariates": "z"}, "must be a list of columns"),
        ({"limits": (0, 9), "covariates": ["text"]}, "covariate 'text' has type"),
        ({"limits": (0, 9), "cut": 3}, "has no use for cut=3"),
        ({"limits": (0, 9), "at_least": 2}, "has no use for at_least=2"),
    ],
)
def test_what_a_coefficient_cannot_use(options, message):
    data = pd.DataFrame({
        "y": [1, 1, 2, 2, 3, 3, 1, 3],
        "x": [1, 2, 3, 4, 5, 6, None, None],
        "z": [1, 2, 3, 4, 5, 6, 7, None],
        "text": list("abcdefgh"),
    })  # fmt: skip
    with pytest.raises(ps.ModelError, match=message.replace("(", r"\(")):
        ps.bounds(data, "y", "x", measure="coefficient", **options)


def test_a_constant_exposure_has_no_coefficient():
    data = pd.DataFrame({"y": [1, 2, 3, 1], "x": [2.0, 2, 2, 2]})
    with pytest.raises(ps.ModelError, match="no completion tried has a coefficient of 'x'"):
        ps.bounds(data, "y", "x", measure="coefficient")


@pytest.mark.parametrize("unit", [1e-9, 1e4, 1e9])
def test_the_unit_of_the_exposure_does_not_matter(unit):
    rng = np.random.default_rng(5)
    data = pd.DataFrame({"r": rng.integers(1, 5, 40), "v": rng.normal(size=40)})
    data.loc[rng.random(40) < 0.15, "v"] = np.nan

    def ends(by):
        found = ps.bounds(
            data.assign(v=by * data["v"]), "r", "v", measure="coefficient",
            limits=(-5.0 * by, 5.0 * by), n_starts=0, rng=1,
        )  # fmt: skip
        return by * found.table[["low", "high", "ci_low", "ci_high"]].iloc[0].to_numpy()

    np.testing.assert_allclose(ends(unit), ends(1.0), rtol=1e-6)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([1.0] * 6, "covariate 'c' is constant"),
        ([np.inf, *range(5)], "covariate 'c' has infinite values"),
        ([0.0, 2.0, 4.0, 6.0, 8.0, 10.0], "covariate 'c' follows from b"),
    ],
)
def test_covariates_that_say_nothing_of_their_own(values, message):
    data = pd.DataFrame({"r": [1, 2, 3, 1, 2, 3], "v": [1, 3, 2, 5, 4, 6], "b": range(6)})
    with pytest.raises(ps.ModelError, match=message):
        ps.bounds(data.assign(c=values), "r", "v", measure="coefficient", covariates=["b", "c"])
