"""A small simulated paper, built in all three forms and broken in every way that has a message."""

from __future__ import annotations

import base64
import builtins
import json
import os
import re
import shutil
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from probstats.errors import StudyError
from probstats.study.paper import INPUTS, build_paper

pytest.importorskip("pypandoc")
pytest.importorskip("typst")

REPOSITORY = Path(__file__).parents[2] / "paper"
COPIED = [name for name in INPUTS if name not in {"paper.md", "references.bib"}]
MINUS, SPACE = "\u2212", "\u00a0"
WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"

TEXT = """---
title: "Ratings of {{n}} services: a simulation"
author:
  - name: Jo O'Brien
    affiliation: Somewhere
  - name: Åsa Ångström
abstract: |
  Of {{n}} inspections, few were Good (odds ratio {{odds}}).
keywords: [probation, inspection ratings]
date: 2026-11-21
---

# Model {#sec:model}

A model [@mccullagh1980, p. 110], [$\\theta_k$]{alt="theta k"}, changed by {{change}}.

[$$\\operatorname{logit} P(Y \\le k) = \\theta_k$$]{alt="The log odds equal theta k for {{n}}."}

# Results {#sec:results}

See @Fig:ratings, @tbl:main, [@fig:ratings; @fig:effects] and @sec:results. *Odds: {{odds}}.*

![Ratings in {{n}} inspections.](../figures/ratings){#fig:ratings alt="Bars of {{n}} ratings."}

![Effects (@tbl:main).](../figures/effects){#fig:effects}

::: {#tbl:main .csv-table file="tables/main.csv" caption="Odds in {{n}} inspections."}
Note: clustered by region; {{n}} rows.
:::

::: {#tbl:words .csv-table file="tables/words.csv" align="ll" widths="30,70" caption="Words."}
:::

# References {.unnumbered}
"""
REFERENCES = """@article{mccullagh1980, author = {McCullagh, Peter}, title = {Regression Models},
  journal = {JRSS B}, year = {1980}, volume = {42}, pages = {109--142}}
"""
MAIN = (
    f"Term,Odds ratio,95% interval\nVacancies,0.62,0.41 to 0.94\nChange,{MINUS}0.12,1{SPACE}000\n"
)
WORDS = "Standard,What is asked\nStaffing," + "Are there enough staff for the work? " * 12 + "\n"
NUMBERS = {"n": "112", "odds": "0.62", "change": f"{MINUS}0.12{SPACE}points", "unused": "7"}
SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="538pt" height="227pt" viewBox="0 0 538 227">'
    '<rect width="538" height="227" fill="#12436D"/></svg>'
)
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def make_paper(root: Path) -> Path:
    paper, figures = root / "paper", root / "figures"
    (paper / "tables").mkdir(parents=True)
    figures.mkdir()
    for name in COPIED:
        shutil.copy(REPOSITORY / name, paper / name)
    (paper / "paper.md").write_text(TEXT, encoding="utf-8")
    (paper / "references.bib").write_text(REFERENCES, encoding="utf-8")
    (paper / "numbers.json").write_text(json.dumps(NUMBERS), encoding="utf-8")
    (paper / "tables" / "main.csv").write_text(MAIN, encoding="utf-8")
    (paper / "tables" / "words.csv").write_text(WORDS, encoding="utf-8")
    for stem in ("ratings", "effects"):
        (figures / f"{stem}.svg").write_text(SVG, encoding="utf-8")
        (figures / f"{stem}.png").write_bytes(PNG)
    (figures / "effects.txt").write_text('A line falls from "high"\nto low, {{odds}}.\n', "utf-8")
    return paper


@pytest.fixture
def paper(tmp_path: Path) -> Path:
    return make_paper(tmp_path)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = make_paper(tmp_path_factory.mktemp("built"))
    return {path.suffix: path for path in build_paper(folder)}


@pytest.fixture(scope="module")
def page(built: dict[str, Path]) -> str:
    return built[".html"].read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def document(built: dict[str, Path]) -> ET.Element:
    with zipfile.ZipFile(built[".docx"]) as archive:
        return ET.fromstring(archive.read("word/document.xml"))


@pytest.fixture(scope="module")
def pdf(built: dict[str, Path]) -> bytes:
    """The PDF with its compressed objects unpacked."""
    raw = built[".pdf"].read_bytes()
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", raw, flags=re.DOTALL)
    inflated = [zlib.decompressobj().decompress(s) for s in streams if s[:1] == b"\x78"]
    return b"\n".join([raw, *inflated])


def word_text(document: ET.Element) -> str:
    return "".join(node.text or "" for node in document.iter(f"{WORD}t"))


def plain(page: str) -> str:
    return re.sub(r"<[^>]*>", "", page)


# What is built ---------------------------------------------------------------------------------


def test_the_three_files_stand_beside_the_source_and_nothing_else_is_left(built: dict[str, Path]):
    assert [path.name for path in built.values()] == ["paper.pdf", "paper.docx", "paper.html"]
    folder = built[".pdf"].parent
    kept = {*INPUTS, "numbers.json", "tables", "paper.pdf", "paper.docx", "paper.html"}
    assert {path.name for path in folder.iterdir()} == kept


def test_a_second_build_elsewhere_gives_the_same_bytes(
    built: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    folder = make_paper(tmp_path / "elsewhere")
    monkeypatch.chdir(tmp_path)
    for name, value in {"TZ": "Asia/Tokyo", "SOURCE_DATE_EPOCH": "1", "LC_ALL": "C"}.items():
        monkeypatch.setenv(name, value)
    environment = dict(os.environ)
    again = build_paper(folder, tmp_path / "new" / "output")
    assert dict(os.environ) == environment
    for path in again:
        assert path.parent == tmp_path / "new" / "output"
        assert path.read_bytes() == built[path.suffix].read_bytes(), path.name


def test_the_date_of_the_paper_is_the_only_date_in_the_files(built: dict[str, Path], pdf: bytes):
    assert b"D:20261121" in pdf
    with zipfile.ZipFile(built[".docx"]) as archive:
        assert {entry.date_time[:3] for entry in archive.infolist()} == {(2026, 11, 21)}
        assert b"2026-11-21T00:00:00Z" in archive.read("docProps/core.xml")


def test_numbers_are_filled_in_everywhere(page: str, document: ET.Element):
    for text in (plain(page), word_text(document)):
        for sentence in (
            "Ratings of 112 services: a simulation",
            "Of 112 inspections, few were Good (odds ratio 0.62).",
            f"changed by {NUMBERS['change']}.",
            "Odds: 0.62.",
            "Ratings in 112 inspections.",
            "Odds in 112 inspections.",
            "Note: clustered by region; 112 rows.",
        ):
            assert sentence in text
        assert "{{" not in text


def test_the_title_block_names_authors_date_and_keywords(page: str, document: ET.Element):
    for text in (plain(page), word_text(document)):
        assert "Jo O’Brien, Somewhere" in text
        assert "Åsa Ångström" in text
        assert f"21{SPACE}November{SPACE}2026" in text
        assert "Keywords: probation, inspection ratings" in text


def test_cross_references_and_citations_are_numbered_and_linked(page: str, document: ET.Element):
    sentence = "See Figure 1, Table 1, Figures 1 and 2 and Section 2.".replace(" ", SPACE)
    for text in (plain(page), word_text(document)):
        assert sentence in text.replace(" ", SPACE)
        assert "(McCullagh 1980: 110)" in text
    assert {"#fig:ratings", "#tbl:main", "#sec:results", "#ref-mccullagh1980"} <= set(
        re.findall(r'href="([^"]*)"', page)
    )
    assert 'id="sec:results"' in page


def test_alternative_texts_reach_all_three_files(page: str, document: ET.Element, pdf: bytes):
    expected = ["Bars of 112 ratings.", 'A line falls from "high" to low, 0.62.']
    assert re.findall(r'<img alt="([^"]*)"', page) == [
        text.replace('"', "&quot;") for text in expected
    ]
    pictures = [node.get("descr") for node in document.iter() if node.tag.endswith("}docPr")]
    assert pictures == expected
    for text in (*expected, "The log odds equal theta k for 112."):
        assert b"/Alt" in pdf
        assert text.encode() in pdf


def test_the_pdf_is_tagged_and_claims_pdf_ua_1(pdf: bytes):
    assert b"/StructTreeRoot" in pdf
    assert re.search(rb"pdfuaid:part(>|=\")1", pdf)
    for tag in (b"/Table", b"/THead", b"/TH", b"/Figure", b"/Formula", b"/Caption", b"/H1"):
        assert tag in pdf
    assert b"/Lang(en-GB)" in pdf.replace(b" ", b"")


def test_tables_have_real_header_rows(page: str, document: ET.Element):
    tables = [t for t in document.iter(f"{WORD}tbl") if t.find(f".//{WORD}tblHeader") is not None]
    assert len(tables) == 2
    first = tables[0].findall(f"{WORD}tr")
    assert [row.find(f".//{WORD}tblHeader") is not None for row in first] == [True, False, False]
    head = re.search(r"<thead>(.*?)</thead>", page, flags=re.DOTALL)[1]
    assert re.findall(r"<th [^>]*>([^<]*)</th>", head) == ["Term", "Odds ratio", "95% interval"]
    assert re.findall(r"text-align: (\w+)", head) == ["left", "right", "right"]


def test_cells_keep_minus_signs_and_no_break_spaces(page: str, document: ET.Element):
    for text in (page, word_text(document)):
        assert f"{MINUS}0.12" in text
        assert f"1{SPACE}000" in text


def test_widths_and_alignments_can_be_chosen(page: str):
    table = page[page.index('id="tbl:words"') :]
    assert re.findall(r"width: (\d+)%", table)[:2] == ["30", "70"]
    assert re.findall(r"text-align: (\w+)", table)[:2] == ["left", "left"]


def test_the_web_page_stands_alone_and_speaks_british_english(page: str):
    assert '<html xmlns="http://www.w3.org/1999/xhtml" lang="en-GB"' in page
    assert not re.findall(r'(?:src|href)="(?!data:|#|https://doi)[^"]*"', page)
    assert page.count("<h1") == 1
    assert "<math" in page
    assert "max-width: 70ch" in page


def test_the_word_file_is_a4_with_small_type_in_tables(built: dict[str, Path]):
    with zipfile.ZipFile(built[".docx"]) as archive:
        assert b'<w:pgSz w:w="11906" w:h="16838" />' in archive.read("word/document.xml")
        styles = archive.read("word/styles.xml")
    for style in (b"TableText", b"TableNote"):
        assert re.search(rb'w:styleId="%b">(?:(?!</w:style>).)*w:val="18"' % style, styles)


# What is refused -------------------------------------------------------------------------------


def replace(old: str, new: str, name: str = "paper.md") -> Callable[[Path], None]:
    def change(paper: Path) -> None:
        text = (paper / name).read_text(encoding="utf-8")
        assert old in text
        (paper / name).write_text(text.replace(old, new), encoding="utf-8")

    return change


def remove(name: str) -> Callable[[Path], None]:
    return lambda paper: (paper / name).unlink()


FAULTS = {
    "missing input": (remove("template.typ"), r"template\.typ is missing; the paper is built from"),
    "no numbers": (remove("numbers.json"), r"numbers\.json is missing"),
    "broken numbers": (
        replace("{", "", "numbers.json"),
        r"numbers\.json is not valid JSON: .*line 1",
    ),
    "number that is no text": (
        replace('"112"', "112", "numbers.json"),
        r"numbers\.json: n is 112; it must be a display string",
    ),
    "unknown number": (
        replace("ratio {{odds}}", "ratio {{ods}}"),
        r"paper\.md, line 8: \{\{ods\}\} is not a key of numbers\.json; did you mean \{\{odds\}\}",
    ),
    "unknown number in alt file": (
        replace("{{odds}}", "{{zzz}}", "../figures/effects.txt"),
        r"\{\{zzz\}\} is not a key of numbers\.json",
    ),
    "malformed number": (
        replace("ratio {{odds}}", "ratio {{ odds }}"),
        r"line 8: '\{\{ odds \}\}.*' is not of the form \{\{key\}\}",
    ),
    "no date": (replace("date: 2026-11-21", "subtitle: x"), r"of the form date: 2026-11-21"),
    "no title": (replace("title:", "titel:"), r"the metadata has no title:"),
    "unknown figure": (
        replace("@Fig:ratings", "@fig:rating"),
        r"there is no figure labelled fig:rating .*the labels are fig:effects, fig:ratings",
    ),
    "unknown table": (replace("See @", "See @tbl:x and @"), r"there is no table labelled tbl:x"),
    "unknown section": (
        replace("See @", "See @sec:x and @"),
        r"there is no section labelled sec:x",
    ),
    "unknown citation": (
        replace("@mccullagh1980", "@mccullagh1989"),
        r"@mccullagh1989 is cited, but references\.bib has no entry of that key",
    ),
    "mixed citation": (
        replace("[@fig:ratings;", "[@mccullagh1980;"),
        r"mixes labels and citations",
    ),
    "missing SVG": (
        remove("../figures/ratings.svg"),
        r"figure fig:ratings: there is no file \.\./figures/ratings\.svg",
    ),
    "missing PNG": (
        remove("../figures/ratings.png"),
        r"figure fig:ratings: there is no file \.\./figures/ratings\.png",
    ),
    "figure from elsewhere": (
        replace("(../figures/ratings)", "(ratings)"),
        r"figure fig:ratings: ratings must be of the form \.\./figures/name",
    ),
    "missing table": (
        remove("tables/main.csv"),
        r"table tbl:main: there is no file tables/main\.csv",
    ),
    "empty table": (
        lambda paper: (paper / "tables/main.csv").write_text(""),
        r"table tbl:main: tables/main\.csv is empty",
    ),
    "alignment": (
        replace('align="ll"', 'align="llr"'),
        r'tbl:words: align="llr" must be 2 letters',
    ),
    "widths": (
        replace('widths="30,70"', 'widths="60,70"'),
        r'tbl:words: widths="60,70" must be 2 percentages',
    ),
    "no alt text": (
        remove("../figures/effects.txt"),
        r'figure fig:effects has no alt text; give alt="\.\.\." or write it to '
        r"\.\./figures/effects\.txt",
    ),
    "no label": (replace("{#fig:effects}", ""), r'figure 2 is labelled ""; .*begin with fig:'),
    "same label": (
        replace("{#fig:effects}", "{#fig:ratings}"),
        r"the label fig:ratings stands twice",
    ),
    "figure in a paragraph": (
        replace("See @Fig", "See ![x](../figures/ratings){#fig:z} @Fig"),
        r"image \.\./figures/ratings must stand alone between blank lines",
    ),
    "unspoken equation": (
        replace('{alt="theta k"}', ""),
        r"the equation \$\\theta_k\$ has no spoken form",
    ),
    "metadata": (replace("keywords: [", "keywords: [["), r"paper\.md: .*YAML"),
    "warning of pandoc": (
        replace("# References", "::: {.open}\n\n# References"),
        r"paper\.md: .*[Uu]nclosed",
    ),
    "leftover": (
        replace('"0.62"', '"{{n}}"', "numbers.json"),
        r"paper\.pdf would still hold '\{\{n\}\}",
    ),
    "inaccessible": (
        replace("# Model", '```{=typst}\n#image("/figures/ratings.svg")\n```\n\n# Model'),
        r"paper\.pdf: typst: PDF/UA-1 error: missing alt text",
    ),
    "table taller than a page": (
        lambda paper: (paper / "tables/main.csv").write_text("A,B\n" + "x,y\n" * 90),
        r"paper\.pdf: typst: .*table tbl:main is taller than a page; give it the class \.long",
    ),
}


@pytest.mark.parametrize(("break_it", "message"), FAULTS.values(), ids=FAULTS.keys())
def test_a_fault_stops_the_build_with_one_sentence_and_touches_nothing(
    paper: Path, break_it: Callable[[Path], None], message: str
):
    for name in ("paper.pdf", "paper.docx", "paper.html"):
        (paper / name).write_text("old")
    break_it(paper)
    before = sorted(paper.iterdir())
    with pytest.raises(StudyError, match=message) as caught:
        build_paper(paper)
    assert "\n" not in str(caught.value)
    assert "traceback" not in str(caught.value)
    assert sorted(paper.iterdir()) == before
    for name in ("paper.pdf", "paper.docx", "paper.html"):
        assert (paper / name).read_text() == "old"


def test_a_long_table_may_break_where_it_stands(paper: Path):
    (paper / "tables/main.csv").write_text("A,B\n" + "x,y\n" * 90)
    replace("#tbl:main .csv-table", "#tbl:main .csv-table .long")(paper)
    assert len(build_paper(paper)) == 3


@pytest.mark.parametrize("library", ["pypandoc", "typst"])
def test_a_missing_library_is_named_with_the_way_to_install_it(
    paper: Path, monkeypatch: pytest.MonkeyPatch, library: str
):
    real = builtins.__import__

    def without(name: str, *args: object, **kwargs: object) -> object:
        if name == library:
            raise ImportError(name)
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(StudyError, match=r'pip install "probation-stats\[paper\]"'):
        build_paper(paper)


def test_the_repository_holds_every_reference_in_readable_form(paper: Path):
    shutil.copy(REPOSITORY / "references.bib", paper / "references.bib")
    replace("date: 2026-11-21", 'date: 2026-11-21\nnocite: "@*"')(paper)
    text = plain(build_paper(paper)[2].read_text(encoding="utf-8"))
    entries = re.findall(r"^@\w+\{(\w+),", (paper / "references.bib").read_text("utf-8"), re.M)
    years = re.findall(r"\((\d{4})\)", text[text.rindex("References") :])
    assert len(years) == len(entries)
    assert "\\" not in text[text.rindex("References") :]
