"""What a figure is made from, looked at before anything is drawn."""

from __future__ import annotations

from typing import Any

from probstats.errors import ModelError


def require_fit(source: Any, figure: str, needs: str = "model", instead: str = "") -> None:
    """Refuse what is no fit, in a sentence.

    Parameters
    ----------
    source : object
        What was given.
    figure : str
        Name of the figure function.
    needs : str
        Attribute that only a fit of the right kind has.
    instead : str, optional
        What else the figure takes, as the end of the sentence.

    Raises
    ------
    ModelError
        If ``source`` has no such attribute.

    Examples
    --------
    >>> require_fit(3, "thresholds")
    Traceback (most recent call last):
    probstats.errors.ModelError: thresholds draws a fit, and was given int
    """
    if not hasattr(source, needs):
        raise ModelError(f"{figure} draws a fit, and was given {type(source).__name__}{instead}")
