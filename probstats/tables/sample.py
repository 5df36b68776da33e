"""What was found and what was lost on the way to each analysis."""

from __future__ import annotations

import pandas as pd

from probstats.data.scale import RATED_PROVIDERS, SUPERVISION


def sample_flow(wide: pd.DataFrame) -> pd.DataFrame:
    """Count inspections from all that were found to those an analysis can use.

    Parameters
    ----------
    wide : pandas.DataFrame
        The panel in wide shape, ``load_panel("wide")``.

    Returns
    -------
    pandas.DataFrame
        One row for each set of inspections: ``set``, ``inspections``, and ``within``, the set it is
        part of.

    Examples
    --------
    >>> import probstats as ps
    >>> flow = ps.tables.sample_flow(ps.load_panel("wide"))
    >>> flow.set_index("set")["inspections"]["overall rating seen, CRC, NPS or PDU"]
    np.int64(116)
    """
    rated = wide["rating_overall"].notna()
    main = rated & wide["provider_type"].isin(RATED_PROVIDERS)
    pdu = main & (wide["provider_type"] == "pdu")
    supervision = wide[[f"rating_low_{name}" for name in SUPERVISION]].notna().any(axis=1)
    own_figure = wide.filter(regex="__agrees$").notna().any(axis=1)
    of_main = "overall rating seen, CRC, NPS or PDU"
    sets = [
        ("found", None, pd.Series(True, index=wide.index)),
        ("overall rating seen", "found", rated),
        (of_main, "overall rating seen", main),
        ("PDU", of_main, pdu),
        ("PDU with vacancies of its region", "PDU", pdu & wide["vacancies_fte__region"].notna()),
        ("any rating of supervision", of_main, main & supervision),
        ("any staffing or workload figure of its own", of_main, main & own_figure),
        ("probation officer vacancy rate", of_main, main & wide["vacancy_rate_po_percent"].notna()),
        ("probation officer FTE", of_main, main & wide["po_fte"].notna()),
        (
            "probation officer vacancy rate and any rating of supervision",
            of_main,
            main & supervision & wide["vacancy_rate_po_percent"].notna(),
        ),
    ]
    return pd.DataFrame(
        [{"set": name, "within": within, "inspections": mask.sum()} for name, within, mask in sets]
    )


def repeated_subjects(wide: pd.DataFrame) -> int:
    """Return how many subjects were rated overall at least twice.

    Parameters
    ----------
    wide : pandas.DataFrame
        The panel in wide shape.

    Returns
    -------
    int
        The count.
    """
    rated = wide[wide["rating_overall"].notna()]
    return int((rated["subject_id"].value_counts() > 1).sum())
