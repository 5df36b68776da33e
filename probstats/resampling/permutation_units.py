"""What a permutation exchanges: rows, residuals, rows within groups, or groups as a whole."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from probstats.errors import ModelError
from probstats.models.kernel.links import Array
from probstats.resampling.permutation_groups import LEFT, Codes, Groups
from probstats.resampling.permutation_null import Null
from probstats.resampling.permutation_words import among_groups, among_rows


@dataclass(frozen=True)
class Units:
    """What is exchanged, and among what.

    Attributes
    ----------
    fitted : numpy.ndarray
        p by n; what stays where it is.
    values : numpy.ndarray
        p by m; what the m units exchange.
    of_row : numpy.ndarray
        Unit of each of the n rows.
    block : numpy.ndarray
        m codes; units are exchanged with those of the same block.
    permuted : str
        What is permuted, and when that is exact, in sentences.
    approximate : bool
        Whether units are exchangeable only approximately.
    grouped : bool
        Whether there are groups.
    """

    fitted: Array
    values: Array
    of_row: Codes
    block: Codes
    permuted: str
    approximate: bool
    grouped: bool

    def columns(self, arrangements: Codes) -> Array:
        """Return the term's columns by arrangement, p by B by n, from B by m sources."""
        return self.fitted[:, None, :] + self.values[:, arrangements[:, self.of_row]]

    @property
    def kinds(self) -> Codes:
        """A number for each unit that is the same for units with equal values."""
        size = np.abs(self.values).max(axis=1, keepdims=True)
        rounded = np.round(self.values / np.where(size > 0.0, size, 1.0), 9) + 0.0
        _, codes = np.unique(rounded, axis=1, return_inverse=True)
        return codes.ravel()


def units_of(null: Null, groups: Groups | None, exchange: str | None, given: str) -> Units:
    """Return what is exchanged.

    Parameters
    ----------
    null : Null
        The null fit and the term.
    groups : Groups or None
        Groups of rows.
    exchange : {None, "within", "whole"}
        What groups mean; by default whether the term varies within them decides.
    given : {"residuals", "strata", "independent"}
        How the other covariates are kept.

    Returns
    -------
    Units
        With a sentence that says so.

    Raises
    ------
    ModelError
        If nothing is left to exchange.
    """
    columns = _scaled(null)
    if groups is None:
        return _rows(null, columns, None, given)
    varies = groups.varies(columns)
    if (exchange or ("within" if varies.any() else "whole")) == "within":
        if not varies.any():
            raise ModelError(
                f"{null.term.name!r} does not vary within any of the {groups.number} groups; use "
                f"exchange='whole', which exchanges the values of whole groups"
            )
        return _rows(null, columns, groups, given)
    if varies.any():
        raise ModelError(
            f"{null.term.name!r} varies within {varies.sum()} of the {groups.number} groups, so "
            f"that a group has no one value to exchange; use exchange='within'"
        )
    return _whole(null, columns, groups, given)


def _scaled(null: Null) -> Array:
    """Return the term's columns in units of their spread, centred where that changes nothing."""
    centred = null.term.part != "scale" and null.fit.model.thresholds.shift is not None
    columns = null.columns - (null.columns.mean(axis=0) if centred else 0.0)
    return np.asarray(columns / np.sqrt(np.mean(columns**2, axis=0)))


def _rows(null: Null, columns: Array, groups: Groups | None, given: str) -> Units:
    others = null.others.to_numpy(dtype=float)
    n_rows = len(columns)
    block = np.zeros(n_rows, dtype=np.intp) if groups is None else groups.codes
    fitted = np.zeros_like(columns)
    if others.shape[1] and given == "residuals":
        centred, design = (
            values - (values.mean(axis=0) if groups is None else groups.means(values)[block])
            for values in (columns, others)
        )
        fitted = columns - _residuals(centred, design)
    elif others.shape[1] and given == "strata":
        block = _codes(np.column_stack([block, others]))
    values = _left(null, columns, fitted, groups)
    _require_variation(null, values, block, groups)
    sentence = among_rows(null, columns, groups, given, block)
    approximate = bool(others.shape[1]) and given == "residuals"
    every = np.arange(n_rows)
    return Units(
        fitted.T, values.T, every, block, sentence, approximate, grouped=groups is not None
    )


def _whole(null: Null, columns: Array, groups: Groups, given: str) -> Units:
    others = null.others.to_numpy(dtype=float)
    block = np.zeros(groups.number, dtype=np.intp)
    values = groups.means(columns)
    fitted = np.zeros_like(values)
    if others.shape[1] and given == "residuals":
        design = groups.means(others)
        fitted = values - _residuals(values - values.mean(axis=0), design - design.mean(axis=0))
    elif others.shape[1] and given == "strata":
        if groups.varies(others).any():
            raise ModelError(
                f"given='strata' exchanges whole groups with the same values of {null.named}, and "
                f"these vary within groups; use given='residuals' or 'independent'"
            )
        block = _codes(groups.means(others))
    values = _left(null, values, fitted, None)
    _require_variation(null, values, block, groups)
    approximate = bool(others.shape[1]) and given == "residuals"
    sentence = among_groups(null, values + fitted, groups, given, block)
    return Units(
        fitted[groups.codes].T, values.T, groups.codes, block, sentence, approximate, grouped=True
    )


def _residuals(columns: Array, design: Array) -> Array:
    """Return what least squares leaves of centred columns."""
    size = np.sqrt(np.mean(design**2, axis=0))
    scaled = design / np.where(size > 0.0, size, 1.0)
    fitted, *_ = np.linalg.lstsq(scaled, columns)
    return np.asarray(columns - scaled @ fitted)


def _codes(values: Array) -> Codes:
    return np.unique(values, axis=0, return_inverse=True)[1].ravel().astype(np.intp)


def _left(null: Null, columns: Array, fitted: Array, groups: Groups | None) -> Array:
    values = columns - fitted
    if np.abs(values - values.mean(axis=0)).max() <= LEFT * np.abs(columns).max():
        within = "" if groups is None else ", within groups,"
        raise ModelError(
            f"the other covariates ({null.named}){within} determine {null.term.name!r}, so that "
            f"nothing of it is left to permute"
        )
    return np.asarray(values)


def _require_variation(null: Null, values: Array, block: Codes, groups: Groups | None) -> None:
    if not Groups(block, "").varies(values).any():
        what = "rows" if groups is None else "rows of a group, or groups,"
        raise ModelError(
            f"{null.term.name!r} is the same in all {what} with the same values of {null.named}, "
            f"so that there is nothing to exchange; use given='residuals'"
        )
