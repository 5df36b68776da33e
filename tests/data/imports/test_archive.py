"""How much a spreadsheet holds, before it is opened."""

import io
import zipfile

import pytest

from probstats.data.imports.archive import kind_of, require_sound
from probstats.errors import DataError

HEAD = (
    '<d xmlns:t="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:o="urn:oasis:names:tc:opendocument:xmlns:office:1.0">'
)


def ods(rows):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as file:
        file.writestr("content.xml", f"{HEAD}<t:table>{rows}</t:table></d>")
    return stream.getvalue()


def cell(times=1, filled=True):
    kind = ' o:value-type="float"' if filled else ""
    return f'<t:table-cell t:number-columns-repeated="{times}"{kind}/>'


def row(cells, times=1):
    return f'<t:table-row t:number-rows-repeated="{times}">{cells}</t:table-row>'


@pytest.mark.parametrize(
    "rows",
    [
        row(cell(10)) * 3,
        row(cell(16384, filled=False), 1_048_576),
        row(cell(5) + cell(16384, filled=False)) + row(cell(1, filled=False), 1_000_000),
        row(cell(2_000), 2_000),
    ],
)
def test_what_fits(rows):
    require_sound(ods(rows), "ods", "f.ods")


@pytest.mark.parametrize(
    ("rows", "cells"),
    [
        (row(cell(3_000), 3_000), "9,000,000"),
        (row(cell(6_000_000)), "6,000,000"),
        (row(cell(5_999_999, filled=False) + cell()), "6,000,000"),
        (row(cell()) + row(cell(1, filled=False), 6_000_000) + row(cell()), "6,000,002"),
    ],
)
def test_what_does_not(rows, cells):
    with pytest.raises(DataError, match=f"f.ods spreads over {cells} cells"):
        require_sound(ods(rows), "ods", "f.ods")


def test_kinds():
    assert kind_of(ods("")) == "ods"
    assert kind_of(b"a,b") == "text"
    assert kind_of(b"PK\x03\x04 and no more") == "zip"


def test_a_locked_member():
    stream = io.BytesIO(ods(""))
    content = bytearray(stream.getvalue())
    place = content.find(b"PK\x01\x02")
    content[place + 8] |= 1  # the flag of encryption in the directory
    with pytest.raises(DataError, match="protected by a password"):
        require_sound(bytes(content), "ods", "f.ods")


def test_a_document_that_ends_early():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as file:
        file.writestr("content.xml", f"{HEAD}<t:table>")
    with pytest.raises(DataError, match="is damaged or cut short"):
        require_sound(stream.getvalue(), "ods", "f.ods")
