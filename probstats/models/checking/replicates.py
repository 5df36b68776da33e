"""The statistics of simulated outcomes, from the kernel's fits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from probstats.models.checking.brant import brant_statistics
from probstats.models.checking.likelihood_statistics import lr_statistics, wald_statistics
from probstats.models.checking.lines import Lines, chosen
from probstats.models.checking.score_test import score_statistics
from probstats.models.checking.wolfe_gould import wolfe_gould_statistics
from probstats.models.kernel.links import Array
from probstats.models.kernel.rows import Rows

BINARY: dict[str, Callable[[Lines, Rows], Array]] = {
    "wolfe-gould": wolfe_gould_statistics,
    "brant": brant_statistics,
}


def statistics_of(lines: Lines, method: str, counts: NDArray[np.integer[Any]]) -> Array:
    """Return the statistics of outcomes of the rows of a fit.

    Parameters
    ----------
    lines : Lines
        What is tested.
    method : {"lr", "score", "wald", "wolfe-gould", "brant"}
        The statistic.
    counts : numpy.ndarray
        n by K; how often each row has each level. Every level must occur.

    Returns
    -------
    numpy.ndarray
        One value for each test; missing where it cannot be computed.
    """
    missing = np.full(len(lines.sets), np.nan)
    rows = chosen(lines.rows, counts)
    with np.errstate(all="ignore"):
        try:
            if method in BINARY:
                return BINARY[method](lines, rows)
            small = lines.solve(rows, lines.params)
            if not small.converged or (method != "lr" and small.degraded):
                return missing
            if method == "score":
                return score_statistics(lines, counts.astype(float), small.params)
            statistics = lr_statistics if method == "lr" else wald_statistics
            return statistics(lines, rows, small)
        except np.linalg.LinAlgError:
            return missing
