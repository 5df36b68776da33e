"""Simulated rows for figures, and what every figure has to pass."""

import itertools
import re

import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text

import probstats as ps
from probstats.figures.colours import contrast
from probstats.figures.style import THEMES, using

LONG = "A very long name of a group that must not be clipped"


class Checks:
    """What a reader needs of a figure, looked at in its artists."""

    def texts(self, drawing):
        """Return the texts that are drawn, laid out as they will be saved."""
        figure = drawing.figure
        with using(drawing._theme):
            FigureCanvasAgg(figure).draw()
        hidden = {id(label) for label in self._beyond_the_axes(figure)}
        return [
            text
            for text in figure.findobj(Text)
            if text.get_text().strip() and text.get_visible() and id(text) not in hidden
        ]

    @staticmethod
    def _beyond_the_axes(figure):
        """Return labels of ticks outside of the view, which matplotlib keeps and does not draw."""
        for axes in figure.axes:
            for axis in (axes.xaxis, axes.yaxis):
                low, high = sorted(axis.get_view_interval())
                low, high = low - 1e-9 * abs(low), high + 1e-9 * abs(high)
                for tick in [*axis.get_major_ticks(), *axis.get_minor_ticks()]:
                    if not low <= tick.get_loc() <= high:
                        yield from (tick.label1, tick.label2)

    def words(self, drawing):
        return " ".join(text.get_text() for text in self.texts(drawing))

    def inside(self, drawing):
        """No text leaves the figure."""
        frame = drawing.figure.bbox
        for text in self.texts(drawing):
            box = text.get_window_extent()
            if box.width:
                assert box.x0 >= frame.x0 - 1, text.get_text()
                assert box.x1 <= frame.x1 + 1, text.get_text()
                assert box.y0 >= frame.y0 - 1, text.get_text()
                assert box.y1 <= frame.y1 + 1, text.get_text()

    def apart(self, drawing):
        """No text lies on other text."""
        boxes = [(text.get_text(), text.get_window_extent()) for text in self.texts(drawing)]
        for (one, a), (other, b) in itertools.combinations(boxes, 2):
            across = min(a.x1, b.x1) - max(a.x0, b.x0)
            down = min(a.y1, b.y1) - max(a.y0, b.y0)
            assert across <= 2 or down <= 2, (one, other)

    def legible(self, drawing):
        """Text has the sizes of the edition, and stands out from the ground, or from its box."""
        theme = drawing._theme
        for text in self.texts(drawing):
            assert text.get_fontsize() >= theme.small - 1e-9, text.get_text()
            if theme.enlarged == 1.0:
                assert 7 <= text.get_fontsize() <= 9, text.get_text()
            assert text.get_rotation() in (0.0, 90.0), text.get_text()

    def described(self, drawing):
        """The alt text is a paragraph that ends, without machine words or unformatted numbers."""
        words = drawing.alt_text
        assert len(words) > 40, words
        assert words[0].isupper(), words
        assert words.endswith("."), words
        assert not re.search(r"\d\.\d{5}|nan|None|\binf\b|_", words), words
        assert len(drawing.data)

    def sound(self, drawing, *, apart=True):
        """All of these."""
        self.inside(drawing)
        self.legible(drawing)
        self.described(drawing)
        if apart:
            self.apart(drawing)
        return drawing


@pytest.fixture(scope="session")
def checks():
    return Checks()


@pytest.fixture(params=list(THEMES))
def edition(request):
    """Each edition of the look in turn."""
    with ps.figures.style(request.param) as theme:
        yield theme


@pytest.fixture
def stands_out():
    """Return whether a colour has a contrast of 3 to the ground of a theme."""
    return lambda colour, theme: contrast(colour, theme.ground) >= 3


@pytest.fixture
def wide():
    return ps.load_panel("wide")


@pytest.fixture
def shares():
    """Simulated shares of two sections."""
    rows = [
        ("First", "2018", "Inadequate", 1), ("First", "2018", "Requires improvement", 3),
        ("First", "2018", "Good", 0), ("First", "2018", "Outstanding", 0),
        ("Second", LONG, "Inadequate", 40),
        ("Second", LONG, "Requires improvement", 1),
        ("Second", LONG, "Good", 0),
        ("Second", LONG, "Outstanding", 0),
    ]  # fmt: skip
    frame = pd.DataFrame(rows, columns=["section", "group", "rating", "n"])
    total = frame.groupby("group")["n"].transform("sum")
    return frame.assign(total=total, share=frame["n"] / total)


@pytest.fixture
def better(shares):
    groups = shares.drop_duplicates("group")[["section", "group", "total"]]
    return groups.assign(share=0.0, low=0.0, high=0.4)


@pytest.fixture
def ratios():
    """Simulated odds ratios, one of them without a finite estimate."""
    return pd.DataFrame(
        {
            "model": ["A", "A", "B"],
            "term": ["one", "two", "three"],
            "estimate": [1e-6, 1e6, float("nan")],
            "low": [1e-8, 1e4, float("nan")],
            "high": [1e-4, np.inf, float("nan")],
            "n": [116, 116, 14],
        }
    )
