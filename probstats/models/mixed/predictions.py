"""What a model with random effects predicts: for all groups together, for one, for the middle."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from scipy import stats

from probstats.errors import ModelError
from probstats.models.kernel.links import Array
from probstats.models.kernel.rows import Rows
from probstats.models.mixed.population import Averages
from probstats.models.mixed.reading import combined, new_groups
from probstats.models.prediction.predictions import PredictionResults, level_scores
from probstats.models.prediction.probabilities import gradient, predict
from probstats.models.reading.sample import Covariates

KINDS = ("prob", "cumprob", "linpred", "class", "mean")
WAYS = ("population", "conditional", "typical")


class Asked(NamedTuple):
    """Rows to predict for.

    Attributes
    ----------
    covariates : Covariates
        Designs of m rows.
    designs : list of numpy.ndarray
        z of each part, m by d.
    codes : list of numpy.ndarray or None
        Group of each row in each part, where the groups are wanted.
    """

    covariates: Covariates
    designs: list[Array]
    codes: list[Any] | None


class MixedPredictions:
    """``predict`` and ``get_prediction`` of results."""

    def predict(
        self: Any,
        exog: Any = None,
        which: str = "prob",
        effects: str = "population",
        groups: Any = None,
        offset: Any = None,
    ) -> pd.DataFrame | pd.Series:
        """Predict for the rows of the fit or for new data.

        Parameters
        ----------
        exog : pandas.DataFrame or array_like, optional
            New data with the variables of the formulas; the rows of the fit by default.
        which : {"prob", "cumprob", "linpred", "class", "mean"}
            See ``CumulativeLinkResults.predict``; ``"linpred"`` has the random effects with
            ``effects="conditional"``.
        effects : {"population", "conditional", "typical"}
            The average over all groups there could be; the group of each row, with its random
            effects as they are estimated; or a group whose random effects are zero. The last is
            the median group, and no average of probabilities.
        groups : array_like, optional
            Groups of the new rows, where they are no column of the new data by the name they had
            in the fit: another column, a series with the index of the new data, or values in
            their order.
        offset : array_like, optional
            Offsets of the new rows, where that of the fit is no column of the data.

        Returns
        -------
        pandas.DataFrame or pandas.Series
            One column for each level, or one value for each row.

        Raises
        ------
        ModelError
            If a variable is missing, or a group was not in the fit.
        """
        if which not in KINDS:
            raise ModelError(f"which={which!r} is not known; choose one of {', '.join(KINDS)}")
        asked = self._asked(exog, effects, groups, offset)
        index, levels = asked.covariates.index, list(self.model.outcome.levels)
        kind = which if which in {"cumprob", "linpred"} else "prob"
        values = self._values(asked, kind, effects)
        if which == "linpred":
            return pd.Series(values, index=index, name=which)
        if which == "class":
            codes = np.where(np.isnan(values).any(axis=1), -1, np.nan_to_num(values).argmax(axis=1))
            return pd.Series(
                pd.Categorical.from_codes(codes, levels, ordered=True), index, name="class"
            )
        if which == "mean":
            return pd.Series(values @ level_scores(levels), index=index, name=which)
        return pd.DataFrame(values, index=index, columns=levels)

    def _asked(self: Any, exog: Any, effects: str, groups: Any, offset: Any) -> Asked:
        if effects not in WAYS:
            raise ModelError(f"effects={effects!r} is not known; choose one of {', '.join(WAYS)}")
        if groups is not None and effects != "conditional":
            raise ModelError(f"groups go with effects='conditional', not with {effects!r}")
        parts = self.model.random.parts
        if exog is None:
            if offset is not None or groups is not None:
                raise ModelError(
                    "offset and groups go with new data; the rows of the fit have theirs"
                )
            covariates, designs = self.model.sample.covariates, [part.design for part in parts]
            return Asked(covariates, designs, [part.codes for part in parts])
        covariates = self.model.plain.covariates(exog, offset)
        n_rows = len(covariates.index)
        designs = self.model.random.designs(exog, n_rows)
        codes = self._codes(exog, groups, n_rows) if effects == "conditional" else None
        return Asked(covariates, designs, codes)

    def _codes(self: Any, exog: Any, groups: Any, n_rows: int) -> list[Any]:
        """Return the groups of new rows, as the fit numbered them."""
        parts, columns = self.model.random.parts, self.model.random.reading.columns
        if groups is not None:
            if len(parts) > 1:
                raise ModelError(
                    "groups= has the groups of one factor; with several they must be columns of "
                    "the new data"
                )
            frame = exog if isinstance(exog, pd.DataFrame) else None
            return [_find(parts[0], new_groups(groups, n_rows, frame))]
        found = []
        for part, names in zip(parts, columns, strict=True):
            if not names:
                raise ModelError("pass groups= with the group of each new row")
            absent = [name for name in names if name not in exog]
            if absent:
                raise ModelError(f"the new data have no column {absent[0]!r}, which holds groups")
            values = exog[names[0]] if len(names) == 1 else combined([exog[n] for n in names])
            found.append(_find(part, values))
        return found

    def _shift(self: Any, asked: Asked) -> Array:
        """Return what the random effects add to the location of each row."""
        shift = np.zeros(len(asked.covariates.index))
        for design, codes, effects in zip(
            asked.designs, asked.codes or [], self._effects, strict=True
        ):
            shift += (design * effects[codes]).sum(axis=1)
        return shift

    def _shifted(self: Any, asked: Asked) -> Covariates:
        covariates = asked.covariates
        shift = pd.Series(self._shift(asked), covariates.index)
        offset = shift if covariates.offset is None else covariates.offset + shift
        return covariates._replace(offset=offset)

    def _rows(self: Any, asked: Asked, effects: str) -> Rows:
        covariates = self._shifted(asked) if effects == "conditional" else asked.covariates
        rows: Rows = self.model.plain.all_edges(covariates)
        return rows

    def _spread_of(self: Any, designs: list[Array]) -> tuple[Array, Array]:
        """Return the standard deviation of the random effects of rows, with its derivatives.

        The derivatives are in the entries of Lambda, m by their number.
        """
        parts, slopes, variance = self.model.random.parts, [], 0.0
        for part, design, scale in zip(
            parts, designs, self._scales(self.maximum.params), strict=True
        ):
            standard = np.linalg.solve(part.basis.T, design.T).T
            along = design @ scale
            variance = variance + (along**2).sum(axis=1)
            rows, columns = np.tril_indices(part.n_effects)
            slopes.append(standard[:, rows] * along[:, columns])
        spread = np.sqrt(variance)
        with np.errstate(invalid="ignore", divide="ignore"):
            moved = np.hstack(slopes) / spread[:, None]
        return spread, np.where(spread[:, None] > 0.0, moved, 0.0)

    def _values(self: Any, asked: Asked, kind: str, effects: str) -> Array:
        params, link = self.fit_record.fixed, self.model.link
        rows = self._rows(asked, effects)
        if effects != "population" or kind == "linpred":
            return predict(params, rows, link, kind)
        spread, _ = self._spread_of(asked.designs)
        cumulative = Averages(params, rows, spread, link).cumulative()
        return cumulative if kind == "cumprob" else np.diff(cumulative, axis=1, prepend=0.0)

    def get_prediction(
        self: Any,
        exog: Any = None,
        which: str = "prob",
        effects: str = "population",
        groups: Any = None,
        offset: Any = None,
    ) -> PredictionResults:
        """Predict probabilities with standard errors and intervals.

        Parameters
        ----------
        which : {"prob", "cumprob"}
            Probability of each level, or of that level or a lower one.
        exog, effects, groups, offset
            See ``predict``.

        Returns
        -------
        PredictionResults
            With ``summary_frame(alpha)``. Errors by the delta method in all parameters, standard
            deviations included; with ``effects="conditional"`` the random effects move with the
            parameters, and their own variance given the data is added (Booth and Hobert 1998,
            equation 5). Intervals are made on the logit scale.

        Raises
        ------
        ModelError
            See ``predict``.
        """
        if which not in {"prob", "cumprob"}:
            raise ModelError(f"which={which!r} has no intervals; choose 'prob' or 'cumprob'")
        asked = self._asked(exog, effects, groups, offset)
        values = self._values(asked, which, effects)
        if effects == "population":
            slopes, extra = self._population_slopes(asked, which), 0.0
        else:
            slopes, extra = self._conditional_slopes(asked, which, effects)
        scaled = self.fit_record.scaled
        variance = np.einsum("mkq,qr,mkr->mk", slopes, scaled, slopes) + extra
        error = np.where(np.isnan(values), np.nan, np.sqrt(np.maximum(variance, 0.0)))
        labels = pd.MultiIndex.from_product([asked.covariates.index, self.model.outcome.levels])
        labels = labels.set_names([asked.covariates.index.name, self.model.outcome.name])
        return PredictionResults(
            pd.Series(values.ravel(), labels), pd.Series(error.ravel(), labels), _normal
        )

    def _population_slopes(self: Any, asked: Asked, which: str) -> Array:
        """Return the derivatives in the parameters of the search, m by K by q."""
        rows = self._rows(asked, "population")
        spread, moved = self._spread_of(asked.designs)
        averages = Averages(self.fit_record.fixed, rows, spread, self.model.link)
        fixed, on_spread = averages.slopes()
        found = np.concatenate(
            [fixed @ self.fit_record.model_transform, on_spread[:, :, None] * moved], axis=2
        )
        changes = found[1:] if which == "cumprob" else np.diff(found, axis=0)
        return changes.transpose(1, 0, 2)

    def _conditional_slopes(self: Any, asked: Asked, which: str, effects: str) -> tuple[Array, Any]:
        """Return the derivatives, and the variance that is the random effects' own, m by K."""
        rows = self._rows(asked, effects)
        params, link = self.fit_record.fixed, self.model.link
        fixed = gradient(params, rows, link, which) @ self.fit_record.model_transform
        found = np.concatenate(
            [fixed, np.zeros((*fixed.shape[:2], self.model.random.n_params))], axis=2
        )
        if effects == "typical":
            return found, 0.0
        bounds, inverse_scale = rows.bounds(params)
        with np.errstate(invalid="ignore"):
            density = -np.exp(link.log_density(bounds))
        pull = density if inverse_scale is None else density * inverse_scale
        on_shift = (pull[1:] if which == "cumprob" else np.diff(pull, axis=0)).T  # m by K
        moves, variance = np.zeros((len(rows), found.shape[2])), np.zeros(len(rows))
        for design, codes, slopes, covariance in zip(
            asked.designs, asked.codes or [], self.effects_slopes, self.effects_covariance,
            strict=True,
        ):  # fmt: skip
            moves += np.einsum("md,mdq->mq", design, slopes[codes])
            variance += np.einsum("md,mde,me->m", design, covariance[codes], design)
        return found + on_shift[:, :, None] * moves[:, None, :], on_shift**2 * variance[:, None]


def _find(part: Any, values: pd.Series) -> Any:
    """Return the numbers of groups, all of which the fit must know."""
    codes = part.labels.get_indexer(pd.Index(values))
    if (codes < 0).any():
        unknown = pd.unique(np.asarray(values, dtype=object)[codes < 0])
        shown = ", ".join(repr(value) for value in unknown[:5].tolist())
        raise ModelError(
            f"{part.name!r} has no group {shown} in the fit; for new groups use "
            f"effects='population'"
        )
    return codes


def _normal(probability: float) -> float:
    return float(stats.norm.ppf(probability))
