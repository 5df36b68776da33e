"""From what several sources say of a rating to one or an interval, on simulated claims."""

import itertools

import numpy as np
import pandas as pd
import pytest

from probstats.data.resolution.ratings import contradicting, order_ratings, resolve_ratings

LEVELS = ["Inadequate", "Requires improvement", "Good", "Outstanding"]
BAD, WEAK, GOOD, TOP = LEVELS
SPANS = [(a, b) for a in LEVELS for b in LEVELS if LEVELS.index(a) <= LEVELS.index(b)]


def levels_of(span):
    return set(LEVELS[LEVELS.index(span[0]) : LEVELS.index(span[1]) + 1])


@pytest.fixture
def resolve_cell(rated, shipped):
    def resolve_cell(*spans):
        claims = rated(*({"low": low, "high": high} for low, high in spans))
        resolved = resolve_ratings(claims, shipped)
        assert len(resolved) == 1
        cell = resolved.iloc[0]
        return cell["rating_low"], cell["rating_high"], cell["rating_status"]

    return resolve_cell


class TestIntersection:
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
    def test_claims_are_intersected_and_conflicts_are_spanned(self, resolve_cell, spans, expected):
        for order in itertools.permutations(spans):
            assert resolve_cell(*order) == expected

    def test_every_pair_of_spans_against_sets_of_levels(self, rated, shipped):
        pairs = list(itertools.product(SPANS, repeat=2))
        claims = rated(
            *(
                {"low": low, "high": high, "inspection": number}
                for number, pair in enumerate(pairs)
                for low, high in pair
            )
        )
        resolved = resolve_ratings(claims, shipped).reset_index().set_index("inspection_id")
        for number, pair in enumerate(pairs):
            sets = [levels_of(span) for span in pair]
            both = [level for level in LEVELS if level in sets[0] & sets[1]]
            either = [level for level in LEVELS if level in sets[0] | sets[1]]
            status = "conflict" if not both else "stated" if len(both) == 1 else "interval"
            kept = both or either
            cell = resolved.loc[number, ["rating_low", "rating_high", "rating_status"]]
            assert cell.tolist() == [kept[0], kept[-1], status]

    def test_cells_do_not_mix(self, rated, shipped):
        claims = rated(
            {"low": BAD, "high": BAD},
            {"low": GOOD, "high": GOOD, "standard": "reviewing"},
            {"low": TOP, "high": TOP, "inspection": "two"},
        )
        resolved = resolve_ratings(claims, shipped)
        assert resolved["rating_low"].tolist() == [BAD, GOOD, TOP]
        assert resolved["rating_status"].tolist() == ["stated"] * 3
        assert resolved.index.tolist() == [
            ("one", "planning"), ("one", "reviewing"), ("two", "planning"),
        ]  # fmt: skip

    def test_what_backs_a_cell_is_kept(self, rated, shipped):
        claims = rated(
            {"low": BAD, "high": WEAK, "source": "s009", "basis": "wording"},
            {"low": BAD, "high": BAD, "source": "s003", "basis": "stated"},
            {"low": BAD, "high": BAD, "source": "s009", "basis": "stated"},
        )
        cell = resolve_ratings(claims, shipped).iloc[0]
        assert cell["rating_claims"] == 3
        assert cell["rating_sources"] == "s009 s003"
        assert cell["rating_basis"] == "wording stated"

    def test_ratings_stay_ordered(self, rated, shipped):
        resolved = resolve_ratings(rated({"low": BAD, "high": GOOD}), shipped)
        for name in ("rating_low", "rating_high"):
            assert resolved[name].cat.ordered
            assert resolved[name].cat.categories.tolist() == LEVELS

    def test_no_claims_give_no_cells(self, rated, shipped):
        claims = rated({"low": BAD, "high": BAD})
        nothing = resolve_ratings(claims.iloc[:0], shipped)
        assert nothing.columns.tolist() == resolve_ratings(claims, shipped).columns.tolist()
        assert len(nothing) == 0


class TestPrecedence:
    @pytest.mark.parametrize(
        ("better", "worse", "decided"),
        [
            ({"kind": "inspectorate"}, {"kind": "press"}, "source kind"),
            ({"basis": "stated"}, {"basis": "group statement"}, "basis"),
            ({"basis": "group statement"}, {"basis": "wording"}, "basis"),
            ({"basis": "wording"}, {"basis": "derived"}, "basis"),
            ({"high": BAD}, {"high": GOOD}, "precision"),
            ({"source": "s001"}, {"source": "s002"}, "order of sources"),
        ],
    )
    def test_the_claim_that_precedes_is_kept_beside_the_rating(
        self, rated, shipped, better, worse, decided
    ):
        plain = {"low": BAD, "high": BAD}
        names = {"source": "s010"}, {"source": "s009"}
        if decided == "order of sources":
            names = {}, {}
        first, second = plain | names[0] | better, plain | names[1] | worse
        for claims in ((first, second), (second, first)):
            cell = resolve_ratings(rated(*claims), shipped).iloc[0]
            assert (cell["source_id"], cell["decided_by"]) == (first["source"], decided)
            assert cell["rating_low"] == cell["rating_high"] == BAD

    def test_it_does_not_decide_the_rating(self, rated, shipped):
        claims = rated(
            {"low": BAD, "high": BAD, "kind": "inspectorate"},
            {"low": WEAK, "high": WEAK, "kind": "union"},
        )
        cell = resolve_ratings(claims, shipped).iloc[0]
        assert (cell["rating_low"], cell["rating_high"]) == (BAD, WEAK)

    def test_claims_that_the_first_excludes(self, rated, shipped):
        ordered = order_ratings(
            rated(
                {"low": BAD, "high": BAD, "kind": "inspectorate"},
                {"low": BAD, "high": WEAK},
                {"low": WEAK, "high": WEAK, "source": "s900"},
            ),
            shipped,
        )
        assert ordered.claims["verdict"].tolist() == ["same", "contradiction", "agrees"]
        assert contradicting(ordered)["source_id"].tolist() == ["s900"]

    def test_many_simulated_cells_against_sets(self, rated, shipped):
        rng = np.random.default_rng(20261126)
        claims = [
            {"low": low, "high": high, "inspection": f"i{rng.integers(80)}"}
            for low, high in (SPANS[n] for n in rng.integers(0, len(SPANS), 300))
        ]
        resolved = resolve_ratings(rated(*claims), shipped).reset_index()
        cells = {}
        for claim in claims:
            cells.setdefault(claim["inspection"], []).append((claim["low"], claim["high"]))
        assert set(resolved["inspection_id"]) == set(cells)
        for cell in resolved.itertuples():
            sets = [levels_of(span) for span in cells[cell.inspection_id]]
            left = set.intersection(*sets)
            kept = left or set.union(*sets)
            found = levels_of((cell.rating_low, cell.rating_high))
            assert (cell.rating_status == "conflict") == (not left)
            assert {min(kept, key=LEVELS.index), max(kept, key=LEVELS.index)} <= found
            assert len(found) == len(kept) or not left
        pd.testing.assert_series_equal(
            resolved.set_index("inspection_id")["rating_claims"].sort_index(),
            pd.Series({name: len(spans) for name, spans in cells.items()}).sort_index(),
            check_names=False,
        )
