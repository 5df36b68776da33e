"""Published totals beside ours."""

import pytest

import probstats as ps
from probstats.data.accounts.reconcile import COUNTS
from probstats.errors import DataError


@pytest.fixture(scope="module")
def totals():
    return ps.data.reconcile()


@pytest.fixture(scope="module")
def placed():
    return ps.data.reconciled_inspections()


def test_every_total_is_there_as_printed(totals, records):
    printed = {row["total"]: [int(row[name]) for name in COUNTS]
               for row in records["published_totals"]}  # fmt: skip
    assert {row["total"]: [row[name] for name in COUNTS]
            for row in totals.to_dict("records")} == printed  # fmt: skip


def test_what_agrees_and_what_does_not(totals):
    status = dict(zip(totals["total"], totals["status"], strict=True))
    late = "PDUs inspected February 2024 to February 2025"
    gap = "inspected September 2019 to March 2020 and rated"
    assert status == dict.fromkeys(status, "agrees") | {late: "possible", gap: "gap"}
    words = dict(zip(totals["total"], totals["difference"], strict=True))
    assert words[gap].endswith("Good: printed 4, ours 2 to 3")
    assert words[late].startswith("all: printed 24, ours 23 to 24; Inadequate: printed 14, ours 14")
    assert {words[name] for name in status if status[name] == "agrees"} == {""}


def test_counts_are_those_of_the_inspections_listed(totals, placed):
    for row in totals.to_dict("records"):
        rows = placed[placed["total"] == row["total"]]
        inside, open_ = (rows[rows["standing"] == s] for s in ("in", "undecided"))
        assert (len(inside), len(open_)) == (row["inspections_in"], row["inspections_undecided"])
        low = {
            n.lower().replace(" ", "_"): c for n, c in inside["rating_low"].value_counts().items()
        }
        exact = (inside["rating_low"] == inside["rating_high"]) | inside["rating_low"].isna()
        assert exact.all()
        assert all(low[name] == row[f"{name}_low"] for name in COUNTS[1:])
        assert row["n_low"] == inside["rating_low"].notna().sum()
        assert row["n_high"] == len(inside) + len(open_)


def test_every_inspection_has_a_place_and_a_reason(placed, records):
    expected = len(records["published_totals"]) * len(records["inspections"])
    assert len(placed) == expected == len(placed.drop_duplicates(["total", "inspection_id"]))
    assert placed["reason"].str.len().min() > 0
    assert set(placed["standing"]) == {"in", "undecided", "out"}


def test_undecided_are_those_without_a_date_of_fieldwork_to_the_month(placed):
    rows = placed[placed["standing"] == "undecided"]
    assert rows["reason"].str.startswith("fieldwork began between").all()
    assert len(rows) == 4


def row_of(folder, total):
    frame = ps.data.reconcile(folder).set_index("total")
    return frame.loc[total]


def test_a_lost_rating_is_a_gap_no_longer_hidden(copied):
    total = "first round 2018-19, NPS divisions"
    assert row_of(copied.path, total)["status"] == "agrees"
    copied.cell("published_totals", copied.row_of("published_totals", total=total), "n", "8")
    copied.cell("published_totals", copied.row_of("published_totals", total=total), "good", "6")
    row = row_of(copied.path, total)
    assert row["status"] == "gap"
    assert row["difference"] == "all: printed 8, ours 7; Good: printed 6, ours 5"
    assert (row["n_low"], row["n_high"]) == (7, 7)


def test_a_date_moved_out_of_the_window(copied):
    total = "PDU reports published in 2022"
    name = "barking-dagenham-and-havering-pdu-2022"
    row = copied.row_of("inspections", inspection_id=name)
    copied.cell("inspections", row, "published_to", "2023-01-31")
    found = row_of(copied.path, total)
    assert (found["status"], found["n_low"], found["n_high"]) == ("possible", 16, 17)
    copied.cell("inspections", row, "published_from", "2023-01-01")
    found = row_of(copied.path, total)
    assert (found["status"], found["n_high"]) == ("gap", 16)


def test_a_window_that_is_none(copied):
    copied.cell("published_totals", 6, "fieldwork_from", "2022-13-01")
    with pytest.raises(DataError, match=r"published_totals.csv, row 6, column fieldwork_from"):
        ps.data.reconcile(copied.path)


def test_a_window_that_ends_before_it_begins(copied):
    copied.cell("published_totals", 6, "published_to", "2021-01-01")
    with pytest.raises(DataError, match=r"column published_from: holds '2022-01-01'; expected at"):
        ps.data.reconcile(copied.path)
