"""From HTML to Markdown, LaTeX, Typst and Word, by the pandoc that comes with pypandoc."""

from __future__ import annotations

import os
import subprocess
import tempfile
from pathlib import Path

from probstats.display import MINUS
from probstats.errors import ProbstatsError
from probstats.tables.archives import settled
from probstats.tables.extras import extra

EPOCH = 315532800  # 1980, the first year that a zip file can hold
MATHEMATICAL = {MINUS: "$-$", "\N{INFINITY}": r"$\infty$"}  # pdflatex does not know the characters


def to_text(html: str, form: str) -> str:
    """Return a table in another markup.

    Parameters
    ----------
    html : str
        The table, as ``markup.html_fragment`` makes it.
    form : {"gfm", "latex", "typst"}
        A format of pandoc.

    Returns
    -------
    str
        The markup.

    Raises
    ------
    ProbstatsError
        If pandoc is not installed or fails.
    """
    text = _convert(html, form).decode("utf-8").replace("\r\n", "\n")
    for sign, mathematical in MATHEMATICAL.items():
        text = text.replace(sign, mathematical) if form == "latex" else text
    return text


def to_docx(html: str) -> bytes:
    """Return a table as the bytes of a Word document, the same for the same table.

    Parameters
    ----------
    html : str
        The table.

    Returns
    -------
    bytes
        The document.

    Raises
    ------
    ProbstatsError
        If pandoc is not installed or fails.
    """
    return settled(_convert(html, "docx"))


def _convert(html: str, form: str) -> bytes:
    # An empty data folder: pandoc must not pick up a user's own templates.
    with tempfile.TemporaryDirectory() as empty:
        command = [_program(), "--from=html", f"--to={form}", "--wrap=none", "--output=-"]
        run = subprocess.run(  # noqa: S603  # a fixed program, and no shell
            [*command, f"--data-dir={empty}"],
            input=html.encode("utf-8"), env=_environment(), capture_output=True, check=False,
        )  # fmt: skip
    if run.returncode:
        problem = " ".join(run.stderr.decode("utf-8", errors="replace").split())
        raise ProbstatsError(f"pandoc could not make {form} of the table: {problem}")
    return run.stdout


def _program() -> str:
    """Return the pandoc of the wheel, not whichever on this machine is newest."""
    pypandoc = extra("pypandoc")
    bundled = sorted((Path(pypandoc.__file__).parent / "files").glob("pandoc*"))
    try:
        return str(bundled[0] if bundled else pypandoc.get_pandoc_path())
    except OSError as error:
        raise ProbstatsError(
            'pypandoc finds no pandoc: pip install "probation-stats[tables]" brings one'
        ) from error


def _environment() -> dict[str, str]:
    kept = {key: os.environ[key] for key in ("PATH", "SYSTEMROOT", "TEMP") if key in os.environ}
    return kept | {"SOURCE_DATE_EPOCH": str(EPOCH), "TZ": "UTC", "LC_ALL": "C.UTF-8"}
