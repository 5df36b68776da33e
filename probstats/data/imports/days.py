"""From the text of a date, month, quarter or year to its first and last day."""

from __future__ import annotations

import calendar
import datetime
import re
from collections.abc import Callable

from probstats.data.imports.layout import Layout
from probstats.data.imports.tabulate import Record
from probstats.errors import DataError

Days = tuple[datetime.date, datetime.date]
MONTHS = {name[:3].lower(): n for n, name in enumerate(calendar.month_name) if name}
FIRST_SERIAL = datetime.date(1899, 12, 30)


def read_days(record: Record, file: str, layout: Layout) -> Days | None:
    """Return the first and last day a figure holds for; None where the file says nothing.

    Parameters
    ----------
    record : Record
        Holds the role ``date``, or ``date_from`` and ``date_to``.
    file : str
        The file, for messages.
    layout : Layout
        Says which forms are permitted, and what a quarter stands for.

    Returns
    -------
    tuple of date, or None
        First and last day.

    Raises
    ------
    DataError
        If a date is in none of the permitted forms, is no day of the calendar, lies before the
        earliest day of the layout or after today, or stands beside an interval.
    """
    ends = [role for role in ("date_from", "date_to") if record.get(role)]
    if not ends:
        return read_day(record, "date", file, layout)
    if record.get("date"):
        raise DataError(
            f"{record.place(file, ends[0])}: holds {record.get(ends[0])!r} beside date, which is "
            f"{record.get('date')!r}; expected date alone, or date_from and date_to without it"
        )
    first = read_day(record, "date_from", file, layout)
    last = read_day(record, "date_to", file, layout)
    if first is None or last is None:
        role = "date_from" if first is None else "date_to"
        raise DataError(f"{record.place(file, role)}: is empty; expected both ends of the interval")
    if first[0] > last[1]:
        raise DataError(
            f"{record.place(file, 'date_from')}: holds {record.get('date_from')!r}; expected a day "
            f"not after date_to, which is {record.get('date_to')!r}"
        )
    return first[0], last[1]


def read_day(record: Record, role: str, file: str, layout: Layout) -> Days | None:
    """Return the first and last day that one cell stands for; None where it is empty."""
    text = record.get(role)
    if not text:
        return None
    days = _read(text, layout)
    if days is not None:
        return _require_plausible(days, record, role, file, layout)
    raise DataError(
        f"{record.place(file, role)}: holds {text[:80]!r}; expected a date as "
        f"{' or '.join(layout.dates.formats)}"
    )


def is_date(text: str, layout: Layout) -> bool:
    """Return whether a text has one of the forms of dates that a layout permits."""
    return _read(text, layout) is not None


def _read(text: str, layout: Layout) -> Days | None:
    for form in ("YYYY-MM-DD", *layout.dates.formats):  # a date of a spreadsheet comes as the first
        try:
            days = FORMS[form](text)
        except ValueError:
            continue
        if days is not None:
            return days
    return None


def _require_plausible(days: Days, record: Record, role: str, file: str, layout: Layout) -> Days:
    earliest = datetime.date.fromisoformat(layout.dates.earliest)
    today = datetime.datetime.now(tz=datetime.UTC).date()
    if days[0] < earliest or days[0] > today:
        raise DataError(
            f"{record.place(file, role)}: holds {record.get(role)!r}; expected a date from "
            f"{earliest} to today, {today}"
        )
    return (days[1], days[1]) if layout.dates.period == "last day" else days


def _one(year: str, month: int, day: str) -> Days:
    found = datetime.date(int(year), month, int(day))
    return found, found


def _span(year: str, first: int, last: int) -> Days:
    end = calendar.monthrange(int(year), last)[1]
    return datetime.date(int(year), first, 1), datetime.date(int(year), last, end)


def _iso(text: str) -> Days | None:
    found = re.fullmatch(r"([0-9]{4})-([0-9]{2})-([0-9]{2})", text)
    return _one(found[1], int(found[2]), found[3]) if found else None


def _slashes(text: str) -> Days | None:
    found = re.fullmatch(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})", text)
    return _one(found[3], int(found[2]), found[1]) if found else None


def _words(text: str) -> Days | None:
    found = re.fullmatch(r"([0-9]{1,2})[ -]([A-Za-z]{3,9})[ -]([0-9]{4})", text)
    return _one(found[3], _month(found[2]), found[1]) if found else None


def _month_words(text: str) -> Days | None:
    found = re.fullmatch(r"([A-Za-z]{3,9})[ -]([0-9]{4})", text)
    return _span(found[2], _month(found[1]), _month(found[1])) if found else None


def _month_number(text: str) -> Days | None:
    found = re.fullmatch(r"([0-9]{4})-([0-9]{2})", text)
    return _span(found[1], _in_year(int(found[2])), int(found[2])) if found else None


def _quarter(text: str) -> Days | None:
    found = re.fullmatch(r"([0-9]{4})[ -]?Q([1-4])|Q([1-4])[ -]([0-9]{4})", text)
    if not found:
        return None
    number = int(found[2] or found[3])
    return _span(found[1] or found[4], 3 * number - 2, 3 * number)


def _year(text: str) -> Days | None:
    return _span(text, 1, 12) if re.fullmatch(r"[0-9]{4}", text) else None


def _serial(text: str) -> Days | None:
    if not re.fullmatch(r"[0-9]{5}", text):
        return None
    day = FIRST_SERIAL + datetime.timedelta(days=int(text))
    return day, day


def _month(word: str) -> int:
    number = MONTHS.get(word[:3].lower(), 0)
    if word.lower() not in {word[:3].lower(), calendar.month_name[number].lower(), "sept"}:
        return _in_year(0)
    return _in_year(number)


def _in_year(month: int) -> int:
    if not 1 <= month <= 12:
        raise ValueError(month)
    return month


FORMS: dict[str, Callable[[str], Days | None]] = {
    "YYYY-MM-DD": _iso, "DD/MM/YYYY": _slashes, "D Mon YYYY": _words, "Mon YYYY": _month_words,
    "YYYY-MM": _month_number, "YYYY Qn": _quarter, "YYYY": _year, "excel": _serial,
}  # fmt: skip
