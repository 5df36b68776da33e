"""Bringing in new data: from a file and its layout to rows beside those of the tables."""
