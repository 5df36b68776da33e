"""The rules by which standards add up to an overall rating."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from probstats.data.record.tables import load
from probstats.data.rules.feasible import Bounds, Claims, possible
from probstats.data.rules.points import POINTS, levels_of, points_of
from probstats.data.scale import RATINGS
from probstats.errors import DataError

HYPOTHESIS = "hypothesis"
Known = Mapping[str, str | tuple[str, str]]


@dataclass(frozen=True)
class RatingRules:
    """How the standards of one set add up, for one type of provider.

    Attributes
    ----------
    standards_set, provider_type : str
        Which rules.
    standards : tuple of str
        The standards of the set.
    bands : pandas.DataFrame
        ``rating``, ``min_score``, ``max_score`` and ``certainty``. The cut points of every set
        are a hypothesis: no page read states them.
    """

    standards_set: str
    provider_type: str
    standards: tuple[str, ...]
    bands: pd.DataFrame

    def __post_init__(self) -> None:
        self._require_bands()

    @property
    def max_score(self) -> int:
        """The highest total: three points a standard."""
        return (len(RATINGS) - 1) * len(self.standards)

    def __repr__(self) -> str:
        name = f"{self.standards_set}, {self.provider_type}"
        return f"<RatingRules: {name}, {len(self.standards)} standards, 0 to {self.max_score}>"

    def score(self, ratings: Mapping[str, str]) -> int:
        """Return the total of points.

        Parameters
        ----------
        ratings : mapping
            The rating of every standard of the set, by its name.

        Returns
        -------
        int
            Points, 0 to ``max_score``.

        Raises
        ------
        DataError
            If a standard is missing or not of the set, or a rating is not known.
        """
        missing = [name for name in self.standards if name not in ratings]
        if missing:
            raise DataError(
                f"{missing[0]!r} has no rating; a total needs every standard of "
                f"{self.standards_set} ({', '.join(self.standards)}); for some of them see "
                f"total_range()"
            )
        for name, rating in ratings.items():
            if not isinstance(rating, str):
                raise DataError(
                    f"{name} holds {rating!r}; a total needs one rating of each standard; for "
                    f"intervals see total_range()"
                )
        return sum(low for low, _ in self._bounds(ratings))

    def overall(self, ratings: Mapping[str, str]) -> tuple[str, str]:
        """Return the overall rating that follows from the standards, and how certain the rule is.

        Parameters
        ----------
        ratings : mapping
            The rating of every standard of the set, by its name.

        Returns
        -------
        tuple of str
            The rating, and the certainty of the cut points.

        Examples
        --------
        >>> rules = rating_rules("pdu-7", "pdu")
        >>> rules.overall(dict.fromkeys(rules.standards, "Inadequate"))
        ('Inadequate', 'hypothesis')
        """
        total = self.score(ratings)
        band = self.bands[self.bands["min_score"].le(total) & self.bands["max_score"].ge(total)]
        return str(band["rating"].iloc[0]), str(band["certainty"].iloc[0])

    def total_range(self, known: Known) -> tuple[int, int]:
        """Return the lowest and the highest total that some known standards allow.

        Parameters
        ----------
        known : mapping
            By standard its rating, or its lowest and its highest.

        Returns
        -------
        tuple of int
            Lowest and highest total.

        Examples
        --------
        >>> rating_rules("pdu-7", "pdu").total_range({"planning": ("Good", "Outstanding")})
        (2, 21)
        """
        bounds = self._bounds(known)
        return sum(low for low, _ in bounds), sum(high for _, high in bounds)

    def overall_range(self, known: Known) -> tuple[str, str]:
        """Return the lowest and the highest overall rating that some known standards allow.

        Parameters
        ----------
        known : mapping
            By standard its rating, or its lowest and its highest.

        Returns
        -------
        tuple of str
            Lowest and highest rating; it rests on the hypothesised cut points.
        """
        low, high = self.ratings_of(*self.total_range(known))
        return RATINGS[low], RATINGS[high]

    def consistent(self, known: Known, overall: str | None = None) -> dict[str, tuple[str, str]]:
        """Return the ratings of all standards that are consistent with what is known.

        Parameters
        ----------
        known : mapping
            By standard its rating, or its lowest and its highest.
        overall : str, optional
            The overall rating; using it rests on the hypothesised cut points.

        Returns
        -------
        dict
            Lowest and highest rating by standard; empty where nothing is consistent.

        Examples
        --------
        >>> rules = rating_rules("pdu-7", "pdu")
        >>> poor = dict.fromkeys(rules.standards[:-1], "Inadequate")
        >>> rules.consistent(poor, overall="Requires improvement")
        {}
        """
        total = (0, self.max_score)
        if overall is not None:
            total = self.totals_of(points_of("overall", overall))
        found = possible(Claims(self._bounds(known), (), total)).bounds
        words = [(RATINGS[low], RATINGS[high]) for low, high in found]
        return dict(zip(self.standards, words, strict=False))

    def totals_of(self, level: int) -> Bounds:
        """Return the lowest and the highest total of an overall rating, by its level."""
        band = self.bands[self.bands["rating"] == RATINGS[level]].iloc[0]
        return int(band["min_score"]), int(band["max_score"])

    def ratings_of(self, low: int, high: int) -> Bounds:
        """Return the lowest and the highest level of the overall rating for some totals."""
        levels = [
            POINTS[band.rating]
            for band in self.bands.itertuples()
            if band.min_score <= high and low <= band.max_score
        ]
        return min(levels), max(levels)

    def _bounds(self, known: Known) -> list[Bounds]:
        for name in known:
            if name not in self.standards:
                raise DataError(
                    f"{name!r} is not a standard of {self.standards_set} for {self.provider_type}; "
                    f"expected one of {', '.join(self.standards)}"
                )
        everything = (RATINGS[0], RATINGS[-1])
        return [levels_of(name, known.get(name, everything)) for name in self.standards]

    def _require_bands(self) -> None:
        """Raise a sentence if a total has no rating, or two."""
        ratings = [
            sum(band.min_score <= total <= band.max_score for band in self.bands.itertuples())
            for total in range(self.max_score + 1)
        ]
        for total, found in enumerate(ratings):
            if found != 1:
                raise DataError(
                    f"rating_rules.csv: a total of {total} has {found} ratings by the cut points "
                    f"of {self.standards_set}, {self.provider_type}; expected one"
                )


def rating_rules(
    standards_set: str, provider_type: str, folder: str | Path | None = None
) -> RatingRules:
    """Return the rules of a set of standards.

    Parameters
    ----------
    standards_set : str
        Such as ``"pdu-7"``.
    provider_type : str
        ``"crc"``, ``"nps"``, ``"pdu"`` or ``"region"``.
    folder : path, optional
        Folder with the tables; the one that came with the package by default.

    Returns
    -------
    RatingRules
        Standards, points, cut points with their certainty.

    Raises
    ------
    DataError
        If there are no such rules.

    Examples
    --------
    >>> rating_rules("pdu-9", "pdu")
    <RatingRules: pdu-9, pdu, 9 standards, 0 to 27>
    """
    found = all_rules(folder)
    if (standards_set, provider_type) not in found:
        known = "; ".join(", ".join(pair) for pair in found)
        raise DataError(f"no rules for {standards_set!r}, {provider_type!r}; there are: {known}")
    return found[standards_set, provider_type]


def all_rules(folder: str | Path | None = None) -> dict[tuple[str, str], RatingRules]:
    """Return the rules of every set, by set and type of provider."""
    standards, rules = load("standards", folder), load("rating_rules", folder)
    return {
        (name, kind): RatingRules(name, kind, tuple(rows["standard"]), _bands(rules, name, kind))
        for (name, kind), rows in standards.groupby(["standards_set", "provider_type"])
    }


def _bands(rules: pd.DataFrame, standards_set: str, provider_type: str) -> pd.DataFrame:
    here = rules[
        (rules["standards_set"] == standards_set)
        & (rules["provider_type"] == provider_type)
        & rules["status"].str.lower().str.startswith(HYPOTHESIS)
    ]
    bands = pd.DataFrame(
        {
            "rating": here["rating"].astype("str"),
            "min_score": here["min_score"].astype(int),
            "max_score": here["max_score_for_rating"].astype(int),
            "certainty": HYPOTHESIS,
        }
    )
    return bands.sort_values("min_score", ignore_index=True)
