"""Small counts in linked tables: none that is hidden follows from the others."""

import numpy as np
import pandas as pd
import pytest

from probstats.association.suppression import settled_cells
from probstats.errors import DataError
from probstats.tables.small_counts import LinkedCounts, hidden_counts


def linked(table):
    """Return a table with totals as values and lines."""
    number = np.arange(table.size).reshape(table.shape)
    lines = [[*line[-1:], *line[:-1]] for line in (*number, *number.T)]
    return table.ravel(), lines


@pytest.mark.parametrize("seed", range(40))
def test_no_hidden_count_of_a_table_follows_from_the_rest(seed):
    rng = np.random.default_rng(seed)
    inner = rng.poisson(rng.choice([2, 6, 20]), size=rng.integers(2, 6, size=2))
    table = np.pad(inner, ((0, 1), (0, 1)))
    table[-1], table[:, -1] = table.sum(axis=0), table.sum(axis=1)
    table[-1, -1] = inner.sum()
    hidden = hidden_counts(*linked(table), 5).reshape(table.shape)
    assert hidden[(table > 0) & (table < 5)].all()
    assert not settled_cells(hidden).any()
    if not ((table > 0) & (table < 5)).any():
        assert not hidden.any()


def test_one_protector_is_enough():
    values = np.array([26, 9, 15, 2, 40, 14])
    hidden = hidden_counts(values, [[0, 1, 2, 3], [4, 0, 5]], 5)
    assert hidden.tolist() == [False, True, False, True, False, False]


def test_a_zero_is_hidden_last():
    assert hidden_counts(np.array([12, 10, 2, 0]), [[0, 1, 2, 3]], 5).tolist() == [
        False, True, True, False
    ]  # fmt: skip


def test_what_is_fixed_stays():
    hidden = hidden_counts(np.array([3, 3, 0]), [[0, 1, 2]], 5, fixed=[0])
    assert hidden.tolist() == [False, True, True]


def test_what_cannot_be_helped_ends():
    assert hidden_counts(np.array([3, 3]), [[0, 1]], 5, fixed=[0]).tolist() == [False, True]


def test_counts_by_name():
    counts = LinkedCounts({"all": 30, "kept": 28, "lost": 2}, [("all", ["kept", "lost"])])
    assert counts.hidden(5) == {"lost", "kept"}
    assert counts.hidden(2) == set()
    assert counts.hidden(None) == set()
    with pytest.raises(DataError, match="suppress='5' must be a whole number"):
        counts.hidden("5")


def test_it_agrees_with_the_table_of_two_outcomes_where_both_can_choose_only_one():
    from probstats.association.suppression import suppressed_cells

    table = pd.DataFrame([[9, 2, 11], [8, 7, 15], [17, 9, 26]])
    ours = hidden_counts(*linked(table.to_numpy()), 5).reshape(3, 3)
    np.testing.assert_array_equal(ours, suppressed_cells(table, 5))
