"""Covariances, tests, intervals and the words of a fit."""
