"""Grids of few rows: the names of their sections have room above, and the key below."""

import pytest

import probstats as ps
from probstats import figures


@pytest.fixture(scope="module")
def panel():
    panel = ps.load_panel()
    return panel.assign(section=panel["provider_type"])


@pytest.mark.parametrize("rows", [1, 2, 5])
def test_grids_of_few_rows_are_sound(rows, panel, edition, checks):
    names = ["overall", "planning", "assessment", "leadership", "staffing"][:rows]
    drawing = figures.rating_grid(panel, {name: name.capitalize() for name in names})
    checks.sound(drawing)
    shown = checks.words(drawing)
    for section, count in panel.drop_duplicates("inspection_id")["section"].value_counts().items():
        assert f"{section} ({count})" in shown
