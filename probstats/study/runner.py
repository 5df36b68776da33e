"""Running steps in order, once, and again only where something they read has changed.

A step has run when the record holds the hash of everything it read and of every file it wrote, and
the files still have those hashes. The record is written after each step and files are replaced
whole, so a run that is killed goes on where it stopped.
"""

from __future__ import annotations

import hashlib
import json
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from probstats.errors import StudyError
from probstats.files import write_json

RECORD = Path(".probstats", "record.json")
_PACKAGE = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Step:
    """One step of the study.

    Attributes
    ----------
    name : str
        What ``--only`` calls it.
    title : str
        What it does, for the progress line.
    reads : tuple of str
        Patterns of the files it reads, from the root of the checkout.
    code : tuple of str
        Modules and rooms of the package it depends on, as paths in ``probstats/``.
    run : callable
        Does the work in a checkout and returns the files it wrote.
    """

    name: str
    title: str
    reads: tuple[str, ...]
    code: tuple[str, ...]
    run: Callable[[Path], list[Path]]


def run_steps(
    steps: Iterable[Step], root: Path, *, force: bool = False, tell: Callable[[str], None] = print
) -> list[str]:
    """Run the steps that are not up to date.

    Parameters
    ----------
    steps : iterable of Step
        In the order to run.
    root : Path
        The checkout.
    force : bool
        Run every step.
    tell : callable
        Takes a progress line for each step.

    Returns
    -------
    list of str
        Names of the steps that ran.
    """
    record = _read_record(root)
    ran = []
    for step in steps:
        started = time.perf_counter()
        inputs = _fingerprint(step, root)
        known = record.get(step.name, {})
        if not force and known.get("inputs") == inputs and _as_recorded(known["outputs"], root):
            tell(f"{step.name:<9} up to date")
            continue
        written = step.run(root)
        _remove_stale(known.get("outputs", {}), written, root)
        # A step may rewrite a file it reads (a notebook keeps its own outputs).
        outputs = {path.relative_to(root).as_posix(): _hash_file(path) for path in written}
        record[step.name] = {"inputs": _fingerprint(step, root), "outputs": outputs}
        write_json(root / RECORD, record)
        ran.append(step.name)
        tell(f"{step.name:<9} {step.title:<52} {time.perf_counter() - started:5.1f} s")
    return ran


def _read_record(root: Path) -> dict[str, dict]:
    try:
        record: dict[str, dict] = json.loads((root / RECORD).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return record


def _fingerprint(step: Step, root: Path) -> str:
    """Return one hash of what a step reads: files, code, the locked versions of libraries."""
    files = [path for pattern in step.reads for path in sorted(root.glob(pattern))]
    code = [path for part in step.code for path in _modules(part)]
    digest = hashlib.sha256(sys.version.encode())
    for path in [*files, *code, root / "requirements.lock"]:
        if path.is_file():
            digest.update(path.name.encode() + _hash_file(path).encode())
    return digest.hexdigest()


def _modules(part: str) -> list[Path]:
    path = _PACKAGE / part
    found = sorted(path.rglob("*.py")) if path.is_dir() else [path]
    if not all(module.is_file() for module in found):
        raise StudyError(f"a step names code {part!r}, which the package does not have")
    return found


def _hash_file(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _as_recorded(outputs: dict[str, str], root: Path) -> bool:
    paths = {root / name: value for name, value in outputs.items()}
    return all(path.is_file() and _hash_file(path) == value for path, value in paths.items())


def _remove_stale(outputs: dict[str, str], written: list[Path], root: Path) -> None:
    """Remove what the step wrote last time and no longer writes."""
    kept = {path.relative_to(root).as_posix() for path in written}
    for name in set(outputs) - kept:
        (root / name).unlink(missing_ok=True)
