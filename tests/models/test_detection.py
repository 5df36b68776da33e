"""Separation, with and without a fit: what is infinite, in which direction, and where."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import probstats as ps
from probstats.errors import EmptyLevelWarning, ModelError, SeparationWarning
from probstats.models import CumulativeLinkModel, detect_separation
from probstats.models.kernel.links import LINKS


@pytest.fixture
def quasi():
    """Everybody in group c has the highest level; everything else is as it should be."""
    rng = np.random.default_rng(8)
    g = pd.Categorical.from_codes(np.resize([0, 1, 2], 75), ["a", "b", "c"])
    y = np.where(g == "c", 4, rng.integers(1, 5, 75))
    return pd.DataFrame({"y": y, "g": g, "x": rng.normal(size=75)})


def infinite(found):
    return {name: value for name, value in found.infinite.items() if value != 0.0}


class TestWhatIsInfinite:
    def test_overlap(self, quasi):
        found = detect_separation("y ~ x", quasi)
        assert not found.separated
        assert (found.infinite == 0.0).all()
        assert found.thresholds == {}
        assert str(found) == "No separation: every parameter has a finite estimate."

    @pytest.mark.parametrize("sign", [1, -1])
    def test_complete_separation(self, sign):
        x = np.arange(12.0)
        data = pd.DataFrame({"y": np.repeat([1, 2, 3], 4), "x": sign * x})
        found = detect_separation("y ~ x", data)
        assert found.separated
        assert found.infinite["x"] == sign * np.inf
        assert found.directions.shape == (3, 3)
        assert found.thresholds["x"] == ("1|2", "2|3")

    @pytest.mark.parametrize(("top", "sign"), [(4, 1), (1, -1)])
    def test_quasi_separation_by_a_category(self, quasi, top, sign):
        data = quasi.assign(y=np.where(quasi["g"] == "c", top, quasi["y"]))
        found = detect_separation("y ~ g + x", data)
        assert infinite(found) == {"g[c]": sign * np.inf}
        assert found.thresholds == {"g[c]": ("3|4",) if top == 4 else ("1|2",)}
        assert found.directions.shape == (6, 1)

    def test_a_middle_level_separates_nothing(self, quasi):
        data = quasi.assign(y=np.where(quasi["g"] == "c", 2, quasi["y"]))
        assert not detect_separation("y ~ g + x", data).separated

    def test_two_groups_at_both_ends(self, quasi):
        y = quasi["y"].where(quasi["g"] != "b", 1)
        found = detect_separation("y ~ g + x", quasi.assign(y=y))
        assert infinite(found) == {"g[b]": -np.inf, "g[c]": np.inf}
        assert found.thresholds == {"g[b]": ("1|2",), "g[c]": ("3|4",)}

    def test_the_reference_category_takes_all_others_and_the_thresholds_along(self, quasi):
        data = quasi.assign(g=quasi["g"].cat.reorder_categories(["c", "a", "b"]))
        found = detect_separation("y ~ g + x", data)
        assert infinite(found) == {
            "g[a]": -np.inf, "g[b]": -np.inf, "1|2": -np.inf, "2|3": -np.inf, "3|4": -np.inf,
        }  # fmt: skip
        assert found.directions.shape == (6, 1)
        assert "finite: x." in str(found)

    def test_nominal_effects_separate_at_single_thresholds(self, quasi):
        y = np.where(quasi["g"] == "c", np.where(quasi["x"] > 0, 3, 2), quasi["y"])
        found = detect_separation("y ~ x", quasi.assign(y=y), nominal="~ g")
        values = found.infinite
        assert values["1|2:g[c]"] == -np.inf
        assert values["3|4:g[c]"] == np.inf
        assert values[["1|2", "2|3", "3|4", "1|2:g[b]"]].tolist() == [0.0] * 4

    def test_intervals_can_hide_separation_and_bring_it(self):
        x = np.arange(8.0)
        y = np.array([1, 1, 1, 2, 1, 2, 2, 2])
        data = pd.DataFrame({"low": y, "high": y, "x": x})
        assert not detect_separation("interval(low, high) ~ x", data).separated
        data.loc[3, "low"] = 1  # the one row in conflict becomes unknown
        found = detect_separation("interval(low, high) ~ x", data)
        assert found.infinite["x"] == np.inf

    @pytest.mark.parametrize("threshold", ["symmetric", "symmetric2", "equidistant"])
    def test_structured_thresholds(self, quasi, threshold):
        found = detect_separation("y ~ g + x", quasi, threshold=threshold)
        assert infinite(found) == {"g[c]": np.inf}
        assert found.thresholds == {"g[c]": ("3|4",)}

    def test_weights_and_offsets_do_not_matter_but_zero_weights_do(self, quasi):
        rng = np.random.default_rng(0)
        plain = detect_separation("y ~ g + x", quasi)
        weights, offset = rng.uniform(0.1, 9, 75), 5 * rng.normal(size=75)
        found = detect_separation("y ~ g + x", quasi, weights=weights, offset=offset)
        pd.testing.assert_series_equal(found.infinite, plain.infinite)
        one_lower = quasi.assign(y=np.where(quasi.index == 2, 1, quasi["y"]))
        assert not detect_separation("y ~ g + x", one_lower).separated
        weights = (quasi.index != 2).astype(float)
        assert detect_separation("y ~ g + x", one_lower, weights=weights).separated

    def test_arguments_are_those_of_a_formula_fit(self, quasi):
        with pytest.raises(ModelError, match="names column 'z'"):
            detect_separation("y ~ z", quasi)
        with pytest.raises(TypeError):
            detect_separation("y ~ x", quasi, robust=True)


class TestUnits:
    @pytest.mark.parametrize("factor", [1e-9, -1e-3, 1e6])
    @pytest.mark.parametrize("shift", [0.0, 1e4])
    def test_do_not_matter(self, quasi, factor, shift):
        data = quasi.assign(c=(quasi["g"] == "c") * 1.0, x=factor * (quasi["x"] + shift))
        data["c"] = factor * (data["c"] + shift)
        found = detect_separation("y ~ c + x", data)
        assert found.separated
        assert found.infinite["c"] == np.sign(factor) * np.inf
        assert found.infinite["x"] == 0.0

    @pytest.mark.parametrize("factor", [1e-9, -1e-3, 1e6])
    def test_nor_do_they_make_separation(self, quasi, factor):
        data = quasi.assign(x=factor * quasi["x"])
        assert not detect_separation("y ~ x", data).separated


class TestSentence:
    def test_names_parameters_directions_and_thresholds(self, quasi):
        sentence = str(detect_separation("y ~ g + x", quasi))
        assert sentence == (
            "The data separate the levels: g[c] goes to plus infinity (at 3|4); "
            "finite: g[b], x, 1|2, 2|3, 3|4."
        )
        assert repr(detect_separation("y ~ g + x", quasi)) == sentence

    def test_says_when_nothing_is_finite(self):
        data = pd.DataFrame({"y": [1, 1, 2, 2], "x": [1.0, 2.0, 3.0, 4.0]})
        assert str(detect_separation("y ~ x", data)).endswith("no parameter is finite.")


class TestFits:
    @pytest.mark.parametrize("link", LINKS)
    def test_find_the_same_for_every_link(self, quasi, link):
        model = CumulativeLinkModel.from_formula("y ~ g + x", quasi, link=link)
        with pytest.warns(SeparationWarning, match=r"g\[c\] goes to plus infinity \(at 3\|4\)"):
            found = model.fit()
        expected = detect_separation("y ~ g + x", quasi, link=link)
        pd.testing.assert_series_equal(found.separation.infinite, expected.infinite)
        assert found.separation.thresholds == expected.thresholds
        assert found.diverging == ["g[c]"]
        assert not found.converged

    @pytest.mark.parametrize("link", LINKS)
    def test_finite_estimates_are_those_of_the_rows_that_tell(self, quasi, link):
        with pytest.warns(SeparationWarning):
            found = CumulativeLinkModel.from_formula("y ~ g + x", quasi, link=link).fit()
        rest = quasi[quasi["g"] != "c"].assign(g=lambda d: d["g"].cat.remove_unused_categories())
        other = CumulativeLinkModel.from_formula("y ~ g + x", rest, link=link).fit()
        names = other.params.index
        rtol = 1e-6 if link != "cauchit" else 1e-3  # its tails never end
        np.testing.assert_allclose(found.params[names], other.params, rtol=rtol, atol=rtol)
        np.testing.assert_allclose(found.bse[names], other.bse, rtol=rtol)
        assert found.llf == pytest.approx(other.llf, abs=1e-6 if link != "cauchit" else 1e-4)

    def test_infinite_estimates_are_reported_as_such(self, quasi):
        with pytest.warns(SeparationWarning):
            found = CumulativeLinkModel.from_formula("y ~ g + x", quasi).fit()
        assert found.params["g[c]"] == np.inf
        assert np.isnan(found.bse["g[c]"])
        assert np.isnan(found.pvalues["g[c]"])
        assert found.cov_params().loc["g[c]"].isna().all()
        assert found.cov_params().drop(index="g[c]", columns="g[c]").notna().all(axis=None)
        text = found.summary().as_text()
        assert "inf" in text
        assert "g[c] goes to plus infinity (at 3|4)" in text

    def test_their_profile_intervals_are_one_sided(self, quasi):
        with pytest.warns(SeparationWarning):
            found = CumulativeLinkModel.from_formula("y ~ g + x", quasi).fit()
        ends = found.conf_int(method="profile")
        assert ends.loc["g[c]", 1] == np.inf
        assert np.isfinite(ends.loc["g[c]", 0])
        assert np.isfinite(ends.drop("g[c]")).all(axis=None)

    def test_thresholds_of_each_level_are_infinite_where_their_parameters_are(self, quasi):
        data = quasi.assign(g=quasi["g"].cat.reorder_categories(["c", "a", "b"]))
        with pytest.warns(SeparationWarning):
            found = CumulativeLinkModel.from_formula("y ~ g + x", data).fit()
        assert (found.thresholds == -np.inf).all()
        assert (found.level_thresholds == -np.inf).all(axis=None)

    @pytest.mark.parametrize("seed", range(25))
    def test_a_fit_and_the_detection_agree_in_small_samples(self, seed):
        rng = np.random.default_rng(seed)
        x, g = rng.normal(size=14), rng.integers(0, 2, 14)
        y = np.searchsorted([-0.7, 0.7], 1.5 * x + rng.logistic(size=14))
        y[:3] = [0, 1, 2]
        data = pd.DataFrame({"y": y, "x": x, "g": g})
        model = CumulativeLinkModel.from_formula("y ~ x + g", data)
        expected = model.separation()
        if expected.separated:
            with pytest.warns(SeparationWarning):
                found = model.fit()
            assert found.diverging == [n for n, v in expected.infinite.items() if v != 0.0]
        else:
            found = model.fit()
            assert found.converged
            assert np.abs(model.score(found.params)).max() < 1e-6


class TestShippedData:
    @pytest.fixture(scope="class")
    @classmethod
    def overall(cls):
        long = ps.load_panel()
        rows = long[(long["standard"] == "overall") & long["vacancy_rate_po_percent"].notna()]
        rows = rows[rows["rating"].notna()]
        kinds = sorted(rows["provider_type"].unique())
        return rows.assign(
            provider_type=pd.Categorical(rows["provider_type"], kinds),
            vacancy=rows["vacancy_rate_po_percent"].astype(float),
        )

    def test_no_pdu_is_good(self, overall):
        with pytest.warns(EmptyLevelWarning, match="no row has level Outstanding"):
            found = detect_separation("rating ~ vacancy + provider_type", overall)
        assert found.infinite["provider_type[pdu]"] == -np.inf
        assert found.infinite["vacancy"] == 0.0
        lower, upper = "Inadequate|Requires improvement", "Requires improvement|Good"
        assert found.infinite[[lower, upper]].tolist() == [-np.inf, 0.0]
        assert found.thresholds["provider_type[pdu]"] == (lower, upper)

    def test_the_fit_says_so_and_gives_the_rest(self, overall):
        model = "rating ~ vacancy + provider_type"
        with pytest.warns() as seen:
            found = CumulativeLinkModel.from_formula(model, overall).fit()
        assert {w.category for w in seen} == {EmptyLevelWarning, SeparationWarning}
        assert {w.filename for w in seen} == {__file__}
        assert found.params["provider_type[pdu]"] == -np.inf
        assert np.isfinite(found.params["vacancy"])
        assert np.isfinite(found.bse["vacancy"])
        low, high = found.conf_int(method="profile").loc["provider_type[pdu]"]
        assert low == -np.inf
        assert -20 < high < 0
        ends = found.conf_int(method="profile").loc["vacancy"]
        assert ends[0] < found.params["vacancy"] < ends[1]

    def test_the_reference_category_turns_the_direction(self, overall):
        turned = overall.assign(provider_type=overall["provider_type"].cat.reorder_categories(
            overall["provider_type"].cat.categories[::-1]))  # fmt: skip
        with pytest.warns(EmptyLevelWarning):
            found = detect_separation("rating ~ vacancy + provider_type", turned)
        first = overall["provider_type"].cat.categories[0]
        assert found.infinite[f"provider_type[{first}]"] == np.inf
