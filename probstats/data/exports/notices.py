"""What a release says of itself: how to cite it, and what is in it."""

from __future__ import annotations

import json
from typing import Any

from probstats.data.record.cells import read_text

LICENCE = "OGL-UK-3.0"
NOTES = (
    "`NOTES.md` says how the facts were collected, how good they are and what to read before "
    "analysing.\n\n"
)
FORMAT = (
    "`datapackage.json` (Frictionless Data) and `dictionary.csv` describe every column. The files "
    "are UTF-8 CSV with LF line ends; an empty cell is missing."
)
CHECK = (
    "## Check\n\n`sha256sum -c SHA256SUMS` in this folder says whether every file is as released."
)
RIGHTS = "## Rights\n\nSee `LICENSE-DATA.md`. No source endorses these tables."
TABLE = "| file | rows | what |\n| --- | ---: | --- |"


def citation(descriptor: dict[str, Any], version: str, date: str) -> str:
    """Return the citation of a release, in the Citation File Format 1.2.0.

    Parameters
    ----------
    descriptor : dict
        The data package.
    version, date : str
        Of the release.

    Returns
    -------
    str
        YAML; texts are quoted as JSON strings, which YAML reads.
    """
    authors = "\n".join(
        f"  - name: {_text(person['title'])}" for person in descriptor.get("contributors", [])
    )
    keywords = "\n".join(f"  - {_text(word)}" for word in descriptor.get("keywords", []))
    return (
        "cff-version: 1.2.0\n"
        'message: "If you use these data, please cite this version of them."\n'
        "type: dataset\n"
        f"title: {_text(descriptor['title'])}\n"
        f"abstract: {_text(descriptor.get('description', ''))}\n"
        f"authors:\n{authors}\n"
        f"version: {_text(version)}\n"
        f"date-released: {_text(date)}\n"
        f"license: {LICENCE}\n"
        f"keywords:\n{keywords}\n"
    )


def readme(descriptor: dict[str, Any], contents: dict[str, bytes], version: str, date: str) -> str:
    """Return the page that a reader of a release opens first.

    Parameters
    ----------
    descriptor : dict
        The data package, panel included.
    contents : dict of bytes
        The other files.
    version, date : str
        Of the release.

    Returns
    -------
    str
        Markdown.
    """
    people = ", ".join(person["title"] for person in descriptor.get("contributors", []))
    notes = NOTES if "NOTES.md" in contents else ""
    lines = [_line(entry, contents[entry["path"]]) for entry in descriptor["resources"]]
    return (
        f"# {descriptor['title']}: data, version {version}\n\n"
        f"Released {date}. {descriptor['description']}\n\n{notes}{FORMAT}\n\n{TABLE}\n"
        + "\n".join(lines)
        + f"\n\n{CHECK}\n\n## Cite\n\n{people} ({date[:4]}). {descriptor['title']}. Data, version "
        f"{version}. `CITATION.cff` has the same for reference managers.\n\n{RIGHTS}\n"
    )


def _line(entry: dict[str, Any], content: bytes) -> str:
    rows = len(read_text(content, entry["path"]))
    return f"| `{entry['path']}` | {rows} | {entry['title']} |"


def _text(words: str) -> str:
    return json.dumps(words, ensure_ascii=False)
