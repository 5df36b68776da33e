"""Designs, simulated and of the wine ratings."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import probstats as ps
from probstats.planning.reading import read_design, read_given

REFERENCE = Path(__file__).parents[1] / "reference"


@pytest.fixture(scope="session")
def wine():
    frame = pd.read_csv(REFERENCE / "wine.csv")
    frame["rating"] = pd.Categorical(frame["rating"], [1, 2, 3, 4, 5], ordered=True)
    return frame.astype({"temp": "category", "contact": "category", "judge": "category"})


@pytest.fixture(scope="session")
def wine_fit(wine):
    return ps.CumulativeLinkModel.from_formula("rating ~ temp + contact", wine).fit()


@pytest.fixture(scope="session")
def simulated():
    """120 simulated rows: a covariate, a factor, an offset, weights, groups and an interval."""
    rng = np.random.default_rng(3)
    frame = pd.DataFrame({
        "x": rng.normal(size=120), "z": rng.normal(size=120), "off": rng.normal(size=120),
        "treated": np.tile([0, 1], 60), "region": np.repeat(np.arange(12), 10),
        "often": rng.integers(1, 4, size=120),
    })  # fmt: skip
    latent = 0.8 * frame["x"] + 0.5 * frame["treated"] + frame["off"] + rng.logistic(size=120)
    frame["y"] = np.digitize(latent, [-1.5, 0.0, 1.5])
    seen = rng.random(120) < 0.7
    frame["low"] = np.where(seen, frame["y"], np.where(frame["y"] >= 2, 2, 0))
    frame["high"] = np.where(seen, frame["y"], np.where(frame["y"] >= 2, 3, 1))
    return frame


@pytest.fixture(scope="session")
def design_of():
    """Return the design of a model or a fit, with defaults where nothing is said."""

    def read(given, term, shares=None, **changes):
        options = {
            "missing": 0.0, "alpha": 0.05,
            "alike": {"groups": None, "icc": None, "cluster_sd": None},
            "errors": {"cov_type": None, "cov_kwds": None, "reduction": None},
        } | changes  # fmt: skip
        return read_design(read_given(given, None, None), term, shares=shares, **options)

    return read
