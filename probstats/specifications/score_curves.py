"""Score statistics of an exposure in every specification, for many permutations, without refits."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from probstats.errors import ModelError, ProbstatsError, ProbstatsWarning
from probstats.models.checking.variants import location_terms, quiet_fit
from probstats.models.kernel.links import Array
from probstats.resampling.permutation_draws import Codes
from probstats.resampling.permutation_null import null_of
from probstats.resampling.permutation_scores import NOTHING, Scores, scores_of
from probstats.specifications.exposure import Permutable
from probstats.specifications.fitting import LATENT_SD, Setting, model_of
from probstats.specifications.specification import Specification


@dataclass(frozen=True)
class ScoreCurve:
    """What the fits without the exposure say of it.

    Attributes
    ----------
    scores : list
        For each different null fit the rows of the data it uses, their ``Scores``, and which of
        the columns is the exposure.
    which : list of int
        Null fit of each of S specifications.
    units : numpy.ndarray
        What the estimate of each is divided by.
    """

    scores: list[tuple[Codes, Scores, int]]
    which: list[int]
    units: Array

    def __len__(self) -> int:
        return len(self.which)

    def __call__(self, columns: Array) -> tuple[Array, Array]:
        """Return estimates and z of every specification.

        Parameters
        ----------
        columns : numpy.ndarray
            C by B by n; the exposure by permutation, for each of C sets of covariates.

        Returns
        -------
        estimates, z : numpy.ndarray
            B by S: U / V, one Newton step from no effect, and U / sqrt(V).
        """
        found = [_one_step(columns[place][:, rows], scores) for rows, scores, place in self.scores]
        estimates = np.stack([found[place][0] for place in self.which], axis=1)
        z = np.stack([found[place][1] for place in self.which], axis=1)
        return estimates / self.units, z


def _one_step(columns: Array, scores: Scores) -> tuple[Array, Array]:
    """Return U / V and U / sqrt(V), zero where the null model leaves the column nothing to say."""
    columns = columns - columns.mean(axis=1, keepdims=True)
    score = (columns @ scores.first)[:, 0]
    own = (columns**2 @ scores.own)[:, 0]
    efficient = own - ((columns @ scores.shared) ** 2).sum(axis=1)
    says = efficient > NOTHING * np.where(own > 0.0, own, 1.0)
    left = np.where(says, efficient, 1.0)
    return np.where(says, score / left, 0.0), np.where(says, score / np.sqrt(left), 0.0)


def score_curve(
    setting: Setting, specifications: Sequence[Specification], exposure: Permutable
) -> tuple[ScoreCurve, dict[str, int]]:
    """Return the score statistics of specifications of one exposure.

    Parameters
    ----------
    setting : Setting
        The data.
    specifications : sequence of Specification
        The analyses of one exposure. Those that differ only in how they estimate have one statistic
        in common.
    exposure : Permutable
        The exposure.

    Returns
    -------
    curve : ScoreCurve
        Of those that have a score statistic.
    left_out : dict
        Why the others have none, and how many.
    """
    known: dict[tuple[object, ...], int | str] = {}
    scores: list[tuple[Codes, Scores, int]] = []
    which, units, left_out = [], [], dict[str, int]()
    for one in specifications:
        key = _key(one)
        if key not in known:
            known[key] = _try(setting, one, exposure, scores)
        place = known[key]
        if isinstance(place, str):
            left_out[place] = left_out.get(place, 0) + 1
            continue
        which.append(place)
        units.append(LATENT_SD[one.link.value] if setting.scale == "latent-sd" else 1.0)
    return ScoreCurve(scores, which, np.array(units)), left_out


def _key(one: Specification) -> tuple[object, ...]:
    options = one.model.value
    set_up = tuple(sorted((name, str(value)) for name, value in options.set_up.items()))
    return (*one.key[:-1], set_up, options.random)


def _try(
    setting: Setting,
    one: Specification,
    exposure: Permutable,
    scores: list[tuple[Codes, Scores, int]],
) -> int | str:
    """Add a null fit to ``scores`` and return its place, or return why there is none."""
    if one.model.value.random is not None:
        return "models with random effects have no score statistic here"
    if exposure.refusal(one):
        return exposure.refusal(one)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ProbstatsWarning)
        try:
            scores.append((*_scores(setting, one), exposure.sets[one.terms]))
        except ProbstatsError as error:
            return str(error)
        except (ArithmeticError, ValueError) as error:
            return f"{type(error).__name__}: {error}"
    return len(scores) - 1


def _scores(setting: Setting, one: Specification) -> tuple[Codes, Scores]:
    model, name = model_of(setting, one)
    if model.thresholds.shift is None:
        raise ModelError(
            f"threshold={model.threshold!r} fixes where the thresholds are, which score "
            f"statistics are not written for here"
        )
    term = next(term for term, columns in location_terms(model).items() if columns == [name])
    null = null_of(quiet_fit(model), term)
    rows = model.data.row_labels.to_numpy()[null.rows]
    return rows, scores_of(null)
