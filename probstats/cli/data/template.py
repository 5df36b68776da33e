"""``probstats data template``: an empty table to fill in."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from probstats.errors import StudyError

NAMES = ("ratings", "measures", "inspections")


def add(actions: Any) -> None:
    """Add the action to the parser."""
    parser = actions.add_parser(
        "template",
        help="write an empty table for your own ratings, measures or inspections",
        description="Write a CSV with a header to fill in, and beside it what each column holds. "
        "The layouts template-ratings, template-measures and template-inspections import it.",
        epilog="example: probstats data template ratings --inspection bedfordshire-pdu-2024 "
        "--out ratings.csv",
    )
    parser.add_argument("name", choices=NAMES, help="what the table is for")
    parser.add_argument("--out", type=Path, metavar="FILE", help="file to write (default: shown)")
    parser.add_argument(
        "--inspection", metavar="ID", help="for ratings: a row for each standard of an inspection"
    )
    parser.add_argument(
        "--into", type=Path, metavar="FOLDER",
        help="folder of tables the rows are for, as in import (default: the package's)",
    )  # fmt: skip
    parser.add_argument("--describe", action="store_true", help="show what each column holds")
    parser.set_defaults(command=_template)


def _template(arguments: argparse.Namespace) -> int:
    from probstats import data, files

    frame = data.template(arguments.name, arguments.inspection, arguments.into)
    columns = data.describe_template(arguments.name, arguments.into)
    if arguments.describe:
        _describe(columns)
    if arguments.out is None:
        if not arguments.describe:
            sys.stdout.write(frame.to_csv(index=False, lineterminator="\n"))
        return 0
    if arguments.out.exists():
        raise StudyError(f"{arguments.out} is there already; name another file")
    beside = arguments.out.with_name(f"{arguments.out.stem}-columns.csv")
    files.write_csv(beside, columns)
    files.write_csv(arguments.out, frame)
    print(f"wrote {arguments.out}; {beside.name} says what its columns hold")
    return 0


def _describe(columns: Any) -> None:
    for row in columns.itertuples():
        print(f"{row.column}{' (required)' if row.required else ''}: {row.meaning}")
        if row.permitted:
            print(f"    one of {row.permitted}")
