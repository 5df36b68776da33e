"""Counts and shares of ratings, with Wilson intervals."""

import math
from statistics import NormalDist

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.proportion import proportion_confint

import probstats as ps
from probstats.errors import DataError
from probstats.tables import at_least_shares, rating_shares

RATINGS = list(ps.data.RATINGS)


def simulated(*rows, **more):
    """Return simulated ratings: (group, rating) in each row."""
    frame = pd.DataFrame(rows, columns=["group", "rating"])
    frame["rating"] = pd.Categorical(frame["rating"], RATINGS, ordered=True)
    return frame.assign(**more)


@pytest.fixture
def ratings():
    rows = [("a", "Good")] * 3 + [("a", "Inadequate")] + [("b", "Good")] * 2 + [("a", None)] * 2
    return simulated(*rows)


def wilson(n, total, level=0.95):
    """Return Wilson's interval from its closed form (1927)."""
    z = NormalDist().inv_cdf(0.5 + level / 2)
    share = n / total
    centre = (share + z * z / (2 * total)) / (1 + z * z / total)
    half = z / (1 + z * z / total) * math.sqrt(share * (1 - share) / total + (z / total / 2) ** 2)
    return centre - half, centre + half


class TestRatingShares:
    def test_counts_totals_and_shares(self, ratings):
        table = rating_shares(ratings, "group")
        assert table.columns.tolist() == [
            "group", "rating", "n", "total", "unrated", "share", "low", "high",
        ]  # fmt: skip
        assert table["group"].tolist() == ["a"] * 4 + ["b"] * 4
        assert table["rating"].tolist() == RATINGS * 2
        assert table["n"].tolist() == [1, 0, 3, 0, 0, 0, 2, 0]
        assert table["total"].tolist() == [4] * 4 + [2] * 4
        assert table["unrated"].tolist() == [2] * 4 + [0] * 4
        assert table["share"].tolist() == [0.25, 0, 0.75, 0, 0, 0, 1, 0]
        assert table["rating"].cat.ordered

    def test_the_data_are_not_changed(self, ratings):
        before = ratings.copy(deep=True)
        rating_shares(ratings, "group")
        at_least_shares(ratings, "group", "Good")
        pd.testing.assert_frame_equal(ratings, before)

    def test_shares_of_a_group_sum_to_one(self):
        wide = ps.load_panel("wide")
        table = rating_shares(wide, ["provider_type", "programme"], "rating_overall")
        sums = table.groupby(["provider_type", "programme"])[["share", "n"]].sum()
        np.testing.assert_allclose(sums["share"], 1.0, rtol=1e-14)
        assert sums["n"].sum() == 123
        assert (table.groupby(["provider_type", "programme"])["total"].first() == sums["n"]).all()

    def test_a_missing_group_is_a_group_of_its_own(self):
        table = rating_shares(simulated(("a", "Good"), (None, "Good"), (None, None)), "group")
        missing = table[table["group"].isna()]
        assert missing["n"].tolist() == [0, 0, 1, 0]
        assert missing["unrated"].tolist() == [1] * 4
        assert table["group"].isna().tolist() == [False] * 4 + [True] * 4

    def test_none_and_nan_are_one_missing_group(self):
        data = simulated((None, "Good"), (np.nan, "Good"), ("a", "Good"))
        data["group"] = pd.Series([None, np.nan, "a"], dtype=object)
        assert rating_shares(data, "group")["total"].tolist() == [1] * 4 + [2] * 4
        assert at_least_shares(data, "group", "Good")["total"].tolist() == [1, 2]

    def test_a_missing_whole_number_is_a_group_of_its_own(self):
        years = pd.array([2021, None, None], dtype="Int64")
        data = simulated(("a", "Good"), ("a", "Good"), ("a", "Inadequate"), year=years)
        table = rating_shares(data, ["group", "year"])
        assert table["total"].tolist() == [1] * 4 + [2] * 4

    def test_levels_that_never_occur_are_there_with_a_count_of_zero(self, ratings):
        table = rating_shares(ratings, "group")
        never = table[table["rating"] == "Outstanding"]
        assert never["n"].tolist() == [0, 0]
        assert (never["high"] > 0).all()

    def test_groups_in_which_nothing_is_rated_are_left_out(self):
        table = rating_shares(simulated(("a", "Good"), ("b", None)), "group")
        assert set(table["group"]) == {"a"}

    def test_combinations_of_categorical_groups_that_no_row_has_are_left_out(self):
        data = simulated(("a", "Good"), ("b", "Good"), other=["x", "y"])
        for name in ("group", "other"):
            data[name] = pd.Categorical(data[name], ["y", "x", "b", "a"])
        table = rating_shares(data, ["group", "other"])
        found = table[["group", "other"]].drop_duplicates().to_numpy().tolist()
        assert found == [["b", "y"], ["a", "x"]]

    def test_groups_come_in_order(self):
        rows = [("c", "Good"), ("a", "Good"), ("b", "Good")]
        assert rating_shares(simulated(*rows), "group")["group"].unique().tolist() == list("abc")

    def test_the_index_of_the_data_does_not_matter(self, ratings):
        moved = ratings.set_axis(["same"] * len(ratings))
        pd.testing.assert_frame_equal(
            rating_shares(moved, "group"), rating_shares(ratings, "group")
        )

    @pytest.mark.parametrize("keep", [0, 2])
    def test_nothing_rated_gives_an_empty_table(self, keep):
        table = rating_shares(simulated(("a", None), ("b", None))[:keep], "group")
        assert len(table) == 0
        assert "share" in table


class TestIntervals:
    @pytest.mark.parametrize("level", [0.5, 0.9, 0.95, 0.99])
    def test_wilson_by_statsmodels_and_by_the_closed_form(self, level):
        counts = {"Inadequate": 1, "Requires improvement": 25, "Good": 3}
        rows = [("crc", rating) for rating, n in counts.items() for _ in range(n)]
        table = rating_shares(simulated(*rows), "group", level=level).set_index("rating")
        for rating, n in counts.items():
            found = tuple(table.loc[rating, ["low", "high"]])
            assert found == pytest.approx(wilson(n, 29, level), rel=1e-12)
            expected = proportion_confint(n, 29, alpha=1 - level, method="wilson")
            assert found == pytest.approx(expected, rel=1e-12)

    @pytest.mark.parametrize("total", [1, 2, 3, 7, 29, 78, 116, 1000])
    def test_the_ends_are_exactly_0_and_1(self, total):
        table = rating_shares(simulated(*[("a", "Good")] * total), "group").set_index("rating")
        assert table.loc["Outstanding", "low"] == 0.0
        assert table.loc["Good", "high"] == 1.0
        z2 = NormalDist().inv_cdf(0.975) ** 2
        assert table.loc["Outstanding", "high"] == pytest.approx(z2 / (total + z2), rel=1e-12)
        assert table.loc["Good", "low"] == pytest.approx(total / (total + z2), rel=1e-12)

    def test_every_count_of_a_small_group(self):
        for total in range(1, 13):
            for n in range(total + 1):
                rows = [("a", "Good")] * n + [("a", "Inadequate")] * (total - n)
                cell = rating_shares(simulated(*rows), "group").set_index("rating").loc["Good"]
                assert 0 <= cell["low"] <= cell["share"] <= cell["high"] <= 1
                low, high = wilson(n, total)
                assert cell["low"] == pytest.approx(low, abs=1e-12)
                assert cell["high"] == pytest.approx(high, abs=1e-12)

    def test_a_wilson_interval_of_the_literature(self):
        """Newcombe (1998), Statistics in Medicine 17, table I: 81 of 263."""
        rows = [("a", "Good")] * 81 + [("a", "Inadequate")] * 182
        cell = at_least_shares(simulated(*rows), "group", "Good").iloc[0]
        assert round(cell["low"], 4) == 0.2553
        assert round(cell["high"], 4) == 0.3662

    @pytest.mark.parametrize("level", [95, 0, 1, -0.5, float("nan")])
    def test_a_level_that_is_no_level(self, ratings, level):
        for make in (rating_shares, lambda *a, **k: at_least_shares(*a, "Good", **k)):
            with pytest.raises(DataError, match="is not between 0 and 1") as error:
                make(ratings, "group", level=level)
            assert str(error.value).startswith(f"level={level!r} ")


class TestAtLeastShares:
    @pytest.mark.parametrize(
        ("lowest", "n"), [("Inadequate", [4, 2]), ("Good", [3, 2]), ("Outstanding", [0, 0])]
    )
    def test_counts(self, ratings, lowest, n):
        table = at_least_shares(ratings, "group", lowest)
        assert table.columns.tolist() == ["group", "n", "total", "share", "low", "high"]
        assert table["group"].tolist() == ["a", "b"]
        assert table["n"].tolist() == n
        assert table["total"].tolist() == [4, 2]
        assert table["share"].tolist() == [n[0] / 4, n[1] / 2]

    def test_it_is_the_sum_of_the_shares_of_those_levels(self):
        wide = ps.load_panel("wide")
        by = ["provider_type", "programme"]
        shares = rating_shares(wide, by, "rating_overall")
        for place, lowest in enumerate(RATINGS):
            above = shares[shares["rating"].isin(RATINGS[place:])]
            expected = above.groupby(by)["n"].sum()
            found = at_least_shares(wide, by, lowest, "rating_overall").set_index(by)["n"]
            pd.testing.assert_series_equal(found, expected, check_dtype=False)

    def test_a_missing_group_is_a_group_of_its_own(self):
        table = at_least_shares(simulated((None, "Good"), ("a", "Good")), "group", "Good")
        assert table["group"].isna().tolist() == [False, True]
        assert table["total"].tolist() == [1, 1]

    def test_of_categorical_groups_only_those_that_occur(self):
        data = simulated(("a", "Good"))
        data["group"] = pd.Categorical(data["group"], ["z", "a"])
        assert at_least_shares(data, "group", "Good")["group"].tolist() == ["a"]

    def test_a_rating_that_is_none(self, ratings):
        with pytest.raises(DataError) as error:
            at_least_shares(ratings, "group", "Fine")
        assert str(error.value) == (
            f"lowest='Fine' is no rating; the ratings are {', '.join(RATINGS)}"
        )


BOTH = pytest.mark.parametrize(
    "make",
    [rating_shares, lambda data, by, **k: at_least_shares(data, by, "Good", **k)],
    ids=["rating_shares", "at_least_shares"],
)


@BOTH
class TestBadInput:
    @pytest.mark.parametrize("by", ["region", ["group", "region"]])
    def test_an_unknown_group(self, make, ratings, by):
        with pytest.raises(DataError) as error:
            make(ratings, by)
        assert str(error.value) == "the data have no column 'region'"

    def test_no_group_at_all(self, make, ratings):
        with pytest.raises(DataError) as error:
            make(ratings, [])
        assert str(error.value) == "by is empty; name at least one column of groups"

    @pytest.mark.parametrize("name", ["n", "total", "share", "rating"])
    def test_a_group_with_the_name_of_a_result(self, make, ratings, name):
        with pytest.raises(DataError) as error:
            make(ratings.assign(**{name: ratings["rating"]}), name)
        expected = f"column {name!r} would be overwritten by the result; rename it"
        assert str(error.value) == expected

    def test_an_unknown_rating(self, make, ratings):
        with pytest.raises(DataError) as error:
            make(ratings, "group", rating="grade")
        assert str(error.value) == "the data have no column 'grade'"

    @pytest.mark.parametrize("kind", ["str", "object", "unordered"])
    def test_ratings_without_an_order(self, make, ratings, kind):
        if kind == "unordered":
            ratings["rating"] = ratings["rating"].cat.as_unordered()
        else:
            ratings["rating"] = ratings["rating"].astype(kind)
        with pytest.raises(DataError, match="must be an ordered categorical") as error:
            make(ratings, "group")
        assert str(error.value).startswith("column 'rating' has type ")


def test_one_group_of_all_that_is_missing():
    ratings = pd.Categorical(["Good"] * 3, categories=["Bad", "Good"], ordered=True)
    simulated = pd.DataFrame({"g": pd.Series([None, np.nan, pd.NA], dtype=object), "r": ratings})
    assert rating_shares(simulated, "g", rating="r")["n"].tolist() == [0, 3]
