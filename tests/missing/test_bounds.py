"""Worst-case bounds by hand, what their sentences say, and what they refuse."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import probstats as ps
from probstats.missing.ends import Difference, Share

WORDS = ["poor", "fair", "good"]


def rated(values):
    return pd.Categorical(values, categories=WORDS, ordered=True)


@pytest.fixture
def data():
    return pd.DataFrame({
        "rating": rated(["poor", "fair", "good", "good", None,
                         "fair", "poor", None, "good", "fair"]),
        "low": [5.0, 8, 22, 30, 12, np.nan, 25, 15, np.nan, 9],
        "high": [5.0, 8, 22, 40, 25, 15, 25, 15, np.nan, 9],
    })  # fmt: skip


def ends(found):
    return found.table[["low", "high"]].to_numpy()


def test_shares_by_hand(data):
    # Of ten rows three are good, three fair, two poor and two unknown.
    np.testing.assert_allclose(
        ends(ps.bounds(data, "rating")), [[0.2, 0.4], [0.3, 0.5], [0.3, 0.5]]
    )
    found = ps.bounds(data, "rating", at_least=["fair", "good"])
    np.testing.assert_allclose(ends(found), [[0.6, 0.8], [0.3, 0.5]])
    assert found.table["known"].tolist() == [0.8, 0.8]


def test_shares_above_a_cut_by_hand(data):
    # At or above 20 are rows 2, 3 (good) and 6 (poor), perhaps 4 (unknown rating), 8 (good).
    # Below are rows 0, 1, 5, 7, 9: poor, fair, fair, unknown, fair. Row 5 is at most 15. Most good
    # ones below: rows 4, 7 and 8 of seven.
    found = ps.bounds(data, "rating", ("low", "high"), cut=20, at_least="good")
    np.testing.assert_allclose(ends(found), [[0 / 6, 3 / 7], [2 / 4, 4 / 5]])
    # Of the seven that may lie below 4, 7 and 8 are not known; of the five above 4 and 8.
    assert found.table["known"].tolist() == [4 / 7, 3 / 5]


def test_a_difference_by_hand(data):
    found = ps.bounds(data, "rating", ("low", "high"), cut=20, at_least="good",
                      measure="difference")  # fmt: skip
    # Low: row 4 above without being good, row 8 (good) below, row 7 good: 2/4 - 2/6. Or row 4
    # below as good: 2/3 - 3/7, which is more. High: rows 4 and 8 above and good: 4/5 - 0/5.
    np.testing.assert_allclose(ends(found), [[2 / 4 - 2 / 6, 4 / 5]])
    assert found.table.loc[0, "known"] == 0.7


def test_limits_move_rows_to_one_side(data):
    free = ps.bounds(data, "rating", ("low", "high"), cut=35, at_least="good")
    held = ps.bounds(data, "rating", ("low", "high"), cut=35, at_least="good", limits=(0, 40))
    np.testing.assert_allclose(ends(free), ends(held))
    with pytest.raises(ps.ModelError, match="no row can have low to high >= 45"):
        ps.bounds(data, "rating", ("low", "high"), cut=45, limits=(0, 40))


def test_nothing_missing_gives_the_estimate():
    rng = np.random.default_rng(2)
    data = pd.DataFrame({"y": rng.integers(1, 5, 60), "x": rng.normal(size=60)})
    high = data["x"] >= 0
    for j, row in zip((2, 3, 4), ps.bounds(data, "y", "x", cut=0, measure="difference").table.
                      itertuples(), strict=True):  # fmt: skip
        above = data["y"] >= j
        value = above[high].mean() - above[~high].mean()
        np.testing.assert_allclose([row.low, row.high], value, rtol=0, atol=1e-15)
        expected = Difference(Share(above[~high].sum(), (~high).sum()),
                              Share(above[high].sum(), high.sum()))  # fmt: skip
        np.testing.assert_allclose([row.ci_low, row.ci_high],
                                   expected.limits(stats.norm.ppf(0.975)), rtol=1e-12)  # fmt: skip
        assert row.known == 1.0
    found = ps.bounds(data, "y", "x", cut=0, measure="superiority")
    u = stats.mannwhitneyu(data["y"][high], data["y"][~high]).statistic
    np.testing.assert_allclose(ends(found)[0], u / (high.sum() * (~high).sum()), rtol=1e-14)
    np.testing.assert_allclose(ends(found)[1], 2 * ends(found)[0] - 1, rtol=0, atol=1e-15)
    assert "nothing is missing" in found.summary()


def test_an_interval_outcome_is_between_all_known_and_all_unknown(data):
    low, high = data["rating"].fillna("poor"), data["rating"].fillna("good")
    pair = data.assign(least=low, most=high)
    free = ps.bounds(data, "rating", at_least="good")
    same = ps.bounds(pair, ("least", "most"), at_least="good")
    pd.testing.assert_frame_equal(free.table.drop(columns="quantity"),
                                  same.table.drop(columns="quantity"))  # fmt: skip
    closer = ps.bounds(pair.assign(most=low), ("least", "most"), at_least="good")
    assert ends(closer).tolist() == [[0.3, 0.3]]


def test_groups_of_categories_and_booleans():
    data = pd.DataFrame({
        "y": [1, 2, 2, 1, 2],
        "where": pd.Categorical(["a", "b", "c", None, "a"]),
        "yes": [True, False, True, False, False],
    })  # fmt: skip
    found = ps.bounds(data, "y", "where", at_least=2)
    np.testing.assert_allclose(ends(found), [[1 / 3, 1 / 2], [1 / 2, 1], [1 / 2, 1]])
    np.testing.assert_allclose(
        ends(ps.bounds(data, "y", "yes", at_least=2)), [[2 / 3] * 2, [0.5] * 2]
    )
    with pytest.raises(ps.ModelError, match="makes 3 groups; a comparison needs two"):
        ps.bounds(data, "y", "where", measure="difference")


def test_sentences_say_what_the_data_alone_do_not(data):
    said = ps.bounds(data, "rating", ("low", "high"), cut=20, measure="difference").summary()
    assert said.splitlines()[3] == (
        "    this includes no difference, so the data alone do not say the direction."
    )
    assert said.endswith(
        "    above 0, which is no difference, in every completion of the data,\n"
        "    but the interval includes no difference."
    )
    many = pd.DataFrame({"y": [1] * 60 + [2] * 60, "x": [0.0] * 60 + [1.0] * 58 + [None] * 2})
    said = ps.bounds(many, "y", "x", cut=1, measure="difference").summary()
    assert said.endswith("above 0, which is no difference, in every completion of the data.")
    same = pd.DataFrame({"y": [1, 2, 1, 2], "x": [0, 0, 1, 1]})
    said = ps.bounds(same, "y", "x", cut=1, measure="difference").summary()
    assert said.endswith("nothing is missing:\n    no difference.")


def test_a_column_nobody_has_is_fine_where_its_range_is_given():
    data = pd.DataFrame({"y": rated(["poor", "good"] * 5), "x": [np.nan] * 10})
    with pytest.raises(ps.ModelError, match="'x' has no observed value; say what is possible"):
        ps.bounds(data, "y", "x", cut=5, measure="difference")
    found = ps.bounds(data, "y", "x", cut=5, limits=(0, 10), measure="difference")
    assert ends(found).tolist() == [[-1.0, 1.0], [-1.0, 1.0]]
    assert "no row has 'x'" in found.notes[0]
    nobody = ps.bounds(data.assign(y=rated([None] * 10)), "y")
    assert ends(nobody).tolist() == [[0.0, 1.0]] * 3
    assert "no row has 'y'" in nobody.notes[0]
    assert "no row has 'y'" in repr(nobody)


def test_it_prints_and_lists_what_matters(data):
    found = ps.bounds(data, "rating", at_least="good")
    assert repr(found).splitlines()[0] == (
        "Bounds of the share whatever the missing values are, 10 rows"
    )
    assert not [name for name in dir(found) if name.startswith("_")]
    copy = found.summary_frame()
    copy.iloc[0, 1] = 9.0
    assert found.table.iloc[0, 1] == 0.3
    assert found.completion(end="high")["rating"].value_counts()["good"] == 5
    with pytest.raises(ps.ModelError, match="quantity='share' is not bounded here"):
        found.completion("share")
    with pytest.raises(ps.ModelError, match="end='upper' is not known"):
        found.completion(end="upper")


@pytest.mark.parametrize(
    ("change", "options", "message"),
    [
        ({}, {"measure": "gap"}, "measure='gap' is not known"),
        ({}, {"level": 95}, "level=95 must lie between 0 and 1"),
        ({}, {"cut": None}, "holds numbers; cut= makes two groups"),
        ({}, {"level": "a"}, "level='a' must lie between 0 and 1"),
        ({}, {"cut": np.inf}, "cut=inf is no cut point"),
        ({}, {"cut": "a"}, "cut='a' is no cut point"),
        ({}, {"at_least": []}, "at_least= has no level"),
        ({}, {"at_least": {"good"}}, "is no level of outcome"),
        ({}, {"n_starts": 1.5}, "n_starts=1.5 must be a whole number, 0 or more"),
        ({}, {"exposure": None}, "cut=20 says something of an exposure"),
        ({}, {"exposure": None, "cut": None, "measure": "difference"}, "needs an exposure"),
        ({}, {"exposure": ("low",)}, "neither a column nor a pair"),
        ({}, {"exposure": "hihg"}, "no column 'hihg'; did you mean high"),
        ({}, {"exposure": "rating"}, "has categories; cut=20 is for numbers"),
        ({}, {"at_least": "best"}, "at_least='best' is no level"),
        ({}, {"at_least": "poor"}, "the lowest level, which every row reaches"),
        ({}, {"measure": "superiority", "at_least": "good"}, "has no use for at_least='good'"),
        ({}, {"limits": (40, 0)}, "leaves nothing possible"),
        ({}, {"limits": 40}, "is no pair"),
        ({}, {"limits": (10, 40)}, "'low': 5 in row 0, and 2 more lies outside of limits"),
        ({"low": np.inf}, {}, "'low' is infinite in row 0"),
        ({"low": "much"}, {}, "give numbers"),
        ({"low": 24.0}, {}, "24 in row 0, and 5 more is above the upper end in 'high'"),
        ({"rating": [1.0, 2] * 4 + [np.nan, 1]}, {}, "does not say which levels there are"),
        ({"rating": 1}, {}, "has one level only"),
        ({"rating": "good"}, {}, "type str and no order"),
    ],
)  # fmt: skip
def test_bad_input_is_one_clear_sentence(data, change, options, message):
    asked = {"exposure": ("low", "high"), "cut": 20} | options
    with pytest.raises(ps.ProbstatsError, match=message):
        ps.bounds(data.assign(**change), "rating", **asked)


def test_levels_in_an_array_are_levels_in_a_list(data):
    given = {"exposure": ("low", "high"), "cut": 20}
    one, other = (ps.bounds(data, "rating", at_least=levels, **given).table
                  for levels in (["good"], np.array(["good"])))  # fmt: skip
    pd.testing.assert_frame_equal(one, other)


def test_rows_and_columns_that_are_not_there(data):
    with pytest.raises(ps.ModelError, match="the data have no rows"):
        ps.bounds(data.iloc[:0], "rating")
    with pytest.raises(ps.ModelError, match="outcome: the data have no column 'raiting'; did you"):
        ps.bounds(data, "raiting")
    with pytest.raises(ps.ModelError, match=r"must be a pandas\.DataFrame"):
        ps.bounds(data.to_numpy(), "rating")
    twice = pd.concat([data, data[["low"]]], axis=1)
    with pytest.raises(ps.ModelError, match="more than one column 'low'"):
        ps.bounds(twice, "rating", "low", cut=20)
    backwards = data.assign(most=rated(["poor"] * 10), least=rated(["good"] * 10))
    with pytest.raises(ps.ModelError, match="goes from good down to poor"):
        ps.bounds(backwards, ("least", "most"))
    with pytest.raises(ps.ModelError, match="too few rows to have both groups"):
        ps.bounds(data.iloc[8:9], "rating", ("low", "high"), cut=20, limits=(0, 40),
                  measure="difference")  # fmt: skip
    with pytest.raises(TypeError, match="unexpected keyword argument 'weights'"):
        ps.bounds(data, "rating", weights="low")
