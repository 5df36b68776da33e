"""Score and Hessian against derivatives with 50 digits; rows known only as an interval."""

from __future__ import annotations

import mpmath as mp
import numpy as np
import pytest

from probstats.models.likelihood import (
    log_probabilities,
    make_bounds,
    score_and_hessian,
    score_rows,
)
from probstats.models.links import LINKS
from probstats.models.outcome import Outcome, read_outcome

LINK = pytest.mark.parametrize("link", LINKS.values(), ids=LINKS)
LEVELS = (1, 2, 3, 4)
X = np.random.default_rng(1).normal(size=(14, 2))
KNOWN = read_outcome([1, 2, 3, 4, 4, 3, 2, 1, 2, 3, 1, 4, 2, 3])
#                            known     two levels   three    from below  from above  all
LOW = np.array([0, 1, 2, 3, 0, 1, 2, 0, 1, 0, 2, 1, 0, 0])
HIGH = np.array([0, 1, 2, 3, 1, 2, 3, 2, 3, 1, 3, 1, 3, 3])
INTERVALS = Outcome("y", LEVELS, LOW, HIGH)
OUTCOME = pytest.mark.parametrize("outcome", [KNOWN, INTERVALS], ids=["known", "intervals"])
PARAMS = [
    np.array([0.4, -0.7, -1.1, 0.2, 1.6]),
    np.array([-1.5, 2.5, -2.0, -1.9, 3.0]),
    np.array([0.0, 0.0, -1.0, 0.0, 1e-3]),
]


def cdf(name: str, x: mp.mpf) -> mp.mpf:
    return {
        "logit": lambda: 1 / (1 + mp.exp(-x)),
        "probit": lambda: mp.ncdf(x),
        "cloglog": lambda: -mp.expm1(-mp.exp(x)),
        "loglog": lambda: mp.exp(-mp.exp(-x)),
        "cauchit": lambda: mp.atan2(1, -x) / mp.pi,
    }[name]()


def exact_loglike(name: str, outcome: Outcome, x: np.ndarray):
    """The log-likelihood from its definition, log(F(theta_high - x'b) - F(theta_low-1 - x'b))."""

    def loglike(*params):
        beta, theta = params[:2], params[2:]
        total = mp.mpf(0)
        for row, low, high in zip(x.tolist(), outcome.low, outcome.high, strict=True):
            eta = sum(b * mp.mpf(value) for b, value in zip(beta, row, strict=True))
            upper = cdf(name, theta[high] - eta) if high < len(theta) else mp.mpf(1)
            lower = cdf(name, theta[low - 1] - eta) if low > 0 else mp.mpf(0)
            total += mp.log(upper - lower)
        return total

    return loglike


def loglike_of(params, bounds, link):
    return float(log_probabilities(np.asarray(params), bounds, link).sum())


@LINK
@OUTCOME
@pytest.mark.parametrize("params", PARAMS, ids=["near", "far", "close"])
def test_log_likelihood_and_score_are_exact(link, outcome, params):
    bounds = make_bounds(outcome, X)
    score, _ = score_and_hessian(params, bounds, link)
    with mp.workdps(50):
        function = exact_loglike(link.name, outcome, X)
        assert loglike_of(params, bounds, link) == pytest.approx(
            float(function(*params)), rel=1e-13
        )
        for number, value in enumerate(score):
            order = tuple(int(number == other) for other in range(5))
            exact = float(mp.diff(function, tuple(params.tolist()), order))
            assert value == pytest.approx(exact, rel=1e-10, abs=1e-11)


@LINK
@OUTCOME
def test_hessian_is_exact(link, outcome):
    params = PARAMS[0]
    _, hessian = score_and_hessian(params, make_bounds(outcome, X), link)
    np.testing.assert_allclose(hessian, hessian.T, rtol=1e-13)
    with mp.workdps(50):
        function = exact_loglike(link.name, outcome, X)
        for i in range(5):
            for j in range(i + 1):
                order = tuple(int(i == k) + int(j == k) for k in range(5))
                exact = float(mp.diff(function, tuple(params.tolist()), order))
                assert hessian[i, j] == pytest.approx(exact, rel=1e-10, abs=1e-11), (i, j)


@LINK
@pytest.mark.parametrize("seed", range(5))
def test_derivatives_at_random_parameters(link, seed):
    rng = np.random.default_rng(seed)
    n, p, k = 60, 3, 5
    low = rng.integers(0, k, n)
    high = np.minimum(low + rng.integers(0, 3, n), k - 1)
    bounds = make_bounds(Outcome("y", tuple(range(k)), low, high), rng.normal(size=(n, p)))
    params = np.concatenate([rng.normal(size=p), np.sort(rng.normal(size=k - 1))])
    score, hessian = score_and_hessian(params, bounds, link)
    step = 1e-5 * np.eye(len(params))
    slope = [
        (loglike_of(params + h, bounds, link) - loglike_of(params - h, bounds, link)) / 2e-5
        for h in step
    ]
    curve = [
        (
            score_and_hessian(params + h, bounds, link)[0]
            - score_and_hessian(params - h, bounds, link)[0]
        )
        / 2e-5
        for h in step
    ]
    np.testing.assert_allclose(score, slope, rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(hessian, curve, rtol=1e-5, atol=1e-5 * np.abs(hessian).max())


@LINK
@OUTCOME
def test_scores_of_the_rows_add_up(link, outcome):
    bounds = make_bounds(outcome, X)
    rows = score_rows(PARAMS[0], bounds, link)
    score, _ = score_and_hessian(PARAMS[0], bounds, link)
    assert rows.shape == (14, 5)
    np.testing.assert_allclose(rows.sum(axis=0), score, rtol=1e-13, atol=1e-13)


@LINK
def test_a_row_that_may_have_any_level_contributes_nothing(link):
    bounds = make_bounds(INTERVALS, X)
    everything = (LOW == 0) & (HIGH == 3)
    assert everything.sum() == 2
    assert (log_probabilities(PARAMS[0], bounds, link)[everything] == 0.0).all()
    assert (score_rows(PARAMS[0], bounds, link)[everything] == 0.0).all()
    kept = Outcome("y", LEVELS, LOW[~everything], HIGH[~everything])
    for found, expected in zip(
        score_and_hessian(PARAMS[0], bounds, link),
        score_and_hessian(PARAMS[0], make_bounds(kept, X[~everything]), link),
        strict=True,
    ):
        np.testing.assert_allclose(found, expected, rtol=1e-14)


@LINK
def test_an_interval_has_the_probabilities_of_its_levels(link):
    levels = [
        np.exp(
            log_probabilities(PARAMS[0], make_bounds(read_outcome_of(level), X[: len(LOW)]), link)
        )
        for level in range(4)
    ]
    within = [
        sum(levels[level][row] for level in range(LOW[row], HIGH[row] + 1))
        for row in range(len(LOW))
    ]
    found = np.exp(log_probabilities(PARAMS[0], make_bounds(INTERVALS, X), link))
    np.testing.assert_allclose(found, within, rtol=1e-13)


def read_outcome_of(level: int) -> Outcome:
    codes = np.full(len(LOW), level)
    return Outcome("y", LEVELS, codes, codes)


@LINK
def test_levels_sum_to_one(link):
    total = sum(
        np.exp(log_probabilities(PARAMS[1], make_bounds(read_outcome_of(level), X), link))
        for level in range(4)
    )
    np.testing.assert_allclose(total, 1.0, rtol=1e-14)


@LINK
def test_an_interval_of_one_level_is_that_level(link):
    pinned = Outcome("y", LEVELS, KNOWN.low, KNOWN.low.copy())
    one, other = make_bounds(pinned, X), make_bounds(KNOWN, X)
    assert loglike_of(PARAMS[0], one, link) == loglike_of(PARAMS[0], other, link)


@LINK
def test_chain_rule(link):
    transform = np.random.default_rng(4).normal(size=(5, 5)) + 3 * np.eye(5)
    phi = np.linalg.solve(transform, PARAMS[0])
    bounds = make_bounds(INTERVALS, X)
    taken = bounds.take(transform)
    score, hessian = score_and_hessian(PARAMS[0], bounds, link)
    new_score, new_hessian = score_and_hessian(phi, taken, link)
    assert loglike_of(phi, taken, link) == pytest.approx(
        loglike_of(PARAMS[0], bounds, link), rel=1e-12
    )
    np.testing.assert_allclose(new_score, transform.T @ score, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(new_hessian, transform.T @ hessian @ transform, rtol=1e-9, atol=1e-8)


@LINK
@pytest.mark.parametrize(
    "thresholds", [[1.0, 0.0, 2.0], [0.0, 0.0, 1.0], [1e3, -1e3, 0.0], [5.0, -300.0, 900.0]]
)
def test_thresholds_out_of_order_are_impossible(link, thresholds):
    params = np.array([0.4, -0.7, *thresholds])
    assert loglike_of(params, make_bounds(KNOWN, X), link) == -np.inf


@pytest.mark.parametrize("link", [LINKS[name] for name in LINKS if name != "cauchit"])
def test_concave_links_have_a_negative_definite_hessian(link):
    for params in PARAMS[:2]:
        _, hessian = score_and_hessian(params, make_bounds(KNOWN, X), link)
        assert np.linalg.eigvalsh(hessian).max() < 0


@LINK
def test_far_from_the_data_nothing_breaks(link):
    outcome = read_outcome([1, 2, 3])
    x = np.array([[1.0], [0.0], [-1.0]])
    for beta in (-60.0, -8.0, 8.0, 60.0):
        params = np.array([beta, -1.0, 1.0])
        value = loglike_of(params, make_bounds(outcome, x), link)
        assert -np.inf <= value < 0
        if value > -600:
            assert np.isfinite(score_and_hessian(params, make_bounds(outcome, x), link)[1]).all()
