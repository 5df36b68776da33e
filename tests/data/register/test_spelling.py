import pytest

from probstats.data.register.spelling import (
    CRC,
    KIND_WORDS,
    LDA,
    NPS,
    PDU,
    REGION,
    read_kind,
    read_spelling,
    shorten,
)
from probstats.errors import DataError


@pytest.mark.parametrize(
    ("name", "places", "kind"),
    [
        ("Kent, Surrey and Sussex CRC", ("kent", "surrey", "sussex"), CRC),
        ("sussex; KENT & Surrey (CRC)", ("kent", "surrey", "sussex"), CRC),
        ("Kent, Surrey, and Sussex", ("kent", "surrey", "sussex"), None),
        ("Kent/Surrey + Sussex", ("kent", "surrey", "sussex"), None),
        ("NPS South West and South Central", ("south central", "south west"), NPS),
        ("North East NPS division", ("north east",), NPS),
        ("North East division", ("north east",), NPS),
        ("Lambeth Probation Delivery Unit", ("lambeth",), PDU),
        ("North London LDU", ("north london",), LDA),
        ("Probation Service – London", ("london",), REGION),
        ("Probation Service - Yorkshire and the Humber region", ("humber", "yorkshire"), REGION),
        ("National Probation Service London", ("london",), NPS),
        ("Dyfed\u2011Powys", ("dyfed powys",), None),
        ("Sandwell and Andover", ("andover", "sandwell"), None),
        ("St. Helen's", ("st helens",), None),
        ("CRC", ("crc",), None),
        ("  ,, & ", (), None),
    ],
)
def test_a_name_is_its_places_and_the_kind_it_tells(name, places, kind):
    spelling = read_spelling(name)
    assert spelling.places == places
    assert spelling.kind == kind


def test_words_of_one_place_keep_their_order():
    assert read_spelling("North East") != read_spelling("East North")
    assert read_spelling("Cheshire West") != read_spelling("West Cheshire")


def test_no_two_subjects_of_one_kind_share_their_places(records):
    keys = [(row["kind"], read_spelling(row["name"]).places) for row in records["subjects"]]
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize("word", ["crc", " CRC ", "Community Rehabilitation Company"])
def test_a_kind_is_asked_for_by_word_or_in_full(word):
    assert read_kind(word) == CRC


def test_every_kind_of_the_tables_can_be_asked_for(records):
    kinds = {row["kind"] for row in records["subjects"]}
    assert set(KIND_WORDS.values()) == kinds
    assert {row["provider_type"] for row in records["inspections"]} <= set(KIND_WORDS)


@pytest.mark.parametrize("kind", ["", "trust", 3, 2.5, ["crc"], True, b"crc"])
def test_an_unknown_kind_is_an_error(kind):
    with pytest.raises(DataError, match=r"no kind of subject .*crc, nps, pdu, lda, region"):
        read_kind(kind)


def test_long_values_are_cut_in_messages():
    assert len(shorten("x" * 10_000)) == 80
    assert shorten("x") == "'x'"
