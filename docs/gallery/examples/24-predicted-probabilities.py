"""Predicted probabilities. A panel for each level, averaged over the sample; simulated data."""

import pandas as pd

import probstats as ps

simulated = pd.read_csv("tests/reference/simulated.csv").astype({"g": "category"})
simulated["y4"] = pd.Categorical(simulated["y4"], [1, 2, 3, 4], ordered=True)
fit = ps.CumulativeLinkModel.from_formula("y4 ~ x + g", simulated).fit()

drawing = ps.figures.predicted_probabilities(fit, "x", label="Covariate")
