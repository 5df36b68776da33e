"""Descriptions of columns: numbers against pandas, shares against Wilson's formula."""

import numpy as np
import pandas as pd
import pytest

from probstats.errors import DataError
from probstats.tables import descriptives

LEVELS = ["Inadequate", "Requires improvement", "Good"]


@pytest.fixture(scope="module")
def simulated():
    rng = np.random.default_rng(11)
    size = 90
    frame = pd.DataFrame({
        "kind": rng.choice(["a", "b", None], size=size, p=[0.6, 0.3, 0.1]),
        "vacancies": np.where(rng.random(size) < 0.2, np.nan, rng.normal(20, 5, size)),
        "rating": pd.Categorical(rng.choice(LEVELS, size), categories=LEVELS, ordered=True),
        "year": rng.integers(2018, 2024, size),
        "new": rng.random(size) < 0.5,
    })  # fmt: skip
    frame.loc[:4, "rating"] = None
    return frame


def cell(table, label, group):
    columns = [name for name in table.formatted.columns if name.startswith(f"{group}, n")]
    found = table.formatted.set_index("Variable").loc[label, columns[0]]
    return found.replace("\u00a0", " ")


def test_numbers_are_those_of_pandas(simulated):
    table = descriptives(simulated, "kind", ["vacancies"])
    part = simulated.loc[simulated["kind"] == "a", "vacancies"]
    row = table.data.set_index("group").loc["a"]
    quartiles = part.quantile([0.25, 0.5, 0.75]).tolist()
    np.testing.assert_allclose(
        row[["mean", "sd", "min", "q25", "median", "q75", "max"]].to_numpy(float),
        [part.mean(), part.std(), part.min(), *quartiles, part.max()], rtol=1e-12,
    )  # fmt: skip
    assert row["known"] == part.count()
    assert row["missing"] == part.isna().sum()
    said = cell(table, "vacancies: mean (standard deviation)", "a")
    assert said == f"{part.mean():.1f} ({part.std():.1f})"
    low, middle, high = (f"{value:.1f}" for value in quartiles)
    assert cell(table, "vacancies: median (quartiles)", "a") == f"{middle} ({low} to {high})"
    ends = f"{part.min():.1f} to {part.max():.1f}"
    assert cell(table, "vacancies: range", "a") == ends


def test_groups_and_their_sizes(simulated):
    table = descriptives(simulated, "kind", ["rating"])
    sizes = simulated["kind"].value_counts()
    unknown = simulated["kind"].isna().sum()
    assert table.formatted.columns.tolist() == [
        "Variable", f"a, n = {sizes['a']}", f"b, n = {sizes['b']}", f"not known, n = {unknown}",
        "All, n = 90",
    ]  # fmt: skip
    counts = table.data.pivot(index="level", columns="group", values="n").loc[LEVELS]
    expected = pd.crosstab(simulated["rating"], simulated["kind"].fillna("not known"))
    for name in ("a", "b", "not known"):
        assert counts[name].tolist() == expected[name].tolist()
    assert counts["All"].tolist() == simulated["rating"].value_counts().loc[LEVELS].tolist()


def test_shares_are_of_the_known_with_wilson_intervals(simulated):
    table = descriptives(simulated, None, ["rating"], level=0.9)
    n, known, z = (simulated["rating"] == "Good").sum(), simulated["rating"].count(), 1.6448536
    share = n / known
    middle = (share + z**2 / (2 * known)) / (1 + z**2 / known)
    reach = z * np.sqrt(share * (1 - share) / known + (z / (2 * known)) ** 2) / (1 + z**2 / known)
    row = table.data.set_index("level").loc["Good"]
    np.testing.assert_allclose([row["low"], row["high"]], [middle - reach, middle + reach], 1e-6)
    assert cell(table, "rating: Good", "All") == (
        f"{n}, {100 * share:.0f}% ({100 * (middle - reach):.0f}% to {100 * (middle + reach):.0f}%)"
    )
    assert cell(table, "rating: missing", "All") == "5"
    assert table.notes == ("Shares are of the known, with 90% intervals (Wilson).",)


def test_ratings_known_within_bounds_are_known():
    low = [0, 0, 0, 1, 2, None]
    high = [0, 0, 1, 2, 2, None]
    simulated = pd.DataFrame({"low": low, "high": high}).map(
        lambda code: None if pd.isna(code) else LEVELS[int(code)]
    )
    for name in simulated:
        simulated[name] = pd.Categorical(simulated[name], LEVELS, ordered=True)
    table = descriptives(simulated, intervals={"rating": ("low", "high")})
    assert cell(table, "rating: known", "All") == "5"
    assert cell(table, "rating: missing", "All") == "1"
    assert cell(table, "rating: Inadequate", "All").startswith("2 to 3, 40% to 60% (")
    assert cell(table, "rating: Requires improvement", "All").startswith("0 to 2, 0% to 40% (0% ")
    assert cell(table, "rating: Good", "All").startswith("1 to 2, 20% to 40% (")
    data = table.data.set_index("level")
    assert data[["n", "n_most"]].to_numpy().tolist() == [[2, 3], [0, 2], [1, 2]]
    assert "known as one of several ratings" in table.notes[1]


def test_years_have_no_commas_and_whole_numbers_no_decimals(simulated):
    table = descriptives(simulated, columns=["year"])
    assert cell(table, "year: range", "All") == "2018 to 2023"
    large = descriptives(pd.DataFrame({"x": [1000, 3000, 5000]}))
    assert cell(large, "x: median (quartiles)", "All") == "3,000 (2,000 to 4,000)"


def test_hidden_counts_cannot_be_worked_out():
    """Every number that is shown is compared with all that could stand where none is."""
    simulated = pd.DataFrame({
        "kind": ["a"] * 12 + ["b"] * 9 + ["c"] * 30,
        "rating": ["x"] * 10 + ["y"] * 2 + ["x"] * 5 + ["y"] * 4 + ["x"] * 15 + ["y"] * 13
        + [None] * 2,
        "size": [*range(50), np.nan],
    })  # fmt: skip
    table = descriptives(simulated, "kind", suppress=5)
    data = table.data[table.data["variable"] == "rating"].set_index(["level", "group"])
    full = descriptives(simulated, "kind").data
    full = full[full["variable"] == "rating"].set_index(["level", "group"])
    small = full["n"].between(1, 4)
    assert data.loc[small, "n"].isna().all()
    for where in (data["n"].isna(), data["known"].isna()):
        assert data.loc[where, ["share", "low", "high"]].isna().all(axis=None)
    sides = ["x", "y", "missing"]
    groups = ["a", "b", "c", "All"]

    def shown(side, group):
        if side == "missing":
            return data.loc[("x", group), "missing"]
        return data.loc[(side, group), "n"]

    unknown = [(s, g) for s in sides for g in groups if pd.isna(shown(s, g))]
    equations = []
    for side in sides:
        equations.append([(side, g, -1 if g == "All" else 1) for g in groups])
    for group in groups:  # sizes of groups are known
        equations.append([(side, group, 1) for side in sides])
        if pd.notna(data.loc[("x", group), "known"]):
            equations.append([("x", group, 1), ("y", group, 1)])
    matrix = np.array([
        [sum(sign for s, g, sign in line if (s, g) == cell) for cell in unknown]
        for line in equations
    ], dtype=float)  # fmt: skip
    rank = np.linalg.matrix_rank(matrix)
    for place in range(len(unknown)):
        unit = np.zeros(len(unknown))
        unit[place] = 1.0
        assert np.linalg.matrix_rank(np.vstack([matrix, unit])) == rank + 1
    assert any(note.startswith("[c]: ") for note in table.notes)
    assert not any("range" in label for label in table.formatted["Variable"])
    assert table.data[["min", "max"]].isna().all(axis=None)


def test_numbers_of_few_rows_are_hidden_with_their_count():
    simulated = pd.DataFrame({"kind": list("aaabbbbbbbb"), "x": [1.5, 2, 3, *range(8)]})
    table = descriptives(simulated, "kind", suppress=5)
    assert cell(table, "x: mean (standard deviation)", "a") == "[c]"
    assert cell(table, "x: mean (standard deviation)", "b") == "[c]"  # or a would follow
    assert table.formatted.columns[1] == "a, n = [c]"
    assert (
        table.data.loc[table.data["group"] == "a", ["mean", "sd", "median"]].isna().all(axis=None)
    )
    assert table.caption == "What the rows hold, by kind"


def test_nothing_small_hides_nothing():
    simulated = pd.DataFrame({"kind": list("ab") * 10, "y": ["u"] * 10 + ["v"] * 10})
    hidden, open_ = (descriptives(simulated, "kind", suppress=s) for s in (5, None))
    pd.testing.assert_frame_equal(hidden.data, open_.data)


def test_by_default_all_that_can_be_described(simulated):
    frame = simulated.assign(
        name=[f"n{i}" for i in range(90)], day=pd.Timestamp(2024, 1, 1), empty=np.nan
    )
    table = descriptives(frame)
    assert table.data["variable"].unique().tolist() == [
        "kind", "vacancies", "rating", "year", "new", "empty"
    ]  # fmt: skip
    assert table.notes[-1].endswith("more than 20 values: name, day.")
    assert cell(table, "empty: mean (standard deviation)", "All") == "none"
    assert cell(table, "new: True", "All").startswith(str(frame["new"].sum()))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"by": "no"}, "the data have no column 'no'"),
        ({"columns": ["no"]}, "the data have no column 'no'"),
        ({"columns": "year"}, "must be a sequence of names"),
        ({"columns": []}, "there are no columns to describe"),
        ({"columns": ["year", "year"]}, "named|twice"),
        ({"suppress": 1}, "suppress=1 must be a whole number, 2 or more"),
        ({"suppress": True}, "suppress=True must be a whole number"),
        ({"level": 95}, "level=95 is not between 0 and 1"),
    ],
)
def test_what_makes_no_sense(simulated, options, message):
    with pytest.raises(DataError, match=message):
        descriptives(simulated, **options)


def test_columns_that_cannot_be_described(simulated):
    with pytest.raises(DataError, match="column 'day' has type datetime64"):
        descriptives(simulated.assign(day=pd.Timestamp(2024, 1, 1)), columns=["day"])
    with pytest.raises(DataError, match="column 'x' holds numbers that are not finite"):
        descriptives(simulated.assign(x=np.inf), columns=["x"])
    with pytest.raises(DataError, match="at least one row"):
        descriptives(simulated.head(0))
    with pytest.raises(DataError, match="two groups of 'g' would have one name"):
        descriptives(pd.DataFrame({"g": ["All", "b"], "x": [1, 2]}), "g")
