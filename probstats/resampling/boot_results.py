"""What a bootstrap found."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from probstats.errors import ModelError, ResampleWarning
from probstats.models.fit_options import check_alpha
from probstats.models.kernel.links import Array
from probstats.models.trouble import warn
from probstats.resampling import intervals

DRAWN = {
    "case": "rows drawn with replacement",
    "cluster": "clusters drawn with replacement",
    "score-wild": "scores perturbed, one Newton step each",
    "parametric": "outcomes simulated by the fit",
}


@dataclass(frozen=True, repr=False)
class Bootstrap:
    """Replicates of the estimates of a fit.

    Attributes
    ----------
    params : pandas.Series
        The estimates of the fit.
    replicates : pandas.DataFrame
        One row a refit, columns as ``params``; the index is the number of the resample, so that
        those without estimates are the ones missing.
    replicate_errors : pandas.DataFrame
        Their standard errors, of the same shape; without constant factors, which cancel.
    method : str
        What was resampled.
    n_resamples : int
        Resamples drawn.
    failures : pandas.Series
        Resamples without estimates, by reason; empty where there are none.
    n_reduced : int
        Replicates that are bias-reduced, because their rows separated the levels.
    notes : tuple of str
        What is to be known besides, in sentences.
    """

    params: pd.Series
    replicates: pd.DataFrame
    replicate_errors: pd.DataFrame
    method: str
    n_resamples: int
    failures: pd.Series
    n_reduced: int
    notes: tuple[str, ...]
    _source: Any = field(repr=False)

    @property
    def bse(self) -> pd.Series:
        """Standard deviations of the replicates, with B - 1 in the denominator."""
        return self.replicates.std()

    @property
    def bias(self) -> pd.Series:
        """Means of the replicates less the estimates."""
        return self.replicates.mean() - self.params

    def conf_int(self, kind: str = "percentile", alpha: float = 0.05) -> pd.DataFrame:
        """Return confidence intervals of the parameters.

        Parameters
        ----------
        kind : {"percentile", "bca", "studentised"}
            Quantiles of the replicates; quantiles corrected for bias and for errors that change
            with the parameter; or quantiles of (replicate - estimate) / its standard error.
        alpha : float
            One minus the level.

        Returns
        -------
        pandas.DataFrame
            Columns 0 and 1, one row for each parameter; an end is infinite where the replicates do
            not reach it, or too many of them have no standard error.

        Raises
        ------
        ModelError
            If the kind is not known, replicates are too few for the level, or BCa intervals are
            asked of ``"score-wild"``.

        Warns
        -----
        ResampleWarning
            If an end is infinite.
        """
        check_alpha(alpha)
        if kind not in intervals.KINDS:
            known = ", ".join(map(repr, intervals.KINDS))
            raise ModelError(f"kind={kind!r} is not known; choose one of {known}")
        intervals.require_enough(len(self.replicates), alpha)
        ends = np.array([self._interval(kind, place, alpha) for place in range(len(self.params))])
        found = pd.DataFrame(ends, index=self.params.index)
        endless = found.index[np.isinf(found).any(axis=1)]
        if len(endless):
            warn(
                f"{kind} intervals of {', '.join(map(str, endless))} have an end that the "
                f"{len(self.replicates)} replicates do not reach, and it is given as infinite; "
                f"raise n_resamples",
                ResampleWarning,
            )
        return found

    def _interval(self, kind: str, place: int, alpha: float) -> tuple[float, float]:
        values, estimate = self.replicates.iloc[:, place].to_numpy(), float(self.params.iloc[place])
        if kind == "percentile":
            return intervals.percentile(values, alpha)
        if kind == "bca":
            return intervals.bca(values, estimate, float(self.acceleration.iloc[place]), alpha)
        errors = self.replicate_errors.iloc[:, place].to_numpy()
        own = float(self._own_errors[place])
        return intervals.studentised(values, errors, estimate, own, alpha)

    @cached_property
    def acceleration(self) -> pd.Series:
        """Acceleration of each parameter, from estimates without one row or cluster.

        By refits; by one Newton step without it where there are more than 2,000, or where a refit
        has no estimates.
        """
        return pd.Series(intervals.acceleration(*self._source.jackknife()), self.params.index)

    @cached_property
    def _own_errors(self) -> Array:
        return np.asarray(self._source.own_errors())

    def summary_frame(self, kind: str = "percentile", alpha: float = 0.05) -> pd.DataFrame:
        """Return a row for each parameter.

        Parameters
        ----------
        kind, alpha
            See ``conf_int``.

        Returns
        -------
        pandas.DataFrame
            ``estimate``, ``bias``, ``std_error``, ``conf_low`` and ``conf_high``.
        """
        ends = self.conf_int(kind, alpha)
        return pd.DataFrame({
            "estimate": self.params, "bias": self.bias, "std_error": self.bse,
            "conf_low": ends[0], "conf_high": ends[1],
        })  # fmt: skip

    def summary(self, kind: str = "percentile", alpha: float = 0.05) -> str:
        """Return what was resampled, the table and what is to be known besides, as text.

        Parameters
        ----------
        kind, alpha
            See ``conf_int``.

        Returns
        -------
        str
            Some lines.
        """
        frame = self.summary_frame(kind, alpha).round(4) + 0.0
        kept = f"{len(self.replicates):,} replicates"
        head = [f"Bootstrap: {DRAWN[self.method]}, {kept}; {1 - alpha:.0%} {kind} intervals"]
        return "\n".join([*head, frame.to_string(float_format="{:.4f}".format), *self.notes])

    def __dir__(self) -> list[str]:
        return SHOWN

    def __repr__(self) -> str:
        lost = f", {int(self.failures.sum()):,} without estimates" if len(self.failures) else ""
        return f"<Bootstrap: {DRAWN[self.method]}, {len(self.replicates):,} replicates{lost}>"


SHOWN = [
    "acceleration", "bias", "bse", "conf_int", "failures", "method", "n_reduced", "n_resamples",
    "notes", "params", "replicate_errors", "replicates", "summary", "summary_frame",
]  # fmt: skip
