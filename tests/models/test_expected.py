"""Expected information and bias adjustments, against sums over every outcome there could be."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pandas as pd
import pytest

from probstats.models import CumulativeLinkModel
from probstats.models.kernel.expected import AllLevels
from probstats.models.kernel.likelihood import LogLikelihood
from probstats.models.kernel.links import LINKS

X = pd.DataFrame({"x": [-1.0, -0.2, 0.4, 1.3]})
Z = pd.DataFrame({"z": [0.0, 1.0, 0.0, 0.5]})
STRUCTURES = {
    "location": ({"exog": X}, [0.7, -0.5, 0.9]),
    "nominal": ({"nominal": X}, [-0.6, 0.8, 0.3, -0.2]),
    "scale": ({"exog": X, "scale": Z}, [0.7, 0.4, -0.5, 0.9]),
    "scale and nominal": ({"nominal": X, "scale": Z}, [-0.3, -0.6, 0.8, 0.3, -0.2]),
    "equidistant": ({"exog": X, "threshold": "equidistant"}, [0.7, -0.5, 1.2]),
    "offset": ({"exog": X, "offset": [0.3, -0.4, 0.0, 0.2]}, [0.7, -0.5, 0.9]),
    "weights": ({"exog": X, "weights": [1.0, 2.0, 1.0, 2.0]}, [0.7, -0.5, 0.9]),
}


@pytest.fixture
def enumerated(monkeypatch):
    """Return the moments of scores and Hessians over all outcomes of the rows."""
    # Four rows are too few for a fit, but not for a likelihood.
    monkeypatch.setattr(CumulativeLinkModel, "_require_rows", lambda self: None)

    def enumerate_(structure, link):
        options, params = STRUCTURES[structure]
        rows = CumulativeLinkModel([1, 2, 3, 1], link=link, **options).rows
        params = np.array(params)
        if rows.weights is not None:  # a weight is a number of rows
            repeated = np.repeat(np.arange(4), rows.weights.astype(int))
            rows = replace(rows.take(repeated), weights=None)
        found = []
        for codes in product(range(3), repeat=len(rows)):
            one = replace(rows, edges=np.array([[code + 1 for code in codes], codes]))
            value = LogLikelihood(one, LINKS[link])(params)
            found.append((np.exp(value.loglike), value.score, value.hessian))
        return [np.array(part) for part in zip(*found, strict=True)]

    return enumerate_


def moments_of(structure, link, monkeypatch):
    monkeypatch.setattr(CumulativeLinkModel, "_require_rows", lambda self: None)
    options, params = STRUCTURES[structure]
    model = CumulativeLinkModel([1, 2, 3, 1], link=link, **options)
    return AllLevels(model.rows, model.link)(np.array(params))


@pytest.mark.parametrize("link", LINKS)
@pytest.mark.parametrize("structure", STRUCTURES)
def test_adjustment_is_that_of_the_enumerated_third_moments(
    enumerated, structure, link, monkeypatch
):
    """A_t = tr{I^-1 (P_t + Q_t)} / 2, P_t = E(U U' U_t), Q_t = E(H U_t)."""
    chance, scores, hessians = enumerated(structure, link)
    assert chance.sum() == pytest.approx(1.0, rel=1e-12)
    information = np.einsum("m,mi,mj->ij", chance, scores, scores)
    third = np.einsum("m,mij,mt->ijt", chance, scores[:, :, None] * scores[:, None, :], scores)
    third += np.einsum("m,mij,mt->ijt", chance, hessians, scores)
    adjustment = 0.5 * np.einsum("ij,jit->t", np.linalg.inv(information), third)

    found = moments_of(structure, link, monkeypatch)
    np.testing.assert_allclose(found.information(), information, rtol=1e-9, atol=1e-12)
    inverse = np.linalg.inv(found.information())
    np.testing.assert_allclose(found.adjustment(inverse), adjustment, rtol=1e-8, atol=1e-12)


@pytest.mark.parametrize("structure", ["location", "nominal", "scale"])
def test_adjustment_undoes_the_first_order_bias(enumerated, structure, monkeypatch):
    """A = -I b with the bias b of Cox and Snell (1968, equation 20), by third derivatives."""
    options, params = STRUCTURES[structure]
    chance, scores, hessians = enumerated(structure, "probit")
    step, thirds = 1e-5, []
    for direction in step * np.eye(len(params)):
        ends = []
        for sign in (1.0, -1.0):
            shifted = (options, list(np.array(params) + sign * direction))
            monkeypatch.setitem(STRUCTURES, "shifted", shifted)
            ends.append(enumerated("shifted", "probit")[2])
        thirds.append(np.einsum("m,mij->ij", chance, (ends[0] - ends[1]) / (2.0 * step)))
    joint = np.einsum("mij,mt,m->ijt", hessians, scores, chance)
    inverse = np.linalg.inv(np.einsum("m,mi,mj->ij", chance, scores, scores))
    inner = 0.5 * np.array(thirds).transpose(1, 2, 0) + joint.transpose(0, 2, 1)
    bias = np.einsum("sr,tu,rtu->s", inverse, inverse, inner)
    found = moments_of(structure, "probit", monkeypatch)
    np.testing.assert_allclose(inverse @ found.adjustment(inverse), -bias, rtol=1e-6)


def test_nothing_is_added_to_the_total_of_a_row(monkeypatch):
    found = moments_of("scale", "cloglog", monkeypatch)
    counts = found.counts(np.linalg.inv(found.information()))
    assert np.abs(counts).max() > 0.01
    np.testing.assert_allclose(counts.sum(axis=0), 0.0, atol=1e-14)


def test_no_moments_where_thresholds_are_out_of_order(monkeypatch):
    options, _ = STRUCTURES["location"]
    monkeypatch.setitem(STRUCTURES, "crossed", (options, [0.7, 0.9, -0.5]))
    assert moments_of("crossed", "logit", monkeypatch) is None
