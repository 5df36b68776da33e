"""Figures put beside ratings: levels, time, populations, and an account of what was refused."""
