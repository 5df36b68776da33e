"""From frames and results to tables, at full precision and as readers see them."""

from probstats.tables.crosstab import rating_crosstab
from probstats.tables.describing import descriptives
from probstats.tables.effects import effects_table
from probstats.tables.estimates import display_odds_ratios, estimates, odds_ratios
from probstats.tables.regression import regression_table
from probstats.tables.sample import repeated_subjects, sample_flow, sample_table
from probstats.tables.shares import at_least_shares, rating_shares
from probstats.tables.table import Table

__all__ = [
    "Table",
    "at_least_shares",
    "descriptives",
    "display_odds_ratios",
    "effects_table",
    "estimates",
    "odds_ratios",
    "rating_crosstab",
    "rating_shares",
    "regression_table",
    "repeated_subjects",
    "sample_flow",
    "sample_table",
]


def __dir__() -> list[str]:
    return __all__
