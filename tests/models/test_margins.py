"""Marginal effects by column against numerical derivatives, and statsmodels for two levels."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from statsmodels.discrete.discrete_model import Logit, Probit

from probstats.errors import ModelError, SeparationWarning
from probstats.models import CumulativeLinkModel
from probstats.models.kernel.links import LINKS
from probstats.models.prediction.probabilities import predict

MODELS = {
    **{link: {"exog": ["x", "d", "n"], "link": link} for link in LINKS},
    "nominal": {"exog": ["x", "d"], "nominal": ["n"]},
    "scale": {"exog": ["x", "d"], "scale": ["x", "n"], "link": "cauchit"},
    "both": {"exog": ["x", "n"], "nominal": ["d"], "scale": ["d", "x"], "link": "probit"},
    "equidistant": {"exog": ["x", "d"], "nominal": ["n"], "threshold": "equidistant"},
    "offset": {"exog": ["x", "d", "n"], "offset": "o"},
    "weights": {"exog": ["x", "d", "n"], "weights": "w"},
}
EVERY = pytest.mark.parametrize("name", MODELS)
METHODS = ("dydx", "eyex", "dyex", "eydx")
AT = ("overall", "mean", "median", "zero")


@pytest.fixture(scope="module")
def data():
    rng = np.random.default_rng(44)
    x, d, n = 2 + rng.normal(size=150), rng.integers(0, 2, 150), rng.integers(0, 5, 150)
    latent = 0.6 * x + 0.5 * d - 0.2 * n + rng.logistic(size=150)
    return pd.DataFrame(
        {
            "y": 1 + np.searchsorted([-0.5, 0.8, 2.0], latent),
            "x": x,
            "d": d,
            "n": n,
            "o": rng.normal(size=150) / 2,
            "w": np.resize([1, 2, 3], 150),
            "c": np.arange(150) // 10,
        }
    )


@pytest.fixture
def fit(data):
    def make(name, **cov):
        parts = {
            key: data[value] if isinstance(value, list) or value in data else value
            for key, value in MODELS[name].items()
        }
        return CumulativeLinkModel(data["y"], **parts).fit(**cov)

    return make


class ByHand:
    """Marginal effects by differences of predicted probabilities."""

    def __init__(self, found, data, at):
        self.found, self.model = found, found.model
        covariates = self.model.sample.covariates
        names = list(dict.fromkeys(name for part in covariates[:3] for name in part))
        rows, offset = data[names].astype(float), covariates.offset
        self.names, counts = names, self.model.sample.counts
        repeated = rows.loc[rows.index.repeat(counts.astype(int))]
        if at in {"mean", "median", "zero"}:
            summary = {
                "mean": lambda frame: frame.mean(),
                "median": lambda frame: frame.median(),
                "zero": lambda frame: 0.0 * frame.mean(),
            }[at]
            rows = summary(repeated).to_frame().T
            if offset is not None:
                offset = pd.Series(float(summary(offset.to_frame()).iloc[0]), index=rows.index)
            counts = np.ones(1)
        self.rows, self.offset, self.share = rows, offset, counts / counts.sum()

    def design(self, **columns):
        covariates = self.model.covariates(self.rows.assign(**columns), self.offset)
        return self.model.all_edges(covariates)

    def effect(self, name, method="dydx", kind="slope"):
        """Return a function of the parameters that gives the effect of a column for every row."""
        x, h = self.rows[name], 1e-5
        ends = {"slope": (x - h, x + h), "dummy": (0.0 * x, 0.0 * x + 1), "count": (x - 1, x + 1)}
        designs = [self.design(), *(self.design(**{name: end}) for end in ends[kind])]
        width = {"slope": 2 * h, "dummy": 1, "count": 2}[kind]

        def effect(params):
            plain, low, high = (predict(params, d, self.model.link, "prob") for d in designs)
            if kind != "slope":
                logs = method[:2] == "ey"
                return (np.log(high) - np.log(low) if logs else high - low) / width
            change = (high - low) / width
            if method.endswith("ex"):
                change = change * x.to_numpy()[:, None]
            return change / plain if method[:2] == "ey" else change

        return effect

    def averages(self, method="dydx", kinds=None):
        kinds = kinds or {}
        params, covariance = self.found.params.to_numpy(), self.found.cov_params().to_numpy()
        effects = [self.effect(name, method, kinds.get(name, "slope")) for name in self.names]

        def average(params):
            return np.stack([self.share @ effect(params) for effect in effects])

        slopes = []
        for number, error in enumerate(self.found.bse):
            move = np.zeros(len(params))
            move[number] = 1e-3 * error
            slopes.append((average(params + move) - average(params - move)) / (2e-3 * error))
        slopes = np.stack(slopes, axis=2)
        errors = np.sqrt(np.einsum("pkq,qr,pkr->pk", slopes, covariance, slopes))
        return average(params), errors


class TestDerivatives:
    @EVERY
    @pytest.mark.parametrize("at", AT)
    def test_dydx(self, fit, data, name, at):
        found = fit(name)
        margins, by_hand = found.get_margeff(at=at), ByHand(found, data, at)
        assert margins.columns == by_hand.names
        effects, errors = by_hand.averages()
        np.testing.assert_allclose(margins.margeff, effects, rtol=1e-6, atol=1e-9)
        np.testing.assert_allclose(margins.margeff_se, errors, rtol=1e-5, atol=1e-8)

    @pytest.mark.parametrize("name", ["logit", "cauchit", "both", "weights"])
    @pytest.mark.parametrize("at", AT)
    @pytest.mark.parametrize("method", ["eyex", "dyex", "eydx"])
    def test_elasticities(self, fit, data, name, at, method):
        found = fit(name)
        margins = found.get_margeff(at=at, method=method)
        effects, errors = ByHand(found, data, at).averages(method)
        np.testing.assert_allclose(margins.margeff, effects, rtol=1e-6, atol=1e-9)
        np.testing.assert_allclose(margins.margeff_se, errors, rtol=1e-5, atol=1e-8)

    @pytest.mark.parametrize("name", ["logit", "nominal", "scale", "both", "weights"])
    @pytest.mark.parametrize("method", ["dydx", "eydx"])
    @pytest.mark.parametrize("at", ["overall", "mean"])
    def test_dummies_and_counts(self, fit, data, name, method, at):
        found = fit(name)
        margins = found.get_margeff(at=at, method=method, dummy=True, count=True)
        kinds = {"d": "dummy", "n": "count"}
        effects, errors = ByHand(found, data, at).averages(method, kinds)
        np.testing.assert_allclose(margins.margeff, effects, rtol=1e-6, atol=1e-9)
        np.testing.assert_allclose(margins.margeff_se, errors, rtol=1e-5, atol=1e-8)

    def test_only_what_is_asked_for_is_discrete(self, fit, data):
        found = fit("logit")
        by_hand, params = ByHand(found, data, "overall"), found.params.to_numpy()
        for options, kinds in (
            ({"dummy": True}, {"d": "dummy"}),
            ({"count": True}, {"n": "count"}),
        ):
            margins = found.get_margeff(**options)
            for number, name in enumerate(margins.columns):
                effect = by_hand.effect(name, "dydx", kinds.get(name, "slope"))(params)
                np.testing.assert_allclose(margins.margeff[number], effect.mean(axis=0), rtol=1e-6)

    @pytest.mark.parametrize("name", ["logit", "both", "offset"])
    @pytest.mark.parametrize("method", METHODS)
    def test_of_every_row(self, fit, data, name, method):
        found = fit(name)
        margins, by_hand = found.get_margeff(at="all", method=method), ByHand(found, data, "all")
        assert margins.margeff.shape == (150, len(by_hand.names), 4)
        assert np.isnan(margins.margeff_se).all()
        for number, name_ in enumerate(by_hand.names):
            expected = by_hand.effect(name_, method)(found.params.to_numpy())
            np.testing.assert_allclose(margins.margeff[:, number], expected, rtol=1e-5, atol=1e-8)
        overall = found.get_margeff(method=method).margeff
        np.testing.assert_allclose(margins.margeff.mean(axis=0), overall, rtol=1e-12, atol=1e-15)

    @EVERY
    def test_derivatives_sum_to_zero_over_the_levels(self, fit, name):
        margins = fit(name).get_margeff()
        np.testing.assert_allclose(margins.margeff.sum(axis=1), 0.0, atol=1e-14)

    @pytest.mark.parametrize("cov_type", ["HC0", "cluster"])
    def test_robust_errors(self, fit, data, cov_type):
        kwds = {"groups": data["c"]} if cov_type == "cluster" else None
        found = fit("both", cov_type=cov_type, cov_kwds=kwds)
        _, errors = ByHand(found, data, "overall").averages()
        margins = found.get_margeff()
        np.testing.assert_allclose(margins.margeff_se, errors, rtol=1e-5)
        reference = stats.t(14) if cov_type == "cluster" else stats.norm
        t = margins.margeff / errors
        np.testing.assert_allclose(margins.pvalues, 2 * reference.sf(np.abs(t)), rtol=1e-3)
        reach = reference.isf(0.05) * margins.margeff_se
        low, high = np.moveaxis(margins.conf_int(alpha=0.1), 2, 0)
        np.testing.assert_allclose(high - low, 2 * reach, rtol=1e-12)

    def test_weights_are_repeated_rows(self, fit, data):
        repeated = data.loc[data.index.repeat(data["w"])]
        other = CumulativeLinkModel(repeated["y"], repeated[["x", "d", "n"]]).fit()
        for at in AT:
            one, two = fit("weights").get_margeff(at=at), other.get_margeff(at=at)
            np.testing.assert_allclose(one.margeff, two.margeff, rtol=1e-8, atol=1e-12)
            np.testing.assert_allclose(one.margeff_se, two.margeff_se, rtol=1e-6)


class TestTwoLevels:
    """The second level is statsmodels' one, the first has the effects turned around."""

    @pytest.fixture(params=["logit", "probit"])
    def both(self, request, data):
        y, x = data["y"] > 2, data[["x", "d", "n"]].astype(float)
        binary = {"logit": Logit, "probit": Probit}[request.param]
        design = np.column_stack([x, np.ones(150)])
        frame = pd.DataFrame(design, columns=["x", "d", "n", "const"])
        theirs = binary(y.astype(float), frame).fit(disp=False, tol=1e-13, method="newton")
        return CumulativeLinkModel(y, x, link=request.param).fit(), theirs

    def check(self, both, **options):
        ours, theirs = (found.get_margeff(**options) for found in both)
        np.testing.assert_allclose(ours.margeff[:, 1], theirs.margeff, rtol=1e-8, atol=1e-12)
        np.testing.assert_allclose(ours.margeff_se[:, 1], theirs.margeff_se, rtol=1e-6)
        return ours, theirs

    @pytest.mark.parametrize("at", AT)
    @pytest.mark.parametrize("method", METHODS)
    def test_effects_and_errors(self, both, at, method):
        if at == "zero" and method.endswith("ex"):
            ours, theirs = (found.get_margeff(at=at, method=method) for found in both)
            np.testing.assert_array_equal(ours.margeff, 0.0)
            np.testing.assert_array_equal(theirs.margeff, 0.0)
            return
        ours, _ = self.check(both, at=at, method=method)
        if method[:2] == "dy":
            np.testing.assert_allclose(ours.margeff[:, 0], -ours.margeff[:, 1], rtol=1e-12)

    @pytest.mark.parametrize("at", ["overall", "mean"])
    @pytest.mark.parametrize("method", ["dydx", "eydx"])
    @pytest.mark.parametrize("kinds", [{"dummy": True}, {"count": True}])
    def test_dummies_and_counts(self, both, at, method, kinds):
        self.check(both, at=at, method=method, **kinds)

    def test_the_summary_frame(self, both):
        ours, theirs = (found.get_margeff() for found in both)
        frame, other = ours.summary_frame().loc[True], theirs.summary_frame()
        assert frame.columns.tolist() == other.columns.tolist()
        assert frame.index.tolist() == other.index.tolist()
        np.testing.assert_allclose(frame, other, rtol=1e-6, atol=1e-9)
        ends, others = (found.summary_frame(alpha=0.2).iloc[-3:, 4:] for found in (ours, theirs))
        np.testing.assert_allclose(ends, others, rtol=1e-6)


class TestForm:
    def test_the_summary_frame(self, fit):
        margins = fit("both").get_margeff(method="eydx")
        frame = margins.summary_frame()
        assert frame.index.names == ["endog", "exog"]
        assert frame.index[:4].tolist() == [(1, "x"), (1, "n"), (1, "d"), (2, "x")]
        assert frame.columns[0] == "d(lny)/dx"
        effects = frame.iloc[:, 0].unstack("endog").loc[margins.columns]
        np.testing.assert_array_equal(effects, margins.margeff)
        np.testing.assert_array_equal(frame["z"], margins.tvalues.T.ravel())
        np.testing.assert_array_equal(
            frame["Conf. Int. Low"], margins.conf_int()[:, :, 0].T.ravel()
        )

    def test_effects_of_every_row_have_no_summary(self, fit):
        with pytest.raises(ModelError, match="at='all' has no standard errors; use margeff"):
            fit("logit").get_margeff(at="all").summary_frame()

    @pytest.mark.parametrize(
        ("options", "message"),
        [
            ({"at": "mode"}, "at='mode' is not known; choose one of overall, mean, median, zero"),
            ({"method": "dy"}, "method='dy' is not known; choose one of dydx, eyex, dyex, eydx"),
            ({"dummy": True, "method": "eyex"}, "dummy and count make no sense with method='eyex'"),
            ({"count": True, "at": "median"}, "make no sense with method='dydx', at='median'"),
        ],
    )
    def test_options(self, fit, options, message):
        with pytest.raises(ModelError, match=message):
            fit("logit").get_margeff(**options)

    def test_a_median_needs_whole_weights(self, data):
        model = CumulativeLinkModel(data["y"], data[["x"]], weights=data["w"] / 2)
        with pytest.raises(ModelError, match="at='median' needs whole weights"):
            model.fit().get_margeff(at="median")

    def test_arrays_for_location_and_scale_are_different_columns(self, data):
        x, s = data[["x"]].to_numpy(), data[["o"]].to_numpy()
        found = CumulativeLinkModel(data["y"].to_numpy(), x, scale=s).fit()
        assert found.get_margeff().margeff.shape == (2, 4)

    def test_a_column_with_an_infinite_coefficient_has_no_slope(self, data):
        h = np.resize([0.0, 0.0, 1.0], 150)
        y = np.where(h == 1, 4, data["y"])
        with pytest.warns(SeparationWarning, match="h goes to plus infinity"):
            found = CumulativeLinkModel(y, data[["x"]].assign(h=h)).fit()
        margins = found.get_margeff()
        assert np.isfinite(margins.margeff[0]).all()
        assert np.isnan(margins.margeff[1]).all()
        assert np.isnan(margins.margeff_se).all()
        assert margins.summary_frame()["Std. Err."].isna().all()
        assert np.isfinite(found.get_margeff(dummy=True).margeff).all()

    def test_separated_fits_have_errors_where_nothing_is_infinite(self, data):
        h = np.resize([0.0, 0.0, 1.0], 150)
        y = np.where(h == 1, 4, data["y"])
        with pytest.warns(SeparationWarning, match="h goes to plus infinity"):
            found = CumulativeLinkModel(y, data[["x"]].assign(h=h)).fit()
        rest = CumulativeLinkModel(y[h == 0], data.loc[h == 0, ["x"]]).fit()
        one, other = found.get_margeff(at="zero"), rest.get_margeff(at="zero")
        np.testing.assert_allclose(one.margeff[0], other.margeff[0], rtol=1e-6)
        np.testing.assert_allclose(one.margeff_se[0], other.margeff_se[0], rtol=1e-5)
