"""Every column of the panel says what it means."""

import pytest

from probstats.data.panels.columns import LEVELS, panel_fields
from probstats.data.record.tables import load

UNITS = {
    "FTE": "_fte", "people": ("_people", "_headcount"), "percent": "_percent",
    "cases per person": ("cases_per_po", "cases_per_pso", "cases_per_practitioner"),
    "days per person per year": "_days_per_person", "cases": "cases_inspected",
}  # fmt: skip


@pytest.fixture(scope="module")
def fields(panel):
    return {field["name"]: field for field in panel_fields(panel, load("measures"))}


def test_every_column_is_described_in_its_order(panel, fields):
    assert list(fields) == panel.columns.tolist()
    for name, field in fields.items():
        assert len(field["description"]) > 8, name
        assert field["description"].strip() == field["description"], name
        assert "nan" not in field["description"].split(), name


def test_no_two_measures_have_the_same_description(fields):
    described = [field["description"] for field in fields.values()]
    assert len(set(described)) == len(described)


def test_types(panel, fields):
    kinds = {
        "category": "string", "str": "string", "Int64": "integer", "float64": "number",
        "boolean": "boolean", "datetime64[s]": "date",
    }  # fmt: skip
    for name, field in fields.items():
        assert field["type"] == kinds[str(panel[name].dtype)], name


def test_ratings_carry_their_scale(fields):
    ordered = [name for name, field in fields.items() if field.get("ordered")]
    assert ordered == ["rating", "rating_low", "rating_high"]
    for name in ordered:
        assert fields[name]["constraints"]["enum"] == [
            "Inadequate", "Requires improvement", "Good", "Outstanding",
        ]  # fmt: skip


def test_every_figure_has_the_unit_of_its_measure(fields, records):
    units = {row["column"]: row["unit"] for row in records["measures"]}
    measured = {name: field["unit"] for name, field in fields.items() if "unit" in field}
    assert len(measured) == 14
    for name, unit in measured.items():
        assert units[name.split("__")[0]] == unit
    numbers = {name for name, field in fields.items() if field["type"] == "number"}
    assert numbers - set(measured) == {"qualified_share__nation"}  # a share has no unit


def test_the_unit_is_in_the_name_of_every_measure(records):
    for row in records["measures"]:
        ending = UNITS[row["unit"]]
        assert row["column"].endswith(ending), row["column"]


@pytest.mark.parametrize("level", LEVELS)
def test_a_figure_of_a_wider_level_says_so(fields, level):
    named = [field for name, field in fields.items() if name.endswith(f"__{level}")]
    assert named
    for field in named:
        assert f"of the {level}" in field["description"]


def test_a_companion_names_what_it_goes_with(fields):
    for name, field in fields.items():
        stem, _, last = name.rpartition("__")
        if last in {"qualifier", "agrees", "source"}:
            assert field["description"].startswith(f"Of {stem}: ")
