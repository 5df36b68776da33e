"""Office files whose bytes depend on their content alone."""

from __future__ import annotations

import io
import zipfile

TIME = (1980, 1, 1, 0, 0, 0)  # the first that a zip file can hold


def settled(content: bytes, replaced: dict[str, bytes] | None = None) -> bytes:
    """Return a zip file with fixed times, and stored: compression differs between machines.

    Parameters
    ----------
    content : bytes
        A .docx or .xlsx file.
    replaced : dict of str to bytes, optional
        Entries to put in the place of those in the file.

    Returns
    -------
    bytes
        The file with its entries in the same order.
    """
    written = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as before,
        zipfile.ZipFile(written, "w", zipfile.ZIP_STORED) as after,
    ):
        for name in before.namelist():
            entry = zipfile.ZipInfo(name, date_time=TIME)
            entry.external_attr, entry.create_system = 0o644 << 16, 3
            after.writestr(entry, (replaced or {}).get(name, before.read(name)))
    return written.getvalue()
