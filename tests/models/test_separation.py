"""Which linear combinations of the parameters have no finite estimate."""

from __future__ import annotations

import numpy as np
import pytest

from probstats.models.likelihood import make_bounds
from probstats.models.outcome import Outcome, read_outcome
from probstats.models.separation import lost_directions


def lost(y, x, high=None):
    x = np.asarray(x, dtype=float)
    x = x[:, None] if x.ndim == 1 else x
    if high is None:
        outcome = read_outcome(y)
    else:
        outcome = Outcome("y", tuple(range(max(high) + 1)), np.asarray(y), np.asarray(high))
    return lost_directions(make_bounds(outcome, x))


def is_lost(directions, *combination):
    """Tell whether the combination of parameters has a part in the lost directions."""
    return bool(np.linalg.norm(np.array(combination) @ directions) > 1e-8)


def test_overlap_loses_nothing():
    assert lost([1, 2, 1, 2], [1, 2, 3, 4]).shape == (2, 0)
    assert lost([1, 2, 3, 1, 2, 3], [1, 2, 3, 3, 2, 1]).shape == (3, 0)


def test_no_covariates_lose_nothing():
    assert lost([1, 2, 3, 1], np.empty((4, 0))).shape == (2, 0)


def test_complete_separation_loses_everything():
    directions = lost([1, 1, 2, 2], [1, 2, 3, 4])
    assert directions.shape == (2, 2)
    np.testing.assert_allclose(directions.T @ directions, np.eye(2), atol=1e-12)
    assert lost([1, 1, 2, 2, 3, 3], [1, 2, 3, 4, 5, 6]).shape == (3, 3)


def test_quasi_separation_keeps_the_combination_that_the_tie_determines():
    # At x = 2 both levels occur: theta - 2 beta has an estimate, neither theta nor beta has.
    directions = lost([1, 1, 2, 2], [1, 2, 2, 3])
    assert directions.shape == (2, 1)
    assert not is_lost(directions, -2, 1)
    assert is_lost(directions, 1, 0)
    assert is_lost(directions, 0, 1)


def test_a_category_with_only_the_highest_level():
    # Columns: dummy of b, dummy of c; every row of b has the highest level.
    y = [1, 2, 3, 2, 3, 3, 3, 1, 2, 3]
    dummies = [[0, 0]] * 4 + [[1, 0]] * 3 + [[0, 1]] * 3
    directions = lost(y, dummies)
    assert directions.shape == (4, 1)
    np.testing.assert_allclose(np.abs(directions[:, 0]), [1, 0, 0, 0], atol=1e-12)


def test_two_categories_lose_two_directions():
    y = [1, 2, 3, 2, 3, 3, 3, 1, 1, 1]
    dummies = [[0, 0]] * 4 + [[1, 0]] * 3 + [[0, 1]] * 3
    directions = lost(y, dummies)
    assert directions.shape == (4, 2)
    assert not is_lost(directions, 0, 0, 1, 0)
    assert not is_lost(directions, 0, 0, 0, 1)


def test_a_category_with_only_the_middle_level_loses_nothing():
    y = [1, 2, 3, 2, 2, 2, 2]
    assert lost(y, [0, 0, 0, 0, 1, 1, 1]).shape == (3, 0)


def test_a_split_that_is_separated_alone_loses_nothing():
    # x tells 1 and 2 from 3 and 4, but the slope is held by the overlap within each pair.
    y = [1, 2, 1, 2, 3, 4, 3, 4]
    assert lost(y, [0, 0, 1, 1, 5, 5, 6, 6]).shape == (4, 0)
    assert lost([level > 2 for level in y], [0, 0, 1, 1, 5, 5, 6, 6]).shape == (2, 2)


def test_neighbours_that_changed_places_are_no_separation():
    for n in (50, 500, 5000, 50_000):
        x = np.linspace(-1, 1, n)
        y = (x > 0).astype(int)
        assert lost(y, x).shape[1] == 2
        y[n // 2 - 1 : n // 2 + 1] = 1, 0
        assert lost(y, x).shape[1] == 0


def test_a_skewed_covariate_hides_neither_separation_nor_overlap():
    # The two levels part at the lower end, a ten-millionth of a standard deviation apart.
    x = np.exp(np.linspace(-5, 12, 60))
    scaled = (x - x.mean()) / x.std()
    y = (np.arange(60) > 0).astype(int)
    assert 1e-8 < np.diff(scaled)[0] < 1e-6
    assert lost(y, scaled).shape == (2, 2)
    y[:2] = 1, 0
    assert lost(y, scaled).shape == (2, 0)


def test_intervals():
    x = np.array([1, 2, 3, 4])
    assert lost([0, 1, 0, 1], x, high=[0, 1, 0, 1]).shape[1] == 0
    # The two rows in conflict become unknown, and the rest is separated.
    assert lost([0, 0, 0, 1], x, high=[0, 1, 1, 1]).shape[1] == 2


def test_rows_without_any_bound():
    assert lost([0, 0, 0], [1, 2, 3], high=[1, 1, 1]).shape == (2, 2)


@pytest.mark.parametrize("seed", range(20))
def test_a_direction_found_really_raises_the_likelihood(seed):
    rng = np.random.default_rng(seed)
    n = 12
    x = np.column_stack([rng.normal(size=n), rng.integers(0, 2, n)])
    y = np.digitize(x[:, 0] * 3 + rng.logistic(size=n), [-1.0, 1.0])
    y[:3] = 0, 1, 2
    outcome = read_outcome(y)
    bounds = make_bounds(outcome, x)
    outward = np.vstack(
        [
            bounds.upper[np.isfinite(bounds.upper_offset)],
            -bounds.lower[np.isfinite(bounds.lower_offset)],
        ]
    )
    directions = lost_directions(bounds)
    # By brute force: the best of many directions is a separating one if and only if one was found.
    tried = rng.normal(size=(200_000, 4))
    worst = (tried @ outward.T).min(axis=1)
    if (worst > 0).any():
        assert directions.shape[1] == 4
    if directions.shape[1] == 0:
        assert worst.max() <= 0
