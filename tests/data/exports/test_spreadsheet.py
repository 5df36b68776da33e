"""No cell of an export is run by a spreadsheet."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from probstats.data.exports.spreadsheet import HEADER, make_safe, runs, safe


@pytest.mark.parametrize(
    "text",
    [
        "=1+1", "=cmd|' /C calc'!A0", "+1+2", "-1+2", "- a note", "@SUM(A1)", "\t=1", "\rx", "\nx",
        '"=1+1"', "'=1", "''+x", " =1", "\u201c=1", "＝1+1", "=", "-",
    ],
)  # fmt: skip
def test_what_a_spreadsheet_runs(text):
    assert runs(text)
    assert safe(text) == "'" + text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a",
        "a=b",
        "co-operation",
        "-5",
        "+5",
        "-1,700.5",
        "-.5",
        "-1e-5",
        "-12%",
        "'tis",
        "(-5)",
    ],
)
def test_what_it_does_not(text):
    assert not runs(text)
    assert safe(text) == text


def test_numbers_stay_numbers_and_changes_are_counted():
    frame = pd.DataFrame(
        {
            "n": [-5.5, -1.0, 2.0],
            "text": pd.array(["=1", None, "fine"], dtype="str"),
            "kind": pd.Categorical(["+a", "+a", None], categories=["+a", "=unused"]),
            "=name": ["a", "b", "c"],
        }
    )
    made, counts = make_safe(frame)
    assert counts == {"text": 1, "kind": 2, HEADER: 1}
    assert list(made) == ["n", "text", "kind", "'=name"]
    assert made["n"].equals(frame["n"])
    assert made["text"].isna().tolist() == [False, True, False]
    assert made["text"][0] == "'=1"
    assert made["kind"].tolist()[:2] == ["'+a", "'+a"]
    assert frame["text"][0] == "=1"


@given(st.text())
def test_one_apostrophe_is_enough_and_can_be_taken_away(text):
    made = safe(text)
    assert made in {text, "'" + text}
    assert not runs(made) or made.startswith("'")
    assert (made[1:] if made.startswith("'") and runs(made[1:]) else made) == text


@given(st.lists(st.text(alphabet="'\"=+ a", max_size=5), unique=True))
def test_different_cells_stay_different(texts):
    assert len({safe(text) for text in texts}) == len(texts)
