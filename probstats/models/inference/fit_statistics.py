"""How well a model fits, and how well the fit was found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import linalg

from probstats.errors import ModelError
from probstats.models.kernel.estimation import Fit
from probstats.models.kernel.likelihood import LogLikelihood

KINDS = {"mcfadden": "mcfadden", "mcf": "mcfadden", "cox_snell": "cox_snell", "cs": "cox_snell",
         "lr": "cox_snell", "nagelkerke": "nagelkerke"}  # fmt: skip


def pseudo_rsquared(llf: float, llnull: float, nobs: float, kind: str) -> float:
    """Return a pseudo R-squared, see ``CumulativeLinkResults.pseudo_rsquared``."""
    if kind not in KINDS:
        raise ModelError(f"kind={kind!r} is not known; choose one of {', '.join(KINDS)}")
    if KINDS[kind] == "mcfadden":
        return 1.0 - llf / llnull
    cox_snell = -float(np.expm1(2.0 * (llnull - llf) / nobs))
    if KINDS[kind] == "cox_snell":
        return cox_snell
    return cox_snell / -float(np.expm1(2.0 * llnull / nobs))


@dataclass(frozen=True)
class Convergence:
    """How near to its maximum a fit stopped.

    Attributes
    ----------
    relative_gradient : float
        sqrt(g'(-H)^-1 g): how far the maximum still is, in standard errors.
    max_gradient : float
        Largest absolute derivative of the log-likelihood, on the user's scale.
    condition_number : float
        Ratio of the largest and the smallest eigenvalue of -H, on the user's scale.
    iterations : int
        Newton steps taken.
    table : pandas.DataFrame
        By parameter: ``estimate``, ``std_error``, ``gradient``, ``error`` (the Newton step still
        to be made), ``decimals`` and ``digits`` that can be trusted (Christensen 2019, section
        5.6); missing where the Hessian cannot be inverted.
    """

    relative_gradient: float
    max_gradient: float
    condition_number: float
    iterations: int
    table: pd.DataFrame

    def __str__(self) -> str:
        return (
            f"relative gradient {self.relative_gradient:.1e}, largest gradient "
            f"{self.max_gradient:.1e}, condition number {self.condition_number:.1e}, "
            f"{self.iterations} steps\n{self.table.to_string(float_format='{:.3g}'.format)}"
        )

    __repr__ = __str__


def convergence(model: Any, found: Fit) -> Convergence:
    """Return how near to its maximum a fit stopped.

    Parameters
    ----------
    model : CumulativeLinkModel
        The model.
    found : Fit
        Where it stopped.

    Returns
    -------
    Convergence
        The error of each estimate is that of one more Newton step, or the rounding of the
        gradient carried through the inverse Hessian, whichever is larger.
    """
    problem, transform = model.problem(), found.transform
    value = LogLikelihood(problem.rows, problem.link)(found.maximum.params)
    information = -value.hessian
    on_users = np.linalg.solve(transform.T, np.linalg.solve(transform.T, information).T)
    eigenvalues = np.abs(linalg.eigvalsh((on_users + on_users.T) / 2.0))
    gradient = np.linalg.solve(transform.T, value.score)
    table = pd.DataFrame(
        {"estimate": found.params, "gradient": gradient}, index=model.data.param_names
    )
    relative = np.nan
    try:
        factor = linalg.cho_factor(information)
    except linalg.LinAlgError:
        table[["std_error", "error", "decimals", "digits"]] = np.nan
    else:
        step = linalg.cho_solve(factor, value.score)
        relative = float(np.sqrt(value.score @ step))
        inverse = linalg.cho_solve(factor, np.eye(len(step)))
        rounding = np.finfo(float).eps * np.sqrt(len(problem.rows)) * np.sqrt(np.diag(inverse))
        table["std_error"] = np.sqrt(np.diag(transform @ inverse @ transform.T))
        table["error"] = np.abs(transform @ step) + np.abs(transform) @ rounding
        table["decimals"] = np.floor(-np.log10(2.0 * table["error"]))
        size = np.ceil(np.log10(np.abs(table["estimate"]).clip(lower=1e-300)))
        table["digits"] = (table["decimals"] + size).clip(lower=0.0)
    infinite = found.separation.infinite
    table.loc[infinite != 0.0] = np.nan
    table["estimate"] = table["estimate"].where(infinite == 0.0, infinite)
    columns = ["estimate", "std_error", "gradient", "error", "decimals", "digits"]
    return Convergence(
        relative,
        float(np.abs(gradient).max()),
        float(eigenvalues.max() / eigenvalues.min()) if eigenvalues.min() > 0 else np.inf,
        found.maximum.iterations,
        table[columns],
    )
