"""A bar is shown to somebody who waits, and to nobody else."""

from __future__ import annotations

import io

import pytest

import probstats.progress as module
from probstats.progress import progress


class Screen(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture
def hours(monkeypatch):
    """Let an hour pass between any two looks at the clock."""
    clock = iter(range(0, 10**6, 3600))
    monkeypatch.setattr(module.time, "monotonic", lambda: next(clock))


def test_a_slow_loop_shows_a_bar(monkeypatch, hours):
    screen = Screen()
    monkeypatch.setattr(module.sys, "stderr", screen)
    assert list(progress("abcd", 4, "validating")) == list("abcd")
    shown = screen.getvalue()
    assert "validating [###############...............] 2/4" in shown
    assert shown.endswith("4/4, 18000 s\n")


def test_a_log_shows_nothing(monkeypatch, hours):
    log = io.StringIO()
    monkeypatch.setattr(module.sys, "stderr", log)
    assert list(progress(range(3), 3, "validating")) == [0, 1, 2]
    assert log.getvalue() == ""


def test_a_quick_loop_shows_nothing(monkeypatch):
    screen = Screen()
    monkeypatch.setattr(module.sys, "stderr", screen)
    assert list(progress(range(3), 3, "validating")) == [0, 1, 2]
    assert screen.getvalue() == ""
