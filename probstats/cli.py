"""The command line: ``probstats reproduce`` and ``probstats data``."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from probstats import __version__
from probstats.errors import ProbstatsError, StudyError


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
    _add_reproduce(commands)
    _add_data(commands)
    return parser


def _add_reproduce(commands: argparse._SubParsersAction) -> None:
    reproduce = commands.add_parser(
        "reproduce",
        help="from the public record to the paper",
        description="Run every step of the study that is not up to date, in a checkout of the "
        "repository: check the data, build the panel, fit the models, draw the figures, write "
        "tables and numbers, run the notebook, build the paper.",
    )
    reproduce.add_argument("--force", action="store_true", help="run steps that are up to date too")
    reproduce.add_argument("--only", metavar="STEP", help="run one step (see --list)")
    reproduce.add_argument("--list", action="store_true", help="list the steps and stop")
    reproduce.set_defaults(command=_reproduce)


def _add_data(commands: argparse._SubParsersAction) -> None:
    data = commands.add_parser("data", help="work with the tables of the public record")
    actions = data.add_subparsers(title="actions", required=True, metavar="action")
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


def _reproduce(arguments: argparse.Namespace) -> int:
    root = find_checkout(Path.cwd())
    try:
        from probstats.study.runner import run_steps
        from probstats.study.steps import STEPS
    except ImportError as error:
        raise StudyError(f'{error}; pip install "probation-stats[study]"') from error
    if arguments.list:
        print("\n".join(f"{step.name:<9} {step.title}" for step in STEPS))
        return 0
    steps = [step for step in STEPS if arguments.only in (None, step.name)]
    if not steps:
        names = ", ".join(step.name for step in STEPS)
        raise StudyError(f"there is no step {arguments.only!r}; the steps are {names}")
    run_steps(steps, root, force=arguments.force, tell=lambda line: print(line, flush=True))
    return 0


def find_checkout(start: Path) -> Path:
    """Return the checkout a folder lies in.

    Parameters
    ----------
    start : Path
        The folder to begin with.

    Returns
    -------
    Path
        The first folder, upwards, that holds the project file of this repository.

    Raises
    ------
    StudyError
        If there is none.
    """
    for folder in (start, *start.parents):
        project = folder / "pyproject.toml"
        if project.is_file() and 'name = "probation-stats"' in project.read_text(encoding="utf-8"):
            return folder
    raise StudyError(
        f"{start} is not in a checkout of the repository; clone it and run the command there "
        f"(the library itself works anywhere: import probstats)"
    )


def _check(arguments: argparse.Namespace) -> int:
    from probstats import data
    from probstats.data import package, tables

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


if __name__ == "__main__":
    sys.exit(main())
