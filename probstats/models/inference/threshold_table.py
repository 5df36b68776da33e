"""The thresholds themselves, for every combination of nominal covariates."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from probstats.models.kernel.estimation import Fit
from probstats.models.kernel.links import Array
from probstats.models.kernel.separation import SHARE


def level_thresholds(model: Any, found: Fit, params: Array) -> pd.DataFrame:
    """Return the K - 1 thresholds, see ``CumulativeLinkResults.level_thresholds``.

    Parameters
    ----------
    model : CumulativeLinkModel
        The model.
    found : Fit
        Its fit.
    params : numpy.ndarray
        The estimates as reported, infinite where they are.

    Returns
    -------
    pandas.DataFrame
        One row for each combination of nominal covariates.
    """
    nominal = model.sample.covariates.nominal.drop_duplicates()
    if not nominal.shape[1]:
        nominal = nominal.head(1)
    _, _, q = model.rows.sizes
    combined = np.column_stack([np.ones(len(nominal)), nominal.to_numpy()])
    design = np.kron(combined, model.thresholds.jacobian)
    values = design @ found.params[-q:]
    lost = (found.transform @ found.separation.directions)[-q:]
    infinite = np.any(np.abs(design @ lost) > SHARE * (np.abs(design) @ np.abs(lost)), axis=1)
    with np.errstate(invalid="ignore"):
        values[infinite] = np.where(design == 0.0, 0.0, design * params[-q:]).sum(axis=1)[infinite]
    index = pd.MultiIndex.from_frame(nominal) if nominal.shape[1] else ["all"]
    labels = model.thresholds.labels
    return pd.DataFrame(values.reshape(-1, len(labels)), index=index, columns=labels)
