"""Simulated data of the tests of specification curves."""

import numpy as np
import pandas as pd
import pytest


def simulated(seed=3, n=120, effect=0.8):
    """Rows in 15 groups: x and z go together, and both with two outcomes."""
    rng = np.random.default_rng(seed)
    group = np.repeat(np.arange(15), n // 15)
    z = rng.normal(size=n)
    x = 0.5 * z + rng.normal(size=n)
    shared = rng.normal(size=15)[group] + rng.normal(size=n)
    data = pd.DataFrame({
        "x": x, "z": z, "my w": rng.normal(size=n), "group": group,
        "b": rng.random(n) < 0.5, "f": pd.Categorical(rng.choice(["u", "v"], n)),
        "year": np.tile(np.arange(4), n // 4), "count": rng.integers(1, 4, n),
    })  # fmt: skip
    for name in ("y", "v"):
        latent = effect * x + 0.5 * z + 0.7 * shared + rng.logistic(size=n)
        code = np.digitize(latent, [-1.5, 0.0, 1.5])
        data[name] = pd.Categorical.from_codes(code, ["low", "fair", "good", "high"], ordered=True)
    low = data["y"].cat.codes.to_numpy()
    known = np.minimum(low + (np.arange(n) % 5 == 0), 3)
    levels = data["y"].cat.categories
    data["upper"] = pd.Categorical.from_codes(known, levels, ordered=True)
    return data


@pytest.fixture(scope="session")
def data():
    return simulated()
