"""Diagnostics. Surrogate residuals, their quantiles, and influence, of a fit to ratings of wine."""

import pandas as pd

import probstats as ps

wine = pd.read_csv("tests/reference/wine.csv")
wine["rating"] = pd.Categorical(wine["rating"], [1, 2, 3, 4, 5], ordered=True)
wine = wine.astype({"temp": "category", "contact": "category"})
fit = ps.CumulativeLinkModel.from_formula("rating ~ temp + contact", wine).fit()

drawing = ps.figures.diagnostics(fit, rng=1)
