"""Many sets of weights at once have what each of them has alone."""

from __future__ import annotations

import warnings
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from probstats.errors import ProbstatsWarning
from probstats.models import CumulativeLinkModel
from probstats.models.kernel import batch_likelihood
from probstats.models.kernel.batch import block_size, maximise_batch
from probstats.models.kernel.batch_large import maximise_weights
from probstats.models.kernel.batch_likelihood import BatchLikelihood
from probstats.models.kernel.batch_separation import Escape, is_separated, is_singular
from probstats.models.kernel.estimation import Problem
from probstats.models.kernel.likelihood import LogLikelihood, score_rows
from probstats.models.kernel.links import LINKS

N = 50
STRUCTURES = {
    "location": {},
    "nominal": {"nominal": "~ z"},
    "scale": {"scale": "~ z"},
    "both": {"nominal": "~ g", "scale": "~ z"},
    "offset": {"offset": "o"},
    "equidistant": {"threshold": "equidistant"},
    "symmetric2": {"threshold": "symmetric2"},
}


@pytest.fixture(scope="module")
def data():
    """50 simulated rows with four levels."""
    rng = np.random.default_rng(4)
    x, z = rng.normal(size=(2, N))
    return pd.DataFrame(
        {
            "y": np.searchsorted([-1.0, 0.3, 1.5], 0.7 * x + rng.logistic(size=N)),
            "x": x,
            "z": z,
            "g": pd.Categorical(rng.choice(["a", "b"], N)),
            "o": rng.normal(size=N) / 3.0,
        }
    )


@pytest.fixture(scope="module")
def weights():
    """How often each row is in 40 resamples."""
    return np.random.default_rng(5).multinomial(N, np.full(N, 1.0 / N), size=40).astype(float)


@pytest.fixture
def problem(data):
    """Make the problem of a model, started at its estimates."""

    def make(link="logit", formula="y ~ x", **structure):
        model = CumulativeLinkModel.from_formula(formula, data, link, **structure)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ProbstatsWarning)
            fit = model.fit()
        return replace(model.problem(), start=fit.maximum.params)

    return make


def alone(problem, weights):
    """Return the problem of the rows with a weight."""
    kept = weights > 0.0
    return replace(problem, rows=replace(problem.rows.take(kept), weights=weights[kept]))


class TestValue:
    @pytest.mark.parametrize("link", LINKS)
    @pytest.mark.parametrize("structure", STRUCTURES)
    def test_each_is_the_likelihood_of_its_weights(self, problem, weights, link, structure):
        made: Problem = problem(link, **STRUCTURES[structure])
        rng = np.random.default_rng(1)
        params = made.start + 0.02 * rng.normal(size=(len(weights), len(made.start)))
        value = BatchLikelihood(made.rows, made.link)(params, weights)
        for number, (own, some) in enumerate(zip(params, weights, strict=True)):
            there = alone(made, some)
            expected = LogLikelihood(there.rows, made.link)(own)
            assert value.loglike[number] == pytest.approx(expected.loglike, rel=1e-12)
            np.testing.assert_allclose(value.score[number], expected.score, atol=1e-10)
            np.testing.assert_allclose(value.hessian[number], expected.hessian, atol=1e-9)

    @pytest.mark.parametrize("structure", ["nominal", "both"])
    def test_scores_of_rows(self, problem, structure):
        made = problem(**STRUCTURES[structure])
        params = np.stack([made.start, made.start + 0.01])
        found = BatchLikelihood(made.rows, made.link).scores(params)
        for own, scores in zip(params, found, strict=True):
            np.testing.assert_allclose(scores, score_rows(own, made.rows, made.link), atol=1e-12)

    def test_products_need_not_be_kept(self, problem, weights, monkeypatch):
        made = problem(**STRUCTURES["both"])
        kept = BatchLikelihood(made.rows, made.link)(made.start[None, :], weights)
        monkeypatch.setattr(batch_likelihood, "PRODUCTS", 0)
        fresh = BatchLikelihood(made.rows, made.link)(made.start[None, :], weights)
        np.testing.assert_allclose(fresh.hessian, kept.hessian, rtol=1e-12, atol=1e-10)

    @pytest.mark.parametrize("link", ["logit", "probit"])
    def test_an_impossible_row_without_weight_is_no_matter(self, problem, weights, link):
        made = problem(link, nominal="~ z")
        wild = made.start.copy()
        wild[-2:] += [9.0, -9.0]  # thresholds cross where z is large
        (upper, lower), _ = made.rows.bounds(wild)
        possible = upper > lower
        assert 0 < possible.sum() < N
        some = np.stack([possible.astype(float), np.ones(N)])
        with np.errstate(all="ignore"):
            value = BatchLikelihood(made.rows, made.link)(wild[None, :], some)
        expected = LogLikelihood(made.rows.take(possible), made.link)(wild)
        assert value.loglike[0] == pytest.approx(expected.loglike, rel=1e-12)
        np.testing.assert_allclose(value.hessian[0], expected.hessian, rtol=1e-9, atol=1e-9)
        assert value.loglike[1] == -np.inf


class TestMaximum:
    @pytest.mark.parametrize("link", ["logit", "probit", "cloglog", "loglog"])
    @pytest.mark.parametrize("structure", ["location", "offset", "equidistant", "symmetric2"])
    def test_each_is_the_maximum_of_its_weights(self, problem, weights, link, structure):
        made = problem(link, **STRUCTURES[structure])
        found = maximise_batch(BatchLikelihood(made.rows, made.link), made.start, weights)
        assert found.converged.all()
        assert not found.degraded.any()
        for number, some in enumerate(weights):
            expected = alone(made, some).solve(tol=1e-10, maxiter=100)
            np.testing.assert_allclose(found.params[number], expected.params, atol=1e-9)
            assert found.loglike[number] == pytest.approx(expected.loglike, abs=1e-9)
            least = found.least_information[number]
            assert least == pytest.approx(expected.least_information, rel=1e-6)

    def test_all_rows_once_are_done_at_once(self, problem):
        made = problem()
        found = maximise_batch(BatchLikelihood(made.rows, made.link), made.start, np.ones((1, N)))
        assert found.iterations[0] == 1
        np.testing.assert_allclose(found.params[0], made.start, atol=1e-12)

    def test_neither_the_start_nor_the_company_matters(self, problem, weights):
        made = problem()
        evaluate = BatchLikelihood(made.rows, made.link)
        together = maximise_batch(evaluate, made.start, weights)
        moved = made.start + np.array([0.3, -0.1, 0.0, 0.1])
        starts = np.repeat(moved[None, :], len(weights), axis=0)
        elsewhere = maximise_batch(evaluate, starts, weights)
        np.testing.assert_allclose(elsewhere.params, together.params, atol=1e-9)
        apart = maximise_batch(evaluate, made.start, weights[7:8])
        np.testing.assert_allclose(apart.params[0], together.params[7], atol=1e-13)

    def test_blocks(self, problem, weights, monkeypatch):
        made = problem()
        evaluate = BatchLikelihood(made.rows, made.link)
        together = maximise_batch(evaluate, made.start, weights)
        monkeypatch.setattr("probstats.models.kernel.batch.CELLS", 7 * N)
        assert block_size(N) == 7
        parts = maximise_batch(evaluate, made.start, weights)
        np.testing.assert_allclose(parts.params, together.params, atol=1e-13)
        np.testing.assert_array_equal(parts.iterations, together.iterations)

    @pytest.mark.parametrize("structure", ["location", "nominal"])
    def test_one_at_a_time_for_many_rows(self, problem, weights, monkeypatch, structure):
        made = problem(**STRUCTURES[structure])
        evaluate, options = BatchLikelihood(made.rows, made.link), {"tol": 1e-10, "maxiter": 50}
        together = maximise_weights(evaluate, made.start, weights[:9], **options)
        monkeypatch.setattr("probstats.models.kernel.batch_large.LARGE", 0)
        apart = maximise_weights(evaluate, made.start, weights[:9], **options)
        for name in ("params", "loglike", "hessian", "start_information", "least_information"):
            one, other = getattr(apart, name), getattr(together, name)
            np.testing.assert_allclose(one, other, rtol=1e-7, atol=1e-9)
        for name in ("converged", "singular", "degraded"):
            np.testing.assert_array_equal(getattr(apart, name), getattr(together, name))

    def test_too_few_steps(self, problem, weights):
        made = problem()
        found = maximise_batch(
            BatchLikelihood(made.rows, made.link), made.start, weights, maxiter=1
        )
        assert not found.converged.all()
        assert (found.iterations == 1).all()


class TestSeparation:
    def test_proofs_agree_with_the_linear_programme(self, problem):
        rng, proved, seen = np.random.default_rng(2), 0, 0
        for formula in ("y ~ x + z", "y ~ x + g", "y ~ g"):
            made = problem(formula=formula)
            weights = rng.multinomial(9, np.full(N, 1.0 / N), size=200).astype(float)
            level = np.eye(4)[made.rows.edges[1]]
            weights = weights[(weights @ level > 0.0).all(axis=1)]
            found = maximise_batch(BatchLikelihood(made.rows, made.link), made.start, weights)
            for number, some in enumerate(weights):
                if found.singular[number]:
                    assert is_singular(made.rows, some)
                    continue
                lost = is_separated(made.rows, some)
                seen, proved = seen + lost, proved + found.separated[number]
                healthy = found.converged[number] and not found.degraded[number]
                assert not (lost and healthy)
                assert lost or not found.separated[number]
        assert seen > 30
        assert 0.8 * seen < proved <= seen

    def test_a_direction_that_moves_a_row_inward_proves_nothing(self, problem):
        made = problem()
        escape = Escape(made.rows)
        assert not escape(np.eye(4), np.ones((4, N))).any()
        assert not escape(np.zeros((1, 4)), np.ones((1, N))).any()

    def test_rows_without_weight_do_not_hinder(self, problem, data):
        made = problem()
        some = ((data["y"] > 1) == (data["x"] > 0)).to_numpy() & data["y"].isin([0, 3]).to_numpy()
        step = np.array([[1.0, 0.0, 0.0, 0.0]])
        assert some.sum() > 3
        assert Escape(made.rows)(step, some[None, :].astype(float))[0] == is_separated(
            made.rows, some.astype(float)
        )

    def test_a_column_that_has_become_constant(self, problem, data):
        made = problem(formula="y ~ x + g")
        some = (data["g"] == "a").to_numpy(dtype=float)
        assert is_singular(made.rows, some)
        assert not is_singular(made.rows, np.ones(N))
        found = maximise_batch(BatchLikelihood(made.rows, made.link), made.start, some[None, :])
        assert found.singular[0]
        assert not found.converged[0]

    def test_thresholds_without_a_shift_carry_no_constant(self, problem, data):
        made = problem(formula="y ~ x + g", threshold="symmetric2")
        assert not is_singular(made.rows, (data["g"] == "b").to_numpy(dtype=float))
        flexible = problem(formula="y ~ x + g")
        assert is_singular(flexible.rows, (data["g"] == "b").to_numpy(dtype=float))
