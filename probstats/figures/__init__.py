"""From results and frames to figures, each with its data and its words."""

from probstats.figures.drawing import Drawing
from probstats.figures.grid import rating_grid
from probstats.figures.intervals import coefficients
from probstats.figures.shares import rating_shares
from probstats.figures.style import RATING_COLOURS, contrast, journal_style
from probstats.figures.trend import staffing_trend

__all__ = [
    "RATING_COLOURS",
    "Drawing",
    "coefficients",
    "contrast",
    "journal_style",
    "rating_grid",
    "rating_shares",
    "staffing_trend",
]


def __dir__() -> list[str]:
    return __all__
