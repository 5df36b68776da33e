"""Whether a layout says only what a layout can say."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from datetime import date
from typing import Any

from probstats.data.imports.layout_keys import (
    BREAKDOWNS,
    COLUMN,
    KEYS,
    NUMBER,
    NUMBERS,
    REQUIRED,
    ROLES,
    TEXT,
    TEXT_OR_WORDS,
    TEXTS,
    WHOLE,
    WORDS,
    Key,
)
from probstats.errors import DataError

BY_ROLE = ("columns", "fixed", "rows")


def check_layout(raw: dict[str, Any], file: str, measures: list[str]) -> None:
    """Raise unless every key of a layout is known and has a value it can have.

    Parameters
    ----------
    raw : dict
        The TOML file as read.
    file : str
        Its name, for messages.
    measures : list of str
        The measures there are.

    Raises
    ------
    DataError
        One sentence naming file and key.
    """
    sections = [name for name in KEYS if name] + ["columns", "fixed"]
    _require_known(raw, [*KEYS[""], *sections], file, "key")
    for name in ("title", "columns"):
        if name not in raw:
            raise DataError(f"{file}: has no {name!r}, which every layout needs")
    _check_section({k: v for k, v in raw.items() if k in KEYS[""]}, "", file)
    for section in sections:
        keys = raw.get(section, {})
        if not isinstance(keys, dict):
            raise DataError(f"{file}, key {section}: expected a section [{section}]")
        if section not in BY_ROLE:
            _check_section(keys, section, file)
    roles = ROLES[raw.get("table", KEYS[""]["table"].default)]
    _check_roles(raw, roles, file)
    _check_words(raw, file, measures)
    _check_whole(raw, file)


def _check_section(keys: dict[str, Any], section: str, file: str, place: str = "") -> None:
    place = place or section
    _require_known(keys, KEYS[section], file, f"key in [{place}]" if place else "key")
    for name, value in keys.items():
        _require_value(value, KEYS[section][name], file, f"{place}.{name}" if place else name)


def _check_roles(raw: dict[str, Any], roles: tuple[str, ...], file: str) -> None:
    for section, holds in (("columns", COLUMN), ("fixed", TEXT)):
        keys = raw.get(section, {})
        _require_known(keys, roles, file, f"role in [{section}]")
        for name, value in keys.items():
            _require_value(value, Key(holds, ""), file, f"{section}.{name}")
    rules = raw.get("rows", {})
    _require_known(rules, [role for role in BREAKDOWNS if role in roles], file, "role in [rows]")
    for role, keys in rules.items():
        if not isinstance(keys, dict):
            raise DataError(f"{file}, key rows.{role}: expected a section [rows.{role}]")
        _check_section(keys, "rows", file, f"rows.{role}")
    twice = [role for role in raw["columns"] if role in raw.get("fixed", {})]
    if twice:
        raise DataError(f"{file}, key fixed.{twice[0]}: is a column already; take one away")


def _require_known(keys: Iterable[str], known: Iterable[str], file: str, what: str) -> None:
    known = list(known)
    for name in keys:
        if name not in known:
            near = difflib.get_close_matches(name, known, 1)
            hint = f"; did you mean {near[0]!r}?" if near else f"; known are {', '.join(known)}"
            raise DataError(f"{file}: there is no {what} called {name!r}{hint}")


def _require_value(value: Any, key: Key, file: str, place: str) -> None:
    if not _fits(value, key.holds):
        raise DataError(f"{file}, key {place}: holds {value!r}; expected {key.holds}")
    for item in value if isinstance(value, list) else [value]:
        if key.permitted and item not in key.permitted:
            raise DataError(
                f"{file}, key {place}: holds {item!r}; expected one of {', '.join(key.permitted)}"
            )


def _fits(value: Any, holds: str) -> bool:
    def is_text(item: Any) -> bool:
        return isinstance(item, str) and bool(item)

    def is_number(item: Any) -> bool:
        return isinstance(item, int | float) and not isinstance(item, bool) and 0 <= item < 1e15

    whole = isinstance(value, int) and not isinstance(value, bool) and value >= 1
    texts = isinstance(value, list) and bool(value) and all(map(is_text, value))
    words = isinstance(value, dict) and all(map(is_text, value.values()))
    numbers = isinstance(value, dict) and all(map(is_number, value.values()))
    return {
        TEXT: is_text(value), TEXTS: is_text(value) or texts, WHOLE: whole,
        NUMBER: is_number(value), WORDS: words, NUMBERS: numbers,
        TEXT_OR_WORDS: is_text(value) or words, COLUMN: is_text(value) or texts or whole,
    }[holds]  # fmt: skip


def _check_words(raw: dict[str, Any], file: str, measures: list[str]) -> None:
    """Check what needs more than a look at its type: measures, encodings, patterns, days."""
    named = {
        f"rows.{r}.measure.{k}": m
        for r, keys in raw.get("rows", {}).items()
        for k, m in keys.get("measure", {}).items()
    }
    if "measure" in raw.get("fixed", {}):
        named["fixed.measure"] = raw["fixed"]["measure"]
    for place, measure in named.items():
        if measure not in measures:
            _require_known([measure], measures, f"{file}, key {place}", "measure")
    for encoding in _listed(raw, "file", "encoding"):
        try:
            b"a".decode(encoding)
        except (LookupError, UnicodeError, ValueError) as error:
            raise DataError(f"{file}, key file.encoding: {encoding!r} is not known") from error
    for marker in _listed(raw, "values", "markers"):
        try:
            re.compile(marker)
        except (re.error, RecursionError, OverflowError) as error:
            raise DataError(
                f"{file}, key values.markers: {marker!r} is no regular expression ({error})"
            ) from error
    try:
        date.fromisoformat(raw.get("dates", {}).get("earliest", "1990-01-01"))
    except ValueError as error:
        raise DataError(f"{file}, key dates.earliest: expected a day as YYYY-MM-DD") from error


def _listed(raw: dict[str, Any], section: str, key: str) -> list[str]:
    found = raw.get(section, {}).get(key, [])
    return [found] if isinstance(found, str) else found


def _check_whole(raw: dict[str, Any], file: str) -> None:
    """Check that a header can be found and that every figure gets a subject, a measure, a value."""
    ways = [k for k in ("header_row", "header_text", "header_cells") if k in raw.get("file", {})]
    if len(ways) > 1:
        raise DataError(f"{file}, key file.{ways[1]}: file.{ways[0]} says already where it is")
    table = raw.get("table", KEYS[""]["table"].default)
    wide = raw.get("wide")
    if wide is not None and ("role" not in wide or table != "measure_claims"):
        what = "wide.role is missing" if "role" not in wide else "only figures can be wide"
        raise DataError(f"{file}, section [wide]: {what}")
    given = {*raw["columns"], *raw.get("fixed", {})}
    given |= {wide["role"], "value"} if wide else set()
    missing = [role for role in REQUIRED[table] if role not in given]
    if missing:
        raise DataError(f"{file}, section [columns]: no column has the role {missing[0]!r}")
    makes_measures = any("measure" in keys for keys in raw.get("rows", {}).values())
    if table == "measure_claims" and "measure" not in given and not makes_measures:
        raise DataError(f"{file}: says no measure; expected columns.measure, fixed.measure or "
                        f"rows.<role>.measure")  # fmt: skip
    for role in (r for r in raw.get("rows", {}) if r not in given):
        raise DataError(f"{file}, section [rows.{role}]: no column has the role {role!r}")
