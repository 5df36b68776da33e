"""``probstats data import``: new rows from a file, beside the tables."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from probstats.errors import StudyError

if TYPE_CHECKING:
    from probstats.data.imports.preview import ImportPreview

SHOWN = 20
SOURCE = ("kind", "title", "publisher", "url", "licence", "published")


def add(actions: Any) -> None:
    """Add the action to the parser."""
    parser = actions.add_parser(
        "import",
        help="add the rows of a CSV, ODS or XLSX file",
        description="Read a file as a layout says, check it as a whole, show what would change, "
        "and add its rows in a folder of their own. No table is changed, and `probstats data undo` "
        "takes the import out. On a terminal it asks before it writes; elsewhere it writes only "
        "with --yes.",
        epilog="example: probstats data import caseload.csv --layout omsq-caseload --into mydata",
    )
    parser.add_argument("file", type=Path, help="the file")
    parser.add_argument(
        "--layout", required=True, help="name of a layout of the package, or a .toml file"
    )
    parser.add_argument(
        "--into", type=Path, metavar="FOLDER",
        help="folder of tables to add to; a new one becomes a copy of the tables (default: data/ "
        "of a checkout)",
    )  # fmt: skip
    for name in SOURCE:
        options = [f"--source-{name}", f"--{name}"]
        parser.add_argument(*options, dest=name, metavar="TEXT", help=f"{name} of the source")
    parser.add_argument(
        "--preview", "--dry-run", action="store_true", help="show what would change, write nothing"
    )
    parser.add_argument("--yes", action="store_true", help="write without asking")
    parser.set_defaults(command=_import)


def _import(arguments: argparse.Namespace) -> int:
    from probstats import data

    source = {name: getattr(arguments, name) for name in SOURCE}
    found = data.preview_import(arguments.file, arguments.layout, arguments.into, **source)
    _show(found)
    if arguments.preview:
        print("nothing was written: this is a preview")
        return 0
    if not (arguments.yes or _is_wanted()):
        print("nothing was written")
        return 0
    written = data.import_table(arguments.file, arguments.layout, arguments.into, **source)
    print(f"imported as {written['name']}; `probstats data undo {written['id']}` takes it out")
    return 0


def _is_wanted() -> bool:
    if not sys.stdin.isatty():
        raise StudyError("nothing was written: add --yes to import without being asked")
    return input("Import these rows? [y/N] ").strip().lower() in {"y", "yes"}


def _show(found: ImportPreview) -> None:
    rows = ", ".join(f"{len(frame)} of {table}" for table, frame in found.tables.items())
    print(f"{found.file}, read as {found.layout.name}: new rows: {rows}")
    _show_frame(found.changes, "new rows")
    _show_frame(found.left_out, "left out")
    _show_frame(found.disagreements, "differs from the record (both are kept)")


def _show_frame(frame: Any, title: str) -> None:
    if frame.empty:
        return
    print(f"\n{title}:")
    print(frame.head(SHOWN).to_string(index=False, max_colwidth=70))
    if len(frame) > SHOWN:
        print(f"... and {len(frame) - SHOWN} more lines")
    print()
