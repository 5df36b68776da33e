"""From a failed check to the models that could follow, side by side; the choice is the reader's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from probstats.errors import ModelError
from probstats.models.checking import variants
from probstats.models.estimators import require_likelihood
from probstats.models.kernel.links import LINKS

NOMINAL, SCALE, CURVE = "nominal effects", "scale effects", "a curve"
LINK, THRESHOLDS = "another link", "flexible thresholds"
MEANING = {
    NOMINAL: "its effect may differ between thresholds (lines are not parallel)",
    SCALE: "the spread of the latent outcome may go with it",
    CURVE: "its effect may not be a straight line",
    THRESHOLDS: "the structure of the thresholds may be too simple",
}
COLUMNS = [
    "change", "term", "n_params", "loglik", "aic", "bic", "aic_change", "statistic", "df",
    "p_value", "trouble",
]  # fmt: skip


@dataclass(frozen=True)
class Exploration:
    """Models one step away from a fit.

    Attributes
    ----------
    fit : CumulativeLinkResults
        The fit in hand.
    models : pandas.DataFrame
        One row for each model: what is changed, of which term, parameters, log-likelihood, AIC,
        BIC, AIC less that of the fit in hand, the likelihood-ratio test where the fit in hand is a
        special case, and what is wrong with the larger fit.
    alpha : float
        Level at which a check is said to fail.
    """

    fit: Any
    models: pd.DataFrame
    alpha: float

    @property
    def failed(self) -> pd.DataFrame:
        """The models that fit better than that in hand, by likelihood ratio at the level."""
        return self.models[self.models["p_value"] < self.alpha].sort_values("p_value")

    def __repr__(self) -> str:
        return "\n".join([*_opening(self), *_findings(self), *_links(self), *_closing(self)])


def explore(fit: Any, alpha: float = 0.05) -> Exploration:
    """Fit the models one step away, and say which assumptions look doubtful.

    Every term of the location is given nominal effects, scale effects and, if it is one column of
    numbers, a square; every other link is tried, and flexible thresholds where they are not.
    Nothing is chosen: many checks are made, and some fail by chance.

    Parameters
    ----------
    fit : CumulativeLinkResults
        A fit that converged.
    alpha : float
        Level at which a check is said to fail.

    Returns
    -------
    Exploration
        Prints what to look at next; ``.models`` has every model, ``.failed`` those that fit better.

    Raises
    ------
    ModelError
        If the fit has no maximum, or its errors are clustered: likelihood ratios take rows to be
        independent.

    Examples
    --------
    >>> import pandas as pd
    >>> import probstats as ps
    >>> data = pd.DataFrame({"y": [1, 2, 1, 3, 2, 3, 1, 2, 3, 2] * 3, "x": range(30)})
    >>> found = ps.explore(ps.CumulativeLinkModel.from_formula("y ~ x", data).fit())
    >>> found.models["change"].unique().tolist()
    ['none', 'nominal effects', 'scale effects', 'a curve', 'another link']
    """
    variants.require_plain(fit, "explore")
    require_likelihood(fit, "explore")
    if not fit.converged:
        raise ModelError("the fit has no maximum to start from; its warning says why")
    if fit.cov_type != "nonrobust":
        raise ModelError(
            f"likelihood ratios take rows to be independent; with cov_type={fit.cov_type!r} fit "
            f"without it to explore, and judge the terms of the chosen model with it"
        )
    if not 0.0 < alpha < 1.0:
        raise ModelError(f"alpha={alpha!r} must lie between 0 and 1")
    rows = [_row("none", "", fit, fit)]
    rows += [_compared(change, term, model, fit) for change, term, model in _changes(fit.model)]
    return Exploration(fit, pd.DataFrame(rows, columns=COLUMNS), alpha)


def _changes(model: Any) -> Iterator[tuple[str, str, Any]]:
    """Go through the models one step away: what is changed, of which term, and the model."""
    terms = variants.location_terms(model)
    if len(model.outcome.levels) > 2:
        for term in terms:
            yield NOMINAL, term, lambda term=term: variants.with_nominal(model, [term])
    for term, columns in terms.items():
        if not set(columns) <= set(model.sample.covariates.scale.columns):
            yield SCALE, term, lambda term=term: variants.with_scale(model, [term])
    for term, columns in terms.items():
        if _can_curve(model, columns):
            yield CURVE, term, lambda name=columns[0]: _curved(model, name)
    if model.threshold != "flexible":
        yield THRESHOLDS, "", lambda: model.with_sample(model.sample, threshold="flexible")
    for link in LINKS:
        if link != model.link.name:
            yield LINK, link, lambda link=link: model.with_sample(model.sample, link=link)


def _can_curve(model: Any, columns: list[str]) -> bool:
    """Whether a term is one column of numbers, with more than two values."""
    return len(columns) == 1 and model.sample.covariates.location[columns[0]].nunique() > 2


def _curved(model: Any, name: str) -> Any:
    values = model.sample.covariates.location[name]
    square = ((values - values.mean()) ** 2).rename(f"{name} squared")
    return variants.with_columns(model, square.to_frame())


def _compared(change: str, term: str, make: Any, fit: Any) -> list[Any]:
    """Return a line on one model; one that cannot be set up or fitted says why."""
    try:
        return _row(change, term, variants.quiet_fit(make()), fit)
    except ModelError as error:
        return [change, term, *[np.nan] * 8, str(error)]


def _row(change: str, term: str, found: Any, fit: Any) -> list[Any]:
    df = len(found.params) - len(fit.params)
    statistic = p_value = np.nan
    reached = found.maximum.converged or found.separation.separated
    if df > 0 and reached and not found.crossed_levels:
        statistic = max(2.0 * (found.llf - fit.llf), 0.0)
        p_value = float(stats.chi2.sf(statistic, df))
    return [
        change, term, len(found.params), found.llf, found.aic, found.bic, found.aic - fit.aic,
        statistic, df if df > 0 else np.nan, p_value, variants.trouble_of(found),
    ]  # fmt: skip


def _opening(found: Exploration) -> list[str]:
    fit = found.fit
    tests = int(found.models["p_value"].notna().sum())
    return [
        f"{fit.model.description}: {fit.nobs:g} rows, log-likelihood {fit.llf:.2f}, AIC "
        f"{fit.aic:.1f}, BIC {fit.bic:.1f}",
        f"{tests} checks by likelihood ratio; about {found.alpha * tests:.1f} of them fail by "
        f"chance at {found.alpha:g}",
    ]


def _findings(found: Exploration) -> list[str]:
    if found.failed.empty:
        return [
            "none fails. That does not show that the assumptions hold: with few rows a check "
            "finds only gross departures"
        ]
    return [_finding(row) for row in found.failed.itertuples()]


def _finding(row: Any) -> str:
    of = f" of {row.term}" if row.term else ""
    doubt = f"; but {row.trouble}, so that the p-value is doubtful" if row.trouble else ""
    return (
        f"- {row.change}{of}: {MEANING[row.change]}; likelihood ratio {row.statistic:.2f} on "
        f"{row.df:.0f} df, p = {row.p_value:.3g}, AIC {row.aic_change:+.1f}{doubt}. "
        f"Next: {_call(row)}"
    )


def _call(row: Any) -> str:
    calls = {
        NOMINAL: f'nominal="~ {row.term}", and {row.term} left out of the formula',
        SCALE: f'scale="~ {row.term}"',
        CURVE: f"I({row.term}**2), a spline or categories instead of the straight line",
        THRESHOLDS: 'threshold="flexible"',
    }
    return calls[row.change]


def _links(found: Exploration) -> list[str]:
    links = found.models[(found.models["change"] == LINK) & (found.models["trouble"] == "")]
    better = links[links["aic_change"] < -2.0].sort_values("aic_change")
    if better.empty:
        return ["no other link is better by more than 2 in AIC"]
    words = ", ".join(f"{row.term} ({row.aic_change:+.1f})" for row in better.itertuples())
    return [f"other links with a lower AIC: {words}"]


def _closing(found: Exploration) -> list[str]:
    failed = found.models[found.models["trouble"] != ""]
    notes = [
        f"note on {row.change}{f' of {row.term}' if row.term else ''}: {row.trouble}"
        for row in failed.itertuples()
        if not row.p_value < found.alpha
    ]
    return [*notes, "a model chosen after looking is exploratory: report it as that"]
