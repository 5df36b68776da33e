"""A simulated frame with every kind of column that can be exported."""

import numpy as np
import pandas as pd
import pytest

RATINGS = ["Inadequate", "Requires improvement", "Good", "Outstanding"]


def simulate():
    return pd.DataFrame(
        {
            "unit": pd.array(["a", "b's", None, 'say "é", then\nstop'], dtype="str"),
            "rating": pd.Categorical(["Good", None, "Inadequate", "Good"], RATINGS, ordered=True),
            "kind": pd.Categorical(["x", "y", "x", None]),
            "cases": pd.array([1, None, -3, 40], dtype="Int64"),
            "large": [2**40, 2, 3, 2**53],
            "vacancy rate, %": [12.5, np.nan, -0.1, 1 / 3],
            "manageable": pd.array([True, None, False, True], dtype="boolean"),
            "begun": np.array(["2019-02-01", "NaT", "1850-01-01", "9999-12-31"], "datetime64[s]"),
            "seen": np.array(["2019-02-01T10:30:15.250", "NaT", "2020-01-01", "2020-01-01"],
                             "datetime64[ms]"),
        }
    )  # fmt: skip


@pytest.fixture
def simulated():
    return simulate()
