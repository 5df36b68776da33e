"""Rows sorted by their levels: the same likelihood, whatever rows carry."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from probstats import CumulativeLinkModel
from probstats.models.kernel.blocks import Blocks
from probstats.models.kernel.cells import Cells, cell_order, is_plain
from probstats.models.kernel.links import LINKS
from probstats.models.kernel.rows import Rows
from probstats.models.kernel.scaling import standardise

N = 300
PARAMS = np.array([0.5, -0.2, -1.0, 0.1, 1.2])


@pytest.fixture
def rows():
    rng = np.random.default_rng(3)
    low = rng.integers(0, 4, N)
    high = np.minimum(low + rng.integers(0, 4, N), 3)
    none = np.empty((N, 0))
    return Rows(
        rng.normal(size=(N, 2)), none, none, np.stack([high + 1, low]), np.eye(3),
        weights=rng.uniform(0.5, 2.0, N), offset=rng.normal(size=N),
    )  # fmt: skip


@pytest.fixture
def always(monkeypatch):
    """Sort whatever can be sorted."""
    monkeypatch.setattr("probstats.models.kernel.rows.FEW", -1)
    monkeypatch.setattr("probstats.models.kernel.cells.ROWS_PER_CELL", 0)


@pytest.mark.parametrize("link", LINKS.values(), ids=LINKS)
@pytest.mark.parametrize("drop", [{}, {"weights": None}, {"offset": None}], ids=str)
def test_unsorted_rows_give_what_blocks_give(rows, link, drop):
    rows = replace(rows, **drop)
    with np.errstate(all="ignore"):
        one, other = Cells(rows, link)(PARAMS), Blocks(rows, link)(PARAMS)
    for found, expected in zip(one, other, strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-11)


def test_rows_that_say_nothing_alone(rows):
    rows.edges[:] = [[4], [0]]
    value = Cells(rows, LINKS["logit"])(PARAMS)
    assert value.loglike == 0.0
    assert not value.score.any()
    assert not value.hessian.any()


@pytest.mark.parametrize("name", LINKS)
def test_far_in_the_tails(rows, name):
    far = PARAMS * np.array([600.0, 0.0, 1.0, 1.0, 1.0])
    with np.errstate(all="ignore"):
        one, other = Cells(rows, LINKS[name])(far), Blocks(rows, LINKS[name])(far)
    assert one.loglike == pytest.approx(other.loglike, rel=1e-13)


def test_order_is_by_levels_and_keeps_the_order_within(rows):
    order = cell_order(rows)
    keys = list(zip(*rows.edges[:, order], order, strict=True))
    assert keys == sorted(keys)


def test_standardised_rows_remember_where_they_stood(rows, always):
    found, _ = standardise(rows, np.ones(3))
    assert found.order is not None
    unsorted = found.unsorted(found.location)
    mean, sd = rows.location.mean(axis=0), rows.location.std(axis=0)
    np.testing.assert_allclose(unsorted, (rows.location - mean) / sd, rtol=1e-12, atol=1e-14)
    np.testing.assert_array_equal(found.unsorted(found.weights), rows.weights)
    assert found.take(slice(0, 9)).order is None


def test_models_with_more_are_not_plain(rows, always):
    assert is_plain(rows)
    assert not is_plain(replace(rows, scale=np.ones((N, 1))))
    assert not is_plain(replace(rows, nominal=np.ones((N, 1))))


@pytest.mark.parametrize("cov_type", ["nonrobust", "HC0", "cluster"])
def test_a_fit_is_the_same_as_without_sorting(rows, cov_type, monkeypatch):
    frame = pd.DataFrame(rows.location, columns=["a", "b"]).assign(group=np.arange(N) % 17)
    frame["y"] = pd.Categorical.from_codes(rows.edges[1], ordered=True, categories=list("wxyz"))
    kwds = {"groups": "group"} if cov_type == "cluster" else None
    errors = []
    for per_cell in (0, 10**6):
        monkeypatch.setattr("probstats.models.kernel.rows.FEW", -1)
        monkeypatch.setattr("probstats.models.kernel.cells.ROWS_PER_CELL", per_cell)
        model = CumulativeLinkModel.from_formula("y ~ a + b", frame)
        assert (model.problem().rows.order is None) == bool(per_cell)
        errors.append(model.fit(cov_type=cov_type, cov_kwds=kwds).bse)
    np.testing.assert_allclose(*errors, rtol=1e-11)
