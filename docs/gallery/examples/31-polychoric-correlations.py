"""Polychoric correlations. Three answers of 1,681 tenants (Madsen 1976), with their intervals."""

import pandas as pd

import probstats as ps

housing = pd.read_csv("tests/reference/housing.csv")
tenants = housing.loc[housing.index.repeat(housing["Freq"]), ["Sat", "Infl", "Cont"]]
levels = pd.CategoricalDtype(["Low", "Medium", "High"], ordered=True)
tenants = tenants.astype({"Sat": levels, "Infl": levels})
tenants["Cont"] = pd.Categorical(tenants["Cont"], ["Low", "High"], ordered=True)
names = {"Sat": "Satisfaction", "Infl": "Influence", "Cont": "Contact"}

drawing = ps.figures.association(ps.polychoric(tenants), names=names)
