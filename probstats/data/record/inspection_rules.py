"""What dates and owners an inspection can have."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

OWNED = ("crc", "lda")
"""Types of providers with a private owner: companies, and local areas where one worked."""

DAYS = ("fieldwork_start", "published")


def find_faults(inspection: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield each column of an inspection that cannot be true, and what is expected there.

    Parameters
    ----------
    inspection : mapping
        A row of the table ``inspections`` as text, empty where nothing is known.

    Yields
    ------
    tuple of str
        Column and words.

    Examples
    --------
    >>> row = {"programme": "pdu-2024-25", "provider_type": "pdu", "owner": "",
    ...        "fieldwork_start_from": "2023-05-01", "fieldwork_start_to": "2023-05-31",
    ...        "published_from": "", "published_to": ""}
    >>> list(find_faults(row))
    [('fieldwork_start_from', 'a day in 2024 to 2025, the years of pdu-2024-25')]
    """
    start, published = inspection["fieldwork_start_from"], inspection["published_to"]
    if start and published and start > published:
        yield "fieldwork_start_from", f"a day not after publication, which is {published}"
    first, last = years_of(inspection["programme"])
    for name in DAYS:
        begin, end = inspection[f"{name}_from"][:4], inspection[f"{name}_to"][:4]
        if begin and end and (begin > last or end < first):
            span = first if first == last else f"{first} to {last}"
            yield f"{name}_from", f"a day in {span}, the years of {inspection['programme']}"
    if inspection["owner"] and inspection["provider_type"] not in OWNED:
        yield "owner", f"nothing, as a provider of type {inspection['provider_type']} has no owner"


def years_of(programme: str) -> tuple[str, str]:
    """Return the first and the last calendar year in the name of a programme.

    Examples
    --------
    >>> years_of("pdu-2024-25"), years_of("national-2025")
    (('2024', '2025'), ('2025', '2025'))
    """
    found = re.search(r"(20)([0-9]{2})(?:-([0-9]{2}))?$", programme)
    if not found:
        return "0000", "9999"
    century, first, last = found.groups()
    return century + first, century + (last or first)
