"""The story of one cell: what was claimed, by whom, what was chosen and why."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pandas as pd

from probstats.data.accounts.conflicts import printed, span
from probstats.data.record.tables import load
from probstats.data.register.matching import match_subject
from probstats.data.resolution.measures import LISTED, ONLY
from probstats.data.resolution.ratings import CELL
from probstats.data.resolution.resolve import MEASURE_CELL, ordered, resolve
from probstats.data.rules.deductions import deduce
from probstats.data.scale import STANDARD_NAMES
from probstats.errors import DataError

STORY = [
    "says", "chosen", "verdict", "reason", "as_of_to", "basis", "source_id", "source_kind",
    "publisher", "note", "url",
]  # fmt: skip


def explain(
    name: str, item: str, as_of: str | None = None, folder: str | Path | None = None
) -> pd.DataFrame:
    """Print the story of a cell for a person, and return it as a frame.

    Parameters
    ----------
    name : str
        An inspection, such as ``"bedfordshire-pdu-2024"``, or a subject, such as
        ``"england-and-wales"``.
    item : str
        A standard, such as ``"planning"``; ``"overall"``; or a measure, such as ``"po_fte"``.
    as_of : str, optional
        Of a measure, its date; all dates by default.
    folder : path, optional
        Folder with the tables; the one that came with the package by default.

    Returns
    -------
    pandas.DataFrame
        One row for each claim, the chosen one of each cell first: what it says, whether it was
        chosen, how it stands to the chosen one, and its source.

    Raises
    ------
    DataError
        If there is no such inspection, subject, standard or measure, or no claim on it.

    Examples
    --------
    >>> import probstats as ps
    >>> story = ps.data.explain("south-yorkshire-crc-2019", "po_fte")  # doctest: +ELLIPSIS
    South Yorkshire (Community Rehabilitation Company), inspection south-yorkshire-crc-2019
    probation officers (band 4, qualified) in post, 2018-11-01 to 2018-11-30: 16.7 FTE
      * 16.7 FTE, stated; s359 (blog, ...
    Chosen by: only claim.
    """
    text, frame = tell(name, item, as_of, folder)
    print(text)
    return frame


def tell(
    name: str, item: str, as_of: str | None = None, folder: str | Path | None = None
) -> tuple[str, pd.DataFrame]:
    """Return the story of a cell as text and as a frame; see ``explain``."""
    name = _identifier(name, folder)
    about, is_inspection = _who(name, folder)
    measures = load("measures", folder).set_index("measure")
    by_column = dict(zip(measures["column"], measures.index, strict=True))
    measure = by_column.get(item, item)
    if measure in measures.index:
        cells = _measure_claims(name, measure, as_of, folder)
        told = [_tell_measure(rows, measures.loc[measure, "definition"]) for rows in cells]
        claims = pd.concat(cells)
    elif is_inspection:
        claims = _rating_claims(name, item, measures.index, folder)
        told = [_tell_rating(name, item, claims, folder)]
    else:
        raise DataError(
            f"{item!r} is not a measure; a subject has measures only: {', '.join(measures.index)}"
        )
    return "\n".join([about, *told]), claims.reindex(columns=STORY).reset_index(drop=True)


def _identifier(name: str, folder: str | Path | None) -> str:
    """Return the inspection or the subject that is meant, which may be called by a name."""
    known = [
        *load("inspections", folder)["inspection_id"],
        *load("subjects", folder)["subject_id"],
    ]
    if name in known:
        return name
    try:
        return match_subject(name, folder=folder)
    except DataError as error:
        near = _nearest(str(name), known)
        raise DataError(
            f"{name!r} is no inspection and no subject; the nearest are {near} ({error})"
        ) from error


def _who(name: str, folder: str | Path | None) -> tuple[str, bool]:
    inspections = load("inspections", folder).set_index("inspection_id")
    subjects = load("subjects", folder).set_index("subject_id")
    is_inspection = name in inspections.index
    subject = inspections.loc[name, "subject_id"] if is_inspection else name
    about = f"{subjects.loc[subject, 'name']} ({subjects.loc[subject, 'kind']})"
    return about + (f", inspection {name}" if is_inspection else ""), is_inspection


def _nearest(name: str, known: list[str]) -> str:
    from rapidfuzz import process

    return ", ".join(match for match, *_ in process.extract(name, known, limit=3))


def _with_publishers(claims: pd.DataFrame, folder: str | Path | None) -> pd.DataFrame:
    sources = load("sources", folder).set_index("source_id")
    return claims.assign(
        publisher=claims["source_id"].map(sources["publisher"]),
        url=claims["source_id"].map(sources["url"]),
        verdict=claims["verdict"].astype("str").mask(claims["chosen"], "chosen"),
    )


def _measure_claims(
    name: str, measure: str, as_of: str | None, folder: str | Path | None
) -> list[pd.DataFrame]:
    """Return the claims of each cell of a measure of an inspection or a subject."""
    claims = ordered("measures", folder=folder).claims
    here = (claims["inspection_id"] == name) | (
        (claims["subject_id"] == name) & claims["inspection_id"].isna()
    )
    every = claims[here & (claims["measure"] == measure)]
    found = every if as_of is None else every[every["as_of_to"] == _date(as_of)]
    if found.empty and len(every):
        dates = ", ".join(sorted(every["as_of_to"].dropna().astype("str").unique())) or "no date"
        raise DataError(
            f"no source gives {measure} of {name} at {as_of}; it has figures of {dates}"
        )
    if found.empty:
        others = ", ".join(sorted(claims.loc[here, "measure"].unique())) or "none"
        raise DataError(f"no source gives {measure} of {name}; it has figures of: {others}")
    found = _with_publishers(found.assign(says=printed(found)), folder)
    return [rows for _, rows in found.groupby(MEASURE_CELL, dropna=False, sort=True)]


def _date(text: str) -> pd.Timestamp:
    try:
        return pd.Timestamp(datetime.fromisoformat(str(text)))
    except ValueError as error:
        raise DataError(f"as_of={text!r} is no date; expected YYYY-MM-DD") from error


def _tell_measure(claims: pd.DataFrame, definition: str) -> str:
    first = claims.iloc[0]
    when = "" if pd.isna(first["as_of_to"]) else f", {_period(first)}"
    population = "" if pd.notna(first["inspection_id"]) else f" ({first['population']})"
    lines = [f"{definition}{population}{when}: {first['says']}"]
    lines += [_line(row) for row in claims.itertuples()]
    return "\n".join([*lines, f"Chosen by: {_why(first['decided_by'])}."])


def _period(claim: pd.Series) -> str:
    start, end = (str(claim[name])[:10] for name in ("as_of_from", "as_of_to"))
    return end if start == end else f"{start} to {end}"


def _why(decided_by: str) -> str:
    if decided_by in {ONLY, LISTED}:
        return decided_by
    return f"{decided_by}, the first criterion of precedence.csv in which it leads"


def _line(claim: object) -> str:
    get = claim._asdict().get  # type: ignore[attr-defined]
    mark = "*" if get("chosen") else " "
    how = "" if get("chosen") else f"; {get('verdict')}"
    reason = f" ({get('reason')})" if isinstance(get("reason"), str) else ""
    note = "" if pd.isna(get("note")) else f"; note: {get('note')}"
    who = f"{get('source_id')} ({get('source_kind')}, {get('publisher')})"
    return f"  {mark} {get('says')}, {get('basis')}; {who}{how}{reason}{note}"


def _rating_claims(
    name: str, item: str, measures: pd.Index, folder: str | Path | None
) -> pd.DataFrame:
    claims = ordered("ratings", folder=folder).claims
    here = claims[claims["inspection_id"] == name]
    found = here[here["standard"] == item]
    if found.empty:
        others = ", ".join(here["standard"].astype("str").unique()) or "none"
        follows = [words.rstrip(".") for words in _tell_deduction(name, item, folder)]
        near = _nearest(item, [*STANDARD_NAMES, *measures])
        more = follows or [f"the nearest of all standards and measures are {near}"]
        raise DataError(
            f"no source rates {item!r} of {name}; there are claims on: {others}; {more[0]}"
        )
    says = span(found["rating_low"], found["rating_high"])
    return _with_publishers(found.assign(says=says), folder)


def _tell_rating(name: str, item: str, claims: pd.DataFrame, folder: str | Path | None) -> str:
    cell = resolve("ratings", folder=folder).set_index(CELL).loc[(name, item)]
    low, high, status = cell["rating_low"], cell["rating_high"], cell["rating_status"]
    lines = [f"{item}: {low if low == high else f'{low} to {high}'} ({status})"]
    lines += [_line(row) for row in claims.itertuples()]
    lines += [WHY[status], *(f"But {words}" for words in _tell_deduction(name, item, folder))]
    return "\n".join(lines)


WHY = {
    "stated": "The claims together leave one rating possible.",
    "interval": "The claims leave more than one rating possible.",
    "conflict": "The claims contradict each other; the panel keeps the whole range.",
}


def _tell_deduction(name: str, item: str, folder: str | Path | None) -> list[str]:
    found = deduce("cut points", folder)
    row = found[(found["inspection_id"] == name) & (found["standard"] == item)]
    if row.empty or not row["tightened"].iloc[0]:
        return []
    low, high, rests = row.iloc[0][["rating_low", "rating_high", "rests_on"]]
    said = low if low == high else f"{low} to {high}"
    return [f"from the other standards follows: {said} (rests on {rests})."]
