"""Every replicate is the fit of its rows, and has no estimates where that fit has none."""

from __future__ import annotations

import json
import warnings
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import probstats as ps
from probstats.errors import ModelError, ProbstatsWarning
from probstats.models.checking.variants import of_rows, quiet_fit, with_outcome
from probstats.models.kernel.batch_likelihood import BatchLikelihood
from probstats.models.kernel.grouping import distinct_rows
from probstats.resampling import boot_jackknife
from probstats.resampling.boot_refits import (
    CROSSED,
    FAILED,
    GOOD,
    LOST,
    SEPARATED,
    SINGULAR,
)
from probstats.resampling.bootstrapping import _source

REFERENCE = Path(__file__).parents[1] / "reference"
MODELS = {
    "plain": ("y ~ x + z", {}),
    "rare": ("y ~ x + r", {}),
    "factor": ("y ~ g", {}),
    "nominal": ("y ~ x", {"nominal": "~ z"}),
    "scale": ("y ~ x", {"scale": "~ g"}),
    "far": ("y ~ x", {"scale": "~ far"}),
    "both": ("y ~ x", {"nominal": "~ g", "scale": "~ z"}),
    "offset": ("y ~ x", {"offset": "o"}),
    "offset and scale": ("y ~ x", {"offset": "o", "scale": "~ g"}),
    "weights": ("y ~ x", {"weights": "w"}),
    "fractions": ("y ~ x", {"weights": "f"}),
    "interval": ("interval(low, high) ~ x + z", {}),
    "equidistant": ("y ~ x + g", {"threshold": "equidistant"}),
    "symmetric2": ("y ~ x + g", {"threshold": "symmetric2"}),
    "probit": ("y ~ x + z", {"link": "probit"}),
    "cloglog": ("y ~ x + z", {"link": "cloglog"}),
    "loglog": ("y ~ x + z", {"link": "loglog"}),
    "cauchit": ("y ~ x + z", {"link": "cauchit"}),
    "reduced": ("y ~ x + z", {}, {"reduction": "mean"}),
    "penalised": ("y ~ x + z", {}, {"penalty": 0.5}),
    "penalised nominal": ("y ~ x", {"nominal": "~ z"}, {"penalty": {"x": 0.3, "nominal: z": 2.0}}),
    "raw penalty": ("y ~ x + z", {}, {"penalty": 0.5, "penalty_scale": "raw"}),
}


def simulated(n, seed):
    """Return simulated rows with four levels and all kinds of covariates."""
    rng = np.random.default_rng(seed)
    x, z = rng.normal(size=(2, n))
    y = np.searchsorted([-1.0, 0.5, 2.0], 0.7 * x + rng.logistic(size=n))
    low, high = y - (rng.random(n) < 0.2), y + (rng.random(n) < 0.2)
    return pd.DataFrame(
        {
            "y": y,
            "low": np.maximum(low, 0),
            "high": np.minimum(high, 3),
            "x": x,
            "z": z,
            "far": 3.0 + z,
            "g": pd.Categorical(rng.choice(["a", "b"], n)),
            "r": pd.Categorical((rng.random(n) < 0.1).astype(int)),
            "o": rng.normal(size=n) / 3.0,
            "w": rng.integers(1, 4, n),
            "f": rng.integers(1, 4, n) / 2.0,
        }
    )


def fitted(name, data):
    formula, structure, *options = MODELS[name]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ProbstatsWarning)
        model = ps.CumulativeLinkModel.from_formula(formula, data, **structure)
        return model.fit(**(options[0] if options else {}))


def by_hand(model, rows, options):
    """Return status and estimates of a fit to some rows, as a user would make it."""
    low, high = model.outcome.low[rows], model.outcome.high[rows]
    if not all(
        ((low <= level) & (level <= high)).any() for level in range(len(model.outcome.levels))
    ):
        return LOST, None
    try:
        fit = quiet_fit(of_rows(model, rows), **options)
    except ModelError:
        return SINGULAR, None
    if fit.separation.separated:
        return SEPARATED, None
    if fit.crossed_levels:
        return CROSSED, None
    return (GOOD, fit) if fit.converged else (FAILED, None)


def drawn_rows(model, counts):
    """Return the model whose rows are drawn, and the rows of each resample."""
    _, codes = distinct_rows(model.problem().rows)
    first = np.unique(codes, return_index=True)[1]
    weights = model.sample.weights
    if weights is not None and (weights == np.round(weights)).all():
        model = model.with_sample(replace(model.sample, weights=None))
    elif weights is not None:
        first = np.arange(len(codes))
    return model, [np.repeat(first, some.astype(int)) for some in counts]


def compare(fit, counts, options):
    """Return the replicates and the fits by hand, compared."""
    source = _source(fit, "case", None, "drop")
    frame = source.estimates(counts)
    model, resamples = drawn_rows(fit.model, counts)
    n_params = len(fit.params)
    for (_, line), rows in zip(frame.iterrows(), resamples, strict=True):
        status, refit = by_hand(model, rows, options)
        assert line["status"] == status
        if refit is None:
            assert line.iloc[: 2 * n_params].isna().all()
            continue
        values = line.iloc[: 2 * n_params].to_numpy(dtype=float)
        np.testing.assert_allclose(values[:n_params], refit.params, rtol=1e-8, atol=1e-8)
        if np.linalg.cond(refit.maximum.hessian) < 1e8:  # a scale near zero leaves no digits
            np.testing.assert_allclose(values[n_params:], refit.bse, rtol=1e-6)
    return frame


@pytest.mark.parametrize("name", MODELS)
def test_replicates_are_refits(name):
    fit = fitted(name, simulated(60, 4))
    options = dict(MODELS[name][2]) if len(MODELS[name]) > 2 else {}
    if name == "penalised nominal":  # a model of some rows has no formula, and columns for terms
        assert list(fit.model.sample.covariates.nominal) == ["z"]
    source = _source(fit, "case", None, "drop")
    counts = source.draws.counts(np.random.default_rng(1), 8 if options else 25)
    frame = compare(fit, counts, options)
    assert (frame["status"] == GOOD).any()


@pytest.mark.parametrize("name", ["plain", "rare", "scale", "interval", "cauchit"])
def test_so_they_are_where_rows_are_few(name):
    fit = fitted(name, simulated(30, 4))
    source = _source(fit, "case", None, "drop")
    counts = source.draws.counts(np.random.default_rng(2), 60)
    frame = compare(fit, counts, {})
    assert (frame["status"] == LOST).any()
    if name in {"rare", "scale"}:
        assert frame["status"].nunique() > 2


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4, 9))
@pytest.mark.parametrize("name", [name for name in MODELS if len(MODELS[name]) == 2])
def test_for_many_data_sets(name, seed):
    for n in (30, 50):
        fit = fitted(name, simulated(n, seed))
        if not fit.converged:
            continue
        source = _source(fit, "case", None, "drop")
        compare(fit, source.draws.counts(np.random.default_rng(seed), 30), {})


@pytest.mark.parametrize("name", [name for name in MODELS if name != "interval"])
@pytest.mark.parametrize("method", ["case", "parametric"])
def test_the_data_themselves_give_the_fit(name, method):
    fit = fitted(name, simulated(60, 4))
    source = _source(fit, method, None, "drop").of_data()
    frame = source.estimates(source.draws.everything)
    assert frame["status"].tolist() == [GOOD]
    values, n_params = frame.iloc[0].to_numpy(dtype=float), len(fit.params)
    np.testing.assert_allclose(values[:n_params], fit.params, atol=1e-9)
    np.testing.assert_allclose(values[n_params : 2 * n_params], fit.bse, rtol=1e-7)


def test_what_r_finds_for_the_same_rows():
    stored = json.loads((REFERENCE / "bootstrap.json").read_text(encoding="utf-8"))
    wine = pd.read_csv(REFERENCE / "wine.csv").astype({"temp": "category", "contact": "category"})
    fit = ps.CumulativeLinkModel.from_formula("rating ~ temp + contact", wine).fit()
    source = _source(fit, "case", None, "drop")
    codes = distinct_rows(fit.model.problem().rows)[1]
    counts = np.array([np.bincount(codes[rows], minlength=codes.max() + 1)
                       for rows in stored["rows"]], dtype=float)  # fmt: skip
    frame = source.estimates(counts)
    np.testing.assert_allclose(frame[["p0", "p1"]], stored["estimates"], rtol=1e-8)
    np.testing.assert_allclose(frame[["e0", "e1"]], stored["errors"], rtol=1e-6)


@pytest.mark.parametrize("method", ["case", "cluster", "parametric"])
def test_rows_that_are_sorted_while_fitting(method):
    rng = np.random.default_rng(1)
    x, z = rng.normal(size=(2, 4500))
    data = pd.DataFrame({"x": x, "z": z, "c": np.arange(4500) % 30})
    data["y"] = np.searchsorted([-0.5, 0.8], x + rng.logistic(size=4500))
    fit = ps.CumulativeLinkModel.from_formula("y ~ x + z", data).fit()
    assert fit.model.problem().rows.order is not None
    source = _source(fit, method, data["c"] if method == "cluster" else None, "drop")
    counts = source.draws.counts(np.random.default_rng(2), 2)
    found = source.estimates(counts)
    if method == "cluster":
        rows = [np.flatnonzero(data["c"] == cluster) for cluster in range(30)]
        drawn = [np.concatenate([np.tile(rows[c], int(k)) for c, k in enumerate(some)])
                 for some in counts]  # fmt: skip
        models = [of_rows(fit.model, some) for some in drawn]
    else:
        draws = source.draws
        cells = [np.repeat(np.arange(counts.shape[1]), some.astype(int)) for some in counts]
        models = [
            with_outcome(of_rows(fit.model, draws.positions[some]), draws.rows.edges[1][some])
            for some in cells
        ]
    for (_, line), model in zip(found.iterrows(), models, strict=True):
        np.testing.assert_allclose(line.iloc[:4].astype(float), model.fit().params, atol=1e-8)


class TestRobustErrors:
    @pytest.mark.parametrize("cov_type", ["HC0", "HC1"])
    def test_over_rows(self, cov_type):
        data = simulated(60, 4)
        model = ps.CumulativeLinkModel.from_formula("y ~ x", data, nominal="~ g")
        fit = model.fit(cov_type=cov_type)
        source = _source(fit, "case", None, "drop")
        errors = model.fit(cov_type="HC0").bse
        np.testing.assert_allclose(source.own_errors(), errors, rtol=1e-8)
        counts = source.draws.counts(np.random.default_rng(1), 5)
        _, resamples = drawn_rows(model, counts)
        for found, rows in zip(source.estimates(counts).filter(regex="^e").to_numpy(), resamples,
                               strict=True):  # fmt: skip
            refit = quiet_fit(of_rows(model, rows), cov_type="HC0")
            np.testing.assert_allclose(found, refit.bse, rtol=1e-7)

    @pytest.mark.parametrize("weights", [None, "w", "f"])
    def test_over_clusters(self, weights):
        data = simulated(60, 4).assign(c=np.repeat(np.arange(15), 4))
        model = ps.CumulativeLinkModel.from_formula("y ~ x", data, weights=weights)
        fit = model.fit(cov_type="CR0", cov_kwds={"groups": data["c"]})
        source = _source(fit, "cluster", None, "drop")
        np.testing.assert_allclose(source.own_errors(), fit.bse, rtol=1e-8)
        drawn = np.random.default_rng(1).integers(15, size=15)
        rows = np.concatenate([np.flatnonzero(data["c"] == cluster) for cluster in drawn])
        refit = quiet_fit(
            of_rows(model, rows), cov_type="CR0", cov_kwds={"groups": np.repeat(np.arange(15), 4)}
        )
        frame = source.estimates(np.bincount(drawn, minlength=15)[None, :].astype(float))
        np.testing.assert_allclose(frame.filter(regex="^p").iloc[0], refit.params, atol=1e-8)
        np.testing.assert_allclose(frame.filter(regex="^e").iloc[0], refit.bse, rtol=1e-7)


class TestReduced:
    def test_separated_resamples_have_bias_reduced_estimates(self):
        data = simulated(30, 4)
        fit = fitted("rare", data)
        source = _source(fit, "case", None, "reduce")
        counts = source.draws.counts(np.random.default_rng(1), 120)
        plain = _source(fit, "case", None, "drop").estimates(counts)
        found = source.estimates(counts)
        separated = plain["status"] == SEPARATED
        assert separated.sum() > 2
        assert (found["reduced"] == separated).all()
        assert (found.loc[~separated, "status"] == plain.loc[~separated, "status"]).all()
        model, resamples = drawn_rows(fit.model, counts)
        for number in np.flatnonzero(separated)[:4]:
            refit = quiet_fit(of_rows(model, resamples[number]), reduction="mean")
            line = found.iloc[number].to_numpy(dtype=float)
            np.testing.assert_allclose(line[: len(fit.params)], refit.params, atol=1e-7)
            ends = line[len(fit.params) : 2 * len(fit.params)]
            np.testing.assert_allclose(ends, refit.bse, rtol=1e-6)


class TestJackknife:
    def test_rows_are_left_out_one_at_a_time(self):
        data = simulated(40, 7)
        fit = fitted("plain", data)
        found, copies = _source(fit, "case", None, "drop").jackknife()
        assert (copies == 1).all()
        for left_out in (0, 17, 39):
            rest = np.delete(np.arange(40), left_out)
            np.testing.assert_allclose(
                found[left_out], quiet_fit(of_rows(fit.model, rest)).params, atol=1e-8
            )

    def test_a_weight_of_two_is_left_out_once(self):
        data = simulated(60, 4)
        fit = fitted("weights", data)
        found, copies = _source(fit, "case", None, "drop").jackknife()
        np.testing.assert_array_equal(np.sort(copies), np.sort(data["w"]))
        model = ps.CumulativeLinkModel.from_formula(
            "y ~ x", data, weights=data["w"] - (np.arange(60) == 4)
        )
        np.testing.assert_allclose(found[4], model.fit().params, atol=1e-8)

    def test_one_step_is_near(self):
        fit = fitted("plain", simulated(60, 4))
        source = _source(fit, "case", None, "drop")
        evaluate = BatchLikelihood(source.problem.rows, source.problem.link)
        near, exact = boot_jackknife._one_step(source, evaluate), source.jackknife()[0]
        change = exact - fit.params.to_numpy()
        for one, other in zip((near - fit.params.to_numpy()).T, change.T, strict=True):
            assert np.corrcoef(one, other)[0, 1] > 0.99

    def test_one_step_where_a_refit_has_no_estimates(self, monkeypatch):
        data = simulated(60, 4)
        data["rare"] = pd.Categorical(np.isin(np.arange(60), [10, 30]).astype(int))
        fit = ps.CumulativeLinkModel.from_formula("y ~ x + rare", data).fit()
        source = _source(fit, "case", None, "drop")
        found = source.jackknife()[0]
        monkeypatch.setattr(boot_jackknife, "MOST", 0)
        stepped = source.jackknife()[0]
        assert fit.converged
        lost = _source(fit, "case", None, "drop").estimates(1.0 - np.eye(60))["status"]
        np.testing.assert_allclose(found, stepped, atol=0.0 if (lost != GOOD).any() else np.inf)

    def test_clusters(self):
        data = simulated(60, 4).assign(c=np.repeat(np.arange(15), 4))
        fit = ps.CumulativeLinkModel.from_formula("y ~ x", data).fit()
        found, copies = _source(fit, "cluster", data["c"], "drop").jackknife()
        assert len(found) == len(copies) == 15
        rest = quiet_fit(of_rows(fit.model, np.flatnonzero(data["c"] != 3)))
        np.testing.assert_allclose(found[3], rest.params, atol=1e-8)
