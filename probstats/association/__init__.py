"""Association between ordinal outcomes: correlations, agreement, and tables of two."""

from probstats.association.correlations import polychoric
from probstats.association.cross_tables import cross_table
from probstats.association.kappa import weighted_kappa

__all__ = ["cross_table", "polychoric", "weighted_kappa"]


def __dir__() -> list[str]:
    return __all__
