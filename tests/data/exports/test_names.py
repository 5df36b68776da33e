"""Legal names: each its own, none longer than allowed."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probstats.data.exports.names import SPSS, STATA, legal_names


def test_good_names_stay():
    names = ["rating", "vacancies_fte__region", "A", "a"]
    assert legal_names(names, STATA) == dict(zip(names, names, strict=True))


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["vacancy rate, %"], ["vacancy_rate___"]),
        (["2023"], ["v2023"]),
        (["_all"], ["v_all"]),
        (["if", "double"], ["if_2", "double_2"]),
        (["x y", "x_y"], ["x_y_2", "x_y"]),
        (["x y", "x.y", "x-y"], ["x_y", "x_y_2", "x_y_3"]),
        (["a" * 40, "a" * 41], ["a" * 32, "a" * 30 + "_2"]),
        (["a" * 40 + "__source"], ["a" * 24 + "__source"]),
        (["a" * 40 + "__source", "a" * 41 + "__source"],
         ["a" * 24 + "__source", "a" * 22 + "__source_2"]),
        (["é"], ["v_"]),
    ],
)  # fmt: skip
def test_others_are_shaped(names, expected):
    assert list(legal_names(names, STATA).values()) == expected


def test_spss_knows_no_case_and_other_words():
    assert list(legal_names(["A", "a", "with", "if"], SPSS).values()) == [
        "A",
        "a_2",
        "with_2",
        "if",
    ]


@pytest.mark.parametrize("rule", [STATA, SPSS])
@given(names=st.lists(st.text(alphabet="ab_ .É2", min_size=1, max_size=70), unique=True))
def test_always_legal_and_never_alike(rule, names):
    legal = legal_names(names, rule)
    assert list(legal) == names
    folded = [new if rule.cased else new.lower() for new in legal.values()]
    assert len(set(folded)) == len(names)
    for new in legal.values():
        assert re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", new)
        assert len(new) <= rule.longest
        assert new.lower() not in rule.reserved
