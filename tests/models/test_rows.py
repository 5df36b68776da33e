"""Rows: parameters in their order, bounds by hand, blocks, weights."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from probstats.models.kernel.grouping import group_identical
from probstats.models.kernel.likelihood import LogLikelihood, log_probabilities, loglike, score_rows
from probstats.models.kernel.links import LINKS
from probstats.models.reading.outcome import Outcome

LINK = pytest.mark.parametrize("link", LINKS.values(), ids=LINKS)
N, K = 50, 4
PARAMS = np.array([0.3, -0.2, 0.15, -1.0, 0.2, 1.3, 0.1, -0.2, 0.15])
"""Two coefficients, a scale effect, three thresholds, a nominal effect on each."""


@pytest.fixture
def rows(make_rows):
    rng = np.random.default_rng(0)
    low = rng.integers(0, K, N)
    outcome = Outcome("y", tuple(range(K)), low, np.minimum(low + rng.integers(0, 2, N), K - 1))
    return make_rows(
        outcome,
        rng.normal(size=(N, 2)),
        scale=rng.normal(size=(N, 1)),
        nominal=rng.uniform(size=(N, 1)),
        weights=rng.integers(1, 5, N).astype(float),
        offset=rng.normal(size=N),
    )


def check_equal(one, other, rtol=1e-12):
    for found, expected in zip(one, other, strict=True):
        np.testing.assert_allclose(found, expected, rtol=rtol, atol=1e-11)


def test_parameters_are_coefficients_scale_effects_thresholds_and_nominal_effects(rows):
    assert len(rows) == N
    assert rows.sizes == (2, 1, 6)
    assert rows.n_params == 9
    beta, zeta, alpha = rows.split(PARAMS)
    assert beta.tolist() == [0.3, -0.2]
    assert zeta.tolist() == [0.15]
    assert alpha.tolist() == [[-1.0, 0.2, 1.3], [0.1, -0.2, 0.15]]


def test_bounds_by_their_definition(rows):
    bounds, inverse_scale = rows.bounds(PARAMS)
    assert bounds.shape == (2, N)
    for i in range(N):
        theta = PARAMS[3:6] + rows.nominal[i, 0] * PARAMS[6:]
        ends = np.concatenate([[-np.inf], theta, [np.inf]])
        linear = rows.location[i] @ PARAMS[:2] + rows.offset[i]
        scale = np.exp(rows.scale[i, 0] * PARAMS[2])
        np.testing.assert_allclose(bounds[:, i], (ends[rows.edges[:, i]] - linear) / scale)
        assert inverse_scale[i] == pytest.approx(1 / scale)


def test_without_scale_effects_there_is_no_scale(make_rows):
    outcome = Outcome("y", (0, 1), np.array([0, 1]), np.array([0, 1]))
    bounds, inverse_scale = make_rows(outcome).bounds(np.array([0.7]))
    assert inverse_scale is None
    assert bounds.tolist() == [[0.7, np.inf], [-np.inf, 0.7]]


def test_threshold_design_is_the_derivative_of_the_thresholds(rows, make_rows):
    none = np.empty((N, 0))
    plain = replace(rows, location=none, scale=none, weights=None, offset=None)
    finite = np.isfinite(plain.bounds(PARAMS[3:])[0])
    product = np.tensordot(PARAMS[3:], plain.threshold_design, 1)
    np.testing.assert_allclose(product[finite], plain.bounds(PARAMS[3:])[0][finite], rtol=1e-14)
    assert (plain.threshold_design[:, ~finite] == 0.0).all()


def test_without_scale_effects_the_bounds_are_a_linear_map(rows):
    plain = replace(rows, scale=np.empty((N, 0)))
    params = np.delete(PARAMS, 2)
    design, ends = plain.bound_design(), plain.ends()
    assert design.shape == (2 * N, 8)
    bounds = (design @ params).reshape(2, N) + ends
    np.testing.assert_allclose(bounds, plain.bounds(params)[0], rtol=1e-12, atol=1e-13)
    assert np.isinf(ends).any()
    assert (replace(plain, offset=None).ends()[np.isfinite(ends)] == 0.0).all()


@pytest.mark.parametrize("which", [slice(3, 11), np.arange(0, N, 7), np.arange(N) % 3 == 0])
def test_some_of_the_rows(rows, which):
    log_p = log_probabilities(PARAMS, rows, LINKS["probit"])
    some = rows.take(which)
    np.testing.assert_array_equal(log_probabilities(PARAMS, some, LINKS["probit"]), log_p[which])
    np.testing.assert_array_equal(some.weights, rows.weights[which])
    np.testing.assert_array_equal(some.threshold_design, rows.threshold_design[:, :, which])


@LINK
@pytest.mark.parametrize("size", [1, 7, N - 1, N, N + 1])
def test_the_size_of_the_blocks_changes_nothing(rows, link, size, monkeypatch):
    expected = LogLikelihood(rows, link)(PARAMS)
    monkeypatch.setattr("probstats.models.kernel.rows.BLOCK", size)
    assert sum(len(block) for block in rows.blocks()) == N
    assert max(len(block) for block in rows.blocks()) <= size
    check_equal(LogLikelihood(rows, link)(PARAMS), expected)


def test_a_second_evaluation_does_not_remember_the_first(rows, monkeypatch):
    monkeypatch.setattr("probstats.models.kernel.rows.BLOCK", 20)
    evaluate = LogLikelihood(rows, LINKS["logit"])
    first = evaluate(PARAMS)
    copies = [np.copy(part) for part in first]
    evaluate(PARAMS + 0.1)
    check_equal(first, copies, rtol=0)
    check_equal(evaluate(PARAMS), copies, rtol=0)


def test_an_impossible_row_in_the_last_block_is_seen(rows, monkeypatch):
    monkeypatch.setattr("probstats.models.kernel.rows.BLOCK", 7)
    rows.edges[:, -1] = 2, 1  # between the first threshold and the second
    rows.nominal[-1] = 50.0  # where the nominal effects put them in the wrong order
    value = LogLikelihood(rows, LINKS["logit"])(PARAMS)
    assert value.loglike == -np.inf


@LINK
def test_a_whole_weight_is_a_number_of_equal_rows(rows, link):
    repeated = rows.take(np.repeat(np.arange(N), rows.weights.astype(int)))
    repeated = replace(repeated, weights=None)
    check_equal(LogLikelihood(rows, link)(PARAMS), LogLikelihood(repeated, link)(PARAMS))
    assert loglike(PARAMS, rows, link) == pytest.approx(loglike(PARAMS, repeated, link), rel=1e-12)


def test_scores_of_the_rows_are_not_weighted(rows):
    one = score_rows(PARAMS, rows, LINKS["loglog"])
    rows.weights[:] = 1.0
    np.testing.assert_array_equal(score_rows(PARAMS, rows, LINKS["loglog"]), one)


def test_an_offset_is_a_covariate_with_coefficient_one(rows):
    location = np.column_stack([rows.location, rows.offset])
    wider = replace(rows, location=location, offset=None)
    params = np.insert(PARAMS, 2, 1.0)
    expected = LogLikelihood(wider, LINKS["cloglog"])(params)
    found = LogLikelihood(rows, LINKS["cloglog"])(PARAMS)
    kept = np.delete(np.arange(10), 2)
    assert found.loglike == pytest.approx(expected.loglike, rel=1e-13)
    np.testing.assert_allclose(found.score, expected.score[kept], rtol=1e-11)
    np.testing.assert_allclose(found.hessian, expected.hessian[np.ix_(kept, kept)], rtol=1e-10)


class TestIdenticalRows:
    @pytest.fixture(autouse=True)
    def at_once(self, monkeypatch):
        monkeypatch.setattr("probstats.models.kernel.grouping.WORTHWHILE", 1)

    @pytest.fixture
    def repeated(self, rows):
        return rows.take(np.random.default_rng(1).integers(0, 10, N))

    @LINK
    @pytest.mark.parametrize("weighted", [True, False])
    @pytest.mark.parametrize("shifted", [True, False])
    def test_they_are_counted_once_with_the_same_likelihood(
        self, repeated, link, weighted, shifted
    ):
        rows = replace(
            repeated,
            weights=np.random.default_rng(2).uniform(size=N) if weighted else None,
            offset=repeated.offset if shifted else None,
        )
        grouped = group_identical(rows)
        assert len(grouped) <= 10
        total = rows.weights.sum() if weighted else N
        assert grouped.weights.sum() == pytest.approx(total, rel=1e-14)
        check_equal(LogLikelihood(grouped, link)(PARAMS), LogLikelihood(rows, link)(PARAMS))

    def test_distinct_rows_are_left_as_they_are(self, rows, monkeypatch):
        monkeypatch.setattr("probstats.models.kernel.grouping.GLANCE", N)
        assert group_identical(rows) is rows

    @pytest.mark.parametrize("part", ["location", "scale", "nominal", "offset", "edges"])
    def test_rows_that_differ_in_one_part_are_not_identical(self, repeated, part):
        one = repeated.take(np.zeros(N, dtype=int))
        values = getattr(one, part).copy()
        if part == "edges":
            values[0, 7] += 1
        else:
            values[7] += 1e-9
        grouped = group_identical(replace(one, **{part: values}))
        weights = one.weights[0] * np.array([N - 1, 1])
        assert sorted(grouped.weights, reverse=True) == pytest.approx(weights)

    def test_a_key_shared_by_different_rows_groups_nothing(self, repeated, monkeypatch):
        monkeypatch.setattr(
            "probstats.models.kernel.grouping._keys", lambda rows: np.zeros(len(rows))
        )
        assert group_identical(repeated) is repeated

    def test_few_rows_are_not_worth_it(self, repeated, monkeypatch):
        monkeypatch.setattr("probstats.models.kernel.grouping.WORTHWHILE", N + 1)
        assert group_identical(repeated) is repeated
