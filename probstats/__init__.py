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
    "parallel_lines_test": "probstats.models",
    "load_panel": "probstats.data",
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
    "MergedLevelsWarning": "probstats.errors",
    "PrecedenceWarning": "probstats.errors",
    "ResampleWarning": "probstats.errors",
    "SeparationWarning": "probstats.errors",
    "SparseWarning": "probstats.errors",
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
    "JobError",
    "MergedLevelsWarning",
    "ModelError",
    "PrecedenceWarning",
    "ProbstatsError",
    "ResampleWarning",
    "SeparationWarning",
    "SparseWarning",
    "StudyError",
    "__version__",
    "accuracy",
    "calibrate",
    "data",
    "detect_separation",
    "explore",
    "figures",
    "goodness_of_fit",
    "likelihood_ratio_test",
    "load_panel",
    "models",
    "nominal_test",
    "paired_change_test",
    "parallel_lines_test",
    "scale_test",
    "tables",
    "validate",
    "within_between",
]

if TYPE_CHECKING:
    from probstats import data, figures, models, tables
    from probstats.data import load_panel
    from probstats.errors import (
        BoundaryWarning,
        ClusterWarning,
        ConvergenceWarning,
        CrossingWarning,
        DataError,
        EmptyLevelWarning,
        FewGroupsWarning,
        JobError,
        MergedLevelsWarning,
        ModelError,
        PrecedenceWarning,
        ProbstatsError,
        ResampleWarning,
        SeparationWarning,
        SparseWarning,
        StudyError,
    )
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
        validate,
        within_between,
    )


def __getattr__(name: str) -> Any:
    if name in _ROOMS:
        return importlib.import_module(f"probstats.{name}")
    if name in _NAMES:
        return getattr(importlib.import_module(_NAMES[name]), name)
    raise AttributeError(f"module 'probstats' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
