"""The likelihood-ratio test of two fits, and whether they can be compared at all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from probstats.errors import ModelError
from probstats.models.checking.nesting import require_nested, require_same_rows


@dataclass(frozen=True)
class LikelihoodRatioTest:
    """A likelihood-ratio test of two nested fits.

    Attributes
    ----------
    statistic : float
        Twice the difference of the log-likelihoods.
    df : int
        Difference of the numbers of parameters.
    p_value : float
        By the chi-squared distribution on ``df`` degrees of freedom.
    table : pandas.DataFrame
        Rows ``small`` and ``large``: ``parameters``, ``loglik``, ``aic`` and ``bic``.
    notes : tuple of str
        What makes the p-value doubtful, in sentences; empty where nothing does.
    method : str
        ``"likelihood ratio"``.
    """

    statistic: float
    df: int
    p_value: float
    table: pd.DataFrame
    notes: tuple[str, ...] = ()
    method: str = "likelihood ratio"

    @property
    def trouble(self) -> str:
        """The notes in one text."""
        return " ".join(self.notes)

    def summary_frame(self) -> pd.DataFrame:
        """Return the table with the test beside the larger fit, as ``anova`` in R prints it."""
        frame = self.table.copy()
        for name in ("statistic", "df", "p_value"):
            frame[name] = [np.nan, getattr(self, name)]
        return frame

    def __repr__(self) -> str:
        lines = [
            f"Likelihood-ratio test: chi-squared = {self.statistic:.4f} on {self.df} df, "
            f"p = {self.p_value:.4g}",
            self.table.to_string(float_format="{:.4f}".format),
            *self.notes,
        ]
        return "\n".join(lines)


def likelihood_ratio_test(small: Any, large: Any) -> LikelihoodRatioTest:
    r"""Test a fit against a larger one it is a special case of.

    Parameters
    ----------
    small, large : CumulativeLinkResults
        Two fits to the same rows.

    Returns
    -------
    LikelihoodRatioTest
        Statistic, degrees of freedom, p-value, and both log-likelihoods with AIC and BIC.

    Raises
    ------
    ModelError
        If the fits are of different rows, outcomes, weights or links; the larger has no more
        parameters, does not hold the smaller as a special case, or has the smaller
        log-likelihood; errors are robust or clustered; a fit did not converge; or random effects or
        their integration differ.

    Notes
    -----
    The statistic is :math:`2(\ell_{large} - \ell_{small})`, chi-squared on the difference of the
    numbers of parameters if the smaller model holds (Wilks 1938). Where the data separate the
    levels, the log-likelihood has a supremum and no maximum. It is used, and said: the chi-squared
    distribution is doubtful there. Robust and clustered errors are for rows whose likelihood is
    not that of the model; for those, use ``large.wald_test``.

    Examples
    --------
    >>> import pandas as pd
    >>> import probstats as ps
    >>> data = pd.DataFrame({
    ...     "rating": [1, 2, 1, 3, 2, 3, 2, 1, 3, 2, 2, 1, 3, 1, 2, 3],
    ...     "hours": [2, 1, 4, 6, 5, 3, 4, 1, 7, 2, 5, 3, 5, 2, 3, 4],
    ... })
    >>> small = ps.CumulativeLinkModel.from_formula("rating ~ 1", data).fit()
    >>> large = ps.CumulativeLinkModel.from_formula("rating ~ hours", data).fit()
    >>> ps.likelihood_ratio_test(small, large)
    Likelihood-ratio test: chi-squared = 6.8173 on 1 df, p = 0.009028
           parameters   loglik     aic     bic
    small           2 -17.5165 39.0330 40.5781
    large           3 -14.1078 34.2156 36.5334
    """
    fits = {"small": small, "large": large}
    for name, fit in fits.items():
        require_likelihood(fit, f"the {name} fit")
    require_same_rows(small.model, large.model)
    if getattr(small, "nodes", 0) != getattr(large, "nodes", 0) and hasattr(small, "nodes"):
        raise ModelError(
            "the fits integrate random effects out in different ways, so that their likelihoods "
            "differ by that too; fit both with the same integration and nodes"
        )
    df = len(large.params) - len(small.params)
    if df <= 0:
        raise ModelError(
            f"the large fit has {len(large.params)} parameters and the small one "
            f"{len(small.params)}; give the fit with fewer parameters first, and the one it is a "
            f"special case of second"
        )
    require_nested(small.model, large.model)
    statistic = gain(small.llf, large.llf)
    if np.isnan(statistic):
        raise ModelError(
            f"the small fit has the larger log-likelihood ({small.llf:.6g} against "
            f"{large.llf:.6g}), so that the large one is not at its maximum; fit it again from "
            f"other start_params"
        )
    notes = tuple(sentence for name, fit in fits.items() for sentence in _notes(name, fit))
    return LikelihoodRatioTest(
        statistic, df, float(stats.chi2.sf(statistic, df)), _table(fits), notes
    )


def gain(small: float, large: float) -> float:
    """Return twice a gain in log-likelihood; not a number where it is a loss beyond rounding."""
    statistic = 2.0 * (large - small)
    return max(statistic, 0.0) if statistic > -1e-8 * (1.0 + abs(small)) else np.nan


def require_likelihood(fit: Any, which: str = "the fit") -> None:
    """Raise a sentence if a fit has no likelihood that can be compared with another.

    Parameters
    ----------
    fit : CumulativeLinkResults
        The fit.
    which : str
        What to call it.

    Raises
    ------
    ModelError
        If its errors are robust or clustered, or it did not converge.
    """
    if fit.cov_type != "nonrobust":
        raise ModelError(
            f"{which} has cov_type={fit.cov_type!r}, and a likelihood takes rows as independent "
            f"and the model at its word; fit with cov_type='nonrobust', or use a Wald test"
        )
    require_finished(fit, which)


def require_finished(fit: Any, which: str = "the fit") -> None:
    """Raise a sentence if a fit stopped before it came to a maximum or a supremum."""
    if not (fit.maximum.converged or fit.separation.separated):
        raise ModelError(
            f"{which} did not converge, so that it has no likelihood to compare; raise maxiter or "
            f"simplify the model"
        )


def _notes(name: str, fit: Any) -> list[str]:
    """Return what is to be said of one of the fits."""
    notes = []
    if fit.separation.separated:
        notes.append(
            f"The {name} fit has no finite estimate for {', '.join(fit.diverging)}: the supremum "
            f"of its log-likelihood is used, and the chi-squared approximation is doubtful."
        )
    if fit.crossed_levels:
        notes.append(
            f"Thresholds of the {name} fit cross at {', '.join(map(str, fit.crossed_levels))}: "
            f"its log-likelihood is that of no set of probabilities, and too large."
        )
    return notes


def _table(fits: dict[str, Any]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "parameters": [len(fit.params) for fit in fits.values()],
            "loglik": [fit.llf for fit in fits.values()],
            "aic": [fit.aic for fit in fits.values()],
            "bic": [fit.bic for fit in fits.values()],
        },
        index=list(fits),
    )
