"""Measures derived from others: shares, vacancy rates, caseload for each officer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from probstats.data.resolution.types import Floats


@dataclass(frozen=True)
class Formula:
    """A derived measure.

    Attributes
    ----------
    name : str
        Its name.
    unit : str
        Its unit.
    words : str
        The formula in words.
    parts : tuple of str
        The columns it needs, without their level.
    value : callable
        The formula; rising or falling in each part throughout.
    """

    name: str
    unit: str
    words: str
    parts: tuple[str, ...]
    value: Callable[..., Floats]


FORMULAS = (
    Formula(
        "qualified_share", "share", "PO / (PO + PSO), FTE in post",
        ("po_fte", "pso_fte"), lambda po, pso: po / (po + pso),
    ),
    Formula(
        "po_gap_percent", "percent", "100 (PO required - PO in post) / PO required, FTE",
        ("po_required_fte", "po_fte"), lambda required, po: 100.0 * (required - po) / required,
    ),
    Formula(
        "vacant_percent", "percent", "100 vacancies / (vacancies + staff in post), FTE, all grades",
        ("vacancies_fte", "staff_fte"), lambda vacant, staff: 100.0 * vacant / (vacant + staff),
    ),
    Formula(
        "people_per_po", "people per FTE", "caseload / PO in post",
        ("caseload_total_people", "po_fte"), lambda caseload, po: caseload / po,
    ),
    Formula(
        "people_per_practitioner", "people per FTE", "caseload / (PO + PSO in post)",
        ("caseload_total_people", "po_fte", "pso_fte"),
        lambda caseload, po, pso: caseload / (po + pso),
    ),
    Formula(
        "people_per_fte", "people per FTE", "caseload / staff in post, all grades",
        ("caseload_total_people", "staff_fte"), lambda caseload, staff: caseload / staff,
    ),
    Formula(
        "trainee_share", "share", "trainee probation officers / (PO + PSO), FTE; trainees are "
        "counted among PSO",
        ("trainee_fte", "po_fte", "pso_fte"), lambda trainee, po, pso: trainee / (po + pso),
    ),
)  # fmt: skip


def formulas() -> pd.DataFrame:
    """Return the derived measures: name, unit, formula and the columns each needs.

    Returns
    -------
    pandas.DataFrame
        One row for each.

    Examples
    --------
    >>> formulas().set_index("name").loc["qualified_share", "formula"]
    'PO / (PO + PSO), FTE in post'
    """
    rows = [(f.name, f.unit, f.words, ", ".join(f.parts)) for f in FORMULAS]
    return pd.DataFrame(rows, columns=["name", "unit", "formula", "needs"])
