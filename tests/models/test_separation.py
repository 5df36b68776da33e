"""Which linear combinations of the parameters have no finite estimate."""

from __future__ import annotations

import numpy as np
import pytest

from probstats.models.kernel.scaling import standardise
from probstats.models.kernel.separation import find_separation, lost_directions
from probstats.models.reading.outcome import Outcome, read_outcome


def moves(outcome, x):
    """How each finite bound moves outward: upper ones up, lower ones down."""
    n_thresholds = len(outcome.levels) - 1
    theta = np.eye(n_thresholds)
    upper = [[*-row, *theta[high]] for row, high in zip(x, outcome.high, strict=True)
             if high < n_thresholds]  # fmt: skip
    lower = [[*row, *-theta[low - 1]] for row, low in zip(x, outcome.low, strict=True) if low > 0]
    return np.array([*upper, *lower], dtype=float).reshape(-1, x.shape[1] + n_thresholds)


def lost(y, x, high=None):
    x = np.asarray(x, dtype=float)
    x = x[:, None] if x.ndim == 1 else x
    if high is None:
        outcome = read_outcome(y)
    else:
        outcome = Outcome("y", tuple(range(max(high) + 1)), np.asarray(y), np.asarray(high))
    return lost_directions(moves(outcome, x))


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
    outward = moves(read_outcome(y), x)
    directions = lost_directions(outward)
    # By brute force: the best of many directions is a separating one if and only if one was found.
    tried = rng.normal(size=(200_000, 4))
    worst = (tried @ outward.T).min(axis=1)
    if (worst > 0).any():
        assert directions.shape[1] == 4
    if directions.shape[1] == 0:
        assert worst.max() <= 0


@pytest.fixture
def find(make_rows):
    """Say what an outcome's rows cannot determine."""

    def run(y, x=None, *, shift=True, **parts):
        outcome = y if isinstance(y, Outcome) else read_outcome(y)
        x = None if x is None else np.asarray(x, dtype=float).reshape(len(outcome.low), -1)
        rows = make_rows(outcome, x, **parts)
        (p, s, q), t = rows.sizes, rows.jacobian.shape[1]
        labels = outcome.threshold_names if t == len(rows.jacobian) else [f"a{k}" for k in range(t)]
        names = [f"b{number}" for number in range(1, p + 1)]
        names += [f"s{number}" for number in range(1, s + 1)]
        names += [label if m == 0 else f"{label}:n{m}" for m in range(q // t) for label in labels]
        ones, *_ = np.linalg.lstsq(rows.jacobian, np.ones(len(rows.jacobian)))
        standard, transform = standardise(rows, ones if shift else None)
        return find_separation(standard, transform, names, outcome.threshold_names)

    return run


class TestFindSeparation:
    def test_overlap(self, find):
        found = find([1, 2, 3, 1, 2, 3], [1, 2, 3, 3, 2, 1])
        assert not found.separated
        assert found.infinite.to_dict() == {"b1": 0.0, "1|2": 0.0, "2|3": 0.0}
        assert found.thresholds == {}
        assert found.directions.shape == (3, 0)
        assert str(found) == repr(found) == "No separation: every parameter has a finite estimate."

    @pytest.mark.parametrize(("level", "sign"), [(1, -1.0), (3, 1.0)])
    @pytest.mark.parametrize("unit", [1.0, -1.0, 1e-6, 1e6])
    def test_a_category_with_only_an_outermost_level(self, find, level, sign, unit):
        y = [1, 2, 3, 2, level, level, level]
        found = find(y, unit * np.array([0, 0, 0, 0, 1, 1, 1]))
        assert found.infinite.to_dict() == {"b1": sign * np.sign(unit) * np.inf, "1|2": 0, "2|3": 0}
        assert found.thresholds == {"b1": ("1|2",) if level == 1 else ("2|3",)}
        assert found.directions.shape == (3, 1)
        goes = "plus" if found.infinite["b1"] > 0 else "minus"
        at = found.thresholds["b1"][0]
        assert str(found) == (
            f"The data separate the levels: b1 goes to {goes} infinity (at {at}); finite: 1|2, 2|3."
        )

    def test_all_is_lost(self, find):
        found = find([1, 1, 2, 2], [-2, -1, 1, 2])
        assert found.infinite["b1"] == np.inf
        assert str(found).endswith("; no parameter is finite.")

    def test_a_threshold_that_may_go_either_way_is_missing(self, find):
        found = find([1, 1, 2, 2], [-2, -1, 1, 2])
        assert np.isnan(found.infinite["1|2"])
        assert "1|2 has no settled value (at 1|2)" in str(found)
        # Where all covariates are positive, the threshold has to follow the coefficient.
        assert find([1, 1, 2, 2], [1, 2, 3, 4]).infinite.tolist() == [np.inf, np.inf]

    def test_separation_at_one_threshold_of_several(self, find):
        # x tells level 1 from the others without an exception, but not level 2 from level 3
        y, x = [1, 1, 1, 2, 3, 2, 3], [[0, 1], [0, 0], [0, 1], [1, 0], [1, 1], [1, 1], [1, 0]]
        found = find(y, x)
        assert found.infinite["b1"] == np.inf
        assert found.infinite["b2"] == 0.0
        assert found.infinite["2|3"] == np.inf  # 2|3 less b1 is finite
        assert found.thresholds["b1"] == ("1|2",)

    def test_offsets_weights_and_scale_effects_change_nothing(self, find):
        y, x = [1, 2, 3, 2, 3, 3, 3], [0, 0, 0, 0, 1, 1, 1]
        plain = find(y, x)
        rng = np.random.default_rng(0)
        found = find(
            y, x, scale=rng.normal(size=(7, 1)), weights=rng.uniform(1, 2, 7), offset=np.arange(7.0)
        )
        assert found.infinite.drop("s1").equals(plain.infinite)
        assert found.infinite["s1"] == 0.0
        assert found.thresholds == plain.thresholds
        assert (found.directions[1] == 0).all()

    def test_a_nominal_effect_goes_alone(self, find):
        # Those with n = 1 are never at the lowest level, but are at each of the others.
        y, n = [1, 2, 3, 1, 2, 3, 2, 3, 2], np.array([0, 0, 0, 0, 0, 0, 1, 1, 1])
        found = find(y, nominal=n[:, None])
        assert found.infinite.to_dict() == {"1|2": 0, "2|3": 0, "1|2:n1": -np.inf, "2|3:n1": 0}
        assert found.thresholds == {"1|2:n1": ("1|2",)}

    def test_every_infinite_parameter_says_where(self, find):
        y, n = [1, 2, 3, 1, 2, 3, 1, 1, 1], np.repeat([0.0, 1.0], [6, 3])[:, None]
        found = find(y, nominal=n)
        assert found.infinite["1|2:n1"] == np.inf
        assert np.isnan(found.infinite["2|3:n1"])  # no row of the group has it for a bound
        assert "(at )" not in str(found)

    def test_structured_thresholds_hold_what_free_ones_would_lose(self, find):
        y, n = [1, 2, 3, 4, 1, 2, 3, 4, 2, 3, 4, 2], np.repeat([0.0, 1.0], [8, 4])[:, None]
        assert find(y, nominal=n).infinite["1|2:n1"] == -np.inf
        equidistant = np.array([[1.0, 0.0], [1.0, 1.0], [1.0, 2.0]])
        assert not find(y, nominal=n, jacobian=equidistant).separated
        symmetric2 = np.array([[-1.0], [0.0], [1.0]])
        assert not find(y, nominal=n, jacobian=symmetric2, shift=False).separated

    def test_a_level_no_row_is_sure_of(self, find):
        low, high = np.array([0, 1, 1, 3, 0, 3]), np.array([0, 2, 2, 3, 0, 3])
        found = find(Outcome("y", (1, 2, 3, 4), low, high))
        assert np.isnan(found.infinite["2|3"])
        assert found.infinite["1|2"] == found.infinite["3|4"] == 0.0

    @pytest.mark.parametrize("seed", range(30))
    def test_a_parameter_is_infinite_where_its_direction_is_lost(self, find, seed):
        """By brute force: along the sign reported the likelihood rises for ever."""
        rng = np.random.default_rng(seed)
        x = np.column_stack([rng.normal(size=14), rng.integers(0, 2, 14)])
        y = np.digitize(3 * x[:, 0] + 2 * x[:, 1] + rng.logistic(size=14), [-1.5, 1.5])
        y[:3] = 0, 1, 2
        x[:, 1] = np.where(rng.uniform(size=14) < 0.5, 1.0 * (y == 2), x[:, 1])
        found = find(y, x)
        outward = moves(read_outcome(y), x)
        tried = rng.normal(size=(100_000, 4))
        going = tried[(tried @ outward.T >= 0).all(axis=1)]
        if len(going):
            assert found.separated
            for number, value in enumerate(found.infinite):
                signs = np.sign(going[:, number])
                assert np.isnan(value) or (value != 0 and (signs == np.sign(value)).all())
