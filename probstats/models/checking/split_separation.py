"""Which binary splits of an outcome have no finite estimates, and which rows do it."""

from __future__ import annotations

from typing import Any

import numpy as np

from probstats.models.checking.lines import Lines
from probstats.models.checking.splits import split_rows
from probstats.models.kernel.links import Array
from probstats.models.kernel.separation import find_separation

SHOWN = 2
"""Columns named for each split."""


def separated_splits(model: Any, lines: Lines) -> list[str]:
    """Return a sentence for each split of the outcome that its covariates separate.

    Parameters
    ----------
    model : CumulativeLinkModel
        The model, of known levels.
    lines : Lines
        What is tested.

    Returns
    -------
    list of str
        Without full stops; they name the split, the columns, and the counts in the cells.
    """
    sentences = []
    for split, label in enumerate(model.thresholds.labels):
        rows = split_rows(lines.rows, split)
        names = [*model.sample.covariates.location.columns, label]
        found = find_separation(rows, np.eye(len(names)), list(map(str, names)), [label])
        infinite = found.infinite.drop(label)
        known = infinite[np.isinf(infinite)]  # the others go along with these, anywhere
        columns = list((known if len(known) else infinite[infinite.isna()]).index)
        if found.separated:
            sentences.append(_sentence(model, split, label, columns))
    return sentences


def _sentence(model: Any, split: int, label: str, columns: list[str]) -> str:
    above = model.outcome.low > split
    counts = model.sample.counts
    if not columns:
        return f"the split {label} has no rows on one side"
    cells = [
        _cells(name, model.sample.covariates.location[name].to_numpy(dtype=float), above, counts)
        for name in columns[:SHOWN]
    ]
    more = f" (and {len(columns) - SHOWN} more columns)" if len(columns) > SHOWN else ""
    return f"the split {label} is separated by {'; and by '.join(cells)}{more}"


def _cells(name: str, values: Array, above: Any, counts: Array) -> str:
    """Return how the rows of a column lie above and below a split."""
    levels = np.unique(values)
    if len(levels) == 2:
        parts = [
            f"{counts[above & (values == level)].sum():g} of "
            f"{counts[values == level].sum():g} rows with {name} = {level:g}"
            for level in levels
        ]
        return f"{name}: above it lie {' and '.join(parts)}"
    low, high = values[~above], values[above]
    return (
        f"{name}: it goes from {low.min():g} to {low.max():g} in the {counts[~above].sum():g} rows "
        f"below it, and from {high.min():g} to {high.max():g} in the {counts[above].sum():g} above"
    )
