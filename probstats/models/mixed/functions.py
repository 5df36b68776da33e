"""The functions of a model with random effects, and what it has from the plain model."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from probstats.errors import ModelError
from probstats.models.kernel.links import Array, Link
from probstats.models.kernel.rows import Rows
from probstats.models.mixed.integration import Marginal, make_marginal, read_integration
from probstats.models.mixed.optimum import SPREAD, difference_hessian
from probstats.models.reading.sample import Sample


class MixedFunctions:
    """Marginal log-likelihood at any parameters; outcome, sample and rows of the plain model."""

    plain: Any
    random: Any
    data: Any

    @property
    def link(self) -> Link:
        """The link."""
        return self.plain.link

    @property
    def outcome(self) -> Any:
        """Levels and codes of the outcome."""
        return self.plain.outcome

    @property
    def sample(self) -> Sample:
        """Outcome, covariates, weights and offset of the rows used."""
        return self.plain.sample

    @property
    def design(self) -> Any:
        """Of a formula: what was read, and what was dropped."""
        return self.plain.design

    @property
    def formula_data(self) -> pd.DataFrame | None:
        """The rows used, of a formula."""
        return self.plain.formula_data

    @property
    def thresholds(self) -> Any:
        """The structure of the thresholds."""
        return self.plain.thresholds

    @property
    def rows(self) -> Rows:
        """What the likelihood sees of the data."""
        return self.plain.rows

    def checked_params(self, params: Any) -> Array:
        """Return parameters as an array of the right length.

        Raises
        ------
        ModelError
            If there are not as many as the model has, or a standard deviation is negative.
        """
        names = self.data.param_names
        try:
            values = np.asarray(params, dtype=float)
        except (TypeError, ValueError):
            raise ModelError(f"params must be {len(names)} numbers, not {params!r}") from None
        if values.shape != (len(names),):
            raise ModelError(
                f"params has shape {values.shape}; the model has {len(names)} parameters: "
                f"{', '.join(names)}"
            )
        reported = values[len(names) - self.random.n_params :]
        if (reported[self.random.is_sd] < 0.0).any() or (
            np.abs(reported[~self.random.is_sd]) > 1.0
        ).any():
            raise ModelError("standard deviations must not be negative, nor correlations beyond 1")
        try:
            self.random.entries(reported)
        except np.linalg.LinAlgError:
            raise ModelError(
                "these correlations cannot go together: no covariance has them all"
            ) from None
        return values

    def _evaluated(self, params: Any, nodes: int) -> tuple[Array, float, Array]:
        values = self.checked_params(params)
        n_fixed = len(values) - self.random.n_params
        entries = self.random.entries(values[n_fixed:])
        inner = np.concatenate([values[:n_fixed], entries])
        value, gradient = self._marginal(nodes)(inner)
        return inner, value, gradient

    def _marginal(self, nodes: int) -> Marginal:
        return make_marginal(self, self.rows, nodes)

    def loglike(self, params: Any, integration: str = "laplace", nodes: int | None = None) -> float:
        """Return the marginal log-likelihood.

        Parameters
        ----------
        params : array_like
            All parameters, in the order of ``param_names``.
        integration, nodes
            See ``fit``.

        Returns
        -------
        float
            Minus infinity where thresholds are out of order.
        """
        return self._evaluated(params, read_integration(self.random, integration, nodes))[1]

    def score(self, params: Any, integration: str = "laplace", nodes: int | None = None) -> Array:
        """Return the gradient of the log-likelihood; exact.

        Missing for the random effects where an sd is zero or a correlation is one.
        """
        count = read_integration(self.random, integration, nodes)
        inner, _, gradient = self._evaluated(params, count)
        n_fixed = len(inner) - self.random.n_params
        slopes = self.random.slopes(inner[n_fixed:])
        if not np.isfinite(slopes).all() or np.linalg.matrix_rank(slopes) < len(slopes):
            return np.append(gradient[:n_fixed], np.full(self.random.n_params, np.nan))
        on_reported = np.linalg.solve(slopes.T, gradient[n_fixed:])
        return np.concatenate([gradient[:n_fixed], on_reported])

    def hessian(self, params: Any, integration: str = "laplace", nodes: int | None = None) -> Array:
        """Return the Hessian by central differences of the exact gradient.

        Raises
        ------
        ModelError
            Where a standard deviation is zero or a correlation is one, at the edge.
        """
        values = self.checked_params(params)
        if not np.isfinite(self.score(values, integration, nodes)).all():
            raise ModelError(
                "there is no Hessian where a standard deviation is zero or a correlation is one"
            )

        def evaluate(at: Array) -> tuple[float, Array]:
            return 0.0, self.score(at, integration, nodes)

        return difference_hessian(evaluate, values, SPREAD * self._steps(values))

    def _steps(self, values: Array) -> Array:
        """Return how far each parameter moves until it matters, in the units of its column."""
        fixed = np.abs(np.diag(self.plain.problem().transform))
        units = [
            1.0 / np.diag(part.basis)[place] if place < part.n_effects else 1.0
            for part in self.random.parts for place in range(part.n_params)
        ]  # fmt: skip
        random = values[len(fixed) :]
        size = np.minimum(np.maximum(np.abs(random), 0.1 * np.array(units)), 1e3 * np.abs(random))
        apart = np.where(self.random.is_sd, size, 1.0 - random**2)
        return np.concatenate([fixed, apart])
