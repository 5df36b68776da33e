"""What is gathered of an inspection, and which of it cannot all be true."""

import itertools
import random

import pytest

from probstats.data.rules.evidence import TOP, Constraint, Evidence, gather, table_of
from probstats.data.rules.rating_rules import rating_rules

SEVEN = rating_rules("pdu-7", "pdu")


def simulated(seed):
    """Return some simulated evidence on an inspection, often contradictory."""
    rng = random.Random(seed)

    def span():
        return tuple(sorted((rng.randrange(4), rng.randrange(4))))

    constraints = [
        Constraint(f"{name}", f"s{n}", "rating", span(), name)
        for n, name in enumerate(rng.sample(SEVEN.standards, 4))
    ]
    constraints += [
        Constraint(f"count {n}", f"c{n}", "count", span(), number=rng.randrange(8))
        for n in range(rng.randrange(3))
    ]
    if rng.random() < 0.5:
        constraints.append(Constraint("score", "p1", "score", number=rng.randrange(22)))
    level = rng.randrange(4)
    constraints.append(Constraint("overall", "o1", "overall", (level, level)))
    return Evidence("simulated", SEVEN, constraints)


@pytest.mark.parametrize("cut_points", [False, True])
def test_the_contradictory_set_is_as_small_as_can_be(cut_points):
    sizes = []
    for seed in range(80):
        evidence = simulated(seed)
        found = evidence.contradiction(cut_points=cut_points)
        sizes.append(len(found))
        assert bool(found) != bool(evidence.solve(cut_points=cut_points))
        if found:
            together = Evidence("simulated", SEVEN, found)
            assert not together.solve(cut_points=cut_points)
            for left_out in found:
                rest = [one for one in found if one is not left_out]
                assert Evidence("simulated", SEVEN, rest).solve(cut_points=cut_points)
    assert sizes.count(0) > 5
    assert max(sizes) > 2


def test_the_overall_rating_counts_only_with_cut_points():
    claims = [Constraint("all", "s1", "count", (0, 0), number=7),
              Constraint("overall", "s2", "overall", (TOP, TOP))]  # fmt: skip
    evidence = Evidence("simulated", SEVEN, claims)
    assert evidence.solve().total == (0, 0)
    assert not evidence.solve(cut_points=True)
    assert evidence.contradiction() == []
    assert {one.words for one in evidence.contradiction(cut_points=True)} == {"all", "overall"}


def test_an_interval_of_overall_ratings_allows_the_totals_of_both():
    for low, high in itertools.combinations_with_replacement(range(4), 2):
        evidence = Evidence("simulated", SEVEN, [Constraint("o", "s", "overall", (low, high))])
        expected = SEVEN.totals_of(low)[0], SEVEN.totals_of(high)[1]
        assert evidence.solve(cut_points=True).total == expected


def test_everything_claimed_of_a_rated_set_is_gathered(records):
    gathered = {one.inspection_id: one for one in gather()}
    sets = {row["inspection_id"]: row["standards_set"] for row in records["inspections"]}
    for table, kind in (("rating_count_claims", "count"), ("score_claims", "score")):
        for row in records[table]:
            if sets[row["inspection_id"]]:
                one = gathered[row["inspection_id"]]
                found = [*one.of(kind), *(claim for claim in one.misfits if claim.kind == kind)]
                assert int(row.get("count", row.get("score"))) in {claim.number for claim in found}
    rated = {
        (row["inspection_id"], row["standard"])
        for row in records["rating_claims"]
        if sets[row["inspection_id"]]
    }
    found = {
        (name, claim.standard or "overall")
        for name, one in gathered.items()
        for claim in [*one.of("rating", "overall"), *one.misfits]
        if claim.kind in {"rating", "overall"}
    }
    assert found == rated


def test_a_claim_that_two_sources_make_is_one_constraint():
    found = next(
        one for one in gather() if one.inspection_id == "warwickshire-west-mercia-crc-2019"
    )
    assert len(found.of("count")) == 1
    assert found.of("count")[0].words == "3 of 10 standards Good to Outstanding"


def test_constraints_as_a_table():
    table = table_of(simulated(0).constraints)
    assert table.columns.tolist() == ["kind", "says", "source_id"]
    assert len(table) == len(simulated(0).constraints)
