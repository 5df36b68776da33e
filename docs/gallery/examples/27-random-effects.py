"""Random effects. Nine judges of wine, smallest first, unnamed; no ranking."""

import pandas as pd

import probstats as ps

wine = pd.read_csv("tests/reference/wine.csv")
wine["rating"] = pd.Categorical(wine["rating"], [1, 2, 3, 4, 5], ordered=True)
wine = wine.astype({"temp": "category", "contact": "category"})
model = ps.CumulativeLinkMixedModel.from_formula("rating ~ temp + contact", wine, groups="judge")

drawing = ps.figures.random_effects(model.fit("agq", nodes=10))
