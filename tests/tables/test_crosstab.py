"""Ratings against groups and each other: counts again in plain Python."""

from collections import Counter

import numpy as np
import pandas as pd
import pytest

import probstats as ps
from probstats.errors import DataError, ModelError
from probstats.tables import rating_crosstab

LEVELS = ["Inadequate", "Requires improvement", "Good", "Outstanding"]


@pytest.fixture(scope="module")
def rated():
    wide = ps.load_panel("wide")
    return wide[wide["provider_type"].isin(["crc", "nps", "pdu"])]


def test_counts_shares_and_totals(rated):
    table = rating_crosstab(rated, "provider_type", "rating_overall", labels={
        "provider_type": "Provider", "rating_overall": "Overall rating"})  # fmt: skip
    known = rated.dropna(subset=["rating_overall"])
    counts = Counter(zip(known["provider_type"], known["rating_overall"], strict=True))
    data = table.data.set_index(["provider_type", "rating_overall"])
    for (kind, rating), n in counts.items():
        assert data.loc[(kind, rating), "n"] == n
        whole = (known["provider_type"] == kind).sum()
        assert data.loc[(kind, rating), "row_share"] == pytest.approx(n / whole, rel=1e-12)
    assert data.loc[("All", "All"), "n"] == len(known)
    assert table.formatted.columns.tolist() == ["Provider", *LEVELS, "All"]
    assert table.formatted["Provider"].tolist() == ["crc", "nps", "pdu", "All"]
    first = table.formatted.set_index("Provider").loc["pdu", "Inadequate"]
    n, whole = counts["pdu", "Inadequate"], (known["provider_type"] == "pdu").sum()
    assert first == f"{n}\u00a0({100 * n / whole:.0f}%)"
    assert table.caption == f"Provider by Overall rating, n = {len(known)}"
    left = len(rated) - len(known)
    said = f"{left} of {len(rated)} rows are left out: missing rating_overall in {left}."
    assert said in table.notes


def test_it_is_the_cross_table_of_the_same_columns(rated):
    found = ps.cross_table(rated, "provider_type", "rating_overall", suppress=5, rng=1)
    table = rating_crosstab(rated, "provider_type", "rating_overall", suppress=5)
    counts = table.data["n"].to_numpy(dtype=float, na_value=np.nan)
    np.testing.assert_array_equal(
        counts, found.counts.to_numpy(dtype=float, na_value=np.nan).ravel()
    )
    hidden = table.formatted.iloc[:, 1:].to_numpy().ravel() == "[c]"
    np.testing.assert_array_equal(hidden, np.isnan(counts))
    assert table.notes[-1].startswith(f"[c]: {hidden.sum()} counts are hidden, those from 1 to 4")
    assert table.data.loc[hidden, ["row_share", "column_share"]].isna().all(axis=None)


def test_ratings_known_as_an_interval_have_rows_of_their_own():
    low = pd.Categorical(["Inadequate"] * 3 + ["Good"] * 2, LEVELS, ordered=True)
    high = pd.Categorical(
        ["Inadequate", "Requires improvement", "Good", "Good", "Good"], LEVELS, ordered=True
    )
    simulated = pd.DataFrame({"low": low, "high": high, "y": [1, 2, 1, 2, 1]})
    table = rating_crosstab(simulated, "rating", "y", intervals={"rating": ("low", "high")})
    names = table.formatted["rating"].tolist()
    assert names == [
        *LEVELS, "Inadequate or Requires improvement", "Inadequate, Requires improvement or Good",
        "All",
    ]  # fmt: skip
    assert table.data["rating"].unique().tolist() == names
    assert "2 of 5 rows are known as one of several ratings." in table.notes


def test_shares_of_columns_or_none(rated):
    by_column = rating_crosstab(rated, "provider_type", "rating_overall", shares="column")
    assert by_column.formatted.iloc[-1, 1].endswith("(100%)")
    assert by_column.notes[0] == "Shares are of the total of a column."
    plain = rating_crosstab(rated, "provider_type", "rating_overall", shares=None)
    assert plain.formatted.iloc[:, 1:].map(str.isdigit).all(axis=None)


def test_what_makes_no_sense(rated):
    with pytest.raises(DataError, match="shares='all' is not known"):
        rating_crosstab(rated, "provider_type", "rating_overall", shares="all")
    with pytest.raises(ModelError, match="no column 'no'"):
        rating_crosstab(rated, "no", "rating_overall")
    with pytest.raises(DataError, match="column 'n' would be overwritten"):
        rating_crosstab(rated.rename(columns={"region": "n"}), "n", "rating_overall")
