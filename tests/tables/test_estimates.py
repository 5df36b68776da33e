"""Estimates as a frame and as a table for readers, on simulated data."""

import numpy as np
import pandas as pd
import pytest

import probstats as ps
from probstats.errors import ModelError, ProbstatsError, SeparationWarning
from probstats.tables import display_odds_ratios, estimates, odds_ratios

COLUMNS = [
    "model", "term", "kind", "estimate", "se", "low", "high", "p", "n", "clusters", "converged",
    "link", "level",
]  # fmt: skip


@pytest.fixture(scope="module")
def data():
    random = np.random.default_rng(20261121)
    x = random.normal(size=200)
    latent = 0.8 * x + random.logistic(size=200)
    return pd.DataFrame({"y": np.digitize(latent, [-1, 1]), "x": x, "area": np.arange(200) % 25})


@pytest.fixture(scope="module")
def plain(data):
    return ps.CumulativeLinkModel.from_formula("y ~ x", data).fit()


@pytest.fixture(scope="module")
def clustered(data):
    model = ps.CumulativeLinkModel.from_formula("y ~ x", data)
    return model.fit(cov_type="cluster", cov_kwds={"groups": data["area"]})


@pytest.fixture(scope="module")
def separated():
    data = pd.DataFrame({"y": [1, 1, 2, 1, 2, 2, 2], "x": [3, 1, 2, 4, 5, 3, 1]})
    data["only"] = [0, 0, 0, 0, 1, 1, 1]
    with pytest.warns(SeparationWarning):
        return ps.CumulativeLinkModel.from_formula("y ~ x + only", data).fit()


class TestEstimates:
    def test_everything_is_the_fit_s_own_in_full(self, plain):
        frame = estimates({"A": plain})
        assert frame.columns.tolist() == COLUMNS
        assert frame["term"].tolist() == ["x", "0|1", "1|2"]
        assert frame["kind"].tolist() == ["coefficient", "threshold", "threshold"]
        assert frame["estimate"].tolist() == plain.params.tolist()
        assert frame["se"].tolist() == plain.bse.tolist()
        assert frame["p"].tolist() == plain.pvalues.tolist()
        interval = plain.conf_int(alpha=1 - 0.95)
        assert frame[["low", "high"]].to_numpy().tolist() == interval.to_numpy().tolist()
        assert set(frame["n"]) == {200}
        assert frame["clusters"].isna().all()
        assert frame["converged"].all()
        assert set(frame["link"]) == {"logit"}
        assert set(frame["level"]) == {0.95}

    def test_the_level(self, plain):
        narrow, wide = estimates({"A": plain}, 0.5), estimates({"A": plain}, 0.99)
        assert (narrow["low"] > wide["low"]).all()
        assert (narrow["high"] < wide["high"]).all()
        half = (narrow["high"] - narrow["low"]) / 2
        np.testing.assert_allclose(half, 0.6744897501960817 * narrow["se"], rtol=1e-12)

    def test_several_fits_stand_one_below_the_other(self, plain, clustered):
        frame = estimates({"A": plain, "B": clustered})
        assert frame["model"].tolist() == ["A"] * 3 + ["B"] * 3
        assert frame.index.tolist() == list(range(6))
        assert frame["clusters"].tolist()[3:] == [25] * 3
        assert frame["clusters"].isna().tolist() == [True] * 3 + [False] * 3
        np.testing.assert_allclose(frame["estimate"][:3], frame["estimate"][3:], rtol=1e-12)
        assert (frame["se"].to_numpy()[:3] != frame["se"].to_numpy()[3:]).all()

    def test_what_diverges_is_missing_and_the_rest_is_not(self, separated):
        frame = estimates({"A": separated}).set_index("term")
        assert separated.diverging == ["only"]
        assert frame.loc["only", ["estimate", "se", "low", "high", "p"]].isna().all()
        others = frame.drop(index="only")
        assert others[["estimate", "se", "low", "high", "p"]].notna().all(axis=None)
        assert not frame["converged"].any()

    def test_no_fit_at_all(self):
        with pytest.raises(ModelError) as error:
            estimates({})
        assert str(error.value) == "there are no fits to collect; give at least one, by name"

    @pytest.mark.parametrize("level", [95, 0, 1, float("nan")])
    def test_a_level_that_is_no_level(self, plain, level):
        with pytest.raises(ModelError, match="is not between 0 and 1"):
            estimates({"A": plain}, level)


class TestOddsRatios:
    def test_coefficients_alone_and_exponentiated(self, plain):
        frame = estimates({"A": plain})
        ratios = odds_ratios(frame)
        assert ratios["term"].tolist() == ["x"]
        for name in ("estimate", "low", "high"):
            assert ratios[name].tolist() == [np.exp(frame[name].iloc[0])]
        assert ratios["se_log"].tolist() == [frame["se"].iloc[0]]
        assert ratios[["p", "n"]].iloc[0].equals(frame[["p", "n"]].iloc[0])
        assert set(ratios["kind"]) == {"odds ratio"}

    def test_what_is_not_an_odds_ratio_is_not_shown_as_one(self, plain):
        with pytest.raises(ps.ProbstatsError, match="pass it through tables"):
            display_odds_ratios(estimates({"A": plain}))
        with pytest.raises(ps.ProbstatsError, match="pass it through tables"):
            ps.figures.coefficients(estimates({"A": plain}))

    def test_the_frame_is_not_changed(self, plain):
        frame = estimates({"A": plain})
        before = frame.copy(deep=True)
        odds_ratios(frame)
        pd.testing.assert_frame_equal(frame, before)

    def test_an_odds_ratio_is_the_ratio_of_predicted_odds(self, plain):
        ratio = odds_ratios(estimates({"A": plain}))["estimate"].iloc[0]
        chance = plain.predict(pd.DataFrame({"x": [0.0, 1.0]}))
        for worst in (1, 2):
            better = chance.iloc[:, worst:].sum(axis=1)
            odds = better / (1 - better)
            assert odds.iloc[1] / odds.iloc[0] == pytest.approx(ratio, rel=1e-10)

    @pytest.mark.parametrize("link", ["probit", "cloglog"])
    def test_coefficients_with_another_link_are_no_log_odds_ratios(self, data, plain, link):
        other = ps.CumulativeLinkModel.from_formula("y ~ x", data, link=link).fit()
        frame = estimates({"A": plain, "B": other})
        assert frame["link"].tolist() == ["logit"] * 3 + [link] * 3
        with pytest.raises(ModelError) as error:
            odds_ratios(frame)
        expected = f"coefficients with the {link} link are no log odds ratios"
        assert str(error.value) == expected

    def test_what_diverges_stays_missing(self, separated):
        ratios = odds_ratios(estimates({"A": separated})).set_index("term")
        assert ratios.loc["only", ["estimate", "low", "high"]].isna().all()


class TestForReaders:
    def rows(self, **columns):
        plain = {
            "model": ["A"], "term": ["PDU rather than CRC"], "estimate": [0.514], "low": [0.33],
            "high": [0.64], "n": [116], "clusters": [94],
        }  # fmt: skip
        return display_odds_ratios(pd.DataFrame(plain | columns))

    def test_one_row(self):
        assert self.rows().to_dict("records") == [
            {
                "Model": "A",
                "Comparison": "PDU rather than CRC",
                "Odds ratio": "0.51",
                "95% interval": "0.33\u00a0to\u00a00.64",
                "Inspections": "116",
                "Clusters": "94",
            }
        ]

    @pytest.mark.parametrize(
        ("value", "words"),
        [(0.0312, "0.031"), (1.0, "1.00"), (12.34, "12.3"), (181.4, "181"), (np.nan, "–"),
         (np.inf, "–"), (1234.5, "1,234")],
    )  # fmt: skip
    def test_odds_ratios_keep_the_figures_that_count(self, value, words):
        assert self.rows(estimate=[value])["Odds ratio"].tolist() == [words]

    def test_what_has_no_estimate_has_dashes_and_never_a_nan(self, separated):
        table = display_odds_ratios(odds_ratios(estimates({"A": separated})))
        row = table.set_index("Comparison").loc["only"]
        assert row["Odds ratio"] == "–"
        assert row["95% interval"] == "–\u00a0to\u00a0–"
        assert table.notna().all(axis=None)

    def test_a_fit_without_clusters_says_none(self, plain, clustered):
        alone = display_odds_ratios(odds_ratios(estimates({"A": plain})))
        assert alone["Clusters"].tolist() == ["none"]
        beside = display_odds_ratios(odds_ratios(estimates({"A": plain, "B": clustered})))
        assert beside["Clusters"].tolist() == ["none", "25"]

    def test_clusters_that_were_stored_as_fractions_are_whole(self):
        assert self.rows(clusters=[94.0])["Clusters"].tolist() == ["94"]
        assert self.rows(clusters=[np.nan])["Clusters"].tolist() == ["none"]

    @pytest.mark.parametrize(
        ("level", "words"),
        [(0.95, "95% interval"), (0.9, "90% interval"), (0.995, "99.5% interval")],
    )
    def test_the_level_of_the_intervals_is_in_the_header(self, plain, level, words):
        table = display_odds_ratios(odds_ratios(estimates({"A": plain}, level)))
        assert table.columns[3] == words

    def test_intervals_of_two_levels_cannot_stand_in_one_column(self, plain):
        frame = pd.concat([estimates({"A": plain}, level) for level in (0.9, 0.95)])
        with pytest.raises(ProbstatsError, match="mix intervals of levels"):
            display_odds_ratios(odds_ratios(frame))

    def test_everything_is_text(self, clustered):
        table = display_odds_ratios(odds_ratios(estimates({"B": clustered})))
        assert all(isinstance(cell, str) for cell in table.to_numpy().ravel())
