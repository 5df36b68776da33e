"""``probstats data coverage``: what is known, and of how many inspections."""

from __future__ import annotations

import argparse
from typing import Any

from probstats.cli.aligned import add_csv, add_folder, show


def add(actions: Any) -> None:
    """Add the action to the parser."""
    coverage = actions.add_parser(
        "coverage",
        help="show what is known, and of how many inspections",
        description="Count, for each kind of provider, the inspections found, those with an "
        "overall rating, with each standard, with dates and with each staffing figure. "
        "Known: at least an interval or a round figure. Names no area.",
        epilog="Example: probstats data coverage --by programme --item Overall; "
        "probstats data coverage --measures",
    )
    coverage.add_argument(
        "--by",
        action="append",
        metavar="GROUP",
        help="provider_type (the default), programme, programme_start_year, standards_set, "
        "population, or none; may be given more than once",
    )
    coverage.add_argument("--item", help="show one item only, such as Overall or po_fte")
    coverage.add_argument(
        "--measures",
        action="store_true",
        help="count figures by measure, level and population instead",
    )
    add_folder(coverage)
    add_csv(coverage)
    coverage.set_defaults(command=_coverage)


def _coverage(arguments: argparse.Namespace) -> int:
    from probstats import data
    from probstats.display import percent
    from probstats.errors import DataError

    if arguments.measures:
        figures = data.measures_coverage(arguments.folder)
        show(figures, arguments, figures.drop(columns="kind"))
        return 0
    by = arguments.by or ["provider_type"]
    known = data.coverage(arguments.folder, None if by == ["none"] else by)
    if arguments.item:
        items = known["item"].unique()
        if arguments.item not in items:
            raise DataError(f"there is no item {arguments.item!r}; choose from {', '.join(items)}")
        known = known[known["item"] == arguments.item]
    shares = known["share"].map(lambda share: percent(share) if share == share else "")  # noqa: PLR0124
    show(known, arguments, known.assign(share=shares))
    return 0
