"""The published data sets, and what R gives for them."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from probstats.models.kernel.rows import Rows

REFERENCE = Path(__file__).parents[1] / "reference"
TREATMENT = ("temp", "contact", "Infl", "Type", "Cont")


@pytest.fixture(scope="session")
def reference():
    """Everything R gave, by name of the fit."""
    return json.loads((REFERENCE / "reference.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def structures():
    """What R gave for structured thresholds, nominal and scale effects, weights and offsets."""
    return json.loads((REFERENCE / "structures.json").read_text(encoding="utf-8"))


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
def make_rows():
    """Make rows of an outcome and designs; what is left out is not part of the model."""

    def make(
        outcome,
        location=None,
        *,
        scale=None,
        nominal=None,
        jacobian=None,
        weights=None,
        offset=None,
    ):
        none = np.empty((len(outcome.low), 0))
        designs = [none if part is None else part for part in (location, scale, nominal)]
        jacobian = np.eye(len(outcome.levels) - 1) if jacobian is None else jacobian
        return Rows(*designs, outcome.edges, jacobian, weights, offset)

    return make


@pytest.fixture(scope="session")
def our_name():
    """Translate R's name of a parameter: ``tempwarm`` is ``temp[warm]`` here."""

    def translate(name: str) -> str:
        for column in TREATMENT:
            if name.startswith(column):
                return f"{column}[{name.removeprefix(column)}]"
        return name

    return translate
