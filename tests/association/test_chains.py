"""Tables without rows in opposite order."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from probstats.association.chains import chain_probability, chain_side, n_paths


@pytest.mark.parametrize(("shape", "n"), [((2, 2), 5), ((2, 3), 5), ((3, 2), 4), ((3, 3), 4)])
def test_the_probability_is_that_of_all_samples_gone_through(shape, n):
    p = np.random.default_rng(2).dirichlet(np.ones(shape[0] * shape[1])).reshape(shape)
    total = 0.0
    for sample in itertools.product(np.ndindex(shape), repeat=n):
        pairs = itertools.combinations(sample, 2)
        if all((a[0] - b[0]) * (a[1] - b[1]) >= 0 for a, b in pairs):
            total += np.prod([p[cell] for cell in sample])
    np.testing.assert_allclose(chain_probability(p, n), total, rtol=1e-12)


def test_the_formula_for_two_by_two():
    p = np.array([[0.4, 0.1], [0.2, 0.3]])
    expected = 0.8**15 + 0.9**15 - 0.7**15
    np.testing.assert_allclose(chain_probability(p, 15), expected, rtol=1e-12)


def test_it_is_the_share_of_simulated_tables_at_the_boundary():
    rng = np.random.default_rng(6)
    p = np.array([[0.2, 0.1, 0.02], [0.06, 0.2, 0.1], [0.02, 0.1, 0.2]])
    tables = rng.multinomial(8, p.ravel(), size=4000).reshape(-1, 3, 3)
    found = np.mean([chain_side(table) == 1 for table in tables])
    exact = chain_probability(p, 8)
    assert abs(found - exact) < 4 * np.sqrt(exact * (1 - exact) / 4000)


@pytest.mark.parametrize(
    ("table", "side"),
    [
        ([[5, 0], [0, 6]], 1),
        ([[0, 5], [6, 0]], -1),
        ([[1, 3, 0], [0, 0, 4]], 1),
        ([[0, 3, 1], [4, 0, 0]], -1),
        ([[1, 0, 0], [0, 0, 1], [0, 1, 0]], 0),
        ([[1, 1], [1, 1]], 0),
    ],
)
def test_sides(table, side):
    assert chain_side(np.array(table)) == side


def test_numbers_of_paths():
    assert [n_paths(size, size) for size in (1, 2, 3, 5)] == [1, 3, 13, 321]
    assert n_paths(1, 7) == 1
