"""One look for all figures, in five editions: sizes, type, and colours that keep their meaning."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import Any

import matplotlib as mpl

from probstats.data.scale import RATINGS
from probstats.errors import ProbstatsError

MM = 1 / 25.4
WIDTHS = {"column": 90 * MM, "wide": 140 * MM, "page": 190 * MM}
"""Widths of a figure in inches: one column, one and a half, and the full page."""


_GREYS = ("#1A1A1A", "#FFFFFF", "#8C8C8C", "#D9D9D9", "#FFFFFF", "#4D4D4D")
_HATCHES = ("", "////", "", "....", "", "xxxx")


@dataclass(frozen=True)
class Look:
    """How one rating, or one series, is drawn.

    Attributes
    ----------
    colour : str
        Fill, or line.
    hatch : str
        Pattern over the fill, where fills alone cannot be told apart.
    marker : str
        Mark of points, so that colour is never alone.
    """

    colour: str
    hatch: str = ""
    marker: str = "o"


@dataclass(frozen=True)
class Theme:
    """One edition of the look.

    Attributes
    ----------
    name : str
        What it is for.
    ground, ink, muted, pale, edge : str
        Colours of the ground, of words and axes, of what stands back, of "nothing known", and
        around fills.
    ratings : tuple of Look
        From worst to best; the same order and meaning everywhere.
    series : tuple of Look
        For groups without an order, and for models side by side.
    size : float
        Points of the text.
    enlarged : float
        How many times larger a figure is than on a page.
    """

    name: str
    ground: str
    ink: str
    muted: str
    pale: str
    edge: str
    ratings: tuple[Look, ...]
    series: tuple[Look, ...]
    size: float = 7.5
    enlarged: float = 1.0

    @property
    def small(self) -> float:
        """Points of the smallest text."""
        return self.size - 0.5 * self.enlarged

    @property
    def line(self) -> float:
        """Points of the lines that carry data."""
        return 1.3 * self.enlarged

    @property
    def accent(self) -> str:
        """Colour of a single series."""
        return self.series[0].colour

    @property
    def halo(self) -> dict[str, Any]:
        """Ground for words that a line would otherwise cross."""
        return {"facecolor": self.ground, "edgecolor": "none", "pad": 0.8}

    @property
    def unknown(self) -> Look:
        """The look of what is there and was not seen."""
        return Look(self.pale, "" if self.edge == self.ground else "..", "x")

    def rating(self, rating: str) -> Look:
        """Return the look of a rating, by its name."""
        return self.ratings[RATINGS.index(rating)]

    def fills(self, number: int) -> tuple[Look, ...]:
        """Return looks of fills without an order; patterns tell them apart where colours cannot."""
        patterned = self.edge != self.ground
        return tuple(
            Look(
                self.series[n % len(self.series)].colour if not patterned else _GREYS[n % 6],
                _HATCHES[n % 6] if patterned else "",
                self.series[n % len(self.series)].marker,
            )
            for n in range(number)
        )

    def levels(self, number: int) -> tuple[Look, ...]:
        """Return looks of any number of ordered levels; four have those of the ratings."""
        if number == len(self.ratings):
            return self.ratings
        ramp = mpl.colors.LinearSegmentedColormap.from_list("", [r.colour for r in self.ratings])
        places = [0.5] if number == 1 else [n / (number - 1) for n in range(number)]
        return tuple(
            Look(mpl.colors.to_hex(ramp(place)), self._hatch(place), self._marker(n))
            for n, place in enumerate(places)
        )

    def _hatch(self, place: float) -> str:
        return self.ratings[round(place * (len(self.ratings) - 1))].hatch

    @staticmethod
    def _marker(number: int) -> str:
        return "vsoD^P*Xph"[number % 10]

    def settings(self) -> dict[str, Any]:
        """Return the settings of matplotlib."""
        thin = 0.6 * self.enlarged
        return {
            "font.family": "DejaVu Sans",
            "font.size": self.size,
            "axes.labelsize": self.size,
            "axes.titlesize": self.size,
            "figure.titlesize": self.size,
            "figure.labelsize": self.size,
            "legend.fontsize": self.size,
            "legend.title_fontsize": self.size,
            "legend.frameon": False,
            "xtick.labelsize": self.small,
            "ytick.labelsize": self.size,
            "text.color": self.ink,
            "axes.labelcolor": self.ink,
            "axes.titlecolor": self.ink,
            "axes.edgecolor": self.muted,
            "axes.facecolor": self.ground,
            "xtick.color": self.ink,
            "ytick.color": self.ink,
            "grid.color": self.pale,
            "axes.axisbelow": True,
            "axes.linewidth": thin,
            "grid.linewidth": 0.5 * thin,
            "lines.linewidth": self.line,
            "xtick.major.width": thin,
            "ytick.major.width": thin,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "figure.facecolor": self.ground,
            "savefig.facecolor": self.ground,
            "hatch.linewidth": 0.5 * self.enlarged,
            "hatch.color": self.ink,
            "svg.hashsalt": "probstats",
            "svg.fonttype": "path",
            "pdf.fonttype": 42,
            "axes.unicode_minus": True,
        }


_JOURNAL = Theme(
    name="journal",
    ground="#FFFFFF",
    ink="#1A1A1A",
    muted="#595959",
    pale="#D9D9D9",
    edge="#FFFFFF",
    # The palette of the UK Analysis Function, orange and teal a little darker than there: to
    # deuteranopes and protanopes the originals have less than 3:1 on white.
    ratings=(Look("#8F3A06", marker="v"), Look("#E55B13", marker="s"), Look("#2073BC"),
             Look("#12436D", marker="D")),
    series=(Look("#12436D"), Look("#E55B13", marker="s"), Look("#801650", marker="^"),
            Look("#23958C", marker="D"), Look("#3D3D3D", marker="v"), Look("#7F5FB8", marker="P")),
)  # fmt: skip
_DARK = replace(
    _JOURNAL,
    name="dark",
    ground="#14171A",
    ink="#F2F2F2",
    muted="#A6ABB0",
    pale="#3A4046",
    edge="#14171A",
    ratings=(Look("#D9571A", marker="v"), Look("#FDBE85", marker="s"), Look("#B8DCFA"),
             Look("#5AA2E6", marker="D")),
    series=(Look("#6BACE6"), Look("#F79A6B", marker="s"), Look("#E38AB8", marker="^"),
            Look("#4CC2B8", marker="D"), Look("#C9C9C9", marker="v"), Look("#B9A3E3", marker="P")),
)  # fmt: skip
_PRINT = replace(
    _JOURNAL,
    name="print",
    ink="#000000",
    muted="#4D4D4D",
    edge="#000000",
    ratings=(Look("#1A1A1A", marker="v"), Look("#767676", marker="s"),
             Look("#C8C8C8", "////"), Look("#FFFFFF", marker="D")),
    series=(Look("#000000"), Look("#767676", marker="s"), Look("#4D4D4D", marker="^"),
            Look("#8C8C8C", marker="D"), Look("#262626", marker="v"), Look("#666666", marker="P")),
)  # fmt: skip
THEMES = {
    "journal": _JOURNAL,
    "report": replace(_JOURNAL, name="report", size=8.5),
    "slides": replace(_JOURNAL, name="slides", size=13.0, enlarged=1.6),
    "dark": _DARK,
    "print": _PRINT,
}

_current: ContextVar[Theme] = ContextVar("theme", default=_JOURNAL)


def current_theme() -> Theme:
    """Return the edition in which figures are drawn now."""
    return _current.get()


@contextmanager
def style(name: str = "journal") -> Iterator[Theme]:
    """Draw in one edition of the look; the user's own settings are back at the end.

    Parameters
    ----------
    name : {"journal", "report", "slides", "dark", "print"}
        A journal's page, a report with larger type, slides, a dark ground, or a page that may be
        printed without colour.

    Yields
    ------
    Theme
        Its colours and sizes.

    Raises
    ------
    ProbstatsError
        If the name is not known.

    Examples
    --------
    >>> import matplotlib as mpl
    >>> with style("report") as theme:
    ...     mpl.rcParams["font.size"]
    8.5
    """
    if name not in THEMES:
        raise ProbstatsError(f"style {name!r} is not known; choose one of {', '.join(THEMES)}")
    with using(THEMES[name]) as theme:
        yield theme


@contextmanager
def using(theme: Theme) -> Iterator[Theme]:
    """Draw in a theme."""
    token = _current.set(theme)
    try:
        with mpl.rc_context(theme.settings()):  # type: ignore[arg-type]
            yield theme
    finally:
        _current.reset(token)
