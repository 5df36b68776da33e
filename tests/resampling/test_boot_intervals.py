"""Percentile, BCa and studentised intervals are those of R's boot, and know their limits."""

from __future__ import annotations

import json
import warnings
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import probstats as ps
from probstats.errors import ModelError, ResampleWarning
from probstats.models.kernel.grouping import distinct_rows
from probstats.resampling.intervals import (
    acceleration,
    bca,
    percentile,
    quantile,
    require_enough,
    studentised,
)

REFERENCE = Path(__file__).parents[1] / "reference"
TERMS = ["temp[warm]", "contact[yes]"]


@pytest.fixture(scope="module")
def stored():
    """What R's boot gave for 79 resamples of the wine ratings."""
    return json.loads((REFERENCE / "bootstrap.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def fit():
    wine = pd.read_csv(REFERENCE / "wine.csv").astype({"temp": "category", "contact": "category"})
    return ps.CumulativeLinkModel.from_formula("rating ~ temp + contact", wine).fit()


@pytest.fixture(scope="module")
def found(fit, stored):
    """Our replicates of the resamples that R drew."""
    made = ps.bootstrap(fit, 79, rng=1)
    codes = distinct_rows(fit.model.problem().rows)[1]
    counts = [np.bincount(codes[rows], minlength=codes.max() + 1) for rows in stored["rows"]]
    frame = made._source.estimates(np.array(counts, dtype=float))
    tables = [frame.filter(regex=f"^{kind}").set_axis(fit.params.index, axis=1) for kind in "pe"]
    return replace(made, replicates=tables[0], replicate_errors=tables[1])


@pytest.mark.parametrize("place", [0, 1])
@pytest.mark.parametrize("kind", ["percentile", "bca", "studentised"])
def test_intervals_of_r(found, stored, kind, place):
    expected = stored["intervals"][TERMS[place]]
    for number, level in enumerate(stored["levels"]):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ResampleWarning)
            ends = found.conf_int(kind, alpha=1.0 - level).loc[TERMS[place]].to_numpy()
        known = np.isfinite(ends)  # R takes the last replicate where there is no further one
        assert known.all() or (kind == "bca" and level == 0.95)
        np.testing.assert_allclose(ends[known], np.array(expected[kind][number])[known], rtol=1e-6)


def test_acceleration_of_r(found, stored):
    expected = [stored["intervals"][term]["acceleration"] for term in TERMS]
    np.testing.assert_allclose(found.acceleration[TERMS], expected, rtol=1e-5)


class TestQuantile:
    def test_whole_places_are_replicates(self):
        values = np.arange(1.0, 20.0) ** 2
        assert quantile(values, 0.05) == 1.0
        assert quantile(values, 0.5) == 100.0
        assert quantile(values, 0.95) == 361.0

    def test_beyond_the_replicates_is_infinite(self):
        values = np.arange(19.0)
        assert quantile(values, 0.04) == -np.inf
        assert quantile(values, 0.96) == np.inf
        assert quantile(values, np.nan) == np.inf

    def test_between_replicates_on_the_normal_scale(self):
        values = stats.norm.ppf(np.arange(1, 20) / 20)
        assert quantile(values, 0.123) == pytest.approx(stats.norm.ppf(0.123), abs=1e-12)

    def test_infinite_replicates(self):
        values = np.array([-np.inf, -np.inf, 0.0, 1.0, 2.0, np.inf])
        assert quantile(values, 2 / 7) == -np.inf
        assert quantile(values, 0.35) == -np.inf
        assert quantile(values, 0.8) == np.inf
        assert np.isfinite(quantile(values, 0.6))


class TestIntervals:
    def test_without_bias_and_acceleration_bca_is_percentile(self):
        values = np.concatenate([-np.arange(1.0, 501.0), np.arange(1.0, 501.0)]) ** 3
        np.testing.assert_allclose(bca(values, 0.0, 0.0, 0.05), percentile(values, 0.05), rtol=1e-9)

    def test_bca_follows_a_transformation(self):
        values = np.random.default_rng(1).normal(1.0, 0.5, 1999)
        plain = bca(values, 0.9, 0.03, 0.1)
        moved = bca(np.exp(values), np.exp(0.9), 0.03, 0.1)
        np.testing.assert_allclose(np.log(moved), plain, atol=2e-3)

    def test_bca_where_all_replicates_are_on_one_side(self):
        assert bca(np.arange(1.0, 100.0), 0.0, 0.0, 0.1) == (-np.inf, np.inf)

    def test_ties_count_half(self):
        values = np.array([-1.0] * 40 + [0.0] * 19 + [1.0] * 40)
        assert bca(values, 1e-14, 0.0, 0.1) == percentile(values, 0.1)

    def test_studentised_of_a_normal_is_wald(self):
        z = stats.norm.ppf(np.arange(1, 2000) / 2000)
        low, high = studentised(3.0 + 2.0 * z, np.full(1999, 2.0), 3.0, 2.0, 0.05)
        np.testing.assert_allclose([low, high], 3.0 + 2.0 * stats.norm.ppf([0.025, 0.975]))

    def test_missing_errors_may_be_of_any_size(self):
        rng = np.random.default_rng(1)
        values, errors = rng.normal(size=399), np.ones(399)
        plain = studentised(values, errors, 0.0, 1.0, 0.1)
        errors[:10] = np.nan
        some = studentised(values, errors, 0.0, 1.0, 0.1)
        assert some[0] < plain[0] < plain[1] < some[1]
        errors[:25] = np.nan
        assert studentised(values, errors, 0.0, 1.0, 0.1) == (-np.inf, np.inf)
        assert studentised(values, np.ones(399), 0.0, np.nan, 0.1) == (-np.inf, np.inf)

    def test_acceleration_of_a_mean(self):
        values = np.random.default_rng(1).exponential(size=50)
        without = ((values.sum() - values) / 49)[:, None]
        skew = np.sum((values - values.mean()) ** 3) / np.sum((values - values.mean()) ** 2) ** 1.5
        assert acceleration(without, np.ones(50))[0] == pytest.approx(skew / 6.0)
        twice = acceleration(without, np.full(50, 2))[0]
        assert twice == pytest.approx(skew / 6.0 / np.sqrt(2.0))


class TestLimits:
    @pytest.mark.parametrize(("number", "alpha"), [(38, 0.05), (198, 0.01), (18, 0.1)])
    def test_too_few_replicates(self, number, alpha):
        with pytest.raises(
            ModelError, match=f"need {number + 1} replicates or more, and there are"
        ):
            require_enough(number, alpha)
        require_enough(number + 1, alpha)

    def test_of_a_bootstrap(self, fit):
        small = ps.bootstrap(fit, 30, rng=1)
        with pytest.raises(ModelError, match="need 39 replicates or more"):
            small.conf_int()
        assert small.conf_int(alpha=0.2).notna().all(axis=None)

    def test_ends_that_are_not_reached_are_infinite_and_said(self, found):
        with pytest.warns(ResampleWarning, match="have an end that the 79 replicates do not reach"):
            ends = found.conf_int("bca", alpha=0.026)
        assert np.isinf(ends).any(axis=None)

    def test_kinds(self, fit, found):
        with pytest.raises(ModelError, match="kind='basic' is not known"):
            found.conf_int("basic")
        with pytest.raises(ModelError, match="alpha=95"):
            found.conf_int(alpha=95)
        wild = ps.bootstrap(fit, 99, "score-wild", rng=1)
        with pytest.raises(ModelError, match="symmetric about the estimate"):
            wild.conf_int("bca")
        ends = wild.conf_int("studentised")
        assert (ends[0] < fit.params).all()
        assert (fit.params < ends[1]).all()
