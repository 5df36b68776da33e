"""From results and frames to figures, each with its data and its words."""

from probstats.figures.associations import association
from probstats.figures.coefficients import coefficients
from probstats.figures.colours import contrast, simulate
from probstats.figures.diagnostics import diagnostics
from probstats.figures.drawing import Drawing
from probstats.figures.effects import marginal_effects, parallel_lines, random_effects
from probstats.figures.evidence import evidence_map, sample_flow
from probstats.figures.grid import rating_grid
from probstats.figures.latent import thresholds
from probstats.figures.paths import rating_paths
from probstats.figures.predictions import predicted_probabilities
from probstats.figures.scatter import staffing_against_rating
from probstats.figures.sensitivity import power_curve, tipping_point
from probstats.figures.shares import rating_shares
from probstats.figures.specifications import specification_curve
from probstats.figures.style import style
from probstats.figures.trend import staffing_trend

__all__ = [
    "Drawing",
    "association",
    "coefficients",
    "contrast",
    "diagnostics",
    "evidence_map",
    "marginal_effects",
    "parallel_lines",
    "power_curve",
    "predicted_probabilities",
    "random_effects",
    "rating_grid",
    "rating_paths",
    "rating_shares",
    "sample_flow",
    "simulate",
    "specification_curve",
    "staffing_against_rating",
    "staffing_trend",
    "style",
    "thresholds",
    "tipping_point",
]


def __dir__() -> list[str]:
    return __all__
