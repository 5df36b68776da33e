"""Gamma, tau-b and Somers' d against SciPy, R and numerical derivatives."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from probstats.association.rank_measures import concordance, rank_measures

REFERENCE = Path(__file__).parents[1] / "reference"
VALUES = json.loads((REFERENCE / "polycor.json").read_text(encoding="utf-8"))
TABLE = np.array([[8, 3, 1], [4, 9, 5], [1, 4, 7], [0, 2, 6]])


def test_concordance_is_counted():
    same, opposite = concordance(TABLE.astype(float))
    for i in range(4):
        for j in range(3):
            rows, columns = np.indices(TABLE.shape)
            order = (rows - i) * (columns - j)
            assert same[i, j] == TABLE[order > 0].sum()
            assert opposite[i, j] == TABLE[order < 0].sum()


def test_estimates_are_those_of_scipy():
    found = rank_measures(TABLE, 0.95)["estimate"]
    rows, columns = (np.repeat(part.ravel(), TABLE.ravel()) for part in np.indices(TABLE.shape))
    np.testing.assert_allclose(found["tau-b"], stats.kendalltau(rows, columns).statistic)
    np.testing.assert_allclose(found["Somers' d"], stats.somersd(TABLE).statistic)


@pytest.mark.parametrize("name", sorted(VALUES["ranks"]))
def test_estimates_are_those_of_r(name):
    values = VALUES["ranks"][name]
    found = rank_measures(np.array(VALUES["pairs"][name]["table"]), 0.95)["estimate"]
    expected = [values[key] for key in ("gamma", "tau_b", "somers")]
    np.testing.assert_allclose(found, expected, rtol=1e-12)


def test_errors_are_those_of_the_delta_method_by_differences():
    shares, n, step = TABLE / TABLE.sum(), TABLE.sum(), 1e-6
    slopes = []
    for cell in np.ndindex(TABLE.shape):
        moved = []
        for sign in (1, -1):
            one = shares.copy()
            one[cell] += sign * step
            moved.append(rank_measures(one, 0.95)["estimate"].to_numpy())
        slopes.append((moved[0] - moved[1]) / (2 * step))
    slopes, p = np.array(slopes), shares.ravel()
    # Measures do not change with the total, so that the mean slope is zero.
    expected = np.sqrt((p @ slopes**2 - (p @ slopes) ** 2) / n)
    np.testing.assert_allclose(rank_measures(TABLE, 0.95)["std_error"], expected, rtol=1e-5)


def test_errors_are_those_of_repeated_samples():
    rng = np.random.default_rng(4)
    drawn = rng.multinomial(800, TABLE.ravel() / TABLE.sum(), size=400).reshape(-1, *TABLE.shape)
    spread = np.std([rank_measures(one, 0.95)["estimate"] for one in drawn], axis=0)
    expected = rank_measures(TABLE, 0.95)["std_error"] * np.sqrt(TABLE.sum() / 800)
    np.testing.assert_allclose(spread, expected, rtol=0.15)


def test_a_gamma_of_one_has_no_interval_and_no_ties_no_gamma():
    found = rank_measures(np.array([[5, 0], [2, 6]]), 0.95)
    assert found.loc["gamma", "estimate"] == 1.0
    assert found.loc["gamma", ["std_error", "conf_low", "conf_high"]].isna().all()
    assert found.loc["tau-b", "conf_low"] > 0.0
    turned = rank_measures(np.array([[0, 5], [6, 2]]), 0.95)["estimate"]
    np.testing.assert_allclose(turned["gamma"], -1.0)
