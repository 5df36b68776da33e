"""Tables of two outcomes: what stands out is seen in every cell, also in an empty one."""

import pandas as pd
import pytest
from matplotlib.text import Annotation

import probstats as ps
from probstats import display


@pytest.fixture(scope="module")
def table():
    """A simulated table in which both corners off the diagonal are empty."""
    simulated = pd.DataFrame({"lead": [1] * 12 + [2] * 12, "plan": [1] * 6 + [2] * 12 + [3] * 6})
    return ps.cross_table(simulated, "lead", "plan", n_resamples=99, rng=1)


def test_counts_beyond_two_are_bold_and_others_are_not(table):
    drawing = ps.figures.association(table)
    [axes] = drawing.figure.axes
    weights = {
        (int(text.xy[1]), int(text.xy[0])): text.get_fontweight()
        for text in axes.texts
        if isinstance(text, Annotation)
    }
    adjusted = table.adjusted.to_numpy(dtype=float)
    assert (abs(adjusted) > 2).any()
    assert (abs(adjusted) <= 2).any()
    for cell, weight in weights.items():
        assert weight == ("bold" if abs(adjusted[cell]) > 2 else "normal")
    assert table.counts.loc[1, 3] == 0
    assert weights[0, 2] == "bold"


def test_the_words_name_what_stands_out(table):
    words = ps.figures.association(table).alt_text
    residual = display.number(float(table.adjusted.loc[1, 1]), 1)
    assert f"Clearly more than expected, by adjusted residuals: level 1 with level 1 ({residual})" \
        in words  # fmt: skip
    assert "Clearly fewer than expected" in words
    assert words.startswith("Lead by plan, 24 rows. level 1: level 1 6, level 2 6, level 3 0.")


def test_a_table_without_such_cells_says_nothing_of_them():
    simulated = pd.DataFrame({"lead": [1, 1, 2, 2] * 3, "plan": [1, 2, 1, 2] * 3})
    words = ps.figures.association(ps.cross_table(simulated, "lead", "plan", rng=1)).alt_text
    assert "Clearly" not in words
