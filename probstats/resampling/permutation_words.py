"""What a permutation test permutes, in sentences."""

from __future__ import annotations

import numpy as np

from probstats.models.kernel.links import Array
from probstats.resampling.permutation_groups import Codes, Groups
from probstats.resampling.permutation_null import Null


def among_rows(null: Null, columns: Array, groups: Groups | None, given: str, block: Codes) -> str:
    """Return what is permuted where rows are exchanged, and when that is exact.

    Parameters
    ----------
    null : Null
        The null fit and the term.
    columns : numpy.ndarray
        n by p; the term's columns.
    groups : Groups or None
        Groups within which rows are exchanged.
    given : {"residuals", "strata", "independent"}
        What becomes of the other covariates.
    block : numpy.ndarray
        n codes; rows are exchanged with those of the same block.

    Returns
    -------
    str
        Two sentences.
    """
    where, rows = f"among the {len(columns):,} rows", "rows"
    if groups is not None:
        varies = int(groups.varies(columns).sum())
        where = f"within each {groups.name} (it varies in {varies} of {groups.number})"
        rows = f"rows of one {groups.name}"
    varies = int(Groups(block, "").varies(columns).sum())
    return _sentences(null, given, where, rows, (varies, int(block.max()) + 1))


def among_groups(null: Null, values: Array, groups: Groups, given: str, block: Codes) -> str:
    """Return what is permuted where whole groups are exchanged, and when that is exact.

    Parameters
    ----------
    null, groups, given
        See ``among_rows``.
    values : numpy.ndarray
        G by p; the term's value in each group.
    block : numpy.ndarray
        G codes.

    Returns
    -------
    str
        Two sentences, and a third where groups differ in size.
    """
    sizes = np.bincount(groups.codes)
    where = f"among the {groups.number} values of {groups.name}, whose rows stay together"
    varies = int(Groups(block, "").varies(values).sum())
    found = _sentences(null, given, where, "whole groups", (varies, int(block.max()) + 1))
    if sizes.min() == sizes.max():
        return found
    return (
        f"{found} Groups have {sizes.min()} to {sizes.max()} rows; their sizes must have nothing "
        f"to do with {null.term.name}."
    )


def _sentences(null: Null, given: str, where: str, units: str, strata: tuple[int, int]) -> str:
    """Return the sentences; strata are those the term varies in, and all."""
    term, others = null.term.name, null.named
    exact = f"Exact, if {units} are exchangeable where {term} has no effect"
    if not others:
        return f"The values of {term} are permuted {where}. {exact}."
    if given == "residuals":
        return (
            f"{term} is split by least squares into what the other covariates ({others}) predict, "
            f"which stays, and residuals, which are permuted {where} (Potter 2005). Approximate."
        )
    if given == "strata":
        return (
            f"The values of {term} are permuted {where}, and only among {units} with the same "
            f"values of the other covariates ({others}): {strata[1]} strata, and it varies in "
            f"{strata[0]}. {exact}, given these."
        )
    return (
        f"The values of {term} are permuted {where}, and the other covariates ({others}) stay. "
        f"Exact, if {term} was assigned without regard to them, as in a randomised trial."
    )
