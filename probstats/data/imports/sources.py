"""The sources that imported rows name."""

from __future__ import annotations

import datetime
import re
from urllib.parse import urlsplit

import pandas as pd

from probstats.data.imports.layout_keys import SOURCE_FIELDS
from probstats.data.imports.tabulate import Record
from probstats.errors import DataError

Source = tuple[str, ...]
NEW = "i0000-"
"""What the identifier of a source begins with until its import has a number; none has this one."""
MOST = 999
FORMS = {
    "url": (
        r"https?://\S+",
        "an address with http:// or https://, such as https://example.org/page",
    ),
    "publisher": (r"[a-z0-9]+([.-][a-z0-9]+)*", "the host name of its site, such as example.org"),
    "published": (
        r"[0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?",
        "a date as 2024, 2024-05 or 2024-05-31",
    ),
}
"""How fields of a source are written, and an example in words."""


class Sources:
    """Finds the source of each record among those there are, or adds it.

    Parameters
    ----------
    known : pandas.DataFrame
        The table of sources.
    permitted : dict of str to list of str
        Values that kind and licence may have.
    defaults : dict of str to str
        What holds for all rows that say nothing else.
    file : str
        The file, for messages.
    """

    def __init__(
        self,
        known: pd.DataFrame,
        permitted: dict[str, list[str]],
        defaults: dict[str, str],
        file: str,
    ) -> None:
        addressed = known[known["url"].notna()]
        self._by_url = dict(zip(addressed["url"], addressed["source_id"], strict=True))
        self._permitted, self._defaults, self._file = permitted, defaults, file
        self._new: dict[Source, str] = {}

    def identify(self, record: Record) -> str:
        """Return the identifier of the source of a record."""
        own = {field: record.get(f"source_{field}") for field in SOURCE_FIELDS}
        given = own if own["url"] or own["title"] else {k: v for k, v in own.items() if v}
        values = {
            field: given.get(field) or self._defaults.get(field, "") for field in SOURCE_FIELDS
        }
        if own["url"] or own["title"]:  # the page of one row is not that of the file
            for field in ("url", "title", "publisher", "published"):
                values[field] = own[field]
        if values["url"] in self._by_url:
            return str(self._by_url[values["url"]])
        values["publisher"] = values["publisher"] or _host(values["url"])
        source = tuple(values[field] for field in SOURCE_FIELDS)
        if source not in self._new:
            self._require_whole(values, record)
            self._new[source] = f"{NEW}{len(self._new) + 1:03d}"
        return self._new[source]

    def rows(self) -> pd.DataFrame:
        """Return the new sources as rows of the table."""
        rows = [
            {"source_id": identifier, **dict(zip(SOURCE_FIELDS, source, strict=True))}
            for source, identifier in self._new.items()
        ]
        return pd.DataFrame(rows, columns=["source_id", *SOURCE_FIELDS], dtype="str")

    def _require_whole(self, values: dict[str, str], record: Record) -> None:
        where = f"{self._file}, row {record.row}"
        self._require_forms(values, record)
        for field, allowed in self._permitted.items():
            if values[field] not in allowed:
                found = f"is {values[field]!r}" if values[field] else "is not said"
                raise DataError(
                    f"{where}: the {field} of the source {found}; give it as one of "
                    f"{', '.join(allowed)} (column source_{field}, option or layout)"
                )
        if not (values["url"] or values["title"]):
            raise DataError(f"{where}: its source has neither url nor title; give one of them")
        if not values["publisher"]:
            raise DataError(f"{where}: its source has no publisher; give the host name of the site")
        if len(self._new) >= MOST:
            raise DataError(f"{where}: names source {MOST + 1}; an import has at most {MOST}")

    def _require_forms(self, values: dict[str, str], record: Record) -> None:
        """Raise if an address, a host name or a date is not written as one, or lies ahead."""
        for field, (form, example) in FORMS.items():
            if values[field] and not re.fullmatch(form, values[field]):
                raise DataError(
                    f"{self._place(field, record)}: holds {values[field][:80]!r}; expected "
                    f"{example}"
                )
        today = datetime.datetime.now(tz=datetime.UTC).date().isoformat()
        if values["published"] > today:
            raise DataError(
                f"{self._place('published', record)}: holds {values['published']!r}; expected a "
                f"date of publication not after today, {today}"
            )

    def _place(self, field: str, record: Record) -> str:
        """Return where a field of the source was said: in a column, by an option or the layout."""
        if record.get(f"source_{field}"):
            return record.place(self._file, f"source_{field}")
        return f"{self._file}: {field} of the source (--source-{field}, or the layout)"


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""
