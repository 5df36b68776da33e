"""Predictions with errors and intervals, and simulated outcomes."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import special, stats

from probstats.errors import CrossingWarning, ModelError, SeparationWarning
from probstats.models import CumulativeLinkModel
from probstats.models.kernel.links import LINKS

MODELS = {
    **{link: ("y ~ x + g", {"link": link}) for link in LINKS},
    "nominal": ("y ~ x", {"nominal": "~ g"}),
    "scale": ("y ~ x + g", {"scale": "~ x", "link": "cloglog"}),
    "both": ("y ~ x", {"nominal": "~ g", "scale": "~ x", "link": "cauchit"}),
    "equidistant": ("y ~ x + g", {"threshold": "equidistant"}),
    "symmetric, nominal": ("y ~ x", {"threshold": "symmetric", "nominal": "~ g"}),
    "offset": ("y ~ x + g", {"offset": "o"}),
    "weights": ("y ~ x * g", {"weights": "w"}),
    "intervals": ("interval(y, above) ~ x + np.log(p)", {"link": "probit"}),
}
EVERY = pytest.mark.parametrize("name", MODELS)


@pytest.fixture(scope="module")
def data():
    rng = np.random.default_rng(12)
    x, group = rng.normal(size=120), rng.integers(0, 3, 120)
    y = 1 + np.searchsorted([-1.2, 0.1, 1.4], 0.7 * x - 0.4 * group + rng.logistic(size=120))
    return pd.DataFrame(
        {
            "y": y,
            "above": np.minimum(y + rng.choice([0, 0, 0, 1], 120), 4),
            "x": x,
            "p": np.exp(rng.normal(size=120)),
            "g": pd.Categorical.from_codes(group, ["a", "b", "c"]),
            "o": rng.normal(size=120) / 2,
            "w": np.resize([1, 2, 3], 120),
            "c": np.arange(120) // 10,
        },
        index=[f"row {number}" for number in range(120)],
    )


@pytest.fixture
def fit(data):
    def make(name, **cov):
        formula, options = MODELS[name]
        return CumulativeLinkModel.from_formula(formula, data, **options).fit(**cov)

    return make


@pytest.fixture(scope="module")
def separated():
    """Everybody with h has the highest level; the others say all there is to know of g and x."""
    rng = np.random.default_rng(1)
    g, h = np.resize([0.0, 1.0, 0.0, 0.0], 60), np.resize([0.0, 0.0, 1.0], 60)
    y = np.where(h == 1, 3, rng.integers(1, 4, 60))
    frame = pd.DataFrame({"y": y, "g": g, "h": h, "x": rng.normal(size=60)})
    with pytest.warns(SeparationWarning, match="h goes to plus infinity"):
        return CumulativeLinkModel.from_formula("y ~ g + h + x", frame).fit()


@pytest.fixture(scope="module")
def apart():
    """Everybody with g has level 3, and nobody else."""
    rng = np.random.default_rng(2)
    g = np.repeat([0.0, 1.0], 25)
    y = np.where(g == 1, 3, rng.integers(1, 3, 50))
    frame = pd.DataFrame({"y": y, "g": g, "x": rng.normal(size=50)})
    with pytest.warns(SeparationWarning, match="g goes to plus infinity"):
        return CumulativeLinkModel.from_formula("y ~ g + x", frame).fit()


def numerical_errors(found, which):
    """Standard errors of the predictions of the rows, with gradients by differences."""
    params, covariance = found.params.to_numpy(), found.cov_params().to_numpy()
    slopes = []
    for number, error in enumerate(found.bse):
        move = np.zeros(len(params))
        move[number] = 1e-4 * error
        ends = (found.model.predict(params + sign * move, which=which) for sign in (1, -1))
        slopes.append(np.subtract(*ends) / (2e-4 * error))
    slopes = np.stack(slopes, axis=2)
    return np.sqrt(np.einsum("mkq,qr,mkr->mk", slopes, covariance, slopes))


class TestErrorsAndIntervals:
    @EVERY
    @pytest.mark.parametrize("which", ["prob", "cumprob"])
    def test_the_delta_method_with_numerical_gradients(self, fit, name, which):
        found = fit(name)
        prediction = found.get_prediction(which=which)
        expected = numerical_errors(found, which)
        se = prediction.se.to_numpy().reshape(expected.shape)
        np.testing.assert_allclose(se, expected, rtol=1e-6, atol=1e-10)
        predicted = prediction.predicted.to_numpy().reshape(expected.shape)
        np.testing.assert_array_equal(predicted, found.predict(which=which))

    @pytest.mark.parametrize("cov_type", ["HC0", "HC1", "cluster"])
    def test_with_robust_errors(self, fit, cov_type):
        kwds = {"groups": "c"} if cov_type == "cluster" else None
        found = fit("both", cov_type=cov_type, cov_kwds=kwds)
        se = found.get_prediction().se.to_numpy().reshape(-1, 4)
        np.testing.assert_allclose(se, numerical_errors(found, "prob"), rtol=1e-6, atol=1e-10)

    @pytest.mark.parametrize("alpha", [0.01, 0.05, 0.5])
    @pytest.mark.parametrize("clustered", [False, True])
    def test_intervals_are_made_on_the_logit_scale(self, fit, alpha, clustered):
        options = {"cov_type": "cluster", "cov_kwds": {"groups": "c"}} if clustered else {}
        prediction = fit("logit", **options).get_prediction()
        p, se = prediction.predicted, prediction.se
        quantile = stats.t.isf(alpha / 2, 11) if clustered else stats.norm.isf(alpha / 2)
        reach = quantile * se / (p * (1 - p))
        ends = prediction.conf_int(alpha)
        assert ends.columns.tolist() == ["lower", "upper"]
        expected = special.expit(
            np.column_stack([special.logit(p) - reach, special.logit(p) + reach])
        )
        np.testing.assert_allclose(ends, expected, rtol=1e-12)
        assert ((ends["lower"] < p) & (p < ends["upper"])).all()

    def test_the_summary_frame(self, fit, data):
        found = fit("logit")
        prediction, frame = found.get_prediction(), found.get_prediction().summary_frame(0.1)
        assert frame.columns.tolist() == ["predicted", "se", "ci_lower", "ci_upper"]
        assert frame.index.names == [None, "y"]
        assert frame.index[:5].tolist() == [("row 0", k) for k in (1, 2, 3, 4)] + [("row 1", 1)]
        np.testing.assert_array_equal(frame[["ci_lower", "ci_upper"]], prediction.conf_int(0.1))
        unstacked = frame["predicted"].unstack("y").loc[data.index]
        np.testing.assert_array_equal(unstacked, found.predict())

    def test_the_highest_cumulative_probability_is_one_without_error(self, fit):
        frame = fit("logit").get_prediction(which="cumprob").summary_frame().xs(4, level="y")
        assert (frame["predicted"] == 1.0).all()
        assert (frame["se"] == 0.0).all()

    @pytest.mark.parametrize("name", ["logit", "nominal", "scale", "both"])
    def test_new_rows_are_predicted_as_rows_of_the_fit(self, fit, data, name):
        found = fit(name)
        for which in ("prob", "cumprob"):
            frame = found.get_prediction(data[30:40], which=which).summary_frame()
            expected = found.get_prediction(which=which).summary_frame().loc[frame.index]
            pd.testing.assert_frame_equal(frame, expected, rtol=1e-13)

    def test_rows_with_missing_values_get_missing_predictions(self, fit):
        new = pd.DataFrame({"x": [0.0, np.nan, 1.0], "g": ["a", "b", None]})
        frame = fit("both").get_prediction(new).summary_frame()
        missing = frame.isna().groupby(level=0)
        assert missing.all().all(axis=1).tolist() == [False, True, True]
        assert missing.any().any(axis=1).tolist() == [False, True, True]

    @pytest.mark.parametrize("which", ["linpred", "class", "mean", "probability"])
    def test_only_probabilities_have_intervals(self, fit, which):
        with pytest.raises(ModelError, match=f"which='{which}' has no intervals; choose 'prob' or"):
            fit("logit").get_prediction(which=which)


class TestKinds:
    @EVERY
    def test_the_mean_level(self, fit, name):
        found = fit(name)
        mean = found.predict(which="mean")
        np.testing.assert_allclose(mean, found.predict() @ np.array([1, 2, 3, 4]), rtol=1e-13)
        assert mean.name == "mean"

    def test_the_mean_counts_levels_that_are_no_numbers(self, data):
        named = data.assign(y=pd.Categorical.from_codes(data["y"] - 1, list("pqrs"), ordered=True))
        by_name = CumulativeLinkModel.from_formula("y ~ x", named).fit().predict(which="mean")
        by_number = CumulativeLinkModel.from_formula("y ~ x", data).fit().predict(which="mean")
        np.testing.assert_allclose(by_name, by_number, rtol=1e-13)
        tens = CumulativeLinkModel.from_formula("y ~ x", data.assign(y=10 * data["y"])).fit()
        np.testing.assert_allclose(tens.predict(which="mean"), 10 * by_number, rtol=1e-13)

    def test_the_most_probable_level(self, fit):
        found = fit("logit")
        best = found.predict(which="class")
        assert best.cat.ordered
        assert best.cat.categories.tolist() == [1, 2, 3, 4]
        assert best.tolist() == found.predict().idxmax(axis=1).tolist()

    def test_missing_rows_have_no_class_and_no_mean(self, fit):
        new = pd.DataFrame({"x": [0.0, np.nan], "g": ["a", "b"]})
        assert fit("logit").predict(new, which="class").isna().tolist() == [False, True]
        assert fit("logit").predict(new, which="mean").isna().tolist() == [False, True]

    @EVERY
    def test_the_linear_predictor_is_what_the_location_adds(self, fit, data, name):
        found = fit(name)
        p = found.model.rows.sizes[0]
        expected = found.model.exog @ found.params.to_numpy()[:p]
        if name == "offset":
            expected = expected + data["o"]
        np.testing.assert_allclose(found.predict(which="linpred"), expected, rtol=1e-13, atol=1e-14)

    def test_an_unknown_kind(self, fit):
        known = "prob, cumprob, linpred, class, mean"
        with pytest.raises(ModelError, match=f"which='odds' is not known; choose one of {known}"):
            fit("logit").predict(which="odds")


class TestOffsets:
    def test_a_column_is_read_from_new_data(self, fit, data):
        found, new = fit("offset"), pd.DataFrame({"x": [0.5, 0.5], "g": "b", "o": [0.0, 1.0]})
        linear = found.predict(new, which="linpred")
        assert linear[1] - linear[0] == pytest.approx(1.0, rel=1e-14)
        with pytest.raises(ModelError, match="'o'"):
            found.predict(new.drop(columns="o"))

    @pytest.fixture
    def found(self, data):
        shift = data["o"].to_numpy()
        return CumulativeLinkModel.from_formula("y ~ x", data, offset=shift).fit()

    def test_an_array_must_be_given_again(self, found, data):
        new = data[["x"]].head(3)
        ones = found.predict(new, offset=1.0)
        pd.testing.assert_frame_equal(ones, found.predict(new, offset=np.ones(3)))
        own = found.predict(data, offset=data["o"].to_numpy())
        np.testing.assert_allclose(own, found.predict(), rtol=1e-14)
        frame = found.get_prediction(new, offset=1.0).summary_frame()
        np.testing.assert_array_equal(frame["predicted"].to_numpy().reshape(3, 4), ones)
        with pytest.raises(ModelError, match="pass offset= with one value for each of the 3 new"):
            found.predict(new)
        with pytest.raises(ModelError, match="pass offset="):
            found.predict(new, offset=np.ones(2))

    def test_outcomes_of_new_rows_can_be_simulated(self, found, data):
        draws = found.simulate(rng=0, exog=data[["x"]].head(3), offset=1.0)
        assert draws.shape == (3, 1)

    def test_offsets_with_nothing_to_go_with(self, fit, data):
        with pytest.raises(ModelError, match="the rows of the fit have their own"):
            fit("offset").predict(offset=1.0)
        with pytest.raises(ModelError, match="the model has no offset of its own"):
            fit("logit").predict(data, offset=1.0)


class TestSeparatedFits:
    def test_rows_without_the_infinite_estimate_keep_their_errors(self, separated):
        data = separated.model.formula_data
        rest = CumulativeLinkModel.from_formula("y ~ g + x", data[data["h"] == 0]).fit()
        new = pd.DataFrame({"g": [0.0, 1.0, 0.0], "h": 0.0, "x": [0.3, -1.0, 2.0]})
        one, other = (found.get_prediction(new).summary_frame() for found in (separated, rest))
        pd.testing.assert_frame_equal(one, other, rtol=1e-6)

    def test_rows_with_it_have_none(self, separated):
        new = pd.DataFrame({"g": [0.0, 1.0], "h": 1.0, "x": 0.3})
        frame = separated.get_prediction(new).summary_frame()
        assert frame["se"].isna().all()
        np.testing.assert_allclose(frame["predicted"], [0, 0, 1, 0, 0, 1], atol=1e-4)

    def test_a_level_with_one_finite_bound_keeps_its_error(self, apart):
        data = apart.model.formula_data
        rest = CumulativeLinkModel.from_formula("y ~ x", data[data["g"] == 0]).fit()
        new = pd.DataFrame({"g": 0.0, "x": [0.3, -1.0, 2.0]})
        frame = apart.get_prediction(new).summary_frame()
        expected = rest.get_prediction(new).summary_frame()
        known = frame[frame.index.get_level_values("y") < 3]
        pd.testing.assert_frame_equal(known, expected, rtol=1e-6)
        top = frame.xs(3, level="y")
        assert top["se"].isna().all()
        assert (top["predicted"] < 1e-4).all()

    def test_intervals_are_missing_with_the_errors(self, separated):
        frame = separated.get_prediction().summary_frame()
        assert frame["predicted"].notna().all()
        assert frame["se"].isna().any()
        missing = frame["se"].isna()
        assert frame.loc[missing, ["ci_lower", "ci_upper"]].isna().all(axis=None)
        assert frame.loc[~missing, ["ci_lower", "ci_upper"]].notna().all(axis=None)

    def test_can_be_simulated(self, separated):
        draws = separated.simulate(50, rng=0)
        h = separated.model.formula_data["h"] == 1
        assert (draws[h] == 3).all(axis=None)
        assert not (draws[~h] == 3).all(axis=None)


class TestCrossingThresholds:
    @pytest.fixture
    def found(self, data):
        return CumulativeLinkModel.from_formula("y ~ g", data, nominal="~ x").fit()

    @pytest.fixture
    def far(self, found):
        """Two rows; in the second thresholds cross."""
        effects = found.params[["1|2:x", "2|3:x", "3|4:x"]].to_numpy()
        x = -1e3 if (np.diff(effects) > 0).any() else 1e3
        return pd.DataFrame({"x": [0.0, x], "g": "a"}, index=["near", "far"])

    @pytest.mark.parametrize("which", ["prob", "cumprob", "class", "mean"])
    def test_predictions_are_missing_and_a_warning_says_so(self, found, far, which):
        with pytest.warns(
            CrossingWarning, match="cross in 1 of 2 rows, first in row number 1"
        ) as w:
            values = pd.DataFrame(found.predict(far, which=which))
        assert w[0].filename == __file__
        assert values.loc["near"].notna().all()
        assert values.loc["far"].isna().all()

    def test_the_linear_predictor_is_none_of_their_business(self, found, far):
        assert found.predict(far, which="linpred").notna().all()

    def test_errors_and_intervals_are_missing_too(self, found, far):
        with pytest.warns(CrossingWarning):
            frame = found.get_prediction(far).summary_frame()
        assert frame.loc["near"].notna().all(axis=None)
        assert frame.loc["far"].isna().all(axis=None)

    def test_no_outcome_can_be_simulated(self, found, far):
        with (
            pytest.warns(CrossingWarning),
            pytest.raises(ModelError, match="some rows have no probabilities"),
        ):
            found.simulate(exog=far)


class TestSimulate:
    def test_a_row_for_each_row_and_a_column_for_each_draw(self, fit, data):
        draws = fit("both").simulate(3, rng=0)
        assert draws.index.equals(data.index)
        assert draws.columns.tolist() == [0, 1, 2]
        for column in draws:
            assert draws[column].cat.ordered
            assert draws[column].cat.categories.tolist() == [1, 2, 3, 4]

    @EVERY
    def test_shares_are_the_probabilities(self, fit, name):
        found, n = fit(name), 2000
        some = {"exog": found.model.formula_data[::12]}
        draws = found.simulate(n, rng=7, **some).to_numpy()
        probabilities = found.predict(some["exog"]).to_numpy()
        for level in (1, 2, 3, 4):
            shares, p = (draws == level).mean(axis=1), probabilities[:, level - 1]
            assert (np.abs(shares - p) < 4.5 * np.sqrt(p * (1 - p) / n) + 1e-12).all()

    def test_one_seed_gives_one_sample(self, fit):
        found = fit("logit")
        pd.testing.assert_frame_equal(found.simulate(2, rng=5), found.simulate(2, rng=5))
        generator = np.random.default_rng(5)
        first, second = found.simulate(2, rng=generator), found.simulate(2, rng=generator)
        pd.testing.assert_frame_equal(first, found.simulate(2, rng=5))
        assert not first.equals(second)

    def test_new_rows(self, fit):
        new = pd.DataFrame({"x": [0.0, 9.0], "g": "a"}, index=["middle", "high"])
        draws = fit("logit").simulate(200, rng=0, exog=new)
        assert draws.index.tolist() == ["middle", "high"]
        assert (draws.loc["high"] == 4).mean() > 0.9

    def test_levels_that_are_no_numbers(self, wine):
        names = pd.Categorical.from_codes(wine["rating"].cat.codes, list("vwxyz"), ordered=True)
        model = CumulativeLinkModel.from_formula("rating ~ temp", wine.assign(rating=names))
        assert model.fit().simulate(rng=0)[0].cat.categories.tolist() == list("vwxyz")

    def test_a_fit_to_simulated_outcomes(self, fit, data):
        found = fit("logit")
        many = pd.concat([data] * 40, ignore_index=True)
        again = CumulativeLinkModel.from_formula(
            "y ~ x + g", many.assign(y=found.simulate(rng=3, exog=many)[0])
        ).fit()
        assert (((again.params - found.params) / again.bse).abs() < 4).all()

    def test_errors(self, fit):
        with pytest.raises(ModelError, match="n=0 must be at least 1"):
            fit("logit").simulate(0)
        new = pd.DataFrame({"x": [0.0, np.nan], "g": "a"})
        with pytest.raises(ModelError, match="some rows have no probabilities"):
            fit("logit").simulate(exog=new)
