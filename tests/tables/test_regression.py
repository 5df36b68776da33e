"""Models side by side: the cells against the fits, on wine ratings and simulated data."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import probstats as ps
from probstats.errors import (
    ConvergenceWarning,
    ModelError,
    SeparationWarning,
)
from probstats.tables import regression_table

FORMULA = "rating ~ temp + contact"
WARM, CONTACT = "temp: warm rather than cold", "contact: yes rather than no"


@pytest.fixture(scope="module")
def wine():
    wine = pd.read_csv("tests/reference/wine.csv")
    wine["rating"] = pd.Categorical(wine["rating"], categories=[1, 2, 3, 4, 5], ordered=True)
    return wine.astype({"temp": "category", "contact": "category"})


@pytest.fixture(scope="module")
def plain(wine):
    return ps.CumulativeLinkModel.from_formula(FORMULA, wine).fit()


@pytest.fixture(scope="module")
def mixed(wine):
    return ps.CumulativeLinkMixedModel.from_formula(FORMULA, wine, groups="judge").fit()


@pytest.fixture(scope="module")
def separated():
    data = pd.DataFrame({"y": [1, 1, 2, 1, 2, 2, 2], "x": [3, 1, 2, 4, 5, 3, 1]})
    data["only"] = [0, 0, 0, 0, 1, 1, 1]
    return data


def cell(table, label, model="Model"):
    found = table.formatted.set_index("Parameter").loc[label, model]
    return found.replace("\u00a0", " ")


def test_odds_ratios_and_thresholds_are_those_of_r(plain):
    """Coefficients 2.503 and 1.528, thresholds and log-likelihood of ordinal::clm on these data."""
    table = regression_table(plain)
    assert cell(table, WARM) == "12.2 (4.34 to 34.4)"
    assert cell(table, CONTACT) == "4.61 (1.81 to 11.7)"
    assert [cell(table, f"Threshold {n}|{n + 1}").split()[0] for n in range(1, 5)] == [
        "−1.34", "1.25", "3.47", "5.01"
    ]  # fmt: skip
    assert cell(table, "Log-likelihood") == "−86.5"
    assert cell(table, "AIC") == "185.0"
    assert cell(table, "Rows") == "72"
    assert cell(table, "Link") == "logit"
    assert cell(table, "Standard errors") == "model-based"
    assert "Clusters" not in table.formatted["Parameter"].tolist()
    assert table.caption == "Odds ratios (95% interval)"
    assert "Reference categories: temp cold, contact no." in table.notes
    assert "*" not in repr(table)


def test_data_are_the_fit_s_own_in_full(plain):
    data = regression_table(plain, level=0.9).data.set_index("term")
    z = stats.norm.ppf(0.95)
    value, error = plain.params["temp[warm]"], plain.bse["temp[warm]"]
    row = data.loc["temp[warm]"]
    assert row["kind"] == "odds ratio"
    assert row["label"] == WARM
    np.testing.assert_allclose(
        [row["estimate"], row["low"], row["high"], row["se_log"]],
        [np.exp(value), np.exp(value - z * error), np.exp(value + z * error), error],
        rtol=1e-10,
    )
    assert data.loc["1|2", "estimate"] == plain.params["1|2"]
    assert data.loc["AIC", "estimate"] == plain.aic
    assert data.loc["log-likelihood", "kind"] == "statistic"
    assert set(data["cov_type"]) == {"nonrobust"}


def test_models_stand_beside_each_other(wine, plain, mixed):
    model = ps.CumulativeLinkModel.from_formula("rating ~ temp", wine)
    clustered = model.fit(cov_type="cluster", cov_kwds={"groups": wine["judge"]})
    fixed = ps.FixedEffectsOrderedLogit.from_formula(FORMULA, wine, groups="judge").fit()
    fits = {"Small": clustered, "Plain": plain, "Mixed": mixed, "Fixed": fixed}
    table = regression_table(fits)
    assert table.formatted.columns.tolist() == ["Parameter", *fits]
    assert table.formatted["Parameter"].tolist()[:2] == [WARM, CONTACT]
    assert cell(table, CONTACT, "Small") == ""
    assert cell(table, "Threshold 1|2", "Fixed") == ""
    assert cell(table, "sd(judge)", "Mixed") == "1.13 (0.57 to 2.26)"
    assert cell(table, "sd(judge)", "Plain") == ""
    assert cell(table, "Intraclass correlation", "Mixed") == "0.28"
    assert cell(table, "Groups", "Mixed") == "judge 9"
    assert [cell(table, "Clusters", name) for name in fits] == ["9", "none", "none", "9"]
    assert cell(table, "AIC", "Fixed") == cell(table, "Log-likelihood", "Fixed") == "none"
    assert cell(table, "Standard errors", "Small") == "clustered, CR1"
    said = "Small: Standard errors clustered on judge (9 clusters), t reference with 8 degrees"
    assert any(note.startswith(said) for note in table.notes)
    assert any(note.startswith("Small: Reference categories: temp cold.") for note in table.notes)
    assert any(note.startswith("Fixed: Thresholds of each judge") for note in table.notes)
    assert len(table.data[table.data["term"] == "temp[warm]"]) == 4


def test_another_link_has_coefficients_and_no_odds(wine, plain):
    probit = ps.CumulativeLinkModel.from_formula(FORMULA, wine, link="probit").fit()
    table = regression_table({"A": plain, "B": probit})
    assert table.caption == "Coefficients (95% interval)"
    assert cell(table, WARM, "A").startswith("2.50 (1.47 to ")
    assert cell(table, "Link", "B") == "probit"
    with pytest.raises(ModelError, match="with the probit link are no log odds ratios"):
        regression_table(probit, odds=True)


def test_scale_effects_have_no_odds_ratio(wine):
    fit = ps.CumulativeLinkModel.from_formula(
        "rating ~ temp", wine, nominal="~contact", scale="~temp"
    ).fit()
    table = regression_table(fit)
    assert table.caption.startswith("Coefficients")
    assert table.formatted["Parameter"].tolist()[:3] == [
        WARM, f"Log scale: {WARM}", f"Threshold 1|2: {CONTACT}"
    ]  # fmt: skip
    assert cell(table, f"Log scale: {WARM}").split()[0] == "0.13"
    with pytest.raises(ModelError, match="'Model' has scale effects"):
        regression_table(fit, odds=True)


def test_no_finite_estimate_is_said_with_the_end_the_profile_has(separated):
    with pytest.warns(SeparationWarning):
        fit = ps.CumulativeLinkModel.from_formula("y ~ x + only", separated).fit()
    table = regression_table(fit)
    low = fit.conf_int(method="profile").loc["only", 0]
    assert cell(table, "only") == f"no finite estimate ({np.exp(low):.2f} to ∞)"
    assert any("The data separate the levels" in note for note in table.notes)
    assert "profile likelihood" in table.notes[0]
    assert table.formatted.columns[1] == "Model"
    row = table.data.set_index("term").loc["only"]
    assert np.isnan(row["estimate"])
    assert row["low"] == pytest.approx(np.exp(low))
    assert row["high"] == np.inf
    falling = separated.assign(only=1 - separated["only"])
    with pytest.warns(SeparationWarning):
        other = ps.CumulativeLinkModel.from_formula("y ~ x + only", falling).fit()
    assert cell(regression_table(other), "only").startswith("no finite estimate (0 to ")


def test_clustered_errors_have_no_profile(separated):
    groups = [0, 1, 2, 3, 4, 5, 6]
    with pytest.warns(SeparationWarning):
        fit = ps.CumulativeLinkModel.from_formula("y ~ x + only", separated).fit(
            cov_type="cluster", cov_kwds={"groups": groups}
        )
    assert cell(regression_table(fit), "only") == "no finite estimate"


def test_what_was_reduced_or_penalised_says_so_and_has_no_likelihood(separated):
    model = ps.CumulativeLinkModel.from_formula("y ~ x + only", separated)
    table = regression_table({"R": model.fit(reduction="mean"), "P": model.fit(penalty=1.0)})
    assert cell(table, "only", "R").startswith("12.3 (")
    labels = table.formatted["Parameter"].tolist()
    assert not {"AIC", "Log-likelihood"} & set(labels)  # neither has one
    assert any(note.startswith("R: Scores adjusted") for note in table.notes)
    assert any(note.startswith("P: Ridge penalty 1") for note in table.notes)


def test_what_did_not_converge_is_marked(wine, plain):
    with pytest.warns(ConvergenceWarning):
        stopped = ps.CumulativeLinkModel.from_formula(FORMULA, wine).fit(maxiter=1)
    table = regression_table({"A": plain, "B": stopped})
    assert table.formatted.columns.tolist() == ["Parameter", "A", "B (not converged)"]
    assert any(note.startswith("B: The optimiser did not converge") for note in table.notes)
    assert set(table.data.loc[table.data["model"] == "B", "converged"]) == {False}


def test_a_standard_deviation_at_zero():
    rng = np.random.default_rng(5)
    simulated = pd.DataFrame(
        {"y": rng.integers(0, 3, 60), "x": rng.normal(size=60), "g": np.tile(range(10), 6)}
    )
    model = ps.CumulativeLinkMixedModel.from_formula("y ~ x", simulated, groups="g")
    with pytest.warns(ps.BoundaryWarning):
        fit = model.fit()
    assert fit.edge == ("sd(g)",)
    assert cell(regression_table(fit), "sd(g)") == "0.00 (at its edge)"


def test_pooled_fits():
    rng = np.random.default_rng(3)
    simulated = pd.DataFrame({"x": rng.normal(size=120)})
    simulated["y"] = np.digitize(simulated["x"] + rng.logistic(size=120), [-1, 1])
    frames = [simulated.assign(x=simulated["x"] + 0.05 * rng.normal(size=120)) for _ in range(5)]
    fits = [ps.CumulativeLinkModel.from_formula("y ~ x", one).fit() for one in frames]
    pooled = ps.pool(fits)
    table = regression_table({"Pooled": pooled, "First": fits[0]})
    ends = np.exp(pooled.conf_int().loc["x"])
    assert cell(table, "x", "Pooled") == (
        f"{np.exp(pooled.params['x']):.2f} ({ends[0]:.2f} to {ends[1]:.2f})"
    )
    assert cell(table, "AIC", "Pooled") == "none"
    assert cell(table, "Standard errors", "Pooled") == "model-based, pooled"
    assert "Pooled: 5 imputations pooled by Rubin's rules." in table.notes
    assert (
        table.data.query("model == 'Pooled' and term == 'x'")["se_log"].item() == (pooled.bse["x"])
    )


def test_names_of_terms(wine):
    crossed = ps.CumulativeLinkModel.from_formula("rating ~ temp:contact + C(judge)", wine).fit()
    labels = regression_table(crossed, thresholds=False, statistics=[]).formatted["Parameter"]
    assert "judge: 2 rather than 1" in labels.tolist()
    # The columns of this interaction have no common reference, so none is named.
    assert "temp: warm × contact: no" in labels.tolist()
    assert not labels.str.startswith("Threshold").any()
    words = {"temp[warm]": "Warm", "contact[yes]": "Contact", "unused": "never"}
    plain = ps.CumulativeLinkModel.from_formula(FORMULA, wine, nominal=None).fit()
    named = regression_table(plain, terms=words, statistics=())
    assert named.formatted["Parameter"].tolist()[:2] == ["Warm", "Contact"]


def test_a_model_of_thresholds_alone(wine):
    fit = ps.CumulativeLinkModel.from_formula("rating ~ 1", wine).fit()
    table = regression_table(fit, statistics=["n"])
    assert table.caption == "Thresholds (95% interval)"
    assert table.formatted["Parameter"].tolist()[0] == "Threshold 1|2"


def test_another_reference_is_another_row(wine, plain):
    turned = wine.assign(temp=wine["temp"].cat.reorder_categories(["warm", "cold"]))
    other = ps.CumulativeLinkModel.from_formula(FORMULA, turned).fit()
    table = regression_table({"A": plain, "B": other})
    assert cell(table, WARM, "B") == ""
    assert cell(table, "temp: cold rather than warm", "A") == ""


def test_rows_dropped_are_counted(wine):
    holes = wine.assign(temp=wine["temp"].where(wine.index > 2))
    fit = ps.CumulativeLinkModel.from_formula(FORMULA, holes).fit()
    table = regression_table(fit)
    assert "Rows dropped for missing values: 3 (temp 3)." in table.notes
    assert cell(table, "Rows") == "69"


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda _: regression_table({}), "there are no fits to set side by side"),
        (lambda _: regression_table("fit"), "'Model' is a str; give what fit"),
        (lambda fit: regression_table({"A": fit.model}), "'A' is a CumulativeLinkModel"),
        (lambda fit: regression_table(fit, statistics=["r2"]), "statistics= names 'r2'; there"),
        (lambda fit: regression_table(fit, statistics="n"), "must be a sequence of names"),
        (lambda fit: regression_table(fit, level=95), "is not between 0 and 1"),
    ],
)
def test_what_makes_no_sense(plain, make, message):
    with pytest.raises(ModelError, match=message):
        make(plain)
