"""Empty tables to fill in, and what their columns hold."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from probstats.data.imports.build_ratings import standards_of
from probstats.data.imports.layout import Layout, read_layout
from probstats.data.imports.record_now import Now
from probstats.data.imports.target import reading_folder
from probstats.data.scale import RATINGS
from probstats.errors import DataError

TEMPLATES = {
    "ratings": "template-ratings",
    "measures": "template-measures",
    "inspections": "template-inspections",
}
"""Templates, and the layout that reads each."""
NEEDED = {
    "ratings": ("inspection_id", "standard"),
    "measures": ("subject", "measure", "value"),
    "inspections": ("subject", "programme"),
}
MEANINGS = {
    "inspection_id": "inspection, as in the table inspections; import a new inspection first",
    "subject": "name of the area or its subject_id; with the kind where two have the name",
    "standard": "standard that was rated, or overall",
    "rating": "rating; or leave it empty and fill in rating_low and rating_high",
    "rating_low": "worst rating that agrees with the source, where the rating is not known exactly",
    "rating_high": "best rating that agrees with the source",
    "basis": "how it is known; stated where empty",
    "date": "day the figure holds for, as YYYY-MM-DD, a month as YYYY-MM or a year as YYYY",
    "date_from": "first day of a longer time, in the place of date",
    "date_to": "last day of a longer time",
    "measure": "measure, as in the table measures",
    "value": "the figure, as printed",
    "qualifier": "how the source qualifies it; exact where empty",
    "unit": "unit of the figure, which must be that of the measure; may stay empty",
    "population": "whose staff or cases it counts; follows from the kind of subject where empty",
    "provider_type": "what was inspected; follows from the subject where empty",
    "programme": "inspection programme and its year",
    "standards_set": "set of standards in force; empty where none was rated",
    "owner": "private owner of a CRC",
    "fieldwork_start": "start of fieldwork, as YYYY-MM-DD, YYYY-MM or YYYY",
    "published": "publication of the report, as YYYY-MM-DD, YYYY-MM or YYYY",
    "overall_rating_seen": "not rated, if the inspection gave no overall rating; else leave it "
    "empty, which is unknown until its ratings are imported",
    "source_kind": "who speaks; may stay empty where it is said for the whole file",
    "source_url": "address of the page; may stay empty where it is said for the whole file",
    "source_title": "title of the page, where it has no address; may stay empty where it is said "
    "for the whole file",
    "source_publisher": "host name of the site; follows from the address where empty",
    "source_published": "date of the page, as YYYY, YYYY-MM or YYYY-MM-DD",
    "source_licence": "terms of re-use; may stay empty where it is said for the whole file",
    "note": "remark, free text",
}

OWN_MEANINGS = {
    ("inspections", "inspection_id"): "name of the inspection, such as bedfordshire-pdu-2024; may "
    "stay empty and becomes the subject_id and the year",
    ("measures", "inspection_id"): "inspection whose report gives the figure, as in the table "
    "inspections; may stay empty",
}
"""Where a column means something else in one template."""


def template(
    name: str, inspection_id: str | None = None, folder: str | Path | None = None
) -> pd.DataFrame:
    """Return an empty table to fill in and to import.

    Parameters
    ----------
    name : {"ratings", "measures", "inspections"}
        What it is for; the layout ``template-<name>`` reads it.
    inspection_id : str, optional
        Only for ratings: an inspection, for which there is then one row for each of its standards.
    folder : path, optional
        Folder of the tables; the one that came with the package by default.

    Returns
    -------
    pandas.DataFrame
        Text. ``describe_template`` says what each column holds.

    Raises
    ------
    DataError
        If there is no such template, or no such inspection.

    Examples
    --------
    >>> import probstats as ps
    >>> ps.data.template("ratings", "bedfordshire-pdu-2024")["standard"].tolist()[:2]
    ['overall', 'leadership']
    """
    where = reading_folder(folder)
    columns = list(_layout(name, where).columns)
    if inspection_id is None:
        return pd.DataFrame(columns=columns, dtype="str")
    now = Now(where)
    if name != "ratings" or inspection_id not in now.inspections.index:
        what = "only ratings are filled in" if name != "ratings" else "there is no such inspection"
        raise DataError(f"inspection_id={inspection_id!r}: {what}; leave it out")
    standards = standards_of(inspection_id, now)
    rows = [{"inspection_id": inspection_id, "standard": standard} for standard in standards]
    return pd.DataFrame(rows, columns=columns, dtype="str").fillna("")


def describe_template(name: str, folder: str | Path | None = None) -> pd.DataFrame:
    """Return what the columns of a template hold.

    Parameters
    ----------
    name : {"ratings", "measures", "inspections"}
        The template.
    folder : path, optional
        Folder of the tables; the one that came with the package by default.

    Returns
    -------
    pandas.DataFrame
        One row for each column: ``column``, ``required``, ``meaning``, ``permitted``.

    Raises
    ------
    DataError
        If there is no such template.

    Examples
    --------
    >>> import probstats as ps
    >>> ps.data.describe_template("ratings").set_index("column").loc["rating", "permitted"]
    'Inadequate, Requires improvement, Good, Outstanding'
    """
    where = reading_folder(folder)
    layout, now = _layout(name, where), Now(where)
    rows = [
        (role, role in NEEDED[name], _meaning(name, role), ", ".join(_permitted(role, layout, now)))
        for role in layout.columns
    ]
    return pd.DataFrame(rows, columns=["column", "required", "meaning", "permitted"])


def _layout(name: str, folder: str | Path | None) -> Layout:
    if name not in TEMPLATES:
        raise DataError(f"there is no template {name!r}; choose one of {', '.join(TEMPLATES)}")
    return read_layout(TEMPLATES[name], folder)


def _meaning(name: str, role: str) -> str:
    return OWN_MEANINGS.get((name, role), MEANINGS[role])


def _permitted(role: str, layout: Layout, now: Now) -> list[str]:
    if role == "measure":
        return [str(measure) for measure in now.measures.index]
    if role.startswith("rating"):
        return list(RATINGS)
    table = "sources" if role.startswith("source_") else layout.table
    column = role.removeprefix("source_")
    if column not in [field["name"] for field in now.fields(table)]:
        return []
    return now.permitted(table, column)
