"""Probabilities, average effects and simulated outcomes, with intervals."""
