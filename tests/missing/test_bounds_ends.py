"""Limits against statsmodels, and the critical value of Imbens and Manski."""

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.nonparametric import rank_compare_2indep
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from probstats.missing.ends import Difference, Share, Superiority, Wald, critical_value, interval

Z = stats.norm.ppf(0.975)


@pytest.mark.parametrize(("count", "n"), [(0, 9), (3, 14), (9, 9), (40, 130)])
def test_wilson(count, n):
    expected = proportion_confint(count, n, method="wilson")
    np.testing.assert_allclose(Share(count, n).limits(Z), expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize("counts", [(3, 14, 9, 20), (0, 8, 5, 9), (7, 7, 0, 12)])
def test_newcombe(counts):
    a, n, b, m = counts
    expected = confint_proportions_2indep(b, m, a, n, method="newcomb", compare="diff")
    found = Difference(Share(a, n), Share(b, m)).limits(Z)
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-12)


def test_error_of_superiority_is_that_of_brunner_and_munzel():
    rng = np.random.default_rng(3)
    first, second = rng.integers(0, 4, 17), rng.integers(1, 4, 23)
    expected = rank_compare_2indep(second, first)
    found = Superiority.of(first, second)
    np.testing.assert_allclose(found.value, expected.prob1, rtol=1e-12)
    np.testing.assert_allclose(found.error, np.sqrt(expected.var / expected.nobs), rtol=1e-12)


@pytest.mark.parametrize("value", [0.0, 0.5, 1.0])
def test_limits_of_a_superiority_without_spread_solve_newcombes_equation(value):
    low, high = Superiority(value, 0.0, (5, 8)).limits(Z)
    assert low <= value <= high
    for true in {low, high} - {0.0, 1.0}:
        factor = 1 + 5.5 * ((1 - true) / (2 - true) + true / (1 + true))
        error = np.sqrt(true * (1 - true) * factor / 40)
        np.testing.assert_allclose(abs(true - value), Z * error, rtol=1e-8)
    assert high - low > 0.2


def test_an_outer_bound_of_one_has_limits_though_its_completion_has_an_error():
    low, high = Superiority(1.0, 0.05, (20, 30)).limits(Z)
    assert high == 1.0
    assert 0.5 < low < 1.0


def test_one_row_in_a_group_does_not_look_certain():
    found = Superiority.of(np.array([0]), np.array([0, 1, 1, 2, 2]))
    low, high = found.limits(Z)
    assert high - low > 0.6


@pytest.mark.parametrize(("width", "error"), [(0.01, 0.1), (0.1, 0.1), (0.5, 0.1), (3.0, 0.1)])
def test_critical_value_solves_its_equation(width, error):
    c = critical_value(width, error, 0.95)
    covered = stats.norm.cdf(c + width / error) - stats.norm.cdf(-c)
    np.testing.assert_allclose(covered, 0.95, rtol=0, atol=1e-10)


def test_critical_value_goes_from_two_sided_to_one_sided():
    assert critical_value(0.0, 0.1, 0.9) == stats.norm.ppf(0.95)
    assert critical_value(0.2, 0.0, 0.9) == stats.norm.ppf(0.9)
    values = [critical_value(width, 0.1, 0.9) for width in (0.0, 0.02, 0.1, 0.3, 5.0)]
    assert values == sorted(values, reverse=True)


def test_an_infinite_end_has_no_error_and_leaves_the_other_one_its_own():
    low, high = interval(Wald(-np.inf, np.nan), Wald(0.5, 0.1), 0.95)
    assert low == -np.inf
    np.testing.assert_allclose(high, 0.5 + 0.1 * stats.norm.ppf(0.95), rtol=1e-12)
