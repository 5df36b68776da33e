"""How well a model with random effects fits, and how well the fit was found."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
from scipy import linalg

from probstats.models.checking.variants import quiet_fit
from probstats.models.inference import fit_statistics
from probstats.models.inference.threshold_table import level_thresholds
from probstats.models.mixed.integration import MOST_NODES, MOST_POINTS, make_marginal


class FitQuality:
    """``llnull``, pseudo R-squared, ``convergence`` and ``level_thresholds`` of results."""

    @cached_property
    def llnull(self: Any) -> float:
        """Log-likelihood with thresholds and the same random effects only; missing without one."""
        sample = self.model.sample
        none = pd.DataFrame(index=sample.covariates.index)
        covariates = sample.covariates._replace(location=none, scale=none, nominal=none)
        plain = self.model.plain.with_sample(replace(sample, covariates=covariates))
        nodes = None if self.integration == "laplace" else self.nodes
        null = self.model.of(plain, self.model.random)
        fit = quiet_fit(null, integration=self.integration, nodes=nodes)
        return float(fit.llf) if fit.maximum.converged else float("nan")

    @cached_property
    def quadrature_gap(self: Any) -> float:
        """Log-likelihood with twice the nodes less that of the fit; 0 with Laplace's method.

        With as many nodes as there may be, it is the difference from four fifths of them.
        """
        if self.nodes == 1:
            return 0.0
        most = int(MOST_POINTS ** (1.0 / self.model.random.parts[0].n_effects) + 1e-9)
        more = min(2 * self.nodes, MOST_NODES, most)
        count = more if more > self.nodes else max(1, 4 * self.nodes // 5)
        marginal = make_marginal(self.model, self.model.plain.problem().rows, count)
        return float(marginal(self.maximum.params)[0] - self.llf)

    @property
    def prsquared(self: Any) -> float:
        """McFadden's pseudo R-squared, 1 - llf / llnull: what the covariates explain."""
        return float(self.pseudo_rsquared("mcfadden"))

    def pseudo_rsquared(self: Any, kind: str = "mcfadden") -> float:
        """Return a pseudo R-squared against the model with random effects only.

        Parameters
        ----------
        kind : {"mcfadden", "cox_snell", "nagelkerke"}
            See ``CumulativeLinkResults.pseudo_rsquared``.

        Returns
        -------
        float
            0 where the covariates say nothing.
        """
        return fit_statistics.pseudo_rsquared(self.llf, self.llnull, self.nobs, kind)

    @property
    def level_thresholds(self: Any) -> pd.DataFrame:
        """The K - 1 thresholds for each combination of nominal covariates in the data."""
        found = self.fit_record
        fixed = SimpleNamespace(
            params=found.fixed,
            transform=found.model_transform,
            separation=SimpleNamespace(directions=self.separation.directions[: found.n_fixed]),
        )
        reported = np.asarray(self.params)[: found.n_fixed]
        return level_thresholds(self.model, fixed, reported)  # type: ignore[arg-type]

    def convergence(self: Any) -> fit_statistics.Convergence:
        """Return how near the maximum is, and how many digits of each estimate can be trusted.

        Returns
        -------
        Convergence
            Relative gradient, condition number of the Hessian, and a table by parameter; it
            prints. The error of an estimate is that of one more Newton step. Missing for
            parameters without a finite estimate, and at the edge.
        """
        found, maximum = self.fit_record, self.maximum
        _, gradient = self._marginal(maximum.params)
        step = found.scaled @ gradient
        values = np.abs(linalg.eigvalsh(maximum.hessian))
        table = pd.DataFrame(
            {
                "estimate": np.asarray(self.params),
                "std_error": np.asarray(self.bse),
                "gradient": gradient,
                "error": np.abs(found.transform @ step),
            },
            index=self.model.data.param_names,
        )
        table.loc[table["std_error"].isna(), ["gradient", "error"]] = np.nan
        with np.errstate(divide="ignore"):
            table["decimals"] = np.floor(-np.log10(2.0 * table["error"].clip(lower=1e-16)))
        size = np.ceil(np.log10(table["estimate"].abs().clip(lower=1e-300)))
        table["digits"] = (table["decimals"] + size).clip(lower=0.0)
        return fit_statistics.Convergence(
            float(np.sqrt(max(gradient @ step, 0.0))),
            float(np.abs(gradient).max()),
            float(values.max() / values.min()) if values.min() > 0.0 else np.inf,
            maximum.iterations,
            table,
        )
