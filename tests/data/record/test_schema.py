"""Validation of one simulated table against its description."""

import numpy as np
import pandas as pd
import pytest

from probstats.data.record.cells import convert, read_text
from probstats.data.record.schema import Problem, find_problems
from probstats.errors import DataError

FIELDS = [
    {"name": "id", "type": "string", "constraints": {"required": True, "pattern": "^[a-z]+$"}},
    {"name": "code", "type": "string", "constraints": {"unique": True}},
    {
        "name": "low",
        "type": "string",
        "ordered": True,
        "constraints": {"enum": ["Poor", "Fair", "Fine"]},
    },
    {
        "name": "high",
        "type": "string",
        "ordered": True,
        "constraints": {"enum": ["Poor", "Fair", "Fine"]},
    },
    {"name": "percent", "type": "number", "constraints": {"minimum": 0, "maximum": 100}},
    {"name": "count", "type": "integer", "constraints": {"minimum": 0}},
    {"name": "from", "type": "date"},
    {"name": "to", "type": "date"},
    {"name": "flag", "type": "boolean"},
]
ENTRY = {
    "path": "simulated.csv",
    "schema": {"fields": FIELDS, "primaryKey": "id"},
    "orderedPairs": [["low", "high"], ["from", "to"], ["count", "percent"]],
}
NAMES = [field["name"] for field in FIELDS]


def text_frame(*rows):
    """Return a simulated table as text; each row gives some of its cells."""
    full = [{"id": "abcdefgh"[place]} | row for place, row in enumerate(rows)]
    columns = {name: [row.get(name) for row in full] for name in NAMES}
    return pd.DataFrame(columns, dtype="string")


def messages(frame, entry=ENTRY):
    return [str(problem) for problem in find_problems(frame, entry)]


class TestReading:
    def read(self, content):
        return read_text(content, "simulated.csv")

    def refuse(self, content):
        with pytest.raises(DataError) as error:
            self.read(content)
        assert "\n" not in str(error.value)
        return str(error.value)

    def test_cells_stay_text_and_empty_cells_are_missing(self):
        frame = self.read(b'a,b,c\n007,,NA\n1.50,"",nan\n')
        assert frame.columns.tolist() == ["a", "b", "c"]
        assert (frame.dtypes == "string").all()
        assert frame["a"].tolist() == ["007", "1.50"]
        assert frame["b"].isna().all()
        assert frame["c"].tolist() == ["NA", "nan"]

    def test_quoted_cells_keep_commas_quotes_and_line_ends(self):
        frame = self.read('a,b\n"x, ""y""\nz",Ynys Môn\n'.encode())
        assert frame.iloc[0].tolist() == ['x, "y"\nz', "Ynys Môn"]

    @pytest.mark.parametrize(
        "content",
        [b"\xef\xbb\xbfa,b\n1,2\n", b"a,b\r\n1,2\r\n", b"\xef\xbb\xbfa,b\r\n1,2\r\n",
         b"a,b\r1,2\r", b"a,b\n1,2"],
        ids=["BOM", "CRLF", "BOM and CRLF", "CR", "no line end at the end"],
    )  # fmt: skip
    def test_what_spreadsheets_write_changes_nothing(self, content):
        pd.testing.assert_frame_equal(self.read(content), self.read(b"a,b\n1,2\n"))

    def test_a_header_alone_is_a_table_without_rows(self):
        frame = self.read(b"a,b\n")
        assert frame.shape == (0, 2)
        assert (frame.dtypes == "string").all()

    def test_an_empty_file_has_no_header(self):
        assert self.refuse(b"") == "simulated.csv: is empty; expected a header row"

    def test_a_column_that_is_named_twice(self):
        message = self.refuse(b"a,b,a\n1,2,3\n")
        assert message == "simulated.csv, row 1: names column 'a' twice; expected each once"

    @pytest.mark.parametrize(
        ("row", "cells"), [(b"1,2", 2), (b"1,2,3,4", 4), (b"1,2,3,", 4), (b"", 0)]
    )
    def test_a_row_of_another_length(self, row, cells):
        message = self.refuse(b"a,b,c\n1,2,3\n" + row + b"\n1,2,3\n")
        assert message == f"simulated.csv, row 3: has {cells} cells; expected 3, as in row 1"

    def test_when_every_row_is_too_long_nothing_is_dropped_silently(self):
        assert "row 2: has 3 cells" in self.refuse(b"a,b\n1,2,3\n4,5,6\n")

    def test_rows_are_counted_as_a_spreadsheet_counts_them(self):
        assert "row 4: has 1 cells" in self.refuse(b'a,b\n"1\n1\n1",2\n3,4\n5\n')

    @pytest.mark.parametrize(
        ("content", "row"),
        [("a,b\n1,2\nM\u00f4n,3\n".encode("latin-1"), 3), ("a,b\n1,2\n".encode("utf-16"), 1)],
        ids=["latin-1", "utf-16"],
    )
    def test_what_is_not_utf_8(self, content, row):
        expected = f"simulated.csv, row {row}: is not UTF-8; save the file as UTF-8"
        assert self.refuse(content) == expected

    @pytest.mark.parametrize("content", [b'a,b\n"1,2\n', b'a,b\n"1"1,2\n'])
    def test_a_quote_that_does_not_close(self, content):
        assert self.refuse(content).startswith("simulated.csv, line 2: is no CSV; ")


class TestHeader:
    def test_a_missing_column(self):
        expected = f"the columns {', '.join(NAMES)}"
        assert messages(text_frame({}).drop(columns="flag")) == [
            f"simulated.csv, row 1, column flag: is missing; expected {expected}"
        ]

    def test_an_unknown_column(self):
        expected = f"the columns {', '.join(NAMES)}"
        assert messages(text_frame({}).assign(colour="red")) == [
            f"simulated.csv, row 1, column colour: holds 'colour'; expected {expected}"
        ]

    def test_a_misspelt_column_is_both(self):
        frame = text_frame({"percent": "200"}).rename(columns={"flag": "Flag"})
        assert [problem.column for problem in find_problems(frame, ENTRY)] == ["Flag", "flag"]

    def test_the_order_of_the_columns_is_free(self):
        frame = text_frame({"percent": "1", "flag": "true"})
        assert messages(frame[NAMES[::-1]]) == []
        turned = convert(frame[NAMES[::-1]], FIELDS)
        pd.testing.assert_frame_equal(turned, convert(frame, FIELDS))


GOOD = [
    ("percent", "0"), ("percent", "100"), ("percent", "+12.5"), ("percent", ".5"),
    ("percent", "1e1"), ("percent", "-0"), ("count", "007"), ("count", "+3"),
    ("from", "2020-02-29"), ("from", "0001-01-01"), ("flag", "true"), ("flag", "False"),
    ("low", "Fine"), ("id", "z"),
]  # fmt: skip
BAD = [
    ("percent", "100.01", "at most 100"),
    ("percent", "-1", "at least 0"),
    *[
        ("percent", value, "a number")
        for value in ("12%", "1,5", "ten", "nan", "NaN", "NA", "inf", "-Infinity", "1e999", "0x1F",
                      "1_000", " 5", "5 ", ".", "\u0663", "--1")
    ],
    *[
        ("count", value, "a whole number of at most 18 digits")
        for value in ("1.0", "1e3", "ten", "\u0663", "9" * 19, "1 000", "nan")
    ],
    *[
        ("from", value, "a date as YYYY-MM-DD")
        for value in ("2021-02-30", "2021-13-01", "2021-00-10", "0000-01-01", "2021-2-3",
                      "21-02-03", "03/02/2021", "2021-02", "2021-02-03T00:00", "20210203",
                      "2021-W05-3", "soon", "\u0662021-02-03")
    ],
    *[("flag", value, "true or false") for value in ("yes", "1", "TRUE", "t")],
    *[
        ("low", value, "one of Poor, Fair, Fine")
        for value in ("fine", "Fine ", "Good", "0", "Poor,Fair")
    ],
    *[("id", value, "the form ^[a-z]+$") for value in ("A", "a1", "a\n", " a")],
]  # fmt: skip


class TestCells:
    @pytest.mark.parametrize(("column", "value"), GOOD)
    def test_what_is_right_passes(self, column, value):
        frame = text_frame({}, {column: value})
        assert messages(frame) == []
        assert convert(frame, FIELDS)[column].notna().iloc[1]

    @pytest.mark.parametrize(("column", "value", "expected"), BAD)
    def test_what_is_wrong_is_named_with_file_row_column_and_value(self, column, value, expected):
        assert messages(text_frame({}, {column: value}, {})) == [
            f"simulated.csv, row 3, column {column}: holds {value!r}; expected {expected}"
        ]

    def test_a_required_cell_that_is_empty(self):
        assert messages(text_frame({}, {"id": None})) == [
            "simulated.csv, row 3, column id: is missing; expected a value"
        ]

    def test_empty_cells_pass_where_none_is_required(self):
        assert messages(text_frame({}, {})) == []

    def test_every_problem_is_found(self):
        frame = text_frame({"percent": "x", "flag": "y"}, {"from": "z"}, {"percent": "101"})
        found = {(problem.row, problem.column) for problem in find_problems(frame, ENTRY)}
        assert found == {(2, "percent"), (2, "flag"), (3, "from"), (4, "percent")}


class TestPairs:
    @pytest.mark.parametrize(
        "row",
        [
            {"low": "Poor", "high": "Fine"},
            {"low": "Fair", "high": "Fair"},
            {"low": "Fine"},
            {"high": "Poor"},
            {"from": "2020-12-31", "to": "2021-01-01"},
            {"from": "2020-01-01", "to": "2020-01-01"},
            {"count": "9", "percent": "10"},
        ],
    )
    def test_what_is_in_order_passes(self, row):
        assert messages(text_frame({}, row)) == []

    @pytest.mark.parametrize(
        ("first", "second", "values"),
        [
            ("low", "high", ("Fine", "Poor")),
            ("low", "high", ("Fine", "Fair")),
            ("from", "to", ("2021-01-01", "2020-12-31")),
            ("count", "percent", ("10", "9")),
            ("count", "percent", ("10", "9.99")),
        ],
    )
    def test_what_is_reversed_is_named(self, first, second, values):
        assert messages(text_frame({}, {first: values[0], second: values[1]})) == [
            f"simulated.csv, row 3, column {first}: holds {values[0]!r}; "
            f"expected at most {second}, which is {values[1]}"
        ]

    @pytest.mark.parametrize(
        ("row", "problem"),
        [
            ({"from": "23/11/2022", "to": "2022-11-23"}, "a date as YYYY-MM-DD"),
            ({"from": "2022-11-23", "to": "1 May"}, "a date as YYYY-MM-DD"),
            ({"low": "Superb", "high": "Poor"}, "one of Poor, Fair, Fine"),
            ({"count": "many", "percent": "1"}, "a whole number of at most 18 digits"),
            ({"count": "inf", "percent": "1"}, "a whole number of at most 18 digits"),
            ({"count": "1", "percent": "-inf"}, "a number"),
        ],
    )
    def test_what_cannot_be_compared_is_named_once(self, row, problem):
        found = messages(text_frame({}, row))
        assert len(found) == 1
        assert found[0].endswith(f"; expected {problem}")


class TestKeys:
    def test_a_key_that_stands_twice(self):
        assert messages(text_frame({"id": "a"}, {"id": "b"}, {"id": "a"})) == [
            "simulated.csv, row 4, column id: holds 'a'; "
            "expected a key that no other row has (row 2 has it)"
        ]

    def test_a_key_that_stands_three_times_is_named_twice(self):
        found = find_problems(text_frame({"id": "a"}, {"id": "a"}, {"id": "a"}), ENTRY)
        assert [problem.row for problem in found] == [3, 4]

    def test_a_column_that_must_be_unique_by_itself(self):
        assert messages(text_frame({"code": "x"}, {"code": "y"}, {"code": "y"})) == [
            "simulated.csv, row 4, column code: holds 'y'; "
            "expected a key that no other row has (row 3 has it)"
        ]

    def test_a_key_of_several_columns_with_empty_cells(self):
        schema = {"fields": FIELDS, "primaryKey": ["low", "count"]}
        entry = {"path": "simulated.csv", "schema": schema}
        rows = [{"low": "Fine"}, {"low": "Fine", "count": "1"}, {"count": "1"}]
        rows = [row | {"code": str(place)} for place, row in enumerate(rows)]
        assert messages(text_frame(*rows), entry) == []
        assert messages(text_frame(*rows, {"low": "Fine", "code": "9"}), entry) == [
            "simulated.csv, row 5, column low, count: holds 'Fine, '; "
            "expected a key that no other row has (row 2 has it)"
        ]

    def test_a_primary_key_that_is_also_unique_is_named_once(self):
        fields = [{"name": "id", "type": "string", "constraints": {"unique": True}}]
        entry = {"path": "simulated.csv", "schema": {"fields": fields, "primaryKey": ["id"]}}
        assert len(messages(pd.DataFrame({"id": ["a", "a"]}, dtype="string"), entry)) == 1

    def test_a_table_without_a_key(self):
        fields = [{"name": "id", "type": "string"}]
        entry = {"path": "simulated.csv", "schema": {"fields": fields}}
        assert messages(pd.DataFrame({"id": ["a", "a"]}, dtype="string"), entry) == []


class TestConverting:
    def test_every_column_has_the_type_of_its_description(self):
        frame = convert(
            text_frame(
                {"low": "Fair", "high": "Fine", "percent": "12.5", "count": "3",
                 "from": "2021-02-03", "flag": "true"},
                {},
            ),
            FIELDS,
        )  # fmt: skip
        assert {name: str(kind) for name, kind in frame.dtypes.items()} == {
            "id": "str", "code": "str", "low": "category", "high": "category",
            "percent": "float64", "count": "Int64", "from": "datetime64[s]",
            "to": "datetime64[s]", "flag": "boolean",
        }  # fmt: skip
        assert frame["low"].cat.ordered
        assert frame["low"].cat.categories.tolist() == ["Poor", "Fair", "Fine"]
        assert frame.loc[0, "low"] < frame.loc[0, "high"]
        assert frame.loc[0, ["percent", "count", "flag"]].tolist() == [12.5, 3, True]
        assert frame.loc[0, "from"] == pd.Timestamp(2021, 2, 3)
        assert frame.iloc[1].drop("id").isna().all()

    def test_a_table_without_rows_has_the_same_types(self):
        rows = text_frame({"percent": "1", "low": "Fair"})
        pd.testing.assert_series_equal(
            convert(rows[:0], FIELDS).dtypes, convert(rows, FIELDS).dtypes
        )

    def test_numbers_come_through_to_the_last_bit(self):
        values = np.random.default_rng(20261121).uniform(0, 1, 500) ** 9
        frame = text_frame({})[["percent"]].reindex(range(500))
        frame["percent"] = pd.array([repr(float(value)) for value in values], dtype="string")
        assert convert(frame, [FIELDS[4]])["percent"].tolist() == values.tolist()


@pytest.mark.parametrize(
    ("problem", "words"),
    [
        (Problem("t.csv", 3, "a", "x", "y"), "t.csv, row 3, column a: holds 'x'; expected y"),
        (Problem("t.csv", 3, "a", None, "y"), "t.csv, row 3, column a: is missing; expected y"),
        (Problem("t.csv", None, None, None, "y"), "t.csv: is wrong; expected y"),
    ],
)
def test_a_problem_is_one_sentence(problem, words):
    assert str(problem) == words
