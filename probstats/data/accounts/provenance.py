"""Which kind of source knows what of which inspection."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from probstats.data.record.tables import load
from probstats.data.scale import STANDARD_NAMES

SOURCE_GROUPS = {
    "Inspectorate": ("inspectorate",),
    "Official statistics, parliament, audit": ("official statistics", "parliament", "audit office"),
    "Owners, councils, unions": ("owner", "council", "union"),
    "Press and others": ("press", "blog", "mirror"),
}
"""Kinds of sources, nearest to the inspection first."""

TOPICS = ("staffing", "workload")


def provenance(folder: str | Path | None = None) -> pd.DataFrame:
    """Return the kind of source each known rating and figure of an inspection comes from.

    Parameters
    ----------
    folder : path, optional
        Folder with the tables; the one that came with the package by default.

    Returns
    -------
    pandas.DataFrame
        One row for each inspection and item that some claim is about: ``inspection_id``,
        ``provider_type``, ``programme``, ``topic`` (rating, staffing, workload), ``item`` (a
        standard's name, or a measure), ``source_group`` (an ordered categorical; of several the
        one nearest to the inspection) and ``claims``.

    Raises
    ------
    DataError
        If a table is not what its description asks for.

    Notes
    -----
    A page of the inspectorate may itself be known through another site: ``kind`` of the table of
    sources says who published, not where it was read.

    Examples
    --------
    >>> import probstats as ps
    >>> known = ps.data.provenance()
    >>> known["source_group"].cat.categories[0]
    'Inspectorate'
    """
    claims = pd.concat([_ratings(folder), _figures(folder)], ignore_index=True)
    kinds = load("sources", folder).set_index("source_id")["kind"]
    groups = {kind: group for group, members in SOURCE_GROUPS.items() for kind in members}
    named = claims["source_id"].map(kinds).map(groups).fillna("Press and others")
    order = pd.CategoricalDtype(list(SOURCE_GROUPS), ordered=True)
    keys = ["inspection_id", "topic", "item"]
    cells = claims.assign(source_group=named.astype(order)).groupby(keys, sort=False)
    known = cells.agg(source_group=("source_group", "min"), claims=("source_id", "size"))
    inspections = load("inspections", folder)[["inspection_id", "provider_type", "programme"]]
    table = known.reset_index().merge(inspections, on="inspection_id", validate="m:1")
    columns = ["inspection_id", "provider_type", "programme", "topic", "item", "source_group"]
    return table[[*columns, "claims"]]


def _ratings(folder: str | Path | None) -> pd.DataFrame:
    claims = load("rating_claims", folder)
    return pd.DataFrame(
        {
            "inspection_id": claims["inspection_id"],
            "topic": "rating",
            "item": claims["standard"].map(STANDARD_NAMES),
            "source_id": claims["source_id"],
        }
    )


def _figures(folder: str | Path | None) -> pd.DataFrame:
    claims = load("measure_claims", folder)
    measures = load("measures", folder).set_index("measure")["topic"]
    topic = claims["measure"].map(measures)
    own = claims["inspection_id"].notna() & topic.isin(TOPICS)
    rows = pd.DataFrame(
        {
            "inspection_id": claims["inspection_id"],
            "topic": topic,
            "item": claims["measure"],
            "source_id": claims["source_id"],
        }
    )
    return rows[own]
