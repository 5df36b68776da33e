"""``probstats data``: work with the tables of the public record."""

from __future__ import annotations

from typing import Any

from probstats.cli.data import (
    check,
    conflicts,
    coverage,
    describe,
    explain,
    export,
    import_,
    reconcile,
    release,
    template,
    undo,
)

ACTIONS = (
    check,
    describe,
    explain,
    conflicts,
    coverage,
    reconcile,
    export,
    import_,
    undo,
    template,
    release,
)
"""One module an action, in the order of ``--help``."""


def add(commands: Any) -> None:
    """Add the command and its actions to the parser."""
    data = commands.add_parser("data", help="work with the tables of the public record")
    actions = data.add_subparsers(title="actions", required=True, metavar="action")
    for action in ACTIONS:
        action.add(actions)
