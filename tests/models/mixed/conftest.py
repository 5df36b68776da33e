"""Grouped data, and what R's clmm and clmm2 give for them."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from probstats.models import CumulativeLinkMixedModel
from probstats.models.kernel.links import LINKS

REFERENCE = Path(__file__).parents[2] / "reference"


@pytest.fixture(scope="session")
def mixed():
    """What R gave, by name of the fit."""
    return json.loads((REFERENCE / "mixed.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def independent():
    """A random intercept of judges, made without R, gradient 1e-9."""
    return json.loads((REFERENCE / "independent_clmm.json").read_text(encoding="utf-8"))


@pytest.fixture
def sim():
    """240 rows in 24 groups of unequal size, crossed with 8 raters."""
    return pd.read_csv(REFERENCE / "mixed.csv")


@pytest.fixture
def wine_model(wine):
    return CumulativeLinkMixedModel.from_formula("rating ~ temp + contact", wine, groups="judge")


@pytest.fixture(scope="session")
def simulated():
    """Make rows of groups whose random intercepts, and slopes on x, are known."""

    def make(
        seed, n_groups=40, size=8, sd=1.0, slope=0.0, link="logit", thresholds=(-1.0, 0.5, 2.0)
    ):
        rng = np.random.default_rng(seed)
        group = np.repeat(np.arange(n_groups), size)
        x = rng.normal(size=len(group))
        shift = sd * rng.normal(size=n_groups)[group] + slope * rng.normal(size=n_groups)[group] * x
        latent = 0.8 * x + shift + LINKS[link].quantile(rng.uniform(size=len(group)))
        return pd.DataFrame({"y": np.searchsorted(thresholds, latent) + 1, "x": x, "g": group})

    return make
