"""A figure together with the data it shows and the words that stand in for it."""

from __future__ import annotations

import base64
import html
import io
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from matplotlib.figure import Figure

from probstats.errors import ProbstatsError
from probstats.figures.style import journal_style
from probstats.files import write_bytes, write_csv, write_text

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
            write_bytes(file, self._render(kind, dpi=300))
        data, words = (stem.with_name(f"{stem.name}.{suffix}") for suffix in ("csv", "txt"))
        write_csv(data, self.data)
        write_text(words, f"{self.alt_text}\n")
        return [*files, data, words]

    def _render(self, kind: str, dpi: int) -> bytes:
        buffer = io.BytesIO()
        with journal_style():
            self.figure.savefig(buffer, format=kind, dpi=dpi, metadata=_METADATA[kind])
        return buffer.getvalue()

    def __repr__(self) -> str:
        return f"Drawing: {self.alt_text}"

    def _repr_html_(self) -> str:
        image = base64.b64encode(self._render("png", dpi=150)).decode("ascii")
        alt = html.escape(self.alt_text, quote=True)
        return f'<img style="max-width:100%" alt="{alt}" src="data:image/png;base64,{image}">'
