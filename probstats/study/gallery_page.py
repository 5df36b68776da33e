"""The page of the gallery: plain HTML, without scripts and without anything from elsewhere."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape

from probstats.figures.style import THEMES
from probstats.study.gallery_colours import colour_tables

CHAPTERS = {
    "1": ("The record", "What is known of the inspections: descriptions, without a model."),
    "2": ("Models", "What a fit says. The odds ratios of the analysis plan, then other data: "
          "72 ratings of the bitterness of wine (Randall 1989), and simulated rows where it is "
          "said."),
    "3": ("Association, planning and sensitivity", "Two outcomes, what data could show, and how "
          "far a result hangs on choices and on what is missing."),
}  # fmt: skip
EDITIONS = {
    "journal": "A page of a journal",
    "report": "A report, in larger type",
    "slides": "Slides: figures and type enlarged",
    "dark": "A dark ground",
    "print": "A page that may be printed without colour",
}


@dataclass(frozen=True)
class Shown:
    """An example and its images.

    Attributes
    ----------
    name, title, sentence, code, alt_text : str
        Its words.
    images : list of (str, int, int)
        Address, width and height in pixels: on the page, in a column, then in the other editions.
    """

    name: str
    title: str
    sentence: str
    code: str
    alt_text: str
    images: list[tuple[str, int, int]]

    @property
    def anchor(self) -> str:
        """Its place on the page."""
        return self.name.split("-", 1)[1]


def page(shown: list[Shown], editions: list[Shown], style: str) -> str:
    """Return the page.

    Parameters
    ----------
    shown : list of Shown
        In the order to show; the first digit of a name is its chapter.
    editions : list of Shown
        Those with an image for each edition.
    style : str
        The style sheet.

    Returns
    -------
    str
        HTML.
    """
    chapters = {key: [s for s in shown if s.name.startswith(key)] for key in CHAPTERS}
    body = "".join(_chapter(key, entries) for key, entries in chapters.items())
    return f"""<!DOCTYPE html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Gallery of figures – probstats</title>
<link rel="icon" href="data:,">
<style>
{style}</style>
</head>
<body>
<a class="skip" href="#main">Skip to the figures</a>
<header>
<h1>Gallery of figures</h1>
<p>Every figure function of <code>probstats.figures</code>, with the code that drew it. Code runs in
the root of a checkout. Each function returns the figure, its data and its description;
<code>drawing.save("name")</code> writes all three. No inspected area is named.</p>
</header>
{_contents(chapters)}
<main id="main">
{body}{_editions(editions)}{colour_tables()}</main>
<footer>
<p>Made by <code>probstats reproduce --only gallery</code> from the scripts in
<code>docs/gallery/examples</code>.</p>
</footer>
</body>
</html>
"""


def _contents(chapters: dict[str, list[Shown]]) -> str:
    parts = []
    for key, entries in chapters.items():
        links = "".join(f'<li><a href="#{s.anchor}">{escape(s.title)}</a></li>\n' for s in entries)
        heading = escape(CHAPTERS[key][0])
        parts.append(f'<li><a href="#chapter-{key}">{heading}</a>\n<ul>\n{links}</ul></li>\n')
    last = '<li><a href="#editions">Editions</a></li>\n<li><a href="#colours">Colours</a></li>\n'
    return f'<nav aria-label="Contents">\n<ul>\n{"".join(parts)}{last}</ul>\n</nav>'


def _chapter(key: str, entries: Iterable[Shown]) -> str:
    title, about = CHAPTERS[key]
    sections = "".join(map(_section, entries))
    return f'<h2 id="chapter-{key}">{escape(title)}</h2>\n<p>{escape(about)}</p>\n{sections}'


def _section(shown: Shown) -> str:
    wide, (narrow, across, down) = shown.images[:2]
    return f"""<section aria-labelledby="{shown.anchor}">
<h3 id="{shown.anchor}">{escape(shown.title)}</h3>
<p>{escape(shown.sentence)}</p>
<figure>
<picture>
<source media="(max-width: 40em)" srcset="{narrow}" width="{across}" height="{down}">
{_image(wide, shown.alt_text)}
</picture>
</figure>
<details>
<summary>In words</summary>
<p>{escape(shown.alt_text)}</p>
</details>
{_code(shown.code, f"Code of {shown.title}")}
</section>
"""


def _image(image: tuple[str, int, int], words: str) -> str:
    source, across, down = image
    return (
        f'<img src="{source}" width="{across}" height="{down}" loading="lazy" '
        f'alt="{escape(words)}">'
    )


def _code(code: str, name: str) -> str:
    return (
        f'<div class="wide" role="region" tabindex="0" aria-label="{escape(name)}">\n'
        f"<pre><code>{escape(code.rstrip())}</code></pre>\n</div>"
    )


def _editions(entries: list[Shown]) -> str:
    code = 'with ps.figures.style("dark"):\n    drawing = ps.figures.coefficients(fits)'
    parts = []
    for shown in entries:
        images = dict(zip(THEMES, shown.images[1:], strict=True))
        pictures = "".join(
            f"<figure>\n{_image(image, shown.alt_text)}\n"
            f"<figcaption>{EDITIONS[name]} (<code>{name}</code>)</figcaption>\n</figure>\n"
            for name, image in images.items()
        )
        title = f"{escape(shown.title)} in five editions"
        parts.append(f'<h3 id="{shown.anchor}-editions">{title}</h3>\n'
                     f'<div class="editions">\n{pictures}</div>\n')  # fmt: skip
    return (
        f'<h2 id="editions">Editions</h2>\n<p>One look in five editions, here 90 mm wide. Ratings '
        f"keep their order and their meaning, and no difference is shown by colour alone.</p>\n"
        f"{_code(code, 'Code of an edition')}\n{''.join(parts)}"
    )
