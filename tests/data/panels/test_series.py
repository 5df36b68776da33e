"""National staffing over time."""

import pandas as pd
import pytest

import probstats as ps


@pytest.fixture(scope="module")
def series():
    return ps.data.national_staffing()


@pytest.fixture(scope="module")
def claims(records):
    return [
        claim
        for claim in records["measure_claims"]
        if claim["subject_id"] == "england-and-wales" and claim["measure"] in {"po_fte", "pso_fte"}
    ]


def test_20_quarter_ends_and_a_share_for_19(series):
    assert len(series) == 20
    assert series["po_fte"].notna().sum() == 20
    assert series["pso_fte"].notna().sum() == 19
    assert series["qualified_share"].notna().sum() == 19


def test_dates_are_quarter_ends_in_order(series):
    assert series["date"].dt.is_quarter_end.all()
    assert series["date"].is_monotonic_increasing
    assert series["date"].is_unique
    assert series["date"].min() == pd.Timestamp(2019, 9, 30)
    assert series["date"].max() == pd.Timestamp(2025, 6, 30)


def test_the_first_published_figure_of_june_2023_is_used_and_the_other_is_not_hidden(series):
    row = series.set_index("date").loc["2023-06-30"]
    assert row["po_fte"] == 4418
    assert row["po_fte__source"] == "s212"
    assert row["po_fte__basis"] == "stated"
    assert not row["po_fte__agrees"]


def test_populations_are_apart(series):
    before = series["date"] < "2021-06-26"
    assert set(series.loc[before, "population"]) == {"NPS"}
    assert set(series.loc[~before, "population"]) == {"unified"}
    assert before.sum() == 4


def test_the_share_is_po_over_both(series):
    both = series["po_fte"] + series["pso_fte"]
    pd.testing.assert_series_equal(
        series["qualified_share"], series["po_fte"] / both, check_names=False
    )


def test_every_figure_is_a_claim_of_its_source(series, claims):
    names = ("population", "as_of_to", "measure", "source_id", "basis")
    known = {(*(claim[name] for name in names), float(claim["value"])) for claim in claims}
    for row in series.to_dict("records"):
        for measure in ("po_fte", "pso_fte"):
            if pd.notna(row[measure]):
                end = row["date"].strftime("%Y-%m-%d")
                source, basis = row[f"{measure}__source"], row[f"{measure}__basis"]
                assert (row["population"], end, measure, source, basis, row[measure]) in known
            else:
                assert pd.isna(row[f"{measure}__source"])
                assert pd.isna(row[f"{measure}__agrees"])


def test_conflicts_are_those_that_are_known(series):
    def at_odds(measure):
        rows = series[~series[f"{measure}__agrees"].fillna(True)]
        return rows["date"].dt.strftime("%Y-%m-%d").tolist()

    assert at_odds("po_fte") == ["2020-06-30", "2021-03-31", "2023-06-30", "2025-03-31"]
    assert at_odds("pso_fte") == ["2023-06-30"]


def test_every_claim_is_to_be_had(claims):
    frame = ps.data.national_staffing_claims()
    assert len(frame) == len(claims)
    assert set(frame["source_id"]) == {claim["source_id"] for claim in claims}
    assert sorted(frame["value"]) == sorted(float(claim["value"]) for claim in claims)


def test_another_folder(copied):
    row = copied.row_of(
        "measure_claims", subject_id="england-and-wales", measure="po_fte",
        as_of_to="2022-09-30", source_id="s216",
    )  # fmt: skip
    for column in ("value", "value_low", "value_high"):
        copied.cell("measure_claims", row, column, "1")
    series = ps.data.national_staffing(str(copied.path)).set_index("date")
    assert series.loc["2022-09-30", "po_fte"] == 1
    assert 1 in ps.data.national_staffing_claims(copied.path)["value"].tolist()
