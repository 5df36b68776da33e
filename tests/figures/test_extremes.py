"""One row, one category, nothing known: something honest is drawn."""

import numpy as np
import pandas as pd
import pytest

from probstats import figures
from probstats.specifications import SpecificationCurve


def odds(rows, **values):
    frame = pd.DataFrame({"model": "M", "term": [f"term {n}" for n in range(rows)], "n": 14})
    return frame.assign(**({"estimate": 1.2, "low": 0.8, "high": 1.9} | values))


@pytest.mark.parametrize(
    ("rows", "values"),
    [
        (1, {}),
        (1, {"estimate": np.nan, "low": np.nan, "high": np.nan}),
        (3, {"estimate": np.inf, "low": 0.0, "high": np.inf}),
        (2, {"low": 0.0, "high": np.inf}),
        (2, {"estimate": 1e-6, "low": 1e-9, "high": 1e-3}),
    ],
)
def test_odds_ratios(rows, values, checks):
    drawing = checks.sound(figures.coefficients(odds(rows, **values)))
    finite = np.isfinite(odds(rows, **values)["estimate"]).all()
    assert ("no finite estimate" in drawing.alt_text) is not bool(finite)


@pytest.mark.parametrize("diverging", [False, True])
def test_shares_of_one_category_in_one_group(diverging, checks):
    shares = pd.DataFrame(
        {"group": ["The only one"], "rating": ["Good"], "n": [7], "total": [7], "share": [1.0]}
    )
    drawing = checks.sound(figures.rating_shares(shares, diverging=diverging))
    assert "The only one, 7 rated: 7 Good." in drawing.alt_text


def test_one_subject_and_one_point(simulated, checks):
    drawing = checks.sound(figures.rating_paths(simulated.pairs(1)))
    assert "One subject: 1 from" in drawing.alt_text
    checks.sound(figures.staffing_against_rating(simulated.ratings(1), "vacancy", "rating"))
    checks.sound(figures.evidence_map(*simulated.known(1)), apart=False)
    checks.sound(figures.sample_flow(simulated.flow(1)))


def test_one_value_of_a_covariate(simulated, checks):
    fit = simulated.fit()
    for kind in ("separate", "stacked"):
        drawing = figures.predicted_probabilities(fit, "vacancy", at=[20.0], kind=kind)
        checks.sound(drawing)
        assert len(drawing.data) == 4


def test_a_curve_of_one_analysis_and_of_none(simulated, checks):
    one = simulated.curve(3)
    single = SpecificationCurve(
        one.table.iloc[[1]], one.duplicates, one.joint, one.null_distribution, "latent-sd", 0.95, {}
    )
    assert "One analysis" in checks.sound(figures.specification_curve(single)).alt_text
    none = SpecificationCurve(
        one.table.iloc[[2]], one.duplicates, one.joint, one.null_distribution, "latent-sd", 0.95, {}
    )
    drawing = checks.sound(figures.specification_curve(none))
    assert "No analysis gave a finite estimate." in drawing.alt_text


def test_power_at_one_odds_ratio_and_one_correlation(simulated, checks):
    checks.sound(figures.power_curve(simulated.power(1)))
    checks.sound(figures.association(simulated.correlations(1)))
