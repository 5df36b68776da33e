"""One look for all figures: sizes, type, and colours that keep their meaning."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any

import matplotlib as mpl

MM = 1 / 25.4
COLUMN, PAGE = 90 * MM, 190 * MM
"""Widths of a figure in inches: one column, and the full page."""

RATING_COLOURS = {
    "Inadequate": "#8F3A06",
    "Requires improvement": "#F46A25",
    "Good": "#2073BC",
    "Outstanding": "#12436D",
}
"""At least 3:1 on white, and apart from each other under the common colour deficiencies."""

NAVY, ORANGE, GREY, PALE = "#12436D", "#F46A25", "#595959", "#D9D9D9"
INK = "#1A1A1A"
ORANGE_INK = "#A8430F"
"""The orange of words, which need more contrast than lines."""
HALO = {"facecolor": "white", "edgecolor": "none", "pad": 0.8}
"""Ground for words that a line would otherwise cross."""

_SETTINGS: dict[str, Any] = {
    "font.family": "DejaVu Sans",
    "font.size": 7.5,
    "axes.labelsize": 7.5,
    "axes.titlesize": 8,
    "xtick.labelsize": 7,
    "ytick.labelsize": 7.5,
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.edgecolor": GREY,
    "xtick.color": INK,
    "ytick.color": INK,
    "axes.linewidth": 0.6,
    "lines.linewidth": 1.3,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
    "hatch.linewidth": 0.5,
    "svg.hashsalt": "probstats",
    "svg.fonttype": "path",
    "pdf.fonttype": 42,
    "axes.unicode_minus": True,
}


def journal_style() -> AbstractContextManager[None]:
    """Return a context in which matplotlib draws for a journal page.

    The user's own settings are back when the context ends.

    Returns
    -------
    context manager
        For a ``with`` statement.

    Examples
    --------
    >>> import matplotlib as mpl
    >>> with journal_style():
    ...     mpl.rcParams["font.size"]
    7.5
    """
    return mpl.rc_context(_SETTINGS)  # type: ignore[arg-type]


def contrast(first: str, second: str) -> float:
    """Return the contrast ratio of two colours (WCAG 2.2), 1 to 21.

    Parameters
    ----------
    first, second : str
        Colours that matplotlib knows.

    Returns
    -------
    float
        The ratio; graphic parts need at least 3.

    Examples
    --------
    >>> contrast("black", "white")
    21.0
    """
    lighter, darker = sorted((_luminance(first), _luminance(second)), reverse=True)
    return round((lighter + 0.05) / (darker + 0.05), 2)


def _luminance(colour: str) -> float:
    channels = mpl.colors.to_rgb(colour)
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def ink_on(colour: str) -> str:
    """Return black or white, whichever reads better on a colour."""
    return "white" if contrast(colour, "white") >= contrast(colour, INK) else INK
