"""Models side by side. Ratings of wine, with and without random effects of judges."""

import pandas as pd

import probstats as ps

wine = pd.read_csv("tests/reference/wine.csv")
wine["rating"] = pd.Categorical(wine["rating"], [1, 2, 3, 4, 5], ordered=True)
wine = wine.astype({"temp": "category", "contact": "category"})
formula = "rating ~ temp + contact"
plain = ps.CumulativeLinkModel.from_formula(formula, wine).fit()
mixed = ps.CumulativeLinkMixedModel.from_formula(formula, wine, groups="judge").fit()
fits = {"Plain": plain, "Judges differ": mixed}
terms = {"temp[warm]": "Warm, not cold", "contact[yes]": "Contact with skins"}

drawing = ps.figures.coefficients(fits, terms=terms, side_by_side=True)
