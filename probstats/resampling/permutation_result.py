"""What a permutation test found."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from probstats.models.kernel.links import Array

TIE = 1e-9
"""Relative difference below which two statistics are equal."""

WIDTH = 96
"""Characters of a line."""

STATISTICS = {"score": "score", "lr": "likelihood-ratio", "wald": "Wald"}


@dataclass(frozen=True, repr=False)
class PermutationTest:
    """A permutation test of a term.

    Attributes
    ----------
    term : str
        The term.
    method : {"score", "lr", "wald"}
        The statistic.
    alternative : {"two-sided", "greater", "less"}
        Which statistics are as extreme as the observed one.
    statistic : float
        The observed statistic; its signed root where ``alternative`` has one side.
    df : int
        Parameters of the term.
    p_value : float
        Share of arrangements at least as extreme; of B random ones (1 + exceedances) / (B + 1)
        (Phipson and Smyth 2010).
    p_chi2 : float
        For contrast: by the chi-squared distribution, or the normal one of a signed root.
    error : float
        Simulation error of the p-value, sqrt(p (1 - p) / B); 0 where nothing was simulated.
    n_resamples : int
        Arrangements gone through or drawn.
    exact : bool
        Whether all arrangements were gone through, so that the p-value is no simulation.
    approximate : bool
        Whether what is permuted is exchangeable only approximately.
    failures : int
        Arrangements without a statistic. They count as more extreme than the observed one, so
        that the test keeps its size.
    permuted : str
        What was permuted given the other covariates, and when that is exact.
    null_distribution : numpy.ndarray
        Statistics of the arrangements, missing where there are none.
    notes : tuple of str
        What is to be known besides, in sentences.
    """

    term: str
    method: str
    alternative: str
    statistic: float
    df: int
    p_value: float
    p_chi2: float
    error: float
    n_resamples: int
    exact: bool
    approximate: bool
    failures: int
    permuted: str
    null_distribution: Array = field(repr=False)
    notes: tuple[str, ...] = ()

    @property
    def pvalue(self) -> float:
        """The p-value by the name it has in SciPy."""
        return self.p_value

    def summary_frame(self) -> pd.DataFrame:
        """Return one row with the numbers, its index the term."""
        names = ["statistic", "df", "p_value", "error", "p_chi2", "n_resamples", "failures"]
        row = {name: [getattr(self, name)] for name in names}
        return pd.DataFrame(row, index=pd.Index([self.term], name="term"))

    def __dir__(self) -> list[str]:
        return sorted([*self.__dataclass_fields__, "pvalue", "summary_frame"])

    def __repr__(self) -> str:
        how = f"all {self.n_resamples:,} arrangements"
        if not self.exact:
            how = f"{self.n_resamples:,} random arrangements, error {self.error:.2g}"
        name = STATISTICS[self.method]
        on, reference = f" on {self.df} df", "by chi-squared"
        if self.alternative != "two-sided":
            name, on = f"signed root of the {name}", f", alternative {self.alternative}"
            reference = "by the normal distribution"
        lines = [
            f"Permutation test of {self.term}",
            f"{name} statistic = {self.statistic:.4f}{on}",
            f"p = {self.p_value:.4g} ({how}); {reference} {self.p_chi2:.4g}",
        ]
        said = [self.permuted, *self.notes]
        if self.failures:
            said.append(
                f"{self.failures:,} arrangements had no statistic and count as more extreme."
            )
        return "\n".join([*lines, *(textwrap.fill(sentence, WIDTH) for sentence in said)])


def p_value_of(null_distribution: Array, observed: float, *, exact: bool) -> float:
    """Return the share of arrangements at least as extreme, large values being extreme.

    Parameters
    ----------
    null_distribution : numpy.ndarray
        B statistics; those that are missing count as extreme.
    observed : float
        The observed one.
    exact : bool
        Whether the arrangements are all there are, the observed one among them.

    Returns
    -------
    float
        Exceedances / B, or (1 + exceedances) / (B + 1).

    Examples
    --------
    >>> import numpy as np
    >>> p_value_of(np.array([0.0, 1.0, 2.0]), 2.0, exact=False)
    0.5
    """
    edge = observed - TIE * (1.0 + abs(observed))
    extreme = int(np.sum(~(null_distribution < edge)))
    total = len(null_distribution)
    return extreme / total if exact else (1 + extreme) / (total + 1)
