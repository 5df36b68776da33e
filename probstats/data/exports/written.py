"""What a format makes of a frame."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Written:
    """The files of an export, not yet on disk, and what was changed on the way.

    Attributes
    ----------
    contents : dict of bytes
        The files, by the ending that their names get.
    names : dict of str
        The name of each column in the file, by its own.
    labels : dict of dict
        What the numbers of coded columns stand for.
    made_safe : dict of int
        For each column, how many cells got an apostrophe.
    notes : tuple of str
        What else was changed.
    """

    contents: dict[str, bytes]
    names: dict[str, str] = field(default_factory=dict)
    labels: dict[str, dict[int, str]] = field(default_factory=dict)
    made_safe: dict[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
