"""From analyses to joint tests: what is permuted, what is left out, and what is said of it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from probstats.errors import SpecificationWarning
from probstats.models.trouble import warn
from probstats.specifications.exposure import Exchange, Permutable, permutable
from probstats.specifications.fitting import Setting
from probstats.specifications.joint import (
    Curve,
    RefitCurve,
    curve_statistics,
    observed_scores,
    z_of,
)
from probstats.specifications.score_curves import score_curve
from probstats.specifications.specification import Specification

MANY = 0.1
"""Share of analyses lost in permutations from which on there is a warning."""


def permutables(
    setting: Setting, specifications: Sequence[Specification], exchange: Exchange
) -> list[Permutable]:
    """Return every exposure as something to permute.

    Raises
    ------
    ModelError
        If nothing of one is left to permute.
    """
    found = []
    for exposure in dict.fromkeys(one.exposure.value for one in specifications):
        chosen = [one for one in specifications if one.exposure.value == exposure]
        sets = list(dict.fromkeys(one.terms for one in chosen if one.alone))
        found.append(permutable(exposure, setting.data, sets or [()], exchange))
    return found


def curves_of(
    setting: Setting,
    specifications: Sequence[Specification],
    table: pd.DataFrame,
    exposed: Sequence[Permutable],
    statistic: str,
) -> tuple[list[Curve], list[str]]:
    """Return the curve of each exposure that has one, and what to say of the others.

    Parameters
    ----------
    setting : Setting
        The data.
    specifications : sequence of Specification
        All analyses.
    table : pandas.DataFrame
        What they found, in the same order.
    exposed : sequence of Permutable
        The exposures.
    statistic : {"score", "refit"}
        What is computed for each permutation.

    Returns
    -------
    curves : list of Curve
        The curves.
    notes : list of str
        Sentences.
    """
    curves, notes = [], []
    for one in exposed:
        places = [n for n, spec in enumerate(specifications) if spec.exposure.value == one.name]
        chosen = [specifications[place] for place in places]
        name = chosen[0].exposure.name
        make = _by_scores if statistic == "score" else _by_refits
        curve, left_out = make(setting, one, name, chosen, table.iloc[places])
        notes += _left_out(name, len(chosen), left_out, set(table["failure"]))
        curves += [curve] if curve is not None else []
    return curves, notes


def _left_out(name: str, total: int, left_out: dict[str, int], said: set[str]) -> list[str]:
    """Return a sentence on what joint tests leave out, with the reasons not said elsewhere."""
    if not left_out:
        return []
    reasons = [f"{why} ({count})" for why, count in left_out.items() if why not in said]
    sentence = f"Joint tests of {name} leave out {sum(left_out.values())} of {total} specifications"
    if reasons:
        sentence += f": {'; '.join(reasons[:3])}"
    return [f"{sentence}."]


def _by_scores(
    setting: Setting, exposure: Permutable, name: str, chosen: list[Specification], _: pd.DataFrame
) -> tuple[Curve | None, dict[str, int]]:
    evaluate, left_out = score_curve(setting, chosen, exposure)
    if not len(evaluate):
        return None, left_out
    observed = observed_scores(exposure, evaluate, 1.0 - setting.level)
    return Curve(exposure, evaluate, observed, name), left_out


def _by_refits(
    setting: Setting,
    exposure: Permutable,
    name: str,
    chosen: list[Specification],
    table: pd.DataFrame,
) -> tuple[Curve | None, dict[str, int]]:
    """Return the curve of the analyses that have a p-value in the data."""
    left_out: dict[str, int] = {}
    works = np.ones(len(chosen), dtype=bool)
    for place, (one, p_value) in enumerate(zip(chosen, table["p_value"], strict=True)):
        reason = "no p-value in the data" if np.isnan(p_value) else exposure.refusal(one)
        if reason:
            works[place] = False
            left_out[reason] = left_out.get(reason, 0) + 1
    if not works.any():
        return None, left_out
    kept = [one for one, good in zip(chosen, works, strict=True) if good]
    which = [exposure.sets[one.terms] for one in kept]
    found = table[works]
    estimates = found["estimate"].to_numpy(dtype=float)[None, :]
    observed = curve_statistics(estimates, z_of(found)[None, :], 1.0 - setting.level)
    return Curve(exposure, RefitCurve(setting, kept, which), observed, name), left_out


def joint_notes(joint: pd.DataFrame, statistic: str) -> list[str]:
    """Return what the joint tests are made of, and warn of analyses lost."""
    if joint.empty:
        warn("no specification could be tested jointly; notes say why", SpecificationWarning)
        return ["No specification could be tested jointly."]
    notes = []
    if statistic == "score":
        notes.append(
            "Joint tests are by score statistics: the observed median and z are those of one "
            "Newton step from no effect, not those of the table."
        )
    lost = joint.groupby("exposure", sort=False)["lost"].first()
    for name, share in lost[lost > MANY].items():
        sentence = (
            f"on average {100 * share:.0f}% of the specifications of {name} are lost in a "
            f"permutation, so that its joint tests are doubtful; use statistic='score'"
        )
        warn(sentence, SpecificationWarning)
        notes.append(f"{sentence[0].upper()}{sentence[1:]}.")
    return notes
