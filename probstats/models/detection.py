"""Separation without a fit."""

from __future__ import annotations

from typing import Any

import pandas as pd

from probstats.models.cumulative_link import CumulativeLinkModel
from probstats.models.kernel.separation import Separation


def detect_separation(formula: str, data: pd.DataFrame, **kwargs: Any) -> Separation:
    """Say whether data separate the levels of an outcome, without a fit.

    Parameters
    ----------
    formula : str
        Such as ``"rating ~ year + provider_type"``.
    data : pandas.DataFrame
        Holds every variable of the formula.
    **kwargs
        The other arguments of ``CumulativeLinkModel.from_formula``.

    Returns
    -------
    Separation
        ``separated``; ``infinite``, 0 or an infinity for each parameter; and ``thresholds``, where
        the infinite ones separate the rows. It prints as a sentence.

    Examples
    --------
    >>> import pandas as pd
    >>> import probstats as ps
    >>> data = pd.DataFrame({"rating": [1, 1, 1, 2, 2, 3, 3], "x": [0, 1, 2, 3, 4, 5, 6]})
    >>> found = ps.detect_separation("rating ~ x", data)
    >>> found.separated, float(found.infinite["x"])
    (True, inf)
    """
    return CumulativeLinkModel.from_formula(formula, data, **kwargs).separation()
