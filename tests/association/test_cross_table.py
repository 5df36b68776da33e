"""Two outcomes against each other."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import probstats as ps

REFERENCE = Path(__file__).parents[1] / "reference"
VALUES = json.loads((REFERENCE / "polycor.json").read_text(encoding="utf-8"))


def as_frame(table):
    table = np.array(table)
    rows, columns = (part.ravel() for part in np.indices(table.shape))
    counts = table.ravel()
    return pd.DataFrame({"a": np.repeat(rows, counts), "b": np.repeat(columns, counts)})


def simulate(n=40, seed=1):
    rng = np.random.default_rng(seed)
    latent = rng.multivariate_normal([0, 0], [[1, 0.7], [0.7, 1]], n)
    frame = pd.DataFrame(np.digitize(latent, [-1, 0, 1]), columns=["a", "b"])
    frame["high"] = np.minimum(frame["a"] + (rng.random(n) < 0.25), 3)
    frame["place"] = rng.choice(["north", "south"], n)
    return frame


@pytest.mark.parametrize("name", sorted(VALUES["ranks"]))
def test_residuals_and_statistics_are_those_of_r(name):
    values, table = VALUES["ranks"][name], np.array(VALUES["pairs"][name]["table"])
    found = ps.cross_table(as_frame(table), "a", "b", n_resamples=99, rng=1)
    for ours, theirs in (("expected", "expected"), ("residuals", "pearson"),
                         ("adjusted", "adjusted")):  # fmt: skip
        np.testing.assert_allclose(getattr(found, ours), values[theirs], rtol=1e-10)
    tests = found.tests["statistic"]
    np.testing.assert_allclose(tests["chi-squared"], values["chisq"], rtol=1e-12)
    np.testing.assert_allclose(tests["linear-by-linear"], values["mantel"], rtol=1e-12)


def test_counts_and_shares():
    found = ps.cross_table(simulate(), "a", "b", rng=1)
    frame = simulate()
    crossed = pd.crosstab(frame["a"], frame["b"], margins=True, margins_name="all")
    np.testing.assert_array_equal(found.counts, crossed)
    np.testing.assert_allclose(found.row_shares["all"], 1.0)
    np.testing.assert_allclose(found.row_shares.iloc[:, :-1].sum(axis=1), 1.0)
    np.testing.assert_allclose(found.column_shares.loc["all"], 1.0)
    flat = found.summary_frame()
    assert len(flat) == 16
    assert flat["count"].sum() == 40
    np.testing.assert_allclose(flat["expected"].sum(), 40.0)


def test_permutation_agrees_with_going_through_all_orders():
    frame = pd.DataFrame({"a": [0, 0, 1, 1, 2, 2, 2], "b": [0, 1, 0, 1, 1, 2, 2]})
    found = ps.cross_table(frame, "a", "b", n_resamples=20_000, rng=1).tests
    exact = stats.pearsonr(frame["a"], frame["b"], method=stats.PermutationMethod(n_resamples=1e5))
    line = found.loc["linear-by-linear"]
    assert abs(line["p_permutation"] - exact.pvalue) < 4 * line["mc_error"]


def test_permutation_of_two_by_two_agrees_with_fisher():
    found = ps.cross_table(as_frame([[9, 3], [4, 11]]), "a", "b", n_resamples=20_000, rng=2).tests
    exact = found.loc["Fisher's exact", "p_permutation"]
    assert exact == stats.fisher_exact([[9, 3], [4, 11]]).pvalue
    for name in ("chi-squared", "linear-by-linear"):
        line = found.loc[name]
        assert abs(line["p_permutation"] - exact) < 4 * line["mc_error"]


def test_the_tests_keep_their_level_in_small_tables():
    rng, rejected = np.random.default_rng(3), 0
    for _ in range(120):
        frame = pd.DataFrame(rng.choice(3, p=[0.2, 0.7, 0.1], size=(14, 2)), columns=["a", "b"])
        if frame.nunique().min() < 2:
            continue
        tests = ps.cross_table(frame, "a", "b", n_resamples=99, rng=rng).tests
        rejected += tests.loc["linear-by-linear", "p_permutation"] <= 0.05
    assert rejected <= 120 * 0.05 + 3 * np.sqrt(120 * 0.05 * 0.95)


def test_the_same_seed_gives_the_same_numbers():
    one, two, other = (ps.cross_table(simulate(), "a", "b", rng=seed).tests for seed in (5, 5, 6))
    pd.testing.assert_frame_equal(one, two)
    assert not one.equals(other)


def test_intervals_are_categories_and_counted():
    frame = simulate()
    found = ps.cross_table(frame, "rating", "b", intervals={"rating": ("a", "high")}, rng=1)
    wide = frame["a"] < frame["high"]
    assert found.n_interval == wide.sum() > 0
    assert found.counts.loc["all", "all"] == 40
    between = frame[wide & (frame["a"] == 1)]
    assert found.counts.loc["between 1 and 2", "all"] == len(between)
    assert found.expected.index.tolist() == [0, 1, 2, 3]
    known = ps.cross_table(frame[~wide], "a", "b", rng=1)
    np.testing.assert_allclose(found.adjusted, known.adjusted)
    pd.testing.assert_frame_equal(found.tests, known.tests)
    assert f"{wide.sum()} of 40 rows are known as an interval" in repr(found)
    names = frame.apply(
        lambda c: c if c.name == "place" else pd.Categorical(c, range(4), ordered=True)
    )
    again = ps.cross_table(names, "rating", "b", intervals={"rating": ("a", "high")}, rng=1)
    np.testing.assert_array_equal(again.counts, found.counts)


def test_intervals_alone_have_counts_and_no_test():
    frame = simulate().assign(a=lambda d: d["a"] // 2 * 2, high=lambda d: d["a"] + 1)
    found = ps.cross_table(frame, "x", "b", intervals={"x": ("a", "high")}, rng=1)
    assert found.tests.empty
    assert found.adjusted.isna().to_numpy().all()
    assert "no test" in found.notes[-1]


def test_missing_rows_and_tiny_samples_are_said():
    frame = simulate(20).astype({"a": float})
    frame.loc[:2, "a"] = np.nan
    found = ps.cross_table(frame, "a", "b", rng=1)
    assert found.dropped == {"a": 3, "b": 0}
    assert found.n == 17
    assert found.notes[0] == "3 of 20 rows are left out: missing a in 3"
    assert "read p_permutation, not p_value; with so few rows" in found.notes[1]


def test_outcomes_without_order_have_no_measures():
    for frame in (simulate(), simulate().astype({"place": "category"})):
        found = ps.cross_table(frame, "place", "b", rng=1)
        assert found.measures.empty
        assert found.tests.index.tolist() == ["chi-squared"]
        assert "place has no order" in found.notes[-1]


def test_empty_levels_are_shown_and_have_no_residual():
    frame = simulate()[["a", "b"]].apply(lambda c: pd.Categorical(c, range(6), ordered=True))
    found, plain = (ps.cross_table(one, "a", "b", rng=1) for one in (frame, simulate()))
    assert found.counts.loc[5, "all"] == 0
    assert found.adjusted.loc[5].isna().all()
    np.testing.assert_allclose(found.adjusted.iloc[:4, :4], plain.adjusted)
    pd.testing.assert_frame_equal(found.measures, plain.measures)


def test_the_number_of_intervals_does_not_give_them_away():
    frame = pd.DataFrame({"low": [1] * 23 + [2] * 20, "high": [1] * 20 + [2] * 23})
    frame["b"] = [1, 2] * 10 + [1] * 3 + [1, 2] * 10
    asked = {"intervals": {"x": ("low", "high")}, "rng": 1}
    assert ps.cross_table(frame, "x", "b", **asked).n_interval == 3
    found = ps.cross_table(frame, "x", "b", suppress=5, **asked)
    assert found.n_interval is None
    assert found.notes[0].startswith("some of 43 rows are known as an interval")
    assert not any("3 of" in note or "40" in note for note in found.notes)


def test_nothing_gives_a_suppressed_count_away():
    frame = simulate(60, 3)
    found = ps.cross_table(
        frame, "rating", "b", intervals={"rating": ("a", "high")}, suppress=5, rng=1
    )
    plain = ps.cross_table(frame, "rating", "b", intervals={"rating": ("a", "high")}, rng=1)
    small = plain.counts.where((plain.counts > 0) & (plain.counts < 5)).notna()
    assert found.counts.isna()[small].where(small, True).to_numpy().all()
    hidden = found.counts.isna()
    assert found.row_shares.isna()[hidden].where(hidden, True).to_numpy().all()
    cells = hidden.iloc[:4, :4].to_numpy()
    assert found.adjusted.isna().to_numpy()[cells].all()
    assert found.residuals.isna().to_numpy()[cells].all()
    # A row with a hidden interval has a known total of known levels only if expected counts hide.
    between = hidden.iloc[:4, :-1].iloc[:, 4:].any(axis=1).to_numpy()
    assert found.expected[between].isna().to_numpy().all()
    assert "counts are suppressed" in found.notes[-1]
    assert "*" in repr(found)
    nothing = ps.cross_table(as_frame([[9, 8], [7, 9]]), "a", "b", suppress=5, rng=1)
    assert nothing.counts.notna().to_numpy().all()


BASE = simulate()


@pytest.mark.parametrize(
    ("frame", "pair", "options", "message"),
    [
        (BASE.assign(b=1), ("a", "b"), {}, "'b' has one level only"),
        (BASE.assign(b="x"), ("a", "b"), {}, "'b' has one level only"),
        (BASE.assign(b=np.nan), ("a", "b"), {}, "missing in all 40 rows"),
        (BASE.assign(b=0.5 * BASE["b"]), ("a", "b"), {}, "no order"),
        (BASE, ("a", "z"), {}, "no column 'z'"),
        (BASE, ("a", "a"), {}, "both 'a'"),
        (BASE, (["a"], "b"), {}, "is one column"),
        (
            BASE.assign(b=["all", "none"] * 20),
            ("a", "b"),
            {},
            "has a level 'all', which",
        ),
        (BASE, ("a", "b"), {"rng": "a"}, "rng='a' is no source of randomness"),
        (BASE, ("x", "b"), {"intervals": "x"}, "intervals='x' must be a dict"),
        (BASE, ("a", "b"), {"suppress": 1}, "suppress=1"),
        (BASE, ("a", "b"), {"suppress": True}, "suppress=True"),
        (BASE, ("a", "b"), {"n_resamples": 10}, "n_resamples=10"),
        (BASE, ("a", "b"), {"level": 95}, "level=95"),
        (BASE.iloc[[0, 0]], ("a", "b"), {}, "one level only"),
        (BASE.to_numpy(), ("a", "b"), {}, "not ndarray"),
        (BASE.assign(high=-1), ("x", "b"), {"intervals": {"x": ("a", "high")}}, "row 0 goes from"),
    ],
)
def test_bad_input_is_said(frame, pair, options, message):
    with pytest.raises(ps.ModelError, match=message):
        ps.cross_table(frame, *pair, **options)


def test_no_rows_in_common_are_said():
    frame = pd.DataFrame({"a": [1, 2, None, None], "b": [None, None, 1, 2]})
    with pytest.raises(ps.ModelError, match="no row has both 'a' and 'b'"):
        ps.cross_table(frame, "a", "b")
