"""The benchmark still times what users get."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[3] / "benchmarks" / "mixed.py"


def test_what_is_timed_is_a_fit(monkeypatch):
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        monkeypatch.setenv(name, "1")  # the script sets them, and the test puts them back
    spec = importlib.util.spec_from_file_location("benchmark_mixed", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    data = module.simulate(400, 20)
    alone, crossed = (module.fit_ours(kind, data) for kind in module.KINDS)
    assert alone.converged
    assert alone.nodes == 10
    assert list(crossed.sd.index) == ["sd(g)", "sd(h)"]
    assert alone.params["x0"] == pytest.approx(0.5, abs=0.5)
