"""``probstats data export``: tables and panel for other programs."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from probstats.cli.aligned import add_folder
from probstats.errors import DataError

FORMATS = ("csv", "parquet", "stata", "spss")


def add(actions: Any) -> None:
    """Add the action to the parser."""
    export = actions.add_parser(
        "export",
        help="write tables and the panel for Stata, SPSS, R, Python or a spreadsheet",
        description="Write the panel or tables in another format, each with its dictionary "
        "beside it. Text that a spreadsheet would run as a formula gets an apostrophe in front. "
        "Existing files are left alone unless --force is given.",
        epilog="Examples: probstats data export panel --shape wide --format stata --out panel.dta; "
        "probstats data export inspections rating_claims --format csv --out tables",
    )
    export.add_argument(
        "names", nargs="*", metavar="NAME", help="panel (the default) or tables; several go into "
        "a folder",
    )  # fmt: skip
    export.add_argument("--format", choices=FORMATS, help="default: as the ending of --out says")
    export.add_argument(
        "--out", type=Path, required=True, metavar="PATH", help="a file, or an existing folder"
    )
    export.add_argument("--shape", choices=("long", "wide"), default="long", help="of the panel")
    export.add_argument("--no-dictionary", action="store_true", help="write no dictionary")
    export.add_argument("--force", action="store_true", help="replace files that exist")
    add_folder(export)
    export.set_defaults(command=_export)


def _export(arguments: argparse.Namespace) -> int:
    from probstats import data

    names = arguments.names or ["panel"]
    if len(names) > 1 and not arguments.out.is_dir():
        _make_folder(arguments.out, len(names))
    if arguments.out.is_dir() and arguments.format is None:
        raise DataError(f"{arguments.out} is a folder; say which --format is meant")
    for name in names:
        report = data.export(
            name,
            arguments.out / name if arguments.out.is_dir() else arguments.out,
            arguments.format,
            dictionary=not arguments.no_dictionary,
            shape=arguments.shape,
            overwrite=arguments.force,
            folder=arguments.folder,
        )
        print(report)
    return 0


def _make_folder(path: Path, n_tables: int) -> None:
    """Make the folder of several tables; a name with an ending is that of a file."""
    if path.exists() or path.suffix:
        raise DataError(f"{n_tables} tables need a folder, and {path} is the name of a file")
    path.mkdir(parents=True)
