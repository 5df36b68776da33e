"""The header of a table whose columns are known by their place is never a row of figures."""

import pytest

import probstats as ps
from probstats.errors import DataError

CASELOAD = "omsq-caseload"


def refuse(write, simulated, rows):
    with pytest.raises(DataError) as error:
        ps.data.preview_import(write("caseload.csv", simulated.as_csv(rows)), CASELOAD)
    return str(error.value)


def test_no_header(write, simulated):
    rows = simulated.caseload_rows()
    del rows[2]
    said = refuse(write, simulated, rows)
    assert said == (
        "caseload.csv, row 3: is taken for the header but holds '30/06/2019', a date; expected a "
        "header of words in 5 cells, directly above the figures"
    )


def test_a_header_that_is_too_short(write, simulated):
    rows = simulated.caseload_rows()
    rows[2].pop()
    assert "row 4: is taken for the header" in refuse(write, simulated, rows)


def test_a_number_in_the_header(write, simulated):
    rows = simulated.caseload_rows()
    rows[2][4] = "4,000"
    assert "row 3: is taken for the header but holds '4,000', a number" in refuse(
        write, simulated, rows
    )


def test_a_note_as_wide_as_the_header(write, simulated):
    rows = simulated.caseload_rows()
    rows.insert(2, ["Note", "one", "two", "three", "four"])
    assert refuse(write, simulated, rows) == (
        "caseload.csv, row 4: holds 'Date' and 'Count' below row 3, which is taken for the header; "
        "expected a date and a number: take away the notes above the header"
    )


def test_a_missing_first_figure_is_no_matter_of_the_header(write, simulated):
    rows = simulated.caseload_rows()
    rows[3][4] = ".."
    file = write("caseload.csv", simulated.as_csv(rows))
    assert len(ps.data.preview_import(file, CASELOAD).tables["measure_claims"]) == 5


def test_a_column_without_a_name(write):
    layout = """
title = "Unnamed"
[columns]
subject = 1
value = 2
[fixed]
measure = "staff_fte"
date = "2024-06-30"
[subjects]
kind = "region"
[source]
kind = "official statistics"
publisher = "example.org"
title = "Simulated table"
licence = "OGL-UK-3.0"
"""
    own = write("own.toml", layout.encode())
    found = ps.data.preview_import(write("t.csv", b"area,,x\nLondon,30,\n"), own)
    assert found.tables["measure_claims"]["value"].tolist() == ["30"]
