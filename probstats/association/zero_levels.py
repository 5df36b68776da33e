"""Levels of interval outcomes to which the likelihood gives no probability.

Rows that may have several levels can leave a level without need: the likelihood is highest where
its two thresholds are one. Newton's method stops there without a maximum, and the pair is fitted
again without the level, as if no row could have it.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from probstats.association.pair_fit import PairFit, fit_pair
from probstats.association.pair_likelihood import PairLikelihood
from probstats.models.kernel.links import Array
from probstats.models.reading.outcome import Outcome

CLOSE = 1e-3
"""Distance of thresholds below which a fit that stopped has lost the level between them."""

FAR = 5.0
"""Distance from zero beyond which it has lost the lowest or the highest level."""

Outcomes = tuple[Outcome, Outcome]


def fit_outcomes(outcomes: Outcomes, *, two_step: bool) -> tuple[PairFit, Outcomes]:
    """Fit a pair, without levels that the likelihood gives no probability.

    Parameters
    ----------
    outcomes : tuple of Outcome
        The pair.
    two_step : bool
        Whether to hold the thresholds at those of the margins.

    Returns
    -------
    fit : PairFit
        The fit.
    outcomes : tuple of Outcome
        The pair with the levels of the fit; those lost are among the empty ones.
    """
    while True:
        shares = outcomes[0].shares(), outcomes[1].shares()
        fit = fit_pair(PairLikelihood(*outcomes), shares, two_step=two_step)
        lost = None if fit.converged else _lost_level(fit)
        if lost is None:
            return fit, outcomes
        which, code = lost
        fewer = without_level(outcomes[which], code)
        outcomes = (fewer, outcomes[1]) if which == 0 else (outcomes[0], fewer)


def _lost_level(fit: PairFit) -> tuple[int, int] | None:
    """Return which outcome has lost which level, if one has and others remain."""
    for params in (fit.null.params, fit.params):
        _, *cuts = fit.likelihood.split(params)
        for which, part in enumerate(cuts):
            code = _empty_code(part)
            low, high = fit.likelihood.edges[2 * which : 2 * which + 2]
            known = (low == code) & (high == (code or 0) + 1)
            if code is not None and len(part) > 1 and not known.any():
                return which, code
    return None


def _empty_code(cuts: Array) -> int | None:
    gaps = np.diff(cuts)
    if len(gaps) and gaps.min() < CLOSE:
        return int(np.argmin(gaps)) + 1
    if cuts[0] < -FAR:
        return 0
    return len(cuts) if cuts[-1] > FAR else None


def without_level(outcome: Outcome, code: int) -> Outcome:
    """Return an outcome whose rows can no longer have one of the levels.

    Examples
    --------
    >>> import pandas as pd
    >>> from probstats.models.reading.outcome import read_outcome
    >>> rows = pd.DataFrame({"low": [1, 1, 2, 3], "high": [1, 2, 3, 3]})
    >>> fewer = without_level(read_outcome(rows), 1)
    >>> fewer.levels, fewer.low.tolist(), fewer.high.tolist()
    ((1, 3), [0, 0, 1, 1], [0, 0, 1, 1])
    """
    return replace(
        outcome,
        levels=tuple(label for at, label in enumerate(outcome.levels) if at != code),
        low=outcome.low - (outcome.low > code),
        high=outcome.high - (outcome.high >= code),
        empty=(*outcome.empty, outcome.levels[code]),
    )
