"""What polychoric correlations say."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from scipy import special, stats

from probstats.association.chains import MOST_PATHS, boundary_end, n_paths
from probstats.association.pair_fit import PairFit
from probstats.association.pair_profile import PairProfile
from probstats.errors import ModelError, SparseWarning
from probstats.models.fit_options import is_number
from probstats.models.kernel.links import Array
from probstats.models.trouble import warn

SHOWN = ("estimate", "std_error", "conf_low", "conf_high", "p_value", "n", "dropped")
INTERVALS = ("profile", "wald")
SPARSE_SHARE = 0.2
Pair = tuple[str, str]


@dataclass(frozen=True, repr=False)
class PolychoricCorrelations:
    """Polychoric correlations of all pairs of some outcomes.

    Attributes
    ----------
    correlation : pandas.DataFrame
        The matrix of correlations.
    table : pandas.DataFrame
        One row for each pair:

        - ``first``, ``second``: the outcomes;
        - ``estimate``, ``std_error``: the correlation, and its error by the delta method from
          that of Fisher's z; missing at the boundary;
        - ``conf_low``, ``conf_high``: the interval; at the boundary one end is the estimate;
        - ``interval``: how it was made, ``"wald"``, ``"exact"`` (at the boundary), ``"profile"``
          or ``"none"``;
        - ``statistic``, ``p_value``: likelihood-ratio test of no correlation, one degree of
          freedom;
        - ``n``, ``dropped``: rows with both outcomes, and without;
        - ``n_interval``: rows of ``n`` where a level is known as an interval;
        - ``note``: what is to be known, empty if nothing.
    thresholds : pandas.DataFrame
        ``first``, ``second``, the ``outcome`` whose threshold it is, ``threshold``, ``estimate``
        and ``std_error`` (missing at the boundary).
    method : str
        ``"likelihood"`` or ``"two-step"``.
    interval : str
        How the intervals of ``table`` were asked for.
    level : float
        Their level.
    """

    correlation: pd.DataFrame
    table: pd.DataFrame
    thresholds: pd.DataFrame
    method: str
    interval: str
    level: float
    _fits: dict[Pair, PairFit] = field(default_factory=dict)

    def conf_int(self, level: float | None = None, method: str | None = None) -> pd.DataFrame:
        """Return intervals of the correlations.

        Parameters
        ----------
        level : float, optional
            Their level; that of the table by default.
        method : {"wald", "profile"}, optional
            As ``interval`` of ``polychoric``; that of the table by default.

        Returns
        -------
        pandas.DataFrame
            ``first``, ``second``, ``conf_low``, ``conf_high`` and ``interval``, how it was made.

        Raises
        ------
        ModelError
            If the level or method is not known, or a profile is asked of two steps.
        """
        level = self.level if level is None else level
        method = self.interval if method is None else method
        require_level(level)
        require_interval(method, self.method)
        lines = [(*pair, *pair_interval(fit, method, level)) for pair, fit in self._fits.items()]
        return pd.DataFrame(lines, columns=["first", "second", "conf_low", "conf_high", "interval"])

    def normality(self) -> pd.DataFrame:
        """Test whether bivariate normal variables could lie behind each pair.

        Twice the log-likelihood that the saturated table gains, on RC - R - C degrees of freedom
        for a table of R by C levels (Olsson 1979).

        Returns
        -------
        pandas.DataFrame
            ``first``, ``second``, ``statistic``, ``df``, ``p_value``, and the share of
            expected counts ``below_one`` and ``below_five``. There is no test of two by two levels,
            which some correlation fits exactly, of outcomes known as an interval, of two-step
            estimates, and of a correlation of one, which fits its table.

        Warns
        -----
        SparseWarning
            If more than a fifth of the expected counts of a pair are below 1; the p-value then
            means little.
        """
        lines = [(*pair, *self._normality(fit)) for pair, fit in self._fits.items()]
        names = ["first", "second", "statistic", "df", "p_value", "below_one", "below_five"]
        found = pd.DataFrame(lines, columns=names)
        sparse = found[(found["below_one"] > SPARSE_SHARE) & found["p_value"].notna()]
        if len(sparse):
            pairs = ", ".join(f"{a} and {b}" for a, b in sparse[["first", "second"]].to_numpy())
            warn(
                f"more than a fifth of the expected counts are below 1 for {pairs}; the p-value "
                f"of bivariate normality means little there",
                SparseWarning,
            )
        return found

    def _normality(self, fit: PairFit) -> tuple[float, float, float, float, float]:
        missing = float("nan")
        known = fit.likelihood.is_known()
        if not known or fit.boundary or fit.two_step or not fit.converged:
            return missing, missing, missing, missing, missing
        expected = expected_counts(fit)
        below = float((expected < 1.0).mean()), float((expected < 5.0).mean())
        rows, columns = fit.likelihood.levels
        df = rows * columns - rows - columns
        counts = fit.likelihood.counts
        saturated = float(special.xlogy(counts, counts / counts.sum()).sum())
        gained = max(2.0 * (saturated - fit.loglike), 0.0)
        p_value = float(stats.chi2.sf(gained, df)) if df > 0 else missing
        return (gained if df > 0 else missing), df, p_value, *below

    def summary_frame(self) -> pd.DataFrame:
        """Return the table."""
        return self.table.copy()

    def summary(self) -> str:
        """Return the table and the notes as text."""
        lines = self.table.set_index(["first", "second"])
        shown = lines[list(SHOWN)].to_string(
            float_format="{:.4f}".format, formatters={"p_value": "{:.3g}".format}
        )
        how = "maximum likelihood" if self.method == "likelihood" else "two steps"
        kind = "profile" if self.interval == "profile" else "Fisher's z"
        head = f"Polychoric correlations by {how}; {100 * self.level:g}% intervals by {kind}"
        notes = [
            f"{first} and {second}: {note}"
            for first, second, note in self.table[["first", "second", "note"]].to_numpy()
            if note
        ]
        return "\n".join([head, shown, *notes])

    def __repr__(self) -> str:
        return self.summary()

    def __dir__(self) -> list[str]:
        return [name for name in super().__dir__() if not name.startswith("_")]


def expected_counts(fit: PairFit) -> Array:
    """Return the expected counts of a table of known levels."""
    likelihood = fit.likelihood
    p, _ = likelihood.all_cells().probabilities(fit.params)
    return likelihood.n_rows * p.reshape(likelihood.levels)


def pair_interval(fit: PairFit, method: str, level: float) -> tuple[float, float, str]:
    """Return an interval and how it was made."""
    if not fit.converged:
        return np.nan, np.nan, "none"
    if method == "wald" and not fit.boundary:
        low, high = fit.wald_interval(level)
        return low, high, "wald"
    likelihood = fit.likelihood
    if method == "wald" and likelihood.is_known() and n_paths(*likelihood.levels) <= MOST_PATHS:
        end = boundary_end(likelihood, fit.params, fit.boundary, level)
        low, high = sorted((end, float(fit.boundary)))
        return low, high, "exact"
    low, high = PairProfile(fit).interval(level)
    return low, high, "profile"


def require_level(level: float) -> None:
    """Raise unless a level lies between zero and one."""
    if not is_number(level) or not 0.0 < level < 1.0:
        raise ModelError(f"level={level!r} is no level of an interval; give one such as 0.95")


def require_interval(interval: str, method: str) -> None:
    """Raise unless this interval can be made."""
    if interval not in INTERVALS:
        raise ModelError(f"interval {interval!r} is not known; choose 'profile' or 'wald'")
    if interval == "profile" and method == "two-step":
        raise ModelError(
            "two steps maximise no likelihood, so that there is no profile; choose 'wald', or "
            "method='likelihood'"
        )
