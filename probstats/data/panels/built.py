"""The built copy of the panel, and how to know that it is still true."""

from __future__ import annotations

import hashlib
import json
import warnings
from pathlib import Path
from typing import Any

import pandas as pd

from probstats.data.panels.columns import panel_fields
from probstats.data.panels.deduced import with_deductions
from probstats.data.panels.panel import build_panel, widen
from probstats.data.record import package
from probstats.data.record.additions import parts
from probstats.data.record.cells import convert, read_text
from probstats.data.record.tables import load
from probstats.data.rules import deductions
from probstats.errors import DataError, PrecedenceWarning

PANEL = Path("built", "panel.csv")
DESCRIPTION = Path("built", "panel.json")
MAKERS = ("record", "resolution", "panels")
"""Rooms of this package whose code makes the panel."""
INPUTS = (
    "inspections", "subjects", "standards", "rating_claims", "measure_claims", "measures",
    "sources", "precedence",
)  # fmt: skip


def load_panel(
    shape: str = "long", folder: str | Path | None = None, *, deduce: str | None = None
) -> pd.DataFrame:
    """Load the analysis panel: who was inspected, how each standard was rated, with which staff.

    Parameters
    ----------
    shape : {"long", "wide"}
        One row for each inspection and standard, or one row for each inspection.
    folder : path, optional
        Folder with the tables; the one that came with the package by default.
    deduce : {"points", "cut points"}, optional
        Tighten ratings by counts and totals of points, or also by the overall rating and the
        hypothesised cut points; see ``ps.data.deduce``. ``rating_status`` says where. By default
        the panel holds what sources claim.

    Returns
    -------
    pandas.DataFrame
        Identifiers; dates as intervals (``_from``, ``_to``); ``rating``, an ordered categorical,
        worst to best, missing where only an interval is known; ``rating_low`` and ``rating_high``;
        the staffing and workload figures given for the inspection, with their unit in the name and
        the companions ``__qualifier``, ``__agrees`` and ``__source``; figures of wider levels in
        columns of their own, ``vacancies_fte__region`` (September 2023, a static covariate),
        ``qualified_share__nation`` and its parts. Wide: ``rating_<standard>`` and the like.

    Raises
    ------
    DataError
        If ``shape`` or ``deduce`` is not known, or a table is not what its description asks for.

    Warns
    -----
    PrecedenceWarning
        If the order of precedence between claims is not the one that the tables' description
        describes: the panel follows it all the same.

    Notes
    -----
    Figures of one population are never put on another, and counts of a wider level never stand in
    for a part: they describe the level that is in their name. A built copy is read where it was
    made from these very tables by this very code; otherwise the panel is built again.

    Examples
    --------
    >>> import probstats as ps
    >>> panel = ps.load_panel()
    >>> panel.loc[panel["standard"] == "overall", "rating"].notna().sum()
    np.int64(123)
    """
    if shape not in {"long", "wide"}:
        raise DataError(f"shape={shape!r} is not known; choose 'long' or 'wide'")
    where = package.resolve_folder(folder)
    panel = _read_built(where)
    if panel is None:
        panel = make_panel(where)
        _warn_of_precedence(where)
    if deduce is not None:
        panel = with_deductions(panel, deductions.deduce(deduce, where))
    return panel if shape == "long" else widen(panel)


def _warn_of_precedence(folder: Path) -> None:
    if not package.is_as_described("precedence", folder):
        warnings.warn(
            f"the panel follows {folder / 'precedence.csv'}, which is not the order of precedence "
            f"that {package.DESCRIPTOR} describes; `ps.data.resolve` shows what it decides, "
            f"`probstats data check --accept` makes it the described one",
            PrecedenceWarning,
            stacklevel=3,
        )


def make_panel(folder: Path) -> pd.DataFrame:
    """Build the long panel from the tables in a folder, whatever copy there is."""
    return build_panel({name: load(name, folder) for name in INPUTS})


def describe_panel(panel: pd.DataFrame, content: bytes, folder: Path) -> dict[str, Any]:
    """Return the description that goes with a built copy.

    Parameters
    ----------
    panel : pandas.DataFrame
        The long panel.
    content : bytes
        The file it is stored in.
    folder : Path
        Folder of the tables it was built from.

    Returns
    -------
    dict
        A Frictionless resource, with the hash of what the panel was built from.
    """
    return {
        "name": "panel",
        "path": PANEL.name,
        "title": "Analysis panel",
        "description": "One row for each inspection and standard; generated, never edited.",
        "hash": package.fingerprint(content),
        "builtFrom": built_from(folder),
        "schema": {
            "fields": panel_fields(panel, load("measures", folder)),
            "missingValues": [""],
            "primaryKey": ["inspection_id", "standard"],
        },
    }


def built_from(folder: Path) -> str:
    """Return one hash of all that the panel depends on: the tables, their description, the code."""
    digest = hashlib.sha256(package.read_bytes(folder / package.DESCRIPTOR))
    for name in INPUTS:
        for part in parts(name, folder):
            digest.update(package.read_bytes(part.path))
    for module in _modules():
        digest.update(module.read_bytes())
    return f"sha256:{digest.hexdigest()}"


def _modules() -> list[Path]:
    """Return the modules that the panel is made by."""
    room = Path(__file__).parents[1]
    parts = [room / "scale.py", *(m for name in MAKERS for m in (room / name).glob("*.py"))]
    return sorted(parts)


def _read_built(folder: Path) -> pd.DataFrame | None:
    stored, description = folder / PANEL, folder / DESCRIPTION
    if not (stored.is_file() and description.is_file()):
        return None
    content = stored.read_bytes()
    entry = _read_description(description)
    made = (package.fingerprint(content), built_from(folder))
    if (entry.get("hash"), entry.get("builtFrom")) != made:
        return None
    return convert(read_text(content, PANEL.name), entry["schema"]["fields"])


def _read_description(path: Path) -> dict[str, Any]:
    """Return the description of a built copy; one that cannot be read describes nothing."""
    try:
        entry = json.loads(path.read_bytes())
    except ValueError:
        return {}
    return entry if isinstance(entry, dict) else {}
