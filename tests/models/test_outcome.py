"""Reading an ordered outcome: levels, codes, and a sentence for everything without an order."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from probstats.errors import EmptyLevelWarning, MergedLevelsWarning, ModelError
from probstats.models.reading.outcome import Outcome, read_outcome

GRADES = ["poor", "fair", "good"]


def ordered(values, categories=GRADES):
    return pd.Series(pd.Categorical(values, categories=categories, ordered=True), name="grade")


def test_categories_keep_their_order():
    outcome = read_outcome(ordered(["good", "poor", "fair", "good"]))
    assert outcome.levels == ("poor", "fair", "good")
    assert outcome.low.tolist() == [2, 0, 1, 2]
    assert outcome.high.tolist() == [2, 0, 1, 2]
    assert outcome.name == "grade"
    assert outcome.threshold_names == ["poor|fair", "fair|good"]
    assert outcome.empty == ()


@pytest.mark.parametrize(
    ("values", "levels"),
    [
        ([3, 1, 2, 1], (1, 2, 3)),
        ([3.0, 1.0, 2.0], (1, 2, 3)),
        (np.array([-1, 5, 2], dtype=np.int8), (-1, 2, 5)),
        (pd.Series([2, 1, 3], dtype="Int64"), (1, 2, 3)),
        ([True, False], (False, True)),
        (pd.Series([True, False], dtype="boolean"), (False, True)),
        (pd.Categorical([2, 1], categories=[1, 2], ordered=True), (1, 2)),
        (pd.Series(pd.Categorical(["b", "a"], categories=["b", "a"], ordered=True)), ("b", "a")),
    ],
)
def test_levels_of_every_kind_of_outcome(values, levels):
    outcome = read_outcome(values)
    assert outcome.levels == levels
    assert [type(level) for level in outcome.levels] == [type(level) for level in levels]
    plain = list(values)
    assert [outcome.levels[code] for code in outcome.low] == plain


def test_name_of_the_outcome():
    assert read_outcome([1, 2]).name == "outcome"
    assert read_outcome(pd.Series([1, 2], name="score")).name == "score"
    assert read_outcome(pd.Series([1, 2], name="score"), name="other").name == "other"
    assert read_outcome(pd.Series([1, 2], name=7)).name == "7"


def test_empty_levels_are_named_and_left_out():
    with pytest.warns(EmptyLevelWarning, match="'grade': no row has level fair; the model") as seen:
        outcome = read_outcome(ordered(["good", "poor"]))
    assert len(seen) == 1
    assert outcome.levels == ("poor", "good")
    assert outcome.low.tolist() == [1, 0]
    assert outcome.threshold_names == ["poor|good"]
    assert outcome.empty == ("fair",)


def test_all_empty_levels_are_named():
    levels = ["none", *GRADES, "best"]
    with pytest.warns(EmptyLevelWarning, match="no row has level none, fair, best"):
        outcome = read_outcome(ordered(["good", "poor"], levels))
    assert outcome.empty == ("none", "fair", "best")


def test_the_empty_level_warning_names_the_line_of_the_caller():
    with pytest.warns(EmptyLevelWarning) as seen:
        read_outcome(ordered(["good", "poor"]))
    assert seen[0].filename == __file__


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (pd.Categorical(GRADES), "unordered categorical; give the levels in order.*ordered=True"),
        (GRADES, "has type str and no order; make it an ordered categorical"),
        (np.array(GRADES, dtype=object), "no order; make it an ordered categorical"),
        ([1.5, 2.0], "has type float64 and no order"),
        ([1.0, np.inf], "has type float64 and no order"),
        (pd.to_datetime(["2020-01-01", "2021-01-01"]), "no order"),
        ([2, 2, 2], r"has one level only \(2\) in the 3 rows used"),
        ([True, True], r"has one level only \(True\)"),
        (np.array([], dtype=int), "has no rows"),
        (np.eye(2), "must be one column, not 2-dimensional"),
        (pd.DataFrame({"y": [1, 2]}), "outcome of 1 columns is none; give one column of levels"),
        (pd.DataFrame(np.eye(3)), "outcome of 3 columns is none; .* or two: the lowest and the"),
        (3, "must be one column, not 0-dimensional"),
    ],
)
def test_what_is_no_ordered_outcome(values, message):
    with pytest.raises(ModelError, match=message):
        read_outcome(values)


def test_one_observed_level_of_many_declared():
    with pytest.raises(ModelError, match=r"'grade' has one level only \(fair\) in the 2 rows"):
        read_outcome(ordered(["fair", "fair"]))


@pytest.mark.parametrize(
    "values",
    [
        ordered(["good", None, "poor"]),
        pd.Series([1, np.nan, 2], name="grade"),
        pd.Series([1, None, 2], dtype="Int64", name="grade"),
        pd.Series([True, None, False], dtype="boolean", name="grade"),
        pd.Series(["good", None, "poor"], name="grade"),
    ],
)
def test_missing_values_are_counted_and_never_coded(values):
    with pytest.raises(ModelError, match="'grade' is missing in 1 of 3 rows; drop them first"):
        read_outcome(values)


def between(low, high, index=None):
    return pd.DataFrame({"low": low, "high": high}, index=index)


class TestIntervals:
    """Every interval holds a run of levels; these runs are what the rows can tell apart."""

    @pytest.mark.parametrize(
        ("low", "high", "levels", "low_codes", "high_codes"),
        [
            # every level known in some row, others within bounds
            ([1, 2, 3, 1, 2], [1, 2, 3, 2, 3], (1, 2, 3), [0, 1, 2, 0, 1], [0, 1, 2, 1, 2]),
            # 1-2 and 2-3 meet in 2, so that 1 and 3 need no probability
            ([1, 2, 3, 4], [2, 3, 3, 4], (2, 3, 4), [0, 0, 1, 2], [0, 1, 1, 2]),
            # a row that may have any level tells nothing, and takes nothing away
            ([1, 2, 1], [1, 2, 2], (1, 2), [0, 1, 0], [0, 1, 1]),
            # an interval within another carries its probability
            ([1, 2, 5], [4, 3, 5], ("2 to 3", 5), [0, 0, 1], [0, 0, 1]),
        ],
    )
    @pytest.mark.filterwarnings("ignore::probstats.errors.ProbstatsWarning")
    def test_levels_are_the_supports_of_turnbull(self, low, high, levels, low_codes, high_codes):
        outcome = read_outcome(between(low, high))
        assert outcome.levels == levels
        assert outcome.low.tolist() == low_codes
        assert outcome.high.tolist() == high_codes

    @pytest.mark.filterwarnings("ignore::probstats.errors.ProbstatsWarning")
    @pytest.mark.parametrize("seed", range(20))
    def test_supports_by_brute_force(self, seed):
        """A level is kept if and only if no other level lies in the same intervals and more."""
        rng = np.random.default_rng(seed)
        low = rng.integers(0, 7, 6)
        high = np.minimum(low + rng.integers(0, 4, 6), 7)
        holds = np.array([[one <= level <= end for one, end in zip(low, high, strict=True)]
                          for level in range(8)])  # fmt: skip
        codes = np.arange(8)
        dominated = [
            not holds[a].any()
            or any((holds[b] >= holds[a]).all() and (holds[b] > holds[a]).any() for b in codes)
            for a in codes
        ]
        kept = codes[~np.array(dominated)]
        runs = np.unique(holds[kept], axis=0)
        if len(runs) < 2:
            return
        names = [str(name) for name in codes]
        ends = [pd.Categorical.from_codes(side, names, ordered=True) for side in (low, high)]
        outcome = read_outcome(between(*ends))
        merged = {level for run in outcome.merged for level in run}
        single = {level for level in outcome.levels if " to " not in level}
        assert merged | single == {names[code] for code in kept}
        assert len(outcome.levels) == len(runs)
        assert set(outcome.empty) == set(names) - {names[code] for code in kept}

    def test_levels_told_apart_by_no_row_are_one(self):
        levels = pd.CategoricalDtype(["a", "b", "c", "d"], ordered=True)
        data = between(["a", "c", "a"], ["b", "d", "b"]).astype(levels)
        with pytest.warns(MergedLevelsWarning, match="so they are one level: a and b; c and d"):
            outcome = read_outcome(data)
        assert outcome.levels == ("a to b", "c to d")
        assert outcome.merged == (("a", "b"), ("c", "d"))
        assert outcome.threshold_names == ["a to b|c to d"]
        assert outcome.empty == ()
        assert not outcome.is_interval

    def test_levels_no_row_needs_are_empty(self):
        with pytest.warns(
            EmptyLevelWarning, match="'low to high': no row needs level 1, 4"
        ) as seen:
            outcome = read_outcome(between([1, 2, 3, 3], [2, 2, 4, 3]))
        assert outcome.levels == (2, 3)
        assert seen[0].filename == __file__

    def test_whole_numbers_and_categories_give_the_same(self):
        numbers = between([1, 2, 3, 1], [2, 2, 3, 1])
        categories = numbers.astype(pd.CategoricalDtype([1, 2, 3], ordered=True))
        one, other = read_outcome(numbers), read_outcome(categories)
        assert one.levels == other.levels == (1, 2, 3)
        np.testing.assert_array_equal(one.edges, other.edges)
        assert one.name == "low to high"
        assert one.is_interval

    def test_equal_ends_are_known_levels(self):
        known, pinned = read_outcome([1, 3, 2]), read_outcome(between([1, 3, 2], [1, 3, 2]))
        np.testing.assert_array_equal(known.edges, pinned.edges)
        assert not pinned.is_interval

    @pytest.mark.parametrize(
        ("values", "message"),
        [
            (
                between([1, 3, 2], [1, 2, 3], index=["a", "b", "c"]),
                "'low to high': row 'b' goes from 3 down to 2; the first column must hold the low",
            ),
            (between([1, np.nan], [1, 2]), "'low' is missing in 1 of 2 rows"),
            (between([1, 2], [1, None]), "'high' is missing in 1 of 2 rows"),
            (between(["a", "b"], ["b", "b"]), "'low' has type str and no order"),
            (between([1, 1], [2, 2]), r"has one level only \(1\) in the 2 rows used"),
            (
                between(ordered(GRADES), ordered(GRADES, GRADES[::-1])),
                "'low' and 'high' have different categories; declare the same levels in the same",
            ),
            (between(ordered(GRADES), [1, 2, 3]), "'low' and 'high' are of different types"),
        ],
    )
    def test_errors(self, values, message):
        with pytest.raises(ModelError, match=message):
            read_outcome(values)


class TestCodes:
    outcome = Outcome("y", (1, 2, 3), np.array([0, 1, 2, 0, 0]), np.array([0, 1, 2, 1, 2]))

    def test_edges_lie_above_and_below_the_levels(self):
        assert self.outcome.edges.tolist() == [[1, 2, 3, 2, 3], [0, 1, 2, 0, 0]]

    def test_a_row_that_may_have_every_level_says_nothing(self):
        assert self.outcome.informative.tolist() == [True, True, True, True, False]

    def test_shares_spread_intervals_evenly(self):
        sixths = np.array([6 + 3 + 2, 6 + 3 + 2, 6 + 2]) / 6
        np.testing.assert_allclose(self.outcome.shares(), sixths / 5, rtol=1e-14)

    def test_shares_count_rows_by_their_weights(self):
        weights = np.array([2.0, 0.5, 1.0, 4.0, 0.0])
        expected = np.array([2 + 2, 0.5 + 2, 1]) / 7.5
        np.testing.assert_allclose(self.outcome.shares(weights), expected, rtol=1e-14)
