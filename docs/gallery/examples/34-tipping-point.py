"""Tipping point. Some ratings of wine from bottles with contact are made missing, by simulation."""

import numpy as np
import pandas as pd

import probstats as ps

wine = pd.read_csv("tests/reference/wine.csv", usecols=["rating", "temp", "contact"])
wine["rating"] = pd.Categorical(wine["rating"], [1, 2, 3, 4, 5], ordered=True)
wine["temp"], wine["contact"] = wine["temp"] == "warm", 1.0 * (wine["contact"] == "yes")
lost = (np.random.default_rng(1).random(len(wine)) < 0.3) & (wine["contact"] == 1)
wine["rating"] = wine["rating"].where(~lost)
formula, deltas = "rating ~ temp + contact", [-4, -2, 2]
result = ps.delta_sensitivity(wine, formula, "rating", deltas, term="contact", m=30, rng=1)

drawing = ps.figures.tipping_point(result, label="Missing ratings moved by, log odds")
