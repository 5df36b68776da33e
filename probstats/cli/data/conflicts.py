"""``probstats data conflicts``: where sources disagree."""

from __future__ import annotations

import argparse
from typing import Any

from probstats.cli.aligned import add_csv, add_folder, show

KINDS = ("contradiction", "definition", "revision", "rounding")
SHOWN = ["kind", "about", "item", "as_of_to", "chosen", "other", "sources"]


def add(actions: Any) -> None:
    """Add the action to the parser."""
    conflicts = actions.add_parser(
        "conflicts",
        help="list where sources disagree, and how",
        description="List every disagreement between sources: contradictions first, then "
        "differences of definition, revisions and rounding. Nothing is patched; explain tells "
        "the story of a cell.",
        epilog="Example: probstats data conflicts --kind contradiction",
    )
    conflicts.add_argument("--kind", choices=KINDS, help="one kind only")
    add_folder(conflicts)
    add_csv(conflicts)
    conflicts.set_defaults(command=_conflicts)


def _conflicts(arguments: argparse.Namespace) -> int:
    from probstats import data

    found = data.conflicts(arguments.folder)
    if arguments.kind:
        found = found[found["kind"] == arguments.kind]
    words = found.assign(
        about=found["inspection_id"].fillna(found["subject_id"]),
        sources=(found["chosen_source"] + " " + found["other_source"]).str.strip(),
    )
    show(found, arguments, words[SHOWN])
    return 0
