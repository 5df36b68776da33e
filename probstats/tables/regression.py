"""Fitted models side by side: estimates with intervals, and what is to be known of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from probstats import display
from probstats.errors import ModelError
from probstats.tables.estimates import estimates, first_fit, odds_ratios
from probstats.tables.model_facts import LABELS, NONE, gathered_notes, is_mixed, said, statistics_of
from probstats.tables.names import parameter_names
from probstats.tables.table import Table

STATISTICS = ("n", "clusters", "log-likelihood", "AIC", "link", "standard errors")
KINDS = [
    "odds ratio", "coefficient", "log scale", "nominal effect", "threshold", "random effect",
    "statistic",
]  # fmt: skip


def regression_table(
    fits: Any,
    *,
    odds: bool | None = None,
    thresholds: bool = True,
    terms: Mapping[str, str] | None = None,
    level: float = 0.95,
    statistics: Sequence[str] = STATISTICS,
    caption: str | None = None,
) -> Table:
    """Set fitted models side by side.

    Parameters
    ----------
    fits : results or mapping of str to results
        A fit; or fits by name, a column each: cumulative link models, with random effects too,
        bias-reduced, penalised, with clustered errors, ordered logits with fixed effects, fits
        pooled over imputations.
    odds : bool, optional
        Whether coefficients are shown as odds ratios; by default where every fit has the logit
        link and no scale effects.
    thresholds : bool
        Whether thresholds are shown: as they are, not as increments, and never exponentiated.
    terms : mapping of str to str, optional
        Parameters in words; those it does not name are named after covariate, category and
        reference category.
    level : float
        Level of the intervals.
    statistics : sequence of str
        Rows below the estimates: "n", "clusters", "groups", "ICC", "log-likelihood", "AIC", "BIC",
        "link", "standard errors". A statistic that no fit has is left out; groups and the
        intraclass correlation are added for fits with random effects.
    caption : str, optional
        Caption.

    Returns
    -------
    Table
        Rows are parameters, cells "estimate (low to high)", columns models; one that did not
        converge says so in its header. An infinite estimate is "no finite estimate", with the
        interval of its profile likelihood where there is one. ``data`` has the columns of
        ``tables.estimates``, ``label``, ``se_log`` (of odds ratios), ``cov_type``, and rows of kind
        "statistic".

    Raises
    ------
    ModelError
        If there are no fits, one is no fit of this package, odds ratios are asked for of
        another link or of scale effects, or a statistic is not known.

    Examples
    --------
    >>> import pandas as pd
    >>> import probstats as ps
    >>> data = pd.DataFrame({"y": [1, 2, 1, 3, 2, 3, 2, 1], "x": [2, 1, 4, 6, 5, 3, 4, 1]})
    >>> fit = ps.CumulativeLinkModel.from_formula("y ~ x", data).fit()
    >>> regression_table(fit, statistics=["n"])
    Odds ratios (95% interval)
    <BLANKLINE>
    Parameter                     Model
    x               1.78 (0.77 to 4.12)
    Threshold 1|2  1.24 (−1.73 to 4.21)
    Threshold 2|3  3.22 (−0.48 to 6.91)
    Rows                              8
    <BLANKLINE>
    Intervals are by estimate and standard error. Thresholds are on the scale of the link.
    """
    named = _read(fits)
    frame, as_odds = _estimates(named, level), _as_odds(named, odds)
    if as_odds:
        frame = _with_odds(frame)
    if not thresholds:
        frame = frame[frame["kind"] != "threshold"]
    frame = _labelled(frame, named, terms)
    rows = _statistics(named, statistics)
    shown = rows[rows["term"].isin(rows.loc[rows["words"] != NONE, "term"])]
    heads = {name: _head(name, fit) for name, fit in named.items()}
    cells = pd.concat([frame.assign(words=_cells(frame, named)), shown], ignore_index=True)
    kinds = set(frame["kind"])
    what = "Odds ratios" if "odds ratio" in kinds else "Coefficients"
    what = what if kinds != {"threshold"} else "Thresholds"
    return Table(
        data=_tidy(frame, shown, named),
        formatted=_side_by_side(cells, heads),
        caption=caption or f"{what} ({display.interval_name(frame)})",
        notes=(_opening(frame, named), *gathered_notes(named)),
    )


def _read(fits: Any) -> dict[str, Any]:
    named = dict(fits) if isinstance(fits, Mapping) else {"Model": fits}
    if not named:
        raise ModelError("there are no fits to set side by side; give at least one, by name")
    for name, fit in named.items():
        if not type(fit).__module__.startswith("probstats.") or not hasattr(fit, "conf_int"):
            raise ModelError(
                f"{name!r} is a {type(fit).__name__}; give what fit() of this package returned"
            )
    return {str(name): fit for name, fit in named.items()}


def _has_scale(fit: Any) -> bool:
    model = first_fit(fit).model
    plain = getattr(model, "plain", model)
    return "log scale" in getattr(plain, "parameter_kinds", [])


def _as_odds(fits: dict[str, Any], odds: bool | None) -> bool:
    scaled = [name for name, fit in fits.items() if _has_scale(fit)]
    if odds and scaled:
        raise ModelError(
            f"{scaled[0]!r} has scale effects, so that exp(coefficient) is not the odds ratio at "
            f"every threshold; use odds=False, or effects_table for effects on probabilities"
        )
    logit = all(statistics_of(fit, ["link"])["link"] == "logit" for fit in fits.values())
    return bool(odds) if odds is not None else logit and not scaled


def _estimates(fits: dict[str, Any], level: float) -> pd.DataFrame:
    """Return all estimates; infinite ones with the ends of their profile intervals."""
    frame = estimates(fits, level)
    for name, fit in fits.items():
        diverging = list(getattr(fit, "diverging", []))
        if diverging and _has_profile(fit):
            ends = fit.conf_int(alpha=1 - level, method="profile").loc[diverging]
            rows = (frame["model"] == name) & frame["term"].isin(diverging)
            frame.loc[rows, ["low", "high"]] = ends.to_numpy()
    return frame


def _has_profile(fit: Any) -> bool:
    """Return whether a profile likelihood can say how far an infinite estimate reaches."""
    return (
        hasattr(fit, "profile") and not is_mixed(fit) and fit.cov_type == "nonrobust"
        and fit.estimator.by_likelihood and fit.separation.separated and not fit.crossed_levels
    )  # fmt: skip


def _with_odds(frame: pd.DataFrame) -> pd.DataFrame:
    with np.errstate(over="ignore"):
        ratios = odds_ratios(frame)
    rest = frame[frame["kind"] != "coefficient"]
    return pd.concat([ratios, rest]).sort_index()


def _labelled(
    frame: pd.DataFrame, fits: dict[str, Any], terms: Mapping[str, str] | None
) -> pd.DataFrame:
    words = {name: parameter_names(fit, terms) for name, fit in fits.items()}
    pairs = zip(frame["model"], frame["term"], strict=True)
    return frame.assign(label=[words[model][str(term)] for model, term in pairs])


def _cells(frame: pd.DataFrame, fits: dict[str, Any]) -> list[str]:
    cells = []
    for row in frame.itertuples():
        words = display.ratio if row.kind == "odds ratio" else display.number
        if row.term in getattr(fits[row.model], "edge", ()):
            cells.append(f"{words(row.estimate)} (at its edge)")
        else:
            cells.append(display.estimate(row.estimate, row.low, row.high, words))
    return cells


def _statistics(fits: dict[str, Any], statistics: Sequence[str]) -> pd.DataFrame:
    if isinstance(statistics, str):
        raise ModelError(f"statistics={statistics!r} must be a sequence of names")
    names = list(statistics)
    mixed = ["groups", "ICC"] if names and any(map(is_mixed, fits.values())) else []
    names[1:1] = [name for name in mixed if name not in names]
    rows = [
        {"model": model, "term": name, "label": LABELS.get(name), "kind": "statistic",
         "estimate": np.nan if isinstance(value, str | None) else float(value),
         "words": said(name, value)}
        for model, fit in fits.items() for name, value in statistics_of(fit, names).items()
    ]  # fmt: skip
    columns = ["model", "term", "label", "kind", "estimate", "words"]
    return pd.DataFrame(rows, columns=columns)


def _tidy(frame: pd.DataFrame, rows: pd.DataFrame, fits: dict[str, Any]) -> pd.DataFrame:
    numbers = rows[rows["estimate"].notna()].drop(columns="words")
    numbers = numbers.merge(
        frame[["model", "n", "clusters", "converged", "link", "level"]].drop_duplicates("model"),
        on="model",
    )
    kinds = {name: first_fit(fit).cov_type for name, fit in fits.items()}
    tidy = pd.concat([frame, numbers], ignore_index=True)
    first = ["model", "term", "label", "kind"]
    rest = [name for name in tidy.columns if name not in first]
    return tidy[[*first, *rest]].assign(cov_type=tidy["model"].map(kinds))


def _head(name: str, fit: Any) -> str:
    converged = all(one.converged for one in getattr(fit, "fits", [fit]))
    only_infinite = getattr(fit, "diverging", []) and not getattr(fit, "crossed_levels", {})
    return name if converged or only_infinite else f"{name} (not converged)"


def _side_by_side(cells: pd.DataFrame, heads: dict[str, str]) -> pd.DataFrame:
    keys = ["kind", "term", "label"]
    order = cells[keys].drop_duplicates()
    order = order.iloc[order["kind"].map(KINDS.index).argsort(kind="stable")]
    wide = cells.set_index([*keys, "model"])["words"].unstack("model").fillna("")
    wide = wide.reindex(pd.MultiIndex.from_frame(order))[list(heads)]
    shown = wide.set_axis(list(heads.values()), axis=1).astype(object)
    shown.insert(0, "Parameter", order["label"].tolist())
    return shown.reset_index(drop=True)


def _opening(frame: pd.DataFrame, fits: dict[str, Any]) -> str:
    """Return how intervals come about, and on which scale what is no odds ratio stands."""
    words = "Intervals are by estimate and standard error"
    lost = [fit for fit in fits.values() if getattr(fit, "diverging", [])]
    if any(map(_has_profile, lost)):
        words += "; those of infinite estimates by profile likelihood"
    if not frame["kind"].isin(["threshold", "nominal effect"]).any():
        return f"{words}."
    return f"{words}. Thresholds are on the scale of the link."
