"""What each column of the panel means: the dictionary of the built copy."""

from __future__ import annotations

from typing import Any

import pandas as pd

from probstats.data.scale import RATINGS

MEANINGS = {
    "inspection_id": "The inspection.",
    "subject_id": "Who was inspected.",
    "subject": "Name of who was inspected.",
    "kind": "Kind of body inspected.",
    "provider_type": "Kind of provider: crc, nps, pdu, lda, region or national.",
    "region": "Probation region of a Probation Delivery Unit or region; none before June 2021.",
    "owner": "Company that owned a Community Rehabilitation Company.",
    "population": "Whose cases and staff the figures of this body count.",
    "programme": "Inspection programme.",
    "programme_start_year": "Calendar year in which the programme year began.",
    "standards_set": "Set of standards used; joins standards and rating_rules.",
    "year": "Year of fieldwork where known, else of publication where known.",
    "fieldwork_start_from": "First day on which fieldwork can have begun.",
    "fieldwork_start_to": "Last day on which fieldwork can have begun.",
    "published_from": "First day on which the report can have been published.",
    "published_to": "Last day on which the report can have been published.",
    "standard": "Standard rated; overall is the rating over all standards.",
    "domain": "Group of standards in the set, in the inspectorate's words.",
    "rating": "The rating, where one is known.",
    "rating_low": "Lowest rating that the sources allow; missing where no source speaks of it.",
    "rating_high": "Highest rating that the sources allow; missing where no source speaks of it.",
    "rating_status": "stated (one rating known), interval, conflict (the sources cannot all be "
    "true; low and high span them), not seen (rated, in no source read), not rated.",
    "rating_basis": "How the sources put it, joined: stated, group statement, wording, derived.",
    "rating_claims": "How many claims there are.",
    "rating_sources": "Their sources, joined by spaces.",
    "qualified_share__nation": "Probation officers over probation officers and probation services "
    "officers, FTE, of the nation when the inspection began.",
    "staffing__nation__date": "Quarter-end of the national figures.",
}

COMPANIONS = {
    "qualifier": "How the figure was printed: exact, about, at least, at most.",
    "agrees": "Whether every other claim allows this figure.",
    "source": "Its source, or sources joined by spaces.",
    "date": "Date of the figure.",
}

LEVELS = {"region": "of the region", "nation": "of the nation"}


def panel_fields(panel: pd.DataFrame, measures: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the Frictionless field of every column of the panel.

    Parameters
    ----------
    panel, measures : pandas.DataFrame
        The long panel and the table ``measures``.

    Returns
    -------
    list of dict
        Name, type, meaning and, where there is one, unit.
    """
    by_column = measures.set_index("column")
    return [_field(panel[name], _meaning(name, by_column)) for name in panel.columns]


def _field(column: pd.Series, meaning: dict[str, str]) -> dict[str, Any]:
    field: dict[str, Any] = {"name": column.name, "type": _type(column), **meaning}
    if isinstance(column.dtype, pd.CategoricalDtype):
        field |= {"constraints": {"enum": list(RATINGS)}, "ordered": True}
    return field


def _type(column: pd.Series) -> str:
    tests = {
        "boolean": pd.api.types.is_bool_dtype,
        "integer": pd.api.types.is_integer_dtype,
        "number": pd.api.types.is_float_dtype,
        "date": pd.api.types.is_datetime64_any_dtype,
    }
    return next((name for name, test in tests.items() if test(column)), "string")


def _meaning(name: str, measures: pd.DataFrame) -> dict[str, str]:
    if name in MEANINGS:
        return {"description": MEANINGS[name]}
    stem, _, last = name.rpartition("__")
    if last in COMPANIONS:
        return {"description": f"Of {stem}: {COMPANIONS[last][0].lower()}{COMPANIONS[last][1:]}"}
    column, level = (stem, LEVELS[last]) if last in LEVELS else (name, "given for the inspection")
    measure = measures.loc[column]
    return {"description": f"{measure['definition']}, {level}", "unit": measure["unit"]}
