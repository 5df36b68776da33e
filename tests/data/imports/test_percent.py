"""25 per cent is 25, however a spreadsheet stores it."""

import io

import openpyxl
import pytest

import probstats as ps
from probstats.errors import DataError

LAYOUT = """
title = "Rates"
[columns]
subject = "area"
value = "rate"
[fixed]
measure = "vacancy_rate_percent"
date = "2024-06-30"
[subjects]
kind = "region"
[values]
thousands = ","
{more}
[source]
kind = "official statistics"
publisher = "example.org"
title = "Simulated table"
licence = "OGL-UK-3.0"
"""


def book(*values):
    sheets = openpyxl.Workbook()
    sheets.active.append(["area", "rate"])
    for name, value in zip(("London", "Wales"), values, strict=False):
        sheets.active.append([name, value])
        sheets.active.cell(sheets.active.max_row, 2).number_format = "0%"
    stream = io.BytesIO()
    sheets.save(stream)
    return stream.getvalue()


def preview(write, name, content, more=""):
    layout = write("own.toml", LAYOUT.format(more=more).encode())
    return ps.data.preview_import(write(name, content), layout)


@pytest.mark.parametrize("value", [0.25, 1.0, 0.005])
def test_what_may_be_a_fraction_is_refused(write, value):
    with pytest.raises(DataError) as error:
        preview(write, "t.xlsx", book(value))
    said = str(error.value)
    assert f"row 2, column rate: holds '{value:g}', as a spreadsheet stores" in said
    assert f"stores {100 * value:g}%; expected 25 for 25%: save the table as CSV" in said
    assert 'values.percent = "fraction" (or "points")' in said


@pytest.mark.parametrize(
    ("said", "expected"), [("fraction", ["25", "0.7"]), ("points", ["0.25", "0.007"])]
)
def test_a_layout_says_which(write, said, expected):
    found = preview(write, "t.xlsx", book(0.25, 0.007), f'percent = "{said}"')
    assert found.tables["measure_claims"]["value"].tolist() == expected


def test_percentages_as_they_are(write):
    found = preview(write, "t.xlsx", book(25, 0))
    assert found.tables["measure_claims"]["value"].tolist() == ["25", "0"]
    assert found.notices == ()


def test_less_than_one_per_cent_in_a_csv_is_seen(write):
    found = preview(write, "t.csv", b"area,rate\nLondon,25\nWales,0.25\n")
    assert found.tables["measure_claims"]["value"].tolist() == ["25", "0.25"]
    assert found.notices == (
        "row 3: 0.25 per cent as vacancy_rate_percent of region-wales is less than 1%",
    )
