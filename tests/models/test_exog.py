"""Covariates: what is read, in which order, and what is refused."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from probstats.errors import ModelError
from probstats.models.kernel.scaling import standard_columns
from probstats.models.reading.exog import check_rank, match_exog, read_exog, without_intercept

RNG = np.random.default_rng(11)
X = RNG.normal(size=(20, 3))
Y = np.arange(20) % 3


def frame(**columns):
    return pd.DataFrame(columns)


def check(**columns):
    """Check the rank of a design, standardised as a model does."""
    standard, _, _ = standard_columns(frame(**columns).to_numpy(dtype=float))
    check_rank(standard, list(columns), len(standard))


def test_arrays_get_names_and_the_index_of_the_outcome():
    endog = pd.Series(Y, index=range(100, 120))
    found = read_exog(X, endog)
    assert found.columns.tolist() == ["x1", "x2", "x3"]
    assert found.index.equals(endog.index)
    np.testing.assert_array_equal(found, X)


def test_one_covariate_may_be_a_vector_or_a_series():
    assert read_exog(X[:, 0], Y).columns.tolist() == ["x1"]
    assert read_exog(list(X[:, 0]), Y).columns.tolist() == ["x1"]
    assert read_exog(pd.Series(X[:, 0], name="hours"), Y).columns.tolist() == ["hours"]
    assert read_exog(pd.Series(X[:, 0]), Y).columns.tolist() == ["x1"]


def test_frames_become_floats_and_keep_names():
    mixed = frame(a=X[:, 0], b=X[:, 1] > 0, c=np.arange(20))
    mixed["d"] = pd.array(np.arange(20), dtype="Int64")
    found = read_exog(mixed, Y)
    assert found.columns.tolist() == ["a", "b", "c", "d"]
    assert [dtype.kind for dtype in found.dtypes] == ["f"] * 4


@pytest.mark.parametrize("endog", [Y, list(Y), pd.Series(Y, index=list("abcdefghijklmnopqrst"))])
def test_none_is_no_covariates(endog):
    found = read_exog(None, endog)
    assert found.shape == (20, 0)
    assert not isinstance(endog, pd.Series) or found.index.equals(endog.index)


def test_a_frame_of_floats_is_not_copied():
    data = pd.DataFrame(X, columns=["a", "b", "c"])
    assert np.shares_memory(read_exog(data, Y).to_numpy(), data.to_numpy())


def test_no_covariates_at_all():
    assert read_exog(np.empty((20, 0)), Y).shape == (20, 0)
    assert read_exog(pd.DataFrame(index=range(20)), Y).shape == (20, 0)


@pytest.mark.parametrize("exog", [X[:12], pd.DataFrame(X[:12]), pd.Series(X[:12, 0])])
@pytest.mark.parametrize("endog", [Y, pd.Series(Y), list(Y)])
def test_different_lengths_are_one_sentence(exog, endog):
    with pytest.raises(ModelError, match="the outcome has 20 rows and the covariates 12"):
        read_exog(exog, endog)


@pytest.mark.parametrize("index", [range(20)[::-1], range(1, 21), list("abcdefghijklmnopqrst")])
def test_rows_are_never_matched_by_position_against_their_index(index):
    with pytest.raises(ModelError, match="different indexes; align them first"):
        read_exog(pd.DataFrame(X, index=index), pd.Series(Y))
    with pytest.raises(ModelError, match="different indexes; align them first"):
        read_exog(pd.Series(X[:, 0], index=index), pd.Series(Y))


@pytest.mark.parametrize("bad", [np.inf, -np.inf, np.nan])
def test_infinite_and_missing_values_are_counted(bad):
    column = X[:, 1].copy()
    column[[2, 5]] = bad
    with pytest.raises(
        ModelError, match=r"infinite or missing values in column 'b' \(2\); drop or"
    ):
        read_exog(frame(a=X[:, 0], b=column), Y)


@pytest.mark.parametrize(
    ("exog", "message"),
    [
        (frame(town=["a", "b"] * 10), "column 'town' has type str, not numbers; convert"),
        (frame(town=pd.Categorical(["a", "b"] * 10)), "column 'town' has type category, not"),
        (frame(day=pd.date_range("2020-01-01", periods=20)), "column 'day' has type datetime64"),
        (pd.DataFrame(X, columns=["a", "b", "a"]), "more than one column 'a'; rename them"),
        (np.zeros((20, 2, 2)), "must be a table of rows and columns, not 3-d"),
        (X + 1j, "column 'x1' has type complex128, not numbers"),
    ],
)
def test_what_is_no_table_of_numbers(exog, message):
    with pytest.raises(ModelError, match=message):
        read_exog(exog, Y)


@pytest.mark.parametrize(
    "column",
    [
        np.ones(20),
        np.zeros(20),
        np.full(20, 1e12),
        np.where(np.arange(20) % 2, 0.3, 0.1 + 0.2),  # differs in the last digit only
    ],
)
def test_constant_columns(column):
    with pytest.raises(ModelError, match="column 'b' is constant in the 20 rows used; leave it"):
        check(a=X[:, 0], b=column)


@pytest.mark.parametrize("scale", [1.0, 1e-9, 1e9])
def test_collinear_columns_are_named(scale):
    a, b, c = X.T
    with pytest.raises(ModelError, match=r"column 'total' is, to six digits, .* of a, c; leave"):
        check(a=a, b=b, c=c, total=scale * (a + 2 * c + 5))


def test_small_parts_of_a_combination_are_named_too():
    a, b, c = X.T
    with pytest.raises(ModelError, match=r"'total' is, to six digits, .* of a, c; leave"):
        check(a=a, b=b, c=c, total=a + 0.01 * c)


def test_dummies_of_all_categories_are_collinear():
    dummies = pd.get_dummies(pd.Series(["a", "b", "c", "b"] * 5)).astype(float)
    with pytest.raises(ModelError, match=r"column 'c' is, to six digits, .* of a, b"):
        check(**dummies)


@pytest.mark.parametrize("n", [20, 20_000])
def test_nearly_collinear_columns_pass_whatever_the_number_of_rows(n):
    rng = np.random.default_rng(2)
    a = rng.normal(size=n)
    check(a=a, b=a + 1e-6 * rng.normal(size=n))
    for noise in (3e-7, 1e-9):
        with pytest.raises(ModelError, match="linear combination"):
            check(a=a, b=a + noise * rng.normal(size=n))


def test_badly_scaled_columns_pass():
    check(a=X[:, 0] * 1e8 + 1e10, b=X[:, 1] * 1e-8, c=2020 + np.arange(20) % 4)


class TestIntercept:
    ones = np.column_stack([X[:, 0], np.ones(20)])

    def left(self, given):
        return without_intercept(read_exog(given, Y), given).columns.tolist()

    def test_a_column_of_ones_in_an_array_is_the_intercept(self):
        assert self.left(self.ones) == ["x1"]
        assert self.left(self.ones.tolist()) == ["x1"]
        assert self.left(self.ones[:, ::-1]) == ["x2"]
        assert self.left(2 * self.ones) == ["x1", "x2"]

    @pytest.mark.parametrize("name", ["const", "Const", "Intercept", "(Intercept)"])
    def test_in_a_frame_its_name_must_say_so(self, name):
        assert self.left(frame(a=X[:, 0], **{name: 1.0})) == ["a"]
        assert self.left(frame(a=X[:, 0], one=1.0)) == ["a", "one"]
        assert self.left(frame(**{name: X[:, 0]})) == [name]

    def test_nothing_to_drop(self):
        given = pd.DataFrame(X)
        found = read_exog(given, Y)
        assert without_intercept(found, given) is found
        assert self.left(None) == []


class TestMatch:
    names = pd.Index(["a", "b"])

    def test_columns_are_matched_by_name(self):
        new = pd.DataFrame({"b": [2.0], "extra": [0], "a": [1.0]}, index=["row"])
        found = match_exog(new, self.names)
        assert found.columns.tolist() == ["a", "b"]
        assert found.loc["row"].tolist() == [1.0, 2.0]

    def test_arrays_are_matched_by_position(self):
        assert match_exog([[1, 2], [3, 4]], self.names).loc[1, "b"] == 4
        assert match_exog([1, 2], self.names).shape == (1, 2)

    def test_a_vector_is_one_column_where_there_is_one_covariate(self):
        assert match_exog([1, 2, 3], pd.Index(["a"])).shape == (3, 1)
        assert match_exog(5.0, pd.Index(["a"])).shape == (1, 1)

    def test_missing_columns_are_named(self):
        with pytest.raises(ModelError, match="the new data have no column a, b"):
            match_exog(pd.DataFrame({"c": [1]}), self.names)

    @pytest.mark.parametrize("position", [0, 2])
    def test_an_intercept_of_an_array_is_left_out(self, position):
        values = np.insert([[5.0, 6.0], [7.0, 8.0]], position, 1.0, axis=1)
        assert match_exog(values, self.names).to_numpy().tolist() == [[5, 6], [7, 8]]

    def test_a_series_is_a_row_by_its_labels(self):
        found = match_exog(pd.Series({"b": 2.0, "a": 1.0}), self.names)
        assert found.to_numpy().tolist() == [[1.0, 2.0]]
        assert match_exog(pd.Series([1.0, 2.0]), pd.Index(["a"])).shape == (2, 1)

    @pytest.mark.parametrize("shape", [(2, 3), (3,), (2, 2, 2), (4, 1), (2, 4)])
    def test_another_number_of_columns(self, shape):
        with pytest.raises(ModelError, match="do not match 2 covariates"):
            match_exog(np.zeros(shape), self.names)
