"""What a model with random effects has to say: groups it cannot use, and fits at the edge."""

from __future__ import annotations

from typing import Any

import numpy as np

from probstats.errors import BoundaryWarning, ConvergenceWarning, ModelError, SeparationWarning
from probstats.models.kernel.links import Array
from probstats.models.mixed.effects import INTERCEPT, Part, RandomEffects
from probstats.models.mixed.fitting import LATENT_SD, NEAR_ONE
from probstats.models.trouble import crossing_sentence, warn

HUGE = 20.0
"""Standard deviation, over that of the latent error, from which on groups keep to their levels."""

ROUGH = 0.05
"""Error of the log-likelihood from which on nodes are too few."""


def check_effects(plain: Any, random: RandomEffects) -> None:
    """Raise a sentence about random effects the rows cannot tell from anything else.

    Parameters
    ----------
    plain : CumulativeLinkModel
        The model without random effects.
    random : RandomEffects
        The random effects.

    Raises
    ------
    ModelError
        If there are more effects than rows, every row is a group of its own, columns with random
        slopes are collinear, or covariates tell all groups apart.
    """
    speaks = plain.sample.counts > 0.0
    n_rows = int(np.count_nonzero(speaks))
    for part in random.parts:
        n_effects = part.n_groups * part.n_effects
        if n_effects > n_rows:
            raise ModelError(
                f"{part.name!r} has {n_effects} random effects and there are only {n_rows} rows; "
                f"leave out a random slope, or use larger groups"
            )
        if part.n_groups == len(part.codes):
            raise ModelError(
                f"every row is a group of its own in {part.name!r}; random effects need groups of "
                f"several rows"
            )
        if np.linalg.matrix_rank(_apart(part)) < part.n_effects:
            raise ModelError(
                f"the random effects {', '.join(part.columns)} of {part.name!r} are collinear; "
                f"leave one out"
            )
        _require_free(plain, part)


def _apart(part: Part) -> Array:
    """Return the design of random effects with columns of one size, centred beside a constant."""
    design = part.design / np.maximum(np.abs(part.design).max(axis=0), 1e-300)
    if INTERCEPT in part.columns:
        design[:, 1:] -= design[:, 1:].mean(axis=0)
        size = np.abs(design).max(axis=0)
        design = design / np.where(size > 1e-12, size, 1.0)
    return design


def _require_free(plain: Any, part: Part) -> None:
    """Raise a sentence if covariates tell all groups apart, so that no random effect is left."""
    covariates = plain.sample.covariates
    location = np.hstack([covariates.location.to_numpy(float), covariates.nominal.to_numpy(float)])
    if part.columns[0] != INTERCEPT or location.shape[1] < part.n_groups - 1:
        return
    design = np.column_stack([np.ones(len(location)), location])
    design = design / np.maximum(np.abs(design).max(axis=0), 1e-300)
    groups = np.eye(part.n_groups)[part.codes]
    coefs, *_ = np.linalg.lstsq(design, groups)
    if np.abs(design @ coefs - groups).max() < 1e-8:
        raise ModelError(
            f"the covariates tell all groups of {part.name!r} apart, so that nothing is left for a "
            f"random effect; leave them out, or the random effect"
        )


def warn_of_mixed(results: Any) -> None:
    """Warn of what a fit has to say: separation, the edge, no convergence."""
    if results.separation.separated:
        warn(f"{results.separation} These have no standard error", SeparationWarning)
    elif results.crossed_levels:
        sentence = crossing_sentence(results.crossed_levels)
        warn(f"{sentence}; merge levels, or drop nominal effects", ConvergenceWarning)
    elif results.runaway:
        warn(f"{_runaway_sentence(results)}", ConvergenceWarning)
    elif results.maximum.converged and abs(results.quadrature_gap) > ROUGH:
        warn(_rough_sentence(results), ConvergenceWarning)
    elif not results.maximum.converged:
        warn(
            f"the search did not converge in {results.maximum.iterations} steps (decrement "
            f"{results.maximum.decrement:.1e}); {_advice(results)}",
            ConvergenceWarning,
        )
    if results.edge:
        warn(edge_sentence(results), BoundaryWarning)


def _advice(results: Any) -> str:
    if results.integration == "laplace" and not results.model.link.log_concave:
        return "Laplace's method can run away with this link: use integration='agq'"
    return "raise maxiter or simplify the model"


def edge_sentence(results: Any) -> str:
    """Return what it means that parameters are at the edge, without a full stop."""
    zeros = [name for name in results.edge if name.startswith("sd(")]
    values = dict(zip(results.model.data.param_names, results.fit_record.params, strict=True))
    rest = [name for name in results.edge if name not in zeros]
    inside = [name for name in rest if abs(values[name]) < NEAR_ONE]
    ones = [name for name in rest if name not in inside]
    sentences = []
    if zeros:
        sentences.append(
            f"{', '.join(zeros)} {'is' if len(zeros) == 1 else 'are'} estimated at zero: the "
            f"groups differ no more than chance would have them"
        )
    if ones:
        why = _far_from_zero(results) or "the rows say too little on it"
        sentences.append(
            f"{', '.join(ones)} cannot be told from plus or minus one, or not at all: {why}"
        )
    if inside:
        sentences.append(
            f"{', '.join(inside)}: the covariance is singular, so that some combination of the "
            f"effects does not vary; the rows say too little on so many of them"
        )
    return "; ".join(sentences)


def _far_from_zero(results: Any) -> str:
    """Return which columns to centre, where that alone puts a correlation at the edge."""
    effects = results.model.random
    for part, entries in zip(effects.parts, effects.split(results.fit_record.entries), strict=True):
        if part.n_effects != 2 or INTERCEPT not in part.columns:
            continue
        factor = np.zeros((2, 2))
        factor[np.tril_indices(2)] = entries
        if abs(factor[1, 1]) > 1e-3 * abs(factor[1, 0]) and factor[1, 1] != 0.0:
            return f"{part.columns[1]} lies far from zero, where the intercept is; centre it"
    return ""


def _rough_sentence(results: Any) -> str:
    return (
        f"{results.nodes} nodes miss the log-likelihood by {abs(results.quadrature_gap):.2g}, as "
        f"others show: fit with more nodes, and see whether the estimates settle"
    )


def runaway(model: Any, entries: Array) -> list[str]:
    """Return the standard deviations that are out of all proportion to the latent error.

    Parameters
    ----------
    model : CumulativeLinkMixedModel
        The model.
    entries : numpy.ndarray
        Entries of Lambda, for columns that are centred and scaled.

    Returns
    -------
    list of str
        Their names.
    """
    limit = HUGE * LATENT_SD.get(model.link.name, 5.0)
    found = []
    for part, some in zip(model.random.parts, model.random.split(entries), strict=True):
        factor = np.zeros((part.n_effects, part.n_effects))
        factor[np.tril_indices(part.n_effects)] = some
        large = np.sqrt((factor**2).sum(axis=1)) > limit
        found += [name for name, huge in zip(part.names, large, strict=False) if huge]
    return found


def _runaway_sentence(results: Any) -> str:
    return (
        f"{', '.join(results.runaway)} grows out of all proportion: groups keep to their levels so "
        f"well that there may be no maximum; these are not estimates"
    )


def notes_of(results: Any) -> list[str]:
    """Return what a summary has to say on groups, integration and edge.

    Parameters
    ----------
    results : CumulativeLinkMixedResults
        The fit.

    Returns
    -------
    list of str
        Sentences.
    """
    notes = []
    for part in results.model.random.parts:
        sizes = np.bincount(part.codes)
        alone = int((sizes == 1).sum())
        more = f", {alone} of them with one row only" if alone else ""
        notes.append(
            f"Random effects of {part.name}: {part.n_groups} groups of {sizes.min()} to "
            f"{sizes.max()} rows{more}."
        )
    if results.maximum.converged and abs(results.quadrature_gap) > ROUGH:
        notes.append(f"{_rough_sentence(results)}.")
    if results.edge:
        sentence = edge_sentence(results)
        notes.append(f"{sentence[0].upper() if sentence[0] != 's' else 's'}{sentence[1:]}.")
    if results.runaway:
        notes.append(f"{_runaway_sentence(results)}.")
    return notes
