"""Checking an ordinal model: assumptions, fit, residuals, influence, validation."""
