import itertools

import matplotlib as mpl
import pytest

from probstats import figures
from probstats.data.scale import RATINGS
from probstats.figures.style import (
    GREY,
    INK,
    NAVY,
    ORANGE,
    ORANGE_INK,
    RATING_COLOURS,
    contrast,
    ink_on,
)

# Viénot, Brettel and Mollon (1999) dichromat projections in linear RGB, rounded as published.
PROTAN = [[0.11238, 0.88762, 0.0], [0.11238, 0.88762, 0.0], [0.00401, -0.00401, 1.0]]
DEUTAN = [[0.29275, 0.70725, 0.0], [0.29275, 0.70725, 0.0], [-0.02234, 0.02234, 1.0]]


def simulated(colour, matrix):
    linear = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
        for c in mpl.colors.to_rgb(colour)
    ]
    return [sum(m * c for m, c in zip(row, linear, strict=True)) for row in matrix]


def test_ratings_have_one_order():
    assert tuple(RATING_COLOURS) == RATINGS


@pytest.mark.parametrize("colour", [*RATING_COLOURS.values(), NAVY, GREY, INK])
def test_colours_stand_out_on_white(colour):
    assert contrast(colour, "white") >= 3


def test_lines_stand_out_and_words_can_be_read():
    assert contrast(ORANGE, "white") >= 3
    for ink in (ORANGE_INK, NAVY, INK, GREY):
        assert contrast(ink, "white") >= 4.5


@pytest.mark.parametrize("colour", RATING_COLOURS.values())
def test_counts_can_be_read_in_bars(colour):
    assert contrast(ink_on(colour), colour) >= 4.5


@pytest.mark.parametrize("matrix", [PROTAN, DEUTAN], ids=["protanopia", "deuteranopia"])
def test_ratings_stay_apart_for_dichromats(matrix):
    for one, other in itertools.combinations(RATING_COLOURS.values(), 2):
        gap = [
            abs(a - b)
            for a, b in zip(simulated(one, matrix), simulated(other, matrix), strict=True)
        ]
        assert max(gap) > 0.08, (one, other)


def test_contrast_of_known_pairs():
    assert contrast("black", "white") == 21
    assert contrast("white", "white") == 1


def test_the_users_settings_are_back():
    before = mpl.rcParams["font.size"]
    with figures.journal_style():
        assert mpl.rcParams["font.size"] != before
    assert mpl.rcParams["font.size"] == before
