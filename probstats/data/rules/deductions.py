"""What follows for ratings from counts, totals and, if one likes, the hypothesised cut points."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from probstats.data.rules.evidence import TOP, Evidence, gather
from probstats.data.rules.rating_rules import HYPOTHESIS
from probstats.data.scale import OVERALL, RATINGS
from probstats.errors import DataError

USES = ("points", "cut points")
COLUMNS = [
    "inspection_id", "standard", "rating_low", "rating_high", "claimed_low", "claimed_high",
    "tightened", "rests_on", "total_low", "total_high",
]  # fmt: skip


def deduce(using: str = "points", folder: str | Path | None = None) -> pd.DataFrame:
    """Tighten ratings by what is known of the other standards of the same inspection.

    Parameters
    ----------
    using : {"points", "cut points"}
        Counts ("six of seven") and totals of points only; or also the overall rating, by the cut
        points, which are a hypothesis.
    folder : path, optional
        Folder with the tables; the one that came with the package by default.

    Returns
    -------
    pandas.DataFrame
        One row for each standard, and for the overall rating, of each inspection of which
        something is known: ``rating_low`` and ``rating_high`` as they follow, ``claimed_low`` and
        ``claimed_high`` as sources give them (missing where none does), ``tightened``,
        ``rests_on`` (claims, points, or hypothesis) and the range of the total. Inspections whose
        claims contradict each other keep what is claimed: see ``conflicts``.

    Raises
    ------
    DataError
        If ``using`` is not known.

    Notes
    -----
    A standard gives 0 (Inadequate) to 3 (Outstanding) points. These points are inferred: they
    reproduce every total that was seen.

    Examples
    --------
    >>> import probstats as ps
    >>> found = ps.data.deduce("points")
    >>> sorted(found.loc[found["tightened"], "rests_on"].unique())
    ['points']
    """
    if using not in USES:
        raise DataError(f"using={using!r} is not known; choose one of {', '.join(USES)}")
    rows = [row for one in gather(folder) for row in _rows(one, using)]
    found = pd.DataFrame(rows, columns=COLUMNS)
    for name in ("rating_low", "rating_high", "claimed_low", "claimed_high"):
        codes = found[name].fillna(-1).astype(int)
        found[name] = pd.Categorical.from_codes(codes, list(RATINGS), ordered=True)
    return found


def _rows(evidence: Evidence, using: str) -> Iterator[list[Any]]:
    rules = evidence.rules
    plain = evidence.solve()
    found = evidence.solve(cut_points=True) if using == "cut points" else plain
    claimed = {one.standard or OVERALL: one.levels for one in evidence.of("rating", "overall")}
    if not found or not plain:
        low, high = (None, None)
        bounds = {name: claimed.get(name, (None, None)) for name in rules.standards}
        certain = bounds
    else:
        low, high = found.total or (0, rules.max_score)
        bounds = dict(zip(rules.standards, found.bounds, strict=True))
        certain = dict(zip(rules.standards, plain.bounds, strict=True))
    everything = {OVERALL: _overall(evidence, using, (low, high), claimed.get(OVERALL)), **bounds}
    for name, levels in everything.items():
        said = claimed.get(name, (None, None))
        open_ = (0, TOP) if said == (None, None) else said
        tightened = levels[0] is not None and levels != open_
        rests = "claims"
        if tightened:
            rests = "points" if certain.get(name) == levels else HYPOTHESIS
        yield [evidence.inspection_id, name, *levels, *said, tightened, rests, low, high]


def _overall(
    evidence: Evidence, using: str, total: tuple[Any, Any], claimed: tuple[int, int] | None
) -> tuple[Any, Any]:
    """Return what follows for the overall rating: only the cut points say anything of it."""
    if using == "points" or total[0] is None:
        return claimed or (None, None)
    low, high = evidence.rules.ratings_of(*total)
    first, last = claimed or (0, TOP)
    return max(low, first), min(high, last)
