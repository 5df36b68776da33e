"""Marginal effects by column of the designs, with statsmodels' words and meanings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from statsmodels.iolib.summary import Summary
from statsmodels.iolib.table import SimpleTable
from statsmodels.iolib.tableformatting import fmt_params

from probstats.errors import ModelError
from probstats.models.fit_options import check_alpha
from probstats.models.kernel.estimation import Fit
from probstats.models.kernel.links import Array, Link
from probstats.models.kernel.rows import Rows
from probstats.models.prediction.probabilities import predict
from probstats.models.reading.sample import Covariates

AT = ("overall", "mean", "median", "zero", "all")
HEADINGS = {
    "dydx": "dy/dx", "eyex": "d(lny)/d(lnx)", "dyex": "dy/d(lnx)", "eydx": "d(lny)/dx",
}  # fmt: skip
STEP = 1e-4
"""Step of the derivatives in the parameters, in standard errors."""


class OrdinalMargins:
    """Marginal effects of the columns of the designs on the probability of each level.

    Parameters
    ----------
    results : CumulativeLinkResults
        The fit.
    at, method, dummy, count
        See ``CumulativeLinkResults.get_margeff``.

    Attributes
    ----------
    margeff, margeff_se : numpy.ndarray
        p by K effects and standard errors by the delta method; n by p by K effects and missing
        errors with ``at="all"``.
    """

    def __init__(self, results: Any, *, at: str, method: str, dummy: bool, count: bool) -> None:
        _check_arguments(at, method, discrete=dummy or count)
        self.results, self.margeff_options = results, {"at": at, "method": method}
        covariates = results.model.sample.covariates
        self.columns = list(dict.fromkeys(str(name) for part in covariates[:3] for name in part))
        if not self.columns:
            raise ModelError("the model has no covariates, and so no marginal effects")
        kinds = [_kind(_column(covariates, name), dummy, count) for name in self.columns]
        rows = _rows_at(results.model, at)
        weights = results.model.sample.counts
        share = weights / weights.sum() if at == "overall" else np.ones(1)
        link = results.model.link

        def effects(params: Array) -> Array:
            found = [
                _effect(params, rows, link, _places(covariates, name), method, kind)
                for name, kind in zip(self.columns, kinds, strict=True)
            ]
            return np.stack(found, axis=1)

        params = results.fit_record.params
        unsettled = [
            kind == "slope" and _is_infinite(results, name)
            for name, kind in zip(self.columns, kinds, strict=True)
        ]
        if at == "all":
            self.margeff = effects(params)
            self.margeff[:, unsettled] = np.nan
            self.margeff_se = np.full(self.margeff.shape, np.nan)
            self._df = np.inf
            return

        def average(values: Array) -> Array:
            return np.einsum("n,npk->pk", share, effects(values))

        self.margeff = average(params)
        self.margeff_se, slopes = _errors(average, results.fit_record)
        self._df = results._df_of(slopes)
        self.margeff_se[:, results._unsettled(rows).any(axis=0)] = np.nan
        self.margeff[unsettled] = self.margeff_se[unsettled] = np.nan

    @property
    def tvalues(self) -> Array:
        """Effects divided by their errors, p by K."""
        return self.margeff / self.margeff_se

    @property
    def pvalues(self) -> Array:
        """Two-sided p-values, p by K."""
        return np.asarray(self.results._two_sided(self.tvalues, self._df))

    def __repr__(self) -> str:
        return str(self.summary())

    def conf_int(self, alpha: float = 0.05) -> Array:
        """Return intervals, p by K by 2."""
        check_alpha(alpha)
        reach = self.results._quantile(1.0 - alpha / 2.0, self._df) * self.margeff_se
        return np.stack([self.margeff - reach, self.margeff + reach], axis=2)

    def summary_frame(self, alpha: float = 0.05) -> pd.DataFrame:
        """Return effects by level and column.

        Parameters
        ----------
        alpha : float
            One minus the level of the intervals.

        Returns
        -------
        pandas.DataFrame
            statsmodels' columns: effect, error, ratio, p-value and both ends of the interval.

        Raises
        ------
        ModelError
            With ``at="all"``, where there are no errors.
        """
        if self.margeff_options["at"] == "all":
            raise ModelError("at='all' has no standard errors; use margeff")
        levels = self.results.model.outcome.levels
        ends = self.conf_int(alpha)
        index = pd.MultiIndex.from_product([levels, self.columns], names=["endog", "exog"])
        return pd.DataFrame(
            {
                HEADINGS[self.margeff_options["method"]]: self.margeff.T.ravel(),
                "Std. Err.": self.margeff_se.T.ravel(),
                "z": self.tvalues.T.ravel(),
                "Pr(>|z|)": self.pvalues.T.ravel(),
                "Conf. Int. Low": ends[:, :, 0].T.ravel(),
                "Cont. Int. Hi.": ends[:, :, 1].T.ravel(),
            },
            index=index,
        )

    def summary(self, alpha: float = 0.05) -> Summary:
        """Return the effects as a table with text, HTML and LaTeX forms."""
        frame = self.summary_frame(alpha)
        names = [f"{level}: {column}" for level, column in frame.index]
        rows = [[f"{value:.4f}" for value in row] for row in frame.to_numpy()]
        options = ", ".join(f"{name} {value}" for name, value in self.margeff_options.items())
        title = f"Marginal effects ({options})"
        summary = Summary()
        summary.tables.append(
            SimpleTable(rows, list(frame.columns), names, title=title, txt_fmt=fmt_params)
        )
        return summary


def _check_arguments(at: str, method: str, *, discrete: bool) -> None:
    if at not in AT:
        raise ModelError(f"at={at!r} is not known; choose one of {', '.join(AT)}")
    if method not in HEADINGS:
        raise ModelError(f"method={method!r} is not known; choose one of {', '.join(HEADINGS)}")
    if discrete and (method in {"dyex", "eyex"} or at in {"median", "zero"}):
        raise ModelError(f"dummy and count make no sense with method={method!r}, at={at!r}")


def _places(covariates: Covariates, name: str) -> list[int | None]:
    """Return the position of a column in location, scale and nominal."""
    names = [[str(column) for column in part] for part in covariates[:3]]
    return [part.index(name) if name in part else None for part in names]


def _is_infinite(results: Any, name: str) -> bool:
    """Return whether a column has an infinite coefficient, and so no slope."""
    infinite = results.diverging
    return any(name in {one, one.partition(":")[2], one.removeprefix("scale:")} for one in infinite)


def _column(covariates: Covariates, name: str) -> Array:
    parts = zip(covariates[:3], _places(covariates, name), strict=True)
    return next(part.iloc[:, place].to_numpy() for part, place in parts if place is not None)


def _kind(column: Array, dummy: bool, count: bool) -> str:
    whole = bool(np.all(column % 1.0 == 0.0) and column.min() >= 0.0)
    if dummy and whole and column.max() == 1.0:
        return "dummy"
    return "count" if count and whole and column.max() > 1.0 else "slope"


def _rows_at(model: Any, at: str) -> Rows:
    rows = model.all_edges(model.sample.covariates)
    if at in {"overall", "all"}:
        return rows
    counts = model.sample.counts
    summaries: dict[str, Callable[[Array], Array]] = {
        "mean": lambda values: np.average(values, axis=0, weights=counts),
        "median": lambda values: np.median(np.repeat(values, _times(counts), axis=0), axis=0),
        "zero": lambda values: np.zeros(values.shape[1:]),
    }
    summary = summaries[at]
    offset = None if rows.offset is None else np.atleast_1d(summary(rows.offset))
    location, scale, nominal = (
        np.atleast_2d(summary(part)) for part in (rows.location, rows.scale, rows.nominal)
    )
    return Rows(location, scale, nominal, rows.edges[:, :1], rows.jacobian, None, offset)


def _times(counts: Array) -> NDArray[np.intp]:
    if np.any(counts != np.round(counts)):
        raise ModelError("at='median' needs whole weights")
    return counts.astype(np.intp)


def _effect(
    params: Array, rows: Rows, link: Link, places: list[int | None], method: str, kind: str
) -> Array:
    """Return the effect of one column for every row, n by K."""
    if kind == "slope":
        effect = _slope(params, rows, link, places)
        if method.endswith("ex"):
            effect = effect * _values(rows, places)[:, None]
        return effect / predict(params, rows, link, "prob") if method[:2] == "ey" else effect
    values = _values(rows, places)
    low, high = (values * 0.0, values * 0.0 + 1.0) if kind == "dummy" else (values - 1, values + 1)
    before, after = (
        predict(params, _replaced(rows, places, column), link, "prob") for column in (low, high)
    )
    if method[:2] == "ey":
        before, after = np.log(before), np.log(after)
    return (after - before) / (1.0 if kind == "dummy" else 2.0)


def _values(rows: Rows, places: list[int | None]) -> Array:
    parts = zip((rows.location, rows.scale, rows.nominal), places, strict=True)
    return next(part[:, place] for part, place in parts if place is not None)


def _replaced(rows: Rows, places: list[int | None], column: Array) -> Rows:
    designs = []
    for part, place in zip((rows.location, rows.scale, rows.nominal), places, strict=True):
        design = part.copy()
        if place is not None:
            design[:, place] = column
        designs.append(design)
    location, scale, nominal = designs
    return replace(rows, location=location, scale=scale, nominal=nominal)


def _slope(params: Array, rows: Rows, link: Link, places: list[int | None]) -> Array:
    """Return the derivative of the probabilities in a column of one or several designs."""
    beta, zeta, alpha = rows.split(params)
    location, scale, nominal = places
    bounds, inverse_scale = rows.bounds(params)
    finite = np.where(np.isfinite(bounds), bounds, 0.0)
    inner = np.zeros(len(bounds))
    if location is not None:
        inner -= beta[location]
    if nominal is not None:
        inner[1:-1] += rows.jacobian @ alpha[1 + nominal]
    speed = np.repeat(inner[:, None], len(rows), axis=1)
    if inverse_scale is not None:
        speed = speed * inverse_scale
    if scale is not None:
        speed = speed - finite * zeta[scale]
    with np.errstate(invalid="ignore"):
        flow = np.exp(link.log_density(bounds)) * speed
    return np.diff(flow, axis=0).T


def _errors(average: Callable[[Array], Array], found: Fit) -> tuple[Array, Array]:
    """Return errors by the delta method, and central differences in the parameters."""
    params, covariance = found.params, found.scaled
    steps = STEP * np.sqrt(np.diag(covariance))
    slopes = []
    for number, step in enumerate(steps):
        move = step * found.transform[:, number]
        if step > 0.0:
            slopes.append((average(params + move) - average(params - move)) / (2.0 * step))
        else:
            slopes.append(np.zeros_like(average(params)))
    jacobian = np.stack(slopes, axis=2)
    return np.sqrt(np.einsum("pkq,qr,pkr->pk", jacobian, covariance, jacobian)), jacobian
