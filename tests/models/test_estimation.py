"""Estimates from bounds alone: scaling, intervals, and the covariance of what stays finite."""

from __future__ import annotations

import numpy as np
import pytest

from probstats.models.estimation import estimate, scaling
from probstats.models.likelihood import (
    log_probabilities,
    make_bounds,
    score_and_hessian,
    score_rows,
)
from probstats.models.links import LINKS
from probstats.models.outcome import Outcome, read_outcome

LINK = pytest.mark.parametrize("link", LINKS.values(), ids=LINKS)
LOGIT = LINKS["logit"]


def draw(seed, n=200, levels=4):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, 2)) * [1.0, 50.0] + [0.0, 1000.0]
    latent = x[:, 0] - 0.01 * (x[:, 1] - 1000) + rng.logistic(size=n)
    return x, np.digitize(latent, [-1.0, 0.5, 2.0][: levels - 1])


def inverse(found):
    """Return the inverse of the negative Hessian on the scale of the user."""
    return found.on_users_scale(found.inverse)


def solve(outcome, x, link=LOGIT, maxiter=100):
    n_thresholds = len(outcome.levels) - 1
    n_params = x.shape[1] + n_thresholds
    start = np.concatenate([np.zeros(x.shape[1]), np.linspace(-1, 1, n_thresholds)])
    bounds = make_bounds(outcome, x)
    return bounds, estimate(bounds, link, start, scaling(x, n_params), tol=1e-10, maxiter=maxiter)


def test_scaling_gives_the_same_bounds_from_standardised_covariates():
    x, y = draw(0)
    standard = (x - x.mean(axis=0)) / x.std(axis=0)
    outcome = read_outcome(y)
    phi = np.array([0.4, -0.3, -1.0, 0.2, 1.5])
    one = make_bounds(outcome, x).at(scaling(x, 5) @ phi)
    other = make_bounds(outcome, standard).at(phi)
    for found, expected in zip(one, other, strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-12)


def test_scaling_without_covariates_changes_nothing():
    np.testing.assert_array_equal(scaling(np.empty((5, 0)), 3), np.eye(3))


@LINK
def test_the_estimate_is_on_the_scale_of_the_user(link):
    x, y = draw(1)
    bounds, found = solve(read_outcome(y), x, link)
    score, hessian = score_and_hessian(found.params, bounds, link)
    assert found.maximum.converged
    assert not found.infinite.any()
    assert np.abs(score * np.sqrt(np.diag(inverse(found)))).max() < 1e-8
    np.testing.assert_allclose(inverse(found) @ -hessian, np.eye(5), atol=1e-6)


@LINK
@pytest.mark.parametrize("seed", range(3))
def test_outcomes_known_as_intervals(link, seed):
    x, y = draw(seed, n=800)
    rng = np.random.default_rng(seed)
    unknown = rng.uniform(size=800) < 0.3
    low = np.where(unknown, np.maximum(y - rng.integers(0, 2, 800), 0), y)
    high = np.where(unknown, np.minimum(y + rng.integers(0, 2, 800), 3), y)
    bounds, found = solve(Outcome("y", (0, 1, 2, 3), low, high), x, link)
    _, known = solve(read_outcome(y), x, link)
    assert found.maximum.converged
    score = score_rows(found.params, bounds, link).sum(axis=0)
    assert np.abs(score * np.sqrt(np.diag(inverse(found)))).max() < 1e-8
    # Less is known, so that the errors are larger, and the estimates differ by about so much.
    assert (np.diag(inverse(found)) > np.diag(inverse(known))).all()
    error = np.sqrt(np.diag(inverse(found)))
    assert (np.abs(found.params - known.params) < 3 * error).all()


def test_rows_of_which_nothing_is_known_change_nothing():
    x, y = draw(3)
    more = np.vstack([x, x[:50] + 1.0])
    low, high = np.r_[y, np.zeros(50, int)], np.r_[y, np.full(50, 3)]
    _, found = solve(Outcome("y", (0, 1, 2, 3), low, high), more)
    _, expected = solve(read_outcome(y), x)
    np.testing.assert_allclose(found.params, expected.params, rtol=1e-9)
    np.testing.assert_allclose(inverse(found), inverse(expected), rtol=1e-7)


def test_a_threshold_no_row_tells_about_has_no_estimate():
    x, y = draw(4)
    low, high = np.where(y == 2, 1, y), np.where(y == 1, 2, y)
    _, found = solve(Outcome("y", (0, 1, 2, 3), low, high), x)
    assert found.infinite.tolist() == [False, False, False, True, False]
    merged = np.where(y == 3, 2, np.minimum(y, 1))
    _, expected = solve(read_outcome(merged), x)
    kept = [0, 1, 2, 4]
    np.testing.assert_allclose(found.params[kept], expected.params, rtol=1e-8)
    np.testing.assert_allclose(inverse(found)[np.ix_(kept, kept)], inverse(expected), rtol=1e-6)


@LINK
def test_what_stays_finite_keeps_its_estimate_and_its_error(link):
    x, y = draw(5)
    group = (np.arange(200) < 20).astype(float)
    y[group == 1] = 3
    _, found = solve(read_outcome(y), np.column_stack([x, group]), link)
    _, rest = solve(read_outcome(y[group == 0]), x[group == 0], link)
    assert found.infinite.tolist() == [False, False, True, False, False, False]
    kept = [0, 1, 3, 4, 5]
    rel = 1e-3 if link.name == "cauchit" else 1e-6
    np.testing.assert_allclose(found.params[kept], rest.params, rtol=rel)
    np.testing.assert_allclose(inverse(found)[np.ix_(kept, kept)], inverse(rest), rtol=10 * rel)


def test_complete_separation_leaves_nothing():
    x = np.linspace(0, 1, 40)[:, None]
    bounds, found = solve(read_outcome((x[:, 0] > 0.5).astype(int)), x)
    assert found.infinite.all()
    assert (inverse(found) == 0).all()
    assert log_probabilities(found.params, bounds, LOGIT).sum() > -1e-6


def test_too_few_steps():
    x, y = draw(6)
    _, found = solve(read_outcome(y), x, maxiter=1)
    assert not found.maximum.converged
    assert found.maximum.iterations == 1
    assert np.isfinite(found.params).all()
