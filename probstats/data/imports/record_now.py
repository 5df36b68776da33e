"""The tables of a record as an import needs them: loaded once, with what they permit."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from probstats.data.record import package
from probstats.data.record.tables import load


class Now:
    """The record that rows are to be added to.

    Parameters
    ----------
    folder : Path
        Folder of the tables.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._permitted: dict[tuple[str, str], list[str]] = {}

    def fields(self, table: str) -> list[dict[str, Any]]:
        """Return the description of the columns of a table."""
        fields: list[dict[str, Any]] = package.resource(table, self.folder)["schema"]["fields"]
        return fields

    def permitted(self, table: str, column: str) -> list[str]:
        """Return the values that a column may have."""
        if (table, column) not in self._permitted:
            field = next(f for f in self.fields(table) if f["name"] == column)
            self._permitted[table, column] = field.get("constraints", {}).get("enum", [])
        return self._permitted[table, column]

    def pattern(self, table: str, column: str) -> str:
        """Return the regular expression that the values of a column have the form of."""
        field = next(f for f in self.fields(table) if f["name"] == column)
        return str(field["constraints"]["pattern"])

    @cached_property
    def subjects(self) -> pd.DataFrame:
        """Subjects by ``subject_id``."""
        return load("subjects", self.folder).set_index("subject_id")

    @cached_property
    def measures(self) -> pd.DataFrame:
        """Measures by name."""
        return load("measures", self.folder).set_index("measure")

    @cached_property
    def rules(self) -> dict[str, dict[str, Any]]:
        """Unit, bounds and the rest of each measure."""
        found: dict[str, dict[str, Any]] = self.measures.to_dict("index")
        return found

    @cached_property
    def printed_units(self) -> dict[str, str]:
        """The unit in which the record prints most figures of each measure."""
        units = load("measure_claims", self.folder).groupby("measure")["printed_unit"]
        most: dict[str, str] = units.agg(lambda found: found.mode().iloc[0]).to_dict()
        return self.measures["unit"].to_dict() | most

    @cached_property
    def inspections(self) -> pd.DataFrame:
        """Inspections by ``inspection_id``."""
        return load("inspections", self.folder).set_index("inspection_id")

    @cached_property
    def standards(self) -> pd.DataFrame:
        """The standards of each set and type of provider."""
        return load("standards", self.folder)

    @cached_property
    def sources(self) -> pd.DataFrame:
        """The sources there are."""
        return load("sources", self.folder)
