"""What the record amounts to: how it meets published totals, what it covers, what columns mean."""
