"""Newton's method on functions whose maximum is known."""

from __future__ import annotations

import numpy as np
import pytest

from probstats.models.kernel.likelihood import Value
from probstats.models.kernel.newton import maximise

CURVATURE = np.array([[4.0, 1.0], [1.0, 3.0]])
TOP = np.array([1.0, -2.0])


def quadratic(x):
    slope = -CURVATURE @ (x - TOP)
    return Value(0.5 * slope @ (x - TOP), slope, -CURVATURE)


def rosenbrock(x):
    a, b = x
    score = [2 * (1 - a) + 400 * a * (b - a * a), -200 * (b - a * a)]
    hessian = [[-2 + 400 * b - 1200 * a * a, 400 * a], [400 * a, -200.0]]
    return Value(-((1 - a) ** 2) - 100 * (b - a * a) ** 2, np.array(score), np.array(hessian))


def test_a_parabola_takes_one_step_and_one_last():
    found = maximise(quadratic, np.array([9.0, 9.0]), tol=1e-10, maxiter=100)
    assert found.converged
    assert not found.degraded
    assert found.iterations == 2
    assert found.decrement < 1e-25
    np.testing.assert_allclose(found.params, TOP, rtol=1e-14)
    np.testing.assert_array_equal(found.hessian, -CURVATURE)


def test_starting_at_the_top():
    found = maximise(quadratic, TOP, tol=1e-10, maxiter=100)
    assert found.converged
    assert found.iterations == 1


@pytest.mark.parametrize("start", [(-1.2, 1.0), (3.0, -5.0), (0.0, 4.0), (-10.0, -10.0)])
def test_the_value_never_falls_even_where_it_is_not_concave(start):
    path = [
        maximise(rosenbrock, np.array(start), tol=1e-12, maxiter=steps).loglike
        for steps in range(60)
    ]
    assert (np.diff(path) >= -1e-12 * np.abs(path[:-1])).all()
    found = maximise(rosenbrock, np.array(start), tol=1e-12, maxiter=500)
    assert found.converged
    np.testing.assert_allclose(found.params, [1.0, 1.0], rtol=1e-6)


@pytest.mark.parametrize("maxiter", [0, 1, 3])
def test_too_few_steps(maxiter):
    found = maximise(rosenbrock, np.array([-1.2, 1.0]), tol=1e-12, maxiter=maxiter)
    assert not found.converged
    assert found.iterations == maxiter
    assert found.decrement == np.inf if maxiter == 0 else found.decrement > 1e-12


def test_a_step_over_the_edge_is_halved():
    # log x - x has its maximum at 1; the Newton step from 3 leads to -3, outside of the domain.
    outside = []

    def evaluate(x):
        if x[0] <= 0:
            outside.append(x)
            return Value(-np.inf, np.full(1, np.nan), np.full((1, 1), np.nan))
        return Value(float(np.log(x[0]) - x[0]), 1 / x - 1, -np.diag(1 / x**2))

    found = maximise(evaluate, np.array([3.0]), tol=1e-12, maxiter=50)
    assert outside
    assert found.converged
    np.testing.assert_allclose(found.params, 1.0, rtol=1e-8)


def test_what_is_reported_belongs_to_the_last_parameters():
    found = maximise(rosenbrock, np.array([-1.2, 1.0]), tol=1e-12, maxiter=4)
    value = rosenbrock(found.params)
    assert found.loglike == value.loglike
    np.testing.assert_array_equal(found.score, value.score)
    np.testing.assert_array_equal(found.hessian, value.hessian)


def test_information_is_that_of_start_and_end():
    found = maximise(rosenbrock, np.array([-1.2, 1.0]), tol=1e-12, maxiter=4)
    start = np.abs(np.linalg.eigvalsh(rosenbrock(np.array([-1.2, 1.0])).hessian)).min()
    least, most = np.linalg.eigvalsh(-found.hessian)
    assert found.start_information == pytest.approx(start, rel=1e-12)
    assert found.least_information == pytest.approx(least, rel=1e-12)
    assert found.most_information == pytest.approx(most, rel=1e-12)


def test_a_saddle_is_no_maximum():
    def evaluate(x):
        slope = np.array([2 * x[0], -2 * x[1]])
        return Value(float(x[0] ** 2 - x[1] ** 2), slope, np.diag([2.0, -2.0]))

    found = maximise(evaluate, np.zeros(2), tol=1e-10, maxiter=20)
    assert not found.converged
    assert found.degraded


def test_a_function_that_rises_for_ever_loses_its_information():
    def evaluate(x):
        tail = 1 / (1 + np.exp(x[0]))
        score = np.array([tail, -2 * (x[1] - 1)])
        value = float(-np.log1p(np.exp(-x[0])) - (x[1] - 1) ** 2)
        return Value(value, score, np.diag([-tail * (1 - tail), -2.0]))

    found = maximise(evaluate, np.zeros(2), tol=1e-10, maxiter=100)
    assert found.degraded
    assert found.params[0] > 15
    assert found.params[1] == pytest.approx(1.0)
