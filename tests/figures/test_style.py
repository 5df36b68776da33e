"""Editions of the look: what stands out, for whom, and that the user's settings come back."""

import itertools

import matplotlib as mpl
import numpy as np
import pytest

import probstats as ps
from probstats import figures
from probstats.data.scale import RATINGS
from probstats.figures.colours import (
    VISION,
    contrast,
    difference,
    ink_on,
    legible,
    simulate,
)
from probstats.figures.style import THEMES, WIDTHS, current_theme

EYES = [None, *VISION]
DICHROMATS = ["protanopia", "deuteranopia", "tritanopia"]


def seen(colour, eyes):
    return colour if eyes is None else simulate(colour, eyes)


@pytest.fixture(params=THEMES.values(), ids=THEMES)
def theme(request):
    return request.param


def test_ratings_have_one_order(theme):
    assert [theme.rating(name) for name in RATINGS] == list(theme.ratings)
    assert len({look.marker for look in theme.ratings}) == 4


@pytest.mark.parametrize("eyes", EYES)
def test_marks_stand_out_on_the_ground(theme, eyes):
    ground = seen(theme.ground, eyes)
    for look in theme.series:
        assert contrast(seen(look.colour, eyes), ground) >= 3, look
    for look in theme.ratings:
        # A pale fill has an edge that stands out.
        edge = look.colour if theme.edge == theme.ground else theme.edge
        assert contrast(seen(edge, eyes), ground) >= 3, look


def test_words_can_be_read(theme):
    for ink in (theme.ink, theme.muted):
        assert contrast(ink, theme.ground) >= 4.5
    for look in (*theme.ratings, *theme.series):
        assert contrast(ink_on(look.colour), look.colour) >= 4.5, look
        assert contrast(legible(look.colour, theme.ground, theme.ink), theme.ground) >= 4.5


@pytest.mark.parametrize("eyes", [None, *DICHROMATS])
def test_ratings_stay_apart(theme, eyes):
    for one, other in itertools.combinations(theme.ratings, 2):
        assert difference(seen(one.colour, eyes), seen(other.colour, eyes)) >= 17, (one, other)


def test_the_printed_edition_needs_no_colour():
    theme = THEMES["print"]
    for one, other in itertools.combinations(theme.ratings, 2):
        grey = difference(simulate(one.colour, "greyscale"), simulate(other.colour, "greyscale"))
        assert one.hatch != other.hatch or grey >= 30, (one, other)
    # Which is why there is one: on screen two pairs of ratings are the same grey.
    screen = [simulate(look.colour, "greyscale") for look in THEMES["journal"].ratings]
    assert min(difference(a, b) for a, b in itertools.combinations(screen, 2)) < 10


@pytest.mark.parametrize("number", [1, 2, 3, 5, 7])
def test_any_number_of_levels(theme, number):
    looks = theme.levels(number)
    assert len({(look.colour, look.hatch) for look in looks}) == number
    assert len({look.marker for look in looks}) == number
    assert theme.levels(4) == theme.ratings


class TestColours:
    def test_contrast_of_known_pairs(self):
        assert contrast("black", "white") == 21
        assert contrast("white", "white") == 1
        assert contrast("#767676", "white") == 4.54  # the lightest grey of WCAG's own example

    def test_greyscale_keeps_luminance(self):
        for colour in ("#F46A25", "#2073BC", "#12436D"):
            grey = simulate(colour, "greyscale")
            assert contrast(colour, "white") == pytest.approx(contrast(grey, "white"), rel=0.01)
            assert len(set(mpl.colors.to_rgb(grey))) == 1

    def test_dichromats_confuse_what_they_confuse(self):
        red, green = "#D0021B", "#6E6A00"
        assert difference(simulate(red, "deuteranopia"), simulate(green, "deuteranopia")) < (
            0.5 * difference(red, green)
        )

    @pytest.mark.parametrize("vision", VISION)
    def test_white_and_black_stay(self, vision):
        assert simulate("white", vision) == "#ffffff"
        assert simulate("black", vision) == "#000000"

    def test_difference_is_that_of_cielab(self):
        # L* of sRGB red is 53.24, a* 80.09, b* 67.20 (Lindbloom).
        expected = np.linalg.norm([53.24, 80.09, 67.20])
        assert difference("red", "black") == pytest.approx(expected, abs=0.1)

    def test_an_unknown_way_of_seeing(self):
        with pytest.raises(ps.ProbstatsError, match="vision='x' is not known; one of protanopia"):
            simulate("red", "x")


class TestStyle:
    def test_the_users_settings_are_back(self):
        before = dict(mpl.rcParams)
        with figures.style("slides"):
            assert mpl.rcParams["font.size"] == THEMES["slides"].size
        assert dict(mpl.rcParams) == before
        assert current_theme().name == "journal"

    def test_they_are_back_after_an_error(self):
        before = dict(mpl.rcParams)
        with pytest.raises(ZeroDivisionError), figures.style("dark"):
            1 / 0  # noqa: B018
        assert dict(mpl.rcParams) == before
        assert current_theme().name == "journal"

    def test_a_figure_leaves_the_users_settings_alone(self, ratios):
        with mpl.rc_context({"font.size": 23.0}):
            drawing = figures.coefficients(ratios)
            assert mpl.rcParams["font.size"] == 23.0
        assert {text.get_fontsize() for text in drawing.figure.axes[0].texts} <= {7.0, 7.5}

    def test_an_unknown_edition(self):
        with pytest.raises(ps.ProbstatsError, match="one of journal, report, slides, dark, print"):
            figures.style("poster").__enter__()

    def test_text_is_seven_to_nine_points_on_paper(self):
        for theme in THEMES.values():
            if theme.enlarged == 1.0:
                assert 7 <= theme.small <= theme.size <= 9

    def test_widths(self):
        assert [round(width * 25.4) for width in WIDTHS.values()] == [90, 140, 190]
