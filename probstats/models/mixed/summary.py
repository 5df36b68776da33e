"""The printed summary of a model with random effects."""

from __future__ import annotations

from typing import Any

from statsmodels.iolib.summary import Summary
from statsmodels.iolib.table import SimpleTable

from probstats.models.inference.summary import make_summary


def make_mixed_summary(results: Any, alpha: float, *, odds_ratios: bool) -> Summary:
    """Return the summary of a fit.

    Parameters
    ----------
    results : CumulativeLinkMixedResults
        The fit.
    alpha : float
        One minus the level of the intervals.
    odds_ratios : bool
        Whether to add exp(coefficient) with its interval.

    Returns
    -------
    statsmodels.iolib.summary.Summary
        As that of a model without random effects, with groups and integration.
    """
    summary = make_summary(results, alpha, odds_ratios=odds_ratios)
    top = summary.tables[0]
    ways = {"laplace": "Laplace", "agq": f"adaptive quadrature, {results.nodes} nodes"}
    groups = ", ".join(f"{part.name} {part.n_groups}" for part in results.model.random.parts)
    cells = [[cell.data for cell in row] for row in top]
    rows = [*cells, ["Groups", groups, "Integration", ways[results.integration]]]
    summary.tables[0] = SimpleTable(rows, title="Cumulative link model with random effects")
    before = summary.extra_txt.splitlines() if summary.extra_txt else []
    summary.add_extra_txt([*before, *results.notes])
    return summary
