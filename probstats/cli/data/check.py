"""``probstats data check``: every table against its description."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from probstats.errors import StudyError


def add(actions: Any) -> None:
    """Add the action to the parser."""
    check = actions.add_parser(
        "check",
        help="check every table against its description",
        description="Check every table against datapackage.json: columns, types, allowed values, "
        "keys and references. Prints each problem with file, row, column and value.",
    )
    check.add_argument(
        "folder", nargs="?", type=Path, help="folder of the tables (default: the package's)"
    )
    check.add_argument(
        "--accept",
        action="store_true",
        help="write the hashes of valid tables into datapackage.json",
    )
    check.set_defaults(command=_check)


def _check(arguments: argparse.Namespace) -> int:
    from probstats import data
    from probstats.data.record import package, tables

    folder = package.resolve_folder(arguments.folder)
    problems = data.check(folder)
    for problem in problems:
        print(f"probstats: {problem}", file=sys.stderr)
    if problems:
        return 2
    changed = tables.changed_tables(folder)
    if changed and not arguments.accept:
        raise StudyError(
            f"{', '.join(changed)}: valid, but not the files that datapackage.json describes; if "
            f"the change is meant, run `probstats data check --accept`"
        )
    if changed:
        tables.accept(folder)
        print(f"accepted {', '.join(changed)}")
    print(
        f"{len(data.table_names(folder))} tables are as described in {folder / package.DESCRIPTOR}"
    )
    return 0
