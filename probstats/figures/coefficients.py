"""Coefficients and odds ratios of one model, or of several side by side."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from probstats import display, tables
from probstats.errors import ModelError
from probstats.figures.canvas import figure_of
from probstats.figures.drawing import Drawing, drawn
from probstats.figures.intervals import interval_plot, said
from probstats.figures.sources import require_fit
from probstats.tables.estimates import first_fit

KINDS = {True: "odds ratio", False: "coefficient"}

ELSEWHERE = "; for other intervals give a frame with model, term, estimate, low, high and n"


@drawn
def coefficients(
    source: Any,
    *,
    odds: bool | None = None,
    terms: Mapping[str, str] | None = None,
    side_by_side: bool = False,
    label: str | None = None,
    level: float = 0.95,
    ax: Axes | None = None,
    width: str = "page",
) -> Drawing:
    """Draw coefficients with their intervals, as odds ratios on a log axis where they are such.

    Parameters
    ----------
    source : results, mapping of str to results, or pandas.DataFrame
        A fit; fits by name; or a frame with ``model`` and ``term`` in words, ``estimate``,
        ``low``, ``high`` and ``n``, in the order to draw, as ``tables.odds_ratios`` and
        ``tables.estimates`` return it. Rows without an estimate are named and left empty;
        infinite ends are arrows.
    odds : bool, optional
        Whether to draw odds ratios; by default where every fit has the logit link. What a frame
        holds is said by its column ``kind``, "odds ratio" or "coefficient"; without that column
        it is taken as odds ratios unless ``odds=False``.
    terms : mapping of str to str, optional
        Terms in words; those it does not name stay as they are.
    side_by_side : bool
        Whether models stand side by side in the row of a term, and not under one another.
    label : str, optional
        Label of the axis.
    level : float
        Level of the intervals of fits.
    ax : matplotlib.axes.Axes, optional
        Axes to draw into.
    width : {"column", "wide", "page"}
        Width of a new figure: 90, 140 or 190 mm.

    Returns
    -------
    Drawing
        One row for each estimate, the numbers beside it.

    Raises
    ------
    ModelError
        If there are no coefficients, a fit without the logit link is to give odds ratios, a frame
        of odds ratios has one below zero, or ``source`` is something else, such as a bootstrap.

    Examples
    --------
    >>> import pandas as pd
    >>> import probstats as ps
    >>> data = pd.DataFrame({"y": [1, 2, 1, 3, 2, 3, 2, 1], "x": [2, 1, 4, 6, 5, 3, 4, 1]})
    >>> fit = ps.CumulativeLinkModel.from_formula("y ~ x", data).fit()
    >>> drawing = ps.figures.coefficients(fit, terms={"x": "One hour more"})
    >>> drawing.data["estimate"].round(2).tolist()
    [1.78]
    """
    frame = _frame(source, odds, level)
    logged = set(frame.get("kind", ["odds ratio"])) == {"odds ratio"}
    named = frame.assign(term=frame["term"].map(lambda term: (terms or {}).get(term, term)))
    label = label or ("Odds ratio for a higher rating" if logged else "Coefficient")
    said_scale = (
        f"log scale; {display.interval_name(frame)}" if logged else (display.interval_name(frame))
    )
    axes = interval_plot(
        _rows(named, side_by_side=side_by_side), label=f"{label} ({said_scale})", log=logged,
        reference=1.0 if logged else 0.0, words=display.ratio if logged else display.number,
        ax=ax, width=width,
    )  # fmt: skip
    return Drawing(figure_of(axes), named, _alt_text(named, label, logged=logged))


def _frame(source: Any, odds: bool | None, level: float) -> pd.DataFrame:
    if isinstance(source, pd.DataFrame):
        frame = _with_kind(source, odds=odds is not False)
    else:
        fits = source if isinstance(source, Mapping) else {"": source}
        for fit in fits.values():
            require_fit(first_fit(fit), "coefficients", instead=ELSEWHERE)
        frame = tables.estimates(fits, level)
        frame = frame[frame["kind"] == "coefficient"]
        logit = (frame["link"] == "logit").all()
        frame = tables.odds_ratios(frame) if (logit if odds is None else odds) else frame
    if not len(frame):
        raise ModelError("there are no coefficients to draw; the fits have thresholds only")
    kinds = set(frame.get("kind", ["odds ratio"]))
    if len(kinds | {"coefficient"}) > 1 and kinds != {"odds ratio"}:
        raise ModelError(
            f"the frame holds {', '.join(sorted(kinds))}, which have no axis in common; keep the "
            f"rows of one kind, or pass it through tables.odds_ratios"
        )
    return frame.reset_index(drop=True)


def _with_kind(frame: pd.DataFrame, *, odds: bool) -> pd.DataFrame:
    """Return a frame that says what it holds; numbers below zero are no odds ratios."""
    frame = frame if "kind" in frame else frame.assign(kind=KINDS[odds])
    low = frame[(frame[["estimate", "low", "high"]] < 0).any(axis=1)]
    if set(frame["kind"]) == {KINDS[True]} and len(low):
        raise ModelError(
            f"an odds ratio is not below zero, as that of {low['term'].iloc[0]!r} is; pass "
            f"odds=False if the frame holds coefficients"
        )
    return frame


def _rows(frame: pd.DataFrame, *, side_by_side: bool) -> pd.DataFrame:
    rows = frame[["estimate", "low", "high"]].assign(name=frame["term"])
    if not side_by_side:
        named = frame["model"].astype(str).str.len().gt(0).any()
        return rows.assign(group=frame["model"]) if named else rows
    order = pd.Categorical(frame["term"], frame["term"].unique(), ordered=True)
    return rows.assign(series=frame["model"], order=order).sort_values("order", kind="stable")


def _alt_text(rows: pd.DataFrame, label: str, *, logged: bool) -> str:
    words = display.ratio if logged else display.number
    sentences = [
        f"{', '.join(filter(None, [str(r.model), str(r.term)]))}: {said(r, words)}, n = {r.n:g}."
        for r in rows.itertuples()
    ]
    return f"{label} with {display.interval_name(rows)}s. " + " ".join(sentences)
