"""The printed summaries of models with random and with fixed effects of groups."""

from __future__ import annotations

from typing import Any

from statsmodels.iolib.summary import Summary
from statsmodels.iolib.table import SimpleTable
from statsmodels.iolib.tableformatting import fmt_params

from probstats.models.inference.summary import (
    ModelSummary,
    _ends,
    _number,
    _p_value,
    _references,
    make_summary,
)


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
    summary.add_extra_txt([*before, *results.notes, *_intervals(results)])
    return summary


def _intervals(results: Any) -> list[str]:
    """Return how the printed intervals of the standard deviations come about, if there are any."""
    if set(results.sd.index) <= set(results.edge):
        return []
    return ["Intervals of sd() are Wald's on the log scale; sd_interval() has profile intervals."]


def make_fixed_summary(results: Any, alpha: float) -> Summary:
    """Return the summary of a fit with fixed effects.

    Parameters
    ----------
    results : FixedEffectsOrderedLogitResults
        The fit.
    alpha : float
        One minus the level of the intervals.

    Returns
    -------
    statsmodels.iolib.summary.Summary
        With ``as_text``, ``as_html`` and ``as_latex``.
    """
    model, summary = results.model, ModelSummary()
    top = [
        ["Outcome", model.outcome.name, "Rows used", f"{results.nobs:g}"],
        ["Link", "logit", "Groups used", results.n_groups],
        ["Converged", "yes" if results.converged else "NO", "Groups that stay", results.n_still],
    ]
    summary.tables.append(SimpleTable(top, title="Ordered logit with fixed effects"))
    frame = results.summary_frame(alpha).drop(columns="odds_ratio")
    rows = [[_p_value(x) if name == "p_value" else _number(x) for name, x in row.items()]
            for _, row in frame.iterrows()]  # fmt: skip
    headers = ["estimate", "std. error", "t", "P>|t|", *_ends(alpha)]
    summary.tables.append(SimpleTable(rows, headers, list(frame.index), txt_fmt=fmt_params))
    summary.add_extra_txt(_fixed_notes(results))
    return summary


def _fixed_notes(results: Any) -> list[str]:
    model = results.model
    name = model.groups.name or "groups"
    notes = [
        f"Thresholds of each {name} are conditioned away; coefficients are of changes within it.",
        f"Standard errors clustered on {name}, t reference with {results.df_resid_inference} "
        f"degrees of freedom.",
        *_references(model),
    ]
    if model.design is not None and model.design.n_dropped:
        counts = ", ".join(f"{name} {n}" for name, n in model.design.dropped.items())
        notes.append(f"Rows dropped for missing values: {model.design.n_dropped} ({counts}).")
    if results.diverging:
        lost = ", ".join(results.diverging)
        notes.append(f"The data separate the levels within groups: no finite estimate of {lost}.")
    return notes
