"""One analysis: fitted, and read; or why it could not be."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from probstats.errors import ModelError, ProbstatsError, ProbstatsWarning
from probstats.models import CumulativeLinkMixedModel, CumulativeLinkModel
from probstats.models.checking.likelihood_ratio import gain
from probstats.models.checking.variants import location_terms, quiet_fit, without
from probstats.models.inference.profile import Profile
from probstats.specifications.specification import Specification, quoted

LATENT_SD = {
    "logit": float(np.pi / np.sqrt(3.0)),
    "probit": 1.0,
    "cloglog": float(np.pi / np.sqrt(6.0)),
    "loglog": float(np.pi / np.sqrt(6.0)),
}
"""Standard deviation of the latent error by link; the cauchit has none."""

NUMBERS = ["estimate", "low", "high", "p_value", "n", "clusters", "dropped"]


@dataclass(frozen=True)
class Setting:
    """What all analyses share.

    Attributes
    ----------
    data : pandas.DataFrame
        The columns they use.
    level : float
        Level of the intervals.
    scale : {"coefficient", "latent-sd"}
        Unit of the estimates.
    groups : str or None
        Column of the groups.
    """

    data: pd.DataFrame
    level: float
    scale: str
    groups: str | None


def fit_all(setting: Setting, specifications: Sequence[Specification]) -> pd.DataFrame:
    """Return a row for each of some analyses."""
    return pd.DataFrame([fit_one(setting, one) for one in specifications])


def fit_one(setting: Setting, specification: Specification) -> dict[str, Any]:
    """Return what one analysis says of its exposure.

    Parameters
    ----------
    setting : Setting
        The data, and what all analyses share.
    specification : Specification
        The analysis.

    Returns
    -------
    dict
        Estimate, interval, p-value and so on; ``failure`` says why there is no interval, and is
        empty where there is one; ``warnings`` what the fit warned of.
    """
    row: dict[str, Any] = dict.fromkeys(NUMBERS, np.nan)
    row |= {"converged": False, "separated": False, "failure": "", "warnings": ""}
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("ignore")
        warnings.simplefilter("always", ProbstatsWarning)
        try:
            row |= _read(setting, specification)
        except ProbstatsError as error:
            row["failure"] = str(error)
        except (ArithmeticError, ValueError) as error:
            row["failure"] = f"{type(error).__name__}: {error}"
    row["warnings"] = "; ".join(dict.fromkeys(str(one.message) for one in seen))
    return row


def model_of(setting: Setting, specification: Specification) -> tuple[Any, str]:
    """Return the model of a specification, and the name of the exposure's coefficient.

    Raises
    ------
    ModelError
        If the model cannot be set up, or the coefficient is not that of the exposure alone.
    """
    rows = setting.data[specification.mask]
    if rows.empty:
        raise ModelError(f"no rows: subset {specification.subset.name!r} is empty")
    if specification.circular is not None:
        raise ModelError(
            f"the outcome {specification.circular!r} is a covariate or the exposure too"
        )
    if specification.user is not None:
        raise ModelError(
            f"covariate {specification.user!r} uses the exposure "
            f"{specification.exposure.value!r}, so that no single coefficient is its effect"
        )
    options = specification.model.value
    arguments = {"link": specification.link.value} | options.set_up
    if options.random is None:
        model = CumulativeLinkModel.from_formula(specification.formula, rows, **arguments)
    else:
        model = CumulativeLinkMixedModel.from_formula(
            specification.formula, rows, groups=options.random, **arguments
        )
    return model, _coefficient(model, specification.exposure.value)


def _coefficient(model: Any, exposure: str) -> str:
    terms = location_terms(getattr(model, "plain", model))
    columns = terms.get(exposure, terms.get(quoted(exposure), []))
    if len(columns) != 1:
        raise ModelError(
            f"exposure {exposure!r} has {len(columns)} coefficients in this model, and one is meant"
        )
    return columns[0]


def _read(setting: Setting, specification: Specification) -> dict[str, Any]:
    options = specification.model.value
    model, name = model_of(setting, specification)
    row = _sample(setting, model)
    fit = model.fit(**options.fit)
    row |= {"converged": bool(fit.converged), "separated": bool(fit.separation.separated)}
    trouble = _trouble(fit)
    if trouble:
        return row | {"failure": trouble}
    unit = _unit(fit, specification, setting.scale)
    row["estimate"] = float(fit.params[name]) / unit
    if name in fit.diverging and options.interval != "profile":
        return row | {"failure": f"no finite estimate for {name}"}
    low, high, row["p_value"] = _inference(fit, name, options.interval, setting.level)
    return row | {"low": low / unit, "high": high / unit}


def _sample(setting: Setting, model: Any) -> dict[str, Any]:
    """Return how many rows and clusters are used, and how many rows are lost."""
    clusters = np.nan
    if setting.groups is not None:
        clusters = setting.data.loc[model.data.row_labels, setting.groups].nunique()
    dropped = float(model.design.n_dropped)
    return {"n": float(model.nobs), "clusters": float(clusters), "dropped": dropped}


def _trouble(fit: Any) -> str:
    """Return why estimates are not to be used, in words; empty where they can."""
    if fit.crossed_levels:
        return f"thresholds cross at {', '.join(map(str, fit.crossed_levels))}"
    if getattr(fit, "runaway", None):
        return "the standard deviation of the groups grows without bound"
    if fit.converged or fit.separation.separated:
        return ""
    return "the fit did not converge"


def _unit(fit: Any, specification: Specification, scale: str) -> float:
    """Return what estimates are divided by."""
    if scale == "coefficient":
        return 1.0
    own = LATENT_SD[specification.link.value]
    groups = 0.0 if specification.model.value.random is None else float(fit.sd.iloc[0])
    return float(np.hypot(own, groups))


def _inference(fit: Any, name: str, interval: str, level: float) -> tuple[float, float, float]:
    """Return both ends of the interval, and the p-value that goes with its kind."""
    if interval == "wald":
        low, high = fit.conf_int(alpha=1.0 - level).loc[name]
        return float(low), float(high), float(fit.pvalues[name])
    number = fit.model.param_names.index(name)
    profile = Profile(fit.model.problem(), fit.fit_record, number)
    goal = float(stats.norm.ppf(0.5 + level / 2.0))
    low, high = profile.interval(goal, fit.separation.infinite.iloc[number])
    return float(low), float(high), _likelihood_ratio(fit, name)


def _likelihood_ratio(fit: Any, name: str) -> float:
    terms = location_terms(fit.model)
    term = next(term for term, columns in terms.items() if columns == [name])
    null = quiet_fit(without(fit.model, [term]))
    if not (null.converged or null.separation.separated):
        return np.nan
    return float(stats.chi2.sf(gain(null.llf, fit.llf), 1))


def with_exposure(setting: Setting, exposure: str, values: Any) -> Setting:
    """Return the setting with other values of an exposure."""
    return replace(setting, data=setting.data.assign(**{exposure: values}))
