"""The public record on probation inspections, as tables and as one tidy panel."""

from probstats.data.panels.built import load_panel
from probstats.data.panels.series import national_staffing, national_staffing_claims
from probstats.data.record.tables import check, load, table_names
from probstats.data.scale import PROVIDER_NAMES, RATINGS, STANDARD_NAMES, SUPERVISION

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
