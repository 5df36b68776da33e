"""Probation inspection ratings in England and Wales: data, ordinal models, figures, tables.

>>> import probstats as ps
>>> panel = ps.load_panel()
>>> overall = panel[panel["standard"] == "overall"]
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

# Rooms are opened when first used, so that importing the package costs next to nothing.
_ROOMS = ("data", "figures", "models", "tables")
_NAMES = {
    "FixedEffectsOrderedLogit": "probstats.models",
    "paired_change_test": "probstats.models",
    "within_between": "probstats.models",
    "CumulativeLinkMixedModel": "probstats.models",
    "CumulativeLinkModel": "probstats.models",
    "detect_separation": "probstats.models",
    "validate": "probstats.models",
    "goodness_of_fit": "probstats.models",
    "calibrate": "probstats.models",
    "accuracy": "probstats.models",
    "explore": "probstats.models",
    "likelihood_ratio_test": "probstats.models",
    "nominal_test": "probstats.models",
    "scale_test": "probstats.models",
    "split_estimates": "probstats.models",
    "parallel_lines_test": "probstats.models",
    "cross_table": "probstats.association",
    "polychoric": "probstats.association",
    "weighted_kappa": "probstats.association",
    "bootstrap": "probstats.resampling",
    "permutation_test": "probstats.resampling",
    "power": "probstats.planning",
    "specification_curve": "probstats.specifications",
    "load_panel": "probstats.data",
    "bounds": "probstats.missing",
    "delta_sensitivity": "probstats.missing",
    "impute": "probstats.missing",
    "pool": "probstats.missing",
    "DataError": "probstats.errors",
    "JobError": "probstats.errors",
    "ModelError": "probstats.errors",
    "ProbstatsError": "probstats.errors",
    "StudyError": "probstats.errors",
    "BoundaryWarning": "probstats.errors",
    "ClusterWarning": "probstats.errors",
    "ConvergenceWarning": "probstats.errors",
    "CrossingWarning": "probstats.errors",
    "EmptyLevelWarning": "probstats.errors",
    "FewGroupsWarning": "probstats.errors",
    "IndefiniteWarning": "probstats.errors",
    "MergedLevelsWarning": "probstats.errors",
    "MissingWarning": "probstats.errors",
    "PowerWarning": "probstats.errors",
    "PrecedenceWarning": "probstats.errors",
    "ResampleWarning": "probstats.errors",
    "SeparationWarning": "probstats.errors",
    "SparseWarning": "probstats.errors",
    "SpecificationWarning": "probstats.errors",
}

__all__ = [
    "BoundaryWarning",
    "ClusterWarning",
    "ConvergenceWarning",
    "CrossingWarning",
    "CumulativeLinkMixedModel",
    "CumulativeLinkModel",
    "DataError",
    "EmptyLevelWarning",
    "FewGroupsWarning",
    "FixedEffectsOrderedLogit",
    "IndefiniteWarning",
    "JobError",
    "MergedLevelsWarning",
    "MissingWarning",
    "ModelError",
    "PowerWarning",
    "PrecedenceWarning",
    "ProbstatsError",
    "ResampleWarning",
    "SeparationWarning",
    "SparseWarning",
    "SpecificationWarning",
    "StudyError",
    "__version__",
    "accuracy",
    "bootstrap",
    "bounds",
    "calibrate",
    "cross_table",
    "data",
    "delta_sensitivity",
    "detect_separation",
    "explore",
    "figures",
    "goodness_of_fit",
    "impute",
    "likelihood_ratio_test",
    "load_panel",
    "models",
    "nominal_test",
    "paired_change_test",
    "parallel_lines_test",
    "permutation_test",
    "polychoric",
    "pool",
    "power",
    "scale_test",
    "specification_curve",
    "split_estimates",
    "tables",
    "validate",
    "weighted_kappa",
    "within_between",
]

if TYPE_CHECKING:
    from probstats import data, figures, models, tables
    from probstats.association import cross_table, polychoric, weighted_kappa
    from probstats.data import load_panel
    from probstats.errors import (
        BoundaryWarning,
        ClusterWarning,
        ConvergenceWarning,
        CrossingWarning,
        DataError,
        EmptyLevelWarning,
        FewGroupsWarning,
        IndefiniteWarning,
        JobError,
        MergedLevelsWarning,
        MissingWarning,
        ModelError,
        PowerWarning,
        PrecedenceWarning,
        ProbstatsError,
        ResampleWarning,
        SeparationWarning,
        SparseWarning,
        SpecificationWarning,
        StudyError,
    )
    from probstats.missing import bounds, delta_sensitivity, impute, pool
    from probstats.models import (
        CumulativeLinkMixedModel,
        CumulativeLinkModel,
        FixedEffectsOrderedLogit,
        accuracy,
        calibrate,
        detect_separation,
        explore,
        goodness_of_fit,
        likelihood_ratio_test,
        nominal_test,
        paired_change_test,
        parallel_lines_test,
        scale_test,
        split_estimates,
        validate,
        within_between,
    )
    from probstats.planning import power
    from probstats.resampling import bootstrap, permutation_test
    from probstats.specifications import specification_curve


def __getattr__(name: str) -> Any:
    if name in _ROOMS:
        return importlib.import_module(f"probstats.{name}")
    if name in _NAMES:
        return getattr(importlib.import_module(_NAMES[name]), name)
    raise AttributeError(f"module 'probstats' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
