"""National staffing over time, for description and drawing."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from probstats.data.panels import staffing
from probstats.data.record.tables import load
from probstats.data.resolution.measures import with_sources
from probstats.data.resolution.precedence import read_precedence


def national_staffing(folder: str | Path | None = None) -> pd.DataFrame:
    """Load probation officer and probation services officer FTE of the nation over time.

    Parameters
    ----------
    folder : path, optional
        Folder with the tables; the one that came with the package by default.

    Returns
    -------
    pandas.DataFrame
        One row for each population and quarter-end: ``po_fte`` and ``pso_fte`` with their sources,
        and ``qualified_share``, PO / (PO + PSO). Before 26 June 2021 the population is the
        National Probation Service alone; the two populations are two series.

    Examples
    --------
    >>> import probstats as ps
    >>> ps.data.national_staffing()["population"].unique().tolist()
    ['NPS', 'unified']
    """
    return staffing.national_series(_claims(folder), read_precedence(folder))


def national_staffing_claims(folder: str | Path | None = None) -> pd.DataFrame:
    """Load every claim on those figures, agreeing or not.

    Parameters
    ----------
    folder : path, optional
        Folder with the tables; the one that came with the package by default.

    Returns
    -------
    pandas.DataFrame
        Rows of ``measure_claims`` on the nation's PO and PSO FTE.

    Examples
    --------
    >>> import probstats as ps
    >>> len(ps.data.national_staffing_claims()) > len(ps.data.national_staffing())
    True
    """
    return staffing.national_claims(_claims(folder))


def _claims(folder: str | Path | None) -> pd.DataFrame:
    return with_sources(load("measure_claims", folder), load("sources", folder))
