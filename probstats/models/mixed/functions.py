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
        values = np.asarray(params, dtype=float)
        names = self.data.param_names
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
        """Return the gradient of the log-likelihood; exact, and missing where an sd is zero."""
        count = read_integration(self.random, integration, nodes)
        inner, _, gradient = self._evaluated(params, count)
        n_fixed = len(inner) - self.random.n_params
        slopes = self.random.slopes(inner[n_fixed:])
        if not np.isfinite(slopes).all():
            return np.append(gradient[:n_fixed], np.full(self.random.n_params, np.nan))
        on_reported = np.linalg.solve(slopes.T, gradient[n_fixed:])
        return np.concatenate([gradient[:n_fixed], on_reported])

    def hessian(self, params: Any, integration: str = "laplace", nodes: int | None = None) -> Array:
        """Return the Hessian by central differences of the exact gradient."""
        values = self.checked_params(params)

        def evaluate(at: Array) -> tuple[float, Array]:
            return 0.0, self.score(at, integration, nodes)

        return difference_hessian(evaluate, values, SPREAD * np.maximum(np.abs(values), 0.1))
