"""What figures are attached to: inspections with a date, and figures by level."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from probstats.data.record.tables import load
from probstats.data.resolution.coding import encode
from probstats.data.resolution.given import (
    read_dates,
    read_numbers,
    require_known,
    require_values,
)
from probstats.data.resolution.measures import resolve_measures, with_sources
from probstats.data.resolution.precedence import Precedence
from probstats.errors import DataError

LEVELS = ("inspection", "subject", "region", "nation")
NATION = "england-and-wales"
SHAREABLE = ("rate", "per person")
"""Kinds of measure that a wider level may lend to a part."""

GIVEN_CELL = ["inspection_id", "subject_id", "population", "measure"]
DATED_CELL = ["subject_id", "population", "measure", "as_of_from", "as_of_to"]
NEEDED = ("subject_id", "population", "measure", "value", "as_of_to", "source_id")
DATES = ["fieldwork_start_from", "published_from"]
DESCRIBED = ["subject_id", "population", "region", *DATES]


def read_targets(ratings: pd.DataFrame, folder: str | Path | None) -> pd.DataFrame:
    """Return the inspections of a frame of ratings, with the date figures are matched to.

    Parameters
    ----------
    ratings : pandas.DataFrame
        One or more rows for each ``inspection_id``. Its own columns on subject, population,
        region and dates count; what it lacks comes from the tables.
    folder : path or None
        Folder with the tables.

    Returns
    -------
    pandas.DataFrame
        Indexed by ``inspection_id``: subject, population, region, ``start`` (the first day on
        which fieldwork can have begun, else on which the report can have been published) and
        ``reference`` (fieldwork, publication, or missing).

    Raises
    ------
    DataError
        If the frame has no ``inspection_id`` or leaves one empty, describes an inspection in two
        ways, or has a date that is none.
    """
    if "inspection_id" not in ratings:
        raise DataError("ratings lack column 'inspection_id'; expected one row or more for each")
    unnamed = np.flatnonzero(ratings["inspection_id"].isna())
    if len(unnamed):
        raise DataError(f"ratings, row {ratings.index[unnamed[0]]}: has no inspection_id")
    own = ratings[["inspection_id", *(name for name in DESCRIBED if name in ratings)]]
    once = read_dates(own.drop_duplicates(), DATES, "ratings")
    twice = once["inspection_id"].duplicated()
    if twice.any():
        name = once.loc[twice, "inspection_id"].iloc[0]
        raise DataError(f"ratings describe inspection {name!r} in two ways; expected one")
    described = _described(once.set_index("inspection_id"), folder)
    fieldwork, published = described["fieldwork_start_from"], described["published_from"]
    reference = pd.Series("fieldwork", index=described.index).where(
        fieldwork.notna(), "publication"
    )
    start = fieldwork.fillna(published)
    return described.assign(start=start, reference=reference.where(start.notna()))


def _described(known: pd.DataFrame, folder: str | Path | None) -> pd.DataFrame:
    lacking = [name for name in DESCRIBED if name not in known]
    if not lacking:
        return known
    inspections = load("inspections", folder).set_index("inspection_id")
    subjects = load("subjects", folder).set_index("subject_id")
    found = inspections.assign(region=inspections["subject_id"].map(subjects["region"]))
    unknown = known.index.difference(found.index)
    if len(unknown):
        raise DataError(
            f"ratings lack column {lacking[0]!r}, and inspection {unknown[0]!r} is not in the "
            f"table inspections; give the column, or use inspections of the record"
        )
    return known.join(found[lacking])


def read_figures(measures: pd.DataFrame | None, folder: str | Path | None) -> pd.DataFrame:
    """Return claims on figures with their kind and column.

    Parameters
    ----------
    measures : pandas.DataFrame or None
        Claims in the form of ``measure_claims``; those of the record where None. Of the columns,
        ``subject_id``, ``population``, ``measure``, ``value``, ``as_of_to`` and ``source_id`` are
        needed; others are filled in as for an exact, stated figure.
    folder : path or None
        Folder with the tables.

    Returns
    -------
    pandas.DataFrame
        The claims with ``kind``, ``column`` and ``region_of`` (the region, of figures on one).

    Raises
    ------
    DataError
        If a column is missing, or a measure, a subject or a source is not known.
    """
    definitions = load("measures", folder).set_index("measure")
    subjects = load("subjects", folder).set_index("subject_id")
    sources = load("sources", folder)
    claims = encode(load("measure_claims", folder) if measures is None else _completed(measures))
    known = {
        "measure": definitions.index, "subject_id": subjects.index,
        "source_id": sources["source_id"],
    }  # fmt: skip
    for column, names in known.items():
        require_known(claims, column, names, "measures")
    claims = with_sources(claims.reset_index(drop=True), sources)
    return claims.assign(
        kind=claims["measure"].map(definitions["kind"]),
        column=claims["measure"].map(definitions["column"]),
        region_of=claims["subject_id"].map(_regions(subjects)),
    )


def _regions(subjects: pd.DataFrame) -> pd.Series:
    """Return the region that a subject is, for the subjects that are regions."""
    return subjects["region"].where(subjects["kind"] == "probation region")


def resolve_figures(
    figures: pd.DataFrame, levels: list[str], precedence: Precedence
) -> dict[str, pd.DataFrame]:
    """Return the figures of each level, one for each place, population, measure and date.

    Parameters
    ----------
    figures : pandas.DataFrame
        What ``read_figures`` returns.
    levels : list of str
        Some of ``LEVELS``.
    precedence : Precedence
        The order between claims.

    Returns
    -------
    dict of pandas.DataFrame
        By level, with ``place``. Figures given for an inspection are of that level alone; others
        describe their subject, and the region or the nation where that is their subject.
    """
    given = figures["inspection_id"].notna()
    found = {}
    if LEVELS[0] in levels:
        cells = resolve_measures(figures[given], GIVEN_CELL, precedence, others=False)
        found[LEVELS[0]] = cells.assign(place=cells["inspection_id"])
    if set(levels) - {LEVELS[0]}:
        dated = resolve_measures(figures[~given], DATED_CELL, precedence, others=False)
        found["subject"] = dated.assign(place=dated["subject_id"])
        regional = dated[dated["region_of"].notna()]
        found["region"] = regional.assign(place=regional["region_of"])
        found["nation"] = found["subject"][dated["subject_id"] == NATION]
    return {level: found[level] for level in levels}


def places(targets: pd.DataFrame, level: str, regions: pd.Index) -> pd.Series:
    """Return who lends each inspection its figures at a level; nobody to a region or nation itself.

    Parameters
    ----------
    targets : pandas.DataFrame
        What ``read_targets`` returns.
    level : str
        One of ``LEVELS``.
    regions : pandas.Index
        Subjects that are regions.

    Returns
    -------
    pandas.Series
        As ``place`` of ``resolve_figures``.
    """
    if level == "inspection":
        return targets.index.to_series()
    if level == "subject":
        return targets["subject_id"]
    itself = [NATION, *regions] if level == "region" else [NATION]
    place = targets["region"] if level == "region" else pd.Series(NATION, targets.index)
    return place.astype("object").where(~targets["subject_id"].isin(itself))


def _completed(measures: pd.DataFrame) -> pd.DataFrame:
    missing = [name for name in NEEDED if name not in measures]
    if missing:
        raise DataError(
            f"measures lack column {missing[0]!r}; expected {', '.join(NEEDED)}, and if you like "
            f"the other columns of the table measure_claims"
        )
    numbers = read_numbers(measures, ["value", "value_low", "value_high"], "measures")
    require_values(numbers, "measures")
    found = read_dates(numbers, ["as_of_from", "as_of_to"], "measures")
    qualifier = found.get("qualifier", pd.Series("exact", index=found.index))
    value, at_least, at_most = found["value"], ("exact", "at least"), ("exact", "at most")
    filled: dict[str, object] = {
        "inspection_id": pd.Series(None, index=found.index, dtype="str"),
        "value_low": value.where(qualifier.isin(at_least)),
        "value_high": value.where(qualifier.isin(at_most)), "qualifier": "exact",
        "basis": "stated", "printed_unit": "", "as_of_from": found["as_of_to"],
    }  # fmt: skip
    return found.assign(**{name: value for name, value in filled.items() if name not in found})
