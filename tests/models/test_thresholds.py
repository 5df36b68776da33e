"""Structures of thresholds against the matrices of R's ordinal, written out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from probstats.errors import ModelError
from probstats.models.kernel.thresholds import STRUCTURES, make_thresholds

# tJac of ordinal:::makeThresholds, by the number of thresholds.
SYMMETRIC = {
    2: [[1, 0], [0, 1]],
    3: [[1, -1], [1, 0], [1, 1]],
    4: [[1, 0, -1], [1, 0, 0], [0, 1, 0], [0, 1, 1]],
    5: [[1, 0, -1], [1, -1, 0], [1, 0, 0], [1, 1, 0], [1, 0, 1]],
    6: [[1, 0, 0, -1], [1, 0, -1, 0], [1, 0, 0, 0], [0, 1, 0, 0], [0, 1, 1, 0], [0, 1, 0, 1]],
}
SYMMETRIC2 = {
    2: [[-1], [1]],
    3: [[-1], [0], [1]],
    4: [[0, -1], [-1, 0], [1, 0], [0, 1]],
    5: [[0, -1], [-1, 0], [0, 0], [1, 0], [0, 1]],
    6: [[0, 0, -1], [0, -1, 0], [-1, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]],
}
EQUIDISTANT = {
    2: [[1, 0], [1, 1]],
    3: [[1, 0], [1, 1], [1, 2]],
    4: [[1, 0], [1, 1], [1, 2], [1, 3]],
    5: [[1, 0], [1, 1], [1, 2], [1, 3], [1, 4]],
    6: [[1, 0], [1, 1], [1, 2], [1, 3], [1, 4], [1, 5]],
}
NAMES = {
    "symmetric": {
        2: ["central.1", "central.2"],
        3: ["central", "spacing.1"],
        4: ["central.1", "central.2", "spacing.1"],
        5: ["central", "spacing.1", "spacing.2"],
        6: ["central.1", "central.2", "spacing.1", "spacing.2"],
    },
    "symmetric2": {n: [f"spacing.{k}" for k in range(1, n // 2 + 1)] for n in range(2, 7)},
    "equidistant": {n: ["threshold.1", "spacing"] for n in range(2, 7)},
}
SIZE = pytest.mark.parametrize("n", range(2, 7))
STRUCTURE = pytest.mark.parametrize("structure", STRUCTURES)


def labels(n):
    return [f"{number}|{number + 1}" for number in range(1, n + 1)]


@SIZE
@pytest.mark.parametrize(
    ("structure", "expected"),
    [("symmetric", SYMMETRIC), ("symmetric2", SYMMETRIC2), ("equidistant", EQUIDISTANT)],
)
def test_matrix_and_names_are_those_of_r(structure, expected, n):
    found = make_thresholds(structure, labels(n))
    np.testing.assert_array_equal(found.jacobian, expected[n])
    assert found.names == NAMES[structure][n]
    assert found.labels == labels(n)
    assert found.structure == structure


@pytest.mark.parametrize("n", range(1, 7))
def test_flexible_thresholds_are_their_own_parameters(n):
    found = make_thresholds("flexible", labels(n))
    np.testing.assert_array_equal(found.jacobian, np.eye(n))
    assert found.names == found.labels == labels(n)


@STRUCTURE
@pytest.mark.parametrize(("outcome", "n"), [("y4", 3), ("y6", 5)])
def test_thresholds_of_the_fits_of_r(structures, structure, outcome, n):
    theirs = structures[f"sim_{outcome}_threshold_{structure}"]
    found = make_thresholds(structure, labels(n))
    np.testing.assert_allclose(found.jacobian @ theirs["alpha"], theirs["Theta"][0], rtol=1e-12)
    assert len(found.names) == len(theirs["alpha"])


@SIZE
@STRUCTURE
def test_a_shift_moves_every_threshold_by_one(structure, n):
    found = make_thresholds(structure, labels(n))
    if structure == "symmetric2":
        assert found.shift is None
    else:
        np.testing.assert_allclose(found.jacobian @ found.shift, 1.0, rtol=1e-13)


@SIZE
@STRUCTURE
def test_parameters_reproduce_thresholds_that_have_the_structure(structure, n):
    theta = np.linspace(-1.5, 1.5, n)
    found = make_thresholds(structure, labels(n))
    np.testing.assert_allclose(found.jacobian @ found.parameters(theta), theta, atol=1e-13)


@SIZE
@STRUCTURE
@pytest.mark.parametrize("seed", range(10))
def test_parameters_always_keep_the_thresholds_in_order(structure, n, seed):
    theta = np.sort(np.random.default_rng(seed).standard_cauchy(n))
    found = make_thresholds(structure, labels(n))
    alpha = found.parameters(theta)
    assert alpha.shape == (len(found.names),)
    assert (np.diff(found.jacobian @ alpha) > 0).all()


@pytest.mark.parametrize("structure", ["symmetric2", "symmetric"])
def test_thresholds_far_to_one_side_still_get_parameters_in_order(structure):
    found = make_thresholds(structure, labels(4))
    assert (np.diff(found.jacobian @ found.parameters(np.array([5.0, 5.1, 5.2, 40.0]))) > 0).all()


@pytest.mark.parametrize("structure", [name for name in STRUCTURES if name != "flexible"])
def test_one_threshold_has_no_structure(structure):
    with pytest.raises(ModelError, match=f"threshold='{structure}' needs an outcome of three or"):
        make_thresholds(structure, ["1|2"])


def test_unknown_structures():
    with pytest.raises(ModelError, match=r"'even' is not known; choose one of flexible, symmetric"):
        make_thresholds("even", labels(3))
