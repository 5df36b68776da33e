"""Parquet, with the meaning of each column in the schema of the file."""

from __future__ import annotations

import io

import pandas as pd

from probstats.data.exports.written import Written
from probstats.errors import DataError


def parquet_file(frame: pd.DataFrame, meanings: dict[str, str]) -> Written:
    """Return a frame as a Parquet file.

    Parameters
    ----------
    frame : pandas.DataFrame
        As ``prepare`` returns it.
    meanings : dict of str
        What each column means; kept as ``description`` of the field.

    Returns
    -------
    Written
        The file. Dates are kept in milliseconds: Parquet has no coarser unit.

    Raises
    ------
    DataError
        If ``pyarrow`` is not installed.
    """
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError as error:
        raise DataError(
            'Parquet needs pyarrow, which is not installed: pip install "probation-stats[parquet]"'
        ) from error
    table = pa.Table.from_pandas(frame, preserve_index=False)
    fields = [
        field.with_metadata({"description": meanings[field.name]})
        if meanings.get(field.name)
        else field
        for field in table.schema
    ]
    described = table.cast(pa.schema(fields, metadata=table.schema.metadata))
    stream = io.BytesIO()
    pq.write_table(described, stream)
    return Written({".parquet": stream.getvalue()})
