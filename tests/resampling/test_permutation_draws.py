"""Arrangements: as many as the formula says, each once, and random ones all as likely."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from scipy import stats

from probstats.resampling.permutation_draws import (
    all_arrangements,
    log_arrangements,
    random_arrangements,
)

CASES = [
    ([0, 1, 2, 3], [0, 0, 0, 0]),
    ([0, 0, 1, 1, 1], [0, 0, 0, 0, 0]),
    ([2, 0, 1, 0, 2, 2], [0, 1, 0, 1, 0, 1]),
    ([0, 0, 0], [0, 1, 1]),
]


@pytest.mark.parametrize(("kinds", "block"), CASES)
def test_all_arrangements_are_those_of_brute_force(kinds, block):
    kinds, block = np.array(kinds), np.array(block)
    found = all_arrangements(kinds, block)
    orders = np.array(list(itertools.permutations(range(len(kinds)))))
    allowed = orders[(block[orders] == block).all(axis=1)]
    expected = np.unique(kinds[allowed], axis=0)
    assert (block[found] == block).all()
    np.testing.assert_array_equal(np.unique(kinds[found], axis=0), expected)
    assert len(found) == len(expected) == round(math.exp(log_arrangements(kinds, block)))


def test_random_arrangements_stay_in_their_blocks_and_are_equally_likely():
    block = np.array([1, 0, 1, 0, 1])
    found = random_arrangements(np.random.default_rng(3), 12_000, block)
    assert (np.sort(found, axis=1) == np.arange(5)).all()
    assert (block[found] == block).all()
    counts = np.unique(found, axis=0, return_counts=True)[1]
    assert len(counts) == 12
    assert stats.chisquare(counts).pvalue > 0.001
