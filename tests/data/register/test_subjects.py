import pandas as pd
import pytest

import probstats as ps
from probstats.data.register.subjects import subjects
from probstats.errors import DataError


@pytest.fixture(scope="module")
def register():
    return subjects().set_index("subject_id")


def test_it_is_the_table_of_subjects_with_more_columns(register, records):
    assert register.index.tolist() == [row["subject_id"] for row in records["subjects"]]
    assert register.columns.tolist() == [
        "name", "kind", "region", "valid_from", "valid_to",
        "parent", "owners", "aliases", "predecessors", "successors",
    ]  # fmt: skip


def test_the_twelve_regions_are_in_it(register):
    assert (register["kind"] == "probation region").sum() == 12


def test_a_unit_is_part_of_its_region(register):
    units = register[register["kind"] == "Probation Delivery Unit"]
    assert units["parent"].notna().all()
    assert (register.loc[units["parent"], "name"].to_numpy() == units["region"]).all()
    assert (register.loc[units["parent"], "kind"] == "probation region").all()


def test_regions_and_divisions_are_parts_of_the_whole_and_companies_of_nothing(register):
    parents = register.groupby("kind")["parent"].agg(lambda ids: set(ids.dropna()))
    assert parents["probation region"] == {"england-and-wales"}
    assert parents["National Probation Service division"] == {"england-and-wales"}
    for kind in ("Community Rehabilitation Company", "local delivery area", "nation"):
        assert parents[kind] == set()


def test_every_company_has_an_owner_in_the_order_of_time(register):
    companies = register[register["kind"] == "Community Rehabilitation Company"]
    assert companies["owners"].notna().all()
    assert companies.loc["wales-crc", "owners"] == "Working Links; Seetec"
    assert register.loc[register["kind"] == "Probation Delivery Unit", "owners"].isna().all()


def test_aliases_are_all_names_of_the_table(register, records):
    listed = [
        (subject, name)
        for subject, names in register["aliases"].dropna().items()
        for name in names.split("; ")
    ]
    assert sorted(listed) == sorted(
        (row["subject_id"], row["name"]) for row in records["subject_names"]
    )


def test_succession_reads_both_ways(register):
    assert register.loc["south-west-nps", "successors"] == "region-south-west"
    assert register.loc["region-south-west", "predecessors"] == "south-west-nps"
    assert register.loc["wales-crc", "successors"] == "wales-nps"


def test_being_managed_by_another_or_lying_in_its_area_is_no_succession(register, records):
    others = [r for r in records["subject_links"] if "succeeded" not in r["relation"]]
    assert len(others) > 20
    assert pd.isna(register.loc["dorset-devon-cornwall-crc", "successors"])
    stated = {r["from_subject_id"] for r in records["subject_links"] if r not in others}
    assert set(register.index[register["successors"].notna()]) == stated


def test_nobody_succeeds_or_contains_itself(records):
    for row in records["subject_links"]:
        assert row["from_subject_id"] != row["to_subject_id"]


def test_a_company_lies_in_the_area_of_one_division(records):
    lies = {
        row["from_subject_id"]: row["to_subject_id"]
        for row in records["subject_links"]
        if row["relation"] == "in the area of"
    }
    kinds = {row["subject_id"]: row["kind"] for row in records["subjects"]}
    companies = {s for s, kind in kinds.items() if kind == "Community Rehabilitation Company"}
    assert set(lies) == companies
    assert {kinds[s] for s in lies.values()} == {"National Probation Service division"}


def test_without_the_nation_its_parts_have_no_parent(copied):
    def forget(text):
        return text.replace(b"england-and-wales,", b"the-whole,")

    for name in ("subjects.csv", "inspections.csv", "measure_claims.csv"):
        copied.edit(name, forget)
    register = subjects(copied.path).set_index("subject_id")
    assert register.loc[["region-london", "london-nps"], "parent"].isna().all()
    assert register.loc["lambeth-pdu", "parent"] == "region-london"


def test_a_link_to_nobody_is_an_error(copied):
    copied.edit("subject_links.csv", lambda text: text.replace(b",region-south-west,", b",nobody,"))
    with pytest.raises(DataError, match=r"subject_links.csv, row \d+.*nobody"):
        subjects(copied.path)


def test_the_public_names_are_the_functions():
    assert ps.data.subjects is subjects
    assert {"subjects", "owners", "policy_events", "match_subject"} <= set(dir(ps.data))
