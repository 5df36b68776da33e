"""Long tables are coded while they are worked on, and nobody can tell afterwards."""

import numpy as np
import pandas as pd
import pytest

import probstats as ps
from probstats.data.resolution import coding
from probstats.data.resolution.measures import order_claims, resolve_measures
from probstats.data.resolution.ratings import resolve_ratings


@pytest.fixture
def both(monkeypatch):
    """Return what a call gives, and what it gives where every table counts as long."""

    def both(call):
        short = call()
        with monkeypatch.context() as patch:
            patch.setattr(coding, "LONG", 0)
            return short, call()

    return both


def test_text_becomes_categories_and_comes_back():
    frame = pd.DataFrame(
        {"text": pd.array(["b", None, "a"], dtype="str"), "number": [1.0, 2.0, 3.0]}
    )
    assert coding.encode(frame) is frame
    coded = frame.assign(text=frame["text"].astype("category"))
    pd.testing.assert_frame_equal(coding.decode(coded, frame), frame)
    assert coding.text_columns(frame) == ["text"]


@pytest.mark.parametrize("n_values", [1, 3, 32_767, 32_768, 70_000])
def test_narrow_ranks_keep_their_order(n_values):
    values = np.append(np.arange(n_values - 1) * 10**12, np.iinfo(np.int64).max)
    ranks = np.random.default_rng(n_values).permutation(np.repeat(values, 2))
    found = coding.narrow(ranks)
    assert np.array_equal(np.argsort(found, kind="stable"), np.argsort(ranks, kind="stable"))
    assert found.dtype == (np.int16 if n_values < 2**15 else np.int64)


@pytest.mark.parametrize("what", ["measures", "ratings"])
@pytest.mark.parametrize("function", [ps.data.resolve, ps.data.claims])
def test_the_record(both, what, function):
    short, long = both(lambda: function(what))
    pd.testing.assert_frame_equal(short, long)


def test_simulated_figures(both, figures, shipped):
    claims = figures(
        {"note": None}, {"note": "a", "value": 14.0}, {"cell": None, "printed_unit": None},
        {"cell": None, "printed_unit": "officers", "value": 14.0},
    ).astype({"note": "str", "printed_unit": "str", "cell": "str"})  # fmt: skip
    pd.testing.assert_frame_equal(*both(lambda: resolve_measures(claims, ["cell"], shipped)))
    one, other = both(lambda: order_claims(claims, ["cell"], shipped))
    assert one.others().tolist() == other.others().tolist()
    assert one.claims["verdict"].tolist() == other.claims["verdict"].tolist()
    nothing = claims.iloc[:0]
    pd.testing.assert_frame_equal(*both(lambda: resolve_measures(nothing, ["cell"], shipped)))


def test_simulated_ratings(both, rated, shipped):
    claims = rated(
        {"low": "Good", "high": "Good"},
        {"low": "Inadequate", "high": "Inadequate"},
        {"low": "Good", "high": "Outstanding", "inspection": "two"},
    )
    pd.testing.assert_frame_equal(*both(lambda: resolve_ratings(claims, shipped)))


def test_what_is_built_on_it(both):
    for call in (ps.data.conflicts, lambda: ps.data.deduce("cut points")):
        pd.testing.assert_frame_equal(*both(call))


def test_the_merge(both, wide):
    short, long = both(lambda: ps.data.merge(wide, tolerance="365D"))
    pd.testing.assert_frame_equal(short.frame, long.frame)
    pd.testing.assert_frame_equal(short.report, long.report)
    pd.testing.assert_series_equal(short.rows, long.rows)
