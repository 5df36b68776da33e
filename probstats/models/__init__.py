"""Ordinal models for any frame with any ordered outcome."""

from probstats.models.cumulative_link import CumulativeLinkModel, detect_separation

__all__ = ["CumulativeLinkModel", "detect_separation"]
