import ast
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from probstats.errors import StudyError
from probstats.study.notebook import execute_notebook

ROOT = Path(__file__).parents[2]
LOGIC = (ast.FunctionDef, ast.ClassDef, ast.For, ast.While, ast.If, ast.Try)
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))

pytestmark = pytest.mark.filterwarnings("default")  # the kernel's libraries warn among themselves


def store(path, *sources):
    nbformat.write(new_notebook(cells=[new_code_cell(source) for source in sources]), path)
    return path


def test_outputs_are_kept_and_bytes_are_equal(tmp_path):
    path = store(tmp_path / "one.ipynb", "x = 20", "x + 1")
    first = execute_notebook(path).read_bytes()
    assert b'"21"' in first
    assert execute_notebook(path).read_bytes() == first


def test_a_failing_cell_is_one_sentence_and_leaves_the_file(tmp_path):
    path = store(tmp_path / "one.ipynb", "raise ValueError('no such thing')")
    before = path.read_bytes()
    with pytest.raises(StudyError, match=r"one\.ipynb: a cell failed: ValueError: no such thing"):
        execute_notebook(path)
    assert path.read_bytes() == before


def test_a_missing_notebook(tmp_path):
    with pytest.raises(StudyError, match="is missing"):
        execute_notebook(tmp_path / "none.ipynb")


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.name)
def test_notebooks_hold_no_logic_and_keep_their_outputs(path):
    notebook = nbformat.read(path, as_version=4)
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    for cell in cells:
        nodes = ast.walk(ast.parse(cell.source))
        assert not any(isinstance(node, LOGIC) for node in nodes), cell.source
        assert cell.execution_count
        assert not any(output.output_type == "error" for output in cell.outputs)
    assert sum(bool(cell.outputs) for cell in cells) >= len(cells) - 1
