"""``probstats data undo``: take an import out again."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any


def add(actions: Any) -> None:
    """Add the action to the parser."""
    parser = actions.add_parser(
        "undo",
        help="take an import out, or list imports",
        description="Take an import out, the latest by default, all of it at once. An import whose "
        "rows a later one needs stays until that one is out.",
        epilog="example: probstats data undo 2 --into mydata",
    )
    parser.add_argument("import_id", nargs="?", metavar="ID", help="number or name of the import")
    parser.add_argument(
        "--into", type=Path, metavar="FOLDER", help="folder of the tables (default: the package's)"
    )
    parser.add_argument(
        "--yes", action="store_true", help="also if files of it were changed or added since"
    )
    parser.add_argument("--list", action="store_true", help="list the imports, take out nothing")
    parser.set_defaults(command=_undo)


def _undo(arguments: argparse.Namespace) -> int:
    from probstats import data

    if arguments.list:
        there = data.imports(arguments.into)
        columns = ["id", "when", "file", "layout", "rows"]
        print("no imports" if there.empty else there[columns].to_string(index=False))
        return 0
    gone = data.undo_import(arguments.import_id, arguments.into, discard_edits=arguments.yes)
    rows = gone.get("rows", {})
    said = ", ".join(f"{count} of {table}" for table, count in rows.items()) or "rows not known"
    print(f"took out {gone['name']}, imported from {gone.get('file', 'a file')}: {said}")
    return 0
