"""Who is inspected or measured: the register, its names over time, and finding a name in it."""
