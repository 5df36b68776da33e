"""What one analysis is, and the list of all of them, each once."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from probstats.models.reading.formulas import parse, variables_of

NAMES = ["outcome", "exposure", "covariates", "subset", "link", "model"]
"""What tells specifications apart, in the words of the table."""


@dataclass(frozen=True)
class Choice:
    """One value of a choice: its name, and what it stands for."""

    name: str
    value: Any


@dataclass(frozen=True)
class Specification:
    """One analysis.

    Attributes
    ----------
    outcome, exposure, covariates, subset, link, model : Choice
        A tuple of one or two columns, a column, a tuple of terms, a mask of rows, a link, and a
        ``ModelOptions``.
    """

    outcome: Choice
    exposure: Choice
    covariates: Choice
    subset: Choice
    link: Choice
    model: Choice

    @property
    def names(self) -> tuple[str, ...]:
        """The names of its choices."""
        return tuple(getattr(self, name).name for name in NAMES)

    @property
    def mask(self) -> NDArray[np.bool_]:
        """Which rows of the data are in the subset."""
        return np.asarray(self.subset.value)

    @property
    def terms(self) -> tuple[str, ...]:
        """The covariates' terms, that of the exposure left out."""
        own = {self.exposure.value, quoted(self.exposure.value)}
        return tuple(term for term in self.covariates.value if term not in own)

    @property
    def alone(self) -> bool:
        """Whether no covariate uses the exposure."""
        return self.user is None

    @property
    def user(self) -> str | None:
        """The first covariate that uses the exposure, where one does."""
        exposure = self.exposure.value
        return next(
            (term for term in self.terms if exposure in variables_of(parse(term), [exposure])), None
        )

    @property
    def circular(self) -> str | None:
        """A column of the outcome that is a covariate or the exposure as well, if there is one."""
        used = {self.exposure.value}
        for term in self.terms:
            used |= set(variables_of(parse(term), self.outcome.value))
        return next((name for name in self.outcome.value if name in used), None)

    @property
    def formula(self) -> str:
        """The formula of the model."""
        return f"{self.left} ~ {' + '.join([quoted(self.exposure.value), *self.terms])}"

    @property
    def left(self) -> str:
        """The outcome, as formulas write it."""
        columns = [quoted(name) for name in self.outcome.value]
        return columns[0] if len(columns) == 1 else f"interval({', '.join(columns)})"

    @property
    def key(self) -> tuple[Any, ...]:
        """What two specifications that are the same analysis have in common."""
        terms = frozenset(":".join(sorted(term.split(":"))) for term in self.terms)
        return (
            self.outcome.value, self.exposure.value, terms,
            self.mask.tobytes(), self.link.value, self.model.value.key,
        )  # fmt: skip


def quoted(name: str) -> str:
    """Return a column as formulas name it.

    Examples
    --------
    >>> quoted("year"), quoted("cases per person")
    ('year', '`cases per person`')
    """
    return name if name.isidentifier() else f"`{name}`"


def every_specification(
    choices: Sequence[Sequence[Choice]],
) -> tuple[list[Specification], pd.DataFrame]:
    """Return all combinations of choices, those that are the same analysis once.

    Parameters
    ----------
    choices : sequence
        The values of each choice, in the order of ``NAMES``.

    Returns
    -------
    specifications : list of Specification
        The analyses, each with the names it had first.
    duplicates : pandas.DataFrame
        The names of those left out, and ``same_as``, the number of the analysis each repeats.
    """
    known: dict[tuple[Any, ...], int] = {}
    kept: list[Specification] = []
    left_out: list[list[Any]] = []
    for values in itertools.product(*choices):
        one = Specification(*values)
        number = known.setdefault(one.key, len(kept))
        if number == len(kept):
            kept.append(one)
        else:
            left_out.append([*one.names, number])
    return kept, pd.DataFrame(left_out, columns=[*NAMES, "same_as"])
