"""What a fit is asked for, and what it has to say when it is done."""

from __future__ import annotations

from typing import Any

from probstats.errors import ConvergenceWarning, ModelError, SeparationWarning
from probstats.models.estimator_notes import not_reached
from probstats.models.trouble import crossing_sentence, warn


def check_options(method: str, tol: float, maxiter: int) -> None:
    """Raise a sentence about an option of ``fit`` that cannot be used."""
    if method != "newton":
        raise ModelError(f"method={method!r} is not known; the one method is 'newton'")
    if not 0 < tol <= 1e-4:
        raise ModelError(f"tol={tol!r} must be positive and at most 1e-4")
    if maxiter < 0 or maxiter != int(maxiter):
        raise ModelError(f"maxiter={maxiter!r} must be a whole number, 0 or more")


def check_alpha(alpha: Any) -> None:
    """Raise a sentence if alpha is not between 0 and 1."""
    if isinstance(alpha, str) or not 0.0 < alpha < 1.0:
        raise ModelError(f"alpha={alpha!r} must lie between 0 and 1; 0.05 gives 95% intervals")


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
