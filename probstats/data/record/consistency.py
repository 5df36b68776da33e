"""What a description of columns cannot say: rows of different tables that must fit together."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pandas as pd

from probstats.data.record.additions import IMPORTS
from probstats.data.record.inspection_rules import find_faults
from probstats.data.record.populations import why_not
from probstats.data.record.schema import Problem
from probstats.data.scale import OVERALL

Read = Callable[[str], pd.DataFrame]
"""Returns a table as text, with the file and the row of each row in ``FILE`` and ``ROW``."""

FILE, ROW = "_file", "_row"

KINDS = {
    "crc": "Community Rehabilitation Company",
    "nps": "National Probation Service division",
    "pdu": "Probation Delivery Unit",
    "lda": "local delivery area",
    "region": "probation region",
    "national": "nation",
}
POPULATIONS = {"crc": "CRC", "nps": "NPS", "pdu": "unified", "region": "unified"}
IMPORTED = f"{IMPORTS}/"
WHOLE = ("people", "cases")
"""Units of which there are no parts."""
BOUNDED = {"exact": (True, True), "at least": (True, False), "at most": (False, True)}
"""Which bounds a figure has; both may be missing of one that is "about"."""


def find_disagreements(read: Read) -> list[Problem]:
    """Return what does not fit together in tables that are each as described.

    Parameters
    ----------
    read : callable
        Returns a table by name, as text, with ``_file`` and ``_row``.

    Returns
    -------
    list of Problem
        Empty where all fits.
    """
    checks = (_measures, _whole, _bounds, _whose, _standards, _overall, _kinds, _eras, _inspected,
              _scores, _counts)  # fmt: skip
    return [problem for check in checks for problem in check(read)]


def _problems(wrong: pd.DataFrame, column: str, expected: pd.Series) -> Iterator[Problem]:
    for place, row in wrong.iterrows():
        value = None if pd.isna(row[column]) else str(row[column])
        yield Problem(row[FILE], int(row[ROW]), column, value, str(expected[place]))


def _measures(read: Read) -> Iterator[Problem]:
    """Look whether figures lie within the bounds of their measure, and have its unit."""
    claims = read("measure_claims").merge(
        read("measures").drop(columns=[FILE, ROW]), on="measure", suffixes=("", "_of_measure")
    )
    unit = claims["unit"] != claims["unit_of_measure"]
    words = "the unit of " + claims["measure"] + ", " + claims["unit_of_measure"]
    yield from _problems(claims[unit], "unit", words)
    for name in ("value", "value_low", "value_high"):
        value = pd.to_numeric(claims[name])
        low, high = pd.to_numeric(claims["lower"]), pd.to_numeric(claims["upper"])
        outside = (value < low) | (value > high)
        words = "of " + claims["measure"] + " from " + claims["lower"] + " to "
        yield from _problems(
            claims[outside], name, "a value " + words + claims["upper"].fillna("any")
        )


def _whole(read: Read) -> Iterator[Problem]:
    """Look whether people and cases are counted in whole numbers."""
    claims = read("measure_claims")
    wrong = claims["unit"].isin(WHOLE) & (pd.to_numeric(claims["value"]) % 1 != 0)
    yield from _problems(claims[wrong], "value", "a whole number of " + claims["unit"])


def _whose(read: Read) -> Iterator[Problem]:
    """Look whether a subject of this kind can have figures of this population at this time."""
    kinds = read("subjects").set_index("subject_id")["kind"]
    claims = read("measure_claims")
    rows = zip(
        claims["subject_id"].map(kinds), claims["population"],
        claims["as_of_from"].fillna(""), claims["as_of_to"].fillna(""), strict=True,
    )  # fmt: skip
    words = pd.Series([why_not(*row) for row in rows], claims.index, dtype="object")
    yield from _problems(claims[words.notna()], "population", words)


def _bounds(read: Read) -> Iterator[Problem]:
    """Look whether an exact figure has two bounds, "at least" and "at most" one, equal to it."""
    claims = read("measure_claims")
    value = pd.to_numeric(claims["value"])
    for place, name in enumerate(("value_low", "value_high")):
        bound = pd.to_numeric(claims[name])
        has = claims["qualifier"].map({k: v[place] for k, v in BOUNDED.items()})
        lacking = (has == True) & (bound != value)  # noqa: E712
        words = "the value, " + claims["value"] + ", as the qualifier is " + claims["qualifier"]
        yield from _problems(claims[lacking.fillna(False)], name, words)
        extra = (has == False) & bound.notna()  # noqa: E712
        words = "nothing, as the qualifier is " + claims["qualifier"]
        yield from _problems(claims[extra.fillna(False)], name, words)


def _standards(read: Read) -> Iterator[Problem]:
    """Look whether a rated standard is one of the inspection's set."""
    keys = ["standards_set", "provider_type"]
    sets = read("standards").dropna(subset=["standards_set"])
    inspections = read("inspections").dropna(subset=["standards_set"])
    claims = read("rating_claims").merge(inspections[["inspection_id", *keys]], on="inspection_id")
    known = set(sets[[*keys, "standard"]].itertuples(index=False, name=None))
    there = claims[[*keys, "standard"]].itertuples(index=False, name=None)
    wrong = [row[-1] != OVERALL and row not in known for row in there]
    words = "a standard of " + claims["standards_set"] + " for " + claims["provider_type"]
    yield from _problems(claims[pd.Series(wrong, claims.index, dtype=bool)], "standard", words)


def _overall(read: Read) -> Iterator[Problem]:
    """Look whether ``overall_rating_seen`` says that there is a claim on the overall rating.

    Where inspection or rating is imported, "unknown" may stay: no import changes a row.
    """
    claims, inspections = read("rating_claims"), read("inspections")
    claims = claims[claims["standard"] == OVERALL]
    own = claims[~claims[FILE].str.startswith(IMPORTED)]
    has = inspections["inspection_id"].isin(claims["inspection_id"])
    settled = ~has | inspections["inspection_id"].isin(own["inspection_id"])
    settled &= ~inspections[FILE].str.startswith(IMPORTED)
    said = inspections["overall_rating_seen"]
    wrong = (has != (said == "yes")) & (settled | (said != "unknown"))
    words = has.map(
        {
            True: "yes, as rating_claims has an overall rating",
            False: "not rated, or unknown, as rating_claims has no overall rating",
        }
    )
    yield from _problems(inspections[wrong], "overall_rating_seen", words)


def _with_subjects(read: Read) -> pd.DataFrame:
    subjects = read("subjects").drop(columns=[FILE, ROW])
    return read("inspections").merge(subjects, on="subject_id", suffixes=("", "_of_subject"))


def _kinds(read: Read) -> Iterator[Problem]:
    """Look whether the type of provider is that of the subject, and so the population."""
    inspections = _with_subjects(read)
    kind = inspections["provider_type"].map(KINDS)
    by_kind = {kind: provider for provider, kind in KINDS.items()}
    words = inspections["kind"].map(by_kind).astype("str") + ", as the subject is a "
    wrong = kind != inspections["kind"]
    yield from _problems(inspections[wrong], "provider_type", words + inspections["kind"])
    population = inspections["provider_type"].map(POPULATIONS)
    wrong = population.notna() & (population != inspections["population"])
    words = population.astype("str") + ", as the provider is a " + inspections["provider_type"]
    yield from _problems(inspections[wrong], "population", words)


def _eras(read: Read) -> Iterator[Problem]:
    """Look whether fieldwork happens while the subject exists."""
    inspections = _with_subjects(read)
    start = pd.to_datetime(inspections["fieldwork_start_from"])
    first, last = (pd.to_datetime(inspections[name]) for name in ("valid_from", "valid_to"))
    wrong = (start < first) | (start > last)
    span = inspections["valid_from"].fillna("ever") + " to " + inspections["valid_to"].fillna("now")
    words = "a day from " + span + ", when " + inspections["subject_id"] + " existed"
    yield from _problems(inspections[wrong], "fieldwork_start_from", words)


def _inspected(read: Read) -> Iterator[Problem]:
    """Look whether dates and owner of an inspection are possible."""
    inspections = read("inspections")
    for place, row in inspections.fillna("").iterrows():
        for column, expected in find_faults(row):
            one = inspections.loc[[place]]
            yield from _problems(one, column, pd.Series(expected, one.index))


def _scores(read: Read) -> Iterator[Problem]:
    claims = read("score_claims")
    wrong = pd.to_numeric(claims["score"]) > pd.to_numeric(claims["score_max"])
    yield from _problems(claims[wrong], "score", "at most score_max, " + claims["score_max"])


def _counts(read: Read) -> Iterator[Problem]:
    claims = read("rating_count_claims")
    wrong = pd.to_numeric(claims["count"]) > pd.to_numeric(claims["of"])
    yield from _problems(claims[wrong], "count", "at most the number of standards, " + claims["of"])
