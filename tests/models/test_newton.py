"""Newton's method on functions whose maximum is known."""

from __future__ import annotations

import numpy as np
import pytest

from probstats.models.newton import maximise

CURVATURE = np.array([[4.0, 1.0], [1.0, 3.0]])
TOP = np.array([1.0, -2.0])


def quadratic(x):
    return -0.5 * (x - TOP) @ CURVATURE @ (x - TOP)


def quadratic_derivatives(x):
    return -CURVATURE @ (x - TOP), -CURVATURE


def rosenbrock(x):
    return -((1 - x[0]) ** 2) - 100 * (x[1] - x[0] ** 2) ** 2


def rosenbrock_derivatives(x):
    a, b = x
    score = [2 * (1 - a) + 400 * a * (b - a * a), -200 * (b - a * a)]
    hessian = [[-2 + 400 * b - 1200 * a * a, 400 * a], [400 * a, -200.0]]
    return np.array(score), np.array(hessian)


def test_a_parabola_takes_one_step_and_one_last():
    found = maximise(quadratic, quadratic_derivatives, np.array([9.0, 9.0]), 1e-10, 100)
    assert found.converged
    assert not found.degraded
    assert found.iterations == 2
    assert found.decrement < 1e-25
    np.testing.assert_allclose(found.params, TOP, rtol=1e-14)
    np.testing.assert_array_equal(found.hessian, -CURVATURE)


def test_starting_at_the_top():
    found = maximise(quadratic, quadratic_derivatives, TOP, 1e-10, 100)
    assert found.converged
    assert found.iterations == 1


@pytest.mark.parametrize("start", [(-1.2, 1.0), (3.0, -5.0), (0.0, 4.0), (-10.0, -10.0)])
def test_the_value_never_falls_even_where_it_is_not_concave(start):
    path = []

    def derivatives(x):
        path.append(rosenbrock(x))
        return rosenbrock_derivatives(x)

    found = maximise(rosenbrock, derivatives, np.array(start), 1e-12, 500)
    assert found.converged
    np.testing.assert_allclose(found.params, [1.0, 1.0], rtol=1e-6)
    assert (np.diff(path) >= -1e-12 * np.abs(path[:-1])).all()


@pytest.mark.parametrize("maxiter", [0, 1, 3])
def test_too_few_steps(maxiter):
    found = maximise(rosenbrock, rosenbrock_derivatives, np.array([-1.2, 1.0]), 1e-12, maxiter)
    assert not found.converged
    assert found.iterations == maxiter
    assert found.decrement == np.inf if maxiter == 0 else found.decrement > 1e-12


def test_a_step_over_the_edge_is_halved():
    # log x - x has its maximum at 1; the Newton step from 3 leads to -3, outside of the domain.
    def value(x):
        return float(np.log(x[0]) - x[0]) if x[0] > 0 else -np.inf

    def derivatives(x):
        return 1 / x - 1, -np.diag(1 / x**2)

    found = maximise(value, derivatives, np.array([3.0]), 1e-12, 50)
    assert found.converged
    np.testing.assert_allclose(found.params, 1.0, rtol=1e-8)


def test_a_saddle_is_no_maximum():
    def value(x):
        return float(x[0] ** 2 - x[1] ** 2)

    def derivatives(x):
        return np.array([2 * x[0], -2 * x[1]]), np.diag([2.0, -2.0])

    found = maximise(value, derivatives, np.zeros(2), 1e-10, 20)
    assert not found.converged
    assert found.degraded


def test_a_function_that_rises_for_ever_loses_its_information():
    def value(x):
        return float(-np.log1p(np.exp(-x[0])) - (x[1] - 1) ** 2)

    def derivatives(x):
        tail = 1 / (1 + np.exp(x[0]))
        score = np.array([tail, -2 * (x[1] - 1)])
        return score, np.diag([-tail * (1 - tail), -2.0])

    found = maximise(value, derivatives, np.zeros(2), 1e-10, 100)
    assert found.degraded
    assert found.params[0] > 15
    assert found.params[1] == pytest.approx(1.0)
