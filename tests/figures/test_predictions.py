"""Predicted probabilities and the latent scale: what is drawn are the model's numbers."""

import numpy as np
import pandas as pd
import pytest

import probstats as ps
from probstats import figures


@pytest.fixture(scope="module")
def fit(simulated):
    return simulated.fit()


class TestCurves:
    def test_adjusted_curves_average_over_the_sample(self, fit):
        drawing = figures.predicted_probabilities(fit, "vacancy", at=[10.0, 40.0])
        data = fit.model.formula_data
        for value, rows in drawing.data.groupby("value"):
            expected = fit.predict(data.assign(vacancy=value)).mean()
            np.testing.assert_allclose(rows["estimate"], expected, rtol=1e-10)

    def test_curves_that_are_not_adjusted_hold_the_others_at_their_typical_values(self, fit):
        drawing = figures.predicted_probabilities(fit, "vacancy", at=[10.0], adjusted=False)
        row = fit.model.formula_data.head(1).assign(vacancy=10.0)
        kinds = fit.model.formula_data["kind"]
        row["kind"] = pd.Categorical([kinds.mode()[0]], categories=kinds.cat.categories)
        np.testing.assert_allclose(drawing.data["estimate"], fit.predict(row).iloc[0], rtol=1e-10)

    def test_there_is_a_panel_a_band_and_a_rug_for_each_level(self, fit, simulated):
        drawing = figures.predicted_probabilities(fit, "vacancy")
        assert len(drawing.figure.axes) == 4
        observed = fit.model.formula_data["vacancy"]
        for axes, (_, rows) in zip(
            drawing.figure.axes, drawing.data.groupby("level", sort=False), strict=True
        ):
            np.testing.assert_allclose(axes.lines[0].get_ydata(), rows["estimate"])
            rug = axes.collections[-1].get_segments()
            assert len(rug) == len(observed)
            assert axes.texts[0].get_text() == rows["level"].iloc[0]

    def test_every_curve_stands_out_from_the_ground(self, fit, edition, stands_out):
        drawing = figures.predicted_probabilities(fit, "vacancy", at=np.linspace(0, 50, 5))
        for axes in drawing.figure.axes:
            assert all(stands_out(line.get_color(), edition) for line in axes.lines)
            assert all(stands_out(c.get_facecolor()[0][:3], edition) for c in axes.collections[:1])

    def test_stacked_layers_add_to_one(self, fit):
        drawing = figures.predicted_probabilities(fit, "vacancy", kind="stacked")
        top = drawing.figure.axes[0].collections[3].get_paths()[0].vertices
        assert top[:, 1].max() == pytest.approx(1.0)
        totals = drawing.data.groupby("x")["estimate"].sum()
        np.testing.assert_allclose(totals, 1.0)

    def test_categories_are_rows_in_the_order_of_levels(self, fit):
        drawing = figures.predicted_probabilities(fit, "kind")
        labels = [text.get_text().replace("\n", " ") for text in
                  drawing.figure.axes[0].get_yticklabels()]  # fmt: skip
        assert labels == ["Community Rehabilitation Company", "Probation Delivery Unit"] * 4

    def test_a_fit_with_random_effects(self, simulated, checks):
        drawing = figures.predicted_probabilities(simulated.mixed_fit(), "vacancy", at=[5, 45])
        checks.sound(drawing)

    @pytest.mark.parametrize(
        ("options", "said"),
        [
            ({"covariate": "size"}, "the formula uses no column 'size'; it uses"),
            ({"covariate": "vacancy", "kind": "pie"}, "kind='pie' is not known; 'separate'"),
            ({"covariate": "vacancy", "at": []}, "at= is empty"),
        ],
    )
    def test_bad_input(self, fit, options, said):
        with pytest.raises(ps.ModelError, match=said):
            figures.predicted_probabilities(fit, **options)

    def test_a_fit_without_a_formula(self, simulated):
        data = simulated.ratings(60)
        plain = ps.CumulativeLinkModel(data["rating"], data[["vacancy"]]).fit()
        with pytest.raises(ps.ModelError, match="needs a fit from a formula"):
            figures.predicted_probabilities(plain, "vacancy")


class TestThresholds:
    def test_lines_stand_at_the_thresholds(self, fit):
        drawing = figures.thresholds(fit, fit.model.formula_data.head(2))
        lines = [c for c in drawing.figure.axes[0].collections if hasattr(c, "get_segments")]
        expected = fit.params.iloc[-3:]
        for collection in lines:
            drawn = [segment[0, 0] for segment in collection.get_segments()]
            np.testing.assert_allclose(drawn, expected, rtol=1e-10)
        assert len(lines) == 2

    def test_areas_are_the_probabilities(self, fit):
        groups = fit.model.formula_data.head(1)
        drawing = figures.thresholds(fit, groups)
        areas = []
        for layer in drawing.figure.axes[0].collections[:4]:
            x, y = layer.get_paths()[0].vertices.T
            foot = y.max()
            upper = x[y < foot], foot - y[y < foot]
            order = np.argsort(upper[0], kind="stable")
            areas.append(np.trapezoid(upper[1][order], upper[0][order]))
        shares = np.array(areas) / np.sum(areas)
        np.testing.assert_allclose(shares, fit.predict(groups).iloc[0], atol=0.01)

    def test_scale_and_nominal_effects_are_in_it(self, simulated, checks):
        data = simulated.ratings(200)
        fit = ps.CumulativeLinkModel.from_formula(
            "rating ~ vacancy", data, nominal="~ kind", scale="~ vacancy"
        ).fit()
        drawing = checks.sound(figures.thresholds(fit, data.iloc[[0, 1]]))
        chances = drawing.data["probability"].to_numpy().reshape(2, 4)
        np.testing.assert_allclose(chances, fit.predict(data.iloc[[0, 1]]))

    def test_too_many_rows_and_names_that_do_not_go_with_them(self, fit):
        with pytest.raises(ps.ModelError, match="80 different rows, too many to draw"):
            figures.thresholds(fit)
        with pytest.raises(ps.ModelError, match="there are 2 groups and 1 names"):
            figures.thresholds(fit, fit.model.formula_data.head(2), names=["one"])


def test_the_lowest_panel_of_each_column_has_numbers_below(simulated):
    data = simulated.ratings(80)
    data["score"] = data["rating"].cat.codes + (data["vacancy"] > 30)
    fit = ps.CumulativeLinkModel.from_formula("score ~ vacancy", data).fit()
    levels = data["score"].nunique()
    assert levels == 5
    panels = ps.figures.predicted_probabilities(fit, "vacancy").figure.axes[:levels]
    below = [axes.xaxis.get_tick_params()["labelbottom"] for axes in panels]
    assert below == [False, False, True, True, True]
    assert [bool(axes.get_xlabel()) for axes in panels] == below
