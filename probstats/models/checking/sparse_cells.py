"""Expected counts of the levels within categories of the covariates, and which are too small."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from probstats.models.checking.variants import location_terms
from probstats.models.prediction.probabilities import predict

ENOUGH = 5.0
"""Expected count from which on a cell is not called sparse (Cochran 1954)."""

SHOWN = 3


def expected_counts(fit: Any, terms: list[str]) -> pd.DataFrame:
    """Return how many rows a fit expects of each level, within categories of some terms.

    Parameters
    ----------
    fit : CumulativeLinkResults
        The fit.
    terms : list of str
        Terms of its location. The rows of a term that takes no more different values than a
        factor would are counted by these values, those of other terms all together.

    Returns
    -------
    pandas.DataFrame
        A column for each level; rows by term and category.
    """
    model = fit.model
    rows = model.all_edges(model.sample.covariates)
    chances = predict(fit.fit_record.params, rows, model.link, "prob")
    counted = np.nan_to_num(chances) * model.sample.counts[:, None]
    cells = {
        (term, category): counted[place].sum(axis=0)
        for term in terms
        for category, place in _categories(model, term)
    }
    index = pd.MultiIndex.from_tuples(cells, names=["term", "category"])
    return pd.DataFrame(list(cells.values()), index=index, columns=list(model.outcome.levels))


def _categories(model: Any, term: str) -> Iterator[tuple[str, NDArray[np.bool_]]]:
    """Go through the categories of a term, and the rows of each."""
    columns = model.sample.covariates.location[location_terms(model)[term]]
    values, codes = np.unique(columns.to_numpy(), axis=0, return_inverse=True)
    codes = codes.ravel()
    if len(values) > columns.shape[1] + 1:
        yield "all rows", np.ones(len(columns), dtype=bool)
        return
    for code, value in enumerate(values):
        pairs = zip(columns.columns, value, strict=True)
        named = [f"{name} = {number:g}" for name, number in pairs if number or len(value) == 1]
        yield ", ".join(named) or f"{term} at its reference", codes == code


def sparse_sentence(counts: pd.DataFrame) -> str:
    """Return which expected counts are too small, least first; empty where none is.

    Parameters
    ----------
    counts : pandas.DataFrame
        What ``expected_counts`` returns, or some of its rows.

    Returns
    -------
    str
        Without a full stop.

    Examples
    --------
    >>> index = pd.MultiIndex.from_tuples([("x", "x = 0"), ("x", "x = 1")])
    >>> sparse_sentence(pd.DataFrame({"low": [9.0, 12.0], "high": [1.25, 8.0]}, index=index))
    'expected counts below 5 in 1 of 4 cells: 1.2 at high with x = 0'
    """
    cells = [
        (float(value), level, category)
        for (_, category), row in counts.iterrows()
        for level, value in row.items()
    ]
    small = sorted((cell for cell in cells if cell[0] < ENOUGH), key=lambda cell: cell[0])
    if not small:
        return ""
    shown = [
        f"{value:.2g} at {level}" + ("" if category == "all rows" else f" with {category}")
        for value, level, category in small[:SHOWN]
    ]
    more = f" and {len(small) - SHOWN} more" if len(small) > SHOWN else ""
    return (
        f"expected counts below {ENOUGH:g} in {len(small)} of {len(cells)} cells: "
        f"{', '.join(shown)}{more}"
    )
