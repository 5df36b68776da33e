"""Average predictions, comparisons and slopes against averages worked out by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import special, stats

from probstats.errors import CrossingWarning, ModelError, SeparationWarning
from probstats.models import CumulativeLinkModel
from probstats.models.kernel.links import LINKS
from probstats.models.prediction import averages
from probstats.models.prediction.probabilities import predict

LEVELS = [1, 2, 3, 4]
MODELS = {
    **{link: ("y ~ x + g", {"link": link}) for link in LINKS},
    "functions": ("y ~ np.log(p) * x + I(x ** 2) + b", {}),
    "interaction": ("y ~ x * g + n", {"link": "probit"}),
    "nominal": ("y ~ x", {"nominal": "~ g"}),
    "scale": ("y ~ x + g", {"scale": "~ x", "link": "cloglog"}),
    "both": ("y ~ x", {"nominal": "~ g", "scale": "~ x + b"}),
    "offset": ("y ~ x + g", {"offset": "o"}),
    "weights": ("y ~ x + g", {"weights": "w"}),
    "clustered": ("y ~ x + g", {}),
}
EVERY = pytest.mark.parametrize("name", MODELS)


@pytest.fixture(scope="module")
def data():
    rng = np.random.default_rng(33)
    x, group, b = rng.normal(size=150), rng.integers(0, 3, 150), rng.random(150) < 0.4
    latent = 0.7 * x - 0.4 * group + 0.5 * b + rng.logistic(size=150)
    return pd.DataFrame(
        {
            "y": 1 + np.searchsorted([-1.2, 0.1, 1.4], latent),
            "x": x,
            "p": np.exp(rng.normal(size=150) / 2),
            "n": rng.integers(0, 5, 150),
            "b": b,
            "g": pd.Categorical.from_codes(group, ["red", "blue", "green"]),
            "o": rng.normal(size=150) / 2,
            "w": np.resize([1, 2, 3], 150),
            "c": np.arange(150) // 10,
            "half": pd.Categorical.from_codes(np.arange(150) % 2, ["left", "right"]),
        }
    )


@pytest.fixture
def fit(data):
    def make(name):
        formula, options = MODELS[name]
        model = CumulativeLinkModel.from_formula(formula, data, **options)
        if name == "clustered":
            return model.fit(cov_type="cluster", cov_kwds={"groups": "c"})
        return model.fit()

    return make


def by_hand(found, data, change=None, weights=None):
    """Return the average of the predictions, or of their changes, and its error by differences."""
    counts = np.ones(len(data)) if weights is None else np.asarray(weights, float)
    share = counts / counts.sum()
    model = found.model
    frames = [data] if change is None else [change[1], change[0]]
    designs = [model.all_edges(model.covariates(frame)) for frame in frames]

    def average(params):
        values = [predict(params, rows, model.link, "prob") for rows in designs]
        return share @ (values[0] if change is None else values[0] - values[1])

    params = found.params.to_numpy()
    slopes = []
    for number, error in enumerate(found.bse):
        move = np.zeros(len(params))
        move[number] = 1e-4 * error
        slopes.append((average(params + move) - average(params - move)) / (2e-4 * error))
    slopes = np.array(slopes)
    errors = np.sqrt(np.einsum("qk,qr,rk->k", slopes, found.cov_params().to_numpy(), slopes))
    return average(params), errors


def check(frame, expected, rtol=1e-6):
    np.testing.assert_allclose(frame["estimate"], expected[0], rtol=1e-10, atol=1e-14)
    np.testing.assert_allclose(frame["std_error"], expected[1], rtol=rtol)


class TestPredictions:
    @EVERY
    def test_averages_over_the_rows(self, fit, data, name):
        found = fit(name)
        weights = data["w"] if name == "weights" else None
        frame = found.avg_predictions()
        columns = ["group", "estimate", "std_error", "conf_low", "conf_high"]
        assert frame.columns.tolist() == columns
        assert frame["group"].tolist() == LEVELS
        check(frame, by_hand(found, data, weights=weights))
        assert frame["estimate"].sum() == pytest.approx(1.0, rel=1e-14)
        plain = np.average(found.predict(), axis=0, weights=weights)
        np.testing.assert_allclose(frame["estimate"], plain, rtol=1e-12)

    @EVERY
    def test_intervals_are_made_on_the_logit_scale(self, fit, name):
        frame = fit(name).avg_predictions(alpha=0.1)
        p, se = frame["estimate"], frame["std_error"]
        quantile = stats.t.isf(0.05, 14) if name == "clustered" else stats.norm.isf(0.05)
        for end, sign in (("conf_low", -1), ("conf_high", 1)):
            expected = special.expit(special.logit(p) + sign * quantile * se / (p * (1 - p)))
            np.testing.assert_allclose(frame[end], expected, rtol=1e-12)

    @pytest.mark.parametrize("name", ["logit", "nominal", "weights"])
    @pytest.mark.parametrize("by", ["g", "b", ["half", "b"]])
    def test_by_columns_of_the_data(self, fit, data, name, by):
        found, names = fit(name), [by] if isinstance(by, str) else by
        frame = found.avg_predictions(by=by)
        assert frame.columns.tolist()[: len(names)] == names
        groups = data.groupby(names, observed=True)
        assert len(frame) == 4 * groups.ngroups
        for key, rows in groups:
            same = (frame[names] == list(key)).all(axis=1)
            weights = rows["w"] if name == "weights" else None
            assert frame[same]["group"].tolist() == LEVELS
            check(frame[same], by_hand(found, rows, weights=weights))

    def test_by_a_column_outside_of_the_model(self, fit, data):
        frame = fit("logit").avg_predictions(by="c")
        assert frame["c"].tolist() == np.repeat(np.arange(15), 4).tolist()
        means = fit("logit").predict().groupby(data["c"]).mean().to_numpy().ravel()
        np.testing.assert_allclose(frame["estimate"], means, rtol=1e-12)

    def test_new_data_count_once_each(self, fit, data):
        for name in ("logit", "weights", "offset", "both"):
            found, new = fit(name), data[40:50]
            check(found.avg_predictions(newdata=new), by_hand(found, new))

    def test_the_order_and_the_index_of_new_data_do_not_matter(self, fit, data):
        new = data.sample(frac=1.0, random_state=0).reset_index(drop=True)
        one, other = fit("both").avg_predictions(by="g"), fit("both").avg_predictions(new, by="g")
        pd.testing.assert_frame_equal(one, other, rtol=1e-12)

    def test_an_offset_that_is_no_column(self, data):
        shift = data["o"].to_numpy()
        found = CumulativeLinkModel.from_formula("y ~ x", data, offset=shift).fit()
        np.testing.assert_allclose(
            found.avg_predictions()["estimate"], found.predict().mean(), rtol=1e-12
        )
        with pytest.raises(ModelError, match="the offset of the fit is no column of the data"):
            found.avg_predictions(newdata=data[:5])

    @pytest.mark.parametrize("name", ["group", "term", "contrast", "estimate"])
    def test_a_column_called_as_one_of_the_results(self, data, name):
        found = CumulativeLinkModel.from_formula("y ~ x", data.assign(**{name: data["half"]})).fit()
        with pytest.raises(ModelError, match=f"by='{name}' is also a column of the result; rename"):
            found.avg_comparisons("x", by=name)

    def test_a_column_with_missing_values_is_an_error(self, fit, data):
        partly = data["half"].where(data.index % 5 > 0)
        found = CumulativeLinkModel.from_formula("y ~ x + g", data.assign(partly=partly)).fit()
        with pytest.raises(ModelError, match=f"by='partly' is missing in {partly.isna().sum()} "):
            found.avg_predictions(by="partly")


class TestComparisons:
    @EVERY
    def test_a_number_grows_by_one(self, fit, data, name):
        found, weights = fit(name), data["w"] if name == "weights" else None
        frame = found.avg_comparisons("x")
        assert frame["term"].unique().tolist() == ["x"]
        assert frame["contrast"].unique().tolist() == ["+1"]
        assert frame["group"].tolist() == LEVELS
        check(frame, by_hand(found, data, (data, data.assign(x=data["x"] + 1)), weights))
        assert frame["estimate"].sum() == pytest.approx(0.0, abs=1e-14)

    @pytest.mark.parametrize("name", ["logit", "interaction", "nominal", "both", "clustered"])
    def test_categories_are_compared_with_the_first(self, fit, data, name):
        found, frame = fit(name), fit(name).avg_comparisons("g")
        assert frame["contrast"].unique().tolist() == ["blue - red", "green - red"]
        for category in ("blue", "green"):
            low, high = (
                data.assign(g=pd.Categorical([value] * 150, data["g"].cat.categories))
                for value in ("red", category)
            )
            some = frame[frame["contrast"] == f"{category} - red"]
            check(some, by_hand(found, data, (low, high)))

    @pytest.mark.parametrize("name", ["functions", "both"])
    def test_yes_is_compared_with_no(self, fit, data, name):
        found, frame = fit(name), fit(name).avg_comparisons("b")
        assert frame["contrast"].unique().tolist() == ["True - False"]
        check(frame, by_hand(found, data, (data.assign(b=False), data.assign(b=True))))

    def test_ratios_p_values_and_intervals(self, fit):
        for name, reference in (("logit", stats.norm), ("clustered", stats.t(14))):
            frame = fit(name).avg_comparisons("x", alpha=0.1)
            b, se = frame["estimate"], frame["std_error"]
            np.testing.assert_allclose(frame["statistic"], b / se, rtol=1e-14)
            np.testing.assert_allclose(frame["p_value"], 2 * reference.sf(np.abs(b / se)), 1e-12)
            np.testing.assert_allclose(frame["conf_low"], b - reference.isf(0.05) * se, 1e-12)
            np.testing.assert_allclose(frame["conf_high"], b + reference.isf(0.05) * se, 1e-12)

    def test_all_variables_by_default(self, fit):
        frame = fit("functions").avg_comparisons()
        assert set(frame["term"]) == {"p", "x", "b"}
        both = fit("both").avg_comparisons()
        assert set(both["term"]) == {"x", "g", "b"}
        one = fit("both").avg_comparisons(["b"])
        same = both[both["term"] == "b"].reset_index(drop=True)
        pd.testing.assert_frame_equal(one, same)

    @pytest.mark.parametrize(
        ("change", "words", "ends"),
        [
            (2.5, "+2.5", lambda x: (x, x + 2.5)),
            (-1, "-1", lambda x: (x, x - 1)),
            ((-0.5, 2), "2 - -0.5", lambda _: (-0.5, 2)),
            ("sd", "sd", lambda x: (x.mean() - x.std() / 2, x.mean() + x.std() / 2)),
            ("iqr", "iqr", lambda x: (x.quantile(0.25), x.quantile(0.75))),
            ("minmax", "minmax", lambda x: (x.min(), x.max())),
        ],
    )
    def test_changes(self, fit, data, change, words, ends):
        found = fit("functions")
        frame = found.avg_comparisons({"x": change})
        low, high = ends(data["x"])
        check(frame, by_hand(found, data, (data.assign(x=low), data.assign(x=high))))
        assert frame["contrast"].unique().tolist() == [words]

    def test_pairs_of_categories(self, fit, data):
        found = fit("interaction")
        frame = found.avg_comparisons({"g": ("green", "blue"), "n": 2})
        assert frame["contrast"].unique().tolist() == ["blue - green", "+2"]
        plain = found.avg_comparisons("g")["estimate"].to_numpy().reshape(2, 4)
        np.testing.assert_allclose(frame["estimate"][:4], plain[0] - plain[1], rtol=1e-10)

    def test_functions_and_interactions_follow_the_variable(self, fit, data):
        found = fit("functions")
        frame = found.avg_comparisons({"p": (1.0, np.e)})
        difference = found.predict(data.assign(p=np.e)) - found.predict(data.assign(p=1.0))
        np.testing.assert_allclose(frame["estimate"], difference.mean(), rtol=1e-11)

    def test_by(self, fit, data):
        found = fit("interaction")
        frame = found.avg_comparisons("x", by=["g"])
        for level, rows in data.groupby("g", observed=True):
            some = frame[frame["g"] == level]
            check(some, by_hand(found, rows, (rows, rows.assign(x=rows["x"] + 1))))

    def test_new_data(self, fit, data):
        found, new = fit("both"), data[:7]
        frame = found.avg_comparisons("x", newdata=new)
        check(frame, by_hand(found, new, (new, new.assign(x=new["x"] + 1))))

    def test_categories_of_new_data_as_text(self, fit, data):
        new = pd.DataFrame({"x": [0.0, 1.0], "g": ["blue", "green"]})
        declared = new.assign(g=pd.Categorical(new["g"], data["g"].cat.categories))
        one, other = (fit("logit").avg_comparisons("g", newdata=d) for d in (new, declared))
        pd.testing.assert_frame_equal(one, other)

    @pytest.mark.parametrize("name", ["avg_comparisons", "avg_slopes"])
    def test_numbers_a_formula_takes_as_categories(self, data, name):
        found = CumulativeLinkModel.from_formula("y ~ C(n)", data).fit()
        frame = getattr(found, name)()
        contrasts = [f"{value} - 0" for value in (1, 2, 3, 4)]
        assert frame["contrast"].unique().tolist() == contrasts
        low, high = data.assign(n=0), data.assign(n=2)
        check(frame[frame["contrast"] == "2 - 0"], by_hand(found, data, (low, high)))

    def test_a_change_of_nothing(self, fit):
        frame = fit("logit").avg_comparisons({"x": (1, 1)})
        assert (frame["estimate"] == 0.0).all()
        assert (frame["std_error"] == 0.0).all()

    @pytest.mark.parametrize("value", [False, True])
    def test_new_data_with_one_value_of_a_boolean(self, fit, data, value):
        found, new = fit("functions"), data[:5].assign(b=value)
        frame = found.avg_comparisons("b", newdata=new)
        check(frame, by_hand(found, new, (new.assign(b=False), new.assign(b=True))))


class TestSlopes:
    @EVERY
    def test_derivatives(self, fit, data, name):
        found, weights = fit(name), data["w"] if name == "weights" else None
        frame = found.avg_slopes("x")
        assert frame["contrast"].unique().tolist() == ["dY/dX"]
        step = 1e-5
        ends = tuple(data.assign(x=data["x"] + sign * step) for sign in (-1, 1))
        estimate, error = by_hand(found, data, ends, weights)
        np.testing.assert_allclose(frame["estimate"], estimate / (2 * step), rtol=1e-6, atol=1e-9)
        np.testing.assert_allclose(frame["std_error"], error / (2 * step), rtol=1e-5)
        assert frame["estimate"].sum() == pytest.approx(0.0, abs=1e-11)

    def test_of_a_function(self, fit, data):
        found = fit("functions")
        found_slope = found.avg_slopes("p")["estimate"]
        up, down = (found.predict(data.assign(p=data["p"] + s)) for s in (1e-6, -1e-6))
        np.testing.assert_allclose(found_slope, (up - down).mean() / 2e-6, rtol=1e-5)

    def test_categories_have_none_and_are_compared(self, fit):
        found = fit("functions")
        frame = found.avg_slopes()
        compared = found.avg_comparisons("b")
        same = frame[frame["term"] == "b"].reset_index(drop=True)
        pd.testing.assert_frame_equal(same, compared)
        assert frame.loc[frame["term"] != "b", "contrast"].unique().tolist() == ["dY/dX"]

    @pytest.mark.parametrize("name", [*LINKS, "weights"])
    def test_are_the_margins_of_a_column(self, fit, name):
        found = fit(name)
        frame, margins = found.avg_slopes("x"), found.get_margeff()
        place = margins.columns.index("x")
        np.testing.assert_allclose(frame["estimate"], margins.margeff[place], rtol=1e-6, atol=1e-9)
        np.testing.assert_allclose(frame["std_error"], margins.margeff_se[place], rtol=1e-6)

    @pytest.mark.parametrize("factor", [1e-8, 1e-3, 1e3, 1e8])
    @pytest.mark.parametrize("rows", [1, 2, 150])
    def test_are_in_the_units_of_the_variable(self, data, factor, rows):
        plain = CumulativeLinkModel.from_formula("y ~ x", data).fit()
        scaled_data = data.assign(x=data["x"] * factor)
        scaled = CumulativeLinkModel.from_formula("y ~ x", scaled_data).fit()
        one, other = (
            plain.avg_slopes(newdata=data[:rows]),
            scaled.avg_slopes(newdata=scaled_data[:rows]),
        )
        for name in ("estimate", "std_error"):
            np.testing.assert_allclose(other[name] * factor, one[name], rtol=1e-6)

    def test_are_those_of_the_rows_and_not_of_an_outlier(self, data):
        far = pd.concat([data, data[:1].assign(x=1e4, y=4)], ignore_index=True)
        found = CumulativeLinkModel.from_formula("y ~ x", far).fit()
        margins = found.get_margeff()
        np.testing.assert_allclose(found.avg_slopes()["estimate"], margins.margeff[0], rtol=1e-6)

    @pytest.mark.parametrize("tiny", [1e-6, 1e-9, 1e-12, 1e-15])
    def test_of_a_positive_variable_close_to_zero(self, data, tiny):
        small = data.assign(p=np.where(data.index == 3, tiny, data["p"]))
        found = CumulativeLinkModel.from_formula("y ~ p", small).fit()
        margins = found.get_margeff()
        np.testing.assert_allclose(found.avg_slopes()["estimate"], margins.margeff[0], rtol=1e-6)

    def test_of_a_positive_variable_at_zero(self, data):
        found = CumulativeLinkModel.from_formula("y ~ p", data).fit()
        expected = found.get_margeff(at="zero").margeff[0]
        frame = found.avg_slopes(newdata=pd.DataFrame({"p": [0.0]}))
        np.testing.assert_allclose(frame["estimate"], expected, rtol=1e-6)

    def test_of_a_logarithm_close_to_zero(self, data):
        wide = data.assign(p=np.exp(6 * np.log(data["p"])))
        found = CumulativeLinkModel.from_formula("y ~ np.log(p)", wide).fit()
        slope, eta = found.params["np.log(p)"], found.predict(which="linpred").to_numpy()
        bounds = np.array([*found.thresholds])[:, None] - eta
        density = stats.logistic.pdf(bounds) * -slope / wide["p"].to_numpy()
        expected = np.diff(np.vstack([0 * eta, density, 0 * eta]), axis=0).mean(axis=1)
        np.testing.assert_allclose(found.avg_slopes("p")["estimate"], expected, rtol=1e-5)


class TestWeights:
    @pytest.fixture
    def both(self, data):
        repeated = data.loc[data.index.repeat(data["w"])].reset_index(drop=True)
        weighted = CumulativeLinkModel.from_formula("y ~ x + g", data, weights="w").fit()
        return weighted, CumulativeLinkModel.from_formula("y ~ x + g", repeated).fit()

    @pytest.mark.parametrize("change", [None, 2, "sd", "iqr", "minmax", (0, 1)])
    def test_comparisons_are_those_of_repeated_rows(self, both, change):
        one, other = (found.avg_comparisons({"x": change}) for found in both)
        pd.testing.assert_frame_equal(one, other, rtol=1e-8)

    @pytest.mark.parametrize("by", [None, "g"])
    @pytest.mark.parametrize("name", ["avg_predictions", "avg_comparisons", "avg_slopes"])
    def test_averages_are_those_of_repeated_rows(self, both, name, by):
        one, other = (getattr(found, name)(by=by) for found in both)
        pd.testing.assert_frame_equal(one, other, rtol=1e-8)

    def test_rows_of_weight_zero_are_left_out(self, data):
        weights = (data.index < 100).astype(float)
        weighted = CumulativeLinkModel.from_formula("y ~ x + g", data, weights=weights).fit()
        less = CumulativeLinkModel.from_formula("y ~ x + g", data[:100]).fit()
        for name in ("avg_predictions", "avg_comparisons", "avg_slopes"):
            one, other = (getattr(found, name)(by="half") for found in (weighted, less))
            pd.testing.assert_frame_equal(one, other, rtol=1e-8)


class TestSimulationIntervals:
    @pytest.fixture
    def large(self):
        rng = np.random.default_rng(6)
        x, g = rng.normal(size=400), rng.integers(0, 2, 400)
        y = np.searchsorted([-1.0, 0.5], 0.6 * x + 0.4 * g + rng.logistic(size=400))
        data = pd.DataFrame({"y": y, "x": x, "g": g.astype(bool)})
        return CumulativeLinkModel.from_formula("y ~ x", data, nominal="~ g").fit()

    @pytest.mark.parametrize("name", ["avg_predictions", "avg_comparisons", "avg_slopes"])
    def test_are_near_those_of_the_delta_method_in_large_samples(self, large, name):
        delta = getattr(large, name)(method="delta")
        drawn = getattr(large, name)(method="simulation", rng=1)
        np.testing.assert_array_equal(drawn["estimate"], delta["estimate"])
        error = delta["std_error"].max()
        np.testing.assert_allclose(drawn["std_error"], delta["std_error"], rtol=0.06)
        for end in ("conf_low", "conf_high"):
            np.testing.assert_allclose(drawn[end], delta[end], atol=0.25 * error)

    def test_one_seed_gives_one_interval(self, fit, monkeypatch):
        monkeypatch.setattr(averages, "DRAWS", 100)
        found = fit("logit")
        one, same, other = (
            found.avg_comparisons("x", method="simulation", rng=seed) for seed in (1, 1, 2)
        )
        pd.testing.assert_frame_equal(one, same)
        assert not one.equals(other)

    def test_intervals_of_probabilities_stay_within_zero_and_one(self, fit):
        frame = fit("both").avg_predictions(method="simulation", rng=0, alpha=0.001)
        assert frame["conf_low"].between(0, 1).all()
        assert frame["conf_high"].between(0, 1).all()


class TestSeparatedFits:
    @pytest.fixture(scope="class")
    @classmethod
    def separated(cls):
        rng = np.random.default_rng(1)
        h = np.resize([0.0, 0.0, 1.0], 60)
        y = np.where(h == 1, 3, rng.integers(1, 4, 60))
        k = pd.Categorical.from_codes(np.arange(60) % 2, ["odd", "even"])
        frame = pd.DataFrame({"y": y, "h": h, "x": rng.normal(size=60), "k": k})
        with pytest.warns(SeparationWarning, match="h goes to plus infinity"):
            return CumulativeLinkModel.from_formula("y ~ h + x + k", frame).fit()

    @pytest.mark.parametrize("method", ["delta", "simulation"])
    def test_averages_over_rows_with_the_infinite_estimate_have_no_errors(
        self, separated, method, monkeypatch
    ):
        monkeypatch.setattr(averages, "DRAWS", 100)
        frame = separated.avg_predictions(method=method, rng=0)
        assert frame["estimate"].notna().all()
        missing = frame[["std_error", "conf_low", "conf_high"]]
        assert missing.isna().all(axis=None)
        compared = separated.avg_comparisons("x", method=method, rng=0)
        columns = ["std_error", "statistic", "p_value", "conf_low", "conf_high"]
        assert compared[columns].isna().all(axis=None)

    @pytest.mark.parametrize("name", ["avg_predictions", "avg_comparisons", "avg_slopes"])
    def test_averages_over_the_others_have_those_of_the_others_alone(self, separated, name):
        rows = separated.model.formula_data.query("h == 0")
        rest = CumulativeLinkModel.from_formula("y ~ x + k", rows).fit()
        given = {} if name == "avg_predictions" else {"variables": ["x", "k"]}
        frame = getattr(separated, name)(newdata=rows, **given)
        expected = getattr(rest, name)(newdata=rows, **given)
        pd.testing.assert_frame_equal(frame, expected, rtol=1e-5)

    def test_by_the_separating_column(self, separated):
        frame = separated.avg_predictions(by="h")
        assert frame["std_error"].isna().tolist() == [False] * 3 + [True] * 3


class TestErrors:
    @pytest.mark.parametrize(
        ("call", "message"),
        [
            (lambda f: f.avg_predictions(method="bootstrap"), "method='bootstrap' is not known"),
            (lambda f: f.avg_predictions(alpha=5), "alpha=5 must lie between 0 and 1"),
            (lambda f: f.avg_predictions(by="q"), "by='q' is no column of the data"),
            (lambda f: f.avg_predictions(newdata=[1, 2]), "newdata must be a data frame, not a l"),
            (lambda f: f.avg_comparisons("q"), "'q' is no variable of the model; it has g, x|x, g"),
            (lambda f: f.avg_slopes("y"), "'y' is no variable of the model"),
            (lambda f: f.avg_comparisons({"x": "range"}), "choose sd, iqr or minmax"),
            (lambda f: f.avg_comparisons({"x": (1, 2, 3)}), "has 3 values; a pair has two"),
            (lambda f: f.avg_comparisons({"g": 1}), "'g' is categorical; give a pair"),
            (lambda f: f.avg_comparisons({"g": ("red", "pink")}), "'g' has no category 'pink'"),
        ],
    )
    def test_options_that_make_no_sense(self, fit, call, message):
        with pytest.raises(ModelError, match=message):
            call(fit("logit"))

    @pytest.mark.parametrize("name", ["avg_comparisons", "avg_slopes", "get_margeff"])
    def test_a_model_without_variables(self, data, name):
        found = CumulativeLinkModel.from_formula("y ~ 1", data).fit()
        with pytest.raises(ModelError):
            getattr(found, name)()

    @pytest.mark.parametrize("name", ["avg_predictions", "avg_comparisons", "avg_slopes"])
    def test_new_data_without_rows(self, fit, data, name):
        with pytest.raises(ModelError):
            getattr(fit("logit"), name)(newdata=data[:0])

    def test_new_data_without_a_variable(self, fit):
        with pytest.raises(ModelError, match="'g'"):
            fit("logit").avg_comparisons(newdata=pd.DataFrame({"x": [1.0]}))

    def test_missing_values(self, fit, data):
        new = data[:3].assign(x=[1.0, np.nan, 0.0])
        with pytest.raises(ModelError, match="some rows have no probabilities"):
            fit("logit").avg_predictions(newdata=new)

    def test_crossing_thresholds(self, data):
        found = CumulativeLinkModel.from_formula("y ~ g", data, nominal="~ x").fit()
        effects = found.params[["1|2:x", "2|3:x", "3|4:x"]].to_numpy()
        far = data[:2].assign(x=-1e3 if (np.diff(effects) > 0).any() else 1e3)
        with (
            pytest.warns(CrossingWarning),
            pytest.raises(ModelError, match="some rows have no probabilities"),
        ):
            found.avg_predictions(newdata=far)


class TestWithoutFormula:
    def test_columns_are_the_variables(self, data):
        x = data[["x", "o"]]
        by_frame = CumulativeLinkModel(data["y"], x, scale=data[["x"]]).fit()
        by_formula = CumulativeLinkModel.from_formula("y ~ x + o", data, scale="~ x").fit()
        for name in ("avg_predictions", "avg_comparisons", "avg_slopes"):
            one, other = getattr(by_frame, name)(), getattr(by_formula, name)()
            key = [column for column in ("term", "group") if column in one]
            one, other = (f.sort_values(key).reset_index(drop=True) for f in (one, other))
            pd.testing.assert_frame_equal(one, other, rtol=1e-8)

    def test_arrays_for_location_and_scale_are_different_columns(self, data):
        x, s = data[["x"]].to_numpy(), data[["o"]].to_numpy()
        found = CumulativeLinkModel(data["y"].to_numpy(), x, scale=s).fit()
        frame = found.avg_predictions()
        np.testing.assert_allclose(frame["estimate"], found.predict().mean(), rtol=1e-12)

    def test_arrays_for_location_and_nominal_are_different_columns(self, data):
        x, s = data[["x"]].to_numpy(), data[["o"]].to_numpy()
        found = CumulativeLinkModel(data["y"].to_numpy(), x, nominal=s).fit()
        named = CumulativeLinkModel.from_formula("y ~ x", data, nominal="~ o").fit()
        np.testing.assert_allclose(found.params, named.params, rtol=1e-8)
