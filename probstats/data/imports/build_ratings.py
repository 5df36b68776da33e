"""Rows of ``rating_claims``."""

from __future__ import annotations

from probstats.data.imports.layout import Layout
from probstats.data.imports.leftovers import Leftovers
from probstats.data.imports.record_now import Now
from probstats.data.imports.sources import Sources
from probstats.data.imports.tabulate import Record, require_one_of
from probstats.data.scale import OVERALL, RATINGS
from probstats.errors import DataError

Rows = list[tuple[int, dict[str, str]]]


def rating_rows(
    records: list[Record], file: str, layout: Layout, now: Now, sources: Sources,  # noqa: ARG001
    leftovers: Leftovers,
) -> dict[str, Rows]:  # fmt: skip
    """Return one row for each rating.

    Parameters
    ----------
    records : list of Record
        As the file has them.
    file : str
        The file, for messages.
    layout : Layout
        What they mean.
    now : Now
        The record the rows are for.
    sources : Sources
        Finds the source of each.
    leftovers : Leftovers
        Counts what is left out.

    Returns
    -------
    dict
        Rows of ``rating_claims``, each with the row of the file it comes from.

    Raises
    ------
    DataError
        If the inspection is not known or has no such standard, the rating is not on the scale, or
        a rating is there twice.
    """
    rows: Rows = []
    seen: dict[tuple[str, ...], int] = {}
    for record in records:
        if not (record.get("rating") or record.get("rating_low") or record.get("rating_high")):
            leftovers.add("no rating in the row", record.get("standard"), record.row)
            continue
        row = _row(record, file, now, sources)
        key = (row["inspection_id"], row["standard"], row["source_id"])
        if key in seen:
            raise DataError(
                f"{record.place(file, 'standard')}: holds {row['standard']!r} for "
                f"{row['inspection_id']}, which row {seen[key]} has already; expected each once"
            )
        seen[key] = record.row
        rows.append((record.row, row))
    return {"rating_claims": rows}


def _row(record: Record, file: str, now: Now, sources: Sources) -> dict[str, str]:
    inspection = record.get("inspection_id")
    if inspection not in now.inspections.index:
        raise DataError(
            f"{record.place(file, 'inspection_id')}: holds {inspection[:80]!r}; expected an "
            f"inspection_id of the table inspections; import a new inspection first"
        )
    low, high = _ratings(record, file)
    basis = record.get("basis") or "stated"
    require_one_of(basis, record, "basis", file, now.permitted("rating_claims", "basis"))
    standards = standards_of(inspection, now)
    require_one_of(record.get("standard"), record, "standard", file, standards)
    if record.get("standard") == OVERALL and _is_not_rated(inspection, now):
        raise DataError(
            f"{record.place(file, 'standard')}: holds 'overall', but inspection {inspection} is "
            f"recorded as not rated overall; expected another standard"
        )
    return {
        "inspection_id": inspection, "standard": record.get("standard"), "rating_low": low,
        "rating_high": high, "basis": basis, "source_id": sources.identify(record),
        "note": record.get("note"),
    }  # fmt: skip


def _is_not_rated(inspection: str, now: Now) -> bool:
    return bool(now.inspections.loc[inspection, "overall_rating_seen"] == "not rated")


def _ratings(record: Record, file: str) -> tuple[str, str]:
    """Return the worst and the best rating that a row admits."""
    if record.get("rating"):
        for role in ("rating_low", "rating_high"):
            if record.get(role):
                raise DataError(
                    f"{record.place(file, role)}: holds {record.get(role)!r} beside a rating; "
                    f"expected a rating, or rating_low and rating_high"
                )
        require_one_of(record.get("rating"), record, "rating", file, list(RATINGS))
        return record.get("rating"), record.get("rating")
    for role in ("rating_low", "rating_high"):
        require_one_of(record.get(role), record, role, file, list(RATINGS))
    low, high = record.get("rating_low"), record.get("rating_high")
    if RATINGS.index(low) > RATINGS.index(high):
        raise DataError(
            f"{record.place(file, 'rating_low')}: holds {low!r}; expected a rating not better than "
            f"rating_high, which is {high!r}"
        )
    return low, high


def standards_of(inspection: str, now: Now) -> list[str]:
    """Return the standards that an inspection rates; all there are where its set is not known."""
    entry = now.inspections.loc[inspection]
    rated = now.standards
    if isinstance(entry["standards_set"], str):
        rated = rated[
            (rated["standards_set"] == entry["standards_set"])
            & (rated["provider_type"] == entry["provider_type"])
        ]
        return [OVERALL, *rated["standard"].unique()]
    return now.permitted("rating_claims", "standard")
