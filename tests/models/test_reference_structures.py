"""What R gives for structures, by name of the parameter: ordinal, sandwich, rms, MASS and VGAM.

How far each value can be trusted is said in ``tests/reference/README.md``.
"""

from __future__ import annotations

import contextlib
import functools
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import special, stats

from probstats.errors import ClusterWarning, SeparationWarning
from probstats.models import CumulativeLinkModel
from probstats.models.kernel.links import LINKS

REFERENCE = Path(__file__).parents[1] / "reference"
STRUCTURES = json.loads((REFERENCE / "structures.json").read_text(encoding="utf-8"))
EARLIER = json.loads((REFERENCE / "reference.json").read_text(encoding="utf-8"))
EARLIER["wine_clm_scale_temp_only"]["zeta"] = [None]  # left out there: the last name is of scale

LINK_NAMES = ("logit", "probit", "cloglog", "loglog")
THRESHOLDS = ("flexible", "symmetric", "symmetric2", "equidistant")
KINDS = {
    "location": ("y4 ~ x + g", {}),
    "scale_x": ("y4 ~ x + g", {"scale": "~ x"}),
    "scale_g": ("y4 ~ x + g", {"scale": "~ g"}),
    "nominal_g": ("y4 ~ x", {"nominal": "~ g"}),
    "nominal_x": ("y4 ~ g", {"nominal": "~ x"}),
    "nominal_g_scale_x": ("y4 ~ x", {"nominal": "~ g", "scale": "~ x"}),
    "offset": ("y4 ~ x + g", {"offset": "off"}),
    "offset_scale_x": ("y4 ~ x + g", {"offset": "off", "scale": "~ x"}),
    "weights_u": ("y4 ~ x + g", {"weights": "u"}),
    "z": ("y4 ~ x + g + z", {}),
    "bigz_from_z": ("y4 ~ x + g + bigz", {}),
}
WINE = {
    "wine_nominal_contact": ("rating ~ temp", {"nominal": "~ contact"}),
    "wine_scale_temp": ("rating ~ temp + contact", {"scale": "~ temp"}),
    "wine_probit": ("rating ~ temp + contact", {"link": "probit"}),
    "wine_weights_123": ("rating ~ temp + contact", {"weights": "w"}),
}
FITS = {
    f"sim_y4_{link}_{kind}": (formula, {**options, "link": link})
    for link in LINK_NAMES
    for kind, (formula, options) in KINDS.items()
}
FITS["sim_y4_probit_bigz"] = ("y4 ~ x + g + bigz", {"link": "probit"})
for structure in THRESHOLDS:
    FITS[f"sim_y4_threshold_{structure}"] = ("y4 ~ x + g", {"threshold": structure})
    FITS[f"sim_y6_threshold_{structure}"] = ("y6 ~ x + g", {"threshold": structure})
    WINE[f"wine_nominal_contact_threshold_{structure}"] = (
        "rating ~ temp",
        {"nominal": "~ contact", "threshold": structure},
    )
FITS |= WINE
EARLIER_FITS = {
    **{
        f"wine_clm_threshold_{structure}": ("rating ~ temp + contact", {"threshold": structure})
        for structure in THRESHOLDS
    },
    "wine_clm_nominal_contact": ("rating ~ temp", {"nominal": "~ contact"}),
    "wine_clm_scale_temp_only": ("rating ~ contact", {"scale": "~ temp"}),
    "wine_clm_scale_temp": ("rating ~ temp + contact", {"scale": "~ temp"}),
    "wine_clm_scale_both_probit": (
        "rating ~ temp + contact",
        {"scale": "~ temp + contact", "link": "probit"},
    ),
    "wine_clm_nominal_contact_scale_temp": (
        "rating ~ temp",
        {"nominal": "~ contact", "scale": "~ temp"},
    ),
    "wine_clm_weights_123": ("rating ~ temp + contact", {"weights": "w"}),
    "wine_clm_offset": ("rating ~ temp + contact", {"offset": "off"}),
}
EFFECTS = {
    "x": "x", "z": "z", "gb": "g[b]", "gc": "g[c]", "I(z * 10000 + 1e+06)": "bigz",
    "tempwarm": "temp[warm]", "contactyes": "contact[yes]",
}  # fmt: skip
COLUMNS = {"temp": "warm", "contact": "yes"}


def our_names(theirs):
    """R's names of a fit's parameters as ours; the last ones are of scale effects, and bare."""
    names = [_our_name(name) for name in theirs["names"]]
    n_scale = len(np.atleast_1d(theirs.get("zeta", [])))
    first = len(names) - n_scale
    return names[:first] + [f"scale:{name}" for name in names[first:]]


def _our_name(name):
    threshold, dot, effect = name.rpartition(".")
    if dot and effect == "(Intercept)":
        return threshold
    if dot and effect in EFFECTS:
        return f"{threshold}:{EFFECTS[effect]}"
    return EFFECTS.get(name, name)


@pytest.fixture(scope="module")
def tables():
    """The data by name of the outcome."""
    simulated = pd.read_csv(REFERENCE / "simulated.csv")
    simulated = simulated.assign(
        y4=pd.Categorical(simulated["y4"], [1, 2, 3, 4], ordered=True),
        y6=pd.Categorical(simulated["y6"], [1, 2, 3, 4, 5, 6], ordered=True),
        g=pd.Categorical(simulated["g"], ["a", "b", "c"]),
        bigz=simulated["z"] * 1e4 + 1e6,
        block=np.arange(240) // 10,
    )
    glasses = pd.read_csv(REFERENCE / "wine.csv")
    glasses = glasses.assign(
        rating=pd.Categorical(glasses["rating"], [1, 2, 3, 4, 5], ordered=True),
        temp=pd.Categorical(glasses["temp"], ["cold", "warm"]),
        contact=pd.Categorical(glasses["contact"], ["no", "yes"]),
        w=np.resize([1, 2, 3], 72),
        off=np.linspace(-0.5, 0.5, 72),
    )
    return {"y4": simulated, "y6": simulated, "rating": glasses}


@pytest.fixture(scope="module")
def fit(tables):
    """Fit a model, or look it up where another test has."""

    @functools.cache
    def make(formula, cov_type="nonrobust", groups=None, **options):
        data = tables[formula.split()[0]]
        model = CumulativeLinkModel.from_formula(formula, data, **options)
        return model.fit(cov_type=cov_type, cov_kwds=groups and {"groups": groups})

    return make


def check(found, theirs, rel=1e-10):
    names = our_names(theirs)
    assert sorted(names) == sorted(found.params.index)
    np.testing.assert_allclose(found.params[names], theirs["estimate"], rtol=rel, atol=rel / 10)
    np.testing.assert_allclose(found.bse[names], theirs["se"], rtol=rel)
    if "z" in theirs:
        np.testing.assert_allclose(found.tvalues[names], theirs["z"], rtol=rel, atol=rel / 10)
        np.testing.assert_allclose(found.pvalues[names], theirs["p"], rtol=10 * rel, atol=1e-15)
    vcov = np.array(theirs["vcov"])
    np.testing.assert_allclose(
        found.cov_params().loc[names, names], vcov, rtol=rel, atol=rel / 100 * np.abs(vcov).max()
    )
    check_criteria(found, theirs)


def check_criteria(found, theirs, rel=1e-13):
    assert found.llf == pytest.approx(theirs["logLik"], rel=rel)
    assert found.aic == pytest.approx(theirs["AIC"], rel=rel)
    assert found.bic == pytest.approx(theirs["BIC"], rel=rel)
    assert found.nobs == pytest.approx(theirs["nobs"], rel=1e-15)
    assert len(found.params) == theirs["df"]
    assert found.converged


class TestFits:
    @pytest.mark.parametrize("key", FITS)
    def test_estimates_errors_covariance_and_criteria(self, fit, key):
        formula, options = FITS[key]
        check(fit(formula, **options), STRUCTURES[key], rel=1e-9 if "z" in key else 1e-10)

    @pytest.mark.parametrize("key", EARLIER_FITS)
    def test_those_of_the_first_file(self, fit, key):
        formula, options = EARLIER_FITS[key]
        check(fit(formula, **options), EARLIER[key])

    def test_every_fit_of_the_file_is_compared(self):
        fitted = {key for key, entry in STRUCTURES.items() if "estimate" in entry}
        assert fitted == {*FITS, "wine_replicated_123"}

    @pytest.mark.parametrize("link", LINK_NAMES)
    def test_a_far_off_covariate_made_by_the_formula(self, fit, link):
        found = fit("y4 ~ x + g + I(z * 1e4 + 1e6)", link=link)
        theirs = STRUCTURES[f"sim_y4_{link}_bigz_from_z"]
        far = next(name for name in found.params.index if name.startswith("I("))
        names = [far if name == "bigz" else name for name in our_names(theirs)]
        np.testing.assert_allclose(found.params[names], theirs["estimate"], rtol=1e-9)
        np.testing.assert_allclose(found.bse[names], theirs["se"], rtol=1e-9)

    def test_rows_repeated(self, wine):
        repeated = wine.loc[wine.index.repeat(np.resize([1, 2, 3], 72))]
        found = CumulativeLinkModel.from_formula("rating ~ temp + contact", repeated).fit()
        check(found, STRUCTURES["wine_replicated_123"])

    @pytest.mark.parametrize("kind", KINDS)
    def test_cauchit_as_far_as_it_can_be_trusted(self, fit, kind):
        theirs = STRUCTURES["cauchit_approximate"].get(f"sim_y4_cauchit_{kind}")
        formula, options = KINDS[kind]
        found, names = fit(formula, link="cauchit", **options), our_names(theirs)
        np.testing.assert_allclose(found.params[names], theirs["estimate"], atol=1e-3, rtol=1e-5)
        np.testing.assert_allclose(found.bse[names], theirs["se"], atol=1e-3, rtol=1e-5)
        assert found.llf == pytest.approx(theirs["logLik"], rel=1e-5)

    @pytest.mark.parametrize(
        ("link", "method"),
        [("logit", "logistic"), ("probit", "probit"), ("cloglog", "cloglog"), ("loglog", "loglog")],
    )
    def test_cells_counted_by_their_weights(self, housing, reference, our_name, link, method):
        keys = ["Sat", "Infl", "Type", "Cont"]
        cells = housing.groupby(keys, observed=True).size().rename("Freq").reset_index()
        model = CumulativeLinkModel.from_formula(
            "Sat ~ Infl + Type + Cont", cells, link=link, weights="Freq"
        )
        found, theirs = model.fit(), reference["housing"][f"clm_{method}"]
        names = [our_name(name) for name in theirs["names"]]
        np.testing.assert_allclose(found.params[names], theirs["estimate"], rtol=1e-10)
        np.testing.assert_allclose(found.cov_params().loc[names, names], theirs["vcov"], rtol=1e-9)
        check_criteria(found, theirs)


class TestThresholds:
    @pytest.mark.parametrize(
        "key", [key for key in FITS if "Theta" in STRUCTURES[key] and "nominal" not in key]
    )
    def test_thresholds_of_a_structure(self, fit, key):
        formula, options = FITS[key]
        found = fit(formula, **options).level_thresholds
        assert found.index.tolist() == ["all"]
        theirs = STRUCTURES[key]["Theta"]
        np.testing.assert_allclose(found, theirs, rtol=1e-10, atol=1e-12)

    @pytest.mark.parametrize("key", [key for key in FITS if "Theta_rows" in STRUCTURES[key]])
    def test_thresholds_of_each_level_of_a_nominal_factor(self, fit, key):
        formula, options = FITS[key]
        found, theirs = fit(formula, **options).level_thresholds, STRUCTURES[key]
        names = list(found.index.names)
        assert len(found) == len(theirs["Theta_rows"])
        for level, expected in zip(theirs["Theta_rows"], theirs["Theta"], strict=True):
            place = tuple(float(name.endswith(f"[{level}]")) for name in names)
            np.testing.assert_allclose(found.loc[place].squeeze(), expected, rtol=1e-10)

    @pytest.mark.parametrize("link", LINK_NAMES)
    def test_thresholds_along_a_nominal_number(self, fit, link):
        found = fit("y4 ~ g", nominal="~ x", link=link).level_thresholds
        at_zero, slope = np.array(STRUCTURES[f"sim_y4_{link}_nominal_x"]["alpha_mat"])
        x = found.index.get_level_values("x").to_numpy()
        assert len(x) == len(set(x))
        np.testing.assert_allclose(found, at_zero + x[:, None] * slope, rtol=1e-10, atol=1e-11)


@pytest.fixture(params=["nominal_contact", "scale_temp", "probit"])
def predicted(request, fit):
    """A fit of the wine data, the four cells, and what R predicts for them."""
    formula, options = WINE[f"wine_{request.param}"]
    theirs = STRUCTURES[f"wine_predict_{request.param}"]
    new = pd.DataFrame({"temp": theirs["temp"], "contact": theirs["contact"]})
    return fit(formula, **options), new, theirs


class TestPredictions:
    def test_probabilities_with_errors_and_intervals(self, predicted):
        found, new, theirs = predicted
        np.testing.assert_allclose(found.predict(new), theirs["prob"]["fit"], rtol=1e-10)
        frame = found.get_prediction(new).summary_frame()
        pairs = {"predicted": "fit", "se": "se", "ci_lower": "lwr", "ci_upper": "upr"}
        for ours, name in pairs.items():
            values = frame[ours].to_numpy().reshape(4, 5)
            np.testing.assert_allclose(values, theirs["prob"][name], rtol=1e-10)

    def test_cumulative_probabilities_with_errors(self, predicted):
        found, new, theirs = predicted
        expected, error = (np.array(theirs["cum_prob"][name]) for name in ("fit", "se"))
        np.testing.assert_allclose(found.predict(new, which="cumprob"), expected, rtol=1e-10)
        below = np.array(theirs["cum_prob"]["fit2"])
        np.testing.assert_allclose(expected[:, :-1], below[:, 1:], rtol=1e-14)
        frame = found.get_prediction(new, which="cumprob").summary_frame()
        np.testing.assert_allclose(frame["se"].to_numpy().reshape(4, 5), error, rtol=1e-10)

    def test_intervals_of_cumulative_probabilities_are_made_on_the_logit_scale(self, predicted):
        found, new, theirs = predicted
        p, error = (np.array(theirs["cum_prob"][name])[:, :-1] for name in ("fit", "se"))
        reach = stats.norm.isf(0.05) * error / (p * (1 - p))
        frame = found.get_prediction(new, which="cumprob").summary_frame(alpha=0.1)
        for name, sign in (("ci_lower", -1), ("ci_upper", 1)):
            values = frame[name].to_numpy().reshape(4, 5)[:, :-1]
            expected = special.expit(special.logit(p) + sign * reach)
            np.testing.assert_allclose(values, expected, rtol=1e-10)

    def test_linear_predictors(self, predicted):
        found, new, theirs = predicted
        inner = np.array(theirs["linear_predictor"]["fit"], dtype=float)[:, :-1]
        linear = found.predict(new, which="linpred").to_numpy()[:, None]
        thresholds = found.level_thresholds.to_numpy()
        if len(thresholds) == 2:  # by contact; R's first cells are those without
            thresholds = thresholds[[0, 0, 1, 1] if found.model.exog.shape[1] else 0]
        scale = np.ones((4, 1))
        if "scale:temp[warm]" in found.params:
            scale[[1, 3]] = np.exp(found.params["scale:temp[warm]"])
        np.testing.assert_allclose((thresholds - linear) / scale, inner, rtol=1e-10, atol=1e-13)

    def test_errors_of_linear_predictors(self, predicted):
        found, new, theirs = predicted
        parts = (np.array(theirs["linear_predictor"][name], float) for name in ("fit", "se"))
        eta, error = (part[:, :-1] for part in parts)
        density = np.exp(found.model.link.log_density(eta))
        se = found.get_prediction(new, which="cumprob").se.to_numpy().reshape(4, 5)[:, :-1]
        np.testing.assert_allclose(se / density, error, rtol=1e-9)

    def test_the_most_probable_level(self, predicted):
        found, new, theirs = predicted
        assert found.predict(new, which="class").astype(str).tolist() == theirs["class"]


class TestProfiles:
    def names(self, theirs):
        renamed = {**EFFECTS, "sca.tempwarm": "scale:temp[warm]"}
        return [renamed[name] for name in theirs["names"]]

    @pytest.mark.parametrize("kind", [*LINK_NAMES, "scale_temp"])
    def test_intervals_by_profile_likelihood(self, fit, kind):
        theirs = STRUCTURES[f"wine_profile_{kind}"]
        options = {"scale": "~ temp"} if kind == "scale_temp" else {"link": kind}
        found = fit("rating ~ temp + contact", **options).conf_int(method="profile")
        ours = found.loc[self.names(theirs)]
        np.testing.assert_allclose(ours, theirs["profile95_root"], rtol=1e-10)
        np.testing.assert_allclose(ours, theirs["profile95"], rtol=1e-6)

    def test_cauchit_as_far_as_it_can_be_trusted(self, fit):
        theirs = STRUCTURES["cauchit_approximate"]["wine_profile_cauchit"]
        found = fit("rating ~ temp + contact", link="cauchit").conf_int(method="profile")
        np.testing.assert_allclose(found[:2], theirs["profile95_root"], atol=1e-3)

    @pytest.mark.parametrize("link", LINK_NAMES)
    @pytest.mark.parametrize(("alpha", "level"), [(0.05, "profile95"), (0.1, "profile90")])
    def test_those_r_interpolates(self, fit, link, alpha, level):
        theirs = EARLIER["wine_confint"][link]
        found = fit("rating ~ temp + contact", link=link).conf_int(alpha, method="profile")
        np.testing.assert_allclose(found.loc[self.names(theirs)], theirs[level], rtol=1e-3)

    def test_housing(self, housing, reference, our_name):
        found = CumulativeLinkModel.from_formula("Sat ~ Infl + Type + Cont", housing).fit()
        ours = found.conf_int(method="profile")
        for key in ("clm_profile_ci", "polr_profile_ci"):
            theirs = reference["housing"][key]
            names = [our_name(name) for name in theirs["names"]]
            np.testing.assert_allclose(ours.loc[names], theirs["ci"], rtol=1e-3)

    def test_the_log_likelihood_along_one_parameter(self, fit):
        found, theirs = fit("rating ~ temp + contact"), EARLIER["wine_slice_temp"]
        for value, lost in zip(theirs["x"], theirs["logLik"], strict=True):
            moved = found.params.copy()
            moved["temp[warm]"] = value
            assert found.model.loglike(moved) - found.llf == pytest.approx(lost, abs=1e-11)


class TestRobust:
    FITS = (
        *(f"sim_y4_{link}_robust_{by}" for link in LINK_NAMES[:3] for by in ("g", "block")),
        "wine_logit_robust_judge",
    )

    def fitted(self, fit, key, **options):
        if key.startswith("wine"):
            return fit("rating ~ temp + contact", **options)
        return fit("y4 ~ x + g", link=key.split("_")[2], **options)

    @pytest.mark.parametrize("key", FITS)
    def test_sandwich_over_rows(self, fit, key):
        theirs = STRUCTURES[key]
        found, names = self.fitted(fit, key, cov_type="HC0"), our_names(theirs)
        ours = found.cov_params().loc[names, names]
        np.testing.assert_allclose(ours, theirs["HC0"], rtol=1e-9, atol=1e-12)
        np.testing.assert_allclose(found.bse[names], theirs["se_HC0"], rtol=1e-10)

    @pytest.mark.parametrize("key", FITS)
    def test_sandwich_over_clusters_with_the_factor_g_over_g_less_one(self, fit, key):
        theirs, groups = STRUCTURES[key], key.rpartition("_")[2]
        # Clustered on a covariate its own errors mean nothing, though the formula has a value.
        said = "alone says anything of" if groups == "g" else None
        with pytest.warns(ClusterWarning, match=said) if said else contextlib.nullcontext():
            found = self.fitted(fit, key, cov_type="cluster", groups=groups)
        names = our_names(theirs)
        n = found.n_groups
        assert n == theirs["clusters"]
        ours = found.cov_params().loc[names, names]
        np.testing.assert_allclose(ours, theirs["CL_cadjust"], rtol=1e-9, atol=1e-12)
        bare = np.array(theirs["CL_nocadjust"])
        np.testing.assert_allclose(ours, n / (n - 1) * bare, rtol=1e-9, atol=1e-12)

    def test_weighted_scores_over_clusters(self, fit):
        theirs = STRUCTURES["sim_y4_logit_weights_u_robust_block"]
        found, names = (
            fit("y4 ~ x + g", weights="u", cov_type="cluster", groups="block"),
            our_names(theirs),
        )
        ours = found.cov_params().loc[names, names]
        np.testing.assert_allclose(ours, theirs["CL_cadjust"], rtol=1e-9, atol=1e-12)

    def test_the_sandwich_over_rows_takes_weights_as_counts_where_r_squares_them(self, fit):
        theirs = STRUCTURES["sim_y4_logit_weights_u_robust_block"]
        found, names = fit("y4 ~ x + g", weights="u", cov_type="HC0"), our_names(theirs)
        model, bread = found.model, np.linalg.inv(-found.model.hessian(found.params))
        scores = model.score_obs(found.params)
        for weights, expected in (
            (np.ones((240, 1)), np.array(theirs["HC0"])),
            (1 / model.sample.weights[:, None], found.cov_params().loc[names, names].to_numpy()),
        ):
            sandwich = bread @ (scores.T @ (weights * scores)) @ bread
            order = [found.params.index.get_loc(name) for name in names]
            ours = sandwich[np.ix_(order, order)]
            np.testing.assert_allclose(ours, expected, rtol=1e-9, atol=1e-12)

    def test_polr(self, fit):
        theirs = STRUCTURES["sim_y4_polr_robust_g"]
        names = our_names(theirs)
        rows = fit("y4 ~ x + g", cov_type="HC0").cov_params().loc[names, names]
        with pytest.warns(ClusterWarning, match="alone says anything of"):
            found = fit("y4 ~ x + g", cov_type="cluster", groups="g")
        clusters = found.cov_params().loc[names, names]
        for ours, name in ((rows, "HC0"), (clusters, "CL_cadjust")):
            expected = np.array(theirs[name])
            atol = 1e-5 * np.abs(expected).max()
            np.testing.assert_allclose(ours, expected, rtol=1e-5, atol=atol)


class TestLikelihoodRatios:
    def ratio(self, fit, small, large):
        small, large = (fit(formula, **options) for formula, options in (small, large))
        return 2 * (large.llf - small.llf), len(large.params) - len(small.params)

    @pytest.mark.parametrize(
        ("tests", "key", "formula", "large"),
        [
            ("wine_tests", "LR_nominal_contact", "rating ~ temp", {"nominal": "~ contact"}),
            ("wine_tests", "LR_scale_temp", "rating ~ temp + contact", {"scale": "~ temp"}),
            ("sim_y4_tests", "LR_nominal_g", "y4 ~ x", {"nominal": "~ g"}),
            ("sim_y4_tests", "LR_scale_g", "y4 ~ x + g", {"scale": "~ g"}),
        ],
    )
    def test_anova(self, fit, tests, key, formula, large):
        theirs = STRUCTURES[tests][key]
        full = "rating ~ temp + contact" if tests.startswith("wine") else "y4 ~ x + g"
        statistic, df = self.ratio(fit, (full, {}), (formula, large))
        assert statistic == pytest.approx(theirs["LR"], rel=1e-10, abs=1e-11)
        assert df == theirs["df"]
        assert stats.chi2.sf(statistic, df) == pytest.approx(theirs["p"], rel=1e-10)

    @pytest.mark.parametrize(
        ("tests", "key", "terms", "outcome", "options"),
        [
            ("wine_tests", "drop1", ["temp", "contact"], "rating", {}),
            ("wine_tests", "drop1_nominal_contact", ["temp"], "rating", {"nominal": "~ contact"}),
            ("wine_tests", "drop1_scale_temp", ["temp", "contact"], "rating", {"scale": "~ temp"}),
            ("sim_y4_tests", "drop1", ["x", "g"], "y4", {}),
        ],
    )
    def test_drop1(self, fit, tests, key, terms, outcome, options):
        theirs = STRUCTURES[tests][key]
        assert theirs["terms"] == ["<none>", *terms]
        full = fit(f"{outcome} ~ {' + '.join(terms)}", **options)
        assert full.aic == pytest.approx(theirs["AIC"][0], rel=1e-13)
        for number, term in enumerate(terms, start=1):
            others = [other for other in terms if other != term] or ["1"]
            less = fit(f"{outcome} ~ {' + '.join(others)}", **options)
            assert less.aic == pytest.approx(theirs["AIC"][number], rel=1e-13)
            assert 2 * (full.llf - less.llf) == pytest.approx(theirs["LR"][number], rel=1e-11)
            assert len(full.params) - len(less.params) == theirs["df"][number]

    @pytest.mark.parametrize("kind", ["nominal", "scale"])
    def test_nominal_and_scale_tests(self, fit, kind):
        for row in EARLIER["wine_tests"][f"{kind}_test"]["tab"][1:]:
            term = row["_row"]
            if (kind, term) == ("nominal", "temp"):
                continue  # quasi-separated, see below
            other = "contact" if term == "temp" else "temp"
            formula = f"rating ~ {other}" if kind == "nominal" else "rating ~ temp + contact"
            statistic, df = self.ratio(
                fit, ("rating ~ temp + contact", {}), (formula, {kind: f"~ {term}"})
            )
            assert statistic == pytest.approx(row["LRT"], rel=1e-7)  # the default control of clm
            assert df == row["Df"]

    def test_the_log_likelihood_of_a_separated_fit(self, fit):
        with pytest.warns(SeparationWarning, match=r"temp\[warm\]"):
            found = fit("rating ~ contact", nominal="~ temp")
        assert found.llf == pytest.approx(EARLIER["wine_clm_nominal_temp"]["logLik"], rel=1e-8)
        assert not found.converged

    def test_three_levels(self, wine, reference):
        merged = wine.assign(rating=wine["rating"].map({1: 1, 2: 1, 3: 2, 4: 3, 5: 3}).astype(int))
        for row in reference["wine3_nominal_test"]["tab"][1:]:
            other = "contact" if row["_row"] == "temp" else "temp"
            found = CumulativeLinkModel.from_formula(
                f"rating ~ {other}", merged, nominal=f"~ {row['_row']}"
            ).fit()
            assert found.llf == pytest.approx(row["logLik"], rel=1e-10)
            assert found.aic == pytest.approx(row["AIC"], rel=1e-10)

    @pytest.mark.parametrize("kind", ["nominal", "scale"])
    def test_housing(self, housing, reference, kind):
        terms = ["Infl", "Type", "Cont"]
        for row in reference["housing"][f"{kind}_test"]["tab"][1:]:
            kept = [t for t in terms if kind == "scale" or t != row["_row"]]
            found = CumulativeLinkModel.from_formula(
                f"Sat ~ {' + '.join(kept)}", housing, **{kind: f"~ {row['_row']}"}
            ).fit()
            assert found.llf == pytest.approx(row["logLik"], rel=1e-10)

    @pytest.mark.parametrize(
        ("key", "formula", "nominal"),
        [
            ("nonparallel", "Sat ~ 1", "~ Infl + Type + Cont"),
            ("nonparallel_Type", "Sat ~ Infl + Cont", "~ Type"),
        ],
    )
    def test_vglm(self, housing, reference, our_name, key, formula, nominal):
        theirs = reference["housing_vgam"][key]
        found = CumulativeLinkModel.from_formula(formula, housing, nominal=nominal).fit()
        assert found.llf == pytest.approx(theirs["logLik"], rel=1e-11)
        for name, value in zip(theirs["coef_names"], theirs["coef"], strict=True):
            column, _, number = name.partition(":")
            threshold = {"1": "Low|Medium", "2": "Medium|High"}.get(number)
            if column == "(Intercept)":
                ours = found.params[threshold]
            elif threshold:
                ours = found.params[f"{threshold}:{our_name(column)}"]
            else:
                ours = -found.params[our_name(column)]  # vglm adds x'beta
            assert ours == pytest.approx(value, rel=1e-6)


class TestRms:
    @pytest.mark.parametrize("key", ["wine_lrm", "wine_orm"])
    def test_coefficients(self, fit, key):
        found, theirs = fit("rating ~ temp + contact"), STRUCTURES[key]
        names = ["1|2", "2|3", "3|4", "4|5", "temp[warm]", "contact[yes]"]
        signs = np.array([-1, -1, -1, -1, 1, 1])
        np.testing.assert_allclose(signs * found.params[names], theirs["coef"], rtol=1e-12)
        vcov = theirs["vcov" if key == "wine_lrm" else "vcov_intercepts_all"]
        ours = np.outer(signs, signs) * found.cov_params().loc[names, names]
        np.testing.assert_allclose(ours, vcov, rtol=1e-10)

    @pytest.mark.parametrize("key", ["wine_lrm", "wine_orm"])
    def test_likelihood_ratio_of_the_model(self, fit, key):
        found, theirs = fit("rating ~ temp + contact"), STRUCTURES[key]
        np.testing.assert_allclose([-2 * found.llnull, -2 * found.llf], theirs["deviance"], 1e-13)
        statistic = 2 * (found.llf - found.llnull)
        assert statistic == pytest.approx(theirs["stats"]["Model L.R."], rel=1e-11)
        assert stats.chi2.sf(statistic, found.df_model) == pytest.approx(
            STRUCTURES["wine_lrm"]["stats"]["P"], rel=1e-10
        )
        assert found.df_model == theirs["stats"]["d.f."]

    def test_nagelkerke(self, fit):
        found = fit("rating ~ temp + contact")
        theirs = STRUCTURES["wine_lrm"]["stats"]["R2"]
        assert found.pseudo_rsquared("nagelkerke") == pytest.approx(theirs, rel=1e-11)

    def test_the_null_model(self, fit):
        assert fit("rating ~ 1").llf == pytest.approx(EARLIER["wine_clm_null"]["logLik"], rel=1e-13)


class TestConvergence:
    @pytest.mark.parametrize(
        "key", [key for key in FITS if "cond_H" in STRUCTURES[key] and "bigz" not in key]
    )
    def test_condition_numbers(self, fit, key):
        formula, options = FITS[key]
        found = fit(formula, **options).convergence()
        theirs = STRUCTURES[key]["cond_H"]
        assert found.condition_number == pytest.approx(theirs, rel=1e-7 if "z" in key else 1e-9)

    def test_what_clm_says_of_its_own(self, fit):
        found, (theirs,) = fit("rating ~ temp + contact"), EARLIER["wine_convergence"]["info"]
        convergence = found.convergence()
        assert found.nobs == theirs["nobs"]
        assert f"{found.llf:.2f}" == theirs["logLik"]
        assert f"{convergence.condition_number:.1e}" == theirs["cond.H"]
        assert convergence.iterations <= 7
        assert convergence.max_gradient < 1e-9


def test_links_are_all_compared():
    assert {*LINK_NAMES, "cauchit"} == set(LINKS)
