"""A release of the data: versioned, citable, with checksums, and the same bytes when made twice."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
import shutil
import zipfile
from pathlib import Path
from typing import Any

import pandas as pd

from probstats.data.accounts.dictionary import describe
from probstats.data.exports.notices import citation, readme
from probstats.data.exports.panels import panel_resources
from probstats.data.record import package
from probstats.data.record.additions import parts
from probstats.data.record.cells import read_text
from probstats.data.record.tables import changed_tables, check
from probstats.errors import DataError, ProbstatsError
from probstats.files import replacing

NAME = "probation-stats-data"
SUMS = "SHA256SUMS"
SEMVER = re.compile(
    r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)"
    r"(-(0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*)(\.(0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*))*)?"
    r"(\+[0-9a-zA-Z-]+(\.[0-9a-zA-Z-]+)*)?",
    flags=re.ASCII,
)
"""Semantic Versioning 2.0.0."""
ZIP_TIME = (1980, 1, 1, 0, 0, 0)
"""The earliest time a zip file knows."""


def release(
    version: str,
    folder_out: str | Path,
    folder: str | Path | None = None,
    date: str | dt.date | None = None,
) -> Path:
    """Write a release of the data to cite and to keep.

    Parameters
    ----------
    version : str
        Version of the data, as ``1.2.0`` (semantic versioning).
    folder_out : path
        Where the release goes: a folder and a zip file of one name, which holds the version.
    folder : path, optional
        Folder with the tables; the one that came with the package by default.
    date : date or str, optional
        Date of the release, as YYYY-MM-DD; today by default.

    Returns
    -------
    Path
        The folder of the release: the tables, ``datapackage.json``, the panel long and wide, the
        dictionary, LICENSE-DATA.md, README.md, CITATION.cff and SHA256SUMS. The zip file lies
        beside it.

    Raises
    ------
    DataError
        If the version or the date is none, the release exists, or a table is not valid or not the
        one that ``datapackage.json`` describes; nothing is written then.
    ProbstatsError
        If the folder cannot be written to.

    Examples
    --------
    >>> import tempfile
    >>> import probstats as ps
    >>> made = ps.data.release("1.0.0", tempfile.mkdtemp())
    >>> made.name, (made / "CITATION.cff").is_file()
    ('probation-stats-data-1.0.0', True)
    """
    tables = package.resolve_folder(folder)
    released = _require_date(date)
    _require_version(version)
    out = Path(folder_out) / f"{NAME}-{version}"
    archive = out.with_name(f"{out.name}.zip")
    _require_absent(out, archive)
    _require_valid(tables)
    contents = _contents(tables, version, released)
    _write_folder(out, contents)
    try:
        _write_zip(archive, out.name, contents)
    except ProbstatsError:
        shutil.rmtree(out)
        raise
    return out


def _require_version(version: str) -> None:
    if not (isinstance(version, str) and SEMVER.fullmatch(version)):
        raise DataError(f"version={version!r} is no version; write it as 1.2.0 (semver.org)")


def _require_date(date: str | dt.date | None) -> str:
    try:
        return dt.date.fromisoformat(str(date or dt.date.today())).isoformat()
    except ValueError as error:
        raise DataError(f"date={date!r} is no date; write it as YYYY-MM-DD") from error


def _require_absent(*paths: Path) -> None:
    for path in paths:
        if path.exists():
            raise DataError(f"{path} is there already; a release is never changed, so choose "
                            f"another version")  # fmt: skip


def _require_valid(folder: Path) -> None:
    problems = check(folder)
    if problems:
        raise DataError(f"the tables are not valid, so there is nothing to release: {problems[0]}")
    changed = changed_tables(folder)
    if changed:
        raise DataError(
            f"{', '.join(changed)}: not the files that datapackage.json describes; run `probstats "
            f"data check --accept` first"
        )


def _contents(folder: Path, version: str, date: str) -> dict[str, bytes]:
    """Return every file of the release by its name, checksums last."""
    descriptor = json.loads(package.read_bytes(folder / package.DESCRIPTOR))
    contents = {}
    for entry in descriptor["resources"]:
        content = _table(entry, folder)
        contents[entry["path"]] = content
        entry |= {"bytes": len(content), "hash": package.fingerprint(content)}
    for entry, content in panel_resources(folder):
        contents[entry["path"]] = content
        descriptor["resources"].append(entry)
    descriptor |= {"version": version, "created": f"{date}T00:00:00Z"}
    text = json.dumps(descriptor, indent=2, ensure_ascii=False) + "\n"
    contents[package.DESCRIPTOR] = text.encode()
    contents["dictionary.csv"] = describe(folder=folder).to_csv(
        index=False, lineterminator="\n"
    ).encode()  # fmt: skip
    contents["LICENSE-DATA.md"] = _licence(folder)
    contents["CITATION.cff"] = citation(descriptor, version, date).encode()
    notes = folder / "README.md"
    if notes.is_file():
        contents["NOTES.md"] = package.read_bytes(notes)
    contents["README.md"] = readme(descriptor, contents, version, date).encode()
    return contents | {SUMS: _sums(contents)}


def _table(entry: dict[str, Any], folder: Path) -> bytes:
    """Return a table with the rows of imports, which a release holds as rows like any others."""
    files = [package.read_bytes(part.path) for part in parts(entry["name"], folder)]
    if len(files) == 1:
        return files[0]
    frames = [read_text(content, entry["path"]) for content in files]
    whole = pd.concat(frames, ignore_index=True)
    return whole.to_csv(index=False, lineterminator="\n").encode()


def _licence(folder: Path) -> bytes:
    """Return the notice on rights in the data, from beside the tables or from the package."""
    root = Path(package.__file__).parents[3]
    installed = [*root.glob("probation_stats-*.dist-info/licenses"), root, *folder.parents[:1]]
    for place in (folder, *installed):
        if (place / "LICENSE-DATA.md").is_file():
            return package.read_bytes(place / "LICENSE-DATA.md")
    raise DataError(f"LICENSE-DATA.md is in none of {folder}, {root}; put it beside the tables")


def _sums(contents: dict[str, bytes]) -> bytes:
    lines = [f"{hashlib.sha256(contents[name]).hexdigest()}  {name}" for name in sorted(contents)]
    return ("\n".join(lines) + "\n").encode()


def _write_folder(out: Path, contents: dict[str, bytes]) -> None:
    """Write the folder whole or not at all."""
    partial = out.with_name(f".{out.name}.partial")
    try:
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(parents=True)
        for name, content in contents.items():
            (partial / name).parent.mkdir(parents=True, exist_ok=True)
            (partial / name).write_bytes(content)
        partial.rename(out)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise ProbstatsError(
            f"cannot write {out}: {reason}; choose a folder that can be written to"
        ) from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _write_zip(path: Path, top: str, contents: dict[str, bytes]) -> None:
    with replacing(path) as partial, zipfile.ZipFile(partial, "w") as archive:
        for name in sorted(contents):
            entry = zipfile.ZipInfo(f"{top}/{name}", date_time=ZIP_TIME)
            entry.external_attr = 0o644 << 16
            entry.create_system = 3
            archive.writestr(entry, contents[name], zipfile.ZIP_DEFLATED, compresslevel=9)
