"""Running a notebook so that the same results give the same bytes."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from probstats.errors import StudyError
from probstats.files import write_text


def execute_notebook(path: Path) -> Path:
    """Run a notebook from its first cell and store it with its outputs.

    Parameters
    ----------
    path : Path
        The notebook; replaced whole when every cell has run.

    Returns
    -------
    Path
        The same path.

    Raises
    ------
    StudyError
        If a cell fails, the notebook is missing, or the notebook libraries are not installed.
    """
    try:
        import nbformat
        from nbclient import NotebookClient
        from nbclient.exceptions import CellExecutionError
    except ImportError as error:
        raise StudyError(
            'running the notebook needs more packages: pip install "probation-stats[notebook]"'
        ) from error
    if not path.is_file():
        raise StudyError(f"{path} is missing")
    try:
        notebook = nbformat.read(path, as_version=4)
    except nbformat.reader.NotJSONError as error:
        raise StudyError(f"{path} is no notebook: it is not JSON") from error
    client = NotebookClient(
        notebook, timeout=300, kernel_name="python3", record_timing=False,
        extra_arguments=["--log-level=ERROR"],
    )  # fmt: skip
    try:
        client.execute(cwd=str(path.parent))
    except (asyncio.CancelledError, AssertionError) as error:  # what nbclient makes of Ctrl-C
        raise KeyboardInterrupt from error
    except CellExecutionError as error:
        raise StudyError(f"{path.name}: a cell failed: {error.ename}: {error.evalue}") from error
    _strip(notebook)
    write_text(path, nbformat.writes(notebook) + "\n")
    return path


def _strip(notebook: Any) -> None:
    """Remove what differs from machine to machine and says nothing."""
    notebook.metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    for number, cell in enumerate(notebook.cells, start=1):
        cell.metadata = {}
        cell.id = f"cell-{number:02d}"
