"""The study itself: its choices, its steps, its paper. Nothing below imports this."""
