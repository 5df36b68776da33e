"""Rows of ``measure_claims``."""

from __future__ import annotations

import math

from probstats.data.imports.days import Days, read_days
from probstats.data.imports.layout import Layout
from probstats.data.imports.leftovers import Leftovers
from probstats.data.imports.naming import name_subjects, population_of
from probstats.data.imports.numbers import Figure, as_points, read_figure, require_bounds
from probstats.data.imports.record_now import Now
from probstats.data.imports.rows import Entry, add_up, choose
from probstats.data.imports.sources import Sources
from probstats.data.imports.tabulate import Record, require_one_of
from probstats.data.record.consistency import WHOLE
from probstats.errors import DataError

Rows = list[tuple[int, dict[str, str]]]


def measure_rows(
    records: list[Record], file: str, layout: Layout, now: Now, sources: Sources,
    leftovers: Leftovers,
) -> dict[str, Rows]:  # fmt: skip
    """Return one row for each figure that is taken.

    Parameters
    ----------
    records : list of Record
        As the file has them.
    file : str
        The file, for messages.
    layout : Layout
        What they mean.
    now : Now
        The record the rows are for.
    sources : Sources
        Finds the source of each.
    leftovers : Leftovers
        Counts what is left out.

    Returns
    -------
    dict
        Rows of ``measure_claims``, each with the row of the file it comes from.

    Raises
    ------
    DataError
        If a cell is not what it should be, or a figure is there twice.
    """
    chosen = choose(records, file, layout, leftovers)
    taken = [record for record, _ in chosen]
    days = [read_days(record, file, layout) for record in taken]
    ends = [str(span[1]) if span else None for span in days]
    subjects = name_subjects(taken, ends, file, layout, now)
    entries = [
        _read(record, measure, subject, span, file, layout, now)
        for (record, measure), subject, span in zip(chosen, subjects, days, strict=True)
    ]
    whole = _known(add_up(entries, file, layout, leftovers), leftovers)
    rows: Rows = []
    seen: dict[tuple[str, ...], int] = {}
    for entry in whole:
        row = _row(entry, file, layout, now, sources)
        key = tuple(row[name] for name in ("subject_id", "inspection_id", "population", "measure",
                                           "as_of_from", "as_of_to", "source_id"))  # fmt: skip
        if key in seen:
            raise DataError(
                f"{entry.record.place(file, 'value')}: holds {entry.record.get('value')!r} for "
                f"{row['measure']} of {entry.subject}, which row {seen[key]} has already; expected "
                f"each figure once"
            )
        seen[key] = entry.record.row
        rows.append((entry.record.row, row))
    return {"measure_claims": rows}


def _read(
    record: Record, measure: str | None, subject: str, days: Days | None, file: str,
    layout: Layout, now: Now,
) -> Entry:  # fmt: skip
    name = measure or record.get("measure")
    if name not in now.rules:
        raise DataError(
            f"{record.place(file, 'measure')}: holds {name[:80]!r}; expected one of "
            f"{', '.join(now.rules)}"
        )
    unit = str(now.rules[name]["unit"])
    if record.get("unit") not in {"", unit}:
        raise DataError(
            f"{record.place(file, 'unit')}: holds {record.get('unit')[:80]!r}; expected {unit}, "
            f"the unit of {name}"
        )
    figure = read_figure(record, file, layout, now.permitted("measure_claims", "qualifier"))
    if isinstance(figure, Figure):
        figure = as_points(figure, record, file, layout) if unit == "percent" else figure
        if unit in WHOLE and figure.value % 1:
            raise DataError(
                f"{record.place(file, 'value')}: holds {record.get('value')!r}; expected a whole "
                f"number, as {name} counts {unit}"
            )
        low, high = (_bound(now.rules[name][side]) for side in ("lower", "upper"))
        require_bounds(figure, record, file, low, high)
    return Entry(record, subject, name, days, figure)


def _bound(value: float) -> float | None:
    return None if math.isnan(value) else float(value)


def _known(entries: list[Entry], leftovers: Leftovers) -> list[Entry]:
    kept = []
    for entry in entries:
        if isinstance(entry.figure, Figure):
            kept.append(entry)
        else:
            cell = entry.record.get("value")
            leftovers.add(entry.figure, f"value {cell}" if cell else "no value", entry.record.row)
    return kept


def _row(entry: Entry, file: str, layout: Layout, now: Now, sources: Sources) -> dict[str, str]:
    record, figure, subject = entry.record, entry.figure, entry.subject
    assert isinstance(figure, Figure)
    _require_inspection(record, subject, file, now)
    unit = str(now.rules[entry.measure]["unit"])
    basis = "derived" if entry.sum_of else record.get("basis") or "stated"
    require_one_of(basis, record, "basis", file, now.permitted("measure_claims", "basis"))
    said = f"arithmetic: {entry.sum_of}" if entry.sum_of else ""
    first, last = entry.days or ("", "")
    return {
        "subject_id": subject,
        "inspection_id": record.get("inspection_id"),
        "population": population_of(record, subject, entry.days, file, layout, now),
        "measure": entry.measure,
        "value": _text(figure.value),
        "value_low": _text(figure.low),
        "value_high": _text(figure.high),
        "qualifier": figure.qualifier,
        "unit": unit,
        "printed_unit": layout.values.printed_unit or now.printed_units[entry.measure],
        "basis": basis,
        "as_of_from": str(first),
        "as_of_to": str(last),
        "source_id": sources.identify(record),
        "note": "; ".join(part for part in (record.get("note"), said) if part),
    }


def _require_inspection(record: Record, subject: str, file: str, now: Now) -> None:
    inspection = record.get("inspection_id")
    if not inspection:
        return
    if inspection not in now.inspections.index:
        raise DataError(
            f"{record.place(file, 'inspection_id')}: holds {inspection[:80]!r}; expected an "
            f"inspection_id of the table inspections"
        )
    inspected = now.inspections.loc[inspection, "subject_id"]
    if inspected != subject:
        raise DataError(
            f"{record.place(file, 'inspection_id')}: holds {inspection!r}, an inspection of "
            f"{inspected}; expected one of {subject}"
        )


def _text(value: float | None) -> str:
    return "" if value is None else f"{value:.15g}"
