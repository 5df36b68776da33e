"""Counts of what is known, against counts made from the plain records."""

import pytest

import probstats as ps
from probstats.errors import DataError


@pytest.fixture(scope="module")
def known():
    return ps.data.coverage()


def row(frame, item, **group):
    rows = frame[frame["item"] == item]
    for name, value in group.items():
        rows = rows[rows[name] == value]
    assert len(rows) == 1
    return rows.iloc[0]


def test_inspections_found(known, records):
    for provider in ("crc", "nps", "pdu", "lda", "region", "national"):
        count = sum(r["provider_type"] == provider for r in records["inspections"])
        assert row(known, "Inspections found", provider_type=provider)["known"] == count


def test_overall_ratings_of_pdus(known, records):
    pdus = [r for r in records["inspections"] if r["provider_type"] == "pdu"]
    found = row(known, "Overall", provider_type="pdu")
    assert found["of"] == sum(r["overall_rating_seen"] != "not rated" for r in pdus)
    assert found["exact"] == sum(r["overall_rating_seen"] == "yes" for r in pdus)
    assert found["share"] == found["known"] / found["of"]


def test_dates(known, records):
    crcs = [r for r in records["inspections"] if r["provider_type"] == "crc"]
    dated = [r for r in crcs if r["fieldwork_start_from"] or r["fieldwork_start_to"]]
    days = [r for r in dated if r["fieldwork_start_from"] == r["fieldwork_start_to"]]
    found = row(known, "Fieldwork began", provider_type="crc")
    assert found[["of", "known", "exact"]].tolist() == [len(crcs), len(dated), len(days)]


def test_any_supervision_standard(records):
    found = row(ps.data.coverage(by=None), "Any supervision standard")
    claimed = {
        r["inspection_id"] for r in records["rating_claims"] if r["standard"] in ps.data.SUPERVISION
    }
    assert found["known"] == len(claimed)


def test_figures(records):
    found = row(ps.data.coverage(by=None), "vacancy_rate_po_percent")
    given = {
        r["inspection_id"]
        for r in records["measure_claims"]
        if r["inspection_id"] and r["measure"] == "vacancy_rate_po_percent"
    }
    exact = {
        r["inspection_id"]
        for r in records["measure_claims"]
        if r["inspection_id"] in given
        and (r["measure"], r["qualifier"]) == ("vacancy_rate_po_percent", "exact")
    }
    assert found[["known", "exact"]].tolist() == [len(given), len(exact)]


@pytest.mark.parametrize("by", ["programme", "standards_set", ["provider_type", "population"]])
def test_groups_add_up(by):
    parts, whole = ps.data.coverage(by=by), ps.data.coverage(by=None)
    for item in whole["item"]:
        found = parts[parts["item"] == item]
        assert found["known"].sum() == row(whole, item)["known"]
        assert found["of"].sum() == row(whole, item)["of"]


def test_nothing_names_an_area(known, records):
    text = known.to_csv() + ps.data.measures_coverage().to_csv()
    for subject in records["subjects"]:
        assert subject["subject_id"] not in text


@pytest.mark.parametrize(
    ("by", "message"),
    [
        ("region", r"by='region' is not known; choose from provider_type, programme"),
        (["programme", "programme"], "names a group twice"),
    ],
)
def test_what_is_no_group(by, message):
    with pytest.raises(DataError, match=message):
        ps.data.coverage(by=by)


def test_measures_add_up_to_the_claims(records):
    figures = ps.data.measures_coverage()
    assert figures["claims"].sum() == len(records["measure_claims"])
    assert not figures.duplicated(["measure", "level", "population"]).any()
    own = figures[figures["level"] == "inspection"]
    assert own["claims"].sum() == sum(bool(r["inspection_id"]) for r in records["measure_claims"])


def test_measures_span_their_dates(records):
    figures = ps.data.measures_coverage()
    nation = figures[(figures["measure"] == "po_fte") & (figures["level"] == "nation")]
    dates = [
        r["as_of_to"]
        for r in records["measure_claims"]
        if r["measure"] == "po_fte" and r["subject_id"] == "england-and-wales"
    ]
    assert nation["last"].max().strftime("%Y-%m-%d") == max(dates)
    assert nation["dated"].sum() == sum(map(bool, dates))
