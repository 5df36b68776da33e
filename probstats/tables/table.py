"""A table: its numbers at full precision, and as readers see them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from probstats.errors import DataError
from probstats.files import write_bytes, write_csv, write_text
from probstats.tables import markup, notebook, pandoc, workbook

if TYPE_CHECKING:
    from great_tables import GT


@dataclass(frozen=True, repr=False)
class Table:
    """What every function for a table returns.

    Attributes
    ----------
    data : pandas.DataFrame
        The numbers, one row for each estimate or count, at full precision.
    formatted : pandas.DataFrame
        The cells as text. The first column names the rows.
    caption : str
        What the table shows.
    notes : tuple of str
        What a reader has to know, one sentence or two each.

    Raises
    ------
    DataError
        If ``formatted`` has no columns, two of one name, or a cell that is no text.

    Examples
    --------
    >>> import pandas as pd
    >>> numbers = pd.DataFrame({"rating": ["Good", "Outstanding"], "n": [21, 0]})
    >>> cells = pd.DataFrame({"Rating": numbers["rating"], "Inspections": ["21", "0"]})
    >>> Table(numbers, cells, "Simulated ratings", ("Overall ratings only.",))
    Simulated ratings
    <BLANKLINE>
    Rating       Inspections
    Good                  21
    Outstanding            0
    <BLANKLINE>
    Overall ratings only.
    """

    data: pd.DataFrame
    formatted: pd.DataFrame
    caption: str
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        names = self.formatted.columns
        if not len(names):
            raise DataError("a table needs at least the column that names its rows")
        if names.has_duplicates:
            twice = names[names.duplicated()][0]
            raise DataError(f"the table would have two columns {twice!r}; name them apart")
        for name, column in self.formatted.items():
            for row, cell in enumerate(column):
                if not isinstance(cell, str):
                    raise DataError(f"column {name!r}, row {row}: {cell!r} is no text")

    def to_text(self) -> str:
        """Return the table as aligned plain text."""
        return markup.plain_text(self.caption, self.formatted, self.notes)

    def to_html(self) -> str:
        """Return a ``<table>`` with caption and header cells for rows and columns, then notes.

        Returns
        -------
        str
            HTML without scripts, style sheets or anything to be loaded. Cells are escaped.
        """
        return markup.html_fragment(self.caption, self.formatted, self.notes)

    def to_markdown(self) -> str:
        """Return a pipe table in Markdown, the caption below it as a paragraph.

        Returns
        -------
        str
            GitHub's Markdown, made by pandoc.

        Raises
        ------
        ProbstatsError
            If pandoc is not installed.
        """
        return pandoc.to_text(self.to_html(), "gfm")

    def to_latex(self) -> str:
        """Return a ``longtable`` with its caption; the preamble needs longtable and booktabs.

        Returns
        -------
        str
            LaTeX made by pandoc, that pdflatex can read too: minus signs and infinity are in
            mathematical type.

        Raises
        ------
        ProbstatsError
            If pandoc is not installed.
        """
        return pandoc.to_text(self.to_html(), "latex")

    def to_typst(self) -> str:
        """Return a figure of kind table with its caption, in Typst.

        Returns
        -------
        str
            Typst made by pandoc.

        Raises
        ------
        ProbstatsError
            If pandoc is not installed.
        """
        return pandoc.to_text(self.to_html(), "typst")

    def to_docx(self, path: str | Path) -> Path:
        """Write a Word document that holds the table.

        Parameters
        ----------
        path : path
            The file to make or replace. The same table gives the same bytes.

        Returns
        -------
        Path
            The file.

        Raises
        ------
        ProbstatsError
            If pandoc is not installed, or the file cannot be written.
        """
        write_bytes(Path(path), pandoc.to_docx(self.to_html()))
        return Path(path)

    def to_excel(self, path: str | Path) -> Path:
        """Write a workbook of two sheets, "Table" as readers see it and "Data" with the numbers.

        Parameters
        ----------
        path : path
            The file to make or replace. The same table gives the same bytes.

        Returns
        -------
        Path
            The file.

        Raises
        ------
        ProbstatsError
            If openpyxl is not installed, or the file cannot be written.
        DataError
            If a cell holds a control character, which a workbook cannot.
        """
        content = workbook.workbook_bytes(self.caption, self.formatted, self.notes, self.data)
        write_bytes(Path(path), content)
        return Path(path)

    def save(self, path: str | Path) -> Path:
        """Write the table in the form its suffix says.

        Parameters
        ----------
        path : path
            The file to make or replace, whole or not at all: .html, .md, .tex, .typ, .txt, .docx
            or .xlsx, or .csv for the numbers.

        Returns
        -------
        Path
            The file.

        Raises
        ------
        DataError
            If the suffix is none of these.
        ProbstatsError
            If a package is not installed, or the file cannot be written.
        """
        path = Path(path)
        texts: dict[str, Callable[[], str]] = {
            ".html": lambda: markup.html_page(self.caption, self.to_html()),
            ".md": self.to_markdown, ".tex": self.to_latex, ".typ": self.to_typst,
            ".txt": self.to_text,
        }  # fmt: skip
        suffix = path.suffix.lower()
        if suffix in texts:
            text = texts[suffix]()
            write_text(path, text if text.endswith("\n") else f"{text}\n")
        elif suffix == ".csv":
            write_csv(path, self.data)
        elif suffix in (".docx", ".xlsx"):
            self.to_docx(path) if suffix == ".docx" else self.to_excel(path)
        else:
            known = ", ".join([*texts, ".docx", ".xlsx", ".csv"])
            raise DataError(f"{path.name!r} has none of the suffixes {known}")
        return path

    def gt(self) -> GT:
        """Return the table as a ``great_tables.GT``, to be styled further in a notebook.

        Returns
        -------
        great_tables.GT
            With the caption as title and the notes as source notes.

        Raises
        ------
        ProbstatsError
            If great_tables is not installed.
        """
        return notebook.great_table(self.caption, self.formatted, self.notes)

    def __dir__(self) -> list[str]:
        return SHOWN

    def __repr__(self) -> str:
        return self.to_text()

    def _repr_html_(self) -> str:
        return self.to_html()


SHOWN = [
    "caption", "data", "formatted", "gt", "notes", "save", "to_docx", "to_excel", "to_html",
    "to_latex", "to_markdown", "to_text", "to_typst",
]  # fmt: skip
