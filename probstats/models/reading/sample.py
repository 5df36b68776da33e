"""The rows a model is fitted to: outcome, covariates, weights and offset, checked together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from probstats.errors import ModelError
from probstats.models.kernel.links import Array
from probstats.models.kernel.rows import Edges, Rows
from probstats.models.kernel.scaling import standard_columns
from probstats.models.reading.exog import check_rank, match_exog, read_exog, without_intercept
from probstats.models.reading.outcome import Outcome, read_outcome


class Covariates(NamedTuple):
    """Design matrices of some rows, without constants, and their offset.

    Attributes
    ----------
    location, scale, nominal : pandas.DataFrame
        n by p, n by s and n by m.
    offset : pandas.Series or None
        n offsets.
    """

    location: pd.DataFrame
    scale: pd.DataFrame
    nominal: pd.DataFrame
    offset: pd.Series | None = None

    @property
    def index(self) -> pd.Index:
        """Labels of the rows."""
        return self.location.index

    def take(self, kept: NDArray[np.bool_]) -> Covariates:
        """Return some of the rows."""
        return Covariates(*(None if part is None else part[kept] for part in self))

    def rows(self, jacobian: Array, edges: Edges, weights: Array | None = None) -> Rows:
        """Return what the likelihood sees of these covariates.

        Parameters
        ----------
        jacobian : numpy.ndarray
            K - 1 by t, see ``Rows``.
        edges : numpy.ndarray
            Edges of each row's levels, n columns.
        weights : numpy.ndarray, optional
            n weights.

        Returns
        -------
        Rows
            The n rows.
        """
        location, scale, nominal = (part.to_numpy(dtype=float) for part in self[:3])
        offset = None if self.offset is None else self.offset.to_numpy(dtype=float)
        return Rows(location, scale, nominal, edges, jacobian, weights, offset)


@dataclass(frozen=True)
class Sample:
    """What a model is fitted to.

    Attributes
    ----------
    outcome : Outcome
        The coded outcome.
    covariates : Covariates
        Designs and offset.
    weights : numpy.ndarray or None
        How often each row counts.
    kept : numpy.ndarray
        Which of the rows given have a weight above zero; the others are not part of the sample.
    """

    outcome: Outcome
    covariates: Covariates
    weights: Array | None
    kept: NDArray[np.bool_]

    @property
    def counts(self) -> Array:
        """How often each row counts: its weight, 0 if it may have every level."""
        weights = np.ones(len(self.outcome.low)) if self.weights is None else self.weights
        return weights * self.outcome.informative


def read_sample(
    endog: Any, exog: Any, *, scale: Any, nominal: Any, weights: Any, offset: Any
) -> Sample:
    """Check outcome and covariates, and put them together.

    Parameters
    ----------
    endog, exog, scale, nominal, weights, offset
        See ``probstats.models.CumulativeLinkModel``.

    Returns
    -------
    Sample
        Rows with a weight above zero.

    Raises
    ------
    ModelError
        If rows do not match, values are missing, infinite, constant or collinear, or weights are
        negative or all zero.
    """
    location = without_intercept(read_exog(exog, endog), exog)
    covariates = Covariates(
        location,
        _read_part(scale, endog, "s", location.index),
        _read_part(nominal, endog, "n", location.index),
        _read_series(offset, "offset", endog),
    )
    _require_one_meaning(covariates)
    counted = _read_series(weights, "weights", endog)
    values, kept = None, np.ones(len(covariates.index), dtype=bool)
    if counted is not None:
        _require_weights(counted)
        kept = counted.to_numpy() > 0.0
        values = counted.to_numpy()[kept]
    if not kept.all():
        covariates, endog = covariates.take(kept), _take(endog, kept)
    return Sample(read_outcome(endog), covariates, values, kept)


def _require_one_meaning(covariates: Covariates) -> None:
    parts = covariates[:3]
    for one, other in ((0, 1), (0, 2), (1, 2)):
        for name in parts[one].columns.intersection(parts[other].columns):
            if not np.array_equal(parts[one][name], parts[other][name]):
                raise ModelError(
                    f"two designs have a column {name!r} with different values; rename one of them"
                )


def _read_part(given: Any, endog: Any, prefix: str, index: pd.Index) -> pd.DataFrame:
    if given is None:
        return pd.DataFrame(index=index)
    return without_intercept(read_exog(given, endog, prefix), given)


def _take(endog: Any, kept: NDArray[np.bool_]) -> Any:
    return endog[kept] if isinstance(endog, pd.Series | pd.DataFrame) else np.asarray(endog)[kept]


def _read_series(values: Any, name: str, endog: Any) -> pd.Series | None:
    if values is None:
        return None
    if isinstance(values, str):
        raise ModelError(f"{name}={values!r} names a column; that needs a formula and its data")
    if np.ndim(values) == 1 and not isinstance(values, pd.Series):
        labelled = isinstance(endog, pd.Series | pd.DataFrame) and len(endog) == len(values)
        values = pd.Series(values, endog.index if labelled else None, name=name)
    if len(values) != len(endog):
        raise ModelError(f"the outcome has {len(endog)} rows and {name} has {len(values)}")
    frame = read_exog(values, endog, name)
    if frame.shape[1] != 1:
        raise ModelError(f"{name} must be one value for each row, not {frame.shape[1]} columns")
    return frame.iloc[:, 0].rename(name)


def _require_weights(weights: pd.Series) -> None:
    negative = weights[weights < 0.0]
    if len(negative):
        raise ModelError(
            f"weights are negative in {len(negative)} rows, first in row "
            f"{negative.index.tolist()[0]!r} ({negative.iloc[0]:g}); a weight says how often a row "
            f"counts"
        )
    if not (weights > 0.0).any():
        raise ModelError(f"all {len(weights)} weights are zero, so that no row is left")


def check_identified(covariates: Covariates, rows: Rows) -> None:
    """Raise a sentence about parameters the rows cannot tell apart.

    Parameters
    ----------
    covariates : Covariates
        The designs, with the names of their columns.
    rows : Rows
        The same, standardised.

    Raises
    ------
    ModelError
        If a column is constant or adds nothing to those before it.
    """
    location, nominal = (list(map(str, part.columns)) for part in (covariates[0], covariates[2]))
    both = [name for name in nominal if name in location]
    if both:
        raise ModelError(
            f"column {both[0]!r} is in the formula and in nominal; leave it out of the formula: "
            f"its nominal effects say all that one coefficient could"
        )
    names = [*location, *nominal]
    design = np.hstack([rows.location, rows.nominal]) if nominal else rows.location
    check_rank(design, names, len(rows))
    if rows.scale.shape[1]:
        scale, _, _ = standard_columns(rows.scale)
        check_rank(scale, list(map(str, covariates.scale.columns)), len(rows))


def match_covariates(data: Any, fitted: Covariates) -> Covariates:
    """Return the covariates of new data by the columns of a fit without a formula.

    Parameters
    ----------
    data : pandas.DataFrame or array_like
        A frame with the columns of all designs; or the p columns of the location in their order,
        where there are no other designs.
    fitted : Covariates
        The covariates of the fit.

    Returns
    -------
    Covariates
        Without offset.

    Raises
    ------
    ModelError
        If columns are missing, or cannot be told apart.
    """
    others = fitted.scale.shape[1] + fitted.nominal.shape[1]
    if others and not isinstance(data, pd.DataFrame):
        names = [str(name) for part in fitted[:3] for name in part]
        raise ModelError(f"new data must be a frame with columns {', '.join(dict.fromkeys(names))}")
    location = match_exog(data, fitted.location.columns)
    if not others:
        return Covariates(location, *(pd.DataFrame(index=location.index) for _ in range(2)))
    return Covariates(location, *(match_exog(data, part.columns) for part in fitted[1:3]))
