import pandas as pd
import pytest

from probstats.data.register.events import policy_events
from probstats.errors import DataError


@pytest.fixture(scope="module")
def events():
    return policy_events()


def test_every_row_of_the_table_in_the_order_of_time(events, records):
    assert sorted(events["event"]) == sorted(row["event"] for row in records["policy_events"])
    assert events["date_from"].is_monotonic_increasing
    assert events.index.tolist() == list(range(len(events)))


def test_moments_have_both_dates_and_periods_may_be_open(events):
    moments = events[events["extent"] == "moment"]
    assert moments["date_to"].notna().all()
    assert events[events["date_to"].isna()]["extent"].eq("period").all()
    ended = events.dropna(subset="date_to")
    assert (ended["date_to"] >= ended["date_from"]).all()


@pytest.mark.parametrize(
    ("word", "first", "last"),
    [
        ("Probation trusts", "2014-06-01", "2014-06-01"),
        ("private ownership", "2015-02-01", "2015-02-01"),
        ("face-to-face inspection suspended", "2020-03-23", "2020-12-31"),
        ("Unification", "2021-06-26", "2021-06-26"),
        ("New inspection programme", "2023-10-01", "2023-10-31"),
        ("SDS40: second", "2024-10-22", "2024-10-22"),
    ],
)
def test_dates_are_those_of_the_pages(events, word, first, last):
    row = events[events["event"].str.contains(word)].squeeze()
    assert row["date_from"] == pd.Timestamp(first)
    assert row["date_to"] == pd.Timestamp(last)


def test_the_split_and_the_unification_are_the_dates_of_the_subjects(events, records):
    days = events.set_index("event")["date_from"].dt.strftime("%Y-%m-%d")
    split = days[days.index.str.startswith("Probation trusts")].item()
    union = days[days.index.str.startswith("Unification")].item()
    kinds = {row["kind"]: row for row in records["subjects"]}
    assert kinds["Community Rehabilitation Company"]["valid_from"] == split
    assert kinds["Probation Delivery Unit"]["valid_from"] == union


def test_every_source_named_in_a_note_exists(events, records):
    known = {row["source_id"] for row in records["sources"]}
    named = set(events["note"].str.findall(r"\bs\d{3}\b").dropna().sum())
    assert named
    assert named <= known


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("date_from", "2020-13-01"),
        ("date_from", ""),
        ("date_to", "1999-01-01"),
        ("extent", "era"),
        ("kind", "weather"),
        ("affects", "everyone"),
        ("source_id", "s999"),
        ("end_source_id", "s999"),
    ],
)
def test_a_wrong_cell_is_an_error_that_names_it(copied, column, value):
    row = copied.row_of("policy_events", event="End of Custody Supervised Licence")
    copied.cell("policy_events", row, column, value)
    with pytest.raises(DataError, match=rf"policy_events.csv, row {row}, column .*{column}"):
        policy_events(copied.path)


def test_a_missing_table_is_an_error(copied):
    (copied.path / "policy_events.csv").unlink()
    with pytest.raises(DataError, match=r"policy_events\.csv cannot be read"):
        policy_events(copied.path)
