"""How claims become one value or interval, on simulated claims."""

import itertools

import numpy as np
import pandas as pd
import pytest

from probstats.data.resolution.claims import (
    QUALIFIER_ORDER,
    SOURCE_ORDER,
    rank_sources,
    resolve_measures,
    resolve_ratings,
)

LEVELS = ["Inadequate", "Requires improvement", "Good", "Outstanding"]
BAD, WEAK, GOOD, TOP = LEVELS


def simulated_ratings(*claims):
    """Return simulated rating claims on one cell, or on several: (low, high, source, basis)."""
    rows = [
        {
            "inspection_id": claim.get("inspection", "one"),
            "standard": claim.get("standard", "planning"),
            "rating_low": claim["low"],
            "rating_high": claim["high"],
            "basis": claim.get("basis", "stated"),
            "source_id": claim.get("source", f"s{number:03}"),
        }
        for number, claim in enumerate(claims, 1)
    ]
    frame = pd.DataFrame(rows)
    for name in ("rating_low", "rating_high"):
        frame[name] = pd.Categorical(frame[name], LEVELS, ordered=True)
    return frame


def resolve_cell(*spans):
    claims = simulated_ratings(*({"low": low, "high": high} for low, high in spans))
    resolved = resolve_ratings(claims)
    assert len(resolved) == 1
    cell = resolved.iloc[0]
    return cell["rating_low"], cell["rating_high"], cell["rating_status"]


class TestRatings:
    @pytest.mark.parametrize(
        ("spans", "expected"),
        [
            ([(GOOD, GOOD)], (GOOD, GOOD, "stated")),
            ([(GOOD, GOOD), (GOOD, GOOD), (GOOD, GOOD)], (GOOD, GOOD, "stated")),
            ([(BAD, WEAK)], (BAD, WEAK, "interval")),
            ([(BAD, WEAK), (BAD, WEAK)], (BAD, WEAK, "interval")),
            ([(BAD, GOOD), (WEAK, TOP)], (WEAK, GOOD, "interval")),
            ([(BAD, WEAK), (WEAK, GOOD)], (WEAK, WEAK, "stated")),
            ([(BAD, TOP), (GOOD, GOOD)], (GOOD, GOOD, "stated")),
            ([(BAD, TOP), (BAD, GOOD), (WEAK, TOP)], (WEAK, GOOD, "interval")),
            ([(BAD, BAD), (WEAK, WEAK)], (BAD, WEAK, "conflict")),
            ([(BAD, BAD), (TOP, TOP)], (BAD, TOP, "conflict")),
            ([(BAD, WEAK), (GOOD, GOOD)], (BAD, GOOD, "conflict")),
            ([(BAD, WEAK), (WEAK, GOOD), (GOOD, TOP)], (BAD, TOP, "conflict")),
            ([(WEAK, WEAK), (WEAK, WEAK), (GOOD, GOOD)], (WEAK, GOOD, "conflict")),
        ],
    )
    def test_claims_are_intersected_and_conflicts_are_spanned(self, spans, expected):
        for order in itertools.permutations(spans):
            assert resolve_cell(*order) == expected

    def test_every_pair_of_spans_against_sets_of_levels(self):
        spans = [(a, b) for a in LEVELS for b in LEVELS if LEVELS.index(a) <= LEVELS.index(b)]
        for first, second in itertools.product(spans, repeat=2):
            sets = [set(LEVELS[LEVELS.index(a) : LEVELS.index(b) + 1]) for a, b in (first, second)]
            both = [level for level in LEVELS if level in sets[0] & sets[1]]
            either = [level for level in LEVELS if level in sets[0] | sets[1]]
            status = "conflict" if not both else "stated" if len(both) == 1 else "interval"
            kept = both or either
            assert resolve_cell(first, second) == (kept[0], kept[-1], status)

    def test_cells_do_not_mix(self):
        claims = simulated_ratings(
            {"low": BAD, "high": BAD},
            {"low": GOOD, "high": GOOD, "standard": "reviewing"},
            {"low": TOP, "high": TOP, "inspection": "two"},
        )
        resolved = resolve_ratings(claims)
        assert resolved["rating_low"].tolist() == [BAD, GOOD, TOP]
        assert resolved["rating_status"].tolist() == ["stated"] * 3
        assert resolved.index.tolist() == [
            ("one", "planning"), ("one", "reviewing"), ("two", "planning"),
        ]  # fmt: skip

    def test_what_backs_a_cell_is_kept(self):
        claims = simulated_ratings(
            {"low": BAD, "high": WEAK, "source": "s009", "basis": "wording"},
            {"low": BAD, "high": BAD, "source": "s003", "basis": "stated"},
            {"low": BAD, "high": BAD, "source": "s009", "basis": "stated"},
        )
        cell = resolve_ratings(claims).iloc[0]
        assert cell["rating_claims"] == 3
        assert cell["rating_sources"] == "s009 s003"
        assert cell["rating_basis"] == "wording stated"

    def test_ratings_stay_ordered(self):
        resolved = resolve_ratings(simulated_ratings({"low": BAD, "high": GOOD}))
        for name in ("rating_low", "rating_high"):
            assert resolved[name].cat.ordered
            assert resolved[name].cat.categories.tolist() == LEVELS


BEST = {
    "source_rank": 0, "basis": "stated", "qualifier": "exact", "vintage": "2020-01-01",
    "source_id": "s100",
}  # fmt: skip


def simulated_figures(*claims):
    """Return simulated figures for one cell; each claim says how it differs from the best."""
    rows = []
    for claim in claims:
        row = {"cell": "one", "value": 10.0} | BEST | claim
        qualifier, value = row["qualifier"], row["value"]
        row["value_low"] = value if qualifier in {"exact", "at least"} else None
        row["value_high"] = value if qualifier in {"exact", "at most"} else None
        rows.append(row)
    frame = pd.DataFrame(rows)
    frame["vintage"] = pd.to_datetime(frame["vintage"])
    return frame.astype({"value_low": float, "value_high": float})


def choose(*claims):
    chosen = resolve_measures(simulated_figures(*claims), ["cell"])
    assert len(chosen) == 1
    return chosen.iloc[0]


LADDERS = {
    "source": [{"source_rank": rank} for rank in range(5)],
    "basis": [{"basis": "stated"}, {"basis": "derived"}],
    "qualifier": [{"qualifier": "exact"}, {"qualifier": "at least"}, {"qualifier": "about"}],
    "other bound": [{"qualifier": "exact"}, {"qualifier": "at most"}, {"qualifier": "about"}],
    "vintage": [{"vintage": "2020-01-01"}, {"vintage": "2020-04-01"}, {"vintage": None}],
    "source_id": [{"source_id": "s099"}, {"source_id": "s100"}],
}


class TestFigures:
    @pytest.mark.parametrize("ladder", LADDERS.values(), ids=LADDERS.keys())
    def test_each_rule_alone(self, ladder):
        for better, worse in itertools.combinations(range(len(ladder)), 2):
            first, second = ladder[better] | {"value": 1.0}, ladder[worse] | {"value": 2.0}
            assert choose(first, second)["value"] == 1.0
            assert choose(second, first)["value"] == 1.0

    def test_an_earlier_rule_beats_all_later_ones_together(self):
        steps = ["source", "basis", "qualifier", "vintage", "source_id"]
        for place, step in enumerate(steps):
            best_later, worst_later = {}, {}
            for later in steps[place + 1 :]:
                best_later |= LADDERS[later][0]
                worst_later |= LADDERS[later][-1]
            better = LADDERS[step][0] | worst_later | {"value": 1.0}
            worse = LADDERS[step][1] | best_later | {"value": 2.0}
            assert choose(worse, better)["value"] == 1.0, step

    def test_official_before_press(self):
        sources = pd.DataFrame(
            {"source_id": ["s001", "s002"], "kind": ["press", "official statistics"]}
        )
        claims = simulated_figures(
            {"source_id": "s001", "value": 1.0}, {"source_id": "s002", "value": 2.0}
        )
        claims["as_of_to"] = pd.Timestamp(2020, 1, 1)
        ranked = rank_sources(claims.drop(columns=["source_rank", "vintage"]), sources)
        assert resolve_measures(ranked, ["cell"])["value"].tolist() == [2.0]

    def test_cells_do_not_mix_and_a_missing_name_is_a_cell_of_its_own(self):
        claims = simulated_figures(
            {"cell": "one", "value": 1.0},
            {"cell": "two", "value": 2.0},
            {"cell": None, "value": 3.0},
            {"cell": None, "value": 4.0, "basis": "derived"},
        )
        chosen = resolve_measures(claims, ["cell"])
        assert chosen["value"].tolist() == [1.0, 2.0, 3.0]
        assert chosen["n_claims"].tolist() == [1, 1, 2]
        assert chosen["agrees"].tolist() == [True, True, False]

    @pytest.mark.parametrize(
        ("chosen", "other", "agrees"),
        [
            (("exact", 10), ("exact", 10), True),
            (("exact", 10), ("exact", 11), False),
            (("exact", 10), ("at least", 9), True),
            (("exact", 10), ("at least", 10), True),
            (("exact", 10), ("at least", 11), False),
            (("exact", 10), ("at most", 11), True),
            (("exact", 10), ("at most", 10), True),
            (("exact", 10), ("at most", 9), False),
            (("exact", 10), ("about", 500), True),
            (("at least", 10), ("about", 500), True),
            (("at least", 10), ("at most", 12), True),
            (("at least", 10), ("at most", 9), False),
            (("at least", 10), ("at least", 11), False),
            (("about", 10), ("about", 11), True),
        ],
    )
    def test_agrees_says_whether_every_other_claim_allows_the_value(self, chosen, other, agrees):
        first = {"qualifier": chosen[0], "value": float(chosen[1])}
        second = {"qualifier": other[0], "value": float(other[1]), "source_rank": 1}
        for order in ((first, second), (second, first)):
            cell = choose(*order)
            assert (cell["value"], cell["agrees"]) == (chosen[1], agrees)

    def test_one_dissent_is_enough(self):
        assert not choose({}, {"source_id": "s101"}, {"source_id": "s102", "value": 11.0})["agrees"]

    def test_a_claim_that_stands_alone_agrees(self):
        assert choose({"qualifier": "about"})["agrees"]

    def test_what_was_only_needed_for_sorting_is_gone(self):
        names = set(resolve_measures(simulated_figures({}), ["cell"]).columns)
        assert names == set(simulated_figures({}).columns) | {"n_claims", "agrees"}

    def test_many_simulated_cells_against_a_plain_loop(self):
        random = np.random.default_rng(20261121)
        claims = [
            {
                "cell": f"c{random.integers(60):02}",
                "source_rank": int(random.integers(3)),
                "basis": str(random.choice(["stated", "derived"])),
                "qualifier": str(random.choice(list(QUALIFIER_ORDER))),
                "vintage": random.choice([None, "2020-01-01", "2021-01-01"]),
                "source_id": f"s{number:03}",
                "value": float(random.integers(9, 12)),
            }
            for number in random.permutation(400)
        ]
        chosen = resolve_measures(simulated_figures(*claims), ["cell"]).set_index("cell")
        cells = {}
        for claim in claims:
            cells.setdefault(claim["cell"], []).append(claim)
        assert set(chosen.index) == set(cells)
        for name, members in cells.items():
            best = min(
                members,
                key=lambda claim: (
                    claim["source_rank"],
                    claim["basis"] == "derived",
                    ["exact", "at least at most", "about"].index(
                        claim["qualifier"] if claim["qualifier"] in {"exact", "about"}
                        else "at least at most"
                    ),
                    claim["vintage"] or "9999",
                    claim["source_id"],
                ),
            )  # fmt: skip
            allowed = {
                "exact": lambda value, claim: value == claim["value"],
                "at least": lambda value, claim: value >= claim["value"],
                "at most": lambda value, claim: value <= claim["value"],
                "about": lambda value, claim: True,
            }
            agrees = all(allowed[claim["qualifier"]](best["value"], claim) for claim in members)
            found = chosen.loc[name]
            assert found["source_id"] == best["source_id"]
            assert (found["value"], found["agrees"]) == (best["value"], agrees)
            assert found["n_claims"] == len(members)


class TestRankingSources:
    def test_ranks_follow_who_speaks_and_vintage_is_the_latest_date_reported(self):
        claims = pd.DataFrame(
            {
                "source_id": ["s001", "s002", "s001", "s003"],
                "as_of_to": pd.to_datetime(["2020-03-31", "2021-03-31", "2022-03-31", None]),
            }
        )
        kinds = ["official statistics", "blog", "union"]
        sources = pd.DataFrame({"source_id": ["s001", "s002", "s003"], "kind": kinds})
        ranked = rank_sources(claims, sources)
        assert ranked["source_rank"].tolist() == [0, 3, 0, 4]
        assert ranked["vintage"].dt.year.tolist()[:3] == [2022, 2021, 2022]
        assert pd.isna(ranked["vintage"].iloc[3])

    def test_who_comes_first(self):
        order = [
            {"inspectorate", "official statistics"}, {"audit office", "parliament"},
            {"council", "owner"}, {"press", "blog", "mirror"}, {"union"},
        ]  # fmt: skip
        ranks = {kind: rank for rank, kinds in enumerate(order) for kind in kinds}
        assert ranks == SOURCE_ORDER
