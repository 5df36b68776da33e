"""Pairs of rows counted in halves are the pairs counted one by one."""

from __future__ import annotations

import numpy as np
import pytest

from probstats.models.checking.concordance import concordance


def brute_force(ranking, low, high, weights):
    pairs = (high[:, None] < low) * weights[:, None] * weights
    order = np.sign(ranking - ranking[:, None])
    return [pairs[order == sign].sum() for sign in (1, -1, 0)]


@pytest.mark.parametrize(("n", "n_levels"), [(30, 2), (60, 5), (400, 3), (400, 400)])
def test_pairs_are_those_counted_one_by_one(n, n_levels):
    rng = np.random.default_rng(n + n_levels)
    for width in (0, 2):
        low = rng.integers(0, n_levels, n)
        high = np.minimum(low + rng.integers(0, width + 1, n), n_levels - 1)
        ranking, weights = rng.integers(0, 25, n).astype(float), rng.random(n)
        found = concordance(ranking, low, high, weights)
        expected = brute_force(ranking, low, high, weights)
        counted = [found.concordant, found.discordant, found.tied]
        np.testing.assert_allclose(counted, expected, rtol=1e-10)


def test_rounding_errors_break_no_ties():
    codes, ranking = np.array([0, 1]), np.array([0.3, 0.1 + 0.2])
    assert ranking[0] != ranking[1]
    assert concordance(ranking, codes, codes, None).tied == 1.0


def test_no_pair_is_no_number():
    codes = np.zeros(5, dtype=int)
    assert np.isnan(concordance(np.arange(5.0), codes, codes, None).dxy)
