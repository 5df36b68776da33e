"""The keys a layout may have: what each holds, and what it means."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

TEXT, TEXTS, WHOLE, NUMBER, WORDS, NUMBERS, TEXT_OR_WORDS, COLUMN = (
    "a text", "a text or a list of texts", "a whole number of at least 1", "a number",
    "a table of texts", "a table of numbers", "a text or a table of texts",
    "a header, a list of headers, or the place of the column (1 is the first)",
)  # fmt: skip

SOURCE_FIELDS = ("kind", "publisher", "title", "url", "licence", "published")
"""What is recorded of a source, as in the table ``sources``."""
SOURCE_ROLES = tuple(f"source_{field}" for field in SOURCE_FIELDS)
BREAKDOWNS = ("grade", "sex", "supervision_type", "breakdown")
"""Roles of columns that divide a figure; ``[rows.<role>]`` says which of their rows are taken."""

ROLES: dict[str, tuple[str, ...]] = {
    "measure_claims": (
        "subject", "inspection_id", "population", "measure", "value", "qualifier", "unit", "basis",
        "date", "date_from", "date_to", "note", *BREAKDOWNS, *SOURCE_ROLES,
    ),
    "rating_claims": (
        "inspection_id", "standard", "rating", "rating_low", "rating_high", "basis", "note",
        *SOURCE_ROLES,
    ),
    "inspections": (
        "inspection_id", "subject", "provider_type", "population", "programme", "standards_set",
        "owner", "fieldwork_start", "published", "overall_rating_seen", "note", *SOURCE_ROLES,
    ),
}  # fmt: skip
"""What a column may be, for each table that an import adds rows to."""

REQUIRED: dict[str, tuple[str, ...]] = {
    "measure_claims": ("subject", "value"),
    "rating_claims": ("inspection_id", "standard"),
    "inspections": ("subject", "programme"),
}

DATE_FORMATS = (
    "YYYY-MM-DD", "DD/MM/YYYY", "D Mon YYYY", "Mon YYYY", "YYYY-MM", "YYYY Qn", "YYYY", "excel",
)  # fmt: skip
"""Forms of dates that a layout may allow."""


@dataclass(frozen=True)
class Key:
    """One key of a layout.

    Attributes
    ----------
    holds : str
        What its value is.
    means : str
        What it does.
    default : object
        Its value where the layout does not have it.
    permitted : tuple of str
        The only values, where not all are permitted.
    """

    holds: str
    means: str
    default: Any = None
    permitted: tuple[str, ...] = ()


KEYS: dict[str, dict[str, Key]] = {
    "": {
        "title": Key(TEXT, "what the layout reads; required"),
        "table": Key(TEXT, "table the rows go to", "measure_claims", tuple(ROLES)),
    },
    "file": {
        "kind": Key(TEXTS, "kinds of file", ("csv", "ods", "xlsx"), ("csv", "ods", "xlsx")),
        "encoding": Key(
            TEXTS, "encodings of a CSV, tried in turn unless a byte-order mark tells", ("utf-8",)
        ),
        "delimiter": Key(TEXT, "what separates the cells of a CSV", ",", (",", ";", "\t", "|")),
        "sheet": Key(TEXT, "name or pattern of the sheet; only one may fit"),
        "header_row": Key(WHOLE, "row of the header; rows above it are notes"),
        "header_text": Key(TEXT, "a cell of the header row, where its place varies"),
        "header_cells": Key(
            WHOLE, "the header is the first row with so many filled cells, where its words vary"
        ),
        "end_text": Key(TEXTS, "patterns of the first cell of the notes below the table", ()),
    },
    "values": {
        "symbols": Key(WORDS, "cells that stand for no number, and what each means", {}),
        "at_most": Key(NUMBERS, "symbols for a small number, and the largest it can be", {}),
        "markers": Key(TEXTS, "regular expressions of footnote markers, taken away", ()),
        "thousands": Key(TEXT, "what separates thousands", ","),
        "printed_unit": Key(TEXT, "unit in the words of the file; that of the record if absent"),
        "percent": Key(
            TEXT, "whether 25 per cent stands as 0.25 (fraction) or as 25 (points)", None,
            ("fraction", "points"),
        ),
    },
    "dates": {
        "formats": Key(TEXTS, "permitted forms of dates", ("YYYY-MM-DD",), DATE_FORMATS),
        "period": Key(
            TEXT, "whether a month, quarter or year stands for its last day or for all its days",
            "all", ("all", "last day"),
        ),
        "earliest": Key(TEXT, "no date lies before this day", "1990-01-01"),
    },
    "subjects": {
        "kind": Key(TEXT_OR_WORDS, "kind of all subjects, or patterns of names and their kinds"),
        "population": Key(TEXT_OR_WORDS, "population of all figures, or kinds and populations"),
        "names": Key(WORDS, "names that only this file uses, and their subject_id", {}),
        "leave_out": Key(WORDS, "patterns of names that are left out, and why", {}),
    },
    "wide": {
        "role": Key(TEXT, "what the headers of all other columns are", None,
                    ("date", "measure", *BREAKDOWNS)),
        "leave_out": Key(WORDS, "patterns of headers that are left out, and why", {}),
    },
    "rows": {
        "take": Key(TEXTS, "patterns of cells whose rows are taken", ()),
        "measure": Key(WORDS, "patterns of cells that are taken, and the measure each is", {}),
        "leave_out": Key(WORDS, "patterns of cells whose rows are left out, and why", {}),
        "total": Key(TEXTS, "cells that are the total of the others, which must add up to it", ()),
        "parts": Key(TEXTS, "cells that are added up", ()),
        "optional": Key(TEXTS, "cells that are added up where there are any", ()),
        "tolerance": Key(NUMBER, "by how much parts may miss their total", 0.0),
    },
    "source": {
        "kind": Key(TEXT, "who speaks, as in the table `sources`"),
        "publisher": Key(TEXT, "host name of the site; that of the address if absent"),
        "title": Key(TEXT, "title of the page or table"),
        "url": Key(TEXT, "address of the page"),
        "licence": Key(TEXT, "terms of re-use, as in the table `sources`"),
        "published": Key(TEXT, "date of publication, as YYYY, YYYY-MM or YYYY-MM-DD"),
    },
}  # fmt: skip
"""Every key of a layout by its section; ``columns``, ``fixed`` and ``rows`` are by role."""
