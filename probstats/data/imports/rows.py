"""Which records are taken: the rules for breakdowns, and totals checked against their parts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from probstats.data.imports.days import Days
from probstats.data.imports.layout import Layout, Section
from probstats.data.imports.leftovers import Leftovers
from probstats.data.imports.numbers import Figure
from probstats.data.imports.tabulate import Record, first_match
from probstats.errors import DataError


@dataclass(frozen=True)
class Entry:
    """A record that is taken, with what was read from it.

    Attributes
    ----------
    record : Record
        As the file has it.
    subject : str
        The ``subject_id``.
    measure : str
        The measure.
    days : tuple of date or None
        First and last day it holds for.
    figure : Figure or str
        The figure; for a symbol its meaning.
    sum_of : str
        What was added up to make it; empty where it stands in the file.
    """

    record: Record
    subject: str
    measure: str
    days: Days | None
    figure: Figure | str
    sum_of: str = ""


def choose(
    records: Iterable[Record], file: str, layout: Layout, leftovers: Leftovers
) -> list[tuple[Record, str | None]]:
    """Return the records that are taken, each with the measure that its breakdown stands for.

    Parameters
    ----------
    records : iterable of Record
        As the file has them.
    file : str
        The file, for messages.
    layout : Layout
        Says which names and rows are left out, and why.
    leftovers : Leftovers
        Counts what is left out.

    Returns
    -------
    list of (Record, str or None)
        The measure is missing where no rule says one.

    Raises
    ------
    DataError
        If no rule knows the cell of a breakdown.
    """
    kept = []
    for record in records:
        reason = first_match(record.get("subject"), layout.subjects.leave_out)
        if reason is not None:
            leftovers.add(reason, record.get("subject"), record.row)
            continue
        measure = None
        for role, rule in layout.rows.items():
            found, reason = _apply(record, role, rule, file)
            measure = found or measure
            if reason is not None:
                leftovers.add(reason, record.get(role), record.row)
                break
        else:
            kept.append((record, measure))
    return kept


def _apply(record: Record, role: str, rule: Section, file: str) -> tuple[str | None, str | None]:
    """Return the measure that a cell stands for, and why it is left out, if it is."""
    cell = record.get(role)
    measure = first_match(cell, rule.measure)
    wanted = dict.fromkeys((*rule.take, *rule.total, *rule.parts, *rule.optional), "taken")
    if measure is not None or first_match(cell, wanted) is not None:
        return measure, None
    reason = first_match(cell, rule.leave_out)
    if reason is None:
        known = ", ".join([*rule.measure, *wanted, *rule.leave_out])
        raise DataError(
            f"{record.place(file, role)}: holds {cell[:80]!r}, for which the layout has no rule in "
            f"[rows.{role}]; expected one of {known}"
        )
    return None, reason


def add_up(entries: list[Entry], file: str, layout: Layout, leftovers: Leftovers) -> list[Entry]:
    """Return one entry for each total: as printed and checked, or added up from its parts.

    Parameters
    ----------
    entries : list of Entry
        Totals and parts mixed.
    file : str
        The file, for messages.
    layout : Layout
        Its ``[rows.<role>]`` name totals and parts.
    leftovers : Leftovers
        Counts the parts of totals, and sums that cannot be made.

    Returns
    -------
    list of Entry
        Without parts.

    Raises
    ------
    DataError
        If printed parts do not add up to a printed total.
    """
    for role, rule in layout.rows.items():
        if rule.parts or rule.optional:
            entries = _add_up_role(entries, role, rule, file, layout, leftovers)
    return entries


def _add_up_role(
    entries: list[Entry], role: str, rule: Section, file: str, layout: Layout, leftovers: Leftovers
) -> list[Entry]:
    groups: dict[tuple[object, ...], list[Entry]] = {}
    others = [name for name in layout.rows if name != role]
    for entry in entries:
        record = entry.record
        key = (entry.subject, record.get("inspection_id"), entry.measure,
               entry.days, *(record.get(name).casefold() for name in others))  # fmt: skip
        groups.setdefault(key, []).append(entry)
    needed = {_word(entry, role) for entry in entries if _fits(entry, role, rule.parts)}
    return [
        whole
        for group in groups.values()
        for whole in _whole(group, role, rule, needed, file, leftovers)
    ]


def _fits(entry: Entry, role: str, patterns: Iterable[str]) -> bool:
    return first_match(entry.record.get(role), dict.fromkeys(patterns, "part")) is not None


def _word(entry: Entry, role: str) -> str:
    """Return the cell of a part in one form, whether it is "Male" or "Males"."""
    return entry.record.get(role).casefold().removesuffix("s")


def _whole(
    group: list[Entry], role: str, rule: Section, needed: set[str], file: str,
    leftovers: Leftovers,
) -> list[Entry]:  # fmt: skip
    """Return the total of one group, in a list that is empty where it cannot be known."""
    parts = [entry for entry in group if _fits(entry, role, (*rule.parts, *rule.optional))]
    totals = [entry for entry in group if entry not in parts]
    _require_once(parts, role, file)
    figures = [e.figure for e in parts if isinstance(e.figure, Figure)]
    complete = needed <= {_word(part, role) for part in parts} and len(figures) == len(parts) > 0
    complete = complete and all(figure.qualifier == "exact" for figure in figures)
    if totals:
        for part in parts:
            leftovers.add("part of a printed total", part.record.get(role), part.record.row)
        if complete:
            _require_sum(totals[0], sum(f.value for f in figures), role, rule, file)
        return totals
    if not complete:
        _leave_out(parts, role, leftovers)
        return []
    for part in parts[1:]:
        leftovers.add("added up with another row", part.record.get(role), part.record.row)
    said = " + ".join(f"{part.record.get(role)} {part.record.get('value')}" for part in parts)
    total = Figure(round(sum(f.value for f in figures), 10))
    return [replace(parts[0], figure=total, sum_of=said)]


def _leave_out(parts: list[Entry], role: str, leftovers: Leftovers) -> None:
    """Count parts that make no total: those without a figure by their own reason."""
    for part in parts:
        record, reason = part.record, part.figure
        if isinstance(reason, Figure):
            leftovers.add(
                "not all parts of the total are known, and none is printed",
                record.get(role), record.row,
            )  # fmt: skip
        else:
            cell = record.get("value")
            leftovers.add(reason, f"value {cell}" if cell else "no value", record.row)


def _require_once(parts: list[Entry], role: str, file: str) -> None:
    seen: dict[str, int] = {}
    for part in parts:
        name = _word(part, role)
        if name in seen:
            raise DataError(
                f"{part.record.place(file, role)}: holds {part.record.get(role)!r} for what row "
                f"{seen[name]} has already; expected each once"
            )
        seen[name] = part.record.row


def _require_sum(total: Entry, found: float, role: str, rule: Section, file: str) -> None:
    figure = total.figure
    if isinstance(figure, Figure) and abs(found - figure.value) > rule.tolerance + 1e-9:
        raise DataError(
            f"{total.record.place(file, 'value')}: holds {total.record.get('value')!r} as the "
            f"total over {role}, whose parts add up to {found:g}; expected them to agree within "
            f"{rule.tolerance:g}"
        )
