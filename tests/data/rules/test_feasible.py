"""What counts, totals and bounds leave possible, against every assignment there is."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probstats.data.rules.feasible import Claims, possible

LEVELS = range(4)
spans = st.tuples(st.sampled_from(LEVELS), st.sampled_from(LEVELS)).map(
    lambda ends: (min(ends), max(ends))
)
totals = st.tuples(st.integers(0, 15), st.integers(0, 15)).map(lambda ends: (min(ends), max(ends)))


@st.composite
def claims(draw):
    """Draw claims on up to five simulated standards, some of them contradictory."""
    bounds = draw(st.lists(spans, min_size=1, max_size=5))
    count = st.tuples(spans, st.integers(0, len(bounds)))
    counts = [(*span, number) for span, number in draw(st.lists(count, max_size=3))]
    total = draw(totals | st.just((0, 3 * len(bounds))))
    return Claims(bounds, counts, total)


def every_assignment(claims):
    """Return all ratings of the standards that meet the claims, by trying each of 4^m."""
    return [
        levels
        for levels in itertools.product(LEVELS, repeat=len(claims.bounds))
        if all(low <= one <= high for one, (low, high) in zip(levels, claims.bounds, strict=True))
        and all(sum(low <= one <= high for one in levels) == n for low, high, n in claims.counts)
        and claims.total[0] <= sum(levels) <= claims.total[1]
    ]


@given(claims())
def test_against_every_assignment(claims):
    found, left = possible(claims), every_assignment(claims)
    assert bool(found) == bool(left)
    assert found.bounds == [(min(column), max(column)) for column in zip(*left, strict=True)]
    sums = [sum(levels) for levels in left]
    assert found.total == ((min(sums), max(sums)) if sums else None)


@given(claims())
def test_what_is_found_tightens_and_tightens_only_once(claims):
    found = possible(claims)
    if found:
        for (low, high), (first, last) in zip(found.bounds, claims.bounds, strict=True):
            assert first <= low <= high <= last
        assert possible(Claims(found.bounds, claims.counts, found.total)) == found


@pytest.mark.parametrize(
    ("claims", "bounds", "total"),
    [
        (Claims([]), [], (0, 0)),
        (Claims([(0, 3)] * 9, [(0, 0, 9)]), [(0, 0)] * 9, (0, 0)),
        (Claims([(0, 3)] * 9, [(0, 0, 9)], (1, 1)), [], None),
        (Claims([(0, 3)] * 8 + [(1, 3)], [(0, 0, 8)], (1, 1)), [(0, 0)] * 8 + [(1, 1)], (1, 1)),
        (Claims([(0, 3)] * 3, (), (9, 9)), [(3, 3)] * 3, (9, 9)),
        (Claims([(0, 3)] * 3, (), (8, 9)), [(2, 3)] * 3, (8, 9)),
        (Claims([(2, 1)]), [], None),
    ],
)
def test_by_example(claims, bounds, total):
    found = possible(claims)
    assert (found.bounds, found.total) == (bounds, total)
    assert bool(found) == (total is not None)
