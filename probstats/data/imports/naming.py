"""Which subject and which population a record is about."""

from __future__ import annotations

import pandas as pd

from probstats.data.imports.days import Days
from probstats.data.imports.layout import Layout
from probstats.data.imports.record_now import Now
from probstats.data.imports.tabulate import Record, first_match
from probstats.data.record.populations import why_not
from probstats.errors import DataError

POPULATIONS = {
    "Community Rehabilitation Company": "CRC",
    "National Probation Service division": "NPS",
    "local delivery area": "CRC and NPS",
    "Probation Delivery Unit": "unified",
    "probation region": "unified",
}
"""Whose staff and cases the figures of a subject count, where a file says nothing else."""


def name_subjects(
    records: list[Record], days: list[str | None], file: str, layout: Layout, now: Now
) -> list[str]:
    """Return the ``subject_id`` of each record.

    Parameters
    ----------
    records : list of Record
        Each with the role ``subject``.
    days : list of str or None
        A day, YYYY-MM-DD, on which the subject must have existed.
    file : str
        The file, for messages.
    layout : Layout
        Says which names only this file uses, and of which kind the subjects are.
    now : Now
        The record.

    Returns
    -------
    list of str
        One for each record.

    Raises
    ------
    DataError
        If a name is not known or may mean several subjects.
    """
    own = {name.casefold(): identifier for name, identifier in layout.subjects.names.items()}
    for name, identifier in layout.subjects.names.items():
        if identifier not in now.subjects.index:
            raise DataError(
                f"layout {layout.name}, key subjects.names.{name}: there is no subject "
                f"{identifier!r}"
            )
    found = [own.get(record.get("subject").casefold()) for record in records]
    kinds = [_kind(record, layout) for record in records]
    for kind in dict.fromkeys(kinds):
        asked = [n for n, k in enumerate(kinds) if k == kind and found[n] is None]
        for n, identifier in _match(asked, records, days, kind, file, now):
            found[n] = identifier
    return [str(identifier) for identifier in found]


def _kind(record: Record, layout: Layout) -> str | None:
    if record.get("provider_type"):
        return record.get("provider_type")
    said = layout.subjects.kind
    return first_match(record.get("subject"), said) if isinstance(said, dict) else said


def _match(
    asked: list[int], records: list[Record], days: list[str | None], kind: str | None, file: str,
    now: Now,
) -> list[tuple[int, str]]:  # fmt: skip
    from probstats.data.register.matching import match_subjects

    if not asked:
        return []
    names = pd.Series([records[n].get("subject") for n in asked], index=asked, dtype="object")
    dates = pd.Series([days[n] for n in asked], index=asked, dtype="object")
    try:
        matches = match_subjects(names, kind=kind, date=dates, folder=now.folder)
    except DataError as error:
        raise DataError(f"{records[asked[0]].place(file, 'subject')}: {error}") from error
    wrong = matches.index[matches["subject_id"].isna()]
    if len(wrong):
        n = int(wrong[0])
        raise DataError(
            f"{records[n].place(file, 'subject')}: {matches.loc[n, 'problem']}; a name that only "
            f"this file uses can be given a subject_id in [subjects.names] of a layout of your own"
        )
    return list(zip(asked, matches["subject_id"].astype("str").tolist(), strict=True))


def population_of(
    record: Record, subject: str, days: Days | None, file: str, layout: Layout, now: Now
) -> str:
    """Return whose staff or cases a record counts.

    Parameters
    ----------
    record : Record
        Perhaps with the roles ``population`` and ``inspection_id``.
    subject : str
        The ``subject_id``.
    days : tuple of date or None
        First and last day the figure holds for.
    file : str
        The file, for messages.
    layout : Layout
        May say it for all, or by kind of subject.
    now : Now
        The record.

    Returns
    -------
    str
        The population.

    Raises
    ------
    DataError
        If nothing says it, it is not known, or a subject of this kind cannot have it then.
    """
    kind = str(now.subjects.loc[subject, "kind"])
    said = layout.subjects.population
    by_layout = said.get(kind) if isinstance(said, dict) else said
    inspection = record.get("inspection_id")
    inspected = (
        str(now.inspections.loc[inspection, "population"])
        if inspection in now.inspections.index
        else None
    )
    found = record.get("population") or inspected or by_layout or POPULATIONS.get(kind, "")
    allowed = now.permitted("measure_claims", "population")
    if found not in allowed:
        what = f"holds {found!r}" if found else f"says nothing of the population of a {kind}"
        raise DataError(
            f"{record.place(file, 'population')}: {what}; expected one of {', '.join(allowed)}"
        )
    expected = why_not(kind, found, *map(str, days or ("", "")))
    if expected:
        raise DataError(f"{record.place(file, 'population')}: holds {found!r}; expected {expected}")
    return found
