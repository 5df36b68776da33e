"""How an analysis estimates: names for the usual ways, and options for all others."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import joblib
import pandas as pd

from probstats.errors import ModelError

SET_UP = ("threshold", "weights", "offset")
FIT = ("cov_type", "cov_kwds", "reduction", "penalty", "penalty_scale", "tol", "maxiter")
FIT_RANDOM = ("integration", "nodes", "tol", "maxiter")
INTERVALS = ("wald", "profile")
NAMED = ("likelihood", "wald", "reduced", "clustered", "random")


@dataclass(frozen=True)
class ModelOptions:
    """The options of a model.

    Attributes
    ----------
    set_up, fit : dict
        Arguments of ``from_formula`` and of ``fit``.
    interval : {"wald", "profile"}
        Kind of interval.
    random : str or None
        Column whose values have random intercepts.
    """

    set_up: dict[str, Any] = field(default_factory=dict)
    fit: dict[str, Any] = field(default_factory=dict)
    interval: str = "wald"
    random: str | None = None

    @property
    def key(self) -> str:
        """What tells options apart, whatever their order."""
        parts = [sorted(self.set_up.items()), sorted(self.fit.items(), key=lambda one: one[0])]
        return str(joblib.hash((*parts, self.interval, self.random)))

    @property
    def clustered(self) -> bool:
        """Whether rows are taken to belong together."""
        return self.random is not None or bool(self.fit.get("cov_kwds"))

    @property
    def columns(self) -> list[str]:
        """Columns of the data besides those of the formula."""
        named = [self.set_up.get("weights"), self.set_up.get("offset"), self.random]
        groups = (self.fit.get("cov_kwds") or {}).get("groups")
        named += list(groups) if isinstance(groups, list | tuple) else [groups]
        return [name for name in named if name is not None]


def named_options(name: str, groups: str | None) -> dict[str, Any]:
    """Return the options that a name stands for.

    Parameters
    ----------
    name : {"likelihood", "wald", "reduced", "clustered", "random"}
        The name.
    groups : str or None
        Column of the groups, which the last two need.

    Returns
    -------
    dict
        Options.

    Raises
    ------
    ModelError
        If the name is not known, or groups are needed and not given.

    Examples
    --------
    >>> named_options("clustered", "judge")
    {'cov_type': 'CR2', 'cov_kwds': {'groups': 'judge'}}
    """
    if name not in NAMED:
        raise ModelError(
            f"model {name!r} is not known; choose one of {', '.join(map(repr, NAMED))}, or give a "
            f"dict of names and options"
        )
    if name in {"clustered", "random"} and groups is None:
        raise ModelError(f"model {name!r} needs groups=, the column of the groups")
    options: dict[str, dict[str, Any]] = {
        "likelihood": {"interval": "profile"},
        "wald": {"interval": "wald"},
        "reduced": {"reduction": "mean"},
        "clustered": {"cov_type": "CR2", "cov_kwds": {"groups": groups}},
        "random": {"groups": groups},
    }
    return options[name]


def read_options(name: str, given: Any, groups: str | None) -> ModelOptions:
    """Return the options of a model, checked.

    Parameters
    ----------
    name : str
        What the user calls the model.
    given : dict or str
        Options, or one of the names.
    groups : str or None
        Column of the groups.

    Returns
    -------
    ModelOptions
        The options.

    Raises
    ------
    ModelError
        If an option is not known, or does not go with another.
    """
    options = named_options(given, groups) if isinstance(given, str) else given
    if not isinstance(options, dict):
        raise ModelError(f"model {name!r} must be a dict of options, not {options!r}")
    random = options.get("groups")
    known = (*SET_UP, *(FIT if random is None else FIT_RANDOM), "interval", "groups")
    unknown = [str(option) for option in options if option not in known]
    if unknown:
        raise ModelError(
            f"model {name!r} has the unknown option {unknown[0]!r}; options are {', '.join(known)}"
        )
    interval = options.get("interval", "wald")
    if interval not in INTERVALS:
        raise ModelError(f"model {name!r}: interval={interval!r} must be 'wald' or 'profile'")
    found = ModelOptions(
        {option: options[option] for option in SET_UP if options.get(option) is not None},
        {option: options[option] for option in (*FIT, "integration", "nodes")
         if options.get(option) is not None},
        interval,
        random,
    )  # fmt: skip
    _require_profile(name, found)
    return found


def _require_profile(name: str, options: ModelOptions) -> None:
    """Raise a sentence if a profile is asked for where there is none."""
    other = [
        option
        for option in ("reduction", "penalty", "cov_type")
        if options.fit.get(option) not in (None, "nonrobust")
    ]
    other += ["groups"] * (options.random is not None)
    if options.interval == "profile" and other:
        raise ModelError(
            f"model {name!r}: interval='profile' is for maximum likelihood, and does not go with "
            f"{other[0]}; use interval='wald'"
        )


def require_columns_of(name: str, options: ModelOptions, data: pd.DataFrame) -> None:
    """Raise a sentence if options name columns that the data do not have."""
    for column in options.columns:
        if not isinstance(column, str) or column not in data:
            raise ModelError(
                f"model {name!r}: weights, offset and groups are columns of the data, and "
                f"{column!r:.60} is none; subsets take their rows from there"
            )
