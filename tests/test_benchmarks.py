"""The benchmark still times what users get."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import numpy as np
import pytest

SCRIPT = Path(__file__).parents[1] / "benchmarks" / "ordinal.py"


@pytest.fixture
def ordinal(monkeypatch):
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        monkeypatch.setenv(name, "1")  # the script sets them, and the test puts them back
    spec = importlib.util.spec_from_file_location("benchmark_ordinal", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "benchmark_ordinal", module)
    spec.loader.exec_module(module)
    return module


def test_kernel_frame_and_formula_are_one_fit(ordinal):
    data = ordinal.simulate(200, 5)
    kernel = ordinal.read_kernel(ordinal.fit_kernel(data), data)
    for fit in (ordinal.fit_frame, ordinal.fit_formula):
        other = ordinal.read_ours(fit(data), data)
        np.testing.assert_allclose(kernel.loglike, other.loglike, rtol=1e-12)
        np.testing.assert_allclose(kernel.params, other.params, rtol=1e-10)
        np.testing.assert_allclose(kernel.errors, other.errors, rtol=1e-10)
