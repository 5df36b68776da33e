"""What a user asks of a whole curve, checked before anything is run."""

from __future__ import annotations

from typing import Any

import pandas as pd

from probstats.errors import ModelError
from probstats.models.fit_options import check_alpha, is_whole
from probstats.specifications.fitting import LATENT_SD
from probstats.specifications.reading import covariates_of
from probstats.specifications.specification import Choice

CHOICES: dict[str, tuple[str | None, ...]] = {
    "scale": (None, "coefficient", "latent-sd"),
    "statistic": ("score", "refit"),
    "exchange": (None, "within", "whole"),
    "given": ("residuals", "strata", "independent"),
}

Choices = list[list[Choice]]
"""The values of each choice, in the order of ``specification.NAMES``."""


def check_options(
    options: dict[str, str | None], level: Any, n_permutations: Any, groups: Any, data: pd.DataFrame
) -> None:
    """Raise a sentence about an option that cannot be used."""
    for name, value in options.items():
        if value not in CHOICES[name]:
            known = ", ".join(repr(choice) for choice in CHOICES[name] if choice is not None)
            raise ModelError(f"{name}={value!r} is not known; choose one of {known}")
    check_alpha(level, "level")
    if not is_whole(n_permutations) or n_permutations < 0:
        raise ModelError(f"n_permutations={n_permutations!r} must be a whole number, 0 or more")
    if groups is not None and (not isinstance(groups, str) or groups not in data):
        raise ModelError(f"groups={groups!r:.60} is no column of the data")
    if groups is None and options["exchange"] is not None:
        raise ModelError(
            f"exchange={options['exchange']!r} says what to do with groups; pass groups= too"
        )


def require_groups(choices: Choices, groups: str | None) -> None:
    """Raise a sentence if rows would be permuted that a model takes to belong together."""
    for model in choices[-1]:
        if groups is None and model.value.clustered:
            raise ModelError(
                f"model {model.name!r} takes rows to belong together, and such rows cannot be "
                f"exchanged with others; pass groups=, the column of the groups to permute by"
            )


def needed(data: pd.DataFrame, choices: Choices, groups: str | None) -> pd.DataFrame:
    """Return the columns that some specification uses."""
    outcomes, exposures, sets, _, _, models = choices
    names = [column for outcome in outcomes for column in outcome.value]
    names += [exposure.value for exposure in exposures]
    names += covariates_of(sets, data)
    names += [column for model in models for column in model.value.columns]
    names += [] if groups is None else [groups]
    return data[list(dict.fromkeys(names))]


def read_scale(scale: str | None, choices: Choices) -> str:
    """Return the unit of the estimates.

    Raises
    ------
    ModelError
        If a link has no latent standard deviation.
    """
    links = {link.value for link in choices[4]}
    random = {model.value.random is not None for model in choices[5]}
    if scale is None:
        scale = "latent-sd" if len(links) > 1 or len(random) > 1 else "coefficient"
    without = sorted(links - set(LATENT_SD))
    if scale == "latent-sd" and without:
        raise ModelError(
            f"link {without[0]!r} has no latent standard deviation, so that its coefficients "
            f"cannot be put on one scale with others; leave it out, or pass scale='coefficient'"
        )
    return scale


def scale_notes(scale: str, choices: Choices) -> list[str]:
    """Return what is to be said of the unit of the estimates."""
    links = list(dict.fromkeys(link.value for link in choices[4]))
    mixed = len({model.value.random is not None for model in choices[5]}) > 1
    differ = [f"links ({', '.join(links)})"] * (len(links) > 1)
    differ += ["models with and without random effects"] * mixed
    if not differ:
        return []
    what = f"coefficients of different {' and of '.join(differ)} are on different scales"
    if scale == "coefficient":
        return [f"{what[0].upper()}{what[1:]}: their median means little, signs and p-values do."]
    return [f"{what[0].upper()}{what[1:]}; each is divided by its latent standard deviation."]
