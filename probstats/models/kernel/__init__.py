"""Likelihood, maximum and separation: arrays in, arrays out."""
