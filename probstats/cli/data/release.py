"""``probstats data release``: a versioned, citable release of the data."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from probstats.cli.aligned import add_folder


def add(actions: Any) -> None:
    """Add the action to the parser."""
    release = actions.add_parser(
        "release",
        help="write a versioned, citable release of the data",
        description="Write the tables, their description, the panel long and wide, the "
        "dictionary, the licence, CITATION.cff and checksums to a new folder, and the same as a "
        "zip file beside it. Made twice with one date it has the same bytes.",
        epilog="Example: probstats data release --version 1.0.0 --out releases",
    )
    release.add_argument("--version", required=True, metavar="X.Y.Z", help="version of the data")
    release.add_argument("--out", type=Path, required=True, metavar="DIR", help="where it goes")
    release.add_argument("--date", metavar="YYYY-MM-DD", help="date of the release (today)")
    add_folder(release)
    release.set_defaults(command=_release)


def _release(arguments: argparse.Namespace) -> int:
    from probstats import data

    made = data.release(arguments.version, arguments.out, arguments.folder, arguments.date)
    files = sum(path.is_file() for path in made.iterdir())
    print(f"{made}: {files} files\n{made.parent / made.name}.zip\n")
    print(f"to check it: cd {made} && sha256sum -c SHA256SUMS")
    return 0
