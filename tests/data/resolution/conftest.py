"""Simulated claims, and the order of precedence that the package comes with."""

import pandas as pd
import pytest

from probstats.data.resolution.precedence import Precedence, read_precedence

LEVELS = ["Inadequate", "Requires improvement", "Good", "Outstanding"]
BEST = {
    "cell": "one", "value": 10.0, "source_kind": "inspectorate", "basis": "stated",
    "qualifier": "exact", "printed_unit": "FTE", "vintage": "2020-01-01",
    "as_of_to": None, "source_id": "s100",
}  # fmt: skip


def simulate_figures(*claims):
    """Return simulated figures; each claim says how it differs from the best of one cell."""
    rows = []
    for claim in claims:
        row = BEST | claim
        qualifier, value = row["qualifier"], row["value"]
        ends = {
            "value_low": value if qualifier in {"exact", "at least"} else None,
            "value_high": value if qualifier in {"exact", "at most"} else None,
        }
        rows.append(row | ends | {name: claim[name] for name in ends if name in claim})
    frame = pd.DataFrame(rows)
    for name in ("vintage", "as_of_to"):
        frame[name] = pd.to_datetime(frame[name]).astype("datetime64[s]")
    return frame.astype({"value": float, "value_low": float, "value_high": float})


def simulate_ratings(*claims):
    """Return simulated claims on ratings, of one cell where nothing else is said."""
    rows = [
        {
            "inspection_id": claim.get("inspection", "one"),
            "standard": claim.get("standard", "planning"),
            "rating_low": claim["low"],
            "rating_high": claim["high"],
            "basis": claim.get("basis", "stated"),
            "source_id": claim.get("source", f"s{number:03}"),
            "source_kind": claim.get("kind", "press"),
            "vintage": pd.NaT,
        }
        for number, claim in enumerate(claims, 1)
    ]
    frame = pd.DataFrame(rows)
    for name in ("rating_low", "rating_high"):
        frame[name] = pd.Categorical(frame[name], LEVELS, ordered=True)
    return frame


@pytest.fixture(scope="session")
def figures():
    return simulate_figures


@pytest.fixture(scope="session")
def rated():
    return simulate_ratings


@pytest.fixture(scope="session")
def shipped():
    """Return the order of precedence that the package comes with."""
    return read_precedence()


@pytest.fixture(scope="session")
def latest(shipped):
    """Return the same order with the latest publication first."""
    table = shipped.table.copy()
    table.loc[table["criterion"] == "publication", "value"] = "latest"
    return Precedence(table)
