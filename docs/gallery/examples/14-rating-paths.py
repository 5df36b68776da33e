"""From one rating to the next. Overall ratings of the providers that were rated twice."""

import probstats as ps

wide = ps.load_panel("wide").dropna(subset=["rating_overall"])
ratings = wide.sort_values("programme_start_year").groupby("subject_id")["rating_overall"]
pairs = ratings.agg(["first", "last", "size"]).query("size == 2")

drawing = ps.figures.rating_paths(pairs, "first", "last", labels=("First rating", "Second rating"))
