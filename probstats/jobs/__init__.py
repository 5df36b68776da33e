"""Many pieces of one piece of work: on any number of processors, kept as they finish."""
