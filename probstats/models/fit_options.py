"""What a fit is asked for, and what it has to say when it is done."""

from __future__ import annotations

from typing import Any

import numpy as np

from probstats.errors import ConvergenceWarning, ModelError, SeparationWarning
from probstats.models.estimator_notes import not_reached
from probstats.models.trouble import crossing_sentence, warn


def check_options(method: str, tol: float, maxiter: int) -> None:
    """Raise a sentence about an option of ``fit`` that cannot be used."""
    if method != "newton":
        raise ModelError(f"method={method!r} is not known; the one method is 'newton'")
    if not is_number(tol) or not 0 < tol <= 1e-4:
        raise ModelError(f"tol={tol!r} must be positive and at most 1e-4")
    if not is_whole(maxiter) or maxiter < 0:
        raise ModelError(f"maxiter={maxiter!r} must be a whole number, 0 or more")


def is_number(value: Any) -> bool:
    """Return whether a value is one number, and no truth value."""
    return isinstance(value, int | float | np.number) and not isinstance(value, bool)


def is_whole(value: Any) -> bool:
    """Return whether a value is a whole number, which may be written 10.0."""
    return is_number(value) and float(value).is_integer()


def check_alpha(alpha: Any, name: str = "alpha") -> None:
    """Raise a sentence if alpha, or the level of an interval, is not between 0 and 1."""
    if not is_number(alpha) or not 0.0 < alpha < 1.0:
        usual = 0.05 if name == "alpha" else 0.95
        raise ModelError(f"{name}={alpha!r} must lie between 0 and 1; {usual} gives 95% intervals")


def warn_of(results: Any) -> None:
    """Warn of what a fit has to say: separation, crossing thresholds, no convergence."""
    if results.separation.separated:
        warn(
            f"{results.separation} These have no standard error, and a profile interval with an "
            f"end at infinity",
            SeparationWarning,
        )
    if results.crossed_levels:
        sentence = crossing_sentence(results.crossed_levels)
        warn(f"{sentence}; merge levels, or drop nominal effects", ConvergenceWarning)
    elif not results.maximum.converged and not results.separation.separated:
        maximum = results.maximum
        if not results.estimator.by_likelihood:
            warn(not_reached(results), ConvergenceWarning)
            return
        warn(
            f"Newton's method did not converge in {maximum.iterations} steps (decrement "
            f"{maximum.decrement:.1e}); raise maxiter or simplify the model",
            ConvergenceWarning,
        )
