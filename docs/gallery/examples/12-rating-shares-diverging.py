"""Diverging shares. Worse levels left, better ones right, the middle on the line; wine ratings."""

import pandas as pd

import probstats as ps

wine = pd.read_csv("tests/reference/wine.csv")
wine["rating"] = pd.Categorical(wine["rating"], [1, 2, 3, 4, 5], ordered=True)
wine["group"] = wine["temp"] + ", " + wine["contact"].map({"no": "no contact", "yes": "contact"})
shares = ps.tables.rating_shares(wine, "group")

drawing = ps.figures.rating_shares(shares, diverging=True)
