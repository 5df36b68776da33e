"""From frames and results to tables, at full precision and as readers see them."""

from probstats.tables.estimates import display_odds_ratios, estimates, odds_ratios
from probstats.tables.sample import repeated_subjects, sample_flow
from probstats.tables.shares import at_least_shares, rating_shares

__all__ = [
    "at_least_shares",
    "display_odds_ratios",
    "estimates",
    "odds_ratios",
    "rating_shares",
    "repeated_subjects",
    "sample_flow",
]


def __dir__() -> list[str]:
    return __all__
