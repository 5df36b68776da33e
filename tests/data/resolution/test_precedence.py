"""The order between claims, against plain sorting; what is refused as an order."""

import itertools
import random

import numpy as np
import pandas as pd
import pytest

from probstats.data.resolution.measures import order_claims, resolve_measures
from probstats.data.resolution.precedence import Precedence, read_precedence
from probstats.errors import DataError

KINDS = [
    {"inspectorate", "official statistics"}, {"audit office", "parliament"}, {"council", "owner"},
    {"press"}, {"blog", "mirror"}, {"union"},
]  # fmt: skip
BASES = [{"stated"}, {"group statement"}, {"wording"}, {"derived"}]
PRECISIONS = [{"exact"}, {"at least", "at most", "interval"}, {"about"}]
LADDERS = {
    "source kind": [{"source_kind": sorted(kinds)[0]} for kinds in KINDS],
    "basis": [{"basis": next(iter(basis))} for basis in BASES],
    "precision": [{"qualifier": sorted(words)[0]} for words in PRECISIONS],
    "publication": [{"vintage": "2020-01-01"}, {"vintage": "2020-04-01"}, {"vintage": None}],
    "order of sources": [{"source_id": "s099"}, {"source_id": "s100"}],
}


def rank_in(ladder, word):
    return next(place for place, words in enumerate(ladder) if word in words)


def plain_key(claim):
    return (
        rank_in(KINDS, claim["source_kind"]),
        rank_in(BASES, claim["basis"]),
        rank_in(PRECISIONS, claim["qualifier"]),
        claim["vintage"] or "9999",
        claim["source_id"],
    )


def simulate(n_claims, n_cells, seed):
    """Return simulated claims of random kind, basis, precision and time; sources are distinct."""
    rng = random.Random(seed)
    return [
        {
            "cell": f"c{rng.randrange(n_cells):02}",
            "source_kind": rng.choice([kind for kinds in KINDS[:3] for kind in kinds]),
            "basis": rng.choice(["stated", "wording", "derived"]),
            "qualifier": rng.choice(["exact", "at least", "at most", "about"]),
            "vintage": rng.choice([None, "2020-01-01", "2021-01-01"]),
            "source_id": f"s{number:03}",
            "value": float(rng.randrange(9, 12)),
        }
        for number in rng.sample(range(n_claims), n_claims)
    ]


class TestTheShippedOrder:
    @pytest.mark.parametrize(
        ("criterion", "ladder"),
        [("source kind", KINDS), ("basis", BASES), ("precision", PRECISIONS)],
        ids=["source kind", "basis", "precision"],
    )
    def test_who_comes_first(self, shipped, criterion, ladder):
        rows = shipped.table[shipped.table["criterion"] == criterion].sort_values("rank")
        found = [set(values) for _, values in rows.groupby("rank")["value"]]
        assert found == ladder

    def test_first_published_comes_before_revised(self, shipped):
        rows = shipped.table[shipped.table["criterion"] == "publication"]
        assert rows["value"].tolist() == ["earliest"]

    def test_criteria_decide_in_the_order_of_their_steps(self, shipped):
        assert shipped.criteria == list(LADDERS)[:-1]


class TestOrder:
    @pytest.mark.parametrize(("name", "ladder"), LADDERS.items(), ids=LADDERS.keys())
    def test_each_criterion_alone(self, figures, shipped, name, ladder):
        for better, worse in itertools.combinations(ladder, 2):
            first, second = better | {"value": 1.0}, worse | {"value": 2.0}
            for claims in ((first, second), (second, first)):
                cell = resolve_measures(figures(*claims), ["cell"], shipped).iloc[0]
                assert (cell["value"], cell["decided_by"]) == (1.0, name)

    @pytest.mark.parametrize("place", range(len(LADDERS)))
    def test_an_earlier_criterion_beats_all_later_ones_together(self, figures, shipped, place):
        best_later, worst_later = {}, {}
        for later in list(LADDERS.values())[place + 1 :]:
            best_later |= later[0]
            worst_later |= later[-1]
        ladder = list(LADDERS.values())[place]
        better = worst_later | ladder[0] | {"value": 1.0}
        worse = best_later | ladder[1] | {"value": 2.0}
        cell = resolve_measures(figures(worse, better), ["cell"], shipped).iloc[0]
        assert (cell["value"], cell["decided_by"]) == (1.0, list(LADDERS)[place])

    @pytest.mark.parametrize("seed", range(4))
    def test_all_claims_of_all_cells_against_plain_sorting(self, figures, shipped, seed):
        claims = simulate(300, 40, seed)
        ordered = order_claims(figures(*claims), ["cell"], shipped)
        expected = sorted(claims, key=lambda claim: (claim["cell"], *plain_key(claim)))
        assert ordered.claims["source_id"].tolist() == [claim["source_id"] for claim in expected]
        sizes = pd.Series([claim["cell"] for claim in claims]).value_counts().sort_index()
        assert ordered.sizes.tolist() == sizes.tolist()
        assert ordered.claims["chosen"].sum() == len(sizes)

    def test_the_order_of_the_rows_is_no_criterion(self, figures, shipped):
        claims = figures(*simulate(200, 30, seed=9))
        one = resolve_measures(claims, ["cell"], shipped)
        other = resolve_measures(claims.iloc[::-1], ["cell"], shipped)
        pd.testing.assert_frame_equal(one.reset_index(drop=True), other.reset_index(drop=True))

    def test_latest_instead_of_earliest_leaves_the_unknown_last(self, figures, shipped, latest):
        claims = figures(
            {"vintage": None, "value": 1.0, "source_id": "s001"},
            {"vintage": "2020-01-01", "value": 2.0, "source_id": "s002"},
            {"vintage": "2022-01-01", "value": 3.0, "source_id": "s003"},
        )
        assert order_claims(claims, ["cell"], shipped).claims["value"].tolist() == [2.0, 3.0, 1.0]
        assert order_claims(claims, ["cell"], latest).claims["value"].tolist() == [3.0, 2.0, 1.0]

    def test_a_changed_table_changes_the_choice(self, figures, shipped):
        claims = figures({"source_kind": "blog", "value": 1.0}, {"basis": "derived", "value": 2.0})
        assert resolve_measures(claims, ["cell"], shipped)["value"].tolist() == [2.0]
        swapped = shipped.table.assign(step=shipped.table["step"].replace({1: 2, 2: 1}))
        chosen = resolve_measures(claims, ["cell"], Precedence(swapped))
        assert chosen["value"].tolist() == [1.0]
        assert chosen["decided_by"].tolist() == ["basis"]
        lowest = shipped.table.copy()
        lowest.loc[lowest["value"] == "blog", "rank"] = 0
        assert resolve_measures(claims, ["cell"], Precedence(lowest))["value"].tolist() == [1.0]

    def test_a_table_with_fewer_criteria_leaves_the_rest_to_the_list_of_sources(
        self, figures, shipped
    ):
        short = shipped.table[shipped.table["criterion"] == "basis"]
        claims = figures(
            {"source_kind": "union", "source_id": "s001", "value": 1.0},
            {"source_kind": "inspectorate", "source_id": "s002", "value": 2.0},
        )
        chosen = resolve_measures(claims, ["cell"], Precedence(short)).iloc[0]
        assert (chosen["value"], chosen["decided_by"]) == (1.0, "order of sources")
        assert resolve_measures(claims, ["cell"], Precedence(short.iloc[:0]))["value"].tolist() == [
            1.0
        ]

    def test_ranks_are_whole_numbers_by_criterion(self, figures, shipped):
        ranks = shipped.ranks(figures({}, {"source_kind": "union", "vintage": None}))
        assert list(ranks) == shipped.criteria
        assert ranks["source kind"].tolist() == [1, 6]
        assert ranks["publication"][1] == np.iinfo(np.int64).max


def refusal(table):
    with pytest.raises(DataError) as error:
        Precedence(table)
    assert "\n" not in str(error.value)
    return str(error.value)


class TestWhatIsNoOrder:
    def test_an_unknown_criterion(self, shipped):
        table = shipped.table.assign(
            criterion=shipped.table["criterion"].replace("basis", "beauty")
        )
        first = table.index[table["criterion"] == "beauty"][0] + 2
        sentence = refusal(table)
        assert f"row {first}, column criterion" in sentence
        assert "'beauty'" in sentence
        assert "publication" in sentence

    def test_a_value_twice(self, shipped):
        table = pd.concat([shipped.table, shipped.table.iloc[[2]]], ignore_index=True)
        sentence = refusal(table)
        assert f"row {len(table) + 1}" in sentence
        assert "'audit office'" in sentence

    def test_rows_are_counted_in_the_table_as_given(self, shipped):
        table = pd.concat([shipped.table, shipped.table.iloc[[2]]])
        assert f"row {len(table) + 1}" in refusal(table.set_index("value", drop=False))

    def test_a_criterion_at_two_steps(self, shipped):
        table = shipped.table.copy()
        table.loc[0, "step"] = 7
        assert "'source kind' stands at two steps" in refusal(table)

    def test_two_criteria_at_one_step(self, shipped):
        table = shipped.table.assign(step=1)
        assert "step 1" in refusal(table)

    @pytest.mark.parametrize("values", [["first"], ["earliest", "latest"]])
    def test_publication_has_one_of_two_values(self, shipped, values):
        last = shipped.table[shipped.table["criterion"] == "publication"]
        rows = pd.concat([last] * len(values)).assign(value=values)
        rest = shipped.table[shipped.table["criterion"] != "publication"]
        assert "'earliest' or 'latest'" in refusal(pd.concat([rest, rows], ignore_index=True))

    @pytest.mark.parametrize("column", ["step", "criterion", "value", "rank"])
    def test_a_column_is_missing(self, shipped, column):
        assert f"'{column}'" in refusal(shipped.table.drop(columns=column))

    @pytest.mark.parametrize("column", ["step", "rank"])
    @pytest.mark.parametrize("value", [None, 1.5, "first"])
    def test_ranks_and_steps_are_whole_numbers(self, shipped, column, value):
        table = shipped.table.astype({column: object})
        table.loc[3, column] = value
        sentence = refusal(table)
        assert "row 5" in sentence
        assert column in sentence

    @pytest.mark.parametrize(
        ("claim", "words"),
        [
            ({"source_kind": "rumour"}, "source kind 'rumour'"),
            ({"basis": "felt"}, "basis 'felt'"),
            ({"qualifier": "maybe"}, "precision 'maybe'"),
        ],
    )
    def test_a_claim_has_a_value_that_is_not_ranked(self, figures, shipped, claim, words):
        with pytest.raises(DataError) as error:
            resolve_measures(figures({}, claim), ["cell"], shipped)
        assert words in str(error.value)
        assert "\n" not in str(error.value)

    def test_a_folder_without_the_table(self, copied):
        (copied.path / "precedence.csv").unlink()
        with pytest.raises(DataError, match=r"precedence\.csv"):
            read_precedence(copied.path)
