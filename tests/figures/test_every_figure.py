"""Every figure: of its usual size, the smallest and a large one; in every edition and width."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from probstats import figures
from probstats.figures.style import THEMES, WIDTHS


@pytest.fixture(scope="module")
def drawn(simulated):
    """Return functions that draw each figure of a size, 2 to 120."""
    fit, mixed = simulated.fit(), simulated.mixed_fit()
    fits = {size: simulated.mixed_fit(size) for size in (2, 120)} | {20: mixed}
    return {
        "coefficients": lambda n, **o: figures.coefficients(simulated.odds(n), **o),
        "side by side": lambda n, **o: figures.coefficients(
            {"Plain": fit, "With areas": mixed}, side_by_side=True, **o
        ),
        "marginal_effects": lambda n, **o: figures.marginal_effects(fit, **o),
        "random_effects": lambda n, **o: figures.random_effects(fits[n], **o),
        "parallel_lines": lambda n, **o: figures.parallel_lines(fit, **o),
        "curves": lambda n, **o: figures.predicted_probabilities(fit, "vacancy", **o),
        "stacked": lambda n, **o: figures.predicted_probabilities(
            fit, "vacancy", kind="stacked", **o
        ),
        "categories": lambda n, **o: figures.predicted_probabilities(fit, "kind", **o),
        "bars": lambda n, **o: figures.predicted_probabilities(fit, "kind", kind="stacked", **o),
        "thresholds": lambda n, **o: figures.thresholds(fit, fit.model.formula_data.head(3), **o),
        "diagnostics": lambda n, **o: figures.diagnostics(simulated.fit(max(4 * n, 20)), **o),
        "rating_shares": lambda n, **o: figures.rating_shares(simulated.shares(n), **o),
        "diverging": lambda n, **o: figures.rating_shares(simulated.shares(n), diverging=True, **o),
        "rating_paths": lambda n, **o: figures.rating_paths(simulated.pairs(n), **o),
        "staffing_against_rating": lambda n, **o: figures.staffing_against_rating(
            simulated.ratings(n), "vacancy", "rating", **o
        ),
        "evidence_map": lambda n, **o: figures.evidence_map(*simulated.known(n), **o),
        "sample_flow": lambda n, **o: figures.sample_flow(simulated.flow(min(n, 30)), **o),
        "power_curve": lambda n, **o: figures.power_curve(simulated.power(n), **o),
        "tipping_point": lambda n, **o: figures.tipping_point(simulated.delta(n), **o),
        "correlations": lambda n, **o: figures.association(simulated.correlations(n), **o),
        "cross table": lambda n, **o: figures.association(simulated.cross(n), **o),
        "specification_curve": lambda n, **o: figures.specification_curve(simulated.curve(n), **o),
    }


NAMES = [
    "coefficients", "side by side", "marginal_effects", "random_effects", "parallel_lines",
    "curves", "stacked", "categories", "bars", "thresholds", "diagnostics", "rating_shares",
    "diverging", "rating_paths", "staffing_against_rating", "evidence_map", "sample_flow",
    "power_curve", "tipping_point", "correlations", "cross table", "specification_curve",
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_of_its_usual_size(name, drawn, checks):
    drawing = checks.sound(drawn[name](20))
    assert repr(drawing) == f"Drawing: {drawing.alt_text}"


@pytest.mark.parametrize("size", [2, 120])
@pytest.mark.parametrize("name", NAMES)
def test_of_two_and_of_many(name, size, drawn, checks):
    checks.sound(drawn[name](size))


@pytest.mark.parametrize("width", ["column", "wide"])
@pytest.mark.parametrize("name", NAMES)
def test_in_a_narrower_column(name, width, drawn, checks):
    drawing = checks.sound(drawn[name](20, width=width))
    assert drawing.figure.get_figwidth() == pytest.approx(WIDTHS[width])


@pytest.mark.slow
@pytest.mark.parametrize("edition", [name for name in THEMES if name != "journal"])
@pytest.mark.parametrize("name", NAMES)
def test_in_every_edition(name, edition, drawn, checks):
    with figures.style(edition) as theme:
        drawing = checks.sound(drawn[name](20))
    face = drawing.figure.get_facecolor()
    assert plt.matplotlib.colors.same_color(face, theme.ground)


@pytest.mark.parametrize("name", NAMES)
def test_into_axes_that_are_given(name, drawn):
    figure, axes = plt.subplots(1, 2, figsize=(10, 5))
    drawing = drawn[name](2, ax=axes[1])
    assert drawing.figure is figure
    assert len(axes[0].texts) + len(axes[0].lines) + len(axes[0].patches) == 0
    plt.close(figure)


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_bytes_are_equal_on_redraw(name, drawn):
    first, second = drawn[name](20), drawn[name](20)
    for kind in ("svg", "png"):
        assert first.render(kind, dpi=60) == second.render(kind, dpi=60), kind


@pytest.mark.parametrize("name", NAMES)
def test_neither_numbers_nor_words_are_missing(name, drawn):
    drawing = drawn[name](20)
    assert len(drawing.data)
    numbers = drawing.data.select_dtypes("number").to_numpy()
    assert np.isfinite(numbers).any()
