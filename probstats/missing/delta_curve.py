"""The pooled estimate as a function of delta."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from probstats.errors import ModelError, ProbstatsWarning
from probstats.missing.delta_shifts import Shift
from probstats.missing.pooling import pool

Fitter = Callable[[pd.DataFrame], Any]
ESTIMATES = ("estimate", "std_error", "low", "high", "p_value", "fmi")


@dataclass(frozen=True)
class Curve:
    """What is pooled where imputed values move.

    Attributes
    ----------
    shift : Shift
        Moves the values.
    fitter : callable
        Fits the model to a frame.
    term : str
        The parameter.
    level : float
        Coverage of its interval.
    """

    shift: Shift
    fitter: Fitter
    term: str
    level: float

    def at(self, delta: float) -> dict[str, Any]:
        """Return the row of a delta; without an estimate where a fit has none, and why."""
        found = self.shift.by(delta)
        watch, problem = _Watch(), ""
        row = {"delta": delta, **dict.fromkeys(ESTIMATES, np.nan), "said": ""}
        try:
            row |= self._pooled([watch.over(self.fitter, frame) for frame in found.frames])
        except ModelError as error:
            problem = str(error)
        return row | {
            "moved": found.moved, "clipped": found.clipped, "warned": watch.number,
            "problem": problem, "category": watch.category, "message": watch.message,
        }  # fmt: skip

    def _pooled(self, fits: list[Any]) -> dict[str, Any]:
        """Return what is pooled, and what pooling warned of."""
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            pooled = pool(fits)
        low, high = pooled.conf_int(alpha=1.0 - self.level).loc[self.term]
        columns = (pooled.params, pooled.bse, pooled.pvalues, pooled.fmi)
        estimate, error, p_value, fmi = (float(column[self.term]) for column in columns)
        values = (estimate, error, float(low), float(high), p_value, fmi)
        said = "\n".join(str(one.message) for one in caught)
        return dict(zip(ESTIMATES, values, strict=True)) | {"said": said}


def piece(curve: Curve, delta: float) -> pd.DataFrame:
    """Return the row of a delta as a frame."""
    return pd.DataFrame([curve.at(delta)])


class _Watch:
    """Counts the fits that warn, and keeps the first of their warnings."""

    def __init__(self) -> None:
        self.number, self.category, self.message = 0, "", ""

    def over(self, fitter: Fitter, frame: pd.DataFrame) -> Any:
        """Fit to a frame; warnings of other packages are passed on."""
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            fit = fitter(frame)
        own = [one for one in caught if issubclass(one.category, ProbstatsWarning)]
        for one in caught:
            if one not in own:
                warnings.warn_explicit(one.message, one.category, one.filename, one.lineno)
        if own and not self.number:
            self.category, self.message = own[0].category.__name__, str(own[0].message)
        self.number += bool(own)
        return fit
