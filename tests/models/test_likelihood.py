"""Log-likelihood, score and Hessian against definitions with 50 digits and finite differences."""

from __future__ import annotations

import mpmath as mp
import numpy as np
import pytest

from probstats.models.kernel.likelihood import LogLikelihood, log_probabilities, loglike, score_rows
from probstats.models.kernel.links import LINKS
from probstats.models.reading.outcome import Outcome, read_outcome

LINK = pytest.mark.parametrize("link", LINKS.values(), ids=LINKS)
LEVELS = (1, 2, 3, 4)
RNG = np.random.default_rng(1)
X, S, N = RNG.normal(size=(14, 2)), RNG.normal(size=(14, 1)), RNG.uniform(0, 1, size=(14, 1))
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
EVERYTHING = np.array([0.4, -0.7, 0.3, -1.1, 0.2, 1.6, 0.1, -0.3, 0.4])
"""Location, scale, thresholds and nominal effects."""


@pytest.fixture(autouse=True, params=["few rows", "blocks", "cells"])
def path(request, monkeypatch):
    """Few rows and many rows are worked on in different ways, with the same result."""
    few = np.inf if request.param == "few rows" else -1
    monkeypatch.setattr("probstats.models.kernel.rows.FEW", few)
    per_cell = 0 if request.param == "cells" else 1_000
    monkeypatch.setattr("probstats.models.kernel.cells.ROWS_PER_CELL", per_cell)


def cdf(name: str, x: mp.mpf) -> mp.mpf:
    return {
        "logit": lambda: 1 / (1 + mp.exp(-x)),
        "probit": lambda: mp.ncdf(x),
        "cloglog": lambda: -mp.expm1(-mp.exp(x)),
        "loglog": lambda: mp.exp(-mp.exp(-x)),
        "cauchit": lambda: mp.atan2(1, -x) / mp.pi,
    }[name]()


def exact_loglike(name: str, outcome: Outcome, *, full: bool):
    """The log-likelihood by its definition, log(F(u) - F(l)) over the rows of X, S and N."""

    def function(*params):
        beta, rest = params[:2], params[2:]
        zeta, rest = (rest[:1], rest[1:]) if full else ((), rest)
        total = mp.mpf(0)
        for x, s, n, low, high in zip(X, S, N, outcome.low, outcome.high, strict=True):
            eta = sum(b * mp.mpf(float(value)) for b, value in zip(beta, x, strict=True))
            sigma = mp.exp(zeta[0] * mp.mpf(float(s[0]))) if full else mp.mpf(1)
            shift = [effect * mp.mpf(float(n[0])) for effect in rest[3:]] if full else [0] * 3
            theta = [one + move for one, move in zip(rest[:3], shift, strict=True)]
            upper = cdf(name, (theta[high] - eta) / sigma) if high < 3 else mp.mpf(1)
            lower = cdf(name, (theta[low - 1] - eta) / sigma) if low > 0 else mp.mpf(0)
            total += mp.log(upper - lower)
        return total

    return function


def exact_derivative(function, params, *positions):
    order = [0] * len(params)
    for position in positions:
        order[position] += 1
    return float(mp.diff(function, tuple(params.tolist()), tuple(order)))


@LINK
@OUTCOME
@pytest.mark.parametrize("params", PARAMS, ids=["near", "far", "close"])
def test_log_likelihood_and_score_are_exact(make_rows, link, outcome, params):
    rows = make_rows(outcome, X)
    found = LogLikelihood(rows, link)(params)
    with mp.workdps(50):
        function = exact_loglike(link.name, outcome, full=False)
        exact = float(function(*params))
        assert found.loglike == pytest.approx(exact, rel=1e-13)
        assert loglike(params, rows, link) == pytest.approx(exact, rel=1e-13)
        for number, value in enumerate(found.score):
            exact = exact_derivative(function, params, number)
            assert value == pytest.approx(exact, rel=1e-10, abs=1e-11)


@LINK
@OUTCOME
def test_hessian_is_exact(make_rows, link, outcome):
    params = PARAMS[0]
    hessian = LogLikelihood(make_rows(outcome, X), link)(params).hessian
    np.testing.assert_allclose(hessian, hessian.T, rtol=1e-13)
    with mp.workdps(50):
        function = exact_loglike(link.name, outcome, full=False)
        for i in range(5):
            for j in range(i + 1):
                exact = exact_derivative(function, params, i, j)
                assert hessian[i, j] == pytest.approx(exact, rel=1e-10, abs=1e-11), (i, j)


@LINK
def test_all_is_exact_with_scale_and_nominal_effects(make_rows, link):
    rows = make_rows(INTERVALS, X, scale=S, nominal=N)
    found = LogLikelihood(rows, link)(EVERYTHING)
    with mp.workdps(50):
        function = exact_loglike(link.name, INTERVALS, full=True)
        assert found.loglike == pytest.approx(float(function(*EVERYTHING)), rel=1e-13)
        for i in range(9):
            exact = exact_derivative(function, EVERYTHING, i)
            assert found.score[i] == pytest.approx(exact, rel=1e-10, abs=1e-11), i
        for i, j in [
            (0, 1),
            (0, 2),
            (2, 2),
            (2, 4),
            (2, 7),
            (4, 4),
            (4, 5),
            (7, 1),
            (7, 4),
            (7, 8),
        ]:
            exact = exact_derivative(function, EVERYTHING, i, j)
            assert found.hessian[i, j] == pytest.approx(exact, rel=1e-10, abs=1e-11), (i, j)


def differences(function, params, step=1e-3):
    """Central differences with an error of the fourth power of the step, first axis first."""
    return np.array(
        [
            (8 * (function(params + h) - function(params - h))
             - (function(params + 2 * h) - function(params - 2 * h))) / (12 * step)
            for h in step * np.eye(len(params))
        ]
    )  # fmt: skip


@LINK
@pytest.mark.parametrize("parts", ["location", "nominal", "scale", "nominal scale"])
@pytest.mark.parametrize("intervals", [False, True], ids=["exact", "intervals"])
@pytest.mark.parametrize("extra", ["", "weights", "offset", "weights offset"])
def test_derivatives_of_every_model(make_rows, link, parts, intervals, extra):
    rng = np.random.default_rng(len(parts) + 10 * len(extra) + 100 * intervals)
    n, k = 60, 4
    low = rng.integers(0, k, n)
    high = np.minimum(low + rng.integers(0, 3, n), k - 1) if intervals else low
    rows = make_rows(
        Outcome("y", tuple(range(k)), low, high),
        rng.normal(size=(n, 2)),
        scale=rng.normal(size=(n, 2)) if "scale" in parts else None,
        nominal=rng.uniform(-1, 1, size=(n, 2)) if "nominal" in parts else None,
        weights=rng.uniform(0.2, 3, n) if "weights" in extra else None,
        offset=rng.normal(size=n) if "offset" in extra else None,
    )
    p, s, q = rows.sizes
    small = rng.uniform(-0.2, 0.2, p + s + q)
    small[p + s : p + s + 3] += [-1.2, 0.1, 1.4]
    evaluate = LogLikelihood(rows, link)
    found = evaluate(small)
    assert np.isfinite(found.loglike)
    score = differences(lambda params: evaluate(params).loglike, small)
    hessian = differences(lambda params: evaluate(params).score, small)
    for exact, value in ((score, found.score), (hessian, found.hessian)):
        np.testing.assert_allclose(value, exact, rtol=1e-6, atol=1e-8 * np.abs(exact).max())
    weights = np.ones(n) if rows.weights is None else rows.weights
    by_row = score_rows(small, rows, link)
    np.testing.assert_allclose(weights @ by_row, found.score, rtol=1e-9, atol=1e-10)
    assert loglike(small, rows, link) == pytest.approx(found.loglike, rel=1e-12)


@LINK
def test_derivatives_with_structured_thresholds(make_rows, link):
    jacobian = np.array([[1.0, 0.0], [1.0, 1.0], [1.0, 2.0]])
    rows = make_rows(INTERVALS, X, scale=S, nominal=N, jacobian=jacobian)
    params = np.array([0.4, -0.7, 0.3, -1.1, 1.2, 0.1, 0.2])
    evaluate = LogLikelihood(rows, link)
    found = evaluate(params)
    score = differences(lambda at: evaluate(at).loglike, params)
    hessian = differences(lambda at: evaluate(at).score, params)
    np.testing.assert_allclose(found.score, score, rtol=1e-6, atol=1e-8)
    np.testing.assert_allclose(found.hessian, hessian, rtol=1e-6, atol=1e-8)
    # The same thresholds, without the structure.
    full = LogLikelihood(make_rows(INTERVALS, X, scale=S, nominal=N), link)
    chain = np.zeros((9, 7))
    chain[:3, :3], chain[3:6, 3:5], chain[6:, 5:] = np.eye(3), jacobian, jacobian
    expected = full(chain @ params)
    assert found.loglike == pytest.approx(expected.loglike, rel=1e-13)
    np.testing.assert_allclose(found.score, chain.T @ expected.score, rtol=1e-10, atol=1e-12)
    meat = chain.T @ expected.hessian @ chain
    np.testing.assert_allclose(found.hessian, meat, rtol=1e-10, atol=1e-12)


@LINK
@OUTCOME
def test_scores_of_the_rows_add_up(make_rows, link, outcome):
    rows = make_rows(outcome, X, scale=S, nominal=N)
    by_row = score_rows(EVERYTHING, rows, link)
    assert by_row.shape == (14, 9)
    score = LogLikelihood(rows, link)(EVERYTHING).score
    np.testing.assert_allclose(by_row.sum(axis=0), score, rtol=1e-12, atol=1e-13)


@LINK
def test_a_row_that_may_have_any_level_contributes_nothing(make_rows, link):
    rows = make_rows(INTERVALS, X, scale=S, nominal=N)
    everything = (LOW == 0) & (HIGH == 3)
    assert everything.sum() == 2
    assert (log_probabilities(EVERYTHING, rows, link)[everything] == 0.0).all()
    assert (score_rows(EVERYTHING, rows, link)[everything] == 0.0).all()
    kept = LogLikelihood(rows.take(~everything), link)(EVERYTHING)
    for found, expected in zip(LogLikelihood(rows, link)(EVERYTHING), kept, strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-13, atol=1e-14)


def of_level(level: int) -> Outcome:
    codes = np.full(len(LOW), level)
    return Outcome("y", LEVELS, codes, codes)


@LINK
def test_an_interval_has_the_probabilities_of_its_levels(make_rows, link):
    levels = [
        np.exp(log_probabilities(PARAMS[0], make_rows(of_level(j), X), link)) for j in range(4)
    ]
    within = [sum(levels[j][row] for j in range(LOW[row], HIGH[row] + 1)) for row in range(14)]
    found = np.exp(log_probabilities(PARAMS[0], make_rows(INTERVALS, X), link))
    np.testing.assert_allclose(found, within, rtol=1e-13)


@LINK
def test_levels_sum_to_one(make_rows, link):
    total = sum(
        np.exp(log_probabilities(PARAMS[1], make_rows(of_level(level), X), link))
        for level in range(4)
    )
    np.testing.assert_allclose(total, 1.0, rtol=1e-14)


@LINK
def test_an_interval_of_one_level_is_that_level(make_rows, link):
    pinned = Outcome("y", LEVELS, KNOWN.low, KNOWN.low.copy())
    one, other = make_rows(pinned, X), make_rows(KNOWN, X)
    assert loglike(PARAMS[0], one, link) == loglike(PARAMS[0], other, link)


@LINK
@pytest.mark.parametrize(
    "thresholds", [[1.0, 0.0, 2.0], [0.0, 0.0, 1.0], [1e3, -1e3, 0.0], [5.0, -300.0, 900.0]]
)
def test_thresholds_out_of_order_are_impossible(make_rows, link, thresholds):
    params, rows = np.array([0.4, -0.7, *thresholds]), make_rows(KNOWN, X)
    assert loglike(params, rows, link) == -np.inf
    assert LogLikelihood(rows, link)(params).loglike == -np.inf


@LINK
def test_nominal_effects_that_cross_in_one_row_are_impossible(make_rows, link):
    nominal = np.where(np.arange(14) == 5, 1.0, 0.0)[:, None]
    rows = make_rows(KNOWN, X, nominal=nominal)
    params = np.array([0.4, -0.7, -1.0, 0.0, 1.0, 0.0, 2.0, 0.0])
    assert KNOWN.low[5] == 2  # its level lies between the second threshold and the third
    assert LogLikelihood(rows, link)(params).loglike == -np.inf
    assert np.isneginf(log_probabilities(params, rows, link)).tolist() == [
        i == 5 for i in range(14)
    ]


@pytest.mark.parametrize("link", [LINKS[name] for name in LINKS if name != "cauchit"])
def test_concave_links_have_a_negative_definite_hessian(make_rows, link):
    for params in PARAMS[:2]:
        hessian = LogLikelihood(make_rows(KNOWN, X), link)(params).hessian
        assert np.linalg.eigvalsh(hessian).max() < 0


@LINK
def test_far_from_the_data_nothing_breaks(make_rows, link):
    rows = make_rows(read_outcome([1, 2, 3]), np.array([[1.0], [0.0], [-1.0]]))
    for beta in (-60.0, -8.0, 8.0, 60.0):
        params = np.array([beta, -1.0, 1.0])
        found = LogLikelihood(rows, link)(params)
        assert -np.inf <= found.loglike < 0
        assert found.loglike == pytest.approx(loglike(params, rows, link), rel=1e-13)
        if found.loglike > -600:
            assert np.isfinite(found.score).all()
            assert np.isfinite(found.hessian).all()
