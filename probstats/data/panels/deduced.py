"""The panel with what follows for ratings from counts and totals of points."""

from __future__ import annotations

import pandas as pd

from probstats.data.rules.rating_rules import HYPOTHESIS
from probstats.data.scale import RATINGS

STATUS = {"points": "deduced", HYPOTHESIS: "hypothesised"}
"""``rating_status`` of a rating that follows, by what that rests on."""


def with_deductions(panel: pd.DataFrame, deduced: pd.DataFrame) -> pd.DataFrame:
    """Return the long panel with ratings tightened.

    Parameters
    ----------
    panel : pandas.DataFrame
        The long panel.
    deduced : pandas.DataFrame
        What ``deduce`` returns.

    Returns
    -------
    pandas.DataFrame
        ``rating``, ``rating_low`` and ``rating_high`` as they follow; ``rating_status`` says
        "deduced", or "hypothesised" where that rests on the hypothesised cut points.
    """
    cell = ["inspection_id", "standard"]
    new = deduced[deduced["tightened"]].set_index(cell)
    at = new.index.get_indexer(pd.MultiIndex.from_frame(panel[cell]))
    here, there = at >= 0, at[at >= 0]
    low, high = (
        panel[name].cat.codes.to_numpy(copy=True) for name in ("rating_low", "rating_high")
    )
    low[here] = new["rating_low"].cat.codes.to_numpy()[there]
    high[here] = new["rating_high"].cat.codes.to_numpy()[there]
    status = panel["rating_status"].copy()
    status[here] = new["rests_on"].map(STATUS).to_numpy()[there]
    one = low.copy()
    one[low != high] = -1
    return panel.assign(
        rating=pd.Categorical.from_codes(one, list(RATINGS), ordered=True),
        rating_low=pd.Categorical.from_codes(low, list(RATINGS), ordered=True),
        rating_high=pd.Categorical.from_codes(high, list(RATINGS), ordered=True),
        rating_status=status,
    )
