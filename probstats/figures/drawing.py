"""A figure together with the data it shows and the words that stand in for it."""

from __future__ import annotations

import base64
import functools
import html
import io
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import ParamSpec

import pandas as pd
from matplotlib.figure import Figure

from probstats.errors import ProbstatsError
from probstats.figures.style import Theme, current_theme, using
from probstats.files import write_bytes, write_csv, write_text

Given = ParamSpec("Given")

# Nothing that differs from run to run goes into a file.
_METADATA = {"svg": {"Date": None}, "png": {"Software": None}, "pdf": {"CreationDate": None}}


@dataclass(frozen=True, repr=False)
class Drawing:
    """What every figure function returns.

    Attributes
    ----------
    figure : matplotlib.figure.Figure
        The figure, at its final size.
    data : pandas.DataFrame
        The plotted data.
    alt_text : str
        What the figure shows, for a reader who does not see it.
    """

    figure: Figure
    data: pd.DataFrame
    alt_text: str
    _theme: Theme = field(default_factory=current_theme)
    _own: bool = True

    def save(self, path: str | Path, formats: tuple[str, ...] = ("svg", "png")) -> list[Path]:
        """Write the figure, its data as CSV and its alt text.

        Parameters
        ----------
        path : path
            Where to, without a suffix.
        formats : tuple of {"svg", "png", "pdf"}
            Formats of the image; PNG has 300 dots per inch.

        Returns
        -------
        list of Path
            The files written: one for each format, ``.csv`` and ``.txt``.

        Raises
        ------
        ProbstatsError
            If a format is not known, or the folder cannot be written to.
        """
        unknown = [kind for kind in formats if kind not in _METADATA]
        if unknown:
            raise ProbstatsError(
                f"format {unknown[0]!r} is not known; formats is a tuple of {', '.join(_METADATA)}"
            )
        stem = Path(path)
        files = [stem.with_name(f"{stem.name}.{kind}") for kind in formats]
        for kind, file in zip(formats, files, strict=True):
            write_bytes(file, self.render(kind))
        data, words = (stem.with_name(f"{stem.name}.{suffix}") for suffix in ("csv", "txt"))
        write_csv(data, self.data)
        write_text(words, f"{self.alt_text}\n")
        return [*files, data, words]

    def render(self, kind: str, dpi: int = 300) -> bytes:
        """Return the image as bytes, which are the same each time.

        Parameters
        ----------
        kind : {"svg", "png", "pdf"}
            Format.
        dpi : int
            Dots per inch of a PNG.

        Returns
        -------
        bytes
            The image.
        """
        buffer = io.BytesIO()
        with using(self._theme):
            self.figure.savefig(buffer, format=kind, dpi=dpi, metadata=_METADATA[kind])
            if self._own:
                # Laid out once: matplotlib would move the parts a little further at every draw.
                self.figure.set_layout_engine("none")
        return buffer.getvalue()

    def __dir__(self) -> list[str]:
        return ["alt_text", "data", "figure", "render", "save"]

    def __repr__(self) -> str:
        return f"Drawing: {self.alt_text}"

    def _repr_html_(self) -> str:
        image = base64.b64encode(self.render("png", dpi=150)).decode("ascii")
        alt = html.escape(self.alt_text, quote=True)
        return f'<img style="max-width:100%" alt="{alt}" src="data:image/png;base64,{image}">'


def drawn(function: Callable[Given, Drawing]) -> Callable[Given, Drawing]:
    """Let a figure function draw with the settings of the current edition, and no others."""

    @functools.wraps(function)
    def styled(*args: Given.args, **options: Given.kwargs) -> Drawing:
        with using(current_theme()):
            return replace(function(*args, **options), _own=options.get("ax") is None)

    return styled
