"""Whose figures a subject can have, and what an inspection can be: refused, and seen by check."""

import pytest

import probstats as ps
from probstats.data.record.inspection_rules import find_faults, years_of
from probstats.data.record.populations import BY_KIND, UNIFIED_FROM, why_not

PDU, CRC = "Probation Delivery Unit", "Community Rehabilitation Company"


@pytest.mark.parametrize(
    ("kind", "population", "first", "last", "fits"),
    [
        (PDU, "unified", "", "", True),
        (PDU, "CRC", "", "", False),
        ("probation region", "NPS", "", "", False),
        (CRC, "CRC", "2019-03-31", "2019-03-31", True),
        (CRC, "NPS", "", "", False),
        ("National Probation Service division", "CRC", "", "", False),
        ("nation", "CRC", "2020-01-01", "2020-12-31", True),
        ("nation", "CRC", "2021-06-01", "2021-06-30", True),
        ("nation", "CRC", "2021-06-26", "2021-06-30", False),
        ("nation", "CRC and NPS", "2022-01-01", "2022-12-31", False),
        ("nation", "unified", "2021-06-01", "2021-06-30", True),
        ("nation", "unified", "2021-06-25", "2021-06-25", False),
        ("nation", "everyone on probation", "2010-01-01", "2030-01-01", True),
        ("local delivery area", "CRC and NPS", "", "", True),
    ],
)
def test_kind_and_era(kind, population, first, last, fits):
    assert (why_not(kind, population, first, last) is None) == fits


def test_the_maps_are_those_of_the_tables(descriptor):
    fields = {r["name"]: r["schema"]["fields"] for r in descriptor["resources"]}
    kinds = next(f for f in fields["subjects"] if f["name"] == "kind")["constraints"]["enum"]
    known = next(f for f in fields["measure_claims"] if f["name"] == "population")
    assert set(BY_KIND) <= set(kinds)
    assert {p for names in BY_KIND.values() for p in names} <= set(known["constraints"]["enum"])
    ends = ps.data.load("subjects").groupby("kind")["valid_to"].max().dropna()
    assert (ends.dt.strftime("%Y-%m-%d") < UNIFIED_FROM).all()


INSPECTION = {
    "programme": "core-2018-19", "provider_type": "crc", "owner": "Sodexo Justice Services",
    "fieldwork_start_from": "2019-02-01", "fieldwork_start_to": "2019-02-28",
    "published_from": "2019-05-01", "published_to": "2019-05-31",
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "column"),
    [
        ({}, None),
        ({"published_from": "", "published_to": ""}, None),
        ({"fieldwork_start_from": "2019-06-01", "fieldwork_start_to": "2019-06-30"},
         "fieldwork_start_from"),
        ({"fieldwork_start_from": "2017-02-01", "fieldwork_start_to": "2017-02-28"},
         "fieldwork_start_from"),
        ({"published_from": "2020-01-01", "published_to": "2020-01-31"}, "published_from"),
        ({"provider_type": "nps"}, "owner"),
        ({"provider_type": "lda"}, None),
    ],
)  # fmt: skip
def test_what_an_inspection_can_be(change, column):
    found = [name for name, _ in find_faults(INSPECTION | change)]
    assert found == ([] if column is None else [column])


def test_every_programme_names_its_years(descriptor):
    fields = next(r for r in descriptor["resources"] if r["name"] == "inspections")
    column = next(f for f in fields["schema"]["fields"] if f["name"] == "programme")
    for programme in column["constraints"]["enum"]:
        first, last = years_of(programme)
        assert "2016" <= first <= last <= "2026", programme
