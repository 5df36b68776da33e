"""From groups, ``re_formula`` and ``vc_formula`` to the random effects of a model."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import formulaic
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from probstats.errors import ModelError
from probstats.models.inference.covariance import align_groups
from probstats.models.kernel.links import Array
from probstats.models.mixed.effects import INTERCEPT, Part, RandomEffects
from probstats.models.reading.columns import require_columns, require_declared
from probstats.models.reading.design import Part as Design
from probstats.models.reading.design import _read_part as read_design
from probstats.models.reading.formulas import evaluate, parse, variables_of

WITHIN = re.compile(r"\s*0\s*\+\s*C\(\s*`?([^()`,]+?)`?\s*\)\s*")
ALL = "all"


@dataclass(frozen=True)
class Reading:
    """How groups and designs of random effects are made of new data.

    Attributes
    ----------
    columns : tuple of tuple of str
        Columns of the data that make up each grouping factor; empty where no column does.
    constant : bool
        Whether there is a random intercept.
    design : Part or None
        Of the covariates with random slopes, see ``probstats.models.reading.design``.
    """

    columns: tuple[tuple[str, ...], ...]
    constant: bool = True
    design: Design | None = None

    def matrix(self, data: Any, n_rows: int) -> Array:
        """Return z of new data, m by d."""
        columns = [np.ones((n_rows, 1))] if self.constant else []
        if self.design is not None:
            columns.append(self.design.matrix(data).to_numpy())
        return np.hstack(columns)


def read_effects(
    data: pd.DataFrame | None,
    index: pd.Index,
    groups: Any,
    re_formula: str | None,
    vc_formula: dict[str, str] | None,
) -> RandomEffects:
    """Return the random effects a user asks for.

    Parameters
    ----------
    data : pandas.DataFrame or None
        The rows used, of a formula.
    index : pandas.Index
        Index of the rows used.
    groups : str, pandas.Series, array_like or None
        A column of the data, or one value for each row used.
    re_formula : str or None
        Covariates with random slopes, ``"1"`` for an intercept alone.
    vc_formula : dict or None
        More grouping factors by name.

    Returns
    -------
    RandomEffects
        Its parts, checked.

    Raises
    ------
    ModelError
        If groups are missing, are only one, or do not match the rows; if formulas cannot be read.
    """
    if vc_formula is not None and not (isinstance(vc_formula, dict) and vc_formula):
        raise ModelError(
            f'vc_formula is a dictionary such as {{"b": "0 + C(b)"}}, not {vc_formula!r}'
        )
    if groups is None and vc_formula is None:
        raise ModelError("random effects need groups: pass groups='column'")
    if groups is None and re_formula not in {None, "1"}:
        raise ModelError(f"re_formula={re_formula!r} needs groups: pass groups='column'")
    constant, design, reading = _read_slopes(data, index, re_formula)
    parts: list[Part] = []
    columns: list[tuple[str, ...]] = []
    if groups is not None:
        values = read_groups(groups, index, data)
        parts.append(_part(str(values.name or "groups"), values, constant, design))
        columns.append((groups,) if isinstance(groups, str) else ())
    for name, formula in (vc_formula or {}).items():
        used = _vc_columns(name, formula, groups)
        parts.append(_part(*_vc_groups(name, used, index, data), None, None))
        columns.append(used)
    _require_apart(parts)
    return RandomEffects(tuple(parts), Reading(tuple(columns), constant is not None, reading))


def _read_slopes(
    data: pd.DataFrame | None, index: pd.Index, re_formula: str | None
) -> tuple[Array | None, pd.DataFrame | None, Design | None]:
    """Return the constant, the columns with random slopes, and how they are made."""
    ones = np.ones((len(index), 1))
    if re_formula is None:
        return ones, None, None
    if not isinstance(re_formula, str):
        raise ModelError(f"re_formula is text such as '1 + x', not {re_formula!r}")
    side = re_formula.strip().removeprefix("~").strip()
    if side == "1":
        return ones, None, None
    if data is None:
        raise ModelError(f"re_formula={re_formula!r} needs a formula and its data")
    columns, reading = _slopes_of(side, data)
    own = formulaic.Formula(side) if side else []
    constant = "1" in map(str, own)
    if not columns.shape[1] and not constant:
        raise ModelError(f"re_formula={re_formula!r} leaves no random effect")
    if not constant and evaluate(own, data).shape[1] != columns.shape[1]:
        raise ModelError(
            f"re_formula={re_formula!r} has categories and no constant, so that groups would not "
            f"differ in the first category; begin with '1 +', which has an effect for each of them"
        )
    return ones if constant else None, columns, reading


def _slopes_of(side: str, data: pd.DataFrame) -> tuple[pd.DataFrame, Design]:
    """Return the columns with random slopes, and how they are made of new data."""
    parsed = parse(side)
    variables = variables_of(parsed, data.columns)
    require_columns(variables, data)
    require_declared(data, variables)
    for name in variables:
        if data[name].isna().any():
            raise ModelError(
                f"column {name!r} of re_formula is missing in {int(data[name].isna().sum())} of "
                f"the {len(data)} rows used; drop them first"
            )
    columns, reading = read_design(parsed, data)
    lost = [name for name in columns if not np.isfinite(columns[name]).all()]
    if lost:
        raise ModelError(f"column {lost[0]!r} of re_formula has values that are not finite")
    return columns, reading


def rows_of_groups(groups: Any, data: pd.DataFrame, used: NDArray[np.bool_]) -> Any:
    """Return groups given for all rows of the data for those that are used.

    A series of another order than the data keeps its index, by which it is matched later.
    """
    if isinstance(groups, str | type(None)) or np.shape(groups) != (len(data),):
        return groups
    if isinstance(groups, pd.Series) and not groups.index.equals(data.index):
        return groups
    return groups[used] if isinstance(groups, pd.Series) else pd.Series(groups, data.index)[used]


def read_groups(groups: Any, index: pd.Index, data: pd.DataFrame | None) -> pd.Series:
    """Return the group of each row used.

    Parameters
    ----------
    groups : str, pandas.Series or array_like
        A column of the data, or one value for each row used.
    index : pandas.Index
        Index of the rows used.
    data : pandas.DataFrame or None
        The rows used, of a formula.

    Returns
    -------
    pandas.Series
        None of them missing.

    Raises
    ------
    ModelError
        If groups are missing or do not match the rows.
    """
    values = align_groups(groups, index, data)
    if values.isna().any():
        raise ModelError(
            f"groups are missing for {int(values.isna().sum())} of the {len(index)} rows used; "
            f"drop these rows, or give them groups of their own"
        )
    return values


def new_groups(groups: Any, n_rows: int, data: pd.DataFrame | None) -> pd.Series:
    """Return the groups of new rows, given as a column, a series with their index, or values."""
    if isinstance(groups, str):
        if data is None or groups not in data:
            raise ModelError(f"groups={groups!r} is no column of the new data")
        return data[groups]
    if isinstance(groups, pd.Series) and data is not None and not groups.index.equals(data.index):
        if not groups.index.is_unique or not data.index.isin(groups.index).all():
            raise ModelError("groups has an index that does not match that of the new data")
        return groups.loc[data.index]
    if np.shape(groups) != (n_rows,):
        raise ModelError(
            f"groups has shape {np.shape(groups)}; it needs one value for each of the {n_rows} "
            f"new rows"
        )
    return pd.Series(np.asarray(groups))


def _vc_columns(name: Any, formula: Any, groups: Any) -> tuple[str, ...]:
    """Return the columns of a variance component: one, or that of the groups and one within."""
    if not isinstance(formula, str):
        raise ModelError(f"vc_formula[{name!r}] must be text, not {formula!r}")
    found = WITHIN.fullmatch(formula)
    if found is None and re.search(r"[+()*:~|]", formula):
        raise ModelError(
            f"vc_formula[{name!r}]={formula!r} cannot be read; write 'column' for its levels as "
            f"they are, or '0 + C(column)' for its levels within each group"
        )
    if found is None:
        return (formula.strip(),)
    if groups is None:
        return (found[1],)
    if not isinstance(groups, str):
        raise ModelError(f"vc_formula[{name!r}]={formula!r} needs groups that are a column")
    return (groups, found[1])


def _vc_groups(
    name: str, columns: tuple[str, ...], index: pd.Index, data: pd.DataFrame | None
) -> tuple[str, pd.Series]:
    if data is None:
        raise ModelError("vc_formula needs a formula and its data")
    values = [_read_groups_of(column, index, data) for column in columns]
    if len(values) == 1:
        return name, values[0]
    return f"{columns[0]}:{name}", combined(values)


def combined(values: list[pd.Series]) -> pd.Series:
    """Return the groups that columns make up together, labelled ``first:second``."""
    first, second = (series.map(_label, na_action="ignore").astype(object) for series in values)
    return (first + ":" + second).rename(None)


def _label(value: Any) -> str:
    """Return a value as text, in which a colon of its own is told from that between two."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)  # as the same column has it where no row is missing
    return str(value).replace("\\", "\\\\").replace(":", "\\:")


def _read_groups_of(column: str, index: pd.Index, data: pd.DataFrame) -> pd.Series:
    if column not in data:
        raise ModelError(f"vc_formula names column {column!r}, which the data do not have")
    return read_groups(column, index, data)


def _part(
    name: str, values: pd.Series, constant: Array | None, slopes: pd.DataFrame | None
) -> Part:
    codes, labels = pd.factorize(values, sort=True)
    if isinstance(labels.dtype, pd.CategoricalDtype):
        labels = labels.astype(labels.categories.dtype)
    if len(labels) < 2:
        raise ModelError(
            f"{name!r} has one group only; random effects need several groups (many, to say "
            f"anything about their spread)"
        )
    columns = [] if constant is None and slopes is not None else [INTERCEPT]
    design = [np.ones((len(values), 1))] if columns else []
    if slopes is not None:
        columns += [str(column) for column in slopes]
        design.append(slopes.to_numpy())
    return Part(name, pd.Index(labels), codes.astype(np.intp), columns, np.hstack(design))


def _require_apart(parts: list[Part]) -> None:
    names = [part.name for part in parts]
    for number, part in enumerate(parts):
        if part.name in names[:number]:
            raise ModelError(f"two grouping factors are called {part.name!r}; rename one of them")
        if len(parts) > 1 and part.columns != [INTERCEPT]:
            raise ModelError(
                "random slopes go with one grouping factor; leave out vc_formula, or re_formula"
            )
        for other in parts[:number]:
            pairs = len(np.unique(np.stack([part.codes, other.codes]), axis=1).T)
            if pairs == part.n_groups == other.n_groups:
                raise ModelError(
                    f"{part.name!r} and {other.name!r} are the same groups; leave one of them out"
                )
