"""A bar for loops that take more than two seconds, where somebody is watching."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator
from typing import TypeVar

Item = TypeVar("Item")

PATIENCE = 2.0
"""Seconds before anything is shown."""

WIDTH = 30
"""Characters of the bar."""


def progress(items: Iterable[Item], total: int, label: str) -> Iterator[Item]:
    """Go through items, with a bar on stderr once the loop has taken two seconds.

    Nothing is shown where stderr is no terminal, as in a log or a notebook run by a program.

    Parameters
    ----------
    items : iterable
        What to go through.
    total : int
        How many there are.
    label : str
        What is being done.

    Yields
    ------
    object
        The items.

    Examples
    --------
    >>> sum(progress(range(4), 4, "adding"))
    6
    """
    start = last = time.monotonic()
    shown = False
    for number, item in enumerate(items, start=1):
        yield item
        now = time.monotonic()
        if now - start > PATIENCE and now - last > 0.1 and sys.stderr.isatty():
            sys.stderr.write(f"\r{_bar(number, total, label, now - start)}")
            sys.stderr.flush()
            last, shown = now, True
    if shown:
        sys.stderr.write(f"\r{_bar(total, total, label, time.monotonic() - start)}\n")


def _bar(number: int, total: int, label: str, seconds: float) -> str:
    done = round(WIDTH * number / max(total, 1))
    bar = "#" * done + "." * (WIDTH - done)
    return f"{label} [{bar}] {number}/{total}, {seconds:.0f} s"
