"""Ordinal models for any frame with any ordered outcome."""

from probstats.models.cumulative_link import CumulativeLinkModel
from probstats.models.detection import detect_separation

__all__ = ["CumulativeLinkModel", "detect_separation"]
