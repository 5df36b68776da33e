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
    "CumulativeLinkModel": "probstats.models",
    "detect_separation": "probstats.models",
    "load_panel": "probstats.data",
    "DataError": "probstats.errors",
    "ModelError": "probstats.errors",
    "ProbstatsError": "probstats.errors",
    "StudyError": "probstats.errors",
    "ConvergenceWarning": "probstats.errors",
    "CrossingWarning": "probstats.errors",
    "EmptyLevelWarning": "probstats.errors",
    "MergedLevelsWarning": "probstats.errors",
    "PrecedenceWarning": "probstats.errors",
    "SeparationWarning": "probstats.errors",
}

__all__ = [
    "ConvergenceWarning",
    "CrossingWarning",
    "CumulativeLinkModel",
    "DataError",
    "EmptyLevelWarning",
    "MergedLevelsWarning",
    "ModelError",
    "PrecedenceWarning",
    "ProbstatsError",
    "SeparationWarning",
    "StudyError",
    "__version__",
    "data",
    "detect_separation",
    "figures",
    "load_panel",
    "models",
    "tables",
]

if TYPE_CHECKING:
    from probstats import data, figures, models, tables
    from probstats.data import load_panel
    from probstats.errors import (
        ConvergenceWarning,
        CrossingWarning,
        DataError,
        EmptyLevelWarning,
        MergedLevelsWarning,
        ModelError,
        PrecedenceWarning,
        ProbstatsError,
        SeparationWarning,
        StudyError,
    )
    from probstats.models import CumulativeLinkModel, detect_separation


def __getattr__(name: str) -> Any:
    if name in _ROOMS:
        return importlib.import_module(f"probstats.{name}")
    if name in _NAMES:
        return getattr(importlib.import_module(_NAMES[name]), name)
    raise AttributeError(f"module 'probstats' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
