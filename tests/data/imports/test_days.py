"""Dates, months, quarters and years as files write them."""

import datetime
from types import SimpleNamespace

import pytest

from probstats.data.imports.days import read_days
from probstats.data.imports.layout_keys import DATE_FORMATS
from probstats.data.imports.tabulate import Record
from probstats.errors import DataError


def read(text, formats=DATE_FORMATS, period="all", earliest="1990-01-01", **roles):
    layout = SimpleNamespace(
        dates=SimpleNamespace(formats=formats, period=period, earliest=earliest)
    )
    cells = roles or {"date": text}
    record = Record(7, cells, {role: role for role in cells})
    found = read_days(record, "f.csv", layout)
    return found and tuple(map(str, found))


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2024-06-30", "2024-06-30", "2024-06-30"),
        ("30/06/2024", "2024-06-30", "2024-06-30"),
        ("1/2/2024", "2024-02-01", "2024-02-01"),
        ("30 Jun 2024", "2024-06-30", "2024-06-30"),
        ("30-June-2024", "2024-06-30", "2024-06-30"),
        ("3 Sept 2024", "2024-09-03", "2024-09-03"),
        ("Feb 2024", "2024-02-01", "2024-02-29"),
        ("June-2024", "2024-06-01", "2024-06-30"),
        ("2024-02", "2024-02-01", "2024-02-29"),
        ("2024 Q2", "2024-04-01", "2024-06-30"),
        ("Q4 2023", "2023-10-01", "2023-12-31"),
        ("2023Q1", "2023-01-01", "2023-03-31"),
        ("2023", "2023-01-01", "2023-12-31"),
        ("45473", "2024-06-30", "2024-06-30"),
    ],
)
def test_forms(text, first, last):
    assert read(text) == (first, last)
    assert read(text, period="last day") == (last, last)


@pytest.mark.parametrize(
    "text",
    ["31/02/2024", "30/13/2024", "30 Jux 2024", "30 Juni 2024", "2024 Q5", "2024-13", "soon", "0",
     "30/06/24", "99999", "2024-6-30", "32 Jan 2024", "Jan 2024 extra", "٣٠/06/2024"],
)  # fmt: skip
def test_what_is_no_date_is_refused(text):
    with pytest.raises(DataError, match=r"^f\.csv, row 7, column date: holds "):
        read(text)


@pytest.mark.parametrize("text", ["30/06/0999", "01/01/1989", "30/06/9999", "0001-01-01"])
def test_absurd_years_are_refused(text):
    with pytest.raises(DataError, match=r"row 7, column date: .*; expected a date from 1990-01-01"):
        read(text)


def test_today_is_the_last_day():
    today = datetime.datetime.now(tz=datetime.UTC).date()
    assert read(str(today)) == (str(today), str(today))
    with pytest.raises(DataError, match="to today"):
        read(str(today + datetime.timedelta(days=2)))


def test_only_permitted_forms_and_that_of_spreadsheets():
    assert read("2024-06-30", formats=("DD/MM/YYYY",)) == ("2024-06-30", "2024-06-30")
    with pytest.raises(DataError, match="expected a date as DD/MM/YYYY"):
        read("30 Jun 2024", formats=("DD/MM/YYYY",))


def test_intervals():
    assert read("", date_from="2024-01", date_to="2024-03") == ("2024-01-01", "2024-03-31")
    assert read("") is None
    with pytest.raises(DataError, match="column date_to: is empty"):
        read("", date_from="2024-01", date_to="")
    with pytest.raises(DataError, match="expected a day not after date_to"):
        read("", date_from="2024-04", date_to="2024-03")
