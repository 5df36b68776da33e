"""Specification curve. Contact in all analyses of the ratings of wine over links and covariates."""

import pandas as pd

import probstats as ps

wine = pd.read_csv("tests/reference/wine.csv")
wine["rating"] = pd.Categorical(wine["rating"], [1, 2, 3, 4, 5], ordered=True)
wine = wine.astype({"temp": "category", "contact": "category"})
curve = ps.specification_curve(
    wine, "rating", "contact", {"none": [], "temperature": ["temp"], "judge": ["C(judge)"]},
    links=["logit", "probit", "cloglog"], models=["likelihood", "reduced"],
)  # fmt: skip

drawing = ps.figures.specification_curve(curve)
