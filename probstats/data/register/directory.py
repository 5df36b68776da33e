"""Every spelling under which a subject is known, ready to be looked up."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import pandas as pd

from probstats.data.record import package
from probstats.data.record.tables import load
from probstats.data.register.spelling import Spelling, read_spelling
from probstats.errors import DataError

OFFICIAL = "official name"
IDENTIFIER = "subject_id"


@dataclass(frozen=True)
class Subject:
    """A subject as far as telling it from others needs."""

    subject_id: str
    name: str
    kind: str
    valid_from: pd.Timestamp | None
    valid_to: pd.Timestamp | None

    def existed(self, date: pd.Timestamp) -> bool:
        """Return whether the subject existed on a day."""
        begun = self.valid_from is None or self.valid_from <= date
        return begun and (self.valid_to is None or date <= self.valid_to)

    def lifetime(self) -> str:
        """Return the days between which the subject existed, in words."""
        if self.valid_from is None and self.valid_to is None:
            return "no dates"
        since = "" if self.valid_from is None else f"from {self.valid_from:%Y-%m-%d}"
        until = "" if self.valid_to is None else f"to {self.valid_to:%Y-%m-%d}"
        return f"{since} {until}".strip()

    def __str__(self) -> str:
        return f"{self.subject_id} ({self.name}, {self.kind}, {self.lifetime()})"


@dataclass(frozen=True)
class Entry:
    """One name of one subject.

    A name that was printed with its kind ("Hampshire CRC") is no evidence of what the name
    without it would mean, so such an entry answers only where the kind is told.
    """

    subject: Subject
    how: str
    printed_kind: str | None

    def answers(self, kind: str | None) -> bool:
        """Return whether this name may stand for its subject, given the kind that was told."""
        return kind == self.subject.kind if kind else self.printed_kind is None


@dataclass(frozen=True)
class Directory:
    """All names of all subjects.

    Attributes
    ----------
    subjects : dict
        Subjects by their identifier.
    entries : dict
        Names by the places they list.
    plain : dict
        The places of each name as one text, by the places, for suggestions.
    """

    subjects: dict[str, Subject]
    entries: dict[tuple[str, ...], tuple[Entry, ...]]
    plain: dict[tuple[str, ...], str]

    def find(self, spelling: Spelling, kind: str | None) -> list[Entry]:
        """Return one entry for each subject that a spelling may mean, given the kind told."""
        return _by_subject(e for e in self.entries.get(spelling.places, ()) if e.answers(kind))

    def known_by(self, places: tuple[str, ...]) -> list[Subject]:
        """Return the subjects of any kind that are known by these places."""
        return [entry.subject for entry in _by_subject(self.entries.get(places, ()))]


def _by_subject(entries: Iterable[Entry]) -> list[Entry]:
    found: dict[str, Entry] = {}
    for entry in entries:
        found.setdefault(entry.subject.subject_id, entry)
    return list(found.values())


def read_directory(folder: str | Path | None = None) -> Directory:
    """Return the names in the tables ``subjects`` and ``subject_names``.

    Parameters
    ----------
    folder : path, optional
        Folder with the tables; the one that came with the package by default.

    Returns
    -------
    Directory
        Made once for each state of the two tables.

    Raises
    ------
    DataError
        If a table is not what its description says, or a name stands in it twice.
    """
    where = package.resolve_folder(folder)
    state = tuple(
        package.fingerprint(package.read_bytes(where / package.resource(name, where)["path"]))
        for name in ("subjects", "subject_names")
    )
    return _build(where, state)


@lru_cache(maxsize=8)
def _build(where: Path, state: tuple[str, ...]) -> Directory:  # noqa: ARG001
    subjects = {row.subject_id: _subject(row) for row in load("subjects", where).itertuples()}
    entries: dict[tuple[str, ...], list[Entry]] = defaultdict(list)
    for subject in subjects.values():
        entries[read_spelling(subject.name).places].append(Entry(subject, OFFICIAL, None))
    for row in _other_names(where).itertuples():
        spelling = read_spelling(row.name)
        how = OFFICIAL if row.kind_of_name == "official" else row.kind_of_name
        entries[spelling.places].append(Entry(subjects[row.subject_id], how, spelling.kind))
    plain = {places: " ".join(places) for places in entries}
    return Directory(subjects, {places: tuple(rows) for places, rows in entries.items()}, plain)


def _subject(row: object) -> Subject:
    first, last = row.valid_from, row.valid_to  # type: ignore[attr-defined]
    return Subject(
        row.subject_id, row.name, row.kind,  # type: ignore[attr-defined]
        None if pd.isna(first) else first, None if pd.isna(last) else last,
    )  # fmt: skip


def _other_names(where: Path) -> pd.DataFrame:
    """Return the table of names, once no name of a subject stands in it in two spellings of one."""
    names = load("subject_names", where)
    spellings = [read_spelling(name) for name in names["name"]]
    twice = pd.Series(list(zip(names["subject_id"], spellings, strict=True))).duplicated()
    if twice.any():
        row = int(twice.to_numpy().argmax())
        raise DataError(
            f"subject_names.csv, row {row + 2}, column name: {names['name'].iloc[row]!r} of "
            f"{names['subject_id'].iloc[row]} stands there already but for case, punctuation or "
            f"order; keep one of the two"
        )
    return names
