"""What simulation says of the power of a design."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from probstats.display import number, ratio
from probstats.errors import ModelError
from probstats.planning.asked import read_power
from probstats.planning.curve import crossing
from probstats.planning.sentences import in_hundred, spans


@dataclass(frozen=True, repr=False)
class Detectable:
    """The odds ratio nearest to 1 that a design finds with some probability.

    Attributes
    ----------
    odds_ratio : float
        The odds ratio, interpolated between simulated ones on the probit scale of power; infinite
        (or 0 below 1) where none that was simulated has the power.
    low, high : float
        Where the ends of the Monte Carlo intervals of power meet the goal.
    power : float
        The power aimed at.
    """

    odds_ratio: float
    low: float
    high: float
    power: float

    def __repr__(self) -> str:
        found, low, high = (
            ratio(end) if 0.0 < end < np.inf else "none"
            for end in (self.odds_ratio, self.low, self.high)
        )
        return f"<Detectable: {found}, {low} to {high}, power {self.power:g}>"


@dataclass(frozen=True, repr=False)
class SimulatedPower:
    """Power of a design in hand, by simulation.

    Attributes
    ----------
    table : pandas.DataFrame
        A row for each odds ratio, 1 among them; columns

        - ``odds_ratio``, ``power``: share of all samples in which the test is significant; at an
          odds ratio of 1 this is the size of the test;
        - ``low``, ``high``: 95% Monte Carlo interval of the power (Wilson 1927);
        - ``width``: mean width of the interval of the log odds ratio;
        - ``coverage``: share of these intervals that hold the true value, to check the analysis;
        - ``wrong_side``: share of samples significant on the wrong side of 1;
        - ``exaggeration``: mean size of significant estimates over the true size, both as logs
          (Gelman and Carlin 2014);
        - ``lost_level``: share of samples in which a level did not occur; they are analysed
          without it;
        - ``separated``, ``failed``: shares of samples without a finite estimate, and without any
          for another reason. They count as not significant, and have no interval.
    term : str
        The column whose odds ratio it is.
    asked : tuple of float
        Odds ratios asked for; the one found, where a power was asked for.
    goal : float or None
        The power asked for.
    n : int
        Rows, a weight of 2 being two.
    shares : pandas.Series
        Shares of the levels over all rows, which every odds ratio keeps.
    alpha : float
        Level of the two-sided Wald test.
    n_resamples : int
        Samples at each odds ratio.
    design : str
        The rows and their groups, in words.
    analysis : str
        How samples are analysed, in words.
    samples : pandas.DataFrame
        The analysis of every sample: ``effect`` (log odds ratio), ``estimate``, ``std_error``,
        ``df``, ``lost_level``, ``trouble``. The samples of one effect stand in the order of those
        of another, with the same random numbers.
    notes : tuple of str
        What is to be known besides, in sentences.
    """

    table: pd.DataFrame
    term: str
    asked: tuple[float, ...]
    goal: float | None
    n: int
    shares: pd.Series
    alpha: float
    n_resamples: int
    design: str
    analysis: str
    samples: pd.DataFrame = field(repr=False)
    notes: tuple[str, ...] = ()

    @property
    def power(self) -> float | pd.Series:
        """Power at the odds ratio asked for; by odds ratio where there are several."""
        return self._asked_for("power") if self.goal is None else self.goal

    @property
    def width(self) -> float | pd.Series:
        """Expected width of the interval of the log odds ratio, likewise."""
        if self.goal is None:
            return self._asked_for("width")
        if not 0.0 < self.asked[0] < np.inf:
            return np.nan
        logs = np.log(self.table["odds_ratio"])
        return float(np.interp(np.log(self.asked[0]), logs, self.table["width"]))

    @property
    def odds_ratio(self) -> float | tuple[float, ...]:
        """The odds ratio asked for, or the one found; several where several were asked for."""
        return self.asked[0] if len(self.asked) == 1 else self.asked

    @property
    def size(self) -> float:
        """Share of samples significant where the odds ratio is 1."""
        return float(self.table.loc[self.table["odds_ratio"] == 1.0, "power"].iloc[0])

    def _asked_for(self, name: str) -> float | pd.Series:
        values = self.table.set_index("odds_ratio")[name]
        if len(self.asked) > 1:
            return values.loc[list(self.asked)]
        return float(values.loc[self.asked[0]])

    def detectable(self, power: float = 0.8, *, below: bool | None = None) -> Detectable:
        """Return the smallest odds ratio that has a power, among and between those simulated.

        Parameters
        ----------
        power : float
            The power aimed at.
        below : bool, optional
            Whether to look among odds ratios below 1, where the nearest to 1 is the largest; by
            default where all are below.

        Returns
        -------
        Detectable
            With its Monte Carlo interval.

        Raises
        ------
        ModelError
            If the power does not lie between alpha and 1, or no odds ratio of that side was
            simulated.
        """
        goal = read_power(power, self.alpha)
        below = max(self.asked) < 1.0 if below is None else below
        curve = self.table[(self.table["odds_ratio"] <= 1.0) if below else
                           (self.table["odds_ratio"] >= 1.0)]  # fmt: skip
        if len(curve) < 2:
            side = "below" if below else "above"
            raise ModelError(f"no odds ratio {side} 1 was simulated; pass some as odds_ratio=")
        curve = curve.iloc[::-1] if below else curve
        sizes, sign = np.abs(np.log(curve["odds_ratio"].to_numpy())), -1.0 if below else 1.0
        ends = [
            float(np.exp(sign * crossing(sizes, curve[name].to_numpy(), goal, self.n_resamples)))
            for name in ("power", "low", "high")
        ]
        return Detectable(ends[0], min(ends[1:]), max(ends[1:]), goal)

    def summary(self) -> str:
        """Return the power in sentences."""
        rows = self.table.set_index("odds_ratio")
        sentences = [self._sentence(rows.loc[one], one) for one in self.asked if not self.goal]
        if self.goal:
            sentences = [self._found_sentence(self.goal)]
        size = rows.loc[1.0]
        sentences.append(
            f"Without an effect {in_hundred(size['power'])} samples are significant "
            f"({_interval(size)}), and {number(100 * self.alpha, 0)} are meant to be; Monte Carlo "
            f"intervals in brackets."
        )
        return f"With these {self.design}, {' '.join([*sentences, *self.notes])}"

    def _sentence(self, row: pd.Series, one: float) -> str:
        found = f"{in_hundred(row['power'])} samples ({_interval(row)})"
        if one != self.asked[0]:
            return f"An odds ratio of {one:.4g} would be found in {found}."
        return f"an odds ratio of {one:.4g} of {self.term} would be found in {found}{self._ends()}."

    def _found_sentence(self, goal: float) -> str:
        below = self.asked[0] < 1.0
        found, which = self.detectable(goal, below=below), "largest" if below else "smallest"
        side = "below" if below else "above"
        if not 0.0 < found.odds_ratio < np.inf:
            return f"no odds ratio {side} 1 that was tried was found in {in_hundred(goal)} samples."
        return (
            f"{ratio(found.odds_ratio)} ({ratio(found.low)} to {ratio(found.high)}) is the {which} "
            f"odds ratio of {self.term} {side} 1 that would be found in {in_hundred(goal)} samples"
            f"{self._ends()}."
        )

    def _ends(self) -> str:
        """Return how wide the interval will be at the first odds ratio, to end a sentence with."""
        width = self.width if isinstance(self.width, float) else self.width.iloc[0]
        if not np.isfinite(width):
            return ""
        return f", and its {100 * (1 - self.alpha):g}% interval {spans(float(width))}"

    def __dir__(self) -> list[str]:
        own = ["detectable", "odds_ratio", "power", "size", "summary", "width"]
        return sorted({*self.__dataclass_fields__, *own})

    def __repr__(self) -> str:
        names = ["odds_ratio", "power", "low", "high", "width", "coverage", "lost_level"]
        troubles = [name for name in ("separated", "failed") if self.table[name].any()]
        shown = self.table[names + troubles].to_string(
            index=False, float_format="{:.3f}".format, formatters={"odds_ratio": "{:.4g}".format}
        )
        return "\n".join([
            f"Power by simulation, {self.n_resamples:,} samples at each odds ratio of {self.term}",
            f"{self.design}; {self.analysis}",
            shown,
            *self.notes,
        ])  # fmt: skip


def _interval(row: pd.Series) -> str:
    return f"{number(100 * row['low'], 0)} to {number(100 * row['high'], 0)}"
