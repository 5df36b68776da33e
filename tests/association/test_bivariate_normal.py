"""The bivariate normal distribution function against quadrature with twenty digits."""

from __future__ import annotations

import mpmath
import numpy as np
import pytest
from scipy import stats

from probstats.association.bivariate_normal import bivariate_normal_cdf, make_grid


def plackett(h, k, rho):
    """Return the distribution function as the integral of its derivative in the correlation."""
    with mpmath.workdps(20):
        h, k, rho = mpmath.mpf(h), mpmath.mpf(k), mpmath.mpf(rho)

        def density(angle):
            size = h * h - 2 * h * k * mpmath.sin(angle) + k * k
            return mpmath.exp(-size / (2 * mpmath.cos(angle) ** 2))

        nodes = mpmath.linspace(0, mpmath.asin(rho), 5)
        return mpmath.ncdf(h) * mpmath.ncdf(k) + mpmath.quad(density, nodes) / (2 * mpmath.pi)


def points():
    rng = np.random.default_rng(3)
    for number in range(18):
        h, k = 1.5 * rng.normal(size=2)
        rho = np.tanh(2.0 * rng.normal())
        h = 0.0 if number % 7 == 1 else h
        k = 0.0 if number % 9 == 2 else k
        k = h + 1e-7 * rng.normal() if number % 5 == 0 else k
        yield h, k, rho


def test_it_is_exact_to_double_precision():
    for h, k, rho in points():
        exact = plackett(h, k, rho)
        assert abs(float(exact - mpmath.mpf(float(bivariate_normal_cdf(h, k, rho))))) < 1e-15


def test_it_agrees_with_scipy():
    grid = np.linspace(-2.5, 2.5, 6)
    for rho in (-0.95, -0.3, 0.6, 0.99):
        covariance = [[1.0, rho], [rho, 1.0]]
        for h in grid:
            theirs = [stats.multivariate_normal.cdf([h, k], cov=covariance) for k in grid]
            np.testing.assert_allclose(bivariate_normal_cdf(h, grid, rho), theirs, atol=1e-14)


def test_quarter_planes_and_limits():
    rho = np.array([-0.999999, -0.5, 0.0, 0.3, 0.999999])
    quarter = [float(bivariate_normal_cdf(0.0, 0.0, one)) for one in rho]
    np.testing.assert_allclose(quarter, 0.25 + np.arcsin(rho) / (2 * np.pi), atol=1e-15)
    for rho in (-1.0, 0.4, 1.0):
        np.testing.assert_allclose(bivariate_normal_cdf(np.inf, 0.7, rho), stats.norm.cdf(0.7))
        assert bivariate_normal_cdf(-np.inf, 0.7, rho) == 0.0
        assert bivariate_normal_cdf(np.inf, np.inf, rho) == 1.0
    assert bivariate_normal_cdf(-0.2, 0.7, 1.0) == stats.norm.cdf(-0.2)
    np.testing.assert_allclose(
        bivariate_normal_cdf(0.5, -0.2, -1.0), stats.norm.cdf(0.5) - stats.norm.cdf(0.2)
    )


@pytest.mark.parametrize("rho", [-0.7, 0.0, 0.4, 0.97])
def test_derivatives_of_a_grid_are_those_of_its_values(rho):
    rows, columns, step = np.array([-1.2, 0.0, 0.8]), np.array([-0.4, 0.9]), 1e-6
    grid = make_grid(rows, columns, rho)
    moved = {
        "rho": (make_grid(rows, columns, rho + step), make_grid(rows, columns, rho - step)),
        "h": (make_grid(rows + step, columns, rho), make_grid(rows - step, columns, rho)),
        "k": (make_grid(rows, columns + step, rho), make_grid(rows, columns - step, rho)),
    }
    pairs = [
        ("rho", "cdf", grid.in_rho), ("h", "cdf", grid.in_h), ("k", "cdf", grid.in_k),
        ("rho", "in_rho", grid.rho_rho), ("h", "in_h", grid.h_h), ("k", "in_k", grid.k_k),
        ("h", "in_rho", grid.rho_h), ("k", "in_rho", grid.rho_k), ("k", "in_h", grid.in_rho),
    ]  # fmt: skip
    for by, what, exact in pairs:
        above, below = moved[by]
        slope = (getattr(above, what) - getattr(below, what)) / (2 * step)
        np.testing.assert_allclose(slope, exact, atol=2e-7)
