"""From what several sources say of a rating to one rating or interval."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from probstats.data.resolution.agreement import VERDICTS
from probstats.data.resolution.coding import decode
from probstats.data.resolution.measures import Ordered, order_claims
from probstats.data.resolution.precedence import Precedence

CELL = ["inspection_id", "standard"]


def resolve_ratings(claims: pd.DataFrame, precedence: Precedence) -> pd.DataFrame:
    """Resolve claims on ratings.

    Ratings that sources give are intersected: each is an interval of levels, and all are meant to
    be true. Where they cannot all be, the cell keeps the whole range they span and says so; which
    claim precedes is kept beside it.

    Parameters
    ----------
    claims : pandas.DataFrame
        The table ``rating_claims``, with what ``with_sources`` adds.
    precedence : Precedence
        The order between claims.

    Returns
    -------
    pandas.DataFrame
        One row for each inspection and standard that has a claim: ``rating_low`` and
        ``rating_high`` (equal where one rating is known), ``rating_status`` (stated, interval,
        conflict), ``rating_basis``, ``rating_claims`` (how many), ``rating_sources``, and the
        claim that precedes: ``source_id`` and ``decided_by``.
    """
    ordered = order_ratings(claims, precedence)
    levels = claims["rating_low"].cat.categories
    coded = claims.assign(low=claims["rating_low"].cat.codes, high=claims["rating_high"].cat.codes)
    spans = coded.groupby(CELL, sort=False).agg(
        lowest=("low", "min"), narrow_low=("low", "max"),
        highest=("high", "max"), narrow_high=("high", "min"),
        rating_basis=("basis", _join), rating_claims=("source_id", "size"),
        rating_sources=("source_id", _join),
    )  # fmt: skip
    conflict = spans["narrow_low"] > spans["narrow_high"]
    low = spans["narrow_low"].where(~conflict, spans["lowest"])
    high = spans["narrow_high"].where(~conflict, spans["highest"])
    status = pd.Series("interval", index=spans.index).mask(low == high, "stated")
    first = ordered.chosen.set_index(CELL)[["source_id", "decided_by"]]
    return spans[["rating_basis", "rating_claims", "rating_sources"]].assign(
        rating_low=pd.Categorical.from_codes(low, levels, ordered=True),
        rating_high=pd.Categorical.from_codes(high, levels, ordered=True),
        rating_status=status.mask(conflict, "conflict"),
    ).join(first)  # fmt: skip


def order_ratings(claims: pd.DataFrame, precedence: Precedence) -> Ordered:
    """Put claims on ratings in the order of precedence, as claims on figures are.

    Parameters
    ----------
    claims : pandas.DataFrame
        The table ``rating_claims``, with what ``with_sources`` adds.
    precedence : Precedence
        The order between claims.

    Returns
    -------
    Ordered
        The claims in order; levels count from 0, the lowest.
    """
    low = claims["rating_low"].cat.codes.astype(float)
    high = claims["rating_high"].cat.codes.astype(float)
    levels = claims.assign(
        value=low, value_low=low, value_high=high,
        qualifier=np.where(low == high, "exact", "interval"),
        printed_unit="rating", as_of_to=pd.NaT,
    )  # fmt: skip
    ordered = order_claims(levels, CELL, precedence, rounding=False)
    return replace(ordered, claims=decode(ordered.claims, levels))


def contradicting(ordered: Ordered) -> pd.DataFrame:
    """Return the claims on ratings that the one that precedes excludes."""
    claims = ordered.claims
    return claims[claims["verdict"] == VERDICTS[-1]]


def _join(values: pd.Series) -> str:
    return " ".join(dict.fromkeys(values))
