"""What two spellings of one name have in common.

A name is read as the places it lists, without regard to their order, to case, punctuation and
"&", and as the kind of subject that its first or last words tell ("CRC", "Probation Delivery
Unit"). Nothing is guessed here: two spellings are the same or they are not.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from probstats.errors import DataError

CRC = "Community Rehabilitation Company"
NPS = "National Probation Service division"
PDU = "Probation Delivery Unit"
LDA = "local delivery area"
REGION = "probation region"
NATION = "nation"

KIND_WORDS = {
    "crc": CRC, "nps": NPS, "pdu": PDU, "lda": LDA, "region": REGION, "national": NATION,
    **{kind.casefold(): kind for kind in (CRC, NPS, PDU, LDA, REGION, NATION)},
}  # fmt: skip
"""Kinds of subject by the words with which a caller may ask for them."""

LAST_WORDS = {
    "community rehabilitation company": CRC, "crc": CRC,
    "national probation service division": NPS, "national probation service": NPS,
    "nps division": NPS, "nps": NPS, "division": NPS,
    "probation delivery unit": PDU, "pdu": PDU,
    "local delivery area": LDA, "local delivery unit": LDA, "lda": LDA, "ldu": LDA,
    "probation service region": REGION, "probation region": REGION, "region": REGION,
}  # fmt: skip
FIRST_WORDS = {
    "national probation service": NPS, "nps": NPS, "probation service": REGION,
    "probation region": REGION,
}  # fmt: skip
"""The longer phrase stands before the shorter one that it ends or begins with."""

LONGEST_NAME = 200
_OTHER_SIGNS = re.compile(r"[^\w,;/+]+")
_BETWEEN_PLACES = re.compile(r"[,;/+]|\band\b")


@dataclass(frozen=True)
class Spelling:
    """A name as it is compared.

    Attributes
    ----------
    places : tuple of str
        The places it lists, in alphabetical order.
    kind : str or None
        The kind of subject that its words tell.
    """

    places: tuple[str, ...]
    kind: str | None


@lru_cache(maxsize=16384)
def read_spelling(name: str) -> Spelling:
    """Return a name as it is compared.

    Parameters
    ----------
    name : str
        The name as printed.

    Returns
    -------
    Spelling
        The places it lists and the kind its words tell.

    Examples
    --------
    >>> read_spelling("Sussex, Kent & Surrey CRC")
    Spelling(places=('kent', 'surrey', 'sussex'), kind='Community Rehabilitation Company')
    """
    plain = unicodedata.normalize("NFKC", name).casefold().replace("&", " and ")
    plain = plain.replace("'", "").replace("’", "")
    words = " ".join(_OTHER_SIGNS.sub(" ", plain).replace("_", " ").split())
    words, last = _without_kind(words, LAST_WORDS, at_end=True)
    words, first = _without_kind(words, FIRST_WORDS, at_end=False)
    places = (part.strip().removeprefix("the ") for part in _BETWEEN_PLACES.split(words))
    return Spelling(tuple(sorted(place for place in places if place)), last or first)


def _without_kind(words: str, phrases: dict[str, str], *, at_end: bool) -> tuple[str, str | None]:
    for phrase, kind in phrases.items():
        if at_end and words.endswith(f" {phrase}"):
            return words.removesuffix(phrase).rstrip(" ,"), kind
        if not at_end and words.startswith(f"{phrase} "):
            return words.removeprefix(phrase).lstrip(" ,"), kind
    return words, None


def read_kind(kind: object) -> str | None:
    """Return the kind of subject a caller asks for.

    Parameters
    ----------
    kind : str or None
        ``crc``, ``nps``, ``pdu``, ``lda``, ``region``, ``national``, or a kind as in the table.

    Returns
    -------
    str or None
        The kind as the table ``subjects`` writes it; None where none is asked for.

    Raises
    ------
    DataError
        If there is no such kind.
    """
    if kind is None:
        return None
    found = KIND_WORDS.get(kind.strip().casefold()) if isinstance(kind, str) else None
    if found is None:
        words = ", ".join(word for word in KIND_WORDS if " " not in word)
        raise DataError(
            f"there is no kind of subject {shorten(kind)}; use one of {words}, or a kind as the "
            f"table subjects writes it"
        )
    return found


def shorten(value: object) -> str:
    """Return a value as a message shows it, cut where it is long."""
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}..."
