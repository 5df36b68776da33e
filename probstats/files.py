"""Writing files so that a reader never meets half of one."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from probstats.errors import ProbstatsError

if TYPE_CHECKING:
    import pandas as pd

SIGNIFICANT_DIGITS = 10


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a path to write to, and put what was written in the place of ``path`` at the end.

    The partial file has one fixed name beside its target, so that the next run overwrites what an
    interrupted one left behind.

    Parameters
    ----------
    path : Path
        The file to make or replace.

    Yields
    ------
    Path
        Where to write.

    Raises
    ------
    ProbstatsError
        If the folder cannot be made or written to.
    """
    partial = path.with_name(f".{path.name}.partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield partial
        os.replace(partial, path)
    except OSError as error:
        in_the_way = next((p for p in path.parents if p.exists() and not p.is_dir()), None)
        reason = (error.strerror or str(error)).lower()
        reason = f"{in_the_way} is a file, not a folder" if in_the_way else reason
        raise ProbstatsError(
            f"cannot write {path}: {reason}; choose a folder that can be written to"
        ) from error
    finally:
        if partial.is_file():
            partial.unlink()


def write_bytes(path: Path, content: bytes) -> None:
    """Write ``content`` to ``path``, whole or not at all."""
    with replacing(path) as partial:
        partial.write_bytes(content)


def write_text(path: Path, text: str) -> None:
    """Write ``text`` to ``path`` as UTF-8 with LF line ends, whole or not at all."""
    write_bytes(path, text.encode("utf-8"))


def write_json(path: Path, value: Any) -> None:
    """Write ``value`` to ``path`` as indented JSON, whole or not at all."""
    write_text(path, json.dumps(value, indent=2, ensure_ascii=False) + "\n")


def write_csv(path: Path, frame: pd.DataFrame) -> None:
    """Write ``frame`` to ``path`` with numbers rounded to ten significant digits.

    Ten digits are more than any reader needs and fewer than the digits in which two processors
    may differ, so the same results give the same bytes everywhere.
    """
    text = frame.to_csv(index=False, lineterminator="\n", float_format=f"%.{SIGNIFICANT_DIGITS}g")
    write_text(path, text)
