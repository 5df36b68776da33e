"""From what users pass to checked designs and outcomes."""
