"""Who owned a Community Rehabilitation Company, and between which days."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from probstats.data.record.tables import load

EVENTS = {"took over": "began", "ended": "ended"}


def owners(folder: str | Path | None = None) -> pd.DataFrame:
    """Load the private owners of subjects over time.

    What sources say of owners (the table ``owner_claims``) and the owners named in inspections
    stand side by side. An owner that was seen in inspections only has no beginning and no end, and
    nobody is taken to have owned a company until the next owner came.

    Parameters
    ----------
    folder : path, optional
        Folder with the tables; the one that came with the package by default.

    Returns
    -------
    pandas.DataFrame
        One row for each subject and owner, the earlier owner first: ``subject_id``, ``owner``;
        ``began_from`` to ``began_to`` and ``ended_from`` to ``ended_to``, the days between which
        ownership began and ended (missing where no source says; a contract that is awarded has not
        begun); ``seen_from`` to ``seen_to``, from the earliest to the latest day that fieldwork,
        else publication, of the inspections naming the owner can have had; ``inspections``, how
        many these are; ``source_ids``, divided by a space.

    Examples
    --------
    >>> import probstats as ps
    >>> owners = ps.data.owners()
    >>> owners[owners["subject_id"] == "wales-crc"]["owner"].tolist()
    ['Working Links', 'Seetec']
    """
    claims, seen = load("owner_claims", folder), _inspections(folder)
    stated = [_bounds(claims[claims["event"] == event], name) for event, name in EVENTS.items()]
    key = ["subject_id", "owner"]
    pages = pd.concat([claims[[*key, "source_id"]], _inspection_pages(seen, folder)])
    table = pages.groupby(key)["source_id"].agg(lambda ids: " ".join(dict.fromkeys(sorted(ids))))
    named = seen.groupby(key).agg(
        seen_from=("day_from", "min"), seen_to=("day_to", "max"), inspections=("day_to", "size")
    )
    whole = table.rename("source_ids").to_frame().join([*stated, named]).reset_index()
    whole["inspections"] = whole["inspections"].fillna(0).astype("int64")
    first = whole["began_from"].fillna(whole["seen_from"])
    whole = whole.assign(_first=first).sort_values(["subject_id", "_first"], ignore_index=True)
    return whole[[*key, *_days(), "seen_from", "seen_to", "inspections", "source_ids"]]


def _days() -> list[str]:
    return [f"{name}_{end}" for name in EVENTS.values() for end in ("from", "to")]


def _bounds(claims: pd.DataFrame, name: str) -> pd.DataFrame:
    """Return the days between which something happened: the span of what sources say of it."""
    return claims.groupby(["subject_id", "owner"]).agg(
        **{f"{name}_from": ("date_from", "min"), f"{name}_to": ("date_to", "max")}
    )


def _inspections(folder: str | Path | None) -> pd.DataFrame:
    """Return the inspections that name an owner, each with the interval of its date."""
    inspections = load("inspections", folder)
    named = inspections[inspections["owner"].notna()]
    dated = named["fieldwork_start_from"].notna()
    return named.assign(
        day_from=named["fieldwork_start_from"].where(dated, named["published_from"]),
        day_to=named["fieldwork_start_to"].where(dated, named["published_to"]),
    )


def _inspection_pages(seen: pd.DataFrame, folder: str | Path | None) -> pd.DataFrame:
    claims = load("inspection_claims", folder)
    pages = claims[claims["field"] == "owner"][["inspection_id", "source_id"]]
    both = seen[["inspection_id", "subject_id", "owner"]].merge(pages, on="inspection_id")
    return both[["subject_id", "owner", "source_id"]]
