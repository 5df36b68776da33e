"""From a grid to one record for each figure: header found, columns named, wide tables made long."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Callable
from dataclasses import dataclass

from probstats.data.imports.grid import Grid
from probstats.data.imports.layout import Layout
from probstats.data.imports.leftovers import Leftovers
from probstats.errors import DataError

Cleaner = Callable[[str], str]


@dataclass(frozen=True)
class Record:
    """One figure, rating or inspection as the file has it.

    Attributes
    ----------
    row : int
        Row in the file, the first being 1.
    cells : dict of str to str
        Text by role, without footnote markers.
    columns : dict of str to str
        The header each role stands under, for messages.
    from_spreadsheet : bool
        Whether numbers may be shown otherwise than they are stored.
    """

    row: int
    cells: dict[str, str]
    columns: dict[str, str]
    from_spreadsheet: bool = False

    def get(self, role: str) -> str:
        """Return the text of a role, empty where there is none."""
        return self.cells.get(role, "")

    def place(self, file: str, role: str) -> str:
        """Return where the text of a role stands, for messages."""
        column = self.columns.get(role)
        return f"{file}, row {self.row}" + (f", column {column[:80]}" if column else "")


def require_one_of(found: str, record: Record, role: str, file: str, allowed: list[str]) -> None:
    """Raise if a text is none of those permitted."""
    if found not in allowed:
        what = f"holds {found[:80]!r}" if found else "is empty"
        raise DataError(f"{record.place(file, role)}: {what}; expected one of {', '.join(allowed)}")


def tabulate(grid: Grid, layout: Layout, leftovers: Leftovers) -> list[Record]:
    """Return one record for each figure of a grid.

    Parameters
    ----------
    grid : Grid
        The cells of the file.
    layout : Layout
        Says where the header is and what the columns are.
    leftovers : Leftovers
        Counts what is left out.

    Returns
    -------
    list of Record
        In the order of the file, along each row.

    Raises
    ------
    DataError
        If there is no header, or a column is missing, named twice or not wanted.
    """
    clean = _cleaner(layout)
    start = _header(grid, layout, clean)
    headers = [clean(cell) for cell in grid.rows[start]]
    while headers and not headers[-1]:
        headers.pop()
    places = _places(headers, grid.file, start + 1, layout)
    others = _others(headers, places, grid.file, start + 1, layout, leftovers)
    records = []
    for row, cells in _body(grid, start, len(headers), layout, leftovers):
        texts = [clean(cell) for cell in cells]
        records += _records(row, texts, places, others, headers, layout, grid.from_spreadsheet)
    return records


def _cleaner(layout: Layout) -> Cleaner:
    markers = [re.compile(marker) for marker in layout.values.markers]

    def clean(cell: str) -> str:
        bare = cell
        for marker in markers:
            bare = marker.sub("", bare)
        return " ".join(bare.split()) or cell  # a marker by itself is a symbol

    return clean


def _header(grid: Grid, layout: Layout, clean: Cleaner) -> int:
    file = layout.file
    if file.header_text:
        wanted = _folded(file.header_text)
        for place, cells in enumerate(grid.rows):
            if wanted in [_folded(clean(cell)) for cell in cells]:
                return place
        raise DataError(f"{grid.file}: no row holds {file.header_text!r}, which marks the header")
    if file.header_cells:
        for place, cells in enumerate(grid.rows):
            if sum(map(bool, cells)) >= file.header_cells:
                return place
        raise DataError(f"{grid.file}: no row has {file.header_cells} cells, as the header must")
    place = (file.header_row or 1) - 1
    if place >= len(grid.rows) or not any(grid.rows[place]):
        raise DataError(f"{grid.file}, row {place + 1}: is empty; expected the header")
    return place


def _folded(text: str) -> str:
    return text.casefold().strip()


def _places(headers: list[str], file: str, row: int, layout: Layout) -> dict[str, int]:
    """Return the place of the column of each role; optional columns may be absent."""
    places: dict[str, int] = {}
    for role, names in layout.columns.items():
        numbers = [n - 1 for n in names if isinstance(n, int)]
        wanted = {_folded(name) for name in names if isinstance(name, str)}
        found = [n for n in numbers if n < len(headers)]
        found += [n for n, header in enumerate(headers) if _folded(header) in wanted]
        if len(found) > 1:
            raise DataError(
                f"{file}, row {row}: columns {found[0] + 1} and {found[1] + 1} are both "
                f"{headers[found[1]][:80]!r}; expected one for {role}"
            )
        if found:
            places[role] = found[0]
        elif not _may_be_absent(role, layout):
            raise DataError(
                f"{file}, row {row}: has no column for {role}; layout {layout.name} looks for "
                f"{' or '.join(map(str, names))}, and the header is {', '.join(headers)[:200]!r}"
            )
    return places


def _may_be_absent(role: str, layout: Layout) -> bool:
    """Return whether a file may lack a column: those of templates that are not always needed."""
    needed = {"subject", "value", "inspection_id", "standard", "programme", "measure", "date"}
    needed -= {"inspection_id"} if layout.table != "rating_claims" else set()
    needed -= {"date"} if "date_from" in layout.columns else set()
    return role not in needed | set(layout.rows) | set(layout.columns if layout.wide else ())


def _others(
    headers: list[str], places: dict[str, int], file: str, row: int, layout: Layout,
    leftovers: Leftovers,
) -> list[int]:  # fmt: skip
    """Return the columns of a wide table that hold figures; refuse strays of any other."""
    free = [n for n in range(len(headers)) if n not in places.values()]
    named = any(isinstance(name, str) for names in layout.columns.values() for name in names)
    if layout.wide is None:
        strays = [headers[n] for n in free if headers[n]]
        if strays and named:
            raise DataError(
                f"{file}, row {row}, column {strays[0][:80]}: layout {layout.name} has no role for "
                f"it; take the column away or name it in the layout"
            )
        return []
    kept = []
    for n in free:
        reason = first_match(headers[n], layout.wide.leave_out)
        if reason is not None:
            leftovers.add(reason, f"column {headers[n]}", row)
        elif headers[n]:
            kept.append(n)
    again = [headers[n] for n in kept if [headers[k] for k in kept].count(headers[n]) > 1]
    if again or not kept:
        what = f"two columns are called {again[0][:80]!r}" if again else "no column holds figures"
        raise DataError(f"{file}, row {row}: {what}; expected one for each {layout.wide.role}")
    return kept


def first_match(text: str, patterns: dict[str, str]) -> str | None:
    """Return what goes with the first pattern that fits a text; ``*`` and ``?`` stand for any."""
    folded = _folded(text)
    for pattern, found in patterns.items():
        if fnmatch.fnmatchcase(folded, _escaped(_folded(pattern))):
            return found
    return None


def _escaped(pattern: str) -> str:
    return pattern.replace("[", "[[]")


def _body(
    grid: Grid, start: int, width: int, layout: Layout, leftovers: Leftovers
) -> list[tuple[int, list[str]]]:
    """Return the rows below the header up to the notes; note lines among them are counted."""
    kept = []
    for row, cells in enumerate(grid.rows[start + 1 :], start=start + 2):
        if not any(cells):
            continue
        first = next(cell for cell in cells if cell)
        if first_match(first, dict.fromkeys(layout.file.end_text, "end")) is not None:
            below = [n for n, c in enumerate(grid.rows[row - 1 :], start=row) if any(c)]
            for n in below:
                leftovers.add("note below the table", "row", n)
            break
        if len(cells) > width and any(cells[width:]):
            raise DataError(
                f"{grid.file}, row {row}: has {len(cells)} cells; expected {width}, as in the "
                f"header"
            )
        if len(cells) < width:
            raise DataError(
                f"{grid.file}, row {row}: has {len(cells)} cells; expected {width}, as in the "
                f"header; if it is a note, name its first words in file.end_text of the layout"
            )
        kept.append((row, cells[:width]))
    if not kept:
        raise DataError(f"{grid.file}: has no rows below its header in row {start + 1}")
    return kept


def _records(
    row: int, texts: list[str], places: dict[str, int], others: list[int], headers: list[str],
    layout: Layout, from_spreadsheet: bool,
) -> list[Record]:  # fmt: skip
    fixed = {role: texts[place] for role, place in places.items()} | layout.fixed
    names = {role: headers[place] or str(place + 1) for role, place in places.items()}
    if layout.wide is None:
        return [Record(row, fixed, names, from_spreadsheet)]
    return [
        Record(
            row,
            fixed | {layout.wide.role: headers[n], "value": texts[n]},
            names | {layout.wide.role: headers[n], "value": headers[n]},
            from_spreadsheet,
        )
        for n in others
    ]
