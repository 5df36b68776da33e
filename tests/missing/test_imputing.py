"""Imputation keeps what is known: cells, bounds, types, index, and the frame it was given."""

from __future__ import annotations

import warnings

import joblib
import numpy as np
import pandas as pd
import pytest
from scipy import stats

import probstats as ps
from probstats.errors import DataError, MissingWarning, ModelError, SeparationWarning
from probstats.missing.imputations import Imputations

LEVELS = ["poor", "fair", "good", "best"]


def simulated(n=90, seed=1, share=0.25):
    """Return simulated rows of every kind of column, with gaps."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=n)
    data = pd.DataFrame(
        {
            "x": x,
            "count": pd.array(rng.integers(0, 30, n), dtype="Int64"),
            "yes": pd.array(rng.random(n) < 0.5, dtype="boolean"),
            "group": pd.Categorical(rng.choice(list("abc"), n)),
            "rating": pd.Categorical.from_codes(
                np.digitize(x + rng.logistic(size=n), [-1, 0.5, 2]), LEVELS, ordered=True
            ),
        },
        index=[f"row {number}" for number in range(n)],
    )
    for name in data:
        data.loc[rng.random(n) < share, name] = None
    return data.assign(whole=rng.normal(size=n))


def same(first, other):
    for one, two in zip(first, other, strict=True):
        pd.testing.assert_frame_equal(one, two, check_exact=True)


@pytest.fixture(scope="module")
def data():
    return simulated()


@pytest.fixture(scope="module")
def imputations(data):
    return ps.impute(data, m=3, rng=5)


class TestWhatIsKept:
    def test_types_index_columns_and_observed_cells(self, data, imputations):
        assert len(imputations) == 3
        for frame in imputations:
            assert frame.index.equals(data.index)
            assert (frame.dtypes == data.dtypes).all()
            assert not frame.isna().any().any()
            for name in data:
                known = data[name].notna()
                pd.testing.assert_series_equal(frame.loc[known, name], data.loc[known, name])

    def test_the_frame_given_is_not_changed(self, data):
        before = data.copy(deep=True)
        frames = ps.impute(data, m=2, iterations=1, rng=1).frames
        frames[0].loc[:, "x"] = 0.0
        pd.testing.assert_frame_equal(data, before)

    def test_mask_and_trace(self, data, imputations):
        pd.testing.assert_frame_equal(imputations.missing, data.isna())
        trace = imputations.trace
        assert trace.index.names == ["column", "chain", "round"]
        assert len(trace) == 5 * 3 * 10
        last = trace.loc[("x", 1, 9), "mean"]
        gaps = data["x"].isna()
        assert last == pytest.approx(imputations[1].loc[gaps, "x"].mean(), rel=1e-12)
        codes = imputations[2].loc[data["rating"].isna(), "rating"].cat.codes
        assert trace.loc[("rating", 2, 9), "sd"] == pytest.approx(codes.std(ddof=0), rel=1e-12)

    def test_numbers_are_observed_numbers(self, data, imputations):
        for name in ("x", "count"):
            assert set(imputations[0][name]) == set(data[name].dropna())

    def test_summary(self, data, imputations):
        table = imputations.summary()
        assert list(table.index) == ["x", "count", "yes", "group", "rating"]
        assert (table["missing"] == data.isna().sum()[table.index]).all()
        assert list(table["method"]) == [
            "matching, 3 donors", "matching, 3 donors", "logit", "separate logits",
            "cumulative logit",
        ]  # fmt: skip
        assert str(imputations).startswith("3 imputations of 90 rows, 10 rounds\n")

    def test_rows_without_any_value_are_kept(self):
        data = simulated(60)[["x", "rating"]]
        data.iloc[[0, 7]] = None
        frame = ps.impute(data, m=2, iterations=2, rng=1)[0]
        assert frame.index.equals(data.index)
        assert not frame.isna().any().any()


class TestSeeds:
    def test_same_seed_same_values(self, data):
        some = data[["x", "rating"]]
        first, other = (
            ps.impute(some, m=3, iterations=2, rng=seed) for seed in (3, np.random.default_rng(3))
        )
        same(first, other)

    def test_two_threads_give_the_same_values(self, data):
        some = data[["x", "count"]]
        first = ps.impute(some, m=3, iterations=2, rng=3)
        with joblib.parallel_config(backend="threading", n_jobs=2):
            same(first, ps.impute(some, m=3, iterations=2, rng=3))

    @pytest.mark.slow
    def test_two_processes_give_the_same_values(self, data):
        first, other = (
            ps.impute(data, m=3, iterations=2, rng=3, n_jobs=number) for number in (1, 2)
        )
        same(first, other)

    def test_imputations_differ_and_other_seeds_too(self, data):
        first, other = (ps.impute(data[["x", "whole"]], m=2, rng=seed) for seed in (1, 2))
        assert not first[0].equals(first[1])
        assert not first[0].equals(other[0])

    def test_numpys_global_state_is_left_alone(self, data):
        before = np.random.get_state()[1].copy()  # noqa: NPY002
        ps.impute(data[["x", "whole"]], m=2, rng=1)
        assert (np.random.get_state()[1] == before).all()  # noqa: NPY002


class TestColumns:
    def test_others_are_passed_on(self, data):
        named = data.assign(name=[f"area {k}" for k in range(len(data))])
        frame = ps.impute(named, m=2, columns=["x", "whole"], rng=1)[0]
        assert frame["rating"].equals(named["rating"])
        assert frame["name"].equals(named["name"])

    def test_auxiliary_columns_predict_and_are_imputed(self):
        rng = np.random.default_rng(2)
        data = pd.DataFrame({"x": rng.normal(size=200)})
        data["near"], data["y"] = data["x"] + 0.1 * rng.normal(size=200), rng.normal(size=200)
        truth = data["x"].copy()
        data.loc[::3, "x"], data.loc[1::5, "near"] = np.nan, np.nan
        gaps = data["x"].isna() & data["near"].notna()
        alone = ps.impute(data, m=2, columns=["x", "y"], rng=1)[0]
        helped = ps.impute(data, m=2, columns=["x", "y"], auxiliary=["near"], rng=1)[0]
        assert np.corrcoef(alone.loc[gaps, "x"], truth[gaps])[0, 1] < 0.5
        assert np.corrcoef(helped.loc[gaps, "x"], truth[gaps])[0, 1] > 0.95
        assert helped["near"].notna().all()
        assert alone["near"].isna().any()
        barred = ps.impute(data, m=2, predictors={"x": ["y"]}, rng=1)[0]
        assert np.corrcoef(barred.loc[gaps, "x"], truth[gaps])[0, 1] < 0.5

    def test_donors_and_the_normal(self, data):
        some = data[["x", "whole"]]
        found = ps.impute(some.head(25), m=2, rng=1)
        assert found.summary().loc["x", "method"] == "matching, 2 donors"
        found = ps.impute(some, m=2, donors=7, rng=1)
        assert found.summary().loc["x", "method"] == "matching, 7 donors"
        found = ps.impute(some, m=2, normal=["x"], rng=1)
        assert found.summary().loc["x", "method"] == "normal regression"
        assert not found[0].loc[some["x"].isna(), "x"].isin(some["x"]).any()
        with pytest.raises(ModelError, match="normal has 'rating', which is no column of numbers"):
            ps.impute(data, m=2, normal="rating")

    def test_normal_draws_follow_the_regression(self):
        rng = np.random.default_rng(3)
        z = rng.normal(size=6000)
        data = pd.DataFrame({"z": z, "x": 2 * z + rng.normal(size=6000)})
        data.loc[::2, "x"] = np.nan
        frame = ps.impute(data, m=2, normal=["x"], rng=1)[0].iloc[::2]
        slope, level = np.polyfit(frame["z"], frame["x"], 1)
        assert slope == pytest.approx(2, abs=0.06)
        assert level == pytest.approx(0, abs=0.06)
        assert (frame["x"] - slope * frame["z"]).std() == pytest.approx(1, abs=0.05)

    def test_constants_and_combinations_are_named(self, data):
        some = data[["x", "whole"]].assign(one=1.0, twice=2 * data["whole"])
        found = ps.impute(some, m=2, rng=1)
        assert [note.split(" is left out")[0] for note in found.notes] == ["one", "twice"]
        assert "one is left out" in str(found)


class TestLevels:
    def test_draws_follow_the_model(self):
        """Levels drawn for 4,000 rows have the shares of the model they come from."""
        rng = np.random.default_rng(8)
        x = rng.normal(size=8000)
        codes = np.digitize(x + rng.logistic(size=8000), [-1, 0.5, 2])
        rating = pd.Series(pd.Categorical.from_codes(codes, LEVELS, ordered=True))
        truth = pd.crosstab(x[::2] > 0, codes[::2], normalize="index")
        rating[::2] = None
        frame = ps.impute(pd.DataFrame({"x": x, "rating": rating}), m=2, rng=1)[0]
        found = pd.crosstab(
            x[::2] > 0, frame["rating"].cat.codes[::2].to_numpy(), normalize="index"
        )
        np.testing.assert_allclose(found, truth, atol=0.04)

    def test_unordered_draws_follow_the_model(self):
        rng = np.random.default_rng(9)
        x = rng.normal(size=6000)
        odds = np.exp(np.column_stack([0.0 * x, x, 1.0 - x]))
        codes = (rng.random(6000)[:, None] > np.cumsum(odds / odds.sum(1)[:, None], 1)).sum(1)
        group = pd.Series(pd.Categorical.from_codes(codes, list("abc")))
        group[::2] = None
        frame = ps.impute(pd.DataFrame({"x": x, "group": group}), m=2, rng=1)[0]
        for side in (x[::2] > 0, x[::2] <= 0):
            found = np.bincount(frame["group"].cat.codes[::2][side], minlength=3) / side.sum()
            truth = np.bincount(codes[::2][side], minlength=3) / side.sum()
            np.testing.assert_allclose(found, truth, atol=0.04)

    def test_separated_levels_are_imputed_without_a_warning(self):
        x = np.linspace(-2, 2, 60)
        rating = pd.Series(pd.Categorical.from_codes(np.digitize(x, [-1, 1]), list("abc"), True))
        with pytest.warns(SeparationWarning):
            ps.CumulativeLinkModel.from_formula("r ~ x", pd.DataFrame({"r": rating, "x": x})).fit()
        rating[::4] = None
        frame = ps.impute(pd.DataFrame({"x": x, "rating": rating}), m=2, rng=1)[0]
        drawn = frame["rating"].cat.codes[::4].to_numpy()
        assert stats.spearmanr(drawn, x[::4])[0] > 0.7

    def test_levels_nobody_has_are_never_drawn(self, data):
        some = data[["rating", "whole"]].copy()
        some["rating"] = some["rating"].cat.set_categories([*LEVELS, "beyond"])
        found = ps.impute(some, m=3, rng=1)
        assert all((frame["rating"] != "beyond").all() for frame in found)
        assert list(found[0]["rating"].cat.categories) == [*LEVELS, "beyond"]

    def test_plain_booleans(self):
        rng = np.random.default_rng(1)
        data = pd.DataFrame({"yes": rng.random(50) < 0.5, "x": rng.normal(size=50)})
        data.loc[::4, "x"] = np.nan
        assert ps.impute(data, m=2, rng=1)[0].dtypes.equals(data.dtypes)


class TestRefusals:
    @pytest.mark.parametrize("m", [1, 0, 2.0, True, "five"])
    def test_m(self, data, m):
        with pytest.raises(ModelError, match=rf"m={m!r} must be a whole number, 2 or more"):
            ps.impute(data, m=m)

    @pytest.mark.parametrize("option", [{"iterations": 0}, {"donors": 0}])
    def test_other_numbers(self, data, option):
        with pytest.raises(ModelError, match="must be a whole number, 1 or more"):
            ps.impute(data, **option)

    def test_no_observed_value(self, data):
        with pytest.raises(DataError, match="column 'none' has no observed value"):
            ps.impute(data.assign(none=np.nan), m=2)

    def test_one_observed_value(self, data):
        one = data.assign(flat=np.where(np.arange(90) < 80, 3.0, np.nan))
        with pytest.raises(DataError, match=r"'flat' has one value only \(3.0\) in the 80 rows"):
            ps.impute(one, m=2)

    def test_nothing_missing(self, data):
        with pytest.raises(DataError, match="whole misses a value; there is nothing to impute"):
            ps.impute(data, m=2, columns=["whole"])

    @pytest.mark.parametrize("column", ["text", "date"])
    def test_types(self, data, column):
        values = {"text": ["a"] * 90, "date": pd.Timestamp("2020-01-01")}
        with pytest.raises(DataError, match=rf"'{column}' has type .* numbers, booleans and categ"):
            ps.impute(data.assign(**{column: values[column]}), m=2)

    def test_infinite_values(self, data):
        with pytest.raises(DataError, match="'whole' is infinite in row 'row 4'"):
            ps.impute(data.assign(whole=np.where(np.arange(90) == 4, np.inf, 1.0)), m=2)

    @pytest.mark.parametrize("argument", ["columns", "auxiliary"])
    def test_unknown_columns(self, data, argument):
        with pytest.raises(
            ModelError, match=rf"{argument}: the data have no column 'ratings'; did"
        ):
            ps.impute(data, m=2, **{argument: ["ratings"]})

    def test_predictors(self, data):
        with pytest.raises(ModelError, match="predictors: 'z' is no column that takes part"):
            ps.impute(data, m=2, predictors={"x": ["z"]})
        with pytest.raises(ModelError, match=r"predictors\['x'\] must be a list"):
            ps.impute(data, m=2, predictors={"x": "whole"})
        with pytest.raises(ModelError, match="predictors must be a dict such as"):
            ps.impute(data, m=2, predictors=["x"])

    def test_too_few_rows(self):
        rng = np.random.default_rng(1)
        data = pd.DataFrame(rng.normal(size=(9, 6)), columns=list("abcdef"))
        data.loc[:4, "a"] = np.nan
        with pytest.warns(MissingWarning), pytest.raises(DataError, match="'a' is known in 4 rows"):
            ps.impute(data, m=2)

    def test_no_frame_and_two_columns_of_one_name(self, data):
        with pytest.raises(ModelError, match=r"must be a pandas\.DataFrame, not a dict"):
            ps.impute({"x": [1, None]})
        with pytest.raises(DataError, match="more than one column 'x'"):
            ps.impute(pd.concat([data, data["x"]], axis=1), m=2)


class TestWarnings:
    def test_more_than_half_missing(self, data):
        some = data[["whole"]].assign(x=data["whole"].where(np.arange(90) < 40))
        with pytest.warns(MissingWarning, match=r"'x' \(50 of 90 rows\).*ps\.bounds and ps\.delta"):
            ps.impute(some + 0.0, m=2, columns=["x", "whole"], predictors={"x": []})

    def test_chains_that_have_not_mixed(self):
        """Two copies of a column, never known together, hold on to where they began."""
        rng = np.random.default_rng(1)
        x = rng.normal(size=80)
        data = pd.DataFrame({"one": x, "two": x + 0.01 * rng.normal(size=80)})
        data.loc[:29, :] = np.nan
        with pytest.warns(MissingWarning, match="have not mixed for 'one', 'two' after 10 rounds"):
            found = ps.impute(data, m=5, rng=1)
        assert (found.summary()["rhat"] > 1.5).all()

    def test_mixed_chains_say_nothing(self, imputations):
        assert (imputations.summary()["rhat"] < imputations.rhat_by_chance()).all()

    def test_rhat_of_chains_without_memory(self, imputations):
        """For 3 chains and 5 later rounds, by simulation."""
        means = np.random.default_rng(1).normal(size=(200_000, 3, 5))
        within = means.var(axis=2, ddof=1).mean(axis=1)
        rhat = np.sqrt(0.8 + means.mean(axis=2).var(axis=1, ddof=1) / within)
        assert (rhat > imputations.rhat_by_chance()).mean() == pytest.approx(0.001, abs=0.0003)


class TestFit:
    def test_formula_and_function_agree(self, imputations):
        fits = imputations.fit("rating ~ x", link="probit", reduction="mean")
        other = imputations.fit(
            lambda frame: ps.CumulativeLinkModel.from_formula("rating ~ x", frame, "probit").fit(
                reduction="mean"
            )
        )
        assert len(fits) == 3
        for one, two in zip(fits, other, strict=True):
            pd.testing.assert_series_equal(one.params, two.params, check_exact=True)

    def test_options(self, imputations):
        with pytest.raises(ModelError, match="'reductoin' is no option of model or fit"):
            imputations.fit("rating ~ x", reductoin="mean")
        with pytest.raises(ModelError, match="'link' goes with a formula"):
            imputations.fit(lambda frame: frame, link="logit")
        with pytest.raises(ModelError, match="neither a formula nor a function"):
            imputations.fit(3)

    def test_a_failure_names_the_imputation(self, imputations):
        with pytest.raises(ModelError, match=r"imputation 0 of 0 to 2: .*'z'"):
            imputations.fit("rating ~ z")

    def test_warnings_are_counted(self, imputations):
        def warned(frame):
            if frame["x"].iloc[0] > -9:
                warnings.warn("a thing of its own", ResourceWarning, stacklevel=1)
            return ps.CumulativeLinkModel.from_formula(
                "rating ~ x", frame.assign(x=frame["rating"].cat.codes > 1)
            ).fit()

        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            imputations.fit(warned)
        own = [str(one.message) for one in caught if one.category is SeparationWarning]
        assert [message.split(":")[0] for message in own] == ["in 3 of 3 imputations"]
        assert ResourceWarning in [one.category for one in caught]

    def test_dir_and_getitem(self, imputations):
        assert isinstance(imputations, Imputations)
        assert dir(imputations) == sorted(dir(imputations))
        assert imputations[-1].equals(imputations.frames[2])
