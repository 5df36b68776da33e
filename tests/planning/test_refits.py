"""Samples are analysed as a user would analyse them, one by one or many at once."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest

import probstats as ps
from probstats.errors import ProbstatsWarning
from probstats.planning import batches
from probstats.planning.batches import cells_of, count_cells, fit_batch
from probstats.planning.refits import refit
from probstats.planning.samples import draw
from probstats.planning.truth import truth_of

R = 40
DESIGNS = {
    "factors": ("y ~ treated + C(region > 5)", {}, 0.0),
    "missing": ("y ~ x + treated", {}, 0.3),
    "offset": ("y ~ treated", {"offset": "off"}, 0.0),
    "scale": ("y ~ treated", {"scale": "~ x"}, 0.0),
    "equidistant": ("y ~ x + treated", {"threshold": "equidistant"}, 0.0),
    "intervals": ("interval(low, high) ~ x + treated", {}, 0.2),
    "weights": ("y ~ treated", {"weights": "often"}, 0.0),
}


@pytest.mark.parametrize("name", list(DESIGNS))
def test_many_at_once_are_as_one_by_one(name, simulated, design_of):
    formula, options, missing = DESIGNS[name]
    model = ps.CumulativeLinkModel.from_formula(formula, simulated, **options)
    design = design_of(model, "treated", missing=missing)
    truth, draws = truth_of(design, np.log(2.0)), draw(design, R, np.random.default_rng(2))
    levels, cells = draws.levels(truth.cumulative), cells_of(design)
    counts = count_cells(cells, levels, draws.kept)
    batch = fit_batch(design, cells, counts, truth.params)
    assert batch.settled.mean() > 0.9
    for number in np.flatnonzero(batch.settled):
        alone = refit(design, levels[number], draws.kept[number])
        assert not alone.lost_level
        np.testing.assert_allclose(batch.estimate[number], alone.estimate, rtol=1e-6, atol=1e-8)
        np.testing.assert_allclose(batch.std_error[number], alone.std_error, rtol=1e-6)


def test_separated_samples_and_lost_levels_are_never_settled_at_once(wine, design_of):
    few = wine.iloc[::6].assign(rating=wine["rating"].cat.codes.clip(upper=3))
    model = ps.CumulativeLinkModel.from_formula("rating ~ contact", few)
    design = design_of(model, "contact")
    truth, draws = truth_of(design, np.log(30.0)), draw(design, 100, np.random.default_rng(2))
    levels, cells = draws.levels(truth.cumulative), cells_of(design)
    batch = fit_batch(design, cells, count_cells(cells, levels, draws.kept), truth.params)
    alone = pd.DataFrame([refit(design, one, np.ones(12, dtype=bool)) for one in levels])
    lost, separated = alone["lost_level"], alone["trouble"] == "separated"
    assert lost.sum() > 10
    assert separated.sum() > 10
    assert not batch.settled[lost | separated].any()
    assert batch.settled[~(lost | separated)].all()
    assert alone.loc[separated, "estimate"].isna().all()


@pytest.mark.parametrize(
    "analysis",
    [
        {"cov_type": "CR2", "cov_kwds": {"groups": "region"}},
        {"cov_type": "CR1", "cov_kwds": {"groups": ["region", "often"]}},
        {"cov_type": "HC1"},
        {"reduction": "mean"},
        {"cov_type": "CR3", "cov_kwds": {"groups": "region"}, "reduction": "mean"},
    ],
)
def test_a_sample_is_analysed_as_the_data_would_be(analysis, simulated, design_of):
    model = ps.CumulativeLinkModel.from_formula("y ~ x + treated", simulated)
    errors = {"cov_type": None, "cov_kwds": None, "reduction": None} | analysis
    design = design_of(model, "treated", errors=errors)
    assert cells_of(design) is None
    rng = np.random.default_rng(5)
    levels, kept = rng.integers(4, size=120), rng.random(120) < 0.8
    for lost in (False, True):
        seen = np.where(levels == 3, 1, levels) if lost else levels
        found = refit(design, seen, kept)
        frame = simulated.assign(y=seen)[kept]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ProbstatsWarning)
            fit = ps.CumulativeLinkModel.from_formula("y ~ x + treated", frame).fit(**analysis)
        np.testing.assert_allclose(found.estimate, fit.params["treated"], rtol=1e-8)
        np.testing.assert_allclose(found.std_error, fit.bse["treated"], rtol=1e-6)
        np.testing.assert_allclose(found.df, fit.df_inference["treated"], rtol=1e-6)
        assert found.lost_level == lost


def test_a_fit_brings_its_analysis(simulated, design_of):
    model = ps.CumulativeLinkModel.from_formula("y ~ x + treated", simulated)
    fit = model.fit(reduction="mean", cov_type="CR1", cov_kwds={"groups": "region"})
    analysis = design_of(fit, "treated").analysis
    assert (analysis.cov_type, analysis.reduction, analysis.reference) == (
        "CR1",
        "mean",
        "clusters",
    )
    np.testing.assert_array_equal(analysis.ways[:, 0], simulated["region"])
    assert design_of(model, "treated").analysis.plain


def test_samples_that_cannot_be_fitted_have_no_estimate(simulated, design_of):
    model = ps.CumulativeLinkModel.from_formula("y ~ x + treated", simulated)
    design = design_of(model, "treated")
    kept = np.zeros(120, dtype=bool)
    for n_kept in (0, 1, 4):
        kept[:n_kept] = True
        found = refit(design, np.arange(120) % 4, kept)
        assert found.trouble == "failed"
        assert np.isnan(found.estimate)


def test_many_cells_are_left_to_single_fits(simulated, monkeypatch, design_of):
    model = ps.CumulativeLinkModel.from_formula("y ~ x + treated", simulated)
    design = design_of(model, "treated")
    assert len(cells_of(design).rows) == 480
    monkeypatch.setattr(batches, "MOST_CELLS", 100)
    assert cells_of(design) is None
