"""The interval plot: marks, arrows, order and words, and the figures that are such plots."""

import numpy as np
import pandas as pd
import pytest

import probstats as ps
from probstats import display, figures
from probstats.figures.canvas import panels
from probstats.figures.intervals import interval_plot, limits, said
from probstats.figures.style import THEMES

ROWS = pd.DataFrame(
    {
        "name": ["one", "two", "three", "four"],
        "estimate": [0.5, -1.0, np.inf, np.nan],
        "low": [0.1, -np.inf, 0.4, np.nan],
        "high": [0.9, 1.0, np.inf, np.nan],
    }
)


def marks(axes, marker):
    return [tuple(map(float, line.get_xydata()[0])) for line in axes.lines
            if line.get_marker() == marker]  # fmt: skip


@pytest.fixture
def axes():
    with figures.style():
        yield interval_plot(ROWS, label="Effect", words=display.number)


def test_estimates_are_marks_and_first_rows_are_on_top(axes):
    places = dict(zip([t.get_text() for t in axes.get_yticklabels()], axes.get_yticks(),
                      strict=True))  # fmt: skip
    assert marks(axes, "o") == [(0.5, places["one"]), (-1.0, places["two"])]
    assert axes.yaxis_inverted()
    assert list(places) == ["one", "two", "three", "four"]


def test_infinite_ends_are_arrows_at_the_edge(axes):
    low, high = axes.get_xlim()
    assert [x for x, _ in marks(axes, "<")] == [low]
    assert [x for x, _ in marks(axes, ">")] == [high]


def test_words_beside_rows_say_what_is_not_finite(axes):
    words = [text.get_text().replace("\xa0", " ") for text in axes.texts]
    assert words == [
        "0.50 (0.10 to 0.90)", "−1.00 (−∞ to 1.00)", "no finite estimate (0.40 to ∞)",
        "no finite estimate",
    ]  # fmt: skip


def test_series_stand_side_by_side_in_the_row_of_a_name():
    rows = pd.DataFrame(
        {"name": ["a", "a", "b", "b"], "series": ["M", "N"] * 2, "estimate": [1.0, 2, 3, 4],
         "low": 0.0, "high": 5.0}
    )  # fmt: skip
    with figures.style() as theme:
        axes = interval_plot(rows, label="Effect")
    first, second = (marks(axes, look.marker) for look in theme.series[:2])
    assert [x for x, _ in first] == [1.0, 3.0]
    ticks = axes.get_yticks()
    np.testing.assert_allclose([(a + b) / 2 for (_, a), (_, b) in zip(first, second, strict=True)],
                               ticks)  # fmt: skip
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["M", "N"]


@pytest.mark.parametrize(
    ("values", "log", "expected"),
    [
        ([0.0, 10.0], False, (-0.5, 10.5)),
        ([np.nan, np.inf], False, (-0.5, 0.5)),
        ([np.nan, np.inf], True, (np.exp(-1), np.exp(1))),
        ([1e-6, 1e6], True, (10**-6.6, 10**6.6)),
    ],
)
def test_limits_show_what_is_finite(values, log, expected):
    rows = pd.DataFrame({"estimate": values, "low": np.nan, "high": np.nan})
    found = limits(rows, log=log, reference=1.0 if log else 0.0)
    np.testing.assert_allclose(found, expected, rtol=1e-12)


def test_a_missing_interval_is_not_made_up():
    row = pd.Series({"estimate": 0.5, "low": np.nan, "high": np.nan})
    assert said(row, display.number) == "0.50"


def test_axes_of_a_grid_are_needed_for_several_panels():
    figure = panels(lines=10)[0, 0].get_figure()
    loose = figure.add_axes((0.1, 0.1, 0.5, 0.5))
    with pytest.raises(ps.ProbstatsError, match="several panels, and ax is not part of a grid"):
        panels(loose, lines=10, shape=(1, 2))
    with pytest.raises(ps.ProbstatsError, match="ax is a str; give matplotlib Axes"):
        panels("here", lines=10)
    with pytest.raises(ps.ProbstatsError, match="width='poster' is not known; choose one of col"):
        panels(lines=10, width="poster")


class TestCoefficients:
    def test_a_fit_gives_odds_ratios_and_another_link_coefficients(self, simulated):
        fit = simulated.fit()
        drawing = figures.coefficients(fit)
        np.testing.assert_allclose(drawing.data["estimate"], np.exp(fit.params.iloc[:2]))
        assert drawing.figure.axes[0].get_xscale() == "log"
        probit = ps.CumulativeLinkModel.from_formula(
            "rating ~ vacancy", simulated.ratings(80), link="probit"
        ).fit()
        drawing = figures.coefficients({"logit": fit, "probit": probit})
        assert drawing.figure.axes[0].get_xscale() == "linear"

    def test_thresholds_are_not_drawn_among_odds_ratios(self, simulated):
        frame = ps.tables.estimates({"A": simulated.fit()})
        with pytest.raises(ps.ModelError, match="no axis in common"):
            figures.coefficients(frame)

    def test_a_fit_without_covariates(self, simulated):
        fit = simulated.fit(formula="rating ~ 1")
        with pytest.raises(ps.ModelError, match="no coefficients to draw"):
            figures.coefficients(fit)


class TestEffects:
    def test_marginal_effects_are_average_comparisons_in_percentage_points(self, simulated):
        fit = simulated.fit()
        drawing = figures.marginal_effects(fit)
        found = fit.avg_comparisons()
        drawn = [x for x, _ in marks(drawing.figure.axes[0], "o")]
        np.testing.assert_allclose(drawn, 100 * found["estimate"])
        first = display.number(100 * found["estimate"].iloc[0], 1)
        assert first in drawing.alt_text

    def test_groups_are_named_only_on_request(self, simulated, checks):
        fit = simulated.mixed_fit(12)
        drawing = figures.random_effects(fit)
        assert [text.get_text().strip() for text in drawing.figure.axes[0].get_yticklabels()] == [
            ""
        ] * 12
        assert "group" not in drawing.data
        assert "Groups are not named." in drawing.alt_text
        named = figures.random_effects(fit, names=True)
        assert set(named.data["group"]) == {str(label) for label in range(12)}
        for label in named.data["group"]:
            assert f"{label}: " in named.alt_text

    def test_random_effects_are_in_order_with_conditional_errors(self, simulated):
        fit = simulated.mixed_fit(12)
        drawing = figures.random_effects(fit)
        effects = fit.random_effects.sort_values("estimate")
        np.testing.assert_allclose(drawing.data["estimate"], effects["estimate"])
        np.testing.assert_allclose(
            drawing.data["high"] - drawing.data["estimate"], 1.959964 * effects["se"], rtol=1e-6
        )

    def test_a_factor_that_is_not_there(self, simulated):
        with pytest.raises(ps.ModelError, match="factor='judge' is not in the fit; it has area"):
            figures.random_effects(simulated.mixed_fit(), factor="judge")
        with pytest.raises(ps.ModelError, match="random_effects needs a mixed fit"):
            figures.random_effects(simulated.fit())

    def test_parallel_lines_have_a_row_for_each_split_and_one_for_all(self, simulated):
        drawing = figures.parallel_lines(simulated.fit())
        labels = [text.get_text() for text in drawing.figure.axes[0].get_yticklabels()]
        assert [label.replace("\n", " ") for label in labels[:4]] == [
            "Requires improvement or higher against Inadequate or lower",
            "Good or higher against Requires improvement or lower",
            "Outstanding or higher against Good or lower",
            "all thresholds together",
        ]
        assert drawing.data["split"].tolist()[3] == "all"

    def test_a_split_that_separates_is_an_arrow(self):
        x = np.array([0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 0, 1])
        y = np.array([1, 1, 2, 2, 3, 1, 2, 2, 3, 3, 2, 3])
        data = pd.DataFrame({"x": x, "y": y})
        fit = ps.CumulativeLinkModel.from_formula("y ~ x", data).fit()
        drawing = figures.parallel_lines(fit)
        assert len(marks(drawing.figure.axes[0], ">")) == 1
        assert "no finite estimate" in drawing.alt_text


def test_the_look_of_every_edition_has_six_series():
    assert {len(theme.series) for theme in THEMES.values()} == {6}
