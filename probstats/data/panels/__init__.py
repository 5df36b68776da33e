"""The analysis panel, and the series of the nation."""
