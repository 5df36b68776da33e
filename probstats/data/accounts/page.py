"""The data dictionary as a page of Markdown."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from probstats.data.accounts.dictionary import as_dictionary, described_tables, table_schema
from probstats.data.record import package

HEAD = """# Data dictionary

Generated from `data/datapackage.json` and from the code that makes the panel; do not edit it here.
`probstats data describe TABLE.COLUMN` and `ps.data.describe()` show the same. A column that is
*required* is never empty; an empty cell means not known or not applicable.
"""
TABLE = "| column | type | meaning | permitted | key |\n| --- | --- | --- | --- | --- |"


def dictionary_page(folder: str | Path | None = None) -> str:
    """Return the data dictionary as Markdown.

    Parameters
    ----------
    folder : path, optional
        Folder with the tables; the one that came with the package by default.

    Returns
    -------
    str
        A section for each table and for the panel, ending in a line end.

    Raises
    ------
    DataError
        If the descriptor cannot be read.
    """
    where = package.resolve_folder(folder)
    names = described_tables(where)
    contents = "\n".join(f"- [`{name}`](#{name})" for name in names)
    return "\n".join([HEAD, contents, *(_section(name, where) for name in names)])


def _section(name: str, folder: Path) -> str:
    entry = table_schema(name, folder)
    rows = as_dictionary(name, entry["schema"]).itertuples(index=False)
    intro = f"**{entry['title']}.** {_plain(entry['description'])}"
    return "\n".join([f"\n## {name}\n\n{intro}\n", TABLE, *map(_line, rows)]) + "\n"


def _line(row: Any) -> str:
    kind = f"{row.type}, {row.unit}" if row.unit else row.type
    key = [row.key, f"refers to `{row.refers_to}`" if row.refers_to else ""]
    key += ["required" if row.required else ""]
    cells = [
        f"`{row.column}`",
        kind,
        row.meaning,
        _code(row.permitted),
        "; ".join(filter(None, key)),
    ]
    return "| " + " | ".join(_plain(cell) for cell in cells) + " |"


def _code(permitted: str) -> str:
    """Return permitted values, with a pattern set as code."""
    words, form, pattern = permitted.rpartition("form ")
    return f"{words}form `{pattern}`" if form else permitted


def _plain(cell: str) -> str:
    return cell.replace("|", "\\|").replace("\n", " ").replace("<", "\\<").strip()
