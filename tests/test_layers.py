"""Each room imports only from rooms below it."""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "probstats"

# The base may be used by all; each room lists the rooms it may use besides the base.
BASE = {"errors", "files", "display", "progress", "jobs"}
METHODS = {
    "data",
    "models",
    "resampling",
    "missing",
    "association",
    "planning",
    "specifications",
}
ALLOWED = {
    "data": set(),
    "models": set(),
    "resampling": {"models"},
    "missing": {"models"},
    "association": {"models"},
    "planning": {"models", "resampling"},
    "specifications": {"models", "resampling"},
    "tables": METHODS,
    "figures": {*METHODS, "tables"},
    "study": {*METHODS, "tables", "figures"},
    "cli": {*METHODS, "tables", "figures", "study"},
    "__main__": {"cli"},
    "errors": set(),
    "files": set(),
    "display": set(),
    "progress": set(),
    "jobs": {"files", "progress"},
}


def room_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported_rooms(path: Path) -> set[str]:
    rooms = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module == "probstats":
            rooms |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("probstats."):
            rooms.add(node.module.split(".")[1])
        elif isinstance(node, ast.Import):
            rooms |= {a.name.split(".")[1] for a in node.names if a.name.startswith("probstats.")}
    return rooms - {"__version__"}


MODULES = [path for path in sorted(PACKAGE.rglob("*.py")) if path.name != "__init__.py"]


@pytest.mark.parametrize("path", MODULES, ids=lambda p: p.relative_to(PACKAGE).as_posix())
def test_imports_run_downwards(path):
    room = room_of(path)
    below = ALLOWED[room] | {room} | (BASE if room not in BASE else {"errors"})
    assert imported_rooms(path) <= below


def test_the_check_sees_an_upward_import(tmp_path):
    module = tmp_path / "module.py"
    module.write_text("from probstats.study import steps\nfrom probstats import tables\n")
    assert imported_rooms(module) == {"study", "tables"}


def test_models_never_mention_probation():
    for path in (PACKAGE / "models").rglob("*.py"):
        text = path.read_text(encoding="utf-8").lower()
        assert "probation" not in text, path.name


def test_nothing_relative_hides_an_import():
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            assert not (isinstance(node, ast.ImportFrom) and node.level), path.name
