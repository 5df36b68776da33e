"""A staffing figure against a rating. One mark for each inspection with both; no line is fitted."""

import probstats as ps

wide = ps.load_panel("wide")
label = "Vacancy rate of probation officers, per cent"

drawing = ps.figures.staffing_against_rating(wide, "vacancy_rate_po_percent", label=label)
