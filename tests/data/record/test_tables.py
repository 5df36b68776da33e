"""Loading and checking the tables: what comes through, and what is refused in which words."""

import json
from pathlib import Path

import pandas as pd
import pytest

import probstats as ps
from probstats import files
from probstats.data.record import package
from probstats.data.record.tables import accept, changed_tables
from probstats.errors import DataError, ProbstatsError

DATA = Path(__file__).parents[3] / "data"
TABLES = [
    entry["name"] for entry in json.loads((DATA / "datapackage.json").read_bytes())["resources"]
]
TYPES = {"integer": "Int64", "number": "float64", "date": "datetime64[s]", "boolean": "boolean"}


def refuse(copied, name):
    """Return the sentence with which loading a table fails, for good."""
    with pytest.raises(DataError) as error:
        ps.data.load(name, copied.path)
    assert "\n" not in str(error.value)
    return str(error.value)


class TestWhatComesThrough:
    @pytest.mark.parametrize("name", TABLES)
    def test_every_cell_of_every_table(self, name, records, descriptor):
        frame = ps.data.load(name)
        entry = next(entry for entry in descriptor["resources"] if entry["name"] == name)
        fields = {field["name"]: field for field in entry["schema"]["fields"]}
        assert frame.columns.tolist() == list(fields)
        assert len(frame) == len(records[name]) > 0
        for column, field in fields.items():
            kind = "category" if field.get("ordered") else TYPES.get(field["type"], "str")
            assert frame[column].dtype == kind, column
            for found, record in zip(frame[column], records[name], strict=True):
                text = record[column]
                if pd.isna(found):
                    assert text == ""
                elif field["type"] == "date":
                    assert found.strftime("%Y-%m-%d") == text
                elif field["type"] in {"number", "integer"}:
                    assert found == float(text)
                else:
                    assert found == text

    def test_ratings_are_ordered_from_worst_to_best(self):
        low = ps.data.load("rating_claims")["rating_low"]
        assert low.cat.ordered
        assert low.cat.categories.tolist() == list(ps.data.RATINGS)

    def test_table_names(self):
        assert ps.data.table_names() == TABLES == ps.data.table_names(str(DATA))

    def test_nothing_is_wrong_with_the_tables_that_come_with_the_package(self):
        assert ps.data.check() == []
        assert changed_tables() == []

    def test_a_folder_may_be_given_as_text(self, copied):
        pd.testing.assert_frame_equal(
            ps.data.load("measures", str(copied.path)), ps.data.load("measures")
        )

    def test_reading_changes_no_file_and_leaves_none_behind(self, copied):
        before = copied.hashes()
        for name in TABLES:
            ps.data.load(name, copied.path)
        ps.data.check(copied.path)
        ps.load_panel("wide", copied.path)
        ps.data.national_staffing(copied.path)
        copied.cell("rating_claims", 2, "rating_low", "Poor")
        before["rating_claims.csv"] = copied.hashes()["rating_claims.csv"]
        with pytest.raises(DataError):
            accept(copied.path)
        assert copied.hashes() == before

    def test_each_load_returns_a_frame_of_its_own(self):
        frame = ps.data.load("measures")
        frame["measure"] = "spoilt"
        assert "spoilt" not in ps.data.load("measures")["measure"].tolist()


class TestWhatTheDescriptionCannotSay:
    """Facts that hold between columns and tables of the record as it stands."""

    def test_bounds_of_a_figure_follow_from_its_qualifier(self, records):
        for claim in records["measure_claims"]:
            low, high = {
                "exact": (claim["value"], claim["value"]), "at least": (claim["value"], ""),
                "at most": ("", claim["value"]), "about": ("", ""),
            }[claim["qualifier"]]  # fmt: skip
            for bound, expected in [(claim["value_low"], low), (claim["value_high"], high)]:
                assert (bound == "") == (expected == "")
                assert bound == "" or float(bound) == float(expected)

    def test_units_and_limits_of_figures_are_those_of_their_measure(self, records):
        measures = {measure["measure"]: measure for measure in records["measures"]}
        for claim in records["measure_claims"]:
            measure = measures[claim["measure"]]
            assert claim["unit"] == measure["unit"]
            assert float(claim["value"]) >= float(measure["lower"])
            assert not measure["upper"] or float(claim["value"]) <= float(measure["upper"])

    def test_a_figure_given_for_an_inspection_is_of_its_subject_and_population(self, records):
        known = {row["inspection_id"]: row for row in records["inspections"]}
        for claim in records["measure_claims"]:
            if claim["inspection_id"]:
                inspection = known[claim["inspection_id"]]
                for column in ("subject_id", "population"):
                    assert claim[column] == inspection[column]

    def test_an_overall_rating_is_said_to_be_seen_exactly_where_it_is_claimed(self, records):
        claimed = {
            claim["inspection_id"]
            for claim in records["rating_claims"]
            if claim["standard"] == "overall"
        }
        seen = {
            row["inspection_id"]
            for row in records["inspections"]
            if row["overall_rating_seen"] == "yes"
        }
        assert claimed == seen
        assert len(seen) == 123

    def test_dates_of_inspections_are_the_narrowest_that_their_claims_leave(self, records):
        spans = {}
        for claim in records["inspection_claims"]:
            if claim["field"] != "owner":
                start = pd.Period(claim["value"]).start_time.date().isoformat()
                end = pd.Period(claim["value"]).end_time.date().isoformat()
                spans.setdefault((claim["inspection_id"], claim["field"]), []).append((start, end))
        for row in records["inspections"]:
            for field in ("fieldwork_start", "published"):
                claims = spans.get((row["inspection_id"], field), [("", "")])
                assert row[f"{field}_from"] == max(start for start, _ in claims)
                assert row[f"{field}_to"] == min(end for _, end in claims)

    def test_published_totals_add_up(self, records):
        for total in records["published_totals"]:
            parts = ("inadequate", "requires_improvement", "good", "outstanding")
            assert int(total["n"]) == sum(int(total[part]) for part in parts)


REGIONS = (
    "East Midlands, East of England, Greater Manchester, Kent, Surrey and Sussex, London, "
    "North East, North West, South Central, South West, Wales, West Midlands, "
    "Yorkshire and the Humber"
)
RATINGS = "Inadequate, Requires improvement, Good, Outstanding"
ONE_BAD_CELL = [
    ("rating_claims", "rating_low", "Satisfactory", f"one of {RATINGS}"),
    ("rating_claims", "rating_high", "good", f"one of {RATINGS}"),
    ("rating_claims", "source_id", "", None),
    ("rating_claims", "source_id", "s1", "the form ^(s[0-9]{3}|i[0-9]{4}-[0-9]{3})$"),
    ("measure_claims", "source_id", "", None),
    ("measure_claims", "value", "1,700", "a number"),
    ("measure_claims", "value", "28 per cent", "a number"),
    ("measure_claims", "value", "nan", "a number"),
    ("measure_claims", "value", "inf", "a number"),
    ("rating_count_claims", "count", "-3", "at least 0"),
    ("measure_claims", "as_of_to", "2021-02-30", "a date as YYYY-MM-DD"),
    ("measure_claims", "qualifier", "roughly", "one of exact, at least, at most, about"),
    ("inspections", "published_from", "next spring", "a date as YYYY-MM-DD"),
    ("inspections", "published_from", "2021-02-30", "a date as YYYY-MM-DD"),
    ("inspections", "published_from", "23/11/2022", "a date as YYYY-MM-DD"),
    ("subjects", "region", "Mercia", f"one of {REGIONS}"),
    ("staffing_wording", "staffing_code", "4", "at most 3"),
    ("staffing_wording", "staffing_code", "1.5", "a whole number of at most 18 digits"),
    ("sources", "url", "www.gov.uk", r"the form ^https?://\S+$"),
]


def sentence(table, column, value, expected, row=3):
    found = f"holds {value!r}" if value else "is missing"
    return f"{table}.csv, row {row}, column {column}: {found}; expected {expected or 'a value'}"


class TestOneBadCell:
    @pytest.mark.parametrize(("table", "column", "value", "expected"), ONE_BAD_CELL)
    def test_is_named(self, copied, table, column, value, expected):
        copied.cell(table, 3, column, value)
        assert refuse(copied, table) == sentence(table, column, value, expected)

    def test_the_check_names_all_of_them_together(self, copied):
        chosen = ONE_BAD_CELL[:1] + ONE_BAD_CELL[2:3] + ONE_BAD_CELL[5::3]
        for row, (table, column, value, _) in enumerate(chosen, 3):
            copied.cell(table, row, column, value)
        expected = {sentence(*bad, row) for row, bad in enumerate(chosen, 3)}
        assert {str(problem) for problem in ps.data.check(copied.path)} == expected
        assert len(expected) == len(chosen) == 7

    def test_a_reversed_pair_of_dates(self, copied):
        row = copied.row_of("inspections", inspection_id="essex-south-pdu-2024")
        copied.cell("inspections", row, "fieldwork_start_to", "2024-03-31")
        assert refuse(copied, "inspections") == (
            f"inspections.csv, row {row}, column fieldwork_start_from: holds '2024-04-01'; "
            f"expected at most fieldwork_start_to, which is 2024-03-31"
        )

    def test_a_reversed_pair_of_ratings(self, copied):
        copied.cell("rating_claims", 2, "rating_low", "Good")
        assert refuse(copied, "rating_claims") == (
            "rating_claims.csv, row 2, column rating_low: holds 'Good'; "
            "expected at most rating_high, which is Requires improvement"
        )

    def test_a_figure_outside_its_bounds(self, copied):
        copied.cell("measure_claims", 2, "value", "61")
        assert refuse(copied, "measure_claims") == (
            "measure_claims.csv, row 2, column value: holds '61'; "
            "expected at most value_high, which is 60.0"
        )

    def test_reversed_bounds(self, copied):
        copied.cell("measure_claims", 2, "value_low", "61")
        assert [str(problem) for problem in ps.data.check(copied.path)] == [
            f"measure_claims.csv, row 2, column value_low: holds '61'; expected at most {bound}"
            for bound in ("value_high, which is 60.0", "value, which is 60")
        ]

    @pytest.mark.parametrize(
        ("column", "value"), [("population", "NPS"), ("subject_id", "leeds-pdu")]
    )
    def test_a_figure_for_the_inspection_of_another(self, copied, column, value):
        copied.cell("measure_claims", 2, column, value)
        cell = {
            "inspection_id": "barnsley-and-rotherham-pdu-2024",
            "subject_id": "barnsley-and-rotherham-pdu",
            "population": "unified",
        } | {column: value}
        names = "inspection_id, subject_id, population"
        assert refuse(copied, "measure_claims") == (
            f"measure_claims.csv, row 2, column {names}: holds {', '.join(cell.values())!r}; "
            f"expected a value of column {names} in inspections.csv"
        )

    @pytest.mark.parametrize(
        ("table", "column", "value", "target"),
        [
            ("rating_claims", "inspection_id", "atlantis-pdu-2022", "inspections"),
            ("rating_claims", "source_id", "s999", "sources"),
            ("measure_claims", "measure", "morale", "measures"),
            ("inspections", "subject_id", "atlantis-pdu", "subjects"),
        ],
    )
    def test_a_reference_to_a_row_that_does_not_exist(self, copied, table, column, value, target):
        copied.cell(table, 3, column, value)
        message = (
            f"{table}.csv, row 3, column {column}: holds {value!r}; "
            f"expected a value of column {column} in {target}.csv"
        )
        assert refuse(copied, table).startswith(message)
        assert message in map(str, ps.data.check(copied.path))

    def test_of_several_problems_the_first_is_told_and_the_others_are_counted(self, copied):
        for row in (5, 6, 7):
            copied.cell("rating_claims", row, "basis", "hearsay")
        assert refuse(copied, "rating_claims") == (
            "rating_claims.csv, row 5, column basis: holds 'hearsay'; expected one of stated, "
            "group statement, wording, derived (2 more: `probstats data check` lists them)"
        )
        assert [problem.row for problem in ps.data.check(copied.path)] == [5, 6, 7]

    def test_the_panel_is_not_built_from_it(self, copied):
        copied.cell("rating_claims", 3, "rating_low", "Satisfactory")
        with pytest.raises(DataError, match=r"rating_claims\.csv, row 3, column rating_low: holds"):
            ps.load_panel(folder=copied.path)


class TestOneBadFile:
    def test_a_duplicate_row(self, copied):
        first = (copied.path / "rating_claims.csv").read_bytes().split(b"\n")[1]
        copied.line("rating_claims.csv", 3, lambda line: first)
        assert refuse(copied, "rating_claims") == (
            "rating_claims.csv, row 3, column inspection_id, standard, source_id, rating_low, "
            "rating_high: holds 'barking-dagenham-and-havering-pdu-2022, overall, s160, "
            "Requires improvement, Requires improvement'; "
            "expected a key that no other row has (row 2 has it)"
        )

    def test_a_duplicate_value_where_each_must_differ(self, copied):
        copied.cell("measures", 3, "column", "caseload_total_people")
        assert refuse(copied, "measures") == (
            "measures.csv, row 3, column column: holds 'caseload_total_people'; "
            "expected a key that no other row has (row 2 has it)"
        )

    def test_a_missing_file(self, copied):
        (copied.path / "subjects.csv").unlink()
        message = f"{copied.path / 'subjects.csv'} cannot be read: no such file or directory"
        assert refuse(copied, "subjects") == message
        with pytest.raises(DataError, match="no such file"):
            ps.data.check(copied.path)
        with pytest.raises(DataError, match="no such file"):
            ps.load_panel(folder=copied.path)

    def test_a_missing_column(self, copied):
        columns = (
            "total, provider_types, window, programmes, standards_sets, fieldwork_from, "
            "fieldwork_to, published_from, published_to, regions, regions_excluded, n, inadequate, "
            "requires_improvement, good, "
        )
        copied.line("published_totals.csv", 1, lambda line: line.replace(b"good", b"fine"))
        messages = [
            f"published_totals.csv, row 1, column {found}; "
            f"expected the columns {columns}outstanding, source_id"
            for found in ("fine: holds 'fine'", "good: is missing")
        ]
        assert [str(problem) for problem in ps.data.check(copied.path)] == messages
        assert refuse(copied, "published_totals").startswith(messages[0])

    @pytest.mark.parametrize(
        ("change", "message"),
        [
            (lambda line: b"", "row 3: has 0 cells; expected 17, as in row 1"),
            (lambda line: line + b",x", "row 3: has 18 cells; expected 17, as in row 1"),
            (lambda line: line.rsplit(b",", 1)[0], "row 3: has 16 cells; expected 17, as in row 1"),
            (lambda line: line + b"\xe9", "row 3: is not UTF-8; save the file as UTF-8"),
        ],
        ids=["blank", "long", "short", "latin-1"],
    )
    def test_a_bad_row(self, copied, change, message):
        copied.line("published_totals.csv", 3, change)
        assert refuse(copied, "published_totals") == f"published_totals.csv, {message}"

    def test_a_header_that_names_a_column_twice(self, copied):
        copied.line("published_totals.csv", 1, lambda line: line.replace(b"good", b"n"))
        assert refuse(copied, "published_totals") == (
            "published_totals.csv, row 1: names column 'n' twice; expected each once"
        )

    def test_an_empty_file(self, copied):
        copied.edit("measures.csv", lambda _: b"")
        assert refuse(copied, "measures") == "measures.csv: is empty; expected a header row"

    def test_a_header_alone_is_no_table(self, copied):
        copied.edit("score_claims.csv", lambda content: content.split(b"\n")[0] + b"\n")
        assert refuse(copied, "score_claims") == (
            "score_claims.csv: is wrong; expected at least one row below the header"
        )

    @pytest.mark.parametrize("name", ["ratings", "rating_claims.csv", "", "Inspections"])
    def test_an_unknown_table(self, copied, name):
        message = f"there is no table {name!r}; the tables are {', '.join(TABLES)}"
        assert refuse(copied, name) == message

    def test_a_missing_descriptor(self, copied):
        (copied.path / "datapackage.json").unlink()
        assert refuse(copied, "measures").endswith(
            "is missing; the folder of the tables must hold it"
        )

    def test_a_broken_descriptor(self, copied):
        copied.edit("datapackage.json", lambda content: content[:-20])
        assert "datapackage.json cannot be read as JSON: " in refuse(copied, "measures")


class TestChangedButValid:
    @pytest.mark.parametrize(
        "change",
        [
            lambda content: content.replace(b"\n", b"\r\n"),
            lambda content: b"\xef\xbb\xbf" + content,
        ],
        ids=["CRLF", "BOM"],
    )
    def test_what_spreadsheets_write_loads_but_is_not_what_was_described(self, copied, change):
        copied.edit("rating_claims.csv", change)
        frame = ps.data.load("rating_claims", copied.path)
        pd.testing.assert_frame_equal(frame, ps.data.load("rating_claims"))
        assert ps.data.check(copied.path) == []
        assert changed_tables(copied.path) == ["rating_claims"]

    def test_a_corrected_cell_loads(self, copied):
        copied.cell("measure_claims", 2, "note", "read again")
        assert ps.data.load("measure_claims", copied.path)["note"].iloc[0] == "read again"
        assert changed_tables(copied.path) == ["measure_claims"]

    def test_a_row_that_others_refer_to_cannot_vanish_unnoticed(self, copied):
        """The referring table is unchanged, so its own hash says nothing."""
        row = copied.row_of("subjects", subject_id="leeds-pdu")
        copied.edit(
            "subjects.csv",
            lambda content: b"\n".join(
                line for number, line in enumerate(content.split(b"\n"), 1) if number != row
            ),
        )
        expected = "holds 'leeds-pdu'; expected a value of column subject_id in subjects.csv"
        assert expected in refuse(copied, "inspections")
        with pytest.raises(DataError, match=r"holds 'leeds-pdu'"):
            ps.load_panel(folder=copied.path)

    def test_a_table_that_others_refer_to_may_be_the_broken_one(self, copied):
        copied.line("sources.csv", 1, lambda line: line.replace(b"source_id", b"id"))
        assert refuse(copied, "rating_claims").startswith(
            "sources.csv, row 1, column id: holds 'id'"
        )


class TestAccept:
    def test_what_is_as_described_stays_so_to_the_byte(self, copied):
        before = copied.hashes()
        accept(copied.path)
        assert copied.hashes() == before

    def test_hashes_and_sizes_are_rewritten_and_nothing_else(self, copied):
        before = copied.descriptor()
        copied.cell("measure_claims", 2, "note", "read again")
        copied.cell("subjects", 2, "name", "Barking")
        accept(str(copied.path))
        after = copied.descriptor()
        for old, new in zip(before["resources"], after["resources"], strict=True):
            content = (copied.path / new["path"]).read_bytes()
            assert new["bytes"] == len(content)
            assert new["hash"] == package.fingerprint(content)
            assert (old == new) == (old["name"] not in {"measure_claims", "subjects"})
            old.update(bytes=new["bytes"], hash=new["hash"])
        assert before == after
        assert changed_tables(copied.path) == []
        assert not list(copied.path.glob(".*"))

    @pytest.mark.parametrize(
        ("table", "column", "value"),
        [
            ("rating_claims", "rating_low", "Poor"),
            ("rating_claims", "source_id", "s999"),
            ("measure_claims", "source_id", ""),
        ],
    )
    def test_what_is_not_valid_is_not_accepted(self, copied, table, column, value):
        copied.cell("subjects", 2, "name", "Barking")
        copied.cell(table, 2, column, value)
        before = copied.hashes()
        with pytest.raises(DataError, match=rf"{table}\.csv, row 2, column {column}: "):
            accept(copied.path)
        assert copied.hashes() == before

    def test_the_descriptor_is_replaced_whole_or_not_at_all(self, copied, monkeypatch):
        copied.cell("subjects", 2, "name", "Barking")
        before = copied.hashes()

        def full(source, target):
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(files.os, "replace", full)
        with pytest.raises(ProbstatsError, match=r"datapackage\.json: no space left on device"):
            accept(copied.path)
        assert copied.hashes() == before

    def test_the_description_in_memory_is_not_changed_before_the_file_is(self, copied, monkeypatch):
        copied.cell("subjects", 2, "name", "Barking")
        monkeypatch.setattr(files.os, "replace", lambda source, target: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            accept(copied.path)
        assert changed_tables(copied.path) == ["subjects"]
