"""Parallel lines. Coefficients at each split of the ratings of wine, beside the common ones."""

import pandas as pd

import probstats as ps

wine = pd.read_csv("tests/reference/wine.csv")
wine["rating"] = pd.Categorical(wine["rating"], [1, 2, 3, 4, 5], ordered=True)
wine = wine.astype({"temp": "category", "contact": "category"})
fit = ps.CumulativeLinkModel.from_formula("rating ~ temp + contact", wine).fit()
terms = {"temp[warm]": "Warm, not cold", "contact[yes]": "Contact with skins"}

drawing = ps.figures.parallel_lines(fit, terms=terms)
