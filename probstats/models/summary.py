"""The printed summary of a cumulative link model."""

from __future__ import annotations

from typing import Any

import numpy as np
from statsmodels.iolib.summary import Summary
from statsmodels.iolib.table import SimpleTable
from statsmodels.iolib.tableformatting import fmt_params


def make_summary(results: Any, alpha: float) -> Summary:
    """Return the summary of a fit.

    Parameters
    ----------
    results : CumulativeLinkResults
        The fit.
    alpha : float
        One minus the level of the intervals.

    Returns
    -------
    statsmodels.iolib.summary.Summary
        With ``as_text``, ``as_html`` and ``as_latex``.
    """
    summary = Summary()
    summary.tables.append(_top(results))
    summary.tables.append(_parameters(results, alpha))
    summary.add_extra_txt(_notes(results))
    return summary


def _top(results: Any) -> SimpleTable:
    model = results.model
    cells = [
        ("Outcome", model.outcome.name, "Rows", f"{results.nobs}"),
        ("Link", model.link.name, "Log-likelihood", f"{results.llf:.4f}"),
        ("Levels", " < ".join(map(str, model.outcome.levels)), "AIC", f"{results.aic:.2f}"),
        ("Converged", "yes" if results.converged else "NO", "BIC", f"{results.bic:.2f}"),
    ]
    return SimpleTable([list(row) for row in cells], title="Cumulative link model")


def _parameters(results: Any, alpha: float) -> SimpleTable:
    low, high = results.conf_int(alpha=alpha).T
    columns = (results.params, results.bse, results.tvalues, results.pvalues, low, high)
    finite = ~np.isin(results.model.data.param_names, results.diverging)
    rows = [
        [_number(value) if ok else "none" for value in row]
        for row, ok in zip(np.column_stack(columns), finite, strict=True)
    ]
    letter = "t" if results.use_t else "z"
    headers = ["estimate", "std. error", letter, f"P>|{letter}|"]
    headers += [f"{100 * alpha / 2:g}%", f"{100 * (1 - alpha / 2):g}%"]
    return SimpleTable(rows, headers, results.model.data.param_names, txt_fmt=fmt_params)


def _number(value: float) -> str:
    return f"{value:.4f}"


def _notes(results: Any) -> list[str]:
    model, notes = results.model, []
    if results.groups is not None:
        notes.append(
            f"Standard errors clustered on {results.groups.name or 'groups'} ({results.n_groups} "
            f"clusters), t reference with {results.n_groups - 1} degrees of freedom."
        )
    elif results.cov_type != "nonrobust":
        notes.append(f"Standard errors are {results.cov_type}.")
    if model.design is not None and model.design.n_dropped:
        counts = ", ".join(f"{name} {n}" for name, n in model.design.dropped.items())
        notes.append(f"Rows dropped for missing values: {model.design.n_dropped} ({counts}).")
    if model.outcome.empty:
        notes.append(f"Levels no row has: {', '.join(map(str, model.outcome.empty))}.")
    if results.diverging:
        names = ", ".join(results.diverging)
        notes.append(f"The data separate the levels: no finite estimate for {names}.")
    elif not results.converged:
        notes.append("The optimiser did not converge; these are not maximum-likelihood estimates.")
    return notes
