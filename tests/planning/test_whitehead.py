"""Whitehead's formula against Hmisc, and against formulas of two proportions."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.power import NormalIndPower
from statsmodels.stats.proportion import proportion_effectsize

import probstats as ps
from probstats.errors import ModelError
from probstats.planning.whitehead import average_shares, information

REFERENCE = Path(__file__).parents[1] / "reference"
HMISC = json.loads((REFERENCE / "planning_power.json").read_text(encoding="utf-8"))
SHARES = [0.1, 0.45, 0.35, 0.1]


def cases(what):
    return [case for case in HMISC["cases"] if case["what"] == what]


def asked(case):
    return {name: case[name] for name in ("shares", "odds_ratio", "alpha", "ratio")}


def test_power_is_that_of_popower():
    assert len(cases("power")) == 80
    for case in cases("power"):
        found = ps.power(n=case["n"], **asked(case))
        for name in ("power", "efficiency", "std_error"):
            np.testing.assert_allclose(getattr(found, name), case[name], rtol=1e-13)


def test_sample_size_is_that_of_posamsize():
    assert len(cases("n")) == 80
    for case in cases("n"):
        found = ps.power(power=case["power"], **asked(case))
        np.testing.assert_allclose(found.n, case["n"], rtol=1e-13)
        np.testing.assert_allclose(found.efficiency, case["efficiency"], rtol=1e-13)


def test_the_two_values_stored_with_the_tests_of_fit():
    stored = json.loads((REFERENCE / "reference_gof.json").read_text(encoding="utf-8"))
    of_power = stored["popower_p.1_.45_.35_.1_OR2_n150"]
    found = ps.power(shares=SHARES, odds_ratio=2, n=150)
    np.testing.assert_allclose(found.power, of_power["power"], rtol=1e-14)
    np.testing.assert_allclose(found.std_error, of_power["approx.se"], rtol=1e-14)
    sized = ps.power(shares=SHARES, odds_ratio=2, power=0.8)
    np.testing.assert_allclose(sized.n, stored["posamsize_OR2_power.8"]["n"], rtol=1e-14)


def test_shares_of_the_second_group_are_those_of_pomodm():
    for case in HMISC["average"]:
        average = average_shares(np.array(case["first"]), case["odds_ratio"], 3.0)
        wanted = (np.array(case["first"]) + 3.0 * np.array(case["second"])) / 4.0
        np.testing.assert_allclose(average, wanted, rtol=1e-13)


@pytest.mark.parametrize("below", [False, True])
@pytest.mark.parametrize("shares_of", ["average", "first"])
@pytest.mark.parametrize("ratio", [1.0, 2.5])
def test_the_odds_ratio_found_has_the_power(below, shares_of, ratio):
    groups = {"shares": SHARES, "shares_of": shares_of, "ratio": ratio, "n": 116}
    found = ps.power(power=0.8, below=below, **groups)
    assert (found.odds_ratio < 1.0) == below
    again = ps.power(odds_ratio=found.odds_ratio, **groups)
    np.testing.assert_allclose(again.power, 0.8, rtol=1e-12)
    np.testing.assert_allclose(again.width, found.width, rtol=1e-12)


@pytest.mark.parametrize("odds_ratio", [0.2, 1.3, 2.0, 8.0])
def test_rows_are_the_fewest_that_have_the_power(odds_ratio):
    found = ps.power(shares=SHARES, odds_ratio=odds_ratio, power=0.9, ratio=2)
    assert found.n < found.rows < found.n + 4
    powers = [
        ps.power(shares=SHARES, odds_ratio=odds_ratio, n=n, ratio=2).power
        for n in (found.rows - 1, found.rows)
    ]
    assert powers[0] < 0.9 <= powers[1]


def test_two_levels_are_two_proportions():
    """The information of two pooled proportions, 1 / (1/(n1 pq) + 1/(n2 pq)), times n^2/(n+1)^2."""
    for n, ratio, p in ((40, 1.0, 0.3), (90, 2.0, 0.6)):
        n1 = n / (1 + ratio)
        pooled = p * (1 - p) / (1 / n1 + 1 / (n - n1))
        wanted = pooled * n**2 / (n + 1) ** 2
        found = information(n, np.array([1 - p, p]), ratio)
        np.testing.assert_allclose(found, wanted, rtol=1e-13)


def test_two_levels_agree_with_the_power_of_two_proportions():
    n = 4000
    found = ps.power(shares=[0.7, 0.3], shares_of="first", odds_ratio=1.25, n=n)
    second = 0.3 * 1.25 / (0.7 + 0.3 * 1.25)
    size = proportion_effectsize(second, 0.3)
    wanted = NormalIndPower().power(size, n / 2, 0.025, alternative="larger")
    np.testing.assert_allclose(found.power, wanted, atol=2e-3)


def test_width_and_summary():
    found = ps.power(shares=SHARES, odds_ratio=2, n=150)
    np.testing.assert_allclose(found.width, 2 * stats.norm.ppf(0.975) * found.std_error)
    assert found.rows == 150
    assert found.summary() == (
        "By Whitehead's formula an odds ratio of 2.00 would be found with 150 rows (75 and 75) in "
        "62 of 100 samples; its 95% interval would end at 3.32 times where it starts."
    )
    assert repr(found).splitlines()[1] == "power       0.6190 (found)"
    assert "rows        226.9 (found)" in repr(ps.power(shares=SHARES, odds_ratio=2, power=0.8))
    assert {"power", "width", "rows", "summary"} <= set(dir(found))


def test_a_tiny_alpha_keeps_its_quantile():
    found = ps.power(shares=SHARES, odds_ratio=2.0, n=150, alpha=1e-30)
    assert np.isclose(found.width, 2.0 * stats.norm.isf(5e-31) * found.std_error, rtol=1e-12)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"shares": [0.5, 0.6]}, "shares add up to 1.1 and must add up to 1; divide counts"),
        ({"shares": [14, 63, 49]}, "shares add up to 126"),
        ({"shares": [1.0]}, "one level only"),
        ({"shares": [1.0, 0.0]}, "one level only"),
        ({"shares": [1.2, -0.2]}, "share 2 is -0.2; a share lies between 0 and 1"),
        ({"shares": [np.nan, 1.0]}, "share 1 is nan"),
        ({"shares": [[0.5, 0.5]]}, "one share for each level"),
        ({"shares": "many"}, "are no numbers"),
        ({"shares": None}, "pass a design to simulate, or shares="),
        ({"odds_ratio": 0}, "odds_ratio=0 must be a positive number"),
        ({"odds_ratio": -2.0}, "must be a positive number"),
        ({"odds_ratio": [2.0, 3.0]}, "must be a positive number"),
        ({"odds_ratio": 1}, "odds_ratio=1 is no effect"),
        ({"odds_ratio": True}, "must be a positive number"),
        ({"n": 1}, "n=1 must be a number of rows, 2 or more"),
        ({"n": np.inf}, "n=inf must be"),
        ({"n": 1e300}, "1e\\+15 at most"),
        ({"shares": [1e-300, 1.0]}, "one level only"),
        ({"ratio": 0}, "ratio=0 must be a positive number"),
        ({"alpha": 1.5}, "alpha=1.5 must lie between 0 and 1"),
        ({"shares_of": "second"}, "shares_of='second' is not known"),
        ({"power": 0.8}, "give two of odds_ratio=, n= and power="),
        ({"n": None}, "give two of odds_ratio=, n= and power="),
        ({"n": None, "power": 0.04}, "must lie between alpha=0.05 and 1"),
        ({"n": None, "power": 80}, "must lie between alpha=0.05 and 1"),
        (
            {"shares": [0.9999, 0.0001], "odds_ratio": None, "n": 2, "power": 0.8},
            "no odds ratio has",
        ),
        ({"below": True}, "below= is for an odds ratio to be found"),
        ({"rng": 1}, "rng= needs a design"),
        ({"n_resamples": 10}, "n_resamples= needs a design"),
        ({"missing": [0.1, 0.2]}, "missing= needs a design"),
    ],
)
def test_bad_input(change, sentence):
    call = {"shares": SHARES, "odds_ratio": 2.0, "n": 150} | change
    with pytest.raises(ModelError, match=sentence.replace("(", r"\(")):
        ps.power(**call)
