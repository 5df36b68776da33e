"""How standards add up, against every assignment there is; what is refused."""

import csv
import functools
import itertools
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import probstats as ps
from probstats.data.rules.points import POINTS
from probstats.data.rules.rating_rules import all_rules, rating_rules
from probstats.errors import DataError

DATA = Path(__file__).parents[3] / "data"
RATINGS = ps.data.RATINGS
SETS = [("pdu-7", "pdu"), ("pdu-9", "pdu"), ("core-10", "crc"), ("core-10", "nps"),
        ("region-8", "region")]  # fmt: skip
SEVEN = rating_rules("pdu-7", "pdu")
spans = st.tuples(st.integers(0, 3), st.integers(0, 3)).map(
    lambda ends: (RATINGS[min(ends)], RATINGS[max(ends)])
)
words = st.sampled_from(RATINGS)


@functools.cache
def ratings_by_total(standards_set, provider_type):
    """Return the rating of each total by the cut points, read off the table without the package."""
    found = {}
    for row in read(DATA / "rating_rules.csv"):
        here = (row["standards_set"], row["provider_type"]) == (standards_set, provider_type)
        if here and row["status"].startswith("HYPOTHESIS"):
            for total in range(int(row["min_score"]), int(row["max_score_for_rating"]) + 1):
                assert total not in found
                found[total] = row["rating"]
    return found


def plain_overall(rules, total):
    return ratings_by_total(rules.standards_set, rules.provider_type)[total]


def read(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def assignments(known):
    """Return every rating of all seven standards that some known ones allow."""
    choices = [
        RATINGS[POINTS[low] : POINTS[high] + 1]
        for low, high in (known.get(name, (RATINGS[0], RATINGS[-1])) for name in SEVEN.standards)
    ]
    return list(itertools.product(*choices))


class TestTheShippedRules:
    def test_there_are_rules_of_every_set(self, records):
        sets = {(row["standards_set"], row["provider_type"]) for row in records["standards"]}
        sets -= {pair for pair in sets if not pair[0]}
        assert set(all_rules()) == sets == set(SETS)

    @pytest.mark.parametrize("pair", SETS)
    def test_standards_are_those_of_the_table(self, records, pair):
        expected = {
            row["standard"]
            for row in records["standards"]
            if (row["standards_set"], row["provider_type"]) == pair
        }
        rules = rating_rules(*pair)
        assert set(rules.standards) == expected
        assert rules.max_score == 3 * len(expected)

    @pytest.mark.parametrize("pair", SETS)
    def test_every_total_has_one_rating_and_more_points_are_never_worse(self, pair):
        rules = rating_rules(*pair)
        found = [plain_overall(rules, total) for total in range(rules.max_score + 1)]
        assert [POINTS[rating] for rating in found] == sorted(POINTS[rating] for rating in found)
        assert set(found) == set(RATINGS)
        assert set(rules.bands["certainty"]) == {"hypothesis"}

    def test_they_contradict_no_overall_rating_that_was_seen(self, panel):
        seen, every = 0, all_rules()
        rated = panel.dropna(subset=["rating", "standards_set"])
        columns = ["standards_set", "provider_type", "standard", "rating"]
        for name, rows in rated.groupby("inspection_id")[columns]:
            rules = every[rows["standards_set"].iloc[0], rows["provider_type"].iloc[0]]
            ratings = dict(zip(rows["standard"], rows["rating"].astype("str"), strict=True))
            known = {one: word for one, word in ratings.items() if one in rules.standards}
            if known and "overall" in ratings:
                low, high = rules.overall_range(known)
                assert POINTS[low] <= POINTS[ratings["overall"]] <= POINTS[high], name
                seen += 1
        assert seen > 20


class TestArithmetic:
    @given(st.lists(words, min_size=7, max_size=7))
    def test_score_and_overall(self, ratings):
        by_standard = dict(zip(SEVEN.standards, ratings, strict=True))
        total = sum(RATINGS.index(rating) for rating in ratings)
        assert SEVEN.score(by_standard) == total
        assert SEVEN.overall(by_standard) == (plain_overall(SEVEN, total), "hypothesis")

    @settings(deadline=None, max_examples=30)
    @given(st.dictionaries(st.sampled_from(SEVEN.standards), spans, min_size=3, max_size=7))
    def test_ranges_against_every_assignment(self, known):
        sums = {sum(POINTS[word] for word in one) for one in assignments(known)}
        assert SEVEN.total_range(known) == (min(sums), max(sums))
        overall = {POINTS[plain_overall(SEVEN, total)] for total in sums}
        assert SEVEN.overall_range(known) == (RATINGS[min(overall)], RATINGS[max(overall)])

    @settings(deadline=None, max_examples=30)
    @given(
        st.dictionaries(st.sampled_from(SEVEN.standards), spans, min_size=3, max_size=7),
        st.none() | words,
    )
    def test_what_is_consistent_against_every_assignment(self, known, overall):
        left = [
            one
            for one in assignments(known)
            if overall in {None, plain_overall(SEVEN, sum(POINTS[word] for word in one))}
        ]
        columns = [sorted({POINTS[word] for word in column}) for column in zip(*left, strict=True)]
        expected = {
            name: (RATINGS[column[0]], RATINGS[column[-1]])
            for name, column in zip(SEVEN.standards, columns, strict=bool(left))
        }
        assert SEVEN.consistent(known, overall) == expected

    def test_nothing_known_leaves_everything_open(self):
        assert SEVEN.total_range({}) == (0, 21)
        assert SEVEN.overall_range({}) == ("Inadequate", "Outstanding")
        assert set(SEVEN.consistent({}).values()) == {("Inadequate", "Outstanding")}

    def test_one_rating_and_an_interval_of_one_are_the_same(self):
        one, other = {"planning": "Good"}, {"planning": ("Good", "Good")}
        assert SEVEN.total_range(one) == SEVEN.total_range(other) == (2, 20)
        assert SEVEN.consistent(one) == SEVEN.consistent(other)


def sentence(call):
    with pytest.raises(DataError) as error:
        call()
    assert "\n" not in str(error.value)
    return str(error.value)


ALL_GOOD = dict.fromkeys(SEVEN.standards, "Good")


class TestRefusals:
    @pytest.mark.parametrize("method", ["score", "overall"])
    def test_a_total_needs_every_standard(self, method):
        known = {name: word for name, word in ALL_GOOD.items() if name != "planning"}
        found = sentence(lambda: getattr(SEVEN, method)(known))
        assert "'planning' has no rating" in found
        assert "total_range" in found

    @pytest.mark.parametrize("method", ["score", "overall"])
    def test_a_total_needs_one_rating_of_each(self, method):
        known = ALL_GOOD | {"planning": ("Good", "Outstanding")}
        found = sentence(lambda: getattr(SEVEN, method)(known))
        assert "planning" in found
        assert "total_range" in found

    @pytest.mark.parametrize(
        "method", ["score", "overall", "total_range", "overall_range", "consistent"]
    )
    @pytest.mark.parametrize(
        ("change", "words"),
        [
            ({"court_reports": "Good"}, ["'court_reports' is not a standard", "staffing"]),
            ({"planning": "good"}, ["'good'", "Requires improvement"]),
            ({"planning": None}, ["planning", "None"]),
            ({"planning": np.nan}, ["planning", "nan"]),
            ({"planning": ("Good",)}, ["planning", "('Good',)"]),
        ],
        ids=["standard", "word", "none", "nan", "one end"],
    )
    def test_what_is_no_rating_of_the_set(self, method, change, words):
        found = sentence(lambda: getattr(SEVEN, method)(ALL_GOOD | change))
        for word in words:
            assert word in found

    @pytest.mark.parametrize("method", ["total_range", "overall_range", "consistent"])
    def test_an_interval_begins_with_its_lowest(self, method):
        known = {"planning": ("Good", "Inadequate")}
        found = sentence(lambda: getattr(SEVEN, method)(known))
        assert "planning" in found
        assert "lowest" in found

    def test_an_overall_rating_that_is_none(self):
        assert "'Bad'" in sentence(lambda: SEVEN.consistent({}, overall="Bad"))

    @pytest.mark.parametrize("pair", [("pdu-8", "pdu"), ("pdu-7", "crc"), ("", "")])
    def test_no_such_rules(self, pair):
        found = sentence(lambda: rating_rules(*pair))
        assert repr(pair[0]) in found
        assert "pdu-7, pdu" in found

    def test_cut_points_with_a_gap(self, copied):
        row = copied.row_of(
            "rating_rules", standards_set="pdu-7", rating="Requires improvement", min_score="4"
        )
        copied.cell("rating_rules", row, "min_score", "5")
        found = sentence(lambda: rating_rules("pdu-7", "pdu", copied.path))
        assert "pdu-7" in found
        assert "a total of 4 has 0 ratings" in found
