"""Users' claims are read as strictly as the tables of the record."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from probstats.data.resolution.given import (
    read_dates,
    read_numbers,
    read_ratings,
    require_known,
    require_values,
)
from probstats.errors import DataError


def sentence(call):
    with pytest.raises(DataError) as error:
        call()
    assert "\n" not in str(error.value)
    return str(error.value)


@pytest.mark.parametrize(
    "values",
    [
        ["2023-06-30", None],
        [date(2023, 6, 30), None],
        [pd.Timestamp(2023, 6, 30), pd.NaT],
        pd.array([pd.Timestamp(2023, 6, 30, tz="Europe/London"), pd.NaT]),
        np.array(["2023-06-30", "NaT"], dtype="datetime64[ns]"),
        pd.Categorical(["2023-06-30", None]),
    ],
    ids=["text", "date", "timestamp", "time zone", "nanoseconds", "category"],
)
def test_dates(values):
    found = read_dates(pd.DataFrame({"day": values}), ["day", "absent"], "mine")
    assert found["day"].dtype == "datetime64[s]"
    assert found["day"].iloc[0] == pd.Timestamp(2023, 6, 30)
    assert found["day"].isna().tolist() == [False, True]
    assert found.columns.tolist() == ["day"]


@pytest.mark.parametrize("value", ["30/06/2023", "June 2023", "2023-13-01", "2023-06", "", "now"])
def test_what_is_no_date(value):
    frame = pd.DataFrame({"day": ["2023-06-30", value]}, index=["a", "b"])
    found = sentence(lambda: read_dates(frame, ["day"], "mine"))
    assert found == f"mine, row b, column day: holds {value!r}; expected a date as YYYY-MM-DD"


@pytest.mark.parametrize(
    "values",
    [[1, None], ["1.0", None], pd.array([1, None], "Int64"), pd.array([1.0, None], "Float64")],
    ids=["numbers", "text", "Int64", "Float64"],
)
def test_numbers(values):
    found = read_numbers(pd.DataFrame({"n": values}), ["n"], "mine")["n"]
    assert found.dtype == "float64"
    assert found.iloc[0] == 1.0
    assert np.isnan(found.iloc[1])


@pytest.mark.parametrize("value", ["1,000", "many", "12%"])
def test_what_is_no_number(value):
    frame = pd.DataFrame({"n": ["1", value]})
    assert f"row 1, column n: holds {value!r}" in sentence(
        lambda: read_numbers(frame, ["n"], "mine")
    )


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_a_value_is_needed(value):
    frame = pd.DataFrame({"value": [1.0, value]})
    assert "mine, row 1, column value" in sentence(lambda: require_values(frame, "mine"))
    require_values(frame.head(1), "mine")


def test_ratings_and_names():
    frame = pd.DataFrame({"low": ["Good", "good"]})
    found = read_ratings(frame.head(1), ["low"], "mine")["low"]
    assert found.cat.ordered
    assert found.tolist() == ["Good"]
    assert "'good'" in sentence(lambda: read_ratings(frame, ["low"], "mine"))
    require_known(frame, "low", ["Good", "good"], "mine")
    assert "'good'" in sentence(lambda: require_known(frame, "low", ["Good"], "mine"))
