"""Inputs that once gave, or could give, a wrong answer without a word."""

import numpy as np
import pandas as pd
import pytest

import probstats as ps
from probstats.errors import ConvergenceWarning, ModelError
from probstats.models import CumulativeLinkModel


@pytest.fixture
def simulated():
    rng = np.random.default_rng(20261121)
    frame = pd.DataFrame({"x": rng.normal(size=150), "year": rng.choice([2018, 2019, 2020], 150)})
    latent = frame["x"] + 0.3 * (frame["year"] - 2018) + rng.logistic(size=150)
    frame["y"] = np.digitize(latent, [-1.0, 1.0])
    frame["cluster"] = rng.integers(0, 15, 150)
    return frame


def fit(formula, frame, **options):
    return ps.CumulativeLinkModel.from_formula(formula, frame).fit(**options)


def test_numbered_categories_predict_the_same_from_plain_numbers(simulated):
    simulated["year"] = pd.Categorical(simulated["year"])
    found = fit("y ~ year", simulated)
    plain = found.predict(pd.DataFrame({"year": [2018, 2019, 2020]}), which="linpred")
    expected = [0.0, found.params["year[2019]"], found.params["year[2020]"]]
    np.testing.assert_allclose(plain, expected, atol=1e-12)


@pytest.mark.parametrize("offset", [1e4, 1e6, 1e8])
@pytest.mark.parametrize(
    "options",
    [{"cov_type": "HC0"}, {"cov_type": "cluster", "cov_kwds": {"groups": "cluster"}}],
    ids=["HC0", "cluster"],
)
def test_robust_errors_do_not_depend_on_the_origin(simulated, offset, options):
    plain = fit("y ~ x", simulated, **options)
    moved = fit("y ~ x", simulated.assign(x=simulated["x"] + offset), **options)
    assert moved.bse["x"] == pytest.approx(plain.bse["x"], rel=1e-6)
    assert moved.llf == pytest.approx(plain.llf, abs=1e-6)


def test_powers_that_lost_their_digits_are_refused(simulated):
    with pytest.raises(ModelError, match="centre a column before taking its powers"):
        fit("y ~ year + I(year**2) + I(year**3)", simulated.assign(year=2000 + simulated["x"]))


def test_separation_is_seen_beside_nearly_equal_columns(simulated):
    rng = np.random.default_rng(1)
    simulated["twin"] = simulated["x"] + 1e-4 * rng.normal(size=150)
    simulated["dummy"] = 0.0
    simulated.loc[simulated.index[simulated["y"] == 0][:8], "dummy"] = 1.0
    with pytest.warns(ps.SeparationWarning, match="dummy"):
        found = fit("y ~ x + twin + dummy", simulated)
    assert "dummy" in found.diverging
    assert np.isnan(found.bse["dummy"])


def test_a_covariate_called_intercept_is_not_lost(simulated):
    with pytest.raises(ModelError, match="rename column 'Intercept'"):
        fit("y ~ Intercept", simulated.rename(columns={"x": "Intercept"}))


def test_categories_are_no_numbers_without_a_formula(simulated):
    with pytest.raises(ModelError, match="has type category, not numbers"):
        ps.CumulativeLinkModel(simulated["y"], simulated[["year"]].astype("category"))


def test_new_rows_follow_their_labels(simulated):
    found = ps.CumulativeLinkModel(simulated["y"], simulated[["x", "year"]]).fit()
    row = pd.Series({"year": 2019.0, "x": 0.5})
    expected = found.predict(pd.DataFrame({"x": [0.5], "year": [2019.0]}), which="linpred")
    assert found.predict(row, which="linpred").iloc[0] == pytest.approx(expected.iloc[0])


def test_numeric_covariates_take_no_text_in_new_data(simulated):
    found = fit("y ~ x", simulated)
    with pytest.raises(ModelError, match="column 'x' has type"):
        found.predict(pd.DataFrame({"x": ["one"]}))


@pytest.mark.parametrize("tol", [0.0, -1.0, 1e9])
def test_a_tolerance_that_means_nothing_is_refused(simulated, tol):
    with pytest.raises(ModelError, match="tol"):
        fit("y ~ x", simulated, tol=tol)


def test_a_covariate_named_like_a_threshold_is_refused(simulated):
    with pytest.raises(ModelError, match=r"two parameters would be called '0\|1'; rename"):
        ps.CumulativeLinkModel(simulated["y"], simulated[["x"]].set_axis(["0|1"], axis=1))
    exog = simulated[["x"]].set_axis(["scale:x"], axis=1)
    with pytest.raises(ModelError, match="two parameters would be called 'scale:x'; rename"):
        ps.CumulativeLinkModel(simulated["y"], exog, scale=simulated[["x"]])


@pytest.mark.parametrize("position", [0, 1, 2])
def test_an_intercept_of_an_array_is_found_where_it_was_in_the_fit(simulated, position):
    plain = simulated[["x", "year"]].to_numpy()
    found = ps.CumulativeLinkModel(simulated["y"], np.insert(plain, position, 1.0, axis=1)).fit()
    new = np.array([[1.0, 2019.0], [1.0, 2020.0]])  # x is 1 in every new row
    expected = new @ found.params.iloc[:2]
    again = found.predict(np.insert(new, position, 1.0, axis=1), which="linpred")
    np.testing.assert_allclose(again, expected, rtol=1e-12)
    np.testing.assert_allclose(found.predict(new, which="linpred"), expected, rtol=1e-12)


def test_probit_coefficients_are_no_log_odds_ratios(simulated):
    model = ps.CumulativeLinkModel.from_formula("y ~ x", simulated, link="probit")
    with pytest.raises(ModelError, match="probit link are no log odds ratios"):
        ps.tables.odds_ratios(ps.tables.estimates({"A": model.fit()}))


@pytest.mark.parametrize("name", ["weights", "offset"])
def test_a_covariate_called_like_an_option_loses_its_missing_rows(simulated, name):
    values = np.where(simulated["x"] > 1, None, np.where(simulated["year"] > 2018, "b", "a"))
    simulated[name] = pd.Categorical(values, categories=["a", "b"])
    plain = simulated.rename(columns={name: "other"})
    extra = {name: np.ones(len(simulated))}
    model = ps.CumulativeLinkModel.from_formula(f"y ~ {name}", simulated, **extra)
    expected = ps.CumulativeLinkModel.from_formula("y ~ other", plain, **extra)
    assert model.nobs == expected.nobs
    assert model.design.n_dropped == (simulated["x"] > 1).sum()


def group_of(simulated, levels):
    """Let the first 30 rows be a group that has only these levels."""
    group = (np.arange(150) < 30).astype(float)
    y = np.where(group == 1, np.resize(levels, 150), simulated["y"])
    return simulated.assign(group=group, y=y)


@pytest.mark.parametrize(
    "levels", [[1], [0, 2], [0, 2, 0]], ids=["middle only", "outermost evenly", "outermost"]
)
def test_a_scale_effect_without_a_maximum_is_never_passed_off_as_an_estimate(simulated, levels):
    # The likelihood rises for ever as the group's scale goes to zero, or to infinity.
    with pytest.warns(ps.ConvergenceWarning):
        found = ps.CumulativeLinkModel.from_formula(
            "y ~ group", group_of(simulated, levels), scale="~ group"
        ).fit()
    assert not found.converged
    assert found.bse[["group", "scale:group"]].isna().all()
    if levels == [1]:
        assert found.params["scale:group"] == -np.inf


def test_a_scale_effect_that_two_levels_cannot_tell_is_never_passed_off(simulated):
    # Two groups and two levels give two shares, and the model would have three parameters.
    data = group_of(simulated, [0, 1, 2]).assign(y=lambda frame: (frame["y"] > 0).astype(int))
    with pytest.raises((ModelError, ps.ConvergenceWarning)):
        ps.CumulativeLinkModel.from_formula("y ~ group", data, scale="~ group").fit()


class TestFormulasThatWouldMisleadLater:
    """Each gave numbers without a word."""

    @pytest.fixture
    def data(self):
        rng = np.random.default_rng(7)
        n = 400
        x, age = rng.normal(size=n), rng.integers(18, 90, n).astype(np.uint8)
        latent = x + 0.05 * (age - 50.0) + rng.logistic(size=n)
        return pd.DataFrame({"y": np.digitize(latent, [-1.0, 0.5, 2.0]), "x": x, "age": age})

    @pytest.mark.parametrize("inside", ["x - np.mean(x)", "x / x.std()"])
    def test_functions_of_a_whole_column_are_refused(self, data, inside):
        with pytest.raises(ModelError, match="a function of a whole column"):
            CumulativeLinkModel.from_formula(f"y ~ I({inside})", data)

    def test_functions_of_each_row_are_not(self, data):
        found = CumulativeLinkModel.from_formula("y ~ np.exp(x) + center(x)", data).fit()
        pd.testing.assert_frame_equal(found.predict(data.head(3)), found.predict().head(3))

    @pytest.mark.parametrize("right", ["I(age - 50)", "age + I(age**2)", "age:x"])
    def test_small_whole_numbers_do_not_overflow(self, data, right):
        small, large = (
            CumulativeLinkModel.from_formula(f"y ~ {right}", frame).fit()
            for frame in (data, data.astype({"age": float}))
        )
        np.testing.assert_allclose(small.params, large.params, rtol=1e-12)
        np.testing.assert_allclose(small.predict(data.head()), small.predict().head(), rtol=1e-12)

    def test_variables_inside_of_splines_are_variables(self, data):
        missing = data.assign(x=data["x"].where(data.index > 20))
        found = CumulativeLinkModel.from_formula("y ~ bs(x, df=4) + age", missing).fit()
        assert found.nobs == len(data) - 21
        assert found.model.design.dropped.to_dict() == {"x": 21}
        assert set(found.avg_predictions().columns) == {
            "group", "estimate", "std_error", "conf_low", "conf_high",
        }  # fmt: skip

    def test_an_offset_that_is_no_column_does_not_go_with_new_data(self, data):
        found = CumulativeLinkModel.from_formula("y ~ x", data, offset=np.ones(len(data))).fit()
        with pytest.raises(ModelError, match="the offset of the fit is no column"):
            found.avg_predictions(data.sample(frac=1.0, random_state=1).reset_index(drop=True))

    def test_one_name_for_two_columns_is_refused(self, data):
        with pytest.raises(ModelError, match="two designs have a column 'x' with different values"):
            CumulativeLinkModel(data["y"], data[["x"]], scale=data[["x"]] ** 2)

    def test_scale_covariates_some_way_from_zero(self, data):
        spread = data.assign(z=40.0 + np.arange(len(data)) % 18)
        far = CumulativeLinkModel.from_formula("y ~ x", spread, scale="~ z").fit()
        near = CumulativeLinkModel.from_formula("y ~ x", spread, scale="~ I(z - 48)").fit()
        assert far.llf == pytest.approx(near.llf, rel=1e-12)
        assert far.params["scale:z"] == pytest.approx(near.params["scale:I(z - 48)"], rel=1e-8)
        assert far.bse["scale:z"] == pytest.approx(near.bse["scale:I(z - 48)"], rel=1e-6)
        pd.testing.assert_frame_equal(far.predict(), near.predict(), rtol=1e-8)

    def test_scale_covariates_far_from_zero_must_be_centred(self, data):
        years = data.assign(year=2005.0 + np.arange(len(data)) % 18)
        with pytest.raises(ModelError, match=r"'year' of scale lies far from zero.*centre it"):
            CumulativeLinkModel.from_formula("y ~ x", years, scale="~ year").fit()
        CumulativeLinkModel.from_formula("y ~ x", years, scale="~ center(year)").fit()

    def test_a_null_model_whose_thresholds_cross_has_no_pseudo_r_squared(self):
        cells = {(1, 1): 15, (1, 2): 8, (2, 3): 8, (3, 3): 19}
        pairs = [pair for pair, count in cells.items() for _ in range(count)]
        data = pd.DataFrame(pairs, columns=["low", "high"])
        data["x"] = 0.6 * (data["low"] + data["high"]) + np.random.default_rng(0).normal(size=50)
        found = CumulativeLinkModel.from_formula("interval(low, high) ~ x", data).fit()
        assert found.converged
        with pytest.warns(ConvergenceWarning, match="thresholds only has no maximum"):
            assert np.isnan(found.prsquared)
