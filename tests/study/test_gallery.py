"""The gallery: its examples, and the stored page as a browser without style would read it."""

import ast
import itertools
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from probstats import figures
from probstats.errors import StudyError
from probstats.figures.colours import contrast
from probstats.figures.style import THEMES
from probstats.study import gallery
from probstats.study.gallery_colours import LEAST, colour_table

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / gallery.GALLERY
EXAMPLES = [gallery.read_example(p) for p in sorted((ROOT / gallery.EXAMPLES).glob("*.py"))]
VOID = {"meta", "link", "img", "source"}


class Page(HTMLParser):
    """Elements with their attributes, and whether every one is closed."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.open, self.text = [], [], {}
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if data.strip():
            self.text.setdefault(self.open[-1], []).append(data)

    def all(self, tag):
        return [attributes for name, attributes in self.elements if name == tag]


@pytest.fixture(scope="module")
def text():
    return (FOLDER / "index.html").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def page(text):
    return Page(text)


def test_every_figure_function_has_an_example():
    shown = {
        node.func.attr
        for example in EXAMPLES
        for node in ast.walk(ast.parse(example.code))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        and ast.unparse(node.func.value).endswith("figures")
    }  # fmt: skip
    drawn = {name for name in figures.__all__ if hasattr(getattr(figures, name), "__wrapped__")}
    assert shown == drawn - {"style"}  # a context manager


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_examples_are_short_and_end_in_a_drawing(example):
    assert len(example.code.splitlines()) <= 17
    assert re.match(r"\d\d-[a-z-]+$", example.name)
    (target,) = ast.parse(example.code).body[-1].targets
    assert target.id == "drawing"


def test_the_page_shows_the_examples_as_they_are(page):
    for example in EXAMPLES:
        assert example.code.rstrip() in page.text["code"], "run `probstats reproduce`"
        assert example.title in page.text["h3"]


@pytest.mark.parametrize("name", ["16-sample-flow", "26-thresholds"])
def test_an_example_drawn_again_is_the_stored_image(name, monkeypatch):
    monkeypatch.chdir(ROOT)
    (example,) = (example for example in EXAMPLES if example.name == name)
    (drawing,) = example.draw([("journal", "column")])
    stored = (ROOT / gallery.IMAGES / f"{name}-column.svg").read_text(encoding="utf-8")
    assert gallery.short_svg(drawing.render("svg").decode()) == stored, "run `probstats reproduce`"


def test_all_is_closed_and_ids_are_unique(page):
    assert page.open == []
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    links = [a["href"][1:] for a in page.all("a") if a["href"].startswith("#")]
    assert set(links) <= set(ids)
    assert {a["aria-labelledby"] for a in page.all("section")} <= set(ids)


def test_headings_are_in_order(page):
    levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch(r"h\d", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))


def test_every_image_has_words_a_size_and_a_file(page):
    images = page.all("img")
    assert len(images) >= len(EXAMPLES) + 3 * len(THEMES)
    for image in images:
        assert len(image["alt"]) > 40
        assert image["alt"].endswith(".")
    addresses = [a["src"] for a in images] + [a["srcset"] for a in page.all("source")]
    stored = {f"figures/{path.name}" for path in (ROOT / gallery.IMAGES).iterdir()}
    assert set(addresses) == stored
    for attributes in images + page.all("source"):
        assert int(attributes["width"]) > 0
        assert int(attributes["height"]) > 0
    for example_words in page.all("img")[: len(EXAMPLES)]:
        assert example_words["alt"] in page.text["p"]


def test_language_viewport_and_nothing_from_elsewhere(page, text):
    assert page.all("html") == [{"lang": "en-GB"}]
    assert {"name": "viewport", "content": "width=device-width, initial-scale=1"} in page.all(
        "meta"
    )
    assert not page.all("script")
    assert not re.search(r"https?://|url\(|@import", text)
    for path in (ROOT / gallery.IMAGES).iterdir():
        svg = path.read_text(encoding="utf-8")
        assert not re.search(r'href="(?!#)', svg), path.name


def test_what_may_be_wide_scrolls_inside_of_itself(text):
    assert ".wide { overflow-x: auto;" in text
    assert "figure img { display: block; max-width: 100%; height: auto;" in text
    for tag in ("pre", "table"):
        assert len(re.findall(rf'<div class="wide"[^>]*tabindex="0"[^>]*>\n<{tag}>', text)) == (
            text.count(f"<{tag}>")
        )


@pytest.mark.parametrize("block", [0, 1], ids=["light", "dark"])
def test_words_stand_out_from_their_ground(text, block):
    colours = dict(re.findall(r"--(\w+): (#\w{6})", text.split(":root {")[block + 1].split("}")[0]))
    for ink in ("ink", "muted", "link"):
        assert contrast(colours[ink], colours["ground"]) >= 4.5, ink
    assert contrast(colours["ink"], colours["code"]) >= 4.5


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_colours_are_measured(theme, text):
    table = colour_table(theme)
    assert table["colour"].tolist()[:-1] == [x.colour for x in (*theme.ratings, *theme.series)]
    plain = table["as it is"].iloc[:-1]
    assert plain.tolist() == [contrast(colour, theme.ground) for colour in table["colour"][:-1]]
    seen = table.iloc[:-1, 2:]
    patterned = theme.edge != theme.ground
    assert patterned or (seen >= LEAST).all(axis=None)
    assert (seen.iloc[len(theme.ratings) :] >= LEAST).all(axis=None)
    assert (table.iloc[-1, 2:6].astype(float) > 10).all()
    assert f"{plain.iloc[0]:.2f}" in text


def test_short_images_keep_their_shape():
    svg = '<path id="m1" d="M -1.00049 2.5" style="fill: #8f3a06"/><g clip-path="url(#m1)"/>'
    short = '<path id="i0" d="M -1 2.5" style="fill: #8f3a06"/><g clip-path="url(#i0)"/>'
    assert gallery.short_svg(svg) == short
    assert gallery.short_svg(short) == short
    assert "scale(0.015625 -0.015625)" in gallery.short_svg('<g t="scale(0.015625 -0.015625)"/>')


@pytest.fixture
def checkout(tmp_path):
    (tmp_path / gallery.EXAMPLES).mkdir(parents=True)
    (tmp_path / gallery.STYLE).write_text("body { margin: 0; }\n")
    return tmp_path


CODE = '''"""Few sets. Drawn in a test."""

import pandas as pd

from probstats import figures

flow = pd.DataFrame({"set": ["all & none", "some"], "inspections": [3, 1]})
flow["within"] = [None, "all & none"]

'''


def write(checkout, last):
    (checkout / gallery.EXAMPLES / "16-few-sets.py").write_text(CODE + last)


def test_a_small_gallery(checkout):
    write(checkout, "drawing = figures.sample_flow(flow)\n")
    written = gallery.build_gallery(checkout)
    names = [path.name for path in written]
    assert names == ["index.html", "16-few-sets.svg", "16-few-sets-column.svg"]
    first = [path.read_bytes() for path in written]
    assert [path.read_bytes() for path in gallery.build_gallery(checkout)] == first
    page = Page(first[0].decode())
    assert "all & none" in page.all("img")[0]["alt"]
    assert b"all &amp; none" in first[0]


@pytest.mark.parametrize(
    ("last", "message"),
    [
        ("figures.sample_flow(flow)\n", "the last line must be drawing = figures"),
        ("drawing = figures.sample_flow(flow.head(0))\n", "16-few-sets: there are no sets"),
    ],
)
def test_an_example_that_fails_is_one_sentence(checkout, last, message):
    write(checkout, last)
    with pytest.raises(StudyError, match=message):
        gallery.build_gallery(checkout)


def test_no_examples_and_no_docstring_are_sentences(checkout):
    with pytest.raises(StudyError, match="has no examples"):
        gallery.build_gallery(checkout)
    (checkout / gallery.EXAMPLES / "1-bare.py").write_text("drawing = 1\n")
    with pytest.raises(StudyError, match="must begin with"):
        gallery.build_gallery(checkout)
