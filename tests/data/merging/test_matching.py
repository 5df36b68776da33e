"""The nearest figure in time, against a loop over all figures, from 1800 to 9999."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from probstats.data.merging.matching import (
    LATER,
    MATCHED,
    NO_DATE,
    NO_FIGURE,
    OTHER_POPULATION,
    OTHER_SUBJECT,
    TOO_FAR,
    UNDATED,
    Timeline,
    days,
    match_given,
)
from probstats.errors import DataError

PLACES, POPULATIONS = [f"place {n}" for n in range(20)], ["NPS", "unified"]
near = st.integers(80_000, 80_040)
dates = st.none() | near | st.sampled_from([0, 1, 111_144, 262_143, 262_144, 2_994_900])
keys = st.tuples(st.sampled_from(PLACES), st.sampled_from(POPULATIONS), dates)
crowded = st.tuples(st.just("a"), st.just("NPS"), st.integers(80_000, 80_012))


def moments(numbers):
    """Return days since 1800 as dates."""
    start = np.datetime64("1800-01-01", "D")
    found = [np.datetime64("NaT") if n is None else start + n for n in numbers]
    return pd.Series(np.array(found, dtype="datetime64[s]"))


def frame(rows, date):
    places, populations, numbers = zip(*rows, strict=True) if rows else ((), (), ())
    columns = {"place": pd.array(places, dtype="str"), "population": pd.array(populations, "str")}
    return pd.DataFrame(columns | {date: moments(numbers)})


def plain(target, figures, tolerance, either_way):
    """Return row and lag of the nearest figure, by looking at each."""
    place, population, day = target
    if day is None:
        return None, NO_DATE
    own = [
        (day - figure[2], row) for row, figure in enumerate(figures)
        if figure[:2] == (place, population) and figure[2] is not None
    ]  # fmt: skip
    right_side = [(lag, row) for lag, row in own if either_way or lag > 0]
    allowed = [(lag, row) for lag, row in right_side if abs(lag) <= tolerance]
    if allowed:
        return min(allowed, key=lambda one: (abs(one[0]), -one[0])), MATCHED
    there = [figure for figure in figures if figure[0] == place]
    if own:
        return None, TOO_FAR if right_side else LATER
    if any(figure[2] is not None for figure in there):
        return None, OTHER_POPULATION
    return None, UNDATED if there else NO_FIGURE


TWO_AS_NEAR = [("a", "NPS", 80_000), ("a", "NPS", 80_010)]
FAR_FIRST = [(place, "NPS", 80_000 if number else 2_994_900) for number, place in enumerate(PLACES)]


@settings(max_examples=150, deadline=None)
@example(TWO_AS_NEAR, [("a", "NPS", 80_005)], 5, True)
@example(FAR_FIRST, [(place, "NPS", 2_994_900 % (1 << 18)) for place in PLACES], 400, True)
@given(
    st.lists(keys, max_size=25, unique=True) | st.lists(crowded, max_size=4, unique=True),
    st.lists(keys | crowded, max_size=15),
    st.sampled_from([0, 1, 2, 3, 4, 400, 106_751]),
    st.booleans(),
)
def test_against_a_loop(figures, targets, tolerance, either_way):
    found = Timeline(frame(figures, "as_of_to")).match(
        frame(targets, "start"), tolerance, either_way=either_way
    )
    for target, row, lag, outcome in zip(targets, found.row, found.lag, found.outcome, strict=True):
        best, expected = plain(target, figures, tolerance, either_way)
        assert outcome == expected
        assert (lag, row) == (best or (0, -1))


@pytest.mark.parametrize("coded", [False, True])
def test_text_may_be_coded(coded):
    figures = frame([("b", "NPS", 80_000), ("a", "unified", 80_001)], "as_of_to")
    if coded:
        figures = figures.astype({"place": "category", "population": "category"})
    targets = frame([("a", "unified", 80_010), ("b", "NPS", 80_010), ("c", "x", 80_010)], "start")
    assert Timeline(figures).match(targets, 30, either_way=False).row.tolist() == [1, 0, -1]


def test_an_unknown_population_is_nobodys():
    figures = frame([("a", None, 80_000)], "as_of_to")
    targets = frame([("a", None, 80_010)], "start")
    assert Timeline(figures).match(targets, 30, either_way=False).row.tolist() == [-1]


def test_days():
    assert days(moments([0, None, 262_144])).tolist() == [0, -1, 262_144]
    assert days(pd.Series(pd.to_datetime(["9999-12-31"]))).tolist() == [2_994_987]


@pytest.mark.parametrize("absurd", ["1799-12-31", "10000-01-01", "-2000-01-01"])
def test_days_that_are_absurd(absurd):
    with pytest.raises(DataError, match="1800 to 9999"):
        days(pd.Series(np.array([absurd], dtype="datetime64[s]")))


class TestGiven:
    FIGURES = pd.DataFrame(
        {
            "place": ["i1", "i2", "i2", "i3", "i4"],
            "subject_id": ["a", "b", "b", "nation", "d"],
            "population": ["NPS", "NPS", "unified", "NPS", None],
        }
    )

    def match(self, place, subject, population):
        targets = pd.DataFrame(
            {"place": [place], "subject_id": [subject], "population": [population]}
        )
        found = match_given(self.FIGURES, targets)
        assert found.lag.tolist() == [0]
        return found.row[0], found.outcome[0]

    @pytest.mark.parametrize(
        ("target", "row", "outcome"),
        [
            (("i1", "a", "NPS"), 0, MATCHED),
            (("i2", "b", "unified"), 2, MATCHED),
            (("i1", "a", "unified"), -1, OTHER_POPULATION),
            (("i3", "c", "NPS"), -1, OTHER_SUBJECT),
            (("i4", "d", None), -1, OTHER_POPULATION),
            (("i5", "a", "NPS"), -1, NO_FIGURE),
        ],
    )
    def test_by_example(self, target, row, outcome):
        found, words = self.match(*target)
        assert found == row
        if target[0] != "i4":
            assert words == outcome

    def test_every_inspection_in_its_order(self):
        targets = pd.DataFrame(
            {"place": ["i2", "x", "i1"], "subject_id": ["b", "b", "a"], "population": ["NPS"] * 3}
        )
        assert match_given(self.FIGURES, targets).row.tolist() == [1, -1, 0]
