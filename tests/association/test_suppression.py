"""Small counts and what would give them away."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from probstats.association.suppression import settled_cells, suppressed_cells


def with_totals(table):
    whole = np.pad(table, ((0, 1), (0, 1)))
    whole[-1], whole[:, -1] = whole.sum(axis=0), whole.sum(axis=1)
    return pd.DataFrame(whole)


@pytest.mark.parametrize("seed", range(30))
def test_no_hidden_count_follows_from_the_rest(seed):
    rng = np.random.default_rng(seed)
    counts = with_totals(rng.poisson(rng.choice([1, 3, 8]), size=rng.integers(2, 6, size=2)))
    hidden = suppressed_cells(counts, 5)
    values = counts.to_numpy()
    assert hidden[(values > 0) & (values < 5)].all()
    assert not settled_cells(hidden).any()


def test_a_bridge_between_hidden_squares_is_settled():
    """Lines with two hidden counts each are not enough."""
    hidden = np.zeros((5, 5), dtype=bool)
    hidden[:2, :2] = hidden[2:4, 2:4] = True
    assert not settled_cells(hidden).any()
    hidden[1, 2] = True
    assert np.argwhere(settled_cells(hidden)).tolist() == [[1, 2]]


def test_large_counts_stay():
    assert not suppressed_cells(with_totals(np.array([[9, 8], [7, 12]])), 5).any()


def test_zeros_stay_where_others_can_be_hidden():
    hidden = suppressed_cells(with_totals(np.array([[0, 2, 9], [8, 7, 6], [9, 9, 9]])), 5)
    assert not hidden[0, 0]
    assert hidden.sum() == 4
