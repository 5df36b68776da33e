"""From a file to a grid of text: CSV, ODS and XLSX all become the same."""

from __future__ import annotations

import csv
import datetime
import fnmatch
import io
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from probstats.data.imports.archive import (
    MOST_BYTES,
    MOST_CELLS,
    kind_of,
    require_sound,
)
from probstats.data.imports.layout import Layout
from probstats.data.imports.layout_keys import KEYS
from probstats.data.record import package
from probstats.errors import DataError

DELIMITERS = tuple(KEYS["file"]["delimiter"].permitted)
LONGEST_CELL = 32_767
"""What a cell of a spreadsheet can hold."""
MARKS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}


@dataclass(frozen=True)
class Grid:
    """The cells of a file as text.

    Attributes
    ----------
    file : str
        The file, and the sheet where there are several, as messages name it.
    rows : list of list of str
        All rows from the first; a row is as long as the file has it.
    from_spreadsheet : bool
        Whether numbers may be shown otherwise than they are stored.
    """

    file: str
    rows: list[list[str]]
    from_spreadsheet: bool = False


def read_content(path: Path) -> bytes:
    """Return the bytes of a file to import.

    Raises
    ------
    DataError
        If it is missing, no file, empty, or too large.
    """
    if not path.is_file():
        what = "is a folder" if path.is_dir() else "does not exist"
        raise DataError(f"{path} {what}; expected a file to import")
    if path.stat().st_size > MOST_BYTES:
        raise DataError(f"{path.name} has more than {MOST_BYTES:,} bytes; not read")
    content = package.read_bytes(path)
    if not content.strip():
        raise DataError(f"{path.name} is empty; expected a table")
    return content


def read_grid(content: bytes, file: str, layout: Layout) -> Grid:
    """Return the cells of a file as text.

    Parameters
    ----------
    content : bytes
        The file.
    file : str
        Its name.
    layout : Layout
        Says which kinds of file, which encodings and which sheet.

    Returns
    -------
    Grid
        The cells.

    Raises
    ------
    DataError
        If the file is of another kind, damaged, locked, too large or in another encoding, or if
        the sheet is not there.
    """
    kind = _require_kind(content, file, layout)
    grid = _read_csv(content, file, layout) if kind == "csv" else _read_book(content, file, layout)
    _require_size(grid)
    return grid


def _require_kind(content: bytes, file: str, layout: Layout) -> str:
    found, wanted = kind_of(content), layout.file.kind
    if found == "old":
        raise DataError(
            f"{file} is an old or a password-protected Office file; save it as .xlsx or .ods, "
            f"without a password"
        )
    if found == "zip":
        raise DataError(
            f"{file} is damaged, or an archive and no spreadsheet; unpack it or fetch it again"
        )
    found = "csv" if found == "text" else found
    named = Path(file).suffix.lower().removeprefix(".")
    if named in {"csv", "ods", "xlsx"} and named != found:
        raise DataError(
            f"{file} is called .{named} but is {_article(found)}; give it its right ending"
        )
    if found not in wanted:
        raise DataError(f"{file} is {_article(found)}; layout {layout.name} reads {_list(wanted)}")
    return found


def _article(kind: str) -> str:
    return "text, as a .csv is" if kind == "csv" else f"an .{kind} spreadsheet"


def _list(kinds: tuple[str, ...]) -> str:
    return " or ".join(f".{kind}" for kind in kinds)


def _read_csv(content: bytes, file: str, layout: Layout) -> Grid:
    text = _decoded(content, file, layout.file.encoding)
    if "\0" in text:
        row = text[: text.index("\0")].count("\n") + 1
        raise DataError(f"{file}, row {row}: holds a NUL, which no CSV has; fetch the file again")
    _require_delimiter(text, file, layout)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=layout.file.delimiter, strict=True)
    try:
        rows = [[_one_line(cell) for cell in row] for row in reader]
    except csv.Error as error:
        raise DataError(f"{file}, line {reader.line_num}: is no CSV; {error}") from error
    return Grid(file, rows)


def _require_delimiter(text: str, file: str, layout: Layout) -> None:
    """Raise if another delimiter is in most lines, and far more often than that of the layout."""
    said, lines = layout.file.delimiter, text.count("\n")
    for other in DELIMITERS:
        if other != said and text.count(other) > max(2 * text.count(said), lines / 2):
            raise DataError(
                f"{file} seems to be divided by {other!r}, and layout {layout.name} reads "
                f"{said!r}; save it with {said!r}, or say file.delimiter = {json.dumps(other)} in "
                f"a layout of your own"
            )


def _decoded(content: bytes, file: str, encodings: tuple[str, ...]) -> str:
    marked = [coding for mark, coding in MARKS.items() if content.startswith(mark)]
    for encoding in marked or encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError as error:
            line = content[: error.start].count(b"\n") + 1
    tried = ", ".join(marked or encodings)
    raise DataError(f"{file}, row {line}: is not in the encoding {tried}; save it as UTF-8")


def _read_book(content: bytes, file: str, layout: Layout) -> Grid:
    require_sound(content, kind_of(content), file)
    try:
        import python_calamine
    except ImportError as error:
        raise DataError(
            f"{file} is a spreadsheet, which needs python-calamine: "
            f'pip install "probation-stats[import]"'
        ) from error
    try:
        book = python_calamine.load_workbook(io.BytesIO(content))
        sheet = _sheet(list(book.sheet_names), file, layout)
        cells = book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
    except DataError:
        raise
    except python_calamine.PasswordError as error:
        raise DataError(f"{file} is protected by a password; save it without one") from error
    except BaseException as error:  # the reader is compiled code, whose panics are no Exception
        if isinstance(error, KeyboardInterrupt | SystemExit):
            raise
        raise DataError(f"{file} cannot be read as a spreadsheet ({error})") from error
    name = f"{file}, sheet {sheet!r}"
    return Grid(name, [[_one_line(_as_text(cell)) for cell in row] for row in cells], True)


def _sheet(names: list[str], file: str, layout: Layout) -> str:
    wanted = layout.file.sheet
    if wanted is None and len(names) == 1:
        return names[0]
    found = [name for name in names if wanted and fnmatch.fnmatchcase(name, wanted)]
    if len(found) == 1:
        return found[0]
    there = ", ".join(map(repr, names[:20])) or "none"
    said = "layout names no sheet" if wanted is None else f"layout asks for sheet {wanted!r}"
    many = f", which {len(found)} sheets are called" if found else ""
    raise DataError(f"{file}: the {said}{many}; the sheets are {there}")


def _as_text(cell: Any) -> str:
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return f"{cell:.12g}" if abs(cell) < 1e12 else repr(cell)
    if isinstance(cell, datetime.datetime):
        midnight = cell.time() == datetime.time()
        return cell.date().isoformat() if midnight else cell.isoformat(" ")
    return cell.isoformat() if isinstance(cell, datetime.date) else str(cell)


def _one_line(cell: str) -> str:
    return " ".join(cell.split())


def _require_size(grid: Grid) -> None:
    if sum(map(len, grid.rows)) > MOST_CELLS:
        raise DataError(f"{grid.file} has more than {MOST_CELLS:,} cells; not read")
    for row, cells in enumerate(grid.rows, start=1):
        for place, cell in enumerate(cells, start=1):
            if len(cell) > LONGEST_CELL:
                raise DataError(
                    f"{grid.file}, row {row}, column {place}: holds {len(cell):,} characters; a "
                    f"cell has at most {LONGEST_CELL:,}"
                )
