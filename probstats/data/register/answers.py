"""What one name means, or the sentence that says why it means nothing."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from probstats.data.register.directory import IDENTIFIER, Directory, Entry, Subject
from probstats.data.register.spelling import LONGEST_NAME, read_spelling, shorten

SUGGESTIONS = 3
CLOSE_ENOUGH = 60.0


@dataclass(frozen=True)
class Match:
    """What a name was found to mean: a subject and how it was found, or the problem."""

    subject_id: str | None = None
    how: str | None = None
    problem: str | None = None


def answer(name: object, kind: str | None, day: pd.Timestamp | None, directory: Directory) -> Match:
    """Return the subject a name means, or what stands against it.

    Parameters
    ----------
    name : object
        The name as printed, or a ``subject_id``.
    kind : str or None
        The kind asked for, as the table ``subjects`` writes it.
    day : pandas.Timestamp or None
        A day on which the subject must have existed.
    directory : Directory
        All names of all subjects.

    Returns
    -------
    Match
        Subject and how it was found, or the problem.
    """
    if not isinstance(name, str):
        missing = pd.api.types.is_scalar(name) and pd.isna(name)
        told = "is missing" if missing else f"must be text, not {shorten(name)}"
        return Match(problem=f"the name of a subject {told}")
    if len(name) > LONGEST_NAME:
        return Match(
            problem=f"{shorten(name)} has {len(name):,} characters; no name of a subject has more "
            f"than {LONGEST_NAME}"
        )
    if not name.strip():
        return Match(problem="the name of a subject is empty")
    return _decide(name, kind, day, directory)


def _decide(name: str, kind: str | None, day: pd.Timestamp | None, directory: Directory) -> Match:
    spelling = read_spelling(name)
    if kind and spelling.kind and kind != spelling.kind:
        return Match(problem=f"{name!r} names a {spelling.kind}, but a {kind} was asked for")
    told = kind or spelling.kind
    named = directory.subjects.get(name.strip())
    if named:
        found = [Entry(named, IDENTIFIER, None)] if told in {None, named.kind} else []
    else:
        found = directory.find(spelling, told)
    alive = [entry for entry in found if day is None or entry.subject.existed(day)]
    if len(alive) == 1:
        return Match(alive[0].subject.subject_id, alive[0].how)
    if alive:
        return Match(problem=_several(name, alive))
    if found:
        return Match(problem=_not_then(name, day, found))
    others = [named] if named else directory.known_by(spelling.places)
    return Match(problem=_not_that_kind(name, told, others) or _unknown(name, directory))


def _several(name: str, entries: list[Entry]) -> str:
    return (
        f"{name!r} may mean {_listed(_subjects(entries))}; say which by kind or date, or give the "
        f"subject_id"
    )


def _not_then(name: str, day: pd.Timestamp | None, entries: list[Entry]) -> str:
    return (
        f"no subject called {name!r} existed on {day:%Y-%m-%d}; the name is known for "
        f"{_listed(_subjects(entries))}"
    )


def _not_that_kind(name: str, kind: str | None, others: list[Subject]) -> str | None:
    if not others:
        return None
    wanted = f"no {kind} is called {name!r}" if kind else f"{name!r} does not tell the kind"
    return f"{wanted}; the name is known for {_listed(others)}"


def _unknown(name: str, directory: Directory) -> str:
    """Return the sentence on a name that is not known, with the names most like it."""
    from rapidfuzz import fuzz, process

    spelling = read_spelling(name)
    near = process.extract(
        " ".join(spelling.places), directory.plain, scorer=fuzz.token_sort_ratio,
        limit=SUGGESTIONS, score_cutoff=CLOSE_ENOUGH,
    )  # fmt: skip
    likely = [subject for *_, places in near for subject in directory.known_by(places)]
    same_kind = [subject for subject in likely if spelling.kind in {None, subject.kind}]
    shown = list(dict.fromkeys(same_kind or likely))[:SUGGESTIONS]
    if not shown:
        return f"no subject is called {name!r}, nor anything like it"
    return f"no subject is called {name!r}; similar are {_listed(shown)}"


def _subjects(entries: list[Entry]) -> list[Subject]:
    return [entry.subject for entry in entries]


def _listed(subjects: list[Subject]) -> str:
    return ", or ".join(map(str, subjects))
