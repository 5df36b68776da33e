"""Two outcomes in a table. Ratings of wine from warm and cold bottles by the same judge."""

import pandas as pd

import probstats as ps

wine = pd.read_csv("tests/reference/wine.csv")
wine["rating"] = pd.Categorical(wine["rating"], [1, 2, 3, 4, 5], ordered=True)
wine = wine.astype({"temp": "category", "contact": "category"})
pairs = wine.sort_values("bottle").assign(place=wine.groupby(["judge", "temp"]).cumcount())
pairs = pairs.pivot(index=["judge", "place"], columns="temp", values="rating")
found = ps.cross_table(pairs, "cold", "warm", rng=1)

drawing = ps.figures.association(found, names={"cold": "Cold bottle", "warm": "Warm bottle"})
