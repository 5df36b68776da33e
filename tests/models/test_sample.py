"""Rows put together: weights, offsets, intercepts, indexes, and what cannot be told apart."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from probstats.errors import EmptyLevelWarning, ModelError
from probstats.models import CumulativeLinkModel
from probstats.models.reading.sample import match_covariates, read_sample

N = 30
RNG = np.random.default_rng(4)
INDEX = [f"row{number}" for number in range(N)]


@pytest.fixture
def y():
    return pd.Series(np.resize([1, 2, 3], N), index=INDEX, name="y")


@pytest.fixture
def x():
    return pd.DataFrame(RNG.normal(size=(N, 3)), columns=["a", "b", "c"], index=INDEX)


def read(endog, exog=None, scale=None, nominal=None, weights=None, offset=None):
    return read_sample(endog, exog, scale=scale, nominal=nominal, weights=weights, offset=offset)


class TestSample:
    def test_all_parts_with_names(self, y, x):
        found = read(y, x[["a"]], x[["b"]], x[["c"]], weights=x["a"].abs(), offset=x["b"])
        names = [part.columns.tolist() for part in found.covariates[:3]]
        assert names == [["a"], ["b"], ["c"]]
        np.testing.assert_array_equal(found.weights, x["a"].abs())
        pd.testing.assert_series_equal(found.covariates.offset, x["b"], check_names=False)
        assert found.covariates.index.equals(y.index)
        assert found.kept.all()

    def test_what_is_left_out_is_empty(self, y):
        found = read(y)
        assert [part.shape for part in found.covariates[:3]] == [(N, 0)] * 3
        assert found.covariates.offset is None
        assert found.weights is None
        assert found.counts.tolist() == [1.0] * N

    @pytest.mark.parametrize("part", ["exog", "scale", "nominal"])
    def test_an_intercept_is_left_to_the_thresholds(self, y, x, part):
        position = ["exog", "scale", "nominal"].index(part)
        values = np.column_stack([np.ones(N), x["a"]])
        name = f"{'xsn'[position]}2"
        assert read(y, **{part: values}).covariates[position].columns.tolist() == [name]
        named = x[["a"]].assign(const=1.0)
        assert read(y, **{part: named}).covariates[position].columns.tolist() == ["a"]

    @pytest.mark.parametrize("part", ["exog", "scale", "nominal", "weights", "offset"])
    def test_every_part_must_match_the_outcome(self, y, x, part):
        turned = x[["a"]].abs().iloc[::-1]
        with pytest.raises(ModelError, match="different indexes; align them first"):
            read(y, **{part: turned})
        with pytest.raises(ModelError, match=r"the outcome has 30 rows and .* 29"):
            read(y, **{part: x["a"].abs().to_numpy()[1:]})

    @pytest.mark.parametrize("part", ["weights", "offset"])
    def test_numbers_may_be_of_every_kind(self, y, x, part):
        for given in (x["a"].abs(), x["a"].abs().to_numpy(), x["a"].abs().tolist(), x[["a"]].abs()):
            found = read(y, **{part: given})
            values = found.weights if part == "weights" else found.covariates.offset
            np.testing.assert_array_equal(values, x["a"].abs())

    @pytest.mark.parametrize("part", ["weights", "offset"])
    @pytest.mark.parametrize(
        ("given", "message"),
        [
            ("a", "='a' names a column; that needs a formula and its data"),
            (np.ones((N, 2)), " must be one value for each row, not 2 columns"),
            (np.full(N, np.inf), "infinite or missing values in column"),
            (np.r_[np.nan, np.ones(N - 1)], "infinite or missing values in column"),
            (["1"] * N, "not numbers"),
        ],
    )
    def test_what_are_no_numbers_for_each_row(self, y, part, given, message):
        with pytest.raises(ModelError, match=message):
            read(y, **{part: given})


class TestWeights:
    def test_rows_of_weight_zero_are_left_out_of_everything(self, y, x):
        weights = np.where(np.arange(N) < 6, 0.0, 1.5)
        found = read(y, x[["a"]], x[["b"]], x[["c"]], weights=weights, offset=x["a"])
        expected = read(
            y[6:], x[["a"]][6:], x[["b"]][6:], x[["c"]][6:], weights=weights[6:], offset=x["a"][6:]
        )
        for one, other in zip(found.covariates, expected.covariates, strict=True):
            assert one.equals(other)
        np.testing.assert_array_equal(found.outcome.low, expected.outcome.low)
        assert found.weights.tolist() == [1.5] * (N - 6)
        assert found.kept.tolist() == [False] * 6 + [True] * (N - 6)

    @pytest.mark.parametrize("kind", [pd.Series, np.asarray, list])
    def test_a_level_of_rows_of_weight_zero_alone_is_no_level(self, y, kind):
        endog = kind(y)
        found = read(endog, weights=np.where(y == 2, 0.0, 1.0))
        assert found.outcome.levels == (1, 3)
        with pytest.warns(EmptyLevelWarning, match="no row has level 2"):
            declared = read(y.astype(pd.CategoricalDtype([1, 2, 3], ordered=True)), weights=y != 2)
        assert declared.outcome.empty == (2,)

    def test_intervals_lose_rows_too(self, y):
        endog = pd.DataFrame({"low": y, "high": np.where(np.arange(N) < 5, 3, y)})
        found = read(endog, weights=(np.arange(N) != 0).astype(float))
        assert len(found.outcome.low) == N - 1

    def test_negative_weights_are_counted_and_the_first_is_named(self, y):
        weights = np.ones(N)
        weights[[4, 7]] = -0.5, -2.0
        message = r"weights are negative in 2 rows, first in row 'row4' \(-0.5\); a weight says"
        with pytest.raises(ModelError, match=message):
            read(y, weights=weights)

    def test_all_weights_zero(self, y):
        with pytest.raises(ModelError, match="all 30 weights are zero, so that no row is left"):
            read(y, weights=np.zeros(N))

    def test_rows_count_as_often_as_they_weigh_and_say_something(self, y):
        endog = pd.DataFrame({"low": y, "high": y})
        endog.iloc[:3] = [1, 3]
        weights = np.arange(1.0, N + 1)
        found = read(endog, weights=weights)
        np.testing.assert_array_equal(found.counts, np.r_[0, 0, 0, weights[3:]])


class TestIdentified:
    """What the rows cannot tell apart is refused when the model is made."""

    def make(self, y, exog=None, **parts):
        return CumulativeLinkModel(y, exog, **parts)

    @pytest.mark.parametrize("part", ["exog", "nominal", "scale"])
    def test_constant_and_collinear_columns_of_every_part(self, y, x, part):
        with pytest.raises(ModelError, match="column 'c' is constant in the 30 rows used; leave"):
            self.make(y, **{part: x.assign(c=4.0)})
        with pytest.raises(ModelError, match=r"'c' is, to six digits, .* of a, b; leave one"):
            self.make(y, **{part: x.assign(c=x["a"] - x["b"])})

    def test_columns_that_are_constant_where_the_weight_is_not_zero(self, y, x):
        x["c"] = np.where(np.arange(N) < 5, 1.0, 0.0)
        with pytest.raises(ModelError, match="column 'c' is constant in the 25 rows used"):
            self.make(y, x, weights=1.0 - x["c"])

    def test_a_column_in_location_and_nominal(self, y, x):
        with pytest.raises(ModelError, match="column 'a' is in the formula and in nominal; leave"):
            self.make(y, x[["a", "b"]], nominal=x[["a"]])

    def test_a_nominal_column_that_the_location_makes_up(self, y, x):
        nominal = (x["a"] + 2 * x["b"]).to_frame("sum")
        with pytest.raises(ModelError, match=r"column 'sum' is, to six digits, .* of a, b"):
            self.make(y, x[["a", "b"]], nominal=nominal)

    def test_a_column_may_be_in_location_and_scale(self, y, x):
        names = self.make(y, x[["a"]], scale=x[["a"]]).data.param_names
        assert names == ["a", "scale:a", "1|2", "2|3"]

    def test_a_constant_that_the_thresholds_cannot_carry_is_a_covariate(self, y, x):
        constant = x[["a"]].assign(c=2.0)
        for structure in ("flexible", "symmetric", "equidistant"):
            with pytest.raises(ModelError, match="column 'c' is constant"):
                self.make(y, constant, threshold=structure)
        carried = self.make(y, x[["a"]], threshold="symmetric").fit()
        found = self.make(y, constant, threshold="symmetric2").fit()
        assert found.llf == pytest.approx(carried.llf, rel=1e-12)  # three levels: the same model


class TestMatch:
    @pytest.fixture
    def fitted(self, y, x):
        return read(y, x[["a"]], x[["b"]], x[["c"]]).covariates

    def test_one_frame_has_the_columns_of_all_designs(self, fitted, x):
        found = match_covariates(x[["c", "a", "b"]], fitted)
        for one, other in zip(found, fitted, strict=True):
            assert (one is None and other is None) or one.equals(other)

    def test_an_array_would_not_say_which_column_is_which(self, fitted, x):
        with pytest.raises(ModelError, match="new data must be a frame with columns a, b, c"):
            match_covariates(x.to_numpy(), fitted)

    @pytest.mark.parametrize("name", ["a", "b", "c"])
    def test_missing_columns(self, fitted, x, name):
        with pytest.raises(ModelError, match=f"the new data have no column {name}"):
            match_covariates(x.drop(columns=name), fitted)

    def test_an_array_is_enough_for_the_location_alone(self, y, x):
        fitted = read(y, x).covariates
        found = match_covariates(x.to_numpy()[:4], fitted)
        np.testing.assert_array_equal(found.location, x[:4])
        assert [part.shape for part in found[1:3]] == [(4, 0), (4, 0)]
