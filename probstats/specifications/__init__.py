"""Specification curves: every defensible analysis, run once."""

from probstats.specifications.curve import specification_curve
from probstats.specifications.results import SpecificationCurve

__all__ = ["SpecificationCurve", "specification_curve"]


def __dir__() -> list[str]:
    return __all__
