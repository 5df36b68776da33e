"""Effects on the probability of each level."""

import probstats as ps


def test_comparisons_have_a_true_minus_and_levels_a_word(simulated):
    data = simulated.ratings(60)
    data["score"] = data["rating"].cat.codes
    fit = ps.CumulativeLinkModel.from_formula("score ~ kind", data).fit()
    drawing = ps.figures.marginal_effects(fit)
    assert (
        "kind: Probation Delivery Unit − Community Rehabilitation Company, level 0: "
        in drawing.alt_text
    )
    [axes] = drawing.figure.axes
    assert axes.get_yticklabels()[0].get_text() == "level 0"
