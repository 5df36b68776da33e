"""Exports are read back and give the same frame."""

import csv
import re
import sys

import numpy as np
import pandas as pd
import pytest

import probstats as ps
from probstats.data.exports.export import SUFFIXES
from probstats.data.record.cells import convert, read_text
from probstats.errors import DataError, ProbstatsError


def dictionary(path):
    return pd.read_csv(path.with_name(path.stem + ".dictionary.csv"), keep_default_na=False)


def from_stata(path):
    """Return a Stata file as the frame it was made from, by the dictionary beside it."""
    words = dictionary(path)
    frame = pd.read_stata(path)
    assert list(frame) == words["name_in_file"].tolist()
    return frame.set_axis(words["column"], axis=1).rename_axis(None, axis=1)


def from_spss(path):
    """Return what the syntax makes of the CSV: a small reader of this syntax, and of no other."""
    text = path.read_text(encoding="utf-8")
    assert max(map(len, text.splitlines())) < 200
    file = re.search(r"/FILE='(.*)'", text)[1]
    block = re.search(r"/VARIABLES=\n(.*?)\.\n", text, flags=re.DOTALL)[1]
    variables = dict(line.split() for line in block.splitlines())
    joined = re.sub(r"' \+\n\s+'", "", text)
    labels = {
        name: {int(n): word.replace("''", "'") for n, word in re.findall(r"  (\d+) '(.*)'", lines)}
        for name, lines in re.findall(r"VALUE LABELS (\S+)\n(.*?)\.\n(?=\n|$)", joined, re.DOTALL)
    }
    with path.with_name(file).open(encoding="utf-8", newline="") as stream:
        header, *rows = csv.reader(stream)
    assert header == list(variables)
    columns = {}
    for place, (name, form) in enumerate(variables.items()):
        cells = pd.Series([row[place] or None for row in rows], dtype="str")
        if form.startswith("A"):
            assert cells.dropna().map(lambda text: len(text.encode())).max() <= int(form[1:])
            columns[name] = cells
        elif name in labels:
            columns[name] = cells.astype("Int64").map(labels[name])
        elif form == "SDATE10":
            columns[name] = pd.to_datetime(cells, format="%Y/%m/%d").astype("datetime64[s]")
        elif form == "DATETIME24.3":
            columns[name] = pd.to_datetime(cells, format="%d-%b-%Y %H:%M:%S.%f")
        else:
            assert re.fullmatch(r"F(16\.0|24\.[0-6])", form)
            columns[name] = cells.astype("float64")
    return pd.DataFrame(columns), labels


def as_words(frame):
    """Return a frame as text and numbers, to compare what keeps categories otherwise."""
    made = {}
    for name in frame:
        column = frame[name]
        if isinstance(column.dtype, pd.CategoricalDtype):
            column = column.astype("str")
        if pd.api.types.is_bool_dtype(column.dtype):
            column = column.map({True: "true", False: "false"}).astype("str")
        if pd.api.types.is_numeric_dtype(column.dtype):
            column = pd.Series(column.to_numpy("float64", na_value=np.nan))
        if pd.api.types.is_datetime64_dtype(column.dtype):
            column = column.astype("datetime64[ms]")
        made[name] = column.replace("", None) if column.dtype == "str" else column
    return pd.DataFrame(made)


class TestRoundTrips:
    def test_csv(self, tmp_path, simulated):
        frame = simulated.drop(columns="seen")
        report = ps.data.export(frame, tmp_path / "x.csv")
        words = dictionary(tmp_path / "x.csv")
        fields = [{"name": row.column, "type": row.type} for row in words.itertuples()]
        read = convert(read_text((tmp_path / "x.csv").read_bytes(), "x.csv"), fields)
        pd.testing.assert_frame_equal(as_words(read), as_words(frame))
        assert report.made_safe == {}
        assert (report.rows, report.columns, report.renamed) == (4, 8, {})

    def test_parquet(self, tmp_path, simulated):
        ps.data.export(simulated, tmp_path / "x.parquet")
        read = pd.read_parquet(tmp_path / "x.parquet")
        simulated["begun"] = simulated["begun"].astype("datetime64[ms]")
        pd.testing.assert_frame_equal(read, simulated)

    def test_stata(self, tmp_path, simulated):
        report = ps.data.export(simulated, tmp_path / "x.dta")
        read = from_stata(tmp_path / "x.dta")
        pd.testing.assert_frame_equal(as_words(read), as_words(simulated))
        assert report.renamed == {"vacancy rate, %": "vacancy_rate___"}
        assert read["rating"].cat.ordered
        codes = pd.read_stata(tmp_path / "x.dta", convert_categoricals=False)
        assert codes["rating"].tolist()[::2] == [3, 1]
        assert read["begun"].dtype == "datetime64[s]"

    def test_spss(self, tmp_path, simulated):
        report = ps.data.export(simulated, tmp_path / "x.sps")
        read, labels = from_spss(tmp_path / "x.sps")
        names = dictionary(tmp_path / "x.sps").set_index("name_in_file")["column"]
        expected = as_words(simulated)
        expected["unit"] = expected["unit"].str.replace("\n", " ")
        pd.testing.assert_frame_equal(as_words(read.rename(columns=names)), expected)
        assert report.notes == ("1 cells of unit: line ends written as spaces",)
        # unused levels keep their number
        assert labels["rating"] == dict(enumerate(simulated["rating"].cat.categories, start=1))

    @pytest.mark.parametrize("shape", ["long", "wide"])
    def test_the_panel(self, tmp_path, shape):
        panel = ps.load_panel(shape)
        for kind, suffix in SUFFIXES.items():
            ps.data.export("panel", tmp_path / f"{kind}{suffix}", shape=shape)
        expected = as_words(panel)
        read = from_stata(tmp_path / "stata.dta")
        pd.testing.assert_frame_equal(as_words(read), expected)
        pd.testing.assert_frame_equal(
            as_words(pd.read_parquet(tmp_path / "parquet.parquet")), expected
        )
        spss, labels = from_spss(tmp_path / "spss.sps")
        names = dictionary(tmp_path / "spss.sps").set_index("name_in_file")["column"]
        pd.testing.assert_frame_equal(as_words(spss.rename(columns=names)), expected)
        assert labels["rating" if shape == "long" else "rating_overall"][1] == "Inadequate"

    def test_every_table(self, tmp_path):
        for name in ps.data.table_names():
            table = ps.data.load(name)
            ps.data.export(name, tmp_path / f"{name}.dta")
            ps.data.export(name, tmp_path / f"{name}.csv", dictionary=False)
            read = from_stata(tmp_path / f"{name}.dta")
            pd.testing.assert_frame_equal(as_words(read), as_words(table))


class TestWhatTravelsAlong:
    def test_the_dictionary_of_a_table(self, tmp_path):
        ps.data.export("measure_claims", tmp_path / "m.csv")
        words = dictionary(tmp_path / "m.csv")
        known = ps.data.describe("measure_claims")
        assert words["meaning"].tolist() == known["meaning"].tolist()
        assert set(words["table"]) == {"measure_claims"}

    def test_codes_and_meanings(self, tmp_path):
        ps.data.export("panel", tmp_path / "panel.dta")
        words = dictionary(tmp_path / "panel.dta").set_index("column")
        assert words.loc["rating", "codes"] == (
            "1 = Inadequate; 2 = Requires improvement; 3 = Good; 4 = Outstanding"
        )
        with pd.io.stata.StataReader(tmp_path / "panel.dta") as reader:
            labels = reader.variable_labels()
        assert labels["rating"] == "The rating, where one is known."
        assert max(map(len, labels.values())) == 80
        assert all(words["meaning"].str.len() > 0)

    def test_the_wide_panel_says_which_standard(self, tmp_path):
        ps.data.export("panel", tmp_path / "panel.csv", shape="wide")
        words = dictionary(tmp_path / "panel.csv").set_index("column")
        assert (
            words.loc["rating_planning", "meaning"] == "Planning: The rating, where one is known."
        )
        assert words.loc["rating_low_overall", "meaning"].startswith("Overall: Lowest rating that")

    def test_the_schema_of_parquet(self, tmp_path):
        pq = pytest.importorskip("pyarrow.parquet")
        ps.data.export("measures", tmp_path / "m.parquet")
        field = pq.read_schema(tmp_path / "m.parquet").field("unit")
        expected = ps.data.describe("measures.unit")["meaning"].iloc[0]
        assert field.metadata[b"description"].decode() == expected

    def test_fields_of_ones_own(self, tmp_path, simulated):
        fields = [{"name": "cases", "description": "=cases, all", "unit": "people"}]
        ps.data.export(simulated, tmp_path / "x.csv", fields=fields)
        row = dictionary(tmp_path / "x.csv").set_index("column").loc["cases"]
        assert (row["meaning"], row["unit"]) == ("'=cases, all", "people")

    def test_formulas_are_made_safe_and_counted(self, tmp_path):
        frame = pd.DataFrame({"note": ["=1+1", "fine", "-5"], "n": [-1, -2, -3]})
        report = ps.data.export(frame, tmp_path / "x.csv", dictionary=False)
        assert (tmp_path / "x.csv").read_text() == "note,n\n'=1+1,-1\nfine,-2\n-5,-3\n"
        assert report.made_safe == {"note": 1}
        assert "note: 1 with an apostrophe in front" in str(report)

    def test_long_text(self, tmp_path):
        frame = pd.DataFrame({"text": ["a" * 5000, "b"]})
        ps.data.export(frame, tmp_path / "x.dta")
        assert pd.read_stata(tmp_path / "x.dta")["text"].tolist() == ["a" * 5000, "b"]

    @pytest.mark.parametrize("suffix", [".csv", ".parquet", ".dta", ".sps"])
    def test_the_same_bytes_twice(self, tmp_path, simulated, suffix):
        contents = []
        for name in ("a", "b"):
            (tmp_path / name).mkdir()
            report = ps.data.export(simulated, tmp_path / name / f"x{suffix}")
            contents.append([file.read_bytes() for file in report.files])
        assert contents[0] == contents[1]


class TestBadInput:
    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            (("panels", "x.csv"), r"there is no table 'panels'; the tables are inspections, "),
            (("panel", "x.xlsx"), r"does not say which format is meant; end it as in csv \(.csv\)"),
            (("panel", "x"), r"does not say which format is meant"),
            (
                ("panel", "x.csv", "excel"),
                r"format='excel' is not known; choose csv \(.csv\), parq",
            ),
            (("panel", "x.csv", "stata"), r"x.csv does not end in .dta, the ending of stata"),
            (("panel", "none/x.csv"), r"cannot be written: there is no folder"),
            (("panel", "taken.csv"), r"taken.csv is a folder; name a file"),
            (("panel", "x.csv", None, True, "tall"), r"shape='tall' is not known"),
            (("measures", "x.csv", None, True, "wide"), r"shape='wide' is for the panel"),
            (("measures", "x.csv", None, True, "long", []), r"fields are for a frame"),
        ],
    )
    def test_arguments(self, tmp_path, arguments, message):
        (tmp_path / "taken.csv").mkdir()
        name, path, *more = arguments
        with pytest.raises(DataError, match=message):
            ps.data.export(name, tmp_path / path, *more)
        assert [p.name for p in tmp_path.iterdir()] == ["taken.csv"]

    def test_the_ending_is_added(self, tmp_path):
        report = ps.data.export("measures", tmp_path / "v1.2", "stata")
        assert report.files[0] == tmp_path / "v1.2.dta"
        assert report.files[1] == tmp_path / "v1.2.dictionary.csv"

    @pytest.mark.parametrize("there", ["x.csv", "x.dictionary.csv"])
    def test_files_are_not_overwritten(self, tmp_path, there, simulated):
        (tmp_path / there).write_text("mine")
        with pytest.raises(DataError, match=r"is there already; choose another name, or overwrite"):
            ps.data.export(simulated, tmp_path / "x.csv")
        assert {p.name: p.read_text() for p in tmp_path.iterdir()} == {there: "mine"}
        ps.data.export(simulated, tmp_path / "x.csv", overwrite=True)
        assert (tmp_path / there).read_text() != "mine"

    def test_a_place_that_cannot_be_written(self, tmp_path, simulated, monkeypatch):
        def refuse(*_):
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr("pathlib.Path.write_bytes", refuse)
        with pytest.raises(
            ProbstatsError, match=r"cannot write .*x.csv: permission denied; choose"
        ):
            ps.data.export(simulated, tmp_path / "x.csv")
        assert list(tmp_path.iterdir()) == []

    def test_without_pyarrow(self, tmp_path, simulated, monkeypatch):
        monkeypatch.setitem(sys.modules, "pyarrow", None)
        with pytest.raises(DataError, match=r'pip install "probation-stats\[parquet\]"'):
            ps.data.export(simulated, tmp_path / "x.parquet")

    def test_fields_of_no_column(self, tmp_path, simulated):
        with pytest.raises(DataError, match=r"fields describe 'colour', which is no column"):
            ps.data.export(simulated, tmp_path / "x.csv", fields=[{"name": "colour"}])

    @pytest.mark.parametrize("suffix", [".dta", ".sps"])
    def test_more_categories_than_labels(self, tmp_path, suffix):
        frame = pd.DataFrame({"x": pd.Categorical([f"c{n}" for n in range(32_001)])})
        with pytest.raises(
            DataError, match=r"column 'x' has 32001 categories, more than the 32000"
        ):
            ps.data.export(frame, tmp_path / f"x{suffix}")
        ps.data.export(frame, tmp_path / "x.csv")

    def test_labels_longer_than_stata_takes(self, tmp_path):
        frame = pd.DataFrame({"x": pd.Categorical([f"{n} " + "é" * 500 for n in range(40)])})
        with pytest.raises(DataError, match=r"labels of column 'x' have \d+ bytes together"):
            ps.data.export(frame, tmp_path / "x.dta")

    @pytest.mark.parametrize("day", ["0099-12-31", "10000-01-01"])
    def test_dates_outside_statas_range(self, tmp_path, day):
        frame = pd.DataFrame({"x": np.array(["2020-01-01", day], "datetime64[s]")})
        with pytest.raises(DataError, match=r"column 'x', row 1, .*dates have years 100 to 9999"):
            ps.data.export(frame, tmp_path / "x.dta")

    def test_parts_of_a_millisecond(self, tmp_path):
        frame = pd.DataFrame({"x": np.array(["2020-01-01T00:00:00.0001"], "datetime64[us]")})
        with pytest.raises(DataError, match=r"Stata's dates have whole milliseconds"):
            ps.data.export(frame, tmp_path / "x.dta")

    @pytest.mark.parametrize("suffix", [".dta", ".sps"])
    @pytest.mark.parametrize("value", [np.inf, -np.inf, 1e308, 2**53 + 1])
    def test_numbers_that_do_not_fit(self, tmp_path, suffix, value):
        with pytest.raises(DataError, match=r"column 'x', row 1, .* cannot hold; export to CSV"):
            ps.data.export(pd.DataFrame({"x": [1, value]}), tmp_path / f"x{suffix}")
        assert list(tmp_path.iterdir()) == []

    def test_text_longer_than_spss_takes(self, tmp_path):
        frame = pd.DataFrame({"x": ["a", "b" * 40_000]})
        with pytest.raises(DataError, match=r"column 'x', row 1, .* has 40000 bytes of text, more"):
            ps.data.export(frame, tmp_path / "x.sps")

    def test_names_that_collide(self, tmp_path):
        frame = pd.DataFrame({"a" * 40: [1], "a" * 50: [2], "a" * 32: [3]})
        report = ps.data.export(frame, tmp_path / "x.dta")
        assert pd.read_stata(tmp_path / "x.dta").iloc[0].tolist() == [1, 2, 3]
        assert list(report.renamed.values()) == ["a" * 30 + "_2", "a" * 30 + "_3"]
        assert dictionary(tmp_path / "x.dta")["column"].tolist() == list(frame)
