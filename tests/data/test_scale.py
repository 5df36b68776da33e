"""The words of the field are those of the descriptor."""

import pytest

from probstats.data import scale
from probstats.data.resolution.precedence import CRITERIA, read_precedence


def field(descriptor, table, name):
    fields = next(e for e in descriptor["resources"] if e["name"] == table)["schema"]["fields"]
    return next(field for field in fields if field["name"] == name)


def test_the_rating_scale_is_that_of_every_ordered_column(descriptor):
    ordered = [
        field
        for entry in descriptor["resources"]
        for field in entry["schema"]["fields"]
        if field.get("ordered")
    ]
    assert len(ordered) == 4
    for column in ordered:
        assert tuple(column["constraints"]["enum"]) == scale.RATINGS


def test_ratings_run_from_worst_to_best():
    assert scale.RATINGS == ("Inadequate", "Requires improvement", "Good", "Outstanding")


@pytest.mark.parametrize(
    ("table", "column", "words"),
    [
        ("rating_claims", "standard", scale.STANDARD_NAMES),
        ("inspections", "provider_type", scale.PROVIDER_NAMES),
    ],
)
def test_every_word_that_the_descriptor_allows_is_known(descriptor, table, column, words):
    assert set(words) == set(field(descriptor, table, column)["constraints"]["enum"])


@pytest.mark.parametrize(
    ("criterion", "columns"),
    [
        ("source kind", [("sources", "kind")]),
        ("basis", [("rating_claims", "basis"), ("measure_claims", "basis")]),
        ("precision", [("measure_claims", "qualifier")]),
    ],
)
def test_precedence_ranks_every_word_that_the_descriptor_allows(descriptor, criterion, columns):
    allowed = {
        word for table, name in columns
        for word in field(descriptor, table, name)["constraints"]["enum"]
    }  # fmt: skip
    table = read_precedence().table
    ranked = set(table.loc[table["criterion"] == criterion, "value"])
    assert ranked == allowed | ({"interval"} if criterion == "precision" else set())
    assert set(field(descriptor, "precedence", "criterion")["constraints"]["enum"]) == {
        *CRITERIA, "publication",
    }  # fmt: skip


def test_standards_of_sets_have_a_name_and_a_place(descriptor):
    allowed = field(descriptor, "standards", "standard")["constraints"]["enum"]
    assert set(scale.STANDARD_NAMES) == {scale.OVERALL, *allowed}
    assert next(iter(scale.STANDARD_NAMES)) == scale.OVERALL


def test_supervision_and_rated_providers_are_words_of_the_field():
    assert len(scale.SUPERVISION) == 4
    assert set(scale.SUPERVISION) < set(scale.STANDARD_NAMES)
    assert set(scale.RATED_PROVIDERS) < set(scale.PROVIDER_NAMES)
