"""The choices of this study, as fixed by ``docs/qa/plan.md``."""

from __future__ import annotations

from dataclasses import dataclass

from probstats.data.scale import PROVIDER_NAMES

UNIFICATION = "2021-06-26"
"""The day on which CRCs and NPS divisions became one Probation Service."""

FIRST_PDU_YEAR = 2021
"""Start of the programme year 2021-22, the zero of the year in model B."""

SECTIONS = {
    "crc": "Community Rehabilitation Companies",
    "nps": "National Probation Service divisions",
    "pdu": "Probation Delivery Units",
    "region": "Regions and nation (shown, not modelled)",
    "national": "Regions and nation (shown, not modelled)",
}

GRID_STANDARDS = (
    "overall", "leadership", "staffing", "services", "information_and_facilities", "assessment",
    "planning", "implementation_and_delivery", "reviewing", "court_reports", "unpaid_work",
    "resettlement", "statutory_victim_work",
)  # fmt: skip


@dataclass(frozen=True)
class ModelPlan:
    """One model of the plan.

    Attributes
    ----------
    name : str
        Its letter in the plan.
    title : str
        What readers see.
    formula : str
        The model.
    groups : str
        Column on which errors are clustered.
    provider_types : tuple of str
        Rows used.
    without : tuple of str or None
        Provider type and rating of the one inspection left out.
    without_most : str or None
        Column: the rows at its maximum are left out.
    """

    name: str
    title: str
    formula: str
    groups: str
    provider_types: tuple[str, ...]
    without: tuple[str, str] | None = None
    without_most: str | None = None


_ALL, _PDU = ("crc", "nps", "pdu"), ("pdu",)

MODELS = (
    ModelPlan("A", "A. Provider type", "rating ~ provider", "subject_id", _ALL),
    ModelPlan(
        "A1", "A1. Without the one CRC rated Inadequate", "rating ~ provider", "subject_id", _ALL,
        ("crc", "Inadequate"),
    ),
    ModelPlan(
        "A2", "A2. Without the one PDU rated Good", "rating ~ provider", "subject_id", _ALL,
        ("pdu", "Good"),
    ),
    ModelPlan("B", "B. Programme year, PDUs", "rating ~ programme_years", "subject_id", _PDU),
    ModelPlan("C", "C. Regional vacancies, PDUs", "rating ~ vacancies_100_fte", "region", _PDU),
    ModelPlan(
        "C1", "C1. Without the region with most vacancies", "rating ~ vacancies_100_fte", "region",
        _PDU, without_most="vacancies_100_fte",
    ),
)  # fmt: skip

TERMS = {
    "provider[nps]": f"{PROVIDER_NAMES['nps']} against CRC",
    "provider[pdu]": f"{PROVIDER_NAMES['pdu']} against CRC",
    "programme_years": "One programme year later",
    "vacancies_100_fte": "100 FTE more vacancies in the region, September 2023",
}

JACKKNIFED = "C"
"""The model whose regions are also left out one by one."""
