"""What the results of an ordered logit with fixed effects print, and what they cannot say."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from scipy import stats
from statsmodels.base.model import LikelihoodModelResults

from probstats.errors import ModelError
from probstats.models.fit_options import check_alpha
from probstats.models.mixed.summary import make_fixed_summary


class ConditionalReports:
    """``summary``, ``wald_test_terms`` and ``predict`` of results."""

    cov_type = "cluster"

    def summary(self: Any, alpha: float = 0.05) -> Any:
        """Return a summary with text, HTML and LaTeX forms.

        Parameters
        ----------
        alpha : float
            One minus the level of the intervals.

        Returns
        -------
        statsmodels.iolib.summary.Summary
            Coefficients with intervals, and the groups that say something; ``summary_frame()`` has
            the same numbers as a frame.
        """
        return make_fixed_summary(self, alpha)

    def conf_int(self: Any, alpha: float = 0.05) -> Any:
        """Return intervals by the t reference.

        Parameters
        ----------
        alpha : float
            One minus the level.

        Returns
        -------
        pandas.DataFrame
            Columns 0 and 1, one row for each coefficient.
        """
        check_alpha(alpha)
        return LikelihoodModelResults.conf_int(self, alpha)

    def wald_test_terms(self: Any) -> pd.DataFrame:
        """Test each term of the model: that all its coefficients are zero.

        Returns
        -------
        pandas.DataFrame
            ``statistic`` (F), ``df``, ``df_denom`` and ``p_value`` by term; missing for terms with
            a coefficient that has no finite estimate.
        """
        names, design = self.model.data.param_names, self.model.design
        terms = {name: [place] for place, name in enumerate(names)}
        if design is not None:
            terms = design.parts["location"].terms
        lost = np.isin(names, self.diverging)
        rows = {term: self._term_test(places, lost) for term, places in terms.items()}
        columns = ["statistic", "df", "df_denom", "p_value"]
        frame = pd.DataFrame.from_dict(rows, orient="index", columns=columns)
        return frame.rename_axis("term")

    def _term_test(self: Any, places: list[int], lost: Any) -> tuple[float, int, int, float]:
        df, below = len(places), self.df_resid_inference
        if lost[places].any():
            return np.nan, df, below, np.nan
        estimates = np.asarray(self.params)[places]
        covariance = np.asarray(self.cov_params())[np.ix_(places, places)]
        statistic = float(estimates @ np.linalg.solve(covariance, estimates)) / df
        return statistic, df, below, float(stats.f.sf(statistic, df, below))

    def predict(self: Any, *_args: Any, **_kwargs: Any) -> Any:
        """Raise: thresholds of the groups are conditioned away, so that there is no probability.

        Raises
        ------
        ModelError
            Always; ``CumulativeLinkMixedModel`` predicts.
        """
        raise ModelError(
            "an ordered logit with fixed effects predicts nothing: the thresholds of the groups "
            "are conditioned away; use CumulativeLinkMixedModel for probabilities"
        )
