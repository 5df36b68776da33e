"""Two outcomes against each other: counts, shares, residuals, tests and measures."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from probstats.association.columns import Intervals
from probstats.association.cross_table_results import TOTAL, CrossTable
from probstats.association.independence import Seed, independence_tests, residual_frames
from probstats.association.polychoric_results import require_level
from probstats.association.rank_measures import rank_measures
from probstats.association.suppression import Mask, suppressed_cells
from probstats.association.table_reading import Side, read_side
from probstats.errors import ModelError

TINY = 30
FEW = 5.0
FEW_SHARE = 0.2


def cross_table(
    frame: pd.DataFrame,
    row: str,
    column: str,
    *,
    intervals: Intervals | None = None,
    suppress: int | None = None,
    level: float = 0.95,
    n_resamples: int = 9999,
    rng: Seed = None,
) -> CrossTable:
    r"""Set two outcomes against each other.

    Parameters
    ----------
    frame : pandas.DataFrame
        The data, one subject a row. Rows without one of the outcomes are left out and counted.
    row, column : str
        Columns of the frame or names in ``intervals``: ordered categoricals, whole numbers or
        booleans; unordered categoricals and text have no measures of rank association.
    intervals : mapping, optional
        Outcomes known as an interval: name to the columns of the lowest and of the highest level.
        An interval is a category of its own, "between ... and ...", in counts and shares; the
        rest is of rows whose levels are known.
    suppress : int, optional
        Leave out counts from one to below this, and those without which totals would settle them,
        with the shares and residuals made from them. What remains still bounds them, and
        statistics of the whole table stay: judge both before a table is published.
    level : float
        Level of the intervals.
    n_resamples : int
        Permutations of the tests.
    rng : numpy.random.Generator or int, optional
        Source of randomness of the tests, or its seed.

    Returns
    -------
    CrossTable
        Counts, shares, expected counts, residuals, tests and measures.

    Raises
    ------
    ModelError
        If an argument or a column cannot be used, or no row has both outcomes.

    Notes
    -----
    With O counts, r and c shares of row and column, and E = n r c, Pearson residuals are
    :math:`(O - E) / \sqrt{E}` and adjusted residuals
    :math:`(O - E) / \sqrt{E (1 - r)(1 - c)}`, which are about standard normal under independence
    (Haberman 1973). Tests by permutation hold in tables of any size: they compare the table with
    random ones of the same margins.

    References
    ----------
    Agresti, A. (2013), Categorical Data Analysis, third edition, Wiley. Brown, M. B. and Benedetti,
    J. K. (1977), Journal of the American Statistical Association 72, 309-315. Goodman, L. A. and
    Kruskal, W. H. (1972), Journal of the American Statistical Association 67, 415-421. Haberman,
    S. J. (1973), Biometrics 29, 205-220. Mantel, N. (1963), Journal of the American Statistical
    Association 58, 690-700.

    Examples
    --------
    >>> import pandas as pd
    >>> import probstats as ps
    >>> simulated = pd.DataFrame({"first": [1, 1, 1, 2, 2, 2, 2, 3, 3, 3] * 4,
    ...                           "second": [1, 1, 2, 1, 2, 2, 2, 2, 2, 2] * 4})
    >>> found = ps.cross_table(simulated, "first", "second", rng=1)
    >>> found.counts.loc[[1, 2, 3], [1, 2]].to_numpy().tolist()
    [[8, 4], [4, 12], [0, 12]]
    >>> found.measures["estimate"].round(3).to_dict()
    {'gamma': 0.875, 'tau-b': 0.532, "Somers' d": 0.424}
    """
    require_level(level)
    _require_counts(suppress, n_resamples)
    if row == column:
        raise ModelError(f"row and column are both {row!r}; a table needs two outcomes")
    sides = read_side(frame, row, intervals), read_side(frame, column, intervals)
    for side in sides:
        if TOTAL in side.labels:
            raise ModelError(
                f"outcome {side.name!r} has a level {TOTAL!r}, which is what totals are called; "
                f"rename it"
            )
    both = (sides[0].codes >= 0) & (sides[1].codes >= 0)
    if not both.any():
        raise ModelError(f"no row has both {row!r} and {column!r}")
    counts = _counts(sides, both)
    known = counts.iloc[: sides[0].n_known, : sides[1].n_known]
    made = _known_part(known, sides, level, n_resamples, rng)
    totals = _with_totals(counts)
    dropped = {side.name: int((side.codes < 0).sum()) for side in sides}
    n_interval = int(counts.to_numpy().sum() - known.to_numpy().sum())
    found = CrossTable(
        counts=totals, row_shares=_shares(totals, 1), column_shares=_shares(totals, 0),
        n=int(both.sum()), dropped=dropped, n_interval=n_interval, level=level, **made,
    )  # fmt: skip
    hidden = None if suppress is None else suppressed_cells(totals, suppress)
    if hidden is None or not hidden.any():
        return replace(found, notes=_notes(found, known, sides, len(both)))
    # How many rows are intervals is the sum of their totals, which may be hidden.
    vague = n_interval > 0
    found = replace(found, notes=_notes(found, known, sides, len(both), vague=vague))
    return _suppress(
        replace(found, n_interval=None) if vague else found, hidden, int(suppress or 0)
    )


def _require_counts(suppress: Any, n_resamples: Any) -> None:
    for name, value, least in (("suppress", suppress, 2), ("n_resamples", n_resamples, 99)):
        if value is None and name == "suppress":
            continue
        whole = isinstance(value, int | np.integer) and not isinstance(value, bool)
        if not whole or value < least:
            raise ModelError(f"{name}={value!r} must be a whole number, {least} or more")


def _counts(sides: tuple[Side, Side], both: Any) -> pd.DataFrame:
    shape = len(sides[0].labels), len(sides[1].labels)
    cells = np.ravel_multi_index([side.codes[both] for side in sides], shape)
    table = np.bincount(cells, minlength=shape[0] * shape[1]).reshape(shape)
    index, columns = (pd.Index(side.labels, name=side.name) for side in sides)
    return pd.DataFrame(table, index=index, columns=columns)


def _known_part(
    known: pd.DataFrame, sides: tuple[Side, Side], level: float, n_resamples: int, rng: Seed
) -> dict[str, pd.DataFrame]:
    """Return what is made from rows whose levels are known; empty frames where nothing can be."""
    table = known.to_numpy()
    table = table[table.sum(axis=1) > 0][:, table.sum(axis=0) > 0]
    ordered = sides[0].ordered and sides[1].ordered
    if min(table.shape) < 2:
        missing = known * np.nan
        return dict.fromkeys(("expected", "residuals", "adjusted"), missing) | {
            "tests": pd.DataFrame(), "measures": pd.DataFrame(),
        }  # fmt: skip
    tests = independence_tests(table, ordered=ordered, n_resamples=n_resamples, rng=rng)
    measures = rank_measures(table, level) if ordered else pd.DataFrame()
    return residual_frames(known) | {"tests": tests, "measures": measures}


def _with_totals(counts: pd.DataFrame) -> pd.DataFrame:
    values = np.pad(counts.to_numpy(), ((0, 1), (0, 1)))
    values[-1], values[:, -1] = values.sum(axis=0), values.sum(axis=1)
    values[-1, -1] = counts.to_numpy().sum()
    index = pd.Index([*counts.index, TOTAL], name=counts.index.name, dtype=object)
    columns = pd.Index([*counts.columns, TOTAL], name=counts.columns.name, dtype=object)
    return pd.DataFrame(values, index=index, columns=columns)


def _shares(totals: pd.DataFrame, axis: int) -> pd.DataFrame:
    whole = totals[TOTAL] if axis == 1 else totals.loc[TOTAL]
    return totals.div(whole.where(whole > 0), axis=0 if axis == 1 else 1)


def _notes(
    found: CrossTable,
    known: pd.DataFrame,
    sides: tuple[Side, Side],
    n_rows: int,
    *,
    vague: bool = False,
) -> tuple[str, ...]:
    """Return what is to be known; where vague, without the number of rows that are intervals."""
    notes, n_known = [], int(known.to_numpy().sum())
    if found.n < n_rows:
        missing = ", ".join(f"{name} in {count}" for name, count in found.dropped.items() if count)
        notes.append(f"{n_rows - found.n} of {n_rows} rows are left out: missing {missing}")
    if found.n_interval:
        notes.append(
            f"{'some' if vague else found.n_interval} of {found.n} rows are known as an interval; "
            f"expected counts, residuals, tests and measures are of the "
            f"{'' if vague else f'{n_known} '}others"
        )
    if found.tests.empty:
        notes.append("no test: the rows with known levels have one level of an outcome only")
        return tuple(notes)
    expected = found.expected.to_numpy()
    few = float((expected[np.isfinite(expected)] < FEW).mean())
    if n_known < TINY or few > FEW_SHARE:
        notes.append(
            f"{'' if vague else f'{n_known} '}rows with known levels, {100 * few:.0f}% of expected "
            f"counts below 5: "
            f"read p_permutation, not p_value"
            + ("; with so few rows a large p-value says little" if n_known < TINY else "")
        )
    notes += [f"{side.name} has no order, so that there are no measures" for side in sides
              if not side.ordered]  # fmt: skip
    return tuple(notes)


def _suppress(found: CrossTable, hidden: Mask, below: int) -> CrossTable:
    """Leave out hidden counts and all that would give them away."""
    shown = ~hidden
    n_rows, n_columns = found.expected.shape
    # A share gives a count away together with its total, an expected count the margins.
    rows = shown & shown[:, [-1]]
    columns = shown & shown[[-1], :]
    margins = shown[:n_rows, -1:] & shown[-1:, :n_columns]
    margins = margins & shown[:n_rows, n_columns:].all(axis=1, keepdims=True)
    margins = margins & shown[n_rows:, :n_columns].all(axis=0, keepdims=True)
    cells = margins & shown[:n_rows, :n_columns]
    note = f"{int(hidden.sum())} counts are suppressed: those below {below}, and others with them"
    return replace(
        found,
        counts=found.counts.astype("Int64").mask(hidden),
        row_shares=found.row_shares.where(rows),
        column_shares=found.column_shares.where(columns),
        expected=found.expected.where(margins),
        residuals=found.residuals.where(cells),
        adjusted=found.adjusted.where(cells),
        notes=(*found.notes, note),
    )
