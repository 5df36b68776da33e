"""Interval-known cells: every value inside, and right where bounds depend on the value."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import probstats as ps
from probstats.errors import DataError, MissingWarning, ModelError

LEVELS = ["poor", "fair", "good", "best"]


def numbers(n=80, seed=1):
    """Return simulated rows whose missing figures are known within ten, or from below."""
    rng = np.random.default_rng(seed)
    data = pd.DataFrame({"z": rng.normal(size=n)})
    data["hours"] = (50 + 10 * data["z"] + 5 * rng.normal(size=n)).round()
    data["truth"] = data["hours"]
    gaps = rng.random(n) < 0.4
    data["low"] = np.where(gaps, np.floor(data["hours"] / 10) * 10, np.nan)
    data["high"] = np.where(gaps & (data["hours"] < 60), data["low"] + 10, np.nan)
    return data.assign(hours=data["hours"].where(~gaps))


def within(data, **options):
    return ps.impute(
        data, columns=["z", "hours"], bounds={"hours": ("low", "high")}, rng=3, **options
    )


class TestNumbers:
    def test_every_value_is_inside(self):
        data = numbers()
        found = within(data, m=5)
        gaps = data["hours"].isna()
        for frame in found:
            values = frame.loc[gaps, "hours"]
            assert (values >= data.loc[gaps, "low"]).all()
            assert (values <= data.loc[gaps, "high"].fillna(np.inf)).all()
            assert frame["low"].equals(data["low"])
        assert found.summary().loc["hours", "bounded"] == gaps.sum()
        assert found.iterations == 10

    def test_bounds_as_columns_series_scalars_and_arrays_are_one(self):
        data = numbers().assign(low=20.0)
        forms = ["low", data["low"], 20.0, data["low"].to_numpy()]
        found = [
            ps.impute(data[["z", "hours", "low"]], m=2, bounds={"hours": (form, None)}, rng=1,
                      columns=["z", "hours"])[0]["hours"]
            for form in forms
        ]  # fmt: skip
        for other in found[1:]:
            pd.testing.assert_series_equal(other, found[0], check_exact=True)

    def test_columns_of_bounds_predict_nothing(self):
        data = numbers().drop(columns="truth")
        found = ps.impute(data, m=2, bounds={"hours": ("low", "high")}, rng=1)
        assert list(found.missing) == ["z", "hours"]
        assert found[0]["high"].isna().any()

    def test_no_donor_inside_gives_a_draw_from_the_cut_normal(self):
        data = numbers()
        gaps = data["hours"].isna()
        data["low"], data["high"] = np.where(gaps, 200.0, np.nan), np.nan
        values = within(data, m=3)[0].loc[gaps, "hours"]
        assert (values >= 200).all()
        assert (values == values.round()).all()  # as all observed ones are

    def test_whole_number_columns(self):
        data = numbers().astype({"hours": "Int64"})
        gaps = data["hours"].isna()
        data["low"], data["high"] = np.where(gaps, 200.2, np.nan), np.where(gaps, 202.7, np.nan)
        frame = within(data, m=2)[0]
        assert frame["hours"].dtype == "Int64"
        assert frame.loc[gaps, "hours"].isin([201, 202]).all()

    def test_bounds_that_leave_one_value_settle_it(self):
        data = numbers()
        gaps = data["hours"].isna()
        data["low"] = data["high"] = data["truth"].where(gaps)
        found = within(data, m=2)
        assert all(frame["hours"].equals(data["truth"]) for frame in found)
        assert found.summary().loc["hours", "settled"] == gaps.sum()

    def test_figures_known_only_from_above_a_line(self):
        """Every value above a line is known to be above it, and nothing more: Tobit's case."""
        rng = np.random.default_rng(4)
        z = rng.normal(size=600)
        truth = z + rng.normal(size=600)
        hidden = truth > 0.8
        data = pd.DataFrame({"z": z, "x": np.where(hidden, np.nan, truth)})
        found = ps.impute(data, m=5, bounds={"x": (np.where(hidden, 0.8, -np.inf), None)}, rng=1,
                          iterations=30)  # fmt: skip
        slopes = [np.polyfit(z, frame["x"], 1)[0] for frame in found]
        means = [frame["x"].mean() for frame in found]
        assert np.mean(means) == pytest.approx(truth.mean(), abs=0.06)
        assert np.mean(slopes) == pytest.approx(np.polyfit(z, truth, 1)[0], abs=0.08)
        cut = np.polyfit(z[~hidden], truth[~hidden], 1)[0]
        assert cut < 0.8  # what the values alone would say


class TestLevels:
    def levels(self, n=80, seed=2):
        rng = np.random.default_rng(seed)
        x = rng.normal(size=n)
        codes = np.digitize(x + rng.logistic(size=n), [-1, 0.5, 2])
        gaps = rng.random(n) < 0.4
        coarse = np.array([[0, 1], [0, 1], [2, 3], [1, 3]])[codes]
        kind = pd.CategoricalDtype(LEVELS, ordered=True)

        def as_levels(values, known):
            return pd.Categorical.from_codes(np.where(known, values, -1), dtype=kind)

        data = pd.DataFrame({
            "x": x, "rating": as_levels(codes, ~gaps), "lowest": as_levels(coarse[:, 0], gaps),
            "highest": as_levels(coarse[:, 1], gaps),
        })  # fmt: skip
        return data, codes, gaps, coarse

    def test_every_level_is_inside(self):
        data, _, gaps, coarse = self.levels()
        found = ps.impute(data, m=5, bounds={"rating": ("lowest", "highest")}, rng=1)
        for frame in found:
            drawn = frame["rating"].cat.codes.to_numpy()[gaps]
            assert (drawn >= coarse[gaps, 0]).all()
            assert (drawn <= coarse[gaps, 1]).all()
        assert found.summary().loc["rating", "bounded"] == gaps.sum()

    def test_a_level_as_the_bound_of_all(self):
        data, *_ = self.levels()
        some = data[["x", "rating"]]
        some = some[some["rating"].isin(["fair", "good", "best"]) | (some.index < 20)]
        some = some[some["rating"] != "poor"]
        frame = ps.impute(some, m=2, bounds={"rating": ("fair", None)}, rng=1)[0]
        assert (frame["rating"] >= "fair").all()

    def test_ranges_count_in_the_model(self):
        """Low levels are always known as a range: without it they would seem not to occur."""
        rng = np.random.default_rng(6)
        x = rng.normal(size=3000)
        codes = np.digitize(x + rng.logistic(size=3000), [-1, 0.5, 2])
        gaps = (codes < 2) & (rng.random(3000) < 0.9)
        kind = pd.CategoricalDtype(LEVELS, ordered=True)
        data = pd.DataFrame({
            "x": x,
            "rating": pd.Categorical.from_codes(np.where(gaps, -1, codes), dtype=kind),
            "top": pd.Categorical.from_codes(np.where(gaps, 1, -1), dtype=kind),
        })  # fmt: skip
        with pytest.warns(MissingWarning, match="more than half"):
            frame = ps.impute(data, m=2, bounds={"rating": (None, "top")}, rng=1)[0]
        found = ps.CumulativeLinkModel.from_formula("rating ~ x", frame).fit().params
        assert found["x"] == pytest.approx(1.0, abs=0.15)
        shares = np.bincount(frame["rating"].cat.codes[gaps], minlength=4) / gaps.sum()
        truth = np.bincount(codes[gaps], minlength=4) / gaps.sum()
        np.testing.assert_allclose(shares, truth, atol=0.06)

    def test_separated_ranges_are_penalised(self):
        x = np.linspace(-2, 2, 60)
        codes = np.digitize(x, [-1, 0, 1])
        gaps = np.arange(60) % 3 == 0
        data = pd.DataFrame({
            "x": x,
            "rating": pd.Categorical.from_codes(np.where(gaps, -1, codes), LEVELS, ordered=True),
        })  # fmt: skip
        top = np.array(LEVELS)[np.minimum(codes + 1, 3)]
        frame = ps.impute(data, m=2, bounds={"rating": (None, top)}, rng=1)[0]
        assert (frame["rating"].cat.codes <= codes + 1).all()


class TestRefusals:
    def test_low_above_high(self):
        data = numbers()
        row = data.index[data["hours"].isna()][2]
        data.loc[row, ["low", "high"]] = 60.0, 50.0
        with pytest.raises(
            DataError, match=f"'hours', row {row}: its lower bound 60 is above its upper bound 50"
        ):
            within(data, m=2)

    def test_observed_outside(self):
        data = numbers()
        row = data.index[data["hours"].notna()][1]
        data.loc[row, ["low", "high"]] = 990.0, 999.0
        with pytest.raises(DataError, match=f"row {row}: the observed .* outside .* 990 to 999"):
            within(data, m=2)

    def test_levels_outside(self):
        data, *_ = TestLevels().levels()
        with pytest.raises(DataError, match="the observed poor lies outside of its bounds fair to"):
            ps.impute(data[["x", "rating"]], m=2, bounds={"rating": ("fair", None)})

    def test_no_whole_number_between(self):
        data = numbers().astype({"hours": "Int64"})
        gaps = data["hours"].isna()
        data["low"], data["high"] = np.where(gaps, 20.2, np.nan), np.where(gaps, 20.7, np.nan)
        with pytest.raises(
            DataError, match=r"no whole number lies between its bounds, and .* more"
        ):
            within(data, m=2)

    @pytest.mark.parametrize(
        ("bounds", "message"),
        [
            (("low", "high"), "bounds must be a dict"),
            ({"hours": "low"}, r"bounds\['hours'\] must be a pair \(low, high\)"),
            ({"hous": ("low", "high")}, "bounds has 'hous', which is no column that is imputed"),
            ({"hours": ("lowest", None)}, "'lowest' is no number and no column"),
            ({"hours": ([1.0, 2.0], None)}, "has 2 values for 80 rows"),
            ({"hours": (pd.Series([1.0] * 80, range(1, 81)), None)}, "index of a bound"),
            ({"group": ("a", None)}, "unordered category; make it ordered"),
            ({"rating": ("awful", None)}, "'awful' is no level and no column; the levels are poor"),
        ],
    )
    def test_unreadable(self, bounds, message):
        rng = np.random.default_rng(1)
        data = numbers().assign(
            group=pd.Categorical(rng.choice(list("abc"), 80)),
            rating=pd.Categorical(rng.choice(LEVELS, 80), LEVELS, ordered=True),
        )
        with pytest.raises(ModelError, match=message):
            ps.impute(data.drop(columns="truth"), m=2, bounds=bounds)

    def test_a_level_that_is_a_column(self):
        data, *_ = TestLevels().levels()
        with pytest.raises(ModelError, match="'fair' is a column and a level; rename the column"):
            ps.impute(data.assign(fair=1.0), m=2, bounds={"rating": (None, "fair")})
