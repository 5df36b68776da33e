"""Completed frames, what was filled in, and fits to each of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from probstats.missing.fitting import fit_frames
from probstats.missing.variables import Variable

FEWEST_ROUNDS = 4
"""Rounds from which on chains are compared."""


class Imputations:
    """Several completions of a frame with missing values.

    Attributes
    ----------
    data : pandas.DataFrame
        The frame as it was, with its gaps.
    frames : list of pandas.DataFrame
        The m completed frames; iterating goes through them, too.
    missing : pandas.DataFrame
        True where a cell was missing and is filled in, by column that takes part.
    trace : pandas.DataFrame
        ``mean`` and ``sd`` of the imputed values, by ``column``, ``chain`` and ``round``; of
        levels, those of their codes from 0.
    iterations : int
        Rounds of each chain.
    notes : tuple of str
        Predictors that could not be used.
    """

    def __init__(
        self,
        data: pd.DataFrame,
        variables: tuple[Variable, ...],
        chains: tuple[pd.DataFrame, ...],
        iterations: int,
    ) -> None:
        self.data, self.iterations = data.copy(), iterations
        self._variables, self._chains = variables, chains
        self.missing = data[[one.name for one in variables]].isna()

    def __len__(self) -> int:
        return len(self._chains)

    def __iter__(self) -> Iterator[pd.DataFrame]:
        return iter(self.frames)

    def __getitem__(self, number: int) -> pd.DataFrame:
        return self.frames[number]

    @cached_property
    def frames(self) -> list[pd.DataFrame]:
        """The m completed frames."""
        return [self._complete(chain) for chain in self._chains]

    def variable(self, name: str) -> Variable:
        """Return a column as it is imputed, with the bounds of its cells."""
        return next(one for one in self._variables if one.name == name)

    def _complete(self, chain: pd.DataFrame) -> pd.DataFrame:
        drawn = chain[chain["what"] == "imputed"]
        frame = self.data.copy()
        for number, variable in enumerate(self._variables):
            values = variable.cells.copy()
            values[variable.missing] = drawn.loc[drawn["column"] == number, "value"].to_numpy()
            if self.missing[variable.name].any():
                frame[variable.name] = variable.restore(self.data[variable.name], values)
        return frame

    @cached_property
    def trace(self) -> pd.DataFrame:
        """Means and standard deviations of what each round imputed."""
        rows = pd.concat(self._chains, keys=range(len(self)), names=["chain", None])
        rows = rows[rows["what"].isin(["mean", "sd"])].reset_index("chain")
        names = [one.name for one in self._variables]
        rows["column"] = [names[number] for number in rows["column"]]
        rows = rows.rename(columns={"place": "round"})
        table = rows.pivot_table(index=["column", "chain", "round"], columns="what",
                                 values="value", sort=False)  # fmt: skip
        return table.rename_axis(columns=None)

    @property
    def notes(self) -> tuple[str, ...]:
        """What could not be used."""
        rows = pd.concat(self._chains)
        pairs = rows.loc[rows["what"] == "left out", ["column", "place"]].drop_duplicates()
        names = [one.name for one in self._variables]
        return tuple(
            f"{names[other]} is left out, whole or in part, where {names[column]} is imputed: it "
            f"is constant or a combination of others in the rows that have {names[column]}."
            for column, other in pairs.itertuples(index=False)
        )

    def summary(self) -> pd.DataFrame:
        """Return what was missing and how it was filled in.

        Returns
        -------
        pandas.DataFrame
            By incomplete column: ``missing`` cells and their ``share``; those of them
            ``bounded``, that is known within bounds, and ``settled`` by their bounds; the
            ``method``; and ``rhat``, the ratio of the spread of the imputed means over all chains
            to that within a chain, in the later half of the rounds (Gelman and Rubin 1992), which
            is near 1 where the chains have mixed.
        """
        gaps = [one for one in self._variables if self.missing[one.name].any()]
        table = {
            one.name: {
                "missing": int(self.missing[one.name].sum()),
                "share": float(self.missing[one.name].mean()),
                "bounded": int(one.bounded.sum()),
                "settled": one.settled,
                "method": one.method,
                "rhat": self._rhat(one.name),
            }
            for one in gaps
        }
        return pd.DataFrame.from_dict(table, orient="index")

    def rhat_by_chance(self) -> float:
        """Return the ``rhat`` that chains without any memory exceed once in a thousand times."""
        m, later = len(self), self._later
        return float(np.sqrt((later - 1 + stats.f.ppf(0.999, m - 1, m * (later - 1))) / later))

    @property
    def _later(self) -> int:
        return self.iterations - self.iterations // 2

    def _rhat(self, name: str) -> float:
        later = self._later
        if self.iterations < FEWEST_ROUNDS or name not in self.trace.index.get_level_values(0):
            return np.nan
        means = self.trace.loc[name, "mean"].unstack("round").to_numpy()[:, -later:]
        within = float(means.var(axis=1, ddof=1).mean())
        between = float(means.mean(axis=1).var(ddof=1))
        if within == 0.0:
            return np.nan
        return float(np.sqrt((later - 1) / later + between / within))

    def __repr__(self) -> str:
        rounds = f"{self.iterations} round" + ("s" if self.iterations > 1 else "")
        head = f"{len(self)} imputations of {len(self.data)} rows, {rounds}"
        table = self.summary().round({"share": 3, "rhat": 2})
        return "\n".join([head, table.to_string(), *self.notes])

    def __dir__(self) -> list[str]:
        return ["data", "fit", "frames", "iterations", "missing", "notes", "summary", "trace"]

    def fit(self, how: str | Callable[[pd.DataFrame], Any], **options: Any) -> list[Any]:
        """Fit a model to each completed frame.

        Parameters
        ----------
        how : str or callable
            A formula of ``CumulativeLinkModel``; or what is done with a frame, which returns a
            fit.
        **options
            With a formula, those of ``CumulativeLinkModel.from_formula`` and of ``fit``, such as
            ``link``, ``nominal`` or ``reduction``.

        Returns
        -------
        list
            m fits, for ``pool``.

        Raises
        ------
        ModelError
            If an option is not known, or a fit fails; the sentence says which.

        Warns
        -----
        ProbstatsWarning
            What the fits warn of, once, with the number of fits that do.

        Examples
        --------
        >>> import pandas as pd
        >>> import probstats as ps
        >>> data = pd.DataFrame({"x": [1.0, 2, 3, 4, None, 6, 5, 2], "y": [1, 1, 2, 1, 2, 2, 1, 2]})
        >>> fits = ps.impute(data, m=3, rng=1).fit(lambda frame: ps.CumulativeLinkModel.
        ...     from_formula("y ~ x", frame).fit())
        >>> len(fits)
        3
        """
        return fit_frames(self.frames, how, options)
