"""The printed summary of a cumulative link model."""

from __future__ import annotations

import re
from itertools import zip_longest
from typing import Any

import numpy as np
from statsmodels.iolib.summary import Summary
from statsmodels.iolib.table import SimpleTable
from statsmodels.iolib.tableformatting import fmt_params

from probstats.errors import ModelError
from probstats.models.estimator_notes import estimation_notes
from probstats.models.trouble import crossing_sentence


class ModelSummary(Summary):
    """A summary whose notes are text in LaTeX too."""

    extra_txt: str | None

    def as_latex(self) -> str:
        """Return the summary for LaTeX, with the special characters of the notes escaped."""
        plain = self.extra_txt
        try:
            self.extra_txt = re.sub(r"([%&#_$])", r"\\\1", plain or "")
            for sign in "<>|":
                self.extra_txt = self.extra_txt.replace(sign, f"${sign}$")
            return str(super().as_latex())
        finally:
            self.extra_txt = plain


def make_summary(results: Any, alpha: float, *, odds_ratios: bool) -> Summary:
    """Return the summary of a fit.

    Parameters
    ----------
    results : CumulativeLinkResults
        The fit.
    alpha : float
        One minus the level of the intervals.
    odds_ratios : bool
        Whether to add exp(coefficient) with its interval.

    Returns
    -------
    statsmodels.iolib.summary.Summary
        With ``as_text``, ``as_html`` and ``as_latex``.

    Raises
    ------
    ModelError
        If odds ratios are asked for and the link is not the logit.
    """
    summary = ModelSummary()
    summary.tables.append(_top(results))
    summary.tables.append(_parameters(results, alpha))
    if odds_ratios:
        summary.tables.append(_odds_ratios(results, alpha))
    summary.add_extra_txt(_notes(results))
    return summary


def _top(results: Any) -> SimpleTable:
    model = results.model
    left = [
        ("Outcome", model.outcome.name),
        ("Link", model.link.name),
        ("Levels", " < ".join(map(str, model.outcome.levels))),
        ("Converged", "yes" if results.converged else "NO"),
    ]
    if model.thresholds.structure != "flexible":
        left.append(("Thresholds", model.thresholds.structure))
    right = [("Rows", f"{results.nobs:g}"), *_goodness(results)]
    cells = [[*one, *other] for one, other in zip_longest(left, right, fillvalue=("", ""))]
    estimator = results.estimator
    title = "" if estimator.by_likelihood else f", {estimator.name}"
    return SimpleTable(cells, title=f"Cumulative link model{title}")


def _goodness(results: Any) -> list[tuple[str, str]]:
    """Return the log-likelihood and what rests on its maximum, where it is one."""
    if results.estimator.by_likelihood:
        numbers = ("Log-likelihood", results.llf, 4), ("AIC", results.aic, 2)
        return [(name, f"{x:.{d}f}") for name, x, d in (*numbers, ("BIC", results.bic, 2))]
    parameters = ("Parameters", f"{len(results.params)}")
    if results.penalty is None:
        return [parameters]
    return [parameters, ("Effective", f"{results.df_effective:.2f}")]


def _parameters(results: Any, alpha: float) -> SimpleTable:
    low, high = results.conf_int(alpha=alpha).T
    numbers = np.column_stack([results.params, results.bse, results.tvalues])
    by_contrast = results.fit_record.reference is not None
    df = (
        [[f"{value:.1f}"] for value in results.df_inference] if by_contrast else [[]] * len(numbers)
    )
    rows = [
        [*map(_number, row), *own, _p_value(p), *map(_number, ends)]
        for row, own, p, ends in zip(
            numbers, df, results.pvalues, np.column_stack([low, high]), strict=True
        )
    ]
    letter = "t" if results.use_t else "z"
    df_header = ["df"] if by_contrast else []
    headers = ["estimate", "std. error", letter, *df_header, f"P>|{letter}|", *_ends(alpha)]
    return SimpleTable(rows, headers, results.model.data.param_names, txt_fmt=fmt_params)


def _odds_ratios(results: Any, alpha: float) -> SimpleTable:
    if results.model.link.name != "logit":
        raise ModelError(
            f"exp(coefficient) is an odds ratio with the logit link, not with "
            f"{results.model.link.name}; use avg_comparisons for effects on probabilities"
        )
    p, s, _ = results.model.rows.sizes
    if s:
        raise ModelError(
            "with scale effects exp(coefficient) is not the odds ratio at every threshold; use "
            "avg_comparisons for effects on probabilities"
        )
    with np.errstate(over="ignore"):
        ratios = np.exp(np.column_stack([results.params, results.conf_int(alpha=alpha)])[:p])
    rows = [list(map(_number, row)) for row in ratios]
    names = results.model.data.param_names[:p]
    return SimpleTable(rows, ["odds ratio", *_ends(alpha)], names, txt_fmt=fmt_params)


def _ends(alpha: float) -> list[str]:
    return [f"{100 * alpha / 2:g}%", f"{100 * (1 - alpha / 2):g}%"]


def _number(value: float) -> str:
    return "none" if np.isnan(value) else f"{value:.4f}"


def _p_value(value: float) -> str:
    return "<0.0001" if value < 0.00005 else _number(value)


def _notes(results: Any) -> list[str]:
    model, notes = results.model, []
    if results.groups is not None:
        notes.append(_clustered(results))
    elif results.cov_type != "nonrobust":
        notes.append(f"Standard errors are {results.cov_type}.")
    if model.design is not None and model.design.n_dropped:
        counts = ", ".join(f"{name} {n}" for name, n in model.design.dropped.items())
        notes.append(f"Rows dropped for missing values: {model.design.n_dropped} ({counts}).")
    if model.outcome.empty:
        notes.append(f"Levels left out: {', '.join(map(str, model.outcome.empty))}.")
    if model.outcome.merged:
        runs = "; ".join(" and ".join(map(str, run)) for run in model.outcome.merged)
        notes.append(f"Levels no row tells apart: {runs}.")
    if not model.sample.kept.all():
        notes.append(f"Rows with weight 0 left out: {(~model.sample.kept).sum()}.")
    notes += _references(model)
    notes += estimation_notes(results)
    if results.separation.separated:
        notes.append(str(results.separation))
    if results.crossed_levels:
        sentence = crossing_sentence(results.crossed_levels)
        notes.append(f"{sentence[0].upper()}{sentence[1:]}.")
    elif not results.maximum.converged and not results.separation.separated:
        notes.append(f"The optimiser did not converge; these are not {results.estimator.name}.")
    return notes


def _clustered(results: Any) -> str:
    """Return how errors are clustered, and what they are compared with."""
    clusters = results.clusters
    if len(clusters.ways) == 2:
        named = " and ".join(f"{way.name} ({way.nunique()} clusters)" for way in clusters.ways)
        opening = f"Standard errors clustered two-way on {named}"
    else:
        name = results.groups.name or "groups"
        opening = f"Standard errors clustered on {name} ({results.n_groups} clusters)"
    if clusters.kind != "CR1":
        opening += f", {clusters.kind}"
    if results.fit_record.reference is None:
        return f"{opening}, t reference with {results.n_groups - 1} degrees of freedom."
    least = results.df_inference.min()
    few = "; below 4 they are a rough guide" if least < 4.0 else ""
    return f"{opening}, t reference with Satterthwaite degrees of freedom{few}."


def _references(model: Any) -> list[str]:
    """Return what each categorical covariate is compared with."""
    if model.design is None:
        return []
    levels = {k: v for part in model.design.parts.values() for k, v in part.levels.items()}
    named = [f"{name} {values[0]}" for name, values in levels.items() if len(values) > 1]
    return [f"Reference categories: {', '.join(named)}."] if named else []
