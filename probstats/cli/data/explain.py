"""``probstats data explain``: the story of one cell."""

from __future__ import annotations

import argparse
from typing import Any

from probstats.cli.aligned import add_csv, add_folder, show


def add(actions: Any) -> None:
    """Add the action to the parser."""
    explain = actions.add_parser(
        "explain",
        help="tell the story of one cell: who claims what, what was chosen, and why",
        description="Print every claim on one cell, the chosen one first, how the others stand to "
        "it and why it was chosen.",
        epilog="Example: probstats data explain bedfordshire-pdu-2024 planning; "
        "probstats data explain england-and-wales po_fte --as-of 2023-06-30",
    )
    explain.add_argument("name", help="an inspection or a subject")
    explain.add_argument("item", help="a standard, 'overall', or a measure")
    explain.add_argument("--as-of", metavar="DATE", help="of a measure: its date, YYYY-MM-DD")
    add_folder(explain)
    add_csv(explain)
    explain.set_defaults(command=_explain)


def _explain(arguments: argparse.Namespace) -> int:
    from probstats.data.accounts.explain import tell

    text, claims = tell(arguments.name, arguments.item, arguments.as_of, arguments.folder)
    if arguments.csv is None:
        print(text)
    else:
        show(claims, arguments, claims)
    return 0
