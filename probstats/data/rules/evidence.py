"""What is known of the standards of an inspection, as constraints on its ratings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from probstats.data.record.tables import load
from probstats.data.resolution.resolve import resolve
from probstats.data.rules.feasible import Bounds, Claims, Possible, possible
from probstats.data.rules.rating_rules import RatingRules, all_rules
from probstats.data.scale import OVERALL, RATINGS

TOP = len(RATINGS) - 1


@dataclass(frozen=True)
class Constraint:
    """One thing that is known.

    Attributes
    ----------
    words : str
        What it says.
    source_id : str
        Who says so.
    kind : str
        ``"rating"``, ``"count"``, ``"score"`` or ``"overall"``.
    levels : tuple
        Lowest and highest level it speaks of.
    standard : str
        The standard, of a rating.
    number : int
        How many standards, of a count; how many points, of a score.
    """

    words: str
    source_id: str
    kind: str
    levels: Bounds = (0, TOP)
    standard: str = ""
    number: int = 0


@dataclass(frozen=True)
class Evidence:
    """What is known of one inspection.

    Attributes
    ----------
    inspection_id : str
        The inspection.
    rules : RatingRules
        The rules of its set of standards.
    constraints : sequence of Constraint
        What is known.
    misfits : sequence of Constraint
        What does not fit the set: a count of ten standards where there are nine.
    """

    inspection_id: str
    rules: RatingRules
    constraints: Sequence[Constraint]
    misfits: Sequence[Constraint] = ()

    def of(self, *kinds: str) -> list[Constraint]:
        """Return the constraints of some kinds."""
        return [one for one in self.constraints if one.kind in kinds]

    def solve(self, *, cut_points: bool = False) -> Possible:
        """Return the ratings that all constraints leave possible.

        Parameters
        ----------
        cut_points : bool
            Whether the overall rating is a constraint on the total, by the hypothesised cut
            points.

        Returns
        -------
        Possible
            Bounds in the order of the rules' standards; false where nothing is possible.
        """
        bounds = dict.fromkeys(self.rules.standards, (0, TOP))
        for one in self.of("rating"):
            bounds[one.standard] = one.levels
        counts = [(*one.levels, one.number) for one in self.of("count")]
        return possible(Claims(list(bounds.values()), counts, self._total(cut_points)))

    def _total(self, cut_points: bool) -> Bounds:
        low, high = 0, self.rules.max_score
        for one in self.of("score"):
            low, high = max(low, one.number), min(high, one.number)
        for one in self.of("overall") if cut_points else ():
            (first, _), (_, last) = (self.rules.totals_of(level) for level in one.levels)
            low, high = max(low, first), min(high, last)
        return low, high

    def contradiction(self, *, cut_points: bool = False) -> list[Constraint]:
        """Return a smallest set of constraints that cannot all be true; empty where all can."""
        if self.solve(cut_points=cut_points):
            return []
        kept = list(self.constraints)
        for one in self.constraints:
            rest = [other for other in kept if other is not one]
            if not replace(self, constraints=rest).solve(cut_points=cut_points):
                kept = rest
        return kept


def gather(folder: str | Path | None = None) -> Iterator[Evidence]:
    """Go through the inspections whose set of standards has rules, with what is known of each.

    Parameters
    ----------
    folder : path, optional
        Folder with the tables; the one that came with the package by default.

    Yields
    ------
    Evidence
        Of one inspection.
    """
    rules = all_rules(folder)
    inspections = load("inspections", folder).dropna(subset=["standards_set"])
    known = [*_ratings(folder), *_counts(folder), *_scores(folder)]
    by_inspection: dict[str, list[tuple[Constraint, int]]] = {}
    for inspection_id, one, out_of in known:
        by_inspection.setdefault(inspection_id, []).append((one, out_of))
    for row in inspections.itertuples():
        found = rules.get((row.standards_set, row.provider_type))
        if found is not None and row.inspection_id in by_inspection:
            yield _evidence(row.inspection_id, found, by_inspection[row.inspection_id])


def _evidence(
    inspection_id: str, rules: RatingRules, known: list[tuple[Constraint, int]]
) -> Evidence:
    full = {"count": len(rules.standards), "score": rules.max_score}
    fits = [
        one.standard in (*rules.standards, "") and out_of == full.get(one.kind, out_of)
        for one, out_of in known
    ]
    constraints = [one for (one, _), fit in zip(known, fits, strict=True) if fit]
    misfits = [one for (one, _), fit in zip(known, fits, strict=True) if not fit]
    return Evidence(inspection_id, rules, constraints, misfits)


def _ratings(folder: str | Path | None) -> Iterator[tuple[str, Constraint, int]]:
    for cell in resolve("ratings", folder=folder).itertuples():
        levels = RATINGS.index(cell.rating_low), RATINGS.index(cell.rating_high)
        kind = "overall" if cell.standard == OVERALL else "rating"
        words = f"{cell.standard} {_span(cell.rating_low, cell.rating_high)}"
        standard = "" if kind == "overall" else cell.standard
        one = Constraint(words, cell.rating_sources, kind, levels, standard)
        yield cell.inspection_id, one, 0


def _counts(folder: str | Path | None) -> Iterator[tuple[str, Constraint, int]]:
    claims = load("rating_count_claims", folder)
    levels = ["rating_low", "rating_high"]
    for claim in claims.drop_duplicates(["inspection_id", *levels, "count", "of"]).itertuples():
        low, high = str(claim.rating_low), str(claim.rating_high)
        words = f"{claim.count} of {claim.of} standards {_span(low, high)}"
        bounds = RATINGS.index(low), RATINGS.index(high)
        one = Constraint(words, claim.source_id, "count", bounds, number=int(claim.count))
        yield claim.inspection_id, one, int(claim.of)


def _scores(folder: str | Path | None) -> Iterator[tuple[str, Constraint, int]]:
    for claim in load("score_claims", folder).itertuples():
        words = f"{claim.score} of {claim.score_max} points"
        one = Constraint(words, claim.source_id, "score", number=int(claim.score))
        yield claim.inspection_id, one, int(claim.score_max)


def _span(low: str, high: str) -> str:
    return low if low == high else f"{low} to {high}"


def table_of(evidence: Sequence[Constraint]) -> pd.DataFrame:
    """Return constraints as a table: what each says, and who says so."""
    rows = [(one.kind, one.words, one.source_id) for one in evidence]
    return pd.DataFrame(rows, columns=["kind", "says", "source_id"])
