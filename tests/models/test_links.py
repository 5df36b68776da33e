"""Every function of every link against mpmath with 60 digits, far into the tails."""

from __future__ import annotations

import itertools
import pickle

import mpmath as mp
import numpy as np
import pytest

from probstats.errors import ModelError
from probstats.models.kernel.links import LINKS, Link, get_link

POINTS = [-700.0, -100.0, -40.0, -12.5, -5.0, -1.3, -0.2, 0.0, 0.3, 1.0, 3.7, 6.0, 14.25, 37.0]
POINTS += [90.0, 700.0]
GAPS = [1e-12, 1e-8, 1e-4, 0.01, 0.019, 0.021, 0.05, 0.3, 0.99, 1.01]
TINY = 1e-290  # below, doubles run out of digits
LINK = pytest.mark.parametrize("link", LINKS.values(), ids=LINKS)


@pytest.fixture(autouse=True)
def many_digits():
    with mp.workdps(60):
        yield


def exact_cdf(name: str, x: float) -> mp.mpf:
    """F(x); for the other tail use the mirrored link at -x."""
    if mp.isinf(x):
        return mp.mpf(int(x > 0))
    x = mp.mpf(x)
    return {
        "logit": lambda: 1 / (1 + mp.exp(-x)),
        "probit": lambda: mp.erfc(-x / mp.sqrt(2)) / 2,
        "cloglog": lambda: -mp.expm1(-mp.exp(x)),
        "loglog": lambda: mp.exp(-mp.exp(-x)),
        "cauchit": lambda: mp.atan2(1, -x) / mp.pi,
    }[name]()


MIRROR = {"cloglog": "loglog", "loglog": "cloglog"}


def exact_log_difference(name: str, upper: float, lower: float) -> mp.mpf:
    mirrored = MIRROR.get(name, name)
    outside = exact_cdf(name, lower) + exact_cdf(mirrored, -upper)
    if outside < 0.5:
        return mp.log1p(-outside)
    if lower > 0:
        return mp.log(exact_cdf(mirrored, -lower) - exact_cdf(mirrored, -upper))
    return mp.log(exact_cdf(name, upper) - exact_cdf(name, lower))


def exact_log_density(name: str, x: float) -> mp.mpf:
    x = mp.mpf(x)
    return {
        "logit": lambda: -x - 2 * mp.log1p(mp.exp(-x)),
        "probit": lambda: -x * x / 2 - mp.log(2 * mp.pi) / 2,
        "cloglog": lambda: x - mp.exp(x),
        "loglog": lambda: -x - mp.exp(-x),
        "cauchit": lambda: -mp.log(mp.pi * (1 + x * x)),
    }[name]()


def exact_density_slope(name: str, x: float) -> mp.mpf:
    x = mp.mpf(x)
    return {
        "logit": lambda: -mp.tanh(x / 2),
        "probit": lambda: -x,
        "cloglog": lambda: -mp.expm1(x),
        "loglog": lambda: mp.expm1(-x),
        "cauchit": lambda: -2 * x / (1 + x * x),
    }[name]()


def exact_quantile(name: str, p: float) -> mp.mpf:
    p = mp.mpf(p)
    if name == "probit":
        start = mp.mpf(float(LINKS["probit"].quantile(float(p))))
        return mp.findroot(lambda x: mp.log(exact_cdf("probit", x)) - mp.log(p), start)
    return {
        "logit": lambda: mp.log(p / (1 - p)),
        "cloglog": lambda: mp.log(-mp.log1p(-p)),
        "loglog": lambda: -mp.log(-mp.log(p)),
        "cauchit": lambda: -mp.cot(mp.pi * p),
    }[name]()


def check_log_difference(link, pairs, digits):
    upper, lower = (np.array(side) for side in zip(*pairs, strict=True))
    found = link.log_difference(upper, lower)
    for value, u, low in zip(found, upper, lower, strict=True):
        expected = exact_log_difference(link.name, u, low)
        if abs(expected) > 1e300:
            assert value < -1e300
            continue
        expected = float(expected)
        assert abs(value - expected) <= digits * max(abs(expected), 1.0), (u, low)
        assert abs(value - expected) <= 1e-12 * abs(expected), (u, low)


@LINK
def test_log_difference_over_the_line(link):
    points = [-np.inf, *POINTS, np.inf]
    pairs = [(upper, lower) for lower, upper in itertools.combinations(points, 2)]
    check_log_difference(link, pairs, 1e-15)


@LINK
def test_log_difference_of_close_bounds(link):
    points = [x for x in POINTS if abs(x) < 600]
    pairs = [(x + gap, x) for x in points for gap in GAPS if x + gap > x]
    check_log_difference(link, pairs, 5e-15)


def test_cauchit_bounds_whose_product_overflows():
    pairs = [(1e200, 1e160), (np.inf, 1e200), (-1e160, -1e200), (1e300, 2.0)]
    check_log_difference(LINKS["cauchit"], pairs, 5e-15)


@LINK
def test_log_difference_of_random_bounds(link):
    rng = np.random.default_rng(5)
    ends = np.sort(rng.normal(scale=rng.choice([0.1, 1, 10], size=(300, 1)), size=(300, 2)))
    check_log_difference(link, [(u, low) for low, u in ends], 5e-15)


@LINK
def test_the_whole_line_has_probability_one(link):
    assert link.log_difference(np.array([np.inf]), np.array([-np.inf])) == 0.0


@LINK
def test_probabilities_of_neighbours_add_up(link):
    rng = np.random.default_rng(6)
    edges = np.sort(rng.normal(scale=4.0, size=(200, 6)), axis=1)
    edges[:, [0, -1]] = -np.inf, np.inf
    parts = np.exp(link.log_difference(edges[:, 1:], edges[:, :-1]))
    np.testing.assert_allclose(parts.sum(axis=1), 1.0, rtol=1e-14)


@LINK
def test_cdf_keeps_its_digits_in_the_lower_tail(link):
    for x in POINTS:
        exact = exact_cdf(link.name, x)
        if exact > TINY:
            assert float(link.cdf(np.float64(x))) == pytest.approx(float(exact), rel=1e-13)
        else:
            assert float(link.cdf(np.float64(x))) <= TINY


@LINK
def test_cdf_rises_from_zero_to_one_and_never_overflows(link):
    grid = np.concatenate([[-np.inf, -1e6], np.linspace(-50, 50, 2001), [1e6, np.inf]])
    values = link.cdf(grid)
    assert values[0] == 0.0
    assert values[-1] == 1.0
    assert (np.diff(values) >= 0).all()
    inner = values[(grid > -3) & (grid < 3)]
    assert (np.diff(inner) > 0).all()


@LINK
def test_log_density(link):
    found = link.log_density(np.array(POINTS))
    for value, x in zip(found, POINTS, strict=True):
        assert value == pytest.approx(float(exact_log_density(link.name, x)), rel=1e-14), x


@LINK
def test_density_vanishes_at_infinity_and_beyond_overflow(link):
    assert (link.log_density(np.array([-np.inf, np.inf])) == -np.inf).all()
    assert (link.log_density(np.array([-800.0, 800.0])) < -13).all()


@LINK
def test_density_slope(link):
    found = link.density_slope(np.array(POINTS))
    for value, x in zip(found, POINTS, strict=True):
        exact = float(exact_density_slope(link.name, x))
        assert value == pytest.approx(exact, rel=1e-13, abs=1e-16), x


@LINK
def test_density_slope_does_not_overflow(link):
    assert np.isfinite(link.density_slope(np.array([-1e4, 1e4]))).all()


@LINK
def test_density_is_the_derivative_of_the_cdf(link):
    for x in (-2.1, -0.4, 0.0, 0.9, 2.6):
        exact = mp.diff(lambda t: exact_cdf(link.name, t), x)
        assert float(np.exp(link.log_density(np.float64(x)))) == pytest.approx(
            float(exact), rel=1e-13
        )


PROBABILITIES = [1e-300, 1e-100, 1e-17, 1e-9, 1e-3, 0.2, 0.45, 0.5, 0.55, 0.8, 0.999, 1 - 1e-9]


@LINK
def test_quantile(link):
    for p in PROBABILITIES:
        exact = float(exact_quantile(link.name, p))
        tolerance = 1e-13 + 1e-15 / (1 - p)  # near 1 a double has few digits left for 1 - p
        found = float(link.quantile(np.float64(p)))
        assert found == pytest.approx(exact, rel=tolerance, abs=1e-15), p


@LINK
def test_quantile_rises_and_inverts_the_cdf(link):
    p = np.linspace(0.001, 0.999, 999)
    assert (np.diff(link.quantile(p)) > 0).all()
    np.testing.assert_allclose(link.cdf(link.quantile(p)), p, rtol=1e-12)


@pytest.mark.parametrize("name", ["logit", "probit", "cauchit"])
def test_symmetric_links(name):
    link = LINKS[name]
    upper, lower = np.array([3.0, 0.2, np.inf, 25.0]), np.array([-1.0, 0.1, 2.0, 24.0])
    np.testing.assert_allclose(
        link.log_difference(upper, lower), link.log_difference(-lower, -upper), rtol=1e-14
    )


def test_loglog_is_cloglog_upside_down():
    x = np.linspace(-4, 4, 33)
    one, other = LINKS["loglog"], LINKS["cloglog"]
    np.testing.assert_allclose(one.cdf(x), 1 - other.cdf(-x), atol=1e-15)
    np.testing.assert_array_equal(one.log_density(x), other.log_density(-x))
    np.testing.assert_array_equal(one.density_slope(x), -other.density_slope(-x))


ENDS = [-np.inf, *(x for x in POINTS if abs(x) < 50), np.inf]
PAIRS = [(u, low) for low, u in itertools.combinations(ENDS, 2)]
PAIRS += [(x + gap, x) for x in ENDS[1:-1] for gap in (1e-6, 0.01, 0.3) if abs(x) < 10]


def slopes(link, pairs):
    with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
        return link.slopes(np.array(pairs, dtype=float).T)


def close(found, expected, size, digits):
    """Whether a sum of terms of this size is right but for the last of their digits."""
    return abs(found - float(expected)) <= digits * max(float(size), 1.0)


@LINK
def test_slopes_are_exact_into_the_tails(link):
    """By d log p = f/p, from densities and probabilities with 60 digits."""
    found = slopes(link, PAIRS)
    for number, (u, low) in enumerate(PAIRS):
        log_p = exact_log_difference(link.name, u, low)
        if log_p < -1e6:
            continue  # impossible for every purpose
        a, b = (
            mp.mpf(0) if np.isinf(x) else mp.exp(exact_log_density(link.name, x) - log_p)
            for x in (u, low)
        )
        ru, rl = (mp.mpf(0) if np.isinf(x) else exact_density_slope(link.name, x) for x in (u, low))
        digits = 1e-14 * max(1.0, float(-log_p))
        assert close(found.log_p[number], log_p, -log_p, 1e-14), (u, low)
        assert close(found.first[0, number], a, a, digits), (u, low)
        assert close(found.first[1, number], -b, b, digits), (u, low)
        size_a, size_b = a * (abs(ru) + a + b), b * (abs(rl) + a + b)
        assert close(found.shift[0, number], a * (ru - a + b), size_a, digits), (u, low)
        assert close(found.shift[1, number], -b * (rl - a + b), size_b, digits), (u, low)
        assert close(found.cross[number], a * b, a * b, digits), (u, low)


@LINK
@pytest.mark.parametrize("bounds", [(1.3, -0.4), (0.31, 0.3), (np.inf, 1.2), (-0.7, -np.inf)])
def test_slopes_are_the_derivatives_of_log_difference(link, bounds):
    found = slopes(link, [bounds])
    here = [mp.mpf(x) for x in bounds]

    def log_p(u, low):
        return exact_log_difference(link.name, u, low)

    def derivative(*orders):
        """Differentiate where the bound is finite; an infinite bound does not move."""
        if any(order and mp.isinf(x) for order, x in zip(orders, here, strict=True)):
            return 0.0
        free = [i for i, x in enumerate(here) if not mp.isinf(x)]

        def function(*values):
            at = list(here)
            for i, value in zip(free, values, strict=True):
                at[i] = value
            return log_p(*at)

        return float(mp.diff(function, [here[i] for i in free], [orders[i] for i in free]))

    both = derivative(1, 1)
    assert found.log_p[0] == pytest.approx(float(log_p(*here)), rel=1e-13)
    assert found.first[:, 0] == pytest.approx([derivative(1, 0), derivative(0, 1)], rel=1e-11)
    shift = [derivative(2, 0) + both, derivative(0, 2) + both]
    assert found.shift[:, 0] == pytest.approx(shift, rel=1e-9, abs=1e-10)
    assert found.cross[0] == pytest.approx(both, rel=1e-11)


def test_slopes_of_the_logit_are_those_of_any_link():
    logit = LINKS["logit"]
    with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
        bounds = np.array(PAIRS).T
        found, expected = logit.slopes(bounds), Link.slopes(logit, bounds)
    size = np.abs(expected.first).sum(axis=0) + 1.0
    for one, other, scale in zip(found, expected, (1.0, size, size**2, size**2), strict=True):
        assert (np.abs(one - other) <= 1e-12 * scale * np.maximum(np.abs(other), 1.0)).all()


@LINK
def test_where_bounds_are_out_of_order_the_logarithm_is_no_number(link):
    found = slopes(link, [(0.0, 1.0), (-np.inf, np.inf), (-300.0, 300.0)])
    assert not np.isfinite(found.log_p).any()


@LINK
def test_slopes_where_an_exponential_overflows(link):
    pairs = [(-720.0, -725.0), (725.0, 720.0)]
    found = slopes(link, pairs)
    exact = [exact_log_difference(link.name, *pair) for pair in pairs]
    for value, expected in zip(found.log_p, exact, strict=True):
        assert value < -1e300 or value == pytest.approx(float(expected), rel=1e-12)


@LINK
def test_missing_values_stay_missing(link):
    assert np.isnan(link.cdf(np.array([np.nan]))).all()
    with np.errstate(invalid="ignore"):
        assert np.isnan(link.log_difference(np.array([np.nan]), np.array([np.nan]))).all()


@LINK
def test_pickles_to_the_same_object(link):
    assert pickle.loads(pickle.dumps(link)) is link


def test_unknown_link_is_named_with_the_known_ones():
    with pytest.raises(ModelError, match=r"'logistic' is not known.*logit, probit, cloglog"):
        get_link("logistic")
