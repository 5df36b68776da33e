"""What tests of several rooms share."""

import importlib.util
import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"


@pytest.fixture
def benchmark_script(monkeypatch):
    """Return a function that reads a script of benchmarks/, whose settings are put back."""
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        monkeypatch.setenv(name, "1")
    monkeypatch.syspath_prepend(BENCHMARKS)

    def read(name):
        alias = f"benchmark_{name}"
        spec = importlib.util.spec_from_file_location(alias, BENCHMARKS / f"{name}.py")
        module = importlib.util.module_from_spec(spec)
        monkeypatch.setitem(sys.modules, alias, module)
        spec.loader.exec_module(module)
        return module

    return read
