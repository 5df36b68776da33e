"""Third derivatives against differences of the second, for every link and kind of bound."""

from __future__ import annotations

import numpy as np
import pytest

from probstats.models.kernel.links import LINKS, get_link
from probstats.models.mixed.slopes import firsts, thirds

BOUNDS = np.array([[0.3, 2.0, np.inf, -1.0, 4.0, np.inf], [-1.2, 1.9, 0.4, -np.inf, 3.0, -np.inf]])


@pytest.mark.parametrize("link", LINKS)
class TestThirds:
    def test_first_and_second_are_those_of_the_link(self, link):
        ours, theirs = thirds(get_link(link), BOUNDS), get_link(link).slopes(BOUNDS)
        np.testing.assert_allclose(ours.log_p, theirs.log_p, rtol=1e-12, atol=1e-15)
        np.testing.assert_allclose(ours.first, theirs.first, rtol=1e-10, atol=1e-14)
        np.testing.assert_allclose(ours.second, theirs.shift, rtol=1e-9, atol=1e-13)

    def test_third_is_the_slope_of_the_second(self, link):
        step, known = 1e-5, get_link(link)
        up, down = thirds(known, BOUNDS + step), thirds(known, BOUNDS - step)
        slope = (up.second - down.second) / (2.0 * step)
        np.testing.assert_allclose(thirds(known, BOUNDS).third, slope, rtol=1e-6, atol=1e-8)

    def test_moved_bounds(self, link):
        moved = np.array([np.linspace(-1.0, 1.0, 6), np.linspace(2.0, -2.0, 6)])
        log_p, first, last = firsts(get_link(link), BOUNDS, moved)
        for number, shift in enumerate(moved):
            theirs = get_link(link).slopes(BOUNDS + shift)
            np.testing.assert_allclose(log_p[number], theirs.log_p, rtol=1e-11, atol=1e-14)
            np.testing.assert_allclose(first[number], theirs.first[0], rtol=1e-10, atol=1e-14)
            np.testing.assert_allclose(last[number], theirs.first[1], rtol=1e-10, atol=1e-14)


def test_logit_far_out_loses_nothing():
    far = np.array([[800.0, -790.0], [790.0, -800.0]])
    with np.errstate(all="ignore"):
        log_p, first, _ = firsts(get_link("logit"), far, np.zeros((1, 2)))
        found = thirds(get_link("logit"), far)
    exact = -790.0 + np.log1p(-np.exp(-10.0))
    np.testing.assert_allclose(log_p[0], exact, rtol=1e-14)
    np.testing.assert_allclose(found.log_p, log_p[0], rtol=1e-14)
    assert np.isfinite(first).all()
