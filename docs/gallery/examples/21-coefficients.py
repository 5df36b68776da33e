"""Odds ratios. The models of the analysis plan, from stored results; associations, not effects."""

import pandas as pd

from probstats import figures
from probstats.study.drawings import named_odds_ratios

estimates = pd.read_csv("paper/results/estimates.csv")

drawing = figures.coefficients(named_odds_ratios(estimates))
