import pandas as pd
import pytest

import probstats as ps

LONG = "A very long name of a group that must not be clipped"


@pytest.fixture
def wide():
    return ps.load_panel("wide")


@pytest.fixture
def shares():
    """Simulated shares of two sections."""
    rows = [
        ("First", "2018", "Inadequate", 1), ("First", "2018", "Requires improvement", 3),
        ("First", "2018", "Good", 0), ("First", "2018", "Outstanding", 0),
        ("Second", LONG, "Inadequate", 40),
        ("Second", LONG, "Requires improvement", 1),
        ("Second", LONG, "Good", 0),
        ("Second", LONG, "Outstanding", 0),
    ]  # fmt: skip
    frame = pd.DataFrame(rows, columns=["section", "group", "rating", "n"])
    total = frame.groupby("group")["n"].transform("sum")
    return frame.assign(total=total, share=frame["n"] / total)


@pytest.fixture
def better(shares):
    groups = shares.drop_duplicates("group")[["section", "group", "total"]]
    return groups.assign(share=0.0, low=0.0, high=0.4)


@pytest.fixture
def ratios():
    """Simulated odds ratios, one of them without a finite estimate."""
    return pd.DataFrame(
        {
            "model": ["A", "A", "B"],
            "term": ["one", "two", "three"],
            "estimate": [1e-6, 1e6, float("nan")],
            "low": [1e-8, 1e4, float("nan")],
            "high": [1e-4, 1e8, float("nan")],
            "n": [116, 116, 14],
        }
    )
