"""Fits against R's clmm and clmm2 and an independent program; identities; bad input."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest

from probstats.errors import BoundaryWarning, ConvergenceWarning, ModelError, SeparationWarning
from probstats.models import CumulativeLinkMixedModel, CumulativeLinkModel
from probstats.models.mixed.reading import read_effects

WINE, SIM = "rating ~ temp + contact", "y ~ x + z"
R_LINK = {"cloglog": "loglog", "loglog": "cloglog"}
"""clmm and clmm2 of ordinal 2022.11-16 have these two names the wrong way round."""


def fit(formula, data, groups, link="logit", nodes=None, **options):
    model = CumulativeLinkMixedModel.from_formula(formula, data, groups, link, **options)
    return model.fit() if nodes in {None, 1} else model.fit("agq", nodes=nodes)


class TestIndependent:
    """A program of others with an exact gradient."""

    @pytest.mark.parametrize("name", ["laplace", "agq10", "agq30", "agq60", "agq100"])
    def test_wine(self, wine, independent, name):
        theirs = independent[f"logit_{name}"]
        found = fit(WINE, wine, "judge", nodes=int(name[3:]) if name != "laplace" else None)
        assert found.llf == pytest.approx(theirs["ll"], abs=1e-9)
        estimates = [*theirs["coef"], *theirs["th"], theirs["sd"]]
        rel = 1e-5 if name == "laplace" else 2e-8
        np.testing.assert_allclose(found.params, estimates, rtol=rel)
        np.testing.assert_allclose(
            found.bse, theirs["se"], rtol=3e-3 if name == "laplace" else 1e-5
        )
        assert found.converged


class TestAgainstR:
    """clmm stops at a gradient of about 1e-5, and finds its modes less closely for Laplace."""

    def check(self, found, theirs, our_name, llf=1e-6, rel=2e-5, se=3e-4):
        names = [our_name(name) for name in theirs["names"]]
        assert found.llf == pytest.approx(theirs["logLik"], abs=llf)
        np.testing.assert_allclose(found.params[names], theirs["estimate"], rtol=rel, atol=2 * rel)
        np.testing.assert_allclose(found.bse[names], theirs["se"], rtol=se)
        sd = np.sort(np.atleast_1d(theirs["sd"]))
        np.testing.assert_allclose(np.sort(found.sd), sd, rtol=5e-5, atol=1e-4)

    @pytest.mark.parametrize("link", ["logit", "probit", "cloglog", "loglog"])
    @pytest.mark.parametrize("nodes", [1, 10])
    def test_links(self, wine, sim, mixed, our_name, link, nodes):
        name = R_LINK.get(link, link)
        # R's search stops early in two fits by Laplace's method, off by 1e-5; others agree to 1e-9.
        llf = 1e-6 if nodes > 1 else 2e-5
        self.check(
            fit(WINE, wine, "judge", link, nodes), mixed[f"wine_{name}_{nodes}"], our_name, llf
        )
        self.check(fit(SIM, sim, "g", link, nodes), mixed[f"sim_{name}_{nodes}"], our_name, llf)

    def test_cauchit(self, wine, sim, mixed):
        """R puts 1e5 for the infinite thresholds."""
        for formula, data, groups, name in ((WINE, wine, "judge", "wine"), (SIM, sim, "g", "sim")):
            found = fit(formula, data, groups, "cauchit", 10)
            assert found.llf == pytest.approx(mixed[f"{name}_cauchit_10"]["logLik"], abs=2e-3)

    @pytest.mark.parametrize("threshold", ["symmetric", "symmetric2", "equidistant"])
    def test_thresholds(self, wine, mixed, our_name, threshold):
        found = fit(WINE, wine, "judge", nodes=10, threshold=threshold)
        self.check(found, mixed[f"wine_{threshold}"], our_name)

    def test_weights(self, sim, mixed, our_name):
        self.check(fit(SIM, sim, "g", nodes=10, weights="w"), mixed["sim_weights"], our_name)

    def test_crossed(self, sim, mixed, our_name):
        found = fit(SIM, sim, "g", vc_formula={"rater": "rater"})
        self.check(found, mixed["sim_crossed"], our_name)
        assert list(found.sd.index) == ["sd(g)", "sd(rater)"]

    def test_nested(self, sim, mixed, our_name):
        with pytest.warns(BoundaryWarning, match=r"sd\(g:site\) is estimated at zero"):
            found = fit(SIM, sim, "g", vc_formula={"site": "0 + C(site)"})
        self.check(found, mixed["sim_nested"], our_name, rel=5e-5)

    def test_three_factors(self, sim, mixed, our_name):
        with pytest.warns(BoundaryWarning):
            found = fit(SIM, sim, "g", vc_formula={"site": "0 + C(site)", "rater": "rater"})
        self.check(found, mixed["sim_three"], our_name)

    def test_slopes(self, sim, mixed, our_name):
        found = fit(SIM, sim, "g", re_formula="1 + x")
        self.check(found, mixed["sim_slope"], our_name)
        assert found.params["corr(g: Intercept, x)"] == pytest.approx(
            mixed["sim_slope"]["corr"], abs=1e-5
        )
        alone = fit(SIM, sim, "g", re_formula="0 + x")
        self.check(alone, mixed["sim_slope_alone"], our_name)
        assert list(alone.sd.index) == ["sd(g: x)"]


class TestAgainstClmm2:
    """Nominal and scale effects; with one node clmm2's scale effects are not Laplace's method."""

    @pytest.mark.parametrize("what", ["plain", "scale", "scale_other", "nominal", "both"])
    @pytest.mark.parametrize("data", ["wine", "sim"])
    def test_ten_nodes(self, wine, sim, mixed, data, what):
        first, second = ("temp", "contact") if data == "wine" else ("x", "z")
        formula, groups = (WINE, "judge") if data == "wine" else (SIM, "g")
        options = {
            "plain": {}, "scale": {"scale": f"~ {first}"}, "scale_other": {"scale": f"~ {second}"},
            "nominal": {"nominal": f"~ {second}"},
            "both": {"nominal": f"~ {second}", "scale": f"~ {first}"},
        }[what]  # fmt: skip
        if "nominal" in options:
            formula = formula.removesuffix(f" + {second}")
        found = fit(formula, wine if data == "wine" else sim, groups, nodes=10, **options)
        theirs = mixed[f"clmm2_{data}_{what}_10"]
        assert found.llf == pytest.approx(theirs["logLik"], abs=1e-8)
        # clmm2 lists thresholds with their nominal effects, then coefficients, scale, sd.
        kinds = found.model.plain.parameter_kinds
        order = ("threshold", "nominal effect", "coefficient", "log scale")
        ours = [p for kind in order for p, k in zip(found.params, kinds, strict=False) if k == kind]
        np.testing.assert_allclose(
            [*ours, found.params.iloc[-1]], theirs["estimate"], rtol=1e-4, atol=1e-5
        )

    def test_known_values(self, wine):
        for options, llf in (
            ({"nominal": "~ contact"}, -81.2832),
            ({"scale": "~ contact"}, -81.53179),
            ({"nominal": "~ contact", "scale": "~ temp"}, -81.23826),
        ):
            formula = "rating ~ temp" if "nominal" in options else WINE
            found = fit(formula, wine, "judge", nodes=10, **options)
            assert found.llf == pytest.approx(llf, abs=5e-5)


class TestEdge:
    def test_no_spread_is_the_plain_fit(self, simulated):
        data = simulated(4, sd=0.0)
        with pytest.warns(BoundaryWarning, match="estimated at zero"):
            found = fit("y ~ x", data, "g")
        plain = CumulativeLinkModel.from_formula("y ~ x", data).fit()
        assert found.llf == plain.llf
        assert found.sd["sd(g)"] == 0.0
        np.testing.assert_array_equal(found.params[:-1], plain.params)
        np.testing.assert_allclose(found.bse[:-1], plain.bse, rtol=1e-6)
        assert np.isnan(found.bse["sd(g)"])
        assert found.edge == ("sd(g)",)
        assert found.converged
        assert "at the edge" in repr(found)
        assert "estimated at zero" in str(found.summary())

    def test_the_summit_is_found_from_anywhere(self, wine_model):
        best = wine_model.fit("agq")
        for sd in (0.01, 5.0):
            start = [*best.params[:-1], sd]
            again = wine_model.fit("agq", start_params=start)
            assert again.llf == pytest.approx(best.llf, abs=1e-9)
            np.testing.assert_allclose(again.params, best.params, rtol=1e-6)

    def test_it_is_a_summit(self, wine_model):
        found = wine_model.fit("agq")
        assert np.abs(wine_model.score(found.params, "agq")).max() < 1e-7
        hessian = wine_model.hessian(found.params, "agq")
        np.testing.assert_allclose(np.linalg.inv(-hessian), found.cov_params(), rtol=1e-4)

    def test_groups_that_keep_to_their_levels(self):
        data = pd.DataFrame({"y": np.repeat([1, 2, 3, 1], 9), "g": np.repeat(range(12), 3)})
        data["x"] = np.tile([0.0, 1.0, 2.0], 12)
        with pytest.warns(ConvergenceWarning, match="grows out of all proportion"):
            found = fit("y ~ x", data, "g")
        assert not found.converged
        assert "NOT CONVERGED" in repr(found)
        with pytest.raises(ModelError, match="does not have"):
            found.sd_interval()

    def test_separation_is_seen(self, wine):
        with pytest.warns(SeparationWarning, match="goes to plus infinity"):
            found = fit("rating ~ contact", wine, "judge", nodes=10, nominal="~ temp")
        assert np.isinf(found.params["4|5"])
        assert np.isfinite(found.params["contact[yes]"])
        assert np.isfinite(found.bse["contact[yes]"])
        assert not found.converged
        assert "no finite estimate" in repr(found)
        with pytest.raises(ModelError, match="profile"):
            found.conf_int(method="profile")

    def test_too_few_steps_are_said(self, wine_model):
        with pytest.warns(ConvergenceWarning, match="did not converge in 2 steps"):
            found = wine_model.fit(maxiter=2)
        assert not found.converged
        with pytest.raises(ModelError, match="did not reach"):
            found.get_influence()

    def test_laplace_runs_away_with_the_cauchit_and_quadrature_does_not(self):
        rng = np.random.default_rng(204)
        n = int(rng.choice([14, 30, 60, 130]))
        n_groups = int(rng.choice([4, 8, 12, 20]))
        group, x = rng.integers(0, n_groups, n), rng.normal(size=n)
        shift = rng.normal(size=n_groups) * rng.choice([0, 0.7, 2.0])
        cuts = rng.choice([0, 1], 1)[0] + np.array([-1.0, 0.5, 2.0])
        error = np.tan(np.pi * (rng.uniform(size=n) - 0.5))
        y = np.searchsorted(cuts, 0.8 * x + shift[group] + error)
        data = pd.DataFrame({"y": y, "x": x, "g": group})
        with pytest.warns(ConvergenceWarning, match="use integration='agq'"):
            fit("y ~ x", data, "g", "cauchit")
        found = fit("y ~ x", data, "g", "cauchit", nodes=10)
        assert found.converged
        finer = fit("y ~ x", data, "g", "cauchit", nodes=60)
        assert found.llf == pytest.approx(finer.llf, abs=0.2)

    def test_slopes_at_the_edge_are_named(self, simulated):
        data = simulated(3, n_groups=12, size=4, sd=0.7)
        with pytest.warns(BoundaryWarning, match="corr"):
            found = fit("y ~ x", data, "g", re_formula="x")
        assert any(name.startswith("corr") for name in found.edge)


class TestIdentities:
    def test_columns_of_any_size(self, simulated):
        data = simulated(7, slope=0.6)
        found = fit("y ~ x", data, "g", re_formula="x", nodes=7)
        moved = fit("y ~ t", data.assign(t=1000.0 + 10.0 * data["x"]), "g", re_formula="t", nodes=7)
        assert moved.llf == pytest.approx(found.llf, abs=1e-8)
        assert moved.params["sd(g: t)"] == pytest.approx(found.params["sd(g: x)"] / 10.0, rel=1e-6)

    def test_arrays_give_what_a_formula_gives(self, sim):
        by_formula = fit(SIM, sim, "g")
        model = CumulativeLinkMixedModel(sim["y"], sim[["x", "z"]], groups=sim["g"])
        np.testing.assert_allclose(model.fit().params, by_formula.params, rtol=1e-10)
        numbers = CumulativeLinkMixedModel(
            sim["y"].to_numpy(), sim[["x", "z"]].to_numpy(), sim["g"].to_numpy()
        )
        assert numbers.fit().llf == pytest.approx(by_formula.llf, rel=1e-12)
        assert numbers.param_names[-1] == "sd(groups)"

    def test_rows_without_weight_or_values_are_left_out(self, sim):
        holes = sim.assign(z=sim["z"].where(sim.index % 10 > 0), w=(sim.index % 7 > 0) * 1.0)
        found = fit(SIM, holes, "g", weights="w")
        rest = holes[holes["z"].notna() & (holes["w"] > 0)]
        assert found.llf == pytest.approx(fit(SIM, rest, "g").llf, rel=1e-12)
        series = fit(SIM, holes, holes["g"], weights="w")
        assert series.llf == pytest.approx(found.llf, rel=1e-12)

    def test_nested_labels_mean_the_same_either_way(self, sim):
        data = sim.assign(unit=sim["g"].astype(str) + "-" + sim["rater"].astype(str))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", BoundaryWarning)
            within = fit(SIM, data, "g", vc_formula={"unit": "0 + C(rater)"})
            plain = fit(SIM, data, "g", vc_formula={"unit": "unit"})
            no_groups = fit(SIM, data, None, vc_formula={"g": "0 + C(g)", "unit": "unit"})
        assert within.llf == pytest.approx(plain.llf, abs=1e-9)
        assert no_groups.llf == pytest.approx(plain.llf, abs=1e-9)
        assert list(within.sd.index) == ["sd(g)", "sd(g:unit)"]

    def test_groups_with_one_row_are_fine(self, sim):
        data = sim.assign(g=sim["g"].where(sim["g"] != 1, -sim.index - 1))
        found = fit(SIM, data, "g", nodes=10)
        assert found.converged
        assert any("4 of them with one row only" in note for note in found.notes)

    def test_two_levels(self, simulated):
        """K = 2 with a logit is the random-intercept logistic model, symmetric in its levels."""
        data = simulated(5, thresholds=(0.3,))
        found = fit("y ~ x", data, "g", nodes=15)
        turned = fit("y ~ x", data.assign(y=3 - data["y"]), "g", nodes=15)
        assert turned.llf == pytest.approx(found.llf, abs=1e-9)
        assert turned.params["x"] == pytest.approx(-found.params["x"], rel=1e-7)
        assert turned.params["sd(g)"] == pytest.approx(found.params["sd(g)"], rel=1e-6)


class TestBadInput:
    def bad(self, match, data, formula="y ~ x", groups="g", **options):
        with pytest.raises(ModelError, match=match):
            CumulativeLinkMixedModel.from_formula(formula, data, groups, **options)

    def test_groups(self, sim):
        self.bad("need groups", sim, groups=None)
        self.bad("no column", sim, groups="nowhere")
        self.bad("one group only", sim.assign(g=1))
        self.bad("missing for 3 of the 240 rows", sim.assign(g=sim["g"].where(sim.index > 2)))
        self.bad("shape", sim, groups=[1, 2])
        self.bad("every row is a group of its own", sim, groups=np.arange(240))
        self.bad("index", sim, groups=sim["g"].set_axis(range(1000, 1240)))

    def test_more_effects_than_rows(self, sim):
        groups = np.arange(240) // 2 + np.arange(240) % 2 * (np.arange(240) < 20) * 1000
        self.bad(
            "random effects and there are only 240 rows", sim, groups=groups, re_formula="x + z"
        )

    def test_covariates_that_are_the_groups(self, wine):
        wine["who"] = wine["judge"].astype("category")
        self.bad("tell all groups of 'judge' apart", wine, "rating ~ who + temp", "judge")

    def test_formulas(self, sim):
        self.bad("leaves no random effect", sim, re_formula="0")
        self.bad("did you mean|columns are", sim, re_formula="nowhere")
        self.bad("dictionary", sim, vc_formula="rater")
        self.bad("cannot be read", sim, vc_formula={"rater": "C(rater) + z"})
        self.bad("must be text", sim, vc_formula={"rater": 3})
        self.bad("which the data do not have", sim, vc_formula={"b": "b"})
        self.bad("same groups", sim.assign(b=-sim["g"]), vc_formula={"b": "b"})
        self.bad("called 'g'", sim, vc_formula={"g": "rater"})
        self.bad("one grouping factor", sim, re_formula="x", vc_formula={"rater": "rater"})
        self.bad("needs groups", sim, groups=None, re_formula="x", vc_formula={"rater": "rater"})
        holes = sim.assign(z=sim["z"].where(sim.index > 4))
        self.bad("column 'z' of re_formula is missing in 5", holes, re_formula="z")
        self.bad("collinear", sim.assign(k=2.0), re_formula="k")
        with pytest.raises(ModelError, match="needs a formula and its data"):
            read_effects(None, sim.index, sim["g"], "x", None)

    def test_options(self, wine_model, sim):
        for options, match in (
            ({"integration": "ghq"}, "not known"),
            ({"integration": "agq", "nodes": 0}, "whole number from 1 to 100"),
            ({"integration": "agq", "nodes": 1000}, "whole number from 1 to 100"),
            ({"integration": "agq", "nodes": 2.5}, "whole number"),
            ({"nodes": 10}, "goes with integration='agq'"),
            ({"tol": 1.0}, "tol"),
            ({"start_params": [1.0]}, "7 parameters"),
            ({"start_params": [0, 0, -1, 0, 1, 2, -1]}, "negative"),
            ({"start_params": [0, 0, 1, 0, -1, 2, 1]}, "out of order"),
        ):
            with pytest.raises(ModelError, match=match):
                wine_model.fit(**options)
        with pytest.raises(TypeError):
            wine_model.fit(method="bfgs", disp=0)
        crossed = CumulativeLinkMixedModel.from_formula(
            "y ~ x", sim, "g", vc_formula={"rater": "rater"}
        )
        with pytest.raises(ModelError, match="one grouping factor"):
            crossed.fit("agq")
        slopes = CumulativeLinkMixedModel.from_formula("y ~ x", sim, "g", re_formula="x + z")
        with pytest.raises(ModelError, match="too many"):
            slopes.fit("agq", nodes=100)


def test_many_crossed_groups_in_seconds():
    rng = np.random.default_rng(1)
    n, first, second = 4000, rng.integers(0, 150, 4000), rng.integers(0, 50, 4000)
    x = rng.normal(size=n)
    latent = 0.5 * x + rng.normal(size=150)[first] + 0.7 * rng.normal(size=50)[second]
    y = np.searchsorted([-1.0, 0.5, 2.0], latent + rng.logistic(size=n))
    data = pd.DataFrame({"y": y, "x": x, "a": first, "b": second})
    found = fit("y ~ x", data, "a", vc_formula={"b": "b"})
    assert found.converged
    np.testing.assert_allclose(found.sd, [1.0, 0.7], atol=0.2)
    assert found.params["x"] == pytest.approx(0.5, abs=0.1)
