"""One model fitted to each of several frames; what the fits warn of is said once."""

from __future__ import annotations

import inspect
import warnings
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import pandas as pd

from probstats.errors import ModelError, ProbstatsWarning
from probstats.models.cumulative_link import CumulativeLinkModel
from probstats.models.trouble import warn


def fit_frames(frames: Sequence[pd.DataFrame], how: Any, options: dict[str, Any]) -> list[Any]:
    """Fit a model to each frame, see ``Imputations.fit``."""
    one = how if callable(how) else by_formula(how, options)
    if callable(how) and options:
        raise ModelError(
            f"{next(iter(options))!r} goes with a formula; put it into your own function"
        )
    fits, seen = [], Counter[tuple[Any, str]]()
    for number, frame in enumerate(frames):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            fits.append(_named(one, frame, number, len(frames)))
        seen.update({(w.category, str(w.message)): 1 for w in caught if _own(w)})
        _pass_on(caught)
    for (category, message), count in seen.items():
        warn(f"in {count} of {len(frames)} imputations: {message}", category)
    return fits


def by_formula(formula: Any, options: dict[str, Any]) -> Callable[[pd.DataFrame], Any]:
    """Return what fits a formula to a frame, or raise if it has no such options."""
    if not isinstance(formula, str):
        raise ModelError(f"{formula!r} is neither a formula nor a function of a frame")
    of_model, of_fit = (
        set(inspect.signature(one).parameters) - {"self", "cls", "formula", "data"}
        for one in (CumulativeLinkModel.from_formula, CumulativeLinkModel.fit)
    )
    for name in options:
        if name not in of_model | of_fit:
            known = ", ".join(sorted(of_model | of_fit))
            raise ModelError(f"{name!r} is no option of model or fit; there are {known}")

    def one(frame: pd.DataFrame) -> Any:
        mine = {name: value for name, value in options.items() if name in of_model}
        rest = {name: value for name, value in options.items() if name in of_fit}
        return CumulativeLinkModel.from_formula(formula, frame, **mine).fit(**rest)

    return one


def _named(one: Callable[[pd.DataFrame], Any], frame: pd.DataFrame, number: int, m: int) -> Any:
    try:
        return one(frame)
    except ModelError as error:
        raise ModelError(f"imputation {number} of 0 to {m - 1}: {error}") from error


def _own(caught: warnings.WarningMessage) -> Any:
    return issubclass(caught.category, ProbstatsWarning)


def _pass_on(caught: list[warnings.WarningMessage]) -> None:
    """Show the warnings of other packages as they came."""
    for one in caught:
        if not _own(one):
            warnings.warn_explicit(one.message, one.category, one.filename, one.lineno)
