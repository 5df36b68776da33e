"""Warnings name the line of the user, however deep in the package they arise."""

from __future__ import annotations

import types
import warnings

import pytest

from probstats.errors import ProbstatsWarning, SeparationWarning
from probstats.models.trouble import crossing_sentence, warn

DEPTH = "def run(f, n):\n    return run(f, n - 1) if n else f()\n"


def inside(name):
    """Return a function that calls another from a module of that name, n frames deep."""
    module = types.ModuleType(name)
    exec(DEPTH, module.__dict__)
    return module.run


def speak():
    warn("a sentence", SeparationWarning)


@pytest.mark.parametrize("name", ["probstats.models.reading.outcome", "statsmodels.base.model"])
@pytest.mark.parametrize("depth", [0, 1, 5])
def test_frames_of_the_package_are_passed_over(name, depth):
    with pytest.warns(SeparationWarning, match="^a sentence$") as seen:
        inside(name)(lambda: inside(name)(_speak_inside(name), depth), depth)
    assert seen[0].filename == __file__


def _speak_inside(name):
    module = types.ModuleType(name)
    module.warn, module.category = warn, SeparationWarning
    exec("def speak():\n    warn('a sentence', category)\n", module.__dict__)
    return module.speak


def test_a_direct_call_names_its_own_line():
    with pytest.warns(SeparationWarning) as seen:
        speak()
    assert seen[0].filename == __file__
    assert seen[0].lineno == speak.__code__.co_firstlineno + 1


def test_modules_of_others_are_not_passed_over():
    with pytest.warns(SeparationWarning) as seen:
        inside("probstatistics.other")(_speak_inside("probstats.x"), 1)
    assert seen[0].filename == "<string>"


def test_an_error_where_warnings_are_errors():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(ProbstatsWarning, match="a sentence"):
            speak()


def test_crossing_levels_are_named_with_their_rows():
    found = crossing_sentence({"Good": 3, "Best": 1})
    assert "a negative probability to Good in 3 rows, to Best in 1 row" in found
