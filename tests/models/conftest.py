"""The published data sets, and what R gives for them."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

REFERENCE = Path(__file__).parents[1] / "reference"
TREATMENT = ("temp", "contact", "Infl", "Type", "Cont")


@pytest.fixture(scope="session")
def reference():
    """Everything R gave, by name of the fit."""
    return json.loads((REFERENCE / "reference.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def cauchit_exact():
    return json.loads((REFERENCE / "cauchit_exact.json").read_text(encoding="utf-8"))["wine"]


@pytest.fixture
def wine():
    """72 ratings of the bitterness of wine (Randall 1989)."""
    frame = pd.read_csv(REFERENCE / "wine.csv")
    return frame.assign(
        rating=pd.Categorical(frame["rating"], categories=[1, 2, 3, 4, 5], ordered=True),
        temp=pd.Categorical(frame["temp"], categories=["cold", "warm"]),
        contact=pd.Categorical(frame["contact"], categories=["no", "yes"]),
    )


@pytest.fixture(scope="session")
def housing():
    """1,681 tenants, one a row, and how satisfied they are (Madsen 1976)."""
    cells = pd.read_csv(REFERENCE / "housing.csv")
    frame = cells.loc[cells.index.repeat(cells["Freq"])].reset_index(drop=True)
    levels = ["Low", "Medium", "High"]
    return frame.assign(
        Sat=pd.Categorical(frame["Sat"], categories=levels, ordered=True),
        Infl=pd.Categorical(frame["Infl"], categories=levels),
        Type=pd.Categorical(frame["Type"], categories=["Tower", "Apartment", "Atrium", "Terrace"]),
        Cont=pd.Categorical(frame["Cont"], categories=["Low", "High"]),
    )


@pytest.fixture(scope="session")
def our_name():
    """Translate R's name of a parameter: ``tempwarm`` is ``temp[warm]`` here."""

    def translate(name: str) -> str:
        for column in TREATMENT:
            if name.startswith(column):
                return f"{column}[{name.removeprefix(column)}]"
        return name

    return translate
