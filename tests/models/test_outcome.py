"""Reading an ordered outcome: levels, codes, and a sentence for everything without an order."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from probstats.errors import EmptyLevelWarning, ModelError
from probstats.models.outcome import read_outcome

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
        (pd.DataFrame({"y": [1, 2]}), "must be one column, not 2-dimensional"),
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
