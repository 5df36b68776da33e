"""What can be exported, and what is said of the rest."""

import datetime as dt
import decimal

import numpy as np
import pandas as pd
import pytest

from probstats.data.exports.frames import kind_of, prepare
from probstats.errors import DataError


def test_a_frame_stays_as_it_is(simulated):
    before = simulated.copy()
    pd.testing.assert_frame_equal(prepare(simulated), before)
    pd.testing.assert_frame_equal(simulated, before)


def test_kinds(simulated):
    assert [kind_of(simulated[name]) for name in simulated] == [
        "string", "category", "category", "integer", "integer", "number", "boolean", "date",
        "datetime",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (["a", None], "string"),
        ([None, None], "string"),
        ([True, None], "boolean"),
        ([1, None], "integer"),
        ([1, 2.5], "number"),
        ([dt.date(2020, 1, 1), None], "date"),
        ([dt.datetime(2020, 1, 1, 10), None], "datetime"),
    ],
)
def test_columns_of_objects(values, kind):
    ready = prepare(pd.DataFrame({"x": pd.Series(values, dtype=object)}))
    assert kind_of(ready["x"]) == kind
    assert ready["x"].isna().tolist() == [value is None for value in values]


def test_a_named_index_becomes_a_column_and_row_labels_do_not(simulated):
    assert next(iter(prepare(simulated.set_index("unit")))) == "unit"
    assert list(prepare(simulated.iloc[::2])) == list(simulated)


SERIES = pd.Series([1])
BAD = {
    "no frame": ([1], r"a list cannot be exported"),
    "a series": (SERIES, r"a Series cannot be exported"),
    "no rows": (pd.DataFrame({"x": []}), r"the frame has 0 rows and 1 columns; there is nothing"),
    "no columns": (pd.DataFrame(index=[1, 2]), r"the frame has 2 rows and 0 columns"),
    "a column twice": (
        pd.DataFrame([[1, 2]], columns=["x", "x"]),
        r"the frame has two columns called 'x'; rename one of them",
    ),
    "a number as name": (pd.DataFrame([[1]]), r"the name of column 0 is no text; rename it"),
    "several levels of names": (
        pd.DataFrame([[1]], columns=pd.MultiIndex.from_tuples([("a", "b")])),
        r"the name of column \('a', 'b'\) is no text",
    ),
    "an empty name": (pd.DataFrame({" ": [1]}), r"a column is called ' '; give it a name"),
    "a name of two lines": (pd.DataFrame({"a\nb": [1]}), r"a column is called 'a\\nb'"),
    "index and column": (
        pd.DataFrame({"x": [1]}, index=pd.Index([1], name="x")),
        r"the index and a column are both called 'x'",
    ),
    "mixed types": (
        pd.DataFrame({"x": ["a", "b", 3]}),
        r"column 'x' holds values of type str \(row 0\), int \(row 2\), counted from row 0",
    ),
    "true among numbers": (pd.DataFrame({"x": pd.Series([1, True], dtype=object)}), r"bool \(row"),
    "decimals": (pd.DataFrame({"x": [decimal.Decimal(1)]}), r"holds values of type Decimal"),
    "lists": (pd.DataFrame({"x": [[1], [2]]}), r"holds values of type list"),
    "a number too large": (pd.DataFrame({"x": pd.Series([2**70], dtype=object)}), r"column 'x' ca"),
    "complex": (pd.DataFrame({"x": [1j]}), r"column 'x' is of type complex128, which cannot be"),
    "durations": (pd.DataFrame({"x": pd.to_timedelta(["1D"])}), r"column 'x' is of type timedelta"),
    "a time zone": (
        pd.DataFrame({"x": pd.to_datetime(["2020-01-01"]).tz_localize("UTC")}),
        r"make it text, a number, a date without time zone",
    ),
    "a null character": (pd.DataFrame({"x": ["a", "b\0"]}), r"column 'x', row 1, counted from row"),
    "half a character": (
        pd.DataFrame({"x": pd.Series(["\ud800"], dtype=object)}),
        r"column 'x'",
    ),
    "a category of it": (pd.DataFrame({"x": pd.Categorical(["a\0"])}), r"category 'a\\x00' of co"),
    "categories that read alike": (
        pd.DataFrame({"x": pd.Categorical([1, "1"], categories=[1, "1"])}),
        r"column 'x' has two categories that read '1'",
    ),
}


@pytest.mark.parametrize(("frame", "message"), BAD.values(), ids=BAD)
def test_what_cannot_be_exported(frame, message):
    with pytest.raises(DataError, match=message):
        prepare(frame)


def test_extension_numbers_are_numbers():
    frame = pd.DataFrame({"x": pd.array([1.5, None], dtype="Float64"), "y": np.uint8([1, 2])})
    assert [kind_of(column) for _, column in prepare(frame).items()] == ["number", "integer"]
