"""Layouts: what the columns and the signs of a file mean, declared in TOML."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from probstats.data.imports.layout_checks import check_layout
from probstats.data.imports.layout_keys import KEYS
from probstats.data.record import package
from probstats.data.record.tables import load
from probstats.errors import DataError

SHIPPED = Path(__file__).parents[1] / "layouts"


@dataclass(frozen=True)
class Section:
    """The keys of one section of a layout, with defaults where the layout has none."""

    keys: dict[str, Any]

    def __getattr__(self, name: str) -> Any:
        try:
            return self.__dict__["keys"][name]
        except KeyError as error:
            raise AttributeError(name) from error


@dataclass(frozen=True)
class Layout:
    """How a file is read.

    Attributes
    ----------
    name : str
        Name of a shipped layout, or the path of another.
    title : str
        What it reads.
    table : str
        Table the rows go to.
    file, values, dates, subjects : Section
        Where the table is in the file; what its cells mean.
    columns : dict of str to tuple
        For each role, the headers it may have, or the place of the column.
    fixed : dict of str to str
        Roles that are the same for all rows.
    wide : Section or None
        What the headers of the other columns are, where figures stand in several columns.
    rows : dict of str to Section
        Which rows of a breakdown are taken.
    source : dict of str to str
        What is known of the source.
    text : str
        The layout as it was read.
    """

    name: str
    title: str
    table: str
    file: Section
    columns: dict[str, tuple[str | int, ...]]
    fixed: dict[str, str]
    wide: Section | None
    rows: dict[str, Section]
    values: Section
    dates: Section
    subjects: Section
    source: dict[str, str]
    text: str


def layout_names() -> list[str]:
    """Return the names of the layouts that come with the package.

    Examples
    --------
    >>> import probstats as ps
    >>> "omsq-caseload" in ps.data.layout_names()
    True
    """
    return sorted(path.stem for path in SHIPPED.glob("*.toml"))


def read_layout(layout: str | Path, folder: str | Path | None = None) -> Layout:
    """Read and check a layout.

    Parameters
    ----------
    layout : str or path
        Name of one that comes with the package, or a TOML file.
    folder : path, optional
        Folder of the tables, whose measures it may name; the one that came with the package by
        default.

    Returns
    -------
    Layout
        The layout, with defaults where it says nothing.

    Raises
    ------
    DataError
        If there is no such layout, or one of its keys, roles or measures is not known or has a
        value that it cannot have. The sentence names file and key.

    Examples
    --------
    >>> import probstats as ps
    >>> ps.data.read_layout("omsq-caseload").table
    'measure_claims'
    """
    path = _find(layout)
    file = f"{path.stem}.toml" if path.parent == SHIPPED else str(path)
    content = package.read_bytes(path)
    try:
        text = content.decode("utf-8")
        raw = tomllib.loads(text)
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise DataError(f"{file} cannot be read as TOML: {error}") from error
    check_layout(raw, file, load("measures", folder)["measure"].tolist())
    return _make(raw, path.stem if path.parent == SHIPPED else str(path), text)


def _find(layout: str | Path) -> Path:
    if str(layout) in layout_names():
        return SHIPPED / f"{layout}.toml"
    path = Path(layout)
    if path.suffix == ".toml" and path.is_file():
        return path
    raise DataError(
        f"there is no layout {str(layout)!r}; name one of {', '.join(layout_names())}, or the path "
        f"of a .toml file"
    )


def _make(raw: dict[str, Any], name: str, text: str) -> Layout:
    columns = {
        role: tuple(found) if isinstance(found, list) else (found,)
        for role, found in raw["columns"].items()
    }
    return Layout(
        name=name, title=raw["title"], table=raw.get("table", KEYS[""]["table"].default),
        columns=columns, fixed=raw.get("fixed", {}),
        wide=_section("wide", raw["wide"]) if "wide" in raw else None,
        rows={role: _section("rows", keys) for role, keys in raw.get("rows", {}).items()},
        **{name: _section(name, raw.get(name, {}))
           for name in ("file", "values", "dates", "subjects")},
        source=raw.get("source", {}), text=text,
    )  # fmt: skip


def _section(section: str, given: dict[str, Any]) -> Section:
    keys = {name: given.get(name, key.default) for name, key in KEYS[section].items()}
    for name, key in KEYS[section].items():
        if key.holds == "a text or a list of texts":
            found = keys[name]
            keys[name] = (found,) if isinstance(found, str) else tuple(found)
    return Section(keys)
