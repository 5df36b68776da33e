"""The random effects of the groups, given the data: modes, their errors, and how they move."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from probstats.errors import ModelError
from probstats.models.fit_options import check_alpha
from probstats.models.kernel.links import Array
from probstats.models.mixed.effects import Part
from probstats.models.mixed.integration import make_marginal
from probstats.models.mixed.marginal import Modes

STEP = 1e-4
"""Standard errors over which modes are compared."""


class Conditional:
    """``random_effects`` of results, and what predictions of known groups need."""

    def _modes_at(self: Any, params: Array) -> list[Modes]:
        """Return the modes of each part at parameters of the search."""
        try:
            found = self._marginal.modes(params)
        except FloatingPointError:
            raise ModelError(
                "the random effects of the groups need the maximum of the likelihood, which this "
                "fit does not have; its warning says why"
            ) from None
        return found if isinstance(found, list) else [found]

    @cached_property
    def _marginal(self: Any) -> Any:
        problem = self.model.plain.problem()
        return make_marginal(self.model, problem.rows, self.fit_record.nodes)

    @cached_property
    def _modes(self: Any) -> list[Modes]:
        return list(self._modes_at(self.maximum.params))

    def _scales(self: Any, params: Array) -> list[Array]:
        """Return Lambda of each part, on the scale of the user's columns."""
        entries = params[self.fit_record.n_fixed :]
        pairs = zip(self.model.random.parts, self.model.random.split(entries), strict=True)
        return [part.factor(some) for part, some in pairs]

    def effects_at(self: Any, params: Array) -> list[Array]:
        """Return the random effects b of each part at parameters of the search, G by d."""
        modes, scales = self._modes_at(params), self._scales(params)
        return [some.modes @ scale.T for some, scale in zip(modes, scales, strict=True)]

    @cached_property
    def _effects(self: Any) -> list[Array]:
        scales = self._scales(self.maximum.params)
        return [some.modes @ scale.T for some, scale in zip(self._modes, scales, strict=True)]

    @cached_property
    def effects_covariance(self: Any) -> list[Array]:
        """Covariance of the random effects of each group given the data, G by d by d."""
        scales = self._scales(self.maximum.params)
        return [scale @ some.covariance @ scale.T
                for some, scale in zip(self._modes, scales, strict=True)]  # fmt: skip

    @cached_property
    def effects_slopes(self: Any) -> list[Array]:
        """Derivatives of the random effects in the parameters of the search, G by d by q."""
        params, spread = self.maximum.params, self._spread
        sides = []
        for number, step in enumerate(spread):
            moved = step * np.eye(len(params))[number]
            up, down = self.effects_at(params + moved), self.effects_at(params - moved)
            sides.append([(a - b) / (2.0 * step) for a, b in zip(up, down, strict=True)])
        return [np.stack(part, axis=-1) for part in zip(*sides, strict=True)]

    @property
    def _spread(self: Any) -> Array:
        error = np.sqrt(np.maximum(np.diag(self.fit_record.scaled), 0.0))
        return STEP * np.clip(np.where(np.isfinite(error), error, 1.0), 1e-3, 1.0)

    @property
    def random_effects(self: Any) -> pd.DataFrame:
        """The random effects of each group, given its rows: the conditional modes.

        Returns
        -------
        pandas.DataFrame
            ``estimate`` and ``se`` by grouping factor, group and effect. The errors are those of
            the effects given the estimates, the root of the inverse curvature at the mode, as R's
            ``ranef(clmm, condVar = TRUE)`` has them.
        """
        frames = [
            _frame(part, effects, covariance)
            for part, effects, covariance in zip(
                self.model.random.parts, self._effects, self.effects_covariance, strict=True
            )
        ]
        return pd.concat(frames)

    def random_effects_interval(self: Any, alpha: float = 0.05) -> pd.DataFrame:
        """Return the random effects with intervals that take the estimates as known.

        Parameters
        ----------
        alpha : float
            One minus the level.

        Returns
        -------
        pandas.DataFrame
            ``estimate``, ``se``, ``ci_lower`` and ``ci_upper``.
        """
        check_alpha(alpha)
        frame = self.random_effects
        reach = float(stats.norm.ppf(1.0 - alpha / 2.0)) * frame["se"]
        return frame.assign(ci_lower=frame["estimate"] - reach, ci_upper=frame["estimate"] + reach)


def _frame(part: Part, effects: Array, covariance: Array) -> pd.DataFrame:
    error = np.sqrt(np.diagonal(covariance, axis1=1, axis2=2))
    index = pd.MultiIndex.from_product(
        [[part.name], part.labels, part.columns], names=["factor", "group", "effect"]
    )
    return pd.DataFrame({"estimate": effects.ravel(), "se": error.ravel()}, index=index)
