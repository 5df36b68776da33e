"""Edges of groups, ties and medians."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from probstats.models.checking.grouped_tables import (
    count_table,
    group_by_pattern,
    group_by_score,
    median,
    ordinal_score,
)

LEVELS = np.zeros(23, dtype=int)


def groups_of(score, ties="rows", groups=4, counts=None, codes=LEVELS):
    counts = np.ones(len(score)) if counts is None else counts
    return group_by_score(np.asarray(score, float), codes[: len(score)], counts, groups, ties)


@pytest.mark.parametrize("n", [20, 21, 22, 23])
@pytest.mark.parametrize("groups", [2, 3, 5, 7, 10])
def test_groups_of_distinct_scores_are_those_of_both_programs(n, groups):
    rank = np.arange(1, n + 1)
    breaks = np.linspace(1, n, groups + 1)
    breaks[0] -= 1
    by_cut = np.searchsorted(breaks, rank, side="left") - 1
    for ties in ("rows", "together"):
        found = groups_of(rank, ties, groups)
        np.testing.assert_array_equal(found.groups, by_cut)
        assert found.split == 0
    ceilings = [np.ceil(i * n / groups) for i in range(groups + 1)]
    found = groups_of(rank, "levels", groups)
    np.testing.assert_array_equal(found.groups, np.searchsorted(ceilings, rank, side="left") - 1)


def test_ties_go_by_row_by_level_or_together():
    score, codes = np.array([1.0, 2, 2, 2, 2, 3]), np.array([0, 1, 0, 1, 0, 1])
    by_row, by_level, together = (
        groups_of(score, ties, 2, codes=codes) for ties in ("rows", "levels", "together")
    )
    assert by_row.rows.tolist() == [0, 1, 2, 3, 4, 5]
    assert by_level.rows.tolist() == [0, 2, 4, 1, 3, 5]
    assert (by_row.split, by_level.split, together.split) == (1, 1, 0)
    assert together.groups.tolist() == [0, 0, 0, 0, 0, 1]
    assert len(groups_of(np.ones(6), "together", 3)) == 1


@pytest.mark.parametrize("ties", ["rows", "levels", "together"])
def test_counts_are_copies(ties):
    rng = np.random.default_rng(2)
    score, codes = rng.integers(0, 6, 40).astype(float), rng.integers(0, 3, 40)
    counts = rng.integers(1, 9, 40)
    chance = rng.dirichlet(np.ones(3), 40)
    weighted = group_by_score(score, codes, counts.astype(float), 5, ties)
    copies = np.repeat(np.arange(40), counts)
    repeated = group_by_score(score[copies], codes[copies], np.ones(len(copies)), 5, ties)
    assert weighted.split == repeated.split
    one = count_table(weighted, chance, codes, [1, 2, 3])
    other = count_table(repeated, chance[copies], codes[copies], [1, 2, 3])
    pd.testing.assert_frame_equal(one, other)
    assert one["observed"].to_numpy().sum() == counts.sum()


def test_patterns_are_halved_at_the_median():
    score = np.array([1.0, 2.0, 3.0, 4.0, 5.0, 5.0])
    pattern = pd.DataFrame({"g": list("aaaabb")})
    found = group_by_pattern(score, pattern, np.ones(6))
    assert found.labels.tolist() == [("a", "<= median"), ("a", "> median"), ("b", "<= median")]
    assert found.groups.tolist() == [0, 0, 1, 1, 2, 2]


def test_medians_are_those_of_copies():
    rng = np.random.default_rng(5)
    for _ in range(20):
        values, counts = rng.normal(size=7), rng.integers(1, 5, 7)
        expected = np.median(np.repeat(values, counts))
        assert median(values, counts.astype(float)) == pytest.approx(expected, abs=1e-10)


def test_rounding_errors_tell_no_rows_apart():
    chance = np.array([[0.3, 0.7], [0.1 + 0.2, 0.7]])
    assert len(set(chance @ [1, 2])) in {1, 2}
    assert len(set(ordinal_score(chance))) == 1
