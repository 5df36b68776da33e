"""Claims on one inspection that cannot all be true, in the record and simulated."""

import pytest

import probstats as ps
from probstats.data.rules.contradictions import rule_conflicts
from probstats.data.rules.rating_rules import rating_rules

BAD, WEAK, GOOD, TOP = ps.data.RATINGS
SEVEN = rating_rules("pdu-7", "pdu").standards


def test_the_two_of_the_record():
    found = rule_conflicts().set_index("inspection_id")
    assert sorted(found.index) == ["east-and-west-lincolnshire-pdu-2025", "west-kent-pdu-2022"]
    kent = found.loc["west-kent-pdu-2022"]
    assert (kent["chosen"], kent["other"]) == ("9 of 9 standards Inadequate", "1 of 27 points")
    assert (kent["subject_id"], kent["item"]) == ("west-kent-pdu", "standards together")
    assert (kent["chosen_source"], kent["other_source"]) == ("s192", "s192")
    lincolnshire = found.loc["east-and-west-lincolnshire-pdu-2025"]
    assert lincolnshire["other"] == "2 of 25 points"
    assert lincolnshire["reason"] == "does not fit pdu-7: 7 standards make 21 points"
    assert set(found["kind"]) == {"contradiction"}


def test_a_count_beside_stated_ratings(copied, add, rate, bare):
    rate(copied, bare, dict.fromkeys(SEVEN[:3], GOOD))
    claim = {
        "inspection_id": bare, "rating_low": BAD, "rating_high": BAD, "count": "5", "of": "7",
        "source_id": "s160",
    }  # fmt: skip
    add(copied, "rating_count_claims", claim)
    found = rule_conflicts(copied.path).set_index("inspection_id").loc[bare]
    assert found["chosen"] == "5 of 7 standards Inadequate"
    assert found["other"] == "; ".join(f"{name} Good" for name in sorted(SEVEN[:3]))
    assert (found["chosen_source"], found["other_source"]) == ("s160", "s102")


@pytest.mark.parametrize(
    ("table", "claim", "words"),
    [
        ("rating_count_claims", {"rating_low": BAD, "rating_high": BAD, "count": "6", "of": "9"},
         "6 of 9 standards Inadequate"),
        ("score_claims", {"score": "4", "score_max": "27"}, "4 of 27 points"),
    ],
)  # fmt: skip
def test_a_claim_on_another_number_of_standards(copied, add, bare, table, claim, words):
    add(copied, table, {"inspection_id": bare, "source_id": "s160"} | claim)
    found = rule_conflicts(copied.path).set_index("inspection_id").loc[bare]
    assert (found["chosen"], found["other"]) == ("", words)


def test_a_standard_of_another_set(copied, rate, bare):
    rate(copied, bare, {"court_reports": GOOD})
    found = rule_conflicts(copied.path).set_index("inspection_id").loc[bare]
    assert found["item"] == "court_reports"
    assert found["other"] == "court_reports Good"


def test_the_hypothesised_cut_points_contradict_nobody(copied, rate, bare):
    rate(copied, bare, dict.fromkeys(SEVEN, BAD))
    assert bare not in set(rule_conflicts(copied.path)["inspection_id"])


def test_none_where_the_two_are_settled(copied):
    rows = [
        copied.row_of("score_claims", score_max="25"),
        copied.row_of("score_claims", inspection_id="west-kent-pdu-2022"),
    ]
    copied.cell("score_claims", rows[0], "score_max", "21")
    copied.cell("score_claims", rows[1], "score", "0")
    found = rule_conflicts(copied.path)
    assert len(found) == 0
    assert set(found.columns) == set(rule_conflicts().columns)
