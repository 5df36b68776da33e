"""Average predictions, comparisons and slopes on the probability scale, with intervals.

The words are those of the ``marginaleffects`` package (Arel-Bundock, Greifer and Heiss 2024): a
quantity is computed for every row and averaged. Its standard error is by the delta method, or its
interval from draws of the parameters (Krinsky and Robb 1986).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from probstats.errors import ModelError
from probstats.models.prediction.averages import Quantity, averages, row_weights
from probstats.models.prediction.changes import contrasts, data_of, is_numeric, rows_of, slope


class Effects:
    """``avg_predictions``, ``avg_comparisons`` and ``avg_slopes`` of results."""

    def avg_predictions(
        self: Any,
        newdata: pd.DataFrame | None = None,
        by: str | list[str] | None = None,
        alpha: float = 0.05,
        method: str = "delta",
        rng: np.random.Generator | int | None = None,
    ) -> pd.DataFrame:
        """Average the predicted probability of each level.

        Parameters
        ----------
        newdata : pandas.DataFrame, optional
            Rows to average over; those of the fit, by their weights, by default.
        by : str or list of str, optional
            Columns whose combinations are averaged apart.
        alpha : float
            One minus the level of the intervals.
        method : {"delta", "simulation"}
            Delta method, the interval made on the logit scale; or quantiles over 2,000 draws of
            the parameters.
        rng : numpy.random.Generator or int, optional
            Source of the draws, or its seed.

        Returns
        -------
        pandas.DataFrame
            ``group`` (the level), ``estimate``, ``std_error``, ``conf_low`` and ``conf_high``, with
            the columns of ``by`` first.

        Raises
        ------
        ModelError
            If a column is missing, or a row has no probabilities.
        """
        data = data_of(self, newdata)
        quantity = Quantity("", "", ((1.0, rows_of(self, data)),))
        frame = averages(self, [quantity], data, newdata, by, alpha, method, rng)
        return frame.drop(columns=["term", "contrast", "statistic", "p_value"])

    def avg_comparisons(
        self: Any,
        variables: str | list[str] | dict[str, Any] | None = None,
        newdata: pd.DataFrame | None = None,
        by: str | list[str] | None = None,
        alpha: float = 0.05,
        method: str = "delta",
        rng: np.random.Generator | int | None = None,
    ) -> pd.DataFrame:
        """Average the change in the probability of each level when a variable changes.

        Parameters
        ----------
        variables : str, list of str or dict, optional
            The variables; all by default. A dict gives the change of each: a number to add, a
            pair of values, or ``"sd"``, ``"iqr"`` or ``"minmax"``. By default a number grows by
            one, and each category is compared with the first.
        newdata, by, alpha, method, rng
            See ``avg_predictions``; the interval is made on the scale of the difference.

        Returns
        -------
        pandas.DataFrame
            ``term``, ``contrast``, ``group`` (the level), ``estimate``, ``std_error``,
            ``statistic``, ``p_value``, ``conf_low`` and ``conf_high``.

        Raises
        ------
        ModelError
            If a variable is not part of the model, or a change makes no sense for it.
        """
        data, weights = data_of(self, newdata), row_weights(self, newdata)
        changes = _read_changes(self, variables, data)
        quantities = [
            quantity
            for name, change in changes.items()
            for quantity in contrasts(self, data, name, change, weights)
        ]
        return averages(self, quantities, data, newdata, by, alpha, method, rng)

    def avg_slopes(
        self: Any,
        variables: str | list[str] | None = None,
        newdata: pd.DataFrame | None = None,
        by: str | list[str] | None = None,
        alpha: float = 0.05,
        method: str = "delta",
        rng: np.random.Generator | int | None = None,
    ) -> pd.DataFrame:
        """Average the derivative of the probability of each level in a variable.

        Parameters
        ----------
        variables : str or list of str, optional
            The variables; all by default. Categories have no slope: they are compared with the
            first, as by ``avg_comparisons``.
        newdata, by, alpha, method, rng
            See ``avg_comparisons``.

        Returns
        -------
        pandas.DataFrame
            See ``avg_comparisons``; ``contrast`` is ``"dY/dX"`` for a slope.

        Raises
        ------
        ModelError
            If a variable is not part of the model.
        """
        data, weights = data_of(self, newdata), row_weights(self, newdata)
        quantities = []
        for name in _read_changes(self, variables, data):
            if is_numeric(self, data[name]):
                quantities.append(slope(self, data, name))
                continue
            quantities += contrasts(self, data, name, None, weights)
        return averages(self, quantities, data, newdata, by, alpha, method, rng)


def variables_of(model: Any) -> list[str]:
    """Return the variables a model uses, as columns of its data."""
    if model.design is None:
        return list(dict.fromkeys(str(n) for part in model.sample.covariates[:3] for n in part))
    parts = model.design.parts.values()
    return list(dict.fromkeys(name for part in parts for name in part.variables))


def _read_changes(results: Any, variables: Any, data: pd.DataFrame) -> dict[str, Any]:
    known = variables_of(results.model)
    if not known:
        raise ModelError("the model has no variables to change")
    if variables is None:
        changes = dict.fromkeys(known)
    elif isinstance(variables, dict):
        changes = dict(variables)
    else:
        changes = dict.fromkeys([variables] if isinstance(variables, str) else variables)
    for name in changes:
        if name not in known:
            raise ModelError(f"{name!r} is no variable of the model; it has {', '.join(known)}")
        if name not in data:
            raise ModelError(f"newdata has no column {name!r}")
    return changes
