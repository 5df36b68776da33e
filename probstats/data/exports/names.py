"""Names of columns as other programs allow them, each still its own."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

ENDING = 16
"""The longest ending, such as ``__qualifier``, that a shortened name keeps."""


@dataclass(frozen=True)
class Rule:
    """What a program asks of a name.

    Attributes
    ----------
    longest : int
        Characters.
    reserved : frozenset of str
        Words that are no names, in lower case.
    cased : bool
        Whether ``A`` and ``a`` are two names.
    """

    longest: int
    reserved: frozenset[str]
    cased: bool


_STATA_WORDS = """
_all _b byte _coef _cons double float if in int long _n _pi _pred _rc _skip str strl using _se
_weight with aggregate array boolean break case catch class colvector complex const continue default
delegate delete do else eltypedef end enum explicit export external for friend function global goto
inline local mata matrix namespace new null numeric nan operator orgtypedef pointer polymorphic
pragma private protected quad real return
"""
_SPSS_WORDS = "all and by eq ge gt le lt ne not or to with"
STATA = Rule(32, frozenset(_STATA_WORDS.split()), cased=True)
SPSS = Rule(64, frozenset(_SPSS_WORDS.split()), cased=False)


def legal_names(names: Iterable[str], rule: Rule) -> dict[str, str]:
    """Return a legal name for each column.

    A character that is not allowed becomes an underscore. A name that is too long loses characters
    before its last part (``__qualifier``). A name that is taken then, or reserved, gets a number.

    Parameters
    ----------
    names : iterable of str
        Names of the columns, each once.
    rule : Rule
        What the program asks.

    Returns
    -------
    dict of str
        The new name by the old one, no two alike.

    Examples
    --------
    >>> legal_names(["po share %", "manageable_workload_percent__qualifier"], STATA)
    {'po share %': 'po_share__', 'manageable_workload_percent__qualifier': \
'manageable_workload_p__qualifier'}
    """
    taken: set[str] = set()
    legal: dict[str, str] = {}
    names = list(names)
    untouched = {_folded(name, rule) for name in names if _shape(name, rule) == name}
    for name in names:
        new, number = _shape(name, rule), 1
        while _is_taken(new, taken, rule) or (new != name and _folded(new, rule) in untouched):
            number += 1
            new = _shorten(_shape(name, rule), rule.longest - len(f"_{number}")) + f"_{number}"
        taken.add(_folded(new, rule))
        legal[name] = new
    return legal


def _shape(name: str, rule: Rule) -> str:
    word = re.sub(r"[^A-Za-z0-9_]", "_", name)
    word = word if re.match(r"[A-Za-z]", word) else f"v{word}"
    return _shorten(word, rule.longest)


def _shorten(word: str, longest: int) -> str:
    if len(word) <= longest:
        return word
    place = word.rfind("__")
    ending = word[place:] if place > 0 and len(word) - place <= ENDING else ""
    return word[: longest - len(ending)] + ending


def _is_taken(name: str, taken: set[str], rule: Rule) -> bool:
    return name.lower() in rule.reserved or _folded(name, rule) in taken


def _folded(name: str, rule: Rule) -> str:
    return name if rule.cased else name.lower()
