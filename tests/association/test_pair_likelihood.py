"""The likelihood of a pair: probabilities, score and Hessian."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from probstats.association.pair_likelihood import PairLikelihood
from probstats.models.reading.outcome import read_outcome

PARAMS = np.array([0.4, -1.0, 0.1, 1.1, -0.6, 0.4])


@pytest.fixture(params=["known", "interval"])
def likelihood(request):
    rng = np.random.default_rng(1)
    a, b = rng.integers(0, 4, 200), rng.integers(0, 3, 200)
    if request.param == "known":
        return PairLikelihood(read_outcome(a), read_outcome(b))
    wide = pd.DataFrame({"low": b, "high": np.minimum(b + (rng.random(200) < 0.3), 2)})
    return PairLikelihood(read_outcome(a), read_outcome(wide))


def test_score_and_hessian_are_the_derivatives(likelihood):
    step, value = 1e-6, likelihood(PARAMS)
    above = [likelihood(PARAMS + step * unit) for unit in np.eye(6)]
    below = [likelihood(PARAMS - step * unit) for unit in np.eye(6)]
    pairs = list(zip(above, below, strict=True))
    slopes = [(up.loglike - down.loglike) / (2 * step) for up, down in pairs]
    bends = [(up.score - down.score) / (2 * step) for up, down in pairs]
    np.testing.assert_allclose(value.score, slopes, atol=1e-6)
    np.testing.assert_allclose(value.hessian, bends, atol=1e-6)
    np.testing.assert_allclose(value.hessian, value.hessian.T)


def test_probabilities_are_those_of_rectangles(likelihood):
    p, _ = likelihood.probabilities(PARAMS)
    rho, rows, columns = likelihood.split(PARAMS)
    rows, columns = (np.r_[-8.0, cuts, 8.0] for cuts in (rows, columns))
    normal = stats.multivariate_normal([0, 0], [[1, rho], [rho, 1]])
    below, above, left, right = likelihood.edges
    for number in range(0, len(p), 3):
        corner = rows[above[number]], columns[right[number]]
        start = rows[below[number]], columns[left[number]]
        np.testing.assert_allclose(p[number], normal.cdf(corner, lower_limit=start), atol=1e-13)


def test_all_cells_have_probability_one(likelihood):
    cells = likelihood.all_cells()
    np.testing.assert_allclose(cells.probabilities(PARAMS)[0].sum(), 1.0, rtol=1e-14)
    assert likelihood.n_rows == 200


def test_crossed_thresholds_and_a_correlation_of_one_are_impossible(likelihood):
    crossed = PARAMS.copy()
    crossed[[1, 2]] = crossed[[2, 1]]
    assert likelihood(crossed).loglike == -np.inf
    assert likelihood(np.r_[40.0, PARAMS[1:]]).loglike == -np.inf
