"""The dated table of policy events."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from probstats.data.record.tables import load


def policy_events(folder: str | Path | None = None) -> pd.DataFrame:
    """Load the events in organisation, inspection, sentencing and health that bear on probation.

    Parameters
    ----------
    folder : path, optional
        Folder with the tables; the one that came with the package by default.

    Returns
    -------
    pandas.DataFrame
        One row for each event, in the order of time: ``event``; ``date_from`` and ``date_to``;
        ``extent``, which says how to read them: a moment fell between the two, a period ran from
        the first to the last (missing where no end was seen); ``kind`` (organisation, instrument,
        sentence policy, pandemic); ``affects``, the population it bears on; ``source_id``,
        ``end_source_id`` and ``note``. What no source was found for is not in it.

    Examples
    --------
    >>> import probstats as ps
    >>> events = ps.data.policy_events()
    >>> events["date_from"].dt.strftime("%Y-%m-%d")[0], events["kind"][0]
    ('2014-06-01', 'organisation')
    """
    events = load("policy_events", folder)
    return events.sort_values(["date_from", "event"], kind="stable", ignore_index=True)
