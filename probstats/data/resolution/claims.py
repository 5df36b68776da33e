"""From what several sources claim to one value or interval for each cell.

The strict first form of resolution. Ratings that sources give are intersected; where they cannot
all be true the cell keeps the whole range they span and says so. Of several figures one is chosen,
in a fixed order, and whether the others agree is kept beside it.
"""

from __future__ import annotations

import pandas as pd

QUALIFIER_ORDER = {"exact": 0, "at least": 1, "at most": 1, "about": 2}
BASIS_ORDER = {"stated": 0, "derived": 1}
SOURCE_ORDER = {
    "inspectorate": 0, "official statistics": 0, "audit office": 1, "parliament": 1, "council": 2,
    "owner": 2, "press": 3, "blog": 3, "mirror": 3, "union": 4,
}  # fmt: skip


def resolve_ratings(claims: pd.DataFrame) -> pd.DataFrame:
    """Resolve claims on ratings.

    Parameters
    ----------
    claims : pandas.DataFrame
        The table ``rating_claims``.

    Returns
    -------
    pandas.DataFrame
        One row for each inspection and standard that has a claim: ``rating_low`` and
        ``rating_high`` (equal where one rating is known), ``rating_status`` (stated, interval,
        conflict), ``rating_basis``, ``rating_claims`` (how many) and ``rating_sources``.
    """
    levels = claims["rating_low"].cat.categories
    coded = claims.assign(low=claims["rating_low"].cat.codes, high=claims["rating_high"].cat.codes)
    cells = coded.groupby(["inspection_id", "standard"], sort=False)
    spans = cells.agg(
        lowest=("low", "min"), narrow_low=("low", "max"),
        highest=("high", "max"), narrow_high=("high", "min"),
        rating_basis=("basis", _join), rating_claims=("source_id", "size"),
        rating_sources=("source_id", _join),
    )  # fmt: skip
    conflict = spans["narrow_low"] > spans["narrow_high"]
    low = spans["narrow_low"].where(~conflict, spans["lowest"])
    high = spans["narrow_high"].where(~conflict, spans["highest"])
    status = pd.Series("interval", index=spans.index).mask(low == high, "stated")
    return spans[["rating_basis", "rating_claims", "rating_sources"]].assign(
        rating_low=pd.Categorical.from_codes(low, levels, ordered=True),
        rating_high=pd.Categorical.from_codes(high, levels, ordered=True),
        rating_status=status.mask(conflict, "conflict"),
    )


def resolve_measures(claims: pd.DataFrame, cell: list[str]) -> pd.DataFrame:
    """Choose one figure for each cell.

    Inspectorate and official statistics first, then audit office and parliament, council and
    owner, press, blogs and mirrors, unions; then stated before derived; exact before "at least" and
    "at most", those before "about"; then the source that can have been published first, then the
    source that comes first in the list.

    Parameters
    ----------
    claims : pandas.DataFrame
        Rows of the table ``measure_claims``, with what ``rank_sources`` adds.
    cell : list of str
        Columns that name a cell.

    Returns
    -------
    pandas.DataFrame
        The chosen claim of each cell, with ``n_claims`` and ``agrees``: whether every other claim
        allows the chosen value.
    """
    order = ["source_rank", "_basis", "_qualifier", "vintage", "source_id"]
    ranked = claims.assign(
        _basis=claims["basis"].map(BASIS_ORDER), _qualifier=claims["qualifier"].map(QUALIFIER_ORDER)
    ).sort_values([*cell, *order], kind="stable")
    cells = ranked.groupby(cell, sort=False, dropna=False)
    chosen_value = cells["value"].transform("first")
    outside = (ranked["value_low"] > chosen_value) | (ranked["value_high"] < chosen_value)
    ranked = ranked.assign(
        n_claims=cells["value"].transform("size"),
        agrees=~outside.groupby([ranked[name] for name in cell], dropna=False)
        .transform("any")
        .astype(bool),
    )
    return ranked.drop_duplicates(cell).drop(columns=["_basis", "_qualifier"])


def rank_sources(claims: pd.DataFrame, sources: pd.DataFrame) -> pd.DataFrame:
    """Add what decides between sources.

    Parameters
    ----------
    claims, sources : pandas.DataFrame
        The tables ``measure_claims`` and ``sources``.

    Returns
    -------
    pandas.DataFrame
        The claims with ``source_rank`` (0 first) and ``vintage``, the latest date their source
        reports on, before which it cannot have been published.
    """
    kinds = sources.set_index("source_id")["kind"]
    return claims.assign(
        source_rank=claims["source_id"].map(kinds).map(SOURCE_ORDER),
        vintage=claims.groupby("source_id")["as_of_to"].transform("max"),
    )


def _join(values: pd.Series) -> str:
    return " ".join(dict.fromkeys(values))
