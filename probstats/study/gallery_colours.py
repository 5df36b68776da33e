"""How the colours of each edition are seen, as tables of the gallery."""

from __future__ import annotations

from itertools import combinations

import pandas as pd

from probstats.data.scale import RATINGS
from probstats.figures.colours import VISION, contrast, difference, simulate
from probstats.figures.style import THEMES, Theme

SEEN = ("as it is", *VISION)
LEAST = 3.0
"""Contrast that graphic parts need (WCAG 2.2, 1.4.11)."""


def colour_tables() -> str:
    """Return the chapter of the page on colours.

    Returns
    -------
    str
        HTML: a table for each edition.
    """
    alike: dict[tuple[object, ...], list[Theme]] = {}
    for theme in THEMES.values():
        alike.setdefault((theme.ground, theme.ratings, theme.series), []).append(theme)
    tables = "".join(map(_colour_table, alike.values()))
    return (
        f'<h2 id="colours">Colours</h2>\n<p>Contrast of each colour with the ground, 1 to 21, as '
        f"it is and as people with a colour-vision deficiency or a grey printer see it (Machado, "
        f"Oliveira and Fernandes 2009). Graphic parts need {LEAST:.0f}; where a fill has less, "
        f"it says “edge”, and a dark edge and a pattern show it. The last row is the "
        f"least difference between two ratings (CIE 1976; below about 10 small parts are hard to "
        f"tell apart; without colours there is the edition “print”).</p>\n{tables}"
    )


def colour_table(theme: Theme) -> pd.DataFrame:
    """Return how an edition's colours are seen.

    Parameters
    ----------
    theme : Theme
        The edition.

    Returns
    -------
    pandas.DataFrame
        One row for each rating and series: ``name``, ``colour``, and the contrast with the ground
        in each way of seeing; then one of the least difference between two ratings.

    Examples
    --------
    >>> from probstats.figures.style import THEMES
    >>> colour_table(THEMES["journal"]).columns.tolist()[:3]
    ['name', 'colour', 'as it is']
    """
    names = [*RATINGS, *(f"Series {n}" for n in range(1, len(theme.series) + 1))]
    looks = [*theme.ratings, *theme.series]
    rows = [
        {"name": name, "colour": look.colour}
        | {way: contrast(_seen(look.colour, way), _seen(theme.ground, way)) for way in SEEN}
        for name, look in zip(names, looks, strict=True)
    ]
    pairs = list(combinations([look.colour for look in theme.ratings], 2))
    least = {way: min(difference(_seen(a, way), _seen(b, way)) for a, b in pairs) for way in SEEN}
    rows.append({"name": "Least difference between ratings", "colour": "", **least})
    return pd.DataFrame(rows)


def _seen(colour: str, way: str) -> str:
    return colour if way == SEEN[0] else simulate(colour, way)


def _colour_table(themes: list[Theme]) -> str:
    """Return the table of editions that have the same colours."""
    theme, names = themes[0], ", ".join(theme.name for theme in themes)
    *rows, least = colour_table(theme).to_dict("records")
    head = "".join(f'<th scope="col">{way.capitalize()}</th>' for way in SEEN)
    body = "".join(
        f'<tr><th scope="row">{row["name"]}</th><td>'
        f'<span class="swatch" style="background:{row["colour"]}"></span>{row["colour"]}</td>'
        + "".join(f"<td>{_ratio(row[way])}</td>" for way in SEEN)
        + "</tr>\n"
        for row in rows
    )
    foot = "".join(f"<td>{least[way]:.0f}</td>" for way in SEEN)
    return f"""<h3 id="colours-{theme.name}">{names.capitalize()}</h3>
<div class="wide" role="region" tabindex="0" aria-label="Colours of {names}">
<table>
<caption>Contrast with the ground, {theme.ground}</caption>
<thead><tr><th scope="col">Used for</th><th scope="col">Colour</th>{head}</tr></thead>
<tbody>
{body}</tbody>
<tfoot><tr><th scope="row" colspan="2">{least["name"]}</th>{foot}</tr></tfoot>
</table>
</div>
"""


def _ratio(value: float) -> str:
    return f"{value:.2f}" if value >= LEAST else f"{value:.2f} (edge)"
