"""Standardised rows: the same likelihood in other parameters."""

from __future__ import annotations

import numpy as np
import pytest

from probstats.models.kernel.likelihood import LogLikelihood, loglike
from probstats.models.kernel.links import LINKS
from probstats.models.kernel.scaling import standard_columns, standardise
from probstats.models.kernel.thresholds import STRUCTURES, make_thresholds
from probstats.models.reading.outcome import Outcome

N, K = 40, 5
THETA = np.array([-1.2, -0.4, 0.4, 1.2])
RNG = np.random.default_rng(2)
CODES = RNG.integers(0, K, N)
OUTCOME = Outcome("y", tuple(range(K)), CODES, CODES)
THRESHOLDS = [make_thresholds(name, OUTCOME.threshold_names) for name in STRUCTURES]
PARTS = {
    "nothing": (0, 0, 0),
    "location": (2, 0, 0),
    "scale": (0, 2, 0),
    "nominal": (0, 0, 2),
    "everything": (2, 1, 2),
}


def covariates(count, seed):
    rng = np.random.default_rng(seed)
    centre, spread = np.array([3.0, -200.0])[:count], np.array([0.5, 40.0])[:count]
    return rng.normal(size=(N, count)) * spread + centre


@pytest.mark.parametrize("thresholds", THRESHOLDS, ids=STRUCTURES)
@pytest.mark.parametrize("parts", PARTS)
def test_the_transform_undoes_the_scaling(make_rows, parts, thresholds):
    p, s, m = PARTS[parts]
    rows = make_rows(
        OUTCOME,
        covariates(p, 1),
        scale=covariates(s, 2),
        nominal=covariates(m, 3),
        jacobian=thresholds.jacobian,
        offset=RNG.normal(size=N),
    )
    standard, transform = standardise(rows, thresholds.shift)
    rng = np.random.default_rng(4)
    phi = np.concatenate(
        [
            rng.uniform(-0.3, 0.3, p + s),
            thresholds.parameters(THETA),
            rng.uniform(-0.02, 0.02, m * len(thresholds.names)),
        ]
    )
    found = LogLikelihood(standard, LINKS["probit"])(phi)
    expected = LogLikelihood(rows, LINKS["probit"])(transform @ phi)
    assert np.isfinite(found.loglike)
    assert found.loglike == pytest.approx(expected.loglike, rel=1e-10)
    slope = transform.T @ expected.score
    np.testing.assert_allclose(found.score, slope, rtol=1e-7, atol=1e-7 * np.abs(slope).max())
    curve = transform.T @ expected.hessian @ transform
    np.testing.assert_allclose(found.hessian, curve, rtol=1e-6, atol=1e-6 * np.abs(curve).max())
    assert loglike(transform @ phi, rows, LINKS["probit"]) == pytest.approx(
        found.loglike, rel=1e-10
    )


@pytest.mark.parametrize("thresholds", THRESHOLDS, ids=STRUCTURES)
def test_columns_have_mean_zero_and_mean_square_one(make_rows, thresholds):
    designs = {"scale": covariates(2, 6), "nominal": covariates(2, 7)}
    rows = make_rows(OUTCOME, covariates(2, 5), jacobian=thresholds.jacobian, **designs)
    standard, _ = standardise(rows, thresholds.shift)
    np.testing.assert_allclose(standard.nominal.mean(axis=0), 0.0, atol=1e-12)
    for part in (standard.scale, standard.nominal):
        np.testing.assert_allclose((part**2).mean(axis=0), 1.0, rtol=1e-12)
    if thresholds.shift is None:
        ratio = standard.location / rows.location
        np.testing.assert_allclose(ratio, ratio[:1].repeat(N, axis=0), rtol=1e-12)
    else:
        np.testing.assert_allclose(standard.location.mean(axis=0), 0.0, atol=1e-12)
    np.testing.assert_allclose((standard.location**2).mean(axis=0), 1.0, rtol=1e-12)


def test_without_covariates_nothing_changes(make_rows):
    _, transform = standardise(make_rows(OUTCOME), np.ones(K - 1))
    np.testing.assert_array_equal(transform, np.eye(K - 1))


def test_the_rows_given_are_left_alone(make_rows):
    rows = make_rows(OUTCOME, covariates(2, 1), scale=covariates(1, 2), nominal=covariates(1, 3))
    before = [part.copy() for part in (rows.location, rows.scale, rows.nominal)]
    standardise(rows, np.ones(K - 1))
    for part, expected in zip((rows.location, rows.scale, rows.nominal), before, strict=True):
        np.testing.assert_array_equal(part, expected)


@pytest.mark.parametrize(
    "column",
    [np.ones(N), np.zeros(N), np.full(N, 1e12), np.where(np.arange(N) % 2, 0.3, 0.1 + 0.2)],
    ids=["ones", "zeros", "large", "last digit"],
)
def test_constant_columns_are_no_numbers(column):
    found, _, spread = standard_columns(np.column_stack([RNG.normal(size=N), column]))
    assert np.isfinite(found[:, 0]).all()
    assert np.isnan(found[:, 1]).all()
    assert np.isnan(spread[1])


@pytest.mark.parametrize("size", [1e-12, 1.0, 1e8])
@pytest.mark.parametrize("centre", [0.0, 1.0, 1e4])
def test_columns_of_every_unit_are_standardised(size, centre):
    plain = RNG.normal(size=N)
    found, _, spread = standard_columns((size * (plain + centre))[:, None])
    expected = (plain - plain.mean()) / plain.std()
    np.testing.assert_allclose(found[:, 0], expected, rtol=1e-9, atol=1e-9)
    assert spread[0] == pytest.approx(size * plain.std(), rel=1e-10)


def test_columns_that_are_not_centred_keep_their_zero():
    found, centre, spread = standard_columns(np.array([[0.0], [3.0], [4.0]]), centred=False)
    assert centre.tolist() == [0.0]
    assert spread[0] == pytest.approx(5 / np.sqrt(3))
    assert found[:, 0] == pytest.approx(np.array([0, 3, 4]) / spread[0])
