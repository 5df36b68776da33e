"""From several figures for a cell to one, on simulated claims."""

import itertools

import pandas as pd
import pytest

from probstats.data.resolution.agreement import VERDICTS
from probstats.data.resolution.measures import order_claims, resolve_measures, with_sources

KINDS = ["inspectorate", "audit office", "owner", "press", "blog", "union"]


@pytest.fixture
def choose(figures, shipped):
    def choose(*claims):
        chosen = resolve_measures(figures(*claims), ["cell"], shipped)
        assert len(chosen) == 1
        return chosen.iloc[0]

    return choose


class TestChoice:
    def test_cells_do_not_mix_and_a_missing_name_is_a_cell_of_its_own(self, figures, shipped):
        claims = figures(
            {"cell": "one", "value": 1.0},
            {"cell": "two", "value": 2.0},
            {"cell": None, "value": 3.0},
            {"cell": None, "value": 4.0, "basis": "derived"},
            {"cell": None, "value": 40.0, "basis": "derived", "source_id": "s101"},
        )
        chosen = resolve_measures(claims, ["cell"], shipped)
        assert chosen["value"].tolist() == [1.0, 2.0, 3.0]
        assert chosen["n_claims"].tolist() == [1, 1, 3]
        assert chosen["agrees"].tolist() == [True, True, False]
        assert chosen["decided_by"].tolist() == ["only claim", "only claim", "basis"]

    def test_a_cell_may_have_several_names_and_dates(self, figures, shipped):
        claims = figures({"as_of_to": "2020-01-01"}, {"as_of_to": "2020-01-02"}, {}, {})
        chosen = resolve_measures(claims, ["cell", "as_of_to"], shipped)
        assert chosen["n_claims"].tolist() == [1, 1, 2]
        assert chosen["as_of_to"].isna().tolist() == [False, False, True]

    def test_one_dissent_is_enough(self, choose):
        cell = choose({}, {"source_id": "s101"}, {"source_id": "s102", "value": 14.0})
        assert not cell["agrees"]
        assert cell["verdict"] == "contradiction"

    def test_a_claim_that_stands_alone_agrees(self, choose):
        cell = choose({"qualifier": "about"})
        assert cell["agrees"]
        assert (cell["verdict"], cell["others"], cell["n_claims"]) == ("same", "", 1)

    def test_others_are_named_in_the_order_of_precedence(self, choose):
        claims = [
            {"source_kind": kind, "source_id": f"s{9 - place}"} for place, kind in enumerate(KINDS)
        ]
        for order in itertools.islice(itertools.permutations(claims), 0, 720, 97):
            cell = choose(*order)
            assert (cell["source_id"], cell["others"]) == ("s9", "s8 s7 s6 s5 s4")

    def test_the_verdict_of_a_cell_is_the_farthest(self, choose):
        same, agrees = {"source_id": "s101"}, {"qualifier": "about", "source_id": "s102"}
        rounding = {"value": 10.4, "source_id": "s103"}
        unit = {"value": 20.0, "printed_unit": "officers", "source_id": "s104"}
        against = {"value": 20.0, "source_id": "s105"}
        claims = [{}]
        expected = ["same", "agrees", "rounding", "definition", "contradiction"]
        for claim, verdict in zip([same, agrees, rounding, unit, against], expected, strict=True):
            claims.append(claim)
            cell = choose(*claims)
            assert cell["verdict"] == verdict
            assert cell["agrees"] == (verdict in {"same", "agrees"})

    def test_the_chosen_claim_is_returned_whole(self, figures, shipped):
        claims = figures({"note": "kept"}, {"note": "not this", "basis": "derived"})
        chosen = resolve_measures(claims, ["cell"], shipped)
        added = {"n_claims", "agrees", "verdict", "others", "decided_by"}
        assert set(chosen.columns) == set(claims.columns) | added
        pd.testing.assert_frame_equal(chosen[claims.columns], claims.iloc[[0]])
        assert chosen["verdict"].cat.categories.tolist() == list(VERDICTS)

    def test_the_claims_given_are_left_alone(self, figures, shipped):
        claims = figures({}, {"value": 14.0})
        before = claims.copy(deep=True)
        resolve_measures(claims, ["cell"], shipped)
        pd.testing.assert_frame_equal(claims, before)

    def test_labels_of_rows_do_not_matter(self, figures, shipped):
        claims = figures({"source_id": "s2"}, {"source_id": "s1", "value": 14.0}, {"cell": "two"})
        one = resolve_measures(claims, ["cell"], shipped)
        other = resolve_measures(claims.set_axis([7, 7, 7]), ["cell"], shipped)
        pd.testing.assert_frame_equal(one.reset_index(drop=True), other.reset_index(drop=True))

    def test_no_claims_give_no_cells(self, figures, shipped):
        nothing = resolve_measures(figures({}).iloc[:0], ["cell"], shipped)
        full = resolve_measures(figures({}), ["cell"], shipped)
        assert nothing.columns.tolist() == full.columns.tolist()
        assert len(nothing) == 0
        assert order_claims(figures({}).iloc[:0], ["cell"], shipped).others().tolist() == []


class TestSources:
    def test_kind_and_vintage_the_latest_date_a_source_reports_on(self):
        claims = pd.DataFrame(
            {
                "source_id": ["s001", "s002", "s001", "s003"],
                "as_of_to": pd.to_datetime(["2020-03-31", "2021-03-31", "2022-03-31", None]),
            }
        )
        kinds = ["official statistics", "blog", "union"]
        sources = pd.DataFrame({"source_id": ["s001", "s002", "s003"], "kind": kinds})
        found = with_sources(claims, sources)
        assert found["source_kind"].tolist() == [kinds[0], "blog", kinds[0], "union"]
        assert found["vintage"].dt.year.tolist()[:3] == [2022, 2021, 2022]
        assert pd.isna(found["vintage"].iloc[3])

    def test_claims_without_dates_have_no_vintage(self):
        claims = pd.DataFrame({"source_id": ["s001"]})
        sources = pd.DataFrame({"source_id": ["s001"], "kind": ["press"]})
        found = with_sources(claims, sources)
        assert found["source_kind"].tolist() == ["press"]
        assert found["vintage"].isna().all()

    def test_official_before_press(self, figures, shipped):
        sources = pd.DataFrame(
            {"source_id": ["s001", "s002"], "kind": ["press", "official statistics"]}
        )
        claims = figures({"source_id": "s001", "value": 1.0}, {"source_id": "s002", "value": 2.0})
        claims["as_of_to"] = pd.Timestamp(2020, 1, 1)
        ranked = with_sources(claims.drop(columns=["source_kind", "vintage"]), sources)
        assert resolve_measures(ranked, ["cell"], shipped)["value"].tolist() == [2.0]
