"""How standards add up to a rating, and what follows from that."""
