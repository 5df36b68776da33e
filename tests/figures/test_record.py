"""Figures of the record: paths, staffing against ratings, evidence and flow."""

import numpy as np
import pandas as pd
import pytest

import probstats as ps
from probstats import figures
from probstats.figures.style import THEMES

RATING = pd.CategoricalDtype(["Inadequate", "Requires improvement", "Good", "Outstanding"], True)


class TestPaths:
    def test_bands_are_as_wide_as_there_are_subjects(self, simulated):
        drawing = figures.rating_paths(simulated.pairs(22))
        bands = [c for c in drawing.figure.axes[0].collections if len(c.get_paths())]
        widths = []
        for band in bands:
            vertices = band.get_paths()[0].vertices
            left = vertices[np.isclose(vertices[:, 0], vertices[:, 0].min()), 1]
            widths.append(left.max() - left.min())
        counts = drawing.data["n"].to_numpy()
        np.testing.assert_allclose(np.sort(widths) / np.sum(widths), np.sort(counts) / 22)

    def test_missing_ratings_are_counted_and_not_drawn(self, simulated):
        pairs = simulated.pairs(10)
        pairs.loc[[1, 2], "after"] = np.nan
        drawing = figures.rating_paths(pairs)
        assert drawing.data["n"].sum() == 8
        assert "2 with a rating missing not drawn." in drawing.alt_text

    def test_nobody_with_both(self, simulated, checks):
        pairs = simulated.pairs(3)
        drawing = figures.rating_paths(pairs.assign(after=pairs["after"].where([False] * 3)))
        assert "no subject with two known ratings" in checks.words(drawing)

    def test_bad_input(self, simulated):
        pairs = simulated.pairs(3)
        with pytest.raises(ps.DataError, match="no column 'later'"):
            figures.rating_paths(pairs, after="later")
        with pytest.raises(ps.DataError, match="ordered categoricals of the same"):
            figures.rating_paths(pairs.astype({"after": str}))


class TestStaffingAgainstRating:
    @pytest.fixture
    def data(self):
        """Four simulated inspections, each printed in another way."""
        ratings = ["Good", "Good", "Inadequate", "Requires improvement"]
        return pd.DataFrame(
            {
                "rate": [10.0, 20.0, 30.0, 40.0],
                "rate__qualifier": ["exact", "about", "at least", "at most"],
                "low": pd.Series(ratings).astype(RATING),
                "high": pd.Series(["Good", "Good", "Good", "Requires improvement"]).astype(RATING),
            }
        )

    def test_every_point_is_drawn_as_it_was_printed(self, data):
        drawing = figures.staffing_against_rating(data, "rate", "low")
        axes = drawing.figure.axes[0]
        points = {float(line.get_xdata()[0]): line for line in axes.lines}
        assert sorted(points) == [10.0, 20.0, 30.0, 40.0]
        assert points[20.0].get_markerfacecolor() == THEMES["journal"].ground
        assert points[10.0].get_markerfacecolor() != THEMES["journal"].ground
        arrows = {text.xy[0] - text.xyann[0] for text in axes.texts if text.arrow_patch}
        assert {np.sign(x) for x in arrows} == {-1.0, 1.0}
        assert "Good: 10, about 20." in drawing.alt_text
        assert "Inadequate: at least 30." in drawing.alt_text

    def test_a_rating_known_within_bounds_is_a_line_between_them(self, data):
        drawing = figures.staffing_against_rating(data, "rate", ("low", "high"))
        lines = [line for line in drawing.figure.axes[0].lines if len(line.get_xdata()) == 2]
        assert [list(line.get_xdata()) for line in lines] == [[30.0, 30.0]]

    def test_the_best_rating_is_on_top(self, data):
        drawing = figures.staffing_against_rating(data, "rate", "low")
        labels = [text.get_text() for text in drawing.figure.axes[0].get_yticklabels()]
        assert [label.split(" (")[0] for label in labels] == list(RATING.categories)[::-1]

    def test_no_inspection_has_both(self, data, checks):
        drawing = figures.staffing_against_rating(data.assign(rate=np.nan), "rate", "low")
        assert "no inspection with both known" in checks.words(drawing)

    def test_bad_input(self, data):
        with pytest.raises(ps.DataError, match="no column 'fte'"):
            figures.staffing_against_rating(data, "fte", "low")
        with pytest.raises(ps.DataError, match="holds 'roughly'; how a figure was printed is one"):
            figures.staffing_against_rating(data.assign(rate__qualifier="roughly"), "rate", "low")
        with pytest.raises(ps.DataError, match="ratings must be an ordered categorical"):
            figures.staffing_against_rating(data.astype({"low": str}), "rate", "low")


class TestEvidence:
    def test_cells_are_what_is_known(self, simulated):
        known, inspections = simulated.known(40)
        drawing = figures.evidence_map(known, inspections)
        drawn = sum(len(c.get_paths()) for c in drawing.figure.axes[0].collections)
        assert drawn == len(known)
        assert drawing.data["source_group"].notna().sum() == len(known)
        assert "inspection_id" not in drawing.data

    def test_of_the_record(self, checks):
        wide = ps.load_panel("wide")
        sections = wide[["inspection_id"]].assign(section=wide["provider_type"])
        drawing = figures.evidence_map(ps.data.provenance(), sections)
        for name in ps.data.load("subjects")["name"]:
            assert name not in drawing.alt_text
        assert f"Map of {len(wide)} inspections" in drawing.alt_text

    def test_nothing_known_and_nobody_found(self, simulated, checks):
        known, inspections = simulated.known(5)
        drawing = figures.evidence_map(known.head(0), inspections, items={"a": "One item"})
        assert "Cells by source: none." in drawing.alt_text
        with pytest.raises(ps.DataError, match="there are no inspections to draw"):
            figures.evidence_map(known, inspections.head(0))

    def test_flow_bars_are_counts_and_losses_are_said(self):
        flow = ps.tables.sample_flow(ps.load_panel("wide"))
        drawing = figures.sample_flow(flow, reasons={"overall rating seen": "none published"})
        bars = [bar.get_width() for bar in drawing.figure.axes[0].patches]
        assert bars[len(flow) :] == flow["inspections"].tolist()
        words = [text.get_text().replace("\n", " ") for text in drawing.figure.axes[0].texts]
        lost = flow["inspections"].iloc[0] - flow["inspections"].iloc[1]
        assert words[1] == f"{flow['inspections'].iloc[1]} ({lost} lost: none published)"


class TestOfResults:
    def test_power_is_drawn_with_its_goal_and_interval(self, simulated):
        frame = simulated.power(5)
        drawing = figures.power_curve(frame)
        axes = drawing.figure.axes[0]
        np.testing.assert_allclose(axes.lines[0].get_ydata(), frame["power"])
        assert [line.get_ydata()[0] for line in axes.lines[1:]] == [0.8]
        with pytest.raises(ps.ModelError, match="draws simulated power"):
            figures.power_curve(ps.power(shares=[0.5, 0.5], odds_ratio=2, n=100))

    def test_tipping_points_are_lines_with_their_delta(self, simulated, checks):
        drawing = figures.tipping_point(simulated.delta(9))
        assert "3.2" in checks.words(drawing)
        with pytest.raises(ps.ModelError, match="draws what delta_sensitivity returns"):
            figures.tipping_point(simulated.power(3))

    def test_discs_are_as_large_as_counts(self, simulated):
        table = simulated.cross(60)
        drawing = figures.association(table)
        discs = [line for line in drawing.figure.axes[0].lines if line.get_marker() == "o"]
        counts = table.counts.loc[table.adjusted.index, table.adjusted.columns].to_numpy(float)
        areas = np.array([line.get_markersize() ** 2 for line in discs])
        np.testing.assert_allclose(areas / areas.max(), counts[counts > 0] / counts.max())

    def test_the_curve_is_in_order_and_choices_stand_below_it(self, simulated):
        result = simulated.curve(30)
        drawing = figures.specification_curve(result)
        top, bottom = drawing.figure.axes
        points = np.concatenate([line.get_xydata() for line in top.lines if line.get_marker() != ""
                                 and line.get_linestyle() == "None"])  # fmt: skip
        ordered = points[np.argsort(points[:, 0])]
        assert (np.diff(ordered[:, 1]) >= 0).all()
        labels = [text.get_text() for text in bottom.get_yticklabels()]
        assert "all" not in labels  # the same in all analyses
        assert {"overall", "supervision", "logit", "probit"} <= set(labels)
        assert "1 more gave no estimate." in drawing.alt_text
        with pytest.raises(ps.ModelError, match="exposure='caseload' is not in the result"):
            figures.specification_curve(result, exposure="caseload")
