"""Staffing over time. Officers in post and the qualified share, broken where the population is."""

import probstats as ps

series, claims = ps.data.national_staffing(), ps.data.national_staffing_claims()
unification = "2021-06-26"

drawing = ps.figures.staffing_trend(series, claims, unification)
