"""Whose staff and cases the figures of a subject can count, and when."""

from __future__ import annotations

UNIFIED_FROM = "2021-06-26"
"""First day of one Probation Service for all; companies and divisions end the day before."""

BY_KIND = {
    "Community Rehabilitation Company": ("CRC",),
    "National Probation Service division": ("NPS",),
    "Probation Delivery Unit": ("unified", "everyone on probation"),
    "probation region": ("unified", "everyone on probation"),
}
"""The populations of a kind of subject; nations and local areas may have any."""

BEFORE_UNIFICATION = ("CRC", "NPS", "CRC and NPS")


def why_not(kind: str, population: str, first: str, last: str) -> str | None:
    """Return what is expected in the place of a population that a figure cannot have.

    Parameters
    ----------
    kind : str
        Kind of subject, as in the table ``subjects``.
    population : str
        Whose staff or cases it counts.
    first, last : str
        The days it holds for, as YYYY-MM-DD; empty where they are not known.

    Returns
    -------
    str or None
        None where it can.

    Examples
    --------
    >>> why_not("Probation Delivery Unit", "CRC", "2024-06-30", "2024-06-30")
    'unified or everyone on probation, as the subject is a Probation Delivery Unit'
    >>> why_not("nation", "unified", "2020-03-31", "2020-03-31")
    'another population: unified begins on 2021-06-26'
    >>> why_not("nation", "unified", "", "")
    """
    fitting = BY_KIND.get(kind)
    if fitting and population not in fitting:
        return f"{' or '.join(fitting)}, as the subject is a {kind}"
    if population == "unified" and last and last < UNIFIED_FROM:
        return f"another population: {population} begins on {UNIFIED_FROM}"
    if population in BEFORE_UNIFICATION and first >= UNIFIED_FROM:
        return f"another population: {population} ends before {UNIFIED_FROM}"
    return None
