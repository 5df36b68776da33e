"""From a name as printed to the subject it means, or to the reason why it means none."""

from __future__ import annotations

import datetime
from pathlib import Path

import numpy as np
import pandas as pd

from probstats.data.register.answers import Match, answer
from probstats.data.register.directory import read_directory
from probstats.data.register.spelling import read_kind, shorten
from probstats.errors import DataError


def match_subject(
    name: str,
    *,
    kind: str | None = None,
    date: str | datetime.date | None = None,
    folder: str | Path | None = None,
) -> str:
    """Return the subject a name means.

    Official names, aliases and known misspellings are found without regard to case, punctuation,
    "&", the order of the places in a list, and with or without the words that tell the kind
    ("CRC", "NPS division", "Probation Delivery Unit"). A name that is only similar is never
    taken: it is suggested.

    Parameters
    ----------
    name : str
        The name as printed, or a ``subject_id``.
    kind : str, optional
        Kind of subject, where the name alone does not tell: ``crc``, ``nps``, ``pdu``, ``lda``,
        ``region``, ``national``, or a kind as in the table ``subjects``.
    date : str or date, optional
        A day on which the subject must have existed, as YYYY-MM-DD or a date.
    folder : path, optional
        Folder with the tables; the one that came with the package by default.

    Returns
    -------
    str
        The ``subject_id``.

    Raises
    ------
    DataError
        If the name is not known (the sentence suggests similar ones), if it may mean several
        subjects (the sentence lists them), if name and kind contradict each other, if the subject
        did not exist on that day, or if kind or date cannot be read.

    Examples
    --------
    >>> import probstats as ps
    >>> ps.data.match_subject("SouthYorkshire CRC")
    'south-yorkshire-crc'
    >>> ps.data.match_subject("North East", date="2019-03-31")
    'north-east-nps'
    """
    wanted, day = read_kind(kind), _read_date(date)
    match = answer(name, wanted, day, read_directory(folder))
    if match.subject_id is None:
        raise DataError(str(match.problem))
    return match.subject_id


def match_subjects(
    names: pd.Series,
    *,
    kind: str | None = None,
    date: str | datetime.date | pd.Series | None = None,
    folder: str | Path | None = None,
) -> pd.DataFrame:
    """Return the subject each of many names means, and what stands against it where none is found.

    Parameters
    ----------
    names : pandas.Series
        Names as printed.
    kind : str, optional
        Kind of subject of all of them; see ``match_subject``.
    date : str, date or pandas.Series, optional
        A day on which the subjects must have existed, one for all or one for each name; a Series
        has the index of ``names``.
    folder : path, optional
        Folder with the tables; the one that came with the package by default.

    Returns
    -------
    pandas.DataFrame
        With the index of ``names``: ``subject_id``, ``how`` (official name, alias, misspelling,
        abbreviation, subject_id) and ``problem``, the sentence that ``match_subject`` would raise.
        Where a subject was found the problem is missing, elsewhere the other two are.

    Raises
    ------
    DataError
        If ``names`` is no Series, or kind or a date cannot be read.

    Examples
    --------
    >>> import pandas as pd
    >>> import probstats as ps
    >>> ps.data.match_subjects(pd.Series(["Essex CRC", "Wessex CRC"]))["subject_id"].isna().tolist()
    [False, True]
    """
    if not isinstance(names, pd.Series):
        raise DataError(f"names must be a pandas Series, not {type(names).__name__}")
    wanted, directory = read_kind(kind), read_directory(folder)
    days = _read_dates(date, names.index)
    known: dict[tuple[str, pd.Timestamp | None], Match] = {}
    found = []
    for name, day in zip(names.tolist(), days, strict=True):
        if not isinstance(name, str):
            match = answer(name, wanted, day, directory)
        elif (name, day) in known:
            match = known[name, day]
        else:
            match = known[name, day] = answer(name, wanted, day, directory)
        found.append((match.subject_id, match.how, match.problem))
    columns = ["subject_id", "how", "problem"]
    return pd.DataFrame(found, index=names.index, columns=columns, dtype="str")


def _read_dates(date: object, index: pd.Index) -> list[pd.Timestamp | None]:
    if not isinstance(date, pd.Series):
        return [_read_date(date)] * len(index)
    if not date.index.equals(index):
        raise DataError("the dates must have the index of the names; align them first")
    return [_read_date(value) for value in date.tolist()]


def _read_date(date: object) -> pd.Timestamp | None:
    """Return a day without its time; None where there is none."""
    if pd.api.types.is_scalar(date) and pd.isna(date):
        return None
    if isinstance(date, str):
        try:
            return pd.Timestamp(datetime.date.fromisoformat(date.strip()))
        except ValueError:
            pass
    elif isinstance(date, np.datetime64):
        return pd.Timestamp(date).normalize()
    elif isinstance(date, datetime.date):
        return pd.Timestamp(datetime.date(date.year, date.month, date.day))
    raise DataError(f"{shorten(date)} is no date; write it as YYYY-MM-DD")
