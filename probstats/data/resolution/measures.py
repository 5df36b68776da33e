"""From several figures for one cell to one, with the others and how they differ."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from probstats.data.resolution.agreement import AGREEING, VERDICTS, noted, verdicts
from probstats.data.resolution.coding import decode, encode, narrow
from probstats.data.resolution.precedence import Precedence, Ranks
from probstats.data.resolution.types import Bools, Integers, Objects

ONLY = "only claim"
LISTED = "order of sources"
COMPARED = (
    "value", "value_low", "value_high", "qualifier", "basis", "printed_unit", "as_of_to", "vintage",
    "inspection_id", "subject_id", "population", "measure", "source_id",
)  # fmt: skip
"""What of two claims is compared."""


def with_sources(claims: pd.DataFrame, sources: pd.DataFrame) -> pd.DataFrame:
    """Add what decides between sources.

    Parameters
    ----------
    claims, sources : pandas.DataFrame
        Claims with ``source_id``, and where they are dated ``as_of_to``; the table ``sources``.

    Returns
    -------
    pandas.DataFrame
        The claims with ``source_kind`` and ``vintage``, the latest date their source reports on,
        before which it cannot have been published.
    """
    kinds = sources.set_index("source_id")["kind"]
    vintage = pd.Series(pd.NaT, index=claims.index, dtype="datetime64[s]")
    if "as_of_to" in claims:
        vintage = claims.groupby("source_id", observed=True)["as_of_to"].transform("max")
    return claims.assign(source_kind=claims["source_id"].map(kinds), vintage=vintage)


def _listed(source_ids: pd.Series) -> Integers:
    """Return the place of each source in the list: the record's own, then those of imports."""
    codes, names = pd.factorize(source_ids)
    order = sorted(range(len(names)), key=lambda code: (names[code].startswith("i"), names[code]))
    return np.argsort(order)[codes]


@dataclass(frozen=True)
class Ordered:
    """Claims put in the order of precedence within each cell.

    Attributes
    ----------
    claims : pandas.DataFrame
        The claims in that order, with ``verdict``, ``reason``, ``chosen`` and ``decided_by``; text
        is coded where they are many.
    first : numpy.ndarray
        Where each cell begins.
    sizes : numpy.ndarray
        How many claims each cell has.
    """

    claims: pd.DataFrame
    first: Integers
    sizes: Integers

    @property
    def chosen(self) -> pd.DataFrame:
        """The first claim of each cell."""
        return self.claims.iloc[self.first]

    def others(self) -> Objects:
        """Return the sources of the other claims of each cell, joined by spaces."""
        sources = self.claims["source_id"].to_numpy(dtype=object)
        joined = np.full(len(self.first), "", dtype=object)
        for place in range(1, int(self.sizes.max(initial=0))):
            cells = np.flatnonzero(self.sizes > place)
            gap = " " if place > 1 else ""
            joined[cells] = joined[cells] + gap + sources[self.first[cells] + place]
        return joined


def order_claims(
    claims: pd.DataFrame,
    cell: list[str],
    precedence: Precedence,
    *,
    notes: pd.DataFrame | None = None,
    rounding: bool = True,
) -> Ordered:
    """Put claims in the order of precedence within each cell, and compare them with the first.

    Parameters
    ----------
    claims : pandas.DataFrame
        Rows of the table ``measure_claims``, with what ``with_sources`` adds.
    cell : list of str
        Columns that name a cell.
    precedence : Precedence
        The order.
    notes : pandas.DataFrame, optional
        The table ``difference_notes``.
    rounding : bool
        Whether values may differ by rounding.

    Returns
    -------
    Ordered
        The claims, and where each cell begins.
    """
    claims = encode(claims)
    cells = claims.groupby(cell, sort=True, dropna=False, observed=True)
    codes = cells.ngroup().to_numpy()
    ranks = precedence.ranks(claims)
    listed = _listed(claims["source_id"])
    order = np.lexsort([*map(narrow, [listed, *reversed(ranks.values())]), codes])
    codes = codes[order]
    first = np.flatnonzero(np.diff(codes, prepend=-1))
    sizes = np.diff(first, append=len(codes))
    ordered = claims.iloc[order]
    leading = np.repeat(first, sizes)
    place, reason = _compare(ordered, leading, np.repeat(sizes > 1, sizes), notes, rounding)
    ordered = ordered.assign(
        verdict=pd.Categorical.from_codes(place, list(VERDICTS), ordered=True),
        chosen=np.arange(len(codes)) == leading,
        decided_by=np.repeat(_deciders(ranks, order, first, sizes), sizes),
        reason=reason,
    )
    return Ordered(ordered, first, sizes)


def _compare(
    ordered: pd.DataFrame,
    leading: Integers,
    crowded: Bools,
    notes: pd.DataFrame | None,
    rounding: bool,
) -> tuple[Integers, Objects]:
    """Return the verdict on each claim and why; only cells with several claims are looked at."""
    place = np.zeros(len(ordered), dtype=np.int64)
    reason = np.full(len(ordered), None, dtype=object)
    compared = ordered[[name for name in COMPARED if name in ordered]]
    claims, chosen = compared[crowded], compared.iloc[leading[crowded]]
    found = verdicts(claims, chosen, rounding=rounding)
    nothing = pd.DataFrame() if notes is None else notes
    place[crowded], reason[crowded] = noted(claims, chosen, found, nothing)
    return place, reason


def _deciders(ranks: Ranks, order: Integers, first: Integers, sizes: Integers) -> Integers:
    """Return for each cell the criterion that put the first claim before the second."""
    found = np.where(sizes == 1, ONLY, LISTED).astype(object)
    crowded = np.flatnonzero(sizes > 1)
    one, other = order[first[crowded]], order[first[crowded] + 1]
    for name, rank in reversed(ranks.items()):
        found[crowded[rank[one] != rank[other]]] = name
    return found


def resolve_measures(
    claims: pd.DataFrame,
    cell: list[str],
    precedence: Precedence,
    notes: pd.DataFrame | None = None,
    *,
    others: bool = True,
) -> pd.DataFrame:
    """Choose one figure for each cell.

    Parameters
    ----------
    claims : pandas.DataFrame
        Rows of the table ``measure_claims``, with what ``with_sources`` adds.
    cell : list of str
        Columns that name a cell.
    precedence : Precedence
        The order.
    notes : pandas.DataFrame, optional
        The table ``difference_notes``.
    others : bool
        Whether to name the sources of the others.

    Returns
    -------
    pandas.DataFrame
        The chosen claim of each cell, with ``n_claims``, ``decided_by``, ``others`` (their
        sources), ``verdict``, the farthest of theirs, and ``agrees``: whether every other claim
        allows what the chosen one does.
    """
    ordered = order_claims(claims, cell, precedence, notes=notes)
    codes = ordered.claims["verdict"].cat.codes.to_numpy()
    worst = np.maximum.reduceat(codes, ordered.first) if len(codes) else codes
    chosen = decode(ordered.chosen.drop(columns=["chosen", "reason"]), claims)
    found = chosen.assign(
        n_claims=ordered.sizes,
        verdict=pd.Categorical.from_codes(worst, list(VERDICTS), ordered=True),
        agrees=worst < AGREEING,
    )
    return found.assign(others=ordered.others()) if others else found
