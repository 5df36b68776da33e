"""Everything that is wrong with a file is said in one sentence, with its place."""

import io
import zipfile

import pytest

import probstats as ps
from probstats.data.imports import archive, grid
from probstats.errors import DataError

CASELOAD = "omsq-caseload"


def refuse(file, layout, **options):
    with pytest.raises(DataError) as error:
        ps.data.preview_import(file, layout, **options)
    said = str(error.value)
    assert "\n" not in said
    assert file.name in said
    return said


@pytest.fixture
def caseload(write, simulated):
    """Return a function that changes one cell of a caseload file, by row and column."""

    def change(row, column, value):
        rows = simulated.caseload_rows()
        rows[row - 1][column - 1] = value
        return write("caseload.csv", simulated.as_csv(rows))

    return change


class TestCells:
    @pytest.mark.parametrize(
        ("row", "column", "value", "said"),
        [
            (10, 1, "Wessex CRC", "row 10, column Probation area: no subject is called 'Wessex"),
            (10, 1, "NPS Londn", "row 10, column Probation area: "),
            (10, 1, "", "row 10, column Probation area: the name of a subject is empty"),
            (10, 3, "Man", "row 10, column Sex: holds 'Man', for which the layout has no rule"),
            (10, 4, "31/02/2019", "row 10, column Date: holds '31/02/2019'; expected a date as"),
            (10, 4, "30/06/0999", "row 10, column Date: holds '30/06/0999'; expected a date from"),
            (10, 5, "-4000", "row 10, column Count: holds '-4000'; expected a number from 0"),
            (10, 5, "four", "row 10, column Count: holds 'four'; expected a number"),
            (10, 5, "1e400", "row 10, column Count: holds '1e400'; expected a number"),
            (10, 5, "NaN", "row 10, column Count: holds 'NaN'; expected a number"),
            (10, 5, "40,00", "row 10, column Count: holds '40,00'; expected a number"),
            (10, 5, "9" * 14, "row 10, column Count: holds '99999999999999'; expected a number"),
            (10, 3, "Female", "row 11, column Sex: holds 'Female' for what row 10 has already"),
        ],
    )
    def test_the_place_is_named(self, caseload, row, column, value, said):
        assert said in refuse(caseload(row, column, value), CASELOAD)

    @pytest.mark.parametrize(
        ("symbol", "meaning"), [("..", "not available"), ("[c]", "suppressed small number")]
    )
    def test_a_symbol_is_missing_counted_and_named(self, caseload, write, symbol, meaning):
        found = ps.data.preview_import(caseload(10, 5, symbol), CASELOAD)
        assert len(found.tables["measure_claims"]) == 4
        left = found.left_out.set_index("what")
        assert left.loc[f"value {symbol}", "reason"] == meaning
        assert "not all parts of the total are known, and none is printed" in set(left["reason"])
        lines = [
            "area,type,sex,date,count",
            f"NPS London,All supervision,Total,30/06/2019,{symbol}",
            'Essex CRC,All supervision,Total,30/06/2019,"3,000 (r)"',
        ]
        file = write("totals.csv", "\n".join(lines).encode())
        found = ps.data.preview_import(file, CASELOAD)
        assert found.tables["measure_claims"]["value"].tolist() == ["3000"]
        row = found.left_out.set_index("what").loc[f"value {symbol}"]
        assert (row["reason"], row["cells"], row["first_row"]) == (meaning, 1, 2)

    def test_a_printed_total_is_taken_and_checked(self, write, simulated):
        rows = simulated.caseload_rows()
        rows.append(["NPS London", "All supervision", "Total", "30/06/2019", "16,200"])
        file = write("caseload.csv", simulated.as_csv(rows))
        found = ps.data.preview_import(file, CASELOAD).tables["measure_claims"]
        london = found[found["subject_id"] == "london-nps"]
        assert london[["value", "basis"]].to_numpy().tolist() == [["16200", "stated"]]
        rows[-1][-1] = "16,201"
        file = write("caseload.csv", simulated.as_csv(rows))
        said = refuse(file, CASELOAD)
        assert "row 44, column Count: holds '16,201' as the total over sex" in said
        assert "whose parts add up to 16200" in said

    def test_percentages_over_100(self, write, simulated):
        records = simulated.measure_records()
        records[0]["value"] = "131.5"
        file = write("m.csv", simulated.records_as_csv(records))
        said = refuse(file, "template-measures")
        assert "row 2, column value: holds '131.5'; expected a number from 0 to 100" in said

    @pytest.mark.parametrize(
        ("role", "value", "said"),
        [
            ("measure", "po_ftee", "row 2, column measure: holds 'po_ftee'; expected one of case"),
            ("unit", "FTE", "row 2, column unit: holds 'FTE'; expected percent"),
            ("qualifier", "circa", "row 2, column qualifier: holds 'circa'; expected one of exact"),
            ("population", "all", "row 2, column population: holds 'all'; expected one of CRC"),
            ("basis", "guess", "row 2, column basis: holds 'guess'; expected one of stated"),
            ("inspection_id", "x-2024", "row 2, column inspection_id: holds 'x-2024'; expected an"),
            ("inspection_id", "bench-crc-2019", "an inspection of bench-crc; expected one of regi"),
            ("source_kind", "rumour", "the kind of the source is 'rumour'; give it as one of insp"),
            ("source_kind", "", "the kind of the source is not said"),
            ("source_licence", "none", "the licence of the source is 'none'"),
            ("source_publisher", "The Times", "column source_publisher: holds 'The Times'; expe"),
            ("source_url", "ftp://x y", "column source_url: holds 'ftp://x y'; expected an addr"),
            ("source_published", "May 2024", "expected a date as 2024, 2024-05 or 2024-05-31"),
            ("subject", "North East", "row 2, column subject: 'North East'"),
            ("subject", "Londen region", "in [subjects.names] of a layout of your own"),
            ("population", "CRC", "holds 'CRC'; expected unified or everyone on probation, as"),
            ("date_from", "2024-01-01", "column date_from: holds '2024-01-01' beside date, which"),
            ("date_to", "2024-01-01", "expected date alone, or date_from and date_to without it"),
        ],
    )
    def test_measures_of_ones_own(self, write, simulated, role, value, said):
        records = [r | {"date": ""} if role == "subject" else r
                   for r in simulated.measure_records()]  # fmt: skip
        records[0][role] = value
        records[1] |= {"basis": "", "population": "", "inspection_id": "", "source_published": ""}
        records[0] = {**dict.fromkeys(records[1], ""), **records[0]}
        file = write("m.csv", simulated.records_as_csv(records))
        assert said in refuse(file, "template-measures")

    def test_half_a_person(self, write, simulated):
        records = simulated.measure_records()[:1]
        records[0] |= {"measure": "caseload_total", "value": "812.5", "unit": ""}
        file = write("m.csv", simulated.records_as_csv(records))
        assert refuse(file, "template-measures").endswith(
            "column value: holds '812.5'; expected a whole number, as caseload_total counts people"
        )

    @pytest.mark.parametrize(
        ("first", "last", "population", "said"),
        [
            ("2020-03-31", "2020-03-31", "unified", "unified begins on 2021-06-26"),
            ("2022-03-31", "2022-03-31", "NPS", "NPS ends before 2021-06-26"),
        ],
    )
    def test_populations_have_their_time(self, write, simulated, first, last, population, said):
        records = simulated.measure_records()[1:]
        records[0] |= {"subject": "england-and-wales", "population": population, "date": "",
                       "date_from": first, "date_to": last}  # fmt: skip
        file = write("m.csv", simulated.records_as_csv(records))
        assert said in refuse(file, "template-measures")

    @pytest.mark.parametrize(
        ("change", "said"),
        [
            ({"inspection_id": "x-2024"}, "row 2, column inspection_id: holds 'x-2024'"),
            ({"standard": "court_reports"}, "row 2, column standard: holds 'court_reports'; expec"),
            ({"standard": "leadership"}, "row 3, column standard: holds 'leadership' for"),
            ({"rating": "Satisfactory"}, "row 2, column rating: holds 'Satisfactory'; expected o"),
            ({"rating": "", "rating_low": "Good"}, "row 2, column rating_high: is empty"),
            ({"rating_low": "Good"}, "row 2, column rating_low: holds 'Good' beside a rating"),
            ({"rating": "", "rating_low": "Good", "rating_high": "Inadequate"}, "not better than"),
            ({"basis": "hearsay"}, "row 2, column basis: holds 'hearsay'"),
        ],
    )
    def test_ratings(self, write, simulated, change, said):
        records = simulated.rating_records()
        columns = {"rating_low": "", "rating_high": "", "basis": ""}
        records = [columns | record for record in records]
        records[0] |= change
        file = write("r.csv", simulated.records_as_csv(records))
        assert said in refuse(file, "template-ratings")

    @pytest.mark.parametrize(
        ("change", "said"),
        [
            ({"programme": "pdu-2030-31"}, "row 2, column programme: holds 'pdu-2030-31'"),
            ({"standards_set": "core-10"}, "expected a set with standards for pdu: pdu-7, pdu-9"),
            (
                {"published": "2024-06-10", "fieldwork_start": ""},
                "'bedfordshire-pdu-2024' is in th",
            ),
            ({"published": "", "fieldwork_start": ""}, "and no date says the year"),
            ({"published": "2025-06-31"}, "row 2, column published: holds '2025-06-31'"),
            ({"overall_rating_seen": "yes"}, "expected unknown, as the record has no ratings yet"),
            (
                {"fieldwork_start": "2025-08"},
                "column fieldwork_start: holds '2025-08'; expected a d",
            ),
            (
                {"published": "2026-02-01"},
                "expected a day in 2024 to 2025, the years of pdu-2024-25",
            ),
            ({"owner": "Seetec"}, "column owner: holds 'Seetec'; expected nothing, as a provider"),
            (
                {"subject": "London", "provider_type": "region"},
                "holds 'pdu-7'; expected a set with standards for region: region-8",
            ),
            ({"inspection_id": "Lambeth 2025"}, "letters, hyphens and the year, such as bedfordsh"),
            ({"overall_rating_seen": "maybe"}, "column overall_rating_seen: holds 'maybe'"),
            (
                {"inspection_id": "Bedfordshire!"},
                "holds 'Bedfordshire!'; expected small letters, hyphens and the year, such as bed",
            ),
        ],
    )
    def test_inspections(self, write, simulated, change, said):
        records = [{"inspection_id": "", **r} | change for r in simulated.inspection_records()]
        file = write("i.csv", simulated.records_as_csv(records))
        assert said in refuse(file, "template-inspections")


class TestTables:
    def test_semicolons(self, write, simulated):
        content = simulated.as_csv(simulated.caseload_rows())
        file = write("caseload.csv", content.replace(b",", b";"))
        assert refuse(file, CASELOAD) == (
            "caseload.csv seems to be divided by ';', and layout omsq-caseload reads ','; save it "
            "with ',', or say file.delimiter = \";\" in a layout of your own"
        )

    def test_a_grade_or_type_that_nobody_knows(self, write, simulated):
        rows = simulated.long_rows()
        rows[5][1] = "Band 4 probation oficer"
        said = refuse(write("s.ods", simulated.as_ods(rows, "Table_3")), "hmpps-workforce-long")
        assert "holds 'Band 4 probation oficer', for which the layout has no rule" in said
        rows = simulated.caseload_rows()
        rows[5][1] = "All supervison"
        said = refuse(write("c.csv", simulated.as_csv(rows)), CASELOAD)
        assert "holds 'All supervison', for which the layout has no rule" in said

    def test_an_unknown_sex_in_one_area(self, write, simulated):
        rows = simulated.caseload_rows()
        rows.append(["NPS London", "All supervision", "Unknown", "30/06/2019", "3"])
        file = write("c.csv", simulated.as_csv(rows))
        found = ps.data.preview_import(file, CASELOAD).tables["measure_claims"]
        values = found.set_index("subject_id")["value"]
        assert (len(values), values["london-nps"]) == (5, "16203")
        rows[-1][-1] = "~"
        found = ps.data.preview_import(write("c.csv", simulated.as_csv(rows)), CASELOAD)
        assert "london-nps" not in set(found.tables["measure_claims"]["subject_id"])
        assert len(found.tables["measure_claims"]) == 4
        left = found.left_out.set_index("what")["reason"]
        assert left["value ~"] == "suppressed small number"

    def test_an_area_that_lacks_a_sex_makes_no_total(self, write, simulated):
        rows = simulated.caseload_rows()[:-1]
        found = ps.data.preview_import(write("c.csv", simulated.as_csv(rows)), CASELOAD)
        assert len(found.tables["measure_claims"]) == 4

    def test_male_and_males(self, write, simulated):
        rows = simulated.caseload_rows()
        rows.append(["NPS London", "All supervision", "Males", "30/06/2019", "3"])
        said = refuse(write("c.csv", simulated.as_csv(rows)), CASELOAD)
        assert "row 44, column Sex: holds 'Males' for what row 42 has already" in said

    def test_a_dropped_column(self, write, simulated):
        rows = [row[:2] + row[3:] for row in simulated.caseload_rows()]
        said = refuse(write("caseload.csv", simulated.as_csv(rows)), CASELOAD)
        assert "no row has 5 cells, as the header must" in said

    def test_a_dropped_column_that_is_found_by_name(self, write, simulated):
        rows = [row[:1] + row[2:] for row in simulated.long_rows()]
        said = refuse(write("s.ods", simulated.as_ods(rows, "Table_3")), "hmpps-workforce-long")
        assert "row 4: has no column for grade; layout hmpps-workforce-long looks for" in said

    def test_a_header_that_is_there_twice(self, write, simulated):
        rows = simulated.long_rows()
        rows[3] = ["Region", "Grade", "Date", "Region"]
        said = refuse(write("s.ods", simulated.as_ods(rows, "Table_3")), "hmpps-workforce-long")
        assert "row 4: columns 1 and 4 are both 'Region'; expected one for subject" in said

    def test_two_quarters_of_the_same_name(self, write, simulated):
        rows = simulated.wide_rows()
        rows[2][3] = rows[2][2]
        said = refuse(write("s.xlsx", simulated.as_xlsx(rows, "Table_4")), "hmpps-workforce-wide")
        assert "two columns are called '31 Mar 2024'; expected one for each date" in said

    def test_a_quarter_that_is_none(self, write, simulated):
        rows = simulated.wide_rows()
        rows[2][3] = "Spring"
        said = refuse(write("s.xlsx", simulated.as_xlsx(rows, "Table_4")), "hmpps-workforce-wide")
        assert "row 4, column Spring: holds 'Spring'; expected a date as" in said

    def test_a_column_that_has_no_role(self, write, simulated):
        records = [r | {"opinion": "bad"} for r in simulated.measure_records()]
        file = write("m.csv", simulated.records_as_csv(records))
        assert "column opinion: layout template-measures has no role" in refuse(
            file, "template-measures"
        )

    def test_an_endless_header_is_cut(self, write, simulated):
        records = [r | {"x" * 30_000: ""} for r in simulated.measure_records()]
        file = write("m.csv", simulated.records_as_csv(records))
        assert len(refuse(file, "template-measures")) < 250

    def test_no_rows(self, write):
        said = refuse(write("caseload.csv", b"a,b,c,d,e\n"), CASELOAD)
        assert "has no rows below its header in row 1" in said

    def test_nothing_but_what_is_left_out(self, write):
        file = write("c.csv", b"a,b,c,d,e\nNPS London,Community order,Male,30/06/2019,5\n")
        assert "holds nothing new to import (1 a type of supervision" in refuse(file, CASELOAD)

    def test_a_row_that_is_too_short_or_too_long(self, write):
        line = b"a,b,c,d,e\nNPS London,All supervision,Male,30/06/2019"
        assert "row 2: has 4 cells; expected 5" in refuse(write("c.csv", line), CASELOAD)
        assert "row 2: has 6 cells" in refuse(write("d.csv", line + b",5,6"), CASELOAD)

    def test_the_sheet_is_not_there(self, write, simulated):
        file = write("s.xlsx", simulated.as_xlsx(simulated.wide_rows(), "Sheet9"))
        said = refuse(file, "hmpps-workforce-wide")
        assert "asks for sheet '*Table*4*'; the sheets are 'Notes', 'Sheet9'" in said

    def test_the_header_is_not_there(self, write, simulated):
        file = write("s.xlsx", simulated.as_xlsx([["Area", "Grade"]], "Table_4"))
        assert "no row holds 'Region', which marks the header" in refuse(
            file, "hmpps-workforce-wide"
        )


class TestFiles:
    def test_encodings_that_are_understood(self, write, simulated):
        content = simulated.as_csv(simulated.caseload_rows())
        expected = ps.data.preview_import(write("a.csv", content), CASELOAD).tables
        text = content.decode()
        for name, same in {
            "bom": b"\xef\xbb\xbf" + content,
            "crlf": content.replace(b"\n", b"\r\n"),
            "utf16": text.encode("utf-16"),
            "latin1": text.replace("Simulated", "Simulated é").encode("latin-1"),
        }.items():
            found = ps.data.preview_import(write(f"{name}.csv", same), CASELOAD).tables
            assert found["measure_claims"].equals(expected["measure_claims"]), name

    def test_an_encoding_that_is_not(self, write, simulated):
        content = simulated.records_as_csv(simulated.measure_records())
        file = write("m.csv", content.replace(b"London", "Lond\u00f4n".encode("latin-1")))
        assert "row 2: is not in the encoding utf-8" in refuse(file, "template-measures")

    @pytest.mark.parametrize("content", [b"", b"  \n\n"])
    def test_empty(self, write, content):
        assert "is empty; expected a table" in refuse(write("c.csv", content), CASELOAD)

    def test_missing_or_a_folder(self, tmp_path):
        assert "does not exist" in refuse(tmp_path / "no.csv", CASELOAD)
        assert "is a folder" in refuse(tmp_path, CASELOAD)

    def test_embedded_newlines_are_spaces(self, write, simulated):
        content = simulated.as_csv(simulated.caseload_rows())
        file = write("c.csv", content.replace(b"NPS London", b'"NPS\nLondon"'))
        found = ps.data.preview_import(file, CASELOAD).tables["measure_claims"]
        assert "london-nps" in set(found["subject_id"])

    def test_an_open_quote(self, write, simulated):
        content = simulated.as_csv(simulated.caseload_rows())
        said = refuse(write("c.csv", content.replace(b"NPS London", b'"NPS London', 1)), CASELOAD)
        assert "is no CSV" in said

    def test_a_huge_cell(self, write, simulated):
        content = simulated.as_csv(simulated.caseload_rows())
        huge = content.replace(b"NPS London", b"N" * 40_000, 1)
        assert "row 36, column 1: holds 40,000 characters" in refuse(write("c.csv", huge), CASELOAD)
        huge = content.replace(b"NPS London", b"N" * 400_000, 1)
        assert "is no CSV; field larger than" in refuse(write("c.csv", huge), CASELOAD)

    def test_a_nul(self, write):
        assert "row 2: holds a NUL" in refuse(write("c.csv", b"a,b\n1,\x002\n"), CASELOAD)

    @pytest.mark.parametrize("share", [0.05, 0.5, 0.9, 0.99])
    @pytest.mark.parametrize("layout", ["hmpps-workforce-long", "hmpps-workforce-wide"])
    def test_cut_short(self, write, simulated, layout, share):
        name, make = simulated.FILES[layout]
        content = make()
        said = refuse(write(name, content[: int(len(content) * share)]), layout)
        assert "is damaged" in said

    def test_wrong_endings(self, write, simulated):
        book = simulated.FILES["hmpps-workforce-wide"][1]()
        said = refuse(write("s.csv", book), CASELOAD)
        assert "is called .csv but is an .xlsx spreadsheet" in said
        said = refuse(write("s.xlsx", b"a,b\n1,2\n"), "hmpps-workforce-wide")
        assert "is called .xlsx but is text" in said
        said = refuse(write("s.ods", book), "hmpps-workforce-wide")
        assert "is called .ods but is an .xlsx" in said
        said = refuse(write("s.dat", book), CASELOAD)
        assert "layout omsq-caseload reads .csv" in said
        said = refuse(write("s.zip", zipped({"a.csv": b"x"})), CASELOAD)
        assert "archive and no spreadsheet" in said

    def test_old_or_locked_office_files(self, write):
        content = archive.OLD_OFFICE + bytes(2000)
        said = refuse(write("s.xlsx", content), "hmpps-workforce-wide")
        assert "old or a password-protected Office file" in said

    def test_a_locked_ods(self, write, simulated):
        content = simulated.FILES["hmpps-workforce-long"][1]()
        members = unzipped(content)
        members["META-INF/manifest.xml"] = b"<manifest:encryption-data/>"
        said = refuse(write("s.ods", zipped(members)), "hmpps-workforce-long")
        assert "protected by a password" in said

    def test_a_bomb_of_bytes(self, write, monkeypatch):
        monkeypatch.setattr(archive, "MOST_BYTES", 1_000_000)
        content = zipped({"xl/workbook.xml": b"", "xl/worksheets/a.xml": bytes(2_000_000)})
        assert len(content) < 10_000
        said = refuse(write("s.xlsx", content), "hmpps-workforce-wide")
        assert "unpacks to more than 1,000,000 bytes" in said

    def test_a_bomb_of_repeated_cells(self, write, simulated):
        members = unzipped(simulated.FILES["hmpps-workforce-long"][1]())
        body = members["content.xml"].decode()
        bomb = body.replace(
            "<table:table-row>", '<table:table-row table:number-rows-repeated="900000">', 1
        ).replace("<table:table-cell ", '<table:table-cell table:number-columns-repeated="900" ', 1)
        assert bomb != body
        members["content.xml"] = bomb.encode()
        said = refuse(write("s.ods", zipped(members)), "hmpps-workforce-long")
        assert "spreads over 810,00" in said

    def test_a_bomb_of_a_far_cell(self, write, simulated):
        members = unzipped(simulated.FILES["hmpps-workforce-wide"][1]())
        name = "xl/worksheets/sheet2.xml"
        far = members[name].replace(b'r="A1"', b'r="XFD1048576"', 1)
        assert far != members[name]
        members[name] = far
        said = refuse(write("s.xlsx", zipped(members)), "hmpps-workforce-wide")
        assert "spreads over 17,179,869,184 cells" in said

    def test_empty_rows_to_the_end_of_a_sheet_are_nothing(self, write, simulated):
        members = unzipped(simulated.FILES["hmpps-workforce-long"][1]())
        body = members["content.xml"].decode()
        tail = (
            '<table:table-row table:number-rows-repeated="1048000"><table:table-cell '
            'table:number-columns-repeated="16384"/></table:table-row></table:table>'
        )
        members["content.xml"] = body.replace("</table:table>", tail).encode()
        file = write("s.ods", zipped(members))
        found = ps.data.preview_import(file, "hmpps-workforce-long")
        assert len(found.tables["measure_claims"]) == 23

    def test_too_large(self, write, monkeypatch):
        monkeypatch.setattr(grid, "MOST_BYTES", 10)
        assert "has more than 10 bytes" in refuse(write("c.csv", b"a,b,c,d,e\n1,2,3"), CASELOAD)

    def test_without_the_reader_of_spreadsheets(self, valid, monkeypatch):
        monkeypatch.setitem(__import__("sys").modules, "python_calamine", None)
        said = refuse(valid("hmpps-workforce-wide"), "hmpps-workforce-wide")
        assert 'pip install "probation-stats[import]"' in said


def zipped(members):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in members.items():
            file.writestr(name, content)
    return stream.getvalue()


def unzipped(content):
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        return {name: file.read(name) for name in file.namelist()}
