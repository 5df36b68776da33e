"""The expected information, by brute force over everything a row could have been."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import probstats as ps
from probstats.models import CumulativeLinkModel
from probstats.models.checking import score_test
from probstats.models.checking.lines import level_counts, lines_of
from probstats.models.checking.variants import with_outcome
from probstats.models.kernel.links import LINKS

MODELS = {
    "plain": {},
    "equidistant": {"threshold": "equidistant"},
    "nominal": {"nominal": "~ n"},
    "scale": {"scale": "~ s"},
    "both": {"nominal": "~ n", "scale": "~ s", "offset": "o", "weights": "w"},
}


@pytest.fixture(scope="module")
def data():
    rng = np.random.default_rng(21)
    frame = pd.DataFrame(rng.normal(size=(90, 4)), columns=["a", "b", "n", "s"])
    level = (rng.logistic(size=90)[:, None] + frame[["a"]].to_numpy() > [-1.5, 0.0, 1.5]).sum(1)
    return frame.assign(y=level + 1, o=rng.normal(size=90), w=rng.uniform(0.5, 2.0, 90))


@pytest.mark.parametrize("link", LINKS)
@pytest.mark.parametrize("kind", MODELS)
def test_expected_information_is_the_mean_of_all_outcomes(data, kind, link):
    """I = sum_i w_i sum_k p_ik s_ik s_ik', with s_ik the score row i would have at level k."""
    model = CumulativeLinkModel.from_formula("y ~ a + b", data, link=link, **MODELS[kind])
    fit = model.fit()
    lines = lines_of(fit, {"a": [0], "b": [1]})
    params = lines.embeddings[0] @ lines.params
    score, information = score_test.score_and_information(
        params, lines.every_edge, level_counts(lines.rows), lines.link
    )
    nominal = MODELS[kind].get("nominal", "~ 1") + " + a + b"
    options = {k: v for k, v in MODELS[kind].items() if k != "nominal"}
    larger = CumulativeLinkModel.from_formula("y ~ 1", data, link=link, nominal=nominal, **options)
    on_users = lines_of(fit, {"a": [0], "b": [1]}).embedding([0, 1]) @ fit.params.to_numpy()
    weights = data["w"].to_numpy() if "weights" in options else np.ones(len(data))
    brute = np.zeros_like(information)
    for level in range(4):
        there = with_outcome(larger, np.full(len(data), level))
        scores = there.score_obs(on_users) / weights[:, None]
        chance = fit.predict().to_numpy()[:, level]
        brute += scores.T @ (scores * (weights * chance)[:, None])
    # The value does not depend on the scale of the parameters; the matrices do.
    user_score = larger.score(on_users)
    np.testing.assert_allclose(
        score @ np.linalg.solve(information, score),
        user_score @ np.linalg.solve(brute, user_score),
        rtol=1e-8,
    )


def test_quadratic_forms():
    matrix = np.array([[2.0, 0.5], [0.5, 1.0]])
    vector = np.array([1.0, -1.0])
    expected = vector @ np.linalg.inv(matrix) @ vector
    assert score_test.quadratic(vector, matrix) == pytest.approx(expected)
    assert np.isnan(score_test.quadratic(vector, np.diag([1.0, -1.0])))
    assert np.isnan(score_test.quadratic(vector, np.full((2, 2), np.nan)))


def test_a_binary_covariate_is_a_table():
    """With one binary covariate the score test is Pearson's, of the counts the fit expects.

    The larger model is saturated, and U'I^-1 U of a saturated multinomial is sum (n - e)^2 / e.
    """
    counts = np.array([[12, 30, 25, 9], [8, 14, 33, 21]])
    data = pd.DataFrame(
        [(z, y, counts[z, y - 1]) for z in (0, 1) for y in (1, 2, 3, 4)], columns=["z", "y", "n"]
    )
    fit = CumulativeLinkModel.from_formula("y ~ z", data, weights="n").fit()
    found = ps.parallel_lines_test(fit, "score")
    expected = found.expected.to_numpy()
    pearson = ((counts - expected) ** 2 / expected).sum()
    np.testing.assert_allclose(found.statistic, pearson, rtol=1e-8)
    np.testing.assert_allclose(found.p_value, stats.chi2.sf(pearson, 2), rtol=1e-8)


def test_many_rows_are_worked_on_in_blocks(data):
    many = data.loc[data.index.repeat(200)].reset_index(drop=True)
    once = ps.parallel_lines_test(
        CumulativeLinkModel.from_formula("y ~ a + b", data).fit(), "score"
    )
    often = ps.parallel_lines_test(
        CumulativeLinkModel.from_formula("y ~ a + b", many).fit(), "score"
    )
    np.testing.assert_allclose(often.table["statistic"], 200 * once.table["statistic"], rtol=1e-6)
