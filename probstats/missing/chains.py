"""Chained equations: statsmodels' rounds over the columns, with draws that know bounds and levels.

``statsmodels.imputation.mice.MICEData`` keeps the data, the order of the columns, fewest gaps
first, and the rounds. Its update of a column is a linear regression of numbers; here a column is
updated by its kind, inside the bounds of its cells, and designs are made of arrays: a formula for
each update takes ten times as long.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from statsmodels.imputation.mice import MICEData

from probstats.missing.level_draws import draw_levels, kept_columns
from probstats.missing.number_draws import draw_numbers
from probstats.missing.variables import Mask, Variable
from probstats.models.kernel.links import Array


class Chain(MICEData):
    """One chain of imputations.

    Parameters
    ----------
    variables : sequence of Variable
        All columns that take part.
    predictors : sequence of sequence of int
        For each, the positions of those it is imputed from.
    rng : numpy.random.Generator
        Source of randomness.
    """

    def __init__(
        self,
        variables: Sequence[Variable],
        predictors: Sequence[Sequence[int]],
        rng: np.random.Generator,
    ) -> None:
        self.variables = {f"v{number}": one for number, one in enumerate(variables)}
        self.predictors = {f"v{n}": [f"v{p}" for p in some] for n, some in enumerate(predictors)}
        self.left_out: set[tuple[int, int]] = set()
        columns = {key: one.cells for key, one in self.variables.items()}
        # A column without gaps: rows with nothing else are kept.
        super().__init__(pd.DataFrame(columns | {"one": 1.0}), rng=rng)
        for key, one in self.variables.items():
            self._fill(key, _start(one, rng))

    def _initial_imputation(self) -> None:
        """Leave out statsmodels' start, which takes longer than a round: the start is drawn."""

    def update(self, vname: str) -> None:
        """Draw the missing cells of a column from its distribution given the others."""
        variable = self.variables[vname]
        rows = ~variable.missing | variable.bounded
        design = self._design(vname, rows)
        if variable.levels:
            drawn = draw_levels(variable, (design, rows), self.rng)
        else:
            current = self.data[vname].to_numpy()
            with_constant = np.column_stack([np.ones(len(design)), design])
            drawn = draw_numbers(variable, current, (with_constant, rows), self.rng)
        self._fill(vname, drawn)

    def _design(self, vname: str, rows: Mask) -> Array:
        """Return the predictors of a column that differ, and tell apart, in some rows."""
        names = self.predictors[vname]
        parts = [self.variables[name].columns(self.data[name].to_numpy()) for name in names]
        design = np.column_stack([np.empty((len(rows), 0)), *parts])
        kept = kept_columns(design[rows])
        owners = np.repeat(np.arange(len(names)), [part.shape[1] for part in parts])
        for number in set(range(design.shape[1])) - set(kept):
            self.left_out.add((int(vname[1:]), int(names[owners[number]][1:])))
        return np.asarray(design[:, kept])

    def _fill(self, vname: str, values: Array) -> None:
        self.data.iloc[self.ix_miss[vname], self.data.columns.get_loc(vname)] = values

    def imputed(self) -> dict[int, Array]:
        """Return the values of the missing cells, by the position of the column."""
        return {
            int(key[1:]): self.data[key].to_numpy()[self.ix_miss[key]]
            for key in self.variables
            if len(self.ix_miss[key])
        }


def _start(variable: Variable, rng: np.random.Generator) -> Array:
    """Return a start for each missing cell: an observed value inside its bounds, or the nearest."""
    known = variable.cells[~variable.missing]
    if not variable.missing.any():
        return np.empty(0)
    drawn = rng.choice(known, int(variable.missing.sum()))
    ends = variable.low[variable.missing], variable.high[variable.missing]
    return np.clip(drawn, *ends)


def run_chain(
    variables: Sequence[Variable],
    predictors: Sequence[Sequence[int]],
    iterations: int,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Run one chain.

    Parameters
    ----------
    variables, predictors, rng
        See ``Chain``.
    iterations : int
        Rounds over the columns.

    Returns
    -------
    pandas.DataFrame
        ``what``, ``column``, ``place`` and ``value``: the ``mean`` and ``sd`` of the imputed
        values of each column in each round, the ``imputed`` values of the last round in the order
        of the missing cells, and the predictors that were ``left out`` in some round.
    """
    chain = Chain(variables, predictors, rng)
    found: list[tuple[str, int, int, float]] = []
    for place in range(iterations):
        chain.update_all(1)
        for column, values in chain.imputed().items():
            found.append(("mean", column, place, float(values.mean())))
            found.append(("sd", column, place, float(values.std())))
    for column, values in chain.imputed().items():
        found += [("imputed", column, place, float(v)) for place, v in enumerate(values)]
    found += [("left out", column, other, 0.0) for column, other in sorted(chain.left_out)]
    return pd.DataFrame(found, columns=["what", "column", "place", "value"])
