"""``probstats reproduce``: from the public record to the paper."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from probstats.errors import StudyError


def add(commands: Any) -> None:
    """Add the command to the parser."""
    reproduce = commands.add_parser(
        "reproduce",
        help="from the public record to the paper",
        description="Run every step of the study that is not up to date, in a checkout of the "
        "repository: check the data, build the panel, fit the models, draw the figures, write "
        "tables and numbers, make the gallery of figures, run the notebook, build the paper.",
    )
    reproduce.add_argument("--force", action="store_true", help="run steps that are up to date too")
    reproduce.add_argument("--only", metavar="STEP", help="run one step (see --list)")
    reproduce.add_argument("--list", action="store_true", help="list the steps and stop")
    reproduce.set_defaults(command=_reproduce)


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
