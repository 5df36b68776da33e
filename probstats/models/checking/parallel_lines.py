"""Tests of parallel lines: are the effects of the covariates the same at all thresholds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from probstats.errors import SparseWarning
from probstats.models.checking.applicable import chosen_terms, require_applicable, require_drawable
from probstats.models.checking.bootstrap_p import bootstrap_table
from probstats.models.checking.lines import OVERALL, Lines, lines_of
from probstats.models.checking.observed import Observed, observe
from probstats.models.checking.sparse_cells import expected_counts, sparse_sentence
from probstats.models.trouble import warn

TITLES = {
    "lr": "likelihood ratio",
    "score": "score, expected information",
    "wald": "Wald",
    "wolfe-gould": "Wolfe-Gould, approximate likelihood ratio",
    "brant": "Brant",
}


@dataclass(frozen=True)
class ParallelLinesTest:
    """Tests of parallel lines, of all tested terms and of each.

    Attributes
    ----------
    method : str
        ``"lr"``, ``"score"``, ``"wald"``, ``"wolfe-gould"`` or ``"brant"``.
    table : pandas.DataFrame
        A row ``overall`` and one for each term: ``statistic``, ``df``, ``p_value`` by the
        chi-squared distribution, ``p_bootstrap`` where it was asked for, and ``trouble``, what
        makes the row doubtful or leaves it missing. With clustered errors statistics are F, and
        there is ``df_denom``.
    expected : pandas.DataFrame
        Rows the fit expects of each level within the categories of each tested term.
    bootstrap : pandas.DataFrame or None
        By test: p-value, its simulation error, replicates ``used``, exceedances, replicates that
        ``lost_level`` and that ``failed``.
    notes : tuple of str
        What was not tested, in sentences.
    """

    method: str
    table: pd.DataFrame
    expected: pd.DataFrame
    bootstrap: pd.DataFrame | None = None
    notes: tuple[str, ...] = ()

    @property
    def statistic(self) -> float:
        """The overall statistic."""
        return float(self.table.loc[OVERALL, "statistic"])

    @property
    def df(self) -> int:
        """Its degrees of freedom."""
        return int(self.table.loc[OVERALL, "df"])

    @property
    def p_value(self) -> float:
        """The overall p-value by the chi-squared distribution."""
        return float(self.table.loc[OVERALL, "p_value"])

    @property
    def p_bootstrap(self) -> float:
        """The overall p-value by bootstrap; missing where none was asked for."""
        return np.nan if self.bootstrap is None else float(self.bootstrap.loc[OVERALL, "p_value"])

    @property
    def trouble(self) -> str:
        """What makes the overall test doubtful; empty where nothing does."""
        return str(self.table.loc[OVERALL, "trouble"])

    def summary_frame(self) -> pd.DataFrame:
        """Return a copy of the table."""
        return self.table.copy()

    def __repr__(self) -> str:
        numbers = self.table.drop(columns="trouble").rename_axis(None)
        formats = {
            name: (lambda value: "" if np.isnan(value) else f"{value:.4f}")
            for name in numbers.columns.difference(["df", "df_denom"])
        }
        lines = [f"Test of parallel lines: {TITLES[self.method]}"]
        lines.append(numbers.to_string(formatters=formats))
        if self.bootstrap is not None:
            lines.append(_bootstrap_line(self.bootstrap))
        troubles = self.table["trouble"].items()
        lines += [f"{name}: {sentence}." for name, sentence in troubles if sentence]
        return "\n".join([*lines, *self.notes])


def _bootstrap_line(bootstrap: pd.DataFrame) -> str:
    total = int(bootstrap[["used", "lost_level", "failed"]].iloc[0].sum())
    lost, failed = int(bootstrap["lost_level"].iloc[0]), int(bootstrap["failed"].max())
    return (
        f"{total} bootstrap replicates; {lost} without one of the levels and up to {failed} "
        f"without a statistic are left out."
    )


def parallel_lines_test(
    fit: Any,
    method: str = "lr",
    terms: str | Iterable[str] | None = None,
    n_bootstrap: int = 0,
    rng: np.random.Generator | int | None = None,
) -> ParallelLinesTest:
    r"""Test whether effects are the same at all thresholds, over all terms and for each.

    Parameters
    ----------
    fit : CumulativeLinkResults
        The fit with parallel lines.
    method : {"lr", "score", "wald", "wolfe-gould", "brant"}
        The test, see the notes.
    terms : str or iterable of str, optional
        Terms of the location to test; all of them by default.
    n_bootstrap : int
        Number of data sets to simulate from the fit for a p-value that needs no chi-squared
        distribution; 0 for none.
    rng : numpy.random.Generator or int, optional
        Source of randomness, or its seed.

    Returns
    -------
    ParallelLinesTest
        ``table`` with a row ``overall`` and one for each term; it prints.

    Raises
    ------
    ModelError
        If the outcome has two levels, a term is not known or nominal already, the method cannot be
        used on this fit, or the covariates separate a binary split that a method needs.

    Warns
    -----
    SparseWarning
        If levels are expected in fewer than 5 rows within a category of a tested term, and no
        bootstrap was asked for.
    ResampleWarning
        If more than a tenth of the bootstrap replicates cannot be used.

    Notes
    -----
    The larger model has nominal effects: :math:`\theta_j - x'\beta_j` instead of
    :math:`\theta_j - x'\beta`. In all methods the overall test is of all tested terms at once.

    ``"lr"``
        Twice the gain in log-likelihood; a term is tested in the model in which it alone is
        nominal, as by ``nominal_test`` (Peterson and Harrell 1990). Any fit.
    ``"wald"``
        That contrasts of the effects are zero, in the fit in which all tested terms are nominal.
        Any fit; robust and clustered errors are kept.
    ``"score"``
        :math:`U'I^{-1}U` at the estimates with parallel lines, with the score and the *expected*
        information of the larger model,
        :math:`I = \sum_i w_i \sum_k p_{ik}^{-1} (\partial p_{ik})(\partial p_{ik})'`; no larger
        fit is needed. Stata's ``oparallel`` takes the observed information instead, so that its
        value differs.
    ``"wolfe-gould"``
        K - 1 binary models, as if of independent outcomes, fitted with common and with separate
        slopes; the statistic is twice the difference of the log-likelihoods of the levels that
        the two imply (Wolfe and Gould 1998; Buis's ``oparallel``). It may be negative.
    ``"brant"``
        A Wald test that the slopes of the K - 1 binary logits are equal, with their covariance
        across splits (Brant 1990). Logit link only.

    The bootstrap simulates outcomes at the same rows from the fit, and counts how many
    statistics are at least that of the data: p = (1 + exceedances) / (B + 1). Replicates that lose
    a level, or have no statistic, are left out and counted in ``bootstrap``.

    Examples
    --------
    >>> import pandas as pd
    >>> import probstats as ps
    >>> housing = pd.read_csv("tests/reference/housing.csv")
    >>> levels = ["Low", "Medium", "High"]
    >>> housing = housing.assign(
    ...     Sat=pd.Categorical(housing["Sat"], levels, ordered=True),
    ...     Infl=pd.Categorical(housing["Infl"], levels),
    ...     Type=pd.Categorical(housing["Type"]),
    ...     Cont=pd.Categorical(housing["Cont"], ["Low", "High"]),
    ... )
    >>> fit = ps.CumulativeLinkModel.from_formula(
    ...     "Sat ~ Infl + Type + Cont", housing, weights="Freq"
    ... ).fit()
    >>> ps.parallel_lines_test(fit, method="brant")
    Test of parallel lines: Brant
            statistic  df p_value
    overall    8.5345   6  0.2015
    Infl       0.9017   2  0.6371
    Type       5.8475   3  0.1193
    Cont       1.2859   1  0.2568
    """
    require_applicable(fit, method)
    require_drawable(fit, n_bootstrap)
    chosen, nominal = chosen_terms(fit.model, terms)
    lines = lines_of(fit, chosen)
    found = observe(fit, lines, method)
    expected = expected_counts(fit, list(chosen))
    table = _table(lines, found, expected)
    simulated = None
    if n_bootstrap:
        simulated = bootstrap_table(lines, method, found.statistics, int(n_bootstrap), rng)
        table.insert(table.columns.get_loc("p_value") + 1, "p_bootstrap", simulated["p_value"])
    elif sparse_sentence(expected):
        warn(
            f"{sparse_sentence(expected)}; the chi-squared distribution of the statistics may not "
            f"hold: pass n_bootstrap, or merge levels",
            SparseWarning,
        )
    return ParallelLinesTest(method, table, expected, simulated, _notes(nominal))


def _table(lines: Lines, found: Observed, expected: pd.DataFrame) -> pd.DataFrame:
    df = np.array([lines.df(columns) for columns in lines.sets.values()])
    if found.df_denom is None:
        p_values = stats.chi2.sf(found.statistics, df)
    else:
        p_values = stats.f.sf(found.statistics, df, found.df_denom)
    cells = {name: expected if name == OVERALL else expected.loc[[name]] for name in lines.sets}
    sparse = [sparse_sentence(counts) for counts in cells.values()]
    pairs = zip(found.troubles, sparse, strict=True)
    trouble = ["; ".join(part for part in pair if part) for pair in pairs]
    columns = {"statistic": found.statistics, "df": df, "p_value": p_values, "trouble": trouble}
    table = pd.DataFrame(columns, index=pd.Index(lines.sets, name="term"))
    if found.df_denom is not None:
        table.insert(2, "df_denom", found.df_denom)
    return table


def _notes(nominal: list[str]) -> tuple[str, ...]:
    if not nominal:
        return ()
    return (f"Not tested, because their effects are nominal already: {', '.join(nominal)}.",)
