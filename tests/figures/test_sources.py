"""What a figure cannot be made from is refused, and numbers are not taken for others."""

import pandas as pd
import pytest

import probstats as ps
from probstats import figures
from probstats.errors import ModelError


@pytest.mark.parametrize(
    "name", ["coefficients", "marginal_effects", "parallel_lines", "thresholds"]
)
def test_what_is_no_fit_is_refused_in_a_sentence(name):
    with pytest.raises(ModelError, match=rf"^{name} draws a fit, and was given int"):
        getattr(figures, name)(3)


def test_predictions_need_a_fit():
    with pytest.raises(ModelError, match=r"^predicted_probabilities draws a fit, and was given"):
        figures.predicted_probabilities("fit", "x")


@pytest.fixture
def rows():
    """Simulated coefficients."""
    return pd.DataFrame({"model": "", "term": ["up", "down"], "estimate": [0.7, -0.3],
                         "low": [0.1, -0.9], "high": [1.3, 0.3], "n": 72})  # fmt: skip


def test_coefficients_are_not_taken_for_odds_ratios(rows):
    with pytest.raises(ModelError, match="not below zero, as that of 'down' is; pass odds=False"):
        figures.coefficients(rows)
    with pytest.raises(ModelError, match="not below zero"):
        figures.coefficients(rows.assign(kind="odds ratio"))


def test_a_frame_holds_what_it_says(rows):
    for drawing in (
        figures.coefficients(rows, odds=False),
        figures.coefficients(rows.assign(kind="coefficient")),
    ):
        assert drawing.figure.axes[0].get_xscale() == "linear"
        assert drawing.alt_text.startswith("Coefficient with 95% intervals.")
    ratios = figures.coefficients(rows.head(1))
    assert ratios.figure.axes[0].get_xscale() == "log"


def test_pooled_fits_are_fits():
    simulated = pd.DataFrame({"y": [1, 2, 1, 3, 2, 3, 2, 1] * 6, "x": [2, 1, 4, 6, 5, 3, 4, 1] * 6})
    fit = ps.CumulativeLinkModel.from_formula("y ~ x", simulated).fit()
    pooled = ps.pool([fit, fit, fit])
    assert figures.coefficients(pooled).data["estimate"].to_numpy() == pytest.approx(
        figures.coefficients(fit).data["estimate"].to_numpy()
    )
