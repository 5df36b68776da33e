"""What is looked at before a spreadsheet is opened: is it one, is it whole, does it fit."""

from __future__ import annotations

import io
import re
import zipfile
from xml.parsers import expat

from probstats.errors import DataError

MOST_BYTES = 200_000_000
"""Of a file as it lies, and of a spreadsheet when unpacked."""
MOST_CELLS = 5_000_000
OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
CELL = re.compile(rb'<(?:\w+:)?c\s[^>]*?\br="([A-Z]{1,3})([0-9]{1,7})"[^>]*?[^/]>')


def kind_of(content: bytes) -> str:
    """Return ``"ods"``, ``"xlsx"``, ``"old"``, ``"zip"`` or ``"text"``, from the bytes alone."""
    if content.startswith(OLD_OFFICE):
        return "old"
    if not content.startswith(b"PK"):
        return "text"
    try:
        names = set(zipfile.ZipFile(io.BytesIO(content)).namelist())
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        return "zip"
    if "xl/workbook.xml" in names:
        return "xlsx"
    return "ods" if "content.xml" in names else "zip"


def require_sound(content: bytes, kind: str, file: str) -> None:
    """Raise unless a spreadsheet is whole, not locked, and of a size that can be read.

    Parameters
    ----------
    content : bytes
        The file.
    kind : {"ods", "xlsx"}
        What it is.
    file : str
        Its name, for messages.

    Raises
    ------
    DataError
        If it is damaged, protected by a password, or unpacks to more than can be read.
    """
    try:
        members = _unpacked(content, file)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, EOFError, NotImplementedError, OSError,
            ValueError, RuntimeError, MemoryError, OverflowError) as error:  # fmt: skip
        raise DataError(_damaged(file, error)) from error
    except Exception as error:  # zlib and lzma have errors of their own
        if type(error).__name__ not in {"error", "LZMAError"}:
            raise
        raise DataError(_damaged(file, error)) from error
    if b"encryption-data" in members.get("META-INF/manifest.xml", b""):
        raise DataError(f"{file} is protected by a password; save it without one")
    cells = _ods_cells(members, file) if kind == "ods" else _xlsx_cells(members)
    if cells > MOST_CELLS:
        raise DataError(
            f"{file} spreads over {cells:,} cells; at most {MOST_CELLS:,} can be read: save the "
            f"sheet that is wanted in a file of its own"
        )


def _damaged(file: str, error: Exception) -> str:
    reason = " ".join(str(error).split())[:200]
    return f"{file} is damaged or cut short ({reason}); fetch it again"


def _unpacked(content: bytes, file: str) -> dict[str, bytes]:
    """Return the parts that say how many cells there are, with every part read and checked."""
    left, members = MOST_BYTES, {}
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for entry in archive.infolist():
            if entry.flag_bits & 1:
                raise DataError(f"{file} is protected by a password; save it without one")
            with archive.open(entry) as part:
                read = part.read(left + 1)
            left -= len(read)
            if left < 0:
                raise DataError(f"{file} unpacks to more than {MOST_BYTES:,} bytes; not read")
            if entry.filename.endswith(".xml"):
                members[entry.filename] = read
    return members


def _xlsx_cells(members: dict[str, bytes]) -> int:
    """Return the cells of the largest sheet, counted from its corner to its last filled cell."""
    most = 0
    for name, text in members.items():
        if name.startswith("xl/worksheets/"):
            rows = columns = 0
            for letters, number in CELL.findall(text):
                place = 0
                for letter in letters:
                    place = place * 26 + letter - 64
                rows, columns = max(rows, int(number)), max(columns, place)
            most = max(most, rows * columns)
    return most


def _ods_cells(members: dict[str, bytes], file: str) -> int:
    """Return the cells that stand for something, with those that are only said to be repeated."""
    counter = _OdsCounter()
    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = counter.start, counter.end
    try:
        parser.Parse(members.get("content.xml", b""), True)
    except (expat.ExpatError, ValueError) as error:
        raise DataError(_damaged(file, error)) from error
    return counter.total


class _OdsCounter:
    """Counts cells up to the last filled one of each filled row."""

    def __init__(self) -> None:
        self.total = 0
        self._seen = self._filled = self._waiting = 0
        self._rows = 1

    def start(self, name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition(":")[2]
        if local == "table-row":
            self._rows = _number(attributes, "number-rows-repeated")
            self._seen = self._filled = 0
        elif local in {"table-cell", "covered-table-cell"}:
            self._seen += _number(attributes, "number-columns-repeated")
            if any(key.endswith("value-type") for key in attributes):
                self._filled = self._seen

    def end(self, name: str) -> None:
        if name.rpartition(":")[2] != "table-row":
            return
        if self._filled:  # empty rows between filled ones are laid out too
            self.total += self._waiting + self._rows * self._filled
            self._waiting = 0
        else:
            self._waiting += self._rows


def _number(attributes: dict[str, str], name: str) -> int:
    found = next((value for key, value in attributes.items() if key.endswith(name)), "1")
    return int(found) if found.isdecimal() and len(found) < 19 else 1
