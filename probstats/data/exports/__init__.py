"""The tables and the panel in the formats of other programs, and as a release to cite."""
