"""The benchmark still times what users get."""

from __future__ import annotations

import pytest


def test_what_is_timed_is_a_fit(benchmark_script):
    module = benchmark_script("mixed")
    data = module.simulate(400, 20)
    alone, crossed = (module.fit_ours(kind, data) for kind in module.KINDS)
    assert alone.converged
    assert alone.nodes == 10
    assert list(crossed.sd.index) == ["sd(g)", "sd(h)"]
    assert alone.params["x0"] == pytest.approx(0.5, abs=0.5)
