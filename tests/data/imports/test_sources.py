"""What is said of a source is checked in plain words, with its place."""

import datetime

import pytest

import probstats as ps
from probstats.errors import DataError

TOMORROW = datetime.datetime.now(tz=datetime.UTC).date() + datetime.timedelta(days=2)


def refuse(file, layout, **options):
    with pytest.raises(DataError) as error:
        ps.data.preview_import(file, layout, **options)
    said = str(error.value)
    assert "[a-z" not in said
    assert "{" not in said
    return said


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        ("published", "May 2024", "a date as 2024, 2024-05 or 2024-05-31"),
        ("published", str(TOMORROW), "a date of publication not after today"),
        ("published", str(TOMORROW.year + 1), "a date of publication not after today"),
        ("url", "www.example.org", "an address with http:// or https://"),
        ("publisher", "The Inspectorate", "the host name of its site, such as example.org"),
    ],
)
def test_an_option_and_a_column(valid, write, simulated, field, value, expected):
    said = refuse(valid("omsq-caseload"), "omsq-caseload", **{field: value})
    assert said.startswith(
        f"caseload.csv: {field} of the source (--source-{field}, or the layout): holds {value!r}; "
        f"expected {expected}"
    )
    records = [r | {f"source_{field}": value} for r in simulated.measure_records()]
    said = refuse(write("m.csv", simulated.records_as_csv(records)), "template-measures")
    assert said.startswith(f"m.csv, row 2, column source_{field}: holds {value!r}; expected")


def test_a_page_that_says_something_else(valid, write, copied):
    file = valid("template-measures")
    ps.data.import_table(file, "template-measures", copied.path)
    other = write("other.csv", file.read_bytes().replace(b"31.5", b"33.5"))
    assert refuse(other, "template-measures", folder=copied.path) == (
        "other.csv, row 2: its page is source i0001-001 of the record already, which says "
        "something else of region-london, unified, vacancy_rate_po_percent, 2024-06-30, 2024-06-30 "
        "(imports/0001-measures/measure_claims.csv, row 2); if the figure is from another page, "
        "give its address, else take one of the two away"
    )


def test_the_same_figures_in_other_bytes_are_not_new(write, simulated, copied):
    content = simulated.as_csv(simulated.caseload_rows())
    file = write("a.csv", content.replace(b"\n", b"\r\n"))
    ps.data.import_table(file, "omsq-caseload", copied.path)
    said = refuse(write("b.csv", content), "omsq-caseload", folder=copied.path)
    assert said.startswith("b.csv: holds nothing new to import")
    assert "5 in the record already, from the same source" in said
    more = content + b"Essex CRC,All supervision,Male,30/06/2019,9\n"
    more += b"Essex CRC,All supervision,Female,30/06/2019,1\n"
    found = ps.data.preview_import(write("c.csv", more), "omsq-caseload", copied.path)
    assert found.tables["measure_claims"]["subject_id"].tolist() == ["essex-crc"]


def test_another_source_that_says_the_same_is_noticed(valid, copied):
    file = valid("omsq-caseload")
    ps.data.import_table(file, "omsq-caseload", copied.path)
    other = file.rename(file.with_name("other.csv"))
    other.write_bytes(other.read_bytes() + b"\n")
    found = ps.data.preview_import(other, "omsq-caseload", copied.path, title="Another simulated")
    assert found.notices == (
        "the record has 5 of the new claims already, with the same value from another source",
    )
