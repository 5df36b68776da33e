"""What was found and what was lost, counted again in plain Python from the tables."""

import csv
from collections import Counter
from pathlib import Path

import pytest

import probstats as ps
from probstats.errors import DataError
from probstats.tables import repeated_subjects, sample_flow, sample_table

DATA = Path(__file__).parents[2] / "data"
SUPERVISION = {"assessment", "planning", "implementation_and_delivery", "reviewing"}
MAIN = "overall rating seen, CRC, NPS or PDU"


def table(name):
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def flow():
    return sample_flow(ps.load_panel("wide"))


@pytest.fixture(scope="module")
def sets():
    """Return the sets of the flow, as sets of inspections."""
    inspections = {row["inspection_id"]: row for row in table("inspections")}
    topics = {row["measure"]: row["topic"] for row in table("measures")}
    claims = table("rating_claims")
    figures = [claim for claim in table("measure_claims") if claim["inspection_id"]]

    def of_type(*types):
        return {name for name, row in inspections.items() if row["provider_type"] in types}

    def with_figure(measure):
        return {figure["inspection_id"] for figure in figures if figure["measure"] == measure}

    rated = {claim["inspection_id"] for claim in claims if claim["standard"] == "overall"}
    main = rated & of_type("crc", "nps", "pdu")
    supervision = {c["inspection_id"] for c in claims if c["standard"] in SUPERVISION}
    own = {f["inspection_id"] for f in figures if topics[f["measure"]] in {"staffing", "workload"}}
    return {
        "found": set(inspections),
        "overall rating seen": rated,
        MAIN: main,
        "PDU": main & of_type("pdu"),
        "PDU with vacancies of its region": main & of_type("pdu"),
        "any rating of supervision": main & supervision,
        "any staffing or workload figure of its own": main & own,
        "probation officer vacancy rate": main & with_figure("vacancy_rate_po_percent"),
        "probation officer FTE": main & with_figure("po_fte"),
        "probation officer vacancy rate and any rating of supervision": (
            main & with_figure("vacancy_rate_po_percent") & supervision
        ),
    }


def test_every_number_of_the_flow(flow, sets):
    found = dict(zip(flow["set"], flow["inspections"], strict=True))
    assert found == {name: len(members) for name, members in sets.items()}


def test_the_numbers_that_are_known(flow):
    found = flow.set_index("set")["inspections"]
    assert found["found"] == 145
    assert found["overall rating seen"] == 123
    assert found[MAIN] == 116
    assert found["PDU"] == 78
    assert found["any rating of supervision"] == 24
    assert found["probation officer vacancy rate"] == 14
    assert found["probation officer vacancy rate and any rating of supervision"] == 5


def test_each_set_lies_in_the_one_it_is_said_to_lie_in(flow, sets):
    assert flow.columns.tolist() == ["set", "within", "inspections"]
    assert flow["within"].isna().tolist() == [True] + [False] * 9
    for row in flow.iloc[1:].to_dict("records"):
        assert sets[row["set"]] <= sets[row["within"]]


def test_a_part_of_the_panel(flow):
    wide = ps.load_panel("wide")
    part = sample_flow(wide[wide["provider_type"] == "nps"]).set_index("set")["inspections"]
    assert part[MAIN] == part["overall rating seen"] == 9
    assert part["PDU"] == 0


def test_what_is_known_of_others_does_not_count_as_known_of_the_main_sample(flow):
    wide = ps.load_panel("wide")
    other = wide["provider_type"] == "region"
    wide.loc[other, "rating_low_planning"] = "Good"
    wide.loc[other, ["vacancy_rate_po_percent", "po_fte", "vacancies_fte__region"]] = 1.0
    wide.loc[other, "po_fte__agrees"] = True
    assert sample_flow(wide)["inspections"].tolist() == flow["inspections"].tolist()


def test_22_subjects_were_rated_twice():
    subjects = {row["inspection_id"]: row["subject_id"] for row in table("inspections")}
    rated = {c["inspection_id"] for c in table("rating_claims") if c["standard"] == "overall"}
    counts = Counter(subjects[inspection] for inspection in rated)
    again = [subject for subject, n in counts.items() if n > 1]
    assert repeated_subjects(ps.load_panel("wide")) == len(again) == 22


def test_an_inspection_without_a_rating_does_not_count_as_a_repeat():
    wide = ps.load_panel("wide")
    subject = wide[wide["subject_id"] == "west-kent-pdu"]
    assert repeated_subjects(subject) == 1
    assert repeated_subjects(subject.assign(rating_overall=None)) == 0
    assert repeated_subjects(subject.iloc[:1]) == 0


def test_the_table_says_what_was_kept_and_lost_and_why(flow):
    table = sample_table(flow)
    cells = table.formatted.set_index("Inspections")
    assert cells.loc["Found"].tolist() == ["145", "", "", ""]
    rated = cells.loc["Overall rating seen"].tolist()
    assert rated == ["123", "85% of 145", "22", "no overall rating seen"]
    data = table.data.set_index("set")
    for row in flow.dropna(subset=["within"]).itertuples():
        whole = data.loc[row.within, "inspections"]
        assert data.loc[row.set, "inspections"] + data.loc[row.set, "lost"] == whole
        assert data.loc[row.set, "share"] == row.inspections / whole
    # Where nothing is lost there is no reason; elsewhere there is one for every set.
    lost = cells["Lost"].isin(["", "0"])
    assert (cells.loc[lost, "Why lost"] == "").all()
    assert not cells.loc[~lost, "Why lost"].isin(["", "not in this set"]).any()


def test_small_steps_are_hidden_with_what_would_give_them_away(flow):
    table = sample_table(flow, suppress=5)
    row = table.formatted.set_index("Inspections").loc["Probation officer FTE"]
    assert row[["Number", "Share", "Lost"]].tolist() == ["[c]", "", "[c]"]
    data = table.data.set_index("set").loc["probation officer FTE"]
    assert data[["inspections", "lost", "share"]].isna().all()
    assert table.notes == (
        "[c]: 2 counts are hidden, those from 1 to 4 and others from which these would follow.",
    )


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda flow: flow.drop(columns="within"), "the flow has no column 'within'"),
        (lambda flow: flow.assign(set="found"), "set 'found' is there twice"),
        (lambda flow: flow.iloc[1:], "is part of 'found', which is not there"),
        (lambda flow: flow.assign(inspections=range(10)), "has more members than 'found'"),
    ],
)
def test_flows_that_make_no_sense(flow, change, message):
    with pytest.raises(DataError, match=message):
        sample_table(change(flow))
