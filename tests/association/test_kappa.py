"""Weighted kappa: values of R, identities, boundaries, and bad input."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import probstats as ps
from probstats.association.kappa import kappas

REFERENCE = Path(__file__).parents[1] / "reference"
VALUES = json.loads((REFERENCE / "polycor.json").read_text(encoding="utf-8"))["kappa"]


def rated(table):
    table = np.array(table)
    rows, columns = (part.ravel() for part in np.indices(table.shape))
    return np.repeat(rows, table.ravel()), np.repeat(columns, table.ravel())


@pytest.mark.parametrize("name", sorted(VALUES))
@pytest.mark.parametrize("weights", ["linear", "quadratic"])
def test_estimates_and_errors_are_those_of_r(name, weights):
    values = VALUES[name]
    found = ps.weighted_kappa(*rated(values["table"]), weights)
    np.testing.assert_allclose(found.kappa, values[weights]["kappa"], rtol=1e-12)
    np.testing.assert_allclose(found.std_error, values[weights]["se"], rtol=1e-12)
    np.testing.assert_allclose(found.kappa, values[f"psych_{weights}"]["kappa"], rtol=1e-12)
    plain = ps.weighted_kappa(*rated(values["table"]), "equal")
    np.testing.assert_allclose(plain.kappa, values[weights]["unweighted"], rtol=1e-12)
    np.testing.assert_allclose(plain.std_error, values[weights]["unweighted_se"], rtol=1e-12)


def test_intervals():
    first, second = rated(VALUES["sim"]["table"])
    fisher = ps.weighted_kappa(first, second)
    z = np.arctanh([fisher.conf_low, fisher.kappa, fisher.conf_high])
    reach = stats.t.ppf(0.975, 44) * fisher.std_error / (1 - fisher.kappa**2)
    np.testing.assert_allclose([z[1] - z[0], z[2] - z[1]], reach)
    wald = ps.weighted_kappa(first, second, interval="wald", level=0.9)
    half = stats.norm.ppf(0.95) * wald.std_error
    np.testing.assert_allclose([wald.kappa - wald.conf_low, wald.conf_high - wald.kappa], half)
    drawn = [ps.weighted_kappa(first, second, interval="bootstrap", rng=seed) for seed in (1, 1, 2)]
    assert drawn[0].conf_low == drawn[1].conf_low != drawn[2].conf_low
    assert abs(drawn[0].conf_low - fisher.conf_low) < 0.06


def test_the_error_is_that_of_repeated_samples():
    p = np.array(VALUES["sim"]["table"], dtype=float)
    apart = np.abs(np.subtract.outer(np.arange(4), np.arange(4)))
    drawn = np.random.default_rng(1).multinomial(2000, p.ravel() / p.sum(), size=3000)
    spread = kappas(drawn.reshape(-1, 4, 4).astype(float), apart).std()
    found = ps.weighted_kappa(*rated(p.astype(int)))
    np.testing.assert_allclose(spread, found.std_error * np.sqrt(p.sum() / 2000), rtol=0.05)


def test_a_matrix_is_the_rule_it_spells_in_any_unit():
    first, second = rated(VALUES["sim"]["table"])
    apart = np.subtract.outer(np.arange(4), np.arange(4)) ** 2
    by_matrix = ps.weighted_kappa(first, second, 7 * apart)
    by_name = ps.weighted_kappa(first, second, "quadratic")
    np.testing.assert_allclose(by_matrix.kappa, by_name.kappa)
    np.testing.assert_allclose(by_matrix.std_error, by_name.std_error)
    assert by_name.weights.loc[0, 3] == 9.0


def test_numbers_are_as_far_apart_as_they_are_and_categories_as_declared():
    first, second = pd.Series([1, 1, 2, 4, 4, 2]), pd.Series([1, 2, 4, 4, 4, 2])
    numbers = ps.weighted_kappa(first, second)
    assert numbers.table.index.tolist() == [1, 2, 3, 4]
    names = [pd.Categorical(one, categories=[1, 2, 4], ordered=True) for one in (first, second)]
    closer = ps.weighted_kappa(*names)
    assert closer.table.index.tolist() == [1, 2, 4]
    assert closer.kappa != numbers.kappa
    wide = [one.add_categories([9]) for one in names]
    np.testing.assert_allclose(ps.weighted_kappa(*wide).kappa, closer.kappa)


def test_missing_ratings_are_counted():
    first, second = rated(VALUES["sim"]["table"])
    holes = pd.Series(first, name="ann").mask(np.arange(len(first)) < 5)
    found = ps.weighted_kappa(holes, pd.Series(second, name="bob"))
    assert (found.n, found.dropped) == (40, 5)
    assert (found.table.index.name, found.table.columns.name) == ("ann", "bob")
    np.testing.assert_allclose(found.kappa, ps.weighted_kappa(first[5:], second[5:]).kappa)
    assert found.summary_frame().loc[0, "n"] == 40
    assert "n = 40, 5 left out for a missing rating>" in repr(found)


def test_no_disagreement_is_said_and_bounded():
    ratings = [1, 2, 3, 3, 2] * 4
    with pytest.warns(ps.BoundaryWarning, match="never disagree on the 20 subjects"):
        found = ps.weighted_kappa(ratings, ratings)
    assert (found.kappa, found.conf_high, found.interval) == (1.0, 1.0, "exact")
    assert np.isnan(found.std_error)
    share = 1 - 0.025 ** (1 / 20)
    table = np.diag([4, 8, 8]) / 20 * (1 - share)
    cells = [(i, j) for i in range(3) for j in range(3) if i != j]
    apart = np.abs(np.subtract.outer(np.arange(3), np.arange(3)))
    low = min(kappas(table + share * np.eye(9)[3 * i + j].reshape(3, 3), apart) for i, j in cells)
    np.testing.assert_allclose(found.conf_low, low)
    assert "never disagree" in repr(found)


def test_complete_disagreement_has_no_interval():
    with pytest.warns(ps.BoundaryWarning, match="error is zero"):
        found = ps.weighted_kappa([0, 1] * 5, [1, 0] * 5)
    assert (found.kappa, found.interval) == (-1.0, "none")
    assert np.isnan([found.std_error, found.conf_low, found.conf_high]).all()


def test_lost_resamples_are_said():
    first, second = [1] * 9 + [2], [1] * 8 + [2, 2]
    with pytest.warns(ps.ResampleWarning, match="of 500 resamples have one level only"):
        ps.weighted_kappa(first, second, interval="bootstrap", n_resamples=500, rng=1)


ONE, TWO = pd.Series([1, 2, 3, 1], name="ann"), pd.Series([1, 2, 3, 2], name="bob")


@pytest.mark.parametrize(
    ("first", "second", "options", "message"),
    [
        (ONE, TWO * 0 + 1, {}, "'bob' gives one level only"),
        (ONE * 0, TWO * 0, {}, "one level only"),
        (ONE, TWO[:3], {}, "4 ratings and 'bob' has 3"),
        (ONE, TWO.set_axis(list("abcd")), {}, "different indexes"),
        (ONE.rename(None), TWO[::-1], {}, "'first' and 'bob' have different indexes"),
        (pd.DataFrame({"low": ONE, "high": ONE}), TWO, {}, "no value for intervals"),
        ([(1, 2)] * 4, TWO, {}, "no value for intervals"),
        (ONE.where(ONE > 5), TWO, {}, "no subject has ratings by both"),
        (ONE.astype(str), TWO.astype(str), {}, "no order"),
        (pd.Categorical(ONE), pd.Categorical(TWO), {}, "different categories|unordered"),
        (ONE.astype("category"), ONE.astype("category"), {}, "unordered categorical"),
        (ONE.astype("category"), TWO, {}, "different types"),
        (ONE, TWO, {"weights": "cubic"}, "weights='cubic'"),
        (ONE, TWO, {"weights": np.eye(3)}, "1 - weights"),
        (ONE, TWO, {"weights": np.zeros((3, 3))}, "zeros on the diagonal and some"),
        (ONE, TWO, {"weights": np.full((3, 3), np.nan)}, "finite disagreements"),
        (ONE, TWO, {"weights": 1 - np.eye(4)}, r"must be \(3, 3\)"),
        (ONE, TWO, {"interval": "logit"}, "interval='logit'"),
        (ONE, TWO, {"level": 1.0}, "level=1.0"),
        (ONE, TWO, {"level": "a"}, "level='a'"),
        (ONE, TWO, {"n_resamples": 1}, "n_resamples=1 must be a whole number, 99 or more"),
        (ONE, TWO, {"n_resamples": 99.5}, "n_resamples=99.5 must be"),
        (ONE, TWO, {"weights": [[1], [1, 2]]}, "are no matrix of numbers"),
        (ONE * 10**6, TWO, {}, "3,000,000 levels; 1,000 at most"),
    ],
)
def test_bad_input_is_said(first, second, options, message):
    with pytest.raises(ps.ModelError, match=message):
        ps.weighted_kappa(first, second, **options)
