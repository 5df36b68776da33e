"""What a specification curve found."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from statsmodels.stats.multitest import multipletests

from probstats.errors import ModelError
from probstats.specifications.joint import TESTS
from probstats.specifications.sentences import failures_of, in_brief, in_sentences
from probstats.specifications.specification import NAMES


@dataclass(frozen=True, repr=False)
class SpecificationCurve:
    """Every analysis, and what all of them say together.

    Attributes
    ----------
    table : pandas.DataFrame
        A row for each analysis, by exposure and then by estimate, those without one last; the
        index numbers them as they were listed. Columns

        - ``outcome``, ``exposure``, ``covariates``, ``subset``, ``link``, ``model``: the choices;
        - ``estimate``, ``low``, ``high``, ``p_value``: the coefficient of the exposure with its
          interval, in the unit that ``scale`` says; infinite where the data separate the levels;
        - ``n``, ``clusters``, ``dropped``: rows used (a weight of 2 is two), groups among them,
          and rows of the subset lost to missing values;
        - ``converged``, ``separated``;
        - ``failure``: why there is no interval; empty where there is one;
        - ``warnings``: what the fit warned of.
    duplicates : pandas.DataFrame
        Choices that repeat an analysis and are not counted, and ``same_as``, its number.
    joint : pandas.DataFrame
        For each exposure and each of ``median``, ``sign``, ``significant`` and ``stouffer``: the
        ``observed`` statistic, its ``p_value`` and simulation ``error``, over how many
        ``specifications`` and ``n_permutations``, whether these are all there are (``exact``), and
        the share of analyses ``lost`` in them. Empty without permutations.
    null_distribution : pandas.DataFrame
        The statistics of each permutation.
    scale : {"coefficient", "latent-sd"}
        Unit of the estimates.
    level : float
        Level of the intervals; an analysis is significant at one minus it.
    permuted : dict
        What was permuted of each exposure, in a sentence.
    notes : tuple of str
        What is to be known besides, in sentences.
    """

    table: pd.DataFrame
    duplicates: pd.DataFrame
    joint: pd.DataFrame
    null_distribution: pd.DataFrame = field(repr=False)
    scale: str
    level: float
    permuted: dict[str, str]
    notes: tuple[str, ...] = ()

    @property
    def exposures(self) -> list[str]:
        """The exposures, in their order."""
        return list(dict.fromkeys(self.table.sort_index()["exposure"]))

    @property
    def median(self) -> float | pd.Series:
        """Median of the estimates; by exposure where there are several."""
        medians = self.curves["median"]
        return medians if len(medians) > 1 else float(medians.iloc[0])

    @property
    def curves(self) -> pd.DataFrame:
        """What the analyses of each exposure have in common.

        Columns: ``specifications``, ``estimated`` (with an estimate), ``failed`` (without an
        interval), ``median``, ``lowest`` and ``highest`` estimate, ``sign`` (the dominant one, 0
        where there is none), ``share_sign`` (of estimates with it), ``intervals`` and
        ``share_excluding_zero`` (of intervals), ``share_same_side`` (of intervals, excluding zero
        on the side of the dominant sign).
        """
        parts = {name: self.table[self.table["exposure"] == name] for name in self.exposures}
        frame = pd.DataFrame({name: _described(part) for name, part in parts.items()}).T
        counts = ["specifications", "estimated", "failed", "sign", "intervals"]
        return frame.astype(dict.fromkeys(counts, int)).rename_axis("exposure")

    @property
    def failures(self) -> pd.Series:
        """How many analyses have no interval, by the reason why, commonest first."""
        return failures_of(self.table)

    def false_discovery(self, by: Any = "median") -> pd.DataFrame:
        """Control the false-discovery rate over the exposures, with one p-value for each.

        Parameters
        ----------
        by : {"median", "sign", "significant", "stouffer"} or dict
            Which joint test; or the choices that make one analysis of each exposure, the primary
            one, such as ``{"covariates": "all", "model": "likelihood"}``.

        Returns
        -------
        pandas.DataFrame
            A row for each exposure: ``p_value``; ``q_bh``, its smallest false-discovery rate by
            Benjamini and Hochberg (1995), for tests that are independent or positively dependent;
            ``q_by``, by Benjamini and Yekutieli (2001), for any; and ``by``, which p-value it is.
            Exposures without a p-value are not counted among the tests.

        Raises
        ------
        ModelError
            If nothing was permuted, or the choices do not name one analysis of each exposure.

        Examples
        --------
        >>> import numpy as np, pandas as pd, probstats as ps
        >>> rng = np.random.default_rng(1)
        >>> data = pd.DataFrame(rng.normal(size=(60, 3)), columns=["a", "b", "c"])
        >>> data["y"] = np.digitize(data["a"] + rng.logistic(size=60), [-1, 1])
        >>> found = ps.specification_curve(data, "y", ["a", "b", "c"])
        >>> found.false_discovery(by={"covariates": "none"})["q_bh"].round(3).to_dict()
        {'a': 0.003, 'b': 0.986, 'c': 0.101}
        """
        p_values = self._joint_p(by) if isinstance(by, str) else self._primary_p(by)
        named = by if isinstance(by, str) else ", ".join(f"{k} {v}" for k, v in by.items())
        known = p_values.notna().to_numpy()
        frame = pd.DataFrame({"p_value": p_values, "q_bh": np.nan, "q_by": np.nan, "by": named})
        for column, method in {"q_bh": "fdr_bh", "q_by": "fdr_by"}.items():
            if known.any():
                frame.loc[known, column] = multipletests(p_values[known], method=method)[1]
        return frame.rename_axis("exposure")

    def _joint_p(self, by: str) -> pd.Series:
        if by not in TESTS:
            raise ModelError(f"by={by!r} is not known; choose one of {', '.join(map(repr, TESTS))}")
        if self.joint.empty:
            raise ModelError(
                "nothing was permuted, so that there are no joint tests; pass n_permutations=, or "
                "by= the choices of the primary analysis"
            )
        rows = self.joint[self.joint["test"] == by].set_index("exposure")
        return rows["p_value"].reindex(self.exposures)

    def _primary_p(self, by: Any) -> pd.Series:
        choices = [name for name in NAMES if name != "exposure"]
        if not isinstance(by, dict) or not set(by) <= set(choices):
            raise ModelError(
                f"by={by!r} must be the name of a joint test, or a dict of {', '.join(choices)}"
            )
        rows = self.table
        for name, value in by.items():
            rows = rows[rows[name] == value]
        counts = rows["exposure"].value_counts().reindex(self.exposures, fill_value=0)
        wrong = counts[counts != 1]
        if len(wrong):
            raise ModelError(
                f"by={by!r} names {wrong.iloc[0]} analyses of {wrong.index[0]!r}, and one is meant"
            )
        return rows.set_index("exposure")["p_value"].reindex(self.exposures)

    def summary(self) -> str:
        """Return what was found, in sentences."""
        return in_sentences(self)

    def __dir__(self) -> list[str]:
        own = ["curves", "exposures", "failures", "false_discovery", "median", "summary"]
        return sorted({*self.__dataclass_fields__, *own})

    def __repr__(self) -> str:
        return in_brief(self)


def _described(part: pd.DataFrame) -> dict[str, float]:
    estimates = part["estimate"].dropna()
    ends = part[["low", "high"]].dropna()
    positive, negative = int((estimates > 0.0).sum()), int((estimates < 0.0).sum())
    sign = int(np.sign(positive - negative))
    above, below = float((ends["low"] > 0.0).mean()), float((ends["high"] < 0.0).mean())
    return {
        "specifications": len(part),
        "estimated": len(estimates),
        "failed": int(part["failure"].ne("").sum()),
        "median": estimates.median(),
        "lowest": estimates.min(),
        "highest": estimates.max(),
        "sign": sign,
        "share_sign": max(positive, negative) / len(estimates) if len(estimates) else np.nan,
        "intervals": len(ends),
        "share_excluding_zero": above + below,
        "share_same_side": {1: above, -1: below, 0: max(above, below)}[sign],
    }
