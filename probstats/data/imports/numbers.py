"""From the text of a cell to a figure, or to the reason why it is none."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from probstats.data.imports.layout import Layout
from probstats.data.imports.tabulate import Record
from probstats.errors import DataError

LARGEST = 1e12


@dataclass(frozen=True)
class Figure:
    """A figure and how far it can be taken at its word.

    Attributes
    ----------
    value : float
        As printed.
    qualifier : str
        exact, at least, at most or about.
    """

    value: float
    qualifier: str = "exact"

    @property
    def low(self) -> float | None:
        """The smallest true value, where one is said."""
        return self.value if self.qualifier in {"exact", "at least"} else None

    @property
    def high(self) -> float | None:
        """The largest true value, where one is said."""
        return self.value if self.qualifier in {"exact", "at most"} else None


def read_figure(record: Record, file: str, layout: Layout, qualifiers: list[str]) -> Figure | str:
    """Return the figure of a record, or what its symbol means.

    Parameters
    ----------
    record : Record
        Holds the roles ``value`` and perhaps ``qualifier``.
    file : str
        The file, for messages.
    layout : Layout
        Knows symbols and the sign between thousands.
    qualifiers : list of str
        The qualifiers there are.

    Returns
    -------
    Figure or str
        The figure; for a symbol that stands for no number its meaning.

    Raises
    ------
    DataError
        If the cell holds anything else.
    """
    text = record.get("value")
    if text in layout.values.at_most:
        return Figure(float(layout.values.at_most[text]), "at most")
    if text in layout.values.symbols:
        return str(layout.values.symbols[text])
    if not text:
        return "empty cell"
    qualifier = record.get("qualifier") or "exact"
    if qualifier not in qualifiers:
        raise DataError(
            f"{record.place(file, 'qualifier')}: holds {qualifier!r}; expected one of "
            f"{', '.join(qualifiers)}"
        )
    return Figure(_number(text, record, file, layout), qualifier)


def is_number(text: str, layout: Layout) -> bool:
    """Return whether a text is a number or a symbol that stands for one."""
    return text in layout.values.symbols | layout.values.at_most or _has_form(text, layout)


def _has_form(text: str, layout: Layout) -> bool:
    mark = re.escape(layout.values.thousands)
    form = rf"[+-]?([0-9]{{1,3}}({mark}[0-9]{{3}})+|[0-9]{{1,15}})(\.[0-9]{{1,17}})?(e-[0-9]{{2}})?"
    return re.fullmatch(form, text) is not None


def _number(text: str, record: Record, file: str, layout: Layout) -> float:
    if not _has_form(text, layout):
        known = ", ".join([*layout.values.symbols, *layout.values.at_most])
        also = f", or one of the symbols {known}" if known else ""
        raise DataError(
            f"{record.place(file, 'value')}: holds {text[:80]!r}; expected a number{also}"
        )
    return float(text.replace(layout.values.thousands, ""))


def as_points(figure: Figure, record: Record, file: str, layout: Layout) -> Figure:
    """Return a figure in per cent as 25, also where the file has 0.25 for it.

    Raises
    ------
    DataError
        If a cell of a spreadsheet may be either, and the layout does not say which.
    """
    if record.get("value") in layout.values.at_most or layout.values.percent == "points":
        return figure
    if layout.values.percent == "fraction":
        return replace(figure, value=round(figure.value * 100, 10))
    if record.from_spreadsheet and 0 < figure.value <= 1:
        raise DataError(
            f"{record.place(file, 'value')}: holds {record.get('value')!r}, as a spreadsheet "
            f"stores {100 * figure.value:g}%; expected 25 for 25%: save the table as CSV with such "
            f'numbers, or say values.percent = "fraction" (or "points") in a layout of your own'
        )
    return figure


def require_bounds(
    figure: Figure, record: Record, file: str, low: float | None, high: float | None
) -> None:
    """Raise if a figure lies outside the bounds of its measure."""
    low, high = 0.0 if low is None else low, LARGEST if high is None else high
    if not low <= figure.value <= high:
        raise DataError(
            f"{record.place(file, 'value')}: holds {record.get('value')!r}; expected a number from "
            f"{low:g} to {high:g}"
        )
