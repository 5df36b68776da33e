"""How two figures stand to each other: by example, and against a plain loop."""

import itertools
import random
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from probstats.data.resolution.agreement import (
    REASONS,
    VERDICTS,
    bounds,
    half_unit,
    noted,
    verdicts,
)
from probstats.data.resolution.measures import order_claims

EXACT = {"qualifier": "exact"}
NO_NOTES = pd.DataFrame()


def compare(figures, one, other):
    """Return the verdict on one simulated claim beside another, chosen one."""
    both = figures(one, other)
    return VERDICTS[verdicts(both.iloc[[0]], both.iloc[[1]])[0]]


def plain_unit(value):
    """Return the last digit printed, read off the decimal text of a figure."""
    text = format(Decimal(repr(value)).normalize(), "f")
    if "." in text:
        return 10.0 ** -len(text.split(".")[1])
    zeros = min(len(text) - len(text.rstrip("0")), len(text) - 2)
    return 10.0**zeros if zeros >= 2 else 1.0


def plain_span(claim):
    value = claim["value"]
    room = max(0.05 * value, plain_unit(value) / 2)
    low = {"at most": -np.inf, "about": value - room}.get(claim["qualifier"], value)
    high = {"at least": np.inf, "about": value + room}.get(claim["qualifier"], value)
    return low, high


def plain_verdict(claim, chosen):
    (low, high), (first, last) = plain_span(claim), plain_span(chosen)
    if low <= last and first <= high:
        return "same" if (low, high) == (first, last) else "agrees"
    slack = sum(
        plain_unit(one["value"]) / 2 * (2 if one["basis"] == "derived" else 1)
        for one in (claim, chosen)
    )
    if abs(claim["value"] - chosen["value"]) <= slack * (1 + 1e-9):
        return "rounding"
    if claim["printed_unit"] != chosen["printed_unit"]:
        return "definition"
    vintages = claim["vintage"], chosen["vintage"]
    of_inspection = claim["inspection_id"] is not None
    dated = claim["as_of_to"] is not None and not of_inspection
    if dated and None not in vintages and vintages[0] != vintages[1]:
        return "revision"
    return "contradiction"


def simulate(n_pairs, seed):
    rng = random.Random(seed)

    def claim():
        return {
            "value": rng.choice([3612.0, 3613.0, 3600.0, 4400.0, 4444.0, 37.0, 37.1, 37.25, 40.0]),
            "qualifier": rng.choice(["exact", "exact", "exact", "at least", "at most", "about"]),
            "basis": rng.choice(["stated", "derived"]),
            "printed_unit": rng.choice(["FTE", "FTE", "officers"]),
            "vintage": rng.choice([None, "2020-01-01", "2021-01-01"]),
        }

    pairs = []
    for _ in range(n_pairs):
        same = {
            "as_of_to": rng.choice([None, "2019-12-31"]),
            "inspection_id": rng.choice([None, None, "north-2019"]),
        }
        pairs.append((claim() | same, claim() | same))
    return pairs


class TestBounds:
    @pytest.mark.parametrize(
        ("qualifier", "value", "low", "high"),
        [
            ("exact", 10.0, 10.0, 10.0),
            ("at least", 10.0, 10.0, np.inf),
            ("at most", 10.0, -np.inf, 10.0),
            ("about", 42.0, 39.9, 44.1),
            ("about", 4400.0, 4180.0, 4620.0),
            ("about", 3.0, 2.5, 3.5),
            ("about", 0.0, -0.5, 0.5),
        ],
    )
    def test_what_each_qualifier_allows(self, figures, qualifier, value, low, high):
        found = bounds(figures({"value": value, "qualifier": qualifier}))
        np.testing.assert_allclose([end[0] for end in found], [low, high])

    def test_bounds_that_a_source_gives_count_before_five_per_cent(self, figures):
        claim = {"qualifier": "about", "value": 42.0, "value_low": 41.0, "value_high": 43.0}
        assert [end[0] for end in bounds(figures(claim))] == [41.0, 43.0]


class TestHalfUnit:
    @pytest.mark.parametrize(
        ("value", "half"),
        [
            (3613.0, 0.5), (3610.0, 0.5), (4400.0, 50.0), (16000.0, 500.0), (106_000.0, 500.0),
            (37.1, 0.05), (37.25, 0.005), (0.125, 0.0005), (0.0, 0.5), (-4400.0, 50.0),
            (100.0, 0.5), (600.0, 0.5), (1000.0, 50.0), (7000.0, 50.0), (1_000_000.0, 50_000.0),
        ],
    )  # fmt: skip
    def test_by_example(self, value, half):
        assert half_unit(np.array([value]))[0] == pytest.approx(half)

    @given(
        st.integers(0, 9_999_999)
        | st.integers(1, 99_999).map(lambda thousandths: thousandths / 1000)
    )
    def test_against_the_digits_of_the_text(self, value):
        assert half_unit(np.array([float(value)]))[0] == pytest.approx(plain_unit(value) / 2)

    @given(st.floats(20, 1e7))
    def test_it_is_never_more_than_a_twentieth_of_the_figure(self, value):
        assert half_unit(np.array([value]))[0] <= 0.05 * value


class TestVerdicts:
    @pytest.mark.parametrize(
        ("one", "other", "verdict"),
        [
            (("exact", 10), ("exact", 10), "same"),
            (("exact", 10), ("exact", 14), "contradiction"),
            (("exact", 10), ("at least", 9), "agrees"),
            (("exact", 10), ("at least", 10), "agrees"),
            (("exact", 10), ("at least", 14), "contradiction"),
            (("exact", 10), ("at most", 11), "agrees"),
            (("exact", 10), ("at most", 10), "agrees"),
            (("exact", 14), ("at most", 10), "contradiction"),
            (("exact", 10), ("about", 500), "contradiction"),
            (("exact", 490), ("about", 500), "agrees"),
            (("at least", 10), ("about", 500), "agrees"),
            (("at least", 10), ("at most", 12), "agrees"),
            (("at least", 14), ("at most", 9), "contradiction"),
            (("at least", 10), ("at least", 11), "agrees"),
            (("at least", 10), ("at least", 10), "same"),
            (("about", 40), ("about", 42), "agrees"),
            (("about", 40), ("about", 40), "same"),
            (("about", 40), ("about", 60), "contradiction"),
        ],
    )
    def test_intervals_agree_where_they_overlap(self, figures, one, other, verdict):
        first, second = ({"qualifier": q, "value": float(v)} for q, v in (one, other))
        assert compare(figures, first, second) == verdict
        assert compare(figures, second, first) == verdict

    @pytest.mark.parametrize(
        ("one", "other", "verdict"),
        [
            ({"value": 3612.0}, {"value": 3613.0}, "rounding"),
            ({"value": 3537.0, "basis": "derived"}, {"value": 3539.0}, "contradiction"),
            ({"value": 3537.0, "basis": "derived"}, {"value": 3538.0}, "rounding"),
            ({"value": 3537.0, "basis": "derived"}, {"value": 3539.0, "basis": "derived"},
             "rounding"),
            ({"value": 4400.0}, {"value": 4444.0}, "rounding"),
            ({"value": 4400.0}, {"value": 4451.0}, "contradiction"),
            ({"value": 37.0}, {"value": 37.5}, "rounding"),
            ({"value": 37.0}, {"value": 37.6}, "contradiction"),
            ({"value": 100.0}, {"value": 60.0}, "contradiction"),
            ({"value": 1000.0}, {"value": 1400.0}, "contradiction"),
        ],
    )  # fmt: skip
    def test_rounding_is_what_the_last_digits_leave_room_for(self, figures, one, other, verdict):
        assert compare(figures, one, other) == compare(figures, other, one) == verdict

    def test_the_arithmetic_of_doubles_does_not_decide(self, figures):
        assert compare(figures, {"value": 0.3}, {"value": 0.1 + 0.1}) == "rounding"
        assert compare(figures, {"value": 0.3}, {"value": 0.1 + 0.2}) in {"same", "rounding"}

    def test_figures_of_one_date_from_sources_of_different_dates_are_revised(self, figures):
        one = {"value": 4418.0, "as_of_to": "2023-06-30", "vintage": "2023-06-30"}
        other = one | {"value": 4627.0, "vintage": "2024-06-30"}
        assert compare(figures, one, other) == compare(figures, other, one) == "revision"
        for spoilt in (
            {"vintage": "2023-06-30"}, {"vintage": None}, {"as_of_to": None},
            {"inspection_id": "north-2023"},
        ):  # fmt: skip
            both = [one | spoilt, other | spoilt]
            assert compare(figures, *both) == "contradiction"

    def test_other_words_for_the_unit_are_another_definition(self, figures):
        one, other = {"value": 10.0}, {"value": 20.0, "printed_unit": "officers"}
        assert compare(figures, one, other) == compare(figures, other, one) == "definition"

    def test_a_missing_unit_is_no_other_definition(self, figures):
        one, other = {"value": 10.0, "printed_unit": None}, {"value": 20.0, "printed_unit": None}
        both = figures(one, other).astype({"printed_unit": "str"})
        assert VERDICTS[verdicts(both.iloc[[0]], both.iloc[[1]])[0]] == "contradiction"

    def test_the_mildest_explanation_is_given(self, figures):
        one = {"value": 3612.0, "as_of_to": "2020-06-30"}
        other = {"printed_unit": "officers", "vintage": "2021-01-01", "as_of_to": "2020-06-30"}
        assert compare(figures, one, other | {"value": 3613.0}) == "rounding"
        assert compare(figures, one, other | {"value": 3700.0}) == "definition"

    def test_ratings_do_not_differ_by_rounding(self, figures):
        both = figures({"value": 1.0}, {"value": 2.0})
        found = verdicts(both.iloc[[0]], both.iloc[[1]], rounding=False)
        assert VERDICTS[found[0]] == "contradiction"

    @pytest.mark.parametrize("seed", range(4))
    def test_many_simulated_pairs_against_a_plain_loop_and_the_other_way_round(self, figures, seed):
        pairs = simulate(500, seed)
        one, other = (figures(*side) for side in zip(*pairs, strict=True))
        found = [VERDICTS[place] for place in verdicts(one, other)]
        assert found == [plain_verdict(*pair) for pair in pairs]
        assert set(found) == set(VERDICTS)
        assert [VERDICTS[place] for place in verdicts(other, one)] == found

    def test_no_claims_no_verdicts(self, figures):
        nothing = figures({}).iloc[:0]
        assert verdicts(nothing, nothing).tolist() == []


class TestNotes:
    def note(self, **change):
        return pd.DataFrame(
            [
                {
                    "subject_id": "nation", "population": "NPS", "measure": "staff_fte",
                    "as_of_to": pd.Timestamp(2021, 3, 31), "source_id": "s1",
                    "other_source_id": "s2", "kind": "definition", "reason": "another series",
                }
                | change
            ]
        )  # fmt: skip

    def pair(self, figures, **change):
        cell = {
            "subject_id": "nation", "population": "NPS", "measure": "staff_fte",
            "as_of_to": "2021-03-31",
        }  # fmt: skip
        first = cell | {"source_id": "s1", "value": 10_958.0}
        return figures(first, cell | {"source_id": "s2", "value": 10_020.0} | change)

    def verdict(self, figures, note, **change):
        both = self.pair(figures, **change)
        found = verdicts(both.iloc[[1]], both.iloc[[0]])
        place, reason = noted(both.iloc[[1]], both.iloc[[0]], found, note)
        return VERDICTS[place[0]], reason[0]

    def test_what_was_noted_by_hand_stands(self, figures):
        assert self.verdict(figures, self.note()) == ("definition", "another series")
        swapped = self.note(source_id="s2", other_source_id="s1")
        assert self.verdict(figures, swapped) == ("definition", "another series")

    @pytest.mark.parametrize(
        "change",
        [
            {"subject_id": "wales"}, {"population": "CRC"}, {"measure": "po_fte"},
            {"as_of_to": pd.Timestamp(2021, 6, 30)}, {"other_source_id": "s3"},
        ],
        ids=lambda change: next(iter(change)),
    )  # fmt: skip
    def test_a_note_on_something_else_does_not(self, figures, change):
        expected = ("contradiction", REASONS["contradiction"])
        assert self.verdict(figures, self.note(**change)) == expected

    def test_claims_that_agree_are_not_looked_up(self, figures):
        assert self.verdict(figures, self.note(), value=10_958.0) == ("same", None)

    def test_every_verdict_that_differs_has_a_reason(self, figures):
        assert set(REASONS) == set(VERDICTS[2:])
        both = self.pair(figures)
        for place in range(len(VERDICTS)):
            _, reason = noted(both.iloc[[1]], both.iloc[[0]], np.array([place]), NO_NOTES)
            assert reason[0] == REASONS.get(VERDICTS[place])


def test_verdict_of_a_cell_is_on_each_claim_beside_the_chosen_one(figures, shipped):
    values = [10.0, 10.4, 14.0]
    for order in itertools.permutations(range(3)):
        claims = figures(
            *(
                {"value": values[n], "source_id": f"s{n}", "inspection_id": None} | EXACT
                for n in order
            )
        )
        found = order_claims(claims, ["cell"], shipped).claims
        assert found["verdict"].tolist() == ["same", "rounding", "contradiction"]
        assert found["chosen"].tolist() == [True, False, False]
        assert found["reason"].isna().tolist() == [True, False, False]
        assert found["reason"].tolist()[1:] == [REASONS["rounding"], REASONS["contradiction"]]
