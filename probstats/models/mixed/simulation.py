"""New outcomes from a model with random effects."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from probstats.errors import ModelError
from probstats.models.fit_options import is_whole
from probstats.models.mixed.predictions import Asked
from probstats.models.prediction.probabilities import predict, require_probabilities
from probstats.models.reading.sample import Covariates


class MixedSimulation:
    """``simulate`` of results."""

    def simulate(
        self: Any,
        n: int = 1,
        rng: np.random.Generator | int | None = None,
        effects: str = "population",
    ) -> pd.DataFrame:
        """Draw new outcomes for the rows of the fit.

        Parameters
        ----------
        n : int
            Number of draws for each row.
        rng : numpy.random.Generator or int, optional
            Source of randomness, or its seed.
        effects : {"population", "conditional"}
            New random effects for the groups in each draw, so that rows of a group go together;
            or the estimated ones in all of them.

        Returns
        -------
        pandas.DataFrame
            A row for each row, an ordered categorical column for each draw, 0 to n - 1.

        Raises
        ------
        ModelError
            If n is not positive, or some row has no probabilities.
        """
        if not is_whole(n) or n < 1:
            raise ModelError(f"n={n!r} must be a whole number, at least 1")
        if effects not in ("population", "conditional"):
            raise ModelError(
                f"effects={effects!r} is not known; choose 'population' or 'conditional'"
            )
        source, levels = np.random.default_rng(rng), list(self.model.outcome.levels)
        draws = {}
        for number in range(int(n)):
            covariates = self._drawn(source, effects)
            rows = self.model.plain.all_edges(covariates)
            cumulative = predict(self.fit_record.fixed, rows, self.model.link, "cumprob")
            require_probabilities(cumulative)
            uniform = source.random((len(cumulative), 1))
            codes = (uniform > cumulative[:, :-1]).sum(axis=1)
            draws[number] = pd.Categorical.from_codes(codes, levels, ordered=True)
        return pd.DataFrame(draws, index=self.model.sample.covariates.index)

    def _drawn(self: Any, source: np.random.Generator, effects: str) -> Covariates:
        """Return the covariates of the fit, with random effects in their offset."""
        parts = self.model.random.parts
        asked = Asked(
            self.model.sample.covariates, [part.design for part in parts],
            [part.codes for part in parts],
        )  # fmt: skip
        if effects == "conditional":
            return self._shifted(asked)
        shift = np.zeros(len(asked.covariates.index))
        for part, scale in zip(parts, self._scales(self.maximum.params), strict=True):
            drawn = source.standard_normal((part.n_groups, part.n_effects)) @ scale.T
            shift += (part.design * drawn[part.codes]).sum(axis=1)
        moved = pd.Series(shift, asked.covariates.index)
        offset = asked.covariates.offset
        return asked.covariates._replace(offset=moved if offset is None else offset + moved)
