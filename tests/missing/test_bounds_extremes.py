"""Bounds equal the least and the largest value over all completions, one by one."""

import itertools

import numpy as np
import pandas as pd
import pytest

from probstats.missing import bounds, extremes
from probstats.missing.extremes import lowest_share, most_superior

LEVELS = [1, 2, 3, 4]


def simulated(rng, n=7, n_levels=3, missing=0.5):
    """Return ranges of levels and groups, with at most 4,000 completions."""
    while True:
        low = rng.integers(0, n_levels, n)
        wide = rng.random(n) < missing
        high = np.where(wide, rng.integers(low, n_levels), low)
        group = np.where(rng.random(n) < missing, np.nan, rng.integers(0, 2, n))
        ways = np.prod(high - low + 1) * 2 ** np.isnan(group).sum()
        both = {0, 1} <= set(group[~np.isnan(group)])
        if ways <= 4000 and (np.isnan(group).sum() > 1 or both):
            break
    labels = LEVELS[:n_levels]
    members = np.where(np.isnan(group), -1, group).astype(int)
    return pd.DataFrame({
        "low": pd.Categorical.from_codes(low, labels, ordered=True),
        "high": pd.Categorical.from_codes(high, labels, ordered=True),
        "group": pd.Categorical.from_codes(members, ["a", "b"]),
    })  # fmt: skip


def completions(data):
    low, high = (data[end].cat.codes.to_numpy() for end in ("low", "high"))
    groups = [[code] if code >= 0 else [0, 1] for code in data["group"].cat.codes]
    levels = [range(a, b + 1) for a, b in zip(low, high, strict=True)]
    for codes in itertools.product(*levels):
        for group in itertools.product(*groups):
            yield np.array(codes), np.array(group)


def of_all(data, measures):
    """Return the ranges of some measures over all completions that have both groups."""
    values = [measures(codes, group) for codes, group in completions(data)]
    found = np.array([value for value in values if value is not None])
    return np.nanmin(found, axis=0), np.nanmax(found, axis=0)


def share(event, rows):
    return event[rows].mean() if rows.any() else np.nan


def superiority(codes, group):
    one, two = codes[group == 0], codes[group == 1]
    return (two[:, None] > one).mean() + 0.5 * (two[:, None] == one).mean()


@pytest.mark.parametrize("seed", range(12))
def test_shares_are_sharp(seed):
    data = simulated(np.random.default_rng(seed))
    exact = of_all(
        data,
        lambda codes, group: [
            share(event, group == g)
            for g in (0, 1)
            for event in (codes == 0, codes == 1, codes == 2)
        ],
    )
    found = bounds(data, ("low", "high"), "group").table
    np.testing.assert_allclose(found[["low", "high"]].to_numpy().T, exact, rtol=0, atol=1e-14)
    exact = of_all(data, lambda codes, group: [(codes >= 1).mean(), (codes >= 2).mean()])
    found = bounds(data, ("low", "high"), at_least=[2, 3]).table
    np.testing.assert_allclose(found[["low", "high"]].to_numpy().T, exact, rtol=0, atol=1e-14)


@pytest.mark.parametrize("seed", range(20))
def test_differences_are_sharp(seed):
    data = simulated(np.random.default_rng(100 + seed))

    def both(codes, group):
        if len(set(group)) < 2:
            return None
        return [(codes[group == 1] >= j).mean() - (codes[group == 0] >= j).mean() for j in (1, 2)]

    exact = of_all(data, both)
    found = bounds(data, ("low", "high"), "group", measure="difference").table
    np.testing.assert_allclose(found[["low", "high"]].to_numpy().T, exact, rtol=0, atol=1e-14)


@pytest.mark.parametrize("seed", range(20))
def test_superiority_is_sharp_where_all_ranges_are_tried(seed):
    data = simulated(np.random.default_rng(200 + seed), n_levels=4)
    exact = of_all(data, lambda codes, g: None if len(set(g)) < 2 else [superiority(codes, g)])
    found = bounds(data, ("low", "high"), "group", measure="superiority")
    np.testing.assert_allclose(found.table.loc[0, ["low", "high"]].to_numpy(float),
                               np.ravel(exact), rtol=0, atol=1e-14)  # fmt: skip
    assert not found.notes


def test_outer_bounds_contain_all_completions_and_say_so(monkeypatch):
    monkeypatch.setattr(extremes, "ENUMERATED", 1)
    outer = 0
    for seed in range(60):
        data = simulated(np.random.default_rng(300 + seed), n_levels=4, missing=0.6)
        exact = of_all(data, lambda codes, g: None if len(set(g)) < 2 else [superiority(codes, g)])
        found = bounds(data, ("low", "high"), "group", measure="superiority")
        low, high = found.table.loc[0, ["low", "high"]]
        assert low <= exact[0] + 1e-14
        assert high >= exact[1] - 1e-14
        if any("outer bounds" in note for note in found.notes):
            outer += 1
        else:
            np.testing.assert_allclose([low, high], np.ravel(exact), rtol=0, atol=1e-14)
    assert 0 < outer < 60


def test_all_known_levels_of_unknown_groups_need_no_enumeration(monkeypatch):
    monkeypatch.setattr(extremes, "ENUMERATED", 0)
    rng = np.random.default_rng(5)
    codes = rng.integers(0, 4, 300)
    first, maybe = rng.random(300) < 0.3, np.zeros(300, dtype=bool)
    maybe[~first] = rng.random((~first).sum()) < 0.6
    assert most_superior(codes, codes, first, maybe, 4).sharp


@pytest.mark.parametrize("measure", ["share", "difference", "superiority"])
def test_completions_attain_the_ends(measure):
    for seed in range(6):
        data = simulated(np.random.default_rng(400 + seed), n_levels=4)
        found = bounds(data, ("low", "high"), "group", measure=measure)
        for row in found.table.itertuples():
            for end in ("low", "high"):
                full = found.completion(row.quantity, end)
                assert is_completion(full, data)
                value = value_of(row.quantity, full)
                np.testing.assert_allclose(value, getattr(row, end), rtol=0, atol=1e-14)


def is_completion(full, data):
    codes, known = full["low to high"].cat.codes, data["group"].notna()
    inside = (data["low"].cat.codes <= codes) & (codes <= data["high"].cat.codes)
    return inside.all() and (full["group"][known] == data["group"][known]).all()


def value_of(quantity, full):
    """Return what the name of a quantity says of complete data."""
    rating, group = full["low to high"].astype(int), full["group"]
    if "superiority" in quantity or "Somers" in quantity:
        value = superiority(rating.to_numpy(), (group == "b").to_numpy())
        return value if "superiority" in quantity else 2 * value - 1
    parts = []
    for part in quantity.removeprefix("P(").removesuffix(")").split(") - P("):
        event, condition = part.split(" | ")
        relation, level = event.split()[-2:]
        meets = rating >= int(level) if relation == ">=" else rating == int(level)
        parts.append(meets[group == condition[-1]].mean())
    return parts[0] if len(parts) == 1 else parts[0] - parts[1]


def test_a_group_nobody_is_known_to_be_in():
    sure, maybe = np.array([True, False, True]), np.ones(3, dtype=bool)
    nobody = np.zeros(3, dtype=bool)
    assert lowest_share(sure, nobody, maybe).tolist() == [False, True, False]
    assert lowest_share(np.ones(3, dtype=bool), nobody, maybe).all()
