"""What follows for ratings, from the record and from simulated claims."""

import pandas as pd
import pytest

import probstats as ps
from probstats.data.rules.deductions import USES
from probstats.data.rules.rating_rules import rating_rules
from probstats.errors import DataError

BAD, WEAK, GOOD, TOP = ps.data.RATINGS
SEVEN = rating_rules("pdu-7", "pdu").standards
NINE = rating_rules("pdu-9", "pdu").standards


def rows_of(found, inspection_id):
    rows = found[found["inspection_id"] == inspection_id].set_index("standard")
    assert len(rows)
    return rows


def spans(rows):
    named = zip(rows["rating_low"].astype(object), rows["rating_high"].astype(object), strict=True)
    return dict(zip(rows.index, named, strict=True))


@pytest.fixture(scope="module", params=USES)
def found(request):
    return ps.data.deduce(request.param)


class TestTheRecord:
    def test_nothing_loosens_a_claim_or_contradicts_it(self, found):
        claimed = found.dropna(subset=["claimed_low"])
        assert len(claimed) > 200
        for low, high in (("rating_low", "rating_high"), ("claimed_low", "claimed_high")):
            assert (claimed[low].cat.codes <= claimed[high].cat.codes).all()
        assert (claimed["rating_low"].cat.codes >= claimed["claimed_low"].cat.codes).all()
        assert (claimed["rating_high"].cat.codes <= claimed["claimed_high"].cat.codes).all()

    def test_what_is_claimed_is_what_is_resolved(self, found, records):
        cells = ps.data.resolve("ratings").set_index(["inspection_id", "standard"])
        claimed = found.dropna(subset=["claimed_low"]).set_index(["inspection_id", "standard"])
        assert claimed.index.isin(cells.index).all()
        for end in ("low", "high"):
            expected = cells.loc[claimed.index, f"rating_{end}"]
            assert (claimed[f"claimed_{end}"] == expected).all()

    def test_tightened_says_what_it_means(self, found):
        low = found["claimed_low"].cat.codes.replace(-1, 0)
        high = found["claimed_high"].cat.codes.replace(-1, 3)
        changed = (found["rating_low"].cat.codes != low) | (found["rating_high"].cat.codes != high)
        known = found["rating_low"].notna()
        assert (found["tightened"] == (changed & known)).all()
        assert (found.loc[~found["tightened"], "rests_on"] == "claims").all()
        assert found["tightened"].any()

    def test_each_standard_of_each_inspection_once(self, found):
        assert not found.duplicated(["inspection_id", "standard"]).any()
        inspections = ps.data.load("inspections").set_index("inspection_id")["standards_set"]
        size = {"core-10": 11, "pdu-9": 10, "pdu-7": 8, "region-8": 9}
        for name, rows in found.groupby("inspection_id"):
            assert len(rows) == size[inspections[name]]
            assert rows["total_low"].nunique() <= 1

    def test_the_overall_rating_follows_from_nothing_but_the_cut_points(self):
        plain = ps.data.deduce("points")
        overall = plain[plain["standard"] == "overall"]
        assert not overall["tightened"].any()
        assert set(plain["rests_on"]) == {"claims", "points"}

    def test_cut_points_never_loosen_what_points_give(self):
        key = ["inspection_id", "standard"]
        plain, more = (ps.data.deduce(using).set_index(key) for using in USES)
        assert plain.index.equals(more.index)
        known = plain["rating_low"].notna() & more["rating_low"].notna()
        for end, sign in (("low", 1), ("high", -1)):
            one, other = (side.loc[known, f"rating_{end}"].cat.codes for side in (plain, more))
            assert (sign * (other - one) >= 0).all()
        same = (plain["rating_low"] == more["rating_low"]) & (
            plain["rating_high"] == more["rating_high"]
        )
        assert (more.loc[~same & known, "rests_on"] == "hypothesis").all()
        assert set(more.loc[more["tightened"] & same, "rests_on"]) == {"points"}

    def test_west_kent_keeps_what_is_claimed(self, found):
        rows = rows_of(found, "west-kent-pdu-2022")
        assert spans(rows.loc[["overall"]]) == {"overall": (BAD, BAD)}
        assert rows.drop("overall")["rating_low"].isna().all()
        assert rows["total_low"].isna().all()
        assert not rows["tightened"].any()

    def test_essex_north_one_of_nine_requires_improvement(self, found):
        rows = rows_of(found, "essex-north-pdu-2022").drop("overall")
        assert set(spans(rows).values()) == {(BAD, WEAK)}
        assert rows["tightened"].all()
        assert set(rows["rests_on"]) == {"points"}
        assert (rows["total_low"] == 1).all()
        assert (rows["total_high"] == 1).all()

    def test_no_points_at_all_leave_nothing_open(self, found):
        name = "hammersmith-fulham-kensington-chelsea-westminster-pdu-2022"
        assert set(spans(rows_of(found, name)).values()) == {(BAD, BAD)}


class TestSimulatedClaims:
    def test_the_ninth_of_essex_north_requires_improvement(self, copied, rate):
        rate(copied, "essex-north-pdu-2022", dict.fromkeys(NINE[:-1], BAD))
        rows = rows_of(ps.data.deduce("points", copied.path), "essex-north-pdu-2022")
        assert spans(rows)[NINE[-1]] == (WEAK, WEAK)
        assert rows.loc[NINE[-1], "rests_on"] == "points"
        assert rows["tightened"].sum() == 1

    def test_a_count_and_stated_ratings_leave_one(self, copied, add, rate, bare):
        rate(copied, bare, dict.fromkeys(SEVEN[:4], GOOD))
        claim = {
            "inspection_id": bare, "rating_low": GOOD, "rating_high": TOP, "count": "4", "of": "7",
            "source_id": "s102",
        }  # fmt: skip
        add(copied, "rating_count_claims", claim)
        found = spans(rows_of(ps.data.deduce("points", copied.path), bare))
        assert [found[name] for name in SEVEN] == [(GOOD, GOOD)] * 4 + [(BAD, WEAK)] * 3

    def test_what_rests_on_cut_points_is_called_a_hypothesis(self, copied, rate, bare):
        """Five of seven Inadequate, and yet 4 points: the other two have at least one each."""
        rate(copied, bare, dict.fromkeys(SEVEN[:5], BAD))
        plain = rows_of(ps.data.deduce("points", copied.path), bare)
        assert not plain["tightened"].any()
        rows = rows_of(ps.data.deduce("cut points", copied.path), bare)
        assert spans(rows.loc[list(SEVEN[5:])]) == dict.fromkeys(SEVEN[5:], (WEAK, TOP))
        assert rows.loc[list(SEVEN[5:]), "rests_on"].tolist() == ["hypothesis"] * 2
        assert not rows.loc[["overall", *SEVEN[:5]], "tightened"].any()
        assert set(rows["total_low"]) == {4}
        assert set(rows["total_high"]) == {6}

    def test_points_and_cut_points_together(self, copied, add, rate, bare):
        """Two Outstanding by count; that the rest hold no Good needs the cut points: 6 to 10."""
        add(
            copied,
            "rating_count_claims",
            {"inspection_id": bare, "rating_low": TOP, "rating_high": TOP, "count": "3", "of": "7",
             "source_id": "s102"},
        )  # fmt: skip
        rate(copied, bare, dict.fromkeys(SEVEN[:3], (GOOD, TOP)) | {SEVEN[3]: (BAD, GOOD)})
        rows = rows_of(ps.data.deduce("cut points", copied.path), bare)
        assert spans(rows)[SEVEN[3]] == (BAD, WEAK)
        assert rows.loc[SEVEN[3], "rests_on"] == "hypothesis"

    def test_the_overall_rating_from_all_standards(self, copied, rate, bare, records):
        row = copied.row_of("rating_claims", inspection_id=bare, standard="overall")
        copied.cell("rating_claims", row, "rating_low", BAD)
        rate(copied, bare, dict.fromkeys(SEVEN, WEAK))
        overall = rows_of(ps.data.deduce("cut points", copied.path), bare).loc["overall"]
        assert (overall["claimed_low"], overall["claimed_high"]) == (BAD, WEAK)
        assert (overall["rating_low"], overall["rating_high"]) == (WEAK, WEAK)
        assert (overall["tightened"], overall["rests_on"]) == (True, "hypothesis")

    def test_cut_points_that_contradict_the_claims_deduce_nothing(self, copied, add, rate, bare):
        """Six Inadequate and Requires improvement overall: 3 points at most, 4 needed."""
        rate(copied, bare, dict.fromkeys(SEVEN[:6], BAD))
        rows = rows_of(ps.data.deduce("cut points", copied.path), bare)
        assert not rows["tightened"].any()
        assert spans(rows)[SEVEN[0]] == (BAD, BAD)
        assert rows.loc[SEVEN[6], "rating_low"] is pd.NA or pd.isna(
            rows.loc[SEVEN[6], "rating_low"]
        )

    def test_a_conflict_between_sources_is_an_interval_here(self, copied, add, rate, bare):
        rate(copied, bare, {SEVEN[0]: BAD})
        rate(copied, bare, {SEVEN[0]: GOOD}, source_id="s160")
        rows = rows_of(ps.data.deduce("points", copied.path), bare)
        assert spans(rows)[SEVEN[0]] == (BAD, GOOD)
        assert not rows["tightened"].any()


def test_what_it_may_use():
    with pytest.raises(DataError, match="'everything' is not known; choose one of points, cut"):
        ps.data.deduce("everything")
