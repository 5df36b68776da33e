"""Resampling: the bootstrap and permutation tests."""

from probstats.resampling.bootstrapping import bootstrap
from probstats.resampling.permuting import permutation_test

__all__ = ["bootstrap", "permutation_test"]


def __dir__() -> list[str]:
    return __all__
