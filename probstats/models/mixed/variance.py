"""How large the random effects are: intervals, tests at the boundary, intraclass correlation."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from scipy import special, stats

from probstats.errors import ModelError
from probstats.models.checking.variants import quiet_fit
from probstats.models.fit_options import check_alpha, is_whole
from probstats.models.mixed.effects import INTERCEPT, Part, RandomEffects
from probstats.models.mixed.fitting import LATENT_SD
from probstats.models.mixed.profiles import MixedProfile


class VarianceTests:
    """``sd_interval``, ``profile``, ``test_random_effects`` and ``intraclass_correlation``."""

    def _require_profile(self: Any) -> None:
        if self.separation.separated or not self.maximum.converged or self.runaway:
            raise ModelError(
                "a profile needs the maximum of the likelihood, which this fit does not have; its "
                "warning says why"
            )

    def _profile_of(self: Any, number: int) -> MixedProfile:
        self._require_profile()
        several = any(part.n_effects > 1 for part in self.model.random.parts)
        if several and self.edge:
            raise ModelError(
                f"the profile is not to be had while {', '.join(self.edge)} is at the edge; leave "
                f"out a random slope"
            )
        return MixedProfile(self._marginal, self.fit_record, number)

    def _profile_interval(self: Any, number: int, alpha: float) -> tuple[float, float]:
        goal = float(stats.norm.ppf(1.0 - alpha / 2.0))
        return self._profile_of(number).interval(goal)

    def sd_interval(self: Any, alpha: float = 0.05, method: str = "profile") -> pd.DataFrame:
        """Return the standard deviations of the random effects with intervals.

        Parameters
        ----------
        alpha : float
            One minus the level.
        method : {"profile", "wald"}
            The profile likelihood, whose interval may begin at zero; or the estimate and its
            error on the log scale.

        Returns
        -------
        pandas.DataFrame
            ``estimate``, ``ci_lower`` and ``ci_upper`` by standard deviation.
        """
        check_alpha(alpha)
        names = list(self.sd.index)
        places = [self.model.data.param_names.index(name) for name in names]
        if method == "profile":
            ends = np.array([self._profile_interval(place, alpha) for place in places])
        else:
            ends = np.asarray(self.conf_int(alpha, method))[places]
        return pd.DataFrame(
            {"estimate": self.sd, "ci_lower": ends[:, 0], "ci_upper": ends[:, 1]}, index=names
        )

    def profile(self: Any, name: str, level: float = 0.99, points: int = 21) -> pd.DataFrame:
        """Return the profile log-likelihood of a parameter.

        Parameters
        ----------
        name : str
            The parameter.
        level : float
            Level of the interval the profile covers.
        points : int
            Number of points.

        Returns
        -------
        pandas.DataFrame
            ``value``, the signed root ``z`` and the profile log-likelihood ``loglike``.

        Raises
        ------
        ModelError
            If there is no such parameter, or no maximum.
        """
        names = self.model.data.param_names
        if name not in names:
            raise ModelError(f"there is no parameter {name!r}; there are {', '.join(names)}")
        check_alpha(level, "level")
        if not is_whole(points) or points < 2:
            raise ModelError(f"points={points!r} must be a whole number, at least 2")
        profile = self._profile_of(names.index(name))
        goal = float(stats.norm.ppf(0.5 + level / 2.0))
        reach = 5.0 * goal * max(profile.spread, abs(profile.estimate))
        ends = np.clip(profile.interval(goal), profile.estimate - reach, profile.estimate + reach)
        values = np.linspace(float(ends[0]), float(ends[1]), int(points))
        roots = np.array([profile.root(value) for value in values])
        return pd.DataFrame({"value": values, "z": roots, "loglike": self.llf - 0.5 * roots**2})

    def test_random_effects(self: Any) -> pd.DataFrame:
        """Test each random effect by the likelihood ratio: that its standard deviation is zero.

        Returns
        -------
        pandas.DataFrame
            ``statistic``, ``df``, ``p_value`` and ``llf_without``, a row for each grouping factor,
            or for each random slope.

        Notes
        -----
        Zero is at the edge of what a standard deviation can be: under the hypothesis the
        statistic of a lone effect is a half and half mixture of 0 and chi-squared with 1 degree
        of freedom, and that of the d-th effect of a group, with its d - 1 correlations, of
        chi-squared with d - 1 and d (Self and Liang 1987; Stram and Lee 1994, cases 5 and 6). With
        few groups even this p-value is somewhat too large.
        """
        rows = {}
        for part in self.model.random.parts:
            for name, fewer in self._fewer(part):
                without = self._llf_of(fewer)
                statistic = max(2.0 * (self.llf - without), 0.0)
                low = part.n_effects - 1
                p_value = 0.5 * (_tail(statistic, low) + _tail(statistic, low + 1))
                rows[name] = (statistic, f"{low}:{low + 1}", p_value, without)
        columns = ["statistic", "df", "p_value", "llf_without"]
        return pd.DataFrame.from_dict(rows, orient="index", columns=columns)

    def _fewer(self: Any, part: Part) -> list[tuple[str, RandomEffects | None]]:
        """Return the random effects without one of those of a part, None where none is left."""
        effects = self.model.random
        if part.n_effects == 1:
            rest = tuple(other for other in effects.parts if other is not part)
            return [(part.name, replace(effects, parts=rest) if rest else None)]
        found: list[tuple[str, RandomEffects | None]] = []
        for number, column in enumerate(part.columns):
            if column == INTERCEPT:
                continue
            kept = [place for place in range(part.n_effects) if place != number]
            smaller = replace(
                part, columns=[part.columns[place] for place in kept], design=part.design[:, kept]
            )
            found.append((f"{part.name}: {column}", replace(effects, parts=(smaller,))))
        return found

    def _llf_of(self: Any, effects: RandomEffects | None) -> float:
        if effects is None:
            return float(self.llf_plain)
        nodes = None if self.integration == "laplace" else self.nodes
        fit = quiet_fit(
            self.model.of(self.model.plain, effects), integration=self.integration, nodes=nodes
        )
        return float(fit.llf) if fit.maximum.converged else np.nan

    def intraclass_correlation(
        self: Any, alpha: float = 0.05, method: str = "profile"
    ) -> pd.DataFrame:
        """Return the share of the latent variance that is between groups.

        Parameters
        ----------
        alpha : float
            One minus the level of the intervals.
        method : {"profile", "wald"}
            The interval of the standard deviation, carried over; with several grouping factors
            intervals are by the delta method on the logit scale whatever this says.

        Returns
        -------
        pandas.DataFrame
            ``estimate``, ``ci_lower`` and ``ci_upper`` by grouping factor.

        Raises
        ------
        ModelError
            If the latent error has no variance (cauchit) or not one only (scale effects), or
            with random slopes.

        Notes
        -----
        sd^2 / (sum of all sd^2 + v), with v the variance of the latent error: pi^2 / 3 for the
        logit, 1 for the probit, pi^2 / 6 for cloglog and loglog (Snijders and Bosker 2012,
        section 17.3.2).
        """
        check_alpha(alpha)
        self._require_one_variance()
        variance = LATENT_SD[self.model.link.name] ** 2
        names = [part.name for part in self.model.random.parts]
        if len(names) == 1:
            frame = self.sd_interval(alpha, method) ** 2
            frame = frame / (frame + variance)
            return frame.set_axis(names)
        sd = self.sd.to_numpy()
        total = (sd**2).sum() + variance
        share = sd**2 / total
        slopes = np.diag(2.0 * sd / total) - np.outer(share, 2.0 * sd / total)
        covariance = np.asarray(self.cov_params())[-len(sd) :, -len(sd) :]
        error = np.sqrt(np.diag(slopes @ covariance @ slopes.T))
        with np.errstate(divide="ignore", invalid="ignore"):
            reach = stats.norm.ppf(1.0 - alpha / 2.0) * error / (share * (1.0 - share))
            ends = special.expit(special.logit(share) + np.array([[-1.0], [1.0]]) * reach)
        return pd.DataFrame(
            {"estimate": share, "ci_lower": ends[0], "ci_upper": ends[1]}, index=names
        )

    def _require_one_variance(self: Any) -> None:
        if self.model.link.name not in LATENT_SD:
            raise ModelError(
                "the latent error of the cauchit has no variance, so there is no share"
            )
        if self.model.rows.scale.shape[1]:
            raise ModelError(
                "with scale effects the latent error has another variance in each row, so that "
                "there is no one share"
            )
        if any(part.columns != [INTERCEPT] for part in self.model.random.parts):
            raise ModelError(
                "with random slopes the variance between groups depends on the covariates, so "
                "that there is no one share"
            )


def _tail(statistic: float, df: int) -> float:
    """Return the probability that chi-squared is at least the statistic; with 0 df it is 0."""
    if df == 0:
        return 1.0 if statistic <= 0.0 else 0.0
    return float(stats.chi2.sf(statistic, df))
