"""``probstats data reconcile``: published counts of ratings beside ours."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from probstats.cli.aligned import add_csv, add_folder, aligned, show

if TYPE_CHECKING:
    import pandas as pd


def add(actions: Any) -> None:
    """Add the action to the parser."""
    reconcile = actions.add_parser(
        "reconcile",
        help="show published counts of ratings beside ours",
        description="Compare every count of ratings that the inspectorate published with the "
        "tables. Each cell shows the printed count, then ours where it differs; ours is a range "
        "where an inspection may lie in the window or no rating of it was seen. A gap is "
        "reported, never patched.",
        epilog='Example: probstats data reconcile --total "PDU reports published in 2022"',
    )
    reconcile.add_argument(
        "--total", help="show the inspections in, out of and perhaps in the window of one total"
    )
    add_folder(reconcile)
    add_csv(reconcile)
    reconcile.set_defaults(command=_reconcile)


def _reconcile(arguments: argparse.Namespace) -> int:
    from probstats import data
    from probstats.errors import DataError

    if arguments.total is None:
        totals = data.reconcile(arguments.folder)
        show(totals, arguments, _in_words(totals))
        if arguments.csv is None:
            wrong = totals.loc[totals["difference"] != "", ["total", "status", "difference"]]
            print(f"\n{aligned(wrong)}" if len(wrong) else "\nall totals agree")
        return 0
    placed = data.reconciled_inspections(arguments.folder)
    rows = placed[placed["total"] == arguments.total]
    if rows.empty:
        known = "; ".join(placed["total"].unique())
        raise DataError(f"there is no total {arguments.total!r}; the totals are {known}")
    near = rows[~rows["reason"].str.startswith("provider type")].sort_values(
        "standing",
        key=lambda column: column.map({"in": 0, "undecided": 1, "out": 2}),
        kind="stable",
    )
    show(rows, arguments, near[["inspection_id", "standing", "reason"]])
    return 0


def _in_words(totals: pd.DataFrame) -> pd.DataFrame:
    """Return printed counts and ours in one column for each rating."""
    import pandas as pd

    from probstats.data.accounts.reconcile import COUNTS

    columns = {"total": totals["total"], "status": totals["status"]}
    for name in COUNTS:
        printed, low, high = (totals[f"{name}{end}"] for end in ("", "_low", "_high"))
        columns[name] = pd.Series(
            [_counts(*counts) for counts in zip(printed, low, high, strict=True)]
        )
    return pd.DataFrame(columns)


def _counts(printed: int, low: int, high: int) -> str:
    if low == printed == high:
        return str(printed)
    return f"{printed} / {low}" if low == high else f"{printed} / {low} to {high}"
