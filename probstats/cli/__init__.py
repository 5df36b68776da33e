"""The command line: a module for each command, and below ``data`` one for each action."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from probstats import __version__
from probstats.cli import data, reproduce
from probstats.errors import ProbstatsError


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line.

    Parameters
    ----------
    argv : sequence of str, optional
        Arguments; those of the process by default.

    Returns
    -------
    int
        0 where all went well, 2 after bad input, with one sentence on standard error.
    """
    arguments = _parser().parse_args(argv)
    try:
        status: int = arguments.command(arguments)
    except ProbstatsError as error:
        if arguments.debug:
            raise
        print(f"probstats: {error}", file=sys.stderr)
        return 2
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # the reader has left
        return 1
    except KeyboardInterrupt:
        print("probstats: stopped; run the same command again to go on", file=sys.stderr)
        return 130
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="probstats",
        description="Probation inspection ratings in England and Wales: data, models, paper.",
        epilog="Each command has its own help: probstats reproduce --help",
    )
    parser.add_argument("--version", action="version", version=f"probation-stats {__version__}")
    parser.add_argument("--debug", action="store_true", help="show the traceback of an error")
    commands = parser.add_subparsers(title="commands", required=True, metavar="command")
    for command in (reproduce, data):
        command.add(commands)
    return parser
