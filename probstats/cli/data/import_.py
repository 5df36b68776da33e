"""``probstats data import``: new rows from a file, beside the tables."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from probstats.errors import StudyError

if TYPE_CHECKING:
    from probstats.data.imports.preview import ImportPreview

SHOWN, SHOWN_ROWS = 20, 10
LAYOUTS = ("hmpps-workforce-long", "hmpps-workforce-wide", "omsq-caseload",
           "template-inspections", "template-measures", "template-ratings")  # fmt: skip
COLUMNS = {
    "measure_claims": ["subject_id", "population", "measure", "value", "qualifier",
                       "printed_unit", "as_of_from", "as_of_to", "source_id"],
    "rating_claims": ["inspection_id", "standard", "rating_low", "rating_high", "source_id"],
    "inspections": ["inspection_id", "provider_type", "programme", "owner",
                    "fieldwork_start_from", "published_from", "overall_rating_seen"],
    "sources": ["source_id", "kind", "publisher", "title", "url", "published", "licence"],
}  # fmt: skip
"""What is shown of new rows."""
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
        epilog=f"layouts of the package: {', '.join(LAYOUTS)}. Example: probstats data import "
        "caseload.csv --layout omsq-caseload --into mydata",
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
    from probstats.data.record import package
    from probstats.data.record.additions import IMPORTS, undo_command

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
    place = package.resolve_folder(arguments.into) / IMPORTS / written["name"]
    print(f"imported as {written['name']}; `{undo_command(place)}` takes it out")
    return 0


def _is_wanted() -> bool:
    if not sys.stdin.isatty():
        raise StudyError("nothing was written: add --yes to import without being asked")
    return input("Import these rows? [y/N] ").strip().lower() in {"y", "yes"}


def _show(found: ImportPreview) -> None:
    rows = ", ".join(f"{len(frame)} of {table}" for table, frame in found.tables.items())
    print(f"{found.file}, read as {found.layout.name}: new rows: {rows}")
    for table, columns in COLUMNS.items():
        if table in found.tables:
            rows = found.tables[table][columns].dropna(axis="columns", how="all").fillna("")
            _show_frame(rows, f"new rows of {table}", SHOWN_ROWS)
    _show_frame(found.changes, "how many, by subject and measure")
    _show_frame(found.left_out, "left out")
    _show_frame(found.disagreements, "differs from the record (both are kept)")
    _show_frame(found.chosen, f"the chosen value of {_figures(len(found.chosen))}")
    for notice in found.notices:
        print(f"note: {notice}")


def _figures(number: int) -> str:
    return "1 figure changes" if number == 1 else f"{number} figures changes"


def _show_frame(frame: Any, title: str, shown: int = SHOWN) -> None:
    if frame.empty:
        return
    print(f"\n{title}:")
    print(frame.head(shown).to_string(index=False, max_colwidth=None))
    if len(frame) > shown:
        print(f"... and {len(frame) - shown} more lines")
    print()
