"""The printed summary: what it must say, in text, HTML and LaTeX."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest

from probstats.errors import (
    ConvergenceWarning,
    EmptyLevelWarning,
    MergedLevelsWarning,
    ModelError,
    SeparationWarning,
)
from probstats.models import CumulativeLinkModel
from probstats.models.inference.summary import _p_value

FORMULA = "rating ~ temp + contact"


def summary(formula, data, alpha=0.05, link="logit", **options):
    model = CumulativeLinkModel.from_formula(formula, data, link=link)
    return model.fit(**options).summary(alpha=alpha)


def row(text, name):
    """The cells of the row of that name."""
    (line,) = [line for line in text.splitlines() if line.startswith(f"{name} ")]
    return line.removeprefix(name).split()


def test_numbers_of_the_table(wine):
    text = summary(FORMULA, wine).as_text()
    assert row(text, "temp[warm]") == ["2.5031", "0.5287", "4.7346", "<0.0001", "1.4669", "3.5393"]
    assert row(text, "4|5")[:2] == ["5.0064", "0.7309"]
    header = next(line for line in text.splitlines() if "estimate" in line)
    assert header.split() == ["estimate", "std.", "error", "z", "P>|z|", "2.5%", "97.5%"]


def test_the_head(wine):
    text = summary(FORMULA, wine, link="probit").as_text()
    for pattern in (
        r"Outcome\s+rating",
        r"Rows\s+72",
        r"Link\s+probit",
        r"Log-likelihood\s+-85\.7611",
        r"Levels\s+1 < 2 < 3 < 4 < 5",
        r"AIC\s+183\.52",
        r"BIC\s+197\.18",
        r"Converged\s+yes",
    ):
        assert re.search(pattern, text), pattern
    assert "dropped" not in text
    assert "Standard errors" not in text


def test_level_of_the_intervals(wine):
    text = summary(FORMULA, wine, alpha=0.1).as_text()
    assert "5%" in text
    assert "95%" in text
    assert "97.5%" not in text
    assert row(text, "temp[warm]")[-2:] == ["1.6335", "3.3727"]


def test_robust_errors_are_named(wine):
    assert "Standard errors are HC1." in summary(FORMULA, wine, cov_type="HC1").as_text()


def test_clusters_are_counted_and_bring_t(wine):
    kwds = {"groups": "judge"}
    text = summary(FORMULA, wine, cov_type="cluster", cov_kwds=kwds).as_text()
    assert "Standard errors clustered on judge (9 clusters), t reference with 8 degrees" in text
    assert "P>|t|" in text
    assert "P>|z|" not in text
    kwds = {"groups": wine["judge"].to_numpy()}
    text = summary(FORMULA, wine, cov_type="cluster", cov_kwds=kwds).as_text()
    assert "clustered on groups (9 clusters)" in text


def test_rows_dropped_are_counted_by_column(wine):
    wine.loc[[3, 4], "temp"] = None
    wine.loc[[4, 9], "contact"] = None
    text = summary(FORMULA, wine).as_text()
    assert "Rows dropped for missing values: 3 (contact 2, temp 2)." in text
    assert re.search(r"Rows\s+69", text)


def test_empty_levels(wine):
    few = wine[wine["rating"] != 4]
    with pytest.warns(EmptyLevelWarning):
        text = summary(FORMULA, few).as_text()
    assert "Levels left out: 4." in text
    assert "1 < 2 < 3 < 5" in text


def test_separation(wine):
    wine["sour"] = (wine["rating"] == 5).astype(float)
    wine.loc[0, "sour"] = 1.0
    wine.loc[0, "rating"] = 5
    with pytest.warns(SeparationWarning):
        text = summary("rating ~ temp + sour", wine).as_text()
    assert re.search(r"Converged\s+NO", text)
    assert "The data separate the levels: sour goes to plus infinity (at 4|5)" in text
    assert row(text, "sour") == ["inf", *["none"] * 5]
    assert "none" not in row(text, "temp[warm]")
    assert "nan" not in text


def test_no_convergence(wine):
    with pytest.warns(ConvergenceWarning):
        text = summary(FORMULA, wine, maxiter=1).as_text()
    assert re.search(r"Converged\s+NO", text)
    assert "The optimiser did not converge; these are not maximum-likelihood estimates." in text


@pytest.mark.parametrize("formula", [FORMULA, "rating ~ 1", "rating ~ temp * contact + wine_age"])
def test_every_format_has_every_parameter(wine, formula):
    wine["wine_age"] = np.arange(72.0) % 5
    model = CumulativeLinkModel.from_formula(formula, wine)
    found = model.fit()
    text, html = found.summary().as_text(), found.summary().as_html()
    latex = found.summary().as_latex()
    for name in found.params.index:
        assert name in text
        assert name in html
        assert name.replace("_", r"\_").replace("|", "$|$") in latex
    assert text == str(found.summary())
    assert html.count("<table") == 2
    assert latex.count(r"\begin{tabular}") == 2
    assert found.summary()._repr_html_()


def test_a_fit_of_arrays():
    rng = np.random.default_rng(0)
    x = pd.DataFrame({"hours": rng.normal(size=50)})
    text = CumulativeLinkModel(rng.integers(0, 3, 50), x).fit().summary().as_text()
    assert re.search(r"Outcome\s+outcome", text)
    assert "hours" in text


@pytest.mark.parametrize(
    ("value", "printed"),
    [
        (0.0, "<0.0001"),
        (4.999e-5, "<0.0001"),
        (5.001e-5, "0.0001"),
        (0.02, "0.0200"),
        (1, "1.0000"),
    ],
)
def test_a_small_p_value_is_never_printed_as_zero(value, printed):
    assert _p_value(value) == printed
    assert _p_value(np.nan) == "none"


def test_levels_no_row_tells_apart(wine):
    low = wine["rating"].cat.rename_categories(str)
    wine["low"], wine["high"] = low.replace("2", "1"), low.replace("1", "2")
    with pytest.warns(MergedLevelsWarning):
        text = summary("interval(low, high) ~ temp", wine).as_text()
    assert "Levels no row tells apart: 1 and 2." in text
    assert "1 to 2 < 3 < 4 < 5" in text


def test_weights_and_structures_are_told(wine):
    wine["w"] = np.resize([0.0, 1.0, 2.5], 72)
    options = {"weights": "w", "threshold": "equidistant"}
    model = CumulativeLinkModel.from_formula(FORMULA, wine, **options)
    text = model.fit().summary().as_text()
    assert "Rows with weight 0 left out: 24." in text
    assert re.search(r"Rows\s+84", text)
    assert re.search(r"Thresholds\s+equidistant", text)
    assert "weight 0" not in summary(FORMULA, wine).as_text()


def test_reference_categories_are_named(wine):
    text = summary(FORMULA, wine).as_text()
    assert "Reference categories: temp cold, contact no." in text
    assert "Reference" not in summary("rating ~ 1", wine).as_text()


def test_odds_ratios_with_their_intervals(wine):
    found = CumulativeLinkModel.from_formula(FORMULA, wine).fit()
    table = found.summary(odds_ratios=True, alpha=0.1).tables[-1].as_text()
    low, high = np.exp(found.conf_int(alpha=0.1).loc["temp[warm]"])
    expected = [f"{value:.4f}" for value in (np.exp(found.params["temp[warm]"]), low, high)]
    assert row(table, "temp[warm]") == expected
    assert "1|2" not in table
    probit = CumulativeLinkModel.from_formula(FORMULA, wine, link="probit").fit()
    with pytest.raises(ModelError, match=r"an odds ratio with the logit link, not with probit"):
        probit.summary(odds_ratios=True)


def test_notes_are_text_in_latex(wine):
    data = wine.rename(columns={"temp": "my_temp"})
    found = CumulativeLinkModel.from_formula("rating ~ my_temp", data).fit()
    text = found.summary()
    assert r"Reference categories: my\_temp cold." in text.as_latex()
    assert "Reference categories: my_temp cold." in text.as_text()


def test_odds_ratios_are_refused_with_scale_effects(wine):
    found = CumulativeLinkModel.from_formula("rating ~ temp", wine, scale="~ contact").fit()
    with pytest.raises(ModelError, match="not the odds ratio at every threshold"):
        found.summary(odds_ratios=True)
