"""``probstats data describe``: what the columns mean."""

from __future__ import annotations

import argparse
from typing import Any

from probstats.cli.aligned import add_csv, add_folder, show


def add(actions: Any) -> None:
    """Add the action to the parser."""
    describe = actions.add_parser(
        "describe",
        help="show what tables and columns mean",
        description="Show the data dictionary: without a name the tables, with a table its "
        "columns, with a column all that is known of it.",
        epilog="Examples: probstats data describe; probstats data describe inspections; "
        "probstats data describe panel.rating_status",
    )
    describe.add_argument(
        "name", nargs="?", metavar="TABLE[.COLUMN]", help="a table, panel, or a column of one"
    )
    add_folder(describe)
    add_csv(describe)
    describe.set_defaults(command=_describe)


def _describe(arguments: argparse.Namespace) -> int:
    import pandas as pd

    from probstats import data

    rows = data.describe(arguments.name, arguments.folder)
    if arguments.name is None:
        counted = rows.groupby("table", sort=False)["column"]
        words = counted.agg(columns="size", named=", ".join).reset_index()
    elif "." in arguments.name:
        words = pd.DataFrame({"about": rows.columns, "column": rows.iloc[0].to_numpy()})
        words = words[words["column"].map(bool)].rename(columns={"column": arguments.name})
    else:
        words = rows[["column", "type", "unit", "meaning", "permitted"]]
        words = words.assign(permitted=words["permitted"].str.replace(r"form \^.*", "", regex=True))
    show(rows, arguments, words)
    return 0
