"""Rows of different tables that must fit together: one cell changed, one sentence."""

import csv

import pytest

import probstats as ps


def row_of(copied, table, **cells):
    """Return the first row of a table that holds some cells, as a spreadsheet counts."""
    with (copied.path / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        for number, row in enumerate(csv.DictReader(file), start=2):
            if all(row[name] == value for name, value in cells.items()):
                return number
    raise AssertionError(cells)


CASES = {
    "a rate above its bound": (
        "measure_claims", {"unit": "percent", "qualifier": "at least", "value_high": ""},
        {"value": "280", "value_low": "280"}, "value", "from 0 to 100",
    ),
    "the unit of another measure": (
        "measure_claims", {"measure": "po_fte"}, {"unit": "people"}, "unit",
        "the unit of po_fte, FTE",
    ),
    "an exact figure with another bound": (
        "measure_claims", {"qualifier": "exact", "measure": "po_fte"}, {"value_high": "99999"},
        "value_high", "as the qualifier is exact",
    ),
    "at least with an upper bound": (
        "measure_claims", {"qualifier": "at least", "measure": "caseload_total"},
        {"value_high": "999999"}, "value_high", "nothing, as the qualifier is at least",
    ),
    "a standard outside the set": (
        "rating_claims", {"standard": "leadership", "inspection_id": "bedfordshire-pdu-2024"},
        {"standard": "unpaid_work"}, "standard", "a standard of pdu-7 for pdu",
    ),
    "a rating that was not seen": (
        "inspections", {"overall_rating_seen": "not rated"}, {"overall_rating_seen": "yes"},
        "overall_rating_seen", "rating_claims has no overall rating",
    ),
    "the type of another provider": (
        "inspections", {"provider_type": "lda"}, {"provider_type": "nps"}, "provider_type",
        "lda, as the subject is a local delivery area",
    ),
    "fieldwork before the subject existed": (
        "inspections", {"inspection_id": "barnsley-and-rotherham-pdu-2024"},
        {"fieldwork_start_from": "2019-01-01"}, "fieldwork_start_from",
        "when barnsley-and-rotherham-pdu existed",
    ),
    "the population of another kind": (
        "measure_claims", {"measure": "staff_fte", "population": "NPS",
                           "subject_id": "england-and-wales"},
        {"as_of_from": "2022-03-31", "as_of_to": "2022-03-31"}, "population",
        "NPS ends before 2021-06-26",
    ),
    "half a person": (
        "measure_claims", {"measure": "caseload_total", "qualifier": "about"},
        {"value": "100.5"}, "value", "a whole number of people",
    ),
    "fieldwork outside the programme": (
        "inspections", {"inspection_id": "barnsley-and-rotherham-pdu-2024"},
        {"fieldwork_start_from": "2023-07-01", "fieldwork_start_to": "2023-07-31"},
        "fieldwork_start_from", "a day in 2024 to 2025, the years of pdu-2024-25",
    ),
    "fieldwork after publication": (
        "inspections", {"inspection_id": "barnsley-and-rotherham-pdu-2024"},
        {"published_from": "2024-02-01", "published_to": "2024-02-29"}, "fieldwork_start_from",
        "a day not after publication, which is 2024-02-29",
    ),
    "an owner of a unit": (
        "inspections", {"inspection_id": "barnsley-and-rotherham-pdu-2024"}, {"owner": "Seetec"},
        "owner", "nothing, as a provider of type pdu has no owner",
    ),
    "more points than there are": (
        "score_claims", {"score_max": "27"}, {"score": "28"}, "score", "at most score_max, 27",
    ),
    "more standards than there are": (
        "rating_count_claims", {"of": "9"}, {"count": "10"}, "count",
        "at most the number of standards, 9",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_what_does_not_fit_is_named(copied, case):
    table, where, cells, column, expected = case
    row = row_of(copied, table, **where)
    for name, value in cells.items():
        copied.cell(table, row, name, value)
    found = [p for p in ps.data.check(copied.path) if p.column == column]
    assert [(p.file, p.row) for p in found] == [(f"{table}.csv", row)]
    assert expected in str(found[0])


def test_the_population_is_that_of_the_provider(copied):
    row = row_of(copied, "inspections", inspection_id="york-pdu-2024")
    copied.cell("inspections", row, "population", "NPS")
    found = {(p.file, p.column) for p in ps.data.check(copied.path)}
    assert found <= {
        ("inspections.csv", "population"),
        ("measure_claims.csv", "inspection_id, subject_id, population"),
    }
    assert found


def test_the_shipped_tables_fit_together():
    assert ps.data.check() == []


def test_rows_of_an_import_are_looked_at_too(copied):
    place = copied.path / "imports" / "0001-simulated"
    place.mkdir(parents=True)
    (place / "import.json").write_text("{}", encoding="utf-8")
    (place / "score_claims.csv").write_text(
        "inspection_id,score,score_max,source_id,note\nyork-pdu-2024,22,21,s001,simulated\n",
        encoding="utf-8",
    )
    assert [str(problem) for problem in ps.data.check(copied.path)] == [
        "imports/0001-simulated/score_claims.csv, row 2, column score: holds '22'; expected at "
        "most score_max, 21"
    ]
