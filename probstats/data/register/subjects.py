"""The register: one row for each subject, with all that is known of it."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from probstats.data.record.tables import load
from probstats.data.register.owners import owners
from probstats.data.register.spelling import NPS, PDU, REGION

SERVICE = "england-and-wales"
PARTS_OF_THE_SERVICE = (REGION, NPS)
SUCCESSION = ("succeeded by", "partly succeeded by")
BETWEEN_NAMES = "; "


def subjects(folder: str | Path | None = None) -> pd.DataFrame:
    """Load the register of those who are inspected or measured.

    Parameters
    ----------
    folder : path, optional
        Folder with the tables; the one that came with the package by default.

    Returns
    -------
    pandas.DataFrame
        One row for each row of the table ``subjects``: ``subject_id``, ``name``, ``kind``,
        ``region``, ``valid_from`` and ``valid_to``, and in addition

        - ``parent``, the ``subject_id`` of what it is a part of: the probation region of a
          Probation Delivery Unit; England and Wales for a probation region and for a division of
          the National Probation Service. Missing for others: no source says it;
        - ``owners``, private owners in the order in which they came, see ``owners``;
        - ``aliases``, other names, with known misspellings and abbreviations, divided by "; ";
        - ``predecessors`` and ``successors``, each a ``subject_id`` or several divided by "; ",
          where a source states them.

    Examples
    --------
    >>> import probstats as ps
    >>> register = ps.data.subjects().set_index("subject_id")
    >>> register.loc["lambeth-pdu", "parent"]
    'region-london'
    >>> register.loc["wales-crc", "owners"]
    'Working Links; Seetec'
    """
    register, links = load("subjects", folder), load("subject_links", folder)
    follows = links[links["relation"].isin(SUCCESSION)]
    listed = {
        "owners": _listed(owners(folder), "subject_id", "owner"),
        "aliases": _listed(load("subject_names", folder), "subject_id", "name"),
        "predecessors": _listed(follows, "to_subject_id", "from_subject_id"),
        "successors": _listed(follows, "from_subject_id", "to_subject_id"),
    }
    columns = {name: register["subject_id"].map(found) for name, found in listed.items()}
    return register.assign(parent=_parents(register), **columns).astype(
        dict.fromkeys(columns, "str")
    )


def _listed(frame: pd.DataFrame, by: str, what: str) -> dict[str, str]:
    groups = frame.groupby(by, sort=False)[what]
    return {key: BETWEEN_NAMES.join(dict.fromkeys(values)) for key, values in groups}


def _parents(register: pd.DataFrame) -> pd.Series:
    regions = register[register["kind"] == REGION].set_index("name")["subject_id"].to_dict()
    known = {SERVICE} & set(register["subject_id"])
    above = register["region"].map(regions).where(register["kind"] == PDU)
    return above.mask(register["kind"].isin(PARTS_OF_THE_SERVICE), next(iter(known), None)).astype(
        "str"
    )
