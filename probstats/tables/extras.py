"""Packages that only tables need, imported when they are used."""

from __future__ import annotations

import importlib
from typing import Any

from probstats.errors import ProbstatsError

NEEDED = {"pypandoc": "pandoc", "openpyxl": "openpyxl", "great_tables": "great_tables"}


def extra(name: str) -> Any:
    """Import a package of the extra ``tables``.

    Parameters
    ----------
    name : {"pypandoc", "openpyxl", "great_tables"}
        The package.

    Returns
    -------
    module
        The package.

    Raises
    ------
    ProbstatsError
        If it is not installed.
    """
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise ProbstatsError(
            f"this form of a table needs {NEEDED[name]}, which is not installed: "
            f'pip install "probation-stats[tables]"'
        ) from error
