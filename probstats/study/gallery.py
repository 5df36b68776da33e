"""The gallery: every figure function with an example, drawn anew from the example's own code."""

from __future__ import annotations

import ast
import contextlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from probstats import figures
from probstats.errors import ProbstatsError, StudyError
from probstats.figures import Drawing
from probstats.figures.style import THEMES
from probstats.files import write_text
from probstats.study.gallery_page import Shown, page

GALLERY = Path("docs", "gallery")
EXAMPLES = GALLERY / "examples"
STYLE = GALLERY / "gallery.css"
IMAGES = GALLERY / "figures"

IN_ALL_EDITIONS = ("11-rating-shares", "22-coefficients-side-by-side", "24-predicted-probabilities")
"""Examples that are drawn in every edition of the look."""


@dataclass(frozen=True)
class Example:
    """A script that ends in ``drawing = ...``.

    Attributes
    ----------
    name : str
        Of its file, without the suffix; the first digit is the chapter.
    title, sentence : str
        The two parts of its docstring.
    code : str
        What comes after the docstring.
    """

    name: str
    title: str
    sentence: str
    code: str

    def draw(self, looks: Sequence[tuple[str, str | None]]) -> Iterator[Drawing]:
        """Run the script once, and its last line for each look.

        Parameters
        ----------
        looks : sequence of (str, str or None)
            Edition and width of each drawing; no width leaves the script's own.

        Yields
        ------
        Drawing
            In the order of the looks.

        Raises
        ------
        StudyError
            If the script does not end in a drawing, or an example fails.
        """
        *setup, last = ast.parse(self.code).body
        if not (isinstance(last, ast.Assign) and isinstance(last.value, ast.Call)):
            raise StudyError(f"example {self.name}: the last line must be drawing = figures...()")
        call, options = last.value, list(last.value.keywords)
        namespace: dict[str, object] = {"__name__": self.name}
        try:
            exec(compile(ast.Module(setup, []), self.name, "exec"), namespace)  # noqa: S102 - ours
            for edition, width in looks:
                wide = [ast.keyword("width", ast.Constant(width))] if width else []
                call.keywords = [*options, *wide]
                again = ast.fix_missing_locations(ast.Expression(call))
                with figures.style(edition):
                    yield eval(compile(again, self.name, "eval"), namespace)  # noqa: S307 - ours
        except ProbstatsError as error:
            raise StudyError(f"example {self.name}: {error}") from error


def read_example(path: Path) -> Example:
    """Return the example of a file.

    Parameters
    ----------
    path : Path
        A script whose docstring is ``Title. One sentence.``

    Returns
    -------
    Example
        The example; nothing has run yet.

    Raises
    ------
    StudyError
        If there is no such docstring.
    """
    text = path.read_text(encoding="utf-8")
    found = re.match(r'"""(?P<title>[^.]+)\. (?P<sentence>.+\.)"""\n+(?P<code>.+)', text, re.DOTALL)
    if not found:
        raise StudyError(f'{path}: must begin with """Title. One sentence."""')
    return Example(path.stem, **found.groupdict())


def build_gallery(root: Path) -> list[Path]:
    """Draw every example and write the page of all of them.

    Parameters
    ----------
    root : Path
        The checkout; examples run in it.

    Returns
    -------
    list of Path
        The page, and an SVG image for each drawing.

    Raises
    ------
    StudyError
        If there are no examples, one is not an example, or one fails.
    """
    paths = sorted((root / EXAMPLES).glob("*.py"))
    if not paths:
        raise StudyError(f"{EXAMPLES} has no examples")
    written, shown, editions = [], [], []
    with contextlib.chdir(root):
        for example in map(read_example, paths):
            looks: list[tuple[str, str | None]] = [("journal", None), ("journal", "column")]
            if example.name in IN_ALL_EDITIONS:
                looks += [(edition, "column") for edition in THEMES if edition != "journal"]
            drawings = list(example.draw(looks))
            images = [_write(root, example, *pair) for pair in zip(looks, drawings, strict=True)]
            written += [path for path, _, _ in images]
            names = [(f"{IMAGES.name}/{path.name}", across, down) for path, across, down in images]
            entry = Shown(example.name, example.title, example.sentence, example.code,
                          drawings[0].alt_text, names)  # fmt: skip
            shown.append(entry)
            editions += [entry] if len(looks) > 2 else []
    text = page(shown, editions, (root / STYLE).read_text(encoding="utf-8"))
    write_text(root / GALLERY / "index.html", text)
    return [root / GALLERY / "index.html", *written]


def _write(
    root: Path, example: Example, look: tuple[str, str | None], drawing: Drawing
) -> tuple[Path, int, int]:
    """Write an image; return its path, and its width and height in pixels of CSS."""
    edition, width = look
    parts = [
        example.name,
        *([edition] if edition != "journal" else []),
        *([width] if width else []),
    ]
    path = root / IMAGES / f"{'-'.join(parts)}.svg"
    write_text(path, short_svg(drawing.render("svg").decode("utf-8")))
    across, down = drawing.figure.get_size_inches() * 96
    return path, round(across), round(down)


def short_svg(svg: str) -> str:
    """Return an image with coordinates in thousandths of a point and names by number.

    So another processor, whose last digits differ, gives the same bytes.

    Parameters
    ----------
    svg : str
        An image as matplotlib writes it.

    Returns
    -------
    str
        The same image.

    Examples
    --------
    >>> short_svg('<path id="m0a1b" d="M 1.23456 2.000000 L 3 4"/><use xlink:href="#m0a1b"/>')
    '<path id="i0" d="M 1.235 2 L 3 4"/><use xlink:href="#i0"/>'
    """
    ids = dict.fromkeys(re.findall(r'\bid="([^"]+)"', svg))
    named = {old: f"i{number}" for number, old in enumerate(ids)}
    svg = re.sub(r'(\bid="|#)([\w.-]+)(?=["\)])', lambda m: m[1] + named.get(m[2], m[2]), svg)
    return re.sub(r'(\b(?:d|x|y|width|height)=")([^"]+)"', _rounded, svg)


def _rounded(match: re.Match[str]) -> str:
    values = re.sub(r"-?\d+\.\d+", lambda m: f"{float(m[0]):.3f}".rstrip("0").rstrip("."), match[2])
    return f'{match[1]}{values}"'
