"""Cumulative link models with random effects, and models of change within groups."""
