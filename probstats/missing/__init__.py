"""Missing values: what holds whatever they are, what follows if they are worse, and imputation."""

from probstats.missing.bounding import bounds
from probstats.missing.bounds_results import Bounds
from probstats.missing.delta import delta_sensitivity
from probstats.missing.delta_results import DeltaSensitivity
from probstats.missing.imputations import Imputations
from probstats.missing.imputing import impute
from probstats.missing.pooled_results import PooledResults
from probstats.missing.pooling import pool

__all__ = [
    "Bounds",
    "DeltaSensitivity",
    "Imputations",
    "PooledResults",
    "bounds",
    "delta_sensitivity",
    "impute",
    "pool",
]


def __dir__() -> list[str]:
    return __all__
