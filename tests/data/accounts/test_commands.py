"""``probstats data describe``, ``coverage`` and ``reconcile``, and how they print."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import probstats as ps
from probstats import cli
from probstats.cli.aligned import aligned


def run(capsys, *arguments):
    status = cli.main(["data", *map(str, arguments)])
    return status, *capsys.readouterr()


@pytest.mark.parametrize("action", ["describe", "coverage", "reconcile"])
def test_help(capsys, action):
    with pytest.raises(SystemExit) as stop:
        cli.main(["data", action, "--help"])
    assert stop.value.code == 0
    out = capsys.readouterr().out
    assert "Example" in out
    assert "--csv" in out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["describe"], ["inspections", "panel", "subject_id"]),
        (["describe", "published_totals"], ["fieldwork_from", "date", "first day"]),
        (["describe", "panel.rating_status"], ["rating_status", "conflict (the sources cannot"]),
        (["describe", "sources.source_id"], ["permitted", "form ^"]),
        (["coverage"], ["provider type", "Overall", "pdu", "99%"]),
        (["coverage", "--by", "none", "--item", "Planning"], ["rating", "Planning"]),
        (["coverage", "--by", "programme", "--by", "population"], ["core-2018-19", "NPS"]),
        (["coverage", "--measures"], ["vacancies", "region", "unified", "2023-09-30"]),
        (["reconcile"], ["agrees", "gap", "4 / 2 to 3", "ours 2 to 3"]),
        (["reconcile", "--total", "PDU reports published in 2022"], ["in ", "out", "rated Good"]),
    ],
)
def test_what_is_printed(capsys, arguments, words):
    status, out, err = run(capsys, *arguments)
    assert (status, err) == (0, "")
    assert max(map(len, out.splitlines())) <= 100
    for word in words:
        assert word in out


@pytest.mark.parametrize(
    ("arguments", "frame"),
    [
        (["describe", "measures"], lambda: ps.data.describe("measures")),
        (["coverage", "--by", "programme"], lambda: ps.data.coverage(by="programme")),
        (["coverage", "--measures"], ps.data.measures_coverage),
        (["reconcile"], ps.data.reconcile),
    ],
)
def test_csv(capsys, tmp_path, arguments, frame):
    file = tmp_path / "out.csv"
    status, out, _ = run(capsys, *arguments, "--csv", file)
    expected = frame()
    assert status == 0
    assert out == f"{file}: {len(expected)} rows, {expected.shape[1]} columns\n"
    read = pd.read_csv(file)
    assert list(read) == list(expected)
    assert len(read) == len(expected)
    assert run(capsys, *arguments, "--csv", file)[0] == 2
    assert run(capsys, *arguments, "--csv", file, "--force")[0] == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["describe", "colours"], "there is no table 'colours'; the tables are "),
        (["describe", "sources.colour"], "table sources has no column 'colour'"),
        (["coverage", "--by", "region"], "by='region' is not known; choose from provider_type"),
        (["coverage", "--item", "colour"], "there is no item 'colour'; choose from "),
        (["reconcile", "--total", "all"], "there is no total 'all'; the totals are first round"),
        (["describe", "--folder", "nowhere"], "nowhere/datapackage.json is missing"),
    ],
)
def test_bad_input(capsys, arguments, message):
    status, out, err = run(capsys, *arguments)
    assert (status, out) == (2, "")
    assert err.startswith(f"probstats: {message}")
    assert err.count("\n") == 1


def test_aligned():
    frame = pd.DataFrame(
        {"a_name": ["x", None], "n": [1, 20], "day": pd.to_datetime(["2020-01-02", None])}
    )
    assert aligned(frame).splitlines() == [
        "a name   n  day",
        "x        1  2020-01-02",
        "        20",
    ]


@given(st.lists(st.text(), min_size=1, max_size=5))
def test_text_is_wrapped_and_never_too_wide(texts):
    frame = pd.DataFrame({"text": texts, "n": np.arange(len(texts)), "more": texts})
    assert max(map(len, aligned(frame, 40).split("\n"))) <= 40
