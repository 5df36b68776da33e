"""The dictionary says what the descriptor says."""

import pytest

import probstats as ps
from probstats.errors import DataError


def test_every_column_of_every_table_and_of_the_panel(descriptor, panel):
    rows = ps.data.describe()
    found = list(zip(rows["table"], rows["column"], strict=True))
    expected = [
        (entry["name"], field["name"])
        for entry in descriptor["resources"]
        for field in entry["schema"]["fields"]
    ]
    assert found == expected + [("panel", name) for name in panel]


def test_every_column_has_a_meaning_and_a_type():
    rows = ps.data.describe()
    assert (rows["meaning"].str.len() > 5).all()
    assert set(rows["type"]) <= {"string", "integer", "number", "date", "boolean"}


def test_a_table():
    rows = ps.data.describe("measure_claims")
    assert rows["column"].tolist() == list(ps.data.load("measure_claims"))


def test_a_column():
    row = ps.data.describe("rating_claims.rating_low").iloc[0]
    assert row["permitted"] == "Inadequate < Requires improvement < Good < Outstanding"
    assert row["required"]
    row = ps.data.describe("inspections.subject_id").iloc[0]
    assert row["refers_to"] == "subjects.subject_id"
    row = ps.data.describe("inspections.inspection_id").iloc[0]
    assert row["key"] == "primary"
    row = ps.data.describe("published_totals.good").iloc[0]
    assert (row["unit"], row["permitted"]) == ("inspections", "at least 0")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("inspection", r"there is no table 'inspection'; the tables are inspections, subjects, "),
        ("", r"there is no table ''"),
        ("inspections.colour", r"table inspections has no column 'colour'; its columns are insp"),
        ("panel.colour", r"table panel has no column 'colour'; its columns are inspection_id, "),
    ],
)
def test_what_is_not_there(name, message):
    with pytest.raises(DataError, match=message):
        ps.data.describe(name)


def test_a_folder_of_ones_own(copied):
    changed = copied.path / "datapackage.json"
    text = changed.read_text(encoding="utf-8").replace("Name of the count.", "What is counted.")
    changed.write_text(text, encoding="utf-8")
    row = ps.data.describe("published_totals.total", copied.path).iloc[0]
    assert row["meaning"] == "What is counted."
