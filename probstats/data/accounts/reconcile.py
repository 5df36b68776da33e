"""Published counts of ratings beside ours: a gap is reported, never patched."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from probstats.data.accounts.windows import IN, OUT, UNDECIDED, place
from probstats.data.panels.built import load_panel
from probstats.data.record.tables import load
from probstats.data.scale import RATINGS

AGREES, POSSIBLE, GAP = "agrees", "possible", "gap"
COUNTS = ("n", "inadequate", "requires_improvement", "good", "outstanding")
"""The printed counts: all rated inspections, then one for each rating."""


def reconcile(folder: str | Path | None = None) -> pd.DataFrame:
    """Compare every count of ratings that the inspectorate published with the record.

    Parameters
    ----------
    folder : path, optional
        Folder with the tables; the one that came with the package by default.

    Returns
    -------
    pandas.DataFrame
        One row for each row of ``published_totals``: ``total``, ``provider_types``, ``window`` (in
        words), ``status``, ``difference`` (in words), ``inspections_in`` and
        ``inspections_undecided`` (how many), and for ``n`` and each rating the printed count, such
        as ``good``, and ours, from ``good_low`` to ``good_high``.

    Raises
    ------
    DataError
        If a table is not what its description asks for.

    Notes
    -----
    Ours is an interval: the low end counts inspections that certainly lie in the window and whose
    rating is known, the high end also those that may lie in it (their date is not known well
    enough) and those of which no rating was seen. ``status`` is *agrees* where low, high and the
    printed count are equal for ``n`` and every rating, *gap* where a printed count lies outside our
    interval, and *possible* otherwise. Windows overlap: rows do not add up.

    Examples
    --------
    >>> import probstats as ps
    >>> totals = ps.data.reconcile()
    >>> totals.loc[totals["status"] == "gap", ["good", "good_low", "good_high"]].values.tolist()
    [[4, 2, 3]]
    """
    totals = load("published_totals", folder)
    placed = reconciled_inspections(folder)
    rows = []
    for total in totals.to_dict("records"):
        ours = placed[placed["total"] == total["total"]]
        rows.append(_compare(total, ours))
    return pd.DataFrame(rows)


def reconciled_inspections(folder: str | Path | None = None) -> pd.DataFrame:
    """Return which inspections ``reconcile`` counted for each published total, and why.

    Parameters
    ----------
    folder : path, optional
        Folder with the tables; the one that came with the package by default.

    Returns
    -------
    pandas.DataFrame
        One row for each published total and inspection: ``total``, ``inspection_id``,
        ``standing`` (in, undecided, out), ``rating_low``, ``rating_high`` (missing where none was
        seen) and ``reason``.

    Raises
    ------
    DataError
        If a table is not what its description asks for.

    Examples
    --------
    >>> import probstats as ps
    >>> placed = ps.data.reconciled_inspections()
    >>> first = placed[placed["total"] == "PDU reports published in 2022"]
    >>> int((first["standing"] == "in").sum())
    17
    """
    inspections = load_panel("wide", folder)
    known = inspections[["inspection_id", "rating_low_overall", "rating_high_overall"]]
    known = known.rename(columns=lambda name: name.removesuffix("_overall"))
    frames = [
        known.assign(total=window["total"]).join(place(inspections, window))
        for window in load("published_totals", folder).to_dict("records")
    ]
    order = ["total", "inspection_id", "standing", "rating_low", "rating_high", "reason"]
    return pd.concat(frames, ignore_index=True)[order]


def _compare(total: dict[str, Any], ours: pd.DataFrame) -> dict[str, Any]:
    low, high = _counts(ours)
    named = {name: (total[name], low[name], high[name]) for name in COUNTS}
    row = {name: total[name] for name in ("total", "provider_types", "window")}
    row |= {"status": _status(named), "difference": _difference(named)}
    row["inspections_in"] = int((ours["standing"] == IN).sum())
    row["inspections_undecided"] = int((ours["standing"] == UNDECIDED).sum())
    for name, (printed, least, most) in named.items():
        row |= {name: printed, f"{name}_low": least, f"{name}_high": most}
    return row


def _counts(ours: pd.DataFrame) -> tuple[dict[str, int], dict[str, int]]:
    """Return how many of each rating there are at least and at most."""
    low, high = ours["rating_low"].cat.codes, ours["rating_high"].cat.codes
    inside, may_be = ours["standing"] == IN, ours["standing"] != OUT
    seen = low >= 0
    least = {"n": int((inside & seen).sum())}
    most = {"n": int(may_be.sum())}
    for code, name in enumerate(COUNTS[1:]):
        least[name] = int((inside & (low == code) & (high == code)).sum())
        most[name] = int((may_be & (~seen | ((low <= code) & (code <= high)))).sum())
    return least, most


def _status(counts: dict[str, tuple[int, int, int]]) -> str:
    if any(not low <= printed <= high for printed, low, high in counts.values()):
        return GAP
    return AGREES if all(low == high for _, low, high in counts.values()) else POSSIBLE


def _difference(counts: dict[str, tuple[int, int, int]]) -> str:
    """Return in words where the printed counts are not ours."""
    words = ("all", *RATINGS)
    parts = [
        f"{word}: printed {printed}, ours {low if low == high else f'{low} to {high}'}"
        for word, (printed, low, high) in zip(words, counts.values(), strict=True)
        if not low == printed == high
    ]
    return "; ".join(parts)
