"""Files as publications have them, with simulated figures, and a folder to import them to."""

import csv
import io
from types import SimpleNamespace

import pytest

NOTE = "Simulated figures for tests: not an official statistic"
TYPES = {"Community order": 0.6, "Suspended sentence order": 0.3, "All court orders": 0.8,
         "All supervision": 1.0}  # fmt: skip
AREAS = {
    "SouthYorkshire CRC": (4000, 700),
    "Kent, Surrey and Sussex CRC DATA CaseloadQ2": (6100, 1000),
    "Gloucetsershire, Avon and Somerset and Wiltshire CRC": (5200, 800),
    "Northamptonshire, Bedfordshire, Hertfordshire and Cambridgshire CRC": (5900, 900),
    "NPS London": (15000, 1200),
}
REGIONS = ("East Midlands", "London", "North East")
GRADES = {
    "Band 3 probation services officer": 300.5,
    "Band 4 probation officer": 250.25,
    "Band 5 senior probation officer": 60.0,
    "Band 8 manager": 9.0,
    "All grades": 1004.4,
}


def as_csv(rows):
    stream = io.StringIO(newline="")
    csv.writer(stream, lineterminator="\n").writerows(rows)
    return stream.getvalue().encode()


def caseload_rows(notes=2):
    rows = [
        [NOTE],
        ["Each person is counted once in each total or sub-total"],
        ["Table CaseloadQ2"],
    ]
    rows = [*rows[:notes], ["Probation area", "Supervision type", "Sex", "Date", "Count"]]
    for area, (men, women) in AREAS.items():
        for kind, share in TYPES.items():
            rows.append([area, kind, "Male", "30/06/2019", f"{men * share:.0f}"])
            rows.append([area, kind, "Female", "30/06/2019", f"{women * share:.0f}"])
    return rows


def long_rows():
    rows = [[NOTE, "", "", ""], ["Table 3: staff in post", "", "", ""], ["", "", "", ""],
            ["Region", "Grade [note 1]", "Date", "FTE"]]  # fmt: skip
    for n, region in enumerate(REGIONS):
        for grade, fte in GRADES.items():
            for day in ("30 Jun 2024", "30 Sep 2024"):
                rows.append([f"{region} [note 3]", grade, day, f"{fte + 10 * n:,.2f} (r)"])
    rows[4][3] = "~"
    rows.append(["Headquarters", "All grades", "30 Jun 2024", "12"])
    rows.append(["Source: simulated", "", "", ""])
    return rows


def wide_rows():
    rows = [[NOTE], ["Table 4: staff in post, regions down and quarters across"],
            ["Region", "Grade", "31 Mar 2024", "30 Jun 2024", "% change"]]  # fmt: skip
    for n, region in enumerate(REGIONS):
        rows.append([region, "Band 4 probation officer", 240.5 + n, 250.25 + n, 4])
        rows.append([region, "Band 5 senior probation officer", 60 + n, "~", ".."])
    return rows


def as_xlsx(rows, sheet):
    import openpyxl

    book = openpyxl.Workbook()
    book.active.title = "Notes"
    table = book.create_sheet(sheet)
    for row in rows:
        table.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def as_ods(rows, sheet):
    from odf.opendocument import OpenDocumentSpreadsheet
    from odf.table import Table, TableCell, TableRow
    from odf.text import P

    book = OpenDocumentSpreadsheet()
    for name, cells in (("Notes", [[NOTE]]), (sheet, rows)):
        table = Table(name=name)
        for row in cells:
            line = TableRow()
            for value in row:
                cell = TableCell(valuetype="string")
                cell.addElement(P(text=str(value)))
                line.addElement(cell)
            table.addElement(line)
        book.spreadsheet.addElement(table)
    stream = io.BytesIO()
    book.write(stream)
    return stream.getvalue()


PAGE = {"source_kind": "inspectorate", "source_url": "https://example.org/simulated-report",
        "source_publisher": "example.org", "source_licence": "facts only"}  # fmt: skip


def records_as_csv(records):
    names = list(dict.fromkeys(name for record in records for name in record))
    return as_csv([names, *([record.get(name, "") for name in names] for record in records)])


def measure_records():
    common = {"subject": "London region", "date": "2024-06-30", "qualifier": "exact", **PAGE}
    return [
        common | {"measure": "vacancy_rate_po_percent", "value": "31.5", "unit": "percent"},
        common | {"measure": "po_fte", "value": "700", "qualifier": "at least"},
    ]


def rating_records():
    standards = ("overall", "leadership", "staffing", "services", "assessment", "planning",
                 "implementation_and_delivery", "reviewing")  # fmt: skip
    return [
        {"inspection_id": "barnsley-and-rotherham-pdu-2024", "standard": name,
         "rating": "Inadequate", **PAGE}
        for name in standards
    ]  # fmt: skip


def inspection_records():
    return [
        {"subject": "Bedfordshire PDU", "programme": "pdu-2024-25", "standards_set": "pdu-7",
         "fieldwork_start": "2025-03", "published": "2025-06-10", **PAGE}
    ]  # fmt: skip


FILES = {
    "omsq-caseload": ("caseload.csv", lambda: as_csv(caseload_rows())),
    "hmpps-workforce-long": ("staff.ods", lambda: as_ods(long_rows(), "Table_3")),
    "hmpps-workforce-wide": ("staff.xlsx", lambda: as_xlsx(wide_rows(), "Table_4")),
    "template-ratings": ("ratings.csv", lambda: records_as_csv(rating_records())),
    "template-measures": ("measures.csv", lambda: records_as_csv(measure_records())),
    "template-inspections": ("inspections.csv", lambda: records_as_csv(inspection_records())),
}


@pytest.fixture
def write(tmp_path):
    """Return a function that writes bytes to a file and returns its path."""

    def make(name, content):
        path = tmp_path / name
        path.write_bytes(content)
        return path

    return make


@pytest.fixture
def valid(write):
    """Return a function that writes the valid file of a layout."""
    return lambda layout: write(FILES[layout][0], FILES[layout][1]())


@pytest.fixture(scope="session")
def simulated():
    """Return what makes the files: rows, records, and the functions that write them."""
    return SimpleNamespace(
        FILES=FILES, as_csv=as_csv, as_ods=as_ods, as_xlsx=as_xlsx, caseload_rows=caseload_rows,
        long_rows=long_rows, wide_rows=wide_rows, measure_records=measure_records,
        rating_records=rating_records, inspection_records=inspection_records,
        records_as_csv=records_as_csv,
    )  # fmt: skip
