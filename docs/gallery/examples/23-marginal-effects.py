"""Average effects. By how much each rating of wine becomes more or less likely."""

import pandas as pd

import probstats as ps

wine = pd.read_csv("tests/reference/wine.csv")
wine["rating"] = pd.Categorical(wine["rating"], [1, 2, 3, 4, 5], ordered=True)
wine = wine.astype({"temp": "category", "contact": "category"})
fit = ps.CumulativeLinkModel.from_formula("rating ~ temp + contact", wine).fit()
terms = {"temp": "Temperature", "contact": "Contact with skins"}

drawing = ps.figures.marginal_effects(fit, terms=terms)
