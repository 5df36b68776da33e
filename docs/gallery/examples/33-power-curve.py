"""Power. What nine judges of wine could find; at an odds ratio of 1, the size of the test."""

import pandas as pd

import probstats as ps

wine = pd.read_csv("tests/reference/wine.csv")
wine["rating"] = pd.Categorical(wine["rating"], [1, 2, 3, 4, 5], ordered=True)
wine = wine.astype({"temp": "category", "contact": "category"})
formula = "rating ~ temp + contact"
designs = {"Eight bottles": wine, "Four bottles": wine[wine["bottle"] % 2 == 0]}
found = {}
for name, rows in designs.items():
    model = ps.CumulativeLinkModel.from_formula(formula, rows)
    found[name] = ps.power(model, "contact", odds_ratio=[2, 3, 5, 8], n_resamples=100, rng=1)

drawing = ps.figures.power_curve(found)
