"""Counting identical rows once changes nothing but the time a fit takes."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from probstats.models import CumulativeLinkModel
from probstats.models.kernel import estimation, grouping
from probstats.models.kernel.grouping import GLANCE, WORTHWHILE, group_identical
from probstats.models.kernel.likelihood import LogLikelihood, loglike
from probstats.models.kernel.links import LINKS, get_link
from probstats.models.kernel.rows import Rows

STRUCTURES = {
    "location": {},
    "scale": {"scale": "~ x"},
    "nominal": {"nominal": "~ g"},
    "both": {"nominal": "~ g", "scale": "~ x"},
    "weights": {"weights": "w"},
    "offset": {"offset": "o"},
    "equidistant": {"threshold": "equidistant", "weights": "w", "offset": "o"},
}


@pytest.fixture(scope="module")
def data():
    """3,000 rows, at most 5 x 3 x 2 x 3 x 4 of them different."""
    rng = np.random.default_rng(10)
    x, group = rng.integers(0, 5, 3000) / 3, rng.integers(0, 3, 3000)
    latent = 0.7 * x - 0.3 * group + rng.logistic(size=3000)
    return pd.DataFrame(
        {
            "y": np.searchsorted([-1.0, 0.0, 1.5], latent),
            "x": x,
            "g": pd.Categorical.from_codes(group, ["a", "b", "c"]),
            "o": rng.integers(0, 2, 3000) / 2,
            "w": rng.integers(1, 4, 3000) / 2,
        }
    )


@pytest.fixture
def rows(data):
    model = CumulativeLinkModel.from_formula(
        "y ~ x", data, scale="~ x", nominal="~ g", weights="w", offset="o"
    )
    return model.rows


def ungrouped(monkeypatch):
    monkeypatch.setattr(estimation, "group_identical", lambda rows: rows)


class TestFits:
    @pytest.mark.parametrize("structure", STRUCTURES)
    def test_grouped_and_ungrouped_are_the_same(self, data, structure, monkeypatch):
        formula = "y ~ x" if "nominal" in STRUCTURES[structure] else "y ~ x + g"
        model = CumulativeLinkModel.from_formula(formula, data, **STRUCTURES[structure])
        one = model.fit()
        ungrouped(monkeypatch)
        other = model.fit()
        np.testing.assert_allclose(one.params, other.params, rtol=1e-12, atol=1e-13)
        np.testing.assert_allclose(one.cov_params(), other.cov_params(), rtol=1e-11, atol=1e-16)
        assert one.llf == pytest.approx(other.llf, rel=1e-13)
        for name in ("nobs", "bic", "llnull"):
            assert getattr(one, name) == pytest.approx(getattr(other, name), rel=1e-13)

    @pytest.mark.parametrize("link", LINKS)
    def test_for_every_link(self, data, link, monkeypatch):
        model = CumulativeLinkModel.from_formula("y ~ x + g", data, link=link)
        one = model.fit()
        ungrouped(monkeypatch)
        np.testing.assert_allclose(one.params, model.fit().params, rtol=1e-11)

    @pytest.mark.parametrize("cov_type", ["HC0", "HC1", "cluster"])
    def test_robust_errors_are_of_the_rows_as_given(self, data, cov_type, monkeypatch):
        kwds = {"groups": np.arange(3000) // 100} if cov_type == "cluster" else None
        model = CumulativeLinkModel.from_formula("y ~ x + g", data, weights="w")
        one = model.fit(cov_type=cov_type, cov_kwds=kwds)
        ungrouped(monkeypatch)
        other = model.fit(cov_type=cov_type, cov_kwds=kwds)
        np.testing.assert_allclose(one.cov_params(), other.cov_params(), rtol=1e-10, atol=1e-16)

    def test_intervals(self, data, monkeypatch):
        high = np.minimum(data["y"] + (np.arange(3000) % 4 == 0), 3)
        both = data.assign(low=data["y"], high=high)
        model = CumulativeLinkModel.from_formula("interval(low, high) ~ x + g", both)
        one = model.fit()
        ungrouped(monkeypatch)
        np.testing.assert_allclose(one.params, model.fit().params, rtol=1e-12)


class TestRows:
    def test_are_few_and_weigh_as_much(self, rows):
        distinct = group_identical(rows)
        assert len(distinct) < 5 * 3 * 2 * 4 + 1
        assert distinct.weights.sum() == pytest.approx(rows.weights.sum(), rel=1e-14)
        every = np.column_stack([
            distinct.location, distinct.scale, distinct.nominal, distinct.offset, distinct.edges.T
        ])  # fmt: skip
        assert len(np.unique(every, axis=0)) == len(distinct)

    def test_have_the_same_likelihood_at_any_parameters(self, rows):
        distinct, link = group_identical(rows), get_link("probit")
        rng = np.random.default_rng(0)
        for _ in range(5):
            zero = np.zeros(rows.n_params)
            zero[2:5] = [-1.0, 0.2, 1.0]
            params = zero + 0.05 * rng.normal(size=rows.n_params)
            assert loglike(params, distinct, link) == pytest.approx(
                loglike(params, rows, link), rel=1e-12
            )
            one, other = (LogLikelihood(part, link)(params) for part in (distinct, rows))
            np.testing.assert_allclose(one.score, other.score, rtol=1e-9, atol=1e-9)
            np.testing.assert_allclose(one.hessian, other.hessian, rtol=1e-9, atol=1e-9)

    def test_without_weights_count_themselves(self, data):
        rows = CumulativeLinkModel.from_formula("y ~ g", data).rows
        distinct = group_identical(rows)
        counts = data.groupby(["g", "y"], observed=True).size()
        assert sorted(distinct.weights) == sorted(counts)

    def test_few_rows_are_left_alone(self, rows):
        few = rows.take(slice(0, WORTHWHILE - 1))
        assert group_identical(few) is few
        assert group_identical(rows.take(slice(0, WORTHWHILE))) is not few

    def test_rows_that_are_nearly_all_different_are_left_alone(self, data):
        x = np.random.default_rng(1).normal(size=3000)
        rows = CumulativeLinkModel.from_formula("y ~ x", data.assign(x=x)).rows
        assert group_identical(rows) is rows

    def test_a_glance_does_not_decide_that_rows_are_the_same(self, data):
        """Different rows outside of the glance stay different."""
        x = data["x"].to_numpy().copy()
        seen = set(np.linspace(0, 2999, GLANCE).astype(int))
        hidden = [number for number in range(3000) if number not in seen]
        x[hidden] = np.random.default_rng(2).normal(size=len(hidden))
        rows = CumulativeLinkModel.from_formula("y ~ x", data.assign(x=x)).rows
        distinct = group_identical(rows)
        assert len(distinct) >= len(hidden)
        assert distinct.weights.sum() == 3000


class TestCollisions:
    def test_rows_of_one_key_that_differ_are_all_kept(self, rows, monkeypatch):
        monkeypatch.setattr(grouping, "_keys", lambda some: np.zeros(len(some)))
        assert group_identical(rows) is rows

    @pytest.mark.parametrize("part", ["location", "scale", "nominal", "edges", "offset"])
    def test_in_any_part(self, part, monkeypatch):
        """All rows are the same but for one part, and the keys do not see it."""
        n = WORTHWHILE
        parts = {
            "location": np.ones((n, 1)),
            "scale": np.ones((n, 1)),
            "nominal": np.ones((n, 1)),
            "edges": np.stack([np.ones(n, dtype=int), np.zeros(n, dtype=int)]),
            "offset": np.ones(n),
        }
        same = Rows(**parts, jacobian=np.eye(2))
        assert len(group_identical(same)) == 1
        parts[part] = parts[part].copy()
        turned = parts[part].T if part == "edges" else parts[part]
        turned[n // 3] += 1
        rows = Rows(**parts, jacobian=np.eye(2))
        monkeypatch.setattr(grouping, "_keys", lambda some: np.zeros(len(some)))
        assert group_identical(rows) is rows

    def test_the_fit_is_that_without_grouping(self, data, monkeypatch):
        model = CumulativeLinkModel.from_formula("y ~ x + g", data)
        expected = model.fit()
        monkeypatch.setattr(grouping, "_keys", lambda some: np.zeros(len(some)))
        np.testing.assert_allclose(model.fit().params, expected.params, rtol=1e-12)

    def test_keys_of_different_rows_are_different(self, rows):
        some = rows.take(slice(0, 500))
        every = np.column_stack(
            [some.location, some.scale, some.nominal, some.offset, some.edges.T]
        )
        assert len(np.unique(grouping._keys(some))) == len(np.unique(every, axis=0))
