"""The marginal likelihood: brute force, nodes to infinity, sd to zero, and exact gradients."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import integrate, stats

from probstats.models import CumulativeLinkMixedModel, CumulativeLinkModel
from probstats.models.kernel.likelihood import log_probabilities
from probstats.models.kernel.links import LINKS

TINY = pd.DataFrame(
    {
        "y": [1, 3, 2, 2, 1, 3, 3, 1, 2, 3],
        "low": [1, 3, 1, 2, 1, 2, 3, 1, 2, 3],
        "high": [1, 3, 2, 2, 2, 3, 3, 1, 2, 3],
        "x": [0.1, 1.2, -0.7, 0.5, -1.0, 0.9, 1.5, -0.2, 0.0, 0.3],
        "g": [0, 0, 0, 1, 1, 1, 2, 2, 2, 2],
        "h": [0, 1, 0, 1, 0, 1, 0, 1, 0, 1],
        "w": [1.0, 2.0, 1.5, 1.0, 0.5, 1.0, 2.0, 1.0, 1.0, 1.0],
    }
)
KINDS = {
    "plain": {},
    "weights": {"weights": "w"},
    "offset": {"offset": "x"},
    "scale": {"scale": "~ x"},
    "equidistant": {"threshold": "equidistant"},
}


def tiny(link="logit", formula="y ~ x", groups="g", **options):
    if options.get("offset"):
        formula = formula.replace("~ x", "~ 1")
    return CumulativeLinkMixedModel.from_formula(formula, TINY, groups, link, **options)


def some_params(model):
    """Parameters of every kind, somewhere."""
    kinds = {"coefficient": 0.6, "log scale": 0.3, "nominal effect": 0.2}
    fixed = [kinds.get(kind, 0.0) for kind in model.plain.parameter_kinds]
    thresholds = np.cumsum([kind == "threshold" for kind in model.plain.parameter_kinds])
    fixed = np.array(fixed) + np.where(
        np.array(model.plain.parameter_kinds) == "threshold", 1.1 * thresholds - 1.8, 0.0
    )
    random = [0.3 if name.startswith("corr") else 0.9 for name in model.random.names]
    return np.concatenate([fixed, random])


def density(model, params, shift):
    """Log-likelihood of each row with the random effects in the offset."""
    covariates = model.sample.covariates
    offset = pd.Series(shift, covariates.index)
    if covariates.offset is not None:
        offset = offset + covariates.offset
    rows = covariates._replace(offset=offset).rows(
        model.thresholds.jacobian, model.outcome.edges, model.sample.weights
    )
    fixed = params[: rows.n_params]
    weights = 1.0 if rows.weights is None else rows.weights
    return weights * log_probabilities(fixed, rows, model.link)


def brute_force(model, params):
    """The likelihood of a random intercept, by numerical integration of each group."""
    sd, total = params[-1], 0.0
    for code in range(model.random.parts[0].n_groups):
        members = model.random.parts[0].codes == code

        def joint(u, members=members):
            rows = density(model, params, np.full(len(members), sd * u))
            return np.exp(rows[members].sum()) * stats.norm.pdf(u)

        value, _ = integrate.quad(joint, -12.0, 12.0, epsabs=1e-14, epsrel=1e-12, limit=500)
        total += np.log(value)
    return total


@pytest.mark.parametrize("link", LINKS)
@pytest.mark.parametrize("kind", KINDS)
def test_many_nodes_are_the_integral(link, kind):
    model = tiny(link, **KINDS[kind])
    params = some_params(model)
    exact = brute_force(model, params)
    tolerance = 1e-4 if link == "cauchit" else 1e-8
    assert model.loglike(params, "agq", 60) == pytest.approx(exact, abs=tolerance)
    assert model.loglike(params, "agq", 10) == pytest.approx(exact, abs=5e-3)


def test_intervals_of_levels_are_integrated_too():
    model = tiny(formula="interval(low, high) ~ x")
    params = some_params(model)
    assert model.loglike(params, "agq", 60) == pytest.approx(brute_force(model, params), abs=1e-8)


def test_nominal_effects_are_integrated_too():
    model = tiny(formula="y ~ 1", nominal="~ x")
    params = some_params(model)
    assert model.loglike(params, "agq", 60) == pytest.approx(brute_force(model, params), abs=1e-8)


def test_two_effects_are_the_double_integral():
    model = tiny(re_formula="x")
    params = some_params(model)
    covariance = model.random.parts[0].covariance(model.random.entries(params[-3:]))
    np.testing.assert_allclose(np.sqrt(np.diag(covariance)), params[-3:-1])
    root = np.linalg.cholesky(covariance)
    points, weights = np.polynomial.hermite_e.hermegauss(80)
    weights = weights / weights.sum()
    x, codes, total = TINY["x"].to_numpy(), model.random.parts[0].codes, 0.0
    values = np.zeros((3, 80, 80))
    for one, u in enumerate(points):
        for other, v in enumerate(points):
            effects = root @ [u, v]
            rows = density(model, params, effects[0] + effects[1] * x)
            values[:, one, other] = np.exp(np.bincount(codes, rows))
    total = np.log(np.einsum("gij,i,j->g", values, weights, weights)).sum()
    assert model.loglike(params, "agq", 25) == pytest.approx(total, abs=1e-7)


@pytest.mark.parametrize("link", LINKS)
def test_laplace_is_what_its_definition_says(link):
    model = tiny(link, scale="~ x")
    params, total = some_params(model), 0.0
    for code in range(3):
        members = model.random.parts[0].codes == code

        def joint(u, members=members):
            rows = density(model, params, np.full(len(members), params[-1] * u))
            return rows[members].sum() - 0.5 * u * u

        grid = np.linspace(-4.0, 4.0, 81)
        best = grid[np.argmax([joint(u) for u in grid])]
        for _ in range(20):
            step = 1e-4
            slope = (joint(best + step) - joint(best - step)) / (2 * step)
            bend = (joint(best + step) - 2 * joint(best) + joint(best - step)) / step**2
            best -= slope / bend
        total += joint(best) - 0.5 * np.log(-bend)
    assert model.loglike(params) == pytest.approx(total, abs=1e-6)


@pytest.mark.parametrize("link", LINKS)
@pytest.mark.parametrize("nodes", [1, 3, 7])
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"scale": "~ x", "weights": "w"},
        {"formula": "y ~ 1", "nominal": "~ x"},
        {"re_formula": "x"},
        {"re_formula": "x", "scale": "~ x", "threshold": "equidistant"},
        {"formula": "interval(low, high) ~ x"},
    ],
    ids=lambda options: "-".join(options) or "plain",
)
def test_the_gradient_is_that_of_the_value(link, nodes, options):
    model = tiny(link, **options)
    params = some_params(model)
    check_gradient(model, params, "laplace" if nodes == 1 else "agq", nodes)


def check_gradient(model, params, integration, nodes):
    step, found = 1e-4, model.score(params, integration, nodes)
    for number, slope in enumerate(found):
        moved = step * np.eye(len(params))[number]
        ends = [
            model.loglike(params + times * moved, integration, nodes) for times in (-2, -1, 1, 2)
        ]
        by_difference = (ends[0] - 8 * ends[1] + 8 * ends[2] - ends[3]) / (12 * step)
        assert slope == pytest.approx(by_difference, abs=2e-6, rel=1e-6)


@pytest.mark.parametrize("link", LINKS)
def test_the_gradient_of_crossed_effects_is_that_of_the_value(link):
    model = tiny(link, vc_formula={"h": "h"}, scale="~ x", weights="w")
    check_gradient(model, some_params(model), "laplace", None)


def test_three_factors(sim):
    factors = {"rater": "rater", "site": "0 + C(site)"}
    model = CumulativeLinkMixedModel.from_formula("y ~ x", sim, "g", vc_formula=factors)
    check_gradient(model, some_params(model), "laplace", None)


@pytest.mark.parametrize("link", LINKS)
@pytest.mark.parametrize("nodes", [1, 10])
def test_without_spread_it_is_the_plain_model(link, nodes):
    model = tiny(link, scale="~ x", weights="w")
    params = some_params(model)
    params[-1] = 0.0
    plain = CumulativeLinkModel.from_formula("y ~ x", TINY, link, scale="~ x", weights="w")
    integration = "laplace" if nodes == 1 else "agq"
    here = model.loglike(params, integration, nodes)
    assert here == pytest.approx(plain.loglike(params[:-1]), abs=1e-12)


def test_crossed_with_one_factor_at_zero_is_the_other_alone(sim):
    both = CumulativeLinkMixedModel.from_formula("y ~ x", sim, "g", vc_formula={"rater": "rater"})
    alone = CumulativeLinkMixedModel.from_formula("y ~ x", sim, "g")
    params = some_params(both)
    params[-1] = 0.0
    assert both.loglike(params) == pytest.approx(alone.loglike(params[:-1]), abs=1e-10)


def test_crossed_effects_of_tiny_data_near_brute_force():
    """Laplace is an approximation: near the double integral, not on it."""
    model = tiny(vc_formula={"h": "h"})
    params = some_params(model)
    points, weights = np.polynomial.hermite_e.hermegauss(16)
    weights = weights / weights.sum()
    g, h = (part.codes for part in model.random.parts)
    value = 0.0
    for one, u in enumerate(points):
        for other, v in enumerate(points):
            held = params[-1] * np.array([u, v])[h]
            inner = np.zeros((3, 16))
            for place, t in enumerate(points):
                rows = density(model, params, held + params[-2] * t)
                inner[:, place] = np.exp(np.bincount(g, rows))
            value += weights[one] * weights[other] * np.prod(inner @ weights)
    assert model.loglike(params) == pytest.approx(np.log(value), abs=0.15)


def test_weights_are_rows(sim):
    weighted = CumulativeLinkMixedModel.from_formula("y ~ x + z", sim, "g", weights="w")
    repeated = sim.loc[sim.index.repeat(sim["w"])].reset_index(drop=True)
    rows = CumulativeLinkMixedModel.from_formula("y ~ x + z", repeated, "g")
    params = some_params(weighted)
    for way in ("laplace", "agq"):
        assert weighted.loglike(params, way) == pytest.approx(rows.loglike(params, way), rel=1e-12)


def test_order_of_rows_does_not_matter(sim):
    shuffled = sim.sample(frac=1.0, random_state=1)
    values = [
        CumulativeLinkMixedModel.from_formula("y ~ x + z", data, "g").fit("agq").llf
        for data in (sim, shuffled)
    ]
    assert values[0] == pytest.approx(values[1], rel=1e-12)


def test_thresholds_out_of_order_are_impossible():
    model = tiny()
    params = some_params(model)
    params[1], params[2] = 2.0, -2.0
    assert model.loglike(params) == -np.inf
    crossed = tiny(vc_formula={"h": "h"})
    assert crossed.loglike(np.append(params, 0.5)) == -np.inf
