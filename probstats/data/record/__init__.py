"""The tables of the record: where they lie, how they are read and checked."""
