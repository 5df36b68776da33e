"""A table in every form: the same cells, in HTML that can be followed, in the same bytes."""

import importlib
import io
import time
import zipfile
from html.parser import HTMLParser

import numpy as np
import openpyxl
import pandas as pd
import pypandoc
import pytest

from probstats.errors import DataError, ProbstatsError
from probstats.tables import Table
from probstats.tables.extras import extra

NO_BREAK = "\u00a0"
INTERVAL = f"−0.62 (−1.41{NO_BREAK}to{NO_BREAK}∞)"


@pytest.fixture
def table():
    data = pd.DataFrame(
        {"term": ["1|2", "=SUM(1)"], "estimate": [-0.6234567890123, np.inf], "n": [5, 7]}
    )
    cells = pd.DataFrame(
        {"Term": ["1|2 <b> $x_1$", "=SUM(1)"], "Model_A": [INTERVAL, ""], "B": ["3%", "*4* & 5"]}
    )
    return Table(data, cells, "Caption <i> & more", ("First note #1.", "Second <note>."))


class Cells(HTMLParser):
    """What a browser makes of the markup."""

    def __init__(self, html):
        super().__init__()
        self.rows, self.caption, self.paragraphs, self.tags, self._open = [], "", [], [], []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self._open.append((tag, dict(attrs)))
        if tag == "tr":
            self.rows.append([])
        elif tag in ("th", "td"):
            self.rows[-1].append([tag, dict(attrs).get("scope"), ""])
        elif tag == "p":
            self.paragraphs.append("")

    def handle_endtag(self, tag):
        assert self._open.pop()[0] == tag

    def handle_data(self, data):
        inside = self._open[-1][0] if self._open else ""
        if inside in ("th", "td"):
            self.rows[-1][-1][2] += data
        elif inside == "caption":
            self.caption += data
        elif inside == "p":
            self.paragraphs[-1] += data


def test_html_has_caption_and_headers_and_escapes_everything(table):
    read = Cells(table.to_html())
    assert read.caption == table.caption
    assert [cell[:2] for cell in read.rows[0]] == [["th", "col"]] * 3
    assert [cell[2] for cell in read.rows[0]] == table.formatted.columns.tolist()
    for row, expected in zip(read.rows[1:], table.formatted.to_numpy().tolist(), strict=True):
        assert [cell[:2] for cell in row] == [["th", "row"], ["td", None], ["td", None]]
        assert [cell[2] for cell in row] == expected
    assert tuple(read.paragraphs) == table.notes
    assert not {"script", "link", "img", "style", "b", "i"} & set(read.tags)
    assert table._repr_html_() == table.to_html()


def test_text_has_every_cell_and_plain_spaces(table):
    text = repr(table)
    assert text.startswith(f"{table.caption}\n\nTerm")
    assert INTERVAL.replace(NO_BREAK, " ") in text
    assert NO_BREAK not in text
    assert text.endswith("First note #1.\nSecond <note>.")


@pytest.mark.parametrize(("form", "method"), [("gfm", "to_markdown"), ("latex", "to_latex")])
def test_pandoc_reads_back_the_cells_it_wrote(table, form, method):
    made = getattr(table, method)()
    back = Cells(pypandoc.convert_text(made, "html", format=form, extra_args=["--wrap=none"]))
    cells = [[cell[2].strip() for cell in row] for row in back.rows]
    expected = [list(table.formatted.columns), *table.formatted.to_numpy().tolist()]
    if form == "latex":  # mathematics come back as elements, the header once for later pages
        cells, expected = [cells[0], cells[-1]], [expected[0], expected[-1]]
        assert r"1\textbar2 \textless b\textgreater{} \$x\_1\$ & " in made
        assert r" & $-$0.62 ($-$1.41~to~$\infty$) & 3\% \\" in made
        assert "−" not in made
    assert cells == expected
    for note in table.notes:
        assert note.split()[0] in made
    assert "Caption" in made


def test_typst_has_cells_header_and_caption(table):
    made = table.to_typst()
    assert "table.header(" in made
    assert "caption: [Caption \\<i\\> & more]" in made
    assert "−0.62 (−1.41~to~∞)" in made
    assert "Second \\<note\\>." in made


def test_word_holds_the_same_cells_and_the_same_bytes(table, tmp_path):
    path = table.save(tmp_path / "table.docx")
    first = path.read_bytes()
    back = pypandoc.convert_file(str(path), "html", extra_args=["--wrap=none"])
    read = Cells(back)
    cells = [[cell[2].strip() for cell in row] for row in read.rows]
    assert cells == [list(table.formatted.columns), *table.formatted.to_numpy().tolist()]
    assert read.rows[0][0][0] == "th"
    assert table.caption in [read.caption.strip(), *read.paragraphs]
    time.sleep(2.1)  # longer than the resolution of times in a zip file
    assert table.save(path).read_bytes() == first


def test_excel_holds_text_as_shown_and_numbers_as_numbers(table, tmp_path):
    path = table.to_excel(tmp_path / "table.xlsx")
    first = path.read_bytes()
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["Table", "Data"]
    shown = [[cell.value for cell in row] for row in book["Table"]]
    assert shown[0][0] == table.caption
    assert shown[1] == table.formatted.columns.tolist()
    assert shown[2] == table.formatted.iloc[0].tolist()
    assert [row[0] for row in shown[5:]] == list(table.notes)
    data = [[cell.value for cell in row] for row in book["Data"]]
    assert data[0] == ["term", "estimate", "n"]
    assert data[1] == ["1|2", -0.6234567890123, 5]
    assert data[2] == ["=SUM(1)", "infinite", 7]
    assert book["Data"]["A3"].data_type == "s"
    time.sleep(1.1)  # the resolution of the times in a workbook
    assert table.to_excel(path).read_bytes() == first


def test_what_a_workbook_cannot_hold(tmp_path):
    cells = pd.DataFrame({"a": ["x\x01"]})
    with pytest.raises(DataError, match="control character"):
        Table(cells, cells, "c").save(tmp_path / "table.xlsx")
    assert not list(tmp_path.iterdir())
    data = pd.DataFrame({"a": [pd.NA, True, pd.Timestamp(2024, 1, 2), [1]]}, dtype=object)
    path = Table(data, pd.DataFrame({"a": ["1"]}), "c").to_excel(tmp_path / "t.xlsx")
    values = [row[0].value for row in openpyxl.load_workbook(path)["Data"]]
    assert values == ["a", None, True, "2024-01-02 00:00:00", "[1]"]


@pytest.mark.parametrize("suffix", [".html", ".md", ".tex", ".typ", ".txt", ".csv"])
def test_saved_text_is_whole_and_the_same_again(table, tmp_path, suffix):
    path = table.save(str(tmp_path / "new" / f"table{suffix}"))
    first = path.read_bytes()
    assert first.endswith(b"\n")
    assert b"\r" not in first
    assert [one.name for one in path.parent.iterdir()] == [path.name]
    assert table.save(path).read_bytes() == first
    if suffix == ".html":
        page = first.decode()
        assert page.startswith("<!doctype html>")
        assert table.to_html() in page
        assert "<title>Caption &lt;i&gt; &amp; more</title>" in page
    if suffix == ".csv":
        assert pd.read_csv(io.BytesIO(first))["n"].tolist() == [5, 7]


def test_a_suffix_that_is_none(table, tmp_path):
    with pytest.raises(DataError, match=r"'table.pdf' has none of the suffixes .html, .md"):
        table.save(tmp_path / "table.pdf")


def test_great_tables_shows_the_same_cells(table):
    html = table.gt().as_raw_html()
    assert "Caption &lt;i&gt; &amp; more" in html
    assert INTERVAL in html
    assert "1|2 &lt;b&gt; $x_1$" in html
    assert "*4* &amp; 5" in html
    assert "Second &lt;note&gt;." in html


@pytest.mark.parametrize(
    ("package", "call", "named"),
    [
        ("pypandoc", Table.to_latex, "pandoc"),
        ("great_tables", Table.gt, "great_tables"),
        ("openpyxl", lambda table: table.to_excel("never.xlsx"), "openpyxl"),
    ],
)
def test_a_missing_package_is_named_with_its_remedy(table, monkeypatch, package, call, named):
    usual = importlib.import_module

    def without(name, *rest):
        if name == package:
            raise ImportError(name)
        return usual(name, *rest)

    monkeypatch.setattr("probstats.tables.extras.importlib.import_module", without)
    with pytest.raises(ProbstatsError) as error:
        call(table)
    assert str(error.value) == (
        f"this form of a table needs {named}, which is not installed: "
        f'pip install "probation-stats[tables]"'
    )


def test_extra_gives_the_package():
    assert extra("openpyxl") is openpyxl


def test_office_files_have_no_times_of_their_own(table, tmp_path):
    for name in ("t.docx", "t.xlsx"):
        with zipfile.ZipFile(table.save(tmp_path / name)) as archive:
            assert {entry.date_time[0] for entry in archive.infolist()} == {1980}
            assert archive.testzip() is None


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        (pd.DataFrame(), "at least the column that names its rows"),
        (pd.DataFrame([["a", "b"]], columns=["x", "x"]), "two columns 'x'"),
        (pd.DataFrame({"x": ["a", 1.5]}), "column 'x', row 1: 1.5 is no text"),
    ],
)
def test_cells_that_are_no_table(cells, message):
    with pytest.raises(DataError, match=message):
        Table(pd.DataFrame(), cells, "c")
