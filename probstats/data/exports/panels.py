"""The panel as tables of a release: long and wide, each described."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from probstats.data.exports.fields import complete, panel_field_list
from probstats.data.exports.frames import prepare
from probstats.data.panels.built import load_panel
from probstats.data.record import package

KEYS = {"long": ["inspection_id", "standard"], "wide": ["inspection_id"]}
NAMES = {"long": "panel", "wide": "panel_wide"}
ROWS = {"long": "inspection and standard", "wide": "inspection"}


def panel_resources(folder: Path) -> Iterator[tuple[dict[str, Any], bytes]]:
    """Return the panel in both shapes, each as a Frictionless resource and as CSV.

    Parameters
    ----------
    folder : Path
        Folder of the tables.

    Yields
    ------
    tuple of dict and bytes
        The resource, with size and hash, and the file.
    """
    for shape, name in NAMES.items():
        panel = load_panel(shape, folder)
        content = panel.to_csv(index=False, lineterminator="\n").encode()
        fields = complete(prepare(panel), panel_field_list(panel, folder))
        yield (
            {
                "name": name,
                "path": f"{name}.csv",
                "profile": "tabular-data-resource",
                "title": f"Analysis panel, {shape}",
                "description": f"One row is one {ROWS[shape]}. Generated from the other tables by "
                "probation-stats; never edited.",
                "format": "csv",
                "mediatype": "text/csv",
                "encoding": "utf-8",
                "bytes": len(content),
                "hash": package.fingerprint(content),
                "schema": {"fields": fields, "missingValues": [""], "primaryKey": KEYS[shape]},
            },
            content,
        )
