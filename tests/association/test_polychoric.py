"""Polychoric correlations: values of R, identities, boundaries, and bad input."""

from __future__ import annotations

import json
import pickle
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import optimize, stats

import probstats as ps
from probstats.association.pair_profile import PairProfile

REFERENCE = Path(__file__).parents[1] / "reference"
VALUES = json.loads((REFERENCE / "polycor.json").read_text(encoding="utf-8"))
PAIRS = sorted(VALUES["pairs"])


def as_frame(table):
    table = np.array(table)
    rows, columns = (part.ravel() for part in np.indices(table.shape))
    counts = table.ravel()
    return pd.DataFrame({"a": np.repeat(rows, counts), "b": np.repeat(columns, counts)})


def simulate(n, rho, seed):
    latent = np.random.default_rng(seed).multivariate_normal([0, 0], [[1, rho], [rho, 1]], n)
    codes = [np.digitize(latent[:, 0], [-1, 0, 1]), np.digitize(latent[:, 1], [-0.5, 0.5])]
    return pd.DataFrame(dict(zip("ab", codes, strict=True)))


def only(found):
    (fit,) = found._fits.values()
    return fit


@pytest.mark.parametrize("name", PAIRS)
def test_maximum_likelihood_is_that_of_r(name):
    values = VALUES["pairs"][name]
    found = ps.polychoric(as_frame(values["table"]))
    line, ml = found.table.iloc[0], values["ml"]
    estimates = [line["estimate"], *found.thresholds["estimate"]]
    errors = [line["std_error"], *found.thresholds["std_error"]]
    np.testing.assert_allclose(estimates, ml["params"], atol=1e-9)
    np.testing.assert_allclose(errors, ml["se"], rtol=1e-6)  # R differentiates twice
    np.testing.assert_allclose(only(found).loglike, ml["loglik"], rtol=1e-12)
    np.testing.assert_allclose(line["statistic"], ml["lr"], rtol=1e-9)
    assert line["p_value"] == stats.chi2.sf(line["statistic"], 1)


@pytest.mark.parametrize("name", PAIRS)
def test_the_package_polycor_is_near(name):
    """Nelder-Mead stops at three or four digits; the statistic adds 1e-6 to each count."""
    values, package = VALUES["pairs"][name], VALUES["pairs"][name]["package"]
    found = ps.polychoric(as_frame(values["table"]))
    assert abs(found.table.loc[0, "estimate"] - package["rho"]) < 5e-4
    assert abs(found.table.loc[0, "std_error"] - package["se"][0]) < 5e-4
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ps.SparseWarning)
        test = found.normality().iloc[0]
    assert test["df"] == package["df"]
    if package["df"]:
        np.testing.assert_allclose(test["statistic"], package["chisq"], atol=1e-3)


@pytest.mark.parametrize("name", PAIRS)
def test_two_steps_are_those_of_r(name):
    values = VALUES["pairs"][name]
    found = ps.polychoric(as_frame(values["table"]), method="two-step")
    cuts = np.r_[values["twostep"]["rows"], values["twostep"]["columns"]]
    np.testing.assert_allclose(found.table["estimate"], values["twostep"]["rho"], atol=2e-8)
    np.testing.assert_allclose(found.thresholds["estimate"], cuts, atol=1e-12)


@pytest.mark.parametrize("name", [name for name in PAIRS if "profile95" in VALUES["pairs"][name]])
def test_profile_intervals_are_those_of_r(name):
    values = VALUES["pairs"][name]
    found = ps.polychoric(as_frame(values["table"]), interval="profile")
    ends = found.table.loc[0, ["conf_low", "conf_high"]].to_numpy(dtype=float)
    np.testing.assert_allclose(ends, values["profile95"], atol=1e-8)
    assert found.table.loc[0, "interval"] == "profile"


def test_interval_outcomes_are_those_of_r():
    values = VALUES["interval"]
    rows = pd.DataFrame(values["rectangles"])
    rows = rows.loc[rows.index.repeat(rows["n"])].reset_index(drop=True)
    found = ps.polychoric(rows[list("abcd")], {"first": ("a", "b"), "second": ("c", "d")})
    estimates = [*found.table["estimate"], *found.thresholds["estimate"]]
    np.testing.assert_allclose(estimates, values["params"], atol=1e-9)
    errors = [*found.table["std_error"], *found.thresholds["std_error"]]
    np.testing.assert_allclose(errors, values["se"], rtol=1e-6)
    np.testing.assert_allclose(only(found).loglike, values["loglik"], rtol=1e-12)
    assert found.table.loc[0, "n_interval"] == 15
    assert found.normality()["p_value"].isna().all()


def test_the_tetrachoric_correlation_fits_its_table_in_both_ways():
    frame = as_frame([[19, 5], [8, 24]])
    one, two = ps.polychoric(frame), ps.polychoric(frame, method="two-step")
    np.testing.assert_allclose(one.correlation, two.correlation, atol=1e-10)
    np.testing.assert_allclose(one.table["std_error"], two.table["std_error"], rtol=1e-8)
    p, _ = only(one).likelihood.all_cells().probabilities(only(one).params)
    np.testing.assert_allclose(56 * p, [19, 5, 8, 24], rtol=1e-9)
    # Halves at both medians: Sheppard's formula.
    halves = as_frame([[30, 10], [10, 30]])
    exact = np.sin(2 * np.pi * (0.375 - 0.25))
    np.testing.assert_allclose(ps.polychoric(halves).table["estimate"], exact, atol=1e-10)


def test_wald_intervals_are_symmetric_in_fishers_z():
    line = ps.polychoric(simulate(80, 0.6, 1), level=0.9).table.iloc[0]
    z = np.arctanh([line["conf_low"], line["estimate"], line["conf_high"]])
    np.testing.assert_allclose(z[1] - z[0], z[2] - z[1])
    error = line["std_error"] / (1 - line["estimate"] ** 2)
    np.testing.assert_allclose(z[2] - z[1], stats.norm.ppf(0.95) * error)


@pytest.mark.parametrize("seed", range(4))
def test_profile_ends_lose_what_they_should(seed):
    found = ps.polychoric(simulate(40, 0.7, seed), interval="profile", level=0.9)
    fit, goal = only(found), stats.chi2.ppf(0.9, 1)

    def best(z):
        """Return the highest log-likelihood with this correlation, by another optimiser."""
        return -optimize.minimize(
            lambda cuts: -fit.likelihood(np.r_[z, cuts]).loglike,
            fit.params[1:], jac=lambda cuts: -fit.likelihood(np.r_[z, cuts]).score[1:],
            method="BFGS", options={"gtol": 1e-7},
        ).fun  # fmt: skip

    for end in found.table.loc[0, ["conf_low", "conf_high"]]:
        np.testing.assert_allclose(2 * (fit.loglike - best(np.arctanh(end))), goal, atol=1e-6)


def test_order_of_columns_turning_and_scores_do_not_matter():
    frame = simulate(60, 0.5, 3)
    line = ps.polychoric(frame).table.iloc[0]
    turned = ps.polychoric(frame[["b", "a"]]).table.iloc[0]
    back = ps.polychoric(frame.assign(b=-10 * frame["b"])).table.iloc[0]
    np.testing.assert_allclose(line["estimate"], turned["estimate"], atol=1e-10)
    np.testing.assert_allclose(line["estimate"], -back["estimate"], atol=1e-10)
    np.testing.assert_allclose(line["conf_low"], -back["conf_high"], atol=1e-9)
    flags = ps.polychoric(frame > 0)
    assert flags.thresholds["threshold"].tolist() == ["False|True"] * 2


def test_intervals_of_one_level_are_known_levels():
    frame = simulate(60, 0.5, 4)
    known = ps.polychoric(frame)
    as_interval = ps.polychoric(frame.assign(high=frame["a"]), {"a": ("a", "high")})
    pd.testing.assert_frame_equal(known.table, as_interval.table)


def test_merged_levels_are_one_level():
    """Levels that are never told apart carry no more than one."""
    frame = simulate(60, 0.5, 5)
    low, high = frame["a"].replace({2: 1}), frame["a"].replace({1: 2})
    merged = pd.DataFrame({"low": low, "high": high, "b": frame["b"]})
    with pytest.warns(ps.EmptyLevelWarning, match="no row tells a 1 and 2 apart"):
        found = ps.polychoric(merged, {"a": ("low", "high")})
    one = ps.polychoric(frame.assign(a=low))
    np.testing.assert_allclose(found.table["estimate"], one.table["estimate"], atol=1e-10)


def test_a_level_without_probability_is_left_out():
    """Rows from 0 to 1 and from 1 to 2 could need level 1, and the likelihood does without."""
    frame = as_frame([[12, 5, 1], [4, 9, 6], [0, 5, 14]])
    frame["a"] = frame["a"].replace({1: 0, 2: 2})
    few = pd.DataFrame({"a": [0, 1, 0, 1], "high": [1, 2, 1, 2], "b": [0, 2, 1, 1]})
    both = pd.concat([frame.assign(high=frame["a"]), few], ignore_index=True)
    with pytest.warns(ps.EmptyLevelWarning, match="no row needs a 1"):
        found = ps.polychoric(both, {"a": ("a", "high")})
    settled = both.assign(a=both["a"].replace({1: 2}))[["a", "b"]]
    np.testing.assert_allclose(
        found.table["estimate"], ps.polychoric(settled).table["estimate"], atol=1e-10
    )
    assert found.thresholds["threshold"].tolist() == ["0|2", "0|1", "1|2"]
    assert found.table.loc[0, "n_interval"] == 4


def test_wide_intervals_say_nothing():
    frame = simulate(60, 0.5, 6)
    more = pd.DataFrame({"a": [0] * 9, "b": [0, 1, 2] * 3, "high": [3] * 9})
    both = pd.concat([frame.assign(high=frame["a"]), more], ignore_index=True)
    found = ps.polychoric(both, {"a": ("a", "high")})
    alone = ps.polychoric(frame).table.loc[0, "estimate"]
    # The added rows inform the thresholds of b only, and move the correlation little.
    assert 0 < abs(found.table.loc[0, "estimate"] - alone) < 0.02
    assert found.table.loc[0, "n_interval"] == 9


def test_pairwise_rows_are_counted():
    frame = simulate(90, 0.5, 7).astype(float)
    frame["c"] = simulate(90, 0.5, 70)["a"]
    frame.loc[:9, "a"] = np.nan
    frame.loc[5:24, "b"] = np.nan
    found = ps.polychoric(frame).table.set_index(["first", "second"])
    assert found["n"].tolist() == [65, 80, 70]
    assert found["dropped"].tolist() == [25, 10, 20]
    alone = ps.polychoric(frame[["a", "b"]].dropna()).table.iloc[0]
    np.testing.assert_allclose(found.loc[("a", "b"), "estimate"], alone["estimate"], rtol=1e-12)


def test_nullable_numbers_and_categories_are_the_same():
    frame = simulate(50, 0.4, 8)
    plain = ps.polychoric(frame).correlation
    pd.testing.assert_frame_equal(ps.polychoric(frame.astype("Int64")).correlation, plain)
    names = frame.apply(lambda c: pd.Categorical.from_codes(c, list("wxyz"), ordered=True))
    with pytest.warns(ps.EmptyLevelWarning, match="no row has b z"):
        found = ps.polychoric(names)
    np.testing.assert_allclose(found.correlation, plain)
    assert found.table.loc[0, "note"] == "no row has b z"


@pytest.mark.parametrize("table", [[[5, 0], [2, 6]], [[5, 1], [0, 6]], [[6, 0], [0, 6]]])
@pytest.mark.parametrize("method", ["likelihood", "two-step"])
def test_a_zero_cell_is_said(table, method):
    with pytest.warns(ps.BoundaryWarning, match="one or minus one for a and b"):
        found = ps.polychoric(as_frame(table), method=method)
    line = found.table.iloc[0]
    assert (line["estimate"], line["conf_high"], line["interval"]) == (1.0, 1.0, "exact")
    assert np.isnan(line["std_error"])
    assert "opposite order" in line["note"]
    counts = np.array(table)
    saturated = float(np.sum(counts[counts > 0] * np.log(counts[counts > 0] / counts.sum())))
    np.testing.assert_allclose(only(found).loglike, saturated)
    # At the end a table without opposite rows has a probability of a fortieth.
    p, _ = (
        only(found)
        .likelihood.all_cells()
        .probabilities(np.r_[np.arctanh(line["conf_low"]), only(found).params[1:]])
    )
    n = counts.sum()
    np.testing.assert_allclose(
        (1 - p[1]) ** n + (1 - p[2]) ** n - (p[0] + p[3]) ** n, 0.025, rtol=1e-6
    )


def test_the_boundary_is_where_the_likelihood_rises_to():
    frame = as_frame([[7, 0, 0], [3, 6, 0], [0, 4, 5]])
    with pytest.warns(ps.BoundaryWarning):
        fit = only(ps.polychoric(frame))
    profile = PairProfile(fit)
    lost = [profile.lost(z) for z in (0.0, 0.5, 1.0, 2.0, 6.0)]
    assert all(np.diff(lost) < 0)
    assert lost[-1] < 1e-9
    np.testing.assert_allclose(lost[0], fit.statistic, rtol=1e-9)


def test_the_profile_interval_at_the_boundary_has_one_end():
    frame = as_frame([[7, 0, 0], [3, 6, 0], [0, 4, 5]])
    with pytest.warns(ps.BoundaryWarning):
        found = ps.polychoric(frame, interval="profile")
    line = found.table.iloc[0]
    assert line["conf_high"] == 1.0
    lost = PairProfile(only(found)).lost(float(np.arctanh(line["conf_low"])))
    np.testing.assert_allclose(lost, stats.chi2.ppf(0.95, 1), rtol=1e-6)
    wider = found.conf_int(method="wald").iloc[0]
    assert wider["interval"] == "exact"
    assert wider["conf_low"] < line["conf_low"]


def test_identical_and_opposite_columns():
    frame = simulate(60, 0.5, 9)
    for sign in (1, -1):
        with pytest.warns(ps.BoundaryWarning):
            found = ps.polychoric(frame.assign(b=sign * frame["a"]))
        assert found.correlation.loc["a", "b"] == sign
        low, high = found.table.loc[0, ["conf_low", "conf_high"]]
        assert (high == 1.0 and low > 0.9) if sign > 0 else (low == -1.0 and high < -0.9)


def test_intervals_can_end_at_the_boundary_too():
    frame = pd.DataFrame({"a": [0] * 6 + [1] * 6 + [0, 0], "b": [0] * 6 + [1] * 6 + [0, 1]})
    frame["high"] = frame["a"].where(frame.index < 12, 1)
    with pytest.warns(ps.BoundaryWarning):
        found = ps.polychoric(frame, {"a": ("a", "high")})
    line = found.table.iloc[0]
    assert (line["estimate"], line["conf_high"], line["interval"]) == (1.0, 1.0, "profile")
    assert 0.3 < line["conf_low"] < 1.0


def test_two_rows_say_nothing_and_it_is_seen():
    with pytest.warns(ps.BoundaryWarning):
        line = ps.polychoric(pd.DataFrame({"a": [1, 2], "b": [1, 2]})).table.iloc[0]
    assert (line["conf_low"], line["conf_high"]) == (-1.0, 1.0)


def test_a_matrix_that_is_not_positive_semidefinite_is_said():
    up, nothing = [0, 0, 0, 1, 1, 1, 0, 1] * 3, [np.nan] * 24
    down = [1 - value for value in up]
    first, second = [0, 0, 0, 1, 1, 1, 1, 1] * 3, [1, 0, 0, 1, 1, 1, 0, 1] * 3
    frame = pd.DataFrame({"a": up + nothing + up, "b": second + second + nothing,
                          "c": nothing + first + down})  # fmt: skip
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ps.BoundaryWarning)
        with pytest.warns(ps.IndefiniteWarning, match="least eigenvalue -"):
            found = ps.polychoric(frame)
    assert np.linalg.eigvalsh(found.correlation)[0] < -0.1


def test_the_test_of_normality_is_twice_the_gain_of_the_saturated_table():
    table = np.array([[40, 10, 30], [12, 40, 12], [30, 10, 40]])
    found = ps.polychoric(as_frame(table)).normality().iloc[0]
    assert found["df"] == 3
    assert found["p_value"] < 1e-6
    one = ps.polychoric(as_frame(table))
    p, _ = only(one).likelihood.all_cells().probabilities(only(one).params)
    expected = table.sum() * p.reshape(3, 3)
    np.testing.assert_allclose(found["statistic"], 2 * np.sum(table * np.log(table / expected)))
    assert found["below_five"] == 0.0
    sparse = as_frame([[3, 1, 0, 0], [2, 1, 1, 0], [0, 2, 1, 1], [0, 0, 1, 1]])
    with pytest.warns(ps.SparseWarning, match="a and b"):
        ps.polychoric(sparse).normality()


def test_errors_of_two_steps_are_those_of_repeated_samples():
    rng, estimates, errors = np.random.default_rng(11), [], []
    for _ in range(80):
        latent = rng.multivariate_normal([0, 0], [[1, 0.6], [0.6, 1]], size=200)
        frame = pd.DataFrame(np.digitize(latent, [-0.3, 1.0]), columns=["a", "b"])
        line = ps.polychoric(frame, method="two-step").table.iloc[0]
        estimates.append(np.arctanh(line["estimate"]))
        errors.append(line["std_error"] / (1 - line["estimate"] ** 2))
    assert abs(np.mean(estimates) - np.arctanh(0.6)) < 0.05
    assert 0.8 < np.mean(errors) / np.std(estimates) < 1.25


def test_what_a_result_shows():
    frame = simulate(60, 0.5, 12)
    found = ps.polychoric(frame)
    assert "maximum likelihood; 95% intervals by Fisher's z" in repr(found)
    assert "_fits" not in dir(found)
    pd.testing.assert_frame_equal(found.summary_frame(), found.table)
    again = pickle.loads(pickle.dumps(found))
    pd.testing.assert_frame_equal(again.conf_int(0.8, "profile"), found.conf_int(0.8, "profile"))
    assert "two steps" in repr(ps.polychoric(frame, method="two-step"))


BASE = simulate(30, 0.5, 13)


@pytest.mark.parametrize(
    ("change", "options", "message"),
    [
        ({"b": 1}, {}, "'b' has one level only"),
        ({"b": np.nan}, {}, "'b' is missing in all 30 rows"),
        ({"b": pd.Categorical(["x", "y"] * 15)}, {}, "unordered"),
        ({"b": ["x", "y"] * 15}, {}, "no order"),
        ({"b": [0.5, 1.0] * 15}, {}, "no order"),
        ({}, {"method": "ml"}, "method='ml' is not known"),
        ({}, {"level": 95}, "level=95"),
        ({}, {"level": "a"}, "level='a'"),
        ({}, {"intervals": [("a", "b")]}, "must be a dict such as"),
        ({}, {"interval": "exact"}, "'exact' is not known"),
        ({}, {"interval": "profile", "method": "two-step"}, "no profile"),
        ({"high": 3}, {"intervals": {"x": "a"}}, "must be two columns"),
        ({"high": 3}, {"intervals": {"x": ("a", "z")}}, "does not have"),
        ({"high": 3}, {"intervals": {"b": ("a", "high")}}, "name of another column"),
        ({"high": 3}, {"intervals": {"x": ("a", "high"), "y": ("b", "high")}}, "column twice"),
        ({"high": -1}, {"intervals": {"x": ("a", "high")}}, "row 0 goes from"),
        ({"high": [np.nan] + [3] * 29}, {"intervals": {"x": ("a", "high")}}, "one end"),
    ],
)
def test_bad_input_is_said(change, options, message):
    with pytest.raises(ps.ModelError, match=message):
        ps.polychoric(BASE.assign(**change), **options)


def test_bad_frames_are_said():
    with pytest.raises(ps.ModelError, match=r"pandas\.DataFrame is needed, not ndarray"):
        ps.polychoric(BASE.to_numpy())
    with pytest.raises(ps.ModelError, match="two outcomes or more"):
        ps.polychoric(BASE[["a"]])
    with pytest.raises(ps.ModelError, match="more than one column 'a'"):
        ps.polychoric(pd.concat([BASE, BASE], axis=1))
    with pytest.raises(ps.ModelError, match="two outcomes are called '0' when written"):
        ps.polychoric(BASE[["a", "b"]].set_axis([0, "0"], axis=1))
    apart = pd.DataFrame({"a": [1, 2, None, None], "b": [None, None, 1, 2]})
    with pytest.raises(ps.ModelError, match="'a' and 'b' have 0 rows in common"):
        ps.polychoric(apart)
    lost = pd.DataFrame({"a": [1, 1, 2], "b": [1, 2, None]})
    with pytest.raises(ps.ModelError, match=r"rows that have both 'a' and 'b'.*one level only"):
        ps.polychoric(lost)
    vague = pd.DataFrame({"a": [1, 2, 1, 1], "high": [1, 2, 2, 2], "b": [1, 1, 1, 2],
                          "top": [2, 2, 1, 2]})  # fmt: skip
    with pytest.raises(ps.ModelError, match="says anything on both"):
        ps.polychoric(vague, {"a": ("a", "high"), "b": ("b", "top")})
