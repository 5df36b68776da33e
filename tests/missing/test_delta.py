"""Curves over delta: identities, exact moves, tipping points, and bad input."""

import numpy as np
import pandas as pd
import pytest

import probstats as ps
from probstats.missing.delta_shifts import level_shift
from probstats.missing.tipping import tipping_points

M = 5

# Five imputations are few, and the warning says so.
pytestmark = pytest.mark.filterwarnings("ignore::probstats.errors.MissingWarning")


def simulated(n=150, missing=0.3, seed=3):
    rng = np.random.default_rng(seed)
    data = pd.DataFrame({"x": rng.normal(15, 5, n), "z": rng.normal(size=n)})
    codes = np.digitize(rng.logistic(size=n) - 0.12 * data["x"], [-2.5, -1])
    data["y"] = pd.Categorical(np.array(["low", "mid", "high"])[codes],
                               ["low", "mid", "high"], ordered=True)  # fmt: skip
    data.loc[rng.random(n) < missing, "x"] = np.nan
    return data


@pytest.fixture(scope="module")
def data():
    return simulated()


@pytest.fixture(scope="module")
def made(data):
    return ps.impute(data, M, rng=1)


@pytest.fixture(scope="module")
def found(data, made):
    return ps.delta_sensitivity(data, "y ~ x + z", "x", [-5, 10, 20], imputations=made)


def row(found, delta):
    return found.table.set_index("delta").loc[delta]


def test_zero_is_the_pooled_imputation(data, found, made):
    pooled = ps.pool(made.fit("y ~ x + z"))
    shown = row(found, 0.0)
    assert shown["estimate"] == pooled.params["x"]
    assert shown["std_error"] == pooled.bse["x"]
    assert [shown["low"], shown["high"]] == pooled.conf_int().loc["x"].tolist()
    assert shown["p_value"] == pooled.pvalues["x"]
    assert shown["fmi"] == pooled.fmi["x"]
    assert shown[["moved", "clipped", "warned"]].tolist() == [0, 0, 0]
    own = ps.delta_sensitivity(data, "y ~ x + z", "x", 1.0, m=M, rng=1)
    assert row(own, 0.0)["estimate"] == shown["estimate"]


def test_any_delta_is_the_pooled_fit_to_moved_frames(found, made):
    fits = []
    for frame in made.frames:
        moved = frame.assign(x=frame["x"] + 10.0 * made.missing["x"])
        fits.append(ps.CumulativeLinkModel.from_formula("y ~ x + z", moved).fit())
    pooled = ps.pool(fits)
    assert row(found, 10.0)["estimate"] == pytest.approx(pooled.params["x"], rel=1e-12)
    assert row(found, 10.0)["std_error"] == pytest.approx(pooled.bse["x"], rel=1e-12)
    assert row(found, 10.0)["moved"] == pytest.approx(10.0, rel=1e-12)


def test_the_estimate_is_on_the_threshold_at_a_tipping_point(data, found, made):
    assert len(found.tipping_points) >= 1
    first = found.tipping_points.iloc[0]
    assert first["change"] == "the interval no longer excludes 0"
    again = ps.delta_sensitivity(data, "y ~ x + z", "x", first["delta"], imputations=made)
    at = row(again, first["delta"])
    slope = abs(row(found, 20.0)["high"] - row(found, 0.0)["high"]) / 20
    assert abs(at["high"]) < 5 * slope * 0.025  # found to a thousandth of the range of 25
    assert f"are {first['delta']:.3g} higher than imputed, the interval no longer" in (
        found.summary()
    )


def test_a_threshold_and_a_level_of_ones_own(data, made, found):
    target = (row(found, 0.0)["estimate"] + row(found, 10.0)["estimate"]) / 2
    other = ps.delta_sensitivity(data, "y ~ x + z", "x", [-5, 10, 20], imputations=made,
                                 threshold=target, level=0.5)  # fmt: skip
    tips = other.tipping_points
    passed = tips[tips["change"].str.contains("the estimate passes")]
    assert len(passed) >= 1
    assert passed["delta"].between(0, 10).any()
    wide = row(found, 0.0)["high"] - row(found, 0.0)["low"]
    assert row(other, 0.0)["high"] - row(other, 0.0)["low"] < 0.4 * wide


def test_moved_values_stay_within_bounds_and_are_counted():
    data = simulated()
    data["least"], data["most"] = -5.0, np.where(data["x"].isna() & (data["z"] > 0), 25.0, 40.0)
    found = ps.delta_sensitivity(data, "y ~ x", "x", [3, 30, 1000], m=M, rng=2,
                                 bounds={"x": ("least", "most")})  # fmt: skip
    table = found.table.set_index("delta")
    made = ps.impute(data, M, bounds={"x": ("least", "most")}, rng=np.random.default_rng(2))
    gaps = made.missing["x"]
    room = np.array([(data["most"] - frame["x"])[gaps] for frame in made.frames])
    for delta in (3.0, 30.0, 1000.0):
        np.testing.assert_allclose(table.loc[delta, "moved"], np.minimum(delta, room).mean())
        np.testing.assert_allclose(table.loc[delta, "clipped"], (room < delta).mean())
    assert table.loc[1000.0, "clipped"] == 1.0
    assert "Up to 100% of imputed values stop at a bound" in found.summary()


def test_cells_known_by_their_bounds_do_not_move():
    data = simulated()
    gaps = np.flatnonzero(data["x"].isna())
    low, high = np.full(len(data), np.nan), np.full(len(data), np.nan)
    low[gaps], high[gaps] = 10.0, 10.0
    free = gaps[0]
    low[free], high[free] = 8.0, 12.0
    data = data.assign(low=low, high=high)
    found = ps.delta_sensitivity(data, "y ~ x", "x", [-100, 100], m=M, rng=2,
                                 bounds={"x": ("low", "high")})  # fmt: skip
    moved = found.table.set_index("delta")["moved"]
    assert moved[100.0] - moved[-100.0] == pytest.approx(4.0 / len(gaps), rel=1e-9)


def with_gaps_in_outcome(seed=5, n=200):
    data = simulated(n, missing=0.0, seed=seed)
    gone = np.random.default_rng(seed).random(n) < 0.3
    return data.assign(y=data["y"].where(~gone))


def test_levels_move_with_their_odds():
    # With thresholds alone, 40,000 unreported outcomes must follow F(theta_j - delta).
    rng = np.random.default_rng(1)
    levels = ["low", "mid", "high"]
    known = pd.Categorical.from_codes(
        rng.choice(3, 40_000, p=[0.2, 0.5, 0.3]), levels, ordered=True
    )
    frame = pd.DataFrame({"y": known, "x": rng.normal(size=40_000)})
    made = ps.impute(frame.assign(y=frame["y"].where(np.arange(40_000) % 2 == 0)), 2,
                     rng=1, columns=["y"], auxiliary=["x"])  # fmt: skip
    gaps = made.missing["y"].to_numpy()
    shift = level_shift(made.frames, made.variable("y"), gaps,
                        lambda full: ps.CumulativeLinkModel.from_formula("y ~ x", full).fit(),
                        np.random.default_rng(2))  # fmt: skip
    for delta in (-1.5, 0.0, 0.8):
        moved = shift.by(delta)
        for before, after in zip(made.frames, moved.frames, strict=True):
            if delta == 0.0:
                assert before["y"].tolist() == after["y"].tolist()
            assert (before["y"][~gaps] == after["y"][~gaps]).all()
            for level in ("mid", "high"):
                old, new = ((one["y"][gaps] >= level).mean() for one in (before, after))
                change = np.log(new / (1 - new)) - np.log(old / (1 - old))
                assert abs(change - delta) < 0.08


def test_zero_is_the_pooled_imputation_of_an_outcome():
    data = with_gaps_in_outcome()
    made = ps.impute(data, M, rng=1)
    found = ps.delta_sensitivity(data, "y ~ x + z", "y", [-2, 2], term="x", imputations=made, rng=4)
    pooled = ps.pool(made.fit("y ~ x + z"))
    assert row(found, 0.0)["estimate"] == pooled.params["x"]
    assert row(found, -2.0)["moved"] < 0 < row(found, 2.0)["moved"]
    assert "on the latent scale" in repr(found)


def test_levels_stop_at_the_ends_of_their_range():
    data = with_gaps_in_outcome()
    top = data["y"].fillna("mid")
    found = ps.delta_sensitivity(data, "y ~ x", "y", [-50, 50], term="x", m=M, rng=1,
                                 bounds={"y": ("low", top)})  # fmt: skip
    made = ps.impute(data, M, bounds={"y": ("low", top)}, rng=np.random.default_rng(1))
    codes = np.concatenate([f["y"].cat.codes[made.missing["y"]] for f in made.frames])
    assert row(found, 50.0)["moved"] == pytest.approx(1 - codes.mean())
    assert row(found, -50.0)["moved"] == pytest.approx(-codes.mean())
    assert row(found, 50.0)["clipped"] == 1.0
    assert row(found, -50.0)["clipped"] == 0.0


def test_any_fit_will_do(data, made):
    def line(frame):
        import statsmodels.formula.api as smf

        return smf.ols("code ~ x", frame.assign(code=frame["y"].cat.codes)).fit()

    found = ps.delta_sensitivity(data, line, "x", [5], imputations=made)
    assert row(found, 0.0)["estimate"] == ps.pool(made.fit(line)).params["x"]


def test_the_same_on_two_processors(data, made):
    one, two = (
        ps.delta_sensitivity(data, "y ~ x", "x", [-5, 5], imputations=made, n_jobs=n).table
        for n in (1, 2)
    )
    pd.testing.assert_frame_equal(one, two)


def test_a_delta_without_a_result_is_seen(data, made):
    def fit(frame):
        if frame["x"].max() > 50:
            raise ps.ModelError("too large")
        return ps.CumulativeLinkModel.from_formula("y ~ x", frame).fit()

    with pytest.warns(ps.MissingWarning, match="1 of 3 deltas have no result"):
        found = ps.delta_sensitivity(data, fit, "x", [1, 90], imputations=made)
    assert np.isnan(row(found, 90.0)["estimate"])
    assert found.notes == ("At delta = 90 there is no result: too large.",)
    assert "At delta = 90" in found.summary()


def test_few_imputations_are_said_once(data, made):
    with pytest.warns(ps.MissingWarning) as caught:
        ps.delta_sensitivity(data, "y ~ x", "x", [-1, 1], imputations=made)
    said = [str(one.message) for one in caught]
    assert len(set(said)) == len(said)
    assert any(one.startswith("as imputed: 5 imputations are few") for one in said)


def test_warnings_of_fits_are_counted_and_given_once(data, made):
    def noisy(frame):
        from probstats.models.trouble import warn

        if frame["x"].max() > 50:
            warn("large", ps.SparseWarning)
        return ps.CumulativeLinkModel.from_formula("y ~ x", frame).fit()

    with pytest.warns(ps.SparseWarning) as caught:
        found = ps.delta_sensitivity(data, noisy, "x", [1, 90], imputations=made)
    assert [str(one.message) for one in caught if one.category is ps.SparseWarning] == [
        f"{M} of {3 * M} fits warned, the first of them: large"
    ]
    assert row(found, 90.0)["warned"] == M
    assert row(found, 1.0)["warned"] == 0


def test_the_right_delta_recovers_what_complete_data_say():
    # Simulated: given the outcome, unreported values are 4 higher than reported ones.
    rng = np.random.default_rng(8)
    y = rng.choice(3, 1500, p=[0.3, 0.4, 0.3])
    gone = rng.random(1500) < np.array([0.6, 0.3, 0.1])[y]
    x = 15.0 - 1.5 * y + rng.normal(0, 3, 1500) + 4.0 * gone
    full = pd.DataFrame({"y": pd.Categorical(y, ordered=True), "x": x})
    truth = ps.CumulativeLinkModel.from_formula("y ~ x", full).fit()
    found = ps.delta_sensitivity(full.assign(x=full["x"].where(~gone)), "y ~ x", "x", [-4, 4],
                                 m=M, rng=1)  # fmt: skip
    assert abs(row(found, 4.0)["estimate"] - truth.params["x"]) < 2 * truth.bse["x"]
    assert abs(row(found, 0.0)["estimate"] - truth.params["x"]) > 4 * truth.bse["x"]


def test_tipping_points_of_known_curves():
    def at(delta):
        estimate = 1.0 - delta**2 / 16.0
        return {"delta": delta, "estimate": estimate, "low": estimate - 0.5,
                "high": estimate + 0.5, "moved": delta}  # fmt: skip

    table = pd.DataFrame([at(delta) for delta in np.arange(-6.0, 7.0)])
    points = tipping_points(table, at, 0.0, 1e-6)
    exact = [np.sqrt(8.0), np.sqrt(8.0), 4.0, 4.0, np.sqrt(24.0), np.sqrt(24.0)]
    np.testing.assert_allclose(points["delta"].abs(), exact, atol=1e-5)
    assert points["change"].tolist() == [
        "the interval no longer excludes 0", "the interval no longer excludes 0",
        "the estimate changes its sign", "the estimate changes its sign",
        "the interval excludes 0", "the interval excludes 0",
    ]  # fmt: skip
    assert tipping_points(table, at, 5.0, 1e-6).empty


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"deltas": [0]}, "at least one of them not zero"),
        ({"deltas": [np.nan]}, "must be finite numbers"),
        ({"deltas": "a"}, "deltas='a' must be finite numbers"),
        ({"deltas": None}, "deltas=None must be finite numbers"),
        ({"deltas": [[1, 2]]}, "must be finite numbers"),
        ({"threshold": "a"}, "threshold='a' must be"),
        ({"rng": "a"}, "rng='a' is no source of randomness"),
        ({"column": "z"}, "column 'z' misses no value"),
        ({"column": "w"}, "the data have no column 'w'"),
        ({"term": "w"}, r"the fit has no parameter 'w'; term= is one of x, z, low\|mid"),
        ({"level": 2}, "level=2 must lie between 0 and 1"),
        ({"threshold": np.inf}, "threshold=inf must be"),
        ({"m": 3}, "m= is for impute; leave it out"),
        ({"bounds": {"x": (0, 9)}}, "bounds= is for impute"),
        ({"fit": "y ~ nothing"}, "nothing"),
        ({"fit": 3}, "neither a formula nor a function"),
        ({"link": "cauchy"}, "cauchy"),
        ({"speed": 3}, "'speed' is no option"),
        ({"fit": lambda frame: frame, "link": "logit"}, "goes with a formula"),
    ],
)
def test_bad_input(data, made, options, message):
    asked = {"fit": "y ~ x + z", "column": "x", "deltas": [1], "imputations": made} | options
    with pytest.raises(ps.ModelError, match=message):
        ps.delta_sensitivity(data, **asked)


def test_imputations_of_other_data(data, made):
    with pytest.raises(ps.ModelError, match="imputations are of other data"):
        ps.delta_sensitivity(simulated(seed=9), "y ~ x", "x", [1], imputations=made)


def test_columns_that_cannot_move():
    data = simulated(missing=0.0).assign(who=pd.Categorical(["a", "b", "c"] * 50))
    data.loc[:9, "who"] = None
    with pytest.raises(ps.ModelError, match="column 'who' has no order"):
        ps.delta_sensitivity(data, "y ~ who", "who", [1], m=2, term="who[b]", rng=1)
    gaps = with_gaps_in_outcome()
    with pytest.raises(ps.ModelError, match="only numbers move as covariates"):
        ps.delta_sensitivity(gaps.assign(r=np.arange(200) % 3), "r ~ y", "y", [1], m=2,
                             term="y[mid]", rng=1)  # fmt: skip
    codes = gaps.assign(y=gaps["y"].cat.codes.where(gaps["y"].notna()))
    with pytest.raises(ps.ModelError, match="is an ordinal outcome in numbers"):
        ps.delta_sensitivity(codes, "y ~ x", "y", [1], m=2, term="x", rng=1)
