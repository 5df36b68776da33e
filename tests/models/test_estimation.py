"""Estimates from rows alone: scaling, intervals, and the covariance of what stays finite."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from probstats.models.kernel import estimation
from probstats.models.kernel.estimation import Fit, Problem, inverse_information
from probstats.models.kernel.likelihood import LogLikelihood, log_probabilities, score_rows
from probstats.models.kernel.links import LINKS
from probstats.models.kernel.scaling import standardise
from probstats.models.kernel.separation import find_separation
from probstats.models.reading.outcome import Outcome, read_outcome

LINK = pytest.mark.parametrize("link", LINKS.values(), ids=LINKS)
LOGIT = LINKS["logit"]


def draw(seed, n=200, levels=4):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, 2)) * [1.0, 50.0] + [0.0, 1000.0]
    latent = x[:, 0] - 0.01 * (x[:, 1] - 1000) + rng.logistic(size=n)
    return x, np.digitize(latent, [-1.0, 0.5, 2.0][: levels - 1])


def make_problem(rows, link=LOGIT):
    standard, transform = standardise(rows, np.ones(len(rows.jacobian)))
    p, s, _ = rows.sizes
    start = np.zeros(rows.n_params)
    start[p + s : p + s + len(rows.jacobian)] = np.linspace(-1, 1, len(rows.jacobian))
    return Problem(standard, transform, link, start)


@pytest.fixture
def solve(make_rows):
    """Fit an outcome to covariates; return the rows and what was found."""

    def run(outcome, x, link=LOGIT, maxiter=100, **parts):
        rows = make_rows(outcome, x, **parts)
        problem = make_problem(rows, link)
        maximum = problem.solve(tol=1e-10, maxiter=maxiter)
        names = [str(number) for number in range(rows.n_params)]
        separation = find_separation(
            problem.rows, problem.transform, names, outcome.threshold_names
        )
        inverse = inverse_information(maximum.hessian, separation.directions)
        return rows, Fit(maximum, separation, problem.transform, inverse)

    return run


def infinite(found):
    return (found.separation.infinite != 0.0).tolist()


@LINK
def test_the_estimate_is_on_the_scale_of_the_user(solve, link):
    x, y = draw(1)
    rows, found = solve(read_outcome(y), x, link)
    value = LogLikelihood(rows, link)(found.params)
    assert found.maximum.converged
    assert not any(infinite(found))
    assert np.abs(value.score * np.sqrt(np.diag(found.covariance))).max() < 1e-8
    np.testing.assert_allclose(found.covariance @ -value.hessian, np.eye(5), atol=1e-6)


@LINK
def test_scale_and_nominal_effects_on_the_scale_of_the_user(solve, link):
    x, y = draw(7, n=600)
    parts = {"scale": x[:, :1] + 5.0, "nominal": x[:, 1:] - 950.0}
    rows, found = solve(read_outcome(y), x[:, :1], link, **parts)
    value = LogLikelihood(rows, link)(found.params)
    assert found.maximum.converged
    assert value.loglike == pytest.approx(found.maximum.loglike, rel=1e-12)
    assert np.abs(value.score * np.sqrt(np.diag(found.covariance))).max() < 1e-7
    np.testing.assert_allclose(found.covariance @ -value.hessian, np.eye(8), atol=1e-6)


@LINK
def test_the_scores_of_a_problem_are_those_of_its_parameters(make_rows, link):
    x, y = draw(2)
    rows = make_rows(read_outcome(y), x)
    problem = make_problem(rows, link)
    maximum = problem.solve(tol=1e-10, maxiter=1)
    by_row = score_rows(problem.transform @ maximum.params, rows, link)
    expected = by_row @ problem.transform
    np.testing.assert_allclose(problem.scores(maximum), expected, rtol=1e-6, atol=1e-9)


@LINK
@pytest.mark.parametrize("seed", range(3))
def test_outcomes_known_as_intervals(solve, link, seed):
    x, y = draw(seed, n=800)
    rng = np.random.default_rng(seed)
    unknown = rng.uniform(size=800) < 0.3
    low = np.where(unknown, np.maximum(y - rng.integers(0, 2, 800), 0), y)
    high = np.where(unknown, np.minimum(y + rng.integers(0, 2, 800), 3), y)
    rows, found = solve(Outcome("y", (0, 1, 2, 3), low, high), x, link)
    _, known = solve(read_outcome(y), x, link)
    assert found.maximum.converged
    error = np.sqrt(np.diag(found.covariance))
    assert np.abs(score_rows(found.params, rows, link).sum(axis=0) * error).max() < 1e-8
    # Less is known, so that the errors are larger, and the estimates differ by about so much.
    assert (np.diag(found.covariance) > np.diag(known.covariance)).all()
    assert (np.abs(found.params - known.params) < 3 * error).all()


def test_rows_of_which_nothing_is_known_change_nothing(solve):
    x, y = draw(3)
    more = np.vstack([x, x[:50] + 1.0])
    low, high = np.r_[y, np.zeros(50, int)], np.r_[y, np.full(50, 3)]
    _, found = solve(Outcome("y", (0, 1, 2, 3), low, high), more)
    _, expected = solve(read_outcome(y), x)
    np.testing.assert_allclose(found.params, expected.params, rtol=1e-9)
    np.testing.assert_allclose(found.covariance, expected.covariance, rtol=1e-7)


def test_a_threshold_no_row_tells_about_has_no_estimate(solve):
    x, y = draw(4)
    low, high = np.where(y == 2, 1, y), np.where(y == 1, 2, y)
    _, found = solve(Outcome("y", (0, 1, 2, 3), low, high), x)
    assert infinite(found) == [False, False, False, True, False]
    assert np.isnan(found.separation.infinite.iloc[3])  # it may go to either side
    merged = np.where(y == 3, 2, np.minimum(y, 1))
    _, expected = solve(read_outcome(merged), x)
    kept = [0, 1, 2, 4]
    np.testing.assert_allclose(found.params[kept], expected.params, rtol=1e-8)
    np.testing.assert_allclose(found.covariance[np.ix_(kept, kept)], expected.covariance, rtol=1e-6)


@LINK
def test_what_stays_finite_keeps_its_estimate_and_its_error(solve, link):
    x, y = draw(5)
    group = (np.arange(200) < 20).astype(float)
    y[group == 1] = 3
    _, found = solve(read_outcome(y), np.column_stack([x, group]), link)
    _, rest = solve(read_outcome(y[group == 0]), x[group == 0], link)
    assert found.separation.infinite.tolist() == [0.0, 0.0, np.inf, 0.0, 0.0, 0.0]
    kept = [0, 1, 3, 4, 5]
    rel = 1e-3 if link.name == "cauchit" else 1e-6
    np.testing.assert_allclose(found.params[kept], rest.params, rtol=rel)
    inner = found.covariance[np.ix_(kept, kept)]
    np.testing.assert_allclose(inner, rest.covariance, rtol=10 * rel)


def test_complete_separation_leaves_nothing(solve):
    x = np.linspace(0, 1, 40)[:, None]
    rows, found = solve(read_outcome((x[:, 0] > 0.5).astype(int)), x)
    assert all(infinite(found))
    assert (found.covariance == 0).all()
    assert np.isfinite(found.params).all()
    assert log_probabilities(found.params, rows, LOGIT).sum() > -1e-6


def test_too_few_steps(solve):
    x, y = draw(6)
    _, found = solve(read_outcome(y), x, maxiter=1)
    assert not found.maximum.converged
    assert found.maximum.iterations == 1
    assert np.isfinite(found.params).all()


@LINK
def test_a_large_fit_starts_from_some_of_its_rows(make_rows, link, monkeypatch):
    x, y = draw(8, n=2000)
    problem = make_problem(make_rows(read_outcome(y), x), link)
    problem = replace(problem, start=np.array([0.0, 0.0, -3.0, -2.5, 3.0]))
    plain = problem.solve(tol=1e-10, maxiter=100)
    monkeypatch.setattr(estimation, "LARGE", 2000)
    quick = problem.solve(tol=1e-10, maxiter=100)
    assert quick.iterations < plain.iterations
    assert quick.loglike == pytest.approx(plain.loglike, rel=1e-13)
    np.testing.assert_allclose(quick.params, plain.params, rtol=1e-8, atol=1e-9)


def test_a_large_fit_whose_sixteenth_has_no_maximum(make_rows, monkeypatch):
    x, y = draw(9, n=800)
    group = (np.arange(800) < 40).astype(float)
    y[np.arange(0, 40, 16)] = 3  # the rows of the group that are looked at first
    problem = make_problem(make_rows(read_outcome(y), np.column_stack([x, group])))
    plain = problem.solve(tol=1e-10, maxiter=100)
    monkeypatch.setattr(estimation, "LARGE", 1)
    again = problem.solve(tol=1e-10, maxiter=100)
    assert plain.converged
    assert again.converged
    np.testing.assert_allclose(again.params, plain.params, rtol=1e-8)


def test_inverse_information_within_what_is_not_lost():
    hessian = -np.array([[4.0, 1.0, 0.0], [1.0, 3.0, 0.0], [0.0, 0.0, 1e-9]])
    none, last = np.empty((3, 0)), np.array([[0.0], [0.0], [1.0]])
    np.testing.assert_allclose(inverse_information(hessian, none) @ -hessian, np.eye(3), atol=1e-12)
    found = inverse_information(hessian, last)
    np.testing.assert_allclose(found[:2, :2], np.linalg.inv(-hessian[:2, :2]), rtol=1e-12)
    assert (found[2] == 0).all()
    assert (inverse_information(hessian, np.eye(3)) == 0).all()


def test_inverse_information_of_a_saddle_is_missing():
    hessian = np.diag([-1.0, 2.0])
    assert np.isnan(inverse_information(hessian, np.empty((2, 0)))).all()
    found = inverse_information(hessian, np.array([[0.0], [1.0]]))
    np.testing.assert_allclose(found, np.diag([1.0, 0.0]), atol=1e-15)
