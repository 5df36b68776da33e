"""Stacked probabilities. All ratings of wine on one another."""

import pandas as pd

import probstats as ps

wine = pd.read_csv("tests/reference/wine.csv")
wine["rating"] = pd.Categorical(wine["rating"], [1, 2, 3, 4, 5], ordered=True)
wine = wine.astype({"temp": "category", "contact": "category"})
fit = ps.CumulativeLinkModel.from_formula("rating ~ temp + contact", wine).fit()

drawing = ps.figures.predicted_probabilities(fit, "contact", kind="stacked", label="Contact")
