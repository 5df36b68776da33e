"""Ordinal models for any frame with any ordered outcome."""

from probstats.models.cumulative_link import CumulativeLinkModel

__all__ = ["CumulativeLinkModel"]
