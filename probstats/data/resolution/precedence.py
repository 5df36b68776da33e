"""The order in which claims precede each other: a table, not code.

``data/precedence.csv`` lists, step by step, what is compared (kind of source, basis, precision,
time of publication) and which value comes first. Claims equal in all of it follow the order of
the list of sources.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from probstats.data.record.tables import load
from probstats.errors import DataError

CRITERIA = {"source kind": "source_kind", "basis": "basis", "precision": "qualifier"}
"""The column of a claim that each criterion looks at."""

COLUMNS = ("step", "criterion", "value", "rank")
PUBLICATION = "publication"
LAST = np.iinfo(np.int64).max

Ranks = dict[str, NDArray[np.int64]]


@dataclass(frozen=True)
class Precedence:
    """The order of precedence between claims.

    Attributes
    ----------
    table : pandas.DataFrame
        ``step``, ``criterion``, ``value``, ``rank`` and ``why``, as in ``data/precedence.csv``.
    """

    table: pd.DataFrame

    def __post_init__(self) -> None:
        _require_sound(self.table)

    @property
    def criteria(self) -> list[str]:
        """The criteria, in the order in which they decide."""
        return list(self.table.sort_values("step", kind="stable")["criterion"].unique())

    def ranks(self, claims: pd.DataFrame) -> Ranks:
        """Return the rank of each claim by each criterion, 1 first.

        Parameters
        ----------
        claims : pandas.DataFrame
            n claims with ``source_kind``, ``basis``, ``qualifier`` and ``vintage``.

        Returns
        -------
        dict of numpy.ndarray
            n ranks by criterion, in the order of the criteria.

        Raises
        ------
        DataError
            If a claim holds a value that the table does not rank.
        """
        return {name: self._rank(claims, name) for name in self.criteria}

    def _rank(self, claims: pd.DataFrame, criterion: str) -> NDArray[np.int64]:
        rows = self.table[self.table["criterion"] == criterion]
        if criterion == PUBLICATION:
            return _publication(claims["vintage"], rows["value"].iloc[0])
        codes, values = pd.factorize(claims[CRITERIA[criterion]], use_na_sentinel=False)
        known = dict(zip(rows["value"], rows["rank"], strict=True))
        for value in values:
            if value not in known:
                raise DataError(
                    f"precedence.csv does not rank {criterion} {value!r}, which a claim has; "
                    f"expected one of {', '.join(known)}, or a row for it"
                )
        return np.array([known[value] for value in values], dtype=np.int64)[codes]


def _publication(vintage: pd.Series, first: str) -> NDArray[np.int64]:
    days = vintage.to_numpy().astype("datetime64[D]")
    unknown = np.isnat(days)
    order = days.astype(np.int64)
    return np.where(unknown, LAST, order if first == "earliest" else -order)


def _require_sound(table: pd.DataFrame) -> None:
    """Raise a sentence if the table leaves open which claim comes first."""
    for name in COLUMNS:
        if name not in table:
            raise DataError(f"precedence.csv lacks column {name!r}; expected {', '.join(COLUMNS)}")
    for row, line in enumerate(table.to_dict("records"), start=2):
        _require_line(row, line)
    twice = np.flatnonzero(table.duplicated(["criterion", "value"]))
    if len(twice):
        raise DataError(
            f"precedence.csv, row {twice[0] + 2}: ranks {table['value'].iloc[twice[0]]!r} again; "
            f"expected each value of a criterion once"
        )
    steps = table.groupby("criterion")["step"].nunique()
    if (steps > 1).any():
        raise DataError(f"precedence.csv: {steps.idxmax()!r} stands at two steps; expected one")
    criteria = table.groupby("step")["criterion"].unique()
    for step, names in criteria[criteria.map(len) > 1].items():
        raise DataError(f"precedence.csv: {' and '.join(names)} share step {step}; expected one")
    _require_publication(table.loc[table["criterion"] == PUBLICATION, "value"].tolist())


def _require_line(row: int, line: dict[Hashable, Any]) -> None:
    if line["criterion"] not in {*CRITERIA, PUBLICATION}:
        raise DataError(
            f"precedence.csv, row {row}, column criterion: holds {line['criterion']!r}; expected "
            f"one of {', '.join([*CRITERIA, PUBLICATION])}"
        )
    for name in ("step", "rank"):
        if not (pd.api.types.is_number(line[name]) and line[name] % 1 == 0):
            raise DataError(
                f"precedence.csv, row {row}, column {name}: holds {line[name]!r}; expected a whole "
                f"number, the first the lowest"
            )


def _require_publication(values: list[str]) -> None:
    if values not in ([], ["earliest"], ["latest"]):
        raise DataError(
            f"precedence.csv: publication is ranked by {', '.join(values)}; expected one row, "
            f"'earliest' or 'latest'"
        )


def read_precedence(folder: str | Path | None = None) -> Precedence:
    """Return the order of precedence that a folder of tables comes with.

    Parameters
    ----------
    folder : path, optional
        Folder with the tables; the one that came with the package by default.

    Returns
    -------
    Precedence
        The order.

    Examples
    --------
    >>> read_precedence().criteria
    ['source kind', 'basis', 'precision', 'publication']
    """
    return Precedence(load("precedence", folder))
