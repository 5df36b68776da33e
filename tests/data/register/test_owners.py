import pandas as pd
import pytest

from probstats.data.register.owners import owners
from probstats.errors import DataError


@pytest.fixture(scope="module")
def table():
    return owners().set_index(["subject_id", "owner"])


def test_every_company_passed_into_private_hands_on_one_day(table):
    began = table["began_from"].dropna()
    first = began.groupby("subject_id").min()
    assert len(first) == 21
    assert set(first) == {pd.Timestamp("2015-02-01")}


def test_the_collapse_of_working_links_and_what_came_after(table):
    companies = ["wales-crc", "dorset-devon-cornwall-crc"]
    companies.append("bristol-gloucestershire-somerset-wiltshire-crc")
    for company in companies:
        before, after = table.loc[(company, "Working Links")], table.loc[(company, "Seetec")]
        assert before["ended_from"] == pd.Timestamp("2019-02-14")
        assert before["ended_to"] <= after["began_to"]
        assert table.loc[company].index.tolist() == ["Working Links", "Seetec"]
    assert table["ended_from"].notna().sum() == 3


def test_an_award_is_not_yet_ownership(records, copied):
    assert any(row["event"] == "contract awarded" for row in records["owner_claims"])
    copied.edit("owner_claims.csv", lambda text: text.replace(b",took over,2015", b",ended,2015"))
    table = owners(copied.path).set_index(["subject_id", "owner"])
    assert pd.isna(table.loc[("essex-crc", "Sodexo Justice Services"), "began_from"])


def test_an_owner_seen_in_inspections_only_has_no_beginning(table):
    row = table.loc[("warwickshire-west-mercia-crc", "PeoplePlus")]
    assert pd.isna(row["began_from"])
    assert row["inspections"] == 1
    assert row["seen_from"] == pd.Timestamp("2019-07-16")


def test_inspections_are_those_that_name_the_owner(table, records):
    named = [row for row in records["inspections"] if row["owner"]]
    assert table["inspections"].sum() == len(named)
    for row in named:
        assert (row["subject_id"], row["owner"]) in table.index


def test_days_run_forwards(table):
    for name in ("began", "ended", "seen"):
        both = table[[f"{name}_from", f"{name}_to"]].dropna()
        assert len(both) > 0
        assert (both[f"{name}_from"] <= both[f"{name}_to"]).all()


def test_every_row_has_its_sources(table, records):
    known = {row["source_id"] for row in records["sources"]}
    assert {page for pages in table["source_ids"] for page in pages.split()} <= known
    assert table["source_ids"].notna().all()


def test_an_owner_of_an_unknown_company_is_an_error(copied):
    copied.edit("owner_claims.csv", lambda text: text.replace(b"essex-crc", b"wessex-crc"))
    with pytest.raises(DataError, match="wessex-crc"):
        owners(copied.path)
