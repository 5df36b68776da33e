"""From many claims to one value or interval for each cell, and the story of it."""
