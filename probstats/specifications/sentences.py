"""A specification curve in words."""

from __future__ import annotations

import textwrap
from typing import Any

import numpy as np
import pandas as pd

from probstats.display import number, percent

WIDTH = 96
"""Characters of a line."""

MOST = 3
"""Reasons named in a sentence."""

UNITS = {
    "coefficient": "coefficients of the exposure",
    "latent-sd": "coefficients of the exposure in standard deviations of the latent outcome",
}


def failures_of(table: pd.DataFrame) -> pd.Series:
    """Return how many analyses failed for each reason, commonest first."""
    reasons = table.loc[table["failure"].ne(""), "failure"]
    return reasons.value_counts().rename("specifications")


def failure_sentence(table: pd.DataFrame) -> str:
    """Return how many analyses failed, and why; empty where none did.

    Parameters
    ----------
    table : pandas.DataFrame
        With a column ``failure``.

    Returns
    -------
    str
        Without a full stop.

    Examples
    --------
    >>> failure_sentence(pd.DataFrame({"failure": ["", "no rows", "no rows"]}))
    '2 of 3 specifications have no interval: no rows (2)'
    """
    reasons = failures_of(table)
    if reasons.empty:
        return ""
    named = "; ".join(f"{reason} ({count})" for reason, count in reasons.iloc[:MOST].items())
    more = f"; and {len(reasons) - MOST} other reasons" if len(reasons) > MOST else ""
    failed = int(reasons.sum())
    verb = "specification has" if len(table) == 1 else "specifications have"
    which = "none" if failed == len(table) else f"{failed}"
    if which == "none":
        verb = verb.replace("have", "has")
        return f"none of {len(table)} {verb} an interval: {named}{more}"
    verb = "specifications has" if failed == 1 else "specifications have"
    return f"{failed} of {len(table)} {verb} no interval: {named}{more}"


def in_brief(found: Any) -> str:
    """Return a curve as it prints."""
    table = found.table
    lines = [
        f"Specification curve: {_counted(table)}, {UNITS[found.scale]}, "
        f"{100 * found.level:g}% intervals"
    ]
    shown = found.curves[
        ["specifications", "failed", "median", "lowest", "highest", "share_sign",
         "share_excluding_zero"]
    ]  # fmt: skip
    lines.append(shown.reset_index().to_string(index=False, float_format="{:.3f}".format))
    if not found.joint.empty:
        lines.append("Joint tests by permutation")
        joint = found.joint[["exposure", "test", "observed", "p_value", "error", "n_permutations"]]
        lines.append(joint.to_string(index=False, float_format="{:.3f}".format))
    said = [f"{_capital(failure_sentence(table))}."] if found.failures.sum() else []
    return "\n".join([*lines, *(textwrap.fill(one, WIDTH) for one in [*said, *found.notes])])


def _counted(table: pd.DataFrame) -> str:
    return f"{len(table)} specification{'' if len(table) == 1 else 's'}"


def _capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]


def in_sentences(found: Any) -> str:
    """Return a curve in sentences, a paragraph for each exposure."""
    opening = f"{_counted(found.table)} {'was' if len(found.table) == 1 else 'were'} run, each once"
    repeats = len(found.duplicates)
    if repeats:
        opening += f"; {repeats} more repeat one of them and are not counted"
    parts = [f"{opening}. Estimates are {UNITS[found.scale]}."]
    failed = failure_sentence(found.table)
    parts += [f"{_capital(failed)}."] if failed else []
    parts += [_of_exposure(found, name, row) for name, row in found.curves.iterrows()]
    return "\n".join(textwrap.fill(one, WIDTH) for one in [*parts, *found.notes])


def _of_exposure(found: Any, name: Any, row: pd.Series) -> str:
    if not row["estimated"]:
        return f"{name}: no specification has an estimate."
    which = {1: "positive", -1: "negative", 0: "of either sign"}[int(row["sign"])]
    sentence = (
        f"{name}: the median of {row['estimated']:.0f} estimates is {_signed(row['median'])} "
        f"({_signed(row['lowest'])} to {_signed(row['highest'])}). "
        f"{percent(row['share_sign'])} of them are {which}"
    )
    if row["intervals"]:
        sentence += f", and {percent(row['share_excluding_zero'])} of intervals exclude zero"
    return f"{sentence}.{_joint_sentence(found, name)}"


def _joint_sentence(found: Any, name: Any) -> str:
    rows = found.joint
    if rows.empty:
        return ""
    p_values = rows[rows["exposure"] == name].set_index("test")
    if p_values.empty or p_values["p_value"].isna().all():
        return " There is no joint test of it."
    first = p_values.iloc[0]
    how = f"{first['n_permutations']:,} random permutations"
    if first["exact"]:
        how = f"all {first['n_permutations']:,} arrangements"
    said = {
        "median": "the median",
        "sign": "how many have the dominant sign",
        "significant": "how many are significant with it",
        "stouffer": "the average z",
    }
    named = ", ".join(
        f"{_p(p_values.loc[test, 'p_value'])} for {what}" for test, what in said.items()
    )
    return f" Against no association at all, by {how}: p = {named}."


def _p(value: float) -> str:
    return f"{value:.3g}" if value >= 0.001 else f"{value:.1g}"


def _signed(value: float) -> str:
    if np.isinf(value):
        return "plus infinity" if value > 0.0 else "minus infinity"
    return number(value, 2)
