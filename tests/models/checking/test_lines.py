"""The model with nominal effects, and the one without as a special case of it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from probstats.models import CumulativeLinkModel
from probstats.models.checking.lines import all_edges, chosen, level_counts, lines_of
from probstats.models.checking.variants import with_nominal
from probstats.models.kernel.likelihood import loglike
from probstats.models.kernel.links import LINKS

MODELS = {
    "plain": {},
    "equidistant": {"threshold": "equidistant"},
    "symmetric": {"threshold": "symmetric"},
    "nominal and scale": {"nominal": "~ n", "scale": "~ s"},
}


@pytest.fixture(scope="module")
def data():
    rng = np.random.default_rng(21)
    frame = pd.DataFrame(rng.normal(size=(120, 5)), columns=["a", "b", "c", "n", "s"])
    level = (rng.logistic(size=120)[:, None] + frame[["a"]].to_numpy() > [-1.5, 0.0, 1.5]).sum(1)
    return frame.assign(y=level + 1, o=rng.normal(size=120), w=rng.uniform(0.5, 2.0, 120))


def lines_and_fit(data, **options):
    model = CumulativeLinkModel.from_formula("y ~ a + b + c", data, **options)
    fit = model.fit()
    return lines_of(fit, {"c": [2], "a": [0]}), fit


@pytest.mark.parametrize("link", LINKS)
@pytest.mark.parametrize("kind", MODELS)
def test_the_smaller_model_is_a_point_of_the_larger(data, kind, link):
    lines, fit = lines_and_fit(data, link=link, offset="o", weights="w", **MODELS[kind])
    assert list(lines.sets) == ["overall", "c", "a"]
    for columns, embedding in zip(lines.sets.values(), lines.embeddings, strict=True):
        larger = lines.enlarged(lines.rows, columns)
        params = embedding @ lines.params
        assert len(params) == larger.n_params == lines.rows.n_params + lines.df(columns)
        np.testing.assert_allclose(loglike(params, larger, lines.link), fit.llf, rtol=1e-12)


@pytest.mark.parametrize("kind", MODELS)
def test_on_the_scale_of_the_user_as_well(data, kind):
    lines, fit = lines_and_fit(data, **MODELS[kind])
    larger = with_nominal(fit.model, ["c", "a"])
    assert larger.loglike(lines.embeddings[0] @ fit.params.to_numpy()) == pytest.approx(fit.llf)


@pytest.mark.parametrize("kind", MODELS)
def test_departures_are_what_the_smaller_model_has_none_of(data, kind):
    lines, _ = lines_and_fit(data, **MODELS[kind])
    embedding = lines.embeddings[0]
    for columns in lines.sets.values():
        departures = lines.departures(columns)
        assert len(departures) == lines.df(columns)
        np.testing.assert_allclose(departures @ embedding, 0.0, atol=1e-12)
    together = lines.departures(lines.together)
    kept = np.linalg.matrix_rank(np.hstack([embedding, together.T]))
    assert kept == len(embedding)  # the two span the larger model


def test_the_model_of_a_term_is_a_part_of_the_largest(data):
    lines, _ = lines_and_fit(data)
    for (name, columns), span in zip(lines.sets.items(), lines.spans, strict=True):
        assert span.shape[1] == lines.rows.n_params + lines.df(columns), name
        within = span @ (span.T @ lines.embeddings[0])
        np.testing.assert_allclose(within, lines.embeddings[0], atol=1e-12)
        others = [c for c in lines.together if c not in columns]
        if others:
            np.testing.assert_allclose(lines.departures(others) @ span, 0.0, atol=1e-12)


def test_outcomes_given_as_counts(data):
    lines, _ = lines_and_fit(data, weights="w")
    counts = level_counts(lines.rows)
    np.testing.assert_allclose(counts.sum(axis=1), lines.rows.weights)
    again = chosen(lines.rows, (counts > 0).astype(int))
    assert again.weights is None
    np.testing.assert_array_equal(again.edges, lines.rows.edges)
    rng = np.random.default_rng(2)
    drawn = rng.multinomial(3, [0.1, 0.4, 0.3, 0.2], size=len(data))
    rows = chosen(lines.rows, drawn)
    assert rows.weights.sum() == 3 * len(data)
    totals = np.bincount(rows.edges[1], rows.weights)
    np.testing.assert_array_equal(totals, drawn.sum(axis=0))
    assert all_edges(lines.rows).edges.shape == (5, len(data))
