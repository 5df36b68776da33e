"""What the studies of small samples share: patterns of levels, and shares with their errors."""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before numpy is imported
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from pathlib import Path

import numpy as np
from scipy.special import logit

FOLDER = Path(__file__).parent / "small"
SEED = 20261126

EVEN = {
    "two even": (0.5, 0.5),
    "three even": (1 / 3, 1 / 3, 1 / 3),
    "four even": (0.25, 0.25, 0.25, 0.25),
}
SPARSE = {
    "two sparse": (0.85, 0.15),
    "three sparse": (0.35, 0.6, 0.05),
    "four sparse": (0.05, 0.6, 0.3, 0.05),
}
PATTERNS = EVEN | SPARSE
"""Shares of the levels where the covariates are at their mean, and so is the cluster."""


def levels_of(latent, shares, rng):
    """Return levels of a latent mean, with a logistic error."""
    drawn = np.asarray(latent, dtype=float) + rng.logistic(size=len(latent))
    return 1 + (drawn[:, None] > logit(np.cumsum(shares)[:-1])).sum(axis=1)


def wald_answers(fit, truths):
    """Return, by coefficient, the estimate and its 95% Wald interval against the truth.

    Estimate, whether the interval holds the truth, whether it leaves out zero, its width and its
    degrees of freedom; missing where there is no interval, or none of them. Arrays are read
    instead of frames, which takes less time.
    """
    plain, found = fit._results, {}
    ends = plain.conf_int()
    df = np.broadcast_to(plain.df_resid_inference if plain.use_t else np.nan, len(ends))
    for name, truth in truths.items():
        number = fit.model.data.param_names.index(name)
        (low, high), known = ends[number], not np.isnan(ends[number]).any()
        held = float(low <= truth <= high) if known else np.nan
        rejected = float(not low <= 0.0 <= high) if known else np.nan
        found[name] = plain.params[number], held, rejected, high - low, df[number]
    return found


def share_of(answers):
    """Return a share of what is known and its Monte Carlo error; missing where nothing is."""
    known = answers.dropna()
    if known.empty:
        return np.nan, np.nan
    share = known.mean()
    return share, np.sqrt(share * (1.0 - share) / len(known))


def errors_of(error):
    """Return how many estimates are lost, and bias, its Monte Carlo error and rmse of the rest.

    The median bias is of all that are known, infinite ones at their place.
    """
    finite = error[np.isfinite(error)]
    found = {"lost": 1.0 - len(finite) / len(error), "median_bias": error.median()}
    if len(finite) < 2:
        return {**found, "bias": np.nan, "bias_error": np.nan, "rmse": np.nan}
    return {
        **found,
        "bias": finite.mean(),
        "bias_error": finite.std() / np.sqrt(len(finite)),
        "rmse": np.sqrt((finite**2).mean()),
    }
