"""The public record on probation inspections, as tables and as one tidy panel."""

from probstats.data.built import load_panel
from probstats.data.scale import PROVIDER_NAMES, RATINGS, STANDARD_NAMES, SUPERVISION
from probstats.data.series import national_staffing, national_staffing_claims
from probstats.data.tables import check, load, table_names

__all__ = [
    "PROVIDER_NAMES",
    "RATINGS",
    "STANDARD_NAMES",
    "SUPERVISION",
    "check",
    "load",
    "load_panel",
    "national_staffing",
    "national_staffing_claims",
    "table_names",
]


def __dir__() -> list[str]:
    return __all__
